//! Races and repetitions: what comes twice, late or at the same time changes nothing twice.

use std::sync::Arc;

use kezek_local::gateway::Request;
use kezek_store::LineOutcome;
use serde_json::json;

use crate::world::{MONDAY, World, body};

/// `P17.1`: the same bulletin sent three times makes its vacancies once.
#[tokio::test]
async fn p17_1_a_bulletin_sent_three_times_makes_its_vacancies_once() {
    let world = World::at(MONDAY).await;
    let garden = world.open(1).await;
    let now = world.now();
    for _ in 0..3 {
        world.post(&kezek_fixtures::bulletin("b-1", garden, &now, 3, 2022)).await;
    }
    assert_eq!(world.vacancies(garden).await, ["open", "open", "open"]);
    world.again_is_a_no_op().await;
}

/// `K4`: twenty allocations of one seat at the same time give it to one child.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn k4_twenty_concurrent_allocations_give_a_seat_to_one_child() {
    let world = World::at(MONDAY).await;
    let garden = world.open(1).await;
    let mut parents = Vec::new();
    for n in 1..=25 {
        parents.push(world.submit(n, "2022-05-14", &[garden], 13).await);
    }
    let app = world.local.app().clone();
    // The seat is made without anyone being woken: the racers are the ones who serve it.
    let bulletin = kezek_fixtures::bulletin("b-1", garden, &world.now(), 1, 2022);
    let event = json!({"Records": [{"messageId": "1", "eventSource": "aws:sqs", "body": bulletin.to_string()}]});
    vacancy_ingestion::handle(&world.ingestion(), event).await.expect("a bulletin is taken");
    let racers = (0..20).map(|_| {
        let app = app.clone();
        tokio::spawn(async move { allocation::serve_organisation(&app, garden).await })
    });
    let racers: Vec<_> = racers.collect();
    let mut offers = 0;
    for racer in racers {
        offers += racer.await.expect("no panic").expect("no failure").offers;
    }
    assert_eq!(offers, 1);
    world.local.drain().await.expect("streams and queues come to rest");
    let mut holders = Vec::new();
    for parent in &parents {
        if world.open_offer(parent).await.is_some() {
            holders.push(parent.id.clone());
        }
    }
    assert_eq!(holders, [parents[0].id.clone()], "the one standing first");
    world.again_is_a_no_op().await;
}

/// A request repeated with its `Idempotency-Key`, twenty times at once, makes one application.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn k1_a_repeated_submission_makes_one_application() {
    let world = World::at(MONDAY).await;
    let (garden, other) = (world.open(1).await, world.open(2).await);
    let token = world.applicant(kezek_fixtures::iin(1)).await;
    let body = body(1, "2022-05-14", &[garden, other], 13);
    let request = Request::new("POST", "/v1/applications").bearer(&token).header("idempotency-key", "one").json(&body);
    let racers: Vec<_> = (0..20).map(|_| world.racing(&request)).collect();
    let mut answers = Vec::new();
    for racer in racers {
        let answer = racer.await.expect("no panic");
        assert_eq!(answer.status, 201, "{}", answer.json());
        answers.push(answer.json());
    }
    assert!(answers.iter().all(|answer| *answer == answers[0]), "the same request, the same answer");
    world.local.drain().await.expect("streams and queues come to rest");
    let other_body = crate::world::body(1, "2022-05-15", &[garden], 13);
    let request =
        Request::new("POST", "/v1/applications").bearer(&token).header("idempotency-key", "one").json(&other_body);
    assert_eq!(world.send(request).await.status, 422);
    world.again_is_a_no_op().await;
}

/// Twenty families submit to the same two queues at once: each gets a number of its own.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn p10_b_concurrent_submissions_get_numbers_of_their_own() {
    let world = Arc::new(World::at(MONDAY).await);
    let (garden, other) = (world.open(1).await, world.open(2).await);
    let racers: Vec<_> = (1..=20)
        .map(|n| {
            let world = Arc::clone(&world);
            tokio::spawn(async move { world.submit(n, "2022-05-14", &[garden, other], 13).await })
        })
        .collect();
    let mut numbers = Vec::new();
    for racer in racers {
        let parent = racer.await.expect("no panic");
        numbers.push(world.number(&parent, garden).await.expect("a number"));
    }
    numbers.sort_unstable();
    assert_eq!(numbers, (1..=20).collect::<Vec<u64>>());
    world.again_is_a_no_op().await;
}

/// `P16.a`: a wake of allocation that was lost is found by the hourly look, and given again once.
#[tokio::test]
async fn p16_a_a_lost_wake_is_found_by_the_hourly_look() {
    let world = World::at(MONDAY).await;
    let garden = world.open(1).await;
    let app = world.local.app().clone();
    // A bulletin of before is served, so that the organisation is known to publish.
    world.bulletin("b-0", garden, 1, 2020).await;
    let first = world.submit(1, "2022-05-14", &[garden], 13).await;
    // This one's seats are made, but its event wakes no one: as if its record of the stream had been given up.
    let mut lost = kezek_fixtures::bulletin("b-1", garden, &world.now(), 1, 2022);
    lost["lines"][0]["line"] = json!(7);
    world.local.app().store.put_bulletin(garden, &unfinished("b-1", &lost)).await.expect("a bulletin");
    let seats: Vec<_> = seats_of(&world, garden, &lost).await;
    world.local.app().store.put_seats(garden, "b-1", &seats, quiet(garden)).await.expect("seats");
    world.local.drain().await.expect("rest");
    assert!(world.open_offer(&first).await.is_none(), "no one was woken");
    let hour = json!({"sweep": "overdue", "scheduledTime": "2026-01-12T06:00:00Z"});
    let report = expiry_sweep::handle(&app, hour.clone()).await.expect("a report");
    assert_eq!(report["found"], 1);
    world.local.drain().await.expect("rest");
    assert!(world.open_offer(&first).await.is_some());
    assert_eq!(expiry_sweep::handle(&app, hour).await.expect("a report")["found"], 0);
    world.again_is_a_no_op().await;
}

fn unfinished(id: &str, body: &serde_json::Value) -> kezek_store::BulletinRecord {
    let at = MONDAY.parse().expect("an instant");
    kezek_store::BulletinRecord {
        id: id.to_owned(),
        issued: at,
        taken: at,
        year: "current".to_owned(),
        lines: vec![LineOutcome { line: 7, vacancies: 1, birth_years: vec![2022], problems: Vec::new() }],
        body: body.to_string(),
        done: false,
    }
}

async fn seats_of(
    world: &World,
    garden: kezek_rules::ids::Bin,
    body: &serde_json::Value,
) -> Vec<kezek_rules::seat::Seat> {
    let settled = world.local.app().settle().await.expect("settled");
    let organisation = world.local.app().store.organisation(garden).await.expect("read").expect("known");
    let line = kezek_contract::requests::bulletin_line(&body["lines"][0]).expect("a line");
    let kind = kezek_rules::decide::BulletinKind::Current;
    let taken = kezek_rules::decide::take_line(&line, "b-1", kind, settled.now, &organisation, settled.world());
    taken.expect("taken").seats(garden).collect()
}

fn quiet(garden: kezek_rules::ids::Bin) -> kezek_store::OrganisationEvent {
    let fact = kezek_store::OrganisationFact::BulletinTaken { bulletin: "b-1".to_owned(), vacancies: 0, bad_lines: 0 };
    kezek_store::OrganisationEvent { organisation: garden, at: MONDAY.parse().expect("an instant"), fact }
}
