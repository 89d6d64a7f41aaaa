//! The applicant's answer to a question of interest: the yearly one (`P15.a`) or the one after a suspension (`P15.d`).

use super::World;
use super::clocks::suspension_policy;
use super::draft::Draft;
use crate::application::{Application, ArchiveReason, EntryState, Interest, InterestStage, Status};
use crate::ids::Bin;
use crate::policy::Decline;
use crate::queue::Instant;
use crate::refusal::Refusal;
use crate::step::{Fact, Snapshot, Step};
use crate::terms;

/// What the applicant says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InterestAnswer {
    /// Still interested.
    Yes,
    /// Not any more.
    No,
}

/// The questions open to an application: after the suspension in a queue, or (none) the yearly one, with the end of the term.
#[must_use]
pub fn open_questions(application: &Application, world: World<'_>) -> Vec<(Option<Bin>, Instant)> {
    let mut open = Vec::new();
    if !matches!(application.status, Status::Queued | Status::Verifying) {
        return open;
    }
    let policy = &world.pinned(&application.interest.policy).policy;
    let yearly = terms::interest_instants(application.submitted_at, application.interest.year, policy);
    match application.interest.stage {
        InterestStage::Quiet => {}
        InterestStage::Asked => open.push((None, yearly.ask_again)),
        InterestStage::AskedAgain => open.push((None, yearly.archive)),
    }
    for entry in &application.entries {
        if let EntryState::Suspended(suspension) = &entry.state
            && let Some(answer_by) = suspension.answer_by
        {
            open.push((Some(entry.organisation), answer_by));
        }
    }
    open
}

/// Answers one question (`organisation` given) or all open ones.
///
/// # Errors
/// No such question is open, or its time is over.
pub fn answer_interest(
    snapshot: Snapshot,
    organisation: Option<Bin>,
    answer: InterestAnswer,
    world: World<'_>,
) -> Result<Step, Refusal> {
    let policy = &world.pinned(&snapshot.application.interest.policy).policy;
    let year = snapshot.application.interest.year;
    let last = terms::interest_instants(snapshot.application.submitted_at, year, policy).archive;
    let asked: Vec<_> = open_questions(&snapshot.application, world)
        .into_iter()
        .filter(|(about, _)| organisation.is_none() || *about == organisation)
        .filter(|(about, answer_by)| world.now < if about.is_none() { last } else { *answer_by })
        .map(|(about, _)| about)
        .collect();
    if asked.is_empty() {
        return Err(Refusal::state("no-open-question", if organisation.is_some() { "P15.d" } else { "P15.a" }));
    }
    let mut draft = Draft::new(snapshot, world);
    for about in asked {
        if !draft.application.status.is_live() {
            break;
        }
        match (about, answer) {
            (None, InterestAnswer::Yes) => confirm_yearly(&mut draft),
            (None, InterestAnswer::No) => draft.archive(ArchiveReason::NoInterest),
            (Some(organisation), InterestAnswer::Yes) => {
                draft.fact(Fact::InterestConfirmed { organisation: Some(organisation) });
                let number = draft.arrive(organisation, "resumed", "P15.d");
                draft.fact(Fact::Resumed { organisation, number });
            }
            (Some(organisation), InterestAnswer::No) => lose(&mut draft, organisation),
        }
    }
    Ok(draft.finish())
}

/// Stays with its original instant.
fn confirm_yearly(draft: &mut Draft<'_>) {
    draft.fact(Fact::InterestConfirmed { organisation: None });
    next_question(&mut draft.application, draft.world);
}

/// Winds the yearly clock up again: it takes the policy now in force (`K5`), and under that one the first question still to
/// come, so that shorter years never ask again what was just answered.
pub(super) fn next_question(application: &mut Application, world: World<'_>) {
    let version = world.policy(application.settlement);
    let ask = |year| terms::interest_instants(application.submitted_at, year, &version.policy).ask;
    let mut year = application.interest.year + 1;
    while ask(year) <= world.now {
        year += 1;
    }
    application.interest = Interest { year, stage: InterestStage::Quiet, policy: version.reference() };
}

fn lose(draft: &mut Draft<'_>, organisation: Bin) {
    let version = suspension_policy(draft, organisation);
    draft.under(version.reference());
    draft.fact(Fact::InterestLost { organisation, silent: false });
    draft.depart(organisation, EntryState::Left, "interest-lost", "P15.d");
    match version.policy.decline {
        Decline::Entry => draft.archive_if_over(ArchiveReason::NoInterest),
        Decline::Application => draft.archive(ArchiveReason::NoInterest),
    }
}
