//! The main job: queueing in lanes, a bulletin, an offer to the right child, the answer, the referral.

use serde_json::{Value, json};

use crate::world::{MONDAY, World, entry};

/// `P3.9`, `P10.c`, `P10.d`, `P6.a`, `P6.b`, `P6.c`: four applications get the numbers of the closed form.
#[tokio::test]
async fn p3_9_four_applications_get_the_numbers_of_the_closed_form() {
    let world = World::at(MONDAY).await;
    let garden = world.open(1).await;
    let general = world.submit(1, "2022-05-14", &[garden], 13).await;
    assert_eq!(general.answer["status"], "queued");
    assert_eq!(entry(&general.answer, garden)["number"], 1);
    world.know(2, &[10], "ok").await;
    let priority = world.submit(2, "2022-05-14", &[garden], 10).await;
    let second = world.submit(3, "2022-05-14", &[garden], 13).await;
    let serving = world.submit(4, "2022-05-14", &[garden], 1).await;
    assert_eq!(serving.answer["status"], "verifying");
    assert_eq!(world.number(&serving, garden).await, None, "in no queue until an officer has decided");
    assert_eq!(world.number(&priority, garden).await, Some(1));
    assert_eq!(world.number(&general, garden).await, Some(2));

    assert_eq!(world.decide(&serving, &json!({"decision": "confirm"})).await.status, 200);
    for (parent, number) in [(&serving, 1), (&priority, 2), (&general, 3), (&second, 4)] {
        assert_eq!(world.number(parent, garden).await, Some(number));
    }
    let path = format!("/v1/queues/{garden}?birthYear=2022&language=kk");
    let queue = world.call("GET", &path, "", &Value::Null).await.json();
    let lanes: Vec<_> =
        queue["entries"].as_array().expect("entries").iter().map(|entry| entry["lane"].clone()).collect();
    assert_eq!(lanes, ["out-of-turn", "first-priority", "general", "general"]);
    assert_eq!(queue["phase"], 3);
    let tags: Vec<_> = queue["entries"].as_array().expect("entries").iter().map(|entry| entry["tag"].clone()).collect();
    assert_eq!(entry(&world.see(&second).await, garden)["tag"], tags[3], "a parent finds its child by its tag");
    world.again_is_a_no_op().await;
}

/// `P17.1`, `P16.a`, `P22.a`: a bulletin leads to an offer to the child standing first; accepting gives a referral valid to the
/// end of the fifth working day; every queue is left.
#[tokio::test]
async fn p22_a_an_accepted_offer_is_a_referral_for_five_working_days() {
    let world = World::at(MONDAY).await;
    let (garden, other) = (world.open(1).await, world.open(2).await);
    let first = world.submit(1, "2022-05-14", &[garden, other], 13).await;
    let second = world.submit(2, "2022-05-14", &[garden, other], 13).await;
    world.bulletin("b-1", garden, 1, 2022).await;
    let offer = world.open_offer(&first).await.expect("offered to the first");
    assert_eq!(offer["answerBy"], "2026-01-14T19:00:00.000Z", "the end of the second day after the day of the offer");
    assert!(world.open_offer(&second).await.is_none());

    let accepted = world.answer(&first, "accept").await;
    assert_eq!(accepted.status, 200, "{}", accepted.json());
    let accepted = accepted.json();
    assert_eq!(accepted["status"], "referred");
    assert_eq!(accepted["referral"]["validUntil"], "2026-01-19T19:00:00.000Z", "13, 14, 15, 16, 19 January");
    assert_eq!(entry(&accepted, other)["status"], "left");
    assert_eq!(world.number(&second, other).await, Some(1), "the place ahead is free");
    let notices = world.notices(&first).await;
    assert_eq!(notices, ["registered", "offer", "referral-issued"]);
    assert_eq!(world.vacancies(garden).await, ["referred"]);

    let repeated = format!("/v1/applications/{}/offers/{}/answer", first.id, offer["id"].as_str().expect("id"));
    let again = world.call("POST", &repeated, &first.token, &json!({"answer": "accept"})).await;
    assert_eq!((again.status, again.json()["referral"].clone()), (200, accepted["referral"].clone()));
    let other_answer = world.call("POST", &repeated, &first.token, &json!({"answer": "decline"})).await;
    assert_eq!(other_answer.status, 409);
    world.again_is_a_no_op().await;
}

/// `P15.c`, `P16.3`: a decline ends the entry and the place goes to the next at once; with the last entry the application is archived.
#[tokio::test]
async fn p15_c_a_declined_place_goes_to_the_next_at_once() {
    let world = World::at(MONDAY).await;
    let garden = world.open(1).await;
    let first = world.submit(1, "2022-05-14", &[garden], 13).await;
    let second = world.submit(2, "2022-05-14", &[garden], 13).await;
    world.bulletin("b-1", garden, 1, 2022).await;
    assert_eq!(world.answer(&first, "decline").await.status, 200);
    let seen = world.see(&first).await;
    assert_eq!((seen["status"].clone(), seen["archiveReason"].clone()), (json!("archived"), json!("declined")));
    assert!(world.open_offer(&second).await.is_some());
    world.again_is_a_no_op().await;
}

/// `P25.a`: a cancelled referral frees the place; the other entries return at their original instants.
#[tokio::test]
async fn p25_a_a_cancelled_referral_returns_the_other_entries() {
    let world = World::at(MONDAY).await;
    let (garden, other) = (world.open(1).await, world.open(2).await);
    let first = world.submit(1, "2022-05-14", &[garden, other], 13).await;
    let second = world.submit(2, "2022-05-14", &[garden, other], 13).await;
    world.bulletin("b-1", garden, 1, 2022).await;
    assert_eq!(world.answer(&first, "accept").await.status, 200);
    let path = format!("/v1/applications/{}/referral/cancellation", first.id);
    let cancelled = world.call("POST", &path, &first.token, &Value::Null).await;
    assert_eq!(cancelled.status, 200, "{}", cancelled.json());
    assert_eq!(world.number(&first, other).await, Some(1), "at its original instant");
    assert_eq!(world.number(&second, other).await, Some(2));
    assert!(world.open_offer(&second).await.is_some(), "the place went to the next");
    world.again_is_a_no_op().await;
}

/// `K4` (**D-simultaneous** `allow`): accepting one offer releases the others in the same step.
#[tokio::test]
async fn k4_accepting_one_offer_releases_the_others() {
    let world = World::at(MONDAY).await;
    let (garden, other) = (world.open(1).await, world.open(2).await);
    let first = world.submit(1, "2022-05-14", &[garden, other], 13).await;
    let second = world.submit(2, "2022-05-14", &[other], 13).await;
    world.bulletin("b-1", garden, 1, 2022).await;
    world.bulletin("b-2", other, 1, 2022).await;
    let offers = world.see(&first).await["offers"].as_array().expect("offers").len();
    assert_eq!(offers, 2);
    assert_eq!(world.answer(&first, "accept").await.status, 200);
    let offers = world.see(&first).await["offers"].clone();
    let mut states: Vec<_> =
        offers.as_array().expect("offers").iter().map(|offer| offer["status"].to_string()).collect();
    states.sort();
    assert_eq!(states, ["\"accepted\"", "\"released\""]);
    assert!(world.open_offer(&second).await.is_some(), "the released place went to the next");
    world.again_is_a_no_op().await;
}

/// `P15.5`, `P15.4`: organisations may be changed while queued; a withdrawal leaves every queue.
#[tokio::test]
async fn p15_5_organisations_may_be_changed_and_p15_4_all_withdrawn() {
    let world = World::at(MONDAY).await;
    let (garden, other) = (world.open(1).await, world.open(2).await);
    let first = world.submit(1, "2022-05-14", &[garden], 13).await;
    let second = world.submit(2, "2022-05-14", &[garden, other], 13).await;
    let path = format!("/v1/applications/{}", first.id);
    let change = json!({"organisations": [garden.as_str(), other.as_str()]});
    assert_eq!(
        world.call("PATCH", &path, &first.token, &json!({"phone": 5})).await.status,
        400,
        "400 comes before 428"
    );
    assert_eq!(world.call("PATCH", &path, &first.token, &change).await.status, 428);
    let request = kezek_local::gateway::Request::new("PATCH", &path).bearer(&first.token);
    let changed = world.send(request.header("if-match", "\"1\"").json(&change)).await;
    assert_eq!(changed.status, 200, "{}", changed.json());
    assert_eq!(world.number(&first, other).await, Some(1), "at the submission instant (D-change kept)");
    assert_eq!(world.number(&second, other).await, Some(2));
    let path = format!("/v1/applications/{}/withdrawal", first.id);
    assert_eq!(world.call("POST", &path, &first.token, &Value::Null).await.status, 200);
    assert_eq!(world.number(&second, garden).await, Some(1));
    assert_eq!(world.number(&second, other).await, Some(1));
    world.again_is_a_no_op().await;
}
