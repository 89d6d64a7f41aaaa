//! The index as of a little earlier: a copy of what stands in it, which follows the table's changes with a distance. As in DynamoDB, an
//! item's own changes never come out of order there. Never here: the table itself.

use std::{collections::VecDeque, sync::Arc};

use kezek_local::aws::{Aws, Call, Reply};
use serde_json::{Value, json};

use kezek_fixtures::chance::Chance;

use crate::error::Broken;

/// The copy stays behind by at most so many changes.
const BEHIND: usize = 12;

/// The copy.
pub struct Lag {
    copy: Arc<Aws>,
    table: &'static str,
    /// Changes that it hasn't seen: what to call it with.
    ahead: VecDeque<(&'static str, Vec<u8>)>,
}

impl Lag {
    /// A copy of an empty index.
    #[must_use]
    pub const fn new(copy: Arc<Aws>, table: &'static str) -> Self {
        Self { copy, table, ahead: VecDeque::new() }
    }

    /// A record of the stream: what it changes in the index, the copy will see later.
    pub fn follows(&mut self, record: &Value) {
        let change = &record["dynamodb"];
        let indexed = |image: &str| change[image]["gpk"].is_object();
        if !indexed("OldImage") && !indexed("NewImage") {
            return;
        }
        let call = if change["NewImage"].is_object() {
            ("PutItem", json!({"TableName": self.table, "Item": change["NewImage"]}))
        } else {
            ("DeleteItem", json!({"TableName": self.table, "Key": change["Keys"]}))
        };
        self.ahead.push_back((call.0, call.1.to_string().into_bytes()));
    }

    /// The answer to a query of the index as of a little earlier; none if nothing has changed since, or it asks for no index.
    pub fn answer(&mut self, call: &Call, chance: &mut Chance) -> Option<Reply> {
        let asks: Value = serde_json::from_slice(&call.body).ok()?;
        if !asks["IndexName"].is_string() || self.ahead.is_empty() {
            return None;
        }
        let behind = 1 + chance.below(BEHIND);
        while self.ahead.len() > behind {
            let (operation, body) = self.ahead.pop_front()?;
            let (status, answer) = self.copy.engine().call(operation, &body);
            if status != 200 {
                return Some(Reply { status, query_error: None, body: answer });
            }
        }
        let (status, body) = self.copy.engine().call("Query", &call.body);
        Some(Reply { status, query_error: None, body })
    }
}

/// Undoes a change of the table, as a restore does: what to call the engine with.
///
/// # Errors
/// The record isn't one of a table that shows both images.
pub fn undo(table: &str, record: &Value) -> Result<(&'static str, Value), Broken> {
    let change = &record["dynamodb"];
    if change["OldImage"].is_object() {
        Ok(("PutItem", json!({"TableName": table, "Item": change["OldImage"]})))
    } else if change["Keys"].is_object() {
        Ok(("DeleteItem", json!({"TableName": table, "Key": change["Keys"]})))
    } else {
        Err(Broken::simulation("a record of the stream without keys"))
    }
}
