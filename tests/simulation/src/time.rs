//! The way through time: to the next instant at which something happens, until nothing moves there, and on. Never here: whose turn it
//! is at an instant.

use chrono::{DateTime, TimeDelta, Utc};
use kezek_local::{
    register::{Mode as Register, Told},
    signature::Mode as Signatures,
};

use crate::{error::Broken, faults::Fault, schedule::Tick, sim::Sim};

/// More moves at one instant go in circles.
const MOVES_MAX: usize = 60_000;
/// More instants on one way go in circles.
const INSTANTS_MAX: usize = 20_000;

impl Sim {
    /// Lets everything happen that can at this time.
    ///
    /// # Errors
    /// The promise is broken, or nothing comes to rest.
    pub fn settle(&mut self) -> Result<(), Broken> {
        for _ in 0..MOVES_MAX {
            if !self.breathe()? {
                return Ok(());
            }
        }
        Err(Broken::promise(13, "the system doesn't come to rest"))
    }

    /// Lets some of it happen, while time moves on by moments.
    ///
    /// # Errors
    /// The promise is broken.
    pub fn some(&mut self, moves: usize) -> Result<(), Broken> {
        for _ in 0..moves {
            if self.turns.percent(4) {
                let moment = TimeDelta::milliseconds(self.turns.between(1, 150));
                self.set_now(self.now() + moment);
            }
            if !self.breathe()? {
                return Ok(());
            }
        }
        Ok(())
    }

    /// Moves through time; whoever is in the air lands first.
    ///
    /// # Errors
    /// The promise is broken.
    pub fn advance(&mut self, to: DateTime<Utc>) -> Result<(), Broken> {
        self.settle()?;
        for _ in 0..INSTANTS_MAX {
            let Some(next) = self.next_instant().filter(|next| *next <= to) else {
                self.set_now(to);
                return self.settle();
            };
            self.set_now(next);
            self.end_outages(next)?;
            for tick in self.ticks.tick(next, &self.agenda) {
                self.begin(tick);
            }
            self.settle()?;
        }
        Err(Broken::promise(13, "time doesn't get on"))
    }

    /// The next instant at which something may happen.
    #[must_use]
    pub fn next_instant(&self) -> Option<DateTime<Utc>> {
        let now = self.now();
        let shown = self.sources.queues.iter().filter_map(|queue| queue.shows_at);
        let shards = self.sources.shards.iter().flatten().filter(|shard| shard.left() > 0);
        let again = shards.filter_map(|shard| shard.not_before);
        let started = self.ticks.waiting.iter().map(|tick| tick.start);
        let errands = self.errands.iter().map(|errand| errand.ready_at);
        let outages = self.outages.iter().copied().flatten();
        let all = shown.chain(again).chain(started).chain(errands).chain(outages).filter(|at| *at > now);
        // What is held is let go soon: time only has to move.
        let held = self.sources.queues.iter().any(|queue| queue.held)
            || self.sources.shards.iter().flatten().any(|shard| shard.held);
        let soon = held.then(|| now + TimeDelta::seconds(1));
        let ticks = self.ticks.next(&self.agenda, now);
        all.chain(soon).chain(ticks).min()
    }

    /// A tick, as the schedule gives it.
    fn begin(&mut self, tick: Tick) {
        if self.strikes(Fault::MissedTick) {
            return;
        }
        if self.strikes(Fault::DoubledTick) {
            let later = TimeDelta::milliseconds(self.turns.between(0, 2_000));
            self.ticks.waiting.push(Tick { start: tick.start + later, ..tick.clone() });
        }
        let late = if self.strikes(Fault::LateTick) { self.turns.between(1, 90 * 60) } else { 0 };
        self.ticks.waiting.push(Tick { start: tick.start + TimeDelta::seconds(late), ..tick });
    }

    /// Registers or signatures may begin to fail.
    ///
    /// # Errors
    /// The base fails.
    pub fn begin_outages(&mut self) -> Result<(), Broken> {
        if self.outages[0].is_none() && self.strikes(Fault::RegistersDown) {
            let hours = self.acts.between(1, 40);
            let mode = if self.acts.percent(80) { Register::Down } else { Register::Contradictory };
            self.outages[0] = Some(self.now() + TimeDelta::hours(hours));
            self.local.register().tell(&Told { mode, ..Told::default() })?;
        }
        if self.outages[1].is_none() && self.strikes(Fault::SignaturesDown) {
            let hours = self.acts.between(1, 40);
            let mode = if self.acts.percent(70) { Signatures::Down } else { Signatures::Reject };
            self.outages[1] = Some(self.now() + TimeDelta::hours(hours));
            self.local.signatures().tell(mode)?;
        }
        Ok(())
    }

    /// What has lasted long enough ends.
    ///
    /// # Errors
    /// The base fails.
    pub fn end_outages(&mut self, now: DateTime<Utc>) -> Result<(), Broken> {
        if self.outages[0].is_some_and(|end| end <= now) {
            self.outages[0] = None;
            self.local.register().tell(&Told::default())?;
        }
        if self.outages[1].is_some_and(|end| end <= now) {
            self.outages[1] = None;
            self.local.signatures().tell(Signatures::Ok)?;
        }
        Ok(())
    }
}
