//! Vacancies of every kind over the whole system: mixed-age groups (`P24.m`), temporary places (`P23.c`), places no one of their own
//! years wants (`P24`), siblings (`P26`) and what the provider withdraws (`K3`).

use std::sync::Arc;

use kezek_fixtures as fixtures;
use kezek_rules::ids::Bin;
use serde_json::{Value, json};

use crate::world::{CHILDREN, MONDAY, Parent, World, body};

/// A bulletin of one line, with what differs from the usual one.
async fn publish(world: &World, id: &str, garden: Bin, count: u32, differs: &Value) {
    let mut bulletin = fixtures::bulletin(id, garden, &world.now(), count, 2022);
    let differs = differs.as_object().expect("fields");
    differs.iter().for_each(|(name, value)| bulletin["lines"][0][name] = value.clone());
    world.post(&bulletin).await;
}

/// What the history says of the offers of an application: the rule of each.
async fn rules_of_offers(world: &World, parent: &Parent) -> Vec<String> {
    let seen = world.see(parent).await;
    let history = seen["history"].as_array().expect("history");
    let offers = history.iter().filter(|line| line["what"] == "offered");
    offers.map(|line| line["rule"].as_str().expect("a rule").to_owned()).collect()
}

/// The status of the offers of an application, in order.
async fn offers(world: &World, parent: &Parent) -> Vec<String> {
    let seen = world.see(parent).await;
    let offers = seen["offers"].as_array().expect("offers");
    offers.iter().map(|offer| offer["status"].as_str().expect("a status").to_owned()).collect()
}

async fn holds_one(world: &World, parent: &Parent) -> bool {
    world.open_offer(parent).await.is_some()
}

/// `P24.m`, `P10.d`: a mixed-age group takes the earliest heads over its years by a phase of its own; the single queue's phase stays.
#[tokio::test]
async fn p24_m_a_mixed_age_group_takes_the_earliest_heads_of_its_years() {
    let world = World::at(MONDAY).await;
    let garden = world.open(1).await;
    let older = world.submit(1, "2021-05-14", &[garden], 13).await;
    world.know(2, &[10], "ok").await;
    let priority = world.submit(2, "2022-05-14", &[garden], 10).await;
    let younger = world.submit(3, "2022-05-14", &[garden], 13).await;
    let outside = world.submit(4, "2024-05-14", &[garden], 13).await;
    let line = json!({"groupType": "mixed-age", "birthYears": []});
    publish(&world, "b-1", garden, 1, &line).await;
    let holders = [holds_one(&world, &older).await, holds_one(&world, &priority).await];
    assert_eq!(holders, [false, true], "first-priority leads");
    publish(&world, "b-2", garden, 2, &line).await;
    assert!(holds_one(&world, &older).await && holds_one(&world, &younger).await, "then the general ones, by order");
    assert!(!holds_one(&world, &outside).await, "2020 to 2023 fit a mixed-age group of this school year");
    assert_eq!(rules_of_offers(&world, &younger).await, ["P24.m"]);
    let queue = world.call("GET", &format!("/v1/queues/{garden}?birthYear=2022&language=kk"), "", &Value::Null).await;
    assert_eq!(queue.json()["phase"], 3, "as it was at the start");
    let shown = world
        .call("GET", &format!("/v1/organisations/{garden}/bulletins/b-1"), &world.officer().await, &Value::Null)
        .await;
    assert_eq!(shown.json()["lines"][0]["birthYears"], json!([2020, 2021, 2022, 2023]));
    world.again_is_a_no_op().await;
}

/// `P24.m`, `K4`: answers and arrivals while a mixed-age group is served by several at once: each place goes to one child, the earliest.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn p24_m_concurrent_allocations_of_mixed_age_places_keep_the_order() {
    let world = Arc::new(World::at(MONDAY).await);
    let garden = world.open(1).await;
    let mut parents = Vec::new();
    for n in 1..=8 {
        parents.push(world.submit(n, if n % 2 == 0 { "2021-05-14" } else { "2022-05-14" }, &[garden], 13).await);
    }
    let bulletin = {
        let mut bulletin = fixtures::bulletin("b-1", garden, &world.now(), 4, 2022);
        bulletin["lines"][0]["birthYears"] = json!([2021, 2022]);
        bulletin
    };
    let event = json!({"Records": [{"messageId": "1", "eventSource": "aws:sqs", "body": bulletin.to_string()}]});
    vacancy_ingestion::handle(&world.ingestion(), event).await.expect("a bulletin is taken");
    let allocators = (0..6).map(|_| {
        let app = world.local.app().clone();
        tokio::spawn(async move { allocation::serve_organisation(&app, garden).await.map(|report| report.offers) })
    });
    let allocators: Vec<_> = allocators.collect();
    let arrivals = (20..24).map(|n| {
        let world = Arc::clone(&world);
        tokio::spawn(async move { world.submit(n, "2021-05-14", &[garden], 13).await })
    });
    let arrivals: Vec<_> = arrivals.collect();
    let mut offers = 0;
    for allocator in allocators {
        // One that lost every race leaves the rest to its next message.
        offers += allocator.await.expect("no panic").unwrap_or(0);
    }
    for arrival in arrivals {
        arrival.await.expect("no panic");
    }
    world.local.drain().await.expect("rest");
    assert!(offers <= 4);
    for (n, parent) in parents.iter().enumerate() {
        assert_eq!(holds_one(&world, parent).await, n < 4, "the {n}th");
    }
    world.again_is_a_no_op().await;
}

/// `P23.c`: a temporary place that is declined or ignored ends nothing, goes on, and isn't offered to the same child again.
#[tokio::test]
async fn p23_c_a_temporary_place_that_is_not_taken_goes_on() {
    let world = World::at(MONDAY).await;
    let garden = world.open(1).await;
    let first = world.submit(1, "2022-05-14", &[garden], 13).await;
    let second = world.submit(2, "2022-05-14", &[garden], 13).await;
    publish(&world, "b-1", garden, 1, &json!({"temporaryUntil": "2026-03-31"})).await;
    assert_eq!(world.answer(&first, "decline").await.status, 200);
    assert_eq!(world.number(&first, garden).await, Some(1), "it waits on at its instant");
    assert!(holds_one(&world, &second).await && !holds_one(&world, &first).await);
    world.to("2026-01-14T19:00:00.000Z").await;
    assert_eq!(offers(&world, &second).await, ["lapsed"]);
    assert_eq!(world.number(&second, garden).await, Some(2), "silence ends nothing either");
    assert_eq!(world.vacancies(garden).await, ["open"], "it isn't offered to them again");
    let third = world.submit(3, "2022-05-14", &[garden], 13).await;
    // Submitted at midnight: accepted in the morning, and offered then.
    world.to("2026-01-15T04:00:00.000Z").await;
    assert!(holds_one(&world, &third).await);
    world.bulletin("b-2", garden, 1, 2022).await;
    assert!(holds_one(&world, &first).await, "a permanent place goes by the queue");
    assert!(world.notices(&second).await.contains(&"offer-passed-on".to_owned()));
    world.again_is_a_no_op().await;
}

/// `P23.c`: a place is withdrawn when its last day is over, or, if it is held then, when it comes free.
#[tokio::test]
async fn p23_c_a_temporary_place_ends_with_its_last_day() {
    let world = World::at(MONDAY).await;
    let garden = world.open(1).await;
    publish(&world, "b-1", garden, 1, &json!({"temporaryUntil": "2026-01-20"})).await;
    world.to("2026-01-20T18:59:59.999Z").await;
    assert_eq!(world.vacancies(garden).await, ["open"]);
    world.to("2026-01-20T19:00:00.000Z").await;
    assert_eq!(world.vacancies(garden).await, ["withdrawn"]);
    let child = world.submit(1, "2022-05-14", &[garden], 13).await;
    world.to("2026-01-21T05:00:00.000Z").await;
    publish(&world, "b-2", garden, 1, &json!({"temporaryUntil": "2026-01-22"})).await;
    assert!(holds_one(&world, &child).await);
    world.to("2026-01-22T19:00:00.000Z").await;
    assert_eq!(
        world.vacancies(garden).await,
        ["withdrawn", "offered"],
        "whoever was offered it has the time to answer"
    );
    world.to("2026-01-23T19:00:00.000Z").await;
    assert_eq!(world.vacancies(garden).await, ["withdrawn", "withdrawn"]);
    assert_eq!(world.number(&child, garden).await, Some(1));
    let late = json!({"temporaryUntil": "2026-01-23"});
    publish(&world, "b-3", garden, 1, &late).await;
    let path = format!("/v1/organisations/{garden}/bulletins/b-3");
    let shown = world.call("GET", &path, &world.organisation(garden).await, &Value::Null).await.json();
    assert_eq!(shown["lines"][0]["problems"][0]["code"], "temporary-end-passed", "{shown}");
    world.again_is_a_no_op().await;
}

/// `P24`: a place that no one of its own birth years wants goes to a child with a PMPC conclusion, as soon as either comes.
#[tokio::test]
async fn p24_a_pmpc_conclusion_frees_from_the_birth_years() {
    let world = World::at(MONDAY).await;
    let garden = world.open(1).await;
    let plain = world.submit(1, "2021-05-14", &[garden], 13).await;
    world.bulletin("b-1", garden, 2, 2022).await;
    assert_eq!(world.vacancies(garden).await, ["open", "open"]);
    let mut request = body(2, "2020-05-14", &[garden], 13);
    request["documents"] = json!([{"kind": "pmpc-conclusion", "issuedOn": "2025-11-01", "reference": "сынақ"}]);
    let token = world.applicant(fixtures::iin(2)).await;
    let answer = world.call("POST", "/v1/applications", &token, &request).await;
    assert_eq!(answer.status, 201, "{}", answer.json());
    let answer = answer.json();
    let exempt = Parent { id: answer["id"].as_str().expect("an id").to_owned(), token, answer };
    assert!(holds_one(&world, &exempt).await && !holds_one(&world, &plain).await);
    assert_eq!(rules_of_offers(&world, &exempt).await, ["P24"]);
    let own = world.submit(3, "2022-05-14", &[garden], 13).await;
    assert!(holds_one(&world, &own).await, "the other one goes to its own year");
    assert_eq!(world.answer(&exempt, "decline").await.status, 200);
    assert_eq!(world.see(&exempt).await["archiveReason"], "declined");
    assert_eq!(world.vacancies(garden).await, ["open", "offered"], "no one else has such a conclusion");
    world.again_is_a_no_op().await;
}

/// `P24`, `P13.3`: a conclusion that comes with a change of the benefit counts from then on, while the child waits where it waited.
#[tokio::test]
async fn p24_a_conclusion_that_comes_later_frees_from_the_birth_years() {
    let world = World::at(MONDAY).await;
    let (garden, other) = (world.open(1).await, world.open(2).await);
    let child = world.submit(1, "2021-05-14", &[garden, other], 13).await;
    world.bulletin("b-1", garden, 1, 2022).await;
    assert_eq!(world.vacancies(garden).await, ["open"], "a place of another year");
    let conclusion = json!([{"kind": "pmpc-conclusion", "issuedOn": "2025-11-01", "reference": "сынақ"}]);
    world.know(1, &[5], "down").await;
    assert_eq!(world.change(&child, &json!({"benefit": 5, "documents": conclusion})).await.status, 200);
    assert!(holds_one(&world, &child).await, "the benefit waits for its register, the conclusion doesn't");
    assert_eq!(rules_of_offers(&world, &child).await, ["P24"]);
    world.bulletin("b-2", other, 1, 2022).await;
    assert_eq!(offers(&world, &child).await, ["open", "open"], "wherever it waits");
    world.again_is_a_no_op().await;
}

/// The n-th family's further child.
async fn sibling(world: &World, n: u32, child: u32, born: &str, organisations: &[Bin]) -> Parent {
    let mut request = body(n, born, organisations, 13);
    request["child"]["iin"] = json!(fixtures::iin(CHILDREN + child).as_str());
    let token = world.applicant(fixtures::iin(n)).await;
    let answer = world.call("POST", "/v1/applications", &token, &request).await;
    assert_eq!(answer.status, 201, "{}", answer.json());
    let answer = answer.json();
    Parent { id: answer["id"].as_str().expect("an id").to_owned(), token, answer }
}

/// `P26`: twins in one queue and an older sibling in another are offered places at one moment; each is answered by itself.
#[tokio::test]
async fn p26_siblings_are_offered_places_at_one_moment() {
    let world = World::at(MONDAY).await;
    let garden = world.open(1).await;
    let first = world.submit(1, "2022-05-14", &[garden], 13).await;
    let between = world.submit(2, "2022-05-14", &[garden], 13).await;
    let twin = sibling(&world, 1, 11, "2022-05-14", &[garden]).await;
    let ahead = world.submit(3, "2020-05-14", &[garden], 13).await;
    let older = sibling(&world, 1, 12, "2020-05-14", &[garden]).await;
    let mut bulletin = fixtures::bulletin("b-1", garden, &world.now(), 2, 2022);
    let mut line = bulletin["lines"][0].clone();
    (line["line"], line["count"], line["birthYears"]) = (json!(2), json!(1), json!([2020]));
    bulletin["lines"].as_array_mut().expect("lines").push(line);
    world.post(&bulletin).await;
    let mut at = Vec::new();
    for child in [&first, &twin, &older] {
        at.push(world.open_offer(child).await.expect("an offer")["offeredAt"].clone());
    }
    assert_eq!((&at[0], &at[0]), (&at[1], &at[2]), "at one moment");
    assert_eq!(rules_of_offers(&world, &first).await, ["P16.a"]);
    assert_eq!(rules_of_offers(&world, &twin).await, ["P26"]);
    assert_eq!(rules_of_offers(&world, &older).await, ["P26"]);
    assert_eq!((world.number(&between, garden).await, world.number(&ahead, garden).await), (Some(1), Some(1)));
    let position = format!("/v1/applications/{}/position", between.id);
    let why = world.call("GET", &position, &between.token, &Value::Null).await.json()["entries"][0]["why"].clone();
    let rules: Vec<&str> =
        why.as_array().expect("reasons").iter().filter_map(|reason| reason["rule"].as_str()).collect();
    assert_eq!(rules[..2], ["P26", "P16.a"], "{why}");
    assert_eq!(world.answer(&twin, "decline").await.status, 200);
    assert!(holds_one(&world, &between).await, "the declined place goes to the next");
    assert_eq!(world.answer(&first, "accept").await.status, 200);
    assert!(holds_one(&world, &older).await, "it is answered by itself");
    world.again_is_a_no_op().await;
}

/// `P26`: with too few vacancies the head is served alone; a sibling that has ended isn't waited for.
#[tokio::test]
async fn p26_too_few_vacancies_serve_the_head_alone() {
    let world = World::at(MONDAY).await;
    let garden = world.open(1).await;
    let first = world.submit(1, "2022-05-14", &[garden], 13).await;
    let second = world.submit(2, "2022-05-14", &[garden], 13).await;
    let older = sibling(&world, 1, 11, "2020-05-14", &[garden]).await;
    world.bulletin("b-1", garden, 1, 2022).await;
    assert!(holds_one(&world, &first).await && !holds_one(&world, &older).await);
    let path = format!("/v1/applications/{}/withdrawal", older.id);
    assert_eq!(world.call("POST", &path, &older.token, &Value::Null).await.status, 200);
    assert_eq!(world.local.store().family(applicant(&world, 1), 10).await.expect("rows").len(), 1);
    let younger = sibling(&world, 2, 12, "2023-05-14", &[garden]).await;
    world.bulletin("b-2", garden, 1, 2022).await;
    assert!(holds_one(&world, &second).await && !holds_one(&world, &younger).await);
    world.again_is_a_no_op().await;
}

fn applicant(world: &World, n: u32) -> kezek_rules::ids::PersonKey {
    world.local.app().keys.person(fixtures::iin(n).as_str()).current()
}

/// `P26`, `K4`: siblings answer for other places, and others come and go, while several serve their bundle: nobody gets two places,
/// no place goes to two children, and the queues lose no one.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn p26_concurrent_answers_while_a_bundle_is_served() {
    let world = Arc::new(World::at(MONDAY).await);
    let (garden, other) = (world.open(1).await, world.open(2).await);
    let first = world.submit(1, "2022-05-14", &[garden, other], 13).await;
    let mut children = vec![first];
    for child in 11..=13 {
        children.push(sibling(&world, 1, child, "2022-05-14", &[garden, other]).await);
    }
    for n in 2..=6 {
        children.push(world.submit(n, "2022-05-14", &[garden], 13).await);
    }
    world.bulletin("b-0", other, 2, 2022).await;
    let bulletin = fixtures::bulletin("b-1", garden, &world.now(), 5, 2022);
    let event = json!({"Records": [{"messageId": "1", "eventSource": "aws:sqs", "body": bulletin.to_string()}]});
    vacancy_ingestion::handle(&world.ingestion(), event).await.expect("a bulletin is taken");
    let allocators: Vec<_> = (0..5)
        .map(|_| {
            let app = world.local.app().clone();
            tokio::spawn(async move { allocation::serve_organisation(&app, garden).await.map(|report| report.offers) })
        })
        .collect();
    let answers: Vec<_> = [(children[0].clone(), "accept"), (children[1].clone(), "decline")]
        .into_iter()
        .map(|(child, said)| {
            let world = Arc::clone(&world);
            tokio::spawn(async move { world.answer(&child, said).await.status })
        })
        .collect();
    let withdrawals: Vec<_> = [children[4].clone(), children[2].clone()]
        .into_iter()
        .map(|child| {
            let world = Arc::clone(&world);
            let path = format!("/v1/applications/{}/withdrawal", child.id);
            tokio::spawn(async move { world.call("POST", &path, &child.token, &Value::Null).await.status })
        })
        .collect();
    for allocator in allocators {
        let _ = allocator.await.expect("no panic");
    }
    for answer in answers.into_iter().chain(withdrawals) {
        assert_eq!(answer.await.expect("no panic"), 200);
    }
    world.local.drain().await.expect("rest");
    let mut held = 0;
    for child in &children {
        let seen = world.see(child).await;
        let open = seen["offers"].as_array().expect("offers").iter().filter(|offer| offer["status"] == "open").count();
        assert!(open <= 2, "one of each organisation at most: {seen}");
        held += open + usize::from(seen["status"] == "referred");
    }
    let seats = [world.vacancies(garden).await, world.vacancies(other).await].concat();
    assert_eq!(seats.iter().filter(|status| *status != "open").count(), held);
    let waiting = world.call("GET", &format!("/v1/queues/{garden}?birthYear=2022&language=kk"), "", &Value::Null).await;
    let numbers: Vec<u64> =
        waiting.json()["entries"].as_array().expect("entries").iter().filter_map(|e| e["number"].as_u64()).collect();
    assert!(numbers.iter().zip(1..).all(|(number, n)| *number == n));
    assert!(
        numbers.is_empty() || !world.vacancies(garden).await.contains(&"open".to_owned()),
        "no one waits by an open place"
    );
    world.again_is_a_no_op().await;
}

/// Twelve pairs of twins in one queue, so that its changes are folded on the way: every pair is served together, and numbers stay right.
#[tokio::test]
async fn p26_many_twins_in_one_queue() {
    let world = World::at(MONDAY).await;
    let garden = world.open(1).await;
    let mut twins = Vec::new();
    for n in 1..=12 {
        twins.push((n, world.submit(n, "2022-05-14", &[garden], 13).await));
    }
    for n in 1..=12 {
        twins.push((n, sibling(&world, n, 100 + n, "2022-05-14", &[garden]).await));
    }
    world.bulletin("b-1", garden, 20, 2022).await;
    for (n, child) in &twins {
        assert_eq!(holds_one(&world, child).await, *n <= 10, "the family {n}");
    }
    let left = [&twins[10].1, &twins[11].1, &twins[22].1, &twins[23].1];
    for (number, child) in (1..).zip(left) {
        assert_eq!(world.number(child, garden).await, Some(number));
    }
    world.again_is_a_no_op().await;
}

/// `POST …/vacancies/{id}/withdrawal` of an organisation's n-th vacancy.
async fn withdraw(world: &World, token: &str, garden: Bin, n: usize, body: &Value) -> kezek_local::gateway::Response {
    let list = format!("/v1/organisations/{garden}/vacancies?limit=100");
    let listed = world.call("GET", &list, &world.officer().await, &Value::Null).await.json();
    let id = listed["items"][n]["id"].as_str().expect("an id").to_owned();
    world.call("POST", &format!("/v1/organisations/{garden}/vacancies/{id}/withdrawal"), token, body).await
}

/// `K3`: an organisation withdraws what no one holds; a held vacancy only the provider, with a reason. Its offer is withdrawn and the
/// entry waits again at its instant; again it is a no-op.
#[tokio::test]
async fn k3_the_provider_withdraws_an_offered_vacancy() {
    let world = World::at(MONDAY).await;
    let garden = world.open(1).await;
    let first = world.submit(1, "2022-05-14", &[garden], 13).await;
    let second = world.submit(2, "2022-05-14", &[garden], 13).await;
    world.bulletin("b-1", garden, 1, 2022).await;
    let (officer, organisation) = (world.officer().await, world.organisation(garden).await);
    let reason = json!({"reason": "Топ жөндеуге жабылды."});
    let refused = withdraw(&world, &organisation, garden, 0, &reason).await;
    assert_eq!((refused.status, refused.json()["rule"].clone()), (409, json!("K3")));
    assert_eq!(withdraw(&world, &officer, garden, 0, &json!({})).await.status, 400, "a reason is needed");
    let stranger = world.organisation(fixtures::bin(2)).await;
    assert_eq!(withdraw(&world, &stranger, garden, 0, &reason).await.status, 404);
    let elsewhere = world.officer_of("71").await;
    assert_eq!(withdraw(&world, &elsewhere, garden, 0, &reason).await.status, 404);
    let withdrawn = withdraw(&world, &officer, garden, 0, &reason).await;
    assert_eq!((withdrawn.status, withdrawn.json()["status"].clone()), (200, json!("withdrawn")));
    assert_eq!(offers(&world, &first).await, ["withdrawn"]);
    assert_eq!((world.number(&first, garden).await, world.number(&second, garden).await), (Some(1), Some(2)));
    let before = world.events();
    assert_eq!(withdraw(&world, &officer, garden, 0, &reason).await.json(), withdrawn.json(), "again");
    assert_eq!(world.events(), before);
    world.bulletin("b-2", garden, 1, 2022).await;
    assert!(holds_one(&world, &first).await);
    world.again_is_a_no_op().await;
}

/// `K3`: a referral is revoked, and all entries that were live when it was issued return, also the one of that organisation. The reason
/// stays with the organisation's history.
#[tokio::test]
async fn k3_the_provider_withdraws_a_referred_vacancy() {
    let world = World::at(MONDAY).await;
    let (garden, other) = (world.open(1).await, world.open(2).await);
    let first = world.submit(1, "2022-05-14", &[garden, other], 13).await;
    let second = world.submit(2, "2022-05-14", &[garden, other], 13).await;
    world.bulletin("b-1", garden, 1, 2022).await;
    assert_eq!(world.answer(&first, "accept").await.status, 200);
    let reason = json!({"reason": "Топ жөндеуге жабылды."});
    assert_eq!(withdraw(&world, &world.officer().await, garden, 0, &reason).await.status, 200);
    let seen = world.see(&first).await;
    assert_eq!((seen["status"].clone(), seen["referral"]["status"].clone()), (json!("queued"), json!("revoked")));
    for organisation in [garden, other] {
        let numbers = (world.number(&first, organisation).await, world.number(&second, organisation).await);
        assert_eq!(numbers, (Some(1), Some(2)));
    }
    assert_eq!(world.vacancies(garden).await, ["withdrawn"]);
    let published = world.local.events(100_000, 0).expect("events");
    let told = published.iter().find(|event| event.detail_type == "kezek.organisation.vacancy-withdrawn");
    let told = &told.expect("an event").detail["data"];
    assert_eq!((told["rule"].clone(), told.get("reason")), (json!("K3"), None), "its words stay inside");
    world.again_is_a_no_op().await;
}

/// `K3`, `K4`: the answer and the withdrawal at the same time: one of them comes first, and both are answered by what is then.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn k3_an_answer_and_a_withdrawal_at_the_same_time() {
    let world = Arc::new(World::at(MONDAY).await);
    let garden = world.open(1).await;
    let mut parents = Vec::new();
    for n in 1..=6 {
        parents.push(world.submit(n, "2022-05-14", &[garden], 13).await);
    }
    world.bulletin("b-1", garden, 6, 2022).await;
    let mut tasks = Vec::new();
    for (n, parent) in parents.iter().enumerate() {
        let (one, two, parent) = (Arc::clone(&world), Arc::clone(&world), parent.clone());
        tasks.push(tokio::spawn(async move {
            let Some(offer) = one.open_offer(&parent).await else { return 409 };
            let path = format!("/v1/applications/{}/offers/{}/answer", parent.id, offer["id"].as_str().expect("an id"));
            one.call("POST", &path, &parent.token, &json!({"answer": "accept"})).await.status
        }));
        tasks.push(tokio::spawn(async move {
            let officer = two.officer().await;
            withdraw(&two, &officer, garden, n, &json!({"reason": "сынақ"})).await.status
        }));
    }
    for task in tasks {
        assert!([200, 409].contains(&task.await.expect("no panic")));
    }
    world.local.drain().await.expect("rest");
    assert_eq!(world.vacancies(garden).await, ["withdrawn"; 6], "also from who had accepted already");
    for (n, parent) in (1..).zip(&parents) {
        assert_eq!(world.number(parent, garden).await, Some(n), "everyone waits again, in the old order");
    }
    world.again_is_a_no_op().await;
}

/// `P10.d`: a policy published for the day that has begun caps the phase at once and for good, though nothing else happens in the queue
/// before the next one is in force.
#[tokio::test]
async fn p10_d_a_policy_published_for_today_caps_the_phase_for_good() {
    let world = World::at(MONDAY).await;
    let garden = world.open(1).await;
    let mut general = Vec::new();
    for n in 1..=6 {
        general.push(world.submit(n, "2022-05-14", &[garden], 13).await);
    }
    world.bulletin("b-1", garden, 3, 2022).await;
    world.know(7, &[10], "ok").await;
    let priority = world.submit(7, "2022-05-14", &[garden], 10).await;
    assert_eq!(world.number(&priority, garden).await, Some(1), "three general ones were taken");
    world.to("2026-01-12T07:00:00.000Z").await;
    for (version, from, n) in [(1, "2026-01-12", 1), (2, "2026-01-13", 3)] {
        let interleave = json!({"interleave": {"general": n, "leading": "first-priority"}});
        let body = json!({"version": version, "from": from, "territory": ["75"], "policy": interleave});
        let put = world.call("PUT", "/v1/workplace/policies/pilot", &world.officer().await, &body).await;
        assert_eq!(put.status, 201, "{}", put.json());
    }
    world.to("2026-01-12T07:05:00.000Z").await;
    assert_eq!(world.number(&priority, garden).await, Some(1), "as many as there are to be");
    world.to("2026-01-13T05:00:00.000Z").await;
    assert_eq!(world.number(&priority, garden).await, Some(3), "one of them counts, two more come first");
    world.bulletin("b-2", garden, 2, 2022).await;
    assert!(world.open_offer(&priority).await.is_none());
    assert!(world.open_offer(&general[4]).await.is_some());
    world.bulletin("b-3", garden, 1, 2022).await;
    assert!(world.open_offer(&priority).await.is_some());
    world.again_is_a_no_op().await;
}
