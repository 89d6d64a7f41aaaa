//! What happens to the system as a whole, outside any application and organisation: `X` / `E#<what>#<id>`, an event for each published
//! policy, each patch of the calendar (`P9`, `P27`) and each year that asks for its table (`C6`); and `X` / `RECOUNT`, how far the deadlines have been counted again after
//! a patch (`C3`). What a deadline is, is never known here.

use aws_sdk_dynamodb::types::{Put, TransactWriteItem};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::Store;
use crate::error::{Result, StoreError};
use crate::event::{PREFIX, put};
use crate::item::{Key, from_item, number, to_item};

/// What happened to the system.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SystemEvent {
    /// When.
    pub at: DateTime<Utc>,
    /// What.
    #[serde(flatten)]
    pub fact: SystemFact,
}

/// One thing that happened to the system.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "kebab-case", rename_all_fields = "camelCase")]
pub enum SystemFact {
    /// A version of a policy was published (`K5`, `P27`).
    PolicyPublished {
        /// Its name, such as `order-133@2`.
        policy: String,
        /// The territory it is for; empty for the whole country.
        territory: Vec<String>,
    },
    /// The calendar was patched with a year's table (`C3`).
    CalendarPatched {
        /// The year.
        year: i32,
        /// The calendar's version since then.
        version: u32,
    },
    /// A year has no table of its own, or a forecast only, and asks for it (`C6`).
    CalendarTableWanted {
        /// The year.
        year: i32,
    },
    /// The open deadlines were counted again after a patch (`C3`).
    CalendarRecounted {
        /// The calendar's version they were counted with.
        version: u32,
        /// Which time over: the second looks for deadlines that were still counted the old way while the patch spread.
        pass: u8,
        /// How many applications and complaints were looked at.
        looked: u32,
        /// How many deadlines were moved.
        moved: u32,
        /// How many of them failed.
        failed: u32,
    },
}

impl SystemFact {
    /// What happened, as a stable name.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            SystemFact::PolicyPublished { .. } => "policy-published",
            SystemFact::CalendarPatched { .. } => "calendar-patched",
            SystemFact::CalendarTableWanted { .. } => "calendar-table-wanted",
            SystemFact::CalendarRecounted { .. } => "calendar-recounted",
        }
    }

    /// What tells it from others of its name.
    #[must_use]
    pub fn id(&self) -> String {
        match self {
            SystemFact::PolicyPublished { policy, .. } => policy.clone(),
            SystemFact::CalendarPatched { version, .. } => format!("{version:06}"),
            SystemFact::CalendarTableWanted { year } => year.to_string(),
            SystemFact::CalendarRecounted { version, pass, .. } => format!("{version:06}-{pass}"),
        }
    }
}

/// How far the deadlines have been counted again (`C3`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recount {
    /// The calendar's version to count with.
    pub version: u32,
    /// When the calendar was patched.
    pub patched_at: DateTime<Utc>,
    /// Which time over, from 1.
    pub pass: u8,
    /// The shard of the agenda it has come to, counted over all families.
    pub shard: u8,
    /// The place in that shard after which it goes on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
    /// How many applications and complaints were looked at.
    pub looked: u32,
    /// How many deadlines were moved.
    pub moved: u32,
    /// How many of them failed.
    pub failed: u32,
}

impl Recount {
    /// A recount at its start.
    #[must_use]
    pub const fn start(version: u32, patched_at: DateTime<Utc>, pass: u8) -> Self {
        Self { version, patched_at, pass, shard: 0, after: None, looked: 0, moved: 0, failed: 0 }
    }
}

pub(crate) const PARTITION: &str = "X";

fn recount_key() -> Key {
    Key::new(PARTITION, "RECOUNT")
}

fn event_key(fact: &SystemFact) -> Key {
    Key::new(PARTITION, format!("{PREFIX}{}#{}", fact.name(), fact.id()))
}

pub(crate) fn put_system_event(table: &str, event: &SystemEvent) -> Result<TransactWriteItem> {
    put(table, &event_key(&event.fact), serde_json::to_string(event).map_err(StoreError::corrupt)?, false, None)
}

/// The write that begins a recount; one that was under way for an older version is begun again.
pub(crate) fn put_recount(table: &str, recount: &Recount) -> Result<TransactWriteItem> {
    let put = Put::builder().table_name(table).set_item(Some(to_item(&recount_key(), recount)?));
    let put = put
        .condition_expression("attribute_not_exists(pk) OR version < :version")
        .expression_attribute_values(":version", number(recount.version))
        .build()
        .map_err(StoreError::corrupt)?;
    Ok(TransactWriteItem::builder().put(put).build())
}

impl Store {
    /// The recount under way, if one is.
    ///
    /// # Errors
    /// The table failed, or the item is corrupt.
    pub async fn recount(&self) -> Result<Option<Recount>> {
        self.get(&recount_key()).await?.map(from_item).transpose()
    }

    /// Notes how far a recount has come, unless another patch has begun it anew meanwhile.
    ///
    /// # Errors
    /// `Conflict` if it was begun anew.
    pub async fn put_recount(&self, recount: &Recount) -> Result<()> {
        let put = self.client().put_item().table_name(self.table());
        put.set_item(Some(to_item(&recount_key(), recount)?))
            .condition_expression("version = :version")
            .expression_attribute_values(":version", number(recount.version))
            .send()
            .await?;
        Ok(())
    }

    /// Ends a recount with its report, unless another patch has begun it anew meanwhile.
    ///
    /// # Errors
    /// `Conflict` if it was begun anew.
    pub async fn end_recount(&self, recount: &Recount) -> Result<()> {
        let delete = self.client().delete_item().table_name(self.table());
        delete
            .set_key(Some(recount_key().item()))
            .condition_expression("version = :version")
            .expression_attribute_values(":version", number(recount.version))
            .send()
            .await?;
        Ok(())
    }

    /// Whether an event of the system was written before.
    ///
    /// # Errors
    /// The table failed.
    pub async fn has_system_event(&self, fact: &SystemFact) -> Result<bool> {
        Ok(self.get_eventual(&event_key(fact)).await?.is_some())
    }

    /// Writes an event of the system, once: says whether it was new.
    ///
    /// # Errors
    /// The table failed.
    pub async fn put_system_event(&self, event: &SystemEvent) -> Result<bool> {
        self.transact_once(vec![put_system_event(self.table(), event)?]).await
    }
}
