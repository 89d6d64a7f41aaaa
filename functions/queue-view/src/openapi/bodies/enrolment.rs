//! The schemas of the request bodies from the referral to the contract, as `kezek_contract::requests` reads them. Never here: answers.

use kezek_contract::requests::DOCUMENT_KINDS;
use kezek_rules::application::SignatureMeans;
use kezek_rules::group::GroupType;
use serde_json::{Value, json};

use super::{bounded, date, object, one_of, text};

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
    let properties = json!({"kind": one_of(&DOCUMENT_KINDS), "issuedOn": date(), "reference": text(200)});
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
        "ground": bounded(1, 6),
        "note": text(1_000),
        "group": text(64),
        "missing": document_kinds(),
        "expired": document_kinds(),
    });
    let mut schema = object(&["decision"], properties);
    schema["description"] = json!(
        "`accept` says the same as `confirm`. A `return` needs a note, or the documents named that are missing or expired; \
         a `refuse` needs its ground."
    );
    schema
}

fn review() -> Value {
    let properties = json!({
        "decision": one_of(&["uphold", "overturn"]),
        "outcome": one_of(&["archive", "return"]),
        "note": text(1_000),
    });
    object(&["decision"], properties)
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
