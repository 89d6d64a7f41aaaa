//! The schemas of request bodies, as `kezek_contract::requests` reads them. Never here: answers, nor what a single field looks like
//! (that is `fields`).

mod enrolment;
mod policy;

use kezek_contract::requests;
use kezek_rules::application::Duty;
use kezek_rules::complaint::{About, Addressee, State};
use kezek_rules::organisation::OrganisationType;
use kezek_rules::queue::LANGUAGES;
use serde_json::{Value, json};

use super::applicant;
use super::fields::{bin, bounded, list, month_day, nullable, object, one_of, paragraphs, settlement, text, where_is};

/// The bodies by name.
pub fn all() -> Vec<(String, Value)> {
    let interest = object(&["answer"], json!({"answer": one_of(&["yes", "no"]), "organisation": nullable(bin())}));
    let archive = json!({"reason": one_of(&["violation", "duplicate"]), "note": nullable(text(1_000))});
    let bodies = [
        ("ApplicationRequest", applicant::application()),
        ("ChangeRequest", applicant::change()),
        ("InterestRequest", interest),
        ("OfferAnswerRequest", object(&["answer"], json!({"answer": one_of(&["accept", "decline"])}))),
        ("DecisionRequest", decision()),
        ("ArchiveRequest", object(&["reason"], archive)),
        ("InvitationRequest", applicant::invitation()),
        ("InvitationAnswerRequest", applicant::invitation_answer()),
        ("ComplaintRequest", complaint()),
        ("ComplaintStateRequest", complaint_state()),
        ("OrganisationRequest", organisation()),
        ("WithdrawalRequest", object(&["reason"], json!({"reason": text(1_000)}))),
        ("CalendarYear", calendar_year()),
        ("PolicyVersion", policy::version()),
        ("Nothing", object(&[], json!({}))),
    ];
    bodies.into_iter().chain(enrolment::all()).map(|(name, schema)| (name.to_owned(), schema)).collect()
}

/// Who refuses names the ground (`P5.e`).
fn decision() -> Value {
    let properties = json!({
        "decision": one_of(&["confirm", "refuse"]),
        "ground": nullable(bounded(1, 3)),
        "note": nullable(text(1_000)),
        "task": nullable(one_of(&Duty::ALL.map(Duty::as_str))),
        "missing": nullable(enrolment::document_kinds()),
        "expired": nullable(enrolment::document_kinds()),
    });
    let refused =
        where_is("decision", &["refuse"], json!({"required": ["ground"], "properties": {"ground": bounded(1, 3)}}));
    let mut schema = object(&["decision"], properties);
    let nothing_lacks = json!({"properties": {"missing": {"type": "null"}, "expired": {"type": "null"}}});
    schema["allOf"] = json!([refused, where_is("decision", &["confirm"], nothing_lacks)]);
    schema
}

fn complaint() -> Value {
    let about: Vec<&str> = About::ALL.iter().map(|about| about.as_str()).collect();
    let addressees: Vec<&str> = Addressee::ALL.iter().map(|addressee| addressee.as_str()).collect();
    let properties = json!({
        "about": one_of(&about),
        "organisation": nullable(bin()),
        "addressee": nullable(one_of(&addressees)),
        "application": nullable(text(64)),
        "settlement": nullable(settlement()),
        "text": paragraphs(requests::WRITTEN_MAX),
    });
    let organisations = About::Organisation.as_str();
    let named = where_is(
        "about",
        &[organisations],
        json!({"required": ["organisation"], "properties": {"organisation": bin()}}),
    );
    let mut schema = object(&["about", "text"], properties);
    schema["allOf"] = json!([named]);
    schema["description"] = json!("Addressed to the provider unless it says otherwise.");
    schema
}

fn complaint_state() -> Value {
    let written = paragraphs(requests::WRITTEN_MAX);
    let closed = [State::Answered, State::Refused].map(State::as_str);
    let answered = object(&["state", "answer"], json!({"state": one_of(&closed), "answer": written}));
    let open = one_of(&[State::InReview.as_str()]);
    json!({"oneOf": [answered, object(&["state"], json!({"state": open, "answer": {"type": "null"}}))]})
}

fn organisation() -> Value {
    let types: Vec<&str> = OrganisationType::ALL.iter().map(|kind| kind.as_str()).collect();
    let properties = json!({
        "names": object(&["kk", "ru"], json!({"kk": text(200), "ru": text(200)})),
        "type": one_of(&types),
        "settlement": settlement(),
        "languages": list(&one_of(&LANGUAGES), 10),
        "streams": list(&one_of(&["general", "special", "sanatorium"]), 3),
        "open": {"type": "boolean"},
    });
    object(&["names", "type", "settlement", "languages", "streams", "open"], properties)
}

fn calendar_year() -> Value {
    let day = json!({"type": "string", "format": "date"});
    let dates =
        json!({"type": "array", "items": day, "maxItems": 366, "description": "A day named twice is named once."});
    let properties = json!({
        "year": bounded(1900, 2200),
        "daysOff": dates,
        "workingWeekends": dates,
        "projected": {"type": "boolean", "default": false},
        "holidays": {"type": ["array", "null"], "items": month_day(), "maxItems": 366},
        "version": {"type": "integer", "readOnly": true, "description": "The calendar's version that brought this table."},
    });
    object(&["daysOff"], properties)
}
