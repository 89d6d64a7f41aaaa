//! Intake beyond the plain submission: deferred age.

use serde_json::{Value, json};

use crate::world::{MONDAY, World, body, entry};

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
