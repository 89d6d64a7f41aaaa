//! Siblings (`P26`): the head's brothers and sisters at the same organisation, and a vacancy for each of them. Who they are and which
//! vacancies they get the rules say; here they are only looked up.

use std::collections::{BTreeMap, BTreeSet};

use kezek_rules::application::{Application, EntryState};
use kezek_rules::decide::{self, SIBLINGS_MAX};
use kezek_rules::ids::ApplicationId;
use kezek_rules::queue::QueueKey;
use kezek_rules::seat::Seat;
use kezek_rules::step::Step;
use kezek_shell::app::{App, Settled};
use kezek_store::{QueueItem, StoreError};

/// How many applications of an applicant are looked at.
const FAMILY_MAX: usize = 25;

/// How many open seats of the organisation are looked through for siblings, and how many for each of them are read again: enough for
/// those that its brothers and sisters take, and as many that are gone already.
const SEATS_LISTED: u16 = 200;
const SEATS_EACH: usize = 2 * SIBLINGS_MAX;

/// What an offer comes to, once the head's family was looked at.
pub enum Bundle {
    /// These steps, on these queues.
    Steps(Vec<Step>, Vec<QueueItem>),
    /// The own time of a sibling has run out: that comes first.
    Overdue(ApplicationId),
    /// Something moved meanwhile: look again.
    Moved,
}

/// The head's offer, with those of its siblings if there is a place for each of them.
pub async fn bundle(
    app: &App,
    settled: &Settled,
    head: Step,
    seat: &Seat,
    queue: QueueItem,
) -> Result<Bundle, StoreError> {
    let world = settled.world();
    let family = family(app, &head.application).await?;
    let waits =
        |other: &&Application| other.entry(seat.organisation).is_some_and(|entry| entry.state == EntryState::Waiting);
    if let Some(late) = family.iter().filter(waits).find(|other| !decide::may_be_served(other, world)) {
        return Ok(Bundle::Overdue(late.id));
    }
    // The head as it was before: it holds the offer made just now.
    let siblings = decide::siblings(&head.application, seat, &family, world);
    let seats = if siblings.is_empty() { None } else { seats(app, seat, &siblings).await? };
    let Some(seats) = seats else { return Ok(Bundle::Steps(vec![head], vec![queue])) };
    let pairs: Vec<(Application, Seat)> = siblings.into_iter().cloned().zip(seats).collect();
    let Some(queues) = queues(app, seat, queue, &pairs).await? else { return Ok(Bundle::Moved) };
    let views: Vec<_> = queues.iter().map(|queue| queue.view.clone()).collect();
    match decide::allocate_bundle(head, pairs, &views, world) {
        Ok(steps) => Ok(Bundle::Steps(steps, queues)),
        Err(_) => Ok(Bundle::Moved),
    }
}

/// The other applications of the head's applicant.
async fn family(app: &App, head: &Application) -> Result<Vec<Application>, StoreError> {
    let mut ids = app.store.family(head.applicant, FAMILY_MAX).await?;
    ids.retain(|id| *id != head.id);
    app.store.applications(&ids).await
}

/// A seat for each sibling, as they are now; none if there are too few.
async fn seats(app: &App, head: &Seat, siblings: &[&Application]) -> Result<Option<Vec<Seat>>, StoreError> {
    let listed = app.store.open_seats(head.organisation, None, SEATS_LISTED).await?;
    let mut wanted = BTreeSet::new();
    for sibling in siblings {
        let suits = |seat: &&Seat| seat.id != head.id && decide::suits_sibling(seat, sibling);
        wanted.extend(listed.iter().filter(suits).take(SEATS_EACH).map(|seat| (seat.organisation, seat.id)));
    }
    if wanted.len() < siblings.len() {
        return Ok(None);
    }
    // The agenda is read eventually: what it shows is read again.
    let mut open = app.store.seats_at(&wanted.into_iter().collect::<Vec<_>>()).await?;
    open.sort_by_key(|seat| seat.id);
    Ok(decide::seat_each(siblings, head, &open))
}

/// The queues of the head and of its siblings, each once and with room for all who leave it; none if room had to be made first.
async fn queues(
    app: &App,
    seat: &Seat,
    of_head: QueueItem,
    pairs: &[(Application, Seat)],
) -> Result<Option<Vec<QueueItem>>, StoreError> {
    let mut leaving: BTreeMap<QueueKey, usize> = BTreeMap::from([(of_head.view.key.clone(), 1)]);
    for (sibling, _) in pairs {
        *leaving.entry(sibling.queue_key(seat.organisation)).or_default() += 1;
    }
    let mut queues = Vec::with_capacity(leaving.len());
    for (key, count) in leaving {
        let queue = if key == of_head.view.key {
            of_head.clone()
        } else {
            app.store.queue(&key, seat.vacancy.settlement).await?
        };
        if !queue.index.has_room_for(count) {
            app.store.make_room_for(&queue, count).await?;
            return Ok(None);
        }
        queues.push(queue);
    }
    Ok(Some(queues))
}
