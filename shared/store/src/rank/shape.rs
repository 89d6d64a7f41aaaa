//! The shape of the rank tree during a fold: pages split, merged, dropped and written, tops kept within their bytes.
//! Which places stand in them is settled before.

use kezek_rules::queue::Lane;

use super::codec::{Child, Entry, OrderKey, put_list};
use super::fold::{Blocked, Body, Folder};
use super::page::Page;
use super::top::{Top, tops_to_bytes};
use super::{PAGE_BYTES, TOPS_BYTES};

/// A page is merged with a neighbour below this: a quarter. A page emptied from the head so leaves no trail of small ones.
const MERGE_BELOW: usize = PAGE_BYTES / 4;
/// … if both together stay below this: the merged page then takes a quarter's arrivals before it splits again.
const MERGED_AT_MOST: usize = PAGE_BYTES / 4 * 3;
/// What pages made by an even split hold at most: a tenth is left, more than one entry and a first instant in full.
const SPLIT_AT_MOST: usize = PAGE_BYTES / 10 * 9;
/// A lane's only child is taken into the top below this: five children less than [`TOPS_BYTES`], so that it stays there.
const PULL_UP_AT_MOST: usize = TOPS_BYTES / 3 * 2;

/// A page of a list being edited.
pub(super) enum Slot<T> {
    /// As it was.
    Kept(Child),
    /// To be written anew: its lower bound and its entries.
    Made(OrderKey, Vec<T>),
}

impl Folder<'_> {
    /// Drops empty pages, splits those above [`PAGE_BYTES`], merges those below [`MERGE_BELOW`].
    pub(super) fn balance<T: Body>(
        &mut self,
        slots: &mut Vec<Slot<T>>,
        level: u8,
        at_end: bool,
    ) -> Result<(), Blocked> {
        let mut at = 0;
        while at < slots.len() {
            let grows = at_end && at + 1 == slots.len();
            at = match &slots[at] {
                Slot::Kept(_) => at + 1,
                Slot::Made(_, entries) if entries.is_empty() => {
                    slots.remove(at);
                    at
                }
                Slot::Made(_, entries) => match size(entries, level) {
                    bytes if bytes > PAGE_BYTES => self.split(slots, at, level, grows)?,
                    // A growing end is small for a while and then isn't: merging it would be undone.
                    bytes if bytes < MERGE_BELOW && !grows => self.merge(slots, at, bytes, level)?,
                    _ => at + 1,
                },
            };
        }
        Ok(())
    }

    /// Splits the page at `at`, evenly and together with a neighbour, so that pages made this way are 60 % full or more; at
    /// the lane's growing end into full ones, since no one will come between. Returns where to go on.
    fn split<T: Body>(
        &mut self,
        slots: &mut Vec<Slot<T>>,
        at: usize,
        level: u8,
        grows: bool,
    ) -> Result<usize, Blocked> {
        let neighbour = if at + 1 < slots.len() { at + 1 } else { at.saturating_sub(1) };
        let (from, to) = if grows { (at, at) } else { (at.min(neighbour), at.max(neighbour)) };
        for slot in &mut slots[from..=to] {
            self.make(slot, level)?;
        }
        let mut all = Vec::new();
        let mut lowest = None;
        for slot in slots.drain(from..=to) {
            if let Slot::Made(bound, entries) = slot {
                lowest.get_or_insert(bound);
                all.extend(entries);
            }
        }
        let mut pieces = if grows { full_pieces(all, level) } else { even_pieces(all, level) };
        let count = pieces.len();
        let mut previous: Option<T> = None;
        let made = pieces.drain(..).map(|piece| {
            let bound = match (&previous, lowest) {
                (None, Some(lowest)) => lowest,
                (Some(previous), _) => piece[0].bound_after(previous),
                (None, None) => piece[0].key(),
            };
            previous = piece.last().cloned();
            Slot::Made(bound, piece)
        });
        let made: Vec<_> = made.collect();
        slots.splice(from..from, made);
        Ok(from + count)
    }

    /// Merges the page at `at`, of so many bytes, with a neighbour if both leave room enough. Returns where to go on.
    fn merge<T: Body>(
        &mut self,
        slots: &mut Vec<Slot<T>>,
        at: usize,
        bytes: usize,
        level: u8,
    ) -> Result<usize, Blocked> {
        for (left, other) in [(at, at + 1), (at.wrapping_sub(1), at.wrapping_sub(1))] {
            let together = match slots.get(other) {
                None => continue,
                Some(Slot::Kept(child)) => bytes + size(self.open::<T>(child, level)?, level),
                Some(Slot::Made(_, entries)) => bytes + size(entries, level),
            };
            if together <= MERGED_AT_MOST {
                self.make(&mut slots[other], level)?;
                if let (Slot::Made(_, right), Slot::Made(_, left)) = (slots.remove(left + 1), &mut slots[left]) {
                    left.extend(right);
                }
                return Ok(left);
            }
        }
        Ok(at + 1)
    }

    /// Opens a page that was to be kept, to write it anew.
    fn make<T: Body>(&mut self, slot: &mut Slot<T>, level: u8) -> Result<(), Blocked> {
        if let Slot::Kept(child) = *slot {
            *slot = Slot::Made(child.bound, self.open::<T>(&child, level)?.to_vec());
            self.retired.push(child.id());
        }
        Ok(())
    }

    /// Makes the page of a slot and returns the pointer to it.
    pub(super) fn write<T: Body>(&mut self, slot: Slot<T>, level: u8) -> Child {
        match slot {
            Slot::Kept(child) => child,
            Slot::Made(bound, entries) => {
                let page = T::page(self.lane, level, entries);
                let child = page.pointer(bound, self.counter);
                self.puts.insert(child.id(), page);
                child
            }
        }
    }

    /// Brings the tops within [`TOPS_BYTES`]: a top too many moves into nodes below it, lowest level first, so that no lane
    /// gets a third level for the sake of another's second; and takes a new only child back in where there is room.
    pub(super) fn fit_tops(&mut self, tops: &mut [Top; Lane::ALL.len()]) {
        while tops_to_bytes(tops).len() > TOPS_BYTES {
            let lowest = (0..tops.len())
                .filter(|at| tops[*at].children.len() > 1)
                .min_by_key(|at| (tops[*at].level, std::cmp::Reverse(tops[*at].children.len())));
            let Some(lane) = lowest else { return };
            self.lane = Lane::ALL[lane];
            let Top { level, children } = std::mem::take(&mut tops[lane]);
            let pieces =
                if size(&children, level) > PAGE_BYTES { full_pieces(children, level) } else { vec![children] };
            let children =
                pieces.into_iter().map(|piece| self.write(Slot::Made(piece[0].bound, piece), level)).collect();
            tops[lane] = Top { level: level + 1, children };
        }
        for lane in 0..tops.len() {
            while let [only] = tops[lane].children[..] {
                let Some(Page::Node(node)) = self.puts.get(&only.id()) else { break };
                let top = Top { level: node.level, children: node.children.clone() };
                let before = std::mem::replace(&mut tops[lane], top);
                if tops_to_bytes(tops).len() > PULL_UP_AT_MOST {
                    tops[lane] = before;
                    break;
                }
                self.puts.remove(&only.id());
            }
        }
    }
}

/// The bytes of a page of these entries.
fn size<T: Entry>(entries: &[T], level: u8) -> usize {
    let mut bytes = Vec::with_capacity(PAGE_BYTES);
    put_list(entries, level, &mut bytes);
    // Version, level and lane.
    bytes.len() + 2
}

/// Cuts a list into pages as full as they get, but for the last.
fn full_pieces<T: Body>(entries: Vec<T>, level: u8) -> Vec<Vec<T>> {
    // Beyond the entries: version, level and lane, and the list's length.
    cut(entries, level, PAGE_BYTES - 4)
}

/// Cuts a list into the fewest pages of one size that [`SPLIT_AT_MOST`] allows.
fn even_pieces<T: Body>(entries: Vec<T>, level: u8) -> Vec<Vec<T>> {
    let all = size(&entries, level);
    // No entry has more than 40 bytes: with so much to spare no rest is left over for a page of its own.
    cut(entries, level, all.div_ceil(all.div_ceil(SPLIT_AT_MOST)) + 40)
}

/// Cuts a list before each entry that would bring its piece above `limit` bytes.
fn cut<T: Body>(entries: Vec<T>, level: u8, limit: usize) -> Vec<Vec<T>> {
    let mut pieces: Vec<Vec<T>> = Vec::new();
    let mut bytes = Vec::with_capacity(PAGE_BYTES);
    for entry in entries {
        if let Some(piece) = pieces.last_mut() {
            entry.put(piece.last(), level, &mut bytes);
            if bytes.len() <= limit {
                piece.push(entry);
                continue;
            }
        }
        bytes.clear();
        entry.put(None, level, &mut bytes);
        pieces.push(vec![entry]);
    }
    pieces
}
