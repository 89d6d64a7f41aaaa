//! The order of a queue and the numbers in it: the closed form of the rules against merging the lanes by hand, head by head, as the Order tells it
//! (`P10.c`, `P10.d`, `P3.9`). The merge here is written apart from the rules and shares nothing with them.

use kezek_rules::queue::{Interleave, Lane, Leading, Totals};

use crate::Random;

/// How much was compared.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Compared {
    /// Queues.
    pub queues: u64,
    /// Numbers in them.
    pub numbers: u64,
}

/// A queue by its counts.
#[derive(Debug, Clone, Copy)]
struct Queue {
    n: u8,
    phase: u8,
    totals: Totals,
}

/// Takes head after head: out-of-turn first; then a first-priority one when `n` general ones have gone since the last, or none waits.
fn merged(queue: Queue, mut taken: impl FnMut(Lane, u64, u64) -> Result<(), String>) -> Result<(), String> {
    let Queue { n, phase, totals } = queue;
    let mut since = u64::from(phase.min(n));
    let (mut o, mut p, mut g, mut number) = (0, 0, 0, 0);
    while o + p + g < totals.out_of_turn + totals.first_priority + totals.general {
        number += 1;
        if o < totals.out_of_turn {
            o += 1;
            taken(Lane::OutOfTurn, o, number)?;
        } else if p < totals.first_priority && (since >= u64::from(n) || g == totals.general) {
            (p, since) = (p + 1, 0);
            taken(Lane::FirstPriority, p, number)?;
        } else {
            (g, since) = (g + 1, (since + 1).min(u64::from(n)));
            taken(Lane::General, g, number)?;
        }
    }
    Ok(())
}

fn compare(queue: Queue, compared: &mut Compared) -> Result<(), String> {
    let rules = Interleave { general: queue.n, leading: Leading::FirstPriority };
    let (mut left, mut phase) = (queue.totals, queue.phase);
    merged(queue, |lane, rank, number| {
        compared.numbers += 1;
        let by_rules = rules.number(queue.phase, &queue.totals, lane, rank);
        if by_rules != number {
            return Err(format!("{queue:?}: {lane:?} {rank} has number {by_rules} and is served as {number}"));
        }
        let ahead = rules.ahead(queue.phase, &queue.totals, lane, rank);
        let gone = Totals {
            out_of_turn: queue.totals.out_of_turn - left.out_of_turn,
            first_priority: queue.totals.first_priority - left.first_priority,
            general: queue.totals.general - left.general,
        };
        if ahead != gone {
            return Err(format!("{queue:?}: before {lane:?} {rank} stand {ahead:?}, and {gone:?} were served"));
        }
        // The next offer, from what is left then, goes to the very same.
        if rules.next_lane(phase, &left) != Some(lane) || rules.number(phase, &left, lane, 1) != 1 {
            return Err(format!("{queue:?}: at {number} the turn is {:?}'s", rules.next_lane(phase, &left)));
        }
        phase = rules.after_taking(phase, lane);
        *left.of_mut(lane) -= 1;
        Ok(())
    })?;
    compared.queues += 1;
    if rules.next_lane(phase, &left).is_some() {
        return Err(format!("{queue:?}: an empty queue has a turn"));
    }
    Ok(())
}

/// Compares queues that are drawn.
///
/// # Errors
/// The first that differs.
pub fn drawn(seed: u64, queues: std::ops::Range<u64>) -> Result<Compared, String> {
    let mut compared = Compared::default();
    for case in queues {
        let mut random = Random::of(seed, "order", case);
        let n = if random.one_in(64) { 1 + random.below(255) as u8 } else { 1 + random.below(5) as u8 };
        // A phase above n: a policy has come into force since.
        let phase = random.below(usize::from(n) + 3).min(255) as u8;
        let many = if random.one_in(256) { 400 } else { 9 };
        let mut upto = |end: usize| random.below(end) as u64;
        let totals = Totals { out_of_turn: upto(many / 3), first_priority: upto(many), general: upto(many * 2) };
        compare(Queue { n, phase, totals }, &mut compared)?;
    }
    Ok(compared)
}

/// Compares every queue of up to so many in each lane, in every phase.
///
/// # Errors
/// The first that differs.
pub fn every(out_of_turn: u64, first_priority: u64, general: u64, n: u8) -> Result<Compared, String> {
    let mut compared = Compared::default();
    for n in 1..=n {
        for phase in 0..=n + 1 {
            for o in 0..=out_of_turn {
                for (p, g) in (0..=first_priority).flat_map(|p| (0..=general).map(move |g| (p, g))) {
                    let totals = Totals { out_of_turn: o, first_priority: p, general: g };
                    compare(Queue { n, phase, totals }, &mut compared)?;
                }
            }
        }
    }
    Ok(compared)
}
