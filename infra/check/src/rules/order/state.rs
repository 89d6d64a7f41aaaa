//! The queues of a neighbourhood while they are replayed: who waits in which lane, the phases, and the way back.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use crate::ids::Id;
use crate::model::{Change, Lane, QueueKey, Standing};
use crate::time::Ms;

/// One queue under way.
#[derive(Debug, Default)]
pub(crate) struct Line {
    pub lanes: [BTreeSet<(Ms, Id)>; 3],
    pub phase: Option<u8>,
    /// When it was last changed.
    pub at: Ms,
    pub changes: u64,
}

impl Line {
    /// Everyone who waits in it.
    pub fn standing(&self) -> BTreeSet<Standing> {
        let lanes = self.lanes.iter().zip(0..);
        lanes.flat_map(|(places, lane)| places.iter().map(move |(at, id)| (lane, *at, *id))).collect()
    }
}

/// All of them.
#[derive(Debug, Default)]
pub(crate) struct State {
    pub lines: BTreeMap<QueueKey, Line>,
    /// The mixed-age groups by their birth years: how often they took, their phase, and when it came to that.
    pub mixed: BTreeMap<Vec<i32>, (u64, u8, Ms)>,
    /// Who was offered which seat before.
    pub had: HashSet<(Id, Id)>,
}

/// The phase that a mixed-age group comes to by a change.
pub(crate) type MixedTo = Option<(Vec<i32>, u8)>;

/// A mixed-age group, and where its phase stood before: none if it was never used.
type MixedFrom = (Vec<i32>, Option<(u64, u8, Ms)>);

/// The way back over one change.
pub(crate) struct Undo {
    queue: QueueKey,
    removed: Option<(Lane, (Ms, Id))>,
    inserted: Option<(Lane, (Ms, Id))>,
    phase: Option<u8>,
    at: Ms,
    mixed: Option<MixedFrom>,
    had: Option<(Id, Id)>,
}

impl State {
    pub fn apply(&mut self, change: &Change, mixed: MixedTo) -> Undo {
        let line = self.lines.entry(change.queue).or_default();
        let gone = change.departed.map(|(lane, at)| (lane, (at, change.app)));
        let come = change.arrived.map(|(lane, at)| (lane, (at, change.app)));
        let removed = gone.filter(|(lane, place)| line.lanes[usize::from(*lane)].remove(place));
        let inserted = come.filter(|(lane, place)| line.lanes[usize::from(*lane)].insert(*place));
        let phase = line.phase.replace(change.phase);
        let at = std::mem::replace(&mut line.at, change.at);
        line.changes += 1;
        let mixed = mixed.map(|(years, phase)| {
            let before = self.mixed.get(&years).copied();
            self.mixed.insert(years.clone(), (before.map_or(0, |(changes, ..)| changes) + 1, phase, change.at));
            (years, before)
        });
        let had = change.taken.as_ref().map(|taken| (taken.1, change.app)).filter(|had| self.had.insert(*had));
        Undo { queue: change.queue, removed, inserted, phase, at, mixed, had }
    }

    pub fn undo(&mut self, undo: Undo) {
        let line = self.lines.entry(undo.queue).or_default();
        if let Some((lane, place)) = undo.inserted {
            line.lanes[usize::from(lane)].remove(&place);
        }
        if let Some((lane, place)) = undo.removed {
            line.lanes[usize::from(lane)].insert(place);
        }
        line.phase = undo.phase;
        line.at = undo.at;
        line.changes -= 1;
        if let Some((years, before)) = undo.mixed {
            match before {
                Some(before) => self.mixed.insert(years, before),
                None => self.mixed.remove(&years),
            };
        }
        if let Some(had) = undo.had {
            self.had.remove(&had);
        }
    }

    pub fn mixed_phases(&self) -> Vec<u8> {
        self.mixed.values().map(|(_, phase, _)| *phase).collect()
    }
}
