//! The second verification after the referral (`P14`, `P16.5`): who is checked, by whom and by when, and what becomes of it.

use crate::world::{Base, at, codes, names};
use kezek_rules::application::{ArchiveReason, Duty, EntryState, ReferralStatus, Status};
use kezek_rules::decide::*;
use kezek_rules::ids::ApplicationId;
use kezek_rules::policy::{Policy, UnconfirmedBenefit};
use kezek_rules::queue::Lane;
use kezek_rules::step::{Fact, Verifier};

/// A child with a benefit in two queues, referred to the first organisation on Monday 2 February 2026 at 10:00.
fn referred(benefit: u8, policy: Policy) -> (Base, ApplicationId) {
    let mut base = Base::with(policy);
    let id = base.queued(1, benefit, &[1, 2]);
    base.publish(1, 1);
    base.allocate();
    base.answer(id, 1, OfferAnswer::Accept).expect("accepted");
    (base, id)
}

fn general() -> Policy {
    Policy { unconfirmed_benefit: UnconfirmedBenefit::General, ..Policy::default() }
}

#[test]
fn p14_first_priority_is_asked_of_the_register_again() {
    let (mut base, id) = referred(10, Policy::default());
    let check = base.app(id).live_referral().and_then(|referral| referral.second_check).expect("a second check");
    assert!(check.by_register && base.tasks.is_empty());
    assert_eq!(check.due_at, at("2026-02-03 18:30"), "D-second-check: one working day after the issue");
    let facts = base.register_answers(id, true).expect("an answer");
    assert_eq!(facts, [Fact::SecondCheckConfirmed { by: Verifier::Register }]);
    assert_eq!(base.app(id).status, Status::Referred);
    assert_eq!(codes(base.register_answers(id, true)), ["not-waiting-for-decision"]);
}

#[test]
fn p14_out_of_turn_is_an_officers_task_from_the_start() {
    let (mut base, id) = referred(1, Policy::default());
    assert_eq!(base.tasks[&(id, Duty::SecondCheck)].due_at, at("2026-02-03 18:30"));
    assert_eq!(codes(base.register_answers(id, true)), ["not-waiting-for-decision"]);
    let facts = base.officer_decides(id, OfficerDecision::Confirm).expect("decided");
    assert_eq!(facts, [Fact::SecondCheckConfirmed { by: Verifier::Officer }]);
    assert!(base.tasks.is_empty());
    assert_eq!(codes(base.officer_decides(id, OfficerDecision::Confirm)), ["not-waiting-for-decision"]);
}

#[test]
fn p14_the_general_lane_has_nothing_to_verify_again() {
    let (base, id) = referred(13, Policy::default());
    assert!(base.app(id).live_referral().expect("a referral").second_check.is_none() && base.tasks.is_empty());
}

#[test]
fn p14_a_silent_register_hands_over_to_an_officer() {
    let (mut base, id) = referred(10, Policy::default());
    base.now = at("2026-02-03 18:30");
    assert_eq!(names(&base.tick(id)), ["handed-to-officer"]);
    assert_eq!(base.tasks[&(id, Duty::SecondCheck)].due_at, at("2026-02-04 18:30"));
    assert_eq!(codes(base.register_answers(id, false)), ["not-waiting-for-decision"], "the officer has it now");
    base.now = at("2026-02-04 18:30");
    base.act(id, |snapshot, world| mark_overdue(snapshot, Duty::SecondCheck, world)).expect("overdue, never approved");
    assert!(base.tasks[&(id, Duty::SecondCheck)].overdue);
    assert_eq!(base.app(id).status, Status::Referred);
}

/// **D-unconfirmed-benefit** `refuse`.
#[test]
fn p14_d_unconfirmed_benefit_refuse_revokes_and_refuses() {
    let (mut base, id) = referred(10, Policy::default());
    let facts = base.register_answers(id, false).expect("an answer");
    assert_eq!(names(&facts), ["second-check-failed", "referral-revoked", "refused"]);
    let application = base.app(id);
    assert_eq!(application.status, Status::Refused);
    assert_eq!(application.referral.as_ref().map(|referral| referral.status), Some(ReferralStatus::Revoked));
    assert_eq!(base.seats_of(1), ["open"], "the place goes on");
}

/// **D-unconfirmed-benefit** `general`.
#[test]
fn p14_d_unconfirmed_benefit_general_returns_in_the_general_lane() {
    let (mut base, id) = referred(10, general());
    let submitted = base.app(id).submitted_at;
    let facts = base.register_answers(id, false).expect("an answer");
    assert_eq!(names(&facts), ["second-check-failed", "referral-revoked", "moved-to-general", "resumed", "resumed"]);
    let application = base.app(id);
    assert_eq!((application.status, application.lane, application.benefit), (Status::Queued, Lane::General, 13));
    for organisation in [1, 2] {
        let entry = base.entry(id, organisation);
        assert_eq!((&entry.state, entry.ordered_at), (&EntryState::Waiting, submitted));
    }
}

#[test]
fn p14_without_consent_even_d_unconfirmed_benefit_general_refuses() {
    let (mut base, id) = referred(1, general());
    assert_eq!(codes(base.officer_decides(id, OfficerDecision::Refuse { ground: 4 })), ["ground-unknown"]);
    base.officer_decides(id, OfficerDecision::Refuse { ground: 3 }).expect("decided");
    assert_eq!(base.app(id).status, Status::Refused);
}

#[test]
fn p14_a_child_grown_too_old_meanwhile_is_archived_not_returned() {
    let (mut base, id) = referred(1, general());
    base.now = terms_age_out(&base, id);
    base.officer_decides(id, OfficerDecision::Refuse { ground: 1 }).expect("decided");
    assert_eq!(base.app(id).status, Status::Archived(ArchiveReason::AgeLimit));
}

fn terms_age_out(base: &Base, id: ApplicationId) -> kezek_rules::queue::Instant {
    kezek_rules::terms::age_out(base.app(id).birth_date, &Policy::default())
}

#[test]
fn p14_the_end_of_the_referral_ends_the_check() {
    let (mut base, id) = referred(1, Policy::default());
    base.cancel(id).expect("cancelled");
    assert!(base.tasks.is_empty() && base.app(id).duties.is_empty());
    assert_eq!(base.app(id).status, Status::Queued);
}
