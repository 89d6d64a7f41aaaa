//! The referral's end without a contract: cancelled by the applicant (`P25.a`) or lapsed (`P22.e`). The seat goes to the next.

use chrono::TimeDelta;

use super::World;
use super::clocks::age_out_at;
use super::draft::Draft;
use super::interest::next_question;
use crate::application::{Application, ArchiveReason, EntryState, InterestStage, ReferralStatus, Status};
use crate::ids::{Bin, SeatId};
use crate::policy::{Cancel, Lapse};
use crate::refusal::Refusal;
use crate::seat::SeatState;
use crate::step::{Fact, Snapshot, Step};
use crate::terms;

/// The applicant cancels the referral, within 24 hours of its issue (`P25.a`, elapsed time).
///
/// # Errors
/// There is no referral in force, or the time is over.
pub fn cancel_referral(snapshot: Snapshot, world: World<'_>) -> Result<Step, Refusal> {
    let Some(referral) = snapshot.application.live_referral() else {
        return Err(Refusal::state("no-referral", "P25.a"));
    };
    let version = world.pinned(&referral.policy);
    let until = referral.issued_at + TimeDelta::hours(i64::from(version.policy.cancel_hours));
    if until <= world.now || referral.valid_until <= world.now {
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

/// The referral's validity is over without documents (`P22.e`).
///
/// # Errors
/// Nothing is due on this seat.
pub fn lapse_referral(snapshot: Snapshot, seat: SeatId, world: World<'_>) -> Result<Step, Refusal> {
    let due = snapshot.application.live_referral().filter(|referral| {
        let held =
            snapshot.seats.iter().any(|held| held.id == seat && matches!(held.state, SeatState::Referred { .. }));
        held && referral.seat == seat && referral.valid_until <= world.now
    });
    let Some(referral) = due else { return Err(Refusal::state("nothing-due", "P22.e")) };
    let version = world.pinned(&referral.policy);
    let mut draft = Draft::new(snapshot, world);
    draft.under(version.reference());
    draft.end_referral(ReferralStatus::Lapsed);
    match version.policy.lapse {
        Lapse::Archive => draft.archive(ArchiveReason::ReferralLapsed),
        Lapse::Return => return_entries(&mut draft, None, ArchiveReason::ReferralLapsed, "P22.e"),
    }
    Ok(draft.finish())
}

/// The entries set aside return to their queues at their original instants; the one of the referral has ended, unless it is named
/// in `also`. A child that has become too old meanwhile is archived instead (`P11.b`), and so is an application with nothing to
/// return to.
pub(super) fn return_entries(draft: &mut Draft<'_>, also: Option<Bin>, if_none: ArchiveReason, rule: &'static str) {
    if !draft.application.pmpc && age_out_at(&draft.application, draft.world) <= draft.world.now {
        draft.archive(ArchiveReason::AgeLimit);
        return;
    }
    for organisation in draft.organisations() {
        let state = draft.application.entry(organisation).map(|entry| &entry.state);
        if state == Some(&EntryState::Aside) || state == Some(&EntryState::Left) && also == Some(organisation) {
            let number = draft.arrive(organisation, "resumed", rule);
            draft.fact(Fact::Resumed { organisation, number });
        }
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
