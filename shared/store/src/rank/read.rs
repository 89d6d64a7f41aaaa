//! Reading the rank tree: a place's rank, who heads a lane, a stretch of it by rank; pending changes always count.
//! Nothing here writes, and nothing knows phases or queue numbers.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use kezek_rules::queue::{Lane, Place};

use super::codec::{Child, Entry, OrderKey, weight_of};
use super::page::{Page, PageId};
use super::{Corrupt, RankIndex, ReadError, Top};

/// How a place stands in its lane.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// From 1: one more than the places before it. A place where no one waits has the rank it would have.
    pub rank: u64,
    /// Whether someone waits there.
    pub waits: bool,
}

/// How a place stands in its lane. Reads one page per level of the lane's tree.
///
/// # Errors
/// [`ReadError::Stale`] if the index is older than its pages.
pub async fn standing<F, Fut, E>(index: &RankIndex, place: &Place, get: F) -> Result<Standing, ReadError<E>>
where
    F: Fn(PageId) -> Fut,
    Fut: Future<Output = Result<Option<Page>, E>>,
{
    let key = OrderKey::of(place);
    let (before, mut waits) = locate(index.top(place.lane), place.lane, key, &get).await?;
    let (mut arrived, mut departed) = (0, 0);
    for op in index.pending.iter().filter(|op| op.place().lane == place.lane) {
        match OrderKey::of(op.place()).cmp(&key) {
            Ordering::Less => *(if op.is_arrival() { &mut arrived } else { &mut departed }) += 1,
            Ordering::Equal => waits = op.is_arrival(),
            Ordering::Greater => {}
        }
    }
    Ok(Standing { rank: (before + arrived).saturating_sub(departed) + 1, waits })
}

/// The rank of a place in its lane, from 1. A place that doesn't wait gets the rank it would have. Reads one page per level of the
/// lane's tree.
///
/// # Errors
/// [`ReadError::Stale`] if the index is older than its pages.
pub async fn rank_of<F, Fut, E>(index: &RankIndex, place: &Place, get: F) -> Result<u64, ReadError<E>>
where
    F: Fn(PageId) -> Fut,
    Fut: Future<Output = Result<Option<Page>, E>>,
{
    Ok(standing(index, place, get).await?.rank)
}

/// Whether someone waits at this very place. Reads pages only if no pending change tells.
///
/// # Errors
/// [`ReadError::Stale`] if the index is older than its pages.
pub async fn contains<F, Fut, E>(index: &RankIndex, place: &Place, get: F) -> Result<bool, ReadError<E>>
where
    F: Fn(PageId) -> Fut,
    Fut: Future<Output = Result<Option<Page>, E>>,
{
    let key = OrderKey::of(place);
    let told = index.pending.iter().rev().find(|op| op.place().lane == place.lane && OrderKey::of(op.place()) == key);
    match told {
        Some(op) => Ok(op.is_arrival()),
        None => Ok(locate(index.top(place.lane), place.lane, key, &get).await?.1),
    }
}

/// The first `limit` places of a lane.
///
/// # Errors
/// [`ReadError::Stale`] if the index is older than its pages.
pub async fn heads<F, Fut, E>(index: &RankIndex, lane: Lane, limit: usize, get: F) -> Result<Vec<Place>, ReadError<E>>
where
    F: Fn(PageId) -> Fut,
    Fut: Future<Output = Result<Option<Page>, E>>,
{
    select(index, lane, 1, limit, get).await
}

/// Up to `limit` places of a lane from rank `rank_from` (from 1) on, in their order.
///
/// # Errors
/// [`ReadError::Stale`] if the index is older than its pages.
pub async fn select<F, Fut, E>(
    index: &RankIndex,
    lane: Lane,
    rank_from: u64,
    limit: usize,
    get: F,
) -> Result<Vec<Place>, ReadError<E>>
where
    F: Fn(PageId) -> Fut,
    Fut: Future<Output = Result<Option<Page>, E>>,
{
    let Overlay { added, removed } = Overlay::of(index, lane);
    let top = index.top(lane);
    let wanted = rank_from.saturating_sub(1);
    // Each added place moves one of the tree by one rank: starting so many earlier can't start too late.
    let start = wanted.saturating_sub(added.len() as u64).min(top.count().saturating_sub(1));
    let mut cursor = Cursor::at(top, lane, start, &get).await?;
    let mut from_tree = if limit == 0 { None } else { cursor.next(&get).await? };
    let mut from_added = added.iter().copied().peekable();
    let mut rank = 0;
    if let (true, Some(first)) = (start > 0, from_tree) {
        let skipped = added.iter().filter(|key| **key < first).count();
        let gone = removed.iter().filter(|key| **key < first).count();
        rank = (start + skipped as u64).saturating_sub(gone as u64);
        (0..skipped).for_each(|_| _ = from_added.next());
    }
    let mut found = Vec::new();
    while found.len() < limit {
        let added_first = from_added.peek().is_some_and(|key| from_tree.is_none_or(|other| *key < other));
        let key = if added_first { from_added.next() } else { from_tree };
        let Some(key) = key else { break };
        if added_first || removed.binary_search(&key).is_err() {
            if rank >= wanted {
                found.push(key.place(lane).ok_or(ReadError::Corrupt(Corrupt::WrongPage))?);
            }
            rank += 1;
        }
        // The last place wanted must not cost the page after it.
        if !added_first && found.len() < limit {
            from_tree = cursor.next(&get).await?;
        }
    }
    Ok(found)
}

/// What the pending changes of a lane come to, each list ascending.
struct Overlay {
    /// Waiting now, though not in the tree.
    added: Vec<OrderKey>,
    /// In the tree, though not waiting now.
    removed: Vec<OrderKey>,
}

impl Overlay {
    fn of(index: &RankIndex, lane: Lane) -> Self {
        let mut first_and_last: BTreeMap<OrderKey, (bool, bool)> = BTreeMap::new();
        for op in index.pending.iter().filter(|op| op.place().lane == lane) {
            let arrival = op.is_arrival();
            first_and_last
                .entry(OrderKey::of(op.place()))
                .and_modify(|seen| seen.1 = arrival)
                .or_insert((arrival, arrival));
        }
        let those =
            |wanted| first_and_last.iter().filter(move |(_, seen)| **seen == wanted).map(|(key, _)| *key).collect();
        Self { added: those((true, true)), removed: those((false, false)) }
    }
}

/// How many places of the tree stand before `key`, and whether it is one of them.
async fn locate<F, Fut, E>(top: &Top, lane: Lane, key: OrderKey, get: &F) -> Result<(u64, bool), ReadError<E>>
where
    F: Fn(PageId) -> Fut,
    Fut: Future<Output = Result<Option<Page>, E>>,
{
    let mut before = 0;
    let mut children = top.children.clone();
    let mut level = top.level;
    while !children.is_empty() {
        let at = children.partition_point(|child| child.bound <= key).saturating_sub(1);
        before += weight_of(&children[..at]);
        match load(&children[at], lane, level, get).await? {
            Page::Leaf(leaf) => {
                let (inside, found) = match leaf.keys.binary_search(&key) {
                    Ok(inside) => (inside, true),
                    Err(inside) => (inside, false),
                };
                return Ok((before + inside as u64, found));
            }
            Page::Node(node) => (children, level) = (node.children, node.level),
        }
    }
    Ok((0, false))
}

async fn load<F, Fut, E>(child: &Child, lane: Lane, level: u8, get: &F) -> Result<Page, ReadError<E>>
where
    F: Fn(PageId) -> Fut,
    Fut: Future<Output = Result<Option<Page>, E>>,
{
    let page = get(child.id()).await.map_err(ReadError::Page)?.ok_or(ReadError::Stale)?;
    if page.fits(child, lane, level) { Ok(page) } else { Err(ReadError::Corrupt(Corrupt::WrongPage)) }
}

/// Walks the places of one lane's tree, loading a page only when its first place is asked for.
struct Cursor {
    lane: Lane,
    /// From the top down: a list of children, its level, and the next one to enter.
    path: Vec<(Vec<Child>, u8, usize)>,
    leaf: std::vec::IntoIter<OrderKey>,
}

impl Cursor {
    /// A cursor whose next place is the one with `skip` others before it.
    async fn at<F, Fut, E>(top: &Top, lane: Lane, mut skip: u64, get: &F) -> Result<Self, ReadError<E>>
    where
        F: Fn(PageId) -> Fut,
        Fut: Future<Output = Result<Option<Page>, E>>,
    {
        let mut cursor = Self { lane, path: vec![(top.children.clone(), top.level, 0)], leaf: Vec::new().into_iter() };
        while skip > 0 {
            let Some((children, level, next)) = cursor.path.last_mut() else { break };
            let Some(child) = children.get(*next).copied() else { break };
            *next += 1;
            if child.weight() <= skip {
                skip -= child.weight();
                continue;
            }
            match load(&child, lane, *level, get).await? {
                Page::Node(node) => cursor.path.push((node.children, node.level, 0)),
                Page::Leaf(leaf) => {
                    cursor.leaf = leaf.keys.into_iter();
                    (0..skip).for_each(|_| _ = cursor.leaf.next());
                    break;
                }
            }
        }
        Ok(cursor)
    }

    async fn next<F, Fut, E>(&mut self, get: &F) -> Result<Option<OrderKey>, ReadError<E>>
    where
        F: Fn(PageId) -> Fut,
        Fut: Future<Output = Result<Option<Page>, E>>,
    {
        loop {
            if let Some(key) = self.leaf.next() {
                return Ok(Some(key));
            }
            let Some((children, level, next)) = self.path.last_mut() else { return Ok(None) };
            let Some(child) = children.get(*next).copied() else {
                self.path.pop();
                continue;
            };
            *next += 1;
            match load(&child, self.lane, *level, get).await? {
                Page::Node(node) => self.path.push((node.children, node.level, 0)),
                Page::Leaf(leaf) => self.leaf = leaf.keys.into_iter(),
            }
        }
    }
}
