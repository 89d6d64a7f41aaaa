//! A queue, found by looking through everyone (`P10.b`): who waits in it, in each lane, by order. Never here: who is taken.

use std::collections::BTreeSet;

use chrono::Datelike;
use kezek_rules::ids::Bin;

use super::calendar::Instant;
use super::policy::Leading;
use super::state::{EntryState, Lane, MixedKey, QueueKey, Status};
use super::{Model, Policy};

/// One who waits: the application and its entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Waiter {
    pub a: usize,
    pub e: usize,
    pub lane: Lane,
    pub key: Instant,
}

/// `P10.c`, `P10.d`: whose turn it is, of the lanes in which someone waits.
pub(crate) fn next_lane(waits: &BTreeSet<Lane>, phase: u32, policy: &Policy) -> Option<Lane> {
    if waits.contains(&Lane::OutOfTurn) {
        return Some(Lane::OutOfTurn);
    }
    let first = waits.contains(&Lane::FirstPriority);
    let general = waits.contains(&Lane::General);
    if first && (phase == policy.interleave || !general) {
        Some(Lane::FirstPriority)
    } else if general {
        Some(Lane::General)
    } else {
        None
    }
}

/// `P10.d`: the phase after one of a lane was taken.
pub(crate) fn phase_after(lane: Lane, phase: u32, policy: &Policy) -> u32 {
    match lane {
        Lane::OutOfTurn => phase,
        Lane::FirstPriority => 0,
        Lane::General => (phase + 1).min(policy.interleave),
    }
}

impl Model {
    /// The queue in which an entry stands.
    pub(crate) fn queue_of(&self, a: usize, e: usize) -> QueueKey {
        let app = &self.apps[a];
        QueueKey {
            organisation: app.entries[e].organisation,
            language: app.language.clone(),
            birth_year: app.born.year(),
            stream: app.stream.clone(),
        }
    }

    fn first_phase(&self) -> u32 {
        match self.policy().leading {
            Leading::FirstPriority => self.policy().interleave,
            Leading::General => 0,
        }
    }

    /// A queue keeps its phase from the moment at which someone waits in it (`P10.d`).
    pub(crate) fn note_phases(&mut self) {
        for a in 0..self.apps.len() {
            for e in 0..self.apps[a].entries.len() {
                if self.waits(a, e) {
                    let (queue, phase) = (self.queue_of(a, e), self.first_phase());
                    self.phases.entry(queue).or_insert(phase);
                }
            }
        }
    }

    /// `P10.d`: a change of the policy caps all phases.
    pub(crate) fn cap_phases(&mut self) {
        let most = self.policy().interleave;
        let all = self.phases.values_mut().chain(self.mixed_phases.values_mut());
        all.for_each(|phase| *phase = most.min(*phase));
    }

    /// A queue's phase.
    pub(crate) fn phase(&self, queue: &QueueKey) -> u32 {
        self.phases.get(queue).copied().unwrap_or_else(|| self.first_phase())
    }

    /// A mixed-age group's own phase (`P24.m`).
    pub(crate) fn mixed_phase(&self, queue: &MixedKey) -> u32 {
        self.mixed_phases.get(queue).copied().unwrap_or_else(|| self.first_phase())
    }

    /// Whether an entry waits: not held, not suspended, not asleep.
    pub(crate) fn waits(&self, a: usize, e: usize) -> bool {
        let app = &self.apps[a];
        app.status == Status::Queued && app.entries[e].state == EntryState::Waiting && !self.sleeps(a)
    }

    /// Everyone who waits for an organisation in a language and a stream, by lane and order (`P10.b`).
    pub(crate) fn waiters(&self, organisation: Bin, language: &str, stream: &str) -> Vec<Waiter> {
        let mut all = Vec::new();
        for (a, app) in self.apps.iter().enumerate() {
            for (e, entry) in app.entries.iter().enumerate() {
                let here = entry.organisation == organisation && app.language == language && app.stream == stream;
                if here && self.waits(a, e) {
                    all.push(Waiter { a, e, lane: app.lane, key: entry.key });
                }
            }
        }
        all.sort_by_key(|waiter| (waiter.lane, waiter.key, waiter.a));
        all
    }

    /// Everyone who waits in one queue.
    pub(crate) fn waiting_in(&self, queue: &QueueKey) -> Vec<Waiter> {
        let mut all = self.waiters(queue.organisation, &queue.language, &queue.stream);
        all.retain(|waiter| self.apps[waiter.a].born.year() == queue.birth_year);
        all
    }
}
