//! Allocation (`P16.a`): who stands first when a vacancy exists, at any time of the year (`P29`), and the offer made to that child.

use chrono::NaiveDate;

use super::World;
use super::clocks::{age_out_at, next_clock};
use super::draft::Draft;
use crate::application::{Application, EntryState, OfferRef, Status};
use crate::ids::{Bin, OfferId, SeatId};
use crate::organisation::Kato;
use crate::policy::{PolicyVersion, Simultaneous, Territory};
use crate::queue::{KeptPhase, Lane, Place, Totals};
use crate::refusal::Refusal;
use crate::seat::{Offer, Seat, SeatState};
use crate::step::{Fact, Ground, MixedStep, MixedView, QueueView, Snapshot, Step};
use crate::terms;

/// The first place of a lane that may take an offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Candidate {
    /// Where it stands.
    pub place: Place,
}

/// By which right a seat goes to an application.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Turn {
    /// It stands first in the seat's own queue (`P16.a`).
    Head,
    /// It stands first among the heads of a mixed-age group's queues, by the group's phase (`P24.m`).
    MixedAge(MixedView),
    /// No one waits in the seat's own queues, and it has a PMPC conclusion, which frees from the birth years (`P24`).
    Pmpc,
    /// A sibling of it has the turn, and there is a place for each of them (`P26`).
    Sibling,
}

/// What came of one attempt to serve a vacancy.
#[derive(Debug, Clone)]
pub enum Allocation {
    /// The child whose turn it is gets an offer.
    Offer(Box<Step>),
    /// The child standing first must leave the queue first: it is too old, or a clock of its has run out (`decide` checks
    /// that itself, so that a late sweep never gives a place away).
    Overdue,
    /// Passed over for this seat (see [`is_passed_over`]), and the phase doesn't move for it.
    PassedOver,
}

/// The head that is to be served next, out of the heads of the lanes (`P10.c`, `P10.d`).
#[must_use]
pub fn choose(view: &QueueView, heads: &[Candidate], world: World<'_>) -> Option<Candidate> {
    next_of(view.settlement, view.phase, heads, world)
}

/// The lane that a queue is served from next, as long as none of its heads is passed over: only that one need be looked at.
#[must_use]
pub fn lane_in_turn(view: &QueueView, world: World<'_>) -> Option<Lane> {
    let interleave = world.policy(view.settlement).policy.interleave;
    interleave.next_lane(world.phase(view.settlement, view.phase), &view.totals)
}

/// The head that a mixed-age group takes next, out of the heads of all its queues: out of turn first; else by the group's own
/// phase the earliest first-priority or the earliest general one (`P24.m`). `settlement` is where the organisation is.
#[must_use]
pub fn choose_mixed(view: &MixedView, settlement: Kato, heads: &[Candidate], world: World<'_>) -> Option<Candidate> {
    next_of(settlement, view.phase, heads, world)
}

/// The earliest head of the lane whose turn it is.
fn next_of(settlement: Kato, phase: Option<KeptPhase>, heads: &[Candidate], world: World<'_>) -> Option<Candidate> {
    let interleave = world.policy(settlement).policy.interleave;
    let phase = world.phase(settlement, phase);
    let mut waiting = Totals::default();
    for head in heads {
        *waiting.of_mut(head.place.lane) += 1;
    }
    let lane = interleave.next_lane(phase, &waiting)?;
    heads.iter().filter(|head| head.place.lane == lane).min_by_key(|head| head.place).copied()
}

/// Whether a seat isn't offered to an application, though it may stand first: it holds an offer (**D-simultaneous** `one`); it
/// declined or ignored this very seat (**D-temporary-decline**); or the place is temporary and its child has a temporary place
/// already (`P23.c`).
#[must_use]
pub fn is_passed_over(seat: &Seat, application: &Application, world: World<'_>) -> bool {
    is_passed_over_under(governing(seat, application, world), seat, application)
}

fn is_passed_over_under(version: &PolicyVersion, seat: &Seat, application: &Application) -> bool {
    let away = application.live_contract().is_some_and(|contract| contract.temporary_until.is_some());
    only_one_offer(version, application)
        || seat.declined_by.contains(&application.id)
        || seat.vacancy.temporary_until.is_some() && away
}

/// **D-simultaneous** `one`: it holds an offer, and that is all it may hold.
pub(super) fn holds_the_only_offer(seat: &Seat, application: &Application, world: World<'_>) -> bool {
    only_one_offer(governing(seat, application, world), application)
}

fn only_one_offer(version: &PolicyVersion, application: &Application) -> bool {
    version.policy.simultaneous == Simultaneous::One && application.offers().next().is_some()
}

/// Offers a seat to the application chosen. The snapshot holds the application, its queue and the open seat.
///
/// # Errors
/// The seat isn't open or its time is over, or the application doesn't wait where the seat is served from: someone was quicker.
pub fn allocate(snapshot: Snapshot, turn: &Turn, world: World<'_>) -> Result<Allocation, Refusal> {
    let Some(seat) = snapshot.seats.iter().find(|seat| seat.state == SeatState::Open) else {
        return Err(Refusal::state("vacancy-held", "K4"));
    };
    if seat.is_over(terms::local_date(world.now)) {
        return Err(Refusal::state("vacancy-withdrawn", "P23.c"));
    }
    let application = &snapshot.application;
    let waits = application.entry(seat.organisation).is_some_and(|entry| entry.state == EntryState::Waiting);
    if application.status != Status::Queued || !waits || !fits(seat, application, turn) {
        return Err(Refusal::state("not-waiting", "K4"));
    }
    // Whoever may not have the seat is left alone, whatever else is due.
    let version = governing(seat, application, world);
    if is_passed_over_under(version, seat, application) {
        return Ok(Allocation::PassedOver);
    }
    if !may_be_served(application, world) {
        return Ok(Allocation::Overdue);
    }
    let place = Vacant {
        seat: seat.id,
        organisation: seat.organisation,
        settlement: seat.vacancy.settlement,
        temporary_until: seat.vacancy.temporary_until,
    };
    Ok(Allocation::Offer(Box::new(offer(snapshot, place, version, turn, world))))
}

/// Whether the seat is served from the application's queue; a PMPC conclusion frees from the birth years (`P24`).
fn fits(seat: &Seat, application: &Application, turn: &Turn) -> bool {
    let key = application.queue_key(seat.organisation);
    let same = seat.vacancy.language == key.language && seat.vacancy.stream == key.stream;
    let own = seat.vacancy.birth_years.contains(&key.birth_year);
    let mixed = seat.vacancy.birth_years.len() > 1;
    same && match turn {
        Turn::Head => own && !mixed,
        Turn::MixedAge(view) => own && mixed && Some(&view.key) == seat.mixed().as_ref(),
        Turn::Pmpc => application.pmpc && !own,
        Turn::Sibling => own && seat.vacancy.temporary_until.is_none(),
    }
}

/// Whether neither the child's age nor a clock of the application that has run out stands against an offer (`P11.b`): checked at
/// the moment of the decision.
#[must_use]
pub fn may_be_served(application: &Application, world: World<'_>) -> bool {
    // Whoever is queued has its age among its clocks.
    let counted = application.pmpc || application.status == Status::Queued;
    let young = counted || age_out_at(application, world) > world.now;
    young && next_clock(application, world).is_none_or(|(due, _)| due > world.now)
}

/// **D-territory**: whose policy governs the offer.
pub(super) fn governing<'a>(seat: &Seat, application: &Application, world: World<'a>) -> &'a PolicyVersion {
    let organisations = world.policy(seat.vacancy.settlement);
    match organisations.policy.territory {
        Territory::Organisation => organisations,
        Territory::Applicant if application.settlement == seat.vacancy.settlement => organisations,
        Territory::Applicant => world.policy(application.settlement),
    }
}

/// What of the open seat an offer tells.
#[derive(Clone, Copy)]
struct Vacant {
    seat: SeatId,
    organisation: Bin,
    settlement: Kato,
    temporary_until: Option<NaiveDate>,
}

fn offer(snapshot: Snapshot, place: Vacant, version: &PolicyVersion, turn: &Turn, world: World<'_>) -> Step {
    let Vacant { seat, organisation, settlement, temporary_until } = place;
    let application = &snapshot.application;
    let policy = &version.policy;
    let lane: Lane = application.lane;
    let id = offer_id(application);
    let reference = version.reference();
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
        policy: reference.clone(),
        calendar: world.calendar.version,
    };
    let known = OfferRef { id, seat, offered_at: world.now, answer_by };
    let mut draft = Draft::new(snapshot, world);
    if policy.territory == Territory::Organisation || draft.application.settlement == settlement {
        draft.knows(settlement, version);
    }
    draft.under(reference);
    match turn {
        Turn::Head => draft.take_head(organisation, lane, EntryState::Offered(known)),
        Turn::MixedAge(view) => {
            draft.depart(organisation, EntryState::Offered(known), "offered", "P24.m");
            draft.set_mixed(after_taking(view, settlement, lane, world));
        }
        Turn::Pmpc => draft.depart(organisation, EntryState::Offered(known), "offered", "P24"),
        Turn::Sibling => draft.depart(organisation, EntryState::Offered(known), "offered", "P26"),
    }
    draft.set_seat(seat, SeatState::Offered(made));
    draft.fact(Fact::Offered {
        organisation,
        offer: id,
        seat,
        lane,
        answer_by,
        ground: match turn {
            Turn::Head => None,
            Turn::MixedAge(_) => Some(Ground::MixedAge),
            Turn::Pmpc => Some(Ground::Pmpc),
            Turn::Sibling => Some(Ground::Sibling),
        },
        temporary_until,
    });
    draft.finish()
}

/// A mixed-age group's phase after a head of a lane was taken; those of the single queues stay (`P24.m`).
fn after_taking(view: &MixedView, settlement: Kato, lane: Lane, world: World<'_>) -> MixedStep {
    let interleave = world.policy(settlement).policy.interleave;
    let phase = interleave.after_taking(world.phase(settlement, view.phase), lane);
    MixedStep { key: view.key.clone(), version: view.version, phase: KeptPhase { phase, at: world.now } }
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
