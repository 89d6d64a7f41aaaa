//! The protocol holds, and each of its conditions is needed.

use std::collections::HashMap;

use stateright::Model;

use super::check::check_for;
use super::properties::{CHILD, FIRST, LOST, REST, SEAT};
use super::{Budget, Conditions, Protocol, State, check};

fn holds(name: &str, protocol: Protocol) {
    let checked = check(protocol);
    println!("{name}: {} unique states, depth {}, {:.1} s", checked.unique, checked.depth, checked.seconds);
    for (property, path) in &checked.found {
        println!("{property}:\n{path}");
    }
    assert!(checked.found.is_empty(), "{name}: {:?}", checked.found.keys());
    assert!(checked.unique > 10_000, "{name}: {} states are no check", checked.unique);
}

#[test]
fn k4_the_protocol_holds_with_a_crash_and_a_duplicate() {
    Protocol::all(false).into_iter().for_each(|(name, protocol)| holds(name, protocol));
}

/// The whole, with lost messages, seats taken back, and requests that are overtaken: takes minutes in a release build.
#[test]
#[ignore = "millions of states: cargo run --release -p kezek-protocol -- --whole"]
fn k4_the_whole_protocol_holds() {
    Protocol::all(true).into_iter().for_each(|(name, protocol)| holds(name, protocol));
}

/// A lost wake is found by the hourly look.
#[test]
fn p16_a_a_lost_message_is_made_up_for() {
    let lossy = |rescans| {
        let small = Protocol::one_organisation().small();
        let budget = Budget { crashes: 0, copies: 0, losses: 1, silences: 0, taken_back: 0, rescans };
        Protocol { budget, ..small }
    };
    holds("with the hourly look", lossy(1));
    let found = check_for(lossy(0), &[REST]).found;
    assert!(found.contains_key(REST), "without it a place stays empty: {found:?}");
}

/// Takes a condition away and says which of these then fail.
fn without(
    change: impl Fn(&mut Conditions),
    more: impl Fn(&mut Protocol),
    expected: &[&'static str],
) -> Vec<&'static str> {
    let mut protocol = Protocol::whole().small();
    protocol.errands = true;
    protocol.budget = Budget { crashes: 0, copies: 1, losses: 0, silences: 1, taken_back: 0, rescans: 0 };
    change(&mut protocol.conditions);
    more(&mut protocol);
    let found = check_for(protocol, expected).found;
    expected.iter().copied().filter(|property| found.contains_key(property)).collect()
}

#[test]
fn k4_without_the_seats_condition_two_children_hold_one_seat() {
    assert_eq!(without(|conditions| conditions.seat = false, |_| (), &[SEAT]), [SEAT]);
}

#[test]
fn k4_without_the_applications_condition_a_referral_is_overwritten() {
    let found = without(|conditions| conditions.application = false, |_| (), &[CHILD, SEAT]);
    assert_eq!(found, [CHILD, SEAT]);
}

#[test]
fn p16_a_without_the_queues_condition_an_offer_passes_the_first_by() {
    assert_eq!(without(|conditions| conditions.queue = false, |_| (), &[FIRST]), [FIRST]);
}

#[test]
fn k4_without_any_condition_children_are_lost() {
    let none = |conditions: &mut Conditions| {
        (conditions.seat, conditions.application, conditions.queue) = (false, false, false);
    };
    assert_eq!(without(none, |_| (), &[LOST]), [LOST]);
}

/// Events in the transaction, and messages kept until their work is done: without either a death leaves a place empty.
#[test]
fn p16_a_without_outbox_or_redelivery_a_death_leaves_a_place_empty() {
    let dying = |protocol: &mut Protocol| {
        *protocol = Protocol { seats: [0, 0], late: 0b110, ..protocol.clone() };
        protocol.errands = false;
        protocol.budget.crashes = 1;
        protocol.budget.silences = 0;
    };
    assert_eq!(without(|conditions| conditions.redelivery = false, dying, &[REST]), [REST]);
    let both = |conditions: &mut Conditions| (conditions.event, conditions.redelivery) = (false, false);
    assert_eq!(without(both, dying, &[REST]), [REST]);
}

/// Every run comes to an end: what never happens in the model isn't hidden by going round in circles.
#[test]
fn no_run_goes_round_in_circles() {
    let mut protocol = Protocol::whole().small();
    protocol.budget = Budget { crashes: 1, copies: 1, losses: 1, silences: 1, taken_back: 0, rescans: 1 };
    protocol.wants = [0b11, 0b01, 0b01];
    let following = |state: &State| -> std::vec::IntoIter<State> {
        let next: Vec<State> = protocol.next_steps(state).into_iter().map(|(_, next)| next).collect();
        next.into_iter()
    };
    // Whether all that follows from a state was seen; false while it is on the way.
    let mut seen: HashMap<State, bool> = HashMap::new();
    let beginning = protocol.beginning();
    let mut way = vec![(beginning.clone(), following(&beginning))];
    seen.insert(beginning, false);
    while let Some((state, next)) = way.last_mut() {
        match next.next() {
            Some(next) => match seen.get(&next) {
                Some(true) => {}
                Some(false) => panic!("a circle through {next:?}"),
                None => {
                    seen.insert(next.clone(), false);
                    let further = following(&next);
                    way.push((next, further));
                }
            },
            None => {
                seen.insert(state.clone(), true);
                way.pop();
            }
        }
    }
    assert!(seen.len() > 10_000, "{} states", seen.len());
}
