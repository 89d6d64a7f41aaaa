//! Reading the queues: the item, strongly; from its rank tree, ranks and places. A page retired in between is a conflict: the
//! reader takes the queue again. Nothing is written here.

use kezek_rules::ids::Bin;
use kezek_rules::organisation::Kato;
use kezek_rules::queue::{Lane, Place, QueueKey, Totals};
use kezek_rules::step::QueueView;

use super::{PREFIX, QueueItem, from, key, page_key, queue_of};
use crate::Store;
use crate::error::{Result, StoreError};
use crate::item::Item;
use crate::organisation;
use crate::rank::{self, Page, PageId, RankIndex, ReadError, Standing};

/// How often a reader whose pages were retired under its hands reads the queue again.
const RELOADS: usize = 5;

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

    /// A page of a queue's tree; none if it was retired.
    pub(super) async fn page(&self, queue: &QueueKey, id: PageId) -> Result<Option<Page>> {
        let key = page_key(queue, id);
        if let Some(page) = self.nodes.get(&key) {
            return Ok(Some(page));
        }
        // Pages never change, so an eventual read is as good; one just written may not be there yet.
        let item = match self.get_eventual(&key).await? {
            Some(item) => Some(item),
            None => self.get(&key).await?,
        };
        let Some(item) = item else { return Ok(None) };
        let bytes = item.get("page").and_then(|value| value.as_b().ok()).ok_or_else(|| StoreError::corrupt("page"))?;
        let page = Page::decode(bytes.as_ref()).map_err(StoreError::corrupt)?;
        self.nodes.keep(&key, &page);
        Ok(Some(page))
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

    /// A queue and how a place stands in its lane: both of one instant.
    ///
    /// # Errors
    /// The table failed, or the queue is folded so often that no reading of it ever holds.
    pub async fn queue_and_standing(
        &self,
        key: &QueueKey,
        settlement: Kato,
        place: &Place,
    ) -> Result<(QueueItem, Standing)> {
        let mut readings = self.readings(key, settlement);
        loop {
            let queue = readings.next().await?;
            match flat(rank::standing(&queue.index, place, |id| self.page(key, id)).await) {
                Err(StoreError::Conflict) => {}
                standing => return Ok((queue, standing?)),
            }
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
pub(super) fn flat<T>(result: std::result::Result<T, ReadError<StoreError>>) -> Result<T> {
    result.map_err(|error| match error {
        ReadError::Stale => StoreError::Conflict,
        ReadError::Corrupt(corrupt) => corrupt.into(),
        ReadError::Page(error) => error,
    })
}
