//! Vacancies that aren't one place for one birth year for good: mixed-age groups (`P24.m`), temporary places (`P23.c`), and places
//! for which no one of their own birth years waits (`P24`).

use crate::world::{Base, MS, at, bin, names};
use kezek_rules::application::{ArchiveReason, EntryState, Status};
use kezek_rules::decide::*;
use kezek_rules::ids::ApplicationId;
use kezek_rules::policy::{Decline, Policy, Simultaneous, TemporaryDecline};
use kezek_rules::queue::{Interleave, Leading};
use kezek_rules::seat::DECLINED_MAX;
use kezek_rules::step::{Fact, Ground};

/// Queues the n-th child, born in a year, with a benefit, for organisation 1.
fn born(base: &mut Base, child: u8, year: i32, benefit: u8) -> ApplicationId {
    base.now += MS;
    let mut request = base.request(child);
    request.birth_date = format!("{year}-05-10").parse().expect("a day");
    request.benefits = vec![benefit];
    request.documents = base.documents(benefit);
    queued(base, request)
}

fn queued(base: &mut Base, request: Registration) -> ApplicationId {
    let (lane, stream) = (request.benefits[0], request.stream.clone());
    let id = base.submit(request).expect("a good request");
    if lane < 5 || stream != kezek_rules::queue::Stream::General {
        base.act(id, |snapshot, world| decide_by_officer(snapshot, OfficerDecision::Confirm, world))
            .expect("confirmed");
    } else if lane < 13 {
        base.register_answers(id, true).expect("confirmed");
    }
    id
}

/// Queues the n-th child, born in a year, with a PMPC conclusion.
fn with_conclusion(base: &mut Base, child: u8, year: i32, benefit: u8) -> ApplicationId {
    base.now += MS;
    let mut request = base.request(child);
    request.birth_date = format!("{year}-05-10").parse().expect("a day");
    request.benefits = vec![benefit];
    request.documents = base.documents(benefit);
    let issued_on = "2025-01-01".parse().expect("a day");
    request.documents.push(Document { kind: "pmpc-conclusion".to_owned(), issued_on });
    queued(base, request)
}

fn offered(base: &mut Base) -> Vec<ApplicationId> {
    base.allocate().into_iter().map(|(id, _)| id).collect()
}

fn ground(base: &Base) -> Option<Ground> {
    let facts = &base.events.last().expect("an event").facts;
    facts
        .iter()
        .find_map(|fact| if let Fact::Offered { ground, .. } = fact { Some(*ground) } else { None })
        .expect("an offer")
}

/// `P24.m`: out of turn first, then one first-priority to three general ones, each the earliest over all birth years.
#[test]
fn p24_m_a_mixed_age_group_looks_at_the_heads_of_all_its_queues() {
    let mut base = Base::new();
    let general: Vec<_> = (1..=5).map(|n| born(&mut base, n, 2020 + i32::from(n % 3), 13)).collect();
    let first = [born(&mut base, 6, 2022, 10), born(&mut base, 7, 2021, 10)];
    let serving = [born(&mut base, 8, 2022, 1), born(&mut base, 9, 2020, 1)];
    base.publish_line(1, "b", 1, 9, &[2020, 2021, 2022]);
    let [g1, g2, g3, g4, g5] = general[..] else { panic!("five") };
    assert_eq!(offered(&mut base), [serving[0], serving[1], first[0], g1, g2, g3, first[1], g4, g5]);
    assert_eq!(ground(&base), Some(Ground::MixedAge));
}

/// The order key decides between the heads, and the application id between equal keys.
#[test]
fn p24_m_ties_between_queues_go_by_application_id() {
    let mut base = Base::new();
    let mut request = base.request(1);
    request.birth_date = "2023-05-10".parse().expect("a day");
    let second = base.request(2);
    let second = base.submit(second).expect("queued");
    let first = base.submit(request).expect("queued");
    base.publish_line(1, "b", 1, 2, &[2022, 2023]);
    assert_eq!(offered(&mut base), [first, second]);
}

/// The single queues' phases stay where they are, and theirs leave the group's alone.
#[test]
fn p24_m_phases_are_kept_apart() {
    let mut base =
        Base::with(Policy { interleave: Interleave { general: 3, leading: Leading::General }, ..Policy::default() });
    let general: Vec<_> = (1..=6).map(|n| born(&mut base, n, 2022, 13)).collect();
    let first = born(&mut base, 7, 2022, 10);
    base.publish_line(1, "a", 1, 2, &[2021, 2022]);
    assert_eq!(offered(&mut base), general[..2], "the group's phase is 2 now");
    let key = base.app(first).queue_key(bin(1));
    assert_eq!(base.queues[&key].phase, Some(0));
    base.now += MS;
    base.publish_line(1, "b", 1, 3, &[2022]);
    assert_eq!(offered(&mut base), general[2..5], "the queue's own phase begins at 0");
    base.now += MS;
    base.publish_line(1, "c", 1, 2, &[2021, 2022]);
    assert_eq!(offered(&mut base), [general[5], first], "the group goes on at 2");
    // Another set of birth years is another group.
    let more = [born(&mut base, 8, 2022, 13), born(&mut base, 9, 2022, 10)];
    base.publish_line(1, "d", 1, 1, &[2022, 2023]);
    assert_eq!(offered(&mut base), [more[0]]);
    assert_eq!(base.mixed.values().map(|(version, kept)| (*version, kept.phase)).collect::<Vec<_>>(), [(4, 0), (1, 1)]);
}

/// A policy change caps the group's phase as it does a queue's (`P10.d`).
#[test]
fn p24_m_a_policy_change_caps_the_phase() {
    let mut base = Base::new();
    let general: Vec<_> = (1..=4).map(|n| born(&mut base, n, 2022, 13)).collect();
    base.publish_line(1, "b", 1, 3, &[2021, 2022]);
    assert_eq!(offered(&mut base), general[..3]);
    let narrow = Policy { interleave: Interleave { general: 1, leading: Leading::FirstPriority }, ..Policy::default() };
    base.publish_policy("test", "2026-02-03", &[], narrow);
    base.go("2026-02-03 10:00");
    let first = born(&mut base, 5, 2021, 10);
    base.publish_line(1, "c", 1, 2, &[2021, 2022]);
    assert_eq!(offered(&mut base), [first, general[3]]);
}

/// One who holds an offer is passed over in a mixed-age group too, and no phase moves for it (**D-simultaneous** `one`).
#[test]
fn p24_m_d_simultaneous_one_passes_over() {
    let mut base = Base::with(Policy { simultaneous: Simultaneous::One, ..Policy::default() });
    let first = base.queued(1, 10, &[2, 1]);
    let general = born(&mut base, 2, 2021, 13);
    base.publish(2, 1);
    assert_eq!(offered(&mut base), [first]);
    base.publish_line(1, "b", 1, 2, &[2021, 2022]);
    assert_eq!(offered(&mut base), [general]);
    let phases: Vec<_> = base.mixed.values().map(|(version, kept)| (*version, kept.phase)).collect();
    assert_eq!(phases, [(1, 3)], "a general one at phase 3");
}

/// `P23.c`: a temporary place goes to the head as any other, and the offer says how long it lasts.
#[test]
fn p23_c_a_temporary_place_is_offered_with_its_last_day() {
    let mut base = Base::new();
    let [first, second] = [1, 2].map(|child| base.queued(child, 13, &[1]));
    base.publish_until(1, "b", "2026-04-30");
    assert_eq!(offered(&mut base), [first]);
    let told = base.events.last().expect("an event").facts.iter().find_map(|fact| match fact {
        Fact::Offered { temporary_until, ground, .. } => Some((*temporary_until, *ground)),
        _ => None,
    });
    assert_eq!(told, Some(("2026-04-30".parse().ok(), None)));
    base.answer(first, 1, OfferAnswer::Accept).expect("accepted");
    assert_eq!(base.number(second, 1), Some(1), "the phase and the queue move as for any place");
}

/// **D-temporary-decline** `keep`: the entry waits on at its instant, the place goes on and isn't offered to it again.
#[test]
fn p23_c_d_temporary_decline_keep() {
    for silent in [false, true] {
        let mut base = Base::with(Policy { decline: Decline::Application, ..Policy::default() });
        let [first, second] = [1, 2].map(|child| base.queued(child, 13, &[1, 2]));
        let seat = base.publish_until(1, "b", "2026-04-30");
        assert_eq!(base.allocate(), [(first, seat)]);
        let facts = if silent {
            base.go("2026-02-05 10:00");
            base.sweep()
        } else {
            base.answer(first, 1, OfferAnswer::Decline).expect("declined")
        };
        assert_eq!(names(&facts), [if silent { "passed-on" } else { "declined" }, "resumed"]);
        assert_eq!((base.number(first, 1), base.number(second, 1)), (Some(1), Some(2)), "at its original instant");
        assert_eq!(base.allocate(), [(second, seat)], "it goes on");
        base.answer(second, 1, OfferAnswer::Decline).expect("declined");
        assert!(base.allocate().is_empty(), "it isn't offered to them again");
        let third = base.queued(3, 13, &[1]);
        let other = base.publish_until(1, "c", "2026-04-30");
        base.now += MS;
        let permanent = base.publish(1, 1)[0];
        let expected = [(third, seat), (first, other), (second, permanent)];
        assert_eq!(base.allocate(), expected, "other places are, temporary ones too");
    }
}

/// **D-temporary-decline** `as-any`: as for any place.
#[test]
fn p23_c_d_temporary_decline_as_any() {
    let mut base = Base::with(Policy { temporary_decline: TemporaryDecline::AsAny, ..Policy::default() });
    let [first, second] = [1, 2].map(|child| base.queued(child, 13, &[1]));
    base.publish_until(1, "b", "2026-04-30");
    base.allocate();
    let facts = base.answer(first, 1, OfferAnswer::Decline).expect("declined");
    assert_eq!(names(&facts), ["declined", "archived"]);
    assert_eq!(base.app(first).status, Status::Archived(ArchiveReason::Declined));
    assert_eq!(offered(&mut base), [second]);
    base.go("2026-02-05 00:00");
    assert_eq!(names(&base.sweep()), ["passed-on", "suspended"]);
    assert!(matches!(base.state(second, 1), EntryState::Suspended(_)));
}

/// `K5`: the offer's own policy decides what declining it ends, whatever is in force by then.
#[test]
fn p23_c_the_policy_of_the_offer_decides() {
    let mut base = Base::new();
    let first = base.queued(1, 13, &[1]);
    base.publish_until(1, "b", "2026-04-30");
    base.allocate();
    let as_any = Policy { temporary_decline: TemporaryDecline::AsAny, ..Policy::default() };
    base.publish_policy("test", "2026-02-03", &[], as_any);
    base.go("2026-02-03 10:00");
    let facts = base.answer(first, 1, OfferAnswer::Decline).expect("declined");
    assert_eq!(names(&facts), ["declined", "resumed"]);
}

/// A place whose last day has passed isn't offered any more: it is withdrawn once no one holds it.
#[test]
fn p23_c_a_place_past_its_last_day_is_withdrawn() {
    let mut base = Base::new();
    base.publish_until(1, "b", "2026-02-10");
    base.go("2026-02-10 17:00");
    let [first, _] = [1, 2].map(|child| base.queued(child, 13, &[1]));
    base.jump(at("2026-02-11 00:00") - MS);
    assert_eq!(offered(&mut base), [first], "in the last millisecond of its last day");
    base.now += MS;
    base.answer(first, 1, OfferAnswer::Decline).expect("declined");
    assert!(base.allocate().is_empty());
    assert_eq!(base.seats_of(1), ["withdrawn"]);
    base.publish_until(1, "c", "2026-02-20");
    assert_eq!(base.allocate().len(), 1, "one of a later day is offered");
}

/// The seat remembers the latest of those who declined it.
#[test]
fn p23_c_what_a_seat_remembers_is_bounded() {
    let mut base = Base::new();
    base.publish_until(1, "b", "2026-04-30");
    let mut seat = base.seats.values().next().expect("a seat").clone();
    let id = |n: usize| ApplicationId::from_bytes((n as u128).to_be_bytes());
    (0..DECLINED_MAX + 5).for_each(|n| seat.remember(id(n)));
    seat.remember(id(50));
    assert_eq!(seat.declined_by.len(), DECLINED_MAX);
    assert_eq!((seat.declined_by[0], seat.declined_by[DECLINED_MAX - 1]), (id(5), id(50)));
}

/// `P24`: a place for which no one of its own birth years waits goes to a child with a PMPC conclusion: by lane, then by order.
#[test]
fn p24_a_pmpc_conclusion_frees_from_the_birth_years() {
    let mut base = Base::new();
    born(&mut base, 1, 2021, 13);
    let general = with_conclusion(&mut base, 2, 2021, 13);
    let first = with_conclusion(&mut base, 3, 2023, 10);
    base.publish(1, 3);
    assert_eq!(offered(&mut base), [first, general], "not the child without a conclusion");
    assert_eq!(ground(&base), Some(Ground::Pmpc));
    let key = base.app(general).queue_key(bin(1));
    assert_eq!(base.queues[&key].phase, Some(3), "no phase moves for it");
    let own = born(&mut base, 4, 2022, 13);
    assert_eq!(offered(&mut base), [own], "whoever waits in the own queue comes first");
}

#[test]
fn p24_a_pmpc_child_of_another_language_or_stream_is_not_asked() {
    let mut base = Base::new();
    let mut request = base.request(1);
    request.birth_date = "2021-05-10".parse().expect("a day");
    request.language = "ru".parse().expect("a language");
    let issued_on = "2025-01-01".parse().expect("a day");
    request.documents = vec![Document { kind: "pmpc-conclusion".to_owned(), issued_on }];
    base.submit(request.clone()).expect("queued");
    request = Registration { id: base.request(2).id, child: base.request(2).child, ..request };
    request.language = "kk".parse().expect("a language");
    request.stream = "special:speech".parse().expect("a stream");
    let special = queued(&mut base, request);
    base.publish(1, 1);
    assert!(base.allocate().is_empty());
    base.publish_that(
        1,
        "c",
        BulletinLine { stream: "special:speech".parse().expect("a stream"), ..Base::line(1, 1, &[2022]) },
    );
    assert_eq!(offered(&mut base), [special]);
}

/// A mixed-age place that none of its years wants goes on to such a child too.
#[test]
fn p24_m_a_mixed_age_place_that_no_one_wants_goes_to_a_pmpc_child() {
    let mut base = Base::new();
    let child = with_conclusion(&mut base, 1, 2019, 13);
    base.publish_line(1, "b", 1, 1, &[2021, 2022]);
    assert_eq!(offered(&mut base), [child]);
    assert!(base.mixed.is_empty(), "the group's phase stays");
    assert_eq!(ground(&base), Some(Ground::Pmpc));
}
