//! Canaries: recognisable numbers, names, phones, addresses and words go in by every way there is, good and bad, and come out by none:
//! not in a log line, a metric, a key, an event, a notice, a dead letter. (What goes back to the caller is the caller's own.)

use std::sync::Arc;

use aws_sdk_dynamodb::types::AttributeValue;
use document_verification::{Checked, HttpRegister, RegisterError, StateRegister, Verification};
use kezek_fixtures as fixtures;
use kezek_local::functions::{Function, Functions};
use kezek_local::gateway::{Request, event, find};
use kezek_local::register::SimulatedRegister;
use kezek_rules::ids::Bin;
use kezek_shell::lambda::{Invocation, serve};
use serde_json::{Value, json};

use crate::capture;
use crate::world::{MONDAY, World};

const NAME: &str = "Канарейкина Сарыала";
const ADDRESS: &str = "Канареечная көшесі, 99";
const PHONE: &str = "+77019998871";
const NEW_PHONE: &str = "+77019998872";
const WORDS: &str = "менің канареечкам";
const REFERENCE: &str = "КАН-424242";

/// Whoever is looked for.
struct Birds {
    parent: String,
    child: String,
    other: String,
}

impl Birds {
    fn new() -> Self {
        let number = |n| fixtures::iin(n).as_str().to_owned();
        Self { parent: number(876_543), child: number(876_544), other: number(876_545) }
    }

    fn all(&self) -> Vec<&str> {
        let words = ["Канарейк", "Сарыала", "Канареечн", "канареечк", "7019998871", "7019998872", "КАН-424242"];
        words.into_iter().chain([self.parent.as_str(), &self.child, &self.other]).collect()
    }

    fn none_in(&self, what: &str, text: &str) {
        for bird in self.all() {
            assert!(!text.contains(bird), "{bird} is in {what}: {text}");
        }
    }

    fn application(&self, child: &str, garden: Bin, benefit: u8) -> Value {
        json!({
            "applicant": {"iin": self.parent, "fullName": NAME, "address": ADDRESS, "phone": PHONE},
            "child": {"iin": child, "fullName": NAME, "birthDate": "2022-05-14"},
            "settlement": "750000000", "language": "kk", "organisations": [garden.as_str()], "benefit": benefit,
            "documents": [{"kind": "identity", "issuedOn": "2026-01-05", "reference": REFERENCE}], "consent": true
        })
    }

    /// Everything that isn't a bird's business, in one value.
    fn flock(&self) -> Value {
        json!({NAME: [self.child, {PHONE: ADDRESS}], self.parent.clone(): WORDS})
    }
}

struct Story {
    world: World,
    birds: Birds,
    garden: Bin,
    parent: String,
    /// The functions in the frame that they have on Lambda.
    functions: Arc<Functions>,
}

impl Story {
    async fn open() -> Self {
        let birds = Birds::new();
        capture::listen(&birds.all());
        let world = World::at(MONDAY).await;
        let garden = world.open(1).await;
        let parent = world.token_of(json!({"scope": "applicant", "iin": birds.parent})).await;
        let local = &world.local;
        let register = SimulatedRegister::new(Arc::clone(local.aws()), local.app().keys.clone());
        let signatures = local.signatures().clone();
        let functions = Functions::new(local.app().clone(), local.aws(), local.base_url(), register, signatures);
        Self { world, birds, garden, parent, functions: Arc::new(functions) }
    }

    async fn call(&self, method: &str, path: &str, token: &str, body: &Value) -> (u16, Value) {
        let answer = self.world.call(method, path, token, body).await;
        (answer.status, answer.json())
    }

    /// The good ways: all that is personal is given where it belongs.
    async fn good(&self) {
        let Self { world, birds, garden, parent, .. } = self;
        let told = json!({"iin": birds.child, "benefits": [10], "mode": "contradictory"});
        world.local.tell_register(&serde_json::from_value(told).expect("told")).await.expect("told");
        let request = Request::new("POST", "/v1/applications").bearer(parent).header("idempotency-key", &birds.child);
        let made = world.send(request.json(&birds.application(&birds.child, *garden, 10))).await;
        assert_eq!(made.status, 201, "{}", made.json());
        let id = made.json()["id"].as_str().expect("an id").to_owned();
        let path = format!("/v1/applications/{id}");
        let phone =
            Request::new("PATCH", &path).bearer(parent).header("if-match", "*").json(&json!({"phone": NEW_PHONE}));
        assert_eq!(world.send(phone).await.status, 200);
        // The registers' time goes by: then it is an officer's to decide (P6.b).
        world.to("2026-01-14T05:00:00.000Z").await;
        let officer = world.officer().await;
        let decision = json!({"decision": "confirm", "note": WORDS});
        let decided =
            self.call("POST", &format!("/v1/workplace/applications/{id}/decision"), &officer, &decision).await;
        assert_eq!(decided.0, 200, "{}", decided.1);
        let complaint = json!({"about": "provider", "settlement": "750000000", "addressee": "provider",
            "text": format!("{WORDS}: {NAME}, {}, {PHONE}", birds.child)});
        let filed = self.call("POST", "/v1/complaints", parent, &complaint).await;
        assert_eq!(filed.0, 201, "{}", filed.1);
        let complaint = format!("/v1/workplace/complaints/{}/state", filed.1["id"].as_str().expect("an id"));
        let state = json!({"state": "in-review"});
        let moved = Request::new("POST", &complaint).bearer(&officer).header("if-match", "*").json(&state);
        assert_eq!(world.send(moved).await.status, 200);
        let answer = json!({"state": "answered", "answer": format!("{NAME}, {WORDS}")});
        let answered = Request::new("POST", &complaint).bearer(&officer).header("if-match", "*").json(&answer);
        assert_eq!(world.send(answered).await.status, 200);
        world.bulletin("b-1", *garden, 2, 2022).await;
        let organisation = world.organisation(*garden).await;
        let vacancies = format!("/v1/organisations/{garden}/vacancies");
        let listed = self.call("GET", &vacancies, &organisation, &Value::Null).await.1;
        let open = listed["items"].as_array().expect("items").iter().find(|item| item["status"] == "open");
        let seat = open.expect("an open seat")["id"].as_str().expect("an id").to_owned();
        let reason = json!({"reason": format!("{NAME} {WORDS} {}", birds.child)});
        let withdrawn = self.call("POST", &format!("{vacancies}/{seat}/withdrawal"), &organisation, &reason).await;
        assert_eq!(withdrawn.0, 200, "{}", withdrawn.1);
        world.to("2026-01-20T05:00:00.000Z").await;
    }

    /// Bodies, paths, queries and headers that are wrong, each with a bird where something else is meant.
    async fn bad_requests(&self) {
        let Self { world, birds, garden, parent, .. } = self;
        let good = birds.application(&birds.other, *garden, 13);
        for field in good.as_object().expect("fields").keys() {
            for wrong in
                [json!(NAME), json!(birds.child.parse::<u64>().expect("digits")), birds.flock(), json!([NAME, PHONE])]
            {
                let mut body = good.clone();
                body[field] = wrong;
                let (status, answer) = self.call("POST", "/v1/applications", parent, &body).await;
                assert!(matches!(status, 400 | 422), "{field}: {status} {answer}");
            }
        }
        let mut unknown = good.clone();
        unknown[NAME] = json!(birds.child);
        unknown["child"][birds.child.as_str()] = json!(PHONE);
        assert!(self.call("POST", "/v1/applications", parent, &unknown).await.0 >= 400);
        let text = good.to_string();
        for body in [text[..200].to_owned(), format!("{text}{text}"), NAME.to_owned(), format!("\"{}\"", birds.child)] {
            let request =
                Request::new("POST", "/v1/applications").bearer(parent).header("content-type", "application/json");
            let answer = world.send(Request { body: body.into_bytes(), ..request }).await;
            assert_eq!(answer.status, 400, "{}", answer.json());
        }
        for path in [
            format!("/v1/applications/{}", birds.child),
            format!("/v1/queues/{}?birthYear={}&language={NAME}", birds.child, birds.child),
            format!("/v1/queues/{garden}?birthYear=2022&language=kk&cursor={}&limit={}", birds.child, birds.parent),
            format!("/v1/organisations?settlement={}", birds.child),
            format!("/v1/{}/{NAME}", birds.child),
            format!("/v1/complaints/{}", birds.child),
        ] {
            let status = self.call("GET", &path, parent, &Value::Null).await.0;
            assert!((400..500).contains(&status), "{path}: {status}");
        }
        let odd = Request::new("POST", "/v1/applications").bearer(parent).header("content-type", NAME);
        let odd = odd.header("idempotency-key", &birds.child.repeat(40)).header("accept-language", NAME);
        assert_eq!(world.send(odd.header("x-amzn-trace-id", &birds.child)).await.status, 415);
        for (method, path, body) in [
            ("POST", format!("/v1/workplace/applications/{}/decision", birds.child), birds.flock()),
            ("PUT", format!("/v1/workplace/organisations/{}", birds.child), birds.flock()),
            ("PUT", "/v1/workplace/calendar/2027".to_owned(), birds.flock()),
            ("PUT", "/v1/workplace/policies/order-133".to_owned(), birds.flock()),
            ("PUT", format!("/v1/workplace/policies/{}", birds.child), json!(NAME)),
        ] {
            let officer = world.officer().await;
            let status = self.call(method, &path, &officer, &body).await.0;
            assert!((400..500).contains(&status), "{path}: {status}");
        }
    }

    /// Tokens that say whose they would be, if they were any.
    async fn forged_tokens(&self) {
        use data_encoding::BASE64URL_NOPAD;
        let part = |value: &Value| BASE64URL_NOPAD.encode(value.to_string().as_bytes());
        let claims =
            json!({"iss": NAME, "aud": self.birds.child, "iin": self.birds.child, "exp": "soon", "scope": WORDS});
        let headers = [
            json!({"alg": self.birds.child}),
            json!({"alg": "none", "kid": NAME}),
            json!({"alg": "RS256", "kid": self.birds.child, "typ": NAME}),
            json!({"alg": "RS256", "kid": "local-1", "typ": WORDS}),
            json!({"alg": "RS256", "kid": "local-1", "crit": NAME}),
        ];
        let payload = part(&claims);
        capture::listen(&[&payload]);
        for header in headers {
            let token = format!("{}.{payload}.{}", part(&header), BASE64URL_NOPAD.encode(NAME.as_bytes()));
            assert_eq!(self.call("POST", "/v1/applications", &token, &Value::Null).await.0, 401);
        }
        assert_eq!(self.call("POST", "/v1/applications", &self.birds.child, &Value::Null).await.0, 401);
        assert_eq!(capture::lines_with(&payload), Vec::<String>::new(), "no part of a token is logged");
    }

    /// Messages that are no bulletins, or bulletins with birds in them.
    async fn bad_bulletins(&self) {
        let Self { world, birds, garden, .. } = self;
        let good = fixtures::bulletin("b-2", *garden, &world.now(), 1, 2022);
        let post = async |text: &str| world.local.bulletin(text).await.expect("the queue takes it");
        for text in [NAME, &birds.child, "{\"applicant\":", &birds.flock().to_string(), &format!("[\"{NAME}\"]")] {
            post(text).await;
        }
        for field in good.as_object().expect("fields").keys() {
            let mut body = good.clone();
            body[field] = birds.flock();
            body["bulletinId"] = if field == "bulletinId" { body[field].clone() } else { json!(format!("b-{field}")) };
            post(&body.to_string()).await;
        }
        for field in good["lines"][0].as_object().expect("fields").keys() {
            let mut body = good.clone();
            body["lines"][0][field] = json!(NAME);
            body["lines"][0][NAME] = json!(birds.child);
            body["bulletinId"] = json!(format!("line-{field}"));
            post(&body.to_string()).await;
        }
        let wake =
            json!({"Records": [{"messageId": "1", "eventSource": "aws:sqs", "body": birds.flock().to_string()}]});
        let answer = self.functions.invoke(Function::Allocation, wake).await.expect("a batch");
        assert_eq!(answer["batchItemFailures"][0]["itemIdentifier"], "1");
    }

    /// Events of no kind that a function knows, and records that can't be read.
    async fn bad_events(&self) {
        let birds = &self.birds;
        let record = |body: &Value| {
            json!({"Records": [{"eventName": "INSERT", "eventSource": "aws:dynamodb", "dynamodb": {"SequenceNumber": "7",
                "NewImage": {"pk": {"S": "A#000102030405060708090a0b0c0d0e0f"}, "sk": {"S": "E#000001"},
                    "kind": {"S": "event"}, "verify": {"S": "1"}, "cid": {"S": NAME}, "tp": {"S": birds.child},
                    "body": {"S": body.to_string()}}}}]})
        };
        for function in Function::ALL {
            for event in [
                birds.flock(),
                json!({"sweep": NAME, "scheduledTime": birds.child}),
                json!({"requestContext": birds.flock(), "body": [NAME]}),
                json!({"Records": [{"eventSource": "aws:sqs", "body": [NAME], "messageId": {NAME: 1}}]}),
                record(&birds.flock()),
                record(&json!({"at": NAME, "facts": [{"what": birds.child}]})),
            ] {
                if let Err(error) = self.functions.invoke(function, event).await {
                    birds.none_in("an error", &format!("{error} {error:?}"));
                }
            }
        }
    }

    /// A stored file that isn't what it was.
    async fn corrupt_items(&self) {
        let store = self.world.local.store();
        let child = self.world.local.app().keys.person(&self.birds.other).current();
        let text = |text: &str| AttributeValue::S(text.to_owned());
        let put = store.client().put_item().table_name(store.table());
        let put = put.item("pk", text(&format!("P#{child}"))).item("sk", text("general")).item("kind", text("person"));
        put.item("live", text(NAME))
            .item("app", text(&self.birds.child))
            .item("file", text(PHONE))
            .send()
            .await
            .expect("put");
        let body = self.birds.application(&self.birds.other, self.garden, 13);
        let (status, answer) = self.call("POST", "/v1/applications", &self.parent, &body).await;
        assert_eq!(status, 500, "{answer}");
        self.birds.none_in("a problem", &answer.to_string());
    }

    /// Registers that are down, talk nonsense, or make a function panic.
    async fn bad_registers(&self) {
        let Self { world, birds, garden, .. } = self;
        let child = fixtures::iin(876_546).as_str().to_owned();
        let told = json!({"iin": child, "benefits": [10], "mode": "down"});
        world.local.tell_register(&serde_json::from_value(told).expect("told")).await.expect("told");
        let made = self.call("POST", "/v1/applications", &self.parent, &birds.application(&child, *garden, 10)).await;
        assert_eq!((made.0, made.1["status"].as_str()), (201, Some("verifying")), "{}", made.1);
        let id = made.1["id"].as_str().expect("an id").to_owned();
        let app = world.local.app().clone();

        let nonsense = format!("{{\"benefits\":[\"{}\",\"{NAME}\"]}}", birds.child);
        let answer = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{nonsense}", nonsense.len());
        let (url, _) = fixtures::service::once("/benefits", answer);
        let verification = Verification { app: app.clone(), register: HttpRegister::new(url) };
        let checked = document_verification::recheck(&verification, id.parse().expect("an id")).await;
        assert_eq!(checked.expect("a check"), Checked::Unclear);

        let body = json!({"at": world.now(), "policy": "order-133@1", "calendar": 1, "queues": [],
            "facts": [{"what": "verification-started", "by": "register", "dueAt": world.now()}]});
        let event = json!({"Records": [{"eventName": "INSERT", "eventSource": "aws:dynamodb", "dynamodb": {
            "SequenceNumber": "7", "NewImage": {"pk": {"S": format!("A#{id}")}, "sk": {"S": "E#000001"},
                "kind": {"S": "event"}, "body": {"S": body.to_string()}}}}]});
        let verification = Verification { app: app.clone(), register: Panicking };
        let invocation = Invocation { function: "document-verification", id: "panic-1".to_owned(), trace: None };
        let frame = serve(&app, &invocation, event, |event| document_verification::handle(&verification, event)).await;
        let error = frame.expect_err("the batch comes again");
        assert!(error.to_string().contains("panicked"), "{error}");
        birds.none_in("an error", &format!("{error} {error:?}"));
    }

    /// A request that makes its function panic is answered all the same.
    async fn panics(&self) {
        let app = self.world.local.app();
        let target = find("POST", "/v1/applications").expect("a route");
        let body = self.birds.application(&self.birds.child, self.garden, 13);
        let request = Request::new("POST", "/v1/applications").bearer(&self.parent).json(&body);
        let event = event(&request, &target.route, &target.parameters, self.world.local.now());
        let invocation = Invocation { function: "application-intake", id: "panic-2".to_owned(), trace: None };
        let panicking = async |event: Value| -> Result<Value, lambda_runtime::Error> { panic!("{}", event["body"]) };
        let answer = serve(app, &invocation, event, panicking).await.expect("an answer");
        assert_eq!(answer["statusCode"], 500);
        assert_eq!(answer["headers"]["content-type"], "application/problem+json");
        self.birds.none_in("a problem", &answer.to_string());
    }

    /// Everything that has come out.
    async fn found(&self) {
        let Self { world, birds, .. } = self;
        world.local.drain().await.expect("all comes to rest");
        let aws = world.local.aws();
        for event in world.local.events(100_000, 0).expect("events") {
            birds.none_in("an event", &format!("{event:?}"));
        }
        let mut letters = 0;
        for queue in ["bulletins-dead", "allocation-dead.fifo", "stream-dead", "schedules-dead"] {
            while let Some(message) = aws.receive(queue, 1).expect("a queue").pop() {
                birds.none_in(queue, &message.body);
                letters += 1;
            }
        }
        assert!(letters >= 5, "{letters} dead letters");
        let lines = world.local.app().metrics.take().lines("test", "all", world.local.now());
        assert!(lines.len() > 10, "{} lines of metrics", lines.len());
        lines.iter().for_each(|line| birds.none_in("a metric", line));
        assert!(capture::count() > 100, "the log is heard");
        for bird in birds.all() {
            assert_eq!(capture::lines_with(bird), Vec::<String>::new(), "{bird} is in the log");
        }
    }

    /// The keys of every item that was ever written, and all of it where no words of people belong.
    fn items(&self) {
        let (mut after, mut items) = (None, 0);
        loop {
            let batch = self.world.local.aws().stream_records(after.as_deref()).expect("the stream");
            for record in &batch.records {
                let image = &record["dynamodb"]["NewImage"];
                let part = |name: &str| image[name]["S"].as_str().unwrap_or_default().to_owned();
                let keys = ["pk", "sk", "gpk", "gsk"].map(part);
                self.birds.none_in("a key", &keys.join(" "));
                // The child's file and what is written in a complaint; a withdrawal's reason and a bad line's fields in the sender's words.
                let private = ["P#", "K#"].iter().any(|of| keys[0].starts_with(of))
                    || ["B#", "E#withdrawn#"].iter().any(|of| keys[1].starts_with(of));
                if !private {
                    self.birds.none_in("an item", &image.to_string());
                }
                items += 1;
            }
            if batch.records.is_empty() {
                break;
            }
            after = batch.checkpoint;
        }
        assert!(items > 20, "{items} items");
    }
}

/// A register that tells what it was asked, in the worst way.
struct Panicking;

impl StateRegister for Panicking {
    async fn benefits(&self, child_iin: &str) -> Result<Vec<u8>, RegisterError> {
        panic!("the register was asked for {child_iin}")
    }
}

#[tokio::test]
async fn no_canary_comes_out_whatever_way_it_goes_in() {
    let story = Story::open().await;
    story.good().await;
    story.bad_requests().await;
    story.forged_tokens().await;
    story.bad_bulletins().await;
    story.items();
    story.bad_events().await;
    story.bad_registers().await;
    story.corrupt_items().await;
    story.panics().await;
    story.found().await;
}
