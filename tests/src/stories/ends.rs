//! How things end, where it is easily told or done wrong: whether an offer was let go or taken away, what a referral was ended by, what
//! an unsigned contract leaves standing, what nothing returns from. Found by playing random stories against the model of the Order.

use kezek_fixtures as fixtures;
use kezek_rules::ids::Bin;
use serde_json::{Value, json};

use crate::world::{MONDAY, Parent, World, body};

async fn post(world: &World, parent: &Parent, what: &str, body: &Value) -> u16 {
    let path = format!("/v1/applications/{}/{what}", parent.id);
    world.call("POST", &path, &parent.token, body).await.status
}

async fn offers(world: &World, parent: &Parent) -> Vec<String> {
    let seen = world.see(parent).await;
    let offers = seen["offers"].as_array().expect("offers");
    offers.iter().map(|offer| offer["status"].as_str().expect("a status").to_owned()).collect()
}

/// A policy for the territory that differs from the defaults.
async fn under(policy: Value) -> World {
    let world = World::at(MONDAY).await;
    let body = json!({"version": 1, "from": "2026-01-12", "territory": ["75"], "policy": policy});
    let put = world.call("PUT", "/v1/workplace/policies/pilot", &world.officer().await, &body).await;
    assert_eq!(put.status, 201, "{}", put.json());
    world
}

/// From an accepted offer to a contract that waits for its signature.
async fn contract(world: &World, parent: &Parent, garden: Bin) {
    assert_eq!(world.answer(parent, "accept").await.status, 200);
    let today = &world.now()[..10];
    let document = |kind: &str| json!({"kind": kind, "issuedOn": today});
    let kinds = ["vaccination-card", "health-passport", "health-certificate"];
    let documents = json!({"documents": kinds.map(document)});
    assert_eq!(post(world, parent, "enrolment", &documents).await, 200);
    let referral = world.see(parent).await["referral"]["id"].as_str().expect("an id").to_owned();
    let path = format!("/v1/organisations/{garden}/referrals/{referral}/documents-decision");
    let token = world.organisation(garden).await;
    let decided = world.call("POST", &path, &token, &json!({"decision": "confirm"})).await;
    assert_eq!(decided.status, 200, "{}", decided.json());
}

async fn sign(world: &World, parent: &Parent) {
    let code = world.local.signature_code(parent.id.parse().expect("an id")).await.expect("it answers");
    let body = json!({"means": "sms-code", "proof": code.expect("a code")});
    assert_eq!(post(world, parent, "contract/signature", &body).await, 200);
}

/// `P15.5`, `P15.c`, `P15.a`: an offer that ends by what its applicant says was let go, not taken away.
#[tokio::test]
async fn p15_5_an_offer_that_its_applicant_ends_is_released() {
    let world = under(json!({"decline": "application"})).await;
    let (garden, other) = (world.open(1).await, world.open(2).await);
    let changed = world.submit(1, "2022-05-14", &[garden, other], 13).await;
    let declined = world.submit(2, "2022-05-14", &[garden, other], 13).await;
    world.bulletin("b-1", garden, 1, 2022).await;
    assert_eq!(world.change(&changed, &json!({"organisations": [other.as_str()]})).await.status, 200);
    assert_eq!(offers(&world, &changed).await, ["released"]);
    world.bulletin("b-2", other, 2, 2022).await;
    assert_eq!(offers(&world, &declined).await, ["open", "open"]);
    assert_eq!(world.answer(&declined, "decline").await.status, 200);
    let mut ended = offers(&world, &declined).await;
    ended.sort();
    assert_eq!(ended, ["declined", "released"]);
    world.again_is_a_no_op().await;
}

/// `P3.2`: an officer archives, and the referral was taken away, not given up.
#[tokio::test]
async fn p3_2_an_officer_archives_and_the_referral_is_revoked() {
    let world = World::at(MONDAY).await;
    let garden = world.open(1).await;
    let (first, next) =
        (world.submit(1, "2022-05-14", &[garden], 13).await, world.submit(2, "2022-05-14", &[garden], 13).await);
    world.bulletin("b-1", garden, 1, 2022).await;
    assert_eq!(world.answer(&first, "accept").await.status, 200);
    let path = format!("/v1/workplace/applications/{}/archive", first.id);
    let body = json!({"reason": "violation", "note": "сынақ"});
    assert_eq!(world.call("POST", &path, &world.officer().await, &body).await.status, 200);
    let seen = world.see(&first).await;
    assert_eq!((&seen["archiveReason"], &seen["referral"]["status"]), (&json!("violation"), &json!("revoked")));
    assert_eq!(offers(&world, &next).await, ["open"]);
    assert_eq!(world.notices(&first).await.last().map(String::as_str), Some("archived"), "told once");
    world.again_is_a_no_op().await;
}

/// `P11.b`, `P3.2`: where nothing would return to a queue, age isn't what ended the application.
#[tokio::test]
async fn p11_b_age_ends_only_what_would_return() {
    let world = World::at("2026-05-12T05:00:00.000Z").await;
    let (garden, other) = (world.open(1).await, world.open(2).await);
    let alone = world.submit(1, "2020-05-14", &[garden], 13).await;
    let with_another = world.submit(2, "2020-05-14", &[garden, other], 13).await;
    world.bulletin("b-1", garden, 2, 2020).await;
    world.to("2026-05-13T12:00:00.000Z").await;
    for parent in [&alone, &with_another] {
        assert_eq!(world.answer(parent, "accept").await.status, 200);
    }
    world.to("2026-05-14T05:00:00.000Z").await;
    for (parent, reason) in [(&alone, "cancelled"), (&with_another, "age-limit")] {
        assert_eq!(post(&world, parent, "referral/cancellation", &Value::Null).await, 200);
        assert_eq!(world.see(parent).await["archiveReason"], reason);
    }
    world.again_is_a_no_op().await;
}

/// `P23.c`: while the next contract waits for its signature, and when it lapses, the one for the temporary place stands.
#[tokio::test]
async fn p23_c_an_unsigned_contract_leaves_the_temporary_one_standing() {
    let world = under(json!({"lapse": "return"})).await;
    let (garden, other) = (world.open(1).await, world.open(2).await);
    let parent = world.submit(1, "2022-05-14", &[garden, other], 13).await;
    let mut temporary = fixtures::bulletin("b-1", garden, &world.now(), 1, 2022);
    temporary["lines"][0]["temporaryUntil"] = json!("2026-03-31");
    world.post(&temporary).await;
    contract(&world, &parent, garden).await;
    sign(&world, &parent).await;
    world.bulletin("b-2", other, 1, 2022).await;
    contract(&world, &parent, other).await;
    assert_eq!(world.see(&parent).await["contract"]["status"], "formed");
    world.to("2026-01-19T19:00:00.000Z").await;
    let seen = world.see(&parent).await;
    assert_eq!((&seen["status"], &seen["referral"]["status"]), (&json!("queued"), &json!("lapsed")));
    assert_eq!(
        (&seen["contract"]["status"], &seen["contract"]["temporaryUntil"]),
        (&json!("signed"), &json!("2026-03-31"))
    );
    temporary["bulletinId"] = json!("b-3");
    temporary["issuedAt"] = json!(world.now());
    world.post(&temporary).await;
    assert!(world.open_offer(&parent).await.is_none(), "no second temporary place");
    assert_eq!(post(&world, &parent, "contract/termination", &Value::Null).await, 200);
    assert_eq!(world.see(&parent).await["contract"]["status"], "terminated");
    world.again_is_a_no_op().await;
}

/// `P14`, **D-officer** `all-lanes-with-documents`: what came with documents while queued is an officer's at the second check too.
#[tokio::test]
async fn p14_documents_of_a_claim_are_an_officers_at_the_second_check() {
    let world = under(json!({"officer": "all-lanes-with-documents"})).await;
    let garden = world.open(1).await;
    let parent = world.submit(1, "2022-05-14", &[garden], 13).await;
    let teacher = body(1, "2022-05-14", &[garden], 11);
    let claim = json!({"benefit": 11, "documents": teacher["documents"]});
    assert_eq!(world.change(&parent, &claim).await.status, 200);
    assert_eq!(world.decide(&parent, &json!({"decision": "confirm"})).await.status, 200);
    world.bulletin("b-1", garden, 1, 2022).await;
    assert_eq!(world.answer(&parent, "accept").await.status, 200);
    let tasks = world.call("GET", "/v1/workplace/tasks", &world.officer().await, &Value::Null).await.json();
    assert_eq!(tasks["items"][0]["kind"], "second-check", "no register is asked: {tasks}");
    world.again_is_a_no_op().await;
}

/// `P23.c`: a contract for a temporary place, signed after its last day, is over at once.
#[tokio::test]
async fn p23_c_signed_after_its_last_day_a_temporary_place_is_over_at_once() {
    let world = under(json!({"temporary": "at-end"})).await;
    let garden = world.open(1).await;
    let parent = world.submit(1, "2022-05-14", &[garden], 13).await;
    let mut temporary = fixtures::bulletin("b-1", garden, &world.now(), 1, 2022);
    temporary["lines"][0]["temporaryUntil"] = json!("2026-01-13");
    world.post(&temporary).await;
    contract(&world, &parent, garden).await;
    world.to("2026-01-15T05:00:00.000Z").await;
    sign(&world, &parent).await;
    let seen = world.see(&parent).await;
    assert_eq!((&seen["status"], &seen["contract"]["status"]), (&json!("queued"), &json!("terminated")));
    assert_eq!(world.number(&parent, garden).await, Some(1));
    world.again_is_a_no_op().await;
}

/// `P23.c`, `P16.a`: whoever is away at a temporary place is passed over for others, and isn't any more as soon as it ends.
#[tokio::test]
async fn p23_c_back_from_a_temporary_place_the_next_is_offered_at_once() {
    let world = World::at(MONDAY).await;
    let (garden, other) = (world.open(1).await, world.open(2).await);
    let left = world.submit(1, "2022-05-14", &[garden, other], 13).await;
    let stayed = world.submit(2, "2022-05-14", &[garden, other], 13).await;
    let temporary = |id: &str, organisation: Bin, until: &str| {
        let mut bulletin = fixtures::bulletin(id, organisation, &world.now(), 2, 2022);
        bulletin["lines"][0]["temporaryUntil"] = json!(until);
        bulletin
    };
    world.post(&temporary("b-1", garden, "2026-01-20")).await;
    for parent in [&left, &stayed] {
        contract(&world, parent, garden).await;
        sign(&world, parent).await;
    }
    world.post(&temporary("b-2", other, "2026-03-31")).await;
    assert!(world.open_offer(&left).await.is_none() && world.open_offer(&stayed).await.is_none());
    assert_eq!(post(&world, &left, "contract/termination", &Value::Null).await, 200);
    assert!(world.open_offer(&left).await.is_some(), "terminated");
    world.to("2026-01-20T19:01:00.000Z").await;
    assert!(world.open_offer(&stayed).await.is_some(), "over");
    world.again_is_a_no_op().await;
}

/// `P24`, `P16.a`: a child that comes to a PMPC conclusion while it waits isn't bound to birth years from then on, by any change that
/// hands the conclusion in; and is forgotten where it waits no more.
#[tokio::test]
async fn p24_a_conclusion_handed_in_later_frees_from_the_birth_years_at_once() {
    let world = World::at(MONDAY).await;
    let (garden, other) = (world.open(1).await, world.open(2).await);
    world.bulletin("b-1", garden, 1, 2023).await;
    let parent = world.submit(1, "2022-05-14", &[garden, other], 13).await;
    assert!(world.open_offer(&parent).await.is_none());
    world.know(1, &[6], "down").await;
    let conclusion = json!([{"kind": "pmpc-conclusion", "issuedOn": "2026-01-05", "reference": "сынақ"}]);
    assert_eq!(world.change(&parent, &json!({"benefit": 6, "documents": conclusion})).await.status, 200);
    let offer = world.open_offer(&parent).await.expect("an offer of the place of another year");
    assert_eq!(offer["organisation"], garden.as_str());
    world.bulletin("b-2", other, 1, 2021).await;
    assert_eq!(offers(&world, &parent).await, ["open", "open"], "a vacancy that comes later finds it too");
    assert_eq!(world.answer(&parent, "accept").await.status, 200);
    world.bulletin("b-3", other, 1, 2021).await;
    assert_eq!(world.vacancies(other).await.iter().filter(|status| *status == "offered").count(), 0);
    world.again_is_a_no_op().await;
}

/// `P6.b`, **D-officer**: while a register is asked an officer has nothing to decide; after a working day of silence it is the officer's.
#[tokio::test]
async fn p6_b_while_a_register_is_asked_no_officer_decides() {
    let world = World::at(MONDAY).await;
    let garden = world.open(1).await;
    world.know(1, &[10], "down").await;
    let parent = world.submit(1, "2022-05-14", &[garden], 10).await;
    let confirm = json!({"decision": "confirm"});
    let early = world.decide(&parent, &confirm).await;
    assert_eq!((early.status, world.see(&parent).await["status"].clone()), (409, json!("verifying")));
    world.to("2026-01-13T13:31:00.000Z").await;
    assert_eq!(world.decide(&parent, &confirm).await.status, 200);
    assert_eq!(world.number(&parent, garden).await, Some(1));
    world.again_is_a_no_op().await;
}
