//! Deferred age: the place is kept, allocation passes over it, and on the day the application wakes (`P15.2`, `P16.6`).

use crate::world::{Base, MS, bin, codes, names};
use kezek_rules::application::{ArchiveReason, EntryState, Status};
use kezek_rules::decide::*;
use kezek_rules::ids::ApplicationId;
use kezek_rules::policy::{AgeOut, Decline, Policy};
use kezek_rules::refusal::Refusal;
use kezek_rules::step::Fact;

fn on(day: &str) -> NotBefore {
    NotBefore::On(day.parse().expect("a day"))
}

/// A child whose place is wanted later.
fn submit(base: &mut Base, child: u8, not_before: NotBefore, organisations: &[u64]) -> Result<ApplicationId, Refusal> {
    base.now += MS;
    let mut request = base.request(child);
    request.not_before = Some(not_before);
    request.organisations = organisations.iter().map(|n| bin(*n)).collect();
    base.submit(request)
}

fn rest(base: &mut Base, id: ApplicationId, rest: RestChange) -> Result<Vec<Fact>, Refusal> {
    base.change_to(id, &ChangeRequest { rest, ..ChangeRequest::default() })
}

#[test]
fn p15_2_a_dormant_entry_keeps_its_place_and_is_passed_over() {
    let mut base = Base::new();
    let sleeper = submit(&mut base, 1, on("2026-09-01"), &[1]).expect("registered");
    let next = base.register(2, 13, &[1]);
    assert_eq!(base.state(sleeper, 1), &EntryState::Dormant);
    assert_eq!(base.app(sleeper).status, Status::Queued);
    assert_eq!(base.number(next, 1), Some(1), "no one counts it");
    assert_eq!(base.number(sleeper, 1), Some(1), "the number it would have if it alone woke now");
    base.publish(1, 2);
    let offered: Vec<_> = base.allocate().into_iter().map(|(id, _)| id).collect();
    assert_eq!(offered, [next], "the second place waits: no one else does");
}

#[test]
fn p15_2_on_the_day_it_wakes_at_its_original_instant() {
    let mut base = Base::new();
    let sleeper = submit(&mut base, 1, on("2026-09-01"), &[1, 2]).expect("registered");
    let next = base.register(2, 13, &[1, 2]);
    base.go("2026-08-31 23:59:59.999");
    assert!(base.tick(sleeper).is_empty());
    base.go("2026-09-01 00:00");
    assert_eq!(names(&base.tick(sleeper)), ["deferred-age-reached", "resumed", "resumed"]);
    assert_eq!((base.number(sleeper, 1), base.number(next, 1)), (Some(1), Some(2)));
    assert_eq!(base.app(sleeper).not_before, None);
    assert!(base.tick(sleeper).is_empty(), "told once");
}

#[test]
fn p15_2_the_age_is_counted_from_the_birth_date() {
    let check = |wanted: NotBefore, birth: &str, expected: &str| {
        assert_eq!(wanted.day(birth.parse().expect("a day")).to_string(), expected);
    };
    check(NotBefore::Age { years: 3, months: 0 }, "2024-05-10", "2027-05-10");
    check(NotBefore::Age { years: 3, months: 6 }, "2024-05-10", "2027-11-10");
    check(NotBefore::Age { years: 0, months: 42 }, "2024-05-10", "2027-11-10");
    check(NotBefore::Age { years: 2, months: 6 }, "2024-08-31", "2027-02-28");
    check(NotBefore::Age { years: u32::MAX, months: u32::MAX }, "2024-08-31", "+262142-12-31");
}

#[test]
fn p15_2_a_day_that_has_come_defers_nothing() {
    for day in ["2026-02-02", "2026-02-01", "2020-01-01"] {
        let mut base = Base::new();
        let id = submit(&mut base, 1, on(day), &[1]).expect("registered");
        assert_eq!((base.state(id, 1), base.app(id).not_before), (&EntryState::Waiting, None), "{day}");
        assert_eq!(names(&base.events[0].facts), ["registered", "queued"], "{day}");
    }
    let mut base = Base::new();
    let id = submit(&mut base, 1, on("2026-02-03"), &[1]).expect("registered");
    assert_eq!(names(&base.events[0].facts), ["registered", "deferred", "queued"]);
    assert_eq!(base.state(id, 1), &EntryState::Dormant);
}

/// Born on 10 May 2022: too old on 10 May 2028, or, under **D-age-out** `year-end`, on 1 January 2029.
#[test]
fn p11_b_no_place_is_kept_until_the_child_is_too_old() {
    let check = |age_out: AgeOut, day: &str, refused: bool| {
        let mut base = Base::with(Policy { age_out, ..Policy::default() });
        let outcome = submit(&mut base, 1, on(day), &[1]);
        assert_eq!(outcome.is_err(), refused, "{day}");
        if refused {
            assert_eq!(codes(outcome), ["deferral-beyond-age"]);
            assert!(base.applications.is_empty());
        }
    };
    check(AgeOut::Birthday, "2028-05-09", false);
    check(AgeOut::Birthday, "2028-05-10", true);
    check(AgeOut::YearEnd, "2028-12-31", false);
    check(AgeOut::YearEnd, "2029-01-01", true);
}

#[test]
fn p11_b_a_pmpc_child_may_wait_longer() {
    let mut base = Base::new();
    let mut request = base.request(1);
    request.not_before = Some(on("2029-09-01"));
    request.documents =
        vec![Document { kind: "pmpc-conclusion".to_owned(), issued_on: "2025-12-01".parse().expect("a day") }];
    let id = base.submit(request).expect("registered");
    assert!(base.app(id).sleeps());
}

#[test]
fn p15_2_a_change_puts_to_rest_and_wakes() {
    let mut base = Base::new();
    let first = base.register(1, 13, &[1, 2]);
    let next = base.register(2, 13, &[1]);
    let facts = rest(&mut base, first, RestChange::Until(on("2026-09-01"))).expect("changed");
    assert_eq!(names(&facts), ["deferred"]);
    assert_eq!(base.number(next, 1), Some(1));
    let facts = rest(&mut base, first, RestChange::Until(NotBefore::Age { years: 4, months: 6 })).expect("changed");
    assert_eq!(facts, [Fact::Deferred { until: "2026-11-10".parse().expect("a day") }], "another day, still at rest");
    assert_eq!(rest(&mut base, first, RestChange::Keep), Ok(Vec::new()));
    assert!(base.app(first).sleeps());
    let facts = rest(&mut base, first, RestChange::Lift).expect("changed");
    assert_eq!(names(&facts), ["deferral-lifted", "resumed", "resumed"]);
    assert_eq!((base.number(first, 1), base.number(next, 1)), (Some(1), Some(2)), "at its original instant");
    assert_eq!(rest(&mut base, first, RestChange::Until(on("2026-02-02"))), Ok(Vec::new()), "today is no deferral");
    let refused = rest(&mut base, first, RestChange::Until(on("2028-05-10")));
    assert_eq!(codes(refused), ["deferral-beyond-age"]);
}

#[test]
fn p15_2_all_reasons_of_a_refused_change_at_once() {
    let mut base = Base::new();
    let id = base.register(1, 13, &[1]);
    let request = ChangeRequest {
        organisations: Some(vec![bin(77)]),
        rest: RestChange::Until(on("2028-05-10")),
        ..ChangeRequest::default()
    };
    assert_eq!(codes(base.change_to(id, &request)), ["organisation-unknown", "deferral-beyond-age"]);
}

/// One change may take off, add and put to rest or wake; each queue changes at most once (the world checks it).
#[test]
fn p15_2_rest_and_organisations_change_together() {
    let mut base = Base::new();
    let id = base.register(1, 13, &[1, 2]);
    let request = |organisations: &[u64], rest| ChangeRequest {
        organisations: Some(organisations.iter().map(|n| bin(*n)).collect()),
        rest,
        ..ChangeRequest::default()
    };
    base.change_to(id, &request(&[2, 3], RestChange::Until(on("2026-09-01")))).expect("changed");
    assert_eq!((base.state(id, 2), base.state(id, 3)), (&EntryState::Dormant, &EntryState::Dormant));
    base.change_to(id, &request(&[3, 4], RestChange::Lift)).expect("changed");
    assert_eq!((base.state(id, 3), base.state(id, 4)), (&EntryState::Waiting, &EntryState::Waiting));
}

#[test]
fn p15_2_an_offer_is_left_alone_and_what_returns_rests() {
    let mut base = Base::new();
    let id = base.register(1, 13, &[1, 2]);
    base.publish(1, 1);
    base.allocate();
    rest(&mut base, id, RestChange::Until(on("2026-09-01"))).expect("changed");
    assert!(matches!(base.state(id, 1), EntryState::Offered(_)), "an offer is left alone");
    assert_eq!(base.state(id, 2), &EntryState::Dormant);
    // Silence suspends; the "yes" brings it back, at rest.
    base.go("2026-02-05 00:00");
    base.sweep();
    base.go("2026-02-19 00:00");
    base.sweep();
    base.interest(id, InterestAnswer::Yes).expect("asked");
    assert_eq!(base.state(id, 1), &EntryState::Dormant);
    base.go("2026-09-01 00:00");
    assert_eq!(names(&base.tick(id)), ["deferred-age-reached", "resumed", "resumed"]);
}

#[test]
fn p15_2_entries_that_return_after_a_referral_rest() {
    let mut base = Base::new();
    let id = base.register(1, 13, &[1, 2]);
    base.publish(1, 1);
    base.allocate();
    rest(&mut base, id, RestChange::Until(on("2026-02-03"))).expect("changed");
    base.answer(id, 1, OfferAnswer::Accept).expect("a referral");
    base.cancel(id).expect("cancelled");
    assert_eq!(base.state(id, 2), &EntryState::Dormant);
    assert!(base.app(id).sleeps());
}

/// The day comes while the application holds a referral: what returns afterwards waits at once, and the applicant is told.
#[test]
fn p15_2_the_day_comes_while_a_referral_is_held() {
    let mut base = Base::new();
    let id = base.register(1, 13, &[1, 2]);
    base.publish(1, 1);
    base.allocate();
    rest(&mut base, id, RestChange::Until(on("2026-02-03"))).expect("changed");
    base.answer(id, 1, OfferAnswer::Accept).expect("a referral");
    base.go("2026-02-03 09:00");
    assert!(base.tick(id).is_empty(), "a referral waits for no age");
    let facts = base.cancel(id).expect("cancelled");
    assert_eq!(names(&facts), ["referral-cancelled", "deferred-age-reached", "resumed"]);
    assert_eq!(base.state(id, 2), &EntryState::Waiting);
}

/// However late the sweep: a child whose day has come and that comes to its queue waits there, and its other entries with it.
#[test]
fn p15_2_a_late_sweep_leaves_no_one_at_rest() {
    let mut base = Base::new();
    let id = submit(&mut base, 1, on("2026-03-02"), &[1]).expect("registered");
    base.go("2026-03-02 10:00");
    base.change(id, &[1, 2]).expect("changed");
    assert_eq!((base.state(id, 1), base.state(id, 2)), (&EntryState::Waiting, &EntryState::Waiting));
}

/// `P5.b`: submitted at night, with a day that comes before the application is accepted.
#[test]
fn p15_2_the_day_may_come_before_acceptance() {
    let mut base = Base::new();
    base.go("2026-02-06 20:00");
    let id = submit(&mut base, 1, on("2026-02-08"), &[1]).expect("registered");
    base.go("2026-02-09 09:00");
    assert_eq!(names(&base.tick(id)), ["deferred-age-reached", "accepted", "queued"]);
    assert_eq!(base.state(id, 1), &EntryState::Waiting);
}

#[test]
fn p15_2_who_sleeps_is_asked_and_archived_like_anyone() {
    let mut base = Base::new();
    let id = submit(&mut base, 1, on("2027-09-01"), &[1]).expect("registered");
    base.go("2027-01-02 09:00");
    assert_eq!(names(&base.tick(id)), ["interest-asked"]);
    base.interest(id, InterestAnswer::No).expect("asked");
    assert_eq!(base.app(id).status, Status::Archived(ArchiveReason::NoInterest));
}

/// **D-decline** `application`: silence suspends the whole application, what rests too.
#[test]
fn d_decline_application_suspends_what_rests_too() {
    let mut base = Base::with(Policy { decline: Decline::Application, ..Policy::default() });
    let id = base.register(1, 13, &[1, 2]);
    base.publish(1, 1);
    base.allocate();
    rest(&mut base, id, RestChange::Until(on("2026-09-01"))).expect("changed");
    base.go("2026-02-05 00:00");
    base.sweep();
    assert!(matches!(base.state(id, 2), EntryState::Suspended(_)));
}
