//! The history: `A#<application>` / `E#<sequence>` for applications, `K#<complaint>` / `E#<sequence>` for complaints,
//! `I#<invitation>` / `E#<sequence>` for invitations, `O#<bin>` / `E#<what>#<id>` for organisations. An event is written in the transaction of its step and never changed: it is the outbox too, for the table's stream publishes it.

mod body;

use aws_sdk_dynamodb::types::{Put, TransactWriteItem};
use chrono::{DateTime, Utc};
use kezek_rules::ids::{ApplicationId, Bin, ComplaintId, InvitationId, SeatId};
use kezek_rules::seat::Seat;
use kezek_rules::step::{Event, Fact};
use kezek_rules::{complaint, invitation};
use serde::{Deserialize, Serialize};

use crate::error::{Result, StoreError};
use crate::item::{Item, Key, StreamImage, from_json, sortable, string};
use crate::system::SystemEvent;
use crate::{Store, application, organisation, origin, system};

/// What happened at an organisation, outside any application.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OrganisationEvent {
    /// Which organisation.
    pub organisation: Bin,
    /// When.
    pub at: DateTime<Utc>,
    /// What.
    #[serde(flatten)]
    pub fact: OrganisationFact,
}

impl OrganisationEvent {
    /// A vacancy was withdrawn.
    #[must_use]
    pub fn withdrawn(seat: &Seat, at: DateTime<Utc>, rule: &str, reason: Option<String>) -> Self {
        let fact = OrganisationFact::VacancyWithdrawn { seat: seat.id, rule: rule.to_owned(), reason };
        Self { organisation: seat.organisation, at, fact }
    }
}

/// One thing that happened at an organisation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "kebab-case", rename_all_fields = "camelCase")]
pub enum OrganisationFact {
    /// A bulletin was taken (`P17.1`).
    BulletinTaken {
        /// The bulletin.
        bulletin: String,
        /// How many vacancies it made.
        vacancies: u32,
        /// How many of its lines couldn't be taken.
        bad_lines: u32,
    },
    /// The hourly look at the open vacancies found some for which children wait: allocation is woken again (`P16.a`).
    VacanciesFound {
        /// When the look was due.
        due: DateTime<Utc>,
    },
    /// A vacancy was withdrawn: by its organisation or the provider (`K3`), or at the end of a temporary place (`P23.c`).
    VacancyWithdrawn {
        /// The seat.
        seat: SeatId,
        /// By which rule.
        #[serde(default = "by_someone")]
        rule: String,
        /// The reason given. It may be in anyone's own words, so it stays here.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        reason: Option<String>,
    },
}

fn by_someone() -> String {
    "K3".to_owned()
}

impl OrganisationFact {
    fn id(&self) -> String {
        match self {
            OrganisationFact::BulletinTaken { bulletin, .. } => format!("bulletin#{bulletin}"),
            OrganisationFact::VacanciesFound { due } => format!("found#{}", sortable(*due)),
            OrganisationFact::VacancyWithdrawn { seat, .. } => format!("withdrawn#{seat}"),
        }
    }
}

/// An event as the stream shows it.
#[derive(Debug, Clone, PartialEq)]
pub enum EventItem {
    /// Of an application.
    Application(Box<Event>),
    /// Of an organisation.
    Organisation(OrganisationEvent),
    /// Of a complaint.
    Complaint(complaint::Event),
    /// Of an invitation.
    Invitation(invitation::Event),
    /// Of the system as a whole.
    System(SystemEvent),
}

pub(crate) const PREFIX: &str = "E#";

pub(crate) fn put(
    table: &str,
    key: &Key,
    body: String,
    verify: bool,
    fingerprint: Option<&str>,
) -> Result<TransactWriteItem> {
    let mut item: Item = key.item();
    item.insert("kind".to_owned(), string("event"));
    item.insert("body".to_owned(), string(body));
    if verify {
        // The stream's filter for the register checks: only these records wake document-verification.
        item.insert("verify".to_owned(), string("1"));
    }
    if let Some(fingerprint) = fingerprint {
        item.insert("fp".to_owned(), string(fingerprint));
    }
    origin::mark(&mut item);
    let put = Put::builder()
        .table_name(table)
        .set_item(Some(item))
        .condition_expression("attribute_not_exists(pk)")
        .build()
        .map_err(StoreError::corrupt)?;
    Ok(TransactWriteItem::builder().put(put).build())
}

/// The key of an event in an application's history.
pub(crate) fn event_key(event: &Event) -> Key {
    Key::new(application::partition(event.application), format!("{PREFIX}{:06}", event.seq))
}

pub(crate) fn put_event(table: &str, event: &Event, fingerprint: Option<&str>) -> Result<TransactWriteItem> {
    let body = body::of(event)?;
    put(table, &event_key(event), body, event.facts.iter().any(Fact::asks_register), fingerprint)
}

pub(crate) fn put_organisation_event(table: &str, event: &OrganisationEvent) -> Result<TransactWriteItem> {
    let key = Key::new(organisation::partition(event.organisation), format!("{PREFIX}{}", event.fact.id()));
    let body = serde_json::to_string(event).map_err(StoreError::corrupt)?;
    put(table, &key, body, false, None)
}

/// The key of an event in a complaint's history.
pub(crate) fn complaint_key(id: ComplaintId, seq: u32) -> Key {
    Key::new(crate::complaint::partition(id), format!("{PREFIX}{seq:06}"))
}

pub(crate) fn put_complaint_event(
    table: &str,
    event: &complaint::Event,
    fingerprint: Option<&str>,
) -> Result<TransactWriteItem> {
    let body = serde_json::to_string(event).map_err(StoreError::corrupt)?;
    put(table, &complaint_key(event.complaint, event.seq), body, false, fingerprint)
}

/// The event of an item of a complaint's history.
pub(crate) fn complaint_event_of(item: &Item) -> Result<complaint::Event> {
    from_json(body_of(item)?)
}

/// The key of an event in an invitation's history.
pub(crate) fn invitation_key(id: InvitationId, seq: u32) -> Key {
    Key::new(crate::invitation::partition(id), format!("{PREFIX}{seq:06}"))
}

pub(crate) fn put_invitation_event(
    table: &str,
    event: &invitation::Event,
    fingerprint: Option<&str>,
) -> Result<TransactWriteItem> {
    let body = serde_json::to_string(event).map_err(StoreError::corrupt)?;
    put(table, &invitation_key(event.invitation, event.seq), body, false, fingerprint)
}

/// The event of an item of an invitation's history.
pub(crate) fn invitation_event_of(item: &Item) -> Result<invitation::Event> {
    from_json(body_of(item)?)
}

fn body_of(item: &Item) -> Result<&str> {
    item.get("body").and_then(|body| body.as_s().ok()).map(String::as_str).ok_or_else(|| StoreError::corrupt("event"))
}

fn event_of_item(item: &Item) -> Result<Event> {
    let text = |name: &str| item.get(name).and_then(|value| value.as_s().ok()).map(String::as_str).unwrap_or_default();
    body::event(text("pk"), text("sk"), text("body"))
}

impl StreamImage {
    /// The event of an event item; none for another kind of item.
    ///
    /// # Errors
    /// The item's body isn't an event.
    pub fn event(&self) -> Result<Option<EventItem>> {
        if self.kind != "event" {
            return Ok(None);
        }
        let body = self.body.as_deref().ok_or_else(|| StoreError::corrupt("event"))?;
        let item = if self.pk.starts_with("A#") {
            EventItem::Application(Box::new(body::event(&self.pk, &self.sk, body)?))
        } else if crate::complaint::of_partition(&self.pk).is_some() {
            EventItem::Complaint(from_json(body)?)
        } else if crate::invitation::of_partition(&self.pk).is_some() {
            EventItem::Invitation(from_json(body)?)
        } else if self.pk == system::PARTITION {
            EventItem::System(from_json(body)?)
        } else {
            EventItem::Organisation(from_json(body)?)
        };
        Ok(Some(item))
    }
}

impl Store {
    /// The latest events of an application, oldest first, at most `limit`.
    ///
    /// # Errors
    /// The table failed, or an item is corrupt.
    pub async fn history(&self, id: ApplicationId, limit: usize) -> Result<Vec<Event>> {
        let mut items = self.list(&application::partition(id), PREFIX, None, limit, false).await?;
        items.reverse();
        items.iter().map(event_of_item).collect()
    }

    /// The first event of an application, with the fingerprint of the request that made it: what a repeated request is
    /// answered from.
    ///
    /// # Errors
    /// The table failed, or the item is corrupt.
    pub async fn first_event(&self, id: ApplicationId) -> Result<Option<(Event, Option<String>)>> {
        let key = Key::new(application::partition(id), format!("{PREFIX}{:06}", 1));
        let Some(item) = self.get(&key).await? else { return Ok(None) };
        let event = event_of_item(&item)?;
        let fingerprint = item.get("fp").and_then(|fingerprint| fingerprint.as_s().ok()).cloned();
        Ok(Some((event, fingerprint)))
    }
}
