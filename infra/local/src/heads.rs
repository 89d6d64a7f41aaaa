//! What is due first in each part of the agenda, remembered until the table's stream shows a change there: looking for the next
//! deadline is done far more often than one is set. Never here: which schedule serves what (`schedules`, `travel`).

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use chrono::{DateTime, Utc};
use kezek_store::{Due, Family, SHARDS, Store, StoreError};
use serde_json::Value;

/// The heads of the agenda.
#[derive(Default)]
pub(crate) struct Heads {
    /// By partition; none: nothing is due there, ever.
    known: Mutex<BTreeMap<String, Option<Due>>>,
}

impl Heads {
    fn known(&self) -> MutexGuard<'_, BTreeMap<String, Option<Due>>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A record of the stream: what it changed is looked at again.
    pub fn changed(&self, record: &Value) {
        for image in ["OldImage", "NewImage"] {
            if let Some(partition) = record["dynamodb"][image]["gpk"]["S"].as_str() {
                self.known().remove(partition);
            }
        }
    }

    /// Everything is looked at again.
    pub fn forget(&self) {
        self.known().clear();
    }

    /// The earliest item of a family that isn't passed over; `passed` is how many are.
    pub async fn earliest(
        &self,
        store: &Store,
        family: Family,
        passed: usize,
        passed_over: impl Fn(&Due) -> bool,
    ) -> Result<Option<Due>, StoreError> {
        let mut earliest: Option<Due> = None;
        for shard in 0..SHARDS {
            let partition = family.partition(shard);
            let known = self.known().get(&partition).cloned();
            let first = match known.filter(|first| first.as_ref().is_none_or(|due| !passed_over(due))) {
                Some(first) => first,
                None => {
                    let limit = u16::try_from(passed + 1).unwrap_or(u16::MAX);
                    let due = store.due(family, shard, DateTime::<Utc>::MAX_UTC, limit).await?;
                    self.known().insert(partition, due.first().cloned());
                    due.into_iter().find(|due| !passed_over(due))
                }
            };
            if let Some(first) = first
                && earliest.as_ref().is_none_or(|known| first.at < known.at)
            {
                earliest = Some(first);
            }
        }
        Ok(earliest)
    }
}
