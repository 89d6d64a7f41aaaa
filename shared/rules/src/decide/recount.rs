//! The calendar was patched (`C3`): the open deadlines of an application that count working days are counted again from their basis.
//! What was told to the applicant is never shortened, an officer's term among it; duties that it wasn't told of follow the calendar both
//! ways.

use chrono::NaiveDate;

use super::World;
use super::asked::waits_for_register;
use super::clocks::next_clock;
use super::draft::Draft;
use super::verify::{basis, verifier_of};
use crate::application::{Application, Contract, ContractStatus, Duty, EntryState, OpenDuty, Referral, Stage, Status};
use crate::ids::Bin;
use crate::policy::{Policy, PolicyRef};
use crate::queue::Instant;
use crate::refusal::Refusal;
use crate::seat::SeatState;
use crate::step::{Fact, Snapshot, Step, Verifier};
use crate::terms;

/// Counts the open deadlines of an application again.
///
/// # Errors
/// None of them moves.
pub fn recount(snapshot: Snapshot, world: World<'_>) -> Result<Step, Refusal> {
    recount_listed(snapshot, None, world)
}

/// The same, of an application that the agenda lists at an instant: a register's time isn't stored but counted whenever it is asked for,
/// so only there can be seen that it moved (`P6.b`, `P13.3`).
///
/// # Errors
/// None of them moves.
pub fn recount_listed(snapshot: Snapshot, listed: Option<Instant>, world: World<'_>) -> Result<Step, Refusal> {
    let mut draft = Draft::new(snapshot, world);
    let moved = [
        acceptance(&mut draft),
        duties(&mut draft),
        suspensions(&mut draft),
        validity(&mut draft),
        second_check(&mut draft),
        result(&mut draft),
        signature(&mut draft),
        register_wait(&mut draft, listed),
    ];
    if moved.contains(&true) { Ok(draft.finish()) } else { Err(Refusal::state("nothing-due", "C3")) }
}

fn pinned<'a>(draft: &Draft<'a>, policy: &PolicyRef) -> &'a Policy {
    &draft.world.pinned(policy).policy
}

fn duty_end(draft: &Draft<'_>, from: NaiveDate, days: u32) -> Instant {
    terms::duty_end(terms::working_days(draft.world.calendar, from, days))
}

/// Reports a deadline that moved.
fn report(draft: &mut Draft<'_>, deadline: &str, from: Instant, to: Instant) -> bool {
    draft.fact(Fact::DeadlineMoved { deadline: deadline.to_owned(), from, to });
    true
}

/// `P5.b`: the start of working time at which it is accepted.
fn acceptance(draft: &mut Draft<'_>) -> bool {
    let application = &draft.application;
    if application.status != Status::Accepted {
        return false;
    }
    let policy = pinned(draft, &application.policy);
    let (told, counted) =
        (application.accepted_at, terms::acceptance(draft.world.calendar, policy, application.submitted_at));
    if counted <= told {
        return false;
    }
    draft.application.accepted_at = counted;
    report(draft, "acceptance", told, counted)
}

/// `P6.b`, `P13.3`: the time that a register has for the first check or a claim. By the step it comes to be listed where it ends now.
fn register_wait(draft: &mut Draft<'_>, listed: Option<Instant>) -> bool {
    let waits = matches!(waits_for_register(&draft.application), Some(Duty::FirstCheck | Duty::Claim));
    let next = next_clock(&draft.application, draft.world).map(|(at, _)| at);
    match (listed, next) {
        (Some(told), Some(counted)) if waits && told != counted => report(draft, "register-wait", told, counted),
        _ => false,
    }
}

/// What officers have to decide. Of a check that is theirs from the start the applicant was told by when (`P16.5`).
fn duties(draft: &mut Draft<'_>) -> bool {
    let mut moved = false;
    for open in draft.application.duties.clone() {
        let told = is_told(draft, open.duty);
        let moves = |due_at: &Instant| if told { *due_at > open.due_at } else { *due_at != open.due_at };
        let Some(due_at) = duty_due(draft, &open).filter(moves) else { continue };
        draft.open_duty(open.duty, open.since, due_at);
        moved |= report(draft, open.duty.as_str(), open.due_at, due_at);
    }
    moved
}

/// Whether a register was asked before an officer had the duty.
fn waited_for_register(draft: &Draft<'_>, duty: Duty) -> bool {
    let application = &draft.application;
    match duty {
        Duty::FirstCheck => {
            let policy = &basis(application, draft.world).1.policy;
            verifier_of(application, policy) == Some(Verifier::Register)
        }
        Duty::Claim => application.claim.as_ref().is_some_and(|claim| claim.by_register),
        Duty::SecondCheck => {
            let check = application.live_referral().and_then(|referral| referral.second_check);
            check.is_some_and(|check| check.by_register)
        }
        Duty::Extension | Duty::Review => false,
    }
}

/// Whether the applicant was told when a duty is due.
fn is_told(draft: &Draft<'_>, duty: Duty) -> bool {
    matches!(duty, Duty::FirstCheck | Duty::Claim | Duty::SecondCheck) && !waited_for_register(draft, duty)
}

/// When a duty is due by the calendar of now: one term, or two if a register had the first.
fn duty_due(draft: &Draft<'_>, open: &OpenDuty) -> Option<Instant> {
    let application = &draft.application;
    let waited = waited_for_register(draft, open.duty);
    let since = terms::local_date(open.since);
    let after = |days: u32| terms::working_days(draft.world.calendar, since, days);
    let of_referral = || application.live_referral().map(|referral| pinned(draft, &referral.policy));
    Some(match open.duty {
        Duty::FirstCheck => {
            let policy = &basis(application, draft.world).1.policy;
            let from = if waited { after(policy.register_wait_working_days) } else { since };
            duty_end(draft, from, policy.officer_working_days)
        }
        Duty::Claim => {
            let claim = application.claim.as_ref()?;
            let policy = pinned(draft, &claim.policy);
            let from = if waited { after(policy.register_wait_working_days) } else { since };
            duty_end(draft, from, policy.officer_working_days)
        }
        Duty::SecondCheck => {
            let policy = of_referral()?;
            if waited {
                duty_end(draft, after(policy.second_check_working_days), policy.officer_working_days)
            } else {
                duty_end(draft, since, policy.second_check_working_days)
            }
        }
        Duty::Extension => duty_end(draft, since, of_referral()?.officer_working_days),
        Duty::Review => duty_end(draft, since, of_referral()?.review_working_days),
    })
}

/// `P15.d`: suspensions that haven't ended; the question that ended one has its own term, in calendar days.
fn suspensions(draft: &mut Draft<'_>) -> bool {
    let mut moved = false;
    let organisations: Vec<Bin> = draft.organisations();
    for organisation in organisations {
        let calendar = draft.world.calendar;
        let world = draft.world;
        let Some(entry) = draft.entry_mut(organisation) else { continue };
        let EntryState::Suspended(suspension) = &mut entry.state else { continue };
        if suspension.answer_by.is_some() {
            continue;
        }
        let policy = &world.pinned(&suspension.policy).policy;
        let last_day = terms::working_days(calendar, suspension.counted_from, policy.suspension_working_days);
        let (told, counted) = (suspension.ends_at, terms::end_of(last_day, policy.term_end));
        if counted <= told {
            continue;
        }
        (suspension.last_day, suspension.ends_at, suspension.calendar) = (last_day, counted, calendar.version);
        moved |= report(draft, "suspension", told, counted);
    }
    moved
}

fn referral_in(application: &Application, stage: fn(&Stage) -> bool) -> Option<&Referral> {
    application.live_referral().filter(|referral| stage(&referral.stage))
}

/// The seat's clock follows the referral's.
fn set_seat_due(draft: &mut Draft<'_>, due_at: Instant) {
    let Some(referral) = draft.application.live_referral() else { return };
    let (seat, id) = (referral.seat, referral.id);
    draft.set_seat(seat, SeatState::Referred { application: draft.application.id, referral: id, due_at: Some(due_at) });
}

/// The last day and the end of a referral's validity as the calendar counts it now, if that is later than what was told; none of one
/// that a document extends (`P25.b`).
pub(super) fn later_validity(referral: &Referral, world: World<'_>) -> Option<(NaiveDate, Instant)> {
    if referral.extended || referral.extension_asked.is_some() {
        return None;
    }
    let policy = &world.pinned(&referral.policy).policy;
    let last_day = terms::working_days(world.calendar, referral.counted_from, policy.referral_working_days);
    let counted = terms::end_of(last_day, policy.term_end);
    (counted > referral.valid_until).then_some((last_day, counted))
}

/// `P22.a`: the validity of a referral whose documents are awaited: patches that came while they were with the organisation count when it
/// returns them.
pub(super) fn validity(draft: &mut Draft<'_>) -> bool {
    let Some(referral) = referral_in(&draft.application, |stage| *stage == Stage::Awaited) else { return false };
    let told = referral.valid_until;
    let Some((last_day, counted)) = later_validity(referral, draft.world) else { return false };
    let calendar = draft.world.calendar.version;
    if let Some(referral) = &mut draft.application.referral {
        (referral.last_day, referral.valid_until, referral.calendar) = (last_day, counted, calendar);
    }
    set_seat_due(draft, counted);
    report(draft, "referral", told, counted)
}

/// `P14`: the register's time for the second check; an officer's stands in the duty.
fn second_check(draft: &mut Draft<'_>) -> bool {
    let Some(referral) = draft.application.live_referral() else { return false };
    let Some(check) = referral.second_check.filter(|_| draft.application.duty(Duty::SecondCheck).is_none()) else {
        return false;
    };
    let policy = pinned(draft, &referral.policy);
    let due_at = duty_end(draft, terms::local_date(referral.issued_at), policy.second_check_working_days);
    if due_at == check.due_at {
        return false;
    }
    if let Some(check) = draft.application.referral.as_mut().and_then(|referral| referral.second_check.as_mut()) {
        check.due_at = due_at;
    }
    report(draft, "second-check", check.due_at, due_at)
}

/// `P22.b`: when the result of the documents is due, which the applicant was told.
fn result(draft: &mut Draft<'_>) -> bool {
    let Some(referral) = draft.application.live_referral() else { return false };
    let Stage::Submitted(submission) = &referral.stage else { return false };
    let policy = pinned(draft, &referral.policy);
    let counted = duty_end(draft, terms::local_date(submission.registered_at), policy.documents_working_days);
    let (told, overdue) = (submission.result_due, submission.overdue);
    if counted <= told || overdue {
        return false;
    }
    if let Some(Referral { stage: Stage::Submitted(submission), .. }) = &mut draft.application.referral {
        submission.result_due = counted;
    }
    set_seat_due(draft, counted);
    report(draft, "documents-result", told, counted)
}

/// **D-signature** (`P22.d`): the term to sign a contract.
fn signature(draft: &mut Draft<'_>) -> bool {
    let Some(referral) = referral_in(&draft.application, |stage| *stage == Stage::Contract) else { return false };
    let policy = pinned(draft, &referral.policy);
    let formed = |contract: &&Contract| contract.status == ContractStatus::Formed;
    let Some(contract) = draft.application.contract.as_ref().filter(formed) else { return false };
    let from = terms::local_date(contract.formed_at);
    let last_day = terms::working_days(draft.world.calendar, from, policy.signature_working_days);
    let (told, counted) = (contract.sign_by, terms::end_of(last_day, policy.term_end));
    if counted <= told {
        return false;
    }
    if let Some(contract) = &mut draft.application.contract {
        contract.sign_by = counted;
    }
    set_seat_due(draft, counted);
    report(draft, "signature", told, counted)
}
