//! How an application's event is kept: JSON, without what the item's key says already, and with the number of who came to wait at the
//! trace of the queue that gave it, not in a fact that names the organisation once more. So the event that begins an application with four
//! queues stays under one kilobyte with all that marks it as deployed, at half the write units (decision 0024).

use kezek_rules::ids::ApplicationId;
use kezek_rules::step::{Event, Fact, QueueTrace};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::PREFIX;
use crate::error::{Result, StoreError};
use crate::item::{from_json, parsed, unreadable};

/// What the trace of a queue is kept with.
#[derive(Deserialize)]
struct Numbered {
    /// The number of who came to wait.
    number: Option<u64>,
}

/// The body of an event's item.
pub(super) fn of(event: &Event) -> Result<String> {
    let mut body = serde_json::to_value(event).map_err(StoreError::corrupt)?;
    if let Some(body) = body.as_object_mut() {
        body.remove("application");
        body.remove("seq");
        if let Some(numbers) = numbers(event) {
            compact(body, &numbers);
        }
    }
    Ok(body.to_string())
}

/// The event of a body under its key.
pub(super) fn event(pk: &str, sk: &str, body: &str) -> Result<Event> {
    let mut body: Value = from_json(body)?;
    let id: ApplicationId = parsed(pk.strip_prefix("A#").unwrap_or_default(), "event key")?;
    let seq: u32 = parsed(sk.strip_prefix(PREFIX).unwrap_or_default(), "event key")?;
    if let Some(body) = body.as_object_mut() {
        body.insert("application".to_owned(), id.to_string().into());
        body.insert("seq".to_owned(), seq.into());
    }
    let numbered = Vec::<Numbered>::deserialize(&body["queues"]).map_err(|_| unreadable::<Event>())?;
    let mut event: Event = serde_json::from_value(body).map_err(|_| unreadable::<Event>())?;
    let came = |(trace, Numbered { number }): (&QueueTrace, Numbered)| {
        Some(Fact::Queued { organisation: trace.organisation, number: number? })
    };
    event.facts.extend(event.queues.iter().zip(numbered).filter_map(came));
    Ok(event)
}

/// The numbers of those who came to wait, where the last facts say just that of each queue that someone came to, in the same order;
/// none where they say something else or in another order, which is kept as it is.
fn numbers(event: &Event) -> Option<Vec<u64>> {
    let arrived: Vec<&QueueTrace> = event.queues.iter().filter(|trace| trace.arrived.is_some()).collect();
    let last = event.facts.iter().skip(event.facts.len().checked_sub(arrived.len())?);
    let number = |(fact, trace): (&Fact, &QueueTrace)| match fact {
        Fact::Queued { organisation, number } if *organisation == trace.organisation => Some(*number),
        _ => None,
    };
    last.zip(arrived).map(number).collect()
}

fn list<'a>(body: &'a mut Map<String, Value>, name: &str) -> Option<&'a mut Vec<Value>> {
    body.get_mut(name).and_then(Value::as_array_mut)
}

fn compact(body: &mut Map<String, Value>, numbers: &[u64]) {
    if let Some(facts) = list(body, "facts") {
        facts.truncate(facts.len().saturating_sub(numbers.len()));
    }
    let arrived = list(body, "queues").into_iter().flatten().filter(|trace| trace.get("arrived").is_some());
    for (trace, number) in arrived.zip(numbers) {
        trace["number"] = (*number).into();
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const PK: &str = "A#000102030405060708090a0b0c0d0e0f";
    const SK: &str = "E#000001";

    fn of_facts(facts: &Value) -> Event {
        serde_json::from_value(json!({
            "application": "000102030405060708090a0b0c0d0e0f", "seq": 1, "at": "2026-02-09T04:00:00Z",
            "policy": "order-133@1", "calendar": 1, "facts": facts,
            "queues": [
                {"organisation": "061211600012", "seq": 7, "departed": {"lane": "general"}, "phase": 1},
                {"organisation": "990140084791", "seq": 8, "arrived": {"lane": "general"}, "phase": 1},
                {"organisation": "990140084741", "seq": 9, "arrived": {"lane": "general"}, "phase": 2},
            ],
        }))
        .expect("an event")
    }

    fn queued(organisation: &str, number: u64) -> Value {
        json!({"what": "queued", "organisation": organisation, "number": number})
    }

    #[test]
    fn who_came_is_told_at_the_queues_and_read_as_it_was() {
        let event = of_facts(&json!([{"what": "accepted"}, queued("990140084791", 12), queued("990140084741", 1)]));
        let body = of(&event).expect("a body");
        let kept: Value = serde_json::from_str(&body).expect("JSON");
        assert_eq!(kept["facts"], json!([{"what": "accepted"}]));
        let numbers: Vec<&Value> =
            kept["queues"].as_array().expect("queues").iter().map(|trace| &trace["number"]).collect();
        assert_eq!(numbers, [&Value::Null, &json!(12), &json!(1)]);
        assert_eq!(super::event(PK, SK, &body).expect("an event"), event);
    }

    #[test]
    fn what_isnt_told_queue_by_queue_is_kept_as_it_is() {
        for facts in [
            json!([]),
            json!([queued("990140084741", 1)]),
            json!([queued("990140084741", 1), queued("990140084791", 12)]),
            json!([queued("990140084791", 12), queued("990140084741", 1), {"what": "accepted"}]),
            json!([queued("990140084791", 12), {"what": "moved", "organisation": "990140084741", "number": 1}]),
        ] {
            let event = of_facts(&facts);
            let body = of(&event).expect("a body");
            let kept: Value = serde_json::from_str(&body).expect("JSON");
            assert_eq!(kept["facts"], facts);
            assert_eq!(super::event(PK, SK, &body).expect("an event"), event);
        }
    }

    #[test]
    fn a_number_that_is_none_isnt_passed_over() {
        let event = of_facts(&json!([queued("990140084791", 12), queued("990140084741", 1)]));
        let body = of(&event).expect("a body").replace("\"number\":12", "\"number\":\"12\"");
        assert!(super::event(PK, SK, &body).is_err(), "{body}");
    }

    #[test]
    fn an_event_that_tells_all_in_its_facts_is_read_too() {
        let event = of_facts(&json!([queued("990140084791", 12), queued("990140084741", 1)]));
        let plain = serde_json::to_string(&event).expect("JSON");
        assert_eq!(super::event(PK, SK, &plain).expect("an event"), event);
    }

    /// All lengths at their longest but for the policy's name: four queues of ten million, the longest lane, the longest of the ids by
    /// which Lambda and the gateway know an invocation.
    #[test]
    fn the_event_that_begins_an_application_takes_one_kilobyte() {
        let gardens = ["061211600012", "990140084791", "990140084741", "990100000108"];
        let at = "2026-02-09T04:00:00.123Z";
        let mut facts = vec![json!({
            "what": "registered", "child": "000102030405060708090a0b0c0d0e0f", "stream": "general", "lane": "first-priority",
            "benefit": 12, "organisations": gardens, "acceptedAt": at,
        })];
        facts.extend(gardens.map(|garden| queued(garden, 9_999_999)));
        let lane = json!({"lane": "first-priority"});
        let trace = |garden| json!({"organisation": garden, "seq": 9_999_999, "arrived": lane, "phase": 3});
        let event: Event = serde_json::from_value(json!({
            "application": "000102030405060708090a0b0c0d0e0f", "seq": 1, "at": at, "policy": "order-133@1", "calendar": 1,
            "facts": facts, "queues": gardens.map(trace),
        }))
        .expect("an event");
        let uuid = "c6af9ac6-7b61-11e6-9a41-93e8deadbeef";
        let traceparent = "00-5759e988bd862e3fe1be46a994272793-53995c3f42cd8ad8-01";
        let keys = [("pk", PK), ("sk", SK), ("kind", "event"), ("body", "")];
        let marks = [("fp", &PK[2..]), ("cid", uuid), ("tp", traceparent), ("w", "8 bytes.")];
        let beside = keys.iter().chain(&marks).map(|(name, value)| name.len() + value.len());
        let size = of(&event).expect("a body").len() + beside.sum::<usize>();
        assert!(size <= 1024, "{size} bytes");
    }
}
