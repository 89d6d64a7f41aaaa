//! What pending changes come to: the net edits of a lane, and which of a list's children each of them leads to. No page is
//! read or changed here.

use std::collections::BTreeMap;

use kezek_rules::queue::Lane;

use super::codec::{Child, OrderKey};
use super::{Corrupt, PlaceOp};

/// What several changes of one place come to.
pub(super) struct Edit {
    pub(super) key: OrderKey,
    pub(super) waited: bool,
    pub(super) waits: bool,
}

/// The net edits of one lane, ascending; changes of one place must alternate.
pub(super) fn edits_of(ops: &[PlaceOp], lane: Lane) -> Result<Vec<Edit>, Corrupt> {
    let mut edits: BTreeMap<OrderKey, Edit> = BTreeMap::new();
    for op in ops.iter().filter(|op| op.place().lane == lane) {
        let (key, waits) = (OrderKey::of(op.place()), op.is_arrival());
        let edit = edits.entry(key).or_insert(Edit { key, waited: !waits, waits: !waits });
        check(edit.waits, !waits)?;
        edit.waits = waits;
    }
    Ok(edits.into_values().collect())
}

/// Someone waits at a place, or not, as a change presumes.
pub(super) fn check(waits: bool, presumed: bool) -> Result<(), Corrupt> {
    match (waits, presumed) {
        (true, false) => Err(Corrupt::ArrivedTwice),
        (false, true) => Err(Corrupt::DepartedUnseen),
        _ => Ok(()),
    }
}

/// Each child with the edits that lead to it.
pub(super) fn route<'e>(children: &[Child], mut edits: &'e [Edit]) -> impl Iterator<Item = (Child, &'e [Edit])> {
    children.iter().enumerate().map(move |(at, child)| {
        let next = children.get(at + 1);
        let (mine, later) =
            edits.split_at(next.map_or(edits.len(), |next| edits.partition_point(|e| e.key < next.bound)));
        edits = later;
        (*child, mine)
    })
}
