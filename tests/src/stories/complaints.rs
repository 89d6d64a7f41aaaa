//! Complaints (`P18`): filed by a parent, moved on by an officer, due in working days, and nobody else's business.

use kezek_fixtures as fixtures;
use kezek_local::gateway::{Request, Response};
use kezek_store::Subject;
use serde_json::{Value, json};

use crate::world::{MONDAY, SETTLEMENT, World};

mod requests;

/// What a complaint says; no event and no notice may repeat it.
const TEXT: &str = "Бірінші жол: жауап кешікті.\nЕкінші жол: 2026-01-12.";

/// Friday, 16 January 2026, 19:00 in Almaty: after working time.
const FRIDAY_EVENING: &str = "2026-01-16T14:00:00.000Z";

fn about_provider() -> Value {
    json!({"about": "provider", "settlement": SETTLEMENT, "text": TEXT})
}

async fn parent(world: &World, n: u32) -> String {
    world.applicant(fixtures::iin(n)).await
}

async fn post(world: &World, token: &str, body: &Value) -> Response {
    world.call("POST", "/v1/complaints", token, body).await
}

/// The first parent files a complaint.
async fn filed(world: &World, body: &Value) -> Value {
    let answer = post(world, &parent(world, 1).await, body).await;
    assert_eq!(answer.status, 201, "{}", answer.json());
    let complaint = answer.json();
    let location = format!("/v1/complaints/{}", complaint["id"].as_str().expect("an id"));
    assert_eq!(answer.header("location"), Some(location.as_str()));
    complaint
}

async fn see(world: &World, token: &str, complaint: &Value) -> Response {
    let path = format!("/v1/complaints/{}", complaint["id"].as_str().expect("an id"));
    world.call("GET", &path, token, &Value::Null).await
}

async fn seen(world: &World, complaint: &Value) -> Value {
    let answer = see(world, &parent(world, 1).await, complaint).await;
    assert_eq!(answer.status, 200, "{}", answer.json());
    answer.json()
}

/// An officer of a territory says how far a complaint has come, having seen a version of it.
async fn move_on(world: &World, complaint: &Value, version: Option<u32>, body: &Value) -> Response {
    let path = format!("/v1/workplace/complaints/{}/state", complaint["id"].as_str().expect("an id"));
    let request = Request::new("POST", &path).bearer(&world.officer().await).json(body);
    world
        .send(match version {
            Some(version) => request.header("if-match", &format!("\"{version}\"")),
            None => request,
        })
        .await
}

async fn tasks(world: &World) -> Vec<Value> {
    let answer = world.call("GET", "/v1/workplace/tasks", &world.officer().await, &Value::Null).await.json();
    answer["items"].as_array().expect("items").clone()
}

async fn notices(world: &World, complaint: &Value) -> Vec<(String, String)> {
    let id = complaint["id"].as_str().expect("an id").parse().map(Subject::Complaint).expect("an id");
    let notices = world.local.notices_about(id).await.expect("notices");
    notices.into_iter().map(|notice| (notice.kind, notice.en)).collect()
}

/// The published events whose type begins so.
fn events(world: &World, kind: &str) -> Vec<Value> {
    let all = world.local.events(100_000, 0).expect("events").into_iter().map(|event| event.detail);
    all.filter(|event| event["type"].as_str().is_some_and(|found| found.starts_with(kind))).collect()
}

fn kinds(events: &[Value]) -> Vec<&str> {
    events.iter().map(|event| event["type"].as_str().expect("a type")).collect()
}

fn whats(complaint: &Value) -> Vec<&str> {
    let history = complaint["history"].as_array().expect("a history");
    history.iter().map(|line| line["what"].as_str().expect("a code")).collect()
}

#[tokio::test]
async fn p18_from_filing_to_the_answer() {
    let world = World::at(MONDAY).await;
    let garden = world.open(1).await;
    let mine = world.submit(1, "2022-05-14", &[garden], 13).await;
    let body = json!({"about": "organisation", "organisation": garden.as_str(), "application": mine.id, "text": TEXT});
    let complaint = filed(&world, &body).await;
    assert_eq!((complaint["state"].as_str(), complaint["addressee"].as_str()), (Some("registered"), Some("provider")));
    assert_eq!((&complaint["application"], &complaint["text"]), (&json!(mine.id), &json!(TEXT)));
    assert_eq!(complaint["dueAt"], "2026-01-19T13:30:00.000Z", "18:30 of the fifth working day");
    let task = &tasks(&world).await[0];
    assert_eq!(
        (&task["kind"], &task["complaint"], &task["overdue"]),
        (&json!("complaint"), &complaint["id"], &json!(false))
    );
    assert_eq!((&task["dueAt"], task.get("application")), (&complaint["dueAt"], None));

    let review = move_on(&world, &complaint, Some(1), &json!({"state": "in-review"})).await;
    assert_eq!((review.status, review.json()["state"].as_str()), (200, Some("in-review")), "{}", review.json());
    assert_eq!(review.header("etag"), Some("\"2\""));
    let answer = json!({"state": "answered", "answer": "Тексерілді,\nкешірім сұраймыз."});
    assert_eq!(move_on(&world, &complaint, Some(2), &answer).await.status, 200);
    let seen = seen(&world, &complaint).await;
    assert_eq!((&seen["state"], &seen["answer"]), (&json!("answered"), &answer["answer"]));
    assert_eq!(whats(&seen), ["registered", "in-review", "answered"]);
    assert!(tasks(&world).await.is_empty(), "nothing waits any more");

    let events = events(&world, "kezek.complaint.");
    assert_eq!(kinds(&events), ["kezek.complaint.registered", "kezek.complaint.in-review", "kezek.complaint.answered"]);
    let told = notices(&world, &complaint).await;
    assert_eq!(told.len(), 3);
    assert!(told.iter().all(|(kind, _)| kind == "complaint-state") && told[0].1.contains("18:30 on 19 January 2026"));
    let outside = format!("{events:?}{told:?}");
    assert!(!outside.contains("кешікті") && !outside.contains("кешірім"), "what was written stays inside");
    world.again_is_a_no_op().await;
}

/// Both terms, over a weekend and over the days off of January.
#[tokio::test]
async fn p18_terms_of_both_addressees() {
    let check = async |now: &str, addressee: &str, due_at: &str| {
        let world = World::at(now).await;
        let mut body = about_provider();
        body["addressee"] = json!(addressee);
        assert_eq!(filed(&world, &body).await["dueAt"], due_at, "{addressee}, filed {now}");
    };
    check(MONDAY, "provider", "2026-01-19T13:30:00.000Z").await;
    check(MONDAY, "authority", "2026-02-02T13:30:00.000Z").await;
    // Tuesday, 30 December 2025: 1, 2 and 7 January are days off.
    check("2025-12-30T05:00:00.000Z", "provider", "2026-01-09T13:30:00.000Z").await;
    check(FRIDAY_EVENING, "authority", "2026-02-09T13:30:00.000Z").await;
}

#[tokio::test]
async fn p18_out_of_hours_it_is_delivered_and_then_registered() {
    let world = World::at(FRIDAY_EVENING).await;
    let complaint = filed(&world, &about_provider()).await;
    assert_eq!((&complaint["state"], &complaint["dueAt"]), (&json!("delivered"), &json!("2026-01-26T13:30:00.000Z")));
    assert_eq!(complaint["registeredAt"], "2026-01-19T04:00:00.000Z", "Monday, 09:00");
    assert!(tasks(&world).await.is_empty());
    let early = move_on(&world, &complaint, Some(1), &json!({"state": "in-review"})).await;
    assert_eq!((early.status, early.json()["rule"].as_str()), (409, Some("P18")), "{}", early.json());
    world.to("2026-01-19T03:59:59.999Z").await;
    assert_eq!(seen(&world, &complaint).await["state"], "delivered");
    world.to("2026-01-19T04:00:00.000Z").await;
    let now = seen(&world, &complaint).await;
    assert_eq!((&now["state"], &now["dueAt"]), (&json!("registered"), &complaint["dueAt"]));
    assert_eq!((whats(&now), tasks(&world).await.len()), (vec!["delivered", "registered"], 1));
    assert_eq!(notices(&world, &complaint).await.len(), 2);
    world.again_is_a_no_op().await;
}

#[tokio::test]
async fn p18_overdue_is_visible_and_reported_once() {
    let world = World::at(MONDAY).await;
    let complaint = filed(&world, &about_provider()).await;
    world.to("2026-01-19T13:29:59.999Z").await;
    assert_eq!(seen(&world, &complaint).await["overdue"], false);
    world.to("2026-01-19T13:30:00.000Z").await;
    assert_eq!(seen(&world, &complaint).await["overdue"], true, "from its very end on");
    assert_eq!(tasks(&world).await[0]["overdue"], true);
    world.to("2026-01-25T05:00:00.000Z").await;
    let late = seen(&world, &complaint).await;
    assert_eq!((whats(&late), &late["state"]), (vec!["registered", "overdue"], &json!("registered")));
    let breach = events(&world, "kezek.complaint.overdue");
    assert_eq!((breach.len(), &breach[0]["data"]["dueAt"]), (1, &complaint["dueAt"]));
    let answered = move_on(&world, &complaint, Some(2), &json!({"state": "answered", "answer": "Жауап"})).await.json();
    assert_eq!(
        (&answered["state"], &answered["overdue"]),
        (&json!("answered"), &json!(true)),
        "a late answer stays late"
    );
    assert!(tasks(&world).await.is_empty());
    world.again_is_a_no_op().await;
}

/// `C3`: a day off that comes at short notice moves the term later, and the officers' task with it.
#[tokio::test]
async fn c3_a_patch_moves_the_term_of_a_complaint() {
    let world = World::at(MONDAY).await;
    let complaint = filed(&world, &about_provider()).await;
    let table = json!({"daysOff": ["2026-01-01", "2026-01-02", "2026-01-07", "2026-01-14", "2026-03-09"]});
    let put = world.call("PUT", "/v1/workplace/calendar/2026", &world.officer().await, &table).await;
    assert_eq!(put.status, 201, "{}", put.json());
    world.to("2026-01-12T05:05:00.000Z").await;
    let moved = seen(&world, &complaint).await;
    assert_eq!(
        (&moved["dueAt"], whats(&moved)),
        (&json!("2026-01-20T13:30:00.000Z"), vec!["registered", "deadline-moved"])
    );
    let tasks = tasks(&world).await;
    assert_eq!((tasks.len(), &tasks[0]["dueAt"]), (1, &moved["dueAt"]));
    world.to("2026-01-19T15:00:00.000Z").await;
    assert_eq!(seen(&world, &complaint).await["overdue"], false, "the old end has no more effect");
    world.to("2026-01-20T15:00:00.000Z").await;
    assert_eq!(events(&world, "kezek.complaint.overdue").len(), 1);
    world.again_is_a_no_op().await;
}
