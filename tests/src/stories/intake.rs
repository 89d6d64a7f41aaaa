//! Intake beyond the plain submission: deferred age (`P15.2`), non-residents (`P5.c`).

use kezek_rules::ids::Bin;
use serde_json::{Value, json};

use crate::world::{MONDAY, Parent, World, body, entry};

/// `P15.2`: the place is kept, allocation passes over it, and at 00:00 of the day the application wakes at its original instant.
#[tokio::test]
async fn p15_2_a_deferred_application_sleeps_until_its_day() {
    let world = World::at(MONDAY).await;
    let garden = world.open(1).await;
    let mut later = body(1, "2022-05-14", &[garden], 13);
    later["notBefore"] = json!({"age": "P4Y"});
    let sleeper = world.submit_body(1, &later).await;
    assert_eq!(
        (sleeper.answer["status"].clone(), sleeper.answer["notBefore"].clone()),
        (json!("queued"), json!("2026-05-14"))
    );
    assert_eq!(entry(&sleeper.answer, garden)["status"], "dormant");
    assert_eq!(entry(&sleeper.answer, garden)["number"], 1, "the number it would have if it alone woke now");
    let next = world.submit(2, "2022-05-14", &[garden], 13).await;
    assert_eq!(world.number(&next, garden).await, Some(1), "no one counts who sleeps");
    let path = format!("/v1/applications/{}/position", sleeper.id);
    let position = world.call("GET", &path, &sleeper.token, &Value::Null).await.json();
    assert_eq!(
        (position["entries"][0]["status"].clone(), position["entries"][0]["number"].clone()),
        (json!("dormant"), json!(1))
    );
    world.bulletin("b-1", garden, 2, 2022).await;
    assert!(world.open_offer(&next).await.is_some() && world.open_offer(&sleeper).await.is_none());

    world.to("2026-05-13T18:59:59.999Z").await;
    assert_eq!(entry(&world.see(&sleeper).await, garden)["status"], "dormant");
    world.to("2026-05-13T19:00:00.000Z").await;
    assert_eq!(world.see(&sleeper).await["notBefore"], Value::Null);
    assert!(world.open_offer(&sleeper).await.is_some(), "the place that waited is its own");
    world.again_is_a_no_op().await;
}

/// `P15.2`: a change puts to rest and wakes; a day that has come is no deferral, one beyond the age limit is refused (`P11.b`).
#[tokio::test]
async fn p15_2_a_change_puts_to_rest_and_wakes() {
    let world = World::at(MONDAY).await;
    let garden = world.open(1).await;
    let first = world.submit(1, "2022-05-14", &[garden], 13).await;
    let next = world.submit(2, "2022-05-14", &[garden], 13).await;
    let changed = world.change(&first, &json!({"notBefore": {"date": "2026-09-01"}})).await;
    assert_eq!(changed.status, 200, "{}", changed.json());
    assert_eq!(entry(&changed.json(), garden)["status"], "dormant");
    assert_eq!(world.number(&next, garden).await, Some(1));
    let before = world.events();
    let again = world.change(&first, &json!({"notBefore": {"date": "2026-09-01"}})).await;
    assert_eq!((again.status, world.events()), (200, before), "the same again changes nothing");
    let woken = world.change(&first, &json!({"notBefore": null})).await;
    assert_eq!(
        (entry(&woken.json(), garden)["status"].clone(), world.number(&next, garden).await),
        (json!("waiting"), Some(2))
    );
    let refused = world.change(&first, &json!({"notBefore": {"date": "2028-05-14"}})).await;
    assert_eq!((refused.status, refused.json()["rule"].clone()), (422, json!("P11.b")), "{}", refused.json());
    let mut beyond = body(3, "2022-05-14", &[garden], 13);
    beyond["notBefore"] = json!({"age": "P6Y"});
    let refused = world.call("POST", "/v1/applications", &world.applicant(kezek_fixtures::iin(3)).await, &beyond).await;
    assert_eq!((refused.status, refused.json()["errors"][0]["pointer"].clone()), (422, json!("/notBefore")));
    assert_eq!(world.notices(&first).await, ["registered"]);
    world.again_is_a_no_op().await;
}

/// The n-th non-resident family: known by a subject and by documents of another country.
fn non_resident(n: u32, organisations: &[Bin], benefit: u8) -> Value {
    let document = |kind: &str| json!({"kind": kind, "issuedOn": "2024-03-01", "reference": "сынақ"});
    let mut body = body(n, "2022-05-14", organisations, benefit);
    for (who, letter) in [("applicant", "A"), ("child", "C")] {
        body[who].as_object_mut().expect("a person").remove("iin");
        body[who]["document"] = json!({"country": "UZ", "number": format!("{letter}{n:07}")});
    }
    body["documents"] = json!([document("birth-certificate"), document("identity")]);
    body
}

async fn abroad(world: &World, n: u32) -> String {
    world.token_of(json!({"scope": "applicant", "sub": format!("subject-{n}")})).await
}

/// `P5.c`, `K1`: served by the same rules with documents of their own, and known again by a document's country and number.
#[tokio::test]
async fn p5_c_non_residents_are_known_by_country_and_number() {
    let world = World::at(MONDAY).await;
    let garden = world.open(1).await;
    let token = abroad(&world, 1).await;
    let submit = async |token: &str, body: &Value| world.call("POST", "/v1/applications", token, body).await;
    let mut without = non_resident(1, &[garden], 13);
    without["documents"] = json!([]);
    let refused = submit(&token, &without).await;
    assert_eq!((refused.status, refused.json()["rule"].clone()), (422, json!("A2.8")), "{}", refused.json());
    assert_eq!(refused.json()["errors"].as_array().map(Vec::len), Some(2), "birth certificate and identity");
    let answer = submit(&token, &non_resident(1, &[garden], 13)).await;
    assert_eq!((answer.status, answer.json()["status"].clone()), (201, json!("queued")), "{}", answer.json());
    let parent = Parent { id: answer.json()["id"].as_str().expect("an id").to_owned(), token, answer: answer.json() };
    assert_eq!(world.number(&parent, garden).await, Some(1));

    // The same child, its document spelt otherwise, from another parent.
    let mut again = non_resident(2, &[garden], 13);
    again["child"]["document"]["number"] = json!("c-000 0001");
    let refused = submit(&abroad(&world, 2).await, &again).await;
    assert_eq!((refused.status, refused.json()["rule"].clone()), (422, json!("K1")), "{}", refused.json());
    assert_eq!(refused.json()["errors"][0]["pointer"], "/child/document");
    let mut other = again.clone();
    other["child"]["document"]["country"] = json!("KG");
    assert_eq!(
        submit(&abroad(&world, 2).await, &other).await.status,
        201,
        "another country's document is another child's"
    );
    let stranger =
        world.call("GET", &format!("/v1/applications/{}", parent.id), &abroad(&world, 2).await, &Value::Null).await;
    assert_eq!(stranger.status, 404);
    world.again_is_a_no_op().await;
}

/// `P5.c`: only who is known by no number; a resident names the numbers.
#[tokio::test]
async fn p5_c_a_resident_names_the_numbers() {
    let world = World::at(MONDAY).await;
    let garden = world.open(1).await;
    let resident = world.applicant(kezek_fixtures::iin(1)).await;
    let refused = world.call("POST", "/v1/applications", &resident, &non_resident(1, &[garden], 13)).await;
    assert_eq!((refused.status, refused.json()["rule"].clone()), (422, json!("P5.a")), "{}", refused.json());
    let mut child = body(1, "2022-05-14", &[garden], 13);
    child["child"] = non_resident(1, &[garden], 13)["child"].clone();
    let refused = world.call("POST", "/v1/applications", &resident, &child).await;
    assert_eq!((refused.status, refused.json()["errors"][0]["pointer"].clone()), (422, json!("/child/iin")));
    let mut both = non_resident(2, &[garden], 13);
    both["applicant"]["iin"] = json!(kezek_fixtures::iin(2).as_str());
    let refused = world.call("POST", "/v1/applications", &abroad(&world, 2).await, &both).await;
    assert_eq!((refused.status, refused.json()["errors"][0]["pointer"].clone()), (400, json!("/applicant/document")));
}

/// `P6.b`: no register knows a child without a number: its benefit is an officer's task from the start.
#[tokio::test]
async fn p5_c_a_benefit_of_a_non_resident_is_an_officers_task() {
    let world = World::at(MONDAY).await;
    let garden = world.open(1).await;
    let token = abroad(&world, 1).await;
    let answer = world.call("POST", "/v1/applications", &token, &non_resident(1, &[garden], 10)).await;
    assert_eq!((answer.status, answer.json()["status"].clone()), (201, json!("verifying")));
    let tasks = world.call("GET", "/v1/workplace/tasks", &world.officer().await, &Value::Null).await.json();
    assert_eq!(tasks["items"][0]["kind"], "first-check");
    let parent = Parent { id: answer.json()["id"].as_str().expect("an id").to_owned(), token, answer: answer.json() };
    assert_eq!(world.decide(&parent, &json!({"decision": "confirm"})).await.status, 200);
    assert_eq!(world.number(&parent, garden).await, Some(1));
    world.again_is_a_no_op().await;
}

/// `P5.d`, `P5.e`: an officer's refusal names the documents it rests on, in the notice too.
#[tokio::test]
async fn p5_d_a_later_refusal_names_the_documents() {
    let world = World::at(MONDAY).await;
    let garden = world.open(1).await;
    let serving = world.submit(1, "2022-05-14", &[garden], 1).await;
    let confirm = json!({"decision": "confirm", "expired": ["service-certificate"]});
    assert_eq!(world.decide(&serving, &confirm).await.status, 400, "nothing is refused");
    let refuse = json!({"decision": "refuse", "ground": 2, "expired": ["service-certificate"]});
    assert_eq!(world.decide(&serving, &refuse).await.status, 200);
    let notices = world.local.notices(serving.id.parse().expect("an id")).await.expect("notices");
    let last = notices.last().expect("a notice");
    assert_eq!(last.kind, "refused");
    assert!(last.en.contains("certificate from the place of service"), "{}", last.en);
    world.again_is_a_no_op().await;
}
