//! The officer's decision on whatever waits for one (`P6.a`, `P13.3`, `P14`, `P25.b`): which duty it means, the lane in which ranks
//! are to be looked up for it, and the hand-over to the rule that decides.

use super::World;
use super::claim::{decide_claim, lane_after_claim};
use super::extend::decide_extension;
use super::second_check::decide_second_check;
use super::verify::{OfficerDecision, basis, decide_by_officer, falls_to_general};
use crate::application::{Application, Duty};
use crate::queue::Lane;
use crate::refusal::Refusal;
use crate::step::{Snapshot, Step};

/// The duty that a decision means: the one named, or the first that is open. A refusal of an organisation is reviewed by a decision
/// of its own.
#[must_use]
pub fn duty_meant(application: &Application, named: Option<Duty>) -> Option<Duty> {
    let open = Duty::ALL.into_iter().filter(|duty| *duty != Duty::Review && application.duty(*duty).is_some());
    open.into_iter().find(|duty| named.is_none_or(|named| named == *duty))
}

/// The lane in which the application stands after a decision: its ranks are looked up there before it is decided.
#[must_use]
pub fn lane_after(application: &Application, duty: Duty, decision: OfficerDecision, world: World<'_>) -> Lane {
    match (duty, decision) {
        (Duty::FirstCheck | Duty::SecondCheck, OfficerDecision::Refuse { ground }) => {
            lane_if_refused(application, ground, world)
        }
        (Duty::Claim, decision) => lane_after_claim(application, decision == OfficerDecision::Confirm),
        _ => application.lane,
    }
}

/// The lane in which the application stands if a register doesn't confirm what it is asked.
#[must_use]
pub fn lane_if_unconfirmed(application: &Application, world: World<'_>) -> Lane {
    lane_if_refused(application, 1, world)
}

fn lane_if_refused(application: &Application, ground: u8, world: World<'_>) -> Lane {
    // The check after the referral is governed by the referral's policy (`K5`).
    let referral = application.live_referral();
    let version = referral.map_or_else(|| basis(application, world).1, |referral| world.pinned(&referral.policy));
    let falls = falls_to_general(application, ground, &version.policy);
    if falls { Lane::General } else { application.lane }
}

/// Decides a duty.
///
/// # Errors
/// It isn't open, or the rule that decides it refuses.
pub fn decide_duty(
    snapshot: Snapshot,
    duty: Option<Duty>,
    decision: OfficerDecision,
    world: World<'_>,
) -> Result<Step, Refusal> {
    match duty_meant(&snapshot.application, duty) {
        Some(Duty::FirstCheck) | None => decide_by_officer(snapshot, decision, world),
        Some(Duty::SecondCheck) => decide_second_check(snapshot, decision, world),
        Some(Duty::Extension) => decide_extension(snapshot, decision, world),
        Some(Duty::Claim) => decide_claim(snapshot, decision, world),
        Some(Duty::Review) => Err(Refusal::state("not-waiting-for-decision", "P6.a")),
    }
}
