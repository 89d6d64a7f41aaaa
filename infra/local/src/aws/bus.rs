//! The event bus: PutEvents appends, the stack lists. The latest 200,000 events are kept.
//! Never here: rules and targets (nobody subscribes on one machine), or what an event says.

use std::time::SystemTime;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{Aws, Error, dynamo::Rows, fault::Fault, instant};

const EVENTS: &str = "bus#event";
const KNOWN: &str = "bus#known";
const STATE: &str = "bus#state";
/// How many events are kept.
const KEPT: u64 = 200_000;
/// At most this many old ones go with each new one: no put ever pays for a big clean-up.
const STEP: usize = 4;
/// PutEvents' limits.
const MAX_ENTRIES: usize = 10;
const MAX_BYTES: usize = 1_048_576;

/// An event as it was put.
#[derive(Debug, Clone, PartialEq)]
pub struct PublishedEvent {
    /// Its place, for `after`.
    pub position: u64,
    /// The id that the bus gave it.
    pub id: String,
    /// The bus it was put on.
    pub bus: String,
    /// As the publisher named itself.
    pub source: String,
    /// As the publisher named the event's type.
    pub detail_type: String,
    /// The event itself.
    pub detail: Value,
    /// When it was put, by the stack's clock.
    pub at: SystemTime,
}

#[derive(Serialize, Deserialize)]
struct Stored {
    id: String,
    bus: String,
    source: String,
    detail_type: String,
    detail: Value,
    known: Option<String>,
    at: u64,
}

#[derive(Default, Serialize, Deserialize)]
struct State {
    last: u64,
    count: u64,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Put {
    entries: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Entry {
    event_bus_name: Option<String>,
    source: Option<String>,
    detail_type: Option<String>,
    detail: Option<String>,
}

impl Aws {
    /// Up to `limit` events after a position (0: from the oldest kept), oldest first.
    pub fn events(&self, limit: usize, after: u64) -> Result<Vec<PublishedEvent>, Error> {
        let page = self.engine.local(|rows| rows.page::<Stored>(EVENTS, &position(after), "~", limit))?;
        Ok(page
            .into_iter()
            .map(|(key, stored)| PublishedEvent {
                position: key.parse().unwrap_or(0),
                id: stored.id,
                bus: stored.bus,
                source: stored.source,
                detail_type: stored.detail_type,
                detail: stored.detail,
                at: instant(stored.at),
            })
            .collect())
    }

    /// Forgets every event; positions go on.
    pub fn clear_events(&self) -> Result<(), Error> {
        self.engine.local(|rows| {
            rows.clear(EVENTS)?;
            rows.clear(KNOWN)?;
            let last = rows.get::<State>(STATE, "")?.unwrap_or_default().last;
            rows.put(STATE, "", &State { last, count: 0 })
        })
    }

    pub(super) fn put_events(&self, body: &[u8]) -> Result<Value, Fault> {
        let put: Put =
            serde_json::from_slice(body).map_err(|_| Fault::validation("The request is not a PutEvents request."))?;
        if put.entries.is_empty() || put.entries.len() > MAX_ENTRIES {
            return Err(Fault::validation(
                "1 validation error detected: Value at 'entries' must have length between 1 and 10",
            ));
        }
        if body.len() > MAX_BYTES {
            return Err(Fault::validation("Total size of the entries in the request is over the limit."));
        }
        let now = self.now_ms();
        let answers = self.engine.local(|rows| {
            put.entries.into_iter().map(|entry| put_one(rows, entry, now)).collect::<Result<Vec<_>, Error>>()
        })?;
        let failed = answers.iter().filter(|answer| answer.get("ErrorCode").is_some()).count();
        Ok(json!({"FailedEntryCount": failed, "Entries": answers}))
    }
}

fn put_one(rows: &Rows<'_>, entry: Entry, now: u64) -> Result<Value, Error> {
    let refuse = |code: &str, message: &str| Ok(json!({"ErrorCode": code, "ErrorMessage": message}));
    let (Some(source), Some(detail_type), Some(detail)) = (entry.source, entry.detail_type, entry.detail) else {
        return refuse("InvalidArgument", "Parameters Source, DetailType and Detail are required.");
    };
    let Ok(detail @ Value::Object(_)) = serde_json::from_str::<Value>(&detail) else {
        return refuse("MalformedDetail", "Detail is malformed.");
    };
    let bus = entry.event_bus_name.unwrap_or_else(|| "default".to_owned());
    let bus = bus.rsplit('/').next().unwrap_or_default().to_owned();
    // A CloudEvents id names its event: a repeat on the same bus is the same event.
    let known = detail["id"].as_str().map(|id| format!("{bus}#{id}"));
    if let Some(known) = &known
        && let Some(id) = rows.get::<String>(KNOWN, known)?
    {
        return Ok(json!({"EventId": id}));
    }
    let mut state = rows.get::<State>(STATE, "")?.unwrap_or_default();
    state.last += 1;
    state.count += 1;
    let digest = data_encoding::HEXLOWER.encode(&Sha256::digest(format!("{bus}|{}|{now}", state.last))[..16]);
    let id = format!("{}-{}-{}-{}-{}", &digest[..8], &digest[8..12], &digest[12..16], &digest[16..20], &digest[20..]);
    if let Some(known) = &known {
        rows.put(KNOWN, known, &id)?;
    }
    let stored = Stored { id: id.clone(), bus, source, detail_type, detail, known, at: now };
    rows.put(EVENTS, &position(state.last), &stored)?;
    if state.count > KEPT {
        for (key, old) in rows.page::<Stored>(EVENTS, "", "~", STEP.min((state.count - KEPT) as usize))? {
            rows.delete(EVENTS, &key)?;
            if let Some(known) = &old.known {
                rows.delete(KNOWN, known)?;
            }
            state.count -= 1;
        }
    }
    rows.put(STATE, "", &state)?;
    Ok(json!({"EventId": id}))
}

fn position(at: u64) -> String {
    format!("{at:020}")
}
