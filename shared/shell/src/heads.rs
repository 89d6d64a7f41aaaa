//! Who stands first for a vacancy: the heads of its queues as the table shows them, and whose turn it is among them. Whose turn that
//! is, and who is passed over, the rules say; nothing is written here.

use std::collections::BTreeSet;

use kezek_rules::application::{Application, EntryState};
use kezek_rules::decide::{self, Candidate, Turn};
use kezek_rules::ids::ApplicationId;
use kezek_rules::queue::{Lane, Place, QueueKey};
use kezek_rules::seat::Seat;
use kezek_store::{QueueItem, StoreError};

use crate::app::{App, Settled};
use crate::commit::TRIES;

/// How many are passed over before a vacancy is left for later.
const PASSED_MAX: usize = 300;

/// How deep a lane is read at once if its head is passed over.
const DEPTH: usize = 25;

/// How many children with a PMPC conclusion are looked at for a place that no one of its own birth years waits for.
const PMPC_MAX: usize = 200;

/// How many other queues must have stayed as they were while such a child is served: all of them, at one birth year a queue.
const LOOKED_AT_MAX: usize = 40;

/// The one who stands first.
#[derive(Debug, Clone)]
pub struct First {
    /// By which right.
    pub turn: Turn,
    /// The application.
    pub application: Application,
    /// Its queue.
    pub queue: QueueItem,
    /// The other queues that were looked at, each at its version: if one has changed, another may stand first.
    pub looked_at: Vec<(QueueKey, u64)>,
}

/// Who stands first for a seat, of those who aren't passed over for it. What is planned on this is checked when it is written, so
/// the application may be read as it was a moment ago; `strongly` after a write has failed, or where nothing is written.
///
/// # Errors
/// The table failed; `Conflict` if the queues move too fast to be read.
pub async fn first(app: &App, settled: &Settled, seat: &Seat, mut strongly: bool) -> Result<Option<First>, StoreError> {
    let mut passed: BTreeSet<ApplicationId> = seat.declined_by.iter().copied().collect();
    let mut moved = 0;
    while passed.len() <= PASSED_MAX {
        let Some(found) = look(app, settled, seat, &passed, strongly).await? else { return Ok(None) };
        let waits = |found: &First| {
            found.application.entry(seat.organisation).is_some_and(|entry| entry.state == EntryState::Waiting)
        };
        if !waits(&found) && !strongly {
            strongly = true;
        } else if !waits(&found) {
            // It left between the two readings: the queue has changed too.
            moved += 1;
            if moved == TRIES {
                return Err(StoreError::Conflict);
            }
        } else if decide::is_passed_over(seat, &found.application, settled.world()) {
            passed.insert(found.application.id);
        } else {
            return Ok(Some(found));
        }
    }
    tracing::warn!(organisation = %seat.organisation, seat = %seat.id, "too many are passed over for a vacancy");
    Ok(None)
}

/// A queue as it was read, and the first place of each of its lanes that isn't passed over.
type Read = (QueueItem, Vec<Candidate>);

async fn look(
    app: &App,
    settled: &Settled,
    seat: &Seat,
    passed: &BTreeSet<ApplicationId>,
    strongly: bool,
) -> Result<Option<First>, StoreError> {
    let mut read: Vec<Read> = Vec::new();
    for key in seat.queues() {
        read.push(heads(app, settled, seat, &key, passed).await?);
    }
    let heads: Vec<Candidate> = read.iter().flat_map(|(_, heads)| heads).copied().collect();
    let Some((queue, _)) = read.first().filter(|_| !heads.is_empty()) else {
        return pmpc(app, seat, read, passed, strongly).await;
    };
    let (turn, chosen) = match seat.mixed() {
        None => (Turn::Head, decide::choose(&queue.view, &heads, settled.world())),
        Some(key) => {
            let view = app.store.mixed(&key).await?;
            let chosen = decide::choose_mixed(&view, seat.vacancy.settlement, &heads, settled.world());
            (Turn::MixedAge(view), chosen)
        }
    };
    let index = read.iter().position(|(_, heads)| chosen.is_some_and(|chosen| heads.contains(&chosen)));
    let (Some(chosen), Some(index)) = (chosen, index) else { return Ok(None) };
    let (queue, _) = read.swap_remove(index);
    let looked_at = versions(read.iter().map(|(queue, _)| queue));
    let application = of_place(app, chosen.place.application, strongly).await?;
    Ok(Some(First { turn, application, queue, looked_at }))
}

fn versions<'a>(queues: impl Iterator<Item = &'a QueueItem>) -> Vec<(QueueKey, u64)> {
    queues.map(|queue| (queue.view.key.clone(), queue.view.version)).collect()
}

async fn of_place(app: &App, id: ApplicationId, strongly: bool) -> Result<Application, StoreError> {
    let lately = if strongly { None } else { app.store.application_lately(id).await? };
    if let Some(application) = lately {
        return Ok(application);
    }
    let gone = || StoreError::Corrupt("a place of an application that isn't there".to_owned());
    app.store.application(id).await?.ok_or_else(gone)
}

/// The head of each lane that isn't passed over, with the queue as it was then.
async fn heads(
    app: &App,
    settled: &Settled,
    seat: &Seat,
    key: &QueueKey,
    passed: &BTreeSet<ApplicationId>,
) -> Result<Read, StoreError> {
    let depth = if passed.is_empty() { 1 } else { DEPTH.max(passed.len() + 1) };
    let mut readings = app.store.readings(key, seat.vacancy.settlement);
    loop {
        let queue = readings.next().await?;
        app.store.make_room(&queue).await?;
        // Only a mixed-age group compares heads of several queues, and only one that is passed over leads to another lane.
        let one = seat.mixed().is_none() && passed.is_empty();
        let in_turn = decide::lane_in_turn(&queue.view, settled.world());
        let lanes = Lane::ALL.into_iter().filter(|lane| !one || Some(*lane) == in_turn);
        match heads_of(app, &queue, lanes, depth, passed).await {
            Err(StoreError::Conflict) => {}
            heads => return Ok((queue, heads?)),
        }
    }
}

async fn heads_of(
    app: &App,
    queue: &QueueItem,
    lanes: impl Iterator<Item = Lane>,
    depth: usize,
    passed: &BTreeSet<ApplicationId>,
) -> Result<Vec<Candidate>, StoreError> {
    let mut heads = Vec::new();
    for lane in lanes.filter(|lane| queue.view.totals.of(*lane) > 0) {
        let places = app.store.places(queue, lane, 1, depth).await?;
        let first = places.into_iter().find(|place| !passed.contains(&place.application));
        heads.extend(first.map(|place| Candidate { place }));
    }
    Ok(heads)
}

/// `P24`: no one waits in the seat's own queues, so it goes to the child with a PMPC conclusion that stands first in the organisation's
/// other queues of the language and the stream.
async fn pmpc(
    app: &App,
    seat: &Seat,
    own: Vec<Read>,
    passed: &BTreeSet<ApplicationId>,
    strongly: bool,
) -> Result<Option<First>, StoreError> {
    let (organisation, language, stream) = (seat.organisation, seat.vacancy.language, &seat.vacancy.stream);
    let waiting = app.store.pmpc_waiting(organisation, language, stream, PMPC_MAX).await?;
    let free =
        |(year, place): &(i32, Place)| !seat.vacancy.birth_years.contains(year) && !passed.contains(&place.application);
    let Some((birth_year, place)) = waiting.into_iter().find(free) else { return Ok(None) };
    let key = QueueKey { organisation, language, birth_year, stream: stream.clone() };
    let others = app.store.queues_of(organisation).await?;
    let others = others.iter().filter(|queue| {
        let of = &queue.view.key;
        of.language == language && of.stream == *stream && !seat.vacancy.birth_years.contains(&of.birth_year)
    });
    let mut looked_at = versions(own.iter().map(|(queue, _)| queue));
    looked_at.extend(versions(others.clone().filter(|queue| queue.view.key != key).take(LOOKED_AT_MAX)));
    let Some(queue) = others.into_iter().find(|queue| queue.view.key == key).cloned() else {
        return Err(StoreError::Conflict);
    };
    app.store.make_room(&queue).await?;
    let application = of_place(app, place.application, strongly).await?;
    Ok(Some(First { turn: Turn::Pmpc, application, queue, looked_at }))
}
