//! Metrics: what the business does, counted where it happens and written as lines of CloudWatch's embedded metric format at the end of
//! an invocation. Every dimension has few values, known beforehand: nothing that names a person, an application or an organisation
//! can be one.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};

/// Under which all of them stand.
pub const NAMESPACE: &str = "Kezek";

/// The embedded format takes this many values of a metric in a line.
const VALUES_MAX: usize = 100;

/// Lines of one invocation: more different labels than this no invocation has.
const SERIES_MAX: usize = 200;

/// A metric.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Metric {
    /// Steps of the process, by what happened.
    Steps,
    /// Requests refused by a rule, by the rule.
    Refusals,
    /// Writes that another one came before.
    Conflicts,
    /// Callers that weren't recognised, by the reason.
    TokensRefused,
    /// Invocations that panicked.
    Panics,
    /// Invocations, or records of a batch, that failed: the caller got a 5xx, or the record comes again.
    Failures,
    /// Offers and referrals whose time had been over for longer than two ticks of their sweep when it came by.
    OffersOverdue,
    /// Officers' tasks that are overdue.
    TasksOverdue,
    /// For how long the undecided task that was due first has been overdue; 0 if none is.
    OldestTaskSeconds,
    /// Organisations with an open vacancy for which a child waits: allocation should have served it.
    VacanciesWithWaitingChildren,
    /// Deadlines moved after a patch of the calendar.
    DeadlinesMoved,
    /// Whether more was due than one sweep serves.
    SweepCapped,
    /// Due items that failed, and stay due.
    DueItemsFailed,
    /// Lines of bulletins, by what became of them.
    BulletinLines,
    /// Bulletins that couldn't be taken, by the reason.
    BulletinsRefused,
    /// Checks at the state registers, by their outcome.
    RegisterChecks,
    /// How long the state registers took to answer.
    RegisterMillis,
}

impl Metric {
    /// All of them.
    pub const ALL: [Self; 17] = [
        Self::Steps,
        Self::Refusals,
        Self::Conflicts,
        Self::TokensRefused,
        Self::Panics,
        Self::Failures,
        Self::OffersOverdue,
        Self::TasksOverdue,
        Self::OldestTaskSeconds,
        Self::VacanciesWithWaitingChildren,
        Self::DeadlinesMoved,
        Self::SweepCapped,
        Self::DueItemsFailed,
        Self::BulletinLines,
        Self::BulletinsRefused,
        Self::RegisterChecks,
        Self::RegisterMillis,
    ];

    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Steps => "Steps",
            Self::Refusals => "Refusals",
            Self::Conflicts => "Conflicts",
            Self::TokensRefused => "TokensRefused",
            Self::Panics => "Panics",
            Self::Failures => "Failures",
            Self::OffersOverdue => "OffersOverdue",
            Self::TasksOverdue => "TasksOverdue",
            Self::OldestTaskSeconds => "OldestTaskSeconds",
            Self::VacanciesWithWaitingChildren => "VacanciesWithWaitingChildren",
            Self::DeadlinesMoved => "DeadlinesMoved",
            Self::SweepCapped => "SweepCapped",
            Self::DueItemsFailed => "DueItemsFailed",
            Self::BulletinLines => "BulletinLines",
            Self::BulletinsRefused => "BulletinsRefused",
            Self::RegisterChecks => "RegisterChecks",
            Self::RegisterMillis => "RegisterMillis",
        }
    }

    /// CloudWatch's name of its unit.
    #[must_use]
    pub const fn unit(self) -> &'static str {
        match self {
            Self::OldestTaskSeconds => "Seconds",
            Self::RegisterMillis => "Milliseconds",
            _ => "Count",
        }
    }

    /// The dimension that it has besides `stage` and `function`, if it has one.
    #[must_use]
    pub const fn by(self) -> Option<&'static str> {
        match self {
            Self::Steps => Some("step"),
            Self::Refusals => Some("rule"),
            Self::TokensRefused | Self::BulletinsRefused => Some("reason"),
            Self::BulletinLines | Self::RegisterChecks => Some("outcome"),
            _ => None,
        }
    }
}

type Series = BTreeMap<(Metric, String), Vec<f64>>;

/// What is counted in an app: whoever holds a clone counts into the same.
#[derive(Debug, Clone, Default)]
pub struct Metrics(Arc<Mutex<Series>>);

impl Metrics {
    fn series(&self) -> MutexGuard<'_, Series> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts so many more.
    pub fn count(&self, metric: Metric, more: usize) {
        self.count_as(metric, "", more);
    }

    /// Counts so many more under a label, which is a word of the code.
    pub fn count_as(&self, metric: Metric, label: &str, more: usize) {
        let mut series = self.series();
        let key = (metric, label.to_owned());
        if series.len() >= SERIES_MAX && !series.contains_key(&key) {
            return;
        }
        let values = series.entry(key).or_default();
        let more = u32::try_from(more).map_or(f64::from(u32::MAX), f64::from);
        match values.first_mut() {
            Some(sum) => *sum += more,
            None => values.push(more),
        }
    }

    /// Notes a measured value; of very many in one invocation only the first.
    pub fn note(&self, metric: Metric, value: f64) {
        let mut series = self.series();
        let values = series.entry((metric, String::new())).or_default();
        if values.len() < VALUES_MAX {
            values.push(value);
        }
    }

    /// The sum of what was counted under a label since the last [`Self::take`].
    #[must_use]
    pub fn sum(&self, metric: Metric, label: &str) -> f64 {
        self.series().get(&(metric, label.to_owned())).map_or(0.0, |values| values.iter().sum())
    }

    /// Takes what was counted, and begins anew.
    #[must_use]
    pub fn take(&self) -> Taken {
        Taken(std::mem::take(&mut *self.series()))
    }
}

/// What was counted in an invocation.
#[derive(Debug, Default)]
pub struct Taken(Series);

/// What a line is about: the dimension beside stage and function, if there is one, and its value.
type Labelled<'a> = (Option<&'a str>, &'a str);

/// A metric with its values.
type Measured<'a> = (Metric, &'a [f64]);

impl Taken {
    /// As lines of the embedded metric format: one for all that has no label, one for each label.
    #[must_use]
    pub fn lines(&self, stage: &str, function: &str, at: DateTime<Utc>) -> Vec<String> {
        let mut lines: BTreeMap<Labelled<'_>, Vec<Measured<'_>>> = BTreeMap::new();
        for ((metric, label), values) in &self.0 {
            lines.entry((metric.by(), label)).or_default().push((*metric, values));
        }
        let line = |((by, label), metrics): (Labelled<'_>, Vec<Measured<'_>>)| {
            let mut fields = Map::new();
            let mut dimensions = vec!["stage", "function"];
            fields.insert("stage".to_owned(), json!(stage));
            fields.insert("function".to_owned(), json!(function));
            if let Some(by) = by {
                dimensions.push(by);
                fields.insert(by.to_owned(), json!(label));
            }
            let named = metrics.iter().map(|(metric, _)| json!({"Name": metric.name(), "Unit": metric.unit()}));
            let named: Vec<Value> = named.collect();
            fields.extend(metrics.iter().map(|(metric, values)| (metric.name().to_owned(), number(values))));
            let directive = json!({"Namespace": NAMESPACE, "Dimensions": [dimensions], "Metrics": named});
            fields.insert(
                "_aws".to_owned(),
                json!({"Timestamp": at.timestamp_millis(), "CloudWatchMetrics": [directive]}),
            );
            Value::Object(fields).to_string()
        };
        lines.into_iter().map(line).collect()
    }
}

fn number(values: &[f64]) -> Value {
    match values {
        [one] => json!(one),
        many => json!(many),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(metrics: &Metrics) -> Vec<Value> {
        let at = "2026-01-12T05:00:00Z".parse().expect("an instant");
        let lines = metrics.take().lines("test", "expiry-sweep", at);
        lines.iter().map(|line| serde_json::from_str(line).expect("JSON")).collect()
    }

    #[test]
    fn what_was_counted_becomes_lines_of_the_embedded_format() {
        let metrics = Metrics::default();
        metrics.count_as(Metric::Steps, "queued", 1);
        metrics.clone().count_as(Metric::Steps, "queued", 2);
        metrics.count_as(Metric::Steps, "offered", 1);
        metrics.note(Metric::RegisterMillis, 12.0);
        metrics.note(Metric::RegisterMillis, 30.0);
        metrics.count(Metric::SweepCapped, 0);
        let lines = lines(&metrics);
        assert_eq!(lines.len(), 3);
        assert_eq!(
            lines[0],
            json!({
                "_aws": {"Timestamp": 1_768_194_000_000_i64, "CloudWatchMetrics": [{"Namespace": "Kezek",
                    "Dimensions": [["stage", "function"]],
                    "Metrics": [{"Name": "SweepCapped", "Unit": "Count"}, {"Name": "RegisterMillis", "Unit": "Milliseconds"}]}]},
                "stage": "test", "function": "expiry-sweep", "SweepCapped": 0.0, "RegisterMillis": [12.0, 30.0],
            })
        );
        assert_eq!((&lines[2]["step"], &lines[2]["Steps"]), (&json!("queued"), &json!(3.0)));
        assert_eq!(lines[2]["_aws"]["CloudWatchMetrics"][0]["Dimensions"], json!([["stage", "function", "step"]]));
        assert!(metrics.take().lines("test", "expiry-sweep", DateTime::UNIX_EPOCH).is_empty(), "taken once");
    }

    #[test]
    fn no_flood_of_labels_or_values_makes_an_endless_line() {
        let metrics = Metrics::default();
        for n in 0..10_000 {
            metrics.count_as(Metric::Refusals, &n.to_string(), 1);
        }
        assert_eq!(lines(&metrics).len(), SERIES_MAX);
        for _ in 0..10_000 {
            metrics.note(Metric::RegisterMillis, 1.0);
        }
        assert_eq!(lines(&metrics)[0]["RegisterMillis"].as_array().map(Vec::len), Some(VALUES_MAX));
    }

    #[test]
    fn names_are_each_their_own() {
        let mut names: Vec<&str> = Metric::ALL.iter().map(|metric| metric.name()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), Metric::ALL.len());
    }
}
