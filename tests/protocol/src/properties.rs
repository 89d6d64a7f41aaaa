//! What must hold whatever happens, and what must be possible at all. Never here: how the world moves.

use stateright::Property;

use super::protocol::Protocol;
use super::state::{CHILDREN, Entry, QUEUES, SEATS, Seat, State, Status, has};

/// A seat is held by at most one child, and by the one it says.
pub const SEAT: &str = "a seat is held by one child, who knows of it";
/// An entry has one live offer at most, an application one referral, and nothing else beside it.
pub const CHILD: &str = "a child's offers and referral are seats that it holds";
/// An offer goes to whoever stands first when it is committed.
pub const FIRST: &str = "an offer goes to the child with number 1";
/// Everyone who is queued waits, is asked or holds something.
pub const LOST: &str = "nobody is lost";
/// Whatever else happens or doesn't: once the system has nothing to do, no vacancy stands beside a child who waits for it.
pub const REST: &str = "at rest no open vacancy stands beside a waiting child";
/// Every run comes to an end where all is answered.
pub const END: &str = "at last every offer is answered and every vacancy given or unwanted";
/// Both seats can be given away.
pub const GIVEN: &str = "both seats are given away";

/// All of them.
pub fn all() -> Vec<Property<Protocol>> {
    vec![
        Property::always(SEAT, |_, state| (0..SEATS).all(|seat| is_held_by_one(state, seat))),
        Property::always(CHILD, |_, state| (0..CHILDREN).all(|child| holds_what_it_says(state, child))),
        Property::always(FIRST, |_, state: &State| !state.jumped),
        Property::always(LOST, |protocol, state| (0..CHILDREN).all(|child| is_somewhere(protocol, state, child))),
        Property::always(REST, |protocol, state| !is_at_rest(protocol, state) || is_settled(protocol, state)),
        Property::eventually(END, |protocol, state: &State| {
            let answered = state.seats.iter().all(|seat| !matches!(seat, Seat::Unknown | Seat::Offered(_)));
            answered && is_at_rest(protocol, state) && is_settled(protocol, state)
        }),
        Property::sometimes(GIVEN, |_, state: &State| state.seats.iter().all(|seat| matches!(seat, Seat::Referred(_)))),
    ]
}

/// The seats that a child says it holds, each with whether by a referral.
fn held(state: &State, child: usize) -> impl Iterator<Item = (usize, bool)> + '_ {
    let offered = state.children[child].entries.iter().filter_map(|entry| match entry {
        Entry::Offered(seat) => Some((usize::from(*seat), false)),
        _ => None,
    });
    let referred = match state.children[child].status {
        Status::Referred(seat) => Some((usize::from(seat), true)),
        _ => None,
    };
    offered.chain(referred)
}

fn is_held_by_one(state: &State, seat: usize) -> bool {
    let holders: Vec<(usize, bool)> = (0..CHILDREN)
        .flat_map(|child| {
            held(state, child).filter(|(held, _)| *held == seat).map(move |(_, referred)| (child, referred))
        })
        .collect();
    match state.seats[seat] {
        Seat::Unknown | Seat::Open | Seat::Withdrawn => holders.is_empty(),
        Seat::Offered(child) => holders == [(usize::from(child), false)],
        Seat::Referred(child) => holders == [(usize::from(child), true)],
    }
}

fn holds_what_it_says(state: &State, child: usize) -> bool {
    let is_its = |(seat, referred): (usize, bool)| match state.seats[seat] {
        Seat::Offered(holder) => !referred && usize::from(holder) == child,
        Seat::Referred(holder) => referred && usize::from(holder) == child,
        _ => false,
    };
    let alone = match state.children[child].status {
        Status::Queued => true,
        _ => state.children[child].entries.iter().all(|entry| *entry == Entry::Left),
    };
    alone && held(state, child).all(is_its)
}

fn is_somewhere(protocol: &Protocol, state: &State, child: usize) -> bool {
    let known = state.children[child];
    let in_queue = (0..QUEUES).all(|at| has(state.queues[at].waiting, child) == (known.entries[at] == Entry::Waiting));
    let wanted = (0..QUEUES).all(|at| known.entries[at] == Entry::Left || has(protocol.wants[child], at));
    let live = known.status != Status::Queued || known.entries.iter().any(|entry| *entry != Entry::Left);
    in_queue && wanted && live
}

/// Whether the system has nothing to do: what people do, or what goes wrong, nobody can rely on.
fn is_at_rest(protocol: &Protocol, state: &State) -> bool {
    let mut actions = Vec::new();
    protocol.by_itself(state, &mut actions);
    actions.is_empty()
}

fn is_settled(protocol: &Protocol, state: &State) -> bool {
    (0..QUEUES).all(|organisation| !protocol.is_waited_for(state, organisation))
}
