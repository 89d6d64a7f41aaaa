//! The in-process AWS through the real SDK clients, with a clock that only the test moves.
//! Never here: the queue contract's content (`sqs_contract`).

use std::{
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use aws_sdk_dynamodb::{
    Client,
    operation::create_table::builders::CreateTableInputBuilder,
    types::{
        AttributeDefinition, AttributeValue, BillingMode, KeySchemaElement, KeyType, Put, ScalarAttributeType,
        StreamSpecification, StreamViewType, TransactWriteItem,
    },
};
use aws_sdk_eventbridge::types::PutEventsRequestEntry;
use aws_sdk_sqs::types::QueueAttributeName;
use serde_json::json;

use super::{Aws, Options, QueueSpec, instant, sqs_contract};

/// 2026-01-12T05:00:00Z.
const START_MS: u64 = 1_768_194_000_000;

#[derive(Clone)]
struct Clock(Arc<AtomicU64>);

impl Clock {
    fn pass(&self, time: Duration) {
        self.0.fetch_add(u64::try_from(time.as_millis()).expect("fits"), Ordering::SeqCst);
    }
}

fn open(path: Option<&Path>) -> (Arc<Aws>, Clock) {
    let clock = Clock(Arc::new(AtomicU64::new(START_MS)));
    (open_at(path, &clock), clock)
}

fn open_at(path: Option<&Path>, clock: &Clock) -> Arc<Aws> {
    let queue = |name: &str, dead: Option<&str>| QueueSpec {
        name: name.to_owned(),
        fifo: name.ends_with(".fifo"),
        dead_letter: dead.map(|dead| (dead.to_owned(), 2)),
        visibility_seconds: 30,
    };
    let now = clock.0.clone();
    Aws::open(Options {
        path: path.map(Path::to_path_buf),
        base_url: "http://127.0.0.1:3000".to_owned(),
        queues: vec![
            queue("bulletins", Some("bulletins-dead")),
            queue("bulletins-dead", None),
            queue("allocation.fifo", Some("allocation-dead.fifo")),
            queue("allocation-dead.fifo", None),
        ],
        clock: Arc::new(move || instant(now.load(Ordering::SeqCst))),
    })
    .expect("opens")
}

/// A directory that is gone when the test is over.
struct Directory(PathBuf);

impl Directory {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("kezek-aws-{name}-{}", std::process::id()));
        std::fs::remove_dir_all(&path).ok();
        Self(path)
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.0).ok();
    }
}

fn definition() -> CreateTableInputBuilder {
    let key =
        |name: &str, kind| KeySchemaElement::builder().attribute_name(name).key_type(kind).build().expect("complete");
    let text = |name: &str| {
        let builder = AttributeDefinition::builder().attribute_name(name).attribute_type(ScalarAttributeType::S);
        builder.build().expect("complete")
    };
    let images = StreamSpecification::builder().stream_enabled(true).stream_view_type(StreamViewType::NewAndOldImages);
    CreateTableInputBuilder::default()
        .billing_mode(BillingMode::PayPerRequest)
        .attribute_definitions(text("pk"))
        .attribute_definitions(text("sk"))
        .key_schema(key("pk", KeyType::Hash))
        .key_schema(key("sk", KeyType::Range))
        .stream_specification(images.build().expect("complete"))
}

fn s(value: &str) -> AttributeValue {
    AttributeValue::S(value.to_owned())
}

async fn put(client: &Client, sk: &str, value: &str) {
    let call = client.put_item().table_name("kezek").item("pk", s("P")).item("sk", s(sk)).item("v", s(value));
    call.send().await.expect("put");
}

#[tokio::test]
async fn conditions_and_cancellations_arrive_typed() {
    let (aws, _) = open(None);
    assert!(aws.ensure_table("kezek", definition().build().expect("complete")).await.expect("created"));
    assert!(!aws.ensure_table("kezek", definition().build().expect("complete")).await.expect("there"));
    let client = aws.dynamodb();
    put(&client, "1", "a").await;
    let got = client.get_item().table_name("kezek").key("pk", s("P")).key("sk", s("1")).send().await.expect("get");
    assert_eq!(got.item().and_then(|item| item.get("v")), Some(&s("a")));
    let again = client.put_item().table_name("kezek").item("pk", s("P")).item("sk", s("1"));
    let again = again.condition_expression("attribute_not_exists(pk)").send().await;
    assert!(again.unwrap_err().into_service_error().is_conditional_check_failed_exception());
    let write = |sk: &str| {
        let put = Put::builder().table_name("kezek").item("pk", s("P")).item("sk", s(sk));
        TransactWriteItem::builder()
            .put(put.condition_expression("attribute_not_exists(pk)").build().expect("complete"))
            .build()
    };
    let both = client.transact_write_items().transact_items(write("2")).transact_items(write("1")).send().await;
    let both = both.unwrap_err().into_service_error();
    let aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError::TransactionCanceledException(
        reasons,
    ) = both
    else {
        panic!("{both:?}");
    };
    let codes: Vec<_> = reasons.cancellation_reasons().iter().map(|reason| reason.code().unwrap_or_default()).collect();
    assert_eq!(codes, ["None", "ConditionalCheckFailed"]);
    #[expect(clippy::disallowed_methods, reason = "the proof that nobody is served a scan")]
    let scan = client.scan().table_name("kezek").send().await;
    assert!(scan.is_err(), "nobody may Scan");
}

#[tokio::test]
async fn a_transaction_token_writes_once() {
    let (aws, clock) = open(None);
    aws.ensure_table("kezek", definition().build().expect("complete")).await.expect("created");
    let client = aws.dynamodb();
    let once = async |token: &str, sk: &str| {
        let put = Put::builder().table_name("kezek").item("pk", s("P")).item("sk", s(sk));
        let item = TransactWriteItem::builder()
            .put(put.condition_expression("attribute_not_exists(pk)").build().expect("complete"));
        client.transact_write_items().client_request_token(token).transact_items(item.build()).send().await
    };
    once("t", "1").await.expect("written");
    once("t", "1").await.expect("replayed");
    assert!(once("t", "2").await.unwrap_err().into_service_error().is_idempotent_parameter_mismatch_exception());
    clock.pass(Duration::from_secs(601));
    assert!(once("t", "1").await.unwrap_err().into_service_error().is_transaction_canceled_exception());
}

#[tokio::test]
async fn the_stream_goes_on_after_a_restart_and_a_trim() {
    let directory = Directory::new("stream");
    let (aws, clock) = open(Some(&directory.0));
    aws.ensure_table("kezek", definition().build().expect("complete")).await.expect("created");
    assert_eq!(aws.stream_records(None).expect("empty").checkpoint, None);
    put(&aws.dynamodb(), "1", "a").await;
    put(&aws.dynamodb(), "1", "b").await;
    let first = aws.stream_records(None).expect("two");
    let event: aws_lambda_events::event::dynamodb::Event =
        serde_json::from_value(json!({"Records": first.records})).expect("the shape of a table event");
    let names: Vec<_> = event.records.iter().map(|record| record.event_name.as_str()).collect();
    assert_eq!(names, ["INSERT", "MODIFY"]);
    assert_eq!(first.records[1]["dynamodb"]["OldImage"]["v"], json!({"S": "a"}));
    assert_eq!(first.records[1]["dynamodb"]["NewImage"]["v"], json!({"S": "b"}));
    assert_eq!(event.records[0].change.approximate_creation_date_time.timestamp_millis(), START_MS as i64);
    put(&aws.dynamodb(), "2", "c").await;
    drop(aws);

    let aws = open_at(Some(&directory.0), &clock);
    let second = aws.stream_records(first.checkpoint.as_deref()).expect("one");
    assert_eq!(second.records.len(), 1);
    let kept = second.checkpoint.expect("a checkpoint");
    assert_eq!(aws.trim_stream(&kept).expect("trims"), 2);
    // The clock stands still: the next number must still be above the checkpoint.
    put(&aws.dynamodb(), "3", "d").await;
    let third = aws.stream_records(Some(&kept)).expect("one");
    assert_eq!(third.records.len(), 1);
    assert_eq!(aws.stream_records(third.checkpoint.as_deref()).expect("none").checkpoint, third.checkpoint);
    assert!(aws.trim_stream("nonsense").is_err());
}

#[tokio::test]
async fn a_stream_call_is_bounded() {
    let (aws, _) = open(None);
    aws.ensure_table("kezek", definition().build().expect("complete")).await.expect("created");
    for n in 0..130 {
        put(&aws.dynamodb(), &n.to_string(), "x").await;
    }
    let first = aws.stream_records(None).expect("a page");
    let second = aws.stream_records(first.checkpoint.as_deref()).expect("the rest");
    assert_eq!((first.records.len(), second.records.len()), (100, 30));
}

/// The same of another server, whose address is given; in real time, so with short time-outs.
#[tokio::test]
#[ignore = "needs a server: SQS_CONTRACT_ENDPOINT"]
async fn another_servers_queues_keep_the_contract() {
    #[expect(clippy::disallowed_methods, reason = "a test that is told where to look")]
    let endpoint = std::env::var("SQS_CONTRACT_ENDPOINT").expect("SQS_CONTRACT_ENDPOINT");
    let client = another_sqs(&endpoint);
    let made = async |name: &str, attributes: Vec<(QueueAttributeName, String)>| {
        let call = client.create_queue().queue_name(name).set_attributes(Some(attributes.into_iter().collect()));
        call.send().await.expect("a queue").queue_url.expect("its address")
    };
    let timeout = (QueueAttributeName::VisibilityTimeout, "2".to_owned());
    let dead = made("contract-dead", vec![timeout.clone()]).await;
    let wanted = client.get_queue_attributes().queue_url(&dead).attribute_names(QueueAttributeName::QueueArn);
    let arn = wanted.send().await.expect("attributes").attributes.unwrap_or_default();
    let redrive = json!({"deadLetterTargetArn": arn[&QueueAttributeName::QueueArn], "maxReceiveCount": 2}).to_string();
    let standard = made("contract", vec![timeout.clone(), (QueueAttributeName::RedrivePolicy, redrive)]).await;
    let fifo = made("contract.fifo", vec![timeout, (QueueAttributeName::FifoQueue, "true".to_owned())]).await;
    let queues = sqs_contract::Queues {
        standard,
        dead,
        fifo,
        timeout: Duration::from_secs(2),
        forgets: false,
        takes_old_receipts: false,
    };
    #[expect(clippy::disallowed_methods, reason = "another server's clock can't be moved")]
    sqs_contract::contract(&client, &queues, async |time| tokio::time::sleep(time).await).await;
}

fn another_sqs(endpoint: &str) -> aws_sdk_sqs::Client {
    let keys = aws_credential_types::Credentials::new("test", "test", None, None, "contract");
    let config = aws_sdk_sqs::Config::builder()
        .behavior_version_latest()
        .region(aws_sdk_sqs::config::Region::new(super::REGION))
        .credentials_provider(keys)
        .endpoint_url(endpoint)
        .build();
    aws_sdk_sqs::Client::from_conf(config)
}

#[tokio::test]
async fn our_queues_keep_the_contract() {
    let (aws, clock) = open(None);
    let queues = sqs_contract::Queues {
        standard: aws.queue_url("bulletins"),
        dead: aws.queue_url("bulletins-dead"),
        fifo: aws.queue_url("allocation.fifo"),
        timeout: Duration::from_secs(30),
        forgets: true,
        takes_old_receipts: true,
    };
    sqs_contract::contract(&aws.sqs(), &queues, async |time| clock.pass(time)).await;
    for queue in ["bulletins", "bulletins-dead", "allocation.fifo"] {
        assert_eq!(aws.depth(queue).expect("a queue").total(), 0, "{queue}");
    }
}

#[tokio::test]
async fn messages_and_settings_survive_a_restart() {
    let directory = Directory::new("restart");
    let (aws, clock) = open(Some(&directory.0));
    aws.send("bulletins", "kept", None).expect("sent");
    aws.send("allocation.fifo", "kept too", Some(("g", "d"))).expect("sent");
    aws.local_put("clock", &json!({"at": 5})).expect("put");
    assert_eq!(aws.receive("bulletins", 10).expect("one").len(), 1);
    drop(aws);
    let aws = open_at(Some(&directory.0), &clock);
    assert_eq!(aws.local_get::<serde_json::Value>("clock").expect("get"), Some(json!({"at": 5})));
    assert!(aws.receive("bulletins", 10).expect("none").is_empty(), "still in flight");
    assert_eq!(aws.next_visible_at("bulletins").expect("a queue"), Some(instant(START_MS + 30_000)));
    clock.pass(Duration::from_secs(30));
    let message = aws.receive("bulletins", 10).expect("one").remove(0);
    assert_eq!((message.body.as_str(), message.receive_count), ("kept", 2));
    let event: aws_lambda_events::event::sqs::SqsEvent =
        serde_json::from_value(json!({"Records": [message.event_record("bulletins")]}))
            .expect("the shape of a queue event");
    assert_eq!(event.records[0].body.as_deref(), Some("kept"));
    aws.delete("bulletins", &message.receipt).expect("deleted");
    assert_eq!(aws.next_visible_at("bulletins").expect("a queue"), None);
    assert_eq!(aws.receive("allocation.fifo", 1).expect("one")[0].group.as_deref(), Some("g"));
    aws.clear().expect("cleared");
    assert_eq!(aws.depth("allocation.fifo").expect("a queue").total(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_message_is_received_twice_at_once() {
    let (aws, _) = open(None);
    for n in 0..100 {
        aws.send("bulletins", &n.to_string(), None).expect("sent");
    }
    let takers = (0..8).map(|_| {
        let aws = aws.clone();
        tokio::spawn(async move {
            let mut mine = Vec::new();
            loop {
                let got = aws.receive("bulletins", 3).expect("received");
                if got.is_empty() {
                    return mine;
                }
                mine.extend(got.into_iter().map(|message| message.id));
            }
        })
    });
    let mut all = Vec::new();
    for taker in takers.collect::<Vec<_>>() {
        all.extend(taker.await.expect("ends"));
    }
    all.sort();
    all.dedup();
    assert_eq!(all.len(), 100);
}

#[tokio::test]
async fn a_fifo_group_goes_on_when_its_head_is_given_up() {
    let (aws, clock) = open(None);
    for body in ["bad", "good"] {
        aws.send("allocation.fifo", body, Some(("g", body))).expect("sent");
    }
    for _ in 0..2 {
        assert_eq!(aws.receive("allocation.fifo", 10).expect("one")[0].body, "bad");
        clock.pass(Duration::from_secs(30));
    }
    assert_eq!(aws.receive("allocation.fifo", 10).expect("one")[0].body, "good");
    let dead = aws.receive("allocation-dead.fifo", 10).expect("one").remove(0);
    assert_eq!((dead.body.as_str(), dead.dead_letter_source.as_deref()), ("bad", Some("allocation.fifo")));
}

#[tokio::test]
async fn an_event_put_twice_is_kept_once() {
    let (aws, _) = open(None);
    let client = aws.eventbridge();
    let send = async |detail: serde_json::Value| {
        let entry = PutEventsRequestEntry::builder().event_bus_name("kezek").source("kezek").detail_type("queued");
        client.put_events().entries(entry.detail(detail.to_string()).build()).send().await.expect("put")
    };
    let first = send(json!({"id": "e1", "data": 1})).await;
    let second = send(json!({"id": "e1", "data": 2})).await;
    assert_eq!(first.entries()[0].event_id(), second.entries()[0].event_id());
    send(json!({"id": "e2"})).await;
    assert_eq!(send(json!("no object")).await.failed_entry_count(), 1);
    let events = aws.events(10, 0).expect("listed");
    assert_eq!(
        events.iter().map(|event| event.detail["id"].as_str().unwrap_or_default()).collect::<Vec<_>>(),
        ["e1", "e2"]
    );
    assert_eq!(events[0].detail["data"], 1);
    assert_eq!(aws.events(10, events[0].position).expect("listed").len(), 1);
}

#[tokio::test]
async fn only_queues_are_served_outside_and_only_up_to_two_mebibytes() {
    let (aws, _) = open(None);
    let call = async |target: &str, body: String| {
        let request = axum::http::Request::post("/").header("x-amz-target", target).body(axum::body::Body::from(body));
        let response = super::sqs_http::serve(axum::extract::State(aws.clone()), request.expect("complete")).await;
        let code = response.headers().get("x-amzn-query-error").map(|code| code.to_str().expect("text").to_owned());
        (response.status().as_u16(), code.unwrap_or_default())
    };
    let body = json!({"QueueUrl": aws.queue_url("bulletins"), "MessageBody": "x"}).to_string();
    assert_eq!(call("AmazonSQS.SendMessage", body).await, (200, String::new()));
    assert_eq!(aws.depth("bulletins").expect("a queue").waiting, 1);
    assert_eq!(call("DynamoDB_20120810.GetItem", "{}".to_owned()).await.0, 404);
    let unknown = call("AmazonSQS.CreateQueue", "{}".to_owned()).await;
    assert_eq!(unknown, (400, "AWS.SimpleQueueService.UnsupportedOperation;Sender".to_owned()));
    assert_eq!(call("AmazonSQS.SendMessage", "x".repeat(2 * 1024 * 1024 + 1)).await.0, 413);
}
