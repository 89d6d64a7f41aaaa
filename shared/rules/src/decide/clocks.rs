//! The clocks that run in an application's states, and what happens when one runs out. Instants are derived from the state,
//! so that a chained term counts from the term before it, never from when a sweep came by.

use super::World;
use super::claim::{claim_wait_ends, hand_claim_over};
use super::contract::{end_temporary, temporary_end};
use super::draft::Draft;
use super::register::admit;
use super::second_check::hand_second_check_over;
use super::verify::{basis, start_officer_instead, verifier_of, waiting_ends};
use crate::application::{Application, ArchiveReason, Duty, EntryState, InterestStage, Status};
use crate::ids::Bin;
use crate::organisation::Kato;
use crate::policy::{Decline, PolicyVersion, Territory};
use crate::queue::Instant;
use crate::refusal::Refusal;
use crate::step::{Fact, Snapshot, Step, Verifier};
use crate::terms;

/// What runs out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Clock {
    /// Working time begins: the application is accepted (`P5.b`).
    Accept,
    /// The registers haven't answered in time (`P6.b`).
    RegisterWait,
    /// The registers haven't answered about a benefit claimed while queued in time (`P13.3`).
    ClaimWait,
    /// The registers haven't answered the second check in time (`P14`).
    SecondCheckWait,
    /// The child reaches the age limit (`P11.b`).
    AgeOut,
    /// The day comes from which the place is wanted (`P15.2`).
    DeferralEnds,
    /// The yearly question is due, once or again, or its answer is (`P15.a`).
    Interest,
    /// A suspension ends: interest is asked (`P15.d`).
    SuspensionEnds(Bin),
    /// The answer after a suspension is due (`P15.d`).
    SuspensionAnswer(Bin),
    /// A temporary place ends (`P23.c`).
    TemporaryEnds,
}

impl Clock {
    /// Whether the daily schedules serve this clock; the others are served every minute.
    #[must_use]
    pub const fn is_daily(self) -> bool {
        matches!(self, Clock::AgeOut | Clock::Interest)
    }
}

/// The instant at which an application's child is too old (`P11.b`), under the policy of its registration.
pub(super) fn age_out_at(application: &Application, world: World<'_>) -> Instant {
    terms::age_out(application.birth_date, &world.pinned(&application.policy).policy)
}

/// Whether the application's own time is over, be it archived already or not: its child is too old (`P11.b`), or the last
/// question of interest stayed unanswered (`P15.a`).
pub(super) fn is_over(application: &Application, world: World<'_>) -> bool {
    let too_old = !application.pmpc && age_out_at(application, world) <= world.now;
    let asked_again = application.interest.stage == InterestStage::AskedAgain;
    too_old || asked_again && interest_due(application, world) <= world.now
}

/// The policy under which a clock of an entry starts (`K5`, **D-territory**).
pub(super) fn starting_policy<'a>(draft: &Draft<'a>, organisation: Bin, at: Instant) -> &'a PolicyVersion {
    let in_force = |settlement: Kato| draft.world.policies.in_force(settlement, at);
    let organisations = draft.settlement_of(organisation).map(in_force);
    organisations
        .filter(|version| version.policy.territory == Territory::Organisation)
        .unwrap_or_else(|| in_force(draft.application.settlement))
}

/// All clocks that run, each with the instant at which it runs out.
#[must_use]
pub fn clocks(application: &Application, world: World<'_>) -> Vec<(Instant, Clock)> {
    let mut running = Vec::new();
    for_each_clock(application, world, |at, clock| running.push((at, clock)));
    running
}

fn for_each_clock(application: &Application, world: World<'_>, mut running: impl FnMut(Instant, Clock)) {
    if let Some(end) = temporary_end(application).filter(|_| application.status.is_live()) {
        running(end, Clock::TemporaryEnds);
    }
    match application.status {
        Status::Accepted => running(application.accepted_at, Clock::Accept),
        Status::Verifying => {
            let (since, version) = basis(application, world);
            let by = verifier_of(application, &version.policy);
            if by == Some(Verifier::Register) && application.duty(Duty::FirstCheck).is_none() {
                let ends = waiting_ends(since, Verifier::Register, &version.policy, world);
                running(ends, Clock::RegisterWait);
            }
        }
        Status::Queued => {
            if let Some(ends) = claim_wait_ends(application, world) {
                running(ends, Clock::ClaimWait);
            }
        }
        Status::Referred => {
            if let Some((due, clock)) = second_check_wait(application) {
                running(due, clock);
            }
            return;
        }
        Status::Refused | Status::Enrolled | Status::Archived(_) => return,
    }
    if !application.pmpc {
        running(age_out_at(application, world), Clock::AgeOut);
    }
    if let Some(day) = application.not_before {
        running(terms::start_of_day(day), Clock::DeferralEnds);
    }
    running(interest_due(application, world), Clock::Interest);
    for entry in &application.entries {
        if let EntryState::Suspended(suspension) = &entry.state {
            match suspension.answer_by {
                None => running(suspension.ends_at, Clock::SuspensionEnds(entry.organisation)),
                Some(answer_by) => running(answer_by, Clock::SuspensionAnswer(entry.organisation)),
            }
        }
    }
}

/// `P14`: the register's time for the second check, while no officer has it.
fn second_check_wait(application: &Application) -> Option<(Instant, Clock)> {
    let check = application.live_referral()?.second_check.filter(|check| check.by_register)?;
    application.duty(Duty::SecondCheck).is_none().then_some((check.due_at, Clock::SecondCheckWait))
}

/// The clock that runs out next.
#[must_use]
pub fn next_clock(application: &Application, world: World<'_>) -> Option<(Instant, Clock)> {
    let mut next = None;
    for_each_clock(application, world, |at, clock| {
        if next.is_none_or(|first| (at, clock) < first) {
            next = Some((at, clock));
        }
    });
    next
}

fn interest_due(application: &Application, world: World<'_>) -> Instant {
    let interest = &application.interest;
    let policy = &world.pinned(&interest.policy).policy;
    terms::interest_due(application.submitted_at, interest.year, interest.stage, policy)
}

/// Whether letting the next clock run out may change a queue. Asking a question, or handing a duty over, changes none.
#[must_use]
pub fn tick_touches_queues(application: &Application, world: World<'_>) -> bool {
    match next_clock(application, world).map(|(_, clock)| clock) {
        None | Some(Clock::RegisterWait | Clock::ClaimWait | Clock::SecondCheckWait | Clock::SuspensionEnds(_)) => {
            false
        }
        Some(Clock::Interest) => application.interest.stage == InterestStage::AskedAgain,
        Some(
            Clock::Accept | Clock::AgeOut | Clock::DeferralEnds | Clock::SuspensionAnswer(_) | Clock::TemporaryEnds,
        ) => true,
    }
}

/// Lets the clock that runs out first run out, if its time has come.
///
/// # Errors
/// Nothing is due: a sweep that comes early, late or twice changes nothing.
pub fn tick(snapshot: Snapshot, world: World<'_>) -> Result<Step, Refusal> {
    let due = next_clock(&snapshot.application, world).filter(|(due, _)| *due <= world.now);
    let Some((_, clock)) = due else { return Err(Refusal::state("nothing-due", "K5")) };
    let mut draft = Draft::new(snapshot, world);
    match clock {
        Clock::Accept => {
            draft.fact(Fact::Accepted);
            admit(&mut draft);
        }
        Clock::RegisterWait => start_officer_instead(&mut draft),
        Clock::ClaimWait => hand_claim_over(&mut draft),
        Clock::SecondCheckWait => hand_second_check_over(&mut draft),
        Clock::AgeOut => draft.archive(ArchiveReason::AgeLimit),
        Clock::DeferralEnds => draft.wake(Fact::DeferredAgeReached),
        Clock::Interest => interest_runs_out(&mut draft),
        Clock::SuspensionEnds(organisation) => ask_after_suspension(&mut draft, organisation),
        Clock::SuspensionAnswer(organisation) => {
            let policy = suspension_policy(&draft, organisation);
            draft.under(policy.reference());
            draft.fact(Fact::InterestLost { organisation, silent: true });
            draft.depart(organisation, EntryState::Left, "interest-lost", "P15.d");
            match policy.policy.decline {
                Decline::Entry => draft.archive_if_over(ArchiveReason::NoAnswer),
                Decline::Application => draft.archive(ArchiveReason::NoAnswer),
            }
        }
        Clock::TemporaryEnds => end_temporary(&mut draft),
    }
    Ok(draft.finish())
}

/// `P15.a`: asked, asked again, archived.
fn interest_runs_out(draft: &mut Draft<'_>) {
    let interest = &draft.application.interest;
    let version = draft.world.pinned(&interest.policy);
    let instants = terms::interest_instants(draft.application.submitted_at, interest.year, &version.policy);
    let stage = interest.stage;
    draft.under(version.reference());
    match stage {
        InterestStage::Quiet => {
            draft.application.interest.stage = InterestStage::Asked;
            draft.fact(Fact::InterestAsked { organisation: None, time: 1, answer_by: instants.ask_again });
        }
        InterestStage::Asked => {
            draft.application.interest.stage = InterestStage::AskedAgain;
            draft.fact(Fact::InterestAsked { organisation: None, time: 2, answer_by: instants.archive });
        }
        InterestStage::AskedAgain => draft.archive(ArchiveReason::NoInterest),
    }
}

pub(super) fn suspension_policy<'a>(draft: &Draft<'a>, organisation: Bin) -> &'a PolicyVersion {
    match draft.application.entry(organisation).map(|entry| &entry.state) {
        Some(EntryState::Suspended(suspension)) => draft.world.pinned(&suspension.policy),
        _ => draft.world.pinned(&draft.application.policy),
    }
}

/// `P15.d`: interest is asked once more; the term to answer counts from the last day of the suspension (`C2`), under the policy
/// in force as the question becomes due (`K5`).
fn ask_after_suspension(draft: &mut Draft<'_>, organisation: Bin) {
    let ends_at = match draft.application.entry(organisation).map(|entry| &entry.state) {
        Some(EntryState::Suspended(suspension)) => suspension.ends_at,
        _ => return,
    };
    let version = starting_policy(draft, organisation, ends_at);
    draft.under(version.reference());
    let days = version.policy.suspension_answer_calendar_days;
    let Some(entry) = draft.entry_mut(organisation) else { return };
    let EntryState::Suspended(suspension) = &mut entry.state else { return };
    suspension.policy = version.reference();
    let answer_by = terms::end_of(terms::calendar_days(suspension.last_day, days), version.policy.term_end);
    suspension.answer_by = Some(answer_by);
    draft.fact(Fact::InterestAsked { organisation: Some(organisation), time: 1, answer_by });
}
