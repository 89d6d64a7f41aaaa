//! The schemas of what an applicant sends about an application, and of the invitation that becomes one. Never here: answers, and what
//! others send.

use kezek_contract::requests::DOCUMENT_KINDS;
use kezek_rules::invitation::Source;
use kezek_rules::queue::LANGUAGES;
use serde_json::{Value, json};

use super::bodies::{bin, bounded, date, object, one_of, organisations, phone, settlement, text};

pub fn application() -> Value {
    let applicant =
        json!({"iin": bin(), "document": document(), "fullName": text(200), "address": text(500), "phone": phone()});
    let child = json!({"iin": bin(), "document": document(), "fullName": text(200), "birthDate": date()});
    let properties = json!({
        "applicant": person(&["fullName", "phone"], applicant),
        "child": person(&["fullName", "birthDate"], child),
        "settlement": settlement(),
        "language": one_of(&LANGUAGES),
        "organisations": organisations(),
        "benefit": benefit(),
        "stream": stream(),
        "notBefore": not_before(),
        "relocation": relocation(),
        "documents": documents(),
        "consent": {"type": "boolean"},
    });
    let required = ["applicant", "child", "settlement", "language", "organisations", "benefit", "consent"];
    object(&required, properties)
}

pub fn change() -> Value {
    let properties = json!({
        "organisations": organisations(),
        "benefit": benefit(),
        "relocation": relocation(),
        "documents": documents(),
        "notBefore": not_before(),
        "phone": phone(),
    });
    object(&[], properties)
}

pub fn invitation() -> Value {
    let sources: Vec<&str> = Source::ALL.iter().map(|source| source.as_str()).collect();
    let applicant = json!({"iin": bin(), "fullName": text(200), "address": text(500), "phone": phone()});
    let child = json!({"iin": bin(), "fullName": text(200), "birthDate": date()});
    let consent = "The applicant's own, in a single application only (P8): it is registered at once.";
    let mut properties = wish();
    properties["source"] = json!({"type": "string", "enum": sources, "default": "proactive"});
    properties["applicant"] = object(&["iin", "fullName", "phone"], applicant);
    properties["child"] = object(&["iin", "fullName", "birthDate"], child);
    properties["settlement"] = settlement();
    properties["consent"] = json!({"type": "boolean", "default": false, "description": consent});
    object(&["applicant", "child", "settlement"], properties)
}

pub fn invitation_answer() -> Value {
    let mut properties = wish();
    properties["consent"] = json!({"type": "boolean", "description": "Without it nothing is stored (P7)."});
    properties["address"] = text(500);
    properties["phone"] = phone();
    properties["settlement"] = settlement();
    object(&["consent"], properties)
}

/// What is wished for in a single application, and chosen in an answer (`P7`, `P8`).
fn wish() -> Value {
    json!({
        "language": one_of(&LANGUAGES),
        "organisations": organisations(),
        "benefit": benefit(),
        "stream": stream(),
        "notBefore": not_before(),
        "relocation": relocation(),
        "documents": documents(),
    })
}

fn stream() -> Value {
    json!({"type": "string", "default": "general", "description": "general, special:<kind>, sanatorium:<kind>"})
}

/// Someone known by a number, or, without one, by a document of another country (`P5.c`).
fn person(required: &[&str], properties: Value) -> Value {
    let mut person = object(required, properties);
    person["oneOf"] = json!([{"required": ["iin"]}, {"required": ["document"]}]);
    person
}

fn document() -> Value {
    let properties = json!({"country": {"type": "string", "pattern": "^[A-Z]{2}$"}, "number": text(40)});
    let mut document = object(&["country", "number"], properties);
    document["description"] = json!("Of a non-resident: only for a caller that no number is known of (P5.c).");
    document
}

/// Annex 1: one category, or several of which the strongest counts (**D-benefits**).
fn benefit() -> Value {
    let several = json!({"type": "array", "items": bounded(1, 13), "minItems": 1, "maxItems": 13});
    json!({"oneOf": [bounded(1, 13), several]})
}

fn relocation() -> Value {
    json!({"type": "boolean", "description": "A transfer to a new place of service, with a transfer-order (P23.b)."})
}

fn documents() -> Value {
    let document = json!({"kind": one_of(&DOCUMENT_KINDS), "issuedOn": date(), "reference": text(200)});
    json!({"type": "array", "maxItems": 30, "items": object(&["kind", "issuedOn"], document)})
}

/// From when the place is wanted (`P15.2`).
fn not_before() -> Value {
    let age = json!({"type": "string", "pattern": "^P(?=[0-9])([0-9]{1,3}Y)?([0-9]{1,3}M)?$", "examples": ["P3Y6M"]});
    let day = object(&["date"], json!({"date": date()}));
    let age = object(&["age"], json!({"age": age}));
    json!({"oneOf": [day, age, {"type": "null"}], "description": "From when the place is wanted (P15.2)."})
}
