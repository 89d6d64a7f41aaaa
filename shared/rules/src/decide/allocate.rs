//! Allocation (`P16.a`): who stands first when a vacancy exists, and the offer made to that child.

use super::World;
use super::clocks::{age_out_at, next_clock};
use super::draft::Draft;
use crate::application::{Application, EntryState, OfferRef, Status};
use crate::ids::OfferId;
use crate::policy::{PolicyVersion, Simultaneous, Territory};
use crate::queue::{Lane, Place, Totals};
use crate::refusal::Refusal;
use crate::seat::{Offer, Seat, SeatState};
use crate::step::{Fact, QueueView, Snapshot, Step};
use crate::terms;

/// The first place of a lane that may take an offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Candidate {
    /// Where it stands.
    pub place: Place,
}

/// What came of one attempt to serve a vacancy.
#[derive(Debug, Clone)]
pub enum Allocation {
    /// The child standing first gets an offer.
    Offer(Box<Step>),
    /// The child standing first must leave the queue first: it is too old, or a clock of its has run out (`decide` checks
    /// that itself, so that a late sweep never gives a place away).
    Overdue,
    /// Passed over: it holds an offer already (**D-simultaneous** `one`), and the phase doesn't move for it.
    PassedOver,
}

/// The head that is to be served next, out of the heads of the lanes (`P10.c`, `P10.d`).
#[must_use]
pub fn choose(view: &QueueView, heads: &[Candidate], world: World<'_>) -> Option<Candidate> {
    let interleave = world.policy(view.settlement).policy.interleave;
    let phase = view.phase.unwrap_or_else(|| interleave.starting_phase());
    let mut waiting = Totals::default();
    for head in heads {
        *waiting.of_mut(head.place.lane) += 1;
    }
    let lane = interleave.next_lane(phase, &waiting)?;
    heads.iter().find(|head| head.place.lane == lane).copied()
}

/// Offers a seat to the application chosen. The snapshot holds the application, its queue and the open seat.
///
/// # Errors
/// The seat isn't open, or the application doesn't wait in the seat's queue: someone was quicker.
pub fn allocate(snapshot: Snapshot, world: World<'_>) -> Result<Allocation, Refusal> {
    let seat = snapshot.seats.iter().find(|seat| seat.state == SeatState::Open);
    let Some(seat) = seat.cloned() else { return Err(Refusal::state("vacancy-held", "K4")) };
    let application = &snapshot.application;
    let waits = application.entry(seat.organisation).is_some_and(|entry| entry.state == EntryState::Waiting);
    if application.status != Status::Queued || !waits || !fits(&seat, application) {
        return Err(Refusal::state("not-waiting", "K4"));
    }
    if !may_be_served(application, world) {
        return Ok(Allocation::Overdue);
    }
    let version = governing(&seat, application, world);
    if version.policy.simultaneous == Simultaneous::One && application.offers().next().is_some() {
        return Ok(Allocation::PassedOver);
    }
    Ok(Allocation::Offer(Box::new(offer(snapshot, &seat, version, world))))
}

/// Whether the seat is served from the application's queue; a PMPC conclusion frees from the birth years (`P24`).
fn fits(seat: &Seat, application: &Application) -> bool {
    let key = application.queue_key(seat.organisation);
    let same = seat.vacancy.language == key.language && seat.vacancy.stream == key.stream;
    same && (application.pmpc || seat.vacancy.birth_years.contains(&key.birth_year))
}

/// Age and clocks, checked at the moment of the decision.
fn may_be_served(application: &Application, world: World<'_>) -> bool {
    let young = application.pmpc || age_out_at(application, world) > world.now;
    young && next_clock(application, world).is_none_or(|(due, _)| due > world.now)
}

/// **D-territory**: whose policy governs the offer.
fn governing<'a>(seat: &Seat, application: &Application, world: World<'a>) -> &'a PolicyVersion {
    let organisations = world.policy(seat.vacancy.settlement);
    match organisations.policy.territory {
        Territory::Organisation => organisations,
        Territory::Applicant => world.policy(application.settlement),
    }
}

fn offer(snapshot: Snapshot, seat: &Seat, version: &PolicyVersion, world: World<'_>) -> Step {
    let policy = &version.policy;
    let application = &snapshot.application;
    let lane: Lane = application.lane;
    let id = offer_id(application);
    let last_day = terms::calendar_days(terms::local_date(world.now), policy.answer_calendar_days);
    let answer_by = terms::end_of(last_day, policy.term_end);
    let made = Offer {
        id,
        application: application.id,
        lane,
        offered_at: world.now,
        // A reminder that would come after the term would only put off the end of the offer.
        remind_at: answer_by.min(world.now + chrono::TimeDelta::hours(i64::from(policy.reminder_hours))),
        reminded: false,
        last_day,
        answer_by,
        policy: version.reference(),
        calendar: world.calendar.version,
    };
    let known = OfferRef { id, seat: seat.id, offered_at: world.now, answer_by };
    let mut draft = Draft::new(snapshot, world);
    draft.under(version.reference());
    draft.take_head(seat.organisation, lane, EntryState::Offered(known));
    draft.set_seat(seat.id, SeatState::Offered(made));
    draft.fact(Fact::Offered {
        organisation: seat.organisation,
        offer: id,
        seat: seat.id,
        lane,
        answer_by,
        ground: None,
        temporary_until: seat.vacancy.temporary_until,
    });
    draft.finish()
}

/// An application makes at most one offer per version, so its id and version name the offer.
fn offer_id(application: &Application) -> OfferId {
    let mut bytes = [0; 12];
    let (left, right) = application.id.as_bytes().split_at(8);
    // Both halves count: ids made in one millisecond may begin alike.
    bytes.iter_mut().zip(left.iter().zip(right)).for_each(|(byte, (left, right))| *byte = left ^ right);
    bytes[8..].copy_from_slice(&(application.version + 1).to_be_bytes());
    OfferId::from_bytes(bytes)
}
