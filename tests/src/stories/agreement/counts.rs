//! What was done in a story, how often, and how often it was allowed: a story that never enrols proves nothing. Never here: a
//! comparison.

use std::collections::BTreeMap;
use std::fmt;

use super::acts;

/// What an act can be beside what it is by itself.
const ALSO: [&str; 4] = [
    "submission to a special stream",
    "submission to a sanatorium stream",
    "invitation",
    "complaint about the unknown",
];

/// What is rarer than a short story is long: asked for under the first variant, whose stories are played on until it has happened.
const RARE: [&str; 8] = [
    "complaint answered late",
    "invitation sent again",
    "invitation replaced",
    "invitation to what can't be",
    "silence on an invitation",
    "consent to what was wished",
    "consent to what can't be",
    "single application turned away",
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

    /// The kinds that were never done with success, save those that can't be; of the rare ones only if they are asked for.
    pub fn missing(&self, never: &[&str], rare: bool) -> Vec<&'static str> {
        let rare = RARE.into_iter().filter(|_| rare);
        acts::kinds().chain(ALSO).chain(rare).filter(|kind| !never.contains(kind) && self.done(kind) == 0).collect()
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
