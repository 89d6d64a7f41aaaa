//! Terms: silence, suspension, the yearly question, the age limit, working time – all by moving the clock.

use chrono::TimeDelta;
use kezek_local::functions::Function;
use serde_json::json;

use crate::world::{MONDAY, World, entry};

/// `P16.3`, `P15.d`: silence leads to a reminder after 24 hours, to passing on at the deadline, to suspension for ten working
/// days, and to the question of interest; then to the archive.
#[tokio::test]
async fn p15_d_silence_step_by_step() {
    let world = World::at(MONDAY).await;
    let garden = world.open(1).await;
    let silent = world.submit(1, "2022-05-14", &[garden], 13).await;
    let next = world.submit(2, "2022-05-14", &[garden], 13).await;
    world.bulletin("b-1", garden, 1, 2022).await;
    world.to("2026-01-13T05:00:00.000Z").await;
    assert!(!world.notices(&silent).await.contains(&"offer-reminder".to_owned()), "not before 24 hours");
    world.to("2026-01-13T05:01:00.000Z").await;
    assert!(world.notices(&silent).await.contains(&"offer-reminder".to_owned()));
    world.to("2026-01-14T18:59:59.999Z").await;
    assert!(world.open_offer(&silent).await.is_some(), "open to the last millisecond");
    world.to("2026-01-14T19:00:00.000Z").await;
    assert!(world.open_offer(&silent).await.is_none());
    assert_eq!(entry(&world.see(&silent).await, garden)["status"], "suspended");
    assert!(world.open_offer(&next).await.is_some(), "the place goes to the next");

    world.to("2026-01-28T18:59:00.000Z").await;
    assert!(!world.notices(&silent).await.contains(&"interest-asked".to_owned()));
    world.to("2026-01-28T19:00:00.000Z").await;
    assert!(world.notices(&silent).await.contains(&"interest-asked".to_owned()), "after ten working days");
    let question = world.see(&silent).await["questions"][0].clone();
    assert_eq!(
        (question["organisation"].clone(), question["answerBy"].clone()),
        (json!(garden.as_str()), json!("2026-01-30T19:00:00.000Z"))
    );
    world.to("2026-01-30T19:00:00.000Z").await;
    let seen = world.see(&silent).await;
    assert_eq!((seen["status"].clone(), seen["archiveReason"].clone()), (json!("archived"), json!("no-answer")));
    world.again_is_a_no_op().await;
}

/// `P15.d`: "yes" after a suspension returns the entry at its original instant.
#[tokio::test]
async fn p15_d_yes_after_a_suspension_returns_at_the_original_instant() {
    let world = World::at(MONDAY).await;
    let garden = world.open(1).await;
    let silent = world.submit(1, "2022-05-14", &[garden], 13).await;
    world.bulletin("b-1", garden, 1, 2022).await;
    world.to("2026-01-28T19:00:00.000Z").await;
    assert_eq!(world.interest(&silent, "yes").await.status, 200);
    assert!(world.open_offer(&silent).await.is_some(), "no one else waited, so the open place is its own again");
    let before = (world.see(&silent).await, world.events());
    assert_eq!(world.interest(&silent, "yes").await.status, 200, "a repeated answer is no other one");
    assert_eq!(world.interest(&silent, "no").await.status, 409, "nothing is asked any more");
    assert_eq!((world.see(&silent).await, world.events()), before, "and nothing changes");
    world.again_is_a_no_op().await;
}

/// `P15.d`, **D-decline** `application`: suspensions that end at one instant are each asked about, then and not later.
#[tokio::test]
async fn p15_d_suspensions_that_end_together_are_all_asked() {
    let world = World::at(MONDAY).await;
    let policy = json!({"version": 1, "from": "2026-01-12", "territory": ["75"], "policy": {"decline": "application"}});
    let put = world.call("PUT", "/v1/workplace/policies/pilot", &world.officer().await, &policy).await;
    assert_eq!(put.status, 201, "{}", put.json());
    let gardens = [world.open(1).await, world.open(2).await, world.open(3).await];
    let silent = world.submit(1, "2022-05-14", &gardens, 13).await;
    world.bulletin("b-1", gardens[0], 1, 2022).await;
    world.to("2026-01-28T19:00:00.000Z").await;
    let questions = world.see(&silent).await["questions"].clone();
    assert_eq!(questions.as_array().map(Vec::len), Some(3), "{questions}");
    for question in questions.as_array().expect("questions") {
        assert_eq!(question["answerBy"], "2026-01-30T19:00:00.000Z");
    }
    world.again_is_a_no_op().await;
}

/// `P15.4`: an offer that ends with its application's withdrawal was released, not taken away.
#[tokio::test]
async fn p15_4_an_offer_is_released_by_a_withdrawal() {
    let world = World::at(MONDAY).await;
    let garden = world.open(1).await;
    let parent = world.submit(1, "2022-05-14", &[garden], 13).await;
    world.bulletin("b-1", garden, 1, 2022).await;
    let path = format!("/v1/applications/{}/withdrawal", parent.id);
    assert_eq!(world.call("POST", &path, &parent.token, &json!({})).await.status, 200);
    assert_eq!(world.see(&parent).await["offers"][0]["status"], "released");
    world.again_is_a_no_op().await;
}

/// `P15.a`: interest is asked at eleven months and at twelve, and silence ends at thirteen.
#[tokio::test]
async fn p15_a_interest_is_asked_once_a_year() {
    let world = World::at(MONDAY).await;
    let garden = world.open(1).await;
    let silent = world.submit(1, "2024-05-14", &[garden], 13).await;
    let faithful = world.submit(2, "2024-05-14", &[garden], 13).await;
    world.to("2026-12-12T03:59:59.999Z").await;
    assert_eq!(world.notices(&silent).await, ["registered"]);
    world.to("2026-12-12T04:00:00.000Z").await;
    assert_eq!(world.notices(&silent).await, ["registered", "interest-asked"], "at 09:00 of the day");
    assert_eq!(world.interest(&faithful, "yes").await.status, 200);
    world.to("2027-01-12T04:00:00.000Z").await;
    assert_eq!(world.notices(&silent).await.last().map(String::as_str), Some("interest-asked-again"));
    world.to("2027-02-12T04:00:00.000Z").await;
    assert_eq!(world.see(&silent).await["archiveReason"], "no-interest");
    assert_eq!(world.number(&faithful, garden).await, Some(1));
    world.to("2027-12-12T04:00:00.000Z").await;
    assert_eq!(world.notices(&faithful).await, ["registered", "interest-asked", "interest-asked"], "the next year");
    world.again_is_a_no_op().await;
}

/// `P11.b`: on the sixth birthday the application is archived; a live offer is withdrawn and the place goes on.
#[tokio::test]
async fn p11_b_on_the_sixth_birthday_the_application_is_archived() {
    let world = World::at(MONDAY).await;
    let garden = world.open(1).await;
    let old = world.submit(1, "2020-03-02", &[garden], 13).await;
    let next = world.submit(2, "2020-09-02", &[garden], 13).await;
    world.to("2026-03-01T05:00:00.000Z").await;
    world.bulletin("b-1", garden, 1, 2020).await;
    assert!(world.open_offer(&old).await.is_some());
    world.to("2026-03-01T18:59:59.000Z").await;
    assert_eq!(world.see(&old).await["status"], "queued");
    world.to("2026-03-01T19:05:00.000Z").await;
    let seen = world.see(&old).await;
    assert_eq!((seen["status"].clone(), seen["archiveReason"].clone()), (json!("archived"), json!("age-limit")));
    assert_eq!(seen["offers"][0]["status"], "withdrawn");
    assert!(world.open_offer(&next).await.is_some());
    world.again_is_a_no_op().await;
}

/// `P22.e`: a referral whose validity ends without documents lapses; its place goes to the next.
#[tokio::test]
async fn p22_e_a_referral_without_documents_lapses() {
    let world = World::at(MONDAY).await;
    let garden = world.open(1).await;
    let first = world.submit(1, "2022-05-14", &[garden], 13).await;
    let next = world.submit(2, "2022-05-14", &[garden], 13).await;
    world.bulletin("b-1", garden, 1, 2022).await;
    assert_eq!(world.answer(&first, "accept").await.status, 200);
    world.to("2026-01-19T18:59:59.999Z").await;
    assert_eq!(world.see(&first).await["status"], "referred");
    world.to("2026-01-19T19:00:00.000Z").await;
    assert_eq!(world.see(&first).await["archiveReason"], "referral-lapsed");
    assert!(world.open_offer(&next).await.is_some());
    world.again_is_a_no_op().await;
}

/// `P5.b`: an application of the evening is accepted at 09:00 of the next working day and keeps its submission instant.
#[tokio::test]
async fn p5_b_out_of_hours_is_accepted_on_the_next_working_day() {
    let world = World::at("2026-01-16T14:00:00.000Z").await;
    let garden = world.open(1).await;
    let evening = world.submit(1, "2022-05-14", &[garden], 13).await;
    assert_eq!(evening.answer["status"], "accepted");
    assert_eq!(evening.answer["acceptedAt"], "2026-01-19T04:00:00.000Z", "Friday evening to Monday 09:00");
    world.bulletin("b-1", garden, 1, 2022).await;
    assert!(world.open_offer(&evening).await.is_none(), "in no queue before acceptance");
    world.to("2026-01-19T03:59:59.999Z").await;
    assert_eq!(world.see(&evening).await["status"], "accepted");
    world.to("2026-01-19T04:00:00.000Z").await;
    assert_eq!(world.see(&evening).await["status"], "queued");
    assert!(world.open_offer(&evening).await.is_some());
    world.again_is_a_no_op().await;
}

/// `P6.a`: an officer's decision is due within one working day; a breach is made visible and is no approval.
#[tokio::test]
async fn p6_a_an_overdue_decision_is_visible_and_no_approval() {
    let world = World::at(MONDAY).await;
    let garden = world.open(1).await;
    let serving = world.submit(1, "2022-05-14", &[garden], 1).await;
    world.to("2026-01-14T05:00:00.000Z").await;
    assert_eq!(world.see(&serving).await["status"], "verifying");
    let tasks = world.call("GET", "/v1/workplace/tasks", &world.officer().await, &json!(null)).await.json();
    assert_eq!(tasks["items"][0]["overdue"], true, "{tasks}");
    assert_eq!(tasks["items"][0]["dueAt"], "2026-01-13T13:30:00.000Z", "18:30 of the next working day");
    let whats: Vec<_> = world.see(&serving).await["history"]
        .as_array()
        .expect("history")
        .iter()
        .map(|line| line["what"].clone())
        .collect();
    assert_eq!(whats.iter().filter(|what| **what == "overdue").count(), 1);
    world.again_is_a_no_op().await;
}

/// The stream brings back what failed: on one machine once an hour of a moved clock, however many moves the hour has.
#[tokio::test]
async fn a_register_that_is_down_is_asked_again_once_an_hour() {
    let world = World::at(MONDAY).await;
    let garden = world.open(1).await;
    world.know(1, &[10], "down").await;
    let waiting = world.submit(1, "2022-05-14", &[garden], 10).await;
    world.local.ledger().open();
    let start = world.local.now();
    for minute in 1..=180 {
        world.local.travel(start + TimeDelta::minutes(minute)).await.expect("the clock moves");
    }
    let asked = world.local.ledger().take().remove(&(Function::DocumentVerification, "stream".to_owned()));
    assert_eq!(asked.map(|asked| asked.invocations), Some(3));
    assert_eq!(world.see(&waiting).await["status"], "verifying");
}

/// `P6.b`: while a register is down the application waits in verification; after one working day it is an officer's task.
#[tokio::test]
async fn p6_b_a_register_that_is_down_refuses_no_one() {
    let world = World::at(MONDAY).await;
    let garden = world.open(1).await;
    world.know(1, &[10], "down").await;
    let waiting = world.submit(1, "2022-05-14", &[garden], 10).await;
    assert_eq!(world.see(&waiting).await["status"], "verifying");
    world.know(2, &[10], "down").await;
    let lucky = world.submit(2, "2022-05-14", &[garden], 10).await;
    world.know(2, &[10], "ok").await;
    world.to("2026-01-13T13:00:00.000Z").await;
    assert_eq!(world.see(&lucky).await["status"], "queued", "the register was asked again");
    world.to("2026-01-13T13:31:00.000Z").await;
    let tasks = world.call("GET", "/v1/workplace/tasks", &world.officer().await, &json!(null)).await.json();
    assert_eq!(tasks["items"][0]["application"], waiting.id.as_str(), "{tasks}");
    assert_eq!(world.decide(&waiting, &json!({"decision": "refuse", "ground": 1})).await.status, 200);
    assert_eq!(world.see(&waiting).await["status"], "refused");
    world.again_is_a_no_op().await;
}
