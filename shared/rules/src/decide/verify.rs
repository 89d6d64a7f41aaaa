//! Verification (`P6.a`, `P6.b`, `P14`): what a register or an officer says of a benefit, and what then becomes of the
//! application. Until it is decided the application is in no queue; then it stands at its original instant.

use super::World;
use super::draft::Draft;
use super::register::queue_all;
use crate::application::{Application, Duty, Status};
use crate::policy::{OfficerScope, Policy, PolicyVersion, UnconfirmedBenefit};
use crate::queue::{Instant, Lane, Stream};
use crate::refusal::{Reason, Refusal};
use crate::step::{Fact, Snapshot, Step, Verifier};
use crate::terms;

/// What an officer decides (`P6.a`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OfficerDecision {
    /// The documents are complete and conform (`P6.d`).
    Confirm,
    /// Refused on one of the three grounds of `P5.e`.
    Refuse {
        /// 1 untrue, 2 not meeting the Rules, 3 no consent.
        ground: u8,
    },
}

/// Who verifies what a lane and a stream are asked for with, if it has to be: first-priority status is asked of the registers first
/// (`P6.b`), the rest is an officer's (`P6.a`) – and so is a child that no register knows by a number (`P5.c`), and, under
/// **D-officer** `all-lanes-with-documents`, whatever came with documents.
pub(super) fn verifier(
    lane: Lane,
    stream: &Stream,
    non_resident: bool,
    documented: bool,
    policy: &Policy,
) -> Option<Verifier> {
    let all_with_documents = policy.officer == OfficerScope::AllLanesWithDocuments;
    match lane {
        _ if *stream != Stream::General || all_with_documents && documented => Some(Verifier::Officer),
        Lane::OutOfTurn => Some(Verifier::Officer),
        Lane::FirstPriority if non_resident => Some(Verifier::Officer),
        Lane::FirstPriority => Some(Verifier::Register),
        Lane::General => None,
    }
}

/// Who verifies an application as it stands.
pub(super) fn verifier_of(application: &Application, policy: &Policy) -> Option<Verifier> {
    let Application { lane, stream, non_resident, documented, .. } = application;
    verifier(*lane, stream, *non_resident, *documented, policy)
}

/// The end of the time that a register (**D-register-wait**) or an officer (`P6.a`) has, counted from an instant's day.
pub(super) fn waiting_ends(from: Instant, by: Verifier, policy: &Policy, world: World<'_>) -> Instant {
    let working_days = match by {
        Verifier::Register => policy.register_wait_working_days,
        Verifier::Officer => policy.officer_working_days,
    };
    terms::duty_end(terms::working_days(world.calendar, terms::local_date(from), working_days))
}

/// What the first verification counts from, and the policy that governs it: the acceptance, or a benefit claimed since (`P13.3`).
pub(super) fn basis<'a>(application: &'a Application, world: World<'a>) -> (Instant, &'a PolicyVersion) {
    let claimed = application.claim.as_ref().map(|claim| (claim.since, &claim.policy));
    let (since, policy) = claimed.unwrap_or((application.accepted_at, &application.policy));
    (since, world.pinned(policy))
}

/// Starts the verification: first-priority status is asked of the registers (`P6.b`), the rest decided by an officer (`P6.a`).
pub(super) fn start_verification(draft: &mut Draft<'_>, by: Verifier) {
    let (since, version) = basis(&draft.application, draft.world);
    let due_at = waiting_ends(since, by, &version.policy, draft.world);
    draft.application.status = Status::Verifying;
    if by == Verifier::Officer {
        draft.open_duty(Duty::FirstCheck, since, due_at);
    }
    draft.fact(Fact::VerificationStarted { by, due_at });
}

/// The registers haven't answered in time: an officer has to decide, within the officer's own term (`P6.b`, `P6.a`).
pub(super) fn start_officer_instead(draft: &mut Draft<'_>) {
    let (since, version) = basis(&draft.application, draft.world);
    let waited = waiting_ends(since, Verifier::Register, &version.policy, draft.world);
    let due_at = waiting_ends(waited, Verifier::Officer, &version.policy, draft.world);
    draft.open_duty(Duty::FirstCheck, since, due_at);
    draft.fact(Fact::HandedToOfficer { due_at });
}

/// Whether a benefit that isn't confirmed on this ground leaves the application in the general lane (**D-unconfirmed-benefit**): never in
/// the special streams, which rest on their documents alone, and never without consent.
#[must_use]
pub(super) fn falls_to_general(application: &Application, ground: u8, policy: &Policy) -> bool {
    let general = policy.unconfirmed_benefit == UnconfirmedBenefit::General;
    general && ground != 3 && application.stream == Stream::General && application.lane != Lane::General
}

/// The registers have answered (`P6.b`).
///
/// # Errors
/// The application isn't waiting for a register any more.
pub fn register_answered(snapshot: Snapshot, confirmed: bool, world: World<'_>) -> Result<Step, Refusal> {
    let application = &snapshot.application;
    // A special or sanatorium application is an officer's to decide, whatever its lane (`P6.a`).
    let by_register = verifier_of(application, &basis(application, world).1.policy) == Some(Verifier::Register);
    if application.status != Status::Verifying || !by_register {
        return Err(Refusal::state("not-waiting-for-decision", "P6.b"));
    }
    let mut draft = Draft::new(snapshot, world);
    if confirmed {
        confirm(&mut draft, Verifier::Register);
    } else {
        unconfirmed(&mut draft, 1, Verifier::Register);
    }
    Ok(draft.finish())
}

/// An officer has decided (`P6.a`).
///
/// # Errors
/// No officer has it: it isn't being verified, or a register is waited for (`P6.b`); or the ground isn't one of `P5.e`.
pub fn decide_by_officer(snapshot: Snapshot, decision: OfficerDecision, world: World<'_>) -> Result<Step, Refusal> {
    if snapshot.application.status != Status::Verifying || snapshot.application.duty(Duty::FirstCheck).is_none() {
        return Err(Refusal::state("not-waiting-for-decision", "P6.a"));
    }
    let mut draft = Draft::new(snapshot, world);
    match decision {
        OfficerDecision::Confirm => confirm(&mut draft, Verifier::Officer),
        OfficerDecision::Refuse { ground: ground @ 1..=3 } => unconfirmed(&mut draft, ground, Verifier::Officer),
        OfficerDecision::Refuse { .. } => {
            return Err(Refusal::rules(vec![Reason::new("ground-unknown", "P5.e").at("/ground")]));
        }
    }
    Ok(draft.finish())
}

fn confirm(draft: &mut Draft<'_>, by: Verifier) {
    draft.close_duty(Duty::FirstCheck);
    draft.fact(Fact::Confirmed { by });
    let rule = if draft.application.lane == Lane::OutOfTurn { "P10.c" } else { "P10.d" };
    queue_all(draft, "queued", rule);
}

/// `P14`: not confirmed is refused, or queued in the general lane at the original instant (**D-unconfirmed-benefit**).
fn unconfirmed(draft: &mut Draft<'_>, ground: u8, by: Verifier) {
    draft.close_duty(Duty::FirstCheck);
    let (_, version) = basis(&draft.application, draft.world);
    if falls_to_general(&draft.application, ground, &version.policy) {
        draft.stand_in_general();
        draft.fact(Fact::MovedToGeneral);
        queue_all(draft, "queued", "P14");
    } else {
        draft.refuse(Fact::Refused { ground, by });
    }
}

/// A decision is overdue: it is made visible, never an automatic approval (`P6.a`).
///
/// # Errors
/// Nothing is overdue.
pub fn mark_overdue(snapshot: Snapshot, duty: Duty, world: World<'_>) -> Result<Step, Refusal> {
    match snapshot.application.duty(duty).copied() {
        Some(open) if open.due_at <= world.now && !open.overdue => {
            let mut draft = Draft::new(snapshot, world);
            draft.mark_overdue(duty);
            draft.fact(Fact::Overdue { due_at: open.due_at });
            Ok(draft.finish())
        }
        _ => Err(Refusal::state("nothing-due", "P6.a")),
    }
}
