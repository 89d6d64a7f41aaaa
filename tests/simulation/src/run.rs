//! One seed from its beginning to its end, and what came of it. Never here: many seeds (`cli`).

use std::collections::BTreeMap;

use crate::{
    error::Broken,
    faults::Counts,
    sim::{Setting, Sim},
};

/// The base is checked each time so many steps are done.
const CHECKED: u32 = 50;

/// What came of a seed.
#[derive(Debug, Clone, Default)]
pub struct Outcome {
    /// The seed.
    pub seed: u64,
    /// Steps done.
    pub steps: u32,
    /// Calls of services.
    pub calls: u64,
    /// Faults that struck.
    pub faults: Counts,
    /// Steps by kind, and what came of them.
    pub done: BTreeMap<String, u64>,
    /// What happened, as one number.
    pub digest: u64,
    /// What happened, if it was kept.
    pub lines: Vec<String>,
    /// How it failed, if it did.
    pub broken: Option<Broken>,
}

/// Runs a seed.
#[must_use]
pub fn run(setting: Setting) -> Outcome {
    let mut outcome = Outcome { seed: setting.seed, ..Outcome::default() };
    let mut sim = match Sim::open(setting) {
        Ok(sim) => sim,
        Err(broken) => return Outcome { broken: Some(broken), ..outcome },
    };
    outcome.broken = steps(&mut sim, &mut outcome.steps).err();
    let state = sim.door.state();
    outcome.calls = state.calls;
    outcome.faults = state.weather.counts;
    outcome.digest = state.digest.value();
    outcome.lines = state.digest.lines().to_vec();
    if let (true, Some(broken)) = (sim.setting.told, &outcome.broken) {
        outcome.lines.extend(sim.changes_of(&broken.text));
    }
    let done = sim.done.iter().map(|(what, count)| (what.clone(), *count));
    let happened = sim.oracle.happened.iter().map(|(what, count)| (format!("event {what}"), *count));
    outcome.done = done.chain(happened).collect();
    drop(state);
    outcome
}

fn steps(sim: &mut Sim, done: &mut u32) -> Result<(), Broken> {
    sim.found()?;
    sim.door.state().weather.on = true;
    while *done < sim.setting.steps {
        sim.begin_outages()?;
        sim.may_restore()?;
        sim.act()?;
        let moves = sim.turns.below(50);
        sim.some(moves)?;
        *done += 1;
        if done.is_multiple_of(CHECKED) {
            sim.settle()?;
            sim.holds_meanwhile()?;
        }
    }
    sim.holds_at_last()
}
