//! The schemas of what an applicant sends about an application, and of the invitation that becomes one. Never here: answers, and what
//! others send.

use kezek_contract::requests::DOCUMENT_KINDS;
use kezek_rules::ids::ForeignDocument;
use kezek_rules::invitation::Source;
use kezek_rules::queue::LANGUAGES;
use serde_json::{Value, json};

use super::fields::{bounded, date, iin, nullable, object, one_of, organisations, phone, settlement, stream, text};

pub fn application() -> Value {
    let applicant = json!({"fullName": text(200), "address": nullable(text(500)), "phone": phone()});
    let child = json!({"fullName": text(200), "birthDate": date()});
    let properties = json!({
        "applicant": person(["fullName", "phone"], applicant),
        "child": person(["fullName", "birthDate"], child),
        "settlement": settlement(),
        "language": one_of(&LANGUAGES),
        "organisations": organisations(),
        "benefit": benefit(),
        "stream": nullable(stream()),
        "notBefore": not_before(),
        "relocation": nullable(relocation()),
        "documents": nullable(documents()),
        "consent": {"type": "boolean"},
    });
    let required = ["applicant", "child", "settlement", "language", "organisations", "benefit", "consent"];
    object(&required, properties)
}

/// At least one thing is changed; documents belong to what is claimed with them.
pub fn change() -> Value {
    let fields = [
        ("organisations", organisations()),
        ("benefit", benefit()),
        ("relocation", relocation()),
        ("documents", documents()),
        ("phone", phone()),
    ];
    let mut properties = json!({"notBefore": not_before()});
    let mut named = vec![json!({"required": ["notBefore"]})];
    for (name, schema) in &fields {
        properties[name] = nullable(schema.clone());
        named.push(set(name));
    }
    let claimed = json!({"if": set("documents"), "then": {"anyOf": [set("benefit"), set("relocation")]}});
    let mut schema = object(&[], properties);
    schema["allOf"] = json!([{"anyOf": named}, claimed]);
    schema
}

/// A field that is named with a value.
fn set(name: &str) -> Value {
    json!({"required": [name], "properties": {name: {"not": {"type": "null"}}}})
}

pub fn invitation() -> Value {
    let sources: Vec<&str> = Source::ALL.iter().map(|source| source.as_str()).collect();
    let applicant = json!({"iin": iin(), "fullName": text(200), "address": nullable(text(500)), "phone": phone()});
    let child = json!({"iin": iin(), "fullName": text(200), "birthDate": date()});
    let consent = "The applicant's own, in a single application only (P8): it is registered at once.";
    let mut properties = wish();
    properties["source"] = nullable(one_of(&sources));
    properties["applicant"] = object(&["iin", "fullName", "phone"], applicant);
    properties["child"] = object(&["iin", "fullName", "birthDate"], child);
    properties["settlement"] = settlement();
    properties["consent"] = nullable(json!({"type": "boolean", "description": consent}));
    let chosen = json!({"allOf": [set("language"), set("organisations")]});
    let consents = json!({"required": ["consent"], "properties": {"consent": {"const": true}}});
    let mut schema = object(&["applicant", "child", "settlement"], properties);
    schema["allOf"] = json!([{"if": consents, "then": chosen}]);
    schema
}

/// Of an answer without consent nothing else is read.
pub fn invitation_answer() -> Value {
    let mut properties = wish();
    properties["address"] = nullable(text(500));
    properties["phone"] = nullable(phone());
    properties["settlement"] = nullable(settlement());
    let mut unread = properties.clone();
    for field in unread.as_object_mut().into_iter().flat_map(|fields| fields.values_mut()) {
        *field = json!(true);
    }
    properties["consent"] = json!({"type": "boolean", "const": true});
    unread["consent"] = json!({"type": "boolean", "const": false, "description": "Nothing is stored (P7)."});
    json!({"oneOf": [object(&["consent"], properties), object(&["consent"], unread)]})
}

/// What is wished for in a single application, and chosen in an answer (`P7`, `P8`).
fn wish() -> Value {
    json!({
        "language": nullable(one_of(&LANGUAGES)),
        "organisations": nullable(organisations()),
        "benefit": nullable(benefit()),
        "stream": nullable(stream()),
        "notBefore": not_before(),
        "relocation": nullable(relocation()),
        "documents": nullable(documents()),
    })
}

/// Someone known by a number, or, without one, by a document of another country (`P5.c`).
fn person(required: [&str; 2], properties: Value) -> Value {
    let known = |by: &str, how: Value, other: &str| {
        let mut properties = properties.clone();
        properties[by] = how;
        properties[other] = json!({"type": "null"});
        object(&[required[0], required[1], by], properties)
    };
    json!({"oneOf": [known("iin", iin(), "document"), known("document", document(), "iin")]})
}

fn document() -> Value {
    // Latin and Cyrillic, with the letters of Kazakh; blanks and hyphens tell no two documents apart.
    let letters = "0-9A-Za-zА-Яа-яЁёӘәҒғҚқҢңӨөҰұҮүҺһІі/.№";
    let number = json!({"type": "string", "pattern": format!("^[{letters}]([ -]?[{letters}]){{0,39}}$")});
    let countries: Vec<&str> = ForeignDocument::countries().collect();
    let mut document = object(&["country", "number"], json!({"country": one_of(&countries), "number": number}));
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
    let document = json!({"kind": one_of(&DOCUMENT_KINDS), "issuedOn": date(), "reference": nullable(text(200))});
    json!({"type": "array", "maxItems": 30, "items": object(&["kind", "issuedOn"], document)})
}

/// From when the place is wanted (`P15.2`).
fn not_before() -> Value {
    let age = json!({"type": "string", "pattern": "^P(?=[0-9])([0-9]{1,3}Y)?([0-9]{1,3}M)?$", "examples": ["P3Y6M"]});
    let none = json!({"type": "null"});
    let day = object(&["date"], json!({"date": date(), "age": none}));
    let age = object(&["age"], json!({"age": age, "date": none}));
    json!({"oneOf": [day, age, {"type": "null"}], "description": "From when the place is wanted (P15.2)."})
}
