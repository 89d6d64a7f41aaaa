//! The clock of the local stack: it stands still and is moved, or it runs with real time plus whatever it was advanced.
//! Never here: what happens when it moves (that is `travel`).

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use kezek_shell::clock::Clock;
use serde::{Deserialize, Serialize};

/// What of the clock is kept in the base.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// Where a still clock began; a clock without a start runs.
    pub start: Option<DateTime<Utc>>,
    /// What it last showed.
    pub at: DateTime<Utc>,
    /// How many milliseconds a running clock is ahead of real time.
    pub ahead: i64,
}

struct State {
    kept: Kept,
    /// A clock that is held shows this until it is let go.
    held: bool,
}

/// The clock.
#[derive(Clone)]
pub struct VirtualClock {
    state: Arc<Mutex<State>>,
    real: Clock,
}

impl std::fmt::Debug for VirtualClock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "VirtualClock({:?})", self.state().kept)
    }
}

impl VirtualClock {
    /// A clock that stands at `start`, or runs with real time.
    #[must_use]
    pub fn new(start: Option<DateTime<Utc>>, real: Clock) -> Self {
        let at = start.unwrap_or_else(|| real.now());
        let kept = Kept { start, at, ahead: 0 };
        Self { state: Arc::new(Mutex::new(State { kept, held: false })), real }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The clock of an existing base goes on from where it was; it is held there until it is let go.
    pub fn restore(&self, kept: Kept) {
        *self.state() = State { kept, held: true };
    }

    /// What is to be kept.
    #[must_use]
    pub fn kept(&self) -> Kept {
        self.state().kept
    }

    /// Whether it stands still between calls.
    #[must_use]
    pub fn stands_still(&self) -> bool {
        self.state().kept.start.is_some()
    }

    /// The time. It never goes back, whatever real time does.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        let mut state = self.state();
        if !state.held && state.kept.start.is_none() {
            state.kept.at = state.kept.at.max(self.running(state.kept));
        }
        state.kept.at
    }

    /// The time that it shows once it is let go.
    #[must_use]
    pub fn awaited(&self) -> DateTime<Utc> {
        let kept = self.kept();
        if kept.start.is_some() { kept.at } else { kept.at.max(self.running(kept)) }
    }

    fn running(&self, kept: Kept) -> DateTime<Utc> {
        self.real.now() + TimeDelta::milliseconds(kept.ahead)
    }

    /// Moves it and holds it there.
    pub fn hold(&self, at: DateTime<Utc>) {
        self.set(at, true);
    }

    /// Moves it and lets it go on from there.
    pub fn arrive(&self, at: DateTime<Utc>) {
        self.set(at, false);
    }

    fn set(&self, at: DateTime<Utc>, held: bool) {
        let mut state = self.state();
        state.kept.at = at;
        state.kept.ahead = (at - self.real.now()).num_milliseconds();
        state.held = held;
    }

    /// Moves a still clock by one millisecond.
    pub fn nudge(&self) {
        self.state().kept.at += TimeDelta::milliseconds(1);
    }

    /// Back to the start: for an emptied base.
    pub fn restart(&self) {
        let start = self.kept().start;
        self.arrive(start.unwrap_or_else(|| self.real.now()));
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicI64, Ordering};

    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_768_194_000 + seconds, 0).expect("an instant")
    }

    fn real(from: i64) -> (Clock, Arc<AtomicI64>) {
        let seconds = Arc::new(AtomicI64::new(from));
        let read = Arc::clone(&seconds);
        (Clock::from_fn(move || at(read.load(Ordering::SeqCst))), seconds)
    }

    #[test]
    fn a_still_clock_only_moves_when_moved() {
        let (real, seconds) = real(0);
        let clock = VirtualClock::new(Some(at(100)), real);
        seconds.store(50, Ordering::SeqCst);
        assert_eq!(clock.now(), at(100));
        clock.nudge();
        assert_eq!(clock.now(), at(100) + TimeDelta::milliseconds(1));
        clock.arrive(at(500));
        assert_eq!((clock.now(), clock.awaited()), (at(500), at(500)));
        clock.restart();
        assert_eq!(clock.now(), at(100));
    }

    #[test]
    fn a_running_clock_runs_on_and_never_goes_back() {
        let (real, seconds) = real(0);
        let clock = VirtualClock::new(None, real.clone());
        clock.arrive(at(1_000));
        seconds.store(10, Ordering::SeqCst);
        assert_eq!(clock.now(), at(1_010));
        seconds.store(5, Ordering::SeqCst);
        assert_eq!(clock.now(), at(1_010));
        seconds.store(60, Ordering::SeqCst);
        let again = VirtualClock::new(Some(at(0)), real);
        again.restore(clock.kept());
        assert!(!again.stands_still());
        assert_eq!((again.now(), again.awaited()), (at(1_010), at(1_060)));
        again.arrive(again.awaited());
        assert_eq!(again.now(), at(1_060));
    }
}
