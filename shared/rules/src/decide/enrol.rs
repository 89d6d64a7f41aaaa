//! Enrolment by a referral (`P22.b`, `P22.c`, `P28`, `P16.1`): the documents handed in, what the organisation decides on them, and the
//! review of its refusal. All of it is governed by the referral's policy (`K5`). The contract is formed and signed in `contract`.

mod documents;

use super::World;
use super::contract;
use super::draft::Draft;
use super::recount::{later_validity, validity};
use super::referral::{follow, lapse, return_entries};
use crate::application::{Application, ArchiveReason, Document, Duty, Referral, ReferralStatus, Stage, Submission};
use crate::group::Group;
use crate::policy::{Policy, RefusalReview, RefusedEnrolment, Resubmission};
use crate::refusal::{Reason, Refusal};
use crate::seat::Seat;
use crate::step::{Fact, Snapshot, Step};
use crate::terms;
use documents::{against, outdated};

/// What an organisation decides on the documents (`P22.b`, `P28`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DocumentsDecision {
    /// Complete and in date: the contract is formed.
    Confirm,
    /// Incomplete or expired: not accepted, to be handed in again (`P22.c`).
    Return,
    /// The enrolment is refused.
    Refuse {
        /// 1 to 3 by `P28`, 4 to 6 by `A6.9`.
        ground: u8,
        /// The group whose figures say so, for ground 3.
        group: Option<String>,
    },
}

/// What an officer decides on an organisation's refusal (`P16.1`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Review {
    /// The refusal stands.
    Uphold {
        /// What becomes of the application, where it isn't what **D-refused-enrolment** says.
        outcome: Option<Outcome>,
        /// Whether a reason is given.
        reasoned: bool,
    },
    /// It doesn't: the referral stands.
    Overturn,
}

/// What becomes of an application whose enrolment was refused (**D-refused-enrolment**).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It is archived.
    Archive,
    /// It returns to its other queues at its original instants.
    Return,
}

/// The applicant hands in the documents (`P22.b`): registered the same day, or on the next working day if handed in outside working time;
/// the instant of submission decides whether it was in time.
///
/// # Errors
/// No documents are awaited, the validity is over, or documents are missing or expired: all of them are named (`P22.c`).
pub fn hand_in(snapshot: Snapshot, documents: Vec<Document>, world: World<'_>) -> Result<Step, Refusal> {
    let application = &snapshot.application;
    let Some(referral) = application.live_referral() else { return Err(Refusal::state("no-referral", "P22.b")) };
    if referral.stage != Stage::Awaited || referral.valid_until <= world.now {
        return Err(Refusal::state("documents-not-awaited", "P22.b"));
    }
    let version = world.pinned(&referral.policy);
    let reasons = against(application, &documents, &version.policy, terms::local_date(world.now));
    if !reasons.is_empty() {
        return Err(Refusal::rules(reasons).by("P22.c"));
    }
    let registered_at = terms::acceptance(world.calendar, &version.policy, world.now);
    let registered_on = terms::local_date(registered_at);
    let last = terms::working_days(world.calendar, registered_on, version.policy.documents_working_days);
    let result_due = terms::duty_end(last);
    let (organisation, id) = (referral.organisation, referral.id);
    let mut draft = Draft::new(snapshot, world);
    draft.under(version.reference());
    set_stage(
        &mut draft,
        Stage::Submitted(Submission { at: world.now, registered_at, result_due, overdue: false, documents }),
    );
    draft.fact(Fact::DocumentsSubmitted { organisation, referral: id, registered_at, result_due });
    Ok(draft.finish())
}

/// Sets how far the enrolment has come; the seat's clock follows.
pub(super) fn set_stage(draft: &mut Draft<'_>, stage: Stage) {
    if let Some(referral) = draft.application.referral.as_mut() {
        referral.stage = stage;
    }
    follow(draft);
}

/// The organisation decides on the documents handed in. `groups` are the figures that it told of its groups (`P28` (3)).
///
/// # Errors
/// No documents are with the organisation; those that can expire have run out by today (`P28.1`); the ground is none, or the figures
/// don't bear it.
pub fn decide_documents(
    snapshot: Snapshot,
    decision: &DocumentsDecision,
    groups: &[Group],
    world: World<'_>,
) -> Result<Step, Refusal> {
    let application = &snapshot.application;
    let Some((referral, submission)) = submitted(application) else {
        return Err(Refusal::state("decision-not-awaited", "P22.b"));
    };
    let version = world.pinned(&referral.policy);
    let policy = &version.policy;
    let reasons = match decision {
        DocumentsDecision::Confirm => {
            outdated(application, &submission.documents, policy, terms::local_date(world.now))
        }
        DocumentsDecision::Refuse { ground: 3, group } => {
            let seat = snapshot.seats.iter().find(|seat| seat.id == referral.seat);
            against_share(seat, group.as_deref(), groups, policy).into_iter().collect()
        }
        DocumentsDecision::Refuse { ground: 1..=6, .. } | DocumentsDecision::Return => Vec::new(),
        DocumentsDecision::Refuse { .. } => vec![Reason::new("ground-unknown", "P28").at("/ground")],
    };
    if !reasons.is_empty() {
        return Err(Refusal::rules(reasons));
    }
    let (organisation, id) = (referral.organisation, referral.id);
    let mut draft = Draft::new(snapshot, world);
    draft.under(version.reference());
    match decision {
        DocumentsDecision::Confirm => contract::form(&mut draft),
        DocumentsDecision::Return => {
            draft.fact(Fact::DocumentsReturned { organisation, referral: id });
            give_back(&mut draft, policy);
        }
        DocumentsDecision::Refuse { ground, .. } => {
            draft.fact(Fact::EnrolmentRefused { organisation, referral: id, ground: *ground });
            refuse(&mut draft, *ground, policy);
        }
    }
    Ok(draft.finish())
}

fn submitted(application: &Application) -> Option<(&Referral, &Submission)> {
    let referral = application.live_referral()?;
    match &referral.stage {
        Stage::Submitted(submission) => Some((referral, submission)),
        Stage::Awaited | Stage::Contract | Stage::UnderReview { .. } => None,
    }
}

/// `P28` (3): the group named, or any of the organisation's, must have too many unvaccinated children; and it must be one that the place
/// may be in, or a child could be refused for the figures of others.
fn against_share(seat: Option<&Seat>, named: Option<&str>, groups: &[Group], policy: &Policy) -> Option<Reason> {
    let fits = |group: &&Group| {
        seat.is_some_and(|seat| {
            let years = &seat.vacancy.birth_years;
            group.group_type == seat.vacancy.group_type && group.birth_years.iter().any(|year| years.contains(year))
        })
    };
    let meant: Vec<&Group> = groups.iter().filter(|group| named.is_none_or(|name| group.name == name)).collect();
    let percent = policy.unvaccinated_percent;
    let fitting: Vec<&Group> = meant.iter().copied().filter(fits).collect();
    if fitting.iter().any(|group| group.is_over(percent)) {
        return None;
    }
    // To be told is the one that comes nearest.
    let share = |group: &&&Group| (u64::from(group.unvaccinated) * 1_000_000) / u64::from(group.children.max(1));
    Some(match fitting.iter().max_by_key(share) {
        None if named.is_some() && !meant.is_empty() => Reason::new("group-of-other-places", "P28").at("/group"),
        None => Reason::new("group-unknown", "P28").at("/group"),
        Some(worst) => {
            let reason = Reason::new("unvaccinated-share", "P28").at("/ground");
            reason.with("share", worst.share()).with("percent", percent)
        }
    })
}

/// `P22.c`, **D-resubmission**: the applicant may hand in again while the referral is valid; while an extension is being decided it doesn't
/// lapse.
fn give_back(draft: &mut Draft<'_>, policy: &Policy) {
    let world = draft.world;
    let valid = |referral: &Referral| {
        let until = later_validity(referral, world).map_or(referral.valid_until, |(_, until)| until);
        world.now < until || referral.extension_asked.is_some()
    };
    let again = policy.resubmission == Resubmission::UntilValidity;
    if again && draft.application.live_referral().is_some_and(valid) {
        set_stage(draft, Stage::Awaited);
        validity(draft);
    } else {
        lapse(draft);
    }
}

/// **D-refusal-review**: an officer considers the refusal, and the seat waits; or it stands at once.
fn refuse(draft: &mut Draft<'_>, ground: u8, policy: &Policy) {
    let now = draft.world.now;
    match policy.refusal_review {
        RefusalReview::Provider => {
            let day = terms::working_days(draft.world.calendar, terms::local_date(now), policy.review_working_days);
            set_stage(draft, Stage::UnderReview { ground });
            draft.open_duty(Duty::Review, now, terms::duty_end(day));
        }
        RefusalReview::None => uphold(draft, usual_outcome(ground, policy)),
    }
}

/// **D-refused-enrolment**: grounds 2 and 3 aren't the parent's fault.
fn usual_outcome(ground: u8, policy: &Policy) -> Outcome {
    match policy.refused_enrolment {
        RefusedEnrolment::ByGround if matches!(ground, 2 | 3) => Outcome::Return,
        RefusedEnrolment::ByGround | RefusedEnrolment::Archive => Outcome::Archive,
    }
}

fn uphold(draft: &mut Draft<'_>, outcome: Outcome) {
    draft.end_referral(ReferralStatus::Refused);
    match outcome {
        Outcome::Archive => draft.archive(ArchiveReason::Refused),
        Outcome::Return => return_entries(draft, None, ArchiveReason::Refused, "P16.1"),
    }
}

/// An officer reviews an organisation's refusal (`P16.1`): upheld, the place goes to the next; overturned, the referral stands with a
/// fresh term.
///
/// # Errors
/// No refusal waits for a review, or another outcome than the usual one is given no reason.
pub fn review_refusal(snapshot: Snapshot, review: Review, world: World<'_>) -> Result<Step, Refusal> {
    let referral = snapshot.application.live_referral();
    let reviewed = referral.and_then(|referral| match referral.stage {
        Stage::UnderReview { ground } => Some((referral, ground)),
        Stage::Awaited | Stage::Submitted(_) | Stage::Contract => None,
    });
    let Some((referral, ground)) = reviewed else { return Err(Refusal::state("review-not-awaited", "P16.1")) };
    let version = world.pinned(&referral.policy);
    let usual = usual_outcome(ground, &version.policy);
    if let Review::Uphold { outcome: Some(outcome), reasoned: false } = review
        && outcome != usual
    {
        return Err(Refusal::rules(vec![Reason::new("outcome-needs-note", "P16.1").at("/note")]));
    }
    let mut draft = Draft::new(snapshot, world);
    draft.under(version.reference());
    match review {
        Review::Uphold { outcome, .. } => uphold(&mut draft, outcome.unwrap_or(usual)),
        Review::Overturn => overturn(&mut draft, &version.policy),
    }
    Ok(draft.finish())
}

fn overturn(draft: &mut Draft<'_>, policy: &Policy) {
    let today = terms::local_date(draft.world.now);
    let last_day = terms::working_days(draft.world.calendar, today, policy.referral_working_days);
    let valid_until = terms::end_of(last_day, policy.term_end);
    draft.close_duty(Duty::Review);
    let calendar = draft.world.calendar.version;
    let Some(referral) = draft.application.referral.as_mut() else { return };
    (referral.counted_from, referral.last_day, referral.valid_until) = (today, last_day, valid_until);
    referral.calendar = calendar;
    let (organisation, id) = (referral.organisation, referral.id);
    set_stage(draft, Stage::Awaited);
    draft.fact(Fact::RefusalOverturned { organisation, referral: id, valid_until });
}
