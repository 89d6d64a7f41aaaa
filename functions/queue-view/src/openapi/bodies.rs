//! The schemas of request bodies, as `kezek_contract::requests` reads them. Never here: answers.

mod enrolment;

use kezek_contract::requests;
use kezek_rules::application::Duty;
use kezek_rules::complaint::{About, Addressee, State};
use kezek_rules::organisation::OrganisationType;
use kezek_rules::queue::LANGUAGES;
use serde_json::{Value, json};

use super::applicant;

/// The bodies by name.
pub fn all() -> Vec<(String, Value)> {
    let interest = object(&["answer"], json!({"answer": one_of(&["yes", "no"]), "organisation": bin()}));
    let decision = json!({"decision": one_of(&["confirm", "refuse"]), "ground": bounded(1, 3), "note": text(1_000),
        "task": one_of(&Duty::ALL.map(Duty::as_str)),
        "missing": enrolment::document_kinds(), "expired": enrolment::document_kinds()});
    let archive = json!({"reason": one_of(&["violation", "duplicate"]), "note": text(1_000)});
    let bodies = [
        ("ApplicationRequest", applicant::application()),
        ("ChangeRequest", applicant::change()),
        ("InterestRequest", interest),
        ("OfferAnswerRequest", object(&["answer"], json!({"answer": one_of(&["accept", "decline"])}))),
        ("DecisionRequest", object(&["decision"], decision)),
        ("ArchiveRequest", object(&["reason"], archive)),
        ("InvitationRequest", applicant::invitation()),
        ("InvitationAnswerRequest", applicant::invitation_answer()),
        ("ComplaintRequest", complaint()),
        ("ComplaintStateRequest", complaint_state()),
        ("OrganisationRequest", organisation()),
        ("WithdrawalRequest", object(&["reason"], json!({"reason": text(1_000)}))),
        ("CalendarYear", calendar_year()),
        ("PolicyVersion", policy_version()),
    ];
    bodies.into_iter().chain(enrolment::all()).map(|(name, schema)| (name.to_owned(), schema)).collect()
}

pub(super) fn object(required: &[&str], properties: Value) -> Value {
    json!({"type": "object", "required": required, "properties": properties, "additionalProperties": false})
}

pub(super) fn text(max: usize) -> Value {
    json!({"type": "string", "minLength": 1, "maxLength": max})
}

pub(super) fn one_of(values: &[&str]) -> Value {
    json!({"type": "string", "enum": values})
}

pub(super) fn bounded(min: u32, max: u32) -> Value {
    json!({"type": "integer", "minimum": min, "maximum": max})
}

pub(super) fn bin() -> Value {
    json!({"type": "string", "pattern": "^[0-9]{12}$", "description": "With a valid control digit (K2)."})
}

pub(super) fn settlement() -> Value {
    json!({"type": "string", "pattern": "^[0-9]{9}$", "description": "A KATO code."})
}

pub(super) fn date() -> Value {
    json!({"type": "string", "format": "date"})
}

pub(super) fn phone() -> Value {
    json!({"type": "string", "pattern": "^\\+7[0-9]{10}$"})
}

pub(super) fn organisations() -> Value {
    json!({"type": "array", "items": bin(), "minItems": 1, "maxItems": 4, "uniqueItems": true})
}

fn list(items: &Value) -> Value {
    json!({"type": "array", "items": items, "minItems": 1})
}

fn complaint() -> Value {
    let about: Vec<&str> = About::ALL.iter().map(|about| about.as_str()).collect();
    let addressees: Vec<&str> = Addressee::ALL.iter().map(|addressee| addressee.as_str()).collect();
    let properties = json!({
        "about": one_of(&about),
        "organisation": bin(),
        "addressee": {"type": "string", "enum": addressees, "default": "provider"},
        "application": {"type": "string"},
        "settlement": settlement(),
        "text": text(requests::WRITTEN_MAX),
    });
    object(&["about", "text"], properties)
}

fn complaint_state() -> Value {
    let states = [State::InReview, State::Answered, State::Refused].map(State::as_str);
    object(&["state"], json!({"state": one_of(&states), "answer": text(requests::WRITTEN_MAX)}))
}

fn organisation() -> Value {
    let types: Vec<&str> = OrganisationType::ALL.iter().map(|kind| kind.as_str()).collect();
    let properties = json!({
        "names": object(&["kk", "ru"], json!({"kk": text(200), "ru": text(200)})),
        "type": one_of(&types),
        "settlement": settlement(),
        "languages": list(&one_of(&LANGUAGES)),
        "streams": list(&one_of(&["general", "special", "sanatorium"])),
        "open": {"type": "boolean"},
    });
    object(&["names", "type", "settlement", "languages", "streams", "open"], properties)
}

fn calendar_year() -> Value {
    let dates = json!({"type": "array", "items": date(), "uniqueItems": true});
    let day = json!({"type": "string", "pattern": "^[0-9]{2}-[0-9]{2}$"});
    let properties = json!({
        "year": bounded(1900, 2200),
        "daysOff": dates,
        "workingWeekends": dates,
        "projected": {"type": "boolean", "default": false},
        "holidays": {"type": ["array", "null"], "items": day},
        "version": {"type": "integer", "readOnly": true, "description": "The calendar's version that brought this table."},
    });
    object(&["daysOff"], properties)
}

fn policy_version() -> Value {
    let properties = json!({
        "id": {"type": "string", "pattern": "^[a-z0-9-]{1,40}$"},
        "version": {"type": "integer", "minimum": 1},
        "from": date(),
        "until": {"type": ["string", "null"], "format": "date"},
        "territory": {"type": "array", "items": {"type": "string", "pattern": "^[0-9]{1,9}$"}},
        "policy": {"type": "object", "description": "Only what differs from the defaults need be named."},
    });
    object(&["version", "from"], properties)
}
