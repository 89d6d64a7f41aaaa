//! Intake and verification: who may be queued, when it is accepted, and what is verified (`P5`, `P6`, `P11.a`, `P14`, `P15.1`, `K1`).

use crate::world::{Base, MS, at, bin, codes, names};
use kezek_rules::application::{ArchiveReason, Duty, Status};
use kezek_rules::decide::*;
use kezek_rules::policy::{OutOfHours, Policy, UnconfirmedBenefit};
use kezek_rules::queue::{Lane, Stream};
use kezek_rules::refusal::RefusalKind;
use kezek_rules::step::{Fact, Verifier};

fn special() -> Stream {
    "special:speech".parse().expect("a stream")
}

fn check_organisations(organisations: &[u64], expected: &[&str]) {
    let mut base = Base::new();
    base.organisations[5].open = false;
    let mut request = base.request(1);
    request.organisations = organisations.iter().map(|n| bin(*n)).collect();
    match base.submit(request) {
        Ok(_) => assert!(expected.is_empty(), "{organisations:?}"),
        refused => assert_eq!(codes(refused), expected, "{organisations:?}"),
    }
}

#[test]
fn p15_1_one_to_four_different_open_organisations() {
    check_organisations(&[1], &[]);
    check_organisations(&[1, 2, 3, 4], &[]);
    check_organisations(&[], &["organisations-count"]);
    check_organisations(&[1, 2, 3, 4, 5], &["organisations-count"]);
    check_organisations(&[1, 1], &["organisation-repeated"]);
    check_organisations(&[1, 77], &["organisation-unknown"]);
    check_organisations(&[6, 77], &["organisation-closed", "organisation-unknown"]);
    check_organisations(&[1, 2, 3, 6, 6], &["organisations-count", "organisation-closed", "organisation-repeated"]);
}

#[test]
fn p15_1_the_language_and_the_stream_must_be_offered() {
    let mut base = Base::new();
    let mut request = base.request(1);
    request.language = "ug".parse().expect("a language");
    assert_eq!(codes(base.submit(request)), ["language-not-taught"]);
    base.organisations[0].streams.truncate(1);
    let mut request = base.request(1);
    request.stream = special();
    request.documents =
        vec![Document { kind: "pmpc-conclusion".to_owned(), issued_on: "2025-12-01".parse().expect("a day") }];
    assert_eq!(codes(base.submit(request)), ["stream-not-served"]);
}

fn check_age(birth: &str, now: &str, pmpc: bool, expected: &[&str]) {
    let mut base = Base::new();
    base.now = at(now);
    let mut request = base.request(1);
    request.birth_date = birth.parse().expect("a day");
    if pmpc {
        request.documents =
            vec![Document { kind: "pmpc-conclusion".to_owned(), issued_on: "2019-01-01".parse().expect("a day") }];
    }
    match base.submit(request) {
        Ok(_) => assert!(expected.is_empty(), "{birth} at {now}"),
        refused => assert_eq!(codes(refused), expected, "{birth} at {now}"),
    }
}

#[test]
fn p11_a_born_in_or_after_six_years_ago_and_not_too_old() {
    check_age("2022-05-10", "2026-02-02 10:00", false, &[]);
    check_age("2020-02-03", "2026-02-02 10:00", false, &[]);
    check_age("2020-02-02", "2026-02-02 10:00", false, &["age-reached"]);
    check_age("2019-12-31", "2026-02-02 10:00", false, &["born-too-early"]);
    check_age("2026-02-03", "2026-02-02 10:00", false, &["born-in-the-future"]);
    check_age("2026-02-02", "2026-02-02 10:00", false, &[]);
    check_age("2018-12-31", "2026-02-02 10:00", true, &[]);
}

/// Born on 29 February: queued until the end of 28 February of the year in which it turns six.
#[test]
fn p11_a_leap_day_child() {
    check_age("2020-02-29", "2026-02-27 23:59", false, &[]);
    check_age("2020-02-29", "2026-02-28 23:59:59.999", false, &[]);
    check_age("2020-02-29", "2026-03-01 00:00", false, &["age-reached"]);
}

#[test]
fn p5_d_all_reasons_of_a_refusal_at_once_and_nothing_is_stored() {
    let mut base = Base::new();
    let mut request = base.request(1);
    request.consent = false;
    request.benefits = vec![12];
    request.organisations.clear();
    let old = "2026-01-01".parse().expect("a day");
    request.documents = vec![Document { kind: "work-certificate".to_owned(), issued_on: old }];
    let refusal = base.submit(request).expect_err("a refusal");
    assert_eq!(refusal.kind, RefusalKind::Rule);
    let found: Vec<_> =
        refusal.reasons.iter().map(|reason| (reason.code, reason.rule, reason.pointer.as_str())).collect();
    let expected = [
        ("organisations-count", "P15.1", "/organisations"),
        ("no-consent", "P5.e", "/consent"),
        ("document-expired", "A2.8", "/documents/0/issuedOn"),
        ("document-missing", "A2.8", "/documents"),
    ];
    assert_eq!(found, expected);
    assert!(base.applications.is_empty() && base.events.is_empty() && base.locks.is_empty());
}

/// `A2.8`: a certificate is valid one month from its issue, and a good one makes up for an expired one.
#[test]
fn p5_d_a_certificate_is_valid_for_one_month() {
    let check = |issued: &[&str], expected: &[&str]| {
        let mut base = Base::new();
        let mut request = base.request(1);
        request.benefits = vec![1];
        let certificate =
            |day: &&str| Document { kind: "service-certificate".to_owned(), issued_on: day.parse().expect("a day") };
        request.documents = issued.iter().map(certificate).collect();
        let found: Option<Vec<_>> =
            base.submit(request).err().map(|refusal| refusal.reasons.iter().map(|r| r.code).collect());
        assert_eq!(found.unwrap_or_default(), expected, "{issued:?}");
    };
    check(&["2026-01-02"], &[]);
    check(&["2026-01-01"], &["document-expired"]);
    check(&["2026-02-03"], &["document-expired"]);
    check(&["2025-01-01", "2026-01-15"], &[]);
    check(&[], &["document-missing"]);
}

fn check_acceptance(policy: &Policy, submitted: &str, accepted: &str) {
    let mut base = Base::with(policy.clone());
    base.now = at(submitted);
    let request = base.request(1);
    let id = base.submit(request).expect("a good request");
    assert_eq!(base.app(id).accepted_at, at(accepted), "{submitted}");
    assert_eq!(base.app(id).submitted_at, at(submitted), "the order key is the submission");
    let waits = base.app(id).status == Status::Accepted;
    assert_eq!(waits, at(accepted) > at(submitted), "{submitted}");
}

#[test]
fn p5_b_accepted_in_working_time_only() {
    let policy = Policy::default();
    check_acceptance(&policy, "2026-02-02 13:30", "2026-02-02 13:30");
    check_acceptance(&policy, "2026-02-02 18:30", "2026-02-02 18:30");
    check_acceptance(&policy, "2026-02-02 18:30:00.001", "2026-02-03 09:00");
    check_acceptance(&policy, "2026-02-03 08:59:59.999", "2026-02-03 09:00");
    check_acceptance(&policy, "2026-02-07 12:00", "2026-02-09 09:00");
    check_acceptance(&policy, "2026-03-06 19:00", "2026-03-10 09:00");
}

#[test]
fn p5_b_d_out_of_hours_at_once() {
    let policy = Policy { out_of_hours: OutOfHours::AtOnce, ..Policy::default() };
    check_acceptance(&policy, "2026-02-07 12:00", "2026-02-07 12:00");
}

/// Before acceptance it is in no queue and gets no offer; then it stands at its submission instant.
#[test]
fn p5_b_before_acceptance_in_no_queue() {
    let mut base = Base::new();
    base.go("2026-02-06 19:00");
    let early = base.register(1, 13, &[1]);
    base.publish(1, 1);
    assert!(base.allocate().is_empty());
    base.go("2026-02-09 08:59:59.999");
    assert!(base.sweep().is_empty());
    base.go("2026-02-09 09:00");
    let later = base.register(2, 13, &[1]);
    assert_eq!(names(&base.sweep()), ["accepted", "queued"]);
    assert_eq!((base.number(early, 1), base.number(later, 1)), (Some(1), Some(2)), "the order key is the submission");
    let offered: Vec<_> = base.allocate().into_iter().map(|(id, _)| id).collect();
    assert_eq!(offered, [early]);
}

#[test]
fn p6_a_out_of_turn_is_decided_by_an_officer_within_a_working_day() {
    let mut base = Base::new();
    base.go("2026-03-06 11:00");
    let id = base.register(1, 3, &[1]);
    assert_eq!(base.app(id).status, Status::Verifying);
    let due = at("2026-03-10 18:30");
    assert_eq!(base.tasks[&(id, Duty::FirstCheck)].due_at, due, "9 March is a day off");
    base.jump(due);
    let facts = base.act(id, |snapshot, world| mark_overdue(snapshot, Duty::FirstCheck, world)).expect("overdue");
    assert_eq!(facts, [Fact::Overdue { due_at: due }]);
    assert!(base.tasks[&(id, Duty::FirstCheck)].overdue);
    assert_eq!(base.app(id).status, Status::Verifying, "never an automatic approval");
    let facts = base.act(id, |snapshot, world| decide_by_officer(snapshot, OfficerDecision::Confirm, world));
    assert_eq!(names(&facts.expect("confirmed")), ["confirmed", "queued"]);
    assert!(base.tasks.is_empty());
}

#[test]
fn p6_a_overdue_only_when_due() {
    let mut base = Base::new();
    let id = base.register(1, 3, &[1]);
    base.go("2026-02-03 18:29:59.999");
    assert_eq!(codes(base.act(id, |snapshot, world| mark_overdue(snapshot, Duty::FirstCheck, world))), ["nothing-due"]);
    assert_eq!(base.tasks[&(id, Duty::FirstCheck)].due_at, at("2026-02-03 18:30"));
}

/// The term runs from acceptance, not from submission.
#[test]
fn p6_a_out_of_hours_the_term_starts_with_acceptance() {
    let mut base = Base::new();
    base.go("2026-02-06 20:00");
    let id = base.register(1, 3, &[1]);
    base.go("2026-02-11 12:00");
    base.sweep();
    assert_eq!(base.tasks[&(id, Duty::FirstCheck)].due_at, at("2026-02-10 18:30"), "also when the sweep is late");
}

/// A special application is an officer's, whatever its lane: a register can't let it in.
#[test]
fn p6_a_special_applications_are_the_officers() {
    for benefit in [5, 13] {
        let mut base = Base::new();
        let mut request = base.request(1);
        request.stream = special();
        request.benefits = vec![benefit];
        request.documents =
            vec![Document { kind: "pmpc-conclusion".to_owned(), issued_on: "2025-01-01".parse().expect("a day") }];
        let id = base.submit(request).expect("a good request");
        assert_eq!(base.tasks[&(id, Duty::FirstCheck)].due_at, at("2026-02-03 18:30"));
        assert_eq!(codes(base.register_answers(id, true)), ["not-waiting-for-decision"]);
        base.act(id, |snapshot, world| decide_by_officer(snapshot, OfficerDecision::Confirm, world))
            .expect("confirmed");
        assert_eq!(base.number(id, 1), Some(1));
    }
}

#[test]
fn p6_a_a_refusal_names_its_ground_and_frees_the_child() {
    let mut base = Base::new();
    let id = base.register(1, 3, &[1]);
    let refuse = |ground| {
        move |snapshot, world: World<'_>| decide_by_officer(snapshot, OfficerDecision::Refuse { ground }, world)
    };
    assert_eq!(codes(base.act(id, refuse(0))), ["ground-unknown"]);
    assert_eq!(codes(base.act(id, refuse(4))), ["ground-unknown"]);
    let facts = base.act(id, refuse(3)).expect("refused");
    assert_eq!(facts, [Fact::Refused { ground: 3, by: Verifier::Officer }]);
    assert_eq!(base.app(id).status, Status::Refused);
    assert_eq!(codes(base.act(id, refuse(3))), ["not-waiting-for-decision"]);
    base.register(1, 13, &[1]);
}

#[test]
fn p6_b_first_priority_is_checked_by_the_registers() {
    let mut base = Base::new();
    let general = base.register(1, 13, &[1]);
    let id = base.register(2, 10, &[1]);
    assert_eq!(base.app(id).status, Status::Verifying);
    assert!(base.tasks.is_empty(), "no officer's task");
    base.publish(1, 1);
    let facts = base.register_answers(id, true).expect("confirmed");
    assert_eq!(facts, [Fact::Confirmed { by: Verifier::Register }, Fact::Queued { organisation: bin(1), number: 1 }]);
    assert_eq!(base.number(general, 1), Some(2));
    assert_eq!(codes(base.register_answers(id, true)), ["not-waiting-for-decision"]);
}

fn check_register_wait(days: u32, handed: &str, due: &str) {
    let mut base = Base::with(Policy { register_wait_working_days: days, ..Policy::default() });
    let id = base.register(1, 10, &[1]);
    base.jump(at(handed) - MS);
    assert!(base.sweep().is_empty());
    base.jump(at(handed) + chrono::TimeDelta::days(1));
    let facts = base.sweep();
    assert_eq!(facts, [Fact::HandedToOfficer { due_at: at(due) }], "counted from the wait, however late the sweep");
    assert_eq!(base.app(id).status, Status::Verifying, "not refused because a register is down");
    assert!(base.sweep().is_empty(), "handed over once");
    base.register_answers(id, true).expect("a register may still answer");
    assert!(base.tasks.is_empty());
}

#[test]
fn p6_b_d_register_wait_one_working_day() {
    check_register_wait(1, "2026-02-03 18:30", "2026-02-04 18:30");
}

#[test]
fn p6_b_d_register_wait_three_working_days() {
    check_register_wait(3, "2026-02-05 18:30", "2026-02-06 18:30");
}

#[test]
fn p6_c_general_is_queued_at_once() {
    let mut base = Base::new();
    let id = base.register(1, 13, &[1, 2]);
    assert_eq!(base.app(id).status, Status::Queued);
    assert!(base.tasks.is_empty());
}

#[test]
fn p6_e_registration_tells_the_number_per_organisation() {
    let mut base = Base::new();
    base.register(1, 13, &[1]);
    base.register(2, 13, &[1, 2]);
    base.register(3, 13, &[1, 2, 3]);
    let facts = &base.events[2].facts;
    let numbers: Vec<_> = facts
        .iter()
        .filter_map(|fact| match fact {
            Fact::Queued { organisation, number } => Some((*organisation, *number)),
            _ => None,
        })
        .collect();
    assert_eq!(numbers, [(bin(1), 3), (bin(2), 2), (bin(3), 1)]);
    assert!(matches!(facts[0], Fact::Registered { lane: Lane::General, .. }));
}

#[test]
fn p14_d_unconfirmed_benefit_refuse() {
    let mut base = Base::new();
    let id = base.register(1, 10, &[1]);
    let facts = base.register_answers(id, false).expect("decided");
    assert_eq!(facts, [Fact::Refused { ground: 1, by: Verifier::Register }]);
    assert_eq!(base.app(id).status, Status::Refused);
    assert!(base.queues.values().all(|queue| queue.places.is_empty()));
}

/// Queued in the general lane at the original instant: before a general child that came later.
#[test]
fn p14_d_unconfirmed_benefit_general() {
    let mut base = Base::with(Policy { unconfirmed_benefit: UnconfirmedBenefit::General, ..Policy::default() });
    base.register(1, 13, &[1]);
    let id = base.register(2, 10, &[1]);
    base.register(3, 13, &[1]);
    let facts = base.register_answers(id, false).expect("decided");
    assert_eq!(facts, [Fact::MovedToGeneral, Fact::Queued { organisation: bin(1), number: 2 }]);
    assert_eq!((base.app(id).lane, base.app(id).status), (Lane::General, Status::Queued));
}

/// Once confirmed, however late, it stands at its original instant.
#[test]
fn p14_confirmed_at_the_original_instant() {
    let mut base = Base::new();
    let first = base.register(1, 3, &[1]);
    let second = base.queued(2, 3, &[1]);
    assert_eq!(base.number(second, 1), Some(1));
    base.go("2026-02-03 12:00");
    base.act(first, |snapshot, world| decide_by_officer(snapshot, OfficerDecision::Confirm, world)).expect("confirmed");
    assert_eq!((base.number(first, 1), base.number(second, 1)), (Some(1), Some(2)));
}

#[test]
fn k1_one_live_application_per_child_and_kind_of_stream() {
    let mut base = Base::new();
    let first = base.register(1, 13, &[1]);
    let request = base.request(1);
    let refusal = base.submit(request).expect_err("a second one");
    assert_eq!(refusal.reasons[0].code, "duplicate-application");
    assert_eq!(refusal.reasons[0].facts, [("application", first.to_string())], "it points at the first");
    let mut request = base.request(1);
    request.stream = "sanatorium:lungs".parse().expect("a stream");
    request.documents = vec![Document {
        kind: "phthisiatrician-conclusion".to_owned(),
        issued_on: "2026-01-20".parse().expect("a day"),
    }];
    base.submit(request).expect("another kind of stream");
    base.act(first, |snapshot, world| archive_by_officer(snapshot, ArchiveReason::Duplicate, world)).expect("archived");
    base.register(1, 13, &[2]);
}
