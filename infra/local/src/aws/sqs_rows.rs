//! A queue's rows: order, FIFO groups, deduplication.
//! Never here: receipts, time-outs and who asks (`sqs`).
//!
//! Rows of queue `q`, each partition read only by key or from its beginning, so nothing grows with the backlog:
//! `sqs#q#state` counters; `#message` by sequence; `#due` by (visible at, sequence); for FIFO `#group` by (group,
//! sequence), of which only each group's head is in `#due`, and `#dedup` / `#dedup-end` for the window.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::{Error, dynamo::Rows, sqs::QueueSpec};

/// SQS's FIFO deduplication window.
const DEDUP_MS: u64 = 5 * 60 * 1000;
/// Ends a group's name in keys: no character of a group id sorts below or equals it.
const END: char = '\u{1f}';
/// Above every digit, so that a range ends after the last sequence.
pub(super) const LAST: char = '~';

#[derive(Default, Serialize, Deserialize)]
pub(super) struct State {
    pub last: u64,
    pub total: u64,
}

#[derive(Serialize, Deserialize)]
pub(super) struct Stored {
    pub id: String,
    pub body: String,
    pub attributes: Option<Value>,
    pub sent: u64,
    pub visible: u64,
    pub receives: u32,
    pub first: Option<u64>,
    pub group: Option<String>,
    pub dedup: Option<String>,
    pub source: Option<String>,
}

/// A checked message on its way in.
pub(super) struct NewMessage {
    pub body: String,
    pub attributes: Option<Value>,
    pub delay_seconds: u64,
    pub group: Option<String>,
    pub dedup: Option<String>,
}

/// What the sender learns.
#[derive(Serialize, Deserialize)]
pub(super) struct Sent {
    pub id: String,
    pub sequence: u64,
}

#[derive(Serialize, Deserialize)]
struct Duplicate {
    pub sent: Sent,
    pub end: u64,
}

/// Accepts a message, or answers with the one that its deduplication id already named.
pub(super) fn accept(rows: &Rows<'_>, spec: &QueueSpec, message: NewMessage, now: u64) -> Result<Sent, Error> {
    forget_duplicates(rows, spec, now)?;
    if let Some(dedup) = &message.dedup
        && let Some(known) = rows.get::<Duplicate>(&part(spec, "dedup"), dedup)?
        && known.end > now
    {
        return Ok(known.sent);
    }
    let next = rows.get::<State>(&part(spec, "state"), "")?.unwrap_or_default().last + 1;
    let stored = Stored {
        id: message_id(spec, next, now),
        body: message.body,
        attributes: message.attributes,
        sent: now,
        visible: now + message.delay_seconds * 1000,
        receives: 0,
        first: None,
        group: message.group,
        dedup: message.dedup,
        source: None,
    };
    let sequence = insert(rows, spec, &stored)?;
    if let Some(dedup) = &stored.dedup {
        let end = now + DEDUP_MS;
        let sent = Sent { id: stored.id.clone(), sequence };
        rows.put(&part(spec, "dedup"), dedup, &Duplicate { sent, end })?;
        rows.put(&part(spec, "dedup-end"), &format!("{end:013}#{dedup}"), dedup)?;
    }
    Ok(Sent { id: stored.id, sequence })
}

pub(super) fn insert(rows: &Rows<'_>, spec: &QueueSpec, stored: &Stored) -> Result<u64, Error> {
    let mut state = rows.get::<State>(&part(spec, "state"), "")?.unwrap_or_default();
    state.last += 1;
    state.total += 1;
    rows.put(&part(spec, "state"), "", &state)?;
    rows.put(&part(spec, "message"), &number(state.last), stored)?;
    let blocked = match &stored.group {
        Some(group) if spec.fifo => {
            let blocked = head_of(rows, spec, group)?.is_some();
            rows.put(&part(spec, "group"), &format!("{group}{END}{}", number(state.last)), &state.last)?;
            blocked
        }
        _ => false,
    };
    if !blocked {
        rows.put(&part(spec, "due"), &due_key(stored.visible, state.last), &0)?;
    }
    Ok(state.last)
}

pub(super) fn remove(rows: &Rows<'_>, spec: &QueueSpec, sequence: u64, stored: &Stored) -> Result<(), Error> {
    rows.delete(&part(spec, "message"), &number(sequence))?;
    rows.delete(&part(spec, "due"), &due_key(stored.visible, sequence))?;
    let mut state = rows.get::<State>(&part(spec, "state"), "")?.unwrap_or_default();
    state.total = state.total.saturating_sub(1);
    rows.put(&part(spec, "state"), "", &state)?;
    if let Some(group) = stored.group.as_ref().filter(|_| spec.fifo) {
        rows.delete(&part(spec, "group"), &format!("{group}{END}{}", number(sequence)))?;
        if let Some(next) = head_of(rows, spec, group)?
            && let Some(head) = rows.get::<Stored>(&part(spec, "message"), &number(next))?
        {
            rows.put(&part(spec, "due"), &due_key(head.visible, next), &head.receives)?;
        }
    }
    Ok(())
}

pub(super) fn head_of(rows: &Rows<'_>, spec: &QueueSpec, group: &str) -> Result<Option<u64>, Error> {
    let page = rows.page::<u64>(&part(spec, "group"), &format!("{group}{END}"), &format!("{group}{END}{LAST}"), 1)?;
    Ok(page.first().map(|(_, sequence)| *sequence))
}

/// Two leave for each one that comes, so the window's rows stay in proportion to what was sent within it.
pub(super) fn forget_duplicates(rows: &Rows<'_>, spec: &QueueSpec, now: u64) -> Result<(), Error> {
    for (key, dedup) in rows.page::<String>(&part(spec, "dedup-end"), "", &format!("{now:013}#\u{10ffff}"), 2)? {
        rows.delete(&part(spec, "dedup-end"), &key)?;
        let ended = rows.get::<Duplicate>(&part(spec, "dedup"), &dedup)?.is_some_and(|known| known.end <= now);
        if ended {
            rows.delete(&part(spec, "dedup"), &dedup)?;
        }
    }
    Ok(())
}

/// Looks random and isn't: the same run gives the same ids.
pub(super) fn message_id(spec: &QueueSpec, sequence: u64, now: u64) -> String {
    let digest = Sha256::digest(format!("{}|{sequence}|{now}", spec.name));
    let hex = data_encoding::HEXLOWER.encode(&digest[..16]);
    format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}

pub(super) fn part(spec: &QueueSpec, rest: &str) -> String {
    format!("sqs#{}#{rest}", spec.name)
}

pub(super) fn number(sequence: u64) -> String {
    format!("{sequence:020}")
}

pub(super) fn due_key(visible: u64, sequence: u64) -> String {
    format!("{visible:013}#{}", number(sequence))
}

pub(super) fn due_parts(key: &str) -> (u64, u64) {
    let (visible, sequence) = key.split_once('#').unwrap_or((key, ""));
    (visible.parse().unwrap_or(0), sequence.parse().unwrap_or(0))
}
