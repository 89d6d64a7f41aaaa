//! What anyone may see (`P15.6`): the anonymised queue, unless the policy closes it (**D-public-queue**).

use serde_json::{Value, json};

use crate::world::{MONDAY, World};

async fn queue(world: &World, bin: kezek_rules::ids::Bin) -> (i64, Value) {
    let path = format!("/v1/queues/{bin}?birthYear=2022&language=kk");
    let answer = world.send(kezek_local::gateway::Request::new("GET", &path)).await;
    (i64::from(answer.status), answer.json())
}

#[tokio::test]
async fn p15_6_d_public_queue_on_shows_numbers_and_tags_and_no_one() {
    let world = World::at(MONDAY).await;
    let bin = world.open(1).await;
    let parent = world.submit(1, "2022-05-14", &[bin], 13).await;
    let (status, seen) = queue(&world, bin).await;
    assert_eq!((status, seen["entries"].as_array().map(Vec::len)), (200, Some(1)));
    assert_eq!(seen["entries"][0]["tag"], crate::world::entry(&world.see(&parent).await, bin)["tag"]);
    assert!(!seen.to_string().contains(&parent.id), "no application is named");
}

#[tokio::test]
async fn p15_6_d_public_queue_off_shows_nothing_but_the_own_number() {
    let world = World::at(MONDAY).await;
    let bin = world.open(1).await;
    let parent = world.submit(1, "2022-05-14", &[bin], 13).await;
    let policy = json!({"version": 1, "from": "2026-01-01", "territory": ["75"], "policy": {"publicQueue": "off"}});
    let put = world.call("PUT", "/v1/workplace/policies/closed", &world.officer().await, &policy).await;
    assert_eq!(put.status, 201, "{}", put.json());
    world.to("2026-01-12T05:02:00.000Z").await;
    assert_eq!(queue(&world, bin).await.0, 404);
    assert_eq!(world.number(&parent, bin).await, Some(1));
}
