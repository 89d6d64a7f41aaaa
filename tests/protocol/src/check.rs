//! Running the checker over a protocol. Never here: what is checked.

use std::collections::BTreeMap;
#[cfg(test)]
use std::collections::BTreeSet;
use std::hash::Hash;

use stateright::report::{ReportData, ReportDiscovery, Reporter};
use stateright::{Checker, DiscoveryClassification, HasDiscoveries, Model};

use super::protocol::Protocol;

/// A small machine's cores.
const THREADS: usize = 2;

/// More steps than any of these protocols has: one that grew beyond it would take the memory of a small machine.
const STATES_MAX: usize = 400_000_000;

/// What the checker has found.
#[derive(Debug, Default)]
pub struct Checked {
    /// Steps tried.
    pub states: usize,
    /// States that differ.
    pub unique: usize,
    /// The longest of the shortest ways to a state.
    pub depth: usize,
    /// How long it took.
    pub seconds: f64,
    /// What doesn't hold, each with the way there.
    pub found: BTreeMap<&'static str, String>,
}

/// Keeps the figures of the last report.
struct Figures<'a>(&'a mut Checked);

impl<M: Model> Reporter<M> for Figures<'_> {
    fn report_checking(&mut self, data: ReportData) {
        self.0.states = data.total_states;
        self.0.unique = data.unique_states;
        self.0.depth = data.max_depth;
        self.0.seconds = data.duration.as_secs_f64();
    }

    fn report_discoveries(&mut self, _: &M, _: BTreeMap<&'static str, ReportDiscovery<M>>)
    where
        M::Action: std::fmt::Debug + PartialEq,
        M::State: std::fmt::Debug + Hash + PartialEq,
    {
    }

    fn delay(&self) -> std::time::Duration {
        std::time::Duration::from_millis(20)
    }
}

/// Checks every order in which a protocol can happen.
#[must_use]
pub fn check(protocol: Protocol) -> Checked {
    check_until(protocol, HasDiscoveries::All)
}

/// The same, until all of these have been seen to fail.
#[cfg(test)]
pub fn check_for(protocol: Protocol, failing: &[&'static str]) -> Checked {
    check_until(protocol, HasDiscoveries::AllOf(BTreeSet::from_iter(failing.iter().copied())))
}

fn check_until(protocol: Protocol, found: HasDiscoveries) -> Checked {
    let mut checked = Checked::default();
    let checker = protocol
        .checker()
        .threads(THREADS)
        .target_state_count(STATES_MAX)
        .finish_when(found)
        .spawn_bfs()
        .join_and_report(&mut Figures(&mut checked));
    for property in checker.model().properties() {
        let path = checker.discovery(property.name);
        match (checker.discovery_classification(property.name), path) {
            (DiscoveryClassification::Counterexample, Some(path)) => {
                let steps: Vec<String> = path.into_actions().iter().map(|action| format!("    {action:?}")).collect();
                checked.found.insert(property.name, steps.join("\n"));
            }
            // What must be possible, and isn't.
            (DiscoveryClassification::Example, None) => {
                checked.found.insert(property.name, "    no way leads there".to_owned());
            }
            (DiscoveryClassification::Counterexample, None) | (DiscoveryClassification::Example, Some(_)) => {}
        }
    }
    checked
}
