//! The model where it could be wrong itself: known dates, and numbers against the closed form, which only stands here.

use chrono::{NaiveDate, TimeDelta};
use kezek_rules::ids::Bin;

use super::calendar::{self, Instant};
use super::numbers::takings;
use super::queues::Waiter;
use super::state::{Lane, Organisation, QueueKey};
use super::{Bulletin, Document, Line, Model, Policy, Submission, terms};

fn instant(text: &str) -> Instant {
    text.parse().expect("an instant")
}

fn date(text: &str) -> NaiveDate {
    text.parse().expect("a date")
}

fn check_acceptance(submitted: &str, accepted: &str) {
    let found = terms::acceptance(instant(submitted), &Policy::default(), &calendar::Calendar::default());
    assert_eq!(found, instant(accepted), "submitted {submitted}");
}

#[test]
fn p5_b_acceptance_at_known_instants() {
    check_acceptance("2026-01-12T05:00:00.000Z", "2026-01-12T05:00:00.000Z");
    check_acceptance("2026-01-12T03:59:59.999Z", "2026-01-12T04:00:00.000Z");
    check_acceptance("2026-01-12T08:30:00.000Z", "2026-01-12T08:30:00.000Z");
    check_acceptance("2026-01-16T13:30:00.001Z", "2026-01-19T04:00:00.000Z");
    check_acceptance("2026-03-20T14:00:00.000Z", "2026-03-26T04:00:00.000Z");
    check_acceptance("2025-01-03T05:00:00.000Z", "2025-01-05T04:00:00.000Z");
}

#[test]
fn c2_terms_at_known_dates() {
    let (policy, calendar) = (Policy::default(), calendar::Calendar::default());
    assert_eq!(calendar.plus_working(date("2026-01-14"), 10), date("2026-01-28"));
    assert_eq!(calendar.plus_working(date("2026-12-30"), 5), date("2027-01-11"));
    assert_eq!(terms::applicant_end(date("2026-01-19"), &policy), instant("2026-01-19T19:00:00.000Z"));
    assert_eq!(terms::duty_end(instant("2026-01-12T05:00:00.000Z"), 1, &calendar), instant("2026-01-13T13:30:00.000Z"));
    assert_eq!(terms::too_old_from(date("2020-02-29"), &policy), date("2026-03-01"));
    assert_eq!(terms::interest(instant("2026-03-31T05:00:00.000Z"), 11), instant("2027-02-28T04:00:00.000Z"));
}

/// `P3.9`: taking one by one gives the closed form.
#[test]
fn p3_9_takings_agree_with_the_closed_form() {
    let policy = Policy::default();
    let start = instant("2026-01-12T05:00:00.000Z");
    for (out, first, general) in [(0, 0, 5), (2, 3, 7), (1, 9, 4), (0, 4, 0), (3, 2, 20)] {
        for phase in 0..=3_usize {
            let mut waiting = Vec::new();
            let mut stand = |lane, count: usize| {
                for _ in 0..count {
                    let key = start + TimeDelta::milliseconds(i64::try_from(waiting.len()).expect("few"));
                    waiting.push(Waiter { a: waiting.len(), e: 0, lane, key });
                }
            };
            stand(Lane::General, general);
            stand(Lane::FirstPriority, first);
            stand(Lane::OutOfTurn, out);
            let order = takings(&waiting, u32::try_from(phase).expect("small"), &policy);
            let place = |lane: Lane, rank: usize| {
                let found = order.iter().enumerate().filter(|(_, w)| w.lane == lane).nth(rank - 1);
                found.map(|(place, _)| place + 1)
            };
            for r in 1..=first {
                let expected = out + r + general.min(3 - phase + 3 * (r - 1));
                assert_eq!(place(Lane::FirstPriority, r), Some(expected));
            }
            for s in 1..=general {
                let expected = out + s + first.min((s - 1 + phase) / 3);
                assert_eq!(place(Lane::General, s), Some(expected));
            }
        }
    }
}

fn bin() -> Bin {
    "990140000007".parse().expect("a number")
}

fn world() -> Model {
    let mut model = Model::new(instant("2026-01-12T05:00:00.000Z"), Policy::default());
    let languages = vec!["kk".to_owned()];
    let streams = vec!["general".to_owned()];
    model.put_organisation(Organisation { bin: bin(), languages, streams, open: true });
    model
}

fn submit(model: &mut Model, child: u32, benefit: u8) -> usize {
    let document = |kind: &str| Document { kind: kind.to_owned(), issued_on: date("2026-01-05") };
    let form = Submission {
        applicant: child,
        child,
        born: date("2022-05-14"),
        language: "kk".to_owned(),
        stream: "general".to_owned(),
        organisations: vec![bin()],
        benefits: vec![benefit],
        relocation: false,
        documents: if benefit < 5 { vec![document("service-certificate")] } else { Vec::new() },
        not_before: None,
    };
    model.submit(&form).expect("a submission")
}

fn bulletin(model: &mut Model, id: &str, count: u32) {
    let line = Line {
        line: 1,
        count,
        group_type: "middle".to_owned(),
        language: "kk".to_owned(),
        stream: "general".to_owned(),
        birth_years: Some(vec![2022]),
        temporary_until: None,
    };
    let issued_at = model.now();
    model.bulletin(&Bulletin { id: id.to_owned(), organisation: bin(), issued_at, year_end: false, lines: vec![line] });
}

/// `P15.d`: silence, suspension, the question, the archive; the place goes on at each step.
#[test]
fn p15_d_silence_step_by_step() {
    let mut model = world();
    let silent = submit(&mut model, 1, 13);
    let second = submit(&mut model, 2, 13);
    bulletin(&mut model, "b-1", 1);
    assert_eq!(model.see(silent)["entry 990140000007"], "offered –");
    model.advance_to(instant("2026-01-14T19:00:00.000Z"));
    assert_eq!(model.see(silent)["entry 990140000007"], "suspended –");
    assert_eq!(model.see(second)["entry 990140000007"], "offered –");
    model.advance_to(instant("2026-01-28T19:00:00.000Z"));
    assert_eq!(model.see(silent)["questions"], "990140000007 by 2026-01-30T19:00:00.000Z");
    model.advance_to(instant("2026-01-30T19:00:00.000Z"));
    assert_eq!(model.see(silent)["status"], "archived (no-answer)");
}

/// `P10.d`, `P6.b`: one of first priority to three general, in offers as in numbers.
#[test]
fn p10_d_offers_go_out_in_the_order_of_the_numbers() {
    let mut model = world();
    for child in 1..=9 {
        model.know(child, &[10]);
        submit(&mut model, child, if child % 2 == 0 { 10 } else { 13 });
    }
    let queue =
        QueueKey { organisation: bin(), language: "kk".to_owned(), birth_year: 2022, stream: "general".to_owned() };
    let order: Vec<usize> = model.ordered(&queue).iter().map(|waiter| waiter.a).collect();
    assert_eq!(order, [1, 0, 2, 4, 3, 6, 8, 5, 7]);
    for (n, expected) in order.into_iter().enumerate() {
        bulletin(&mut model, &format!("b-{n}"), 1);
        assert_eq!(model.see(expected)["entry 990140000007"], "offered –");
        model.advance_to(model.now() + TimeDelta::minutes(1));
    }
}
