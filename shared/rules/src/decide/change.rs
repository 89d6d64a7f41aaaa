//! Changes by the applicant while it waits, withdrawal, and the officer's archiving (`P15.5`, `P15.4`, `P3.2`).

use chrono::NaiveDate;

use super::World;
use super::deferral::{RestChange, against_rest};
use super::draft::Draft;
use super::register::{MAX_ORGANISATIONS, against_organisations};
use crate::application::{Application, ArchiveReason, Entry, EntryState, Status};
use crate::ids::Bin;
use crate::organisation::Organisation;
use crate::policy::{Change, Readd};
use crate::queue::Instant;
use crate::refusal::{Reason, Refusal};
use crate::seat::SeatState;
use crate::step::{Fact, Snapshot, Step};

/// An application keeps its ended entries, so that one that re-enters is known (**D-readd**); this bounds them.
const MAX_ENTRIES: usize = 3 * MAX_ORGANISATIONS;

/// What is to be changed.
#[derive(Debug, Clone, Default)]
pub struct ChangeRequest {
    /// The organisations wanted from now on, all of them.
    pub organisations: Option<Vec<Bin>>,
    /// From when the place is wanted (`P15.2`).
    pub rest: RestChange,
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
        reasons.extend(against_rest(until, application.birth_date, application.pmpc, policy));
    }
    if !reasons.is_empty() {
        return Err(Refusal::rules(reasons));
    }
    let mut draft = Draft::new(snapshot, world);
    apply(&mut draft, exchange.unwrap_or_default(), until);
    if request.phone {
        draft.fact(Fact::PhoneChanged);
    }
    Ok(draft.finish_if_changed())
}

/// Every queue is changed at most once in a step: who leaves goes first, then the others rest or wake, then who is new comes.
fn apply(draft: &mut Draft<'_>, exchange: Exchange, until: Option<NaiveDate>) {
    for organisation in &exchange.removed {
        remove(draft, *organisation);
    }
    match until {
        until if until == draft.application.not_before => {}
        Some(until) => draft.rest(until),
        None => draft.wake(Fact::DeferralLifted),
    }
    for organisation in &exchange.added {
        add(draft, *organisation);
    }
    if !exchange.added.is_empty() || !exchange.removed.is_empty() {
        draft.fact(Fact::OrganisationsChanged { added: exchange.added, removed: exchange.removed });
    }
}

/// Who is added and who is taken off.
#[derive(Debug, Default)]
struct Exchange {
    added: Vec<Bin>,
    removed: Vec<Bin>,
}

/// `P15.5`: what it takes to come to the organisations wanted, and what the rules have against it.
fn exchange(application: &Application, wanted: &[Bin], known: &[Organisation], reasons: &mut Vec<Reason>) -> Exchange {
    let live = |bin: &Bin| application.entry(*bin).is_some_and(|entry| entry.state != EntryState::Left);
    let mut against = against_organisations(wanted, known, application.language, &application.stream);
    // An organisation that closed after the child was queued there may stay in the list.
    against.retain(|reason| {
        let index = reason.pointer.rsplit('/').next().and_then(|index| index.parse::<usize>().ok());
        reason.code == "organisation-repeated" || !index.and_then(|index| wanted.get(index)).is_some_and(live)
    });
    let added: Vec<Bin> = wanted.iter().filter(|bin| !live(bin)).copied().collect();
    let removed: Vec<Bin> = application
        .entries
        .iter()
        .filter(|entry| entry.state != EntryState::Left && !wanted.contains(&entry.organisation))
        .map(|entry| entry.organisation)
        .collect();
    let fresh = added.iter().filter(|bin| application.entry(**bin).is_none()).count();
    let forgotten = removed.iter().filter(|bin| !leaves_a_trace(application, **bin)).count();
    if application.entries.len() - forgotten + fresh > MAX_ENTRIES {
        against.push(Reason::new("organisations-exhausted", "P15.5").at("/organisations").with("max", MAX_ENTRIES));
    }
    reasons.extend(against);
    Exchange { added, removed }
}

/// Whether an entry taken off is remembered as ended: one that was offered a place or is suspended. Else taking it off and
/// naming it again would be a decline, or the end of a suspension, that costs nothing (**D-readd**).
fn leaves_a_trace(application: &Application, organisation: Bin) -> bool {
    let state = application.entry(organisation).map(|entry| &entry.state);
    matches!(state, Some(EntryState::Offered(_) | EntryState::Suspended(_)))
}

/// Takes an organisation off: its entry leaves, a live offer of it goes to the next.
fn remove(draft: &mut Draft<'_>, organisation: Bin) {
    let ended = leaves_a_trace(&draft.application, organisation);
    if let Some(EntryState::Offered(offer)) = draft.application.entry(organisation).map(|entry| entry.state.clone()) {
        draft.set_seat(offer.seat, SeatState::Open);
        draft.fact(Fact::OfferWithdrawn { organisation, offer: offer.id });
    }
    draft.depart(organisation, EntryState::Left, "organisations-changed", "P15.5");
    if !ended {
        draft.application.entries.retain(|entry| entry.organisation != organisation);
    }
}

/// The order key that an organisation gets when it is added (**D-change**) or its ended entry comes back (**D-readd**): by it
/// its rank is looked up before the change is decided.
#[must_use]
pub fn order_key(application: &Application, organisation: Bin, world: World<'_>) -> Instant {
    let policy = &world.policy(application.settlement).policy;
    let ended = application.entry(organisation).is_some();
    let kept = if ended { policy.readd == Readd::Kept } else { policy.change == Change::Kept };
    if kept { application.submitted_at } else { world.now }
}

/// Adds an organisation (**D-change**), or lets an ended entry in again (**D-readd**).
fn add(draft: &mut Draft<'_>, organisation: Bin) {
    let ordered_at = order_key(&draft.application, organisation, draft.world);
    draft.application.entries.retain(|entry| entry.organisation != organisation);
    draft.application.entries.push(Entry { organisation, ordered_at, state: EntryState::Pending });
    if draft.application.status == Status::Queued {
        let number = draft.arrive(organisation, "organisations-changed", "P15.5");
        draft.fact(Fact::Queued { organisation, number });
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
