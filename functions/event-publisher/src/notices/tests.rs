//! Facts as the history holds them, and the notices that they make, in short.

use std::collections::{BTreeMap, BTreeSet};

use kezek_contract::texts::notices::{NoticeKind, Stakes};
use kezek_rules::ids::ReferralId;
use serde_json::{Value, json};

use super::*;

const GARDEN: &str = "061211600012";
const NURSERY: &str = "100000000009";
const OFFER: &str = "020202020202020202020202";
const REFERRAL: &str = "0707070707070707070707070707070707070707";
const LATER: &str = "2026-01-20T19:00:00Z";

fn bin(stem: &str) -> Bin {
    stem.parse().expect("a BIN")
}

fn second() -> Bin {
    (0..10).find_map(|digit| format!("{}{digit}", &NURSERY[..11]).parse().ok()).expect("a control digit")
}

fn names(name: &str) -> Names {
    Names { kk: name.to_owned(), ru: name.to_owned() }
}

fn referral() -> ReferralId {
    REFERRAL.parse().expect("an id")
}

fn known() -> Known {
    let (number, organisation) = ("J-1".to_owned(), bin(GARDEN));
    Known {
        names: BTreeMap::from([(bin(GARDEN), names("garden")), (second(), names("nursery"))]),
        referrals: BTreeMap::from([(referral(), number.clone())]),
        suspension_working_days: 10,
        stakes: Stakes::Entry,
        temporary_stakes: Stakes::Nothing,
        temporary: BTreeMap::new(),
        refused: BTreeMap::from([(referral(), 3)]),
        lacking: BTreeMap::new(),
        wanted_from: None,
        held: Some(Held { number, organisation, valid_until: LATER.parse().expect("an instant") }),
        suspended: vec![(LATER.parse().expect("an instant"), bin(GARDEN))],
    }
}

fn event(facts: &Value) -> Event {
    serde_json::from_value(json!({
        "application": "01010101010101010101010101010101", "seq": 3, "at": "2026-01-12T05:00:00Z",
        "policy": "order-133@1", "calendar": 1, "queues": [], "facts": facts
    }))
    .expect("an event")
}

/// The notices of facts in JSON, one a line, without the quotes; an organisation by its name.
fn check_knowing(known: &Known, facts: &Value, expected: &[&str]) {
    let event = event(facts);
    let notices = of(&event, known);
    let short = |notice: &Notice| {
        let text = serde_json::to_string(notice).expect("JSON").replace('"', "");
        ["garden", "nursery"].iter().fold(text, |text, name| text.replace(&format!("{{kk:{name},ru:{name}}}"), name))
    };
    assert_eq!(notices.iter().map(short).collect::<Vec<_>>(), expected, "{facts}");
    assert_eq!(of(&event, &Known::default()).len(), expected.len(), "what is known adds no notice: {facts}");
}

fn check(facts: &Value, expected: &[&str]) {
    check_knowing(&known(), facts, expected);
}

/// A fact about the garden.
fn at_garden(what: &str, more: Value) -> Value {
    let mut fact = json!({"what": what, "organisation": GARDEN});
    merge(&mut fact, more);
    fact
}

/// A fact about the referral to the garden.
fn referred(what: &str, more: Value) -> Value {
    let mut fact = at_garden(what, json!({"referral": REFERRAL}));
    merge(&mut fact, more);
    fact
}

fn merge(fact: &mut Value, more: Value) {
    if let (Value::Object(fact), Value::Object(more)) = (fact, more) {
        fact.extend(more);
    }
}

fn resumed(organisation: Bin, number: u64) -> Value {
    json!({"what": "resumed", "organisation": organisation, "number": number})
}

fn archived(reason: &str) -> Value {
    json!({"what": "archived", "reason": reason})
}

#[test]
fn n1_p6_e_one_notice_of_registration_for_all_organisations() {
    let registered = json!({"what": "registered", "child": "00000000000000000000000000000001", "stream": "general",
        "lane": "general", "benefit": 13, "organisations": [GARDEN], "acceptedAt": "2026-01-12T05:00:00Z"});
    check(&json!([registered]), &[]);
    let queued = |number| at_garden("queued", json!({"number": number}));
    let both = json!([registered, queued(4), {"what": "queued", "organisation": second(), "number": 12}]);
    let places = "places:[{organisation:garden,number:4},{organisation:nursery,number:12}]";
    check(
        &both,
        &[&format!("{{kind:registered,at:2026-01-12T05:00:00Z,{places},standing:as-applied,wantedFrom:null}}")],
    );
    check(&json!([{"what": "organisations-changed", "added": [GARDEN], "removed": []}, queued(4)]), &[]);
    check(&json!([resumed(bin(GARDEN), 4)]), &[]);
}

#[test]
fn n1_p15_2_a_registration_says_from_when_the_place_is_wanted_and_the_day_itself_is_told() {
    let queued = at_garden("queued", json!({"number": 4}));
    let told = |day: &str| {
        format!(
            "{{kind:registered,at:2026-01-12T05:00:00Z,places:[{{organisation:garden,number:4}}],\
             standing:as-applied,wantedFrom:{day}}}"
        )
    };
    check(&json!([{"what": "deferred", "until": "2026-09-01"}, queued]), &[&told("2026-09-01")]);
    let rests = |day: &str| Known { wanted_from: Some(day.parse().expect("a day")), ..known() };
    check_knowing(&rests("2027-01-01"), &json!([{"what": "accepted"}, queued]), &[&told("2027-01-01")]);
    check_knowing(&rests("2026-01-12"), &json!([queued]), &[&told("null")]);
    check(
        &json!([{"what": "deferred-age-reached"}, resumed(bin(GARDEN), 4)]),
        &["{kind:deferred-age-reached,places:[{organisation:garden,number:4}]}"],
    );
    check(&json!([{"what": "deferral-lifted"}, resumed(bin(GARDEN), 4)]), &[]);
    check(&json!([{"what": "deferred", "until": "2026-09-01"}]), &[]);
}

#[test]
fn n1_p16_5_verification_is_told_at_registration_and_after_the_referral_with_the_officers_term_only() {
    let started = |what, by| json!([{"what": what, "by": by, "dueAt": LATER}]);
    let told = |check, due: &str| format!("{{kind:verification-started,check:{check},due:{due}}}");
    check(&started("verification-started", "officer"), &[&told("registration", LATER)]);
    check(&started("verification-started", "register"), &[&told("registration", "null")]);
    check(&started("second-check-started", "officer"), &[&told("referral", LATER)]);
    check(&started("second-check-started", "register"), &[&told("referral", "null")]);
    check(
        &json!([{"what": "benefit-claimed", "benefit": 5},
            {"what": "verification-started", "by": "register", "dueAt": LATER}]),
        &[&told("benefit", "null")],
    );
    check(
        &json!([{"what": "handed-to-officer", "dueAt": LATER}, {"what": "second-check-confirmed", "by": "officer"}]),
        &[],
    );
}

#[test]
fn n1_p5_e_a_refusal_and_an_unconfirmed_benefit_are_told() {
    check(
        &json!([{"what": "refused", "ground": 2, "by": "officer"}]),
        &["{kind:refused,asked:queueing,grounds:[2],missing:[],expired:[],note:null}"],
    );
    check(
        &json!([{"what": "moved-to-general"}, at_garden("queued", json!({"number": 9}))]),
        &[
            "{kind:registered,at:2026-01-12T05:00:00Z,places:[{organisation:garden,number:9}],standing:unconfirmed,wantedFrom:null}",
        ],
    );
}

#[test]
fn n1_p13_3_a_change_of_benefit_is_told_with_the_new_numbers_and_a_refused_claim_with_where_the_child_stands() {
    let moved = at_garden("moved", json!({"number": 2}));
    let changed = |lane: &str, benefit: u8| json!({"what": "lane-changed", "lane": lane, "benefit": benefit});
    let registered = |lane: &str| {
        format!(
            "{{kind:registered,at:2026-01-12T05:00:00Z,places:[{{organisation:garden,number:2}}],\
             standing:{{changed:{lane}}},wantedFrom:null}}"
        )
    };
    let confirmed = json!({"what": "confirmed", "by": "register"});
    check(&json!([confirmed, changed("first-priority", 5), moved]), &[&registered("first-priority")]);
    check(&json!([changed("general", 13), moved]), &[&registered("general")]);
    check(&json!([changed("general", 13)]), &[]);
    let unmoved = "{kind:registered,at:2026-01-12T05:00:00Z,places:[],standing:confirmed,wantedFrom:null}";
    check(&json!([confirmed]), &[unmoved]);
    check(&json!([confirmed, changed("first-priority", 5)]), &[unmoved]);
    let refused = json!({"what": "claim-refused", "ground": 1, "by": "officer"});
    let told = |stays: bool| {
        format!("{{kind:refused,asked:{{benefit:{{stays:{stays}}}}},grounds:[1],missing:[],expired:[],note:null}}")
    };
    check(&json!([refused]), &[&told(true)]);
    check(&json!([refused, changed("general", 13), moved]), &[&told(false), &registered("general")]);
    check(&json!([{"what": "claim-dropped"}]), &[]);
}

#[test]
fn n1_p15_d_silence_passes_on_and_suspends() {
    let passed = at_garden("passed-on", json!({"offer": OFFER}));
    let suspended = |organisation: Bin| json!({"what": "suspended", "organisation": organisation, "endsAt": "2026-01-27T19:00:00Z"});
    let passed_on = "{kind:offer-passed-on,organisation:garden,because:no-answer,number:null}";
    let told = |organisation: &str| {
        format!("{{kind:suspended,organisation:{organisation},workingDays:10,until:2026-01-27,recounted:false}}")
    };
    check(&json!([passed, suspended(bin(GARDEN))]), &[passed_on, &told("garden")]);
    check(&json!([passed, suspended(bin(GARDEN)), suspended(second())]), &[passed_on, &told("null")]);
}

#[test]
fn n1_p15_a_p15_d_interest_is_asked_and_lost() {
    let asked = |time: u8| json!([{"what": "interest-asked", "time": time, "answerBy": LATER}]);
    check(&asked(1), &[&format!("{{kind:interest-asked,organisation:null,answerBy:{LATER}}}")]);
    check(&asked(2), &[&format!("{{kind:interest-asked-again,organisation:null,answerBy:{LATER}}}")]);
    check(
        &json!([at_garden("interest-asked", json!({"time": 1, "answerBy": LATER}))]),
        &[&format!("{{kind:interest-asked,organisation:garden,answerBy:{LATER}}}")],
    );
    let lost = at_garden("interest-lost", json!({}));
    check(&json!([lost]), &["{kind:archived,organisation:garden,reason:no-interest}"]);
    check(&json!([lost, archived("no-answer")]), &["{kind:archived,organisation:null,reason:no-answer}"]);
}

#[test]
fn n1_p11_b_the_age_limit_is_told_as_such() {
    check(&json!([archived("age-limit")]), &["{kind:age-limit-reached}"]);
}

#[test]
fn n1_p16_3_the_offer_its_reminder_and_what_needs_no_notice() {
    let offered = |more| {
        let mut fact = at_garden(
            "offered",
            json!({"offer": OFFER, "seat": "00000000000000000000000000000002", "lane": "general", "answerBy": LATER}),
        );
        merge(&mut fact, more);
        json!([fact])
    };
    let told = |kind: &str, stakes: &str, right: &str, until: &str| {
        format!(
            "{{kind:{kind},organisation:garden,answerBy:{LATER},stakes:{stakes},right:{right},temporaryUntil:{until}}}"
        )
    };
    check(&offered(json!({})), &[&told("offer", "entry", "null", "null")]);
    for (ground, right) in [("sibling", "sibling"), ("mixed-age", "mixed-age"), ("pmpc", "any-birth-year")] {
        check(&offered(json!({"ground": ground})), &[&told("offer", "entry", right, "null")]);
    }
    let temporary = told("offer", "nothing", "null", "2026-03-31");
    check(&offered(json!({"temporaryUntil": "2026-03-31"})), &[&temporary]);
    let reminded = json!([at_garden("reminded", json!({"offer": OFFER, "answerBy": LATER}))]);
    check(&reminded, &[&told("offer-reminder", "entry", "null", "null")]);
    let last_day = "2026-03-31".parse().expect("a day");
    let before = Known { temporary: BTreeMap::from([(OFFER.parse().expect("an id"), last_day)]), ..known() };
    check_knowing(&before, &reminded, &[&told("offer-reminder", "nothing", "null", "2026-03-31")]);
    for what in ["declined", "released", "offer-withdrawn"] {
        check(&json!([at_garden(what, json!({"offer": OFFER}))]), &[]);
    }
    let quiet = json!([{"what": "phone-changed"}, {"what": "overdue", "dueAt": LATER}, {"what": "interest-confirmed"}]);
    check(&quiet, &[]);
}

#[test]
fn n1_k3_p23_c_whoever_waits_on_after_an_offer_is_told_so() {
    let withdrawn = at_garden("offer-withdrawn", json!({"offer": OFFER}));
    let told = |because: &str| format!("{{kind:offer-passed-on,organisation:garden,because:{because},number:4}}");
    check(&json!([withdrawn, resumed(bin(GARDEN), 4)]), &[&told("withdrawn")]);
    let passed = at_garden("passed-on", json!({"offer": OFFER}));
    check(&json!([passed, resumed(bin(GARDEN), 4)]), &[&told("no-answer")]);
}

#[test]
fn n1_p22_a_a_referral_is_told_with_its_validity() {
    let accepted = at_garden("accepted-offer", json!({"offer": OFFER}));
    let issued = referred("referral-issued", json!({"number": "J-1", "validUntil": LATER}));
    check(
        &json!([accepted, issued]),
        &[&format!("{{kind:referral-issued,number:J-1,organisation:garden,validUntil:{LATER},again:false}}")],
    );
}

#[test]
fn n1_p25_a_p22_e_the_end_of_a_referral_says_where_the_child_waits_again() {
    let cancelled = referred("referral-cancelled", json!({}));
    check(
        &json!([cancelled, resumed(second(), 7)]),
        &["{kind:referral-cancelled,number:J-1,organisation:garden,places:[{organisation:nursery,number:7}]}"],
    );
    let lapsed = referred("referral-lapsed", json!({}));
    let told = |because: &str, places: &str| {
        format!("{{kind:referral-lapsed,number:J-1,organisation:garden,because:{because},places:[{places}]}}")
    };
    let place = "{organisation:nursery,number:7}";
    check(&json!([lapsed, resumed(second(), 7)]), &[&told("no-documents", place)]);
    let over = archived("referral-lapsed");
    let archive = "{kind:archived,organisation:null,reason:referral-lapsed}";
    check(&json!([lapsed, over]), &[&told("no-documents", ""), archive]);
    let unsigned = referred("contract-unsigned", json!({}));
    check(&json!([unsigned, lapsed, over]), &[&told("unsigned", ""), archive]);
    check(&json!([unsigned]), &[&told("unsigned", "")]);
    check(
        &json!([referred("referral-released", json!({})), archived("withdrawn")]),
        &["{kind:archived,organisation:null,reason:withdrawn}"],
    );
}

#[test]
fn n1_p25_b_an_extension_is_told_given_or_refused() {
    let extended = referred("referral-extended", json!({"validUntil": LATER}));
    check(
        &json!([extended]),
        &[&format!("{{kind:referral-extended,number:J-1,organisation:garden,validUntil:{LATER},recounted:false}}")],
    );
    let refused = "{kind:refused,asked:{extension:{number:J-1}},grounds:[1],missing:[],expired:[],note:null}";
    check(&json!([referred("extension-refused", json!({"ground": 1}))]), &[refused]);
    check(&json!([referred("extension-asked", json!({"until": "2026-02-01"}))]), &[]);
}

#[test]
fn n1_p14_k3_a_revoked_referral_is_told_with_its_reason() {
    let revoked = referred("referral-revoked", json!({}));
    let failed = json!({"what": "second-check-failed", "ground": 1, "by": "officer"});
    let told = |because: &str, places: &str| {
        format!("{{kind:referral-revoked,number:J-1,organisation:garden,because:{because},places:[{places}]}}")
    };
    let place = "{organisation:garden,number:5}";
    check(
        &json!([failed, revoked, {"what": "refused", "ground": 1, "by": "officer"}]),
        &[
            &told("{unconfirmed:{general:false}}", ""),
            "{kind:refused,asked:queueing,grounds:[1],missing:[],expired:[],note:null}",
        ],
    );
    check(
        &json!([failed, revoked, {"what": "moved-to-general"}, resumed(bin(GARDEN), 5)]),
        &[&told("{unconfirmed:{general:true}}", place)],
    );
    check(&json!([revoked, resumed(bin(GARDEN), 5)]), &[&told("vacancy-withdrawn", place)]);
    check(&json!([revoked, archived("violation")]), &["{kind:archived,organisation:null,reason:violation}"]);
}

#[test]
fn n1_p22_b_registered_documents_are_told_with_when_the_result_is_due() {
    let submitted = referred(
        "documents-submitted",
        json!({"registeredAt": "2026-01-12T05:00:00Z", "resultDue": "2026-01-13T13:30:00Z"}),
    );
    check(
        &json!([submitted]),
        &[
            "{kind:documents-registered,organisation:garden,registeredAt:2026-01-12T05:00:00Z,resultDue:2026-01-13T13:30:00Z}",
        ],
    );
    check(&json!([referred("result-overdue", json!({"dueAt": LATER}))]), &[]);
}

#[test]
fn n1_p22_c_documents_not_accepted_can_be_handed_in_again_while_the_validity_runs() {
    let returned = referred("documents-returned", json!({}));
    let told = |until: &str| {
        format!(
            "{{kind:enrolment-refused,organisation:garden,refusal:{{documents:{{until:{until}}}}},missing:[],expired:[],\
             places:[]}}"
        )
    };
    check(&json!([returned]), &[&told(LATER)]);
    let lacking = json!({"what": "documents-lacking", "missing": ["diploma"], "expired": ["health-certificate"]});
    let named = told(LATER).replace("missing:[],expired:[]", "missing:[diploma],expired:[health-certificate]");
    check(&json!([returned, lacking]), &[&named]);
    check(
        &json!([returned, referred("referral-lapsed", json!({}))]),
        &[&told("null"), "{kind:referral-lapsed,number:J-1,organisation:garden,because:not-accepted,places:[]}"],
    );
}

#[test]
fn n1_p28_p16_1_a_refused_enrolment_is_told_and_so_is_its_review() {
    let refused = |ground: u8| referred("enrolment-refused", json!({"ground": ground}));
    let told = |refusal: &str, places: &str| {
        format!(
            "{{kind:enrolment-refused,organisation:garden,refusal:{{{refusal}}},missing:[],expired:[],places:[{places}]}}"
        )
    };
    for ground in 1..=6 {
        check(&json!([refused(ground)]), &[&told(&format!("reviewed:{{ground:{ground}}}"), "")]);
    }
    let (upheld, place) = (referred("refusal-upheld", json!({})), "{organisation:nursery,number:7}");
    check(&json!([refused(2), upheld, resumed(second(), 7)]), &[&told("final:{ground:2}", place)]);
    check(&json!([upheld, resumed(second(), 7)]), &[&told("upheld:{ground:3}", place)]);
    let lacking = Lacking { missing: vec!["diploma".to_owned()], expired: Vec::new() };
    let remembering = Known { lacking: BTreeMap::from([(referral(), lacking)]), ..known() };
    let named = told("upheld:{ground:3}", place).replace("missing:[]", "missing:[diploma]");
    check_knowing(&remembering, &json!([upheld, resumed(second(), 7)]), &[&named]);
    check(
        &json!([upheld, archived("refused")]),
        &[&told("upheld:{ground:3}", ""), "{kind:archived,organisation:null,reason:refused}"],
    );
    check(
        &json!([referred("refusal-overturned", json!({"validUntil": LATER}))]),
        &[&format!("{{kind:referral-issued,number:J-1,organisation:garden,validUntil:{LATER},again:true}}")],
    );
}

#[test]
fn n1_p22_d_the_contract_and_the_enrolment_are_told_once() {
    check(
        &json!([referred("contract-formed", json!({"signBy": LATER}))]),
        &[&format!("{{kind:contract-ready,organisation:garden,signBy:{LATER},recounted:false}}")],
    );
    check(
        &json!([referred("contract-signed", json!({})), archived("enrolled")]),
        &["{kind:enrolled,organisation:garden,temporaryUntil:null,places:[],returnsAfter:false}"],
    );
    check(&json!([at_garden("contract-terminated", json!({}))]), &[]);
}

#[test]
fn n1_p23_c_an_enrolment_for_a_time_says_when_the_child_is_back_in_its_queues() {
    let signed = referred("contract-signed", json!({"temporaryUntil": "2026-03-31"}));
    let told = |places: &str, after: bool| {
        format!(
            "{{kind:enrolled,organisation:garden,temporaryUntil:2026-03-31,places:[{places}],returnsAfter:{after}}}"
        )
    };
    check(&json!([signed, resumed(bin(GARDEN), 4)]), &[&told("{organisation:garden,number:4}", false)]);
    check(&json!([signed]), &[&told("", true)]);
    check(&json!([signed, archived("age-limit")]), &[&told("", false), "{kind:age-limit-reached}"]);
    check(&json!([at_garden("temporary-ended", json!({})), resumed(bin(GARDEN), 4)]), &[]);
}

#[test]
fn n1_c3_a_deadline_counted_again_is_told_again_if_it_was_told() {
    let moved = |deadline: &str| json!({"what": "deadline-moved", "deadline": deadline, "from": "2026-01-19T19:00:00Z", "to": LATER});
    let suspended = |organisation: &str| {
        format!("{{kind:suspended,organisation:{organisation},workingDays:10,until:2026-01-20,recounted:true}}")
    };
    check(&json!([moved("suspension")]), &[&suspended("garden")]);
    check(&json!([moved("suspension"), moved("suspension")]), &[&suspended("null")]);
    check(
        &json!([moved("referral")]),
        &[&format!("{{kind:referral-extended,number:J-1,organisation:garden,validUntil:{LATER},recounted:true}}")],
    );
    check(
        &json!([moved("documents-result")]),
        &[&format!("{{kind:documents-registered,organisation:garden,registeredAt:null,resultDue:{LATER}}}")],
    );
    check(
        &json!([moved("signature")]),
        &[&format!("{{kind:contract-ready,organisation:garden,signBy:{LATER},recounted:true}}")],
    );
    for deadline in ["acceptance", "first-check", "second-check", "benefit-claim", "extension", "refusal-review"] {
        check(&json!([moved(deadline)]), &[]);
    }
}

#[test]
fn n1_facts_make_every_kind_but_those_of_complaints_and_invitations() {
    let asked = |time: u8| json!({"what": "interest-asked", "time": time, "answerBy": LATER});
    let facts = json!([
        at_garden("queued", json!({"number": 4})),
        {"what": "verification-started", "by": "officer", "dueAt": LATER},
        {"what": "refused", "ground": 1, "by": "officer"},
        {"what": "deferred-age-reached"},
        at_garden(
            "offered",
            json!({"offer": OFFER, "seat": "00000000000000000000000000000002", "lane": "general", "answerBy": LATER}),
        ),
        at_garden("reminded", json!({"offer": OFFER, "answerBy": LATER})),
        at_garden("passed-on", json!({"offer": OFFER})),
        at_garden("suspended", json!({"endsAt": LATER})),
        asked(1),
        asked(2),
        referred("referral-issued", json!({"number": "J-1", "validUntil": LATER})),
        referred("referral-extended", json!({"validUntil": LATER})),
        referred("referral-cancelled", json!({})),
        referred("referral-revoked", json!({})),
        referred("referral-lapsed", json!({})),
        referred("documents-submitted", json!({"registeredAt": LATER, "resultDue": LATER})),
        referred("enrolment-refused", json!({"ground": 1})),
        referred("contract-formed", json!({"signBy": LATER})),
        referred("contract-signed", json!({})),
        archived("age-limit"),
        archived("withdrawn"),
    ]);
    let made: BTreeSet<NoticeKind> = of(&event(&facts), &known()).iter().map(Notice::kind).collect();
    let mut all: BTreeSet<NoticeKind> = NoticeKind::ALL.iter().copied().collect();
    all.remove(&NoticeKind::ComplaintState);
    all.remove(&NoticeKind::Invitation);
    assert_eq!(made, all);
}
