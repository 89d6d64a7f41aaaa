//! Items as the SDK sees them: reading and writing records, and the few attributes every item shares. No entity lives here.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::{AttributeValue, KeysAndAttributes};
use chrono::{DateTime, Utc};
use serde::{Serialize, de::DeserializeOwned};

use crate::Store;
use crate::error::{Result, StoreError};

/// An item of the table.
pub(crate) type Item = HashMap<String, AttributeValue>;

/// What a table stream shows of an item, reduced to what the functions read.
#[derive(Debug, Clone, Default)]
pub struct StreamImage {
    /// The partition key.
    pub pk: String,
    /// The sort key.
    pub sk: String,
    /// The kind of item.
    pub kind: String,
    /// The body, where the item has one.
    pub body: Option<String>,
    /// How many changes wait to be folded, where the item is a queue.
    pub pending: usize,
    /// The correlation id, where the item is an event.
    pub correlation: Option<String>,
    /// The trace, where the item is an event.
    pub trace: Option<String>,
}

/// A key of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Key {
    pub pk: String,
    pub sk: String,
}

impl Key {
    pub fn new(pk: impl Into<String>, sk: impl Into<String>) -> Self {
        Self { pk: pk.into(), sk: sk.into() }
    }

    pub fn item(&self) -> Item {
        HashMap::from([("pk".to_owned(), string(&self.pk)), ("sk".to_owned(), string(&self.sk))])
    }
}

pub(crate) fn string(text: impl Into<String>) -> AttributeValue {
    AttributeValue::S(text.into())
}

pub(crate) fn number(value: impl std::fmt::Display) -> AttributeValue {
    AttributeValue::N(value.to_string())
}

/// A record with its key.
pub(crate) fn to_item<T: Serialize>(key: &Key, record: &T) -> Result<Item> {
    let mut item: Item = serde_dynamo::to_item(record).map_err(StoreError::corrupt)?;
    item.extend(key.item());
    Ok(item)
}

/// The record of an item.
pub(crate) fn from_item<T: DeserializeOwned>(item: Item) -> Result<T> {
    serde_dynamo::from_item(item).map_err(|_| unreadable::<T>())
}

/// The value of a stored text.
pub(crate) fn from_json<T: DeserializeOwned>(text: &str) -> Result<T> {
    serde_json::from_str(text).map_err(|_| unreadable::<T>())
}

/// What a parser says of something stored may quote it, and it may be a person's: only what it should have been is told.
pub(crate) fn unreadable<T>() -> StoreError {
    StoreError::corrupt(format!("it can't be read as {}", std::any::type_name::<T>()))
}

/// Milliseconds, as instants are stored.
pub(crate) fn millis(at: DateTime<Utc>) -> i64 {
    at.timestamp_millis()
}

/// An instant from stored milliseconds.
pub(crate) fn instant(millis: i64) -> Result<DateTime<Utc>> {
    DateTime::from_timestamp_millis(millis).ok_or_else(|| StoreError::corrupt("instant"))
}

/// Milliseconds as a sortable key: fifteen digits, enough for every year the calendar knows.
pub(crate) fn sortable(at: DateTime<Utc>) -> String {
    format!("{:015}", millis(at).max(0))
}

/// Parses a stored text.
pub(crate) fn parsed<T: std::str::FromStr>(text: &str, what: &'static str) -> Result<T> {
    text.parse().map_err(|_| StoreError::corrupt(what))
}

impl Store {
    /// Reads one item, strongly.
    pub(crate) async fn get(&self, key: &Key) -> Result<Option<Item>> {
        self.read(key, true).await
    }

    /// Reads one item, eventually: for items that never change.
    pub(crate) async fn get_eventual(&self, key: &Key) -> Result<Option<Item>> {
        self.read(key, false).await
    }

    async fn read(&self, key: &Key, strong: bool) -> Result<Option<Item>> {
        let output = self
            .client
            .get_item()
            .table_name(&self.table)
            .set_key(Some(key.item()))
            .consistent_read(strong)
            .send()
            .await?;
        Ok(output.item)
    }

    /// Reads a few items strongly, at most 100, in any order.
    pub(crate) async fn get_all(&self, keys: &[Key]) -> Result<Vec<Item>> {
        if let [key] = keys {
            return Ok(self.get(key).await?.into_iter().collect());
        }
        let mut found = Vec::new();
        let mut wanted: Vec<Item> = keys.iter().map(Key::item).collect();
        while !wanted.is_empty() {
            let asked = KeysAndAttributes::builder().set_keys(Some(wanted)).consistent_read(true).build();
            let asked = asked.map_err(StoreError::corrupt)?;
            let output = self.client.batch_get_item().request_items(&self.table, asked).send().await?;
            found.extend(output.responses.unwrap_or_default().remove(&self.table).unwrap_or_default());
            let left = output.unprocessed_keys.unwrap_or_default().remove(&self.table);
            wanted = left.map(|left| left.keys).unwrap_or_default();
        }
        Ok(found)
    }

    /// The items of a partition whose sort key begins with `prefix`, in order, after `after`, at most `limit`.
    pub(crate) async fn list(
        &self,
        pk: &str,
        prefix: &str,
        after: Option<&str>,
        limit: usize,
        forward: bool,
    ) -> Result<Vec<Item>> {
        self.list_reading(pk, prefix, after, limit, forward, true).await
    }

    /// The same, read strongly or eventually: the latter costs half.
    pub(crate) async fn list_reading(
        &self,
        pk: &str,
        prefix: &str,
        after: Option<&str>,
        limit: usize,
        forward: bool,
        strongly: bool,
    ) -> Result<Vec<Item>> {
        let mut values = HashMap::from([(":pk".to_owned(), string(pk))]);
        // An empty string is no value for a key.
        let condition = if prefix.is_empty() {
            "pk = :pk"
        } else {
            values.insert(":prefix".to_owned(), string(prefix));
            "pk = :pk AND begins_with(sk, :prefix)"
        };
        let start = after.map(|sk| Key::new(pk, sk).item());
        let mut items: Vec<Item> = Vec::new();
        let mut next = start;
        loop {
            let output = self
                .client
                .query()
                .table_name(&self.table)
                .consistent_read(strongly)
                .key_condition_expression(condition)
                .set_expression_attribute_values(Some(values.clone()))
                .scan_index_forward(forward)
                .limit(i32::try_from(limit - items.len()).unwrap_or(i32::MAX))
                .set_exclusive_start_key(next)
                .send()
                .await?;
            items.extend(output.items.unwrap_or_default());
            next = output.last_evaluated_key;
            if next.is_none() || items.len() >= limit {
                return Ok(items);
            }
        }
    }
}
