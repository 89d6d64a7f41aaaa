//! What was done in a story, how often, and how often it was allowed: a story that never enrols proves nothing. Never here: a
//! comparison.

use std::collections::BTreeMap;
use std::fmt;

/// What an applicant, an officer, an organisation can do, and what comes of it by itself; a story is only whole with each of them.
const KINDS: &[&str] = &[
    "submission",
    "submission to a special stream",
    "submission to a sanatorium stream",
    "submission of a transferred family",
    "submission after a contract",
    "accepted offer",
    "declined offer",
    "yes",
    "no",
    "cancellation",
    "withdrawal",
    "deferral",
    "other organisations",
    "claim of a benefit",
    "benefit given up",
    "transfer claimed",
    "confirmation by an officer",
    "refusal by an officer",
    "archiving by an officer",
    "answer of a register",
    "bulletin",
    "vacancy taken back",
    "held vacancy withdrawn",
    "documents handed in",
    "documents accepted",
    "documents returned",
    "enrolment refused",
    "refusal upheld",
    "refusal overturned",
    "figures of a group",
    "extension",
    "signature",
    "signature for a temporary place",
    "termination",
    "policy",
    "patch of the calendar",
];

#[derive(Debug, Clone, Default)]
pub struct Counts {
    /// How many steps were played.
    pub steps: usize,
    /// How often it was allowed, and how often refused.
    acts: BTreeMap<&'static str, (usize, usize)>,
    /// What the applications came to: notices, reasons of the archive.
    ends: BTreeMap<String, usize>,
}

impl Counts {
    pub fn act(&mut self, kind: &'static str, allowed: bool) {
        let (done, refused) = self.acts.entry(kind).or_default();
        *if allowed { done } else { refused } += 1;
    }

    pub fn end(&mut self, what: String) {
        *self.ends.entry(what).or_default() += 1;
    }

    /// How often something was done with success.
    pub fn done(&self, kind: &str) -> usize {
        self.acts.get(kind).map_or(0, |(done, _)| *done)
    }

    /// How often something was done, where a refusal counts for less.
    pub fn tried(&self, kind: &str) -> usize {
        self.acts.get(kind).map_or(0, |(done, refused)| 3 * done + refused)
    }

    /// The kinds that were never done with success, save those that can't be.
    pub fn missing(&self, never: &[&str]) -> Vec<&'static str> {
        KINDS.iter().copied().filter(|kind| !never.contains(kind) && self.done(kind) == 0).collect()
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let acts = self.acts.iter().map(|(kind, (done, refused))| format!("{kind} {done}/{refused}"));
        let ends = self.ends.iter().map(|(what, count)| format!("{what} {count}"));
        write!(
            f,
            "{} steps: {}\n{}",
            self.steps,
            acts.collect::<Vec<_>>().join(", "),
            ends.collect::<Vec<_>>().join(", ")
        )
    }
}
