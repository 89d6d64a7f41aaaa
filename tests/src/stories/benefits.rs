//! Benefits over the whole system: several at once, changed while queued, a transfer to a new place of service (`P5.a`, `P13.3`, `P23.b`).

use serde_json::{Value, json};

use crate::world::{MONDAY, Parent, World, body, entry};

fn document(kind: &str) -> Value {
    json!({"kind": kind, "issuedOn": "2026-01-05", "reference": "сынақ"})
}

/// A policy for the whole territory, in force at once.
async fn policy(world: &World, policy: Value) {
    let body = json!({"version": 1, "from": "2026-01-12", "territory": ["75"], "policy": policy});
    let put = world.call("PUT", "/v1/workplace/policies/pilot", &world.officer().await, &body).await;
    assert_eq!(put.status, 201, "{}", put.json());
}

async fn history(world: &World, parent: &Parent) -> Vec<String> {
    let seen = world.see(parent).await;
    let lines = seen["history"].as_array().expect("a history");
    lines.iter().map(|line| line["what"].as_str().expect("a code").to_owned()).collect()
}

async fn tasks(world: &World) -> Value {
    world.call("GET", "/v1/workplace/tasks", &world.officer().await, &Value::Null).await.json()["items"].clone()
}

/// **D-benefits** `strongest`: the least number counts; `one`: several are refused.
#[tokio::test]
async fn d_benefits_of_several_the_strongest_counts_or_none_may_be_named() {
    let world = World::at(MONDAY).await;
    let garden = world.open(1).await;
    let mut several = body(1, "2022-05-14", &[garden], 13);
    several["benefit"] = json!([13, 10]);
    world.know(1, &[10], "ok").await;
    let parent = world.submit_body(1, &several).await;
    assert_eq!((parent.answer["benefit"].clone(), parent.answer["lane"].clone()), (json!(10), json!("first-priority")));
    policy(&world, json!({"benefits": "one"})).await;
    let token = world.applicant(kezek_fixtures::iin(2)).await;
    let mut several = body(2, "2022-05-14", &[garden], 13);
    several["benefit"] = json!([10, 13]);
    let refused = world.call("POST", "/v1/applications", &token, &several).await;
    assert_eq!((refused.status, refused.json()["rule"].clone()), (422, json!("P5.a")), "{}", refused.json());
    assert_eq!(refused.json()["errors"][0]["pointer"], "/benefit");
}

/// `P13.3`: lost at once, gained after the register has confirmed it; the numbers move, the instants stay.
#[tokio::test]
async fn p13_3_a_benefit_is_lost_at_once_and_gained_after_verification() {
    let world = World::at(MONDAY).await;
    let garden = world.open(1).await;
    let first = world.submit(1, "2022-05-14", &[garden], 13).await;
    let second = world.submit(2, "2022-05-14", &[garden], 13).await;
    world.know(2, &[10], "down").await;
    let changed = world.change(&second, &json!({"benefit": 10})).await;
    assert_eq!(changed.status, 200, "{}", changed.json());
    let seen = world.see(&second).await;
    assert_eq!(
        (seen["status"].clone(), seen["lane"].clone(), seen["benefit"].clone()),
        (json!("queued"), json!("general"), json!(13))
    );
    assert_eq!(seen["claim"]["benefit"], 10);
    assert_eq!(world.number(&second, garden).await, Some(2), "it stays until the register has spoken");
    world.know(2, &[10], "ok").await;
    world.to("2026-01-12T06:30:00.000Z").await;
    let seen = world.see(&second).await;
    assert_eq!(
        (seen["lane"].clone(), seen["benefit"].clone(), seen["claim"].clone()),
        (json!("first-priority"), json!(10), Value::Null)
    );
    assert_eq!((world.number(&second, garden).await, world.number(&first, garden).await), (Some(1), Some(2)));
    let lost = world.change(&second, &json!({"benefit": 13})).await;
    assert_eq!(lost.json()["lane"], "general");
    assert_eq!((world.number(&first, garden).await, world.number(&second, garden).await), (Some(1), Some(2)));
    let expected = [
        "registered",
        "queued",
        "benefit-claimed",
        "verification-started",
        "confirmed",
        "lane-changed",
        "moved",
        "lane-changed",
        "moved",
    ];
    assert_eq!(history(&world, &second).await, expected);
    world.again_is_a_no_op().await;
}

/// `P13.3`: a register that says no ends the claim and nothing else.
#[tokio::test]
async fn p13_3_a_register_that_says_no_ends_the_claim() {
    let world = World::at(MONDAY).await;
    let garden = world.open(1).await;
    let parent = world.submit(1, "2022-05-14", &[garden], 13).await;
    assert_eq!(world.change(&parent, &json!({"benefit": 10})).await.status, 200);
    let seen = world.see(&parent).await;
    assert_eq!((seen["status"].clone(), seen["claim"].clone()), (json!("queued"), Value::Null));
    assert_eq!(history(&world, &parent).await.last().map(String::as_str), Some("claim-refused"));
    assert_eq!(world.number(&parent, garden).await, Some(1));
    world.again_is_a_no_op().await;
}

/// `P13.3`: a claim out of turn is an officer's task; a silent register's becomes one.
#[tokio::test]
async fn p13_3_a_claim_is_an_officers_task() {
    let world = World::at(MONDAY).await;
    let garden = world.open(1).await;
    let other = world.submit(1, "2022-05-14", &[garden], 13).await;
    let parent = world.submit(2, "2022-05-14", &[garden], 13).await;
    let refused = world.change(&parent, &json!({"benefit": 1})).await;
    assert_eq!((refused.status, refused.json()["rule"].clone()), (422, json!("A2.8")), "{}", refused.json());
    let claim = json!({"benefit": 1, "documents": [document("service-certificate")]});
    assert_eq!(world.change(&parent, &claim).await.status, 200);
    let task = tasks(&world).await[0].clone();
    assert_eq!((task["kind"].clone(), task["lane"].clone()), (json!("benefit-claim"), json!("out-of-turn")));
    assert_eq!(task["dueAt"], "2026-01-13T13:30:00.000Z");
    assert_eq!(world.decide(&parent, &json!({"decision": "confirm"})).await.status, 200);
    assert_eq!(world.decide(&parent, &json!({"decision": "confirm"})).await.status, 200, "the same decision again");
    assert_eq!((world.number(&parent, garden).await, world.number(&other, garden).await), (Some(1), Some(2)));

    world.know(1, &[10], "down").await;
    assert_eq!(world.change(&other, &json!({"benefit": 10})).await.status, 200);
    world.to("2026-01-13T13:31:00.000Z").await;
    assert_eq!(tasks(&world).await[0]["kind"], "benefit-claim");
    let refusal = json!({"decision": "refuse", "ground": 2});
    assert_eq!(world.decide(&other, &refusal).await.status, 200);
    assert_eq!(world.decide(&other, &refusal).await.status, 200, "the same decision again");
    assert_eq!((tasks(&world).await, world.see(&other).await["status"].clone()), (json!([]), json!("queued")));
    world.again_is_a_no_op().await;
}

/// `P13.3`: a lower lane drops to the general one at once, in the same step as everything else that changes.
#[tokio::test]
async fn p13_3_everything_changes_in_one_request() {
    let world = World::at(MONDAY).await;
    let (garden, other) = (world.open(1).await, world.open(2).await);
    let serving = world.submit(1, "2022-05-14", &[garden], 1).await;
    assert_eq!(world.decide(&serving, &json!({"decision": "confirm"})).await.status, 200);
    let before = world.submit(2, "2022-05-14", &[other], 13).await;
    world.know(1, &[10], "ok").await;
    let change = json!({"benefit": 10, "organisations": [garden.as_str(), other.as_str()], "phone": "+77010000009"});
    let changed = world.change(&serving, &change).await;
    assert_eq!(changed.status, 200, "{}", changed.json());
    assert_eq!(changed.json()["lane"], "general", "the higher lane is lost at once");
    let seen = world.see(&serving).await;
    assert_eq!((seen["lane"].clone(), entry(&seen, other)["number"].clone()), (json!("first-priority"), json!(1)));
    assert_eq!(world.number(&before, other).await, Some(2));
    let documents_alone = world.change(&serving, &json!({"documents": [document("diploma")]})).await;
    assert_eq!(
        (documents_alone.status, documents_alone.json()["errors"][0]["pointer"].clone()),
        (400, json!("/benefit"))
    );
    world.again_is_a_no_op().await;
}

/// `P23.b`, **D-relocation** `serving`: a transfer order of a serving family, confirmed by an officer.
#[tokio::test]
async fn p23_b_a_transfer_is_served_out_of_turn() {
    let world = World::at(MONDAY).await;
    let garden = world.open(1).await;
    let token = world.applicant(kezek_fixtures::iin(1)).await;
    let mut moving = body(1, "2022-05-14", &[garden], 2);
    moving["relocation"] = json!(true);
    let refused = world.call("POST", "/v1/applications", &token, &moving).await;
    assert_eq!((refused.status, refused.json()["rule"].clone()), (422, json!("P23.b")), "{}", refused.json());
    let mut others = body(1, "2022-05-14", &[garden], 13);
    (others["relocation"], others["documents"]) = (json!(true), json!([document("transfer-order")]));
    let refused = world.call("POST", "/v1/applications", &token, &others).await;
    assert_eq!((refused.status, refused.json()["rule"].clone()), (422, json!("P23.b")));
    assert!(refused.json()["type"].as_str().is_some_and(|kind| kind.ends_with("/relocation-not-serving")));
    moving["documents"].as_array_mut().expect("documents").push(document("transfer-order"));
    let parent = world.submit_body(1, &moving).await;
    assert_eq!(
        (parent.answer["status"].clone(), parent.answer["lane"].clone()),
        (json!("verifying"), json!("out-of-turn"))
    );
    assert_eq!(world.decide(&parent, &json!({"decision": "confirm"})).await.status, 200);
    assert_eq!(world.see(&parent).await["relocation"], true);
    world.again_is_a_no_op().await;
}

/// **D-relocation** `everyone`, asked for while queued.
#[tokio::test]
async fn d_relocation_everyone_may_move_out_of_turn() {
    let world = World::at(MONDAY).await;
    let garden = world.open(1).await;
    policy(&world, json!({"relocation": "everyone"})).await;
    let first = world.submit(1, "2022-05-14", &[garden], 13).await;
    let second = world.submit(2, "2022-05-14", &[garden], 13).await;
    let refused = world.change(&second, &json!({"relocation": true})).await;
    assert_eq!((refused.status, refused.json()["rule"].clone()), (422, json!("P23.b")));
    let moving = json!({"relocation": true, "documents": [document("transfer-order")]});
    assert_eq!(world.change(&second, &moving).await.status, 200);
    assert_eq!(world.decide(&second, &json!({"decision": "confirm"})).await.status, 200);
    assert_eq!((world.number(&second, garden).await, world.number(&first, garden).await), (Some(1), Some(2)));
    world.again_is_a_no_op().await;
}

/// **D-officer** `all-lanes-with-documents` and **D-unconfirmed-benefit** `general` for an officer's refusal.
#[tokio::test]
async fn d_officer_all_lanes_with_documents_are_an_officers() {
    let world = World::at(MONDAY).await;
    let garden = world.open(1).await;
    policy(&world, json!({"officer": "all-lanes-with-documents", "unconfirmedBenefit": "general"})).await;
    let mut general = body(1, "2022-05-14", &[garden], 13);
    general["documents"] = json!([document("diploma")]);
    let general = world.submit_body(1, &general).await;
    assert_eq!(general.answer["status"], "verifying");
    world.know(2, &[11], "ok").await;
    let teacher = world.submit(2, "2022-05-14", &[garden], 11).await;
    assert_eq!(world.see(&teacher).await["status"], "verifying", "no register is asked");
    let kinds: Vec<_> =
        tasks(&world).await.as_array().expect("tasks").iter().map(|task| task["kind"].clone()).collect();
    assert_eq!(kinds, ["first-check", "first-check"]);
    assert_eq!(world.decide(&general, &json!({"decision": "confirm"})).await.status, 200);
    assert_eq!(world.decide(&teacher, &json!({"decision": "refuse", "ground": 2})).await.status, 200);
    let seen = world.see(&teacher).await;
    assert_eq!(
        (seen["status"].clone(), seen["lane"].clone(), seen["benefit"].clone()),
        (json!("queued"), json!("general"), json!(13))
    );
    assert_eq!(world.number(&teacher, garden).await, Some(2));
    world.again_is_a_no_op().await;
}
