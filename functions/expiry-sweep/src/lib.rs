//! The sweeps: whatever has run out by a schedule's own time is let run out – reminders, offers, referrals, suspensions,
//! acceptance, yearly questions, age limits, overdue decisions and complaints – and, hourly, open vacancies are looked for, daily the
//! tables that the calendar lacks. A sweep is capped,
//! survives a bad item, and running it again changes nothing: each clock is checked once more in the decision and in the
//! condition of its write.

mod calendar;
mod gauges;
mod rescan;

use chrono::{DateTime, TimeDelta, Utc};
use kezek_rules::application::Application;
use kezek_rules::decide::{self, World};
use kezek_rules::ids::{ApplicationId, Bin, SeatId};
use kezek_rules::refusal::Refusal;
use kezek_rules::seat::{Seat, SeatState};
use kezek_rules::step::{Snapshot, Step};
use kezek_shell::app::{App, Settled};
use kezek_shell::error::{Failure, chain};
use kezek_shell::{commit, complaint, invitation, recount};
use kezek_store::{Due, DueKind, Family, OrganisationEvent, Queues, SHARDS, StoreError, Written};
use lambda_runtime::Error;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// How many due items of a shard are read at once.
const PAGE: u16 = 100;

/// How many due items one sweep serves; what is left is served by the next one, and the report says so.
pub const CAP: usize = 2_000;

/// How many clocks of one application are served in a row: four suspensions, each with its question and its answer, the
/// yearly ones and the age limit are fewer. Whatever is left stays due.
const CLOCKS_MAX: usize = 16;

/// For how long a family is left to its own schedule before the hourly sweep catches up on it.
const GRACE: TimeDelta = TimeDelta::hours(1);

/// What a schedule hands over.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Schedule {
    /// Which sweep.
    pub sweep: Sweep,
    /// The time for which it was scheduled: the sweep's own `now`.
    pub scheduled_time: DateTime<Utc>,
}

/// The sweeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sweep {
    /// Every minute: offers and referrals, suspensions, acceptance, registration of complaints.
    Deadlines,
    /// Daily at 09:00: yearly questions of interest.
    Confirmations,
    /// Daily at 00:05: age limits, and whether the calendar lacks a table.
    AgeOuts,
    /// Hourly: overdue decisions and complaints, and whatever another sweep has missed.
    Overdue,
}

/// What a sweep did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Report {
    /// Clocks that ran out.
    pub ran_out: usize,
    /// Items that weren't due any more, or not yet: the index is read eventually.
    pub not_due: usize,
    /// Offers and referrals among those that were due for longer than two ticks of their sweep: it is late.
    pub late: usize,
    /// Items that failed; they stay due and are tried again by the next sweep.
    pub failed: usize,
    /// Organisations with open vacancies for which children wait: a wake of allocation was lost, or came too early.
    pub found: usize,
    /// Deadlines moved after a patch of the calendar (`C3`).
    pub moved: u32,
    /// Years that ask for their table, and hadn't yet (`C6`).
    pub tables_wanted: usize,
    /// Whether more is due than one sweep serves.
    pub capped: bool,
}

/// Serves one schedule.
///
/// # Errors
/// The event isn't a schedule, the table failed as a whole, or items failed and nothing else could be done.
pub async fn handle(app: &App, event: Value) -> Result<Value, Error> {
    let schedule: Schedule = serde_json::from_value(event)?;
    let report = Box::pin(sweep(app, &schedule)).await?;
    tracing::info!(sweep = ?schedule.sweep, ?report, "swept");
    gauges::of_sweep(app, schedule.sweep, &report);
    if report.capped {
        tracing::warn!(sweep = ?schedule.sweep, "more is due than one sweep serves");
    }
    Ok(serde_json::to_value(report)?)
}

/// Lets everything run out that a sweep serves.
///
/// # Errors
/// The table failed as a whole.
pub async fn sweep(app: &App, schedule: &Schedule) -> Result<Report, StoreError> {
    let settled = app.settle_at(schedule.scheduled_time).await?;
    let mut report = Report::default();
    let now = schedule.scheduled_time;
    let families: &[(Family, DateTime<Utc>)] = match schedule.sweep {
        Sweep::Deadlines => &[(Family::Minute, now)],
        Sweep::Confirmations | Sweep::AgeOuts => &[(Family::Daily, now)],
        Sweep::Overdue => &[(Family::Work, now), (Family::Minute, now - GRACE), (Family::Daily, now - GRACE)],
    };
    for (family, until) in families {
        for shard in 0..SHARDS {
            shard_of(app, &settled, *family, shard, *until, &mut report).await?;
        }
    }
    match schedule.sweep {
        Sweep::Overdue => {
            report.found = rescan::rescan(app, &settled).await?;
            gauges::of_tasks(app, now).await?;
        }
        Sweep::AgeOuts => report.tables_wanted = calendar::ask(app, &settled).await?,
        Sweep::Deadlines => report.moved = recount::run(app, &settled).await?,
        Sweep::Confirmations => {}
    }
    Ok(report)
}

async fn shard_of(
    app: &App,
    settled: &Settled,
    family: Family,
    shard: u8,
    until: DateTime<Utc>,
    report: &mut Report,
) -> Result<(), StoreError> {
    // Page by page forward: items that fail stay due, and must not keep those behind them from running out.
    let mut after: Option<String> = None;
    loop {
        let page = app.store.due_after(family, shard, after.as_deref(), until, PAGE).await?;
        after = page.next;
        for item in page.due {
            if report.ran_out >= CAP {
                report.capped = true;
                return Ok(());
            }
            let late = matches!(item.kind, DueKind::Seat { .. }) && item.at < settled.now - gauges::LATE;
            report.late += usize::from(late);
            match run_out(app, settled, &item).await {
                Ok(()) => report.ran_out += 1,
                Err(Failure::Problem(_)) => report.not_due += 1,
                Err(Failure::Store(error)) => {
                    report.failed += 1;
                    tracing::error!(error = %chain(&error), item = ?item.kind, "a due item could not be served");
                }
            }
        }
        if after.is_none() {
            return Ok(());
        }
    }
}

async fn run_out(app: &App, settled: &Settled, due: &Due) -> Result<(), Failure> {
    match due.kind {
        DueKind::Application(id) => run_out_application(app, settled, id).await,
        DueKind::Task { duty, application } => {
            apply(app, settled, application, |snapshot, world| decide::mark_overdue(snapshot, duty, world)).await
        }
        DueKind::Complaint(id) => {
            let run_out = complaint::step(app, settled, id, Written::Nothing, |_| true, decide::tick_complaint);
            run_out.await.map(|_| ())
        }
        DueKind::Invitation(id) => invitation::end(app, settled, id, decide::lapse_invitation).await.map(|_| ()),
        DueKind::Seat { seat, holder, .. } => {
            // What runs out with an offer is mostly the offer alone: then no queue is read for it.
            let alone = |held: &Seat| held.id == seat && !decide::expiry_touches_queues(held, settled.world());
            let choose = |_: &Application, seats: &[Seat]| {
                if seats.iter().any(alone) { Queues::None } else { Queues::Live }
            };
            let run_out = |snapshot: Snapshot, world: World<'_>| run_out_seat(snapshot, seat, world);
            commit::step_choosing(app, settled, holder, choose, run_out).await.map(|_| ())
        }
        DueKind::SeatEnd { organisation, seat } => end_seat(app, settled, organisation, seat).await,
    }
}

/// Several of an application's clocks may run out at one instant (suspensions that began together): each is a step of its own,
/// and all are due now, not at some later sweep.
async fn run_out_application(app: &App, settled: &Settled, id: ApplicationId) -> Result<(), Failure> {
    let world = settled.world();
    for _ in 0..CLOCKS_MAX {
        let choose = |application: &Application, _: &[Seat]| {
            if decide::tick_touches_queues(application, world) { Queues::Live } else { Queues::None }
        };
        let done = commit::step_choosing(app, settled, id, choose, decide::tick).await?;
        if decide::next_clock(&done.step.application, world).is_none_or(|(due, _)| due > world.now) {
            break;
        }
    }
    Ok(())
}

async fn apply(
    app: &App,
    settled: &Settled,
    id: ApplicationId,
    decide: impl Fn(Snapshot, World<'_>) -> Result<Step, Refusal>,
) -> Result<(), Failure> {
    commit::step(app, settled, id, &Queues::Live, |_| true, decide).await.map(|_| ())
}

/// `P23.c`: the time of a temporary place is over. One that is held is withdrawn by allocation, once it comes free.
async fn end_seat(app: &App, settled: &Settled, organisation: Bin, id: SeatId) -> Result<(), Failure> {
    let seat = app.store.seat(organisation, id).await?.filter(|seat| seat.state == SeatState::Open);
    if let Some(seat) = seat {
        let ended = decide::withdraw_ended_seat(seat, settled.world())?;
        let event = OrganisationEvent::withdrawn(&ended, settled.now, "P23.c", None);
        app.store.withdraw_seat(&ended, &event).await?;
    }
    app.store.remove_seat_end(organisation, id).await?;
    Ok(())
}

fn run_out_seat(snapshot: Snapshot, seat: SeatId, world: World<'_>) -> Result<Step, Refusal> {
    let referred =
        snapshot.seats.iter().any(|held| held.id == seat && matches!(held.state, SeatState::Referred { .. }));
    if referred { decide::tick_referral(snapshot, seat, world) } else { decide::expire_offer(snapshot, seat, world) }
}
