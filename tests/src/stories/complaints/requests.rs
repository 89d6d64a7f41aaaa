//! Requests about complaints (`P18`): who may send them, what is asked twice, and all that can be wrong with one.

use kezek_fixtures as fixtures;
use kezek_local::gateway::Request;
use serde_json::{Value, json};

use super::{TEXT, about_provider, filed, move_on, parent, post, see, seen, whats};
use crate::world::{MONDAY, World};

#[tokio::test]
async fn p18_a_state_is_changed_by_who_has_seen_it() {
    let world = World::at(MONDAY).await;
    let complaint = filed(&world, &about_provider()).await;
    let review = json!({"state": "in-review"});
    assert_eq!(move_on(&world, &complaint, None, &review).await.status, 428);
    assert_eq!(move_on(&world, &complaint, Some(2), &review).await.status, 412);
    assert_eq!(move_on(&world, &complaint, Some(1), &json!({"state": "lost"})).await.status, 400);
    assert_eq!(move_on(&world, &complaint, Some(1), &json!({"state": "refused"})).await.status, 400, "in words");
    assert_eq!(move_on(&world, &complaint, Some(1), &review).await.status, 200);
    assert_eq!(move_on(&world, &complaint, Some(1), &review).await.status, 200, "again changes nothing");
    let refused = json!({"state": "refused", "answer": "Басқа органға жатады."});
    assert_eq!(move_on(&world, &complaint, Some(2), &refused).await.status, 200);
    let again = move_on(&world, &complaint, Some(2), &refused).await;
    assert_eq!((again.status, again.header("etag")), (200, Some("\"3\"")), "again changes nothing");
    let back = move_on(&world, &complaint, Some(3), &review).await;
    assert_eq!((back.status, back.json()["rule"].as_str()), (409, Some("P18")), "{}", back.json());
    assert_eq!(whats(&seen(&world, &complaint).await), ["registered", "in-review", "refused"]);
    world.again_is_a_no_op().await;
}

#[tokio::test]
async fn p18_someone_elses_complaint_does_not_exist() {
    let world = World::at(MONDAY).await;
    let complaint = filed(&world, &about_provider()).await;
    assert_eq!(see(&world, &world.officer().await, &complaint).await.json()["text"], TEXT, "its territory's officer");
    let stranger = parent(&world, 2).await;
    let abroad = world.officer_of("71").await;
    for token in [&stranger, &abroad] {
        assert_eq!(see(&world, token, &complaint).await.status, 404);
    }
    let path = format!("/v1/workplace/complaints/{}/state", complaint["id"].as_str().expect("an id"));
    let body = json!({"state": "in-review"});
    assert_eq!(world.call("POST", &path, &abroad, &body).await.status, 404);
    assert_eq!(world.call("POST", &path, &stranger, &body).await.status, 403);
    assert_eq!(world.call("POST", &path, "", &body).await.status, 401);
    assert_eq!(post(&world, &abroad, &about_provider()).await.status, 403);
    assert_eq!(world.call("GET", "/v1/complaints/nonsense", &stranger, &Value::Null).await.status, 404);
}

#[tokio::test]
async fn p18_the_same_request_files_once() {
    let world = World::at(MONDAY).await;
    let token = parent(&world, 1).await;
    let send = async |key: &str, body: &Value| {
        let request = Request::new("POST", "/v1/complaints").bearer(&token).json(body);
        world.send(request.header("idempotency-key", key)).await
    };
    let first = send("one", &about_provider()).await;
    assert_eq!(first.status, 201);
    let complaint = first.json();
    assert_eq!(
        move_on(&world, &complaint, Some(1), &json!({"state": "answered", "answer": "Жауап"})).await.status,
        200
    );
    let before = world.events();
    world.to("2026-01-20T05:00:00.000Z").await;
    let again = send("one", &about_provider()).await;
    assert_eq!((again.status, again.json()), (201, complaint.clone()), "the answer of the first");
    assert_eq!(again.header("etag"), Some("\"1\""));
    let mut other = about_provider();
    other["text"] = json!("Басқа");
    let reused = send("one", &other).await;
    assert_eq!(reused.status, 422);
    assert!(reused.json()["type"].as_str().is_some_and(|kind| kind.ends_with("idempotency-key-reused")));
    assert_eq!(world.events(), before, "nothing changed");
    let stranger = Request::new("POST", "/v1/complaints").bearer(&parent(&world, 2).await).json(&about_provider());
    let strangers = world.send(stranger.header("idempotency-key", "one")).await;
    assert_eq!(strangers.status, 201);
    assert_ne!(strangers.json()["id"], complaint["id"], "a key is its caller's own");
    assert_eq!(send("", &about_provider()).await.status, 400);
}

#[tokio::test]
async fn p18_all_that_is_wrong_is_told_at_once() {
    let world = World::at(MONDAY).await;
    let garden = world.open(1).await;
    let mine = world.submit(1, "2022-05-14", &[garden], 13).await;
    let stranger = parent(&world, 2).await;
    let before = world.events();
    let check = async |body: Value, status: u16, rule: Option<&str>, pointers: &[&str]| {
        let answer = post(&world, &stranger, &body).await;
        let problem = answer.json();
        assert_eq!((answer.status, problem["rule"].as_str()), (status, rule), "{problem}");
        let errors = problem["errors"].as_array().expect("errors");
        let found: Vec<&str> = errors.iter().map(|error| error["pointer"].as_str().expect("a pointer")).collect();
        assert_eq!(found, pointers, "{problem}");
        assert!(!problem.to_string().contains('—'), "a text lacks a fact: {problem}");
    };
    check(json!({}), 400, None, &["/about", "/text", "/settlement"]).await;
    check(
        json!({"about": "all", "organisation": "1", "addressee": "court", "settlement": 7, "text": 1, "extra": 1}),
        400,
        None,
        &["/extra", "/about", "/organisation", "/addressee", "/settlement", "/text"],
    )
    .await;
    check(json!({"about": "provider", "text": TEXT}), 422, Some("P18"), &["/settlement"]).await;
    let unknown = fixtures::bin(9);
    let strange =
        json!({"about": "organisation", "organisation": unknown.as_str(), "application": mine.id, "text": TEXT});
    check(strange, 422, Some("P18"), &["/organisation", "/application"]).await;
    let nonsense = json!({"about": "provider", "application": "nonsense", "text": TEXT});
    check(nonsense, 422, Some("P18"), &["/application"]).await;
    let mut digit = about_provider();
    digit["organisation"] = json!("061211600013");
    check(digit, 422, Some("K2"), &["/organisation"]).await;
    assert_eq!(world.events(), before, "nothing changed");
}
