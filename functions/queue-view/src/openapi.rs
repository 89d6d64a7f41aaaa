//! The OpenAPI 3.1 document: built from the table of operations, the schemas of the answers' own types and those of the
//! requests. Nothing is served here; the table and the routes of the functions are held together by tests.

mod applicant;
mod bodies;
mod examples;
mod fields;
mod operation;
mod operations;
mod schemas;

use std::sync::LazyLock;

use serde_json::{Map, Value, json};

use operation::{Answer, Link, NOTHING, Operation, Query, header_schema, path_schema, schema_of};

/// What the gateway answers by itself, before a function is asked or when one fails, is a message.
const GATEWAYS: [u16; 6] = [401, 403, 413, 429, 500, 503];

/// The document, built once.
static DOCUMENT: LazyLock<Value> = LazyLock::new(build);

/// The document.
#[must_use]
pub fn document() -> &'static Value {
    &DOCUMENT
}

/// Every operation it describes: method and path.
#[must_use]
pub fn operations() -> Vec<(&'static str, &'static str)> {
    operations::all().map(|operation| (operation.method, operation.path)).collect()
}

fn build() -> Value {
    let mut paths = Map::new();
    for operation in operations::all() {
        let item = paths.entry(operation.path).or_insert_with(|| json!({}));
        item[operation.method.to_lowercase()] = describe(operation);
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Kezek: the pre-school queue of Kazakhstan",
            "version": env!("CARGO_PKG_VERSION"),
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
            "description": "Instants are RFC 3339 in UTC with milliseconds, dates YYYY-MM-DD, ids opaque. Texts follow \
                Accept-Language (kk, ru, en). Checks come in this order: 401, 403 and 404, 413 and 415, 400, 428, 412, 422.",
        },
        "paths": paths,
        "components": {
            "schemas": schemas::all(),
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
        },
    })
}

fn describe(operation: &Operation) -> Value {
    let mut described = json!({
        "operationId": operation.id,
        "summary": operation.summary,
        "parameters": parameters(operation),
        "responses": responses(operation),
    });
    // Each requirement is enough by itself: a caller has one scope.
    described["security"] = operation.scopes.iter().map(|scope| json!({"token": [scope.as_str()]})).collect();
    if let Some(body) = operation.body {
        let mut content = json!({"schema": reference(body)});
        let examples = examples::of(operation.method, operation.path);
        if !examples.is_empty() {
            content["examples"] = Value::Object(examples);
        }
        described["requestBody"] = json!({"required": body != NOTHING, "content": {"application/json": content}});
    }
    described
}

fn parameters(operation: &Operation) -> Vec<Value> {
    let mut parameters = Vec::new();
    for part in operation.path.split('/') {
        if let Some(name) = part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) {
            parameters.push(json!({"name": name, "in": "path", "required": true, "schema": path_schema(name)}));
        }
    }
    for Query { name, required, schema } in operation.query {
        let schema = schema_of(schema);
        parameters.push(json!({"name": name, "in": "query", "required": required, "schema": schema}));
    }
    for (name, required) in operation.headers {
        let schema = header_schema(name);
        parameters.push(json!({"name": name, "in": "header", "required": required, "schema": schema}));
    }
    parameters
        .push(json!({"name": "Accept-Language", "in": "header", "required": false, "schema": {"type": "string"}}));
    parameters
}

fn responses(operation: &Operation) -> Value {
    let mut responses = Map::new();
    for Answer { status, schema, headers } in operation.answers {
        let schema = if schema.is_empty() { json!({"type": "object"}) } else { reference(schema) };
        let mut response = json!({
            "description": reason(*status),
            "headers": described_headers(headers),
            "content": {"application/json": {"schema": schema}},
        });
        if !operation.links.is_empty() {
            response["links"] = links(operation.links);
        }
        responses.insert(status.to_string(), response);
    }
    for status in problems(operation) {
        let headers: &[&str] = match status {
            401 => &["WWW-Authenticate"],
            429 | 503 => &["Retry-After"],
            _ => &[],
        };
        let mut content = json!({"application/problem+json": {"schema": reference("Problem")}});
        if GATEWAYS.contains(&status) {
            content["application/json"] = json!({"schema": reference("Message")});
        }
        let mut response = json!({"description": reason(status), "content": content});
        if !headers.is_empty() {
            response["headers"] = described_headers(headers);
        }
        responses.insert(status.to_string(), response);
    }
    Value::Object(responses)
}

fn described_headers(names: &[&str]) -> Value {
    let described = |name: &&str| {
        // What leads to the created thing, and the version, are always there; the gateway's own answers lack the others.
        let required = matches!(*name, "ETag" | "Location");
        ((*name).to_owned(), json!({"required": required, "schema": {"type": "string"}}))
    };
    Value::Object(names.iter().map(described).collect())
}

fn links(links: &[Link]) -> Value {
    let link = |Link { to, with }: &Link| {
        let parameters: Map<String, Value> =
            with.iter().map(|(name, from)| ((*name).to_owned(), json!(from))).collect();
        ((*to).to_owned(), json!({"operationId": to, "parameters": parameters}))
    };
    Value::Object(links.iter().map(link).collect())
}

/// The problems that can come: those of every operation, those of a token and a body, and its own.
fn problems(operation: &Operation) -> Vec<u16> {
    let mut problems = operation.problems.to_vec();
    problems.extend([429, 500, 503]);
    if !operation.scopes.is_empty() {
        problems.extend([401, 403]);
    }
    if operation.body.is_some() {
        problems.extend([400, 413, 415]);
    }
    problems.sort_unstable();
    problems.dedup();
    problems
}

fn reference(schema: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{schema}")})
}

const fn reason(status: u16) -> &'static str {
    match status {
        200 => "Done.",
        201 => "Created.",
        400 => "The request is malformed.",
        401 => "No valid token.",
        403 => "Not allowed for this caller.",
        404 => "Not there, or not the caller's.",
        409 => "The state stands against it.",
        412 => "The resource has changed.",
        413 => "The body is too large.",
        415 => "The body isn't JSON.",
        422 => "A rule refuses it; `rule` names the rule.",
        428 => "If-Match is needed.",
        429 => "Too many requests.",
        503 => "Try again later.",
        _ => "A failure.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    /// Every `$ref` of a document.
    fn references(value: &Value, found: &mut BTreeSet<String>) {
        match value {
            Value::Object(members) => {
                found.extend(members.get("$ref").and_then(Value::as_str).map(str::to_owned));
                members.values().for_each(|member| references(member, found));
            }
            Value::Array(items) => items.iter().for_each(|item| references(item, found)),
            _ => {}
        }
    }

    #[test]
    fn every_reference_leads_somewhere() {
        let mut found = BTreeSet::new();
        references(document(), &mut found);
        assert!(found.len() > 20);
        for reference in found {
            let pointer = reference.strip_prefix('#').expect("a reference within the document");
            assert!(document().pointer(pointer).is_some(), "{reference}");
        }
    }

    #[test]
    fn every_schema_is_used() {
        let mut found = BTreeSet::new();
        references(document(), &mut found);
        for name in document()["components"]["schemas"].as_object().expect("schemas").keys() {
            assert!(found.contains(&format!("#/components/schemas/{name}")), "{name}");
        }
    }

    #[test]
    fn operations_are_told_apart() {
        let ids: BTreeSet<&str> = operations::all().map(|operation| operation.id).collect();
        let routes: BTreeSet<_> = operations().into_iter().collect();
        let all = operations::all().count();
        assert_eq!((ids.len(), routes.len()), (all, all));
    }

    #[test]
    fn the_routes_of_this_function_are_described() {
        for route in crate::ROUTES {
            let described =
                operations::all().find(|operation| (operation.method, operation.path) == (route.method, route.path));
            assert_eq!(described.map(|operation| operation.scopes), Some(route.scopes), "{}", route.path);
        }
    }

    /// The names of fields are those of the answers as they are serialised.
    #[test]
    fn schemas_name_fields_as_json_does() {
        let check = |pointer: &str| {
            assert!(document().pointer(&format!("/components/schemas/{pointer}")).is_some(), "{pointer}")
        };
        check("Application/properties/submittedAt");
        check("LaneCounts/properties/out-of-turn");
        check("Organisation/properties/type");
        check("VacancyPage/properties/items");
    }
}
