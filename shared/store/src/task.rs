//! The officers' tasks: `T#<region>` / `<due>#<duty>#<application>`, soonest due first; in the agenda index until reported as overdue.
//! Complaints to be answered stand among them, as `<due>#complaint#<complaint>`; their clock is in the index by itself.

use aws_sdk_dynamodb::types::{Delete, Put, TransactWriteItem};
use chrono::{DateTime, Utc};
use kezek_rules::complaint::Complaint;
use kezek_rules::ids::ComplaintId;
use kezek_rules::organisation::Kato;
use kezek_rules::queue::{Instant, Lane};
use kezek_rules::step::Task;
use serde::{Deserialize, Serialize};

use crate::Store;
use crate::agenda::{Agenda, Family};
use crate::application::duty_named;
use crate::error::{Result, StoreError};
use crate::item::{Item, Key, from_item, instant, millis, parsed, sortable, string, to_item};

/// What stands in the officers' list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Listed {
    /// Something to be decided about an application.
    Application(Task),
    /// A complaint to be answered (`P18`).
    Complaint(ComplaintTask),
}

/// A complaint to be answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ComplaintTask {
    /// Which complaint.
    pub complaint: ComplaintId,
    /// In whose territory.
    pub settlement: Kato,
    /// When it is due.
    pub due_at: Instant,
    /// Since when it waits.
    pub since: Instant,
    /// Whether it has been reported as overdue.
    pub overdue: bool,
}

impl Listed {
    /// In whose territory it is.
    #[must_use]
    pub const fn settlement(&self) -> Kato {
        match self {
            Listed::Application(task) => task.settlement,
            Listed::Complaint(task) => task.settlement,
        }
    }

    /// Its place in the list, from which a next page begins.
    #[must_use]
    pub fn place(&self) -> String {
        match self {
            Listed::Application(task) => key(task).sk,
            Listed::Complaint(task) => complaint_key(task).sk,
        }
    }
}

/// The kind of a complaint's item in the list.
const COMPLAINT_TASK: &str = "complaint-task";

#[derive(Debug, Serialize, Deserialize)]
struct ComplaintRecord {
    kind: String,
    cm: String,
    kato: String,
    due: i64,
    since: i64,
    late: bool,
}

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

fn complaint_key(task: &ComplaintTask) -> Key {
    let (region, due) = (task.settlement.region(), sortable(task.due_at));
    Key::new(format!("T#{region}"), format!("{due}#complaint#{}", task.complaint))
}

/// The writes of a complaint's task: none before it is registered; it moves with the end of the term, and goes when the complaint has
/// ended.
pub(crate) fn of_complaint(
    table: &str,
    complaint: &Complaint,
    moved_from: Option<Instant>,
) -> Result<Vec<TransactWriteItem>> {
    let task = ComplaintTask {
        complaint: complaint.id,
        settlement: complaint.settlement,
        due_at: complaint.due_at,
        since: complaint.registered_at,
        overdue: complaint.overdue,
    };
    let gone = |due_at| {
        let key = complaint_key(&ComplaintTask { due_at, ..task.clone() });
        let delete = Delete::builder().table_name(table).set_key(Some(key.item())).build();
        Ok(TransactWriteItem::builder().delete(delete.map_err(StoreError::corrupt)?).build())
    };
    let mut writes = moved_from.map(gone).into_iter().collect::<Result<Vec<_>>>()?;
    if complaint.state.has_ended() {
        writes.push(gone(task.due_at)?);
    }
    if complaint.state.is_open() {
        writes.push(put_complaint(table, &task)?);
    }
    Ok(writes)
}

fn put_complaint(table: &str, task: &ComplaintTask) -> Result<TransactWriteItem> {
    let record = ComplaintRecord {
        kind: COMPLAINT_TASK.to_owned(),
        cm: task.complaint.to_string(),
        kato: task.settlement.to_string(),
        due: millis(task.due_at),
        since: millis(task.since),
        late: task.overdue,
    };
    let put = Put::builder().table_name(table).set_item(Some(to_item(&complaint_key(task), &record)?)).build();
    Ok(TransactWriteItem::builder().put(put.map_err(StoreError::corrupt)?).build())
}

fn listed(item: Item) -> Result<Listed> {
    let kind = item.get("kind").and_then(|kind| kind.as_s().ok()).map(String::as_str);
    if kind != Some(COMPLAINT_TASK) {
        return from(item).map(Listed::Application);
    }
    let record: ComplaintRecord = from_item(item)?;
    Ok(Listed::Complaint(ComplaintTask {
        complaint: parsed(&record.cm, "complaint")?,
        settlement: parsed(&record.kato, "settlement")?,
        due_at: instant(record.due)?,
        since: instant(record.since)?,
        overdue: record.late,
    }))
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
    /// How many tasks of a region were due before an instant, at most `limit`, and when the first of them was.
    ///
    /// # Errors
    /// The table failed.
    pub async fn overdue_tasks(
        &self,
        region: &str,
        now: DateTime<Utc>,
        limit: u16,
    ) -> Result<(usize, Option<DateTime<Utc>>)> {
        let found = self
            .client()
            .query()
            .table_name(self.table())
            .key_condition_expression("pk = :pk AND sk < :now")
            .expression_attribute_values(":pk", string(format!("T#{region}")))
            .expression_attribute_values(":now", string(sortable(now)))
            .projection_expression("sk")
            .limit(i32::from(limit))
            .send()
            .await?;
        let items = found.items.unwrap_or_default();
        let place = items.first().and_then(|item| item.get("sk")?.as_s().ok()).map(String::as_str);
        let first = place.and_then(|place| place.split('#').next()?.parse().ok()).map(instant).transpose()?;
        Ok((items.len(), first))
    }

    /// What officers of a region have to do, soonest due first, after a place in the list, at most `limit`.
    ///
    /// # Errors
    /// The table failed, or an item is corrupt.
    pub async fn tasks(&self, region: &str, after: Option<&str>, limit: usize) -> Result<Vec<Listed>> {
        let items = self.list(&format!("T#{region}"), "", after, limit, true).await?;
        items.into_iter().map(listed).collect()
    }
}
