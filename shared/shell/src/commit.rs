//! From decision to commit: load, decide, write under the condition that nothing moved; if something did, load and decide again.

use kezek_rules::application::Application;
use kezek_rules::decide::{World, next_clock};
use kezek_rules::ids::ApplicationId;
use kezek_rules::refusal::Refusal;
use kezek_rules::seat::Seat;
use kezek_rules::step::{Snapshot, Step};
use kezek_store::{Extras, Family, Queues, StoreError};

use crate::app::{App, Settled};
use crate::error::Failure;
use crate::metrics::Metric;

/// How often a decision is made again because another write came first.
pub const TRIES: usize = 12;

/// What came of a command on one application.
#[derive(Debug)]
pub struct Done {
    /// The step that was committed.
    pub step: Step,
}

/// The next of an application's clocks, and the schedule that serves it.
#[must_use]
pub fn due(application: &Application, world: World<'_>) -> Option<(Family, chrono::DateTime<chrono::Utc>)> {
    let (at, clock) = next_clock(application, world)?;
    Some((if clock.is_daily() { Family::Daily } else { Family::Minute }, at))
}

/// Loads an application, lets `decide` decide and commits its step; decides again on a conflict. `admit` says whether the
/// caller may know of the application at all.
///
/// # Errors
/// 404 if there is none or `admit` says no; the refusal; the table failed.
pub async fn step(
    app: &App,
    settled: &Settled,
    id: ApplicationId,
    queues: &Queues,
    admit: impl Fn(&Application) -> bool,
    decide: impl Fn(Snapshot, World<'_>) -> Result<Step, Refusal>,
) -> Result<Done, Failure> {
    step_with(app, settled, id, queues, &Extras::default(), admit, decide).await
}

/// The same on the queues that are chosen once the application and its seats are known.
///
/// # Errors
/// As [`step`].
pub async fn step_choosing(
    app: &App,
    settled: &Settled,
    id: ApplicationId,
    choose: impl Fn(&Application, &[Seat]) -> Queues,
    decide: impl Fn(Snapshot, World<'_>) -> Result<Step, Refusal>,
) -> Result<Done, Failure> {
    attempts(app, settled, id, choose, &Extras::default(), |_| true, decide).await
}

/// The same with more to write than the step itself.
///
/// # Errors
/// As [`step`].
pub async fn step_with(
    app: &App,
    settled: &Settled,
    id: ApplicationId,
    queues: &Queues,
    extras: &Extras,
    admit: impl Fn(&Application) -> bool,
    decide: impl Fn(Snapshot, World<'_>) -> Result<Step, Refusal>,
) -> Result<Done, Failure> {
    attempts(app, settled, id, |_, _| queues.clone(), extras, admit, decide).await
}

async fn attempts(
    app: &App,
    settled: &Settled,
    id: ApplicationId,
    choose: impl Fn(&Application, &[Seat]) -> Queues,
    extras: &Extras,
    admit: impl Fn(&Application) -> bool,
    decide: impl Fn(Snapshot, World<'_>) -> Result<Step, Refusal>,
) -> Result<Done, Failure> {
    for _ in 0..TRIES {
        let loaded = app.store.snapshot_choosing(id, &choose).await?;
        let Some((snapshot, items)) = loaded.filter(|(snapshot, _)| admit(&snapshot.application)) else {
            return Err(Failure::not_found());
        };
        let step = decide(snapshot, settled.world())?;
        match write(app, settled, &step, &items, extras).await {
            Ok(()) => return Ok(Done { step }),
            Err(StoreError::Conflict) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(StoreError::Conflict.into())
}

/// Writes a step with the application's next clock.
///
/// # Errors
/// `Conflict` if another write came first; the table failed.
pub async fn write(
    app: &App,
    settled: &Settled,
    step: &Step,
    queues: &[kezek_store::QueueItem],
    extras: &Extras,
) -> Result<(), StoreError> {
    let extras = Extras { due: due(&step.application, settled.world()), ..extras.clone() };
    let written = app.store.commit(step, queues, &extras).await;
    counted(app, std::slice::from_ref(step), written)
}

/// Writes several steps as one, each with its application's next clock; `extras` go with the first.
///
/// # Errors
/// As [`write`].
pub async fn write_all(
    app: &App,
    settled: &Settled,
    steps: &[Step],
    queues: &[kezek_store::QueueItem],
    extras: &Extras,
) -> Result<(), StoreError> {
    let with_clock = |(n, step): (usize, &Step)| {
        let extras = if n == 0 { extras.clone() } else { Extras::default() };
        Extras { due: due(&step.application, settled.world()), ..extras }
    };
    let extras: Vec<Extras> = steps.iter().enumerate().map(with_clock).collect();
    let pairs: Vec<(&Step, &Extras)> = steps.iter().zip(&extras).collect();
    let written = app.store.commit_all(&pairs, queues).await;
    counted(app, steps, written)
}

/// Counts what was written, fact by fact, or that another write came first.
fn counted(app: &App, steps: &[Step], written: Result<(), StoreError>) -> Result<(), StoreError> {
    match &written {
        Ok(()) => {
            for fact in steps.iter().flat_map(|step| &step.event.facts) {
                app.metrics.count_as(Metric::Steps, fact.code_and_rule().0, 1);
            }
        }
        Err(StoreError::Conflict) => app.metrics.count(Metric::Conflicts, 1),
        Err(_) => {}
    }
    written
}
