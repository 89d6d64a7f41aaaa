//! The queues: `O#<bin>` / `Q#<language>#<birth year>#<stream>`, one small item per queue, and the pages of its rank tree:
//! `R#<queue>` / `<page id>`. Only waiting entries stand in a queue. A change of who waits is conditional on the queue's
//! version; a fold, which changes nothing that can be seen, is conditional on the fold counter alone.

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::{AttributeValue, Update};
use chrono::{DateTime, Utc};
use kezek_rules::ids::Bin;
use kezek_rules::organisation::Kato;
use kezek_rules::queue::{Lane, Place, QueueKey, Totals};
use kezek_rules::step::{QueueStep, QueueView};
use serde::{Deserialize, Serialize};

use crate::Store;
use crate::error::{Result, StoreError};
use crate::item::{Item, Key, StreamImage, from_item, instant, millis, number, parsed, string};
use crate::organisation;
use crate::rank::{self, FOLD_AT, PENDING_CAP, Page, PageId, PlaceOp, RankIndex, ReadError};

/// How many of its last changes a queue tells (`P15.6`).
const RECENT: usize = 4;

/// How often a reader whose pages were retired under its hands reads the queue again.
const RELOADS: usize = 5;

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
    let view = QueueView {
        settlement: parsed(&record.kato, "settlement")?,
        version: record.v,
        phase: Some(record.ph),
        totals: Totals { out_of_turn: record.o, first_priority: record.f, general: record.g },
        rank: 0,
        key,
    };
    let index = RankIndex::from_parts(&tops, pending, record.fold).map_err(StoreError::corrupt)?;
    let recent = record.rc.iter().rev().map(|text| recent_from(text)).collect::<Result<_>>()?;
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

/// The write of a queue's part of a step.
pub(crate) fn update(table: &str, step: &QueueStep, before: &QueueItem, at: DateTime<Utc>) -> Result<Update> {
    if !before.index.has_room() {
        return Err(StoreError::Conflict);
    }
    let mut totals = before.view.totals;
    let mut ops = Vec::new();
    if let Some(place) = step.departs {
        let left = totals
            .of(place.lane)
            .checked_sub(1)
            .ok_or_else(|| StoreError::corrupt("a departure from an empty lane"))?;
        *totals.of_mut(place.lane) = left;
        ops.push(PlaceOp::Depart(place));
    }
    if let Some(place) = step.arrives {
        *totals.of_mut(place.lane) += 1;
        ops.push(PlaceOp::Arrive(place));
    }
    let lane = step.arrives.or(step.departs).map_or(Lane::General, |place| place.lane);
    let change = format!("{}|{}|{}|{}|{lane}", step.version + 1, millis(at), step.why, step.rule);
    let earlier =
        before.recent.iter().rev().map(|recent| {
            format!("{}|{}|{}|{}|{}", recent.seq, millis(recent.at), recent.what, recent.rule, recent.lane)
        });
    let recent: Vec<String> = earlier.chain([change]).collect();
    let recent = recent[recent.len().saturating_sub(RECENT)..].iter().map(string).collect();
    let ops: Vec<AttributeValue> = ops.iter().map(|op| AttributeValue::B(Blob::new(op.to_bytes()))).collect();
    let cap = PENDING_CAP - ops.len();
    let (condition, version) = if step.version == 0 {
        ("attribute_not_exists(pk)".to_owned(), None)
    } else {
        ("v = :old AND pn <= :cap".to_owned(), Some(step.version))
    };
    Update::builder()
        .table_name(table)
        .set_key(Some(key(&step.key).item()))
        .update_expression(
            "SET v = :v, ph = :ph, o = :o, f = :f, g = :g, kato = :kato, kind = :kind, rc = :rc, \
             pend = list_append(if_not_exists(pend, :none), :ops), pn = if_not_exists(pn, :zero) + :count",
        )
        .condition_expression(condition)
        .set_expression_attribute_values(Some(
            [
                (":v", number(step.version + 1)),
                (":ph", number(step.phase)),
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
            .chain(version.map(|version| (":old", number(version))))
            .chain(version.map(|_| (":cap", number(cap))))
            .map(|(name, value)| (name.to_owned(), value))
            .collect(),
        ))
        .build()
        .map_err(StoreError::corrupt)
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

impl Store {
    /// A queue, read strongly; one that was never used is empty and stands at `settlement`.
    ///
    /// # Errors
    /// The table failed, or the item is corrupt.
    pub async fn queue(&self, key: &QueueKey, settlement: Kato) -> Result<QueueItem> {
        Ok(self.used_queue(key).await?.unwrap_or_else(|| unused(key, settlement)))
    }

    /// A queue, read strongly, if it was ever used.
    ///
    /// # Errors
    /// The table failed, or the item is corrupt.
    pub async fn used_queue(&self, queue: &QueueKey) -> Result<Option<QueueItem>> {
        self.get(&key(queue)).await?.map(|item| from(item, queue.clone())).transpose()
    }

    /// All queues of an organisation.
    ///
    /// # Errors
    /// The table failed, or an item is corrupt.
    pub async fn queues_of(&self, organisation: Bin) -> Result<Vec<QueueItem>> {
        let items = self.list(&organisation::partition(organisation), PREFIX, None, 1_000, true).await?;
        let read = |item: Item| {
            let sk = item.get("sk").and_then(|sk| sk.as_s().ok()).cloned().unwrap_or_default();
            from(item, queue_of(organisation, &sk)?)
        };
        items.into_iter().map(read).collect()
    }

    async fn page(&self, queue: &QueueKey, id: PageId) -> Result<Option<Page>> {
        let key = page_key(queue, id);
        // Pages never change, so an eventual read is as good; one just written may not be there yet.
        let item = match self.get_eventual(&key).await? {
            Some(item) => Some(item),
            None => self.get(&key).await?,
        };
        let Some(item) = item else { return Ok(None) };
        let bytes = item.get("page").and_then(|value| value.as_b().ok()).ok_or_else(|| StoreError::corrupt("page"))?;
        Page::decode(bytes.as_ref()).map(Some).map_err(StoreError::corrupt)
    }

    /// The rank that a place has, or would have, in its lane.
    ///
    /// # Errors
    /// The table failed; `Conflict` if the queue's pages were retired after it was read.
    pub async fn rank_of(&self, queue: &QueueItem, place: &Place) -> Result<u64> {
        flat(rank::rank_of(&queue.index, place, |id| self.page(&queue.view.key, id)).await)
    }

    /// Up to `limit` places of a lane from rank `from` (from 1) on.
    ///
    /// # Errors
    /// The table failed; `Conflict` if the queue's pages were retired after it was read.
    pub async fn places(&self, queue: &QueueItem, lane: Lane, from: u64, limit: usize) -> Result<Vec<Place>> {
        flat(rank::select(&queue.index, lane, from, limit, |id| self.page(&queue.view.key, id)).await)
    }

    /// Readings of a queue, for what is read from its tree: if a page was retired in between (`Conflict`), take the next one.
    #[must_use]
    pub const fn readings<'a>(&'a self, key: &'a QueueKey, settlement: Kato) -> Readings<'a> {
        Readings { store: self, key, settlement, left: RELOADS }
    }

    /// A queue and the rank that a place has, or would have, in its lane: both of one instant.
    ///
    /// # Errors
    /// The table failed, or the queue is folded so often that no reading of it ever holds.
    pub async fn queue_and_rank(&self, key: &QueueKey, settlement: Kato, place: &Place) -> Result<(QueueItem, u64)> {
        let mut readings = self.readings(key, settlement);
        loop {
            let queue = readings.next().await?;
            match self.rank_of(&queue, place).await {
                Err(StoreError::Conflict) => {}
                rank => return Ok((queue, rank?)),
            }
        }
    }

    /// Folds the pending changes of a queue into its rank tree, if there are at least `at_least`. Says whether it did.
    /// Running again is harmless: the swap is conditional on the fold counter.
    ///
    /// # Errors
    /// The table failed; `Conflict` if another fold came first.
    pub async fn fold(&self, key: &QueueKey, at_least: usize) -> Result<bool> {
        let Some(queue) = self.used_queue(key).await? else { return Ok(false) };
        let pending = queue.index.pending().len();
        if pending < at_least.max(1) {
            return Ok(false);
        }
        let fold = flat(rank::fold(&queue.index, pending, |id| self.page(key, id)).await)?;
        for (id, page) in &fold.puts {
            let mut item = page_key(key, *id).item();
            item.insert("page".to_owned(), AttributeValue::B(Blob::new(page.encode())));
            let put = self.client().put_item().table_name(self.table()).set_item(Some(item));
            put.condition_expression("attribute_not_exists(pk) OR page = :page")
                .expression_attribute_values(":page", AttributeValue::B(Blob::new(page.encode())))
                .send()
                .await?;
        }
        self.swap(key, &fold).await?;
        for id in &fold.retired {
            self.client()
                .delete_item()
                .table_name(self.table())
                .set_key(Some(page_key(key, *id).item()))
                .send()
                .await?;
        }
        Ok(true)
    }

    async fn swap(&self, queue: &QueueKey, fold: &rank::Fold) -> Result<()> {
        let drop: Vec<String> = (0..fold.dropped).map(|index| format!("pend[{index}]")).collect();
        self.client()
            .update_item()
            .table_name(self.table())
            .set_key(Some(key(queue).item()))
            .update_expression(format!("SET tops = :tops, fold = :next, pn = pn - :count REMOVE {}", drop.join(", ")))
            .condition_expression("fold = :fold OR (attribute_not_exists(fold) AND :fold = :zero)")
            .expression_attribute_values(":tops", AttributeValue::B(Blob::new(fold.tops_to_bytes())))
            .expression_attribute_values(":fold", number(fold.counter))
            .expression_attribute_values(":next", number(fold.counter.wrapping_add(1)))
            .expression_attribute_values(":count", number(fold.dropped))
            .expression_attribute_values(":zero", number(0))
            .send()
            .await?;
        Ok(())
    }

    /// Folds a queue that has no room for another change, or is about to have none.
    ///
    /// # Errors
    /// The table failed.
    pub async fn make_room(&self, queue: &QueueItem) -> Result<()> {
        if queue.index.has_room() {
            return Ok(());
        }
        match self.fold(&queue.view.key, FOLD_AT).await {
            Ok(_) | Err(StoreError::Conflict) => Ok(()),
            Err(error) => Err(error),
        }
    }
}

/// Readings of one queue.
#[derive(Debug)]
pub struct Readings<'a> {
    store: &'a Store,
    key: &'a QueueKey,
    settlement: Kato,
    left: usize,
}

impl Readings<'_> {
    /// The queue as it is now.
    ///
    /// # Errors
    /// The table failed; `Conflict` if it was read too often.
    pub async fn next(&mut self) -> Result<QueueItem> {
        self.left = self.left.checked_sub(1).ok_or(StoreError::Conflict)?;
        self.store.queue(self.key, self.settlement).await
    }
}

fn unused(key: &QueueKey, settlement: Kato) -> QueueItem {
    let view = QueueView { key: key.clone(), settlement, version: 0, phase: None, totals: Totals::default(), rank: 0 };
    QueueItem { view, index: RankIndex::default(), recent: Vec::new() }
}

/// A retired page reads as a conflict: load the queue again.
fn flat<T>(result: std::result::Result<T, ReadError<StoreError>>) -> Result<T> {
    result.map_err(|error| match error {
        ReadError::Stale => StoreError::Conflict,
        ReadError::Corrupt(corrupt) => corrupt.into(),
        ReadError::Page(error) => error,
    })
}
