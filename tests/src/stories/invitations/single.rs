//! The single application (`P8`): the registration of a birth carries the wish to be queued, or the consent as well.

use kezek_fixtures as fixtures;
use kezek_local::gateway::Request;
use kezek_rules::ids::Bin;
use serde_json::{Value, json};

use super::{
    BORN, accepted, answer, events, id, invitation, is_held, kinds, parent, post, problem, refusal, see, sent, state,
};
use crate::world::{MONDAY, Parent, World, entry};

/// The registration of a birth in the n-th family, with the wish for these organisations.
fn birth(n: u32, organisations: &[Bin]) -> Value {
    let mut body = invitation(n, "2025-12-20");
    body["source"] = json!("birth-registration");
    body["language"] = json!("ru");
    body["organisations"] = json!(organisations.iter().map(Bin::as_str).collect::<Vec<_>>());
    body
}

fn with_consent(mut body: Value) -> Value {
    body["consent"] = json!(true);
    body
}

#[tokio::test]
async fn p8_a_wish_becomes_an_application_after_consent() {
    let world = World::at(MONDAY).await;
    let (garden, other) = (world.open(1).await, world.open(2).await);
    let mut body = birth(1, &[garden, other]);
    body["notBefore"] = json!({"age": "P2Y"});
    let invited = sent(&world, &body).await;
    assert_eq!((&invited["source"], &invited["status"]), (&json!("birth-registration"), &json!("sent")));
    let mine = see(&world, &parent(&world, 1).await, &invited).await.json();
    assert_eq!(mine["wish"]["organisations"], json!([garden.as_str(), other.as_str()]));
    assert_eq!((&mine["wish"]["language"], &mine["wish"]["notBefore"]), (&json!("ru"), &json!("2027-12-20")));
    let subject = id(&invited).parse().map(kezek_store::Subject::Invitation).expect("an id");
    let notices = world.local.notices_about(subject).await.expect("notices");
    assert!(notices[0].ru.contains("Детский сад «Бота»; Детский сад «Бота»"), "{}", notices[0].ru);

    world.to("2026-01-13T05:00:00.000Z").await;
    let agreed = accepted(&world, 1, &answer(&world, 1, &invited, &json!({"consent": true})).await).await;
    assert_eq!((&agreed.answer["language"], &agreed.answer["notBefore"]), (&json!("ru"), &json!("2027-12-20")));
    assert_eq!(agreed.answer["submittedAt"], "2026-01-13T05:00:00.000Z");
    for organisation in [garden, other] {
        assert_eq!(entry(&agreed.answer, organisation)["status"], "dormant");
    }
    let history = world.see(&agreed).await["history"].to_string();
    assert!(history.contains(r#""rule":"P8""#) && history.contains("single-application"), "{history}");
    world.again_is_a_no_op().await;
}

#[tokio::test]
async fn p8_an_answer_may_choose_otherwise_than_was_wished() {
    let world = World::at(MONDAY).await;
    let (garden, other) = (world.open(1).await, world.open(2).await);
    let mut body = birth(1, &[garden]);
    body["notBefore"] = json!({"age": "P2Y"});
    let invited = sent(&world, &body).await;
    let chosen = json!({"consent": true, "organisations": [other.as_str()], "language": "kk", "notBefore": null});
    let mine = accepted(&world, 1, &answer(&world, 1, &invited, &chosen).await).await;
    assert_eq!((&mine.answer["language"], &mine.answer["notBefore"]), (&json!("kk"), &Value::Null));
    assert_eq!(mine.answer["entries"].as_array().map(Vec::len), Some(1));
    assert_eq!(world.number(&mine, other).await, Some(1));
}

/// The applicant consents in the single application: it is registered as it comes, at the instant it comes.
#[tokio::test]
async fn p8_the_consent_of_a_single_application_counts() {
    let world = World::at(MONDAY).await;
    let garden = world.open(1).await;
    let earlier = sent(&world, &invitation(1, "2025-12-20")).await;
    let token = state(&world).await;
    let send = async |body: &Value| {
        let request = Request::new("POST", "/v1/invitations").bearer(&token).json(body);
        world.send(request.header("idempotency-key", "birth-1")).await
    };
    let single = send(&with_consent(birth(1, &[garden]))).await;
    assert_eq!(single.status, 201, "{}", single.json());
    let single_answer = single.json();
    assert_eq!((&single_answer["status"], &single_answer["answeredAt"]), (&json!("accepted"), &json!(MONDAY)));
    let application = single_answer["application"].as_str().expect("an application").to_owned();
    let mine = Parent { id: application, token: parent(&world, 1).await, answer: Value::Null };
    let seen = world.see(&mine).await;
    assert_eq!((&seen["submittedAt"], &seen["status"]), (&json!(MONDAY), &json!("queued")));
    assert_eq!(world.notices(&mine).await, ["registered"], "nothing is left to ask");
    assert!(!is_held(&world, 1).await);
    assert_eq!(see(&world, &mine.token, &earlier).await.json()["status"], "replaced");
    let next = world.submit(2, "2025-12-20", &[garden], 13).await;
    assert_ne!(next.answer["submittedAt"], seen["submittedAt"], "the order is never a draw");
    let mut stages = events(&world, "kezek.invitation.");
    stages.sort_by_key(|event| event["type"].to_string());
    let expected = ["accepted", "replaced", "sent"].map(|stage| format!("kezek.invitation.{stage}"));
    assert_eq!(kinds(&stages), expected);

    let before = world.events();
    let again = send(&with_consent(birth(1, &[garden]))).await;
    assert_eq!((again.status, again.json()), (201, single_answer.clone()));
    assert_eq!(send(&birth(1, &[garden])).await.status, 422, "the key of another request");
    let late = answer(&world, 1, &single_answer, &json!({"consent": true})).await;
    assert_eq!(problem(&late), refusal(409, "invitation-answered", "P7"));
    assert_eq!(world.events(), before);
    world.again_is_a_no_op().await;
}

#[tokio::test]
async fn p8_only_a_single_application_carries_consent_and_it_is_held_to_every_rule() {
    let world = World::at(MONDAY).await;
    let garden = world.open(1).await;
    world.submit(9, BORN, &[garden], 13).await;
    let before = world.events();
    let check = async |body: Value, status: u16, rule: Option<&str>, pointers: &[&str]| {
        let refused = post(&world, &body).await;
        let problem = refused.json();
        assert_eq!((refused.status, problem["rule"].as_str()), (status, rule), "{problem}");
        assert!(!problem.to_string().contains('—'), "a text lacks a fact: {problem}");
        let errors = problem["errors"].as_array().expect("errors");
        let found: Vec<&str> = errors.iter().map(|error| error["pointer"].as_str().expect("a pointer")).collect();
        assert_eq!(found, pointers, "{problem}");
    };
    let mut found_by_the_state = with_consent(birth(1, &[garden]));
    found_by_the_state["source"] = json!("proactive");
    check(found_by_the_state, 422, Some("P7"), &["/consent"]).await;
    let mut vague = with_consent(birth(1, &[garden]));
    let fields = vague.as_object_mut().expect("an object");
    fields.remove("language");
    fields.remove("organisations");
    check(vague, 400, None, &["/language", "/organisations"]).await;
    let mut serving = with_consent(birth(1, &[garden, fixtures::bin(9)]));
    serving["benefit"] = json!(1);
    check(serving, 422, Some("P15.1"), &["/organisations/1", "/documents"]).await;
    check(birth(1, &[garden, fixtures::bin(9)]), 422, Some("P15.1"), &["/organisations/1"]).await;
    let mut all = birth(9, &[]);
    all["applicant"]["iin"] = json!("061211600013");
    all["child"]["birthDate"] = json!("2019-05-14");
    check(all, 422, Some("K2"), &["/applicant/iin", "/organisations", "/child/birthDate", "/child/iin"]).await;
    check(with_consent(birth(9, &[garden])), 422, Some("K1"), &["/child/iin"]).await;
    check(json!({"source": "rumour"}), 400, None, &["/source", "/applicant", "/child", "/settlement"]).await;
    assert_eq!(world.events(), before, "nothing changed");
}
