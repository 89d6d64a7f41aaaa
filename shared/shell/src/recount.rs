//! Counting open deadlines again after a patch of the calendar (`C3`): a walk over the agenda that goes on where it stopped, with a
//! report at its end. Which deadlines move and how is decided in `kezek_rules::decide`.

use chrono::{DateTime, TimeDelta, Utc};
use kezek_rules::decide::{self, World};
use kezek_rules::ids::{ApplicationId, ComplaintId};
use kezek_rules::step::Fact;
use kezek_store::{Due, DueKind, Family, Queues, Recount, SHARDS, StoreError, SystemEvent, SystemFact, Written};

use crate::app::{App, Settled};
use crate::error::{Failure, chain};
use crate::{commit, complaint};

/// Entries of the agenda looked at in one run; the rest is left to the next.
pub const CAP: usize = 500;

/// Entries read at once.
const PAGE: u16 = 100;

/// How far ahead deadlines are looked for. A term of working days has at most 60 (a policy's bound), a quarter of a year; an
/// application may stand in the agenda with an earlier clock of another kind, but never with a later one.
const AHEAD: TimeDelta = TimeDelta::days(150);

/// For how long other functions may still count by the old calendar; after that a second pass finds what they counted.
pub const SPREAD: TimeDelta = TimeDelta::minutes(2);

const PASSES: u8 = 2;

/// Goes on with the recount that is under way, if one is and its time has come: says how many deadlines it moved.
///
/// # Errors
/// The table failed.
pub async fn run(app: &App, settled: &Settled) -> Result<u32, StoreError> {
    let Some(mut recount) = app.store.recount().await? else { return Ok(0) };
    let spread = recount.pass == 1 || settled.now >= recount.patched_at + SPREAD;
    // The configuration is kept for a while: an older calendar would count nothing anew.
    if !spread || settled.config.calendar.version < recount.version {
        return Ok(0);
    }
    let before = recount.moved;
    let finished = walk(app, settled, &mut recount).await?;
    let moved = recount.moved - before;
    let noted = if finished { finish(app, settled.now, &recount).await } else { app.store.put_recount(&recount).await };
    match noted {
        // Another patch began it anew.
        Ok(()) | Err(StoreError::Conflict) => Ok(moved),
        Err(error) => Err(error),
    }
}

/// Walks on; says whether it came to the end.
async fn walk(app: &App, settled: &Settled, recount: &mut Recount) -> Result<bool, StoreError> {
    let mut seen = 0;
    while let Some(family) = Family::ALL.get(usize::from(recount.shard / SHARDS)) {
        let shard = recount.shard % SHARDS;
        let page = app.store.due_after(*family, shard, recount.after.as_deref(), settled.now + AHEAD, PAGE).await?;
        seen += page.due.len();
        for due in &page.due {
            count_again(app, settled, due, recount).await;
        }
        recount.after = page.next;
        if recount.after.is_none() {
            recount.shard += 1;
        }
        if seen >= CAP {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Counts again what an entry of the agenda is about: the deadlines of an application or of a complaint.
async fn count_again(app: &App, settled: &Settled, due: &Due, recount: &mut Recount) {
    recount.looked += 1;
    let moved = match &due.kind {
        DueKind::Application(id) => of_application(app, settled, *id, Some(due.at)).await,
        DueKind::Task { application: id, .. } | DueKind::Seat { holder: id, .. } => {
            of_application(app, settled, *id, None).await
        }
        DueKind::Complaint(id) => of_complaint(app, settled, *id).await,
        // The end of a temporary place is a date of its bulletin, that of an invitation the child's age.
        DueKind::SeatEnd { .. } | DueKind::Invitation(_) => return,
    };
    match moved {
        Ok(moved) => recount.moved += u32::try_from(moved).unwrap_or(u32::MAX),
        Err(Failure::Problem(_)) => {}
        Err(Failure::Store(error)) => {
            recount.failed += 1;
            tracing::error!(item = ?due.kind, error = %chain(&error), "deadlines could not be counted again");
        }
    }
}

async fn of_application(
    app: &App,
    settled: &Settled,
    id: ApplicationId,
    listed: Option<DateTime<Utc>>,
) -> Result<usize, Failure> {
    let again = |snapshot, world: World<'_>| decide::recount_listed(snapshot, listed, world);
    let done = commit::step(app, settled, id, &Queues::None, |_| true, again).await?;
    Ok(done.step.event.facts.iter().filter(|fact| matches!(fact, Fact::DeadlineMoved { .. })).count())
}

async fn of_complaint(app: &App, settled: &Settled, id: ComplaintId) -> Result<usize, Failure> {
    let step = complaint::step(app, settled, id, Written::Nothing, |_| true, decide::recount_complaint).await?;
    Ok(step.event.facts.len())
}

/// Reports a pass that came to its end, and begins the next or ends the recount.
async fn finish(app: &App, now: DateTime<Utc>, recount: &Recount) -> Result<(), StoreError> {
    let Recount { version, pass, looked, moved, failed, .. } = *recount;
    let fact = SystemFact::CalendarRecounted { version, pass, looked, moved, failed };
    app.store.put_system_event(&SystemEvent { at: now, fact }).await?;
    tracing::info!(version, pass, looked, moved, failed, "deadlines were counted again");
    if pass < PASSES {
        app.store.put_recount(&Recount::start(version, recount.patched_at, pass + 1)).await
    } else {
        app.store.end_recount(recount).await
    }
}
