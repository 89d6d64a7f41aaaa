//! The organisations of an application change (`P15.5`): who is added and who is taken off, with which order key, and what the rules
//! have against it.

use super::World;
use super::draft::Draft;
use super::register::{MAX_ORGANISATIONS, against_organisations};
use crate::application::{Application, Entry, EntryState, Status};
use crate::ids::Bin;
use crate::organisation::Organisation;
use crate::policy::{Change, Readd};
use crate::queue::Instant;
use crate::refusal::Reason;
use crate::seat::SeatState;
use crate::step::Fact;

/// An application keeps its ended entries, so that one that re-enters is known (**D-readd**); this bounds them.
const MAX_ENTRIES: usize = 3 * MAX_ORGANISATIONS;

/// Who is added and who is taken off.
#[derive(Debug, Default)]
pub(super) struct Exchange {
    /// New ones, and those whose ended entries come back.
    pub added: Vec<Bin>,
    /// Those whose live entries leave.
    pub removed: Vec<Bin>,
}

/// `P15.5`: what it takes to come to the organisations wanted, and what the rules have against it.
pub(super) fn exchange(
    application: &Application,
    wanted: &[Bin],
    known: &[Organisation],
    reasons: &mut Vec<Reason>,
) -> Exchange {
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
pub(super) fn remove(draft: &mut Draft<'_>, organisation: Bin) {
    let ended = leaves_a_trace(&draft.application, organisation);
    if let Some(EntryState::Offered(offer)) = draft.application.entry(organisation).map(|entry| entry.state.clone()) {
        draft.set_seat(offer.seat, SeatState::Open);
        draft.fact(Fact::OfferWithdrawn { organisation, offer: offer.id, vacancy_withdrawn: false });
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
pub(super) fn add(draft: &mut Draft<'_>, organisation: Bin) {
    let ordered_at = order_key(&draft.application, organisation, draft.world);
    draft.application.entries.retain(|entry| entry.organisation != organisation);
    draft.application.entries.push(Entry { organisation, ordered_at, state: EntryState::Pending });
    if draft.application.status == Status::Queued {
        let number = draft.arrive(organisation, "organisations-changed", "P15.5");
        draft.fact(Fact::Queued { organisation, number });
    }
}
