//! The order of the queue and the changes that move it (`P10`, `P3.9`, `P13`, `P15.5`). The closed form is proven in `queue`.

use crate::world::{Base, MS, bin, codes, names};
use kezek_rules::application::{EntryState, Status};
use kezek_rules::decide::*;
use kezek_rules::ids::ApplicationId;
use kezek_rules::policy::{Change, Policy, Readd};
use kezek_rules::queue::{Interleave, Leading};
use kezek_rules::step::Fact;

fn numbers(base: &Base, ids: &[ApplicationId]) -> Vec<u64> {
    ids.iter().map(|id| base.number(*id, 1).unwrap_or(0)).collect()
}

#[test]
fn p10_b_ordered_by_submission_to_the_millisecond() {
    let mut base = Base::new();
    let ids = [1, 2, 3].map(|child| base.register(child, 13, &[1]));
    assert_eq!(numbers(&base, &ids), [1, 2, 3]);
}

#[test]
fn p10_b_ties_go_by_application_id() {
    let mut base = Base::new();
    let (first, second) = (base.request(1), base.request(2));
    let second = base.submit(second).expect("queued");
    let first = base.submit(first).expect("queued");
    assert_eq!(numbers(&base, &[first, second]), [1, 2]);
}

#[test]
fn p10_b_one_queue_per_language_and_birth_year() {
    let mut base = Base::new();
    base.register(1, 13, &[1]);
    let mut request = base.request(2);
    request.language = "ru".parse().expect("a language");
    let russian = base.submit(request).expect("queued");
    let mut request = base.request(3);
    request.birth_date = "2021-05-10".parse().expect("a day");
    let older = base.submit(request).expect("queued");
    assert_eq!(numbers(&base, &[russian, older]), [1, 1]);
    base.publish_line(1, "b", 1, 2, &[2021]);
    let offered: Vec<_> = base.allocate().into_iter().map(|(id, _)| id).collect();
    assert_eq!(offered, [older], "a vacancy serves its own queue alone");
}

#[test]
fn p10_c_out_of_turn_before_first_priority() {
    let mut base = Base::new();
    let ids = [(1, 13), (2, 10), (3, 4)].map(|(child, benefit)| base.queued(child, benefit, &[1]));
    assert_eq!(numbers(&base, &ids), [3, 2, 1]);
}

/// Registers children of benefits (`o`, `p`, `g`), then serves `places` one by one; returns the lanes in the order of service.
fn served(policy: Policy, children: &str, places: usize) -> String {
    let mut base = Base::with(policy);
    for (child, letter) in (1u8..).zip(children.chars()) {
        base.queued(
            child,
            if letter == 'o' {
                1
            } else if letter == 'p' {
                10
            } else {
                13
            },
            &[1],
        );
    }
    base.publish(1, u16::try_from(places).expect("few"));
    let offered = base.allocate();
    offered.iter().map(|(id, _)| base.app(*id).lane.as_str().chars().next().expect("a name")).collect::<String>()
}

fn interleave(general: u8, leading: Leading) -> Policy {
    Policy { interleave: Interleave { general, leading }, ..Policy::default() }
}

#[test]
fn p10_d_d_interleave_first_priority_leading() {
    assert_eq!(served(Policy::default(), "gggggggppp", 10), "fgggfgggfg");
    assert_eq!(served(interleave(1, Leading::FirstPriority), "gggpp", 5), "fgfgg");
    assert_eq!(served(Policy::default(), "ggggpo", 6), "ofgggg");
}

#[test]
fn p10_d_d_interleave_general_leading() {
    assert_eq!(served(interleave(3, Leading::General), "gggggggppp", 10), "gggfgggfgf");
}

/// A merge that began anew after each place would give every place to one lane.
#[test]
fn p10_d_the_phase_stays_between_vacancies() {
    let mut base = Base::new();
    for child in 1..=8 {
        base.queued(child, if child <= 5 { 13 } else { 10 }, &[1]);
    }
    let mut order = String::new();
    for day in 3..=10 {
        base.go(&format!("2026-02-{day:02} 10:00"));
        base.publish(1, 1);
        let (id, _) = base.allocate()[0];
        order.push_str(&base.app(id).lane.as_str()[..1]);
        base.answer(id, 1, OfferAnswer::Accept).expect("accepted");
    }
    assert_eq!(order, "fgggfggf");
}

/// It moves whatever the answer, and doesn't roll back when an offer is withdrawn.
#[test]
fn p10_d_the_phase_does_not_roll_back() {
    let mut base = Base::new();
    let first = base.queued(1, 10, &[1]);
    let second = base.queued(2, 10, &[1]);
    let general = base.queued(3, 13, &[1]);
    base.publish(1, 1);
    assert_eq!(base.allocate()[0].0, first);
    base.withdraw(first);
    assert_eq!(numbers(&base, &[general, second]), [1, 2]);
    assert_eq!(base.allocate()[0].0, general);
}

/// A policy change caps the phase for good.
#[test]
fn p10_d_a_policy_change_caps_the_phase() {
    let mut base = Base::with(interleave(3, Leading::General));
    let ids: Vec<_> = (1..=6).map(|child| base.queued(child, 13, &[1])).collect();
    base.publish(1, 3);
    base.allocate();
    base.publish_policy("test", "2026-02-03", &[], interleave(1, Leading::General));
    base.publish_policy("test", "2026-02-04", &[], interleave(3, Leading::General));
    base.go("2026-02-03 10:00");
    base.withdraw(ids[5]);
    base.go("2026-02-04 10:00");
    let priority = base.queued(7, 10, &[1]);
    assert_eq!(base.number(priority, 1), Some(3), "one general counts, two more come first");
}

/// A fall of `n` and its rise while nothing happens in the queue cap the phase as well.
#[test]
fn p10_d_a_policy_that_was_in_force_between_two_changes_caps_the_phase() {
    let mut base = Base::with(interleave(3, Leading::General));
    let general = (1..=6).map(|child| base.queued(child, 13, &[1])).last().expect("one");
    base.publish(1, 3);
    base.allocate();
    let priority = base.queued(7, 10, &[1]);
    assert_eq!(base.number(priority, 1), Some(1), "three general ones were taken");
    base.publish_policy("test", "2026-02-03", &[], interleave(1, Leading::General));
    base.publish_policy("test", "2026-02-04", &[], interleave(3, Leading::General));
    base.go("2026-02-04 10:00");
    assert_eq!(base.number(priority, 1), Some(3), "one of them counts, two more come first");
    base.publish(1, 1);
    assert_ne!(base.allocate()[0].0, priority);
    base.withdraw(general);
    assert_eq!(base.number(priority, 1), Some(2));
}

/// The numbers shown beforehand are the order in which the offers go out (checked with each offer, too).
#[test]
fn p3_9_numbers_are_the_order_of_offers() {
    let mut base = Base::new();
    let benefits = [13, 10, 13, 13, 1, 10, 13, 13, 13, 10, 13];
    let ids: Vec<_> = (1..).zip(benefits).map(|(child, benefit)| base.queued(child, benefit, &[1])).collect();
    let mut expected: Vec<_> = ids.iter().map(|id| (base.number(*id, 1).expect("a number"), *id)).collect();
    expected.sort_unstable();
    base.publish(1, 11);
    let offered: Vec<_> = base.allocate().into_iter().map(|(id, _)| id).collect();
    assert_eq!(offered, expected.into_iter().map(|(_, id)| id).collect::<Vec<_>>());
}

#[test]
fn p3_9_an_offered_entry_has_no_number() {
    let mut base = Base::new();
    let ids = [1, 2].map(|child| base.queued(child, 13, &[1]));
    base.publish(1, 1);
    base.allocate();
    assert_eq!(numbers(&base, &ids), [0, 1]);
}

/// `P13`: on a priority application, a withdrawal, a change of organisations, a referral and an archiving.
#[test]
fn p13_the_numbers_move_with_the_queue() {
    let mut base = Base::new();
    let [a, b, c, d] = [1, 2, 3, 4].map(|child| base.queued(child, 13, &[1]));
    assert_eq!(base.number(d, 1), Some(4));
    let priority = base.queued(5, 10, &[1]);
    assert_eq!(base.number(d, 1), Some(5));
    base.queued(6, 1, &[1]);
    assert_eq!(base.number(d, 1), Some(6));
    base.withdraw(priority);
    assert_eq!(base.number(d, 1), Some(5));
    base.change(a, &[2]).expect("changed");
    assert_eq!(base.number(d, 1), Some(4));
    base.act(b, |snapshot, world| {
        archive_by_officer(snapshot, kezek_rules::application::ArchiveReason::Violation, world)
    })
    .expect("archived");
    assert_eq!(base.number(d, 1), Some(3));
    base.publish(2, 1);
    base.change(c, &[1, 2]).expect("changed");
    assert_eq!(base.allocate()[0].0, a);
    base.answer(a, 2, OfferAnswer::Decline).expect("declined");
    assert_eq!(base.allocate()[0].0, c);
    base.answer(c, 2, OfferAnswer::Accept).expect("accepted");
    assert_eq!(base.number(d, 1), Some(2), "a referral leaves all queues");
}

#[test]
fn p15_5_never_more_than_four() {
    let mut base = Base::new();
    let id = base.queued(1, 13, &[1, 2, 3, 4]);
    assert_eq!(codes(base.change(id, &[1, 2, 3, 4, 5])), ["organisations-count"]);
    assert_eq!(codes(base.change(id, &[])), ["organisations-count"]);
    assert_eq!(codes(base.change(id, &[1, 1])), ["organisation-repeated"]);
    assert_eq!(codes(base.change(id, &[1, 9])), ["organisation-unknown"]);
    let facts = base.change(id, &[5, 2, 3, 4]).expect("changed");
    let expected = Fact::OrganisationsChanged { added: vec![bin(5)], removed: vec![bin(1)] };
    assert_eq!(facts, [Fact::Queued { organisation: bin(5), number: 1 }, expected]);
}

/// A closed organisation may stay in the list of one who waits there, but no one new may name it.
#[test]
fn p15_5_a_closed_organisation_may_stay() {
    let mut base = Base::new();
    let id = base.queued(1, 13, &[1, 2]);
    let other = base.queued(2, 13, &[2]);
    base.organisations[0].open = false;
    base.change(id, &[1, 3]).expect("it waits there already");
    assert_eq!(codes(base.change(other, &[1])), ["organisation-closed"]);
}

fn check_change(change: Change, expected: &[u64]) {
    let mut base = Base::with(Policy { change, ..Policy::default() });
    let early = base.queued(1, 13, &[2]);
    let later = base.queued(2, 13, &[1]);
    base.go("2026-02-03 11:00");
    base.change(early, &[1, 2]).expect("changed");
    assert_eq!(numbers(&base, &[early, later]), expected);
    assert_eq!(base.number(early, 2), Some(1), "where it waited it keeps its place");
}

#[test]
fn p15_5_d_change_kept() {
    check_change(Change::Kept, &[1, 2]);
}

#[test]
fn p15_5_d_change_new() {
    check_change(Change::New, &[2, 1]);
}

fn check_readd(readd: Readd, expected: &[u64]) {
    let mut base = Base::with(Policy { readd, ..Policy::default() });
    let early = base.queued(1, 13, &[1, 2]);
    base.publish(1, 1);
    base.allocate();
    base.answer(early, 1, OfferAnswer::Decline).expect("declined");
    let later = base.queued(2, 13, &[1]);
    base.go("2026-02-03 11:00");
    base.change(early, &[1, 2]).expect("changed");
    assert_eq!(numbers(&base, &[early, later]), expected);
    assert_eq!(base.app(early).entries.len(), 2);
}

#[test]
fn p15_5_d_readd_new() {
    check_readd(Readd::New, &[2, 1]);
}

#[test]
fn p15_5_d_readd_kept() {
    check_readd(Readd::Kept, &[1, 2]);
}

/// Taking an organisation off under a live offer, or while suspended, ends the entry: it can't be had back at its old place.
#[test]
fn p15_5_taking_off_is_no_way_around_a_decline() {
    for silent in [false, true] {
        let mut base = Base::new();
        let early = base.queued(1, 13, &[1, 2]);
        let later = base.queued(2, 13, &[1]);
        base.publish(1, 1);
        base.allocate();
        if silent {
            base.go("2026-02-06 10:00");
            base.sweep();
            assert!(matches!(base.state(early, 1), EntryState::Suspended(_)));
        }
        let facts = base.change(early, &[2]).expect("changed");
        assert_eq!(names(&facts).contains(&"offer-withdrawn"), !silent);
        assert_eq!(base.seats_of(1), ["open"], "the place goes on");
        base.now += MS;
        base.change(early, &[1, 2]).expect("changed");
        assert_eq!(numbers(&base, &[early, later]), [2, 1]);
    }
}

/// While it is verified the organisations may change; it isn't queued by that.
#[test]
fn p15_5_a_change_before_the_queue() {
    let mut base = Base::new();
    let id = base.register(1, 10, &[1]);
    let facts = base.change(id, &[2, 3]).expect("changed");
    assert_eq!(names(&facts), ["organisations-changed"]);
    assert_eq!(base.app(id).status, Status::Verifying);
    base.register_answers(id, true).expect("confirmed");
    assert_eq!((base.number(id, 2), base.number(id, 3)), (Some(1), Some(1)));
}

/// `P15.6`: each change of a queue says what it was, in the sequence of that queue.
#[test]
fn p15_6_a_queue_can_be_replayed_from_its_history() {
    let mut base = Base::new();
    let ids = [1, 2, 3].map(|child| base.queued(child, 13, &[1, 2]));
    base.publish(1, 2);
    base.allocate();
    base.answer(ids[0], 1, OfferAnswer::Accept).expect("accepted");
    base.withdraw(ids[2]);
    for n in [1, 2] {
        let mut traces: Vec<_> =
            base.events.iter().flat_map(|event| event.queues.iter().map(move |trace| (trace, event.at))).collect();
        traces.retain(|(trace, _)| trace.organisation == bin(n));
        traces.sort_by_key(|(trace, _)| trace.seq);
        assert!(traces.iter().zip(1..).all(|((trace, _), seq)| trace.seq == seq), "no gap");
        let mut waiting = Vec::new();
        for (trace, at) in traces {
            waiting.extend(trace.arrived.map(|place| place.order_key(at)));
            waiting.retain(|place| trace.departed.is_none_or(|gone| gone.order_key(at) != *place));
        }
        let key = base.app(ids[0]).queue_key(bin(n));
        let stored: Vec<_> = base.queues[&key].places.iter().map(|place| place.submitted_at).collect();
        assert_eq!(waiting, stored);
    }
}
