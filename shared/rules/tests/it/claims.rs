//! Benefits: what counts of several, and what changes of them: lost at once, gained after verification (`P13.3`, `P23.a`, `P23.b`, `P12`).

use crate::world::{Base, MS, at, bin, codes, names};
use kezek_rules::application::{ArchiveReason, Duty, EntryState, Status};
use kezek_rules::decide::*;
use kezek_rules::ids::ApplicationId;
use kezek_rules::policy::{Benefits, OfficerScope, Policy, Relocation, UnconfirmedBenefit};
use kezek_rules::queue::{Lane, StreamKind};
use kezek_rules::refusal::Refusal;
use kezek_rules::step::{Fact, Verifier};

/// A change of benefit with the documents it needs.
fn claim(base: &mut Base, id: ApplicationId, benefit: u8) -> Result<Vec<Fact>, Refusal> {
    let documents = base.documents(benefit);
    let benefits = Some(vec![benefit]);
    base.change_to(id, &ChangeRequest { benefits, documents, ..ChangeRequest::default() })
}

fn document(kind: &str) -> Document {
    Document { kind: kind.to_owned(), issued_on: "2026-02-01".parse().expect("a day") }
}

/// A transfer to a new place of service.
fn move_there(base: &mut Base, id: ApplicationId) -> Result<Vec<Fact>, Refusal> {
    let documents = vec![document("transfer-order")];
    base.change_to(id, &ChangeRequest { relocation: Some(true), documents, ..ChangeRequest::default() })
}

fn refuse(ground: u8) -> OfficerDecision {
    OfficerDecision::Refuse { ground }
}

fn check_benefits(benefits: Benefits, named: &[u8], expected: Result<(u8, Lane), &str>) {
    let mut base = Base::with(Policy { benefits, ..Policy::default() });
    let mut request = base.request(1);
    request.benefits = named.to_vec();
    request.documents = vec![document("service-certificate")];
    let outcome = base.submit(request);
    match expected {
        Ok(expected) => {
            let id = outcome.expect("registered");
            assert_eq!((base.app(id).benefit, base.app(id).lane), expected, "{named:?}");
        }
        Err(code) => assert_eq!(codes(outcome), [code], "{named:?}"),
    }
}

#[test]
fn d_benefits_strongest_the_least_number_counts() {
    check_benefits(Benefits::Strongest, &[13, 10], Ok((10, Lane::FirstPriority)));
    check_benefits(Benefits::Strongest, &[10, 5, 4], Ok((4, Lane::OutOfTurn)));
    check_benefits(Benefits::Strongest, &[13], Ok((13, Lane::General)));
    check_benefits(Benefits::Strongest, &[14, 10], Err("benefit-unknown"));
    check_benefits(Benefits::Strongest, &[0], Err("benefit-unknown"));
}

#[test]
fn d_benefits_one_refuses_several() {
    check_benefits(Benefits::One, &[10, 5], Err("benefits-several"));
    check_benefits(Benefits::One, &[10, 14], Err("benefit-unknown"));
    check_benefits(Benefits::One, &[10], Ok((10, Lane::FirstPriority)));
    check_benefits(Benefits::One, &[10, 10], Ok((10, Lane::FirstPriority)));
}

#[test]
fn p13_3_a_lost_benefit_moves_at_once_and_keeps_its_instant() {
    let mut base = Base::new();
    let before = base.register(1, 13, &[1]);
    let priority = base.queued(2, 10, &[1, 2]);
    let after = base.register(3, 13, &[1]);
    assert_eq!(base.number(priority, 1), Some(1));
    let facts = claim(&mut base, priority, 13).expect("changed");
    assert_eq!(
        facts,
        [
            Fact::LaneChanged { lane: Lane::General, benefit: 13 },
            Fact::Moved { organisation: bin(1), number: 2 },
            Fact::Moved { organisation: bin(2), number: 1 }
        ]
    );
    assert_eq!([before, priority, after].map(|id| base.number(id, 1)), [Some(1), Some(2), Some(3)]);
    assert!(base.tasks.is_empty());
}

#[test]
fn p13_3_a_gained_benefit_waits_for_the_register() {
    let mut base = Base::new();
    let before = base.register(1, 13, &[1]);
    let id = base.register(2, 13, &[1]);
    let facts = claim(&mut base, id, 10).expect("changed");
    assert_eq!(names(&facts), ["benefit-claimed", "verification-started"]);
    assert!(
        matches!(facts[1], Fact::VerificationStarted { by: Verifier::Register, due_at } if due_at == at("2026-02-03 18:30"))
    );
    assert_eq!((base.app(id).status, base.app(id).lane, base.app(id).benefit), (Status::Queued, Lane::General, 13));
    assert_eq!(base.number(id, 1), Some(2), "until then it stays");
    let facts = base.register_answers(id, true).expect("answered");
    assert_eq!(names(&facts), ["confirmed", "lane-changed", "moved"]);
    assert_eq!((base.app(id).lane, base.app(id).benefit), (Lane::FirstPriority, 10));
    assert_eq!((base.number(id, 1), base.number(before, 1)), (Some(1), Some(2)));
    assert_eq!(codes(base.register_answers(id, true)), ["not-waiting-for-decision"]);
}

#[test]
fn p13_3_a_gained_lane_out_of_turn_waits_for_an_officer() {
    let mut base = Base::new();
    base.register(1, 13, &[1]);
    let id = base.register(2, 13, &[1]);
    let facts = claim(&mut base, id, 3).expect("changed");
    assert!(matches!(facts[1], Fact::VerificationStarted { by: Verifier::Officer, .. }));
    let task = &base.tasks[&(id, Duty::Claim)];
    assert_eq!((task.due_at, task.lane), (at("2026-02-03 18:30"), Lane::OutOfTurn));
    assert_eq!(codes(base.officer_decides(id, refuse(4))), ["ground-unknown"]);
    let facts = base.officer_decides(id, OfficerDecision::Confirm).expect("decided");
    assert_eq!(names(&facts), ["confirmed", "lane-changed", "moved"]);
    assert_eq!(base.number(id, 1), Some(1));
    assert!(base.tasks.is_empty());
}

#[test]
fn p13_3_a_claim_that_is_not_confirmed_changes_nothing() {
    let mut base = Base::new();
    let id = base.register(1, 13, &[1]);
    claim(&mut base, id, 10).expect("changed");
    assert_eq!(base.register_answers(id, false), Ok(vec![Fact::ClaimRefused { ground: 1, by: Verifier::Register }]));
    claim(&mut base, id, 2).expect("changed");
    assert_eq!(base.officer_decides(id, refuse(3)), Ok(vec![Fact::ClaimRefused { ground: 3, by: Verifier::Officer }]));
    assert_eq!((base.app(id).status, base.app(id).benefit, base.app(id).claim.clone()), (Status::Queued, 13, None));
    assert_eq!(base.number(id, 1), Some(1));
    // From first-priority to out-of-turn: the present lane stays too.
    let id = base.queued(2, 10, &[1]);
    claim(&mut base, id, 2).expect("changed");
    base.officer_decides(id, refuse(1)).expect("decided");
    assert_eq!((base.app(id).lane, base.app(id).benefit), (Lane::FirstPriority, 10));
}

/// Another category of the same lane takes the place of the present one, which is given up whatever comes.
#[test]
fn p13_3_the_category_given_up_for_another_does_not_come_back() {
    let mut base = Base::new();
    base.register(1, 13, &[1]);
    let id = base.queued(2, 10, &[1]);
    assert_eq!(names(&claim(&mut base, id, 12).expect("changed")), ["benefit-claimed", "verification-started"]);
    assert_eq!((base.number(id, 1), base.app(id).benefit), (Some(1), 10), "until then it stays");
    let facts = base.register_answers(id, false).expect("answered");
    assert_eq!(names(&facts), ["claim-refused", "lane-changed", "moved"]);
    assert_eq!((base.app(id).lane, base.app(id).benefit, base.number(id, 1)), (Lane::General, 13, Some(2)));

    let id = base.queued(3, 10, &[1]);
    claim(&mut base, id, 12).expect("changed");
    assert_eq!(names(&base.register_answers(id, true).expect("answered")), ["confirmed"]);
    assert_eq!((base.app(id).lane, base.app(id).benefit), (Lane::FirstPriority, 12));
}

/// From out of turn to first priority: the higher lane is lost at once, the lower one gained after its verification.
#[test]
fn p13_3_a_lower_lane_is_reached_by_way_of_the_general_one() {
    let mut base = Base::new();
    base.register(1, 13, &[1]);
    let id = base.queued(2, 1, &[1]);
    let facts = claim(&mut base, id, 10).expect("changed");
    assert_eq!(names(&facts), ["lane-changed", "moved", "benefit-claimed", "verification-started"]);
    assert_eq!((base.number(id, 1), base.app(id).benefit), (Some(2), 13));
    base.register_answers(id, true).expect("answered");
    assert_eq!((base.number(id, 1), base.app(id).benefit), (Some(1), 10));
}

#[test]
fn p13_3_whatever_rests_is_offered_or_suspended_takes_the_new_lane() {
    let mut base = Base::new();
    let id = base.register(1, 13, &[1, 2, 3]);
    base.publish(1, 1);
    base.allocate();
    base.go("2026-02-05 00:00");
    base.sweep();
    base.publish(2, 1);
    base.allocate();
    claim(&mut base, id, 10).expect("changed");
    let facts = base.register_answers(id, true).expect("answered");
    assert_eq!(names(&facts), ["confirmed", "lane-changed", "moved"], "only what waits has a number");
    assert!(matches!(base.state(id, 1), EntryState::Suspended(_)));
    assert!(matches!(base.state(id, 2), EntryState::Offered(_)), "an offer is kept");
    base.go("2026-02-06 09:00");
    base.answer(id, 2, OfferAnswer::Decline).expect("answered");
    base.go("2026-02-19 09:00");
    base.sweep();
    let other = base.register(2, 13, &[1]);
    base.interest(id, InterestAnswer::Yes).expect("asked");
    assert_eq!((base.number(id, 1), base.number(other, 1)), (Some(1), Some(2)), "back in the new lane");

    let mut request = base.request(3);
    request.not_before = Some(NotBefore::On("2026-09-01".parse().expect("a day")));
    let sleeper = base.submit(request).expect("registered");
    claim(&mut base, sleeper, 10).expect("changed");
    let facts = base.register_answers(sleeper, true).expect("answered");
    assert_eq!(names(&facts), ["confirmed", "lane-changed", "moved"]);
    assert_eq!(base.state(sleeper, 1), &EntryState::Dormant);
}

#[test]
fn p13_3_a_referral_ends_a_claim_silently() {
    let mut base = Base::new();
    let id = base.register(1, 13, &[1, 2]);
    base.publish(1, 1);
    base.allocate();
    claim(&mut base, id, 3).expect("changed");
    let facts = base.answer(id, 1, OfferAnswer::Accept).expect("accepted");
    assert!(facts.contains(&Fact::ClaimDropped));
    assert!(base.tasks.is_empty() && base.app(id).claim.is_none());
    assert_eq!(codes(claim(&mut base, id, 3)), ["holds-referral"]);
}

#[test]
fn p13_3_another_claim_takes_the_place_of_an_open_one() {
    let mut base = Base::new();
    let id = base.register(1, 13, &[1]);
    claim(&mut base, id, 3).expect("changed");
    assert_eq!(claim(&mut base, id, 3), Ok(Vec::new()), "the same again is no change");
    let facts = claim(&mut base, id, 10).expect("changed");
    assert_eq!(names(&facts), ["claim-dropped", "benefit-claimed", "verification-started"]);
    assert!(base.tasks.is_empty());
    assert_eq!(claim(&mut base, id, 13), Ok(vec![Fact::ClaimDropped]), "back to what it has");
    assert_eq!(claim(&mut base, id, 13), Ok(Vec::new()));
}

/// **D-register-wait**: one working day from the claim, then the officer has one; the register decides no more.
#[test]
fn p13_3_a_silent_register_hands_the_claim_over() {
    let mut base = Base::new();
    let id = base.register(1, 13, &[1]);
    // Friday evening: counted from Monday.
    base.go("2026-02-06 19:00");
    claim(&mut base, id, 10).expect("changed");
    base.go("2026-02-10 18:29");
    assert!(base.tick(id).is_empty());
    base.go("2026-02-10 18:30");
    assert_eq!(names(&base.tick(id)), ["handed-to-officer"]);
    assert_eq!(base.tasks[&(id, Duty::Claim)].due_at, at("2026-02-11 18:30"));
    assert_eq!(codes(base.register_answers(id, true)), ["not-waiting-for-decision"]);
    base.go("2026-02-11 18:30");
    assert_eq!(
        names(&base.act(id, |snapshot, world| mark_overdue(snapshot, Duty::Claim, world)).expect("overdue")),
        ["overdue"]
    );
    base.officer_decides(id, OfficerDecision::Confirm).expect("decided");
    assert_eq!(base.app(id).lane, Lane::FirstPriority);
}

#[test]
fn p13_3_before_acceptance_a_claim_takes_the_place_of_the_first() {
    let mut base = Base::new();
    base.go("2026-02-06 20:00");
    let id = base.register(1, 10, &[1]);
    assert_eq!(names(&claim(&mut base, id, 2).expect("changed")), ["benefit-claimed"]);
    assert_eq!((base.app(id).lane, base.app(id).status), (Lane::OutOfTurn, Status::Accepted));
    base.go("2026-02-09 09:00");
    assert_eq!(names(&base.tick(id)), ["accepted", "verification-started"]);
    assert!(base.tasks.contains_key(&(id, Duty::FirstCheck)));
}

#[test]
fn p13_3_while_it_is_verified_the_verification_begins_again() {
    let mut base = Base::new();
    let id = base.register(1, 1, &[1, 2]);
    base.go("2026-02-04 12:00");
    assert_eq!(names(&claim(&mut base, id, 10).expect("changed")), ["benefit-claimed", "verification-started"]);
    assert!(base.tasks.is_empty(), "the officer's task is done with");
    assert!(base.tick(id).is_empty(), "its term counts from the change");
    base.go("2026-02-05 18:30");
    assert_eq!(names(&base.tick(id)), ["handed-to-officer"]);
    assert_eq!(base.tasks[&(id, Duty::FirstCheck)].due_at, at("2026-02-06 18:30"));
    let facts = claim(&mut base, id, 13).expect("changed");
    assert_eq!(names(&facts), ["lane-changed", "queued", "queued"], "what needs no verification is queued at once");
    assert_eq!((base.app(id).status, base.app(id).claim.clone()), (Status::Queued, None));
    assert!(base.tasks.is_empty());
}

#[test]
fn p13_3_what_has_ended_changes_no_benefit() {
    let mut base = Base::new();
    let id = base.register(1, 13, &[1]);
    base.withdraw(id);
    assert_eq!(codes(claim(&mut base, id, 10)), ["application-ended"]);
}

#[test]
fn p13_3_all_reasons_of_a_refused_claim_at_once() {
    let mut base = Base::with(Policy { benefits: Benefits::One, ..Policy::default() });
    let id = base.register(1, 13, &[1]);
    let request = ChangeRequest {
        organisations: Some(vec![bin(77)]),
        rest: RestChange::Until(NotBefore::On("2030-01-01".parse().expect("a day"))),
        benefits: Some(vec![11, 12]),
        relocation: Some(true),
        ..ChangeRequest::default()
    };
    let expected = [
        "organisation-unknown",
        "deferral-beyond-age",
        "benefits-several",
        "document-missing",
        "document-missing",
        "document-missing",
        "relocation-not-serving",
    ];
    assert_eq!(codes(base.change_to(id, &request)), expected);
}

/// One change may take off, add, rest and move lanes; each queue changes at most once (the world checks it).
#[test]
fn p13_3_everything_changes_together() {
    let mut base = Base::new();
    let id = base.queued(1, 10, &[1, 2]);
    base.register(2, 13, &[2, 3]);
    let day = NotBefore::On("2026-09-01".parse().expect("a day"));
    let request = |organisations: &[u64], benefit, rest| ChangeRequest {
        organisations: Some(organisations.iter().map(|n| bin(*n)).collect()),
        benefits: Some(vec![benefit]),
        rest,
        ..ChangeRequest::default()
    };
    base.change_to(id, &request(&[2, 3], 13, RestChange::Until(day))).expect("changed");
    assert_eq!((base.app(id).lane, base.state(id, 2)), (Lane::General, &EntryState::Dormant));
    base.change_to(id, &request(&[3, 4], 10, RestChange::Lift)).expect("changed");
    base.register_answers(id, true).expect("answered");
    assert_eq!((base.app(id).lane, base.number(id, 3), base.number(id, 4)), (Lane::FirstPriority, Some(1), Some(1)));
}

/// `A2.8`: the months for which a certificate is valid are the policy's.
#[test]
fn a2_8_certificates_are_valid_for_the_policys_months() {
    let check = |months: u32, issued: &str, expected: &[&str]| {
        let mut base = Base::with(Policy { certificate_months: months, ..Policy::default() });
        let mut request = base.request(1);
        request.benefits = vec![1];
        request.documents =
            vec![Document { kind: "service-certificate".to_owned(), issued_on: issued.parse().expect("a day") }];
        let found = base.submit(request).err().map(|refusal| codes::<()>(Err(refusal))).unwrap_or_default();
        assert_eq!(found, expected, "{months} {issued}");
    };
    check(1, "2026-01-02", &[]);
    check(1, "2026-01-01", &["document-expired"]);
    check(3, "2025-11-02", &[]);
    check(3, "2025-11-01", &["document-expired"]);
}

/// `P10.f`: the selection commission's conclusion isn't in the list of `A2.8`.
#[test]
fn a2_8_a_sanatorium_asks_for_the_phthisiatricians_document() {
    let check = |kinds: &[&str], expected: &[&str]| {
        let mut base = Base::new();
        let mut request = base.request(1);
        request.stream = "sanatorium:lungs".parse().expect("a stream");
        request.documents = kinds.iter().map(|kind| document(kind)).collect();
        let found = base.submit(request).err().map(|refusal| codes::<()>(Err(refusal))).unwrap_or_default();
        assert_eq!(found, expected, "{kinds:?}");
    };
    check(&["phthisiatrician-conclusion"], &[]);
    check(&["phthisiatrician-conclusion", "selection-commission-conclusion"], &[]);
    check(&["selection-commission-conclusion"], &["document-missing"]);
}

/// A non-resident child: no register knows it by a number, so an officer looks at its documents from the start.
#[test]
fn p5_c_a_non_resident_has_documents_of_its_own() {
    let check = |kinds: &[&str], expected: &[&str]| {
        let mut base = Base::new();
        let mut request = base.request(1);
        request.non_resident = true;
        request.documents = kinds.iter().map(|kind| document(kind)).collect();
        let found = base.submit(request).err().map(|refusal| codes::<()>(Err(refusal))).unwrap_or_default();
        assert_eq!(found, expected, "{kinds:?}");
    };
    check(&["birth-certificate", "identity"], &[]);
    check(&["identity"], &["document-missing"]);
    check(&[], &["document-missing", "document-missing"]);
    let mut base = Base::new();
    let mut request = base.request(1);
    request.non_resident = true;
    request.benefits = vec![10];
    request.documents = vec![document("birth-certificate"), document("identity")];
    let id = base.submit(request).expect("registered");
    assert!(base.tasks.contains_key(&(id, Duty::FirstCheck)));
    assert_eq!(codes(base.register_answers(id, true)), ["not-waiting-for-decision"]);
    base.officer_decides(id, OfficerDecision::Confirm).expect("decided");
    base.publish(1, 1);
    base.allocate();
    base.answer(id, 1, OfferAnswer::Accept).expect("accepted");
    assert!(base.tasks.contains_key(&(id, Duty::SecondCheck)), "the second check too");
}

#[test]
fn d_officer_out_of_turn_special_and_sanatorium() {
    let mut base = Base::new();
    let id = base.register(1, 12, &[1]);
    assert!(
        base.tasks.is_empty() && base.app(id).status == Status::Verifying,
        "the register is asked, documents or not"
    );
    let id = base.register(2, 13, &[1]);
    assert_eq!(base.app(id).status, Status::Queued);
}

#[test]
fn d_officer_all_lanes_with_documents() {
    let mut base = Base::with(Policy { officer: OfficerScope::AllLanesWithDocuments, ..Policy::default() });
    let with = base.register(1, 12, &[1]);
    assert!(base.tasks.contains_key(&(with, Duty::FirstCheck)));
    assert_eq!(codes(base.register_answers(with, true)), ["not-waiting-for-decision"]);
    let without = base.register(2, 10, &[1]);
    assert!(!base.tasks.contains_key(&(without, Duty::FirstCheck)), "nothing to look at");
    base.register_answers(without, true).expect("answered");
    let mut request = base.request(3);
    request.documents = vec![document("diploma")];
    let general = base.submit(request).expect("registered");
    assert!(base.tasks.contains_key(&(general, Duty::FirstCheck)), "the general lane too");
    assert_eq!(base.officer_decides(general, refuse(2)).map(|facts| names(&facts)), Ok(vec!["refused"]));
    base.officer_decides(with, OfficerDecision::Confirm).expect("decided");
    assert_eq!(base.app(with).status, Status::Queued);
    let id = base.register(4, 13, &[1]);
    claim(&mut base, id, 11).expect("changed");
    assert!(base.tasks.contains_key(&(id, Duty::Claim)), "and what is claimed later with documents");
}

fn check_officers_refusal(policy: Policy, benefit: u8, ground: u8, expected: (Status, Lane)) {
    let mut base = Base::with(policy);
    let id = base.register(1, benefit, &[1]);
    base.officer_decides(id, refuse(ground)).expect("decided");
    assert_eq!((base.app(id).status, base.app(id).lane), expected, "{benefit} {ground}");
}

/// **D-unconfirmed-benefit** for an officer's refusal.
#[test]
fn d_unconfirmed_benefit_refuse_by_an_officer() {
    for ground in 1..=3 {
        check_officers_refusal(Policy::default(), 1, ground, (Status::Refused, Lane::OutOfTurn));
    }
}

#[test]
fn d_unconfirmed_benefit_general_by_an_officer() {
    let policy = || Policy {
        unconfirmed_benefit: UnconfirmedBenefit::General,
        officer: OfficerScope::AllLanesWithDocuments,
        ..Policy::default()
    };
    check_officers_refusal(policy(), 1, 1, (Status::Queued, Lane::General));
    check_officers_refusal(policy(), 12, 2, (Status::Queued, Lane::General));
    check_officers_refusal(policy(), 1, 3, (Status::Refused, Lane::OutOfTurn));
}

fn relocated(relocation: Relocation, benefit: u8, kinds: &[&str]) -> (Base, Result<ApplicationId, Refusal>) {
    let mut base = Base::with(Policy { relocation, ..Policy::default() });
    let mut request = base.request(1);
    request.benefits = vec![benefit];
    request.relocation = true;
    request.documents = kinds.iter().map(|kind| document(kind)).collect();
    let outcome = base.submit(request);
    (base, outcome)
}

#[test]
fn d_relocation_serving() {
    let (base, outcome) = relocated(Relocation::Serving, 2, &["service-certificate", "transfer-order"]);
    let id = outcome.expect("registered");
    assert_eq!((base.app(id).lane, base.app(id).status), (Lane::OutOfTurn, Status::Verifying));
    assert!(base.app(id).relocation && base.tasks.contains_key(&(id, Duty::FirstCheck)));
    let (_, outcome) = relocated(Relocation::Serving, 13, &["transfer-order"]);
    let refusal = outcome.expect_err("not serving");
    assert_eq!((refusal.reasons[0].code, refusal.reasons[0].rule), ("relocation-not-serving", "P23.b"));
    let (_, outcome) = relocated(Relocation::Serving, 2, &["service-certificate"]);
    let refusal = outcome.expect_err("no order");
    assert_eq!((refusal.reasons[0].code, refusal.reasons[0].rule), ("document-missing", "P23.b"));
}

#[test]
fn d_relocation_everyone() {
    for benefit in [13, 10] {
        let (mut base, outcome) = relocated(Relocation::Everyone, benefit, &["transfer-order"]);
        let id = outcome.expect("registered");
        assert_eq!(base.app(id).lane, Lane::OutOfTurn);
        base.officer_decides(id, OfficerDecision::Confirm).expect("decided");
        assert_eq!((base.app(id).status, base.number(id, 1)), (Status::Queued, Some(1)));
    }
    let (_, outcome) = relocated(Relocation::Everyone, 13, &[]);
    assert_eq!(codes(outcome), ["document-missing"]);
}

#[test]
fn p23_b_a_transfer_while_queued() {
    let mut base = Base::with(Policy { relocation: Relocation::Everyone, ..Policy::default() });
    base.register(1, 13, &[1]);
    let id = base.register(2, 13, &[1]);
    let facts = move_there(&mut base, id).expect("changed");
    assert_eq!(facts[0], Fact::BenefitClaimed { benefit: 13, relocation: true });
    base.officer_decides(id, OfficerDecision::Confirm).expect("decided");
    assert_eq!((base.number(id, 1), base.app(id).relocation), (Some(1), true));
    assert_eq!(move_there(&mut base, id), Ok(Vec::new()));
    // Another category is claimed without it.
    let facts = claim(&mut base, id, 10).expect("changed");
    assert_eq!(names(&facts), ["lane-changed", "moved", "benefit-claimed", "verification-started"]);
    assert!(!base.app(id).relocation);
}

/// A child that got a place by a benefit, whose contract was terminated: signed and terminated outside these rules, as the lock tells it.
fn used(base: &mut Base, child: u8) {
    let child = base.request(child).child;
    base.used.insert((child, StreamKind::General));
}

#[test]
fn p23_a_a_child_that_has_had_its_benefit_stands_in_the_general_lane() {
    let mut base = Base::new();
    used(&mut base, 2);
    let before = base.register(1, 13, &[1]);
    let id = base.register(2, 10, &[1]);
    assert_eq!(names(&base.events[1].facts), ["registered", "benefit-used", "queued"]);
    assert_eq!((base.app(id).status, base.app(id).lane), (Status::Queued, Lane::General), "no verification");
    assert_eq!((base.number(before, 1), base.number(id, 1)), (Some(1), Some(2)), "at its new instant");
    base.publish(1, 2);
    base.allocate();
    base.answer(id, 1, OfferAnswer::Accept).expect("accepted");
    assert!(base.tasks.is_empty(), "nothing to verify again");
    let without = {
        used(&mut base, 3);
        base.register(3, 13, &[1])
    };
    assert!(!base.events.iter().any(|event| event.application == without && event.facts.contains(&Fact::BenefitUsed)));
}

#[test]
fn p23_a_a_benefit_claimed_later_counts_for_nothing_either() {
    let mut base = Base::new();
    used(&mut base, 1);
    let id = base.register(1, 13, &[1]);
    let request = ChangeRequest { benefits: Some(vec![10]), benefit_used: true, ..ChangeRequest::default() };
    assert_eq!(base.change_to(id, &request), Ok(vec![Fact::BenefitUsed]));
    assert_eq!((base.app(id).lane, base.app(id).benefit, base.app(id).claim.clone()), (Lane::General, 10, None));
    assert_eq!(base.change_to(id, &request), Ok(Vec::new()));
}

#[test]
fn p23_a_a_transfer_is_served_out_of_turn_all_the_same() {
    let mut base = Base::new();
    used(&mut base, 1);
    base.now += MS;
    let mut request = base.request(1);
    request.benefits = vec![2];
    request.relocation = true;
    request.documents = vec![document("service-certificate"), document("transfer-order")];
    let id = base.submit(request).expect("registered");
    assert_eq!((base.app(id).lane, base.app(id).status), (Lane::OutOfTurn, Status::Verifying));
    assert!(!base.events[0].facts.contains(&Fact::BenefitUsed));
}

/// `P12`: while a contract is in force the child can't be queued again; a live application is `K1`'s.
#[test]
fn p12_a_contract_in_force_stands_against_another_application() {
    let mut base = Base::new();
    let first = base.register(1, 13, &[1]);
    let request = base.request(1);
    let refusal = base.submit(request).expect_err("K1");
    assert_eq!((refusal.reasons[0].code, refusal.reasons[0].rule), ("duplicate-application", "K1"));
    let mut holder = base.app(first).clone();
    holder.status = Status::Archived(ArchiveReason::Enrolled);
    assert_eq!(Blocking::by(&holder), Blocking::Contract(first));
    let earlier = Earlier { blocking: Some(Blocking::by(&holder)), benefit_used: false };
    let request = base.request(1);
    let reasons = reasons_against(&request, &base.organisations, earlier, base.world());
    assert_eq!((reasons[0].code, reasons[0].rule), ("contract-in-force", "P12"));
    assert_eq!(reasons[0].facts, [("application", first.to_string())]);
}
