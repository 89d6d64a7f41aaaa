//! Siblings (`P26`): offered places at one moment, if there is one for each of them.

use crate::world::{Base, MS, bin, names};
use kezek_rules::application::{EntryState, Status};
use kezek_rules::decide::*;
use kezek_rules::ids::{ApplicationId, PersonKey, SeatId};
use kezek_rules::policy::{Policy, SiblingScope, Siblings, Simultaneous};
use kezek_rules::queue::Stream;
use kezek_rules::step::{Fact, Ground};

/// Queues a child of the n-th applicant for organisations.
fn child(base: &mut Base, applicant: u8, child: u8, year: i32, benefit: u8, organisations: &[u64]) -> ApplicationId {
    base.now += MS;
    let mut request = base.request(child);
    request.applicant = PersonKey::from_bytes([applicant | 0x40; 16]);
    request.birth_date = format!("{year}-05-10").parse().expect("a day");
    request.benefits = vec![benefit];
    request.documents = base.documents(benefit);
    request.organisations = organisations.iter().map(|n| bin(*n)).collect();
    let id = base.submit(request).expect("a good request");
    match benefit {
        1..=4 => {
            base.act(id, |snapshot, world| decide_by_officer(snapshot, OfficerDecision::Confirm, world)).expect("yes");
        }
        5..=12 => drop(base.register_answers(id, true).expect("yes")),
        _ => {}
    }
    id
}

fn publish(base: &mut Base, count: u16, year: i32) -> Vec<SeatId> {
    base.now += MS;
    let name = format!("b-{}", base.seats.len());
    base.publish_line(1, &name, 1, count, &[year])
}

/// The grounds of the offers made last, one by one.
fn grounds(base: &Base, count: usize) -> Vec<Option<Ground>> {
    let last = base.events.iter().rev().take(count).rev();
    let facts = last.flat_map(|event| &event.facts);
    facts.filter_map(|fact| if let Fact::Offered { ground, .. } = fact { Some(*ground) } else { None }).collect()
}

fn offered(base: &mut Base) -> Vec<ApplicationId> {
    base.allocate().into_iter().map(|(id, _)| id).collect()
}

/// Twins in the same queue: the second jumps over those between them, by `P26`, and no phase moves for it.
#[test]
fn p26_twins_are_offered_places_at_one_moment() {
    let mut base = Base::new();
    let first = child(&mut base, 1, 1, 2022, 13, &[1]);
    let between = child(&mut base, 2, 2, 2022, 13, &[1]);
    let twin = child(&mut base, 1, 3, 2022, 13, &[1, 2]);
    let seats = publish(&mut base, 2, 2022);
    assert_eq!(base.allocate(), [(first, seats[0]), (twin, seats[1])]);
    assert_eq!(grounds(&base, 2), [None, Some(Ground::Sibling)]);
    let [.., one, two] = &base.events[..] else { panic!("two events") };
    assert_eq!((one.at, one.queues[0].seq + 1, two.queues[0].seq), (two.at, two.queues[0].seq, two.queues[0].seq));
    assert_eq!((one.queues[0].phase, two.queues[0].phase), (3, 3), "at its bound after the head, and left there");
    assert_eq!(base.number(between, 1), Some(1));
    // Each is answered by itself.
    base.answer(first, 1, OfferAnswer::Accept).expect("accepted");
    base.answer(twin, 1, OfferAnswer::Decline).expect("declined");
    assert_eq!((base.app(first).status, base.state(twin, 2)), (Status::Referred, &EntryState::Waiting));
    assert_eq!(offered(&mut base), [between], "the declined place goes to the next");
}

/// The phase is the head's alone: a general head counts once, whatever its siblings.
#[test]
fn p26_only_the_head_moves_the_phase() {
    let mut base = Base::new();
    let first_priority = child(&mut base, 9, 9, 2022, 10, &[1]);
    let head = child(&mut base, 1, 1, 2022, 13, &[1]);
    let twins = [2, 3].map(|n| child(&mut base, 1, n, 2022, 13, &[1]));
    publish(&mut base, 4, 2022);
    assert_eq!(offered(&mut base), [first_priority, head, twins[0], twins[1]]);
    let key = base.app(head).queue_key(bin(1));
    assert_eq!(base.queues[&key].phase, Some(1));
}

/// Siblings of other birth years get fitting places of other groups, each the first in the order of service.
#[test]
fn p26_siblings_of_different_ages_get_places_of_different_groups() {
    let mut base = Base::new();
    let head = child(&mut base, 1, 1, 2022, 13, &[1]);
    let others = [child(&mut base, 2, 2, 2020, 13, &[1]), child(&mut base, 3, 3, 2020, 10, &[1])];
    let older = child(&mut base, 1, 4, 2020, 13, &[1]);
    let own = publish(&mut base, 1, 2022)[0];
    let fitting = publish(&mut base, 2, 2020);
    assert_eq!(base.allocate(), [(head, own), (older, fitting[0]), (others[1], fitting[1])]);
    assert_eq!(base.number(others[0], 1), Some(1));
}

/// A mixed-age place fits too; its group's phase stays.
#[test]
fn p26_a_mixed_age_place_fits_a_sibling() {
    let mut base = Base::new();
    let head = child(&mut base, 1, 1, 2022, 13, &[1]);
    let older = child(&mut base, 1, 2, 2020, 13, &[1]);
    let own = publish(&mut base, 1, 2022)[0];
    base.now += MS;
    let mixed = base.publish_line(1, "m", 1, 1, &[2020, 2021])[0];
    assert_eq!(base.allocate(), [(head, own), (older, mixed)]);
    assert!(base.mixed.is_empty());
    assert_eq!(grounds(&base, 1), [Some(Ground::Sibling)]);
}

/// Too few vacancies: the head alone, then everyone by the queue.
#[test]
fn p26_too_few_vacancies_serve_the_head_alone() {
    let mut base = Base::new();
    let head = child(&mut base, 1, 1, 2022, 13, &[1]);
    let next = child(&mut base, 2, 2, 2022, 13, &[1]);
    let [_, older] = [child(&mut base, 1, 3, 2022, 13, &[1]), child(&mut base, 1, 4, 2020, 13, &[1])];
    publish(&mut base, 2, 2022);
    assert_eq!(offered(&mut base), [head, next], "there is none for the older one");
    publish(&mut base, 1, 2020);
    assert_eq!(offered(&mut base), [older]);
    assert_eq!(grounds(&base, 1), [None]);
}

/// Temporary places aren't counted: no child is sent to one out of turn.
#[test]
fn p26_temporary_places_are_not_given_to_siblings() {
    let mut base = Base::new();
    let head = child(&mut base, 1, 1, 2022, 13, &[1]);
    let next = child(&mut base, 2, 2, 2022, 13, &[1]);
    child(&mut base, 1, 3, 2022, 13, &[1]);
    publish(&mut base, 1, 2022);
    base.now += MS;
    base.publish_until(1, "t", "2026-04-30");
    assert_eq!(offered(&mut base), [head, next]);
}

/// Who doesn't wait isn't counted: at another organisation, suspended, offered already, of another stream or applicant.
#[test]
fn p26_only_those_who_wait_there_are_siblings() {
    let mut base = Base::new();
    let silent = child(&mut base, 1, 1, 2022, 13, &[1, 2]);
    publish(&mut base, 1, 2022);
    assert_eq!(offered(&mut base), [silent]);
    base.go("2026-02-05 10:00");
    base.sweep();
    assert!(matches!(base.state(silent, 1), EntryState::Suspended(_)));
    let held = child(&mut base, 1, 2, 2022, 13, &[1]);
    assert_eq!(offered(&mut base), [held]);
    child(&mut base, 1, 3, 2022, 13, &[3]);
    let mut special = base.request(4);
    special.applicant = base.app(silent).applicant;
    special.stream = "special:speech".parse::<Stream>().expect("a stream");
    let issued_on = "2025-01-01".parse().expect("a day");
    special.documents = vec![Document { kind: "pmpc-conclusion".to_owned(), issued_on }];
    let special = base.submit(special).expect("a good request");
    base.act(special, |snapshot, world| decide_by_officer(snapshot, OfficerDecision::Confirm, world)).expect("yes");
    let head = child(&mut base, 1, 5, 2022, 13, &[1]);
    let stranger = child(&mut base, 2, 6, 2022, 13, &[1]);
    let place = Base::line(1, 1, &[2022]);
    base.publish_that(
        1,
        "s",
        BulletinLine { stream: base.app(special).stream.clone(), temporary_until: None, ..place },
    );
    publish(&mut base, 2, 2022);
    assert_eq!(offered(&mut base), [special, head, stranger]);
    assert_eq!(grounds(&base, 3), [None, None, None]);
}

/// **D-simultaneous** `one`: a sibling that holds an offer isn't waiting for another.
#[test]
fn p26_d_simultaneous_one() {
    let mut base = Base::with(Policy { simultaneous: Simultaneous::One, ..Policy::default() });
    let held = child(&mut base, 1, 1, 2022, 13, &[2, 1]);
    base.publish(2, 1);
    assert_eq!(offered(&mut base), [held]);
    let next = child(&mut base, 2, 2, 2022, 13, &[1]);
    let head = child(&mut base, 1, 3, 2022, 13, &[1]);
    let twin = child(&mut base, 1, 4, 2022, 13, &[1]);
    publish(&mut base, 3, 2022);
    assert_eq!(offered(&mut base), [next, head, twin]);
    assert_eq!(grounds(&base, 2), [None, Some(Ground::Sibling)]);
}

/// At most four siblings with one head; the others keep their places.
#[test]
fn p26_at_most_four_siblings_at_one_moment() {
    let mut base = Base::new();
    let family: Vec<_> = (1..=6).map(|n| child(&mut base, 1, n, 2022, 13, &[1])).collect();
    let next = child(&mut base, 2, 9, 2022, 13, &[1]);
    publish(&mut base, 7, 2022);
    assert_eq!(offered(&mut base), [&family[..], &[next]].concat());
    let expected: Vec<_> = [vec![None], vec![Some(Ground::Sibling); SIBLINGS_MAX], vec![None, None]].concat();
    assert_eq!(grounds(&base, 7), expected);
}

/// A sibling whose own time has run out leaves first: the head doesn't wait for it, and it gets nothing by a late sweep.
#[test]
fn p26_p11_b_a_sibling_that_is_too_old_gets_nothing() {
    let mut base = Base::new();
    let old = child(&mut base, 1, 1, 2020, 13, &[1]);
    let head = child(&mut base, 1, 2, 2022, 13, &[1]);
    base.go("2026-05-10 00:00");
    publish(&mut base, 1, 2022);
    publish(&mut base, 1, 2020);
    assert_eq!(offered(&mut base), [head]);
    assert!(!base.app(old).status.is_live());
}

fn check_scope(sibling_scope: SiblingScope, head: u8, twin: u8, together: bool) {
    let mut base = Base::with(Policy { sibling_scope, ..Policy::default() });
    let head = child(&mut base, 1, 1, 2022, head, &[1]);
    child(&mut base, 2, 2, 2022, 13, &[1]);
    let twin = child(&mut base, 1, 4, 2022, twin, &[1]);
    publish(&mut base, 2, 2022);
    // Whoever of the two has the turn: together they are served, or by the queue.
    let found: std::collections::BTreeSet<_> = offered(&mut base).into_iter().collect();
    assert!(!together || found == [head, twin].into());
    assert_eq!(grounds(&base, 2).contains(&Some(Ground::Sibling)), together);
}

#[test]
fn p26_d_sibling_scope_any_lane() {
    check_scope(SiblingScope::AnyLane, 13, 13, true);
    check_scope(SiblingScope::AnyLane, 10, 13, true);
    check_scope(SiblingScope::AnyLane, 13, 10, true);
}

#[test]
fn p26_d_sibling_scope_general_lane() {
    check_scope(SiblingScope::GeneralLane, 13, 13, true);
    check_scope(SiblingScope::GeneralLane, 10, 13, false);
    check_scope(SiblingScope::GeneralLane, 13, 10, false);
}

#[test]
fn p26_d_siblings_bundle() {
    let mut base = Base::with(Policy { siblings: Siblings::Bundle, ..Policy::default() });
    let twins = [1, 3].map(|n| child(&mut base, 1, n, 2022, 13, &[1]));
    publish(&mut base, 2, 2022);
    assert_eq!(offered(&mut base), twins);
    assert_eq!(grounds(&base, 2), [None, Some(Ground::Sibling)]);
}

#[test]
fn p26_d_siblings_off() {
    let mut base = Base::with(Policy { siblings: Siblings::Off, ..Policy::default() });
    let head = child(&mut base, 1, 1, 2022, 13, &[1]);
    let between = child(&mut base, 2, 2, 2022, 13, &[1]);
    child(&mut base, 1, 3, 2022, 13, &[1]);
    publish(&mut base, 2, 2022);
    assert_eq!(offered(&mut base), [head, between]);
    assert_eq!(grounds(&base, 2), [None, None]);
}

/// Someone was quicker: a bundle is decided on everything it holds, or not at all.
#[test]
fn p26_a_bundle_is_all_or_nothing() {
    let mut base = Base::new();
    let head = child(&mut base, 1, 1, 2022, 13, &[1]);
    let twin = child(&mut base, 1, 2, 2022, 13, &[1]);
    publish(&mut base, 2, 2022);
    let seats: Vec<_> = base.seats.values().cloned().collect();
    let mut snapshot = base.snapshot(head, &[]);
    snapshot.seats.push(seats[0].clone());
    let Ok(Allocation::Offer(step)) = allocate(snapshot, &Turn::Head, base.world()) else { panic!("the head waits") };
    base.withdraw(twin);
    let queues = base.snapshot(head, &[]).queues;
    let gone = vec![(base.app(twin).clone(), seats[1].clone())];
    let refused = allocate_bundle(*step, gone, &queues, base.world());
    assert_eq!(crate::world::codes(refused), ["not-waiting"]);
    assert_eq!(names(&base.withdraw(head)), ["archived"]);
}
