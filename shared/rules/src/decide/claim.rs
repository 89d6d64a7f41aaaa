//! A benefit claimed or given up after the submission (`P13.3`, `P23.b`): what is lost is lost at once, what is gained waits for its
//! verification. Until an application is queued a new claim simply takes the place of the old one. Entries that move to another
//! lane keep their instants.

use super::World;
use super::benefit::{NONE, Right};
use super::documents::has_pmpc;
use super::draft::Draft;
use super::register::admit;
use super::verify::{OfficerDecision, verifier, waiting_ends};
use crate::application::{Application, Claim, Document, Duty, EntryState, Status};
use crate::queue::{Instant, Lane};
use crate::refusal::{Reason, Refusal};
use crate::step::{Fact, Snapshot, Step, Verifier};
use crate::terms;

/// The application asks for another right from now on.
pub(super) fn change_right(draft: &mut Draft<'_>, right: Right, documents: &[Document], benefit_used: bool) {
    draft.application.pmpc |= has_pmpc(documents);
    draft.application.documented |= !documents.is_empty();
    let lane = right.lane(benefit_used);
    match draft.application.status {
        Status::Accepted => replace(draft, right, benefit_used),
        Status::Verifying => {
            replace(draft, right, benefit_used);
            verify_again(draft);
        }
        _ if right == Right::of(&draft.application) => drop_claim(draft),
        _ if lane == Lane::General => {
            drop_claim(draft);
            give_up(draft, right, benefit_used);
        }
        _ => claim(draft, right, lane, documents),
    }
}

/// In no queue yet: the new claim is the only one.
fn replace(draft: &mut Draft<'_>, right: Right, benefit_used: bool) {
    let application = &mut draft.application;
    (application.benefit, application.relocation) = (right.benefit, right.relocation);
    application.lane = right.lane(benefit_used);
    tell(draft, right, benefit_used);
}

/// The verification begins again, and with it its term; what needs none is queued (`P6.c`).
fn verify_again(draft: &mut Draft<'_>) {
    draft.close_duty(Duty::FirstCheck);
    let right = Right::of(&draft.application);
    draft.application.claim = Some(new_claim(draft, right, false));
    admit(draft);
}

fn tell(draft: &mut Draft<'_>, right: Right, benefit_used: bool) {
    let Right { benefit, relocation } = right;
    draft.fact(match draft.application.lane {
        Lane::General if right.is_used_up(benefit_used) => Fact::BenefitUsed,
        Lane::General => Fact::LaneChanged { lane: Lane::General, benefit },
        _ => Fact::BenefitClaimed { benefit, relocation },
    });
}

/// Lost at once (`P13.3`), or of no use (`P23.a`): the general lane.
fn give_up(draft: &mut Draft<'_>, right: Right, benefit_used: bool) {
    (draft.application.benefit, draft.application.relocation) = (right.benefit, right.relocation);
    if draft.application.lane == Lane::General {
        tell(draft, right, benefit_used);
    } else {
        change_lane(draft, Lane::General);
    }
}

/// Gained after its verification only. A claim for a lower lane gives up the present one at once.
fn claim(draft: &mut Draft<'_>, right: Right, lane: Lane, documents: &[Document]) {
    drop_claim(draft);
    if lane > draft.application.lane {
        fall(draft);
    }
    let version = draft.world.policy(draft.application.settlement);
    let application = &draft.application;
    let by = verifier(lane, &application.stream, application.non_resident, !documents.is_empty(), &version.policy);
    let by = by.unwrap_or(Verifier::Officer);
    let made = new_claim(draft, right, by == Verifier::Register);
    let since = made.since;
    let due_at = waiting_ends(since, by, &version.policy, draft.world);
    draft.application.claim = Some(made);
    draft.fact(Fact::BenefitClaimed { benefit: right.benefit, relocation: right.relocation });
    if by == Verifier::Officer {
        draft.open_duty(Duty::Claim, since, due_at);
    }
    draft.fact(Fact::VerificationStarted { by, due_at });
}

/// A claim of now: its term counts from working time (`P5.b`), under the policy now in force (`K5`).
fn new_claim(draft: &Draft<'_>, right: Right, by_register: bool) -> Claim {
    let version = draft.world.policy(draft.application.settlement);
    Claim {
        benefit: right.benefit,
        relocation: right.relocation,
        since: terms::acceptance(draft.world.calendar, &version.policy, draft.world.now),
        by_register,
        policy: version.reference(),
    }
}

/// A claim ends undecided: another took its place, or a referral was issued.
pub(super) fn drop_claim(draft: &mut Draft<'_>) {
    draft.close_duty(Duty::Claim);
    if draft.application.claim.take().is_some() {
        draft.fact(Fact::ClaimDropped);
    }
}

/// Without a benefit from now on.
fn fall(draft: &mut Draft<'_>) {
    draft.application.benefit = NONE;
    draft.application.relocation = false;
    change_lane(draft, Lane::General);
}

/// Whatever waits or rests moves to the lane at its instant; what is offered, suspended or set aside takes it when it returns.
fn change_lane(draft: &mut Draft<'_>, lane: Lane) {
    if lane == draft.application.lane {
        return;
    }
    draft.fact(Fact::LaneChanged { lane, benefit: draft.application.benefit });
    for organisation in draft.organisations() {
        let state = draft.application.entry(organisation).map(|entry| &entry.state);
        if matches!(state, Some(EntryState::Waiting | EntryState::Dormant)) {
            let number = draft.move_entry(organisation, lane, "lane-changed", "P13.3");
            draft.fact(Fact::Moved { organisation, number });
        }
    }
    draft.application.lane = lane;
}

/// Whether a register is waited for: its answer decides only while no officer has the claim.
#[must_use]
pub fn claim_waits_for_register(application: &Application) -> bool {
    let claimed = application.claim.as_ref().is_some_and(|claim| claim.by_register);
    claimed && application.status == Status::Queued && application.duty(Duty::Claim).is_none()
}

/// When a register's time for a claim is over, while no officer has it (**D-register-wait**).
pub(super) fn claim_wait_ends(application: &Application, world: World<'_>) -> Option<Instant> {
    let claim = application.claim.as_ref().filter(|_| claim_waits_for_register(application))?;
    let policy = &world.pinned(&claim.policy).policy;
    Some(waiting_ends(claim.since, Verifier::Register, policy, world))
}

/// The registers were silent for too long: an officer has to decide on the claim, within the officer's own term (`P6.b`).
pub(super) fn hand_claim_over(draft: &mut Draft<'_>) {
    let Some(claim) = draft.application.claim.as_ref() else { return };
    let (since, policy) = (claim.since, &draft.world.pinned(&claim.policy).policy);
    let waited = waiting_ends(since, Verifier::Register, policy, draft.world);
    let due_at = waiting_ends(waited, Verifier::Officer, policy, draft.world);
    draft.open_duty(Duty::Claim, since, due_at);
    draft.fact(Fact::HandedToOfficer { due_at });
}

/// The lane in which the application stands after a claim is answered: its ranks are looked up there before.
#[must_use]
pub fn lane_after_claim(application: &Application, confirmed: bool) -> Lane {
    match &application.claim {
        Some(claim) if confirmed => claim.lane(),
        Some(claim) if claim.lane() == application.lane => Lane::General,
        _ => application.lane,
    }
}

/// A register or an officer has answered a claim: `Err` with the ground (`P5.e`) if it isn't confirmed. Then nothing but the claim
/// ends; only if it was to replace a category of the same lane, that one was given up for it.
///
/// # Errors
/// No one waits for this answer.
pub fn claim_answered(
    snapshot: Snapshot,
    answer: Result<(), u8>,
    by: Verifier,
    world: World<'_>,
) -> Result<Step, Refusal> {
    let application = &snapshot.application;
    let awaited = match by {
        Verifier::Register => claim_waits_for_register(application),
        Verifier::Officer => application.duty(Duty::Claim).is_some(),
    };
    let Some(claim) = application.claim.clone().filter(|_| awaited) else {
        return Err(Refusal::state("not-waiting-for-decision", "P13.3"));
    };
    let replaces = claim.lane() == application.lane;
    let mut draft = Draft::new(snapshot, world);
    draft.under(claim.policy.clone());
    draft.close_duty(Duty::Claim);
    draft.application.claim = None;
    match answer {
        Ok(()) => {
            draft.fact(Fact::Confirmed { by });
            (draft.application.benefit, draft.application.relocation) = (claim.benefit, claim.relocation);
            change_lane(&mut draft, claim.lane());
        }
        Err(ground) => {
            draft.fact(Fact::ClaimRefused { ground, by });
            if replaces {
                fall(&mut draft);
            }
        }
    }
    Ok(draft.finish())
}

/// An officer has decided on a claim.
///
/// # Errors
/// No officer has it, or the ground isn't one of `P5.e`.
pub fn decide_claim(snapshot: Snapshot, decision: OfficerDecision, world: World<'_>) -> Result<Step, Refusal> {
    let answer = match decision {
        OfficerDecision::Confirm => Ok(()),
        OfficerDecision::Refuse { ground: ground @ 1..=3 } => Err(ground),
        OfficerDecision::Refuse { .. } => {
            return Err(Refusal::rules(vec![Reason::new("ground-unknown", "P5.e").at("/ground")]));
        }
    };
    claim_answered(snapshot, answer, Verifier::Officer, world)
}
