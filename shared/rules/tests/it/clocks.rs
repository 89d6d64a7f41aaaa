//! The yearly question of interest and the age limit (`P15.a`, `P11.b`).

use crate::world::{Base, MS, at, codes, names};
use kezek_rules::application::{ArchiveReason, InterestStage, Status};
use kezek_rules::decide::*;
use kezek_rules::ids::ApplicationId;
use kezek_rules::policy::{AgeOut, Lapse, Policy};
use kezek_rules::step::Fact;

fn waiting(policy: Policy, birth: &str) -> (Base, ApplicationId) {
    let mut base = Base::with(policy);
    let mut request = base.request(1);
    request.birth_date = birth.parse().expect("a day");
    let id = base.submit(request).expect("queued");
    (base, id)
}

fn yearly() -> (Base, ApplicationId) {
    waiting(Policy::default(), "2024-05-10")
}

#[test]
fn p15_a_asked_at_11_and_12_months_archived_at_13() {
    let (mut base, id) = yearly();
    base.jump(at("2027-01-02 09:00") - MS);
    assert!(base.sweep().is_empty());
    base.now += MS;
    let again = at("2027-02-02 09:00");
    assert_eq!(base.sweep(), [Fact::InterestAsked { organisation: None, time: 1, answer_by: again }]);
    base.jump(again - MS);
    assert!(base.sweep().is_empty());
    base.now += MS;
    let end = at("2027-03-02 09:00");
    assert_eq!(base.sweep(), [Fact::InterestAsked { organisation: None, time: 2, answer_by: end }]);
    base.jump(end - MS);
    assert!(base.sweep().is_empty());
    base.now += MS;
    assert_eq!(base.sweep(), [Fact::Archived { reason: ArchiveReason::NoInterest }]);
    assert_eq!(base.app(id).status, Status::Archived(ArchiveReason::NoInterest));
}

#[test]
fn p15_a_yes_at_any_time_in_between() {
    for (sweep, answer) in [
        ("2027-01-02 09:00", "2027-01-02 09:00"),
        ("2027-01-02 09:00", "2027-02-15 12:00"),
        ("2027-02-02 09:00", "2027-03-02 08:59:59.999"),
    ] {
        let (mut base, id) = yearly();
        assert_eq!(codes(base.interest(id, InterestAnswer::Yes)), ["no-open-question"]);
        base.go(sweep);
        base.sweep();
        base.go(answer);
        base.interest(id, InterestAnswer::Yes).expect("in time");
        assert_eq!(base.number(id, 1), Some(1));
        assert_eq!(next_clock(base.app(id), base.world()), Some((at("2028-01-02 09:00"), Clock::Interest)));
    }
}

#[test]
fn p15_a_too_late_though_no_sweep_came() {
    let (mut base, id) = yearly();
    base.go("2027-02-02 09:00");
    base.sweep();
    let seat = base.publish_line(1, "b", 1, 1, &[2024])[0];
    base.jump(at("2027-03-01 12:00"));
    assert_eq!(base.allocate(), [(id, seat)], "a question changes nothing of the offers");
    base.go("2027-03-02 09:00");
    assert_eq!(codes(base.interest(id, InterestAnswer::Yes)), ["no-open-question"]);
    assert_eq!(codes(base.answer(id, 1, OfferAnswer::Accept)), ["offer-expired"], "a late sweep gives no place away");
    assert_eq!(names(&base.sweep()), ["offer-withdrawn", "archived"]);
}

#[test]
fn p15_a_no_archives_at_once() {
    let (mut base, id) = yearly();
    base.go("2027-01-02 09:00");
    base.sweep();
    base.interest(id, InterestAnswer::No).expect("in time");
    assert_eq!(base.app(id).status, Status::Archived(ArchiveReason::NoInterest));
}

/// Months are added to the submission date and clipped to the month's last day; a clipped month shortens no later one.
#[test]
fn p15_a_clipped_to_the_last_day_of_the_month() {
    let mut base = Base::new();
    base.go("2026-03-31 10:00");
    let id = base.queued(1, 13, &[1]);
    let due = |base: &Base| next_clock(base.app(id), base.world()).expect("a clock").0;
    assert_eq!(due(&base), at("2027-02-28 09:00"));
    base.jump(due(&base));
    base.sweep();
    assert_eq!(due(&base), at("2027-03-31 09:00"));
    base.jump(due(&base));
    base.sweep();
    assert_eq!(due(&base), at("2027-04-30 09:00"));
}

/// A head whose clock has run out is dealt with before it is served, however late the sweep.
#[test]
fn p15_a_an_overdue_head_gets_no_offer() {
    let (mut base, id) = yearly();
    base.go("2027-02-02 09:00");
    base.sweep();
    base.go("2027-03-03 10:00");
    base.publish_line(1, "b", 1, 1, &[2024]);
    assert!(base.allocate().is_empty());
    assert_eq!(base.app(id).status, Status::Archived(ArchiveReason::NoInterest));
}

/// Not asked while it holds a referral; a question that came due or was open meanwhile is passed by.
#[test]
fn p15_a_not_asked_with_a_referral() {
    for asked in [false, true] {
        let mut base = Base::new();
        let id = base.queued(1, 13, &[1, 2]);
        base.go("2027-01-02 08:59");
        if asked {
            base.go("2027-01-02 09:00");
            base.sweep();
        }
        base.publish(1, 1);
        base.allocate();
        base.answer(id, 1, OfferAnswer::Accept).expect("accepted");
        base.go("2027-01-02 20:00");
        assert!(base.sweep().is_empty());
        base.cancel(id).expect("cancelled");
        assert_eq!(base.app(id).interest.stage, InterestStage::Quiet);
        assert_eq!(next_clock(base.app(id), base.world()), Some((at("2028-01-02 09:00"), Clock::Interest)));
    }
}

/// `K5`: a question still to come keeps its policy over a referral; the next one takes that in force.
#[test]
fn k5_the_yearly_clock_keeps_its_policy() {
    let mut base = Base::new();
    let id = base.queued(1, 13, &[1, 2]);
    base.publish_policy("test", "2026-03-01", &[], Policy { interest_months: 6, ..Policy::default() });
    base.go("2026-03-02 10:00");
    base.publish(1, 1);
    base.allocate();
    base.answer(id, 1, OfferAnswer::Accept).expect("accepted");
    base.cancel(id).expect("cancelled");
    let due = |base: &Base| next_clock(base.app(id), base.world()).expect("a clock").0;
    assert_eq!(due(&base), at("2027-01-02 09:00"));
    base.jump(due(&base));
    base.sweep();
    base.interest(id, InterestAnswer::Yes).expect("in time");
    assert_eq!(due(&base), at("2027-07-02 09:00"), "the first question of the new policy that is still to come");
}

fn check_age_out(age_out: AgeOut, birth: &str, expected: &str) {
    let (mut base, id) = waiting(Policy { age_out, ..Policy::default() }, birth);
    base.jump(at(expected) - MS);
    assert!(!names(&base.sweep()).contains(&"age-limit"), "{birth}");
    base.now += MS;
    assert_eq!(base.sweep(), [Fact::Archived { reason: ArchiveReason::AgeLimit }], "{birth}");
    assert_eq!(base.app(id).status, Status::Archived(ArchiveReason::AgeLimit));
}

#[test]
fn p11_b_d_age_out_birthday() {
    check_age_out(AgeOut::Birthday, "2020-05-10", "2026-05-10 00:00");
}

#[test]
fn p11_b_d_age_out_year_end() {
    check_age_out(AgeOut::YearEnd, "2020-05-10", "2027-01-01 00:00");
}

#[test]
fn p11_b_leap_day_child() {
    check_age_out(AgeOut::Birthday, "2020-02-29", "2026-03-01 00:00");
    check_age_out(AgeOut::YearEnd, "2020-02-29", "2027-01-01 00:00");
}

#[test]
fn p11_b_a_pmpc_conclusion_exempts() {
    let mut base = Base::new();
    let mut request = base.request(1);
    request.birth_date = "2020-05-10".parse().expect("a day");
    request.documents =
        vec![Document { kind: "pmpc-conclusion".to_owned(), issued_on: "2025-01-01".parse().expect("a day") }];
    let id = base.submit(request).expect("queued");
    base.go("2026-12-01 10:00");
    assert!(base.sweep().is_empty());
    base.publish_line(1, "b", 1, 1, &[2020]);
    assert_eq!(base.allocate()[0].0, id);
}

/// One child turns six on 10 May; another of the same year waits behind it.
fn nearly_six(policy: Policy) -> (Base, ApplicationId, ApplicationId) {
    let mut base = Base::with(policy);
    let [id, next] = [(1, "2020-05-10"), (2, "2020-09-01")].map(|(child, birth)| {
        base.now += MS;
        let mut request = base.request(child);
        request.birth_date = birth.parse().expect("a day");
        request.organisations = vec![crate::world::bin(1), crate::world::bin(2)];
        base.submit(request).expect("queued")
    });
    base.go("2026-05-09 18:00");
    base.publish_line(1, "b", 1, 1, &[2020]);
    (base, id, next)
}

#[test]
fn p11_b_a_live_offer_is_withdrawn_and_the_place_goes_on() {
    let (mut base, id, next) = nearly_six(Policy::default());
    assert_eq!(base.allocate()[0].0, id);
    base.go("2026-05-10 00:00");
    assert_eq!(codes(base.answer(id, 1, OfferAnswer::Accept)), ["offer-expired"], "too old, though no sweep came");
    assert_eq!(names(&base.sweep()), ["offer-withdrawn", "age-limit"]);
    assert_eq!(base.allocate()[0].0, next);
}

/// An overdue head is archived by the allocation itself: a late sweep gives no place to a child that is too old.
#[test]
fn p11_b_a_child_that_is_too_old_gets_no_offer() {
    let (mut base, id, next) = nearly_six(Policy::default());
    base.go("2026-05-10 00:00");
    assert_eq!(base.allocate()[0].0, next);
    assert_eq!(base.app(id).status, Status::Archived(ArchiveReason::AgeLimit));
}

#[test]
fn p11_b_a_referral_stands_but_nothing_returns() {
    let (mut base, id, _) = nearly_six(Policy::default());
    base.allocate();
    base.answer(id, 1, OfferAnswer::Accept).expect("accepted");
    base.go("2026-05-10 12:00");
    assert!(base.sweep().is_empty(), "a referral already issued stands");
    let facts = base.cancel(id).expect("cancelled");
    assert_eq!(names(&facts), ["referral-cancelled", "age-limit"]);
    assert_eq!(base.app(id).status, Status::Archived(ArchiveReason::AgeLimit));
}

#[test]
fn p11_b_a_lapsed_referral_returns_no_one_too_old() {
    let (mut base, id, _) = nearly_six(Policy { lapse: Lapse::Return, ..Policy::default() });
    base.allocate();
    base.answer(id, 1, OfferAnswer::Accept).expect("accepted");
    base.go("2026-06-01 12:00");
    assert_eq!(names(&base.sweep())[..2], ["referral-lapsed", "age-limit"]);
    assert_eq!(base.app(id).status, Status::Archived(ArchiveReason::AgeLimit));
}
