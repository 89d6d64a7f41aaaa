//! The independent checker: it reads a whole base, item by item, and derives again what must always hold – with code that shares
//! nothing with the code it judges: no decision, no order, no conversion of the store. It may so find what a mistake in one of them
//! would hide from itself.
//!
//! Held here: 1 a seat has one child · 2 a child has one referral, an entry one live offer, one live application per kind of stream
//! (`K1`) · 3 nothing that was accepted is lost · 4 at most four live entries · 5 each offer went to the one who stood first · 6 the
//! phase follows from the history · 8 the vacancies make up what was announced · 9 no deadline fired early or is lost · 11 the history
//! replays to the state · 12 every counter and index equals a recount · the outbox has made known what happened; and of 13, that no
//! vacancy is open in a base at rest while a child waits for it.
//!
//! Not held here, since a base at one instant can't show it: 7 the shown number is the true one inside the request, 10 a repeated
//! request changes nothing, 13 that everything is served at last, 14 no one reads what isn't theirs. Those are for tests and
//! simulation. Of 5 it isn't held that siblings who might have been offered places together were (`P26`): the family index is
//! written afterwards, and a head served alone is right by the rules.
//!
//! Cost: linear in the items, a logarithm of a queue's length for each of its changes; in memory an application leaves its state, its
//! changes of queues and its places, one to two kilobytes, and never a personal word.

mod base;
mod breach;
pub mod cli;
mod fold;
mod ids;
mod item;
mod life;
mod mend;
mod model;
mod policy;
mod read;
pub mod repair;
mod rules;
pub mod table;
mod time;
mod tree;

pub use breach::{Breach, Invariant, Report};
pub use item::{Item, Unreadable, Value};
pub use mend::{Attribute, Guard, Mend, To};

use chrono::{DateTime, TimeDelta, Utc};

use base::Base;

/// What a base is judged by.
#[derive(Debug, Clone, Copy)]
pub struct Settings {
    /// The time it is.
    pub now: DateTime<Utc>,
    /// How long a clock that has run out may wait beyond its schedule.
    pub grace: TimeDelta,
    /// How far apart the clocks of two writers may stand, and how long a step may take from its decision to its commit: within that
    /// time what happened in different queues may have happened in any order.
    pub window: TimeDelta,
    /// Whether the base is at rest: the stream and all queues are read to their ends.
    pub at_rest: bool,
}

impl Settings {
    /// A base at rest, all of whose steps were made in one process by one clock.
    #[must_use]
    pub const fn at_rest(now: DateTime<Utc>) -> Self {
        Self { now, grace: TimeDelta::zero(), window: TimeDelta::zero(), at_rest: true }
    }
}

/// A check under way: hand it every item once, in any order.
#[derive(Debug, Default)]
pub struct Check {
    base: Base,
}

impl Check {
    /// Takes an item.
    pub fn take(&mut self, item: &Item) {
        self.base.take(item);
    }

    /// How many items were taken.
    #[must_use]
    pub const fn items(&self) -> u64 {
        self.base.items
    }

    /// All items have come by: judges the base.
    #[must_use]
    pub fn finish(mut self, settings: Settings) -> Report {
        let (now, grace) = (settings.now.timestamp_millis(), settings.grace.num_milliseconds());
        let base = &mut self.base;
        base.finish();
        rules::children::check(base);
        rules::seats::check(base);
        rules::announced::check(base, now, grace);
        rules::due::check(base, now, grace);
        rules::tasks::check(base, now, grace);
        rules::complaints::check(base, now, grace);
        rules::invitations::check(base, now, grace);
        let waiting = rules::order::check(base, now, settings.window.num_milliseconds());
        rules::counters::check(base, &waiting);
        rules::outbox::check(base, now, grace, settings.at_rest);
        self.base.report()
    }
}
