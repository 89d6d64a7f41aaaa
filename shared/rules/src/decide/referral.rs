//! The referral's clocks, which its seat carries, and its end without a contract: cancelled by the applicant (`P25.a`) or lapsed
//! (`P22.e`). The seat goes to the next. How an enrolment gets on is decided in `enrol` and `contract`.

use chrono::TimeDelta;

use super::World;
use super::clocks::age_out_at;
use super::contract::unsigned;
use super::draft::Draft;
use super::interest::next_question;
use crate::application::{
    Application, ArchiveReason, Entry, EntryState, InterestStage, Referral, ReferralStatus, Stage, Status,
};
use crate::ids::{Bin, SeatId};
use crate::policy::{Cancel, Lapse};
use crate::queue::Instant;
use crate::refusal::Refusal;
use crate::seat::SeatState;
use crate::step::{Fact, Snapshot, Step};
use crate::terms;

/// When the next of a referral's clocks runs out (`P22.b`, `P22.d`, `P22.e`): its validity while documents are awaited, the term in which
/// they are to be checked, the term to sign the contract. None while it waits for an officer, or for a check that is overdue already.
fn runs_out(application: &Application, referral: &Referral) -> Option<Instant> {
    match &referral.stage {
        Stage::Awaited => Some(referral.valid_until).filter(|_| referral.extension_asked.is_none()),
        Stage::Submitted(submission) => Some(submission.result_due).filter(|_| !submission.overdue),
        Stage::Contract => application.contract.as_ref().map(|contract| contract.sign_by),
        Stage::UnderReview { .. } => None,
    }
}

/// The seat's clock is that of the referral it is held by.
pub(super) fn follow(draft: &mut Draft<'_>) {
    let Some(referral) = draft.application.live_referral() else { return };
    let due_at = runs_out(&draft.application, referral);
    let held = SeatState::Referred { application: draft.application.id, referral: referral.id, due_at };
    draft.set_seat(referral.seat, held);
}

/// The applicant cancels the referral, within 24 hours of its issue (`P25.a`, elapsed time), as long as the organisation hasn't refused.
///
/// # Errors
/// There is no referral in force, a refusal is under review, or the time is over.
pub fn cancel_referral(snapshot: Snapshot, world: World<'_>) -> Result<Step, Refusal> {
    let Some(referral) = snapshot.application.live_referral() else {
        return Err(Refusal::state("no-referral", "P25.a"));
    };
    let over = match referral.stage {
        Stage::Awaited | Stage::Contract => {
            runs_out(&snapshot.application, referral).is_some_and(|end| end <= world.now)
        }
        Stage::Submitted(_) => false,
        Stage::UnderReview { .. } => return Err(Refusal::state("conflict", "P25.a")),
    };
    let version = world.pinned(&referral.policy);
    let until = referral.issued_at + TimeDelta::hours(i64::from(version.policy.cancel_hours));
    if until <= world.now || over {
        return Err(Refusal::state("cancellation-too-late", "P25.a"));
    }
    let mut draft = Draft::new(snapshot, world);
    draft.under(version.reference());
    draft.end_referral(ReferralStatus::Cancelled);
    match version.policy.cancel {
        Cancel::Entry => return_entries(&mut draft, None, ArchiveReason::Cancelled, "P25.a"),
        Cancel::Archive => draft.archive(ArchiveReason::Cancelled),
    }
    Ok(draft.finish())
}

/// Lets the clock of a referral run out, if its time has come: the validity without documents (`P22.e`), the check of documents, which is
/// reported as overdue once (`P22.b`), the term to sign the contract (`P22.d`).
///
/// # Errors
/// Nothing is due on this seat.
pub fn tick_referral(snapshot: Snapshot, seat: SeatId, world: World<'_>) -> Result<Step, Refusal> {
    let held = snapshot.seats.iter().any(|held| held.id == seat && matches!(held.state, SeatState::Referred { .. }));
    let due = snapshot.application.live_referral().filter(|referral| {
        let end = runs_out(&snapshot.application, referral);
        held && referral.seat == seat && end.is_some_and(|end| end <= world.now)
    });
    let Some(referral) = due.cloned() else { return Err(Refusal::state("nothing-due", "P22.e")) };
    let mut draft = Draft::new(snapshot, world);
    draft.under(world.pinned(&referral.policy).reference());
    match referral.stage {
        Stage::Awaited | Stage::UnderReview { .. } => lapse(&mut draft),
        Stage::Contract => unsigned(&mut draft),
        Stage::Submitted(_) => result_overdue(&mut draft),
    }
    Ok(draft.finish())
}

/// `P22.b`: made visible, once; the documents stay with the organisation.
fn result_overdue(draft: &mut Draft<'_>) {
    let Some(referral) = draft.application.referral.as_mut() else { return };
    let (organisation, id) = (referral.organisation, referral.id);
    let Stage::Submitted(submission) = &mut referral.stage else { return };
    submission.overdue = true;
    let due_at = submission.result_due;
    draft.fact(Fact::ResultOverdue { organisation, referral: id, due_at });
    follow(draft);
}

/// `P22.e`, **D-lapse**: the referral lapses.
pub(super) fn lapse(draft: &mut Draft<'_>) {
    let Some(referral) = draft.application.live_referral() else { return };
    let policy = &draft.world.pinned(&referral.policy).policy;
    draft.end_referral(ReferralStatus::Lapsed);
    match policy.lapse {
        Lapse::Archive => draft.archive(ArchiveReason::ReferralLapsed),
        Lapse::Return => return_entries(draft, None, ArchiveReason::ReferralLapsed, "P22.e"),
    }
}

/// The same if its validity is over without documents.
pub(super) fn lapse_if_over(draft: &mut Draft<'_>) {
    let now = draft.world.now;
    let over = |referral: &Referral| referral.stage == Stage::Awaited && referral.valid_until <= now;
    if draft.application.live_referral().is_some_and(over) {
        lapse(draft);
    }
}

/// The entries set aside return to their queues at their original instants; the one of the referral has ended, unless it is named
/// in `also`. A child that has become too old meanwhile is archived instead (`P11.b`), and so is an application with nothing to
/// return to.
pub(super) fn return_entries(draft: &mut Draft<'_>, also: Option<Bin>, if_none: ArchiveReason, rule: &'static str) {
    let returns = |entry: &&Entry| {
        entry.state == EntryState::Aside || entry.state == EntryState::Left && also == Some(entry.organisation)
    };
    let returning: Vec<Bin> =
        draft.application.entries.iter().filter(returns).map(|entry| entry.organisation).collect();
    let too_old = !draft.application.pmpc && age_out_at(&draft.application, draft.world) <= draft.world.now;
    if too_old && !returning.is_empty() {
        draft.archive(ArchiveReason::AgeLimit);
        return;
    }
    for organisation in returning {
        let number = draft.arrive(organisation, "resumed", rule);
        draft.fact(Fact::Resumed { organisation, number });
    }
    draft.application.status = Status::Queued;
    catch_up(&mut draft.application, draft.world);
    draft.archive_if_over(if_none);
}

/// An application with a referral isn't asked for its interest, and taking one has shown it: a question that came due or was
/// open meanwhile is passed by (`P15.a`). One that is still to come keeps its clock and its policy (`K5`).
fn catch_up(application: &mut Application, world: World<'_>) {
    let pinned = &world.pinned(&application.interest.policy).policy;
    let ask = terms::interest_instants(application.submitted_at, application.interest.year, pinned).ask;
    if application.interest.stage != InterestStage::Quiet || ask <= world.now {
        next_question(application, world);
    }
}
