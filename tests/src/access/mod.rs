//! Who reaches what: every operation of the OpenAPI document as it is served, for every scope, with an own, a foreign and an invented
//! object, and how much anyone can bring. What a caller may not know of is answered like what isn't there, and nothing changes. Never here: what an operation does for
//! those who may.

mod callers;
mod collections;
mod daily;
mod example;
mod forged;
mod limits;
mod scene;

use std::collections::{BTreeMap, BTreeSet};

use kezek_local::deployment::TABLE;
use kezek_local::gateway::{Request, Response};
use serde_json::Value;

use crate::world::World;
use callers::Role;
use scene::{Kind, Scene, kind};

/// An operation as the document describes it.
#[derive(Debug, Clone)]
struct Operation {
    id: String,
    method: String,
    path: String,
    /// Who may call it; empty: anyone.
    scopes: Vec<String>,
    /// The statuses it is documented to answer.
    statuses: BTreeSet<u16>,
    takes_body: bool,
    if_match: bool,
    /// It has pages.
    limited: bool,
    /// It takes an `Idempotency-Key`.
    keyed: bool,
}

/// The operations of the document, as anyone gets it.
async fn operations(world: &World) -> Vec<Operation> {
    let document = world.call("GET", "/v1/openapi.json", "", &Value::Null).await.json();
    let paths = document["paths"].as_object().expect("paths");
    let of_path = |(path, item): (&String, &Value)| {
        let item = item.as_object().expect("operations").clone();
        let path = path.clone();
        item.into_iter().map(move |(method, described)| operation(&method, &path, &described)).collect::<Vec<_>>()
    };
    paths.iter().flat_map(of_path).collect()
}

fn operation(method: &str, path: &str, described: &Value) -> Operation {
    let scope = |requirement: &Value| requirement["token"][0].as_str().expect("a scope").to_owned();
    let parameters = described["parameters"].as_array().expect("parameters");
    let takes = |name: &str| parameters.iter().any(|parameter| parameter["name"] == name);
    Operation {
        id: described["operationId"].as_str().expect("an id").to_owned(),
        method: method.to_uppercase(),
        path: path.to_owned(),
        scopes: described["security"].as_array().expect("requirements").iter().map(scope).collect(),
        statuses: described["responses"].as_object().expect("responses").keys().flat_map(|key| key.parse()).collect(),
        takes_body: described["requestBody"].is_object(),
        if_match: takes("If-Match"),
        limited: takes("limit"),
        keyed: takes("Idempotency-Key"),
    }
}

impl Operation {
    fn request(&self, path: &str, token: Option<&str>, body: Option<&Value>) -> Request {
        let request = Request::new(&self.method, path);
        let request = token.into_iter().fold(request, |request, token| request.bearer(token));
        let request = if self.if_match { request.header("if-match", "*") } else { request };
        body.into_iter().fold(request, |request, body| request.json(body))
    }
}

/// Everything that lies in the table, by its key, and how many events were published.
#[derive(PartialEq)]
struct Base(BTreeMap<String, String>, usize);

impl Base {
    fn of(world: &World) -> Self {
        let rows = world.local.aws().engine().items(TABLE, None, 100_000).expect("items");
        let key = |item: &Value| format!("{} {}", item["pk"]["S"], item["sk"]["S"]);
        Self(rows.iter().map(|(_, item)| (key(item), item.to_string())).collect(), world.events())
    }

    /// The keys of what differs.
    fn differs(&self, other: &Self) -> Vec<String> {
        let keys: BTreeSet<&String> = self.0.keys().chain(other.0.keys()).collect();
        keys.into_iter().filter(|key| self.0.get(*key) != other.0.get(*key)).cloned().collect()
    }
}

/// What an answer says, in everything that a caller can see.
fn said(response: &Response) -> (u16, &[(String, String)], &[u8]) {
    (response.status, &response.headers, &response.body)
}

/// One look at an operation on behalf of someone.
struct Look<'a> {
    scene: &'a Scene,
    operation: &'a Operation,
    wrong: Vec<String>,
}

impl Look<'_> {
    async fn send(&self, path: &str, token: Option<&str>, body: Option<&Value>) -> Response {
        self.scene.world.send(self.operation.request(path, token, body)).await
    }

    fn expect(&mut self, who: &str, response: &Response, status: u16) {
        let Operation { id, statuses, .. } = self.operation;
        if response.status != status || !statuses.contains(&status) {
            let documented = if statuses.contains(&status) { "" } else { ", which isn't documented" };
            self.wrong.push(format!(
                "{id} by {who}: {} instead of {status}{documented}: {}",
                response.status,
                response.json()
            ));
        }
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("cache-control", "no-store"),
            ("referrer-policy", "no-referrer"),
            ("content-security-policy", "default-src 'none'; frame-ancestors 'none'"),
            ("strict-transport-security", "max-age=31536000; includeSubDomains"),
        ] {
            if response.header(name) != Some(value) {
                self.wrong.push(format!("{id} by {who}: without {name}"));
            }
        }
        if response.header("content-type") != Some("application/problem+json") {
            self.wrong.push(format!("{id} by {who}: not told as a problem"));
        }
    }

    /// Without a token, with one that is none, and with a scope that isn't one of the operation's: before anything is looked for.
    async fn by_those_who_may_not_call(&mut self) {
        let (own, invented) = (self.scene.own(self.operation), self.scene.invented(self.operation));
        let body = example::of(self.operation, self.scene);
        for (who, token, status) in [("nobody", None, 401), ("nonsense", Some("not.a.token"), 401)] {
            let answer = self.send(&own, token, body.as_ref()).await;
            self.expect(who, &answer, status);
            if answer.header("www-authenticate") != Some("Bearer") {
                self.wrong.push(format!("{} by {who}: it isn't told how to come", self.operation.id));
            }
        }
        for role in
            Role::ALL.into_iter().filter(|role| !self.operation.scopes.iter().any(|scope| scope == role.scope()))
        {
            let token = self.scene.stranger(role).await;
            let (real, none) =
                (self.send(&own, Some(&token), body.as_ref()).await, self.send(&invented, Some(&token), None).await);
            self.expect(role.scope(), &real, 403);
            if said(&real) != said(&none) {
                self.wrong.push(format!("{} by {role:?} tells what is there from what isn't", self.operation.id));
            }
        }
    }

    /// With the right scope, and a foreign object: as if it weren't there.
    async fn by_strangers(&mut self) {
        let (own, invented) = (self.scene.own(self.operation), self.scene.invented(self.operation));
        let body = example::of(self.operation, self.scene);
        for role in Role::ALL.into_iter().filter(|role| self.operation.scopes.iter().any(|scope| scope == role.scope()))
        {
            let token = self.scene.stranger(role).await;
            for body in [body.as_ref(), None] {
                let real = self.send(&own, Some(&token), body).await;
                self.expect(&format!("a foreign {}", role.scope()), &real, 404);
                let none = self.send(&invented, Some(&token), body).await;
                // An organisation that isn't in the registry yet can be put there: only there it isn't a secret what exists.
                if said(&real) != said(&none) && self.operation.id != "putOrganisation" {
                    self.wrong.push(format!("{} by {role:?} tells what is there from what isn't", self.operation.id));
                }
            }
        }
        // What hangs on an own object, but is of another.
        for (who, path, invented, token) in self.scene.crossed(self.operation).await {
            let real = self.send(&path, Some(&token), body.as_ref()).await;
            let none = self.send(&invented, Some(&token), body.as_ref()).await;
            if real.status < 400 || said(&real) != said(&none) {
                self.wrong.push(format!("{} by {who}: {} {}", self.operation.id, real.status, real.json()));
            }
        }
    }

    /// Its own: the same request gets past every check of who calls, so that the refusals above say something.
    async fn by_the_owner(&mut self) {
        let body = example::of(self.operation, self.scene);
        for role in Role::ALL.into_iter().filter(|role| self.operation.scopes.iter().any(|scope| scope == role.scope()))
        {
            let token = self.scene.owner(self.operation, role).await;
            let answer = self.send(&self.scene.own(self.operation), Some(&token), body.as_ref()).await;
            if !matches!(answer.status, 200 | 201 | 409 | 422) {
                self.wrong.push(format!("{} by its own {role:?}: {}", self.operation.id, answer.json()));
            }
        }
    }
}

#[tokio::test]
async fn nobody_reaches_what_is_not_theirs() {
    let scene = Scene::new().await;
    let operations = operations(&scene.world).await;
    let uncovered: Vec<&str> =
        operations.iter().map(|operation| operation.id.as_str()).filter(|id| kind(id).is_none()).collect();
    assert!(uncovered.is_empty(), "say in `scene` whose the objects of these are: {uncovered:?}");
    let before = Base::of(&scene.world);
    let mut wrong = Vec::new();
    for operation in operations.iter().filter(|operation| kind(&operation.id) != Some(Kind::Public)) {
        let mut look = Look { scene: &scene, operation, wrong: Vec::new() };
        look.by_those_who_may_not_call().await;
        if kind(&operation.id) == Some(Kind::Object) {
            look.by_strangers().await;
        }
        wrong.append(&mut look.wrong);
        let differs = Base::of(&scene.world).differs(&before);
        assert!(differs.is_empty(), "{} has changed {differs:?}", operation.id);
    }
    assert!(Base::of(&scene.world) == before, "something was published");
    for operation in operations.iter().filter(|operation| kind(&operation.id) == Some(Kind::Object)) {
        let mut look = Look { scene: &scene, operation, wrong: Vec::new() };
        look.by_the_owner().await;
        wrong.append(&mut look.wrong);
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    scene.world.holds();
}

/// Public operations answer everyone alike, also those whose token is bad: they never look at it.
#[tokio::test]
async fn what_is_public_is_the_same_for_all() {
    let scene = Scene::new().await;
    let operations = operations(&scene.world).await;
    let public: Vec<&Operation> =
        operations.iter().filter(|operation| kind(&operation.id) == Some(Kind::Public)).collect();
    for operation in operations.iter().filter(|operation| operation.scopes.is_empty()) {
        assert_eq!(kind(&operation.id), Some(Kind::Public), "{} asks for no token", operation.id);
    }
    for operation in public {
        let path = scene.own(operation);
        let anyone = scene.world.send(operation.request(&path, None, None)).await;
        assert_eq!(anyone.status, 200, "{}: {}", operation.id, anyone.json());
        for token in [scene.stranger(Role::Applicant).await, scene.stranger(Role::Officer).await, "nonsense".to_owned()]
        {
            let answer = scene.world.send(operation.request(&path, Some(&token), None)).await;
            assert_eq!(said(&answer), said(&anyone), "{}", operation.id);
        }
        // No personal number, no name and no id of an application stands in what anyone may read.
        let text = String::from_utf8(anyone.body).expect("text");
        for secret in scene.secrets() {
            assert!(operation.id == "readOpenApi" || !text.contains(&secret), "{}: {secret}", operation.id);
        }
    }
}
