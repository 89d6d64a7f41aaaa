//! The door between the invocations and the services: each call waits here for its turn, and here faults strike at it. Never here:
//! whose turn it is (`flights`), or what a reader of a queue or of the stream sees (`deliver`).

use std::{
    collections::BTreeMap,
    future::Future,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
    task::{Context, Poll},
};

use chrono::{DateTime, TimeDelta, Utc};
use kezek_local::{
    Local,
    aws::{Before, Between, Boxed, Call, Reply},
};

use crate::{
    digest::Digest,
    faults::{Fault, Weather},
    lag::Lag,
    strike,
};

/// An invocation in the air, as the door knows it.
#[derive(Debug, Clone, Default)]
pub struct Air {
    /// So many of its next calls never arrive.
    pub cut: u8,
    /// So many of its next calls are refused for want of capacity.
    pub throttle: u8,
    /// Writes of it that were executed.
    pub writes: u32,
    /// Whether it is of a newer version.
    pub newer: bool,
    /// How far its clock is off.
    pub skew: TimeDelta,
    /// Whether a fault struck it.
    pub struck: bool,
    /// What was left out of the batch that is under way.
    pub left_out: Option<serde_json::Value>,
}

/// What the door and the simulation share.
pub struct State {
    /// The faults.
    pub weather: Weather,
    /// Whose invocation is being moved on; none: the simulation's own calls, which no fault strikes.
    pub current: Option<u64>,
    /// The invocations in the air.
    pub air: BTreeMap<u64, Air>,
    /// An invocation that has just died.
    pub doomed: Option<u64>,
    /// The true time.
    pub now: DateTime<Utc>,
    /// Everything that happened.
    pub digest: Digest,
    /// Whether something was written since this was last asked.
    pub wrote: bool,
    /// Whether a queue got a message since this was last asked.
    pub sent: bool,
    /// Calls so far.
    pub calls: u64,
    /// The index as of a little earlier.
    pub lag: Lag,
    /// What a broken system would do: tests change calls by it.
    pub sabotage: Option<fn(&mut Call)>,
}

/// The door.
pub struct Door {
    state: Mutex<State>,
    local: Weak<Local>,
}

enum Verdict {
    Executed,
    Is(Before),
    Never,
}

impl Door {
    /// A door before a stack.
    #[must_use]
    pub fn new(local: &Arc<Local>, state: State) -> Arc<Self> {
        Arc::new(Self { state: Mutex::new(state), local: Arc::downgrade(local) })
    }

    /// What is shared.
    pub fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Shows the time: the true one, or that of the invocation being moved on.
    pub fn show(&self, of_invocation: bool) {
        let state = self.state();
        let skew =
            state.current.filter(|_| of_invocation).and_then(|flight| state.air.get(&flight)).map(|air| air.skew);
        let at = state.now + skew.unwrap_or_default();
        drop(state);
        if let Some(local) = self.local.upgrade() {
            local.stand_at(at);
        }
    }

    fn decide(&self, call: &mut Call) -> Verdict {
        let before = self.state().weather.struck();
        let verdict = self.meet(call);
        self.mark(before);
        verdict
    }

    /// Marks the invocation that a fault has struck meanwhile.
    fn mark(&self, before: u64) {
        let mut state = self.state();
        if state.weather.struck() > before
            && let Some(flight) = state.current
            && let Some(air) = state.air.get_mut(&flight)
        {
            air.struck = true;
        }
    }

    fn meet(&self, call: &mut Call) -> Verdict {
        let mut guard = self.state();
        let state = &mut *guard;
        let Some(flight) = state.current else { return Verdict::Executed };
        state.calls += 1;
        state.digest.note(&format!("{flight} {}", call.target), call.body.len());
        let Some(air) = state.air.get_mut(&flight) else { return Verdict::Never };
        if air.cut > 0 {
            air.cut -= 1;
            return Verdict::Is(Before::Unreachable);
        }
        if air.throttle > 0 {
            air.throttle -= 1;
            return Verdict::Is(Before::Answer(strike::throttled(&call.target)));
        }
        let weather = &mut state.weather;
        if weather.strikes(Fault::ClockBack) {
            air.skew -= TimeDelta::milliseconds(weather.chance().between(1, 5_000));
            air.skew = air.skew.max(TimeDelta::seconds(-5));
        }
        if weather.strikes(Fault::CrashBefore) {
            state.doomed = Some(flight);
            return Verdict::Never;
        }
        if weather.strikes(Fault::CallLost) {
            air.cut = [0, 0, 1, 2][weather.chance().below(4)];
            return Verdict::Is(Before::Unreachable);
        }
        if weather.strikes(Fault::Throttled) {
            air.throttle = [0, 0, 1, 2][weather.chance().below(4)];
            return Verdict::Is(Before::Answer(strike::throttled(&call.target)));
        }
        if strike::may_conflict(&call.target) && weather.strikes(Fault::Conflict) {
            return Verdict::Is(Before::Answer(strike::conflict(call)));
        }
        if call.target.ends_with(".Query") && weather.strikes(Fault::StaleIndex) {
            if let Some(reply) = state.lag.answer(call, weather.chance()) {
                state.digest.note("stale", reply.body.len());
                return Verdict::Is(Before::Answer(reply));
            }
            weather.missed(Fault::StaleIndex);
        }
        if strike::is_batch(&call.target) && weather.strikes(Fault::Partial) {
            match strike::partly(call, weather.chance()) {
                strike::Partly::Nothing(reply) => return Verdict::Is(Before::Answer(reply)),
                strike::Partly::LeftOut(left_out) => air.left_out = Some(left_out),
                strike::Partly::Whole => weather.missed(Fault::Partial),
            }
        }
        if air.newer {
            strike::newer(call);
        }
        if let Some(sabotage) = state.sabotage {
            sabotage(call);
        }
        Verdict::Executed
    }

    fn executed(&self, call: &Call, reply: Reply) -> Option<Option<Reply>> {
        let mut guard = self.state();
        let state = &mut *guard;
        let Some(flight) = state.current else { return Some(Some(reply)) };
        state.digest.note(&format!("{flight} {}", reply.status), reply.body.len());
        let (writes, Some(air)) = (strike::writes(&call.target), state.air.get_mut(&flight)) else { return None };
        if writes && reply.status == 200 {
            let at_table = call.target.starts_with("Dynamo");
            air.writes += u32::from(at_table);
            state.wrote |= at_table;
            state.sent |= !at_table;
        }
        let reply = match air.left_out.take() {
            Some(left_out) => strike::and_left_out(&call.target, reply, left_out),
            None => reply,
        };
        if state.weather.strikes(Fault::CrashAfter) {
            state.doomed = Some(flight);
            return None;
        }
        if writes && state.weather.strikes(Fault::AnswerLost) {
            return Some(None);
        }
        if writes && state.weather.strikes(Fault::Unknown) {
            air.cut = 2;
            return Some(None);
        }
        Some(Some(reply))
    }
}

impl Between for Door {
    fn before<'a>(&'a self, call: &'a mut Call) -> Boxed<'a, Before> {
        Box::pin(async move {
            if self.state().current.is_none() {
                return Before::GoOn;
            }
            Turn { waited: false }.await;
            match self.decide(call) {
                Verdict::Executed => {
                    self.show(false);
                    Before::GoOn
                }
                Verdict::Is(before) => before,
                Verdict::Never => std::future::pending().await,
            }
        })
    }

    fn after<'a>(&'a self, call: &'a Call, reply: Reply) -> Boxed<'a, Option<Reply>> {
        Box::pin(async move {
            self.show(true);
            let before = self.state().weather.struck();
            let executed = self.executed(call, reply);
            self.mark(before);
            match executed {
                Some(reply) => reply,
                None => std::future::pending().await,
            }
        })
    }
}

/// Waits for one turn.
struct Turn {
    waited: bool,
}

impl Future for Turn {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        if self.waited {
            return Poll::Ready(());
        }
        self.waited = true;
        Poll::Pending
    }
}
