//! What is due, as the table's changes tell it: so that time can jump to where something happens. Never here: what a sweep does with it.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use kezek_store::{Family, SHARDS};
use serde_json::Value;

/// The key of an item.
type Key = (String, String);

/// What is due.
#[derive(Debug, Default)]
pub struct Agenda {
    places: BTreeMap<Key, (String, i64)>,
    due: BTreeMap<String, BTreeSet<(i64, Key)>>,
}

impl Agenda {
    /// A record of the stream.
    pub fn take(&mut self, record: &Value) {
        let change = &record["dynamodb"];
        let key = |name: &str| change["Keys"][name]["S"].as_str().unwrap_or_default().to_owned();
        let key = (key("pk"), key("sk"));
        if let Some((partition, at)) = self.places.remove(&key)
            && let Some(due) = self.due.get_mut(&partition)
        {
            due.remove(&(at, key.clone()));
        }
        let image = &change["NewImage"];
        let partition = image["gpk"]["S"].as_str().filter(|partition| partition.starts_with("DUE#"));
        let at = image["gsk"]["S"].as_str().and_then(|place| place.split('#').next()?.parse::<i64>().ok());
        if let (Some(partition), Some(at)) = (partition, at) {
            self.places.insert(key.clone(), (partition.to_owned(), at));
            self.due.entry(partition.to_owned()).or_default().insert((at, key));
        }
    }

    /// The earliest of a family that stands at or after an instant in milliseconds: when.
    #[must_use]
    pub fn earliest(&self, family: Family, from: i64) -> Option<DateTime<Utc>> {
        let shards = (0..SHARDS).filter_map(|shard| {
            let due = self.due.get(&family.partition(shard))?;
            due.range((from, (String::new(), String::new()))..).next().map(|(at, _)| *at)
        });
        DateTime::from_timestamp_millis(shards.min()?)
    }

    /// Whether something of a family is due by an instant.
    #[must_use]
    pub fn is_due(&self, family: Family, by: DateTime<Utc>) -> bool {
        self.earliest(family, i64::MIN).is_some_and(|at| at <= by)
    }
}
