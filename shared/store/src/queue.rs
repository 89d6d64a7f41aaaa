//! The queues: `O#<bin>` / `Q#<language>#<birth year>#<stream>`, one small item per queue, and the pages of its rank tree:
//! `R#<queue>` / `<page id>`. Only waiting entries stand in a queue. A change of who waits is conditional on the queue's
//! version; a fold, which changes nothing that can be seen, is conditional on the fold counter alone. Here are the keys, the
//! record with its conversions and the write of a step; never a call to the table: those are in `read` and `fold`.

mod fold;
pub(crate) mod nodes;
mod read;

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::{AttributeValue, ConditionCheck, Update};
use chrono::{DateTime, Utc};
use kezek_rules::ids::Bin;
use kezek_rules::queue::{KeptPhase, Lane, QueueKey, Totals};
use kezek_rules::step::{QueueStep, QueueView};
use serde::{Deserialize, Serialize};

use crate::error::{Result, StoreError};
use crate::item::{Item, Key, StreamImage, from_item, instant, millis, number, parsed, string};
use crate::organisation;
use crate::rank::{PENDING_CAP, PageId, PlaceOp, RankIndex};

pub use read::Readings;

/// How many of its last changes a queue tells (`P15.6`).
const RECENT: usize = 4;

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Record {
    v: u64,
    ph: u8,
    o: u64,
    f: u64,
    g: u64,
    kato: String,
    #[serde(default)]
    fold: u32,
    #[serde(default)]
    rc: Vec<String>,
}

/// One of the last changes of a queue, for those who ask why their number moved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recent {
    /// The sequence of the change in the queue.
    pub seq: u64,
    /// When.
    pub at: DateTime<Utc>,
    /// What: a history code.
    pub what: String,
    /// Its rule.
    pub rule: String,
    /// In which lane.
    pub lane: Lane,
}

/// A queue as it is stored.
#[derive(Debug, Clone)]
pub struct QueueItem {
    /// As a decision sees it; the rank is that of no one.
    pub view: QueueView,
    /// Its rank tree.
    pub index: RankIndex,
    /// Its last changes, the latest first.
    pub recent: Vec<Recent>,
}

const PREFIX: &str = "Q#";

fn sort_key(key: &QueueKey) -> String {
    format!("{PREFIX}{}#{}#{}", key.language, key.birth_year, key.stream)
}

pub(crate) fn key(queue: &QueueKey) -> Key {
    Key::new(organisation::partition(queue.organisation), sort_key(queue))
}

fn queue_of(organisation: Bin, sk: &str) -> Result<QueueKey> {
    let mut parts = sk.strip_prefix(PREFIX).unwrap_or_default().splitn(3, '#');
    let mut part = || parts.next().ok_or_else(|| StoreError::corrupt("queue key"));
    Ok(QueueKey {
        organisation,
        language: parsed(part()?, "language")?,
        birth_year: parsed(part()?, "birth year")?,
        stream: parsed(part()?, "stream")?,
    })
}

fn page_key(queue: &QueueKey, page: PageId) -> Key {
    Key::new(
        format!("R#{}#{}#{}#{}", queue.organisation, queue.language, queue.birth_year, queue.stream),
        page.to_string(),
    )
}

fn from(item: Item, key: QueueKey) -> Result<QueueItem> {
    let binary = |value: &AttributeValue| {
        value.as_b().map(|blob| blob.as_ref().to_vec()).map_err(|_| StoreError::corrupt("queue bytes"))
    };
    let tops = item.get("tops").map(binary).transpose()?.unwrap_or_default();
    let pending = match item.get("pend") {
        Some(AttributeValue::L(list)) => list.iter().map(binary).collect::<Result<Vec<_>>>()?,
        _ => Vec::new(),
    };
    let pending =
        pending.iter().map(|op| PlaceOp::from_bytes(op).map_err(StoreError::corrupt)).collect::<Result<_>>()?;
    let mut plain = item;
    plain.remove("tops");
    plain.remove("pend");
    let record: Record = from_item(plain)?;
    let recent: Vec<Recent> = record.rc.iter().rev().map(|text| recent_from(text)).collect::<Result<_>>()?;
    // Every change is told among the last ones, and it keeps the phase.
    let kept_at =
        recent.first().map(|recent| recent.at).ok_or_else(|| StoreError::corrupt("queue without a change"))?;
    let view = QueueView {
        settlement: parsed(&record.kato, "settlement")?,
        version: record.v,
        phase: Some(KeptPhase { phase: record.ph, at: kept_at }),
        totals: Totals { out_of_turn: record.o, first_priority: record.f, general: record.g },
        rank: 0,
        key,
    };
    let index = RankIndex::from_parts(&tops, pending, record.fold).map_err(StoreError::corrupt)?;
    Ok(QueueItem { view, index, recent })
}

fn lane_of(text: &str) -> Result<Lane> {
    Lane::ALL.into_iter().find(|lane| lane.as_str() == text).ok_or_else(|| StoreError::corrupt("lane"))
}

fn recent_from(text: &str) -> Result<Recent> {
    let mut parts = text.split('|');
    let mut part = || parts.next().ok_or_else(|| StoreError::corrupt("recent change"));
    Ok(Recent {
        seq: parsed(part()?, "sequence")?,
        at: instant(parsed(part()?, "instant")?)?,
        what: part()?.to_owned(),
        rule: part()?.to_owned(),
        lane: lane_of(part()?)?,
    })
}

/// The write of a queue's part of one step, or of several that follow each other: the version rises by their number, and each is
/// told among the last changes.
pub(crate) fn update(table: &str, changes: &[(&QueueStep, DateTime<Utc>)], before: &QueueItem) -> Result<Update> {
    let mut totals = before.view.totals;
    let (mut ops, mut recent) = (Vec::new(), Vec::new());
    let (mut version, mut phase) = (before.view.version, 0);
    for (step, at) in changes {
        if step.version != version {
            return Err(StoreError::corrupt("steps on a queue that don't follow each other"));
        }
        version += 1;
        phase = step.phase;
        if let Some(place) = step.departs {
            // The application was read before its queues, and may have left this one in between.
            *totals.of_mut(place.lane) = totals.of(place.lane).checked_sub(1).ok_or(StoreError::Conflict)?;
            ops.push(PlaceOp::Depart(place));
        }
        if let Some(place) = step.arrives {
            *totals.of_mut(place.lane) += 1;
            ops.push(PlaceOp::Arrive(place));
        }
        let lane = step.arrives.or(step.departs).map_or(Lane::General, |place| place.lane);
        recent.push(format!("{version}|{}|{}|{}|{lane}", millis(*at), step.why, step.rule));
    }
    if !before.index.has_room_for(ops.len()) {
        return Err(StoreError::Conflict);
    }
    let earlier =
        before.recent.iter().rev().map(|recent| {
            format!("{}|{}|{}|{}|{}", recent.seq, millis(recent.at), recent.what, recent.rule, recent.lane)
        });
    let recent: Vec<String> = earlier.chain(recent).collect();
    let recent = recent[recent.len().saturating_sub(RECENT)..].iter().map(string).collect();
    let ops: Vec<AttributeValue> = ops.iter().map(|op| AttributeValue::B(Blob::new(op.to_bytes()))).collect();
    let cap = PENDING_CAP - ops.len();
    let (condition, old) = if before.view.version == 0 {
        ("attribute_not_exists(pk)".to_owned(), None)
    } else {
        ("v = :old AND pn <= :cap".to_owned(), Some(before.view.version))
    };
    Update::builder()
        .table_name(table)
        .set_key(Some(key(&before.view.key).item()))
        .update_expression(
            "SET v = :v, ph = :ph, o = :o, f = :f, g = :g, kato = :kato, kind = :kind, rc = :rc, \
             pend = list_append(if_not_exists(pend, :none), :ops), pn = if_not_exists(pn, :zero) + :count",
        )
        .condition_expression(condition)
        .set_expression_attribute_values(Some(
            [
                (":v", number(version)),
                (":ph", number(phase)),
                (":o", number(totals.out_of_turn)),
                (":f", number(totals.first_priority)),
                (":g", number(totals.general)),
                (":kato", string(before.view.settlement)),
                (":kind", string("queue")),
                (":rc", AttributeValue::L(recent)),
                (":none", AttributeValue::L(Vec::new())),
                (":zero", number(0)),
                (":count", number(ops.len())),
                (":ops", AttributeValue::L(ops)),
            ]
            .into_iter()
            .chain(old.map(|version| (":old", number(version))))
            .chain(old.map(|_| (":cap", number(cap))))
            .map(|(name, value)| (name.to_owned(), value))
            .collect(),
        ))
        .build()
        .map_err(StoreError::corrupt)
}

/// The check that a queue has the version it had when it was looked at.
pub(crate) fn unchanged(table: &str, queue: &QueueKey, version: u64) -> Result<ConditionCheck> {
    let check = ConditionCheck::builder().table_name(table).set_key(Some(key(queue).item()));
    let check = if version == 0 {
        check.condition_expression("attribute_not_exists(pk)")
    } else {
        check.condition_expression("v = :old").expression_attribute_values(":old", number(version))
    };
    check.build().map_err(StoreError::corrupt)
}

impl StreamImage {
    /// The key of a queue's item; none for another kind of item.
    ///
    /// # Errors
    /// The item's key isn't that of a queue.
    pub fn queue(&self) -> Result<Option<QueueKey>> {
        if self.kind != "queue" {
            return Ok(None);
        }
        queue_of(organisation::of_partition(&self.pk)?, &self.sk).map(Some)
    }
}
