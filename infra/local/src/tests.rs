//! The world as tests and people use it: restart, dead letters, registers that are down, reset, many at once.
//! Never here: the rules (the stories test them), or the in-process AWS by itself.

use std::{path::PathBuf, sync::Arc};

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use crate::{
    Local, Options,
    gateway::{Request, Response},
    keys::TokenRequest,
    register::{Mode, Told},
};

const START: &str = "2026-01-12T05:00:00.000Z";
const BIN: &str = "061211600012";

fn instant(text: &str) -> DateTime<Utc> {
    text.parse().expect("an instant")
}

async fn world(data: Option<PathBuf>, start: &str) -> Arc<Local> {
    let options = Options { data, port: 3000, start: Some(instant(start)), seed: Some(1), keep_config: None };
    Local::open(options).await.expect("a world")
}

/// A directory of its own for each test; what an earlier run left is removed.
fn directory(name: &str) -> PathBuf {
    let path = std::env::temp_dir().join(format!("kezek-local-{name}-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&path);
    path
}

/// An invented number with a good control digit (`K2`).
fn number(seed: u64) -> String {
    let sum = |digits: &[u32], shift: usize| {
        digits.iter().enumerate().map(|(i, digit)| digit * (((i + shift) % 11) as u32 + 1)).sum::<u32>() % 11
    };
    (0..)
        .find_map(|more| {
            let text = format!("{:011}", seed * 1_000 + more);
            let digits: Vec<u32> = text.chars().filter_map(|c| c.to_digit(10)).collect();
            let control = match sum(&digits, 0) {
                10 => sum(&digits, 2),
                first => first,
            };
            (control < 10).then(|| format!("{text}{control}"))
        })
        .expect("a number")
}

fn token(local: &Local, request: &TokenRequest) -> String {
    local.token(request).expect("a token")
}

fn officer(local: &Local) -> String {
    token(
        local,
        &TokenRequest { scope: "officer".to_owned(), territory: Some("75".to_owned()), ..TokenRequest::default() },
    )
}

fn applicant(local: &Local, n: u64) -> String {
    token(local, &TokenRequest { scope: "applicant".to_owned(), iin: Some(number(700 + n)), ..TokenRequest::default() })
}

async fn open_kindergarten(local: &Local) {
    let body = json!({"names": {"kk": "Үлгі", "ru": "Үлгі"}, "type": "kindergarten", "settlement": "750000000",
                      "languages": ["kk"], "streams": ["general"], "open": true});
    let request =
        Request::new("PUT", &format!("/v1/workplace/organisations/{BIN}")).bearer(&officer(local)).json(&body);
    let response = local.request(request).await;
    assert_eq!(response.status, 201, "{}", response.json());
}

fn application(local: &Local, n: u64, benefit: u8) -> Request {
    let body = json!({
        "applicant": {"iin": number(700 + n), "fullName": "Ата-ана Үлгі", "address": "Үлгі көшесі, 1", "phone": "+77010000000"},
        "child": {"iin": number(900 + n), "fullName": "Бала Үлгі", "birthDate": "2023-05-14"},
        "settlement": "750000000", "language": "kk", "organisations": [BIN], "benefit": benefit, "stream": "general",
        "notBefore": null, "relocation": false, "documents": [], "consent": true,
    });
    Request::new("POST", "/v1/applications").bearer(&applicant(local, n)).json(&body)
}

async fn submit(local: &Local, n: u64, benefit: u8) -> Value {
    let response = local.request(application(local, n, benefit)).await;
    assert_eq!(response.status, 201, "{}", response.json());
    response.json()
}

async fn read(local: &Local, n: u64, id: &Value) -> Value {
    let path = format!("/v1/applications/{}", id.as_str().expect("an id"));
    local.request(Request::new("GET", &path).bearer(&applicant(local, n))).await.json()
}

#[tokio::test]
async fn a_restart_keeps_clock_tokens_and_data() {
    let data = directory("restart");
    let first = world(Some(data.clone()), START).await;
    open_kindergarten(&first).await;
    let id = submit(&first, 1, 13).await["id"].clone();
    assert_eq!(first.now(), instant("2026-01-12T05:00:00.001Z"), "a submission moves the clock");
    first.travel(instant("2026-02-01T00:00:00.000Z")).await.expect("a move");
    let kept = applicant(&first, 1);
    let busy = Local::open(Options { data: Some(data.clone()), ..Options::default() }).await;
    assert!(busy.is_err(), "two processes on one base");
    drop(first);

    let second = world(Some(data.clone()), "2030-01-01T00:00:00.000Z").await;
    assert_eq!(second.now(), instant("2026-02-01T00:00:00.000Z"), "a base keeps its own clock");
    let path = format!("/v1/applications/{}", id.as_str().expect("an id"));
    let response = second.request(Request::new("GET", &path).bearer(&kept)).await;
    assert_eq!((response.status, response.json()["status"].as_str()), (200, Some("queued")));
    let before = second.travel(instant(START)).await;
    assert!(matches!(before, Err(crate::Error::Past { .. })), "forward only");
    drop(second);
    std::fs::remove_dir_all(data).expect("a directory");
}

#[tokio::test]
async fn what_cannot_be_read_is_a_dead_letter_before_the_sender_knows() {
    let local = world(None, START).await;
    local.bulletin("no bulletin at all").await.expect("a message");
    let depth = |queue: &str| local.aws().depth(queue).expect("a queue").total();
    assert_eq!((depth("bulletins"), depth("bulletins-dead")), (0, 1));
}

#[tokio::test]
async fn a_register_that_is_down_is_asked_again() {
    let local = world(None, START).await;
    open_kindergarten(&local).await;
    let told = |mode| Told { iin: Some(number(902)), benefits: Some(vec![10]), mode };
    local.tell_register(&told(Mode::Down)).await.expect("told");
    let id = submit(&local, 2, 10).await["id"].clone();
    assert_eq!(read(&local, 2, &id).await["status"], "verifying", "P6.b: nobody is refused because a register is down");
    local.travel(instant("2026-01-12T07:30:00.000Z")).await.expect("a move");
    assert_eq!(read(&local, 2, &id).await["status"], "verifying");
    local.tell_register(&told(Mode::Ok)).await.expect("told");
    assert_eq!(read(&local, 2, &id).await["status"], "queued");
}

#[tokio::test]
async fn an_emptied_base_starts_again() {
    let local = world(None, START).await;
    for _ in 0..2 {
        open_kindergarten(&local).await;
        let answer = submit(&local, 3, 13).await;
        assert_eq!((&answer["submittedAt"], &answer["entries"][0]["number"]), (&json!(START), &json!(1)));
        let id: kezek_rules::ids::ApplicationId = answer["id"].as_str().and_then(|id| id.parse().ok()).expect("an id");
        assert_eq!(local.notices(id).await.expect("notices").len(), 1);
        assert!(!local.events(10, 0).expect("events").is_empty());
        local.reset().await.expect("a reset");
        assert_eq!(local.now(), instant(START));
        assert!(local.notices(id).await.expect("notices").is_empty());
        assert!(local.events(10, 0).expect("events").is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn twenty_at_once_each_get_an_instant_of_their_own() {
    let local = world(None, START).await;
    open_kindergarten(&local).await;
    let all: Vec<_> = (10..30)
        .map(|n| {
            let (local, request) = (Arc::clone(&local), application(&local, n, 13));
            tokio::spawn(async move { local.request(request).await })
        })
        .collect();
    let mut instants = Vec::new();
    for one in all {
        let response: Response = one.await.expect("an answer");
        assert_eq!(response.status, 201, "{}", response.json());
        instants.push(response.json()["submittedAt"].as_str().expect("an instant").to_owned());
    }
    instants.sort();
    instants.dedup();
    assert_eq!(instants.len(), 20);
    let queue = local.request(Request::new("GET", &format!("/v1/queues/{BIN}?birthYear=2023&language=kk"))).await;
    assert_eq!(queue.json()["entries"].as_array().map(Vec::len), Some(20), "{}", queue.json());
}

#[tokio::test]
async fn an_unknown_path_is_the_gateways_own_answer() {
    let local = world(None, START).await;
    let response = local.request(Request::new("GET", "/v1/nothing")).await;
    assert_eq!((response.status, response.json()), (404, json!({"message": "Not Found"})));
}
