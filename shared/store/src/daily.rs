//! How often a caller has done something on a day: `D#<what>#<who>` / `D`, one small item that begins anew with each day. It bounds what
//! can be made by anyone who may make it at all; how much that is, is never known here.

use chrono::NaiveDate;
use kezek_rules::ids::{Bin, PersonKey};

use crate::Store;
use crate::error::{Result, StoreError};
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
        let update = || {
            let update = self.client().update_item().table_name(self.table()).set_key(Some(key(of).item()));
            update.expression_attribute_values(":day", string(day.to_string()))
        };
        let more = update()
            .update_expression("SET n = n + :one")
            .condition_expression("d = :day AND n < :max")
            .expression_attribute_values(":one", number(1))
            .expression_attribute_values(":max", number(max));
        match more.send().await.map_err(StoreError::from) {
            Ok(_) => return Ok(true),
            Err(StoreError::Conflict) => {}
            Err(error) => return Err(error),
        }
        let first = update()
            .update_expression("SET d = :day, n = :one, kind = :kind")
            .condition_expression("attribute_not_exists(pk) OR d < :day")
            .expression_attribute_values(":one", number(1))
            .expression_attribute_values(":kind", string("daily"));
        match first.send().await.map_err(StoreError::from) {
            Ok(_) => Ok(max > 0),
            Err(StoreError::Conflict) => Ok(false),
            Err(error) => Err(error),
        }
    }
}
