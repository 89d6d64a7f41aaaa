//! Invented numbers of people and organisations with valid control digits (`K2`). Nobody has them: no one is born in month 0,
//! and the organisations' stem is kept for inventions.

use kezek_rules::ids::Iin;

/// A number of twelve digits from its first eleven, if a control digit exists for them (`K2`).
fn with_control_digit(eleven: &str) -> Option<String> {
    (0..10).map(|digit| format!("{eleven}{digit}")).find(|number| number.parse::<Iin>().is_ok())
}

/// Numbers of invented people, one after another, beginning somewhere that follows from `from`.
pub(super) fn people(from: u64) -> impl Iterator<Item = String> {
    const ALL: u64 = 9_000_000;
    let numbers = (0..ALL).map(move |n| 1_000_000 + (from % ALL + n) % ALL);
    numbers.filter_map(|n| with_control_digit(&format!("0000{n:07}")))
}

/// Numbers of invented organisations.
pub(super) fn organisations(from: u64) -> impl Iterator<Item = String> {
    const ALL: u64 = 5_000;
    let numbers = (0..ALL).map(move |n| 5_000 + (from % ALL + n) % ALL);
    numbers.filter_map(|n| with_control_digit(&format!("9901400{n:04}")))
}

/// Numbers of the invented organisations of a nation: none of them is a town's.
pub(super) fn organisations_of_a_nation(from: u64) -> impl Iterator<Item = String> {
    const ALL: u64 = 100_000;
    let numbers = (0..ALL).map(move |n| (from % ALL + n) % ALL);
    numbers.filter_map(|n| with_control_digit(&format!("990141{n:05}")))
}
