//! The world of a story: a local stack in memory on virtual time, and the people in it. Everything goes through the same routes,
//! queues and schedules as outside; nothing of the system is replaced.

use std::sync::Arc;

use kezek_fixtures as fixtures;
use kezek_local::aws::Between;
use kezek_local::gateway::{self, Request, Response};
use kezek_local::keys::TokenRequest;
use kezek_local::{Local, Options};
use kezek_rules::ids::{Bin, Iin};
use serde_json::{Value, json};
use vacancy_ingestion::{Ingestion, SenderRole};

use crate::bite::Conditions;
use crate::template::guard::Roles;

/// Monday, 12 January 2026, 10:00 in Almaty: working time.
pub const MONDAY: &str = "2026-01-12T05:00:00.000Z";

/// A settlement of the officers' territory.
pub const SETTLEMENT: &str = "750000000";

/// A local stack with a standing clock.
pub struct World {
    /// The stack.
    pub local: Arc<Local>,
    conditions: Option<Arc<Conditions>>,
}

impl Drop for World {
    fn drop(&mut self) {
        if let Some(conditions) = self.conditions.as_ref().filter(|_| !std::thread::panicking()) {
            conditions.check();
        }
    }
}

/// A parent with one application.
#[derive(Debug, Clone)]
pub struct Parent {
    /// The application.
    pub id: String,
    /// The parent's token.
    pub token: String,
    /// What the submission was answered with.
    pub answer: Value,
}

impl World {
    /// An empty world at an instant.
    pub async fn at(start: &str) -> Self {
        let mut world = Self::empty(start).await;
        let conditions = Arc::new(Conditions::as_asked());
        conditions.of(world.local.aws());
        world.put_between(conditions.clone());
        world.conditions = Some(conditions);
        world
    }

    /// The same, with someone else between the functions and what answers them.
    pub async fn with(start: &str, between: Arc<dyn Between>) -> Self {
        let world = Self::empty(start).await;
        world.put_between(between);
        world
    }

    /// Around a stack that was opened otherwise, as it is.
    #[must_use]
    pub const fn of(local: Arc<Local>) -> Self {
        Self { local, conditions: None }
    }

    async fn empty(start: &str) -> Self {
        let start = start.parse().expect("an instant");
        let options = Options { start: Some(start), ..Options::default() };
        let local = Local::open(options).await.expect("a stack opens");
        // Every function works under its deployed role.
        assert!(local.aws().guard(Roles::deployed()), "one guard");
        Self::of(local)
    }

    fn put_between(&self, between: Arc<dyn Between>) {
        assert!(self.local.aws().stand_between(between), "one between");
    }

    /// Sends a request.
    pub async fn send(&self, request: Request) -> Response {
        self.local.request(request).await
    }

    /// Sends a request with a token and a body.
    pub async fn call(&self, method: &str, path: &str, token: &str, body: &Value) -> Response {
        let request = Request::new(method, path).bearer(token);
        self.send(if body.is_null() { request } else { request.json(body) }).await
    }

    /// A request to intake past the gate of the stack, which lets one submission in at a time: what races.
    pub fn racing(&self, request: &Request) -> tokio::task::JoinHandle<Response> {
        let target = gateway::find(&request.method, &request.path).expect("a route");
        let event = gateway::event(request, &target.route, &target.parameters, self.local.now());
        let app = self.local.app().clone();
        tokio::spawn(async move {
            let answer = application_intake::handle(&app, event).await.expect("an answer");
            Response::from_answer(&answer).expect("an HTTP answer")
        })
    }

    /// A token with these claims.
    pub async fn token_of(&self, claims: Value) -> String {
        self.token(claims)
    }

    fn token(&self, claims: Value) -> String {
        let claims: TokenRequest = serde_json::from_value(claims).expect("claims");
        self.local.token(&claims).expect("a token")
    }

    /// An officer of the territory.
    pub async fn officer(&self) -> String {
        self.officer_of("75").await
    }

    /// An officer of another one.
    pub async fn officer_of(&self, territory: &str) -> String {
        self.token(json!({"scope": "officer", "territory": territory}))
    }

    /// An applicant.
    pub async fn applicant(&self, iin: Iin) -> String {
        self.token(json!({"scope": "applicant", "iin": iin.as_str()}))
    }

    /// An organisation.
    pub async fn organisation(&self, bin: Bin) -> String {
        self.token(json!({"scope": "organisation", "bin": bin.as_str()}))
    }

    /// Registers the n-th organisation.
    pub async fn open(&self, n: u32) -> Bin {
        let bin = fixtures::bin(n);
        let path = format!("/v1/workplace/organisations/{bin}");
        let answer = self.call("PUT", &path, &self.officer().await, &fixtures::organisation(SETTLEMENT)).await;
        assert_eq!(answer.status, 201, "{}", answer.json());
        bin
    }

    /// The n-th family submits for a child born on a day.
    pub async fn submit(&self, n: u32, born: &str, organisations: &[Bin], benefit: u8) -> Parent {
        self.submit_body(n, &body(n, born, organisations, benefit)).await
    }

    /// The n-th family submits this.
    pub async fn submit_body(&self, n: u32, body: &Value) -> Parent {
        let token = self.applicant(fixtures::iin(n)).await;
        let answer = self.call("POST", "/v1/applications", &token, body).await;
        assert_eq!(answer.status, 201, "{}", answer.json());
        let answer = answer.json();
        Parent { id: answer["id"].as_str().expect("an id").to_owned(), token, answer }
    }

    /// Lets the registers know the benefits of the n-th family's child.
    pub async fn know(&self, n: u32, benefits: &[u8], mode: &str) {
        let child = fixtures::iin(CHILDREN + n);
        let told = json!({"iin": child.as_str(), "benefits": benefits, "mode": mode});
        self.local.tell_register(&serde_json::from_value(told).expect("told")).await.expect("the registers listen");
    }

    /// An application as its parent sees it.
    pub async fn see(&self, parent: &Parent) -> Value {
        let answer = self.call("GET", &format!("/v1/applications/{}", parent.id), &parent.token, &Value::Null).await;
        assert_eq!(answer.status, 200, "{}", answer.json());
        answer.json()
    }

    /// The queue number of an application's entry.
    pub async fn number(&self, parent: &Parent, organisation: Bin) -> Option<u64> {
        entry(&self.see(parent).await, organisation)["number"].as_u64()
    }

    /// The open offer of an application, if it has one.
    pub async fn open_offer(&self, parent: &Parent) -> Option<Value> {
        let seen = self.see(parent).await;
        seen["offers"].as_array().expect("offers").iter().find(|offer| offer["status"] == "open").cloned()
    }

    /// Answers the open offer.
    pub async fn answer(&self, parent: &Parent, said: &str) -> Response {
        let offer = self.open_offer(parent).await.expect("an open offer");
        let path = format!("/v1/applications/{}/offers/{}/answer", parent.id, offer["id"].as_str().expect("an id"));
        self.call("POST", &path, &parent.token, &json!({"answer": said})).await
    }

    /// Answers the questions of interest.
    pub async fn interest(&self, parent: &Parent, said: &str) -> Response {
        let path = format!("/v1/applications/{}/interest", parent.id);
        self.call("POST", &path, &parent.token, &json!({"answer": said})).await
    }

    /// A parent changes its application, whatever its version.
    pub async fn change(&self, parent: &Parent, body: &Value) -> Response {
        let path = format!("/v1/applications/{}", parent.id);
        self.send(Request::new("PATCH", &path).bearer(&parent.token).header("if-match", "*").json(body)).await
    }

    /// An officer decides.
    pub async fn decide(&self, parent: &Parent, decision: &Value) -> Response {
        let path = format!("/v1/workplace/applications/{}/decision", parent.id);
        self.call("POST", &path, &self.officer().await, decision).await
    }

    /// A kindergarten posts a bulletin with places for children born in a year.
    pub async fn bulletin(&self, id: &str, organisation: Bin, count: u32, birth_year: i32) {
        self.post(&fixtures::bulletin(id, organisation, &self.now(), count, birth_year)).await;
    }

    /// Someone posts something to the bulletins queue.
    pub async fn post(&self, body: &Value) {
        self.local.bulletin(&body.to_string()).await.expect("the queue takes it");
    }

    /// What takes bulletins, without what wakes on them.
    pub fn ingestion(&self) -> Ingestion {
        let dead_letters_url = format!("{}/000000000000/bulletins-dead", self.local.base_url());
        let (app, queue) = (self.local.app().clone(), self.local.aws().sqs());
        Ingestion { app, sender: SenderRole::default(), queue, dead_letters_url }
    }

    /// The vacancies of an organisation by status.
    pub async fn vacancies(&self, organisation: Bin) -> Vec<String> {
        let token = self.organisation(organisation).await;
        let path = format!("/v1/organisations/{organisation}/vacancies?limit=100");
        let answer = self.call("GET", &path, &token, &Value::Null).await;
        assert_eq!(answer.status, 200, "{}", answer.json());
        let items = answer.json()["items"].as_array().expect("items").clone();
        items.iter().map(|item| item["status"].as_str().expect("a status").to_owned()).collect()
    }

    /// The clock.
    pub fn now(&self) -> String {
        kezek_local::world::text(self.local.now())
    }

    /// Moves the clock to an instant.
    pub async fn to(&self, instant: &str) {
        self.local.travel(instant.parse().expect("an instant")).await.expect("the clock moves");
    }

    /// The kinds of the notices of an application.
    pub async fn notices(&self, parent: &Parent) -> Vec<String> {
        let notices = self.local.notices(parent.id.parse().expect("an id")).await.expect("notices");
        notices.into_iter().map(|notice| notice.kind).collect()
    }

    /// How many stage events were published so far.
    pub fn events(&self) -> usize {
        self.local.events(100_000, 0).expect("events").len()
    }

    /// Running everything again at the same instant changes nothing: the helper that every story ends with.
    pub async fn again_is_a_no_op(&self) {
        let before = self.events();
        self.to(&self.now()).await;
        assert_eq!(self.events(), before, "running again at the same instant changed something");
        self.holds();
    }

    /// The independent checker finds nothing against the base.
    pub fn holds(&self) {
        let report = self.local.check().expect("the base can be read");
        assert!(report.is_clean(), "\n{report}");
    }
}

/// Children's numbers begin here, parents' below.
pub const CHILDREN: u32 = 500_000;

/// The body of the n-th family's submission.
pub fn body(n: u32, born: &str, organisations: &[Bin], benefit: u8) -> Value {
    let body = fixtures::application(fixtures::iin(n), fixtures::iin(CHILDREN + n), born, organisations);
    fixtures::with_benefit(body, benefit, "2026-01-05")
}

/// The entry of an application for an organisation.
pub fn entry(application: &Value, organisation: Bin) -> Value {
    let entries = application["entries"].as_array().expect("entries");
    let found = entries.iter().find(|entry| entry["organisation"] == organisation.as_str());
    found.cloned().unwrap_or_default()
}
