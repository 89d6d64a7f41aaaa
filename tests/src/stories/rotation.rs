//! The secrets are replaced in mid-story: what was made with the old ones goes on being found, and what is new is made with the new
//! ones (decision 0018).

use std::path::PathBuf;
use std::sync::Arc;

use chrono::TimeDelta;
use kezek_fixtures as fixtures;
use kezek_local::functions::{Function, Functions};
use kezek_local::gateway::{Request, event, find};
use kezek_local::register::SimulatedRegister;
use kezek_local::{Local, Options};
use kezek_rules::ids::Bin;
use kezek_shell::app::App;
use kezek_shell::keys::Keys;
use serde_json::{Value, json};

use crate::world::{CHILDREN, MONDAY, Parent, World, body};

/// A base on disk that is opened again with new secrets, as functions are after a deployment.
struct Deployed {
    world: Option<World>,
    folder: PathBuf,
}

impl Deployed {
    async fn open(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("kezek-rotation-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        let mut deployed = Self { world: None, folder };
        deployed.start().await;
        deployed
    }

    async fn start(&mut self) {
        let start = Some(MONDAY.parse().expect("an instant"));
        let options = Options { data: Some(self.folder.clone()), start, ..Options::default() };
        self.world = Some(World::of(Local::open(options).await.expect("a stack opens")));
    }

    async fn rotate(&mut self) {
        self.world().local.rotate_keys().expect("new secrets");
        self.world = None;
        self.start().await;
    }

    fn world(&self) -> &World {
        self.world.as_ref().expect("it is open")
    }
}

impl Drop for Deployed {
    fn drop(&mut self) {
        self.world = None;
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

fn submission(token: &str, key: &str, body: &Value) -> Request {
    Request::new("POST", "/v1/applications").bearer(token).header("idempotency-key", key).json(body)
}

#[tokio::test]
async fn nothing_is_lost_when_the_secrets_are_replaced() {
    let mut deployed = Deployed::open("story").await;
    let world = deployed.world();
    let garden = world.open(1).await;
    let mine = world.submit(1, "2022-05-14", &[garden], 13).await;
    let other = world.applicant(fixtures::iin(2)).await;
    let with_key = world.send(submission(&other, "first", &body(2, "2022-05-14", &[garden], 13))).await;
    assert_eq!(with_key.status, 201, "{}", with_key.json());
    let queue = format!("/v1/queues/{garden}?birthYear=2022&language=kk&limit=1");
    let page = world.call("GET", &queue, "", &Value::Null).await.json();
    let next = format!("{queue}&cursor={}", page["next"].as_str().expect("a further page"));
    let complaint =
        json!({"about": "provider", "settlement": "750000000", "addressee": "provider", "text": "Тым ұзақ."});
    let file =
        || Request::new("POST", "/v1/complaints").bearer(&mine.token).header("idempotency-key", "c").json(&complaint);
    let filed = world.send(file()).await;
    assert_eq!(filed.status, 201, "{}", filed.json());

    deployed.rotate().await;
    let world = deployed.world();
    assert_eq!(world.number(&mine, garden).await, Some(1), "its applicant still sees it");
    let position = format!("/v1/applications/{}/position", mine.id);
    assert_eq!(world.call("GET", &position, &mine.token, &Value::Null).await.status, 200);
    assert_eq!(world.call("GET", &position, &other, &Value::Null).await.status, 404, "and nobody else does");
    let again = world.send(submission(&other, "first", &body(2, "2022-05-14", &[garden], 13))).await;
    assert_eq!((again.status, again.json()), (201, with_key.json()), "the repeated request has its answer");
    let changed = world.send(submission(&other, "first", &body(2, "2022-05-15", &[garden], 13))).await;
    assert_eq!(changed.status, 422, "and its key is known as used: {}", changed.json());
    assert_eq!(world.send(file()).await.json()["id"], filed.json()["id"]);
    let rest = world.call("GET", &next, "", &Value::Null).await;
    assert_eq!(
        (rest.status, rest.json()["entries"][0]["number"].as_u64()),
        (200, Some(2)),
        "an old cursor still pages"
    );
    let tampered = world.call("GET", &format!("{next}x"), "", &Value::Null).await;
    assert_eq!(tampered.status, 400, "{}", tampered.json());

    let second = world.call("POST", "/v1/applications", &mine.token, &body(1, "2022-05-14", &[garden], 13)).await;
    assert_eq!((second.status, second.json()["rule"].as_str()), (422, Some("K1")), "{}", second.json());
    assert!(second.json().to_string().contains(&mine.id), "it points at the first");
    let withdrawal = format!("/v1/applications/{}/withdrawal", mine.id);
    assert_eq!(world.call("POST", &withdrawal, &mine.token, &Value::Null).await.status, 200);
    let new = world.submit(1, "2022-05-14", &[garden], 13).await;
    let third = world.call("POST", "/v1/applications", &mine.token, &body(1, "2022-05-14", &[garden], 13)).await;
    assert_eq!((third.status, third.json()["rule"].as_str()), (422, Some("K1")), "the new one holds the lock now");

    deployed.rotate().await;
    let world = deployed.world();
    assert!(world.number(&new, garden).await.is_some());
    let fourth = world.call("POST", "/v1/applications", &mine.token, &body(1, "2022-05-14", &[garden], 13)).await;
    assert_eq!(fourth.json()["rule"].as_str(), Some("K1"), "and still does two versions later");
    world.again_is_a_no_op().await;
}

/// The n-th family's further child.
async fn sibling(world: &World, n: u32, child: u32, born: &str, garden: Bin) -> Parent {
    let mut request = body(n, born, &[garden], 13);
    request["child"]["iin"] = json!(fixtures::iin(CHILDREN + child).as_str());
    world.submit_body(n, &request).await
}

/// `P26`: a child queued after the replacement is a sibling of one queued before it.
#[tokio::test]
async fn p26_siblings_are_found_across_versions() {
    let mut deployed = Deployed::open("siblings").await;
    let garden = deployed.world().open(1).await;
    let older = deployed.world().submit(1, "2022-05-14", &[garden], 13).await;
    deployed.rotate().await;
    let world = deployed.world();
    world.submit(2, "2022-05-14", &[garden], 13).await;
    let twin = sibling(world, 1, 11, "2022-05-14", garden).await;
    world.bulletin("b-1", garden, 2, 2022).await;
    let offers = (world.open_offer(&older).await, world.open_offer(&twin).await);
    assert!(offers.0.is_some() && offers.1.is_some(), "{offers:?}");
}

/// The registers are asked, and the place is signed for, with whatever is in force: a story that crosses the replacement ends as any
/// other does.
#[tokio::test]
async fn a_way_to_the_referral_crosses_the_replacement() {
    let mut deployed = Deployed::open("referral").await;
    let garden = deployed.world().open(1).await;
    deployed.world().know(1, &[10], "down").await;
    let parent = deployed.world().submit(1, "2022-05-14", &[garden], 10).await;
    deployed.rotate().await;
    deployed.world().know(1, &[10], "ok").await;
    assert_eq!(deployed.world().see(&parent).await["lane"], "first-priority");
    assert_eq!(deployed.world().number(&parent, garden).await, Some(1));
    deployed.world().bulletin("b-1", garden, 1, 2022).await;
    deployed.rotate().await;
    let answer = deployed.world().answer(&parent, "accept").await;
    assert_eq!(answer.json()["status"], "referred", "{}", answer.json());
}

/// The functions of a deployment that has this version current and knows the other.
fn deployment(world: &World, current: u32, other: u32) -> Arc<Functions> {
    let local = &world.local;
    let secret = |version: u32| format!("secret-{version}").repeat(8).into_bytes();
    let keys = Keys::new(secret(current), current).and(secret(other), other);
    let from = local.app();
    let app = App::new(from.store.clone(), from.clock.clone(), from.identity.clone(), keys.clone(), TimeDelta::MIN);
    let register = SimulatedRegister::new(Arc::clone(local.aws()), keys);
    Arc::new(Functions::new(app, local.aws(), local.base_url(), register, local.signatures().clone()))
}

/// `K1` while two deployments run side by side: of two submissions for one child at the same time, each by a function that has another
/// version current, one succeeds.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn k1_two_deployments_side_by_side_queue_a_child_once() {
    let world = World::at(MONDAY).await;
    let garden = world.open(1).await;
    let (old, new) = (deployment(&world, 1, 2), deployment(&world, 2, 1));
    let target = find("POST", "/v1/applications").expect("a route");
    let mut by_new = 0;
    for n in 1..=20 {
        let token = world.applicant(fixtures::iin(n)).await;
        let request = Request::new("POST", "/v1/applications").bearer(&token);
        let request = request.json(&body(n, "2022-05-14", &[garden], 13));
        let event = event(&request, &target.route, &target.parameters, world.local.now());
        // Whoever is asked first mustn't always be first.
        let (first, second) = if n % 2 == 0 { (&old, &new) } else { (&new, &old) };
        let (one, two) = tokio::join!(
            first.invoke(Function::ApplicationIntake, event.clone()),
            second.invoke(Function::ApplicationIntake, event.clone())
        );
        let mut statuses = [one, two].map(|answer| answer.expect("an answer")["statusCode"].as_u64());
        by_new += usize::from((n % 2 == 0) == (statuses[1] == Some(201)));
        statuses.sort_unstable();
        assert_eq!(statuses, [Some(201), Some(422)], "child {n}");
    }
    println!("{by_new} of 20 by the new deployment");
}
