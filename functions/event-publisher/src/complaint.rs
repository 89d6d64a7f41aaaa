//! What an event of a complaint leads to (`P18`): an event for each state it came to, and for its breach, and the notice of the last
//! state. What was written is in neither: who may read it reads the complaint.

use kezek_contract::texts::notices::Notice;
use kezek_rules::complaint::{Event, Fact};
use kezek_rules::terms;
use serde_json::json;

use crate::cloud::{self, CloudEvent};
use crate::outlets::{PublishError, put_events};
use crate::publish::keep;
use crate::{Publisher, Report};

/// Publishes an event: the cabinet first, then the bus.
pub(crate) async fn publish(publisher: &Publisher, event: &Event, report: &mut Report) -> Result<(), PublishError> {
    let mut events = stages(event)?;
    if let Some(notice) = notice(event) {
        let settled = publisher.app.settle_at(event.at).await?;
        let sms_at = terms::sms_at(&settled.world().policy(event.settlement).policy, event.at);
        let record = cloud::record(event.at, &notice, sms_at);
        events.push(keep(publisher, "complaint", event.complaint, (event.seq, 0), &record, report).await?);
    }
    put_events(publisher, &events).await?;
    report.events += events.len();
    Ok(())
}

/// The stages of a complaint that an event holds, one for each fact.
fn stages(event: &Event) -> Result<Vec<CloudEvent>, serde_json::Error> {
    let stage = |(index, fact): (usize, &Fact)| {
        let mut data = cloud::object(cloud::in_full(serde_json::to_value(fact)?));
        data.insert("seq".to_owned(), json!(event.seq));
        data.insert("rule".to_owned(), json!(fact.rule()));
        data.insert("policy".to_owned(), json!(event.policy));
        data.insert("calendar".to_owned(), json!(event.calendar));
        data.insert("settlement".to_owned(), json!(event.settlement));
        let id = format!("{}-{}-{index}", event.complaint, event.seq);
        let kind = format!("kezek.complaint.{}", fact.code());
        Ok(cloud::cloud_event(id, kind, event.at, event.complaint.to_string(), data.into()))
    };
    event.facts.iter().enumerate().map(stage).collect()
}

/// The notice of the state that an event left the complaint in; none if it changed none.
fn notice(event: &Event) -> Option<Notice> {
    let last = event.facts.iter().rev().find(|fact| fact.state().is_some())?;
    let (registered_at, due) = match last {
        Fact::Delivered { registered_at, due_at, .. } => (Some(*registered_at), Some(*due_at)),
        Fact::Registered { due_at, .. } => (None, Some(*due_at)),
        _ => (None, None),
    };
    Some(Notice::ComplaintState { state: last.state()?, registered_at, due })
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    fn event(facts: &Value) -> Event {
        serde_json::from_value(json!({
            "complaint": "000102030405060708090a0b0c0d0e0f", "seq": 2, "settlement": "750000000",
            "at": "2026-02-09T04:00:00Z", "policy": "order-133@1", "calendar": 1, "facts": facts
        }))
        .expect("an event")
    }

    fn registered() -> Value {
        json!({"what": "registered", "about": "organisation", "organisation": "061211600012", "addressee": "authority",
            "dueAt": "2026-03-02T13:30:00Z"})
    }

    #[test]
    fn p18_each_state_and_a_breach_is_an_event_of_its_own() {
        let stages = stages(&event(&json!([registered(), {"what": "overdue", "dueAt": "2026-03-02T13:30:00Z"}])));
        let stages = stages.expect("stages");
        let kinds: Vec<&str> = stages.iter().map(|stage| stage.kind.as_str()).collect();
        assert_eq!(kinds, ["kezek.complaint.registered", "kezek.complaint.overdue"]);
        assert_eq!(
            stages[0].detail,
            json!({
                "specversion": "1.0", "id": "000102030405060708090a0b0c0d0e0f-2-0", "source": "kezek",
                "type": "kezek.complaint.registered", "time": "2026-02-09T04:00:00.000Z",
                "subject": "000102030405060708090a0b0c0d0e0f", "datacontenttype": "application/json",
                "data": {"what": "registered", "about": "organisation", "organisation": "061211600012",
                    "addressee": "authority", "dueAt": "2026-03-02T13:30:00.000Z", "seq": 2, "rule": "P18",
                    "policy": "order-133@1", "calendar": 1, "settlement": "750000000"}
            })
        );
    }

    #[test]
    fn p18_the_notice_tells_the_last_state() {
        let check = |facts: Value, expected: Value| {
            let notice = serde_json::to_value(notice(&event(&facts))).expect("JSON");
            assert_eq!(notice, expected, "{facts}");
        };
        let state = |state: &str, due: Value| json!({"kind": "complaint-state", "state": state, "registeredAt": null, "due": due});
        check(json!([registered()]), state("registered", json!("2026-03-02T13:30:00Z")));
        check(json!([registered(), {"what": "answered"}]), state("answered", Value::Null));
        check(json!([{"what": "overdue", "dueAt": "2026-03-02T13:30:00Z"}]), Value::Null);
    }
}
