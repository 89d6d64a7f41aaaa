//! What a register is asked about an application (`P6.b`, `P13.3`, `P14`), the lane in which ranks are to be looked up for its answer,
//! and the hand-over of the answer to the rule that decides.

use super::World;
use super::claim::{claim_answered, claim_waits_for_register, lane_after_claim};
use super::duty::lane_if_unconfirmed;
use super::second_check::{second_check_answered, second_check_waits_for_register};
use super::verify::register_answered;
use crate::application::{Application, Duty, Status};
use crate::queue::Lane;
use crate::refusal::Refusal;
use crate::step::{Snapshot, Step, Verifier};

/// The check that waits for a register; once an officer has it, the officer decides.
#[must_use]
pub fn waits_for_register(application: &Application) -> Option<Duty> {
    if application.status == Status::Verifying {
        return application.duty(Duty::FirstCheck).is_none().then_some(Duty::FirstCheck);
    }
    if claim_waits_for_register(application) {
        return Some(Duty::Claim);
    }
    second_check_waits_for_register(application).then_some(Duty::SecondCheck)
}

/// The benefit category that the registers are asked about.
#[must_use]
pub fn benefit_asked(application: &Application) -> u8 {
    let claimed = application.claim.as_ref().filter(|_| claim_waits_for_register(application));
    claimed.map_or(application.benefit, |claim| claim.benefit)
}

/// The lane in which the application stands after the register's answer: its ranks are looked up there before it is decided.
#[must_use]
pub fn lane_after_register(application: &Application, confirmed: bool, world: World<'_>) -> Lane {
    match waits_for_register(application) {
        Some(Duty::Claim) => lane_after_claim(application, confirmed),
        Some(_) if !confirmed => lane_if_unconfirmed(application, world),
        _ => application.lane,
    }
}

/// A register has answered: to the check that waits for it.
///
/// # Errors
/// None waits for a register any more.
pub fn register_says(snapshot: Snapshot, confirmed: bool, world: World<'_>) -> Result<Step, Refusal> {
    match waits_for_register(&snapshot.application) {
        Some(Duty::Claim) => {
            claim_answered(snapshot, if confirmed { Ok(()) } else { Err(1) }, Verifier::Register, world)
        }
        Some(Duty::SecondCheck) => second_check_answered(snapshot, confirmed, world),
        _ => register_answered(snapshot, confirmed, world),
    }
}
