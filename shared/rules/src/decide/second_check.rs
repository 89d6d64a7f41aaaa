//! The second verification (`P14`, `P16.5`): after the referral was issued the documents that a lane or a special stream rests on are verified again, by a
//! register or an officer (**D-second-check**). What isn't confirmed revokes the referral, and the place goes on.

use super::World;
use super::draft::Draft;
use super::referral::return_entries;
use super::verify::{OfficerDecision, falls_to_general, verifier_of};
use crate::application::{Application, ArchiveReason, Duty, ReferralStatus, SecondCheck};
use crate::policy::Policy;
use crate::queue::{Lane, Stream};
use crate::refusal::{Reason, Refusal};
use crate::step::{Fact, Snapshot, Step, Verifier};
use crate::terms;

/// Starts the second check of a referral that was issued in this step. The general lane of the general stream rests on no document.
pub(super) fn start_second_check(draft: &mut Draft<'_>, policy: &Policy) {
    if draft.application.lane == Lane::General && draft.application.stream == Stream::General {
        return;
    }
    let now = draft.world.now;
    let day = terms::working_days(draft.world.calendar, terms::local_date(now), policy.second_check_working_days);
    let due_at = terms::duty_end(day);
    let by_register = verifier_of(&draft.application, policy) == Some(Verifier::Register);
    if let Some(referral) = &mut draft.application.referral {
        referral.second_check = Some(SecondCheck { due_at, by_register });
    }
    if !by_register {
        draft.open_duty(Duty::SecondCheck, now, due_at);
    }
    let by = if by_register { Verifier::Register } else { Verifier::Officer };
    draft.fact(Fact::SecondCheckStarted { by, due_at });
}

/// The registers were silent for too long: an officer has to decide, within the officer's own term (`P6.a`).
pub(super) fn hand_second_check_over(draft: &mut Draft<'_>) {
    let Some(referral) = draft.application.live_referral() else { return };
    let Some(check) = referral.second_check else { return };
    let (issued_at, policy) = (referral.issued_at, &draft.world.pinned(&referral.policy).policy);
    let waited = terms::local_date(check.due_at);
    let due_at = terms::duty_end(terms::working_days(draft.world.calendar, waited, policy.officer_working_days));
    draft.open_duty(Duty::SecondCheck, issued_at, due_at);
    draft.fact(Fact::HandedToOfficer { due_at });
}

/// Whether a register is waited for: its answer decides only while no officer has the check.
#[must_use]
pub fn second_check_waits_for_register(application: &Application) -> bool {
    let check = application.live_referral().and_then(|referral| referral.second_check);
    check.is_some_and(|check| check.by_register) && application.duty(Duty::SecondCheck).is_none()
}

/// The registers have answered the second check.
///
/// # Errors
/// No register is waited for.
pub fn second_check_answered(snapshot: Snapshot, confirmed: bool, world: World<'_>) -> Result<Step, Refusal> {
    if !second_check_waits_for_register(&snapshot.application) {
        return Err(Refusal::state("not-waiting-for-decision", "P14"));
    }
    let mut draft = Draft::new(snapshot, world);
    decide(&mut draft, if confirmed { None } else { Some(1) }, Verifier::Register);
    Ok(draft.finish())
}

/// An officer has decided the second check.
///
/// # Errors
/// No officer has it, or the ground isn't one of `P5.e`.
pub fn decide_second_check(snapshot: Snapshot, decision: OfficerDecision, world: World<'_>) -> Result<Step, Refusal> {
    if snapshot.application.duty(Duty::SecondCheck).is_none() {
        return Err(Refusal::state("not-waiting-for-decision", "P14"));
    }
    let failed = match decision {
        OfficerDecision::Confirm => None,
        OfficerDecision::Refuse { ground: ground @ 1..=3 } => Some(ground),
        OfficerDecision::Refuse { .. } => {
            return Err(Refusal::rules(vec![Reason::new("ground-unknown", "P5.e").at("/ground")]));
        }
    };
    let mut draft = Draft::new(snapshot, world);
    decide(&mut draft, failed, Verifier::Officer);
    Ok(draft.finish())
}

/// Confirmed, the check is over. If it failed on a ground, the referral is revoked and **D-unconfirmed-benefit** says what becomes of
/// the application: refused, or back in the general lane at its instants, the referral's own organisation included.
fn decide(draft: &mut Draft<'_>, failed: Option<u8>, by: Verifier) {
    draft.close_duty(Duty::SecondCheck);
    let Some(referral) = draft.application.referral.as_mut() else { return };
    referral.second_check = None;
    let (organisation, version) = (referral.organisation, draft.world.pinned(&referral.policy));
    draft.under(version.reference());
    let Some(ground) = failed else {
        draft.fact(Fact::SecondCheckConfirmed { by });
        return;
    };
    draft.fact(Fact::SecondCheckFailed { ground, by });
    draft.end_referral(ReferralStatus::Revoked);
    if falls_to_general(&draft.application, ground, &version.policy) {
        draft.stand_in_general();
        draft.fact(Fact::MovedToGeneral);
        return_entries(draft, Some(organisation), ArchiveReason::Refused, "P14");
    } else {
        draft.refuse(Fact::Refused { ground, by });
    }
}
