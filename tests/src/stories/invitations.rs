//! Invitations and the single application (`P7`, `P8`): from a state system's request to the queue, and what is left where there is no
//! consent.

use kezek_fixtures as fixtures;
use kezek_local::gateway::{Request, Response};
use kezek_rules::ids::Bin;
use kezek_rules::queue::StreamKind;
use kezek_store::Subject;
use serde_json::{Value, json};

use crate::world::{CHILDREN, MONDAY, Parent, SETTLEMENT, World};

mod single;

const BORN: &str = "2022-05-14";

/// The system that registers births.
async fn state(world: &World) -> String {
    world.token_of(json!({"scope": "state-system", "sub": "births"})).await
}

async fn parent(world: &World, n: u32) -> String {
    world.applicant(fixtures::iin(n)).await
}

/// An invitation of the n-th family.
fn invitation(n: u32, born: &str) -> Value {
    let whole = fixtures::application(fixtures::iin(n), fixtures::iin(CHILDREN + n), born, &[]);
    json!({"applicant": whole["applicant"], "child": whole["child"], "settlement": SETTLEMENT})
}

async fn post(world: &World, body: &Value) -> Response {
    world.call("POST", "/v1/invitations", &state(world).await, body).await
}

async fn sent(world: &World, body: &Value) -> Value {
    let answer = post(world, body).await;
    assert_eq!(answer.status, 201, "{}", answer.json());
    let sent = answer.json();
    let location = format!("/v1/invitations/{}", id(&sent));
    assert_eq!(answer.header("location"), Some(location.as_str()));
    sent
}

fn id(invitation: &Value) -> &str {
    invitation["id"].as_str().expect("an id")
}

fn choice(organisations: &[Bin]) -> Value {
    let organisations: Vec<&str> = organisations.iter().map(Bin::as_str).collect();
    json!({"consent": true, "language": "kk", "organisations": organisations})
}

/// The n-th parent answers.
async fn answer(world: &World, n: u32, invitation: &Value, body: &Value) -> Response {
    let path = format!("/v1/invitations/{}/answer", id(invitation));
    world.call("POST", &path, &parent(world, n).await, body).await
}

async fn see(world: &World, token: &str, invitation: &Value) -> Response {
    world.call("GET", &format!("/v1/invitations/{}", id(invitation)), token, &Value::Null).await
}

/// The n-th parent with the application that its invitation has become.
async fn accepted(world: &World, n: u32, answer: &Response) -> Parent {
    assert_eq!(answer.status, 201, "{}", answer.json());
    let (answer, token) = (answer.json(), parent(world, n).await);
    Parent { id: id(&answer).to_owned(), token, answer }
}

fn events(world: &World, kind: &str) -> Vec<Value> {
    let all = world.local.events(100_000, 0).expect("events").into_iter().map(|event| event.detail);
    all.filter(|event| event["type"].as_str().is_some_and(|found| found.starts_with(kind))).collect()
}

fn kinds(events: &[Value]) -> Vec<&str> {
    events.iter().map(|event| event["type"].as_str().expect("a type")).collect()
}

/// Whether anything personal is kept of the n-th family's invitation.
async fn is_held(world: &World, n: u32) -> bool {
    let app = world.local.app();
    let (applicant, child) = (fixtures::iin(n), fixtures::iin(CHILDREN + n));
    let held = app
        .store
        .invited(app.keys.person(applicant.as_str()).current(), app.keys.person(child.as_str()).current())
        .await;
    held.expect("the table answers").is_some()
}

fn problem(answer: &Response) -> (u16, String, String) {
    let problem = answer.json();
    let code = problem["type"].as_str().and_then(|kind| kind.rsplit('/').next()).unwrap_or_default().to_owned();
    (answer.status, code, problem["rule"].as_str().unwrap_or_default().to_owned())
}

fn refusal(status: u16, code: &str, rule: &str) -> (u16, String, String) {
    (status, code.to_owned(), rule.to_owned())
}

#[tokio::test]
async fn p7_from_the_invitation_to_the_queue() {
    let world = World::at(MONDAY).await;
    let garden = world.open(1).await;
    let invited = sent(&world, &invitation(1, BORN)).await;
    assert_eq!((&invited["status"], &invited["sentAt"]), (&json!("sent"), &json!(MONDAY)));
    let mine = see(&world, &parent(&world, 1).await, &invited).await;
    assert_eq!((mine.status, mine.header("etag")), (200, Some("\"1\"")));
    assert_eq!(mine.json()["child"], json!({"fullName": "Сыналушы Бала", "birthDate": BORN}));
    let its_own = see(&world, &state(&world).await, &invited).await.json();
    assert_eq!((its_own.get("child"), its_own.get("wish"), &its_own["status"]), (None, None, &json!("sent")));

    world.to("2026-01-13T05:00:00.000Z").await;
    let agreed = answer(&world, 1, &invited, &choice(&[garden])).await;
    let mine = accepted(&world, 1, &agreed).await;
    let location = format!("/v1/applications/{}", mine.id);
    assert_eq!((agreed.header("location"), agreed.header("etag")), (Some(location.as_str()), Some("\"1\"")));
    assert_eq!(mine.answer["submittedAt"], "2026-01-13T05:00:00.000Z");
    assert_eq!((&mine.answer["status"], world.number(&mine, garden).await), (&json!("queued"), Some(1)));
    let history = world.see(&mine).await["history"].clone();
    let lines: Vec<_> =
        history.as_array().expect("a history").iter().map(|line| (&line["what"], &line["rule"])).collect();
    assert!(lines.contains(&(&json!("invited"), &json!("P7"))), "{lines:?}");

    let now = see(&world, &state(&world).await, &invited).await.json();
    assert_eq!((&now["status"], &now["answeredAt"]), (&json!("accepted"), &mine.answer["submittedAt"]));
    assert_eq!(world.notices(&mine).await, ["invitation", "registered"]);
    assert_eq!(kinds(&events(&world, "kezek.invitation.")), ["kezek.invitation.sent", "kezek.invitation.accepted"]);
    assert!(!is_held(&world, 1).await, "the child's file has it now");
    let app = world.local.app();
    let child = app.keys.person(fixtures::iin(CHILDREN + 1).as_str()).current();
    let file = app.store.person_file(child, StreamKind::General).await.expect("the table answers").expect("a file");
    assert_eq!((file.child_name.as_str(), file.phone.as_str()), ("Сыналушы Бала", "+77010000000"));
    world.again_is_a_no_op().await;
}

/// Another request about the same child takes the place of the first, be it in the very same millisecond: of an invitation, and of a
/// single application that carries the consent.
#[tokio::test]
async fn p7_another_request_of_the_same_instant_takes_the_place_of_the_first() {
    let world = World::at(MONDAY).await;
    let garden = world.open(1).await;
    let mut wished = invitation(1, BORN);
    wished["language"] = json!("ru");
    let sent: Vec<Value> = vec![
        sent(&world, &invitation(1, BORN)).await,
        sent(&world, &wished).await,
        sent(&world, &invitation(1, BORN)).await,
    ];
    assert!(sent.iter().all(|one| one["sentAt"] == MONDAY));
    let mut single = invitation(1, BORN);
    single["source"] = json!("birth-registration");
    single.as_object_mut().expect("an object").extend(choice(&[garden]).as_object().cloned().expect("an object"));
    let registered = post(&world, &single).await;
    assert_eq!((registered.status, &registered.json()["answeredAt"]), (201, &json!(MONDAY)), "{}", registered.json());
    for earlier in &sent {
        assert_eq!(see(&world, &state(&world).await, earlier).await.json()["status"], "replaced");
    }
    world.again_is_a_no_op().await;
}

/// An SMS names nobody, and no event does.
#[tokio::test]
async fn n1_an_invitation_names_no_person_and_no_number() {
    let world = World::at("2026-01-12T17:00:00.000Z").await;
    let invited = sent(&world, &invitation(1, BORN)).await;
    let subject = id(&invited).parse().map(Subject::Invitation).expect("an id");
    let notices = world.local.notices_about(subject).await.expect("notices");
    assert_eq!(notices.len(), 1);
    assert_eq!(
        (notices[0].kind.as_str(), kezek_local::world::text(notices[0].sms_at)),
        ("invitation", "2026-01-13T04:00:00.000Z".to_owned())
    );
    let by_application = id(&invited).parse().map(Subject::Application).expect("an id");
    assert_eq!(world.local.notices_about(by_application).await.expect("notices"), notices, "the same id names both");
    let told = format!("{notices:?}{:?}", events(&world, "kezek."));
    let (applicant, child) = (fixtures::iin(1), fixtures::iin(CHILDREN + 1));
    for personal in [applicant.as_str(), child.as_str(), "Сыналушы", "7701", "көше", BORN] {
        assert!(!told.contains(personal), "{personal}");
    }
}

#[tokio::test]
async fn p7_the_instant_of_consent_is_the_order_key() {
    let world = World::at(MONDAY).await;
    let garden = world.open(1).await;
    let invited = sent(&world, &invitation(1, BORN)).await;
    world.to("2026-01-13T05:00:00.000Z").await;
    let between = world.submit(2, BORN, &[garden], 13).await;
    let later = accepted(&world, 1, &answer(&world, 1, &invited, &choice(&[garden])).await).await;
    assert_eq!((world.number(&between, garden).await, world.number(&later, garden).await), (Some(1), Some(2)));
    let after = world.submit(3, BORN, &[garden], 13).await;
    assert_eq!(world.number(&after, garden).await, Some(3));
    let instants = [&between, &later, &after].map(|parent| parent.answer["submittedAt"].as_str().expect("an instant"));
    assert!(instants.is_sorted_by(|first, second| first < second), "{instants:?}");
    world.again_is_a_no_op().await;
}

/// `P5.b`: consent on a Friday evening is accepted on Monday, at its own instant.
#[tokio::test]
async fn p5_b_consent_out_of_hours_is_accepted_on_the_next_working_day() {
    const EVENING: &str = "2026-01-16T14:00:00.000Z";
    let world = World::at(MONDAY).await;
    let garden = world.open(1).await;
    let invited = sent(&world, &invitation(1, BORN)).await;
    world.to(EVENING).await;
    let mine = accepted(&world, 1, &answer(&world, 1, &invited, &choice(&[garden])).await).await;
    assert_eq!((&mine.answer["status"], &mine.answer["submittedAt"]), (&json!("accepted"), &json!(EVENING)));
    assert_eq!(mine.answer["acceptedAt"], "2026-01-19T04:00:00.000Z");
    world.to("2026-01-19T04:00:00.000Z").await;
    assert_eq!(world.number(&mine, garden).await, Some(1));
    world.again_is_a_no_op().await;
}

#[tokio::test]
async fn p7_without_consent_nothing_is_stored() {
    let world = World::at(MONDAY).await;
    let garden = world.open(1).await;
    let invited = sent(&world, &invitation(1, BORN)).await;
    assert!(is_held(&world, 1).await);
    let declined = answer(&world, 1, &invited, &json!({"consent": false})).await;
    assert_eq!((declined.status, &declined.json()["status"]), (200, &json!("declined")), "{}", declined.json());
    assert!(!is_held(&world, 1).await, "nothing personal is left");
    let app = world.local.app();
    let (application, child) =
        (id(&invited).parse().expect("an id"), app.keys.person(fixtures::iin(CHILDREN + 1).as_str()).current());
    assert_eq!(app.store.application(application).await.expect("an answer"), None);
    assert_eq!(app.store.lock(child, StreamKind::General).await.expect("an answer"), None);
    let stages = ["kezek.invitation.sent", "kezek.notice.invitation", "kezek.invitation.declined"];
    assert_eq!(kinds(&events(&world, "kezek.")), stages);
    let before = world.events();
    let again = answer(&world, 1, &invited, &json!({"consent": false})).await;
    assert_eq!((again.status, again.json()), (200, declined.json()), "the same reply");
    let late = answer(&world, 1, &invited, &choice(&[garden])).await;
    assert_eq!(problem(&late), refusal(409, "invitation-answered", "P7"));
    assert_eq!(world.events(), before);
    let mine = see(&world, &parent(&world, 1).await, &invited).await.json();
    assert_eq!((mine.get("child"), &mine["application"]), (None, &Value::Null));
    assert!(sent(&world, &invitation(1, BORN)).await["id"] != invited["id"], "another day it may be asked again");
    world.again_is_a_no_op().await;
}

#[tokio::test]
async fn p7_the_same_answer_again_gets_the_same_reply() {
    let world = World::at(MONDAY).await;
    let (garden, other) = (world.open(1).await, world.open(2).await);
    let invited = sent(&world, &invitation(1, BORN)).await;
    let agreed = answer(&world, 1, &invited, &choice(&[garden])).await;
    let mine = accepted(&world, 1, &agreed).await;
    world.submit(2, BORN, &[garden], 13).await;
    world.to("2026-01-14T05:00:00.000Z").await;
    let before = world.events();
    let again = answer(&world, 1, &invited, &choice(&[garden])).await;
    assert_eq!((again.status, again.json(), again.header("etag")), (201, mine.answer.clone(), Some("\"1\"")));
    for another in [choice(&[garden, other]), json!({"consent": false})] {
        let late = answer(&world, 1, &invited, &another).await;
        assert_eq!(problem(&late), refusal(409, "invitation-answered", "P7"), "{another}");
    }
    assert_eq!(
        answer(&world, 1, &invited, &json!({"consent": "no"})).await.status,
        400,
        "first of all it is to be read"
    );
    assert_eq!(world.events(), before);
    world.again_is_a_no_op().await;
}

#[tokio::test]
async fn p7_only_the_invited_and_the_sender_know_of_it() {
    let world = World::at(MONDAY).await;
    let garden = world.open(1).await;
    let invited = sent(&world, &invitation(1, BORN)).await;
    let path = format!("/v1/invitations/{}/answer", id(&invited));
    let strange = answer(&world, 2, &invited, &choice(&[garden])).await;
    assert_eq!(strange.status, 404, "{}", strange.json());
    assert_eq!(see(&world, &parent(&world, 2).await, &invited).await.status, 404);
    let elsewhere = world.token_of(json!({"scope": "state-system", "sub": "another"})).await;
    assert_eq!(see(&world, &elsewhere, &invited).await.status, 404);
    for token in [world.officer().await, state(&world).await, world.organisation(garden).await] {
        assert_eq!(world.call("POST", &path, &token, &choice(&[garden])).await.status, 403);
    }
    for token in [world.officer().await, parent(&world, 1).await, world.organisation(garden).await] {
        assert_eq!(world.call("POST", "/v1/invitations", &token, &invitation(3, BORN)).await.status, 403);
    }
    assert_eq!(world.call("POST", &path, "", &choice(&[garden])).await.status, 401);
    assert_eq!(world.call("POST", "/v1/invitations", "", &invitation(3, BORN)).await.status, 401);
    let nonsense = world.call("GET", "/v1/invitations/nonsense", &parent(&world, 1).await, &Value::Null).await;
    assert_eq!(nonsense.status, 404);
    accepted(&world, 1, &answer(&world, 1, &invited, &choice(&[garden])).await).await;
}

/// A refused answer stores nothing, tells all that is wrong, and can be given again.
#[tokio::test]
async fn p7_a_refused_answer_leaves_the_invitation_open() {
    let world = World::at(MONDAY).await;
    let garden = world.open(1).await;
    let invited = sent(&world, &invitation(1, BORN)).await;
    let before = world.events();
    let check = async |body: Value, status: u16, rule: Option<&str>, pointers: &[&str]| {
        let refused = answer(&world, 1, &invited, &body).await;
        let problem = refused.json();
        assert_eq!((refused.status, problem["rule"].as_str()), (status, rule), "{problem}");
        let errors = problem["errors"].as_array().expect("errors");
        let found: Vec<&str> = errors.iter().map(|error| error["pointer"].as_str().expect("a pointer")).collect();
        assert_eq!(found, pointers, "{problem}");
    };
    check(json!({"consent": true}), 400, None, &["/language", "/organisations"]).await;
    check(json!({}), 400, None, &["/consent"]).await;
    let mut wrong = choice(&[garden, garden]);
    wrong["benefit"] = json!(1);
    check(wrong.clone(), 422, Some("P15.1"), &["/organisations/1", "/documents"]).await;
    wrong["language"] = json!("tg");
    wrong["phone"] = json!("8701");
    wrong["child"] = json!({});
    check(wrong, 400, None, &["/child", "/phone", "/organisations/0", "/organisations/1", "/documents"]).await;
    check(choice(&[fixtures::bin(9)]), 422, Some("P15.1"), &["/organisations/0"]).await;
    assert_eq!(world.events(), before, "nothing changed");
    assert_eq!(see(&world, &parent(&world, 1).await, &invited).await.json()["status"], "sent");
    accepted(&world, 1, &answer(&world, 1, &invited, &choice(&[garden])).await).await;
    world.again_is_a_no_op().await;
}

#[tokio::test]
async fn k1_a_queued_child_is_not_invited_and_an_invited_one_is_queued_once() {
    let world = World::at(MONDAY).await;
    let garden = world.open(1).await;
    let first = world.submit(1, BORN, &[garden], 13).await;
    let refused = post(&world, &invitation(1, BORN)).await;
    assert_eq!(problem(&refused), refusal(422, "child-queued", "K1"));
    assert_eq!(refused.json()["errors"][0]["pointer"], "/child/iin");
    assert!(!refused.json().to_string().contains(&first.id), "which application is the family's own business");

    let invited = sent(&world, &invitation(2, BORN)).await;
    let by_itself = world.submit(2, BORN, &[garden], 13).await;
    let late = answer(&world, 2, &invited, &choice(&[garden])).await;
    assert_eq!(problem(&late), refusal(422, "duplicate-application", "K1"));
    assert!(late.json().to_string().contains(&by_itself.id), "the parent is told which");
    let old = post(&world, &invitation(3, "2019-05-14")).await;
    assert_eq!(problem(&old), refusal(422, "born-too-early", "P11.a"));
    world.again_is_a_no_op().await;
}

#[tokio::test]
async fn p7_the_same_request_invites_once() {
    let world = World::at(MONDAY).await;
    let (births, other) = (state(&world).await, world.token_of(json!({"scope": "state-system", "sub": "other"})).await);
    let send = async |token: &str, body: &Value| {
        let request = Request::new("POST", "/v1/invitations").bearer(token).json(body);
        world.send(request.header("idempotency-key", "one")).await
    };
    let first = send(&births, &invitation(1, BORN)).await;
    assert_eq!(first.status, 201, "{}", first.json());
    assert_eq!(answer(&world, 1, &first.json(), &json!({"consent": false})).await.status, 200);
    let before = world.events();
    world.to("2026-01-13T05:00:00.000Z").await;
    let again = send(&births, &invitation(1, BORN)).await;
    assert_eq!((again.status, again.json()), (201, first.json()), "the answer of the first");
    let reused = send(&births, &invitation(1, "2022-05-15")).await;
    assert_eq!(problem(&reused).1, "idempotency-key-reused");
    assert_eq!((reused.status, world.events()), (422, before));
    let others = send(&other, &invitation(2, BORN)).await;
    assert_eq!(others.status, 201, "a key is its caller's own");
    assert_eq!(send(&births, &json!({})).await.status, 400, "what can't be read, whatever its key");
    world.again_is_a_no_op().await;
}

/// Without a key: the same request while the invitation is open is that invitation; another one takes its place.
#[tokio::test]
async fn p7_a_family_has_one_open_invitation_for_a_child() {
    let world = World::at(MONDAY).await;
    let garden = world.open(1).await;
    let first = sent(&world, &invitation(1, BORN)).await;
    let before = world.events();
    world.to("2026-01-12T06:00:00.000Z").await;
    let again = post(&world, &invitation(1, BORN)).await;
    assert_eq!((again.status, again.json()), (200, first.clone()), "nothing new");
    assert_eq!(world.events(), before);
    let mut better = invitation(1, BORN);
    better["applicant"]["phone"] = json!("+77010000001");
    let second = sent(&world, &better).await;
    assert_ne!(second["id"], first["id"]);
    let old = answer(&world, 1, &first, &choice(&[garden])).await;
    assert_eq!(problem(&old), refusal(409, "invitation-closed", "P7"));
    assert_eq!(see(&world, &parent(&world, 1).await, &first).await.json()["status"], "replaced");
    accepted(&world, 1, &answer(&world, 1, &second, &choice(&[garden])).await).await;
    let expected = ["sent", "sent", "replaced", "accepted"].map(|stage| format!("kezek.invitation.{stage}"));
    let mut found: Vec<String> = kinds(&events(&world, "kezek.invitation.")).into_iter().map(str::to_owned).collect();
    found[1..3].sort_unstable_by(|one, other| other.cmp(one));
    assert_eq!(found, expected);
    world.again_is_a_no_op().await;
}

/// Nobody answers until the child is too old: nothing personal is left.
#[tokio::test]
async fn p11_b_an_unanswered_invitation_lapses_with_the_age_limit() {
    let world = World::at(MONDAY).await;
    let garden = world.open(1).await;
    let invited = sent(&world, &invitation(1, "2020-01-20")).await;
    world.to("2026-01-19T18:59:00.000Z").await;
    assert!(is_held(&world, 1).await);
    world.to("2026-01-19T19:05:00.000Z").await;
    let lapsed = see(&world, &parent(&world, 1).await, &invited).await.json();
    assert_eq!((&lapsed["status"], is_held(&world, 1).await), (&json!("lapsed"), false));
    let late = answer(&world, 1, &invited, &choice(&[garden])).await;
    assert_eq!(problem(&late), refusal(409, "invitation-closed", "P7"));
    assert_eq!(events(&world, "kezek.invitation.lapsed")[0]["data"]["rule"], "P11.b");
    world.again_is_a_no_op().await;
}

/// Twenty answers at once, some with and some without consent: one of them counts, and the others are told so.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn p7_answers_at_the_same_time_make_one_application() {
    let world = World::at(MONDAY).await;
    let garden = world.open(1).await;
    let invited = sent(&world, &invitation(1, BORN)).await;
    let token = parent(&world, 1).await;
    let path = format!("/v1/invitations/{}/answer", id(&invited));
    let said = |n: u32| if n % 4 == 3 { json!({"consent": false}) } else { choice(&[garden]) };
    let racers: Vec<_> =
        (0..20).map(|n| world.racing(&Request::new("POST", &path).bearer(&token).json(&said(n)))).collect();
    let mut replies = Vec::new();
    for racer in racers {
        replies.push(racer.await.expect("no panic"));
    }
    world.local.drain().await.expect("streams and queues come to rest");
    let with = |status: u16| replies.iter().filter(|reply| reply.status == status).collect::<Vec<_>>();
    let (made, declined, late) = (with(201), with(200), with(409));
    let statuses: Vec<u16> = replies.iter().map(|reply| reply.status).collect();
    assert_eq!(made.len() + declined.len() + late.len(), 20, "{statuses:?}");
    assert!(made.is_empty() != declined.is_empty(), "either consent or none");
    let alike = if made.is_empty() { &declined } else { &made };
    assert_eq!(alike.len(), if made.is_empty() { 5 } else { 15 });
    assert!(alike.iter().all(|reply| reply.json() == alike[0].json()), "the same answer, the same reply");
    assert_eq!(events(&world, "kezek.application.registered").len(), usize::from(!made.is_empty()));
    assert!(!is_held(&world, 1).await);
    world.again_is_a_no_op().await;
}
