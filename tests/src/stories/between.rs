//! What others write between two calls of one invocation: numbers are of one instant (`P3.9`), and whoever wrote and wasn't told knows
//! its own write again.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock, Weak};

use kezek_local::aws::{Aws, Before, Between, Boxed, Call};
use kezek_local::gateway::Request;
use serde_json::{Value, json};

use super::contention::conflict;
use crate::world::{MONDAY, Parent, World, entry};

/// Lets something happen, once, right before a queue is read.
#[derive(Default)]
struct Meanwhile {
    happens: OnceLock<Box<dyn Fn() -> Boxed<'static, ()> + Send + Sync>>,
    done: AtomicBool,
}

impl Between for Meanwhile {
    fn before<'a>(&'a self, call: &'a mut Call) -> Boxed<'a, Before> {
        Box::pin(async move {
            let a_queue = call.target.ends_with("GetItem") && String::from_utf8_lossy(&call.body).contains("\"Q#");
            if let (true, Some(happens)) = (a_queue, self.happens.get())
                && !self.done.swap(true, Ordering::SeqCst)
            {
                happens().await;
            }
            Before::GoOn
        })
    }
}

/// Two who wait; both leave, the later one first, while the answer to `path` about the later one is put together.
async fn read_while_both_leave(path: &str) -> Value {
    let meanwhile = Arc::new(Meanwhile::default());
    let world = Arc::new(World::with(MONDAY, meanwhile.clone()).await);
    let garden = world.open(1).await;
    let earlier = world.submit(1, "2022-05-14", &[garden], 13).await;
    let later = world.submit(2, "2022-05-14", &[garden], 13).await;
    let (id, token) = (later.id.clone(), later.token.clone());
    let leaving: [Parent; 2] = [later, earlier];
    let weak: Weak<World> = Arc::downgrade(&world);
    let leave = move || -> Boxed<'static, ()> {
        let world = weak.upgrade().expect("the world");
        let paths = leaving
            .each_ref()
            .map(|parent| (format!("/v1/applications/{}/withdrawal", parent.id), parent.token.clone()));
        Box::pin(async move {
            for (path, token) in paths {
                let left = world.call("POST", &path, &token, &Value::Null).await;
                assert_eq!(left.status, 200, "{}", left.json());
            }
        })
    };
    assert!(meanwhile.happens.set(Box::new(leave)).is_ok());
    let answer = world.call("GET", &format!("/v1/applications/{id}{path}"), &token, &Value::Null).await;
    assert_eq!(answer.status, 200, "{}", answer.json());
    assert!(meanwhile.done.load(Ordering::SeqCst), "it happened while this was read");
    answer.json()["entries"][0].clone()
}

/// It was the second while it waited, and would be the first only after it left.
#[tokio::test]
async fn p3_9_a_number_is_not_put_together_from_before_and_after() {
    for path in ["", "/position"] {
        let entry = read_while_both_leave(path).await;
        assert_eq!((&entry["status"], &entry["number"]), (&json!("left"), &Value::Null), "{path}: {entry}");
    }
}

/// Does the first write that holds a word, lets its answer be lost, and lets its repetition meet another transaction.
struct Unknown {
    word: &'static str,
    aws: OnceLock<Weak<Aws>>,
    done: AtomicBool,
}

impl Between for Unknown {
    fn before<'a>(&'a self, call: &'a mut Call) -> Boxed<'a, Before> {
        Box::pin(async move {
            let wanted = call.target.ends_with("TransactWriteItems")
                && String::from_utf8_lossy(&call.body).contains(self.word)
                && !self.done.swap(true, Ordering::SeqCst);
            if !wanted {
                return Before::GoOn;
            }
            let aws = self.aws.get().and_then(Weak::upgrade).expect("a table");
            let (status, answer) = aws.engine().call("TransactWriteItems", &call.body);
            assert_eq!(status, 200, "{}", String::from_utf8_lossy(&answer));
            Before::Answer(conflict(call))
        })
    }
}

async fn unknown(word: &'static str) -> (World, Arc<Unknown>) {
    let unknown = Arc::new(Unknown { word, aws: OnceLock::new(), done: AtomicBool::new(false) });
    let world = World::with(MONDAY, unknown.clone()).await;
    assert!(unknown.aws.set(Arc::downgrade(world.local.aws())).is_ok());
    (world, unknown)
}

/// `P15.5`: a change of the version that was named is done, though its own first try has made another of it.
#[tokio::test]
async fn p15_5_a_change_that_was_written_and_not_known_of_is_done() {
    let (world, unknown) = unknown("organisations-changed").await;
    let (first, second) = (world.open(1).await, world.open(2).await);
    let parent = world.submit(1, "2022-05-14", &[first], 13).await;
    let path = format!("/v1/applications/{}", parent.id);
    let request = Request::new("PATCH", &path).bearer(&parent.token).header("if-match", "\"1\"");
    let done = world.send(request.json(&json!({"organisations": [second.as_str()]}))).await;
    assert!(unknown.done.load(Ordering::SeqCst), "the write that isn't known of");
    assert_eq!((done.status, done.header("etag")), (200, Some("\"2\"")), "{}", done.json());
    assert_eq!(entry(&done.json(), second)["number"], 1);
    world.again_is_a_no_op().await;
}

/// `P15.b`: the same of an answer to an offer, which is given once.
#[tokio::test]
async fn p15_b_an_answer_that_was_written_and_not_known_of_is_given() {
    let (world, unknown) = unknown("accepted-offer").await;
    let garden = world.open(1).await;
    let parent = world.submit(1, "2022-05-14", &[garden], 13).await;
    world.bulletin("b-1", garden, 1, 2022).await;
    let accepted = world.answer(&parent, "accept").await;
    assert!(unknown.done.load(Ordering::SeqCst), "the write that isn't known of");
    assert_eq!(accepted.status, 200, "{}", accepted.json());
    assert!(accepted.json()["referral"].is_object());
    world.again_is_a_no_op().await;
}
