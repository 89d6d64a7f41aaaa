//! The answer to an offer, or its silence (`P15.b`, `P15.c`, `P15.d`, `P16.3`, `K4`).

use super::World;
use super::claim::drop_claim;
use super::clocks::{is_over, starting_policy};
use super::draft::Draft;
use super::second_check::start_second_check;
use crate::application::{ArchiveReason, Entry, EntryState, Referral, ReferralStatus, Stage, Status, Suspension};
use crate::ids::{Bin, OfferId, ReferralId, SeatId};
use crate::policy::{Decline, PolicyVersion, TemporaryDecline, Territory};
use crate::refusal::Refusal;
use crate::seat::{Offer, Seat, SeatState};
use crate::step::{Fact, Snapshot, Step};
use crate::terms;

/// What the applicant says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OfferAnswer {
    /// Yes: a referral is issued.
    Accept,
    /// No: the place goes to the next.
    Decline,
}

/// Answers an offer.
///
/// # Errors
/// The offer isn't open, its term is over, or the application's own time is: that is checked here, however late a sweep
/// may be.
pub fn answer_offer(
    snapshot: Snapshot,
    offer: OfferId,
    answer: OfferAnswer,
    world: World<'_>,
) -> Result<Step, Refusal> {
    let found = snapshot.application.offers().find(|(_, known)| known.id == offer);
    let Some((organisation, answer_by, seat)) = found.map(|(bin, known)| (bin, known.answer_by, known.seat)) else {
        return Err(Refusal::state("offer-not-open", "P15.b"));
    };
    if answer_by <= world.now || is_over(&snapshot.application, world) {
        return Err(Refusal::state("offer-expired", "P15.b"));
    }
    let mut draft = Draft::new(snapshot, world);
    let Some(made) = live_offer(&draft, seat) else {
        return Err(Refusal::state("offer-not-open", "P15.b"));
    };
    let version = world.pinned(&made.policy);
    draft.under(version.reference());
    match answer {
        OfferAnswer::Accept => accept(&mut draft, organisation, offer, seat),
        OfferAnswer::Decline if waits_on(&draft, seat, version) => {
            draft.fact(Fact::Declined { organisation, offer });
            draft.give_back(organisation, seat);
        }
        OfferAnswer::Decline => {
            draft.set_seat(seat, SeatState::Open);
            draft.depart(organisation, EntryState::Left, "declined", "P15.c");
            draft.fact(Fact::Declined { organisation, offer });
            match version.policy.decline {
                Decline::Entry => draft.archive_if_over(ArchiveReason::Declined),
                Decline::Application => draft.archive(ArchiveReason::Declined),
            }
        }
    }
    Ok(draft.finish())
}

fn live_offer<'d>(draft: &'d Draft<'_>, seat: SeatId) -> Option<&'d Offer> {
    match draft.seat(seat).map(|seat| &seat.state) {
        Some(SeatState::Offered(offer)) if offer.application == draft.application.id => Some(offer),
        _ => None,
    }
}

/// Whether not taking the offer of a seat ends nothing: the place is temporary, and so the policy of the offer says
/// (**D-temporary-decline**, `K5`).
fn waits_on(draft: &Draft<'_>, seat: SeatId, version: &PolicyVersion) -> bool {
    let temporary = draft.seat(seat).is_some_and(|seat| seat.vacancy.temporary_until.is_some());
    temporary && version.policy.temporary_decline == TemporaryDecline::Keep
}

/// `P22.a`, `K4`: the referral; the application leaves all its queues and gives its other offers back in the same step.
fn accept(draft: &mut Draft<'_>, organisation: Bin, offer: OfferId, seat: SeatId) {
    draft.fact(Fact::AcceptedOffer { organisation, offer });
    drop_claim(draft);
    draft.end_offers(Some(organisation), &EntryState::Aside, |organisation, offer| Fact::Released {
        organisation,
        offer,
    });
    draft.depart(organisation, EntryState::Left, "referral-issued", "P15.9");
    for at in 0..draft.application.entries.len() {
        let entry = &draft.application.entries[at];
        if entry.state != EntryState::Left {
            draft.depart(entry.organisation, EntryState::Aside, "referral-issued", "P13");
        }
    }
    let version = referral_policy(draft, seat);
    let last_day = terms::working_days(
        draft.world.calendar,
        terms::local_date(draft.world.now),
        version.policy.referral_working_days,
    );
    let referral = Referral {
        id: ReferralId::of(draft.application.id, draft.application.version + 1),
        organisation,
        seat,
        issued_at: draft.world.now,
        valid_until: terms::end_of(last_day, version.policy.term_end),
        counted_from: terms::local_date(draft.world.now),
        last_day,
        extended: false,
        extension_asked: None,
        status: ReferralStatus::Issued,
        stage: Stage::Awaited,
        second_check: None,
        policy: version.reference(),
        calendar: draft.world.calendar.version,
    };
    let (id, number, valid_until) = (referral.id, referral.number(), referral.valid_until);
    draft.set_seat(
        seat,
        SeatState::Referred { application: draft.application.id, referral: id, due_at: Some(valid_until) },
    );
    draft.application.referral = Some(referral);
    draft.application.status = Status::Referred;
    draft.fact(Fact::ReferralIssued { organisation, referral: id, number, valid_until });
    start_second_check(draft, &version.policy);
}

/// The policy in force when the referral's clock starts (`K5`, **D-territory**).
fn referral_policy<'a>(draft: &Draft<'a>, seat: SeatId) -> &'a PolicyVersion {
    let applicants = draft.policy_of(draft.application.settlement);
    let organisations = draft.seat(seat).map(|seat| draft.policy_of(seat.vacancy.settlement));
    match organisations {
        Some(version) if version.policy.territory == Territory::Organisation => version,
        _ => applicants,
    }
}

/// Whether letting the clock of an offer run out may change a queue: silence ends the offered entry alone, which stands in none –
/// unless it ends, or suspends, the others too (**D-decline**), or the entry waits on (**D-temporary-decline**).
#[must_use]
pub fn expiry_touches_queues(seat: &Seat, world: World<'_>) -> bool {
    let SeatState::Offered(offer) = &seat.state else { return true };
    let temporary = seat.vacancy.temporary_until.is_some();
    temporary || world.pinned(&offer.policy).policy.decline == Decline::Application
}

/// Lets the clock of an offer run out, if its time has come: the reminder after 24 hours, then the end of the term.
///
/// # Errors
/// Nothing is due on this seat.
pub fn expire_offer(snapshot: Snapshot, seat: SeatId, world: World<'_>) -> Result<Step, Refusal> {
    let mut draft = Draft::new(snapshot, world);
    let organisation = draft.seat(seat).map(|seat| seat.organisation);
    let (Some(offer), Some(organisation)) = (live_offer(&draft, seat).cloned(), organisation) else {
        return Err(Refusal::state("nothing-due", "P15.b"));
    };
    draft.under(offer.policy.clone());
    if offer.answer_by <= world.now {
        pass_on(&mut draft, organisation, seat, &offer);
    } else if !offer.reminded && offer.remind_at <= world.now {
        draft.fact(Fact::Reminded { organisation, offer: offer.id, answer_by: offer.answer_by });
        draft.set_seat(seat, SeatState::Offered(Offer { reminded: true, ..offer }));
    } else {
        return Err(Refusal::state("nothing-due", "P15.b"));
    }
    Ok(draft.finish())
}

/// `P16.3`, `P15.d`: the place goes on; the entry is suspended for ten working days from the last day of the offer (`C2`). The
/// offer's policy says what silence suspends; the suspension is the next clock and takes the version then in force (`K5`).
fn pass_on(draft: &mut Draft<'_>, organisation: Bin, seat: SeatId, offer: &Offer) {
    let governing = draft.world.pinned(&offer.policy);
    if waits_on(draft, seat, governing) {
        draft.fact(Fact::PassedOn { organisation, offer: offer.id });
        draft.give_back(organisation, seat);
        return;
    }
    let scope = governing.policy.decline;
    let version = starting_policy(draft, organisation, offer.answer_by);
    let last_day = terms::working_days(draft.world.calendar, offer.last_day, version.policy.suspension_working_days);
    let suspension = Suspension {
        counted_from: offer.last_day,
        last_day,
        ends_at: terms::end_of(last_day, version.policy.term_end),
        answer_by: None,
        policy: version.reference(),
        calendar: draft.world.calendar.version,
    };
    let ends_at = suspension.ends_at;
    draft.set_seat(seat, SeatState::Open);
    draft.fact(Fact::PassedOn { organisation, offer: offer.id });
    let mut suspended = vec![organisation];
    if scope == Decline::Application {
        let stands = |entry: &&Entry| matches!(entry.state, EntryState::Waiting | EntryState::Dormant);
        let standing = draft.application.entries.iter().filter(stands);
        suspended.extend(standing.map(|entry| entry.organisation));
    }
    for organisation in suspended {
        draft.depart(organisation, EntryState::Suspended(suspension.clone()), "suspended", "P15.d");
        draft.fact(Fact::Suspended { organisation, ends_at });
    }
}
