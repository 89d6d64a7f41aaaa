//! The schemas of the request bodies from the referral to the contract, as `kezek_contract::requests` reads them. Never here: answers.

use kezek_contract::requests::DOCUMENT_KINDS;
use kezek_rules::application::SignatureMeans;
use kezek_rules::group::GroupType;
use serde_json::{Value, json};

use super::super::fields::{bounded, date, nullable, object, one_of, text, where_is};

/// The bodies by name.
pub fn all() -> [(&'static str, Value); 6] {
    [
        ("EnrolmentRequest", object(&["documents"], json!({"documents": documents()}))),
        ("ExtensionRequest", object(&["until", "document"], json!({"until": date(), "document": document()}))),
        ("SignatureRequest", signature()),
        ("DocumentsDecisionRequest", documents_decision()),
        ("ReviewRequest", review()),
        ("GroupRequest", group()),
    ]
}

/// A document: its kind, when it was issued, where it is found.
pub fn document() -> Value {
    let properties = json!({"kind": one_of(&DOCUMENT_KINDS), "issuedOn": date(), "reference": nullable(text(200))});
    object(&["kind", "issuedOn"], properties)
}

/// The documents of a request.
pub fn documents() -> Value {
    json!({"type": "array", "maxItems": 30, "items": document()})
}

/// The kinds of documents that a refusal names.
pub fn document_kinds() -> Value {
    json!({"type": "array", "maxItems": DOCUMENT_KINDS.len(), "items": one_of(&DOCUMENT_KINDS)})
}

fn signature() -> Value {
    let means = one_of(&SignatureMeans::ALL.map(SignatureMeans::as_str));
    object(&["means", "proof"], json!({"means": means, "proof": text(60_000)}))
}

fn documents_decision() -> Value {
    let properties = json!({
        "decision": one_of(&["confirm", "accept", "return", "refuse"]),
        "ground": nullable(bounded(1, 6)),
        "note": nullable(text(1_000)),
        "group": nullable(text(64)),
        "missing": nullable(document_kinds()),
        "expired": nullable(document_kinds()),
    });
    let refused = json!({"required": ["ground"], "properties": {"ground": bounded(1, 6)}});
    let mut schema = object(&["decision"], properties);
    let noted = json!({"required": ["note"], "properties": {"note": text(1_000)}});
    let named = |field: &str| json!({"required": [field], "properties": {field: {"type": "array", "minItems": 1}}});
    let returned = json!({"anyOf": [noted, named("missing"), named("expired")]});
    let nothing_lacks = json!({"properties": {"missing": {"type": "null"}, "expired": {"type": "null"}}});
    schema["allOf"] = json!([
        where_is("decision", &["return"], returned),
        where_is("decision", &["refuse"], refused),
        where_is("decision", &["confirm", "accept"], nothing_lacks),
    ]);
    schema["description"] = json!(
        "`accept` says the same as `confirm`. A `return` needs a note, or the documents named that are missing or expired; \
         a `refuse` needs its ground."
    );
    schema
}

fn review() -> Value {
    let properties = json!({
        "decision": one_of(&["uphold", "overturn"]),
        "outcome": nullable(one_of(&["archive", "return"])),
        "note": nullable(text(1_000)),
    });
    let stands = json!({"properties": {"outcome": {"type": "null"}}});
    let mut schema = object(&["decision"], properties);
    schema["allOf"] = json!([where_is("decision", &["overturn"], stands)]);
    schema
}

fn group() -> Value {
    let properties = json!({
        "groupType": one_of(&GroupType::ALL.map(GroupType::as_str)),
        "birthYears": {"type": "array", "minItems": 1, "maxItems": 10, "items": bounded(1900, 2200)},
        "children": bounded(0, 100),
        "unvaccinated": bounded(0, 100),
    });
    object(&["groupType", "birthYears", "children", "unvaccinated"], properties)
}
