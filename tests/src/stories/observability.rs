//! What an operator sees: one correlation id and one trace from a request to its event, to what that leads to, and to the notices; and
//! the figures of the business.

use kezek_local::gateway::Request;
use kezek_shell::metrics::Metric;
use kezek_store::Trace;
use serde_json::{Value, json};

use crate::world::{MONDAY, World, body};

const XRAY: &str = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1";
const TRACEPARENT: &str = "00-5759e988bd862e3fe1be46a994272793-53995c3f42cd8ad8-01";

/// The events published after a position, as they were put.
fn events(world: &World, after: u64) -> (Vec<Value>, u64) {
    let events = world.local.events(1_000, after).expect("events");
    let last = events.last().map_or(after, |event| event.position);
    (events.into_iter().map(|event| event.detail).collect(), last)
}

fn text<'a>(event: &'a Value, name: &str) -> &'a str {
    event[name].as_str().unwrap_or_default()
}

#[tokio::test]
async fn one_id_and_one_trace_lead_from_a_request_to_its_notices() {
    let world = World::at(MONDAY).await;
    let garden = world.open(1).await;
    let (_, before) = events(&world, 0);
    let token = world.applicant(kezek_fixtures::iin(1)).await;
    let submit = Request::new("POST", "/v1/applications").bearer(&token).header("x-amzn-trace-id", XRAY);
    let answer = world.send(submit.json(&body(1, "2022-05-14", &[garden], 13))).await;
    assert_eq!(answer.status, 201);
    let (of_submission, before) = events(&world, before);
    let kinds: Vec<&str> = of_submission.iter().map(|event| text(event, "type")).collect();
    assert_eq!(kinds, ["kezek.application.registered", "kezek.application.queued", "kezek.notice.registered"]);
    let correlation = text(&of_submission[0], "correlationid");
    assert!(correlation.starts_with("local-"), "the gateway's id: {correlation}");
    for event in &of_submission {
        assert_eq!(text(event, "correlationid"), correlation, "{event}");
        assert_eq!(text(event, "traceparent"), TRACEPARENT, "{event}");
    }

    // A bulletin's message leads to its event, by the queue to allocation, and to the offer with its notice.
    world.bulletin("b-1", garden, 1, 2022).await;
    let (of_bulletin, before) = events(&world, before);
    let kinds: Vec<&str> = of_bulletin.iter().map(|event| text(event, "type")).collect();
    assert_eq!(kinds, ["kezek.organisation.bulletin-taken", "kezek.application.offered", "kezek.notice.offer"]);
    let message = text(&of_bulletin[0], "correlationid");
    assert!(!message.is_empty() && message != correlation);
    assert!(of_bulletin.iter().all(|event| text(event, "correlationid") == message), "{of_bulletin:?}");

    // What a clock leads to belongs to the sweep that served it.
    world.to("2026-01-13T06:00:00.000Z").await;
    let (of_clock, _) = events(&world, before);
    assert!(of_clock.iter().all(|event| !text(event, "correlationid").is_empty()), "{of_clock:?}");
    assert!(of_clock.iter().any(|event| text(event, "type") == "kezek.notice.offer-reminder"), "{of_clock:?}");
}

#[tokio::test]
async fn the_registers_answer_belongs_to_the_submission() {
    let world = World::at(MONDAY).await;
    let garden = world.open(1).await;
    world.know(1, &[10], "ok").await;
    let (_, before) = events(&world, 0);
    world.submit(1, "2022-05-14", &[garden], 10).await;
    let (events, _) = events(&world, before);
    assert!(events.iter().any(|event| text(event, "type") == "kezek.application.queued"), "{events:?}");
    let first = text(&events[0], "correlationid").to_owned();
    assert!(!first.is_empty() && events.iter().all(|event| text(event, "correlationid") == first), "{events:?}");
}

#[tokio::test]
async fn a_callers_own_words_are_no_id_and_no_trace() {
    let world = World::at(MONDAY).await;
    let garden = world.open(1).await;
    let (_, before) = events(&world, 0);
    let token = world.applicant(kezek_fixtures::iin(1)).await;
    let submit = Request::new("POST", "/v1/applications").bearer(&token);
    let submit = submit.header("x-amzn-trace-id", "Root=000000000107").header("traceparent", "000000000107");
    let answer = world.send(submit.json(&body(1, "2022-05-14", &[garden], 13))).await;
    assert_eq!(answer.status, 201);
    let (events, _) = events(&world, before);
    assert!(!events.is_empty());
    for event in &events {
        let trace = text(event, "traceparent");
        assert!(Trace::from_traceparent(trace).is_some(), "{event}");
        assert_eq!(trace, text(&events[0], "traceparent"), "the invocation's own: {event}");
        assert!(!trace.contains("000000000107") && !text(event, "correlationid").contains("000000000107"), "{event}");
    }
}

#[tokio::test]
async fn what_the_business_does_is_counted() {
    let world = World::at(MONDAY).await;
    let metrics = world.local.app().metrics.clone();
    let sum = |metric: Metric, label: &str| metrics.sum(metric, label);
    let garden = world.open(1).await;
    world.know(1, &[10], "ok").await;
    let parent = world.submit(1, "2022-05-14", &[garden], 10).await;
    assert_eq!((sum(Metric::Steps, "registered"), sum(Metric::Steps, "queued")), (1.0, 1.0));
    assert_eq!(sum(Metric::RegisterChecks, "confirmed"), 1.0);
    let again = world.call("POST", "/v1/applications", &parent.token, &body(1, "2022-05-14", &[garden], 13)).await;
    assert_eq!((again.status, sum(Metric::Refusals, "K1")), (422, 1.0));
    world.call("GET", "/v1/workplace/tasks", "no.token.this", &Value::Null).await;
    assert_eq!(sum(Metric::TokensRefused, "malformed"), 1.0);
    let mut bulletin = kezek_fixtures::bulletin("b-1", garden, &world.now(), 1, 2022);
    let mut bad = bulletin["lines"][0].clone();
    (bad["line"], bad["count"]) = (json!(2), json!(0));
    bulletin["lines"].as_array_mut().expect("lines").push(bad);
    world.post(&bulletin).await;
    assert_eq!((sum(Metric::BulletinLines, "taken"), sum(Metric::BulletinLines, "refused")), (1.0, 1.0));
    assert_eq!(sum(Metric::Steps, "offered"), 1.0);
    world.to("2026-01-15T05:00:00.000Z").await;
    assert_eq!(sum(Metric::Steps, "reminded"), 1.0);
    assert_eq!((sum(Metric::OffersOverdue, ""), sum(Metric::DueItemsFailed, "")), (0.0, 0.0), "nothing was late");
    assert_eq!((sum(Metric::Panics, ""), sum(Metric::Failures, "")), (0.0, 0.0));
}

/// A decision that no officer makes is overdue, and for how long is measured each hour (`P6.a`).
#[tokio::test]
async fn p6a_the_oldest_undecided_task_is_measured() {
    let world = World::at(MONDAY).await;
    let garden = world.open(1).await;
    world.submit(1, "2022-05-14", &[garden], 1).await;
    let metrics = world.local.app().metrics.clone();
    let measured = async |at: &str| {
        let _ = metrics.take();
        let sweep = json!({"sweep": "overdue", "scheduledTime": at});
        expiry_sweep::handle(world.local.app(), sweep).await.expect("a sweep");
        (metrics.sum(Metric::TasksOverdue, ""), metrics.sum(Metric::OldestTaskSeconds, ""))
    };
    assert_eq!(measured("2026-01-12T06:00:00.000Z").await, (0.0, 0.0));
    world.to("2026-01-14T13:30:00.000Z").await;
    let (overdue, seconds) = measured("2026-01-14T14:00:00.000Z").await;
    assert_eq!(overdue, 1.0);
    assert!(seconds >= 1_800.0, "{seconds}");
    assert_eq!(measured("2026-01-14T15:00:00.000Z").await, (1.0, seconds + 3_600.0));
}
