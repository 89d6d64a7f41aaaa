//! The rank tree with its folds against plain sorted lists: who waits, at which rank, and so at which number.

use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;
use std::future::{Ready, ready};
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use chrono::DateTime;
use kezek_rules::ids::ApplicationId;
use kezek_rules::queue::{Lane, Place};
use kezek_store::rank::{PENDING_CAP, Page, PageId, PlaceOp, RankIndex, fold, heads, rank_of};

use crate::Random;
use crate::targets::holds;

struct Tree {
    index: RankIndex,
    pages: BTreeMap<PageId, Vec<u8>>,
    waiting: BTreeSet<Place>,
}

fn now<T>(future: impl Future<Output = T>) -> Option<T> {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => Some(value),
        Poll::Pending => None,
    }
}

impl Tree {
    fn get(&self, id: PageId) -> Ready<Result<Option<Page>, Infallible>> {
        ready(Ok(self.pages.get(&id).and_then(|bytes| Page::decode(bytes).ok())))
    }

    fn fold(&mut self, changes: usize) -> Result<(), String> {
        let folded = now(fold(&self.index, changes, |id| self.get(id))).ok_or("a fold waits")?;
        let folded = folded.map_err(|error| format!("a fold fails: {error}"))?;
        self.index = folded.apply(&self.index).ok_or("a fold isn't taken")?;
        for (id, page) in &folded.puts {
            self.pages.insert(*id, page.encode());
        }
        for id in &folded.retired {
            self.pages.remove(id);
        }
        let again = RankIndex::from_parts(
            &self.index.tops_to_bytes(),
            self.index.pending().to_vec(),
            self.index.fold_counter(),
        );
        holds(again.as_ref() == Ok(&self.index), || "the tops come back otherwise".to_owned())
    }

    fn push(&mut self, op: PlaceOp) -> Result<(), String> {
        if !self.index.has_room() {
            self.fold(PENDING_CAP)?;
        }
        self.index.push(op);
        Ok(())
    }
}

fn drawn(random: &mut Random) -> Place {
    let mut id = [0; 16];
    id[..8].copy_from_slice(&random.number().to_be_bytes());
    let at = 1_700_000_000_000 + random.below(2_000) as i64;
    Place {
        lane: *random.pick(&Lane::ALL),
        submitted_at: DateTime::from_timestamp_millis(at).unwrap_or_default(),
        application: ApplicationId::from_bytes(id),
    }
}

/// Some hundred arrivals, departures and folds; then everyone's rank.
pub fn steps(random: &mut Random) -> Result<(), String> {
    let mut tree = Tree { index: RankIndex::default(), pages: BTreeMap::new(), waiting: BTreeSet::new() };
    let bias = 1 + random.below(4);
    for _ in 0..20 + random.below(400) {
        if tree.waiting.is_empty() || random.below(5) < bias {
            let place = drawn(random);
            if tree.waiting.insert(place) {
                tree.push(PlaceOp::Arrive(place))?;
            }
        } else {
            let at = if random.one_in(2) { 0 } else { random.below(tree.waiting.len()) };
            let Some(place) = tree.waiting.iter().nth(at).copied() else { continue };
            tree.waiting.remove(&place);
            tree.push(PlaceOp::Depart(place))?;
        }
        if random.one_in(9) {
            let changes = random.below(PENDING_CAP + 2);
            tree.fold(changes)?;
        }
    }
    for lane in Lane::ALL {
        let mut plain: Vec<Place> = tree.waiting.iter().filter(|place| place.lane == lane).copied().collect();
        plain.sort_by_key(|place| (place.submitted_at, place.application));
        holds(tree.index.count(lane) == plain.len() as u64, || format!("{lane:?}: {} wait", tree.index.count(lane)))?;
        for (before, place) in plain.iter().enumerate() {
            let rank = now(rank_of(&tree.index, place, |id| tree.get(id))).ok_or("a rank waits")?;
            holds(rank == Ok(before as u64 + 1), || format!("{lane:?}: rank {rank:?} for the {before}. place"))?;
        }
        let head = now(heads(&tree.index, lane, 2, |id| tree.get(id))).ok_or("heads wait")?;
        holds(head.as_deref() == Ok(&plain[..plain.len().min(2)]), || format!("{lane:?}: {head:?} stand first"))?;
    }
    Ok(())
}
