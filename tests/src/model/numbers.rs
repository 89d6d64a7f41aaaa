//! Queue numbers (`P3.9`), by taking everyone who stands before, one by one. Never here: the closed form.

use std::collections::BTreeSet;

use super::queues::{Waiter, next_lane, phase_after};
use super::state::{EntryState, QueueKey, Status};
use super::{Model, Policy};

/// The order in which those who wait would be taken, if no one came and no one left.
pub(crate) fn takings(waiting: &[Waiter], mut phase: u32, policy: &Policy) -> Vec<Waiter> {
    let mut left = waiting.to_vec();
    let mut taken = Vec::new();
    loop {
        let waits: BTreeSet<_> = left.iter().map(|waiter| waiter.lane).collect();
        let Some(lane) = next_lane(&waits, phase, policy) else { return taken };
        let first = left.iter().filter(|waiter| waiter.lane == lane).min_by_key(|waiter| (waiter.key, waiter.a));
        let Some(first) = first.copied() else { return taken };
        left.retain(|waiter| *waiter != first);
        phase = phase_after(lane, phase, policy);
        taken.push(first);
    }
}

impl Model {
    /// A queue in the order of its numbers.
    pub(crate) fn ordered(&self, queue: &QueueKey) -> Vec<Waiter> {
        takings(&self.waiting_in(queue), self.phase(queue), self.policy())
    }

    /// An entry's queue number; a dormant one's is the number it would have if it alone woke now.
    pub(crate) fn number(&self, a: usize, e: usize) -> Option<usize> {
        let app = &self.apps[a];
        if app.status != Status::Queued || app.entries[e].state != EntryState::Waiting {
            return None;
        }
        let queue = self.queue_of(a, e);
        let mut waiting = self.waiting_in(&queue);
        if self.sleeps(a) {
            waiting.push(Waiter { a, e, lane: app.lane, key: app.entries[e].key });
        }
        let order = takings(&waiting, self.phase(&queue), self.policy());
        order.iter().position(|waiter| waiter.a == a && waiter.e == e).map(|place| place + 1)
    }
}
