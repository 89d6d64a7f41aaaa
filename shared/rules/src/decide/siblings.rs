//! Siblings (`P26`): who of an applicant's children is offered a place together with the one whose turn has come, and which. Whose
//! turn that is isn't asked here.

use chrono::Datelike;

use super::World;
use super::allocate::{Allocation, Turn, allocate, governing, holds_the_only_offer, may_be_served};
use crate::application::{Application, Entry, EntryState, Status};
use crate::ids::Bin;
use crate::policy::{SiblingScope, Siblings};
use crate::queue::KeptPhase;
use crate::queue::Lane;
use crate::refusal::Refusal;
use crate::seat::{Seat, SeatState};
use crate::step::{QueueView, Snapshot, Step};

/// At most this many siblings are offered places together with one child: what one transaction can hold.
pub const SIBLINGS_MAX: usize = 4;

/// Whether an application waits for an organisation.
fn waits(application: &Application, organisation: Bin) -> Option<&Entry> {
    let waiting = |entry: &&Entry| entry.state == EntryState::Waiting && application.status == Status::Queued;
    application.entry(organisation).filter(waiting)
}

/// Of an applicant's `family`, those who are to be offered places with the head of a seat: children of one applicant who wait for
/// the organisation in the stream (**D-siblings**, **D-sibling-scope**), in the order in which they take their seats.
#[must_use]
pub fn siblings<'a>(
    head: &Application,
    seat: &Seat,
    family: &'a [Application],
    world: World<'_>,
) -> Vec<&'a Application> {
    let policy = &governing(seat, head, world).policy;
    let in_scope = |lane: Lane| policy.sibling_scope == SiblingScope::AnyLane || lane == Lane::General;
    if policy.siblings == Siblings::Off || !in_scope(head.lane) {
        return Vec::new();
    }
    let mut found: Vec<_> = family
        .iter()
        .filter(|other| other.id != head.id && other.applicant == head.applicant && other.stream == head.stream)
        .filter(|other| {
            in_scope(other.lane) && may_be_served(other, world) && !holds_the_only_offer(seat, other, world)
        })
        .filter_map(|other| Some((waits(other, seat.organisation)?.ordered_at, other.id, other)))
        .collect();
    found.sort_by_key(|(ordered_at, id, _)| (*ordered_at, *id));
    found.into_iter().take(SIBLINGS_MAX).map(|(.., other)| other).collect()
}

/// A seat for each sibling: each takes the first that fits of those left, which come in the order of service. None if one of them
/// finds none: then the head is served alone. Temporary places aren't given away like this.
#[must_use]
pub fn seat_each(siblings: &[&Application], head: &Seat, open: &[Seat]) -> Option<Vec<Seat>> {
    let mut left: Vec<&Seat> = open.iter().filter(|seat| seat.id != head.id).collect();
    let mut taken = Vec::with_capacity(siblings.len());
    for sibling in siblings {
        let index =
            left.iter().position(|seat| seat.organisation == head.organisation && suits_sibling(seat, sibling))?;
        taken.push(left.remove(index).clone());
    }
    Some(taken)
}

/// Whether a seat can be a sibling's: open, permanent, of its language, stream and birth year.
#[must_use]
pub fn suits_sibling(seat: &Seat, sibling: &Application) -> bool {
    let vacancy = &seat.vacancy;
    seat.state == SeatState::Open
        && vacancy.temporary_until.is_none()
        && vacancy.language == sibling.language
        && vacancy.stream == sibling.stream
        && vacancy.birth_years.contains(&sibling.birth_date.year())
}

/// Offers each sibling its seat in the same moment as the head, whose step is decided already. `queues` are those of the siblings
/// as they are before it. A jump is recorded with `P26` as its ground and moves no phase; each offer is answered by itself.
///
/// # Errors
/// A sibling doesn't wait any more, or its seat is gone: someone was quicker.
pub fn allocate_bundle(
    head: Step,
    siblings: Vec<(Application, Seat)>,
    queues: &[QueueView],
    world: World<'_>,
) -> Result<Vec<Step>, Refusal> {
    let mut steps = vec![head];
    for (application, seat) in siblings {
        let key = application.queue_key(seat.organisation);
        let view = queues.iter().find(|view| view.key == key).map(|view| after(view, &steps));
        let Some(view) = view else { return Err(Refusal::state("not-waiting", "P26")) };
        let snapshot = Snapshot { application: Box::new(application), seats: vec![seat], queues: vec![view] };
        match allocate(snapshot, &Turn::Sibling, world)? {
            Allocation::Offer(step) => steps.push(*step),
            Allocation::Overdue | Allocation::PassedOver => return Err(Refusal::state("not-waiting", "P26")),
        }
    }
    Ok(steps)
}

/// A queue as the steps before leave it: twins wait in the same one.
fn after(before: &QueueView, steps: &[Step]) -> QueueView {
    let mut view = before.clone();
    let changes = steps.iter().flat_map(|step| step.queues.iter().map(move |change| (step, change)));
    for (step, change) in changes.filter(|(_, change)| change.key == before.key) {
        view.version = change.version + 1;
        view.phase = Some(KeptPhase { phase: change.phase, at: step.event.at });
        if let Some(place) = change.departs {
            let left = view.totals.of_mut(place.lane);
            *left = left.saturating_sub(1);
        }
    }
    view
}
