//! The schemas of the document: those of the answers come from their types, those of requests from `bodies`, and some are
//! written here because their types are no answers. Never here: operations.

use kezek_contract::answers;
use serde_json::{Map, Value, json};
use utoipa::{PartialSchema, ToSchema};

/// All schemas by name. The types' suffix is left out: outside an answer is just the thing.
pub fn all() -> Map<String, Value> {
    let mut schemas = Map::new();
    add::<answers::ApplicationAnswer>(&mut schemas);
    add::<answers::PositionAnswer>(&mut schemas);
    add::<answers::QueueAnswer>(&mut schemas);
    add::<answers::BulletinAnswer>(&mut schemas);
    add::<answers::ComplaintAnswer>(&mut schemas);
    add::<answers::InvitationAnswer>(&mut schemas);
    add::<answers::GroupAnswer>(&mut schemas);
    page::<answers::TaskAnswer>(&mut schemas);
    page::<answers::OrganisationAnswer>(&mut schemas);
    page::<answers::VacancyAnswer>(&mut schemas);
    page::<answers::OrganisationReferralAnswer>(&mut schemas);
    schemas.insert("Problem".to_owned(), problem());
    schemas.insert("Message".to_owned(), message());
    schemas.extend(super::bodies::all());
    schemas
}

fn add<T: ToSchema + PartialSchema>(schemas: &mut Map<String, Value>) -> String {
    let mut parts = Vec::new();
    T::schemas(&mut parts);
    parts.push((T::name().into_owned(), T::schema()));
    for (name, schema) in parts {
        let value = renamed(serde_json::to_value(schema).unwrap_or_default());
        schemas.insert(short(&name), value);
    }
    short(&T::name())
}

fn page<T: ToSchema + PartialSchema>(schemas: &mut Map<String, Value>) {
    let item = add::<T>(schemas);
    let schema = json!({
        "type": "object",
        "required": ["items"],
        "properties": {
            "items": {"type": "array", "items": {"$ref": format!("#/components/schemas/{item}")}},
            "next": {"type": "string", "description": "The cursor of the next page."},
        },
    });
    schemas.insert(format!("{item}Page"), schema);
}

fn short(name: &str) -> String {
    name.trim_end_matches("Answer").to_owned()
}

/// The same schema with its references to the short names.
fn renamed(mut schema: Value) -> Value {
    match &mut schema {
        Value::Object(members) => {
            for (name, member) in members.iter_mut() {
                *member = match member {
                    Value::String(target) if name == "$ref" => json!(short(target)),
                    _ => renamed(member.take()),
                };
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| *item = renamed(item.take())),
        _ => {}
    }
    schema
}

/// The gateway's own answer.
fn message() -> Value {
    json!({"type": "object", "required": ["message"], "properties": {"message": {"type": "string"}}})
}

/// RFC 9457.
fn problem() -> Value {
    let text = json!({"type": "string"});
    json!({
        "type": "object",
        "required": ["type", "title", "status", "detail"],
        "properties": {
            "type": {"type": "string", "format": "uri"},
            "title": text,
            "status": {"type": "integer"},
            "detail": text,
            "rule": {"type": "string", "description": "The rule that refuses, such as P11.a."},
            "errors": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["pointer", "code", "message"],
                    "properties": {"pointer": text, "code": text, "message": text, "rule": text},
                },
            },
        },
    })
}
