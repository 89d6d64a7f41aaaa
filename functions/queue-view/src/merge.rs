//! A page of a queue by number: which lane's which rank has each number of it. Pure arithmetic over the closed form (`P3.9`), so
//! that a page costs only its page, however far down the queue it begins. No storage, no entries.

use kezek_rules::queue::{Interleave, Lane, Totals};

/// A stretch of a queue's numbers.
#[derive(Debug, PartialEq, Eq)]
pub struct Stretch {
    /// How many of each lane stand before it.
    pub before: Totals,
    /// The lanes of its numbers, in their order.
    pub lanes: Vec<Lane>,
}

impl Stretch {
    /// How many of a lane stand in it.
    pub fn count(&self, lane: Lane) -> usize {
        self.lanes.iter().filter(|other| **other == lane).count()
    }
}

/// The numbers from `from` (from 1) on, at most `limit` of those that wait.
pub fn stretch(interleave: Interleave, phase: u8, waiting: &Totals, from: u64, limit: usize) -> Stretch {
    let number = |lane, rank| interleave.number(phase, waiting, lane, rank);
    let mut before = Totals::default();
    for lane in Lane::ALL {
        *before.of_mut(lane) = ranks_below(waiting.of(lane), |rank| number(lane, rank) < from);
    }
    let mut taken = before;
    let lanes = (from..).take(limit).map_while(|next| {
        let mut lanes = Lane::ALL.into_iter();
        let lane = lanes.find(|lane| {
            let rank = taken.of(*lane) + 1;
            rank <= waiting.of(*lane) && number(*lane, rank) == next
        })?;
        *taken.of_mut(lane) += 1;
        Some(lane)
    });
    let lanes = lanes.collect();
    Stretch { before, lanes }
}

/// How many of the ranks 1 to `count` are `below`; numbers grow with ranks, so a binary search finds it.
fn ranks_below(count: u64, below: impl Fn(u64) -> bool) -> u64 {
    let (mut low, mut high) = (0, count);
    while low < high {
        let middle = low + (high - low).div_ceil(2);
        if below(middle) { low = middle } else { high = middle - 1 }
    }
    low
}

#[cfg(test)]
mod tests {
    use super::*;
    use kezek_rules::queue::Leading;

    /// The order in which heads are taken for offers, one after the other (`P10.c`, `P10.d`).
    fn as_offers_go(interleave: Interleave, mut phase: u8, waiting: Totals) -> Vec<Lane> {
        let (mut left, mut order) = (waiting, Vec::new());
        while let Some(lane) = interleave.next_lane(phase, &left) {
            *left.of_mut(lane) -= 1;
            phase = interleave.after_taking(phase, lane);
            order.push(lane);
        }
        order
    }

    #[test]
    fn p3_9_pages_put_together_are_the_order_of_the_offers() {
        for (general, leading) in [(3, Leading::FirstPriority), (3, Leading::General), (1, Leading::FirstPriority)] {
            let interleave = Interleave { general, leading };
            for (phase, o, p, g) in
                [(0, 0, 0, 0), (3, 2, 5, 30), (1, 0, 12, 4), (2, 7, 0, 9), (0, 1, 9, 0), (3, 0, 3, 9)]
            {
                let waiting = Totals { out_of_turn: o, first_priority: p, general: g };
                let expected = as_offers_go(interleave, phase, waiting);
                for limit in [1, 2, 7, 100] {
                    let mut lanes: Vec<Lane> = Vec::new();
                    loop {
                        let page = stretch(interleave, phase, &waiting, lanes.len() as u64 + 1, limit);
                        for lane in Lane::ALL {
                            let so_far = lanes.iter().filter(|other| **other == lane).count() as u64;
                            assert_eq!(page.before.of(lane), so_far);
                        }
                        lanes.extend(&page.lanes);
                        if page.lanes.len() < limit {
                            break;
                        }
                    }
                    assert_eq!(lanes, expected, "{waiting:?}, phase {phase}, pages of {limit}");
                }
            }
        }
    }

    #[test]
    fn a_stretch_beyond_the_end_is_empty() {
        let interleave = Interleave { general: 3, leading: Leading::FirstPriority };
        let waiting = Totals { out_of_turn: 1, first_priority: 1, general: 1 };
        let page = stretch(interleave, 3, &waiting, 9, 5);
        assert_eq!((page.before, page.lanes.len()), (waiting, 0));
    }
}
