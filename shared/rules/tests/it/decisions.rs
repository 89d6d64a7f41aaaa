//! The values of decisions that aren't proven beside their rules: one test per value, each under a policy that differs in that value
//! alone.

use crate::world::{Base, at, bin, names};
use kezek_rules::application::{Duty, EntryState, Status};
use kezek_rules::decide::*;
use kezek_rules::group::GroupType;
use kezek_rules::policy::{Cohort, Hours, Policy};
use kezek_rules::queue::Stream;
use kezek_rules::terms;

fn register_wait(days: u32) -> kezek_rules::queue::Instant {
    let mut base = Base::with(Policy { register_wait_working_days: days, ..Policy::default() });
    let id = base.register(1, 10, &[1]);
    let (due, clock) = next_clock(base.app(id), base.world()).expect("a clock");
    assert_eq!(clock, Clock::RegisterWait);
    base.now = due;
    assert_eq!(names(&base.tick(id)), ["handed-to-officer"]);
    assert!(base.app(id).duty(Duty::FirstCheck).is_some());
    due
}

/// **D-register-wait**: one working day.
#[test]
fn d_register_wait_1_working_day() {
    assert_eq!(Policy::default().register_wait_working_days, 1);
    assert_eq!(register_wait(1), at("2026-02-03 18:30"));
}

/// **D-register-wait** with another number.
#[test]
fn d_register_wait_another_number() {
    assert_eq!(register_wait(3), at("2026-02-05 18:30"));
}

/// **D-second-check** with another number.
#[test]
fn d_second_check_another_number() {
    let mut base = Base::with(Policy { second_check_working_days: 3, ..Policy::default() });
    let id = base.queued(1, 1, &[1]);
    base.publish(1, 1);
    base.allocate();
    base.answer(id, 1, OfferAnswer::Accept).expect("accepted");
    assert_eq!(base.tasks[&(id, Duty::SecondCheck)].due_at, at("2026-02-05 18:30"));
}

fn suspension_answer(days: u32) -> (kezek_rules::queue::Instant, kezek_rules::queue::Instant) {
    let mut base = Base::with(Policy { suspension_answer_calendar_days: days, ..Policy::default() });
    let id = base.queued(1, 13, &[1]);
    base.publish(1, 1);
    base.allocate();
    base.now = base.offer(id, 1).answer_by;
    base.sweep();
    let ends_at = match base.state(id, 1) {
        EntryState::Suspended(suspension) => suspension.ends_at,
        other => panic!("{other:?}"),
    };
    base.now = ends_at;
    base.sweep();
    match base.state(id, 1) {
        EntryState::Suspended(suspension) => (ends_at, suspension.answer_by.expect("asked")),
        other => panic!("{other:?}"),
    }
}

/// **D-suspension-answer**: two calendar days.
#[test]
fn d_suspension_answer_2_calendar_days() {
    assert_eq!(Policy::default().suspension_answer_calendar_days, 2);
    let (ends_at, answer_by) = suspension_answer(2);
    assert_eq!(answer_by - ends_at, chrono::TimeDelta::days(2));
}

/// **D-suspension-answer** with another number.
#[test]
fn d_suspension_answer_another_number() {
    let (ends_at, answer_by) = suspension_answer(5);
    assert_eq!(answer_by - ends_at, chrono::TimeDelta::days(5));
}

fn middle_group_in_march(policy: &Policy) -> Vec<i32> {
    let ages = policy.ages.of(GroupType::Middle).expect("ages");
    terms::cohort_birth_years(ages, at("2026-03-10 10:00"), false, policy)
}

/// **D-cohort** `school-year`: a place freed in March goes to the birth year the group began with.
#[test]
fn d_cohort_school_year() {
    assert_eq!(middle_group_in_march(&Policy::default()), [2022]);
}

/// **D-cohort** `calendar-year`.
#[test]
fn d_cohort_calendar_year() {
    assert_eq!(middle_group_in_march(&Policy { cohort: Cohort::CalendarYear, ..Policy::default() }), [2023]);
}

fn middle_group_on(day: &str, promotion: &str) -> Vec<i32> {
    let policy = Policy { promotion: promotion.parse().expect("a day"), ..Policy::default() };
    let ages = policy.ages.of(GroupType::Middle).expect("ages");
    terms::cohort_birth_years(ages, at(day), false, &policy)
}

/// **D-promotion**: groups move up on 1 August.
#[test]
fn d_promotion_1_august() {
    assert_eq!(Policy::default().promotion.to_string(), "08-01");
    assert_eq!(middle_group_on("2026-07-31 10:00", "08-01"), [2022]);
    assert_eq!(middle_group_on("2026-08-01 10:00", "08-01"), [2023]);
}

/// **D-promotion** on another day.
#[test]
fn d_promotion_another_day() {
    assert_eq!(middle_group_on("2026-08-31 10:00", "09-01"), [2022]);
    assert_eq!(middle_group_on("2026-09-01 10:00", "09-01"), [2023]);
}

/// **D-quiet-hours**: an SMS goes out between 09:00 and 21:00.
#[test]
fn d_quiet_hours_09_00_to_21_00() {
    let check = |asked, expected| assert_eq!(terms::sms_at(&Policy::default(), at(asked)), at(expected), "{asked}");
    check("2026-02-03 08:59", "2026-02-03 09:00");
    check("2026-02-03 20:59", "2026-02-03 20:59");
    check("2026-02-03 21:00", "2026-02-04 09:00");
}

/// **D-quiet-hours** with other hours.
#[test]
fn d_quiet_hours_other_hours() {
    let time = |text: &str| text.parse().expect("a time");
    let policy = Policy { sms_hours: Hours { from: time("10:00:00"), until: time("18:00:00") }, ..Policy::default() };
    assert_eq!(terms::sms_at(&policy, at("2026-02-03 09:30")), at("2026-02-03 10:00"));
    assert_eq!(terms::sms_at(&policy, at("2026-02-03 18:00")), at("2026-02-04 10:00"));
}

/// `P29`: places are given in every month of the year.
#[test]
fn p29_admission_runs_all_year() {
    for month in 1..=12 {
        let mut base = Base::new();
        base.now = at(&format!("2026-{month:02}-15 10:00"));
        let mut request = base.request(1);
        request.birth_date = "2022-12-20".parse().expect("a day");
        let id = base.submit(request).expect("registered");
        while let Some((due, _)) =
            next_clock(base.app(id), base.world()).filter(|_| base.app(id).status == Status::Accepted)
        {
            base.now = due;
            base.tick(id);
        }
        base.publish_line(1, "b", 1, 1, &[2022]);
        assert_eq!(base.allocate().len(), 1, "month {month}");
        base.answer(id, 1, OfferAnswer::Accept).expect("accepted");
        assert_eq!(base.app(id).status, Status::Referred);
    }
}

fn in_stream(base: &mut Base, child: u8, stream: &str, document: &str) -> kezek_rules::ids::ApplicationId {
    base.now += crate::world::MS;
    let mut request = base.request(child);
    request.stream = stream.parse().expect("a stream");
    request.organisations = vec![bin(1)];
    let issued_on = terms::local_date(base.now);
    request.documents = vec![Document { kind: document.to_owned(), issued_on }];
    let id = base.submit(request).expect("registered");
    base.officer_decides(id, OfficerDecision::Confirm).expect("confirmed");
    id
}

fn serve(base: &mut Base, stream: &str) -> Vec<kezek_rules::ids::ApplicationId> {
    let mut line = Base::line(1, 1, &[2022]);
    line.group_type = GroupType::Special;
    line.stream = stream.parse::<Stream>().expect("a stream");
    base.publish_that(1, &format!("b-{stream}"), line);
    base.allocate().into_iter().map(|(id, _)| id).collect()
}

/// `P10.e`: a queue per kind of disorder, by the PMPC's recommendation.
#[test]
fn p10_e_special_children_queue_by_kind_of_disorder() {
    let mut base = Base::new();
    let hearing = in_stream(&mut base, 1, "special:hearing", "pmpc-conclusion");
    let sight = in_stream(&mut base, 2, "special:sight", "pmpc-conclusion");
    assert_eq!((base.number(hearing, 1), base.number(sight, 1)), (Some(1), Some(1)));
    assert_eq!(serve(&mut base, "special:sight"), [sight]);
    assert_eq!(base.state(hearing, 1), &EntryState::Waiting);
}

/// `P10.f`: a queue per kind of rehabilitation or prevention.
#[test]
fn p10_f_sanatorium_children_queue_by_kind_of_rehabilitation() {
    let mut base = Base::new();
    let lungs = in_stream(&mut base, 1, "sanatorium:lungs", "phthisiatrician-conclusion");
    let heart = in_stream(&mut base, 2, "sanatorium:heart", "phthisiatrician-conclusion");
    assert_eq!((base.number(lungs, 1), base.number(heart, 1)), (Some(1), Some(1)));
    assert_eq!(serve(&mut base, "sanatorium:lungs"), [lungs]);
    assert_eq!(base.state(heart, 1), &EntryState::Waiting);
}
