//! In which order the changes of a neighbourhood are first tried: every queue by its own sequence, every mixed-age group by its own, and
//! what neither tells by the clock. Who decides reads the clock first and may lose a race before the write, so of two takings of one
//! group the later may bear the earlier instant.

use std::collections::{BTreeMap, BTreeSet};

use super::Known;
use crate::breach::{Breach, Invariant};
use crate::ids::shown;
use crate::model::Change;
use crate::time::Ms;

/// The changes of a neighbourhood in the order in which they are tried, each with the instant that it isn't before.
pub(super) type Order<'a> = Vec<(Ms, &'a Change)>;

/// Orders changes, which come queue by queue. A queue is read up to its first gap, and that is told.
pub(super) fn order<'a>(known: &Known<'_>, changes: &'a [Change]) -> (Order<'a>, Vec<Breach>) {
    let mut breaches = Vec::new();
    let queues = changes.chunk_by(|one, next| one.queue == next.queue);
    let queues = queues.map(|queue| whole(known, queue, &mut breaches)).collect();
    let mut merge = Merge {
        known,
        queues,
        at: Vec::new(),
        ready: BTreeSet::new(),
        blocked: BTreeMap::new(),
        groups: BTreeMap::new(),
    };
    (merge.run(), breaches)
}

/// A queue's changes up to its first gap.
fn whole<'a>(known: &Known<'_>, queue: &'a [Change], breaches: &mut Vec<Breach>) -> &'a [Change] {
    let gap = queue.iter().zip(1..).position(|(change, expected)| change.seq != expected);
    let Some(gap) = gap else { return queue };
    let (change, key) = (&queue[gap], known.base.queue_key(&queue[gap].queue));
    let text = format!("{key} has change {} of A#{} where {} is due", change.seq, shown(change.app), gap + 1);
    breaches.push(Breach { invariant: Invariant::History, text, mend: None });
    &queue[..gap]
}

/// The queues while they are merged.
struct Merge<'a, 'k> {
    known: &'k Known<'k>,
    queues: Vec<&'a [Change]>,
    /// How far each is read.
    at: Vec<usize>,
    /// The queues whose next change may come, by the instant that it isn't before.
    ready: BTreeSet<(Ms, usize)>,
    /// Those whose next change waits for another of its mixed-age group: by the group's birth years and the sequence there.
    blocked: BTreeMap<(&'k [i32], u64), (Ms, usize)>,
    /// How many takings of each group were read.
    groups: BTreeMap<&'k [i32], u64>,
}

impl<'a, 'k> Merge<'a, 'k> {
    fn run(&mut self) -> Order<'a> {
        self.at = vec![0; self.queues.len()];
        let mut order = Vec::with_capacity(self.queues.iter().map(|queue| queue.len()).sum());
        for queue in 0..self.queues.len() {
            self.wait(queue, Ms::MIN);
        }
        // Nothing ready and something blocked is a group with a gap in its sequence: it is told when the change is judged.
        while let Some((not_before, queue)) =
            self.ready.pop_first().or_else(|| self.blocked.pop_first().map(|(_, next)| next))
        {
            let change = &self.queues[queue][self.at[queue]];
            order.push((not_before, change));
            self.at[queue] += 1;
            if let Some((years, sequence)) = self.group(change) {
                let read = self.groups.entry(years).or_default();
                *read = sequence.max(*read);
                if let Some((instant, next)) = self.blocked.remove(&(years, *read + 1)) {
                    self.ready.insert((instant.max(not_before), next));
                }
            }
            self.wait(queue, not_before);
        }
        order
    }

    /// Lets the next change of a queue wait for its turn: it isn't before the one before it, whatever its clock said.
    fn wait(&mut self, queue: usize, not_before: Ms) {
        let Some(change) = self.queues[queue].get(self.at[queue]) else { return };
        let next = (not_before.max(change.at), queue);
        match self.group(change) {
            Some((years, sequence)) if sequence > self.groups.get(years).map_or(0, |read| *read) + 1 => {
                // Two of one sequence are told when they are judged; neither may be lost.
                if let Some(other) = self.blocked.insert((years, sequence), next) {
                    self.ready.insert(other);
                }
            }
            _ => {
                self.ready.insert(next);
            }
        }
    }

    /// The mixed-age group that took by a change, by its birth years, and the sequence there.
    fn group(&self, change: &Change) -> Option<(&'k [i32], u64)> {
        let ((sequence, _), taken) = (change.mixed?, change.taken.as_ref()?);
        let seat = self.known.base.seats.get(&(change.queue.organisation, taken.1))?;
        Some((seat.years.as_ref(), sequence))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::base::Base;
    use crate::model::{Agenda, Held, QueueKey, Right, Seat};

    const SEAT: u128 = 7;

    fn base() -> Base {
        let mut base = Base::default();
        let seat = Seat {
            version: 1,
            bulletin: 0,
            line: 0,
            settlement: 0,
            language: 0,
            stream: 0,
            years: [2021, 2022].into(),
            temporary: None,
            declined: Vec::new(),
            held: Held::Open,
            agenda: Agenda::Nowhere,
        };
        base.seats.insert((0, SEAT), seat);
        base
    }

    /// A change of the queue of a year; with a sequence in the group of both years, if it was taken by that.
    fn change(year: i32, seq: u64, at: Ms, taking: Option<u64>) -> Change {
        Change {
            queue: QueueKey { organisation: 0, language: 0, stream: 0, year },
            seq,
            app: 1,
            at,
            arrived: None,
            departed: None,
            phase: 0,
            taken: taking.map(|_| Box::new((Right::Mixed, SEAT, 2))),
            mixed: taking.map(|sequence| (sequence, 0)),
        }
    }

    /// The changes in their order, by year and sequence there, with the instants that they aren't before.
    fn ordered(changes: &[Change]) -> (Vec<(i32, u64, Ms)>, usize) {
        let known = Known { base: &base(), taken: HashSet::new(), window: 0 };
        let (order, breaches) = order(&known, changes);
        (order.iter().map(|(at, change)| (change.queue.year, change.seq, *at)).collect(), breaches.len())
    }

    #[test]
    fn instants_tell_what_no_sequence_tells() {
        let changes = [change(2021, 1, 10, None), change(2021, 2, 30, None), change(2022, 1, 20, None)];
        assert_eq!(ordered(&changes), (vec![(2021, 1, 10), (2022, 1, 20), (2021, 2, 30)], 0));
    }

    #[test]
    fn a_queue_goes_by_its_sequence_whatever_the_clocks_say() {
        let changes = [change(2021, 1, 30, None), change(2021, 2, 10, None), change(2022, 1, 20, None)];
        assert_eq!(ordered(&changes), (vec![(2022, 1, 20), (2021, 1, 30), (2021, 2, 30)], 0));
    }

    /// `P24.m`
    #[test]
    fn p24_m_takings_of_a_group_go_by_its_sequence_whatever_the_clocks_say() {
        let changes = [
            change(2021, 1, 9, Some(2)),
            change(2021, 2, 8, Some(4)),
            change(2022, 1, 10, Some(1)),
            change(2022, 2, 7, Some(3)),
        ];
        let order = vec![(2022, 1, 10), (2021, 1, 10), (2022, 2, 10), (2021, 2, 10)];
        assert_eq!(ordered(&changes), (order, 0));
    }

    /// `P24.m`
    #[test]
    fn p24_m_nothing_is_lost_where_a_group_has_a_gap_or_the_same_number_twice() {
        let gap = [change(2021, 1, 9, Some(3)), change(2021, 2, 12, None), change(2022, 1, 10, Some(1))];
        assert_eq!(ordered(&gap), (vec![(2022, 1, 10), (2021, 1, 9), (2021, 2, 12)], 0));
        let twice = [change(2021, 1, 9, Some(2)), change(2022, 1, 8, Some(2)), change(2023, 1, 10, Some(1))];
        assert_eq!(ordered(&twice).0.len(), 3);
    }

    #[test]
    fn a_queue_is_read_to_its_first_gap() {
        let changes = [change(2021, 1, 10, None), change(2021, 3, 30, None), change(2022, 1, 20, None)];
        assert_eq!(ordered(&changes), (vec![(2021, 1, 10), (2022, 1, 20)], 1));
    }
}
