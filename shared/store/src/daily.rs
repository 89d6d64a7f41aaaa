//! How often a caller has done something on a day: `D#<what>#<who>` / `D`, one small item that begins anew with each day. It bounds what
//! can be made by anyone who may make it at all; how much that is, is never known here.

use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;
use chrono::NaiveDate;
use kezek_rules::ids::{Bin, PersonKey};

use crate::Store;
use crate::error::{Result, condition_failed};
use crate::item::{Key, number, string};

/// What is counted, by whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Daily {
    /// Complaints that an applicant files.
    Complaints(PersonKey),
    /// Invitations that are sent about a child.
    Invitations(PersonKey),
    /// Bulletins that an organisation sends.
    Bulletins(Bin),
}

fn key(of: Daily) -> Key {
    let pk = match of {
        Daily::Complaints(applicant) => format!("D#K#{applicant}"),
        Daily::Invitations(child) => format!("D#I#{child}"),
        Daily::Bulletins(organisation) => format!("D#B#{organisation}"),
    };
    Key::new(pk, "D")
}

impl Store {
    /// Counts one more of a day, if there are fewer than `max` of it; says whether there were.
    ///
    /// # Errors
    /// The table failed.
    pub async fn count_daily(&self, of: Daily, day: NaiveDate, max: u32) -> Result<bool> {
        if self.count_more(of, day, max).await? {
            return Ok(true);
        }
        if max > 0 && self.begin_day(of, day).await? {
            return Ok(true);
        }
        // Another has begun the day meanwhile, or this did, and wasn't told of it.
        self.count_more(of, day, max).await
    }

    fn daily(&self, of: Daily, day: NaiveDate) -> UpdateItemFluentBuilder {
        let update = self.client().update_item().table_name(self.table()).set_key(Some(key(of).item()));
        let update = update.expression_attribute_values(":day", string(day.to_string()));
        update.expression_attribute_values(":one", number(1))
    }

    async fn count_more(&self, of: Daily, day: NaiveDate, max: u32) -> Result<bool> {
        let more = self
            .daily(of, day)
            .update_expression("SET n = n + :one")
            // Clocks differ: what has begun the next day already is counted there.
            .condition_expression("d >= :day AND n < :max")
            .expression_attribute_values(":max", number(max));
        held(more).await
    }

    async fn begin_day(&self, of: Daily, day: NaiveDate) -> Result<bool> {
        let first = self
            .daily(of, day)
            .update_expression("SET d = :day, n = :one, kind = :kind")
            .condition_expression("attribute_not_exists(pk) OR d < :day")
            .expression_attribute_values(":kind", string("daily"));
        held(first).await
    }
}

/// Whether the condition of an update held. That something else was in the way says nothing of the count.
async fn held(update: UpdateItemFluentBuilder) -> Result<bool> {
    match update.send().await {
        Ok(_) => Ok(true),
        Err(error) if condition_failed(&error) => Ok(false),
        Err(error) => Err(error.into()),
    }
}
