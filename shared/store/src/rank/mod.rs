//! The rank tree: how many wait before a place, and who heads a lane, read in a few small items however long the queue.
//! Pure data: bytes in, bytes out, pages through a closure. Nothing here knows the table, offers or who is eligible.
//!
//! Each lane is a counted B+ tree of immutable pages. Its root, a [`Top`], lives in the Queue item, next to the changes not
//! folded into pages yet; so one write of that item is an arrival or a departure, and one strong read of it, then one
//! eventual read per level, is a rank. [`fold`] turns the oldest pending changes into new pages; swapping the tops under
//! the condition that the fold counter is unchanged makes them current. See `infra/decisions/0002-queue-as-counted-tree.md`.

mod codec;
mod edit;
mod fold;
mod op;
mod page;
mod read;
mod shape;
mod top;

#[cfg(test)]
mod tests;

use kezek_rules::queue::Lane;
use thiserror::Error;

pub use fold::{Fold, fold};
pub use op::PlaceOp;
pub use page::{Leaf, Node, Page, PageId};
pub use read::{Standing, contains, heads, rank_of, select, standing};
pub use top::Top;

/// How many pending changes a Queue item can hold: a fold must come before the next one. 16 · (25 + 1) bytes and the list's
/// own 3 are 419; with [`TOPS_BYTES`] that leaves 365 of the 1,024 bytes of a write unit to the item's other fields.
pub const PENDING_CAP: usize = 16;

/// From how many pending changes on a fold is worth its writes: half of [`PENDING_CAP`], so that a burst of as many again
/// fits while the fold is under way.
pub const FOLD_AT: usize = 8;

/// The limit of the three tops together: 7 bytes of frame and 16 children (14 bytes each, 3 more for a lane's first).
pub const TOPS_BYTES: usize = 240;

/// The limit of a page's bytes: half an eventual read unit per 4,096, less 128 for keys and attribute names.
/// A leaf's place costs 19 bytes (16 of id, 3 of distance: up to 35 minutes), hence 208; 17 at least, hence fewer than 256.
/// A node's child over leaves costs 11 (4 of distance: up to 37 hours, 1 of count, 6 of hash), hence 360.
pub const PAGE_BYTES: usize = 4_096 - 128;

/// Levels fit four bits of a page's second byte; 3 already hold 400 million places.
const LEVEL_MAX: u8 = 15;

/// The bytes are not what they should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("malformed {0}")]
pub struct Malformed(&'static str);

/// What the tree says can't be: the caller's conditions were broken, or an item isn't what was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Corrupt {
    /// A pending arrival at a place that already waits.
    #[error("an arrival at a place that already waits")]
    ArrivedTwice,
    /// A pending departure from a place where no one waits.
    #[error("a departure from a place where no one waits")]
    DepartedUnseen,
    /// A page isn't the one its parent points at.
    #[error("a page that isn't the one its parent points at")]
    WrongPage,
}

/// Why the tree could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ReadError<E> {
    /// A page is missing: it was retired after this index was read. Read the Queue item again.
    #[error("a page was retired meanwhile")]
    Stale,
    /// The tree contradicts itself.
    #[error("the rank tree is corrupt")]
    Corrupt(#[source] Corrupt),
    /// The page getter failed.
    #[error("a page could not be read")]
    Page(#[source] E),
}

/// What the Queue item holds of the tree.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RankIndex {
    tops: [Top; Lane::ALL.len()],
    pending: Vec<PlaceOp>,
    fold: u32,
}

impl RankIndex {
    /// The index as the Queue item keeps it: the tops' bytes (none: nothing was folded yet), the pending changes in the
    /// order in which they came, and the fold counter.
    ///
    /// # Errors
    /// [`Malformed`] if the bytes are not tops.
    pub fn from_parts(tops: &[u8], pending: Vec<PlaceOp>, fold: u32) -> Result<Self, Malformed> {
        Ok(Self { tops: top::tops_from_bytes(tops)?, pending, fold })
    }

    /// The tops' bytes: at most [`TOPS_BYTES`].
    #[must_use]
    pub fn tops_to_bytes(&self) -> Vec<u8> {
        top::tops_to_bytes(&self.tops)
    }

    /// The root of one lane.
    #[must_use]
    pub const fn top(&self, lane: Lane) -> &Top {
        &self.tops[op::lane_code(lane) as usize]
    }

    /// The changes not folded yet, oldest first.
    #[must_use]
    pub fn pending(&self) -> &[PlaceOp] {
        &self.pending
    }

    /// How often the queue was folded: the condition of the next swap.
    #[must_use]
    pub const fn fold_counter(&self) -> u32 {
        self.fold
    }

    /// Whether another change fits before a fold.
    #[must_use]
    pub fn has_room(&self) -> bool {
        self.has_room_for(1)
    }

    /// Whether so many changes fit before a fold.
    #[must_use]
    pub fn has_room_for(&self, changes: usize) -> bool {
        self.pending.len() + changes <= PENDING_CAP
    }

    /// Adds a change, as the write of the Queue item does.
    pub fn push(&mut self, op: PlaceOp) {
        self.pending.push(op);
    }

    /// How many wait in a lane: what the tree counts, and the pending arrivals less the departures.
    #[must_use]
    pub fn count(&self, lane: Lane) -> u64 {
        let of_lane = || self.pending.iter().filter(move |op| op.place().lane == lane);
        let arrived = of_lane().filter(|op| op.is_arrival()).count() as u64;
        let departed = of_lane().count() as u64 - arrived;
        (self.top(lane).count() + arrived).saturating_sub(departed)
    }
}
