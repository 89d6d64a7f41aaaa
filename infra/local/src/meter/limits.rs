//! What each operation may ask of the table, however long its queues are.

use kezek_store::meter::Usage;

use super::table::Reading;

/// The most that an operation may consume.
#[derive(Debug, Clone, Copy)]
pub struct Limit {
    /// Which operation.
    pub operation: &'static str,
    /// Write units.
    pub writes: Option<f64>,
    /// Read units.
    pub reads: Option<f64>,
    /// Tries that came to nothing, for one that succeeds.
    pub failed: Option<f64>,
    /// How much dearer it may be with the longest queues than with the shortest.
    pub growth: Option<f64>,
}

const fn limit(operation: &'static str, writes: Option<f64>, reads: Option<f64>) -> Limit {
    Limit { operation, writes, reads, failed: None, growth: Some(GROWTH_MAX) }
}

/// A submission to four queues, with its exact numbers, its history and its outbox.
pub const SUBMIT: &str = "submit to 4 queues";
/// What the stream folds into rank pages behind such a submission.
pub const FOLD: &str = "fold behind a submission";
/// The numbers of an application, in one queue.
pub const NUMBER: &str = "queue number, per queue";
/// One vacancy offered to the child standing first.
pub const OFFER: &str = "offer of one vacancy";
/// An offer whose term is over, with finding it.
pub const EXPIRE: &str = "expire an offer, with finding it";
/// An answer that accepts.
pub const ACCEPT: &str = "accept an offer";
/// A sweep that finds nothing due.
pub const IDLE: &str = "a sweep with nothing due";
/// One yearly question, with finding it.
pub const ASK: &str = "a yearly question, with finding it";
/// Eight allocators at one queue.
pub const CONTEND: &str = "offer, 8 allocators at one queue";

/// All limits. What has none is shown for the sake of the bill.
pub const LIMITS: [Limit; 9] = [
    limit(SUBMIT, Some(15.0), None),
    // Pages fill up: a fold is bounded by what full ones cost.
    Limit { growth: None, ..limit(FOLD, Some(10.0), None) },
    limit(NUMBER, None, Some(2.0)),
    limit(OFFER, Some(12.0), Some(4.0)),
    limit(EXPIRE, Some(10.0), Some(2.5)),
    limit(ACCEPT, None, None),
    limit(IDLE, Some(0.0), None),
    limit(ASK, Some(6.0), Some(2.5)),
    // Who meets whom is a matter of chance: only the number of wasted tries is held.
    Limit { failed: Some(1.0), growth: None, ..limit(CONTEND, None, None) },
];

/// How much dearer an operation may be with the longest queues than with the shortest.
pub const GROWTH_MAX: f64 = 1.4;

/// What is over its limit, a line each.
#[must_use]
pub fn broken(readings: &[Reading]) -> Vec<String> {
    let mut lines = Vec::new();
    for limit in LIMITS {
        let of_it: Vec<&Reading> = readings.iter().filter(|reading| reading.operation == limit.operation).collect();
        for reading in &of_it {
            let Usage { writes, reads, .. } = reading.usage;
            let checks = [
                ("write units", writes, limit.writes),
                ("read units", reads, limit.reads),
                ("wasted tries", f64::from(reading.usage.failed) / reading.successes, limit.failed),
            ];
            for (what, used, allowed) in checks {
                if let Some(allowed) = allowed.filter(|allowed| used > allowed + 1e-9) {
                    lines.push(format!(
                        "{}, {} waiting: {used:.2} {what}, {allowed} allowed",
                        limit.operation, reading.waiting
                    ));
                }
            }
        }
        let shortest = of_it.iter().min_by_key(|reading| reading.waiting);
        let longest = of_it.iter().max_by_key(|reading| reading.waiting);
        if let (Some(short), Some(long)) = (shortest, longest) {
            lines.extend(limit.growth.into_iter().flat_map(|most| grown(short, long, most)));
        }
    }
    lines
}

/// Whether a cost grows with the queue: reads and writes each by themselves, so that neither hides behind the other.
fn grown(short: &Reading, long: &Reading, most: f64) -> Vec<String> {
    let pairs = [("write", short.usage.writes, long.usage.writes), ("read", short.usage.reads, long.usage.reads)];
    let too_much = pairs.into_iter().filter(|(_, short, long)| *short > 0.0 && long / short > most);
    too_much
        .map(|(what, less, more)| {
            format!(
                "{}: {more:.2} {what} units with {} waiting, {less:.2} with {}: more than {most} times as much",
                long.operation, long.waiting, short.waiting
            )
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reading(waiting: u64, writes: f64, reads: f64) -> Reading {
        Reading { operation: OFFER, waiting, successes: 1.0, usage: Usage { writes, reads, ..Usage::default() } }
    }

    #[test]
    fn what_is_over_its_limit_or_grows_is_told() {
        assert_eq!(broken(&[reading(100, 12.0, 4.0), reading(1_000_000, 12.0, 4.0)]), Vec::<String>::new());
        assert_eq!(broken(&[reading(100, 12.5, 4.0)]).len(), 1);
        assert_eq!(broken(&[reading(100, 12.5, 4.5)]).len(), 2);
        assert_eq!(broken(&[reading(100, 4.0, 1.0), reading(1_000_000, 5.6, 1.5)]).len(), 1, "reads grew by half");
    }
}
