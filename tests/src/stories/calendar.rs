//! The calendar's care for itself: a year without a table of its own asks for it (`C6`).

use serde_json::{Value, json};

use crate::world::World;

async fn tasks(world: &World) -> Vec<Value> {
    let answer = world.call("GET", "/v1/workplace/tasks", &world.officer().await, &Value::Null).await.json();
    answer["items"].as_array().expect("items").clone()
}

fn asked(world: &World) -> Vec<(i64, String)> {
    let events = world.local.events(100_000, 0).expect("events").into_iter().map(|event| event.detail);
    let wanted = events.filter(|event| event["type"] == "kezek.system.calendar-table-wanted");
    wanted
        .map(|event| {
            (event["data"]["year"].as_i64().expect("a year"), event["time"].as_str().expect("a time").to_owned())
        })
        .collect()
}

#[tokio::test]
async fn c6_a_year_without_its_table_asks_for_it() {
    let world = World::at("2026-10-30T05:00:00.000Z").await;
    assert!(tasks(&world).await.is_empty());
    world.to("2026-11-01T19:00:00.000Z").await;
    assert_eq!(asked(&world), [(2027, "2026-10-31T19:05:00.000Z".to_owned())], "00:05 on 1 November");
    let task = json!({"kind": "calendar-table", "year": 2027, "since": "2026-10-31T19:00:00.000Z",
        "dueAt": "2026-12-31T13:30:00.000Z", "overdue": false});
    assert_eq!(tasks(&world).await, std::slice::from_ref(&task));
    world.to("2027-01-02T05:00:00.000Z").await;
    assert_eq!(tasks(&world).await[0]["overdue"], true, "the year has begun");
    assert_eq!(asked(&world).len(), 1, "once a year");

    let table = json!({"daysOff": ["2027-01-01", "2027-01-04", "2027-01-07"], "projected": false});
    let put = world.call("PUT", "/v1/workplace/calendar/2027", &world.officer().await, &table).await;
    assert_eq!(put.status, 201, "{}", put.json());
    assert!(tasks(&world).await.is_empty(), "the table is there");
    world.to("2027-11-02T05:00:00.000Z").await;
    assert_eq!(asked(&world)[1..], [(2028, "2027-10-31T19:05:00.000Z".to_owned())]);
    world.again_is_a_no_op().await;
}

/// A base that begins in such a year asks at the next look.
#[tokio::test]
async fn c6_asked_late_is_asked_at_the_next_look() {
    let world = World::at("2027-05-14T05:00:00.000Z").await;
    world.to("2027-05-14T18:00:00.000Z").await;
    assert!(asked(&world).is_empty());
    world.to("2027-05-14T20:00:00.000Z").await;
    assert_eq!(asked(&world), [(2027, "2027-05-14T19:05:00.000Z".to_owned())]);
}
