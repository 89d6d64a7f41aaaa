//! What an operation of the interface is, and the parts that many share. Never here: an operation.

use kezek_shell::http::IDEMPOTENCY_KEY_MAX;
use kezek_shell::identity::Scope;
use serde_json::{Value, json};

use super::fields;

/// One operation of the interface.
pub struct Operation {
    pub method: &'static str,
    pub path: &'static str,
    pub id: &'static str,
    pub summary: &'static str,
    /// Who may call it; none: it is public.
    pub scopes: &'static [Scope],
    pub query: &'static [Query],
    /// Headers of the request, and whether they are required.
    pub headers: &'static [(&'static str, bool)],
    /// The schema of the body; [`NOTHING`] if it may be empty.
    pub body: Option<&'static str>,
    pub answers: &'static [Answer],
    /// Where its answer leads.
    pub links: &'static [Link],
    /// Problems beyond those of every operation.
    pub problems: &'static [u16],
}

/// The schema of a body that says nothing.
pub const NOTHING: &str = "Nothing";

/// An operation that can follow, by its id, with its parameters as runtime expressions.
pub struct Link {
    pub to: &'static str,
    pub with: &'static [(&'static str, &'static str)],
}

/// A parameter of the query.
pub struct Query {
    pub name: &'static str,
    pub required: bool,
    pub schema: Kind,
}

/// What a parameter is.
pub enum Kind {
    Text,
    /// A whole number within bounds.
    Number(u32, u32),
    OneOf(&'static [&'static str]),
    Settlement,
    Stream,
}

/// An answer of success.
pub struct Answer {
    pub status: u16,
    /// Its schema; empty for any object.
    pub schema: &'static str,
    pub headers: &'static [&'static str],
}

pub fn schema_of(kind: &Kind) -> Value {
    match kind {
        Kind::Text => json!({"type": "string"}),
        Kind::Number(min, max) => json!({"type": "integer", "minimum": min, "maximum": max}),
        Kind::OneOf(values) => json!({"type": "string", "enum": values}),
        Kind::Settlement => fields::settlement(),
        Kind::Stream => fields::stream(),
    }
}

/// What a parameter of a path is. One that is none of these names nothing: 404.
pub fn path_schema(name: &str) -> Value {
    match name {
        "bin" | "organisation" => fields::bin(),
        "year" => json!({"type": "integer"}),
        "group" => json!({"type": "string", "pattern": "^[A-Za-z0-9._-]{1,64}$"}),
        _ => json!({"type": "string", "minLength": 1}),
    }
}

/// What a header of a request is.
pub fn header_schema(name: &str) -> Value {
    match name {
        "Idempotency-Key" => {
            json!({"type": "string", "minLength": 1, "maxLength": IDEMPOTENCY_KEY_MAX, "pattern": "^[!-~]([ -~]*[!-~])?$"})
        }
        "If-Match" => {
            json!({"type": "string", "pattern": "^(|\\*|(W/)?\"[!#-+.-~-]*\"(, (W/)?\"[!#-+.-~-]*\"){0,9})$"})
        }
        _ => json!({"type": "string"}),
    }
}

pub const fn required(name: &'static str, schema: Kind) -> Query {
    Query { name, required: true, schema }
}

pub const fn optional(name: &'static str, schema: Kind) -> Query {
    Query { name, required: false, schema }
}

pub const CURSOR: Query = optional("cursor", Kind::Text);

pub const fn limit(max: u32) -> Query {
    optional("limit", Kind::Number(1, max))
}

pub const fn ok(schema: &'static str) -> Answer {
    Answer { status: 200, schema, headers: &[] }
}

pub const fn versioned(schema: &'static str) -> Answer {
    Answer { status: 200, schema, headers: &["ETag"] }
}

pub const fn created(schema: &'static str) -> Answer {
    Answer { status: 201, schema, headers: &["ETag", "Location"] }
}

/// What an operation has unless it says otherwise.
pub const PLAIN: Operation = Operation {
    method: "GET",
    path: "",
    id: "",
    summary: "",
    scopes: &[],
    query: &[],
    headers: &[],
    body: None,
    answers: &[],
    links: &[],
    problems: &[],
};
