//! What an operation of the interface is, and the parts that many share. Never here: an operation.

use kezek_shell::identity::Scope;
use serde_json::{Value, json};

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
    /// The schema of the body.
    pub body: Option<&'static str>,
    pub answers: &'static [Answer],
    /// Problems beyond those of every operation.
    pub problems: &'static [u16],
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
    problems: &[],
};
