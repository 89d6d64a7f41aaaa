//! The officers' tasks: `T#<region>` / `<due>#<duty>#<application>`, soonest due first; in the agenda index until reported as overdue.

use aws_sdk_dynamodb::types::{Delete, Put, TransactWriteItem};
use kezek_rules::queue::Lane;
use kezek_rules::step::Task;
use serde::{Deserialize, Serialize};

use crate::Store;
use crate::agenda::{Agenda, Family};
use crate::application::duty_named;
use crate::error::{Result, StoreError};
use crate::item::{Item, Key, from_item, instant, millis, parsed, sortable, to_item};

#[derive(Debug, Serialize, Deserialize)]
struct Record {
    kind: String,
    duty: String,
    app: String,
    kato: String,
    due: i64,
    since: i64,
    lane: Lane,
    late: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    gpk: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    gsk: Option<String>,
}

pub(crate) fn key(task: &Task) -> Key {
    Key::new(
        format!("T#{}", task.settlement.region()),
        format!("{}#{}#{}", sortable(task.due_at), task.duty.as_str(), task.application),
    )
}

pub(crate) fn put(table: &str, task: &Task) -> Result<TransactWriteItem> {
    let key = key(task);
    let agenda = (!task.overdue).then(|| Agenda::due(Family::Work, task.due_at, &key));
    let (gpk, gsk) = agenda.map(|agenda| (agenda.gpk, agenda.gsk)).unzip();
    let record = Record {
        kind: "task".to_owned(),
        duty: task.duty.as_str().to_owned(),
        app: task.application.to_string(),
        kato: task.settlement.to_string(),
        due: millis(task.due_at),
        since: millis(task.since),
        lane: task.lane,
        late: task.overdue,
        gpk,
        gsk,
    };
    let put = Put::builder().table_name(table).set_item(Some(to_item(&key, &record)?)).build();
    Ok(TransactWriteItem::builder().put(put.map_err(StoreError::corrupt)?).build())
}

pub(crate) fn delete(table: &str, task: &Task) -> Result<TransactWriteItem> {
    let delete = Delete::builder().table_name(table).set_key(Some(key(task).item())).build();
    Ok(TransactWriteItem::builder().delete(delete.map_err(StoreError::corrupt)?).build())
}

fn from(item: Item) -> Result<Task> {
    let record: Record = from_item(item)?;
    Ok(Task {
        duty: duty_named(&record.duty)?,
        application: parsed(&record.app, "application")?,
        settlement: parsed(&record.kato, "settlement")?,
        due_at: instant(record.due)?,
        since: instant(record.since)?,
        lane: record.lane,
        overdue: record.late,
    })
}

impl Store {
    /// The tasks of a region, soonest due first, after one of them, at most `limit`.
    ///
    /// # Errors
    /// The table failed, or an item is corrupt.
    pub async fn tasks(&self, region: &str, after: Option<&Task>, limit: usize) -> Result<Vec<Task>> {
        let after = after.map(|task| key(task).sk);
        let items = self.list(&format!("T#{region}"), "", after.as_deref(), limit, true).await?;
        items.into_iter().map(from).collect()
    }
}
