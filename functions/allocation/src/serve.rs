//! Serving an organisation (`P16.a`, `P17.1`): its open seats in the order of their bulletins, each to the child standing first.

use kezek_rules::decide::{self, Allocation};
use kezek_rules::ids::{ApplicationId, Bin};
use kezek_rules::queue::QueueKey;
use kezek_rules::seat::{Seat, SeatState};
use kezek_rules::step::Snapshot;
use kezek_rules::terms::local_date;
use kezek_shell::app::{App, Settled};
use kezek_shell::commit::{TRIES, write_all};
use kezek_shell::error::Failure;
use kezek_shell::heads::{self, First};
use kezek_store::{Extras, OrganisationEvent, Queues, StoreError};

use crate::is_stale;
use crate::siblings::{self, Bundle};

/// Seats looked at in one page of the agenda.
const PAGE: u16 = 25;

/// Seats served in one invocation: more are served by the next message, which the last offer's own event brings.
const SEATS_MAX: usize = 200;

/// What was done for an organisation, and what waits on what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Report {
    /// Offers made.
    pub offers: usize,
    /// Open seats for which no one waits.
    pub unwanted: usize,
    /// Children taken out of the queue because their own time had run out.
    pub overdue: usize,
    /// Temporary places whose time was over: they were withdrawn.
    pub ended: usize,
    /// Seats that someone else served meanwhile.
    pub stale: usize,
    /// Whether the rest was left to another allocator that is at work here.
    pub left: bool,
    /// Tries that came to nothing because another write came first.
    pub conflicts: usize,
    /// Whether there were more seats than one invocation serves.
    pub capped: bool,
}

enum Served {
    /// So many offers: the head's, and its siblings'.
    Offered(usize),
    NoOneWaits,
    Ended,
    Gone,
    /// Another allocator has just offered it.
    Taken,
}

/// Seats for which the same children wait: those of the same queues, and temporary or not.
type Alike = (Vec<QueueKey>, bool);

fn alike(seat: &Seat) -> Alike {
    (seat.queues().collect(), seat.vacancy.temporary_until.is_some())
}

/// Offers every open seat of an organisation to the child standing first, as long as anyone waits for it.
///
/// # Errors
/// The table failed.
pub async fn serve_organisation(app: &App, organisation: Bin) -> Result<Report, StoreError> {
    let settled = app.settle().await?;
    let mut report = Report::default();
    let mut after = None;
    // Once no one waits for a seat, no one waits for those that are like it.
    let mut empty: Vec<Alike> = Vec::new();
    loop {
        let seats = app.store.open_seats(organisation, after, PAGE).await?;
        after = seats.last().filter(|_| seats.len() == usize::from(PAGE)).map(|last| last.id);
        for seat in seats {
            if empty.contains(&alike(&seat)) && !seat.is_over(local_date(settled.now)) {
                report.unwanted += 1;
                continue;
            }
            if report.offers >= SEATS_MAX {
                report.capped = true;
                tracing::warn!(%organisation, "more open seats than one invocation serves");
                return Ok(report);
            }
            match serve_seat(app, &settled, &seat, &mut report).await? {
                Served::Offered(offers) => report.offers += offers,
                Served::Ended => report.ended += 1,
                Served::Gone => report.stale += 1,
                Served::Taken => {
                    // It serves the others too, and each of its offers wakes this organisation again: two at once only waste tries.
                    report.stale += 1;
                    report.left = true;
                    return Ok(report);
                }
                Served::NoOneWaits => {
                    report.unwanted += 1;
                    // Whoever declined this very seat may still want the others.
                    if seat.declined_by.is_empty() {
                        empty.push(alike(&seat));
                    }
                }
            }
        }
        if after.is_none() {
            return Ok(report);
        }
    }
}

/// Offers one seat. The agenda is read eventually, so what it lists may be gone. The write says so; from the first such conflict on
/// each seat is read again before it is tried, since someone else is at work here.
async fn serve_seat(app: &App, settled: &Settled, listed: &Seat, report: &mut Report) -> Result<Served, StoreError> {
    let mut conflicts = 0;
    while conflicts < TRIES {
        report.conflicts += usize::from(conflicts > 0);
        let seat = match report.conflicts {
            0 => Some(listed.clone()),
            _ => app.store.seat(listed.organisation, listed.id).await?,
        };
        let seat = match seat.map(|seat| (seat.state == SeatState::Open, seat)) {
            Some((true, seat)) => seat,
            Some((false, seat)) if conflicts > 0 && matches!(seat.state, SeatState::Offered(_)) => {
                return Ok(Served::Taken);
            }
            _ => return Ok(Served::Gone),
        };
        if let Ok(ended) = decide::withdraw_ended_seat(seat.clone(), settled.world()) {
            let event = OrganisationEvent::withdrawn(&ended, settled.now, "P23.c", None);
            match app.store.withdraw_seat(&ended, &event).await {
                Ok(()) => return Ok(Served::Ended),
                Err(StoreError::Conflict) => conflicts += 1,
                Err(error) => return Err(error),
            }
            continue;
        }
        let Some(first) = heads::first(app, settled, &seat, report.conflicts > 0).await? else {
            return Ok(Served::NoOneWaits);
        };
        let First { turn, application, queue, looked_at } = first;
        let id = application.id;
        let snapshot = Snapshot {
            application: Box::new(application),
            seats: vec![seat.clone()],
            queues: vec![queue.view.clone()],
        };
        match decide::allocate(snapshot, &turn, settled.world()) {
            Err(refusal) if is_stale(&refusal) => conflicts += 1,
            Err(_) => return Ok(Served::Gone),
            Ok(Allocation::PassedOver) => conflicts += 1,
            Ok(Allocation::Overdue) => {
                run_out(app, settled, id).await?;
                report.overdue += 1;
            }
            Ok(Allocation::Offer(step)) => match siblings::bundle(app, settled, *step, &seat, queue).await? {
                Bundle::Moved => conflicts += 1,
                Bundle::Overdue(id) => {
                    run_out(app, settled, id).await?;
                    report.overdue += 1;
                }
                Bundle::Steps(steps, queues) => {
                    let extras = Extras { unchanged: looked_at, ..Extras::default() };
                    match write_all(app, settled, &steps, &queues, &extras).await {
                        Ok(()) => return Ok(Served::Offered(steps.len())),
                        Err(StoreError::Conflict) => conflicts += 1,
                        Err(error) => return Err(error),
                    }
                }
            },
        }
    }
    Err(StoreError::Conflict)
}

/// Lets the clocks of an application run out that a sweep hasn't served yet.
async fn run_out(app: &App, settled: &Settled, id: ApplicationId) -> Result<(), StoreError> {
    let ticked = kezek_shell::commit::step(app, settled, id, &Queues::Live, |_| true, decide::tick).await;
    match ticked {
        Ok(_) | Err(Failure::Problem(_)) => Ok(()),
        Err(Failure::Store(error)) => Err(error),
    }
}
