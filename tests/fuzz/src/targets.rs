//! What is fed, and the feeding of it. Never here: what must hold for one of them.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::{Random, bodies, data, events, texts, tokens, tree};

/// One thing that reads what comes from outside.
#[derive(Debug, Clone, Copy)]
pub struct Target {
    /// Its name.
    pub name: &'static str,
    /// Feeds it one case; panics, or says what doesn't hold.
    pub feed: fn(&mut Random) -> Result<(), String>,
    /// How many cases it takes in the time of one of the others: what signs or folds is slow.
    pub weight: u64,
}

/// All of them.
pub const TARGETS: &[Target] = &[
    Target { name: "numbers of the state", feed: texts::state_numbers, weight: 16 },
    Target { name: "names and ids", feed: texts::names, weight: 8 },
    Target { name: "headers", feed: texts::headers, weight: 8 },
    Target { name: "cursors", feed: texts::cursors, weight: 4 },
    Target { name: "raw JSON", feed: bodies::raw, weight: 4 },
    Target { name: "bodies of requests", feed: bodies::requests, weight: 4 },
    Target { name: "bulletins", feed: bodies::bulletins, weight: 2 },
    Target { name: "policies", feed: data::policies, weight: 1 },
    Target { name: "calendars", feed: data::calendars, weight: 1 },
    Target { name: "secrets and key sets", feed: data::secrets, weight: 2 },
    Target { name: "events", feed: events::events, weight: 2 },
    Target { name: "tokens", feed: tokens::tokens, weight: 1 },
    Target { name: "the rank tree", feed: tree::steps, weight: 1 },
];

/// A case that doesn't hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failed {
    /// Of which target.
    pub target: &'static str,
    /// Which: with the seed it makes the same again.
    pub case: u64,
    /// What doesn't hold.
    pub what: String,
}

/// Feeds a target with the cases of a range.
///
/// # Errors
/// The first that doesn't hold.
pub fn run(target: &Target, seed: u64, cases: std::ops::Range<u64>) -> Result<(), Failed> {
    for case in cases {
        let mut random = Random::of(seed, target.name, case);
        let fed = catch_unwind(AssertUnwindSafe(|| (target.feed)(&mut random)));
        let what = match fed {
            Ok(Ok(())) => continue,
            Ok(Err(what)) => what,
            Err(panic) => {
                let text = panic.downcast_ref::<String>().cloned();
                let text = text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
                format!("it panics: {}", text.unwrap_or_default())
            }
        };
        return Err(Failed { target: target.name, case, what });
    }
    Ok(())
}

/// What doesn't hold, unless it does.
pub fn holds(holds: bool, what: impl FnOnce() -> String) -> Result<(), String> {
    if holds { Ok(()) } else { Err(what()) }
}
