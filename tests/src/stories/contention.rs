//! Another transaction at the same items: a write that it was in the way of says nothing of what is there, so nothing may be taken for
//! done (`P17.1`, `N1`, `K5`), and who repeats a request is answered as before. Never here: what conditions refuse.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use kezek_fixtures as fixtures;
use kezek_local::aws::{Before, Between, Boxed, Call, Reply};
use kezek_rules::policy::PolicyVersion;
use kezek_store::PolicyPut;
use serde_json::{Value, json};

use crate::world::{MONDAY, World};

/// Lets one write of some be conflicted with: the first whose body holds a word.
struct InTheWay {
    word: &'static str,
    left: AtomicUsize,
}

impl Between for InTheWay {
    fn before<'a>(&'a self, call: &'a mut Call) -> Boxed<'a, Before> {
        Box::pin(async move {
            let wanted = call.target.ends_with("TransactWriteItems")
                && String::from_utf8_lossy(&call.body).contains(self.word)
                && self.left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_ok();
            if !wanted {
                return Before::GoOn;
            }
            Before::Answer(conflict(call))
        })
    }
}

/// The answer to a transaction that another one was in the way of.
pub(super) fn conflict(call: &Call) -> Reply {
    let body: Value = serde_json::from_slice(&call.body).expect("JSON");
    let count = body["TransactItems"].as_array().expect("items").len();
    let reasons: Vec<Value> = (0..count).map(|_| json!({"Code": "TransactionConflict"})).collect();
    let message = "Transaction cancelled, please refer cancellation reasons [TransactionConflict]";
    let code = "com.amazonaws.dynamodb.v20120810#TransactionCanceledException";
    let body = json!({"__type": code, "message": message, "CancellationReasons": reasons});
    Reply { status: 400, query_error: None, body: body.to_string().into_bytes() }
}

async fn with(word: &'static str) -> World {
    let in_the_way = InTheWay { word, left: AtomicUsize::new(1) };
    let world = World::with(MONDAY, Arc::new(in_the_way)).await;
    world.open(1).await;
    world
}

/// A bulletin whose write was in conflict isn't taken for finished: it comes again and is.
async fn check_bulletin(word: &'static str) {
    let world = with(word).await;
    let bulletin = fixtures::bulletin("b-1", fixtures::bin(1), &world.now(), 2, 2022).to_string();
    let taken = vacancy_ingestion::take(&world.ingestion(), None, &bulletin).await;
    assert!(taken.is_err(), "it is to come again");
    vacancy_ingestion::take(&world.ingestion(), None, &bulletin).await.expect("taken");
    world.local.drain().await.expect("at rest");
    assert_eq!(world.vacancies(fixtures::bin(1)).await, ["open", "open"]);
    world.again_is_a_no_op().await;
}

#[tokio::test]
async fn p17_1_seats_that_were_in_conflict_are_written_when_the_bulletin_comes_again() {
    check_bulletin("\"seat\"").await;
}

#[tokio::test]
async fn p17_1_a_bulletin_that_was_in_conflict_is_finished_when_it_comes_again() {
    check_bulletin("bulletin-taken").await;
}

#[tokio::test]
async fn k5_a_policy_that_was_in_conflict_is_no_other_one() {
    let world = with("policy-published").await;
    let store = world.local.store();
    let version = PolicyVersion { id: "town".into(), ..PolicyVersion::built_in().clone() };
    assert!(store.put_policy(&version, world.local.now()).await.is_err(), "nothing is known of what is there");
    let put = store.put_policy(&version, world.local.now()).await.expect("put");
    assert_eq!(put, PolicyPut::Created);
}

/// `C3`, `P5.b`: a patch moves the acceptance; the answer to the submission stays what it was.
#[tokio::test]
async fn c3_a_repeated_submission_is_answered_with_the_acceptance_it_was_told() {
    let world = World::at("2026-01-12T15:00:00.000Z").await;
    let garden = world.open(1).await;
    let token = world.applicant(fixtures::iin(1)).await;
    let body = crate::world::body(1, "2022-05-14", &[garden], 13);
    let request = kezek_local::gateway::Request::new("POST", "/v1/applications").bearer(&token);
    let request = request.header("idempotency-key", "first").json(&body);
    let first = world.send(request.clone()).await;
    assert_eq!(first.status, 201, "{}", first.json());
    let table = json!({"daysOff": ["2026-01-01", "2026-01-02", "2026-01-07", "2026-01-13"]});
    let put = world.call("PUT", "/v1/workplace/calendar/2026", &world.officer().await, &table).await;
    assert_eq!(put.status, 201, "{}", put.json());
    world.to("2026-01-12T15:05:00.000Z").await;
    let path = format!("/v1/applications/{}", first.json()["id"].as_str().expect("an id"));
    let moved = world.call("GET", &path, &token, &Value::Null).await.json();
    assert_ne!(moved["acceptedAt"], first.json()["acceptedAt"], "the patch moves it");
    assert_eq!(world.send(request).await.body, first.body);
}

/// `P15.a`: the portal that lost the answer asks again.
#[tokio::test]
async fn p15_a_the_same_answer_of_interest_again_changes_nothing() {
    let world = World::at(MONDAY).await;
    let garden = world.open(1).await;
    let parent = world.submit(1, "2022-05-14", &[garden], 13).await;
    world.to("2026-12-12T05:00:00.000Z").await;
    let first = world.interest(&parent, "yes").await;
    assert_eq!(first.status, 200, "{}", first.json());
    let before = world.events();
    assert_eq!(world.interest(&parent, "yes").await, first);
    assert_eq!(world.interest(&parent, "no").await.status, 409, "another answer is another matter");
    assert_eq!(world.events(), before);
}
