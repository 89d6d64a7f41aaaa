//! What is made new, listed, or everyone's of a scope: a caller can't make it in another's name, nor see in a list what isn't its own.

use kezek_fixtures as fixtures;
use serde_json::{Value, json};

use super::callers::Role;
use super::scene::Scene;
use super::{Base, said};
use crate::world::body;

/// An applicant can't submit as another, nor learn by a complaint whether another's application is there.
#[tokio::test]
async fn nobody_acts_in_anothers_name() {
    let scene = Scene::new().await;
    let (world, before) = (&scene.world, Base::of(&scene.world));
    let stranger = scene.stranger(Role::Applicant).await;
    let refused = world.call("POST", "/v1/applications", &stranger, &body(6, "2022-05-14", &[scene.garden], 13)).await;
    assert_eq!((refused.status, &refused.json()["rule"]), (422, &json!("P5.a")));
    let about = |id: &str| json!({"about": "provider", "application": id, "text": "Сыналатын шағым"});
    let mut answers = Vec::new();
    for id in [scene.secrets()[0].as_str(), "0123456789abcdef0123456789abcdef", "nonsense"] {
        answers.push(world.call("POST", "/v1/complaints", &stranger, &about(id)).await);
    }
    assert_eq!(answers[0].status, 422, "{}", answers[0].json());
    assert!(answers.iter().all(|answer| said(answer) == said(&answers[0])), "what is there is told from what isn't");
    assert!(Base::of(world) == before, "nothing changed");
}

/// K1: whose application a child has is told to its own applicant alone.
#[tokio::test]
async fn k1_a_stranger_does_not_learn_the_application_of_a_child() {
    let scene = Scene::new().await;
    let (world, before) = (&scene.world, Base::of(&scene.world));
    let mut submitted = body(9, "2022-05-14", &[scene.garden], 13);
    submitted["child"]["iin"] = json!(fixtures::iin(crate::world::CHILDREN + 2).as_str());
    let refused = world.call("POST", "/v1/applications", &scene.stranger(Role::Applicant).await, &submitted).await;
    assert_eq!((refused.status, &refused.json()["rule"]), (422, &json!("K1")));
    for secret in scene.secrets() {
        assert!(!refused.json().to_string().contains(&secret), "{}", refused.json());
    }
    assert!(Base::of(world) == before, "nothing changed");
}

/// An officer sees the tasks of its own territory, and publishes policies for it alone.
#[tokio::test]
async fn an_officer_stays_in_its_territory() {
    let scene = Scene::new().await;
    let world = &scene.world;
    let list = async |token: &str| world.call("GET", "/v1/workplace/tasks", token, &Value::Null).await.json();
    let (own, foreign) = (list(&world.officer().await).await, list(&world.officer_of("71").await).await);
    assert!(own["items"].as_array().is_some_and(|items| items.len() >= 2), "{own}");
    assert_eq!(foreign, json!({"items": []}));
    let before = Base::of(world);
    let policy = json!({"version": 1, "from": "2026-02-01", "territory": ["75"], "policy": {"cancelHours": 48}});
    let put = world.call("PUT", "/v1/workplace/policies/pilot", &world.officer_of("71").await, &policy).await;
    assert_eq!(put.status, 403, "{}", put.json());
    // Nor can an organisation be moved out of, or into, a territory that isn't the officer's.
    let mut elsewhere = fixtures::organisation("710000000");
    let path = format!("/v1/workplace/organisations/{}", fixtures::bin(30));
    assert_eq!(world.call("PUT", &path, &world.officer().await, &elsewhere).await.status, 403);
    elsewhere["settlement"] = json!("750000000");
    let path = format!("/v1/workplace/organisations/{}", scene.garden);
    let moved = world.call("PUT", &path, &world.officer_of("71").await, &fixtures::organisation("710000000")).await;
    assert_eq!(moved.status, 404, "{}", moved.json());
    assert!(Base::of(world) == before, "nothing changed");
}

/// A cursor of one list opens no other: not that of another territory, nor of another organisation.
#[tokio::test]
async fn a_cursor_opens_its_own_list_only() {
    let scene = Scene::new().await;
    let (world, officer) = (&scene.world, scene.world.officer().await);
    let page = world.call("GET", "/v1/workplace/tasks?limit=1", &officer, &Value::Null).await.json();
    let next = page["next"].as_str().expect("a second page");
    let path = format!("/v1/workplace/tasks?limit=1&cursor={next}");
    assert_eq!(world.call("GET", &path, &officer, &Value::Null).await.status, 200);
    let foreign = world.call("GET", &path, &world.officer_of("71").await, &Value::Null).await;
    assert_eq!((foreign.status, &foreign.json()["errors"][0]["pointer"]), (400, &json!("/cursor")));
    let organisation = world.organisation(scene.garden).await;
    for list in ["vacancies", "referrals"] {
        let path = format!("/v1/organisations/{}/{list}?cursor={next}", scene.garden);
        assert_eq!(world.call("GET", &path, &organisation, &Value::Null).await.status, 400, "{list}");
    }
}
