//! What a sweep measures: whether it keeps up, and what waits for people. Alarms rest on these figures.

use chrono::{DateTime, TimeDelta, Utc};
use kezek_shell::app::App;
use kezek_shell::metrics::Metric;
use kezek_store::StoreError;

use crate::{Report, Sweep};

/// A clock that is served later than this was missed by its own tick and the next: every minute one comes.
pub(crate) const LATE: TimeDelta = TimeDelta::minutes(2);

/// The regions of the country and its three great cities, by the first digits of their KATO codes: by them tasks are kept.
const REGIONS: [&str; 20] = [
    "10", "11", "15", "19", "23", "27", "31", "33", "35", "39", "43", "47", "55", "59", "61", "62", "63", "71", "75",
    "79",
];

/// How many overdue tasks of a region are counted: beyond that the figure says enough.
const COUNTED_MAX: u16 = 1_000;

/// What a sweep did, as figures; those that are zero too, so that an alarm tells silence from health.
pub(crate) fn of_sweep(app: &App, sweep: Sweep, report: &Report) {
    app.metrics.count(Metric::SweepCapped, usize::from(report.capped));
    app.metrics.count(Metric::DueItemsFailed, report.failed);
    match sweep {
        Sweep::Deadlines => {
            app.metrics.count(Metric::OffersOverdue, report.late);
            app.metrics.count(Metric::DeadlinesMoved, usize::try_from(report.moved).unwrap_or(usize::MAX));
        }
        Sweep::Overdue => app.metrics.count(Metric::VacanciesWithWaitingChildren, report.found),
        Sweep::Confirmations | Sweep::AgeOuts => {}
    }
}

/// How many tasks of officers are overdue, and for how long the first of them has been so.
pub(crate) async fn of_tasks(app: &App, now: DateTime<Utc>) -> Result<(), StoreError> {
    let (mut overdue, mut oldest) = (0, TimeDelta::zero());
    for region in REGIONS {
        let (count, first) = app.store.overdue_tasks(region, now, COUNTED_MAX).await?;
        overdue += count;
        oldest = oldest.max(first.map_or(TimeDelta::zero(), |due_at| now - due_at));
    }
    app.metrics.count(Metric::TasksOverdue, overdue);
    let seconds = u32::try_from(oldest.num_seconds()).unwrap_or(u32::MAX);
    app.metrics.note(Metric::OldestTaskSeconds, f64::from(seconds));
    Ok(())
}
