//! The table as the SDK sees it, without the store: for breaking what the store would never break.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use aws_sdk_dynamodb::{Client, primitives::Blob};
use kezek_local::deployment::TABLE;
use serde_json::Value;

use crate::world::World;

pub(super) type Item = HashMap<String, AttributeValue>;

/// The table.
pub(super) struct Raw {
    client: Client,
    keys: Vec<(String, String)>,
}

pub(super) fn text(value: impl Into<String>) -> AttributeValue {
    AttributeValue::S(value.into())
}

pub(super) fn number(value: i64) -> AttributeValue {
    AttributeValue::N(value.to_string())
}

impl Raw {
    /// The table of a world, with the keys that it has now.
    pub fn new(world: &World) -> Self {
        let rows = world.local.aws().engine().items(TABLE, None, 100_000).expect("items");
        let key = |item: &Value, name: &str| item[name]["S"].as_str().expect("a key").to_owned();
        let keys = rows.iter().map(|(_, item)| (key(item, "pk"), key(item, "sk"))).collect();
        Self { client: world.local.aws().dynamodb(), keys }
    }

    /// All keys.
    pub fn keys(&self) -> Vec<(String, String)> {
        self.keys.clone()
    }

    /// The keys that begin so, at least one.
    pub fn find(&self, pk: &str, sk: &str) -> Vec<(String, String)> {
        let found: Vec<_> = self.keys.iter().filter(|(p, s)| p.starts_with(pk) && s.starts_with(sk)).cloned().collect();
        assert!(!found.is_empty(), "no item {pk}…/{sk}…");
        found
    }

    /// An item.
    pub async fn get(&self, pk: &str, sk: &str) -> Item {
        let got = self.client.get_item().table_name(TABLE).key("pk", text(pk)).key("sk", text(sk)).send().await;
        got.expect("a read").item.unwrap_or_else(|| panic!("no item {pk}/{sk}"))
    }

    /// Writes an item.
    pub async fn put(&self, item: Item) {
        self.client.put_item().table_name(TABLE).set_item(Some(item)).send().await.expect("a write");
    }

    /// Deletes an item, which is there.
    pub async fn delete(&self, pk: &str, sk: &str) {
        self.get(pk, sk).await;
        let delete = self.client.delete_item().table_name(TABLE).key("pk", text(pk)).key("sk", text(sk));
        delete.send().await.expect("a deletion");
    }

    /// Sets an attribute.
    pub async fn set(&self, pk: &str, sk: &str, name: &str, value: AttributeValue) {
        let mut item = self.get(pk, sk).await;
        item.insert(name.to_owned(), value);
        self.put(item).await;
    }

    /// Takes an attribute away, if it is there.
    pub async fn remove(&self, pk: &str, sk: &str, name: &str) {
        let mut item = self.get(pk, sk).await;
        item.remove(name);
        self.put(item).await;
    }

    /// Changes something inside an attribute that is a map.
    pub async fn within(&self, pk: &str, sk: &str, map: &str, name: &str, value: AttributeValue) {
        let mut item = self.get(pk, sk).await;
        let Some(AttributeValue::M(inner)) = item.get_mut(map) else { panic!("{pk}/{sk} has no map {map}") };
        inner.insert(name.to_owned(), value);
        self.put(item).await;
    }

    /// Changes the first entry of an application.
    pub async fn entry(&self, application: &str, change: impl FnOnce(&mut Item)) {
        let pk = format!("A#{application}");
        let mut item = self.get(&pk, "A").await;
        let Some(AttributeValue::L(entries)) = item.get_mut("ent") else { panic!("no entries") };
        let Some(AttributeValue::M(first)) = entries.first_mut() else { panic!("no entry") };
        change(first);
        self.put(item).await;
    }

    /// Changes the body of an event.
    pub async fn event(&self, application: &str, seq: u32, change: impl FnOnce(&mut Value)) {
        let (pk, sk) = (format!("A#{application}"), format!("E#{seq:06}"));
        let mut item = self.get(&pk, &sk).await;
        let mut body = serde_json::from_str(item["body"].as_s().expect("a body")).expect("JSON");
        change(&mut body);
        item.insert("body".to_owned(), text(body.to_string()));
        self.put(item).await;
    }

    /// Changes the pending changes of a queue.
    pub async fn pending(&self, pk: &str, sk: &str, change: impl FnOnce(&mut Vec<Vec<u8>>)) {
        let mut item = self.get(pk, sk).await;
        let Some(AttributeValue::L(list)) = item.get("pend") else { panic!("no pending changes") };
        let mut bytes: Vec<Vec<u8>> = list.iter().map(|op| op.as_b().expect("bytes").as_ref().to_vec()).collect();
        change(&mut bytes);
        let list = bytes.into_iter().map(|bytes| AttributeValue::B(Blob::new(bytes))).collect();
        item.insert("pend".to_owned(), AttributeValue::L(list));
        self.put(item).await;
    }
}
