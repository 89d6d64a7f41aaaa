//! Serving an organisation (`P16.a`, `P17.1`): its open seats in the order of their bulletins, each to the child standing first.

use kezek_rules::application::EntryState;
use kezek_rules::decide::{self, Allocation, Candidate};
use kezek_rules::ids::{ApplicationId, Bin};
use kezek_rules::queue::{Lane, QueueKey};
use kezek_rules::seat::{Seat, SeatState};
use kezek_rules::step::Snapshot;
use kezek_shell::app::{App, Settled};
use kezek_shell::commit::{TRIES, write};
use kezek_shell::error::Failure;
use kezek_store::{Extras, QueueItem, Queues, StoreError};

use crate::is_stale;

/// Seats looked at in one page of the agenda.
const PAGE: u16 = 25;

/// Seats served in one invocation: more are served by the next message, which the last offer's own event brings.
const SEATS_MAX: usize = 200;

/// How deep a lane is searched for a child that isn't passed over (**D-simultaneous** `one`).
const DEPTH: usize = 25;

/// What was done for an organisation, and what waits on what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Report {
    /// Offers made.
    pub offers: usize,
    /// Open seats for which no one waits.
    pub unwanted: usize,
    /// Children taken out of the queue because their own time had run out.
    pub overdue: usize,
    /// Seats that someone else served meanwhile.
    pub stale: usize,
    /// Whether there were more seats than one invocation serves.
    pub capped: bool,
}

enum Served {
    Offered,
    NoOneWaits,
    Gone,
}

/// Offers every open seat of an organisation to the child standing first, as long as anyone waits for it.
///
/// # Errors
/// The table failed.
pub async fn serve_organisation(app: &App, organisation: Bin) -> Result<Report, StoreError> {
    let settled = app.settle().await?;
    let mut report = Report::default();
    let mut after = None;
    // Seats of one group are alike: once no one waits for one, no one waits for the others.
    let mut empty: Vec<Vec<QueueKey>> = Vec::new();
    loop {
        let seats = app.store.open_seats(organisation, after, PAGE).await?;
        let Some(last) = seats.last() else { return Ok(report) };
        after = Some(last.id);
        for seat in seats {
            let queues: Vec<QueueKey> = seat.queues().collect();
            if empty.contains(&queues) {
                report.unwanted += 1;
                continue;
            }
            if report.offers >= SEATS_MAX {
                report.capped = true;
                tracing::warn!(%organisation, "more open seats than one invocation serves");
                return Ok(report);
            }
            match serve_seat(app, &settled, seat, &mut report).await? {
                Served::Offered => report.offers += 1,
                Served::Gone => report.stale += 1,
                Served::NoOneWaits => {
                    report.unwanted += 1;
                    empty.push(queues);
                }
            }
        }
    }
}

/// Offers one seat. The agenda is read eventually, so the seat is read again before anyone is told of it.
async fn serve_seat(app: &App, settled: &Settled, listed: Seat, report: &mut Report) -> Result<Served, StoreError> {
    let Some(key) = listed.queues().next() else { return Ok(Served::NoOneWaits) };
    let mut passed_over: Vec<ApplicationId> = Vec::new();
    let mut conflicts = 0;
    while conflicts < TRIES {
        let found = heads(app, &key, &listed, &passed_over).await?;
        let Some((queue, chosen)) = found.and_then(|(queue, heads)| {
            decide::choose(&queue.view, &heads, settled.world()).map(|chosen| (queue, chosen))
        }) else {
            return Ok(Served::NoOneWaits);
        };
        let Some(seat) =
            app.store.seat(listed.organisation, listed.id).await?.filter(|seat| seat.state == SeatState::Open)
        else {
            return Ok(Served::Gone);
        };
        let id = chosen.place.application;
        let Some(application) = app.store.application(id).await? else {
            return Err(StoreError::Corrupt("a place of an application that isn't there".to_owned()));
        };
        let waits = application.entry(listed.organisation).is_some_and(|entry| entry.state == EntryState::Waiting);
        if !waits {
            // It left between the two readings: the queue has changed too.
            conflicts += 1;
            continue;
        }
        let snapshot = Snapshot { application, seats: vec![seat], queues: vec![queue.view.clone()] };
        match decide::allocate(snapshot, settled.world()) {
            Err(refusal) if is_stale(&refusal) => conflicts += 1,
            Err(_) => return Ok(Served::Gone),
            Ok(Allocation::PassedOver) => passed_over.push(id),
            Ok(Allocation::Overdue) => {
                run_out(app, settled, id).await?;
                report.overdue += 1;
            }
            Ok(Allocation::Offer(step)) => match write(app, settled, &step, &[queue], &Extras::default()).await {
                Ok(()) => return Ok(Served::Offered),
                Err(StoreError::Conflict) => conflicts += 1,
                Err(error) => return Err(error),
            },
        }
    }
    Err(StoreError::Conflict)
}

/// The head of each lane that isn't passed over, with the queue as it was then.
async fn heads(
    app: &App,
    key: &QueueKey,
    seat: &Seat,
    passed_over: &[ApplicationId],
) -> Result<Option<(QueueItem, Vec<Candidate>)>, StoreError> {
    let depth = if passed_over.is_empty() { 1 } else { DEPTH.max(passed_over.len() + 1) };
    let mut readings = app.store.readings(key, seat.vacancy.settlement);
    loop {
        let queue = readings.next().await?;
        if queue.view.version == 0 {
            return Ok(None);
        }
        app.store.make_room(&queue).await?;
        match heads_of(app, &queue, depth, passed_over).await {
            Err(StoreError::Conflict) => {}
            heads => return Ok(Some((queue, heads?))),
        }
    }
}

async fn heads_of(
    app: &App,
    queue: &QueueItem,
    depth: usize,
    passed_over: &[ApplicationId],
) -> Result<Vec<Candidate>, StoreError> {
    let mut heads = Vec::new();
    for lane in Lane::ALL.into_iter().filter(|lane| queue.view.totals.of(*lane) > 0) {
        let places = app.store.places(queue, lane, 1, depth).await?;
        let first = places.into_iter().find(|place| !passed_over.contains(&place.application));
        heads.extend(first.map(|place| Candidate { place }));
    }
    Ok(heads)
}

/// Lets the clocks of an application run out that a sweep hasn't served yet.
async fn run_out(app: &App, settled: &Settled, id: ApplicationId) -> Result<(), StoreError> {
    let ticked = kezek_shell::commit::step(app, settled, id, &Queues::Live, |_| true, decide::tick).await;
    match ticked {
        Ok(_) | Err(Failure::Problem(_)) => Ok(()),
        Err(Failure::Store(error)) => Err(error),
    }
}
