//! A queue's item, `O#<bin>` / `Q#<language>#<birth year>#<stream>`, and the pages of its tree, `R#<queue>` / `<page>`.

use data_encoding::BASE32HEX_NOPAD;

use crate::base::Base;
use crate::ids::{Id, Name};
use crate::item::{Item, Unreadable, Value};
use crate::model::{Queue, QueueKey, Standing, lane};

pub(crate) fn take(base: &mut Base, organisation: Name, rest: &str, item: &Item) -> Result<(), Unreadable> {
    let key = key(base, organisation, rest)?;
    let count = |name: &'static str| item.int(name).and_then(|count| u64::try_from(count).ok()).ok_or(Unreadable(name));
    let pending = item.list("pend").iter().map(|value| match value {
        Value::B(bytes) => change(bytes).ok_or(Unreadable("pending change")),
        _ => Err(Unreadable("pending change")),
    });
    let queue = Queue {
        version: count("v")?,
        phase: u8::try_from(count("ph")?).map_err(|_| Unreadable("ph"))?,
        totals: [count("o")?, count("f")?, count("g")?],
        settlement: base.names.of(item.text("kato").ok_or(Unreadable("kato"))?),
        pending_count: item.int("pn").unwrap_or(0),
        pending: pending.collect::<Result<_, _>>()?,
        tops: item.bytes("tops").unwrap_or_default().to_vec(),
        fold: item.int("fold").unwrap_or(0),
    };
    base.queues.insert(key, queue);
    Ok(())
}

/// `<language>#<birth year>#<stream>`.
fn key(base: &mut Base, organisation: Name, rest: &str) -> Result<QueueKey, Unreadable> {
    let mut parts = rest.splitn(3, '#');
    let mut part = || parts.next().ok_or(Unreadable("queue key"));
    let language = base.names.of(part()?);
    let year = part()?.parse().map_err(|_| Unreadable("birth year"))?;
    Ok(QueueKey { organisation, language, year, stream: base.names.of(part()?) })
}

/// Twenty-five bytes: what and lane, the order key, the application.
fn change(bytes: &[u8]) -> Option<(bool, Standing)> {
    let bytes: &[u8; 25] = bytes.try_into().ok()?;
    let (what, lane_code) = (bytes[0] & 0xf0, bytes[0] & 0x0f);
    let lane = (usize::from(lane_code) < crate::model::LANES.len()).then_some(lane_code)?;
    let ordered = i64::from_be_bytes(bytes[1..9].try_into().ok()?);
    let app = Id::from_be_bytes(bytes[9..].try_into().ok()?);
    match what {
        0x00 => Some((true, (lane, ordered, app))),
        0x10 => Some((false, (lane, ordered, app))),
        _ => None,
    }
}

pub(crate) fn page(base: &mut Base, queue: &str, sk: &str, item: &Item) -> Result<(), Unreadable> {
    let (bin, rest) = queue.split_once('#').ok_or(Unreadable("queue key"))?;
    let organisation = base.names.of(bin);
    let key = key(base, organisation, rest)?;
    let id = BASE32HEX_NOPAD.decode(sk.as_bytes()).map_err(|_| Unreadable("page id"))?;
    let bytes = item.bytes("page").ok_or(Unreadable("page"))?;
    base.pages.entry(key).or_default().insert(id, bytes.to_vec());
    Ok(())
}

/// A place in the trace of an event: lane, and the order key where it isn't the event's own instant.
pub(crate) fn trace(json: &serde_json::Value, at: i64) -> Option<(u8, i64)> {
    let lane = lane(json["lane"].as_str()?)?;
    Some((lane, json["submittedAt"].as_str().map_or(Some(at), crate::time::instant)?))
}
