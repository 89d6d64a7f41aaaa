//! A patch of the calendar over the whole system (`C3`): open deadlines move, and the outside learns of it (`P9`).

use serde_json::{Value, json};

use crate::world::{MONDAY, World};

/// The table of 2026 with 14 January, a Wednesday, off as well.
fn table() -> Value {
    json!({"daysOff": ["2026-01-01", "2026-01-02", "2026-01-07", "2026-01-14", "2026-03-09", "2026-03-23", "2026-03-24",
        "2026-03-25", "2026-05-01", "2026-05-07", "2026-05-11", "2026-05-27", "2026-07-06", "2026-10-26", "2026-12-16"]})
}

/// How many events of a type were published.
fn events(world: &World, kind: &str) -> usize {
    world.local.events(100_000, 0).expect("events").iter().filter(|event| event.detail_type == kind).count()
}

#[tokio::test]
async fn c3_a_patch_moves_the_validity_of_a_referral_and_says_so() {
    let world = World::at(MONDAY).await;
    let bin = world.open(1).await;
    let parent = world.submit(1, "2022-05-14", &[bin], 13).await;
    world.bulletin("b", bin, 1, 2022).await;
    world.answer(&parent, "accept").await;
    assert_eq!(world.see(&parent).await["referral"]["validUntil"], "2026-01-19T19:00:00.000Z");
    let officer = world.officer().await;
    let put = world.call("PUT", "/v1/workplace/calendar/2026", &officer, &table()).await;
    assert_eq!(put.status, 201, "{}", put.json());
    let seen = world.see(&parent).await;
    assert_eq!(seen["referral"]["validUntil"], "2026-01-20T19:00:00.000Z");
    let history = seen["history"].as_array().expect("a history");
    assert!(history.iter().any(|line| line["what"] == "deadline-moved" && line["rule"] == "C3"));
    world.to("2026-01-19T19:30:00.000Z").await;
    assert_eq!(world.see(&parent).await["status"], "referred", "the old end has no more effect");
    world.to("2026-01-20T19:01:00.000Z").await;
    assert_eq!(world.see(&parent).await["status"], "archived");
    world.again_is_a_no_op().await;
}

#[tokio::test]
async fn p9_a_patch_and_a_policy_are_events() {
    let world = World::at(MONDAY).await;
    let officer = world.officer().await;
    assert_eq!(world.call("PUT", "/v1/workplace/calendar/2026", &officer, &table()).await.status, 201);
    let policy = json!({"version": 1, "from": "2026-02-01", "territory": ["75"], "policy": {"cancelHours": 48}});
    assert_eq!(world.call("PUT", "/v1/workplace/policies/pilot", &officer, &policy).await.status, 201);
    assert_eq!(world.call("PUT", "/v1/workplace/policies/pilot", &officer, &policy).await.status, 200, "again");
    assert_eq!(events(&world, "kezek.system.calendar-patched"), 1);
    assert_eq!(events(&world, "kezek.system.calendar-recounted"), 1);
    assert_eq!(events(&world, "kezek.system.policy-published"), 1);
}

/// `C3`, `P6.b`: a register's time isn't stored, but a patch that ends it sooner is heeded all the same.
#[tokio::test]
async fn c3_a_new_working_day_ends_the_time_of_a_register_sooner() {
    let world = World::at("2026-01-16T05:00:00.000Z").await;
    let garden = world.open(1).await;
    world.know(1, &[10], "down").await;
    let first = world.submit(1, "2022-05-14", &[garden], 10).await;
    let claims = world.submit(2, "2022-05-14", &[garden], 13).await;
    world.know(2, &[10], "down").await;
    assert_eq!(world.change(&claims, &json!({"benefit": 10})).await.status, 200);
    let officer = world.officer().await;
    let mut table = table();
    table["workingWeekends"] = json!(["2026-01-17"]);
    assert_eq!(world.call("PUT", "/v1/workplace/calendar/2026", &officer, &table).await.status, 201);
    world.to("2026-01-17T13:31:00.000Z").await;
    let tasks = world.call("GET", "/v1/workplace/tasks", &officer, &Value::Null).await.json();
    let mut waiting: Vec<&str> =
        tasks["items"].as_array().expect("tasks").iter().filter_map(|task| task["application"].as_str()).collect();
    waiting.sort_unstable();
    let mut expected = [first.id.as_str(), claims.id.as_str()];
    expected.sort_unstable();
    assert_eq!(waiting, expected, "{tasks}");
    world.again_is_a_no_op().await;
}
