//! Folding: the oldest pending changes become new pages and new tops, touching only the paths they lead to.
//! Nothing here writes to the table: a fold is a value, and a pure function of the index, of `k` and of the pages.

use std::collections::{BTreeMap, HashMap};

use kezek_rules::queue::Lane;

use super::codec::{Child, Entry, OrderKey};
use super::edit::{Edit, check, edits_of, route};
use super::page::{Leaf, Node, Page, PageId};
use super::shape::Slot;
use super::top::tops_to_bytes;
use super::{Corrupt, RankIndex, ReadError, Top, op};

/// What folding some pending changes comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fold {
    /// The pages to put before the swap, each conditional on "absent, or the same bytes".
    pub puts: Vec<(PageId, Page)>,
    /// The new roots, by lane.
    pub tops: [Top; Lane::ALL.len()],
    /// How many changes to drop from the front of the pending ones, in the swap.
    pub dropped: usize,
    /// The pages no longer part of the tree: to delete some time after the swap, never if it fails.
    pub retired: Vec<PageId>,
    /// The fold counter the swap is conditional on; it becomes one more.
    pub counter: u32,
}

impl Fold {
    /// The index after the swap; none if another fold came first. Changes that arrived meanwhile stay pending.
    #[must_use]
    pub fn apply(&self, index: &RankIndex) -> Option<RankIndex> {
        let pending = index.pending.get(self.dropped..)?.to_vec();
        let current = index.fold == self.counter;
        current.then(|| RankIndex { tops: self.tops.clone(), pending, fold: self.counter.wrapping_add(1) })
    }

    /// The new tops' bytes.
    #[must_use]
    pub fn tops_to_bytes(&self) -> Vec<u8> {
        tops_to_bytes(&self.tops)
    }
}

/// Folds the `k` oldest pending changes (all, if there are fewer).
///
/// # Errors
/// [`ReadError::Stale`] if the index is older than its pages; [`ReadError::Corrupt`] if a change can't have happened.
pub async fn fold<F, Fut, E>(index: &RankIndex, k: usize, get: F) -> Result<Fold, ReadError<E>>
where
    F: Fn(PageId) -> Fut,
    Fut: Future<Output = Result<Option<Page>, E>>,
{
    // The work itself is plain code over the pages at hand. Those on the edits' paths are known beforehand; for a neighbour
    // to split or merge with, the work names the page it lacks and is begun again with it.
    let mut pages = HashMap::new();
    for lane in Lane::ALL {
        let edits = edits_of(&index.pending[..k.min(index.pending.len())], lane).map_err(ReadError::Corrupt)?;
        let top = index.top(lane);
        let mut left = vec![(top.children.clone(), edits.as_slice())];
        while let Some((children, edits)) = left.pop() {
            for (child, mine) in route(&children, edits).filter(|(_, mine)| !mine.is_empty()) {
                let page = get(child.id()).await.map_err(ReadError::Page)?.ok_or(ReadError::Stale)?;
                if let Page::Node(node) = &page {
                    left.push((node.children.clone(), mine));
                }
                pages.insert(child.id(), page);
            }
        }
    }
    loop {
        match attempt(index, k, &pages) {
            Ok(fold) => return Ok(fold),
            Err(Blocked::Corrupt(corrupt)) => return Err(ReadError::Corrupt(corrupt)),
            Err(Blocked::Lacks(id)) => {
                let page = get(id).await.map_err(ReadError::Page)?.ok_or(ReadError::Stale)?;
                pages.insert(id, page);
            }
        }
    }
}

/// Why the work stopped.
pub(super) enum Blocked {
    Lacks(PageId),
    Corrupt(Corrupt),
}

impl From<Corrupt> for Blocked {
    fn from(corrupt: Corrupt) -> Self {
        Blocked::Corrupt(corrupt)
    }
}

fn attempt(index: &RankIndex, k: usize, pages: &HashMap<PageId, Page>) -> Result<Fold, Blocked> {
    let dropped = k.min(index.pending.len());
    let mut tops = index.tops.clone();
    let mut folder =
        Folder { pages, counter: index.fold, lane: Lane::General, puts: BTreeMap::new(), retired: Vec::new() };
    for lane in Lane::ALL {
        folder.lane = lane;
        let edits = edits_of(&index.pending[..dropped], lane)?;
        let top = &mut tops[usize::from(op::lane_code(lane))];
        if let Some(children) = folder.edit_children(&top.children, &edits, top.level, true)? {
            let level = if children.is_empty() { 1 } else { top.level };
            *top = Top { level, children };
        }
    }
    folder.fit_tops(&mut tops);
    let Folder { puts, mut retired, .. } = folder;
    retired.sort_unstable();
    Ok(Fold { puts: puts.into_iter().collect(), tops, dropped, retired, counter: index.fold })
}

/// The work under way: the pages at hand, and what came of it so far.
pub(super) struct Folder<'a> {
    pages: &'a HashMap<PageId, Page>,
    pub(super) counter: u32,
    pub(super) lane: Lane,
    pub(super) puts: BTreeMap<PageId, Page>,
    pub(super) retired: Vec<PageId>,
}

/// What the pages of a level hold: places in leaves, children in nodes.
pub(super) trait Body: Entry {
    /// The entries of a page of this kind.
    fn open(page: &Page) -> Option<&Vec<Self>>;
    /// The page of these entries.
    fn page(lane: Lane, level: u8, entries: Vec<Self>) -> Page;
    /// The entries after the edits; none if nothing changed.
    fn edit(
        folder: &mut Folder<'_>,
        old: &[Self],
        edits: &[Edit],
        level: u8,
        at_end: bool,
    ) -> Result<Option<Vec<Self>>, Blocked>;
    /// The bound of a page that `self` comes first in, which was `old`: lowered by a place before all others of the lane.
    fn bound(&self, old: OrderKey) -> OrderKey;
    /// The cheapest bound above `previous` and not above `self`, for a page split off before `self`.
    fn bound_after(&self, previous: &Self) -> OrderKey;
}

impl Body for OrderKey {
    fn open(page: &Page) -> Option<&Vec<Self>> {
        if let Page::Leaf(leaf) = page { Some(&leaf.keys) } else { None }
    }

    fn page(lane: Lane, _level: u8, keys: Vec<Self>) -> Page {
        Page::Leaf(Leaf { lane, keys })
    }

    fn edit(_: &mut Folder<'_>, old: &[Self], edits: &[Edit], _: u8, _: bool) -> Result<Option<Vec<Self>>, Blocked> {
        for edit in edits {
            check(old.binary_search(&edit.key).is_ok(), edit.waited)?;
        }
        if edits.iter().all(|edit| edit.waited == edit.waits) {
            return Ok(None);
        }
        let gone = |key: &OrderKey| edits.binary_search_by_key(key, |edit| edit.key).is_ok_and(|at| !edits[at].waits);
        let new = edits.iter().filter(|edit| edit.waits && !edit.waited).map(|edit| edit.key);
        let mut keys: Vec<_> = old.iter().copied().filter(|key| !gone(key)).chain(new).collect();
        keys.sort_unstable();
        Ok(Some(keys))
    }

    fn bound(&self, old: OrderKey) -> OrderKey {
        // Only the lane's first leaf gets a place below its bound: nothing stands before it that the floor could cut off.
        if *self < old { self.floor() } else { old }
    }

    fn bound_after(&self, previous: &Self) -> OrderKey {
        if previous.ms < self.ms { self.floor() } else { *self }
    }
}

impl Body for Child {
    fn open(page: &Page) -> Option<&Vec<Self>> {
        if let Page::Node(node) = page { Some(&node.children) } else { None }
    }

    fn page(lane: Lane, level: u8, children: Vec<Self>) -> Page {
        Page::Node(Node { lane, level, children })
    }

    fn edit(
        folder: &mut Folder<'_>,
        old: &[Self],
        edits: &[Edit],
        level: u8,
        at_end: bool,
    ) -> Result<Option<Vec<Self>>, Blocked> {
        folder.edit_children(old, edits, level, at_end)
    }

    fn bound(&self, _old: OrderKey) -> OrderKey {
        // A node's bound is its first child's: so a place below a child's bound can only be before all others.
        self.bound
    }

    fn bound_after(&self, _previous: &Self) -> OrderKey {
        self.bound
    }
}

impl<'a> Folder<'a> {
    /// The children of a list of level `level` after the edits; none if nothing changed. `at_end`: the lane ends with it.
    fn edit_children(
        &mut self,
        children: &[Child],
        edits: &[Edit],
        level: u8,
        at_end: bool,
    ) -> Result<Option<Vec<Child>>, Blocked> {
        if level == 1 {
            self.edit_pages::<OrderKey>(children, edits, 0, at_end)
        } else {
            self.edit_pages::<Child>(children, edits, level - 1, at_end)
        }
    }

    /// Edits the pages of level `level` that `children` point at.
    fn edit_pages<T: Body>(
        &mut self,
        children: &[Child],
        edits: &[Edit],
        level: u8,
        at_end: bool,
    ) -> Result<Option<Vec<Child>>, Blocked> {
        let mut slots = Vec::with_capacity(children.len());
        for (at, (child, mine)) in route(children, edits).enumerate() {
            let at_end = at_end && at + 1 == children.len();
            let made = match mine {
                [] => None,
                _ => T::edit(self, self.open::<T>(&child, level)?, mine, level, at_end)?,
            };
            slots.push(match made {
                None => Slot::Kept(child),
                Some(entries) => {
                    self.retired.push(child.id());
                    Slot::Made(entries.first().map_or(child.bound, |first| first.bound(child.bound)), entries)
                }
            });
        }
        if children.is_empty()
            && let Some(entries) = T::edit(self, &[], edits, level, at_end)?
        {
            slots.push(Slot::Made(entries.first().map_or(OrderKey::MAX, |first| first.bound(OrderKey::MAX)), entries));
        }
        if slots.iter().all(|slot| matches!(slot, Slot::Kept(_))) {
            return Ok(None);
        }
        self.balance(&mut slots, level, at_end)?;
        Ok(Some(slots.into_iter().map(|slot| self.write(slot, level)).collect()))
    }

    /// The entries of the page that `child` points at.
    pub(super) fn open<T: Body>(&self, child: &Child, level: u8) -> Result<&'a [T], Blocked> {
        let page = self.pages.get(&child.id()).ok_or(Blocked::Lacks(child.id()))?;
        let entries = if page.fits(child, self.lane, level + 1) { T::open(page) } else { None };
        entries.map(Vec::as_slice).ok_or(Blocked::Corrupt(Corrupt::WrongPage))
    }
}
