//! Bad input gets the problem answer of the interface and changes nothing.

use kezek_local::gateway::{Request, Response};
use serde_json::{Value, json};

use crate::world::{MONDAY, World, body};

/// Checks one refused submission: its status, its rule and the pointers it names.
fn check(answer: &Response, status: u16, rule: Option<&str>, pointers: &[&str]) {
    let problem = answer.json();
    assert_eq!(answer.status, status, "{problem}");
    assert_eq!(answer.header("content-type"), Some("application/problem+json"));
    assert_eq!(problem["status"], status);
    assert!(problem["type"].as_str().is_some_and(|kind| kind.contains("/problems/")), "{problem}");
    assert_eq!(problem["rule"].as_str(), rule, "{problem}");
    assert!(!problem.to_string().contains('—'), "a text lacks a fact: {problem}");
    let errors = problem["errors"].as_array().cloned().unwrap_or_default();
    for pointer in pointers {
        assert!(errors.iter().any(|error| error["pointer"] == *pointer), "{pointer}: {problem}");
    }
}

async fn submit(world: &World, token: &str, body: &Value) -> Response {
    world.call("POST", "/v1/applications", token, body).await
}

#[tokio::test]
async fn each_wrong_field_is_told_with_its_pointer() {
    let world = World::at(MONDAY).await;
    let garden = world.open(1).await;
    let token = world.applicant(kezek_fixtures::iin(1)).await;
    let good = body(1, "2022-05-14", &[garden], 13);
    let before = world.events();
    for field in ["applicant", "child", "settlement", "language", "organisations", "benefit", "consent"] {
        let mut without = good.clone();
        without.as_object_mut().expect("an object").remove(field);
        check(&submit(&world, &token, &without).await, 400, None, &[&format!("/{field}")]);
        let mut wrong = good.clone();
        wrong[field] = json!([{"x": 1}, 2]);
        let answer = submit(&world, &token, &wrong).await;
        assert_eq!(answer.status, 400, "{field}: {}", answer.json());
    }
    for (pointer, value) in [
        ("/child/birthDate", json!("14.05.2022")),
        ("/child/fullName", json!("")),
        ("/settlement", json!("75")),
        ("/language", json!("xx")),
        ("/stream", json!("particular")),
        ("/documents", json!({})),
        ("/notBefore", json!("2027-09-01")),
        ("/notBefore", json!({})),
        ("/relocation", json!("yes")),
        ("/benefit", json!([])),
        ("/consent", json!("yes")),
    ] {
        let mut wrong = good.clone();
        *wrong.pointer_mut(pointer).expect("a field") = value;
        check(&submit(&world, &token, &wrong).await, 400, None, &[pointer]);
    }
    assert_eq!(world.events(), before, "nothing changed");
}

#[tokio::test]
async fn each_rule_that_refuses_is_named_all_at_once() {
    let world = World::at(MONDAY).await;
    let garden = world.open(1).await;
    let token = world.applicant(kezek_fixtures::iin(1)).await;
    let before = world.events();
    let five: Vec<_> = (1..=5).map(kezek_fixtures::bin).collect();
    check(&submit(&world, &token, &body(1, "2022-05-14", &five, 13)).await, 422, Some("P15.1"), &["/organisations"]);
    check(&submit(&world, &token, &body(1, "2022-05-14", &[], 13)).await, 422, Some("P15.1"), &["/organisations"]);
    let twice = body(1, "2022-05-14", &[garden, garden], 13);
    check(&submit(&world, &token, &twice).await, 422, Some("P15.1"), &["/organisations/1"]);
    let seven = body(1, "2019-01-01", &[garden], 13);
    check(&submit(&world, &token, &seven).await, 422, Some("P11.a"), &["/child/birthDate"]);
    let mut digit = body(1, "2022-05-14", &[garden], 13);
    digit["child"]["iin"] = json!("061211600013");
    check(&submit(&world, &token, &digit).await, 422, Some("K2"), &["/child/iin"]);
    let mut other = body(1, "2022-05-14", &[garden], 13);
    other["applicant"]["iin"] = json!(kezek_fixtures::iin(2).as_str());
    check(&submit(&world, &token, &other).await, 422, Some("P5.a"), &["/applicant/iin"]);
    let mut bare = body(1, "2022-05-14", &[garden], 1);
    bare["documents"] = json!([]);
    check(&submit(&world, &token, &bare).await, 422, Some("A2.8"), &["/documents"]);
    let mut all = body(1, "2019-01-01", &five, 13);
    all["consent"] = json!(false);
    all["child"]["iin"] = json!("061211600013");
    let pointers = ["/organisations", "/child/birthDate", "/consent", "/child/iin"];
    check(&submit(&world, &token, &all).await, 422, Some("K2"), &pointers);
    assert_eq!(world.events(), before, "nothing changed");

    let first = world.submit(1, "2022-05-14", &[garden], 13).await;
    let second = submit(&world, &token, &body(1, "2022-05-14", &[garden], 13)).await;
    check(&second, 422, Some("K1"), &["/child/iin"]);
    assert!(second.json().to_string().contains(&first.id), "it points at the first");
}

#[tokio::test]
async fn what_is_no_request_is_refused_before_anything_is_read() {
    let world = World::at(MONDAY).await;
    let garden = world.open(1).await;
    let mine = world.submit(1, "2022-05-14", &[garden], 13).await;
    let stranger = world.applicant(kezek_fixtures::iin(2)).await;
    let before = world.events();
    let post = |body: Vec<u8>| {
        let request =
            Request::new("POST", "/v1/applications").bearer(&stranger).header("content-type", "application/json");
        Request { body, ..request }
    };
    check(&world.send(post(b"{\"applicant\":".to_vec())).await, 400, None, &[]);
    check(&world.send(post(vec![0xff; 1024 * 1024])).await, 413, None, &[]);
    check(&world.send(post(vec![b'['; 60_000])).await, 400, None, &[]);
    let text = Request::new("POST", "/v1/applications").bearer(&stranger).header("content-type", "text/plain");
    check(&world.send(text).await, 415, None, &[]);
    check(&world.send(Request::new("POST", "/v1/applications")).await, 401, None, &[]);
    check(&world.call("POST", "/v1/applications", "not.a.token", &json!({})).await, 401, None, &[]);
    let officer = world.officer().await;
    check(&world.call("POST", "/v1/applications", &officer, &json!({})).await, 403, None, &[]);
    for (method, path) in [
        ("GET", format!("/v1/applications/{}", mine.id)),
        ("PATCH", format!("/v1/applications/{}", mine.id)),
        ("POST", format!("/v1/applications/{}/withdrawal", mine.id)),
        ("POST", format!("/v1/applications/{}/interest", mine.id)),
        ("GET", format!("/v1/applications/{}/position", mine.id)),
        ("POST", format!("/v1/applications/{}/referral/cancellation", mine.id)),
        ("POST", format!("/v1/applications/{}/offers/000000000000000000000000/answer", mine.id)),
        ("GET", "/v1/applications/nonsense".to_owned()),
    ] {
        check(&world.call(method, &path, &stranger, &Value::Null).await, 404, None, &[]);
    }
    assert_eq!(world.events(), before, "nothing changed");
    assert_eq!(world.number(&mine, garden).await, Some(1));
}
