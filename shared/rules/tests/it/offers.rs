//! Vacancies, offers, answers and silence (`P16`, `P17.1`, `P24`, `P15.b` to `P15.d`, `K3`, `K4`, `K5`).

use crate::world::{Base, CITY, ELSEWHERE, MS, at, bin, codes, kato, names};
use kezek_rules::application::{ArchiveReason, EntryState, Status};
use kezek_rules::decide::*;
use kezek_rules::group::GroupType;
use kezek_rules::ids::ApplicationId;
use kezek_rules::organisation::OrganisationType;
use kezek_rules::policy::{Decline, Policy, Simultaneous, TermEnd, Territory};
use kezek_rules::seat::SeatState;
use kezek_rules::step::Fact;

/// One child queued for organisations 1 and 2 holds an offer of 1 since 2 February, 10:00 and 1 ms.
fn offered(policy: Policy) -> (Base, ApplicationId) {
    let mut base = Base::with(policy);
    let id = base.queued(1, 13, &[1, 2]);
    base.publish(1, 1);
    assert_eq!(base.allocate().len(), 1);
    (base, id)
}

#[test]
fn p16_a_the_first_in_the_queue_gets_the_offer() {
    let mut base = Base::new();
    base.publish(1, 1);
    assert!(base.allocate().is_empty(), "no one waits yet");
    let ids = [1, 2].map(|child| base.queued(child, 13, &[1]));
    base.go("2026-02-07 23:30");
    assert_eq!(base.allocate()[0].0, ids[0], "round the clock");
    assert_eq!(base.offer(ids[0], 1).answer_by, at("2026-02-10 00:00"));
    assert!(base.allocate().is_empty());
}

/// A seat is offered once, and only to one who waits in its queue.
#[test]
fn k4_a_held_seat_is_not_offered_again() {
    let mut base = Base::new();
    let ids = [1, 2].map(|child| base.queued(child, 13, &[1]));
    let seat = base.publish(1, 1)[0];
    base.allocate();
    let mut snapshot = base.snapshot(ids[1], &[]);
    snapshot.seats.push(base.seats[&(bin(1), seat)].clone());
    assert_eq!(codes(allocate(snapshot, &Turn::Head, base.world())), ["vacancy-held"]);
    base.publish_line(1, "c", 1, 1, &[2022]);
    let open = base.seats.values().find(|seat| seat.state == SeatState::Open).expect("an open seat").clone();
    let mut snapshot = base.snapshot(ids[0], &[]);
    snapshot.seats.insert(0, open);
    assert_eq!(
        codes(allocate(snapshot, &Turn::Head, base.world())),
        ["not-waiting"],
        "an entry has at most one live offer"
    );
}

/// `P24`: a vacancy of another birth year or language isn't for this child; a PMPC conclusion frees from the birth year.
#[test]
fn p24_a_vacancy_serves_its_birth_year() {
    let check = |years: &[i32], pmpc: bool, turn: Turn, expected: bool| {
        let mut base = Base::new();
        let mut request = base.request(1);
        if pmpc {
            request.documents =
                vec![Document { kind: "pmpc-conclusion".to_owned(), issued_on: "2025-01-01".parse().expect("a day") }];
        }
        let id = base.submit(request).expect("queued");
        let seat = base.publish_line(1, "b", 1, 1, years)[0];
        let mut snapshot = base.snapshot(id, &[]);
        snapshot.seats.push(base.seats[&(bin(1), seat)].clone());
        assert_eq!(allocate(snapshot, &turn, base.world()).is_ok(), expected);
    };
    check(&[2022], false, Turn::Head, true);
    check(&[2021], false, Turn::Head, false);
    check(&[2021], false, Turn::Pmpc, false);
    check(&[2021], true, Turn::Head, false);
    check(&[2021], true, Turn::Pmpc, true);
    check(&[2022], true, Turn::Pmpc, false);
    check(&[2021, 2022], false, Turn::Head, false);
}

fn check_line(change: impl FnOnce(&mut BulletinLine), expected: Result<&[i32], &[&str]>) {
    let base = Base::new();
    let mut line = Base::line(1, 1, &[]);
    change(&mut line);
    let taken = take_line(&line, "b", BulletinKind::Current, base.now, &base.organisations[0], base.world());
    match (taken, expected) {
        (Ok(taken), Ok(years)) => assert_eq!(taken.vacancy.birth_years, years),
        (Err(problems), Err(codes)) => {
            assert_eq!(problems.iter().map(|problem| problem.code).collect::<Vec<_>>(), codes)
        }
        (taken, _) => panic!("{taken:?} instead of {expected:?}"),
    }
}

#[test]
fn p24_birth_years_are_frozen_with_the_bulletin() {
    check_line(|_| {}, Ok(&[2022]));
    check_line(|line| line.group_type = GroupType::Senior, Ok(&[2021]));
    check_line(|line| line.birth_years = vec![2023], Ok(&[2023]));
    check_line(|line| line.group_type = GroupType::Special, Err(&["birth-years-needed"]));
    check_line(|line| line.birth_years = vec![1999], Err(&["birth-year-out-of-bounds"]));
    let base = Base::new();
    let coming =
        take_line(&Base::line(1, 1, &[]), "b", BulletinKind::YearEnd, base.now, &base.organisations[0], base.world());
    assert_eq!(coming.expect("a good line").vacancy.birth_years, [2023]);
}

/// `P24`: a mixed-age group serves every year whose age fits it; a line may name several years itself, in any order.
#[test]
fn p24_a_line_may_serve_several_birth_years() {
    check_line(|line| line.group_type = GroupType::MixedAge, Ok(&[2020, 2021, 2022, 2023]));
    check_line(|line| line.birth_years = vec![2023, 2021, 2023], Ok(&[2021, 2023]));
    check_line(|line| (line.group_type, line.birth_years) = (GroupType::Special, vec![2022, 2021]), Ok(&[2021, 2022]));
}

/// `P3.3`: every type of organisation and of group and every work regime that the Order names, and no other regime.
#[test]
fn p3_3_every_organisation_regime_and_group_is_taken() {
    let mut base = Base::new();
    for kind in OrganisationType::ALL {
        base.organisations[0].kind = kind;
        for group_type in GroupType::ALL {
            for regime_tenths in REGIMES {
                let mut line = Base::line(1, 1, &[]);
                (line.group_type, line.regime_tenths) = (group_type, regime_tenths);
                line.birth_years = if group_type == GroupType::Special { vec![2022] } else { Vec::new() };
                let organisation = &base.organisations[0];
                let taken = take_line(&line, "b", BulletinKind::Current, base.now, organisation, base.world());
                let vacancy = taken.expect("a line of the Order").vacancy;
                let found = (vacancy.organisation_type, vacancy.group_type, vacancy.regime_tenths);
                assert_eq!(found, (kind, group_type, regime_tenths));
            }
        }
    }
    check_line(|line| line.regime_tenths = 100, Err(&["regime-unknown"]));
}

/// `P23.c`: a temporary place ends after the day of its bulletin.
#[test]
fn p23_c_a_temporary_place_has_a_last_day_to_come() {
    let day = |text: &str| Some(text.parse().expect("a day"));
    check_line(|line| line.temporary_until = day("2026-02-03"), Ok(&[2022]));
    for passed in ["2026-02-02", "2026-02-01"] {
        check_line(|line| line.temporary_until = day(passed), Err(&["temporary-end-passed"]));
    }
}

#[test]
fn p17_1_all_that_is_wrong_with_a_line() {
    check_line(
        |line| {
            line.count = 0;
            line.regime_tenths = 10;
            line.language = "en".parse().expect("a language");
        },
        Err(&["count-out-of-bounds", "regime-unknown", "language-not-taught"]),
    );
}

/// Vacancies are served in the order (bulletin instant, line), whatever the order in which they arrived, and whichever of the bulletins
/// of one instant they are from.
#[test]
fn p17_1_served_in_the_order_of_the_bulletins() {
    let mut base = Base::new();
    let second_lines = ["z", "y"].map(|bulletin| base.publish_line(1, bulletin, 2, 1, &[2022])[0]);
    let first_lines = ["z", "y", "x"].map(|bulletin| base.publish_line(1, bulletin, 1, 1, &[2022])[0]);
    base.now += MS;
    let next = base.publish_line(1, "a", 1, 1, &[2022])[0];
    let ids = [1, 2, 3, 4, 5, 6].map(|child| base.queued(child, 13, &[1]));
    let served = base.allocate();
    assert_eq!(served.iter().map(|(child, _)| *child).collect::<Vec<_>>(), ids);
    let seats: Vec<_> = served.iter().map(|(_, seat)| *seat).collect();
    assert!(first_lines.iter().all(|seat| seats[..3].contains(seat)), "{seats:?}");
    assert!(second_lines.iter().all(|seat| seats[3..5].contains(seat)), "{seats:?}");
    assert_eq!(seats[5], next);
}

fn check_answer(policy: Policy, deadline: &str) {
    for answer in [OfferAnswer::Accept, OfferAnswer::Decline] {
        let (mut base, id) = offered(policy.clone());
        assert_eq!(base.offer(id, 1).answer_by, at(deadline));
        base.jump(at(deadline));
        assert_eq!(codes(base.answer(id, 1, answer)), ["offer-expired"], "late, though no sweep came");
        let (mut base, id) = offered(policy.clone());
        base.jump(at(deadline) - MS);
        base.answer(id, 1, answer).expect("in time");
    }
}

#[test]
fn p15_b_until_the_end_of_the_second_day() {
    check_answer(Policy::default(), "2026-02-05 00:00");
    check_answer(Policy { answer_calendar_days: 5, ..Policy::default() }, "2026-02-08 00:00");
}

#[test]
fn c2_d_term_end_at_half_past_six() {
    check_answer(Policy { term_end: TermEnd::At1830, ..Policy::default() }, "2026-02-04 18:30");
}

#[test]
fn p15_b_an_offer_is_answered_once() {
    let (mut base, id) = offered(Policy::default());
    let offer = base.offer(id, 1).id;
    base.answer_to(id, offer, OfferAnswer::Accept).expect("accepted");
    for answer in [OfferAnswer::Accept, OfferAnswer::Decline] {
        assert_eq!(codes(base.answer_to(id, offer, answer)), ["offer-not-open"]);
    }
}

#[test]
fn p16_3_sent_again_after_a_day_then_passed_on() {
    let (mut base, id) = offered(Policy::default());
    let next = base.queued(2, 13, &[1]);
    base.jump(base.offer(id, 1).offered_at + chrono::TimeDelta::hours(24) - MS);
    assert!(base.sweep().is_empty());
    base.now += MS;
    assert_eq!(names(&base.sweep()), ["reminded"]);
    assert!(base.sweep().is_empty(), "once");
    base.jump(at("2026-02-05 00:00") - MS);
    assert!(base.sweep().is_empty());
    base.now += MS;
    assert_eq!(names(&base.sweep()), ["passed-on", "suspended"]);
    assert_eq!(base.allocate()[0].0, next);
}

/// A late sweep reminds no one of an offer that is over.
#[test]
fn p16_3_no_reminder_after_the_end() {
    let (mut base, _) = offered(Policy::default());
    base.go("2026-02-06 10:00");
    assert_eq!(names(&base.sweep()), ["passed-on", "suspended"]);
}

/// A reminder that would come after the term doesn't put off its end.
#[test]
fn p16_3_a_long_reminder_hides_no_deadline() {
    let (mut base, _) = offered(Policy { reminder_hours: 240, ..Policy::default() });
    assert_eq!(base.seats.values().next().expect("a seat").state.due_at(), Some(at("2026-02-05 00:00")));
    base.go("2026-02-05 00:00");
    assert_eq!(names(&base.sweep()), ["passed-on", "suspended"]);
}

#[test]
fn p16_3_declined_goes_to_the_next_at_once() {
    let (mut base, id) = offered(Policy::default());
    let next = base.queued(2, 13, &[1]);
    base.answer(id, 1, OfferAnswer::Decline).expect("declined");
    assert_eq!(base.allocate()[0].0, next);
}

#[test]
fn p15_c_d_decline_entry() {
    let (mut base, id) = offered(Policy::default());
    base.answer(id, 1, OfferAnswer::Decline).expect("declined");
    assert_eq!((base.state(id, 1), base.state(id, 2)), (&EntryState::Left, &EntryState::Waiting));
    assert_eq!(base.app(id).status, Status::Queued);
    base.publish(2, 1);
    base.allocate();
    let facts = base.answer(id, 2, OfferAnswer::Decline).expect("declined");
    assert_eq!(names(&facts), ["declined", "archived"]);
    assert_eq!(base.app(id).status, Status::Archived(ArchiveReason::Declined), "with the last entry");
    base.register(1, 13, &[1]);
}

#[test]
fn p15_c_d_decline_application() {
    let (mut base, id) = offered(Policy { decline: Decline::Application, ..Policy::default() });
    base.publish(2, 1);
    base.allocate();
    let facts = base.answer(id, 1, OfferAnswer::Decline).expect("declined");
    assert_eq!(names(&facts), ["declined", "offer-withdrawn", "archived"]);
    assert_eq!((base.seats_of(1), base.seats_of(2)), (vec!["open"], vec!["open"]));
}

/// Ten working days from the last day of the offer, then the question, then two days to answer: all from due instants.
fn suspended(policy: Policy) -> (Base, ApplicationId, ApplicationId) {
    let (mut base, id) = offered(policy);
    let later = base.queued(2, 13, &[1]);
    base.go("2026-02-05 00:00");
    base.sweep();
    assert!(matches!(base.state(id, 1), EntryState::Suspended(_)));
    assert_eq!(base.number(id, 1), None);
    (base, id, later)
}

fn asked(policy: Policy) -> (Base, ApplicationId, ApplicationId) {
    let (mut base, id, later) = suspended(policy);
    base.jump(at("2026-02-19 00:00") - MS);
    assert!(base.sweep().is_empty());
    assert_eq!(codes(base.interest(id, InterestAnswer::Yes)), ["no-open-question"]);
    base.now += MS;
    assert_eq!(names(&base.sweep()), ["interest-asked"]);
    (base, id, later)
}

#[test]
fn p15_d_yes_waits_again_at_the_original_instant() {
    let (mut base, id, later) = asked(Policy::default());
    base.jump(at("2026-02-21 00:00") - MS);
    let facts = base.interest(id, InterestAnswer::Yes).expect("in time");
    assert_eq!(names(&facts), ["interest-confirmed", "resumed"]);
    assert_eq!((base.number(id, 1), base.number(later, 1)), (Some(1), Some(2)));
}

#[test]
fn p15_d_no_ends_the_entry() {
    let (mut base, id, _) = asked(Policy::default());
    base.interest(id, InterestAnswer::No).expect("in time");
    assert_eq!((base.state(id, 1), base.state(id, 2)), (&EntryState::Left, &EntryState::Waiting));
}

#[test]
fn p15_d_silence_ends_the_entry() {
    let (mut base, id, _) = asked(Policy::default());
    base.go("2026-02-21 00:00");
    assert_eq!(codes(base.interest(id, InterestAnswer::Yes)), ["no-open-question"], "too late, though no sweep came");
    assert_eq!(names(&base.sweep()), ["interest-lost"]);
    assert_eq!((base.state(id, 1), base.state(id, 2)), (&EntryState::Left, &EntryState::Waiting));
}

#[test]
fn p15_d_silence_in_the_last_entry_archives() {
    for (answer, reason) in [(Some(InterestAnswer::No), ArchiveReason::NoInterest), (None, ArchiveReason::NoAnswer)] {
        let (mut base, id, _) = asked(Policy::default());
        base.change(id, &[1]).expect("changed");
        match answer {
            Some(answer) => drop(base.interest(id, answer).expect("in time")),
            None => base.go("2026-02-21 00:00"),
        }
        base.sweep();
        assert_eq!(base.app(id).status, Status::Archived(reason));
    }
}

#[test]
fn p15_d_d_suspension_answer_another_number() {
    let (base, id, _) = asked(Policy { suspension_answer_calendar_days: 7, ..Policy::default() });
    assert_eq!(open_questions(base.app(id), base.world()), [(Some(bin(1)), at("2026-02-26 00:00"))]);
}

#[test]
fn p15_d_another_number_of_working_days() {
    let (base, id, _) = suspended(Policy { suspension_working_days: 3, ..Policy::default() });
    let due = next_clock(base.app(id), base.world());
    assert_eq!(due, Some((at("2026-02-10 00:00"), Clock::SuspensionEnds(bin(1)))));
}

/// The scope of D-decline: silence suspends, and then ends, the whole application.
#[test]
fn p15_d_d_decline_application() {
    let policy = Policy { decline: Decline::Application, ..Policy::default() };
    let (mut base, id, _) = suspended(policy.clone());
    assert!(matches!(base.state(id, 2), EntryState::Suspended(_)));
    base.go("2026-02-19 00:00");
    base.sweep();
    let facts = base.interest(id, InterestAnswer::Yes).expect("in time");
    assert_eq!(names(&facts), ["interest-confirmed", "resumed", "interest-confirmed", "resumed"]);
    let (mut base, id, _) = suspended(policy);
    base.go("2026-02-21 00:00");
    base.sweep();
    assert_eq!(base.app(id).status, Status::Archived(ArchiveReason::NoAnswer));
}

/// A sweep a month late: each term counts from the one before it, as if the sweep had been on time.
#[test]
fn p15_d_a_late_sweep_counts_from_due_instants() {
    let (mut base, id) = offered(Policy::default());
    base.go("2026-03-05 12:00");
    let facts = base.sweep();
    assert_eq!(names(&facts), ["passed-on", "suspended", "interest-asked", "interest-lost"]);
    assert_eq!(facts[1], Fact::Suspended { organisation: bin(1), ends_at: at("2026-02-19 00:00") });
    let asked = Fact::InterestAsked { organisation: Some(bin(1)), time: 1, answer_by: at("2026-02-21 00:00") };
    assert_eq!(facts[2], asked);
    assert_eq!(base.state(id, 1), &EntryState::Left);
}

/// C2, D-term-end: the whole chain ends at half past six.
#[test]
fn c2_d_term_end_holds_for_each_link() {
    let (mut base, _) = offered(Policy { term_end: TermEnd::At1830, ..Policy::default() });
    base.go("2026-03-05 12:00");
    let facts = base.sweep();
    assert_eq!(facts[1], Fact::Suspended { organisation: bin(1), ends_at: at("2026-02-18 18:30") });
    let asked = Fact::InterestAsked { organisation: Some(bin(1)), time: 1, answer_by: at("2026-02-20 18:30") };
    assert_eq!(facts[2], asked);
}

/// Accepting one offer releases the others in the same step, and takes the child out of all queues.
#[test]
fn k4_d_simultaneous_allow() {
    let mut base = Base::new();
    let id = base.queued(1, 13, &[1, 2, 3, 4]);
    (1..=3).for_each(|organisation| drop(base.publish(organisation, 1)));
    assert_eq!(base.allocate().len(), 3, "offers of different organisations at a time");
    let facts = base.answer(id, 2, OfferAnswer::Accept).expect("accepted");
    assert_eq!(names(&facts), ["accepted-offer", "released", "released", "referral-issued"]);
    assert_eq!([base.seats_of(1), base.seats_of(2), base.seats_of(3)].concat(), ["open", "referred", "open"]);
    assert_eq!((base.state(id, 2), base.state(id, 4)), (&EntryState::Left, &EntryState::Aside));
    let next = base.queued(2, 13, &[3]);
    assert_eq!(base.allocate()[0].0, next, "a released place goes to the next");
}

/// Heads that hold an offer are passed over, and the phase doesn't move for them.
#[test]
fn k4_d_simultaneous_one() {
    let mut base = Base::with(Policy { simultaneous: Simultaneous::One, ..Policy::default() });
    let first = base.queued(1, 10, &[1, 2]);
    base.publish(1, 1);
    assert_eq!(base.allocate()[0].0, first);
    let second = base.queued(2, 10, &[2]);
    base.queued(3, 13, &[2]);
    let key = base.app(first).queue_key(bin(2));
    base.publish(2, 1);
    let phase = base.queues[&key].phase;
    assert_eq!(phase, Some(3));
    assert_eq!(base.allocate()[0].0, second, "the next of the lane whose turn it is");
    assert_eq!(base.number(first, 2), Some(2), "it waits on");
    base.answer(first, 1, OfferAnswer::Decline).expect("declined");
    base.now += MS;
    base.publish_line(2, "c", 1, 2, &[2022]);
    let offered: Vec<_> = base.allocate().into_iter().map(|(id, _)| id).collect();
    assert_eq!(offered[1], first, "free again");
}

/// Alone in its queue, one that holds an offer leaves the place open.
#[test]
fn k4_d_simultaneous_one_leaves_a_place_open() {
    let (mut base, id) = offered(Policy { simultaneous: Simultaneous::One, ..Policy::default() });
    base.publish(2, 1);
    assert!(base.allocate().is_empty());
    base.answer(id, 1, OfferAnswer::Decline).expect("declined");
    assert_eq!(base.allocate()[0].0, id);
}

fn slower() -> Policy {
    Policy {
        decline: Decline::Application,
        answer_calendar_days: 9,
        suspension_working_days: 3,
        suspension_answer_calendar_days: 5,
        ..Policy::default()
    }
}

/// `K5`: an offer keeps the policy it was made under, with its outcome; the next clock takes the one then in force.
#[test]
fn k5_a_running_clock_keeps_its_policy() {
    let (mut base, id) = offered(Policy::default());
    base.publish_policy("test", "2026-02-03", &[], slower());
    base.go("2026-02-03 10:00");
    assert_eq!(base.offer(id, 1).answer_by, at("2026-02-05 00:00"));
    base.answer(id, 1, OfferAnswer::Decline).expect("declined");
    assert_eq!(base.app(id).status, Status::Queued, "a decline ends the entry: the offer's policy");
    assert_eq!(base.events.last().expect("an event").policy.to_string(), "test@1");
    base.publish(2, 1);
    base.allocate();
    assert_eq!(base.offer(id, 2).answer_by, at("2026-02-13 00:00"), "the next offer is under the new policy");
    assert_eq!(base.events.last().expect("an event").policy.to_string(), "test@2");
}

/// `K5`: the suspension that follows an offer is a clock of its own, and so is the question after it.
#[test]
fn k5_each_link_takes_the_policy_then_in_force() {
    let (mut base, id) = offered(Policy::default());
    base.publish_policy("test", "2026-02-04", &[], slower());
    base.go("2026-02-05 00:00");
    let facts = base.sweep();
    assert_eq!(facts[1], Fact::Suspended { organisation: bin(1), ends_at: at("2026-02-10 00:00") });
    assert_eq!(base.state(id, 2), &EntryState::Waiting, "what silence suspends is the offer's outcome");
    base.publish_policy("test", "2026-02-08", &[], Policy { suspension_answer_calendar_days: 1, ..slower() });
    base.go("2026-02-20 00:00");
    let facts = base.sweep();
    let asked = Fact::InterestAsked { organisation: Some(bin(1)), time: 1, answer_by: at("2026-02-11 00:00") };
    assert_eq!(facts[0], asked);
    assert_eq!(base.app(id).status, Status::Archived(ArchiveReason::NoAnswer), "and so is the outcome of the question");
}

fn check_territory(territory: Territory, expected: &str) {
    let policy = |days| Policy { territory, answer_calendar_days: days, ..Policy::default() };
    let mut base = Base::with(policy(2));
    base.publish_policy("pilot", "2024-01-01", &[&ELSEWHERE[..2]], policy(4));
    base.organisations[0].settlement = kato(CITY);
    let mut request = base.request(1);
    request.settlement = kato(ELSEWHERE);
    let id = base.submit(request).expect("queued");
    base.publish(1, 1);
    base.allocate();
    assert_eq!(base.offer(id, 1).answer_by, at(expected));
    base.answer(id, 1, OfferAnswer::Accept).expect("accepted");
    let referral = base.app(id).live_referral().expect("a referral");
    let owner = if territory == Territory::Organisation { "test@1" } else { "pilot@1" };
    assert_eq!(referral.policy.to_string(), owner);
}

#[test]
fn k5_d_territory_organisation() {
    check_territory(Territory::Organisation, "2026-02-05 00:00");
}

#[test]
fn k5_d_territory_applicant() {
    check_territory(Territory::Applicant, "2026-02-07 00:00");
}

/// A seat's id names it among the seats of all organisations, and a repeated bulletin makes it once.
#[test]
fn k4_seats_of_two_organisations_differ() {
    let mut base = Base::new();
    let first = base.publish(1, 2);
    assert_eq!(base.publish(1, 2), first);
    let second = base.publish(2, 2);
    assert!(first.iter().all(|seat| !second.contains(seat)));
}
