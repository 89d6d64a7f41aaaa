//! Complaints (`P18`): `K#<complaint>` / `K`, which carries its next clock in the agenda index, and `K#<complaint>` / `T` with what
//! was written, by the applicant and in answer. That is personal data: it stands in an item of its own, so that neither the index
//! nor an event ever copies it, and its `Debug` hides it. The history is `K#<complaint>` / `E#<sequence>`.

use aws_sdk_dynamodb::types::{Put, TransactWriteItem, Update};
use kezek_rules::complaint::{About, Addressee, Clock, Complaint, Event, State, Step};
use kezek_rules::ids::ComplaintId;
use serde::{Deserialize, Serialize};

use crate::agenda::{Agenda, Family};
use crate::error::{Result, StoreError};
use crate::item::{Item, Key, from_item, instant, millis, number, parsed, string, to_item};
use crate::{Store, event, task};

/// What was written about a complaint.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ComplaintText {
    /// By the applicant.
    pub text: String,
    /// In answer: the answer itself, or why it wasn't looked into.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<String>,
}

impl std::fmt::Debug for ComplaintText {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ComplaintText(hidden)")
    }
}

/// What is written beside a step.
#[derive(Clone, Copy)]
pub enum Written<'a> {
    /// Nothing.
    Nothing,
    /// The applicant's text, with the fingerprint of the request that brought it: the complaint is new.
    Text(&'a str, &'a str),
    /// The answer.
    Answer(&'a str),
}

impl std::fmt::Debug for Written<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Written(hidden)")
    }
}

#[derive(Serialize, Deserialize)]
struct Record {
    kind: String,
    v: u32,
    ap: String,
    about: About,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    o: Option<String>,
    to: Addressee,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    app: Option<String>,
    kato: String,
    sub: i64,
    reg: i64,
    due: i64,
    stat: State,
    late: bool,
    pol: String,
    cal: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    gpk: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    gsk: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct TextRecord {
    kind: String,
    #[serde(flatten)]
    written: ComplaintText,
}

const PREFIX: &str = "K#";

/// The partition of a complaint: its item, its text, its history, its notices.
pub(crate) fn partition(id: ComplaintId) -> String {
    format!("{PREFIX}{id}")
}

/// The complaint of a partition; none if it is another entity's.
pub(crate) fn of_partition(pk: &str) -> Option<Result<ComplaintId>> {
    pk.strip_prefix(PREFIX).map(|id| parsed(id, "complaint key"))
}

fn key(id: ComplaintId) -> Key {
    Key::new(partition(id), "K")
}

fn text_key(id: ComplaintId) -> Key {
    Key::new(partition(id), "T")
}

fn item(complaint: &Complaint) -> Result<Item> {
    let key = key(complaint.id);
    let agenda = complaint.next_clock().map(|(at, clock)| {
        let family = match clock {
            Clock::Registration => Family::Minute,
            Clock::Term => Family::Work,
        };
        Agenda::due(family, at, &key)
    });
    let (gpk, gsk) = agenda.map(|agenda| (agenda.gpk, agenda.gsk)).unzip();
    let record = Record {
        kind: "complaint".to_owned(),
        v: complaint.version,
        ap: complaint.applicant.to_string(),
        about: complaint.about,
        o: complaint.organisation.map(|organisation| organisation.to_string()),
        to: complaint.addressee,
        app: complaint.application.map(|application| application.to_string()),
        kato: complaint.settlement.to_string(),
        sub: millis(complaint.submitted_at),
        reg: millis(complaint.registered_at),
        due: millis(complaint.due_at),
        stat: complaint.state,
        late: complaint.overdue,
        pol: complaint.policy.to_string(),
        cal: complaint.calendar,
        gpk,
        gsk,
    };
    to_item(&key, &record)
}

fn from(item: Item, id: ComplaintId) -> Result<Complaint> {
    let record: Record = from_item(item)?;
    Ok(Complaint {
        id,
        version: record.v,
        applicant: parsed(&record.ap, "applicant")?,
        about: record.about,
        organisation: record.o.map(|bin| parsed(&bin, "organisation")).transpose()?,
        addressee: record.to,
        application: record.app.map(|id| parsed(&id, "application")).transpose()?,
        settlement: parsed(&record.kato, "settlement")?,
        submitted_at: instant(record.sub)?,
        registered_at: instant(record.reg)?,
        due_at: instant(record.due)?,
        state: record.stat,
        overdue: record.late,
        policy: parsed(&record.pol, "policy")?,
        calendar: record.cal,
    })
}

fn write(table: &str, complaint: &Complaint) -> Result<TransactWriteItem> {
    let put = Put::builder().table_name(table).set_item(Some(item(complaint)?));
    let put = match complaint.version {
        1 => put.condition_expression("attribute_not_exists(pk)"),
        version => put.condition_expression("v = :old").expression_attribute_values(":old", number(version - 1)),
    };
    Ok(TransactWriteItem::builder().put(put.build().map_err(StoreError::corrupt)?).build())
}

fn write_text(table: &str, id: ComplaintId, text: &str) -> Result<TransactWriteItem> {
    let written = ComplaintText { text: text.to_owned(), answer: None };
    let record = TextRecord { kind: "complaint-text".to_owned(), written };
    let put = Put::builder()
        .table_name(table)
        .set_item(Some(to_item(&text_key(id), &record)?))
        .condition_expression("attribute_not_exists(pk)")
        .build();
    Ok(TransactWriteItem::builder().put(put.map_err(StoreError::corrupt)?).build())
}

fn write_answer(table: &str, id: ComplaintId, answer: &str) -> Result<TransactWriteItem> {
    let update = Update::builder()
        .table_name(table)
        .set_key(Some(text_key(id).item()))
        .update_expression("SET answer = :answer")
        .condition_expression("attribute_exists(pk) AND attribute_not_exists(answer)")
        .expression_attribute_values(":answer", string(answer))
        .build();
    Ok(TransactWriteItem::builder().update(update.map_err(StoreError::corrupt)?).build())
}

impl Store {
    /// A complaint, read strongly.
    ///
    /// # Errors
    /// The table failed, or the item is corrupt.
    pub async fn complaint(&self, id: ComplaintId) -> Result<Option<Complaint>> {
        self.get(&key(id)).await?.map(|item| from(item, id)).transpose()
    }

    /// What was written about a complaint.
    ///
    /// # Errors
    /// The table failed, or the item is corrupt.
    pub async fn complaint_text(&self, id: ComplaintId) -> Result<Option<ComplaintText>> {
        let item = self.get(&text_key(id)).await?;
        item.map(|item| from_item::<TextRecord>(item).map(|record| record.written)).transpose()
    }

    /// The latest events of a complaint, oldest first, at most `limit`.
    ///
    /// # Errors
    /// The table failed, or an item is corrupt.
    pub async fn complaint_history(&self, id: ComplaintId, limit: usize) -> Result<Vec<Event>> {
        let mut items = self.list(&partition(id), event::PREFIX, None, limit, false).await?;
        items.reverse();
        items.iter().map(event::complaint_event_of).collect()
    }

    /// The first event of a complaint, with the fingerprint of the request that filed it: what a repeated request is answered from.
    ///
    /// # Errors
    /// The table failed, or the item is corrupt.
    pub async fn first_complaint_event(&self, id: ComplaintId) -> Result<Option<(Event, String)>> {
        let Some(item) = self.get(&event::complaint_key(id, 1)).await? else { return Ok(None) };
        let event = event::complaint_event_of(&item)?;
        let fingerprint = item.get("fp").and_then(|fingerprint| fingerprint.as_s().ok()).cloned();
        Ok(Some((event, fingerprint.unwrap_or_default())))
    }

    /// Writes a step of a complaint with the officers' task that it opens or ends, conditional on the version it was decided on.
    ///
    /// # Errors
    /// `Conflict` if another write came first: load again, decide again.
    pub async fn commit_complaint(&self, step: &Step, written: Written<'_>) -> Result<()> {
        let (table, complaint) = (self.table(), &step.complaint);
        let mut items = vec![write(table, complaint)?];
        let fingerprint = match written {
            Written::Nothing => None,
            Written::Text(text, fingerprint) => {
                items.push(write_text(table, complaint.id, text)?);
                Some(fingerprint)
            }
            Written::Answer(answer) => {
                items.push(write_answer(table, complaint.id, answer)?);
                None
            }
        };
        items.extend(task::of_complaint(table, complaint, step.moved_from)?);
        items.push(event::put_complaint_event(table, &step.event, fingerprint)?);
        self.transact(items).await
    }
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Utc};

    use super::*;

    #[test]
    fn p18_what_is_written_is_hidden_from_debug() {
        let written = ComplaintText { text: "құпия".to_owned(), answer: Some("құпия".to_owned()) };
        let shown = format!("{written:?} {:?} {:?}", Written::Text("құпия", "fp"), Written::Answer("құпия"));
        assert!(!shown.contains("құпия"), "{shown}");
    }

    /// The index copies whole items: what stands in it must not be what was written.
    #[test]
    fn p18_the_item_in_the_index_has_no_words() {
        let (id, due_at) = (ComplaintId::from_bytes([1; 16]), DateTime::<Utc>::UNIX_EPOCH);
        let complaint = Complaint {
            id,
            version: 1,
            applicant: kezek_rules::ids::PersonKey::from_bytes([2; 16]),
            about: About::Provider,
            organisation: None,
            addressee: Addressee::Authority,
            application: None,
            settlement: "750000000".parse().expect("a settlement"),
            submitted_at: due_at,
            registered_at: due_at,
            due_at,
            state: State::Registered,
            overdue: false,
            policy: "order-133@1".parse().expect("a policy"),
            calendar: 1,
        };
        let item = item(&complaint).expect("an item");
        assert!(item.contains_key("gpk") && !item.contains_key("text") && !item.contains_key("answer"));
        assert_eq!(from(item, id).expect("a complaint"), complaint);
        assert_ne!(key(id), text_key(id));
    }
}
