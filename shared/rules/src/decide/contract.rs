//! The electronic contract (`P22.d`, `P12`, `P23.c`): formed by the organisation, signed by the applicant or not in time, terminated, and
//! the end of a temporary place. Whether a signature is good is for the service that checks it to say.

use super::World;
use super::draft::Draft;
use super::enrol::set_stage;
use super::referral::{lapse, return_entries};
use crate::application::{
    Application, ArchiveReason, Contract, ContractStatus, Duty, ReferralStatus, SignatureMeans, Stage, Status,
};
use crate::policy::Temporary;
use crate::queue::{Instant, Lane};
use crate::refusal::Refusal;
use crate::seat::SeatState;
use crate::step::{Fact, Snapshot, Step};
use crate::terms;

/// Forms the contract (`P22.d`); the applicant has a term to sign it (**D-signature**).
pub(super) fn form(draft: &mut Draft<'_>) {
    let Some(referral) = draft.application.live_referral() else { return };
    let policy = &draft.world.pinned(&referral.policy).policy;
    let (organisation, seat, id) = (referral.organisation, referral.seat, referral.id);
    let now = draft.world.now;
    draft.application.temporary = draft.application.live_contract().cloned();
    let last = terms::working_days(draft.world.calendar, terms::local_date(now), policy.signature_working_days);
    let sign_by = terms::end_of(last, policy.term_end);
    draft.application.contract = Some(Contract {
        organisation,
        seat,
        referral: id,
        formed_at: now,
        sign_by,
        status: ContractStatus::Formed,
        signed_at: None,
        means: None,
        temporary_until: draft.seat(seat).and_then(|seat| seat.vacancy.temporary_until),
    });
    set_stage(draft, Stage::Contract);
    draft.fact(Fact::ContractFormed { organisation, referral: id, sign_by });
}

/// The contract that waits for its signature; none once the term to sign it is over.
#[must_use]
pub fn contract_to_sign(application: &Application, now: Instant) -> Option<&Contract> {
    let referral = application.live_referral().filter(|referral| referral.stage == Stage::Contract)?;
    let contract = application.contract.as_ref()?;
    let waits = contract.status == ContractStatus::Formed && contract.referral == referral.id && now < contract.sign_by;
    waits.then_some(contract)
}

/// The applicant has signed the contract (`P22.d`). A permanent place archives the application and keeps the child's lock until the
/// contract is terminated (`P12`), with the benefit it was got by (`P23.a`). From a temporary one the child returns to its queues, at once
/// or when it ends (**D-temporary**).
///
/// # Errors
/// No contract waits for a signature.
pub fn sign(snapshot: Snapshot, means: SignatureMeans, world: World<'_>) -> Result<Step, Refusal> {
    if contract_to_sign(&snapshot.application, world.now).is_none() {
        return Err(Refusal::state("contract-not-formed", "P22.d"));
    }
    let mut draft = Draft::new(snapshot, world);
    let application = &mut draft.application;
    let (Some(contract), Some(referral)) = (application.contract.as_mut(), application.referral.as_mut()) else {
        return Err(Refusal::state("contract-not-formed", "P22.d"));
    };
    contract.status = ContractStatus::Signed;
    contract.signed_at = Some(world.now);
    contract.means = Some(means);
    referral.status = ReferralStatus::Used;
    referral.second_check = None;
    referral.extension_asked = None;
    application.temporary = None;
    let (organisation, seat, id, until) = (contract.organisation, contract.seat, referral.id, contract.temporary_until);
    let version = world.pinned(&referral.policy);
    let filled = SeatState::Filled { application: application.id, referral: id };
    draft.under(version.reference());
    draft.set_seat(seat, filled);
    [Duty::SecondCheck, Duty::Extension, Duty::Review].into_iter().for_each(|duty| draft.close_duty(duty));
    draft.fact(Fact::ContractSigned { organisation, referral: id, temporary_until: until });
    // Signed after its last day, it is over at once.
    let over = temporary_end(&draft.application).is_some_and(|end| end <= world.now);
    match (until, version.policy.temporary) {
        (None, _) => enrolled(&mut draft),
        (Some(_), Temporary::AtEnd) if !over => draft.application.status = Status::Enrolled,
        (Some(_), Temporary::AtOnce | Temporary::AtEnd) => {
            return_entries(&mut draft, Some(organisation), ArchiveReason::Enrolled, "P23.c");
        }
    }
    if over && draft.application.status.is_live() {
        end(&mut draft);
        draft.fact(Fact::TemporaryEnded { organisation });
    }
    Ok(draft.finish())
}

fn enrolled(draft: &mut Draft<'_>) {
    let by_benefit = draft.application.lane != Lane::General;
    draft.archive(ArchiveReason::Enrolled);
    if by_benefit {
        draft.use_benefit();
    } else {
        draft.keep_lock();
    }
}

/// The term to sign is over (**D-signature**): the referral lapses as one without documents (`P22.e`).
pub(super) fn unsigned(draft: &mut Draft<'_>) {
    let Some(referral) = draft.application.live_referral() else { return };
    let unsigned = Fact::ContractUnsigned { organisation: referral.organisation, referral: referral.id };
    draft.fact(unsigned);
    lapse(draft);
}

/// The applicant terminates the contract (`P12`): a new application of the child is free to be made. Out of a temporary place the child
/// returns to its queues at once.
///
/// # Errors
/// No contract is in force.
pub fn terminate(snapshot: Snapshot, world: World<'_>) -> Result<Step, Refusal> {
    let ended = temporary_end(&snapshot.application).is_some_and(|end| end <= world.now);
    let Some(contract) = snapshot.application.live_contract().filter(|_| !ended) else {
        return Err(Refusal::state("contract-not-in-force", "P12"));
    };
    let (organisation, permanent) = (contract.organisation, contract.temporary_until.is_none());
    let mut draft = Draft::new(snapshot, world);
    end(&mut draft);
    draft.fact(Fact::ContractTerminated { organisation });
    if permanent {
        draft.release_lock();
    } else if draft.application.status == Status::Enrolled {
        return_entries(&mut draft, Some(organisation), ArchiveReason::Enrolled, "P12");
    }
    Ok(draft.finish())
}

fn end(draft: &mut Draft<'_>) {
    if draft.application.temporary.take().is_some() {
        return;
    }
    if let Some(contract) = draft.application.contract.as_mut() {
        contract.status = ContractStatus::Terminated;
    }
}

/// When the temporary place ends that an application has by a contract in force: after its last day (`P23.c`).
pub(super) fn temporary_end(application: &Application) -> Option<Instant> {
    let until = application.live_contract()?.temporary_until?;
    Some(terms::start_of_day(terms::calendar_days(until, 1)))
}

/// A temporary place has ended: a child that isn't in its queues yet returns to them (**D-temporary** `at-end`).
pub(super) fn end_temporary(draft: &mut Draft<'_>) {
    let Some(organisation) = draft.application.live_contract().map(|contract| contract.organisation) else { return };
    end(draft);
    draft.fact(Fact::TemporaryEnded { organisation });
    if draft.application.status == Status::Enrolled {
        return_entries(draft, Some(organisation), ArchiveReason::Enrolled, "P23.c");
    }
}
