//! The table of what operations consume. Never here: how it was measured.

use std::fmt::Write as _;

use chrono::NaiveDate;
use kezek_store::meter::Usage;

use super::limits::{GROWTH_MAX, LIMITS};

/// What one operation consumed, on average.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// Which operation.
    pub operation: &'static str,
    /// How many waited in each queue.
    pub waiting: u64,
    /// How many of it were done: `usage` is for one, but for its requests and failures, which are those of all.
    pub successes: f64,
    /// What one consumed.
    pub usage: Usage,
}

/// The table, in Markdown, measured on a day.
#[must_use]
pub fn render(readings: &[Reading], on: NaiveDate) -> String {
    let mut text = format!(
        "# What an operation asks of the table\n\n\
         Counted by the meter in the functions' own client (`shared/store/src/meter.rs`) with `cargo run --release -- meter` on {on}, per \
         operation. A write unit is one kilobyte, two in a transaction; a read unit four kilobytes read strongly, eight eventually.\n\n\
         | operation | waiting in each queue | requests | write units | of them indexes | read units | bytes | limit |\n\
         | --- | --- | --- | --- | --- | --- | --- | --- |\n",
    );
    for limit in LIMITS {
        for reading in readings.iter().filter(|reading| reading.operation == limit.operation) {
            let Usage { requests, failed, reads, writes, index_writes, bytes } = reading.usage;
            let requests = f64::from(requests) / reading.successes;
            let wasted = f64::from(failed) / reading.successes;
            let mut allowed = Vec::new();
            allowed.extend(limit.writes.map(|most| format!("{most} write")));
            allowed.extend(limit.reads.map(|most| format!("{most} read")));
            allowed.extend(limit.failed.map(|most| format!("{most} wasted try (here {wasted:.2})")));
            let _ = writeln!(
                text,
                "| {} | {} | {requests:.1} | {writes:.2} | {index_writes:.2} | {reads:.2} | {bytes} | {} |",
                reading.operation,
                reading.waiting,
                if allowed.is_empty() { "–".to_owned() } else { allowed.join(", ") },
            );
        }
    }
    let _ = writeln!(
        text,
        "\nBut for the last, and folding, none may cost more than {GROWTH_MAX} times as much with the longest queues as with the shortest. A \
         function that meets a queue for the first time reads half a unit more: the inner page of its tree, which it then keeps."
    );
    text
}
