//! What officers configure: `C` / `CALENDAR` with the year tables that replace the built-in ones, `C` / `POLICY#<id>#<version>`.

use aws_sdk_dynamodb::types::{Put, TransactWriteItem};
use chrono::{DateTime, Utc};
use kezek_rules::calendar::{Calendar, YearTable};
use kezek_rules::policy::{Policies, PolicyVersion};
use serde::{Deserialize, Serialize};

use crate::Store;
use crate::error::{Result, StoreError};
use crate::item::{Key, from_item, from_json, number, to_item};
use crate::system::{Recount, SystemEvent, SystemFact, put_recount, put_system_event};

/// Everything configured.
#[derive(Debug, Clone)]
pub struct Config {
    /// The calendar: the built-in one with the officers' patches.
    pub calendar: Calendar,
    /// The policies.
    pub policies: Policies,
    /// How many patches the calendar has.
    pub patches: u32,
}

#[derive(Serialize, Deserialize)]
struct CalendarRecord {
    kind: String,
    patches: u32,
    /// The year tables in the order in which they were put, as JSON.
    tables: Vec<String>,
}

#[derive(Serialize, Deserialize)]
struct PolicyRecord {
    kind: String,
    policy: String,
}

/// What became of a policy that was put.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PolicyPut {
    /// It is new.
    Created,
    /// It was there, just so.
    Same,
    /// A version is there with other content: versions never change (`K5`).
    Different,
}

const PARTITION: &str = "C";

fn calendar_key() -> Key {
    Key::new(PARTITION, "CALENDAR")
}

impl Store {
    /// Everything configured, in one query.
    ///
    /// # Errors
    /// The table failed, or an item is corrupt.
    pub async fn config(&self) -> Result<Config> {
        let mut config = Config { calendar: Calendar::built_in(), policies: Policies(Vec::new()), patches: 0 };
        for item in self.list(PARTITION, "", None, 1_000, true).await? {
            let sk = item.get("sk").and_then(|sk| sk.as_s().ok()).cloned().unwrap_or_default();
            if sk == "CALENDAR" {
                let record: CalendarRecord = from_item(item)?;
                config.patches = record.patches;
                for table in &record.tables {
                    let table: YearTable = from_json(table)?;
                    config.calendar = config.calendar.with_year(table);
                }
            } else {
                let record: PolicyRecord = from_item(item)?;
                config.policies.0.push(from_json(&record.policy)?);
            }
        }
        Ok(config)
    }

    /// The year tables that officers put, in that order: a later one of a year replaces an earlier one, and their number is
    /// that of the calendar's patches.
    ///
    /// # Errors
    /// The table failed, or the item is corrupt.
    pub async fn year_tables(&self) -> Result<Vec<YearTable>> {
        let Some(item) = self.get(&calendar_key()).await? else { return Ok(Vec::new()) };
        let record: CalendarRecord = from_item(item)?;
        record.tables.iter().map(|table| from_json(table)).collect()
    }

    /// Patches the calendar with a year's table, if it still has `patches` patches (`C3`); with it the event, and the recount of the
    /// open deadlines, which is to be run.
    ///
    /// # Errors
    /// `Conflict` if another patch came first.
    pub async fn put_year(&self, table: &YearTable, patches: u32, at: DateTime<Utc>) -> Result<()> {
        let stored = self.get(&calendar_key()).await?;
        let mut record = match stored {
            Some(item) => from_item::<CalendarRecord>(item)?,
            None => CalendarRecord { kind: "calendar".to_owned(), patches: 0, tables: Vec::new() },
        };
        if record.patches != patches {
            return Err(StoreError::Conflict);
        }
        record.patches += 1;
        record.tables.push(serde_json::to_string(table).map_err(StoreError::corrupt)?);
        let put = Put::builder()
            .table_name(self.table())
            .set_item(Some(to_item(&calendar_key(), &record)?))
            .condition_expression("attribute_not_exists(pk) OR patches = :old")
            .expression_attribute_values(":old", number(patches))
            .build()
            .map_err(StoreError::corrupt)?;
        let version = Calendar::built_in().version.saturating_add(record.patches);
        let event = SystemEvent { at, fact: SystemFact::CalendarPatched { year: table.year, version } };
        let items = vec![
            TransactWriteItem::builder().put(put).build(),
            put_system_event(self.table(), &event)?,
            put_recount(self.table(), &Recount::start(version, at, 1))?,
        ];
        self.transact(items).await
    }

    /// Publishes a version of a policy (`K5`). Versions never change: putting one again is harmless only if it is the same.
    ///
    /// # Errors
    /// The table failed.
    pub async fn put_policy(&self, version: &PolicyVersion, at: DateTime<Utc>) -> Result<PolicyPut> {
        let key = Key::new(PARTITION, format!("POLICY#{}#{:06}", version.id, version.version));
        let policy = serde_json::to_string(version).map_err(StoreError::corrupt)?;
        let record = PolicyRecord { kind: "policy".to_owned(), policy: policy.clone() };
        let put = Put::builder()
            .table_name(self.table())
            .set_item(Some(to_item(&key, &record)?))
            .condition_expression("attribute_not_exists(pk)")
            .build()
            .map_err(StoreError::corrupt)?;
        let published = SystemFact::PolicyPublished {
            policy: version.reference().to_string(),
            territory: version.territory.clone(),
        };
        let event = put_system_event(self.table(), &SystemEvent { at, fact: published })?;
        if self.transact_once(vec![TransactWriteItem::builder().put(put).build(), event]).await? {
            return Ok(PolicyPut::Created);
        }
        let stored = self.get(&key).await?.map(from_item::<PolicyRecord>).transpose()?;
        Ok(if stored.is_some_and(|stored| stored.policy == policy) { PolicyPut::Same } else { PolicyPut::Different })
    }
}
