//! Enrolment by a referral: documents, the organisation's decision, its review, the contract, the extension (`P22`, `P25.b`, `P28`, `P16.1`,
//! `P12`, `P23`).

use crate::world::{Base, MS, at, bin, codes, names};
use kezek_rules::application::{
    Application, ArchiveReason, ContractStatus, Document, Duty, EntryState, Referral, ReferralStatus, SignatureMeans,
    Stage, Status,
};
use kezek_rules::decide::*;
use kezek_rules::group::{Group, GroupType};
use kezek_rules::ids::ApplicationId;
use kezek_rules::policy::{
    Extension, Lapse, OutOfHours, Policy, RefusalReview, RefusedEnrolment, Resubmission, Temporary, TermEnd,
};
use kezek_rules::refusal::Refusal;
use kezek_rules::seat::SeatState;
use kezek_rules::step::{ChildLock, Fact};

const HEALTH: [&str; 3] = ["vaccination-card", "health-passport", "health-certificate"];

/// One child, queued for organisations 1 and 2 with a benefit, holds a referral to 1 since Monday, 2 February 2026, valid to the 9th;
/// another waits behind it in both.
fn referred_with(policy: Policy, benefit: u8) -> (Base, ApplicationId, ApplicationId) {
    let mut base = Base::with(policy);
    let id = base.queued(1, benefit, &[1, 2]);
    let next = base.queued(2, 13, &[1, 2]);
    base.publish(1, 1);
    base.allocate();
    base.answer(id, 1, OfferAnswer::Accept).expect("accepted");
    (base, id, next)
}

fn referred(policy: Policy) -> (Base, ApplicationId, ApplicationId) {
    referred_with(policy, 13)
}

/// The same with the documents handed in.
fn submitted(policy: Policy) -> (Base, ApplicationId, ApplicationId) {
    let (mut base, id, next) = referred(policy);
    hand_in(&mut base, id).expect("handed in");
    (base, id, next)
}

/// The same with the contract formed.
fn formed(policy: Policy) -> (Base, ApplicationId, ApplicationId) {
    let (mut base, id, next) = submitted(policy);
    decide(&mut base, id, DocumentsDecision::Confirm).expect("confirmed");
    (base, id, next)
}

/// A place at organisation 1 that is temporary, to 31 March.
fn temporary(policy: Policy) -> (Base, ApplicationId, ApplicationId) {
    let mut base = Base::with(policy);
    let id = base.queued(1, 13, &[1, 2]);
    let next = base.queued(2, 13, &[1, 2]);
    let seat = base.publish(1, 1)[0];
    let vacancy = &mut base.seats.get_mut(&(bin(1), seat)).expect("the seat").vacancy;
    vacancy.temporary_until = Some("2026-03-31".parse().expect("a day"));
    base.allocate();
    base.answer(id, 1, OfferAnswer::Accept).expect("accepted");
    hand_in(&mut base, id).expect("handed in");
    decide(&mut base, id, DocumentsDecision::Confirm).expect("confirmed");
    (base, id, next)
}

fn document(kind: &str, issued_on: &str) -> Document {
    Document { kind: kind.to_owned(), issued_on: issued_on.parse().expect("a day") }
}

/// The documents of these kinds, issued on a day.
fn documents(kinds: &[&str], issued_on: &str) -> Vec<Document> {
    kinds.iter().map(|kind| document(kind, issued_on)).collect()
}

fn hand_in_these(base: &mut Base, id: ApplicationId, documents: Vec<Document>) -> Result<Vec<Fact>, Refusal> {
    base.act(id, |snapshot, world| kezek_rules::decide::hand_in(snapshot, documents, world))
}

/// Hands in what a child without a benefit needs, issued today.
fn hand_in(base: &mut Base, id: ApplicationId) -> Result<Vec<Fact>, Refusal> {
    let today = kezek_rules::terms::local_date(base.now).to_string();
    hand_in_these(base, id, documents(&HEALTH, &today))
}

fn decide(base: &mut Base, id: ApplicationId, decision: DocumentsDecision) -> Result<Vec<Fact>, Refusal> {
    decide_knowing(base, id, decision, &[])
}

fn decide_knowing(
    base: &mut Base,
    id: ApplicationId,
    decision: DocumentsDecision,
    groups: &[Group],
) -> Result<Vec<Fact>, Refusal> {
    base.act(id, |snapshot, world| decide_documents(snapshot, &decision, groups, world))
}

fn refusing(ground: u8) -> DocumentsDecision {
    DocumentsDecision::Refuse { ground, group: None }
}

fn review(base: &mut Base, id: ApplicationId, review: Review) -> Result<Vec<Fact>, Refusal> {
    base.act(id, |snapshot, world| review_refusal(snapshot, review, world))
}

const fn uphold(outcome: Option<Outcome>) -> Review {
    Review::Uphold { outcome, reasoned: outcome.is_some() }
}

fn signed(base: &mut Base, id: ApplicationId) -> Result<Vec<Fact>, Refusal> {
    base.act(id, |snapshot, world| sign(snapshot, SignatureMeans::SmsCode, world))
}

fn extended(base: &mut Base, id: ApplicationId, until: &str) -> Result<Vec<Fact>, Refusal> {
    let today = kezek_rules::terms::local_date(base.now).to_string();
    let (until, inability) = (until.parse().expect("a day"), document("inability", &today));
    base.act(id, |snapshot, world| extend(snapshot, until, &inability, world))
}

fn referral(base: &Base, id: ApplicationId) -> &Referral {
    base.app(id).referral.as_ref().expect("a referral")
}

fn contract(application: &Application) -> ContractStatus {
    application.contract.as_ref().expect("a contract").status
}

fn lock(base: &Base, id: ApplicationId) -> bool {
    let application = base.app(id);
    base.locks.get(&(application.child, application.stream.kind())) == Some(&id)
}

// ------------------------------------------------------------------------------------------------------- documents

#[test]
fn p22_b_handed_in_registered_the_same_day_and_checked_within_one_working_day() {
    let (mut base, id, _) = referred(Policy::default());
    let facts = hand_in(&mut base, id).expect("handed in");
    assert_eq!(names(&facts), ["documents-submitted"]);
    let Stage::Submitted(submission) = &referral(&base, id).stage else { panic!("not submitted") };
    assert_eq!((submission.registered_at, submission.result_due), (base.now, at("2026-02-03 18:30")));
    assert_eq!(codes(hand_in(&mut base, id)), ["documents-not-awaited"], "once");
    base.go("2026-02-20 10:00");
    assert_eq!(names(&base.sweep()), ["result-overdue"], "the validity is over long since: it lapses no more");
    assert_eq!(base.app(id).status, Status::Referred);
}

/// Out of hours: registered on the next working day; the instant of submission decides whether it was in time.
#[test]
fn p22_b_the_last_millisecond_out_of_hours_is_in_time() {
    let (mut base, id, _) = referred(Policy::default());
    base.jump(at("2026-02-10 00:00") - MS);
    hand_in(&mut base, id).expect("in time");
    let Stage::Submitted(submission) = &referral(&base, id).stage else { panic!("not submitted") };
    assert_eq!(submission.registered_at, at("2026-02-10 09:00"));
    assert_eq!(submission.result_due, at("2026-02-11 18:30"));
    assert_eq!(submission.at, base.now);
    base.now += MS;
    assert!(base.sweep().is_empty());

    let (mut base, id, _) = referred(Policy::default());
    base.go("2026-02-10 00:00");
    assert_eq!(codes(hand_in(&mut base, id)), ["documents-not-awaited"], "though no sweep came");

    let policy = Policy { term_end: TermEnd::At1830, ..Policy::default() };
    let (mut base, id, _) = referred(policy);
    base.go("2026-02-09 18:30");
    assert_eq!(codes(hand_in(&mut base, id)), ["documents-not-awaited"], "D-term-end");

    let policy = Policy { out_of_hours: OutOfHours::AtOnce, ..Policy::default() };
    let (mut base, id, _) = referred(policy);
    base.go("2026-02-07 23:00");
    hand_in(&mut base, id).expect("in time");
    let Stage::Submitted(submission) = &referral(&base, id).stage else { panic!("not submitted") };
    assert_eq!((submission.registered_at, submission.result_due), (base.now, at("2026-02-09 18:30")));
}

#[test]
fn p22_b_an_overdue_check_is_made_visible_once() {
    let (mut base, id, _) = submitted(Policy::default());
    base.jump(at("2026-02-03 18:30") - MS);
    assert!(base.sweep().is_empty());
    base.now += MS;
    assert_eq!(names(&base.sweep()), ["result-overdue"]);
    assert!(base.sweep().is_empty());
    decide(&mut base, id, DocumentsDecision::Confirm).expect("late, but decided");
}

/// `A6.8`: what is needed follows from what the application rests on; everything missing is named at once.
#[test]
fn a6_8_all_that_is_missing_is_named() {
    let check = |benefit: u8, expected: &[&str]| {
        let (mut base, id, _) = referred_with(Policy::default(), benefit);
        let refusal = hand_in_these(&mut base, id, Vec::new()).expect_err("refused");
        assert_eq!(refusal.rule, Some("P22.c"));
        let missing: Vec<&str> = refusal.reasons.iter().map(|reason| reason.facts[0].1.as_str()).collect();
        assert_eq!(missing, expected, "{benefit}");
        assert!(refusal.reasons.iter().all(|reason| reason.code == "document-missing"));
        assert_eq!(referral(&base, id).stage, Stage::Awaited, "nothing is stored");
        let all: Vec<Document> = expected.iter().map(|kind| document(kind, "2026-02-02")).collect();
        hand_in_these(&mut base, id, all).expect("complete");
    };
    check(13, &HEALTH);
    check(10, &HEALTH);
    check(3, &[HEALTH[0], HEALTH[1], HEALTH[2], "service-certificate"]);
    check(12, &[HEALTH[0], HEALTH[1], HEALTH[2], "work-certificate", "diploma"]);
}

#[test]
fn a6_8_the_pmpc_conclusion_and_a_non_residents_list() {
    let check = |change: fn(&mut Application), expected: &[&str]| {
        let (mut base, id, _) = referred_with(Policy::default(), 1);
        change(base.applications.get_mut(&id).expect("the application"));
        let refusal = hand_in_these(&mut base, id, documents(&HEALTH, "2026-02-02")).expect_err("refused");
        let missing: Vec<&str> = refusal.reasons.iter().map(|reason| reason.facts[0].1.as_str()).collect();
        assert_eq!(missing, expected);
    };
    check(|application| application.pmpc = true, &["pmpc-conclusion", "service-certificate"]);
    check(|application| application.non_resident = true, &["identity", "birth-certificate"]);
}

/// The certificate of health is good for three calendar days, a certificate from the place of service for a month.
#[test]
fn p22_c_expired_documents_are_not_accepted() {
    let check = |kind: &str, issued_on: &str, expected: Option<&str>| {
        let (mut base, id, _) = referred_with(Policy::default(), 1);
        let mut all = documents(&[HEALTH[0], HEALTH[1], HEALTH[2], "service-certificate"], "2026-02-02");
        all.iter_mut().filter(|document| document.kind == kind).for_each(|one| *one = document(kind, issued_on));
        match (hand_in_these(&mut base, id, all), expected) {
            (Ok(_), None) => {}
            (Err(refusal), Some(rule)) => {
                let [reason] = &refusal.reasons[..] else { panic!("one reason: {refusal:?}") };
                assert_eq!((reason.code, reason.rule, refusal.rule), ("document-expired", rule, Some("P22.c")));
            }
            (outcome, _) => panic!("{kind} {issued_on}: {outcome:?}"),
        }
    };
    check("health-certificate", "2026-01-30", None);
    check("health-certificate", "2026-01-29", Some("P28.1"));
    check("health-certificate", "2026-02-03", Some("P28.1"));
    check("service-certificate", "2026-01-02", None);
    check("service-certificate", "2026-01-01", Some("P22.c"));
    check("vaccination-card", "2024-01-01", None);
}

#[test]
fn p22_c_a_good_copy_makes_up_for_an_expired_one() {
    let (mut base, id, _) = referred(Policy::default());
    let mut all = documents(&HEALTH, "2026-02-02");
    all.insert(0, document("health-certificate", "2025-02-02"));
    hand_in_these(&mut base, id, all).expect("complete");
}

// ------------------------------------------------------------------------------------------- the organisation's decision

/// `P28.1`: the three days are measured when the contract is formed.
#[test]
fn p28_1_a_certificate_that_ran_out_since_forms_no_contract() {
    let (mut base, id, _) = submitted(Policy::default());
    base.go("2026-02-05 18:00");
    decide(&mut base, id, DocumentsDecision::Confirm).expect("the third day");
    let (mut base, id, _) = submitted(Policy::default());
    base.go("2026-02-06 09:00");
    let refusal = decide(&mut base, id, DocumentsDecision::Confirm).expect_err("the fourth day");
    assert_eq!((refusal.reasons[0].code, refusal.reasons[0].rule), ("certificate-too-old", "P28.1"));
    decide(&mut base, id, DocumentsDecision::Return).expect("to be handed in again");
    hand_in(&mut base, id).expect("with a new one");
    decide(&mut base, id, DocumentsDecision::Confirm).expect("confirmed");
}

#[test]
fn p22_c_d_resubmission_until_validity() {
    let (mut base, id, next) = submitted(Policy::default());
    let facts = decide(&mut base, id, DocumentsDecision::Return).expect("returned");
    assert_eq!(names(&facts), ["documents-returned"]);
    assert_eq!(referral(&base, id).stage, Stage::Awaited);
    assert_eq!(codes(decide(&mut base, id, DocumentsDecision::Return)), ["decision-not-awaited"]);
    base.jump(at("2026-02-10 00:00") - MS);
    hand_in(&mut base, id).expect("until the validity ends");
    base.go("2026-02-10 10:00");
    let facts = decide(&mut base, id, DocumentsDecision::Return).expect("returned");
    assert_eq!(names(&facts), ["documents-returned", "referral-lapsed", "archived"], "too late to hand in again");
    assert_eq!(base.allocate()[0].0, next);
}

#[test]
fn p22_c_d_resubmission_never() {
    let policy = Policy { resubmission: Resubmission::Never, lapse: Lapse::Return, ..Policy::default() };
    let (mut base, id, next) = submitted(policy);
    let facts = decide(&mut base, id, DocumentsDecision::Return).expect("returned");
    assert_eq!(names(&facts), ["documents-returned", "referral-lapsed", "resumed"]);
    assert_eq!((base.state(id, 1), base.app(id).status), (&EntryState::Left, Status::Queued));
    assert_eq!(base.allocate()[0].0, next);
}

#[test]
fn p28_only_what_was_handed_in_is_decided_and_only_on_a_known_ground() {
    let (mut base, id, _) = referred(Policy::default());
    assert_eq!(codes(decide(&mut base, id, refusing(2))), ["decision-not-awaited"]);
    hand_in(&mut base, id).expect("handed in");
    for ground in [0, 7] {
        let refusal = decide(&mut base, id, refusing(ground)).expect_err("refused");
        assert_eq!((refusal.reasons[0].code, refusal.reasons[0].rule), ("ground-unknown", "P28"));
    }
    decide(&mut base, id, refusing(6)).expect("refused");
    assert_eq!(codes(decide(&mut base, id, DocumentsDecision::Confirm)), ["decision-not-awaited"]);
}

fn group(name: &str, group_type: GroupType, years: &[i32], children: u32, unvaccinated: u32) -> Group {
    let birth_years = years.to_vec();
    Group { organisation: bin(1), name: name.to_owned(), version: 1, group_type, birth_years, children, unvaccinated }
}

/// The figures must bear ground 3: those of a group that the place may be in, the one named or any.
#[test]
fn p28_3_more_than_ten_per_cent_unvaccinated() {
    let check = |named: Option<&str>, groups: &[Group], expected: Option<&str>| {
        let (mut base, id, _) = submitted(Policy::default());
        let decision = DocumentsDecision::Refuse { ground: 3, group: named.map(str::to_owned) };
        match (decide_knowing(&mut base, id, decision, groups), expected) {
            (Ok(facts), None) => assert_eq!(names(&facts), ["enrolment-refused"]),
            (Err(refusal), Some(code)) => {
                assert_eq!((refusal.reasons[0].code, refusal.reasons[0].rule), (code, "P28"));
            }
            (outcome, _) => panic!("{named:?} {groups:?}: {outcome:?}"),
        }
    };
    let ten = group("a", GroupType::Middle, &[2022], 20, 2);
    let over = group("b", GroupType::Middle, &[2021, 2022], 20, 3);
    let other_years = group("c", GroupType::Middle, &[2021], 20, 9);
    let other_type = group("d", GroupType::Senior, &[2022], 20, 9);
    check(None, &[], Some("group-unknown"));
    check(None, std::slice::from_ref(&ten), Some("unvaccinated-share"));
    check(None, &[other_years.clone(), other_type.clone()], Some("group-unknown"));
    check(None, &[ten.clone(), over.clone()], None);
    check(Some("a"), &[ten.clone(), over.clone()], Some("unvaccinated-share"));
    check(Some("b"), &[ten.clone(), over], None);
    check(Some("c"), &[ten.clone(), other_years.clone()], Some("group-of-other-places"));
    check(Some("d"), &[ten.clone(), other_type], Some("group-of-other-places"));
    check(Some("x"), &[ten, other_years], Some("group-unknown"));
}

#[test]
fn p28_3_the_limit_and_the_share_are_told() {
    let (mut base, id, _) = submitted(Policy { unvaccinated_percent: 20, ..Policy::default() });
    let groups = [group("a", GroupType::Middle, &[2022], 24, 3), group("b", GroupType::Middle, &[2022], 24, 1)];
    let refusal = decide_knowing(&mut base, id, refusing(3), &groups).expect_err("refused");
    assert_eq!(refusal.reasons[0].facts, [("share", "12.5".to_owned()), ("percent", "20".to_owned())]);
}

// ------------------------------------------------------------------------------------------------------- the review

#[test]
fn p16_1_d_refusal_review_provider() {
    let (mut base, id, _) = submitted(Policy::default());
    let facts = decide(&mut base, id, refusing(1)).expect("refused");
    assert_eq!(names(&facts), ["enrolment-refused"]);
    assert_eq!(base.tasks[&(id, Duty::Review)].due_at, at("2026-02-03 18:30"));
    assert!(base.allocate().is_empty(), "the seat waits");
    assert_eq!(codes(base.cancel(id)), ["conflict"], "P25.a: not any more");
    base.go("2026-02-20 10:00");
    assert!(base.sweep().is_empty(), "and so does the referral");
    base.act(id, |snapshot, world| mark_overdue(snapshot, Duty::Review, world)).expect("overdue, never a decision");
    review(&mut base, id, uphold(None)).expect("upheld");
    assert!(base.tasks.is_empty());
}

#[test]
fn p16_1_d_refusal_review_none() {
    let policy = Policy { refusal_review: RefusalReview::None, ..Policy::default() };
    let (mut base, id, next) = submitted(policy);
    let facts = decide(&mut base, id, refusing(2)).expect("refused");
    assert_eq!(names(&facts), ["enrolment-refused", "refusal-upheld", "resumed"]);
    assert!(base.tasks.is_empty());
    assert_eq!(codes(review(&mut base, id, Review::Overturn)), ["review-not-awaited"]);
    assert_eq!(base.allocate()[0].0, next);
}

/// **D-refused-enrolment** `by-ground`: 2 and 3 aren't the parent's fault.
#[test]
fn p16_1_d_refused_enrolment_by_ground_returns_or_archives() {
    for ground in [2, 3] {
        let (mut base, id, next) = submitted(Policy::default());
        let groups = [group("a", GroupType::Middle, &[2022], 20, 3)];
        decide_knowing(&mut base, id, refusing(ground), &groups).expect("refused");
        let facts = review(&mut base, id, uphold(None)).expect("upheld");
        assert_eq!(names(&facts), ["refusal-upheld", "resumed"]);
        assert_eq!((base.state(id, 1), base.number(id, 2)), (&EntryState::Left, Some(1)), "not for that organisation");
        assert_eq!(referral(&base, id).status, ReferralStatus::Refused);
        assert_eq!(base.allocate()[0].0, next);
    }
    for ground in [1, 4, 5, 6] {
        let (mut base, id, next) = submitted(Policy::default());
        decide(&mut base, id, refusing(ground)).expect("refused");
        let facts = review(&mut base, id, uphold(None)).expect("upheld");
        assert_eq!(names(&facts), ["refusal-upheld", "archived"]);
        assert_eq!(base.app(id).status, Status::Archived(ArchiveReason::Refused));
        assert!(!lock(&base, id));
        assert_eq!(base.allocate()[0].0, next);
    }
}

#[test]
fn p16_1_d_refused_enrolment_archive_archives_on_every_ground() {
    let policy = Policy { refused_enrolment: RefusedEnrolment::Archive, ..Policy::default() };
    let (mut base, id, _) = submitted(policy);
    decide(&mut base, id, refusing(2)).expect("refused");
    review(&mut base, id, uphold(None)).expect("upheld");
    assert_eq!(base.app(id).status, Status::Archived(ArchiveReason::Refused));
}

#[test]
fn p16_1_an_officer_departs_from_it_with_a_reason() {
    let (mut base, id, _) = submitted(Policy::default());
    decide(&mut base, id, refusing(1)).expect("refused");
    let without = Review::Uphold { outcome: Some(Outcome::Return), reasoned: false };
    assert_eq!(codes(review(&mut base, id, without)), ["outcome-needs-note"]);
    review(&mut base, id, uphold(Some(Outcome::Return))).expect("upheld");
    assert_eq!(base.app(id).status, Status::Queued);

    let (mut base, id, _) = submitted(Policy::default());
    decide(&mut base, id, refusing(2)).expect("refused");
    let usual = Review::Uphold { outcome: Some(Outcome::Return), reasoned: false };
    review(&mut base, id, usual).expect("the usual outcome needs no reason");
}

#[test]
fn p16_1_with_nothing_to_return_to_it_is_archived() {
    let mut base = Base::new();
    let id = base.queued(1, 13, &[1]);
    base.publish(1, 1);
    base.allocate();
    base.answer(id, 1, OfferAnswer::Accept).expect("accepted");
    hand_in(&mut base, id).expect("handed in");
    decide(&mut base, id, refusing(2)).expect("refused");
    review(&mut base, id, uphold(None)).expect("upheld");
    assert_eq!(base.app(id).status, Status::Archived(ArchiveReason::Refused));
}

#[test]
fn p16_1_overturned_the_referral_stands_with_a_fresh_term() {
    let (mut base, id, _) = submitted(Policy::default());
    decide(&mut base, id, refusing(2)).expect("refused");
    base.go("2026-02-11 10:00");
    let facts = review(&mut base, id, Review::Overturn).expect("overturned");
    assert_eq!(names(&facts), ["refusal-overturned"]);
    assert_eq!(referral(&base, id).valid_until, at("2026-02-19 00:00"), "five working days from the review");
    assert!(base.tasks.is_empty());
    hand_in(&mut base, id).expect("handed in again");
    decide(&mut base, id, DocumentsDecision::Confirm).expect("confirmed");
    signed(&mut base, id).expect("signed");
}

/// What would return after the child has become too old is archived (`P11.b`).
#[test]
fn p11_b_a_return_after_the_age_limit_is_archived() {
    let (mut base, id, _) = submitted(Policy::default());
    base.applications.get_mut(&id).expect("the application").birth_date = "2020-02-03".parse().expect("a day");
    decide(&mut base, id, refusing(2)).expect("refused");
    base.go("2026-02-03 10:00");
    let facts = review(&mut base, id, uphold(None)).expect("upheld");
    assert_eq!(names(&facts), ["refusal-upheld", "age-limit"]);
}

// ------------------------------------------------------------------------------------------------------- the contract

#[test]
fn p22_d_signed_enrolled_archived_and_the_vacancy_is_filled() {
    let (mut base, id, _) = formed(Policy::default());
    let contract_by = base.app(id).contract.as_ref().expect("a contract").sign_by;
    assert_eq!(contract_by, at("2026-02-10 00:00"), "D-signature: five working days");
    let facts = signed(&mut base, id).expect("signed");
    assert_eq!(names(&facts), ["contract-signed", "archived"]);
    let application = base.app(id);
    assert_eq!(application.status, Status::Archived(ArchiveReason::Enrolled));
    assert_eq!((contract(application), referral(&base, id).status), (ContractStatus::Signed, ReferralStatus::Used));
    assert!(lock(&base, id), "P12: a contract is in force");
    assert_eq!(base.seats_of(1), ["filled"]);
    assert_eq!((base.state(id, 1), base.state(id, 2)), (&EntryState::Left, &EntryState::Left));
    assert_eq!(codes(signed(&mut base, id)), ["contract-not-formed"]);
    base.go("2027-02-02 10:00");
    assert!(!base.sweep().iter().any(|fact| fact.code_and_rule().0 == "referral-lapsed"));
}

/// **D-signature**: another number of working days.
#[test]
fn p22_d_d_signature_counts_its_own_working_days() {
    let (base, id, _) = formed(Policy { signature_working_days: 2, ..Policy::default() });
    assert_eq!(base.app(id).contract.as_ref().expect("a contract").sign_by, at("2026-02-05 00:00"));
    let policy = Policy { signature_working_days: 2, term_end: TermEnd::At1830, ..Policy::default() };
    let (base, id, _) = formed(policy);
    assert_eq!(base.app(id).contract.as_ref().expect("a contract").sign_by, at("2026-02-04 18:30"));
}

#[test]
fn p22_d_unsigned_d_lapse_archive() {
    let (mut base, id, next) = formed(Policy::default());
    base.jump(at("2026-02-10 00:00") - MS);
    assert!(base.sweep().is_empty());
    base.now += MS;
    assert_eq!(codes(signed(&mut base, id)), ["contract-not-formed"], "too late, though no sweep came");
    assert_eq!(codes(base.cancel(id)), ["cancellation-too-late"]);
    assert_eq!(names(&base.sweep()), ["contract-unsigned", "referral-lapsed", "archived"]);
    assert_eq!(base.app(id).status, Status::Archived(ArchiveReason::ReferralLapsed));
    assert_eq!(contract(base.app(id)), ContractStatus::Void);
    assert!(!lock(&base, id));
    assert_eq!(base.allocate()[0].0, next);
}

#[test]
fn p22_d_unsigned_d_lapse_return() {
    let (mut base, id, next) = formed(Policy { lapse: Lapse::Return, ..Policy::default() });
    base.go("2026-02-10 00:00");
    assert_eq!(names(&base.sweep()), ["contract-unsigned", "referral-lapsed", "resumed"]);
    assert_eq!((base.state(id, 1), base.number(id, 2)), (&EntryState::Left, Some(1)));
    assert_eq!(base.allocate()[0].0, next);
}

/// `P25.a`: within 24 hours also with documents handed in, or a contract not signed yet.
#[test]
fn p25_a_cancelled_while_the_contract_is_not_signed() {
    let (mut base, id, next) = submitted(Policy::default());
    assert_eq!(names(&base.cancel(id).expect("cancelled")), ["referral-cancelled", "resumed"]);
    assert_eq!(codes(decide(&mut base, id, DocumentsDecision::Confirm)), ["decision-not-awaited"]);
    assert_eq!(base.allocate()[0].0, next);

    let (mut base, id, _) = formed(Policy::default());
    base.cancel(id).expect("cancelled");
    assert_eq!(contract(base.app(id)), ContractStatus::Void);
    assert_eq!(codes(signed(&mut base, id)), ["contract-not-formed"]);

    let (mut base, id, _) = formed(Policy::default());
    signed(&mut base, id).expect("signed");
    assert_eq!(codes(base.cancel(id)), ["no-referral"]);
}

/// `P15.4`: withdrawn at any stage; the seat goes on, officers have nothing left to do.
#[test]
fn p15_4_withdrawn_at_every_stage() {
    let under_review = || {
        let (mut base, id, next) = submitted(Policy::default());
        decide(&mut base, id, refusing(1)).expect("refused");
        (base, id, next)
    };
    for (mut base, id, next) in [submitted(Policy::default()), formed(Policy::default()), under_review()] {
        assert_eq!(names(&base.withdraw(id)), ["referral-released", "archived"]);
        assert!(base.tasks.is_empty());
        assert_eq!(base.allocate()[0].0, next);
    }
}

#[test]
fn p12_terminated_the_child_is_free_to_apply_again() {
    let (mut base, id, _) = formed(Policy::default());
    signed(&mut base, id).expect("signed");
    let facts = base.act(id, terminate).expect("terminated");
    assert_eq!(names(&facts), ["contract-terminated"]);
    assert_eq!(contract(base.app(id)), ContractStatus::Terminated);
    assert_eq!(base.app(id).status, Status::Archived(ArchiveReason::Enrolled), "the archive stays as it is");
    assert_eq!(base.seats_of(1), ["filled"], "it comes free by a new bulletin");
    assert!(!lock(&base, id));
    base.register(1, 13, &[1]);
    assert_eq!(codes(base.act(id, terminate)), ["contract-not-in-force"]);
    let (mut base, id, _) = formed(Policy::default());
    assert_eq!(codes(base.act(id, terminate)), ["contract-not-in-force"]);
    assert_eq!(base.act(id, withdraw).map(|facts| names(&facts).len()), Ok(2));
}

/// The child's lock remembers a place that was got out of turn or by first priority.
#[test]
fn p23_a_a_place_by_a_benefit_is_remembered() {
    let check = |benefit: u8, kinds: &[&str], expected: ChildLock| {
        let (mut base, id, _) = referred_with(Policy::default(), benefit);
        hand_in_these(&mut base, id, documents(kinds, "2026-02-02")).expect("handed in");
        decide(&mut base, id, DocumentsDecision::Confirm).expect("confirmed");
        let step = sign(base.snapshot(id, &[]), SignatureMeans::Qr, base.world()).expect("signed");
        assert_eq!(step.lock, expected, "{benefit}");
    };
    check(13, &HEALTH, ChildLock::Keep);
    check(10, &HEALTH, ChildLock::KeepBenefitUsed);
    check(1, &[HEALTH[0], HEALTH[1], HEALTH[2], "service-certificate"], ChildLock::KeepBenefitUsed);
}

// ------------------------------------------------------------------------------------------------- temporary places

/// **D-temporary** `at-once`: the child goes on competing for a permanent place, also at that organisation.
#[test]
fn p23_c_d_temporary_at_once() {
    let (mut base, id, next) = temporary(Policy::default());
    let facts = signed(&mut base, id).expect("signed");
    assert_eq!(names(&facts), ["contract-signed", "resumed", "resumed"]);
    assert_eq!(base.app(id).status, Status::Queued);
    assert_eq!((base.number(id, 1), base.number(id, 2), base.number(next, 1)), (Some(1), Some(1), Some(2)));
    assert_eq!(base.seats_of(1), ["filled"]);
    assert_eq!(contract(base.app(id)), ContractStatus::Signed);
    base.jump(at("2026-04-01 00:00") - MS);
    assert!(base.tick(id).is_empty());
    base.now += MS;
    assert_eq!(names(&base.tick(id)), ["temporary-ended"]);
    assert_eq!(contract(base.app(id)), ContractStatus::Terminated);
    assert_eq!(codes(base.act(id, terminate)), ["contract-not-in-force"]);
}

/// **D-temporary** `at-end`: enrolled until the place ends, then back at the original instants.
#[test]
fn p23_c_d_temporary_at_end() {
    let (mut base, id, next) = temporary(Policy { temporary: Temporary::AtEnd, ..Policy::default() });
    let facts = signed(&mut base, id).expect("signed");
    assert_eq!(names(&facts), ["contract-signed"]);
    assert_eq!(base.app(id).status, Status::Enrolled);
    assert_eq!(base.number(next, 1), Some(1));
    assert_eq!(codes(base.change(id, &[1])), ["holds-referral"]);
    base.jump(at("2026-04-01 00:00") - MS);
    assert!(base.tick(id).is_empty());
    base.now += MS;
    assert_eq!(codes(base.act(id, terminate)), ["contract-not-in-force"], "though no sweep came");
    assert_eq!(names(&base.tick(id)), ["temporary-ended", "resumed", "resumed"]);
    assert_eq!((base.number(id, 1), base.number(id, 2), base.number(next, 1)), (Some(1), Some(1), Some(2)));
    assert!(lock(&base, id), "K1: the application lives on");
}

#[test]
fn p23_c_a_temporary_contract_may_be_terminated_and_archives_nothing() {
    let (mut base, id, _) = temporary(Policy { temporary: Temporary::AtEnd, ..Policy::default() });
    signed(&mut base, id).expect("signed");
    let facts = base.act(id, terminate).expect("terminated");
    assert_eq!(names(&facts), ["contract-terminated", "resumed", "resumed"]);
    assert!(lock(&base, id));

    let (mut base, id, _) = temporary(Policy::default());
    signed(&mut base, id).expect("signed");
    assert_eq!(names(&base.act(id, terminate).expect("terminated")), ["contract-terminated"]);
    assert_eq!(base.app(id).status, Status::Queued);
}

/// A temporary place got by a benefit doesn't count for `P23.a`, and the child may withdraw from its queues while it is there.
#[test]
fn p23_c_a_temporary_place_keeps_the_lock_as_it_is() {
    let (mut base, id, _) = temporary(Policy { temporary: Temporary::AtEnd, ..Policy::default() });
    let step = sign(base.snapshot(id, &[]), SignatureMeans::Qr, base.world()).expect("signed");
    assert_eq!(step.lock, ChildLock::Keep);
    signed(&mut base, id).expect("signed");
    assert_eq!(names(&base.withdraw(id)), ["archived"]);
    assert!(!lock(&base, id));
    assert_eq!(contract(base.app(id)), ContractStatus::Signed);
    assert_eq!(names(&base.act(id, terminate).expect("terminated")), ["contract-terminated"]);
}

// ------------------------------------------------------------------------------------------------------- the extension

/// **D-extension** `on-the-document`.
#[test]
fn p25_b_d_extension_on_the_document() {
    let (mut base, id, _) = referred(Policy::default());
    let facts = extended(&mut base, id, "2026-03-11").expect("the 30th day after the 9th");
    assert_eq!(names(&facts), ["referral-extended"]);
    assert_eq!(referral(&base, id).valid_until, at("2026-03-12 00:00"));
    base.go("2026-03-11 23:00");
    assert!(base.sweep().is_empty());
    assert_eq!(codes(extended(&mut base, id, "2026-03-12")), ["extension-repeated"]);
    hand_in(&mut base, id).expect("inside the validity");
}

/// At most 30 calendar days after the original end, inside the validity, on a document that is issued.
#[test]
fn p25_b_limits() {
    let check = |until: &str, kind: &str, issued_on: &str, expected: &[&str]| {
        let (mut base, id, _) = referred(Policy::default());
        let (until, inability) = (until.parse().expect("a day"), document(kind, issued_on));
        let outcome = base.act(id, |snapshot, world| extend(snapshot, until, &inability, world));
        match outcome {
            Ok(_) => assert!(expected.is_empty(), "{until} {kind} {issued_on}"),
            refused => assert_eq!(codes(refused), expected, "{until} {kind} {issued_on}"),
        }
    };
    check("2026-02-09", "inability", "2026-02-02", &["extension-too-far"]);
    check("2026-02-10", "inability", "2026-02-02", &[]);
    check("2026-03-11", "inability", "2025-12-02", &[]);
    check("2026-03-12", "inability", "2026-02-02", &["extension-too-far"]);
    check("2026-03-11", "inability", "2026-02-03", &["inability-document-missing"]);
    check("2026-03-12", "diploma", "2026-02-02", &["extension-too-far", "inability-document-missing"]);
    let (mut base, id, _) = referred(Policy::default());
    base.go("2026-02-10 00:00");
    assert_eq!(codes(extended(&mut base, id, "2026-02-20")), ["extension-not-possible"], "after the validity");
    let (mut base, id, _) = submitted(Policy::default());
    assert_eq!(codes(extended(&mut base, id, "2026-02-20")), ["extension-not-possible"], "documents are handed in");
}

/// **D-extension** `by-an-officer`: while it is undecided the referral doesn't lapse.
#[test]
fn p25_b_d_extension_by_an_officer() {
    let policy = || Policy { extension: Extension::ByAnOfficer, ..Policy::default() };
    let (mut base, id, _) = referred(policy());
    assert_eq!(names(&extended(&mut base, id, "2026-03-01").expect("asked")), ["extension-asked"]);
    assert_eq!(base.tasks[&(id, Duty::Extension)].due_at, at("2026-02-03 18:30"));
    assert_eq!(referral(&base, id).valid_until, at("2026-02-10 00:00"));
    assert_eq!(codes(extended(&mut base, id, "2026-03-02")), ["extension-repeated"]);
    base.go("2026-02-12 10:00");
    assert!(base.sweep().is_empty(), "it doesn't lapse");
    assert_eq!(codes(hand_in(&mut base, id)), ["documents-not-awaited"], "but isn't extended either");
    let unknown =
        base.act(id, |snapshot, world| decide_extension(snapshot, OfficerDecision::Refuse { ground: 4 }, world));
    assert_eq!(codes(unknown), ["ground-unknown"]);
    let facts = base.act(id, |snapshot, world| decide_extension(snapshot, OfficerDecision::Confirm, world));
    assert_eq!(names(&facts.expect("decided")), ["referral-extended"]);
    assert_eq!(referral(&base, id).valid_until, at("2026-03-02 00:00"));
    assert!(base.tasks.is_empty());
    hand_in(&mut base, id).expect("handed in");
}

#[test]
fn p25_b_d_extension_by_an_officer_who_refuses() {
    let policy = || Policy { extension: Extension::ByAnOfficer, ..Policy::default() };
    let refuse = |base: &mut Base, id| {
        base.act(id, |snapshot, world| decide_extension(snapshot, OfficerDecision::Refuse { ground: 2 }, world))
    };
    let (mut base, id, _) = referred(policy());
    extended(&mut base, id, "2026-03-01").expect("asked");
    assert_eq!(names(&refuse(&mut base, id).expect("decided")), ["extension-refused"]);
    assert_eq!(codes(refuse(&mut base, id)), ["not-waiting-for-decision"]);
    extended(&mut base, id, "2026-03-01").expect("asked again, with another document");
    base.go("2026-02-12 10:00");
    let facts = refuse(&mut base, id).expect("decided");
    assert_eq!(names(&facts), ["extension-refused", "referral-lapsed", "archived"], "its validity is over");
}

/// What ends the referral ends the officer's task.
#[test]
fn p25_b_a_task_ends_with_the_referral() {
    let (mut base, id, _) = referred(Policy { extension: Extension::ByAnOfficer, ..Policy::default() });
    extended(&mut base, id, "2026-03-01").expect("asked");
    base.cancel(id).expect("cancelled");
    assert!(base.tasks.is_empty());
}

/// Documents returned while an extension is undecided don't let the referral lapse.
#[test]
fn p25_b_undecided_it_keeps_returned_documents_alive() {
    let (mut base, id, _) = referred(Policy { extension: Extension::ByAnOfficer, ..Policy::default() });
    extended(&mut base, id, "2026-03-01").expect("asked");
    hand_in(&mut base, id).expect("handed in all the same");
    base.go("2026-02-12 10:00");
    assert_eq!(names(&decide(&mut base, id, DocumentsDecision::Return).expect("returned")), ["documents-returned"]);
    base.act(id, |snapshot, world| decide_extension(snapshot, OfficerDecision::Confirm, world)).expect("decided");
    hand_in(&mut base, id).expect("handed in again");
}

// ---------------------------------------------------------------------------------------------------------- the policy

/// `K5`: the version in force when the referral began governs it to its end.
#[test]
fn k5_a_referral_keeps_its_policy_to_the_contract() {
    let (mut base, id, _) = referred(Policy::default());
    let later =
        Policy { signature_working_days: 1, documents_working_days: 9, lapse: Lapse::Return, ..Policy::default() };
    base.publish_policy("test", "2026-02-03", &[], later);
    base.go("2026-02-03 10:00");
    hand_in(&mut base, id).expect("handed in");
    let Stage::Submitted(submission) = &referral(&base, id).stage else { panic!("not submitted") };
    assert_eq!(submission.result_due, at("2026-02-04 18:30"));
    decide(&mut base, id, DocumentsDecision::Confirm).expect("confirmed");
    assert_eq!(base.app(id).contract.as_ref().expect("a contract").sign_by, at("2026-02-11 00:00"));
    base.go("2026-02-11 00:00");
    assert_eq!(names(&base.sweep()), ["contract-unsigned", "referral-lapsed", "archived"]);
    assert!(
        base.events.iter().rev().take(3).all(|event| event.policy.to_string() == "test@1"),
        "{:?}",
        base.events.last()
    );
    assert_eq!(base.seats_of(1).first(), Some(&"open"));
    assert!(!matches!(base.seat_of(referral(&base, id).seat), SeatState::Filled { .. }));
}
