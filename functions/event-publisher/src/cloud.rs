//! Events as the outside gets them (CloudEvents 1.0): one for each stage (`P9`) and one for each notice. Ids come from the
//! history, so that one sent twice is known as the same. Nothing personal goes out, not even the child's keyed hash.

use std::fmt::Display;

use chrono::{DateTime, Utc};
use kezek_contract::answers::iso;
use kezek_contract::texts::Locale;
use kezek_contract::texts::notices::{Notice, render};
use kezek_rules::step::Event;
use kezek_store::{NoticeRecord, OrganisationEvent, OrganisationFact, Origin, SystemEvent};
use serde_json::{Map, Value, json};

/// Where all our events come from.
pub const SOURCE: &str = "kezek";

/// How a notice is to reach its reader (`N1`).
const CHANNELS: [&str; 2] = ["cabinet", "sms"];

/// One event for the outside.
#[derive(Debug, Clone, PartialEq)]
pub struct CloudEvent {
    /// Its type, such as `kezek.application.queued`.
    pub kind: String,
    /// When it happened.
    pub at: DateTime<Utc>,
    /// The event itself.
    pub detail: Value,
}

impl CloudEvent {
    /// The event as it is sent: with where it belongs, as extensions of CloudEvents (`correlationid`; `traceparent` of Distributed
    /// Tracing).
    #[must_use]
    pub fn sent(&self, origin: Option<&Origin>) -> Value {
        let mut detail = self.detail.clone();
        let Some((origin, fields)) = origin.zip(detail.as_object_mut()) else { return detail };
        fields.insert("correlationid".to_owned(), origin.correlation().into());
        if let Some(trace) = origin.trace() {
            fields.insert("traceparent".to_owned(), trace.to_string().into());
        }
        detail
    }
}

/// An event in its envelope.
pub(crate) fn cloud_event(id: String, kind: String, at: DateTime<Utc>, subject: String, data: Value) -> CloudEvent {
    let detail = json!({
        "specversion": "1.0",
        "id": id,
        "source": SOURCE,
        "type": kind,
        "time": iso(at),
        "subject": subject,
        "datacontenttype": "application/json",
        "data": data,
    });
    CloudEvent { kind, at, detail }
}

/// The stages of an application that an event holds, one for each fact (`P9`).
///
/// # Errors
/// A fact can't be written as JSON.
pub fn stages(event: &Event) -> Result<Vec<CloudEvent>, serde_json::Error> {
    let queues = queues(event)?;
    let mut stages = Vec::with_capacity(event.facts.len());
    for (index, fact) in event.facts.iter().enumerate() {
        let (what, rule) = fact.code_and_rule();
        let mut data = object(in_full(serde_json::to_value(fact)?));
        data.remove("child");
        data.insert("seq".to_owned(), json!(event.seq));
        data.insert("rule".to_owned(), json!(rule));
        data.insert("policy".to_owned(), json!(event.policy));
        data.insert("calendar".to_owned(), json!(event.calendar));
        data.insert("queues".to_owned(), queues.clone());
        let id = format!("{}-{}-{index}", event.application, event.seq);
        let kind = format!("kezek.application.{what}");
        stages.push(cloud_event(id, kind, event.at, event.application.to_string(), data.into()));
    }
    Ok(stages)
}

/// The queues that an event changed; the history leaves out order keys that are the event's own instant.
fn queues(event: &Event) -> Result<Value, serde_json::Error> {
    let mut queues = event.queues.clone();
    for place in queues.iter_mut().flat_map(|queue| queue.arrived.iter_mut().chain(&mut queue.departed)) {
        place.submitted_at = Some(place.order_key(event.at));
    }
    serde_json::to_value(queues).map(in_full)
}

/// The same with each instant as the interface writes it; the history writes them shorter.
pub(crate) fn in_full(value: Value) -> Value {
    match value {
        Value::String(text) => match text.parse::<DateTime<Utc>>() {
            Ok(at) => iso(at).into(),
            Err(_) => text.into(),
        },
        Value::Array(items) => items.into_iter().map(in_full).collect(),
        Value::Object(fields) => fields.into_iter().map(|(name, value)| (name, in_full(value))).collect(),
        other => other,
    }
}

/// A fact as an object; one without fields is told by its name.
pub(crate) fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(object) => object,
        other => Map::from_iter([("what".to_owned(), other)]),
    }
}

/// A notice as the cabinet keeps it.
#[must_use]
pub fn record(at: DateTime<Utc>, notice: &Notice, sms_at: DateTime<Utc>) -> NoticeRecord {
    NoticeRecord {
        kind: notice.kind().to_string(),
        at,
        sms_at,
        kk: render(notice, Locale::Kk),
        ru: render(notice, Locale::Ru),
        en: render(notice, Locale::En),
    }
}

/// A notice for whoever sends it, the `n`-th of its event: `subject` says what `id` names.
#[must_use]
pub fn notice_about(subject: &str, id: impl Display, seq: u32, n: usize, record: &NoticeRecord) -> CloudEvent {
    let data = json!({
        subject: id.to_string(),
        "kind": record.kind,
        "texts": {"kk": record.kk, "ru": record.ru, "en": record.en},
        "channels": CHANNELS,
        "smsAt": iso(record.sms_at),
    });
    let event = format!("{id}-{seq}-notice-{n}");
    cloud_event(event, format!("kezek.notice.{}", record.kind), record.at, id.to_string(), data)
}

/// What names an organisation's event: the bulletin it is about, or the seat.
#[must_use]
pub fn organisation_id(event: &OrganisationEvent) -> String {
    match &event.fact {
        OrganisationFact::BulletinTaken { bulletin, .. } => format!("{}-bulletin-{bulletin}", event.organisation),
        OrganisationFact::VacanciesFound { due } => format!("{}-found-{}", event.organisation, due.timestamp_millis()),
        OrganisationFact::VacancyWithdrawn { seat, .. } => format!("{}-withdrawn-{seat}", event.organisation),
    }
}

/// An event of an organisation.
///
/// # Errors
/// The fact can't be written as JSON.
pub fn organisation(event: &OrganisationEvent) -> Result<CloudEvent, serde_json::Error> {
    let what = match &event.fact {
        OrganisationFact::BulletinTaken { .. } => "bulletin-taken",
        OrganisationFact::VacanciesFound { .. } => "vacancies-found",
        OrganisationFact::VacancyWithdrawn { .. } => "vacancy-withdrawn",
    };
    let mut data = object(serde_json::to_value(&event.fact)?);
    // In someone's own words: they stay with the organisation's history.
    data.remove("reason");
    let data = data.into();
    let kind = format!("kezek.organisation.{what}");
    Ok(cloud_event(organisation_id(event), kind, event.at, event.organisation.to_string(), data))
}

/// An event of the system: a published policy, a patched calendar (`P9`, `P27`, `C3`).
///
/// # Errors
/// The fact can't be written as JSON.
pub fn system(event: &SystemEvent) -> Result<CloudEvent, serde_json::Error> {
    let name = event.fact.name();
    let id = format!("{name}-{}", event.fact.id());
    let data = serde_json::to_value(&event.fact)?;
    Ok(cloud_event(id, format!("kezek.system.{name}"), event.at, event.fact.id(), data))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event() -> Event {
        serde_json::from_value(json!({
            "application": "000102030405060708090a0b0c0d0e0f", "seq": 2, "at": "2026-01-12T05:00:00Z",
            "policy": "order-133@1", "calendar": 3,
            "facts": [
                {"what": "registered", "child": "ffffffffffffffffffffffffffffffff", "stream": "general", "lane": "general",
                 "benefit": 13, "organisations": ["061211600012"], "acceptedAt": "2026-01-12T05:00:00Z"},
                {"what": "queued", "organisation": "061211600012", "number": 4}],
            "queues": [{"organisation": "061211600012", "seq": 9, "phase": 3,
                "arrived": {"lane": "general"}}]
        }))
        .expect("an event")
    }

    #[test]
    fn p9_each_stage_is_an_event_of_its_own() {
        let stages = stages(&event()).expect("stages");
        assert_eq!(stages.len(), 2);
        assert_eq!(stages[1].kind, "kezek.application.queued");
        assert_eq!(
            stages[1].detail,
            json!({
                "specversion": "1.0", "id": "000102030405060708090a0b0c0d0e0f-2-1", "source": "kezek",
                "type": "kezek.application.queued", "time": "2026-01-12T05:00:00.000Z",
                "subject": "000102030405060708090a0b0c0d0e0f", "datacontenttype": "application/json",
                "data": {"what": "queued", "organisation": "061211600012", "number": 4, "seq": 2, "rule": "P10.b",
                    "policy": "order-133@1", "calendar": 3,
                    "queues": [{"organisation": "061211600012", "seq": 9, "phase": 3,
                        "arrived": {"lane": "general", "submittedAt": "2026-01-12T05:00:00.000Z"}}]}
            })
        );
    }

    #[test]
    fn nothing_personal_goes_out() {
        let all = stages(&event()).expect("stages");
        assert!(all.iter().all(|stage| !stage.detail.to_string().contains("ffffffff")));
        assert!(all[0].detail["data"].get("child").is_none());
        assert_eq!(all[0].detail["data"]["acceptedAt"], "2026-01-12T05:00:00.000Z");
    }

    #[test]
    fn n1_a_notice_carries_its_texts_and_when_its_sms_goes_out() {
        let event = event();
        let record = record(event.at, &Notice::AgeLimitReached, "2026-01-13T04:00:00Z".parse().expect("an instant"));
        let cloud = notice_about("application", event.application, event.seq, 0, &record);
        assert_eq!(cloud.kind, "kezek.notice.age-limit-reached");
        assert_eq!(cloud.detail["id"], "000102030405060708090a0b0c0d0e0f-2-notice-0");
        let data = &cloud.detail["data"];
        assert_eq!(data["channels"], json!(["cabinet", "sms"]));
        assert_eq!(data["smsAt"], "2026-01-13T04:00:00.000Z");
        assert!(data["texts"]["ru"].as_str().is_some_and(|text| text.contains("1414")));
    }

    #[test]
    fn p17_1_a_bulletin_is_named_by_its_organisation_and_its_id() {
        let taken: OrganisationEvent = serde_json::from_value(json!({"organisation": "061211600012",
            "at": "2026-01-12T05:00:00Z", "what": "bulletin-taken", "bulletin": "B-1", "vacancies": 2, "badLines": 1}))
        .expect("an event");
        let cloud = organisation(&taken).expect("JSON");
        assert_eq!(cloud.kind, "kezek.organisation.bulletin-taken");
        assert_eq!(cloud.detail["id"], "061211600012-bulletin-B-1");
        assert_eq!(
            cloud.detail["data"],
            json!({"what": "bulletin-taken", "bulletin": "B-1", "vacancies": 2, "badLines": 1})
        );
    }
}
