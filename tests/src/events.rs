//! The example events: each is what its source really sends, and its function serves it. They are played one by one on a stack in
//! memory whose keys follow from a fixed seed, so that the ids in the examples are those of what was made before them.

use std::collections::BTreeSet;
use std::sync::Arc;

use aws_lambda_events::apigw::ApiGatewayV2httpRequest;
use aws_lambda_events::dynamodb;
use aws_lambda_events::sqs::SqsEvent;
use kezek_local::functions::{Function, Functions};
use kezek_local::keys::TokenRequest;
use kezek_local::register::SimulatedRegister;
use kezek_local::{Local, Options};
use kezek_shell::lambda::Trigger;
use serde::Deserialize as _;
use serde_json::{Value, json};

use crate::repository::root;
use crate::template::guard::Roles;

/// When the examples happen: Monday, 12 January 2026, 10:00 in Almaty.
const START: &str = "2026-01-12T05:00:00.000Z";
/// The ids in the examples follow from it.
const SEED: u64 = 133;

/// What comes before an event, so that it makes sense.
enum Before {
    /// Another example, with everything that follows from it.
    Event(&'static str),
    /// How the state registers behave from now on.
    Registers(&'static str),
    /// The clock is moved.
    Until(&'static str),
}

/// What a function answers.
#[derive(Debug, PartialEq)]
enum Answer {
    /// A response with this status.
    Status(u16),
    /// A batch of which these records failed.
    Failed(Vec<String>),
    /// A sweep's report without failures.
    Report,
    /// Anything else.
    Other(Value),
}

use Before::{Event, Registers, Until};

const ORGANISATION: Before = Event("registry/organisation");
const SECOND_ORGANISATION: Before = Event("registry/second-organisation");
const SUBMIT: Before = Event("application-intake/submit");
const OUT_OF_TURN: Before = Event("application-intake/submit-out-of-turn");
const INVITE: Before = Event("application-intake/invite");
const COMPLAINT: Before = Event("complaint-handling/file");
const BULLETINS: Before = Event("vacancy-ingestion/bulletins");
const ANSWER: Before = Event("allocation/answer");
const HAND_IN: Before = Event("enrolment/hand-in");
const CONFIRM: Before = Event("enrolment/confirm-documents");
/// A year later, an hour after the question of interest (`P15.a`).
const ASKED: Before = Until("2027-01-12T05:00:00.000Z");

struct Stack {
    local: Arc<Local>,
    functions: Arc<Functions>,
    register: SimulatedRegister,
}

impl Stack {
    async fn open(guard: Arc<Roles>) -> Self {
        let start = START.parse().expect("an instant");
        let options = Options { start: Some(start), seed: Some(SEED), ..Options::default() };
        let local = Local::open(options).await.expect("a stack opens");
        assert!(local.aws().guard(guard), "one guard");
        let register = SimulatedRegister::new(Arc::clone(local.aws()), local.app().keys.clone());
        let signatures = local.signatures().clone();
        let functions =
            Functions::new(local.app().clone(), local.aws(), local.base_url(), register.clone(), signatures);
        Self { local, functions: Arc::new(functions), register }
    }

    async fn prepare(&self, before: &Before) {
        match before {
            Event(name) => match self.play(name).await {
                Answer::Status(200..=299) | Answer::Report => {}
                Answer::Failed(failed) if failed.is_empty() => {}
                other => panic!("{name} should have prepared another event: {other:?}"),
            },
            Registers(mode) => {
                let told = serde_json::from_value(json!({"mode": mode})).expect("told");
                self.register.tell(&told).expect("the registers listen");
            }
            Until(instant) => {
                self.local.travel(instant.parse().expect("an instant")).await.expect("the clock moves");
            }
        }
    }

    /// Invokes the event's function with it, and lets everything happen that follows.
    async fn play(&self, name: &str) -> Answer {
        let mut event = load(name);
        let claims = &event["requestContext"]["authorizer"]["jwt"]["claims"];
        if !claims.is_null() {
            let claim = |name: &str| claims[name].as_str().map(str::to_owned);
            let (iin, sub, bin, territory) = (claim("iin"), claim("sub"), claim("bin"), claim("territory"));
            let request = TokenRequest { scope: claim("scope").expect("a scope"), iin, sub, bin, territory };
            let token = self.local.token(&request).expect("a token");
            event["headers"]["authorization"] = json!(format!("Bearer {token}"));
        }
        let answer = self.functions.invoke(function_of(name), event).await;
        let answer = answer.unwrap_or_else(|error| panic!("{name}: {error}"));
        self.local.drain().await.expect("the stack comes to rest");
        read(answer)
    }
}

fn read(answer: Value) -> Answer {
    if let Some(status) = answer["statusCode"].as_u64() {
        return Answer::Status(u16::try_from(status).expect("a status"));
    }
    if let Some(failures) = answer["batchItemFailures"].as_array() {
        let id = |failure: &Value| failure["itemIdentifier"].as_str().unwrap_or_default().to_owned();
        return Answer::Failed(failures.iter().map(id).collect());
    }
    if answer["ran_out"].is_number() && answer["failed"] == 0 { Answer::Report } else { Answer::Other(answer) }
}

fn load(name: &str) -> Value {
    let path = root().join("events").join(format!("{name}.json"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn function_of(name: &str) -> Function {
    let folder = name.split('/').next().unwrap_or_default();
    let function = Function::ALL.into_iter().find(|function| function.name() == folder);
    function.unwrap_or_else(|| panic!("{name} belongs to no function"))
}

/// Every example, as `<function>/<case>`.
fn names() -> BTreeSet<String> {
    let folders = std::fs::read_dir(root().join("events")).expect("the events").flatten();
    let files = folders.flat_map(|folder| std::fs::read_dir(folder.path()).expect("a function's events").flatten());
    let name = |path: std::path::PathBuf| {
        let parts: Vec<_> = path.iter().rev().take(2).map(|part| part.to_string_lossy().into_owned()).collect();
        format!("{}/{}", parts[1], parts[0].trim_end_matches(".json"))
    };
    files.map(|file| name(file.path())).collect()
}

const fn status(status: u16) -> Answer {
    Answer::Status(status)
}

const fn nothing_failed() -> Answer {
    Answer::Failed(Vec::new())
}

/// Every example with what comes before it and what is answered.
fn cases() -> Vec<(&'static str, Vec<Before>, Answer)> {
    let registered = || vec![ORGANISATION, SECOND_ORGANISATION];
    let after = |more: Vec<Before>| registered().into_iter().chain(more).collect::<Vec<_>>();
    let referred = |more: Vec<Before>| after(vec![SUBMIT, BULLETINS, ANSWER].into_iter().chain(more).collect());
    vec![
        ("allocation/answer", after(vec![SUBMIT, BULLETINS]), status(200)),
        ("allocation/requests", after(vec![SUBMIT, BULLETINS]), nothing_failed()),
        ("application-intake/answer-invitation", after(vec![INVITE]), status(201)),
        ("application-intake/change", after(vec![SUBMIT]), status(200)),
        ("application-intake/interest", after(vec![SUBMIT, ASKED]), status(200)),
        ("application-intake/invite", registered(), status(201)),
        ("application-intake/read", after(vec![SUBMIT]), status(200)),
        ("application-intake/read-invitation", after(vec![INVITE]), status(200)),
        ("application-intake/single-application", registered(), status(201)),
        ("application-intake/submit", registered(), status(201)),
        ("application-intake/submit-first-priority", after(vec![Registers("down")]), status(201)),
        ("application-intake/submit-out-of-turn", registered(), status(201)),
        ("application-intake/withdraw", after(vec![SUBMIT]), status(200)),
        ("complaint-handling/file", registered(), status(201)),
        ("complaint-handling/read", after(vec![COMPLAINT]), status(200)),
        ("complaint-handling/state", after(vec![COMPLAINT]), status(200)),
        ("document-verification/archive", after(vec![SUBMIT]), status(200)),
        ("document-verification/decision", after(vec![OUT_OF_TURN]), status(200)),
        (
            "document-verification/stream",
            after(vec![Registers("down"), Event("application-intake/submit-first-priority"), Registers("ok")]),
            nothing_failed(),
        ),
        ("document-verification/tasks", after(vec![OUT_OF_TURN]), status(200)),
        ("enrolment/cancel-referral", referred(vec![]), status(200)),
        ("enrolment/confirm-documents", referred(vec![HAND_IN]), status(200)),
        ("enrolment/extend-referral", referred(vec![]), status(200)),
        ("enrolment/hand-in", referred(vec![]), status(200)),
        ("enrolment/referrals", referred(vec![]), status(200)),
        ("enrolment/refuse-enrolment", referred(vec![HAND_IN]), status(200)),
        ("enrolment/review", referred(vec![HAND_IN, Event("enrolment/refuse-enrolment")]), status(200)),
        ("enrolment/sign", referred(vec![HAND_IN, CONFIRM]), status(200)),
        ("enrolment/terminate", referred(vec![HAND_IN, CONFIRM, Event("enrolment/sign")]), status(200)),
        ("event-publisher/stream", after(vec![SUBMIT]), nothing_failed()),
        ("expiry-sweep/age-outs", after(vec![SUBMIT]), Answer::Report),
        ("expiry-sweep/confirmations", after(vec![SUBMIT]), Answer::Report),
        ("expiry-sweep/deadlines", after(vec![SUBMIT]), Answer::Report),
        ("expiry-sweep/overdue", after(vec![OUT_OF_TURN]), Answer::Report),
        ("queue-view/openapi", vec![], status(200)),
        ("queue-view/organisations", registered(), status(200)),
        ("queue-view/position", after(vec![SUBMIT]), status(200)),
        ("queue-view/queue", after(vec![SUBMIT]), status(200)),
        ("registry/calendar", vec![], status(201)),
        ("registry/organisation", vec![], status(201)),
        ("registry/policy", vec![], status(201)),
        ("registry/second-organisation", vec![], status(201)),
        ("vacancy-ingestion/bulletin", after(vec![BULLETINS]), status(200)),
        ("vacancy-ingestion/bulletins", registered(), nothing_failed()),
        ("vacancy-ingestion/bulletins-unreadable", registered(), nothing_failed()),
        ("vacancy-ingestion/group", registered(), status(201)),
        ("vacancy-ingestion/vacancies", after(vec![BULLETINS]), status(200)),
        ("vacancy-ingestion/withdraw-vacancy", after(vec![BULLETINS]), status(200)),
    ]
}

#[tokio::test]
async fn every_example_is_served() {
    let cases = cases();
    let known: BTreeSet<String> = cases.iter().map(|(name, ..)| (*name).to_owned()).collect();
    assert_eq!(names(), known, "every example is played, and everything played is an example");
    let wrong = play_all(cases, &Roles::deployed()).await;
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Plays examples, each on a stack of its own under these roles; says which were answered otherwise than expected.
async fn play_all(cases: Vec<(&'static str, Vec<Before>, Answer)>, roles: &Arc<Roles>) -> Vec<String> {
    let mut wrong = Vec::new();
    for (name, before, expected) in cases {
        let stack = Stack::open(Arc::clone(roles)).await;
        for before in &before {
            stack.prepare(before).await;
        }
        let answer = stack.play(name).await;
        if answer != expected {
            wrong.push(format!("{name}: {answer:?} instead of {expected:?}"));
        }
    }
    wrong
}

/// Plays every example under these roles.
pub async fn play_under(roles: &Arc<Roles>) {
    let wrong = play_all(cases(), roles).await;
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_example_has_the_shape_of_its_source() {
    for name in names() {
        let event = load(&name);
        let read = match Trigger::of(&event).unwrap_or_else(|| panic!("{name} comes from nowhere")) {
            Trigger::Http => ApiGatewayV2httpRequest::deserialize(&event).map(|_| ()),
            Trigger::Sqs => SqsEvent::deserialize(&event).map(|_| ()),
            Trigger::Stream => dynamodb::Event::deserialize(&event).map(|_| ()),
            Trigger::Schedule => expiry_sweep::Schedule::deserialize(&event).map(|_| ()),
        };
        read.unwrap_or_else(|error| panic!("{name}: {error}"));
        if let Some(body) = event["body"].as_str() {
            assert_eq!(event["headers"]["content-length"], body.len().to_string(), "{name}");
        }
    }
}

/// A request without a good token gets nowhere, whatever the gateway's authorizer has let through.
#[tokio::test]
async fn as_they_are_the_examples_bear_no_token() {
    let stack = Stack::open(Roles::deployed()).await;
    for name in names() {
        let event = load(&name);
        if event["requestContext"]["authorizer"].is_object() {
            let answer = stack.functions.invoke(function_of(&name), event).await.expect("an answer");
            assert_eq!(read(answer), status(401), "{name}");
        }
    }
}
