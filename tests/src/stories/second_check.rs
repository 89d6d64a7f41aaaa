//! The second verification over the whole system (`P14`): registers and officers look again after the referral.

use serde_json::json;

use crate::world::{MONDAY, World};

async fn referred(world: &World, n: u32, benefit: u8) -> crate::world::Parent {
    let bin = world.open(1).await;
    if benefit > 4 {
        world.know(n, &[benefit], "ok").await;
    }
    let parent = world.submit(n, "2022-05-14", &[bin], benefit).await;
    if benefit <= 4 {
        assert_eq!(world.decide(&parent, &json!({"decision": "confirm"})).await.status, 200);
    }
    world.bulletin("b", bin, 1, 2022).await;
    parent
}

#[tokio::test]
async fn p14_a_register_that_still_knows_the_benefit_leaves_the_referral_alone() {
    let world = World::at(MONDAY).await;
    let parent = referred(&world, 1, 10).await;
    world.answer(&parent, "accept").await;
    let seen = world.see(&parent).await;
    assert_eq!((seen["status"].as_str(), seen["referral"]["status"].as_str()), (Some("referred"), Some("issued")));
    let history = seen["history"].as_array().expect("a history");
    assert!(history.iter().any(|line| line["what"] == "second-check-confirmed" && line["rule"] == "P14"));
    world.again_is_a_no_op().await;
}

#[tokio::test]
async fn p14_a_register_that_no_longer_knows_it_revokes_the_referral_and_the_place_goes_on() {
    let world = World::at(MONDAY).await;
    let parent = referred(&world, 1, 10).await;
    let bin = kezek_fixtures::bin(1);
    let next = world.submit(2, "2022-03-01", &[bin], 13).await;
    world.know(1, &[], "ok").await;
    world.answer(&parent, "accept").await;
    let seen = world.see(&parent).await;
    assert_eq!((seen["status"].as_str(), seen["referral"]["status"].as_str()), (Some("refused"), Some("revoked")));
    assert!(world.open_offer(&next).await.is_some(), "the place went on");
    world.again_is_a_no_op().await;
}

#[tokio::test]
async fn p14_an_officer_has_the_second_check_of_an_out_of_turn_child() {
    let world = World::at(MONDAY).await;
    let parent = referred(&world, 1, 1).await;
    world.answer(&parent, "accept").await;
    let officer = world.officer().await;
    let tasks = world.call("GET", "/v1/workplace/tasks", &officer, &json!(null)).await.json();
    assert_eq!(tasks["items"][0]["kind"], "second-check");
    assert_eq!(tasks["items"][0]["dueAt"], "2026-01-13T13:30:00.000Z");
    let refusal = json!({"decision": "refuse", "ground": 1, "task": "second-check"});
    let refused = world.decide(&parent, &refusal).await;
    assert_eq!((refused.status, refused.json()["status"].as_str()), (200, Some("refused")));
    assert_eq!(world.decide(&parent, &refusal).await.status, 200, "the same decision again");
    let tasks = world.call("GET", "/v1/workplace/tasks", &officer, &json!(null)).await.json();
    assert_eq!(tasks["items"], json!([]));
    world.again_is_a_no_op().await;
}

#[tokio::test]
async fn p14_silent_registers_hand_the_second_check_to_an_officer() {
    let world = World::at(MONDAY).await;
    let parent = referred(&world, 1, 10).await;
    world.know(1, &[10], "down").await;
    world.answer(&parent, "accept").await;
    world.to("2026-01-13T13:31:00.000Z").await;
    let tasks = world.call("GET", "/v1/workplace/tasks", &world.officer().await, &json!(null)).await.json();
    assert_eq!(tasks["items"][0]["kind"], "second-check");
    assert_eq!(world.see(&parent).await["status"], "referred", "a silent register refuses no one");
}
