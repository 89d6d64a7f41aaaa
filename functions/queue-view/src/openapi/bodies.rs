//! The schemas of request bodies, as `kezek_contract::requests` reads them. Never here: answers.

use kezek_contract::requests::DOCUMENT_KINDS;
use kezek_rules::application::Duty;
use kezek_rules::organisation::OrganisationType;
use kezek_rules::queue::LANGUAGES;
use serde_json::{Value, json};

/// The bodies by name.
pub fn all() -> Vec<(String, Value)> {
    let interest = object(&["answer"], json!({"answer": one_of(&["yes", "no"]), "organisation": bin()}));
    let decision = json!({"decision": one_of(&["confirm", "refuse"]), "ground": bounded(1, 3), "note": text(1_000),
        "task": one_of(&Duty::ALL.map(Duty::as_str))});
    let archive = json!({"reason": one_of(&["violation", "duplicate"]), "note": text(1_000)});
    let bodies = [
        ("ApplicationRequest", application()),
        ("ChangeRequest", change()),
        ("InterestRequest", interest),
        ("OfferAnswerRequest", object(&["answer"], json!({"answer": one_of(&["accept", "decline"])}))),
        ("DecisionRequest", object(&["decision"], decision)),
        ("ArchiveRequest", object(&["reason"], archive)),
        ("OrganisationRequest", organisation()),
        ("WithdrawalRequest", object(&["reason"], json!({"reason": text(1_000)}))),
        ("CalendarYear", calendar_year()),
        ("PolicyVersion", policy_version()),
    ];
    bodies.into_iter().map(|(name, schema)| (name.to_owned(), schema)).collect()
}

fn object(required: &[&str], properties: Value) -> Value {
    json!({"type": "object", "required": required, "properties": properties, "additionalProperties": false})
}

fn text(max: u32) -> Value {
    json!({"type": "string", "minLength": 1, "maxLength": max})
}

fn one_of(values: &[&str]) -> Value {
    json!({"type": "string", "enum": values})
}

fn bounded(min: u32, max: u32) -> Value {
    json!({"type": "integer", "minimum": min, "maximum": max})
}

fn bin() -> Value {
    json!({"type": "string", "pattern": "^[0-9]{12}$", "description": "With a valid control digit (K2)."})
}

fn settlement() -> Value {
    json!({"type": "string", "pattern": "^[0-9]{9}$", "description": "A KATO code."})
}

fn date() -> Value {
    json!({"type": "string", "format": "date"})
}

fn phone() -> Value {
    json!({"type": "string", "pattern": "^\\+7[0-9]{10}$"})
}

fn organisations() -> Value {
    json!({"type": "array", "items": bin(), "minItems": 1, "maxItems": 4, "uniqueItems": true})
}

fn list(items: &Value) -> Value {
    json!({"type": "array", "items": items, "minItems": 1})
}

fn application() -> Value {
    let applicant = json!({"iin": bin(), "fullName": text(200), "address": text(500), "phone": phone()});
    let child = json!({"iin": bin(), "fullName": text(200), "birthDate": date()});
    let document = json!({"kind": one_of(&DOCUMENT_KINDS), "issuedOn": date(), "reference": text(200)});
    let stream =
        json!({"type": "string", "default": "general", "description": "general, special:<kind>, sanatorium:<kind>"});
    let properties = json!({
        "applicant": object(&["iin", "fullName", "phone"], applicant),
        "child": object(&["iin", "fullName", "birthDate"], child),
        "settlement": settlement(),
        "language": one_of(&LANGUAGES),
        "organisations": organisations(),
        "benefit": bounded(1, 13),
        "stream": stream,
        "notBefore": not_before(),
        "relocation": {"type": "boolean", "enum": [false]},
        "documents": {"type": "array", "maxItems": 30, "items": object(&["kind", "issuedOn"], document)},
        "consent": {"type": "boolean"},
    });
    let required = ["applicant", "child", "settlement", "language", "organisations", "benefit", "consent"];
    object(&required, properties)
}

fn change() -> Value {
    object(&[], json!({"organisations": organisations(), "notBefore": not_before(), "phone": phone()}))
}

/// From when the place is wanted (P15.2).
fn not_before() -> Value {
    let age = json!({"type": "string", "pattern": "^P(?=[0-9])([0-9]{1,3}Y)?([0-9]{1,3}M)?$", "examples": ["P3Y6M"]});
    let wanted = [object(&["date"], json!({"date": date()})), object(&["age"], json!({"age": age}))];
    json!({"oneOf": [wanted[0], wanted[1], {"type": "null"}], "description": "From when the place is wanted (P15.2)."})
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
