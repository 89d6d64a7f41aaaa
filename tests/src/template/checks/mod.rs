//! What must hold of the template, each as a check that answers with what doesn't: none means all is well. Tests run them over the
//! repository's template, and over spoilt ones, to see that each of them bites.

mod care;
mod code;
mod letters;
mod metrics;
mod permissions;

use super::Template;

/// A check: what doesn't hold, as sentences.
pub type Check = fn(&Template) -> Vec<String>;

/// All checks, by name.
pub const ALL: &[(&str, Check)] = &[
    ("functions are the folders", code::functions),
    ("routes and their scopes are the code's", code::routes),
    ("queues are those of the local stack", code::queues),
    ("schedules are those of the local stack", code::schedules),
    ("the stream is filtered as in the local stack", code::filters),
    ("settings reach only those that need them", code::settings),
    ("no wildcards", permissions::wildcards),
    ("nobody may Scan", permissions::scans),
    ("roles are shared by nobody", permissions::shared_roles),
    ("the table is open by kinds of items", permissions::leading_keys),
    ("batches fail by the item and lose nothing", letters::batches),
    ("schedules and sweeps lose nothing", letters::schedules),
    ("consumers of the bus lose nothing", letters::consumers),
    ("dead letters are told of", letters::dead_letters),
    ("functions are watched", letters::functions),
    ("alarms say what they mean, and tell someone", letters::alarms),
    ("metrics looked at are published", metrics::published),
    ("queues are encrypted and keep for fourteen days", care::queues),
    ("the table can't be lost or read elsewhere", care::table),
    ("TTL collects garbage only", care::ttl),
    ("logs end, and are encrypted", care::logs),
    ("routes are throttled", care::throttling),
    ("concurrency is reserved within an account's", care::concurrency),
];

/// Everything that doesn't hold, with the name of its check.
#[must_use]
pub fn failures(template: &Template) -> Vec<String> {
    let of = |(name, check): &(&str, Check)| {
        let name = (*name).to_owned();
        check(template).into_iter().map(move |what| format!("{name}: {what}"))
    };
    ALL.iter().flat_map(of).collect()
}
