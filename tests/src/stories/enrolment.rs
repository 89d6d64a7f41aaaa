//! From the referral to the contract over the whole system: documents, the organisation's decision, its review, the signature, the
//! extension, termination (`P22`, `P25.b`, `P28`, `P16.1`, `P12`).

use kezek_local::gateway::{Request, Response};
use kezek_local::keys::TokenRequest;
use kezek_rules::ids::Bin;
use serde_json::{Value, json};

use crate::world::{MONDAY, Parent, World, entry};

/// The end of a referral issued on that Monday: five working days on, at 24:00 in Almaty.
const VALID_UNTIL: &str = "2026-01-19T19:00:00.000Z";

/// One child queued for two kindergartens holds a referral to the first; another waits behind it.
struct Story {
    world: World,
    garden: Bin,
    other: Bin,
    first: Parent,
    next: Parent,
}

impl Story {
    async fn referred() -> Self {
        Self::under(json!({})).await
    }

    /// The same under a policy that differs from the defaults.
    async fn under(policy: Value) -> Self {
        let world = World::at(MONDAY).await;
        if policy.as_object().is_some_and(|policy| !policy.is_empty()) {
            let body = json!({"version": 1, "from": "2026-01-01", "territory": ["75"], "policy": policy});
            let put = world.call("PUT", "/v1/workplace/policies/pilot", &world.officer().await, &body).await;
            assert_eq!(put.status, 201, "{}", put.json());
        }
        let (garden, other) = (world.open(1).await, world.open(2).await);
        let first = world.submit(1, "2022-05-14", &[garden, other], 13).await;
        let next = world.submit(2, "2022-05-14", &[garden], 13).await;
        world.bulletin("b-1", garden, 1, 2022).await;
        assert_eq!(world.answer(&first, "accept").await.status, 200);
        Self { world, garden, other, first, next }
    }

    async fn submitted(policy: Value) -> Self {
        let story = Self::under(policy).await;
        assert_eq!(story.hand_in().await.status, 200);
        story
    }

    async fn formed(policy: Value) -> Self {
        let story = Self::submitted(policy).await;
        assert_eq!(story.decide(&json!({"decision": "confirm"})).await.status, 200);
        story
    }

    /// The applicant's request about its application.
    async fn post(&self, what: &str, body: &Value) -> Response {
        let path = format!("/v1/applications/{}/{what}", self.first.id);
        self.world.call("POST", &path, &self.first.token, body).await
    }

    async fn seen(&self) -> Value {
        self.world.see(&self.first).await
    }

    /// Hands in what a child without a benefit needs, issued today.
    async fn hand_in(&self) -> Response {
        self.post("enrolment", &json!({"documents": self.documents()})).await
    }

    fn documents(&self) -> Value {
        let today = self.world.now()[..10].to_owned();
        let document = |kind: &str| json!({"kind": kind, "issuedOn": today, "reference": "00-1"});
        json!([document("vaccination-card"), document("health-passport"), document("health-certificate")])
    }

    async fn referral(&self) -> String {
        self.seen().await["referral"]["id"].as_str().expect("an id").to_owned()
    }

    async fn decide(&self, body: &Value) -> Response {
        self.decide_as(self.garden, body).await
    }

    async fn decide_as(&self, organisation: Bin, body: &Value) -> Response {
        let path = format!("/v1/organisations/{organisation}/referrals/{}/documents-decision", self.referral().await);
        self.world.call("POST", &path, &self.world.organisation(organisation).await, body).await
    }

    async fn review(&self, body: &Value) -> Response {
        let path = format!("/v1/workplace/referrals/{}/review", self.referral().await);
        self.world.call("POST", &path, &self.world.officer().await, body).await
    }

    /// The referrals as the kindergarten sees them.
    async fn expected(&self) -> Value {
        let token = self.world.organisation(self.garden).await;
        let path = format!("/v1/organisations/{}/referrals", self.garden);
        let answer = self.world.call("GET", &path, &token, &Value::Null).await;
        assert_eq!(answer.status, 200, "{}", answer.json());
        answer.json()["items"].clone()
    }

    async fn code(&self) -> Option<String> {
        self.world.local.signature_code(self.first.id.parse().expect("an id")).await.expect("the service answers")
    }

    async fn sign(&self) -> Response {
        let code = self.code().await.expect("a code");
        self.post("contract/signature", &json!({"means": "sms-code", "proof": code})).await
    }

    /// The kinds of the notices since the referral.
    async fn notices(&self) -> Vec<String> {
        let all = self.world.notices(&self.first).await;
        all.into_iter().skip_while(|kind| kind != "referral-issued").skip(1).collect()
    }

    /// The English text of the last notice.
    async fn last_text(&self) -> String {
        let notices = self.world.local.notices(self.first.id.parse().expect("an id")).await.expect("notices");
        notices.last().map(|notice| notice.en.clone()).unwrap_or_default()
    }

    async fn group(&self, unvaccinated: u32, version: Option<&str>) -> Response {
        let body = json!({"groupType": "middle", "birthYears": [2022], "children": 20, "unvaccinated": unvaccinated});
        let path = format!("/v1/organisations/{}/groups/middle-1", self.garden);
        let request = Request::new("PUT", &path).bearer(&self.world.organisation(self.garden).await);
        let request = version.into_iter().fold(request, |request, version| request.header("if-match", version));
        self.world.send(request.json(&body)).await
    }
}

fn texts(value: &Value, names: &[&str]) -> Vec<String> {
    names.iter().map(|name| value[*name].as_str().unwrap_or("null").to_owned()).collect()
}

fn codes(problem: &Value) -> Vec<String> {
    let errors = problem["errors"].as_array().cloned().unwrap_or_default();
    errors.iter().map(|error| error["code"].as_str().unwrap_or_default().to_owned()).collect()
}

/// `P22.a` to `P22.d`: documents, contract, signature; the child is enrolled, the application archived, the vacancy filled.
#[tokio::test]
async fn p22_d_from_the_referral_to_the_contract() {
    let story = Story::referred().await;
    let seen = story.seen().await;
    assert_eq!(texts(&seen["referral"], &["status", "stage", "validUntil"]), ["issued", "awaited", VALID_UNTIL]);
    assert_eq!((&seen["referral"]["extended"], &seen["contract"]), (&json!(false), &Value::Null));

    let handed_in = story.hand_in().await;
    assert_eq!(handed_in.status, 200, "{}", handed_in.json());
    let due = "2026-01-13T13:30:00.000Z";
    assert_eq!(texts(&handed_in.json()["referral"], &["stage", "resultDue"]), ["submitted", due]);
    assert_eq!(story.hand_in().await.json(), handed_in.json(), "the same again changes nothing");
    let expected = story.expected().await;
    assert_eq!(texts(&expected[0], &["stage", "resultDue"]), ["submitted", due]);
    assert_eq!(expected[0]["documents"][2], json!({"kind": "health-certificate", "issuedOn": "2026-01-12"}));

    story.world.to("2026-01-13T05:00:00.000Z").await;
    let confirmed = story.decide(&json!({"decision": "accept"})).await;
    assert_eq!(confirmed.status, 200, "{}", confirmed.json());
    assert_eq!(texts(&confirmed.json(), &["status", "stage"]), ["issued", "contract"]);
    assert_eq!(texts(&confirmed.json()["contract"], &["status", "signBy"]), ["formed", "2026-01-20T19:00:00.000Z"]);
    assert_eq!(story.decide(&json!({"decision": "confirm"})).await.json(), confirmed.json(), "the same again");
    assert_eq!(story.decide(&json!({"decision": "refuse", "ground": 1})).await.status, 409, "another one");
    let contract = story.seen().await["contract"].clone();
    assert_eq!(texts(&contract, &["organisation", "status", "means"]), [story.garden.as_str(), "formed", "null"]);
    assert_eq!(contract["document"], Value::Null, "nothing is signed yet");

    let signed = story.sign().await;
    assert_eq!(signed.status, 200, "{}", signed.json());
    let (application, contract) = (signed.json(), signed.json()["contract"].clone());
    assert_eq!(texts(&application, &["status", "archiveReason"]), ["archived", "enrolled"]);
    assert_eq!(texts(&application["referral"], &["status", "stage"]), ["used", "null"]);
    assert_eq!(texts(&contract, &["status", "means", "temporaryUntil"]), ["signed", "sms-code", "null"]);
    assert!(contract["document"].as_str().is_some_and(|document| document.split('.').count() == 3));
    assert_eq!(story.world.vacancies(story.garden).await, ["filled"]);
    assert_eq!(story.expected().await, json!([]));
    assert!(story.world.open_offer(&story.next).await.is_none(), "the place is taken");
    story.world.to("2027-03-01T05:00:00.000Z").await;
    assert_eq!(story.seen().await["archiveReason"], "enrolled", "the archive is for ever");
    story.world.again_is_a_no_op().await;
}

/// `P22.d`: a signature counts only if the service says so; while it is silent nothing is lost.
#[tokio::test]
async fn p22_d_only_a_good_signature_counts() {
    let story = Story::formed(json!({})).await;
    let sms = |proof: &str| json!({"means": "sms-code", "proof": proof});
    let code = story.code().await.expect("a code");
    let wrong = if code == "000000" { "000001" } else { "000000" };
    let rejected = story.post("contract/signature", &sms(wrong)).await;
    assert_eq!((rejected.status, rejected.json()["rule"].as_str()), (422, Some("P22.d")), "{}", rejected.json());
    assert_eq!(story.post("contract/signature", &json!({"means": "nod"})).await.status, 400);

    let service = story.world.local.signatures();
    service.tell(kezek_local::signature::Mode::Down).expect("told");
    let silent = story.post("contract/signature", &sms(&code)).await;
    assert_eq!(silent.status, 503, "{}", silent.json());
    assert!(silent.header("retry-after").is_some());
    service.tell(kezek_local::signature::Mode::Reject).expect("told");
    assert_eq!(story.post("contract/signature", &json!({"means": "qr", "proof": "x"})).await.status, 422);
    service.tell(kezek_local::signature::Mode::Ok).expect("told");
    let signed = story.post("contract/signature", &json!({"means": "qr", "proof": "x"})).await;
    assert_eq!(signed.status, 200, "{}", signed.json());
    assert_eq!(story.post("contract/signature", &json!({"means": "qr", "proof": "x"})).await.json(), signed.json());
    assert_eq!(story.post("contract/signature", &sms(&code)).await.status, 409, "signed by another means");
    assert_eq!(story.code().await, None);
    story.world.again_is_a_no_op().await;
}

/// `P22.d`, `P22.e`: a contract unsigned for five working days lapses with its referral, to the millisecond.
#[tokio::test]
async fn p22_d_unsigned_it_lapses() {
    let story = Story::formed(json!({})).await;
    story.world.to("2026-01-19T18:59:59.999Z").await;
    assert_eq!(story.seen().await["contract"]["status"], "formed");
    story.world.to(VALID_UNTIL).await;
    let seen = story.seen().await;
    assert_eq!(texts(&seen, &["status", "archiveReason"]), ["archived", "referral-lapsed"]);
    assert_eq!((&seen["contract"]["status"], &seen["referral"]["status"]), (&json!("void"), &json!("lapsed")));
    assert_eq!(story.post("contract/signature", &json!({"means": "qr", "proof": "x"})).await.status, 409);
    assert!(story.world.open_offer(&story.next).await.is_some(), "the place goes to the next");
    story.world.again_is_a_no_op().await;
}

/// `P22.c`, `A6.8`: everything missing or expired is named at once, and nothing is stored.
#[tokio::test]
async fn p22_c_each_missing_and_each_expired_document_is_named() {
    let story = Story::referred().await;
    let body = json!({"documents": [
        {"kind": "health-certificate", "issuedOn": "2026-01-08", "reference": "00-1"},
        {"kind": "vaccination-card", "issuedOn": "2024-01-08"}]});
    let refused = story.post("enrolment", &body).await;
    let problem = refused.json();
    assert_eq!((refused.status, problem["rule"].as_str()), (422, Some("P22.c")), "{problem}");
    assert_eq!(codes(&problem), ["document-missing", "document-expired"]);
    assert_eq!(texts(&problem["errors"][1], &["pointer", "rule"]), ["/documents/0/issuedOn", "P28.1"]);
    assert_eq!(story.seen().await["referral"]["stage"], "awaited");
    assert_eq!(story.post("enrolment", &json!({"documents": 5})).await.status, 400);
    assert_eq!(story.post("enrolment", &json!({})).await.status, 400);
    assert!(story.notices().await.is_empty());
    story.world.again_is_a_no_op().await;
}

/// `P22.b`: handed in outside working time at the last millisecond they are in time, and registered on the next working day.
#[tokio::test]
async fn p22_b_the_last_millisecond_counts() {
    let story = Story::referred().await;
    story.world.to("2026-01-19T18:59:59.999Z").await;
    let handed_in = story.hand_in().await;
    assert_eq!(handed_in.status, 200, "{}", handed_in.json());
    let times = texts(&handed_in.json()["referral"], &["registeredAt", "resultDue"]);
    assert_eq!(times, ["2026-01-20T04:00:00.000Z", "2026-01-21T13:30:00.000Z"]);
    story.world.to("2026-01-21T13:29:00.000Z").await;
    assert_eq!(
        (story.seen().await["status"].clone(), story.expected().await[0]["overdue"].clone()),
        (json!("referred"), json!(false))
    );
    story.world.to("2026-01-21T13:30:00.000Z").await;
    let history = story.seen().await["history"].clone();
    let overdue = history.as_array().expect("a history").iter().filter(|line| line["what"] == "result-overdue").count();
    assert_eq!((overdue, story.expected().await[0]["overdue"].clone()), (1, json!(true)), "visible, once");
    story.world.to("2026-01-25T13:30:00.000Z").await;
    assert_eq!(story.seen().await["status"], "referred");

    let late = Story::referred().await;
    late.world.to(VALID_UNTIL).await;
    assert_eq!(late.hand_in().await.status, 409);
    late.world.again_is_a_no_op().await;
}

/// `P22.c`, **D-resubmission**: returned documents may be handed in again until the validity ends, or never.
#[tokio::test]
async fn p22_c_d_resubmission_until_validity_or_never() {
    let story = Story::submitted(json!({})).await;
    assert_eq!(story.decide(&json!({"decision": "return"})).await.status, 400, "each reason is named");
    let back = json!({"decision": "return", "note": "The card has no stamp."});
    let returned = story.decide(&back).await;
    assert_eq!((returned.status, returned.json()["stage"].clone()), (200, json!("awaited")), "{}", returned.json());
    assert_eq!(story.decide(&back).await.json(), returned.json(), "the same again");
    assert_eq!(story.hand_in().await.status, 200);
    assert_eq!(story.decide(&back).await.status, 200, "a decision of its own");
    story.world.to(VALID_UNTIL).await;
    assert_eq!(story.seen().await["archiveReason"], "referral-lapsed");

    let never = Story::submitted(json!({"resubmission": "never", "lapse": "return"})).await;
    let returned = never.decide(&back).await;
    assert_eq!((returned.status, returned.json()["status"].clone()), (200, json!("lapsed")));
    assert_eq!(never.world.number(&never.first, never.other).await, Some(1), "D-lapse return");
    assert!(never.world.open_offer(&never.next).await.is_some());
    never.world.again_is_a_no_op().await;
}

/// `P22.c`: the documents that an organisation finds missing or expired are each named in the notice and in the history, and again
/// when its refusal is upheld.
#[tokio::test]
async fn p22_c_the_notice_names_each_document() {
    let story = Story::submitted(json!({})).await;
    let back = json!({"decision": "return", "missing": ["vaccination-card"], "expired": ["health-certificate"]});
    assert_eq!(story.decide(&back).await.status, 200, "a document named is a reason");
    let told = |text: &str| ["vaccination card", "certificate"].iter().all(|name| text.contains(name));
    let last = story.last_text().await;
    assert!(told(&last), "{last}");
    let history = story.seen().await["history"].clone();
    let line = history.as_array().expect("a history").iter().find(|line| line["what"] == "documents-lacking");
    let line = line.expect("a line");
    assert_eq!((&line["missing"], &line["expired"]), (&json!(["vaccination-card"]), &json!(["health-certificate"])));

    assert_eq!(story.hand_in().await.status, 200);
    let refuse = json!({"decision": "refuse", "ground": 1, "missing": ["vaccination-card", "health-certificate"]});
    assert_eq!(story.decide(&refuse).await.status, 200);
    assert!(told(&story.last_text().await));
    assert_eq!(story.review(&json!({"decision": "uphold", "outcome": "return", "note": "kin"})).await.status, 200);
    let last = story.last_text().await;
    assert!(told(&last), "{last}");
    let unasked = json!({"decision": "accept", "missing": ["diploma"]});
    assert_eq!(story.decide(&unasked).await.status, 400);
    story.world.again_is_a_no_op().await;
}

/// `P28.1`: a certificate that has run out since forms no contract.
#[tokio::test]
async fn p28_1_the_three_days_are_measured_when_the_contract_is_formed() {
    let story = Story::submitted(json!({})).await;
    story.world.to("2026-01-16T05:00:00.000Z").await;
    let refused = story.decide(&json!({"decision": "confirm"})).await;
    let problem = refused.json();
    assert_eq!((refused.status, problem["rule"].as_str()), (422, Some("P28.1")), "{problem}");
    assert_eq!(codes(&problem), ["certificate-too-old"]);
    story.world.again_is_a_no_op().await;
}

/// `P16.1`, **D-refused-enrolment** `by-ground`: upheld on ground 2 the child returns to its other queues; the place goes to the next.
#[tokio::test]
async fn p16_1_upheld_by_ground_it_returns() {
    let story = Story::submitted(json!({})).await;
    let refuse = json!({"decision": "refuse", "ground": 2, "note": "Medical contraindication."});
    let refused = story.decide(&refuse).await;
    assert_eq!((refused.status, refused.json()["stage"].clone()), (200, json!("under-review")), "{}", refused.json());
    assert_eq!(story.decide(&refuse).await.json(), refused.json(), "the same again");
    assert_eq!(story.decide(&json!({"decision": "refuse", "ground": 1})).await.status, 409);
    assert_eq!(story.post("referral/cancellation", &Value::Null).await.status, 409, "P25.a: not any more");
    let tasks = story.world.call("GET", "/v1/workplace/tasks", &story.world.officer().await, &Value::Null).await.json();
    assert_eq!(texts(&tasks["items"][0], &["kind", "dueAt"]), ["refusal-review", "2026-01-13T13:30:00.000Z"]);
    story.world.to("2026-01-20T05:00:00.000Z").await;
    assert!(story.world.open_offer(&story.next).await.is_none(), "the seat waits, though the validity is over");

    let upheld = story.review(&json!({"decision": "uphold", "note": "The certificate says so."})).await;
    assert_eq!(upheld.status, 200, "{}", upheld.json());
    assert_eq!(texts(&upheld.json()["referral"], &["status"]), ["refused"]);
    assert_eq!(entry(&upheld.json(), story.garden)["status"], "left");
    assert_eq!(entry(&upheld.json(), story.other)["number"], 1);
    assert_eq!(story.review(&json!({"decision": "uphold"})).await.status, 200, "the same again");
    assert_eq!(story.review(&json!({"decision": "overturn"})).await.status, 409);
    assert!(story.world.open_offer(&story.next).await.is_some(), "the place goes to the next");
    story.world.again_is_a_no_op().await;
}

/// `P16.1`: upheld on another ground it is archived, unless the officer departs from that with a reason.
#[tokio::test]
async fn p16_1_upheld_it_is_archived_unless_the_officer_departs_from_it() {
    let refuse = json!({"decision": "refuse", "ground": 1});
    let story = Story::submitted(json!({})).await;
    assert_eq!(story.decide(&refuse).await.status, 200);
    let upheld = story.review(&json!({"decision": "uphold"})).await.json();
    assert_eq!(texts(&upheld, &["status", "archiveReason"]), ["archived", "refused"]);

    let other = Story::submitted(json!({})).await;
    assert_eq!(other.decide(&refuse).await.status, 200);
    let without = other.review(&json!({"decision": "uphold", "outcome": "return"})).await;
    assert_eq!((without.status, without.json()["rule"].as_str()), (422, Some("P16.1")), "{}", without.json());
    let with = other.review(&json!({"decision": "uphold", "outcome": "return", "note": "The clinic erred."})).await;
    assert_eq!((with.status, with.json()["status"].clone()), (200, json!("queued")));
    other.world.again_is_a_no_op().await;
}

/// `P16.1`: overturned the referral stands with a fresh term of five working days.
#[tokio::test]
async fn p16_1_overturned_the_referral_stands_with_a_fresh_term() {
    let story = Story::submitted(json!({})).await;
    assert_eq!(story.decide(&json!({"decision": "refuse", "ground": 5})).await.status, 200);
    story.world.to("2026-01-20T05:00:00.000Z").await;
    let overturned = story.review(&json!({"decision": "overturn", "note": "They do meet the Rules."})).await;
    let referral = overturned.json()["referral"].clone();
    assert_eq!(texts(&referral, &["status", "stage", "validUntil"]), ["issued", "awaited", "2026-01-27T19:00:00.000Z"]);
    assert_eq!(story.decide(&json!({"decision": "refuse", "ground": 5})).await.status, 409, "it was overturned");
    assert_eq!(story.hand_in().await.status, 200);
    assert_eq!(story.decide(&json!({"decision": "confirm"})).await.status, 200);
    assert_eq!(story.sign().await.status, 200);
    story.world.again_is_a_no_op().await;
}

/// **D-refusal-review** `none`: the refusal stands at once.
#[tokio::test]
async fn p16_1_d_refusal_review_none() {
    let story = Story::submitted(json!({"refusalReview": "none"})).await;
    let refused = story.decide(&json!({"decision": "refuse", "ground": 2})).await;
    assert_eq!((refused.status, refused.json()["status"].clone()), (200, json!("refused")), "{}", refused.json());
    assert_eq!(story.decide(&json!({"decision": "refuse", "ground": 2})).await.status, 200, "the same again");
    assert_eq!(story.review(&json!({"decision": "uphold"})).await.status, 409);
    assert_eq!(story.seen().await["status"], "queued");
    assert!(story.world.open_offer(&story.next).await.is_some());
    story.world.again_is_a_no_op().await;
}

/// `P28` (3): the figures of the group must bear it.
#[tokio::test]
async fn p28_3_more_than_ten_per_cent_unvaccinated() {
    let story = Story::submitted(json!({})).await;
    let refuse = json!({"decision": "refuse", "ground": 3});
    let unknown = story.decide(&refuse).await;
    assert_eq!((unknown.status, codes(&unknown.json())), (422, vec!["group-unknown".to_owned()]), "{}", unknown.json());
    assert_eq!(story.group(2, None).await.status, 201);
    assert_eq!(story.group(2, None).await.status, 200, "the same again");
    let refused = story.decide(&refuse).await;
    assert_eq!((refused.status, refused.json()["rule"].as_str()), (422, Some("P28")), "exactly ten per cent");
    assert_eq!(codes(&refused.json()), ["unvaccinated-share"]);
    assert_eq!(story.group(3, None).await.status, 428);
    assert_eq!(story.group(3, Some("\"7\"")).await.status, 412);
    assert_eq!(story.group(3, Some("\"1\"")).await.status, 200);
    let named = json!({"decision": "refuse", "ground": 3, "group": "middle-1"});
    assert_eq!(story.decide(&json!({"decision": "refuse", "ground": 3, "group": "x"})).await.status, 422);
    assert_eq!(story.decide(&named).await.status, 200);
    story.world.again_is_a_no_op().await;
}

/// **D-extension** `on-the-document`: once, and within its limits.
#[tokio::test]
async fn p25_b_extended_once_on_the_document() {
    let story = Story::referred().await;
    let ask = |until: &str, kind: &str| json!({"until": until, "document": {"kind": kind, "issuedOn": "2026-01-12", "reference": "00-1"}});
    let far = story.post("referral/extension", &ask("2026-02-19", "inability")).await;
    assert_eq!((far.status, far.json()["rule"].as_str()), (422, Some("P25.b")), "{}", far.json());
    let both = story.post("referral/extension", &ask("2026-01-19", "diploma")).await.json();
    assert_eq!(codes(&both), ["extension-too-far", "inability-document-missing"]);
    let extended = story.post("referral/extension", &ask("2026-02-18", "inability")).await;
    assert_eq!(extended.status, 200, "{}", extended.json());
    let referral = extended.json()["referral"].clone();
    assert_eq!((&referral["extended"], &referral["validUntil"]), (&json!(true), &json!("2026-02-18T19:00:00.000Z")));
    assert_eq!(
        story.post("referral/extension", &ask("2026-02-18", "inability")).await.json(),
        extended.json(),
        "again"
    );
    assert_eq!(story.post("referral/extension", &ask("2026-02-17", "inability")).await.status, 409, "once");
    story.world.to("2026-02-18T18:59:59.999Z").await;
    assert_eq!(story.seen().await["status"], "referred");
    story.world.to("2026-02-18T19:00:00.000Z").await;
    assert_eq!(story.seen().await["archiveReason"], "referral-lapsed");
    story.world.again_is_a_no_op().await;
}

/// **D-extension** `by-an-officer`: until it is decided the referral doesn't lapse.
#[tokio::test]
async fn p25_b_extended_by_an_officer() {
    let story = Story::under(json!({"extension": "by-an-officer"})).await;
    let ask = json!({"until": "2026-02-01", "document": {"kind": "inability", "issuedOn": "2026-01-12"}});
    let asked = story.post("referral/extension", &ask).await;
    assert_eq!(texts(&asked.json()["referral"], &["validUntil", "extensionAsked"]), [VALID_UNTIL, "2026-02-01"]);
    assert_eq!(story.post("referral/extension", &ask).await.json(), asked.json(), "the same again");
    let tasks = story.world.call("GET", "/v1/workplace/tasks", &story.world.officer().await, &Value::Null).await.json();
    assert_eq!(texts(&tasks["items"][0], &["kind", "dueAt"]), ["extension", "2026-01-13T13:30:00.000Z"]);
    story.world.to("2026-01-21T05:00:00.000Z").await;
    assert_eq!(story.seen().await["status"], "referred", "it waits for the officer");
    let confirm = json!({"decision": "confirm", "task": "extension"});
    let decided = story.world.decide(&story.first, &confirm).await;
    assert_eq!(decided.status, 200, "{}", decided.json());
    assert_eq!(decided.json()["referral"]["validUntil"], "2026-02-01T19:00:00.000Z");
    assert_eq!(story.world.decide(&story.first, &confirm).await.status, 200, "the same again");
    assert_eq!(story.world.decide(&story.first, &json!({"decision": "refuse", "ground": 2})).await.status, 409);

    let story = Story::under(json!({"extension": "by-an-officer"})).await;
    assert_eq!(story.post("referral/extension", &ask).await.status, 200);
    story.world.to("2026-01-21T05:00:00.000Z").await;
    let refused = story.world.decide(&story.first, &json!({"decision": "refuse", "ground": 2})).await.json();
    assert_eq!(texts(&refused, &["status", "archiveReason"]), ["archived", "referral-lapsed"], "its validity is over");
    story.world.again_is_a_no_op().await;
}

/// `P12`: another place only after the contract is terminated.
#[tokio::test]
async fn p12_terminated_the_child_may_apply_again() {
    let story = Story::formed(json!({})).await;
    assert_eq!(story.post("contract/termination", &Value::Null).await.status, 409, "not signed yet");
    assert_eq!(story.sign().await.status, 200);
    let body = crate::world::body(1, "2022-05-14", &[story.other], 13);
    let again = story.world.call("POST", "/v1/applications", &story.first.token, &body).await;
    assert_eq!(again.status, 422, "a contract is in force: {}", again.json());
    let terminated = story.post("contract/termination", &json!({})).await;
    assert_eq!(terminated.status, 200, "{}", terminated.json());
    assert_eq!(texts(&terminated.json()["contract"], &["status"]), ["terminated"]);
    assert_eq!(texts(&terminated.json(), &["status", "archiveReason"]), ["archived", "enrolled"]);
    assert_eq!(story.post("contract/termination", &Value::Null).await.json(), terminated.json(), "the same again");
    assert_eq!(story.world.vacancies(story.garden).await, ["filled"], "it comes free by a new bulletin");
    let again = story.world.call("POST", "/v1/applications", &story.first.token, &body).await;
    assert_eq!(again.status, 201, "{}", again.json());
    story.world.again_is_a_no_op().await;
}

/// `P23.a`: who had a place by first priority and wants another joins the end of the general lane.
#[tokio::test]
async fn p23_a_a_privilege_is_used_once() {
    let world = World::at(MONDAY).await;
    let (garden, other) = (world.open(1).await, world.open(2).await);
    world.know(1, &[10], "ok").await;
    let first = world.submit(1, "2022-05-14", &[garden], 10).await;
    let next = world.submit(2, "2022-05-14", &[other], 13).await;
    world.bulletin("b-1", garden, 1, 2022).await;
    assert_eq!(world.answer(&first, "accept").await.status, 200);
    let story = Story { world, garden, other, first, next };
    let handed_in = story.hand_in().await;
    assert_eq!(handed_in.status, 200, "{}", handed_in.json());
    assert_eq!(story.decide(&json!({"decision": "confirm"})).await.status, 200);
    assert_eq!(story.sign().await.status, 200);
    assert_eq!(story.post("contract/termination", &json!({})).await.status, 200);
    let Story { world, first, .. } = &story;
    let again = world.submit_body(1, &crate::world::body(1, "2022-05-14", &[story.other], 10)).await;
    let seen = world.see(&again).await;
    assert_eq!((seen["lane"].as_str(), seen["status"].as_str()), (Some("general"), Some("queued")), "{seen}");
    assert_ne!(again.id, first.id);
    world.again_is_a_no_op().await;
}

/// `P25.a`, `P15.4`: while the contract isn't signed the referral may be cancelled within 24 hours, the application withdrawn any time.
#[tokio::test]
async fn p25_a_cancelled_before_the_signature() {
    let story = Story::formed(json!({})).await;
    let cancelled = story.post("referral/cancellation", &Value::Null).await;
    assert_eq!(cancelled.status, 200, "{}", cancelled.json());
    assert_eq!(cancelled.json()["contract"]["status"], "void");
    assert_eq!(entry(&cancelled.json(), story.other)["number"], 1);
    assert!(story.world.open_offer(&story.next).await.is_some());

    let story = Story::formed(json!({})).await;
    story.world.to("2026-01-13T05:01:00.000Z").await;
    assert_eq!(story.post("referral/cancellation", &Value::Null).await.status, 409, "24 hours are over");
    assert_eq!(story.post("withdrawal", &Value::Null).await.json()["archiveReason"], "withdrawn");
    assert!(story.world.open_offer(&story.next).await.is_some());
    story.world.again_is_a_no_op().await;
}

/// What isn't one's own doesn't exist: another parent's application, another kindergarten's referral, another region's.
#[tokio::test]
async fn what_is_not_ones_own_does_not_exist() {
    let story = Story::submitted(json!({})).await;
    let world = &story.world;
    for what in ["enrolment", "contract/signature", "contract/termination", "referral/extension"] {
        let path = format!("/v1/applications/{}/{what}", story.first.id);
        assert_eq!(world.call("POST", &path, &story.next.token, &json!({})).await.status, 404, "{what}");
        assert_eq!(world.call("POST", &path, &world.officer().await, &json!({})).await.status, 403, "{what}");
    }
    assert_eq!(story.decide_as(story.other, &json!({"decision": "confirm"})).await.status, 404);
    let path = format!("/v1/organisations/{}/referrals/{}/documents-decision", story.garden, "0".repeat(40));
    let token = world.organisation(story.garden).await;
    assert_eq!(world.call("POST", &path, &token, &json!({"decision": "confirm"})).await.status, 404);
    let path = format!("/v1/workplace/referrals/{}/review", story.referral().await);
    let elsewhere: TokenRequest =
        serde_json::from_value(json!({"scope": "officer", "territory": "71"})).expect("claims");
    let elsewhere = world.local.token(&elsewhere).expect("a token");
    assert_eq!(world.call("POST", &path, &elsewhere, &json!({"decision": "uphold"})).await.status, 404);
    assert_eq!(world.call("POST", &path, &token, &json!({"decision": "uphold"})).await.status, 403);
    assert_eq!(story.review(&json!({"decision": "uphold"})).await.status, 409, "nothing is refused");
    let group = json!({"groupType": "middle", "birthYears": [2022], "children": 20, "unvaccinated": 1});
    let path = format!("/v1/organisations/{}/groups/1", story.other);
    assert_eq!(world.call("PUT", &path, &token, &group).await.status, 404);
    world.again_is_a_no_op().await;
}
