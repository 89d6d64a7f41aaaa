//! Changes by the applicant while it waits, withdrawal, and the officer's archiving (`P15.5`, `P15.4`, `P3.2`).

use chrono::NaiveDate;

use super::World;
use super::benefit::{Right, against_benefits, against_right, strongest};
use super::claim::change_right;
use super::deferral::{RestChange, against_rest};
use super::documents::has_pmpc;
use super::draft::Draft;
use super::organisations::{Exchange, add, exchange, remove};
use crate::application::{Application, ArchiveReason, Document, Status};
use crate::ids::Bin;
use crate::organisation::Organisation;
use crate::queue::Lane;
use crate::refusal::{Reason, Refusal};
use crate::step::{Fact, Snapshot, Step};

/// What is to be changed.
#[derive(Debug, Clone, Default)]
pub struct ChangeRequest {
    /// The organisations wanted from now on, all of them.
    pub organisations: Option<Vec<Bin>>,
    /// From when the place is wanted (`P15.2`).
    pub rest: RestChange,
    /// The benefit categories claimed from now on (`P13.3`).
    pub benefits: Option<Vec<u8>>,
    /// Whether it rests on a transfer to a new place of service (`P23.b`).
    pub relocation: Option<bool>,
    /// The documents handed in for that.
    pub documents: Vec<Document>,
    /// Whether the child got a place by a benefit before (`P23.a`).
    pub benefit_used: bool,
    /// Whether the contact phone changes; the number itself stands with the person's data.
    pub phone: bool,
}

/// Changes an application. `known` are the organisations of the registry among those named; the snapshot's queues include
/// those of the organisations that are new. None if all is as wanted already.
///
/// # Errors
/// The application has ended or holds a referral, or a rule refuses the new organisations.
pub fn change(
    snapshot: Snapshot,
    request: &ChangeRequest,
    known: &[Organisation],
    world: World<'_>,
) -> Result<Option<Step>, Refusal> {
    match snapshot.application.status {
        Status::Accepted | Status::Verifying | Status::Queued => {}
        Status::Referred | Status::Enrolled => return Err(Refusal::state("holds-referral", "P12")),
        Status::Refused | Status::Archived(_) => return Err(Refusal::state("application-ended", "P3.2")),
    }
    let application = &snapshot.application;
    let mut reasons = Vec::new();
    let exchange = request.organisations.as_ref().map(|wanted| exchange(application, wanted, known, &mut reasons));
    let until = request.rest.until(application.not_before, application.birth_date, world);
    if until != application.not_before {
        let policy = &world.pinned(&application.policy).policy;
        let pmpc = application.pmpc || has_pmpc(&request.documents);
        reasons.extend(against_rest(until, application.birth_date, pmpc, policy));
    }
    let right = wanted_right(application, request);
    reasons.extend(against_wanted(application, request, right, world));
    if !reasons.is_empty() {
        return Err(Refusal::rules(reasons));
    }
    let mut draft = Draft::new(snapshot, world);
    apply(&mut draft, request, exchange.unwrap_or_default(), until, right);
    if request.phone {
        draft.fact(Fact::PhoneChanged);
    }
    Ok(draft.finish_if_changed())
}

/// The right that is asked for from now on; none if it is the one that the application has or claims already.
fn wanted_right(application: &Application, request: &ChangeRequest) -> Option<Right> {
    if request.benefits.is_none() && request.relocation.is_none() {
        return None;
    }
    let last = application.claim.as_ref().map_or_else(|| Right::of(application), Right::claimed);
    let benefit = request.benefits.as_deref().map_or(last.benefit, strongest);
    // A transfer goes with the category it was shown for.
    let relocation = request.relocation.unwrap_or(last.relocation && benefit == last.benefit);
    Some(Right { benefit, relocation }).filter(|right| *right != last)
}

fn against_wanted(
    application: &Application,
    request: &ChangeRequest,
    right: Option<Right>,
    world: World<'_>,
) -> Vec<Reason> {
    let policy = &world.policy(application.settlement).policy;
    let mut reasons: Vec<Reason> =
        request.benefits.iter().filter_map(|benefits| against_benefits(benefits, policy)).collect();
    if let Some(right) = right {
        reasons.extend(against_right(right, Right::of(application), &request.documents, policy, world.now));
    }
    reasons
}

/// The lane in which what waits stands after a change: its ranks are looked up there before it is decided. A lane that is only
/// claimed comes later, a lower one by way of the general lane (`P13.3`).
#[must_use]
pub fn lane_after_change(application: &Application, request: &ChangeRequest) -> Lane {
    let Some(right) = wanted_right(application, request) else { return application.lane };
    let lane = right.lane(request.benefit_used);
    let stays = right == Right::of(application) || lane <= application.lane;
    match application.status {
        Status::Queued if stays => application.lane,
        Status::Queued => Lane::General,
        _ => lane,
    }
}

/// Every queue is changed at most once in a step: who leaves goes first, the others rest, move to another lane, or wake, and who is
/// new comes last.
fn apply(
    draft: &mut Draft<'_>,
    request: &ChangeRequest,
    exchange: Exchange,
    until: Option<NaiveDate>,
    right: Option<Right>,
) {
    for organisation in &exchange.removed {
        remove(draft, *organisation);
    }
    let rest_changes = until != draft.application.not_before;
    if let Some(until) = until.filter(|_| rest_changes) {
        draft.rest(until);
    }
    if let Some(right) = right {
        change_right(draft, right, &request.documents, request.benefit_used);
    }
    if until.is_none() && rest_changes {
        draft.wake(Fact::DeferralLifted);
    }
    for organisation in &exchange.added {
        add(draft, *organisation);
    }
    if !exchange.added.is_empty() || !exchange.removed.is_empty() {
        draft.fact(Fact::OrganisationsChanged { added: exchange.added, removed: exchange.removed });
    }
}

/// The applicant withdraws the application; a live offer or referral is released (`P15.4`).
///
/// # Errors
/// The application has ended already.
pub fn withdraw(snapshot: Snapshot, world: World<'_>) -> Result<Step, Refusal> {
    archive(snapshot, ArchiveReason::Withdrawn, world)
}

/// An officer archives an application for a violation or as a duplicate (`P3.2`).
///
/// # Errors
/// The application has ended already, or the reason isn't an officer's to give.
pub fn archive_by_officer(snapshot: Snapshot, reason: ArchiveReason, world: World<'_>) -> Result<Step, Refusal> {
    if !matches!(reason, ArchiveReason::Violation | ArchiveReason::Duplicate) {
        return Err(Refusal::rules(vec![Reason::new("reason-unknown", "P3.2").at("/reason")]));
    }
    archive(snapshot, reason, world)
}

fn archive(snapshot: Snapshot, reason: ArchiveReason, world: World<'_>) -> Result<Step, Refusal> {
    if !snapshot.application.status.is_live() {
        return Err(Refusal::state("application-ended", "P3.2"));
    }
    let mut draft = Draft::new(snapshot, world);
    draft.archive(reason);
    Ok(draft.finish())
}
