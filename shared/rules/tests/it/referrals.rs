//! The referral and how an application ends (`P22.a`, `P22.e`, `P25.a`, `P15.4`, `P3.2`).

use crate::world::{Base, MS, at, codes, names};
use kezek_rules::application::{ArchiveReason, EntryState, ReferralStatus, Status};
use kezek_rules::decide::*;
use kezek_rules::ids::ApplicationId;
use kezek_rules::policy::{Cancel, Decline, Lapse, Policy, TermEnd};
use kezek_rules::seat::SeatState;

/// One child queued for organisations 1 and 2 holds a referral to 1 since 2 February; another waits behind it in both.
fn referred(policy: Policy) -> (Base, ApplicationId, ApplicationId) {
    let mut base = Base::with(policy);
    let id = base.queued(1, 13, &[1, 2]);
    let next = base.queued(2, 13, &[1, 2]);
    base.publish(1, 1);
    base.allocate();
    base.answer(id, 1, OfferAnswer::Accept).expect("accepted");
    (base, id, next)
}

#[test]
fn p22_a_acceptance_issues_a_referral() {
    let (base, id, next) = referred(Policy::default());
    let application = base.app(id);
    let referral = application.live_referral().expect("a referral");
    assert_eq!(referral.valid_until, at("2026-02-10 00:00"), "five working days, from the working day after");
    assert_eq!(application.status, Status::Referred);
    assert_eq!((base.number(id, 1), base.number(id, 2)), (None, None), "it leaves all its queues");
    assert_eq!(base.number(next, 2), Some(1));
    let held = SeatState::Referred { application: id, referral: referral.id, due_at: Some(referral.valid_until) };
    assert_eq!(base.seat_of(referral.seat), &held);
}

#[test]
fn p22_a_counted_over_weekends_and_holidays() {
    let check = |policy: Policy, now: &str, expected: &str| {
        let mut base = Base::with(policy);
        let id = base.queued(1, 13, &[1]);
        base.go(now);
        base.publish(1, 1);
        base.allocate();
        base.answer(id, 1, OfferAnswer::Accept).expect("accepted");
        assert_eq!(base.app(id).live_referral().expect("a referral").valid_until, at(expected), "{now}");
    };
    check(Policy::default(), "2026-03-05 23:59", "2026-03-14 00:00");
    check(Policy::default(), "2026-03-07 12:00", "2026-03-17 00:00");
    check(Policy { term_end: TermEnd::At1830, ..Policy::default() }, "2026-03-05 12:00", "2026-03-13 18:30");
    check(Policy { referral_working_days: 1, ..Policy::default() }, "2026-03-06 12:00", "2026-03-11 00:00");
}

/// Each referral has a number of its own, also the second one of the same child.
#[test]
fn p22_a_numbers_differ() {
    let mut base = Base::new();
    let mut numbers = std::collections::BTreeSet::new();
    let ids: Vec<_> = (1..=40).map(|child| base.queued(child, 13, &[1, 2])).collect();
    base.publish(1, 40);
    base.allocate();
    for id in &ids {
        base.answer(*id, 1, OfferAnswer::Accept).expect("accepted");
        numbers.insert(base.app(*id).live_referral().expect("a referral").number());
        base.cancel(*id).expect("cancelled");
    }
    base.publish(2, 40);
    base.allocate();
    for id in ids {
        base.answer(id, 2, OfferAnswer::Accept).expect("accepted");
        numbers.insert(base.app(id).live_referral().expect("a referral").number());
    }
    assert_eq!(numbers.len(), 80);
}

/// By the clocks of Almaty, also in the hours in which it is still the old year elsewhere (`C1`).
#[test]
fn p22_a_the_number_names_the_year_of_the_issue() {
    let mut base = Base::new();
    let id = base.queued(1, 13, &[1]);
    base.publish(1, 1);
    base.allocate();
    base.answer(id, 1, OfferAnswer::Accept).expect("accepted");
    let mut referral = base.app(id).live_referral().expect("a referral").clone();
    for (issued_at, year) in [("2025-12-31 23:59", "J-2025-"), ("2026-01-01 00:00", "J-2026-")] {
        referral.issued_at = at(issued_at);
        assert!(referral.number().starts_with(year), "{}", referral.number());
    }
}

/// With a referral it isn't changed, asked or offered anything, and can't take a second one.
#[test]
fn k4_at_most_one_referral() {
    let (mut base, id, next) = referred(Policy::default());
    base.publish(2, 1);
    assert_eq!(base.allocate()[0].0, next);
    assert_eq!(codes(base.change(id, &[1, 2, 3])), ["holds-referral"]);
    assert!(open_questions(base.app(id), base.world()).is_empty());
}

#[test]
fn p25_a_within_24_hours_of_issue() {
    let (mut base, id, _) = referred(Policy::default());
    let issued_at = base.app(id).live_referral().expect("a referral").issued_at;
    base.jump(issued_at + chrono::TimeDelta::hours(24));
    assert_eq!(codes(base.cancel(id)), ["cancellation-too-late"]);
    let (mut base, id, _) = referred(Policy::default());
    base.jump(issued_at + chrono::TimeDelta::hours(24) - MS);
    base.cancel(id).expect("in time");
    assert_eq!(codes(base.cancel(id)), ["no-referral"]);
}

/// That entry ends, whatever D-decline says; the others return at their original instant; the place goes to the next.
#[test]
fn p25_a_d_cancel_entry() {
    for decline in [Decline::Entry, Decline::Application] {
        let (mut base, id, next) = referred(Policy { decline, ..Policy::default() });
        let facts = base.cancel(id).expect("cancelled");
        assert_eq!(names(&facts), ["referral-cancelled", "resumed"]);
        assert_eq!(
            (base.state(id, 1), base.number(id, 2), base.number(next, 2)),
            (&EntryState::Left, Some(1), Some(2))
        );
        assert_eq!(base.app(id).status, Status::Queued);
        assert_eq!(base.app(id).referral.as_ref().expect("its last").status, ReferralStatus::Cancelled);
        assert_eq!(base.allocate()[0].0, next);
    }
}

#[test]
fn p25_a_d_cancel_archive() {
    let (mut base, id, next) = referred(Policy { cancel: Cancel::Archive, ..Policy::default() });
    base.cancel(id).expect("cancelled");
    assert_eq!(base.app(id).status, Status::Archived(ArchiveReason::Cancelled));
    assert_eq!(base.allocate()[0].0, next);
}

/// With nothing to return to, the application has ended.
#[test]
fn p25_a_cancelling_the_only_entry_archives() {
    let mut base = Base::new();
    let id = base.queued(1, 13, &[1]);
    base.publish(1, 1);
    base.allocate();
    base.answer(id, 1, OfferAnswer::Accept).expect("accepted");
    base.cancel(id).expect("cancelled");
    assert_eq!(base.app(id).status, Status::Archived(ArchiveReason::Cancelled));
    base.register(1, 13, &[1]);
}

/// An offer released by the acceptance isn't had back: its entry waits again, and the phase stays where it was.
#[test]
fn p25_a_released_offers_wait_again() {
    let mut base = Base::new();
    let id = base.queued(1, 13, &[1, 2]);
    (1..=2).for_each(|organisation| drop(base.publish(organisation, 1)));
    base.allocate();
    base.answer(id, 1, OfferAnswer::Accept).expect("accepted");
    let taker = base.queued(2, 13, &[2]);
    assert_eq!(base.allocate()[0].0, taker);
    base.cancel(id).expect("cancelled");
    assert_eq!(base.state(id, 2), &EntryState::Waiting);
}

#[test]
fn p22_e_d_lapse_archive() {
    let (mut base, id, next) = referred(Policy::default());
    base.jump(at("2026-02-10 00:00") - MS);
    assert!(base.sweep().is_empty());
    base.now += MS;
    assert_eq!(names(&base.sweep()), ["referral-lapsed", "archived"]);
    assert_eq!(base.app(id).status, Status::Archived(ArchiveReason::ReferralLapsed));
    assert_eq!(base.allocate()[0].0, next);
}

#[test]
fn p22_e_d_lapse_return() {
    let (mut base, id, next) = referred(Policy { lapse: Lapse::Return, ..Policy::default() });
    base.go("2026-02-10 00:00");
    assert_eq!(names(&base.sweep()), ["referral-lapsed", "resumed"]);
    assert_eq!((base.state(id, 1), base.number(id, 2), base.number(next, 2)), (&EntryState::Left, Some(1), Some(2)));
}

#[test]
fn p22_e_after_the_end_nothing_can_be_cancelled() {
    let (mut base, id, _) = referred(Policy { cancel_hours: 24 * 30, ..Policy::default() });
    base.go("2026-02-10 00:00");
    assert_eq!(codes(base.cancel(id)), ["cancellation-too-late"], "though no sweep came");
}

#[test]
fn p15_4_withdrawn_at_any_time() {
    let mut base = Base::new();
    base.go("2026-02-07 12:00");
    let accepted = base.register(1, 13, &[1]);
    assert_eq!(names(&base.withdraw(accepted)), ["archived"]);
    base.go("2026-02-09 12:00");
    let verifying = base.register(1, 1, &[1]);
    assert_eq!(names(&base.withdraw(verifying)), ["archived"]);
    assert!(base.tasks.is_empty());
    let queued = base.queued(1, 13, &[1, 2]);
    assert_eq!(names(&base.withdraw(queued)), ["archived"]);
    assert_eq!(codes(base.act(queued, withdraw)), ["application-ended"]);
    assert_eq!(base.app(queued).status, Status::Archived(ArchiveReason::Withdrawn));
}

#[test]
fn p15_4_a_live_offer_or_referral_is_released() {
    let (mut base, id, next) = referred(Policy::default());
    assert_eq!(names(&base.withdraw(id)), ["referral-released", "archived"]);
    assert_eq!(base.app(id).referral.as_ref().expect("its last").status, ReferralStatus::Released);
    assert_eq!(base.allocate()[0].0, next);
    assert_eq!(names(&base.withdraw(next)), ["offer-withdrawn", "archived"]);
    assert_eq!(base.seats_of(1), ["open"]);
}

/// An application with a referral isn't archived before that ends, and the archive is for ever.
#[test]
fn p3_2_archived_only_when_the_referral_ends() {
    let (mut base, id, _) = referred(Policy::default());
    assert!(base.app(id).status.is_live());
    base.go("2026-02-10 00:00");
    base.sweep();
    base.go("2030-02-10 00:00");
    base.sweep();
    assert_eq!(base.app(id).status, Status::Archived(ArchiveReason::ReferralLapsed));
    assert_eq!(codes(base.change(id, &[1])), ["application-ended"]);
}

#[test]
fn p3_2_an_officer_gives_an_officers_reasons() {
    let (mut base, id, _) = referred(Policy::default());
    for reason in ArchiveReason::ALL {
        let officers = matches!(reason, ArchiveReason::Violation | ArchiveReason::Duplicate);
        let step = archive_by_officer(base.snapshot(id, &[]), reason, base.world());
        assert_eq!(step.is_ok(), officers, "{reason:?}");
    }
    base.act(id, |snapshot, world| archive_by_officer(snapshot, ArchiveReason::Violation, world)).expect("archived");
    assert_eq!(base.app(id).status, Status::Archived(ArchiveReason::Violation));
}
