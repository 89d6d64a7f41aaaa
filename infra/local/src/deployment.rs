//! What the stack deploys, by the names of `template.yaml` without their stage: table, bus, queues, readers of the stream with
//! their filters. A test compares it with the template. Routes are the functions' own (`functions`), the timetable is in `schedules`.

use serde_json::Value;

use crate::{aws::QueueSpec, functions::Function};

/// The table.
pub const TABLE: &str = "kezek";
/// The event bus.
pub const BUS: &str = "kezek";
/// Where organisations send their bulletins.
pub const BULLETINS: &str = "bulletins";
/// Where bulletins are set aside that can't be read, or weren't taken in time.
pub const BULLETINS_DEAD: &str = "bulletins-dead";
/// Who asks for allocation, per organisation.
pub const ALLOCATION: &str = "allocation.fifo";
/// Where the stream's readers set aside what they give up on.
pub const STREAM_DEAD: &str = "stream-dead";
/// Where schedules set aside what they couldn't start.
pub const SCHEDULES_DEAD: &str = "schedules-dead";

/// Where the bus sets aside what a consumer couldn't be given. Nobody consumes here, so it stays empty.
pub const EVENTS_DEAD: &str = "events-dead";

/// How often a message is received before it is a dead letter.
const RECEIVES: u32 = 5;

/// The queues, with what happens to a message that is received again and again.
#[must_use]
pub fn queues() -> Vec<QueueSpec> {
    let queue = |name: &str, dead: Option<&str>| QueueSpec {
        name: name.to_owned(),
        fifo: name.ends_with(".fifo"),
        dead_letter: dead.map(|dead| (dead.to_owned(), RECEIVES)),
        visibility_seconds: if dead.is_some() { 180 } else { 30 },
    };
    vec![
        queue(BULLETINS, Some(BULLETINS_DEAD)),
        queue(BULLETINS_DEAD, None),
        queue(ALLOCATION, Some("allocation-dead.fifo")),
        queue("allocation-dead.fifo", None),
        queue(STREAM_DEAD, None),
        queue(SCHEDULES_DEAD, None),
        queue(EVENTS_DEAD, None),
    ]
}

/// Which function reads which queue, and how many messages at once.
pub const QUEUE_READERS: [(&str, Function, usize); 2] =
    [(ALLOCATION, Function::Allocation, 10), (BULLETINS, Function::VacancyIngestion, 10)];

/// A function that reads the table's stream.
#[derive(Debug, Clone, Copy)]
pub struct StreamReader {
    /// Which function.
    pub function: Function,
    /// How many records at once.
    pub batch: usize,
    /// Which records: those that match one of these patterns.
    pub filters: &'static [&'static str],
    /// How often a record is tried again, once an hour, before it is set aside.
    pub retries: u32,
}

/// The readers of the stream.
pub const STREAM_READERS: [StreamReader; 2] = [
    StreamReader {
        function: Function::DocumentVerification,
        batch: 25,
        filters: &[r#"{"eventName":["INSERT"],"dynamodb":{"NewImage":{"kind":{"S":["event"]},"verify":{"S":["1"]}}}}"#],
        // A register may be down for long (`P6.b`): hourly for a month.
        retries: 31 * 24,
    },
    StreamReader {
        function: Function::EventPublisher,
        batch: 100,
        filters: &[
            r#"{"eventName":["INSERT"],"dynamodb":{"NewImage":{"kind":{"S":["event"]}}}}"#,
            r#"{"dynamodb":{"NewImage":{"kind":{"S":["queue"]},"pn":{"N":[{"anything-but":["0","1","2","3","4","5","6","7"]}]}}}}"#,
        ],
        retries: 10,
    },
];

/// Whether a record matches a pattern: of each named member one of the values, or none of those behind `anything-but`.
#[must_use]
pub fn matches(pattern: &Value, record: &Value) -> bool {
    match pattern {
        Value::Object(members) => {
            members.iter().all(|(name, inner)| record.get(name).is_some_and(|value| matches(inner, value)))
        }
        Value::Array(allowed) => allowed.iter().any(|one| match one.get("anything-but") {
            Some(Value::Array(refused)) => !refused.contains(record),
            Some(refused) => refused != record,
            None => one == record,
        }),
        other => other == record,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn readers(record: &Value) -> Vec<Function> {
        let wants = |reader: &&StreamReader| {
            let mut patterns = reader.filters.iter().map(|text| serde_json::from_str(text).expect("a pattern"));
            patterns.any(|pattern: Value| matches(&pattern, record))
        };
        STREAM_READERS.iter().filter(wants).map(|reader| reader.function).collect()
    }

    #[test]
    fn a_record_reaches_who_asked_for_it() {
        let record = |name: &str, image: Value| json!({"eventName": name, "dynamodb": {"NewImage": image}});
        let event = json!({"kind": {"S": "event"}});
        assert_eq!(readers(&record("INSERT", event.clone())), [Function::EventPublisher]);
        assert!(readers(&record("MODIFY", event)).is_empty());
        let check = json!({"kind": {"S": "event"}, "verify": {"S": "1"}});
        assert_eq!(readers(&record("INSERT", check)).len(), 2);
        let queue = |pending: &str| json!({"kind": {"S": "queue"}, "pn": {"N": pending}});
        assert!(readers(&record("MODIFY", queue("7"))).is_empty());
        assert_eq!(readers(&record("MODIFY", queue("8"))), [Function::EventPublisher]);
        assert!(readers(&json!({"eventName": "REMOVE", "dynamodb": {}})).is_empty());
    }
}
