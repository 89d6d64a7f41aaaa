//! Deadlines counted again after a patch of the calendar (`C3`): which move, which never do, and that doing it again changes nothing.

use std::collections::BTreeSet;

use crate::world::{Base, at, codes};
use chrono::NaiveDate;
use kezek_rules::application::{Document, Duty, EntryState};
use kezek_rules::calendar::YearTable;
use kezek_rules::decide::*;
use kezek_rules::ids::ApplicationId;
use kezek_rules::queue::Instant;
use kezek_rules::seat::SeatState;
use kezek_rules::step::Fact;
use kezek_rules::terms;

/// Patches 2026: these days are off as well, those are worked after all.
fn patch(base: &mut Base, off: &[&str], worked: &[&str]) {
    let date = |text: &&str| text.parse::<NaiveDate>().expect("a date");
    let mut table: YearTable = base.calendar.years[&2026].clone();
    table.days_off.extend(off.iter().map(date));
    let worked: BTreeSet<NaiveDate> = worked.iter().map(date).collect();
    table.days_off.retain(|day| !worked.contains(day));
    base.calendar = base.calendar.with_year(table);
}

fn moved(base: &mut Base, id: ApplicationId) -> Vec<(String, Instant, Instant)> {
    let facts = base.act(id, recount).expect("something moves");
    assert_eq!(codes(base.act(id, recount)), ["nothing-due"], "again changes nothing");
    let of = |fact| match fact {
        Fact::DeadlineMoved { deadline, from, to } => (deadline, from, to),
        other => panic!("{other:?}"),
    };
    facts.into_iter().map(of).collect()
}

fn check(moved: Vec<(String, Instant, Instant)>, deadline: &str, from: &str, to: &str) {
    assert_eq!(moved, [(deadline.to_owned(), at(from), at(to))]);
}

/// Referred on Monday 2 February 2026: valid to the end of the fifth working day, Monday the 9th.
fn referred() -> (Base, ApplicationId) {
    let mut base = Base::new();
    let id = base.queued(1, 13, &[1]);
    base.publish(1, 1);
    base.allocate();
    base.answer(id, 1, OfferAnswer::Accept).expect("accepted");
    (base, id)
}

#[test]
fn c3_a_referrals_validity_moves_with_a_new_day_off() {
    let (mut base, id) = referred();
    patch(&mut base, &["2026-02-05"], &[]);
    check(moved(&mut base, id), "referral", "2026-02-10 00:00", "2026-02-11 00:00");
    let referral = base.app(id).live_referral().expect("a referral").clone();
    assert_eq!(referral.calendar, base.calendar.version);
    let due = SeatState::Referred { application: id, referral: referral.id, due_at: Some(at("2026-02-11 00:00")) };
    assert_eq!(base.seat_of(referral.seat), &due, "the sweep is told");
}

/// While documents are with the organisation the validity isn't counted; it is when they are returned, even on the last day.
#[test]
fn c3_returned_documents_are_awaited_as_long_as_the_patched_calendar_says() {
    let (mut base, id) = referred();
    let document = |kind: &&str| Document { kind: (*kind).to_owned(), issued_on: terms::local_date(base.now) };
    let documents = ["vaccination-card", "health-passport", "health-certificate"].iter().map(document).collect();
    base.act(id, |snapshot, world| hand_in(snapshot, documents, world)).expect("handed in");
    patch(&mut base, &["2026-02-05"], &[]);
    assert_eq!(codes(base.act(id, recount)), ["nothing-due"], "the result is due before that day");
    base.go("2026-02-10 10:00");
    let returned = |snapshot, world: World<'_>| decide_documents(snapshot, &DocumentsDecision::Return, &[], world);
    let facts = base.act(id, returned).expect("returned");
    let moved = Fact::DeadlineMoved {
        deadline: "referral".to_owned(),
        from: at("2026-02-10 00:00"),
        to: at("2026-02-11 00:00"),
    };
    assert!(facts.contains(&moved), "{facts:?}");
    let referral = base.app(id).live_referral().expect("a referral").clone();
    assert_eq!((referral.valid_until, referral.calendar), (at("2026-02-11 00:00"), base.calendar.version));
}

#[test]
fn c3_what_an_applicant_was_told_is_never_shortened() {
    let (mut base, id) = referred();
    patch(&mut base, &["2026-02-05"], &[]);
    base.act(id, recount).expect("moved");
    patch(&mut base, &[], &["2026-02-05"]);
    assert_eq!(codes(base.act(id, recount)), ["nothing-due"]);
    assert_eq!(base.app(id).live_referral().expect("a referral").valid_until, at("2026-02-11 00:00"));
}

#[test]
fn c3_a_suspension_moves_until_it_has_ended() {
    let mut base = Base::new();
    let id = base.queued(1, 13, &[1]);
    base.publish(1, 1);
    base.allocate();
    base.now = base.offer(id, 1).answer_by;
    base.sweep();
    let EntryState::Suspended(before) = base.state(id, 1).clone() else { panic!("suspended") };
    patch(&mut base, &["2026-02-10", "2026-02-11"], &[]);
    let facts = moved(&mut base, id);
    assert_eq!((facts[0].0.as_str(), facts[0].1), ("suspension", before.ends_at));
    let EntryState::Suspended(after) = base.state(id, 1).clone() else { panic!("suspended") };
    assert_eq!(facts[0].2, after.ends_at);
    assert!(after.ends_at > before.ends_at && after.calendar == base.calendar.version);
    base.now = after.ends_at;
    base.sweep();
    patch(&mut base, &["2026-02-12"], &[]);
    assert_eq!(codes(base.act(id, recount)), ["nothing-due"], "its question counts calendar days");
}

/// The applicant was told by when an officer decides (`P16.5`).
#[test]
fn c3_an_officers_term_that_was_told_is_never_shortened() {
    let mut base = Base::new();
    let id = base.register(1, 1, &[1]);
    assert_eq!(base.tasks[&(id, Duty::FirstCheck)].due_at, at("2026-02-03 18:30"));
    patch(&mut base, &["2026-02-03"], &[]);
    check(moved(&mut base, id), "first-check", "2026-02-03 18:30", "2026-02-04 18:30");
    assert_eq!(base.tasks[&(id, Duty::FirstCheck)].due_at, at("2026-02-04 18:30"));
    patch(&mut base, &[], &["2026-02-03"]);
    assert_eq!(codes(base.act(id, recount)), ["nothing-due"]);
}

/// Of a check that a register had first no term was told.
#[test]
fn c3_a_duty_that_was_not_told_follows_the_calendar_both_ways() {
    let mut base = Base::new();
    let id = base.register(1, 10, &[1]);
    base.go("2026-02-03 18:30");
    base.tick(id);
    assert_eq!(base.tasks[&(id, Duty::FirstCheck)].due_at, at("2026-02-04 18:30"));
    patch(&mut base, &["2026-02-04"], &[]);
    check(moved(&mut base, id), "first-check", "2026-02-04 18:30", "2026-02-05 18:30");
    patch(&mut base, &[], &["2026-02-04"]);
    check(moved(&mut base, id), "first-check", "2026-02-05 18:30", "2026-02-04 18:30");
}

#[test]
fn c3_an_acceptance_moves_with_working_time() {
    let mut base = Base::new();
    base.now = at("2026-02-06 19:00");
    let id = base.register(1, 13, &[1]);
    assert_eq!(base.app(id).accepted_at, at("2026-02-09 09:00"));
    patch(&mut base, &["2026-02-09"], &[]);
    check(moved(&mut base, id), "acceptance", "2026-02-09 09:00", "2026-02-10 09:00");
}

#[test]
fn c3_terms_in_calendar_days_do_not_move() {
    let mut base = Base::new();
    let id = base.queued(1, 13, &[1]);
    base.publish(1, 1);
    base.allocate();
    patch(&mut base, &["2026-02-03", "2026-02-04"], &[]);
    assert_eq!(codes(base.act(id, recount)), ["nothing-due"]);
}
