//! How much a caller can bring: every list, text, header, page and body has a bound that the document tells, and so has all that is kept.
//! Never here: what may be made on a day (`daily`), nor a rule of the Order.

use kezek_fixtures as fixtures;
use kezek_local::gateway::{Request, Response};
use kezek_rules::calendar::YearTable;
use kezek_rules::policy::{Policy, PolicyVersion};
use serde_json::{Value, json};

use super::callers::Role;
use super::scene::{Kind, Scene, kind};
use super::{Base, operations};
use crate::world::{MONDAY, World};

/// What is unbounded in a schema of a request.
fn unbounded(schema: &Value, at: &str, found: &mut Vec<String>) {
    let Some(members) = schema.as_object() else { return };
    let is = |kind: &str| {
        schema["type"] == kind || schema["type"].as_array().is_some_and(|kinds| kinds.contains(&json!(kind)))
    };
    // A pattern bounds a text if it is whole and repeats nothing without an end.
    let bounding = |pattern: &str| {
        let plain = pattern.replace("\\+", "").replace("\\*", "");
        pattern.starts_with('^') && pattern.ends_with('$') && !plain.contains(['*', '+'])
    };
    let format = schema["format"].as_str().is_some_and(|format| ["date", "iin", "bin"].contains(&format));
    let by_pattern = schema["pattern"].as_str().is_some_and(bounding);
    if is("string") && !(schema["maxLength"].is_u64() || schema["enum"].is_array() || format || by_pattern) {
        found.push(format!("{at}: a text without end"));
    }
    if is("array") && schema["items"].is_object() && !schema["maxItems"].is_u64() {
        found.push(format!("{at}: a list without end"));
    }
    if is("integer") && !(schema["maximum"].is_u64() || schema["readOnly"] == true) {
        found.push(format!("{at}: a number without end"));
    }
    if is("object") && schema["properties"].is_object() && schema["additionalProperties"] != false {
        found.push(format!("{at}: takes any field"));
    }
    for (name, member) in members {
        match member {
            Value::Object(_) if name != "default" => unbounded(member, &format!("{at}/{name}"), found),
            Value::Array(items) if name != "examples" && name != "enum" => {
                items.iter().for_each(|item| unbounded(item, &format!("{at}/{name}"), found));
            }
            _ => {}
        }
    }
}

#[tokio::test]
async fn everything_that_a_request_can_hold_is_bounded() {
    let world = World::at(MONDAY).await;
    let document = world.call("GET", "/v1/openapi.json", "", &Value::Null).await.json();
    let mut found = Vec::new();
    for (path, item) in document["paths"].as_object().expect("paths") {
        for (method, operation) in item.as_object().expect("operations") {
            if let Some(schema) = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"].as_str() {
                let pointer = schema.trim_start_matches('#');
                unbounded(&document.pointer(pointer).expect("a schema").clone(), pointer, &mut found);
            }
            for parameter in operation["parameters"].as_array().expect("parameters") {
                let known = ["Accept-Language", "If-Match", "cursor"];
                // These are read and forgotten; the gateway takes ten kilobytes of headers and query.
                if parameter["in"] != "path" && !known.contains(&parameter["name"].as_str().expect("a name")) {
                    unbounded(&parameter["schema"], &format!("{method} {path} {}", parameter["name"]), &mut found);
                }
            }
        }
    }
    found.dedup();
    assert!(found.is_empty(), "\n{}", found.join("\n"));
}

#[test]
fn what_is_unbounded_is_found() {
    let check = |schema: Value, expected: usize| {
        let mut found = Vec::new();
        unbounded(&schema, "", &mut found);
        assert_eq!(found.len(), expected, "{schema}: {found:?}");
    };
    check(json!({"type": "string"}), 1);
    check(json!({"type": "string", "pattern": "^[a-z]+$"}), 1);
    check(json!({"type": "string", "pattern": "^\\+7[0-9]{10}$"}), 0);
    check(json!({"type": "array", "items": {"type": "string", "maxLength": 3}}), 1);
    check(json!({"type": "object", "properties": {"a": {"anyOf": [{"type": "integer"}, {"type": "null"}]}}}), 2);
}

/// A body over the limit, a path that names something endless, a page without end, a key without end: told as the document says.
#[tokio::test]
async fn too_much_is_refused_everywhere() {
    let scene = Scene::new().await;
    let (operations, before) = (operations(&scene.world).await, Base::of(&scene.world));
    let mut wrong = Vec::new();
    for operation in &operations {
        let role = Role::ALL.into_iter().find(|role| operation.scopes.iter().any(|scope| scope == role.scope()));
        let token = match role {
            Some(role) => scene.owner(operation, role).await,
            None => String::new(),
        };
        let path = scene.own(operation);
        let mut expect = |what: &str, answer: &Response, statuses: &[u16]| {
            if !statuses.contains(&answer.status) || !operation.statuses.contains(&answer.status) {
                wrong.push(format!("{} with {what}: {} {}", operation.id, answer.status, answer.json()));
            }
        };
        if operation.takes_body {
            let large = Request { body: vec![b' '; 64 * 1024 + 1], ..operation.request(&path, Some(&token), None) };
            let large = large.header("content-type", "application/json");
            expect("a large body", &scene.world.send(large).await, &[413]);
            let deep = Request { body: vec![b'['; 60_000], ..operation.request(&path, Some(&token), None) };
            let deep = deep.header("content-type", "application/json");
            expect("a deep body", &scene.world.send(deep).await, &[400]);
        }
        if operation.path.contains('{') && kind(&operation.id) != Some(Kind::Collection) {
            let endless = scene.endless(operation);
            let answer = scene.world.send(operation.request(&endless, Some(&token), None)).await;
            // What has an owner isn't there; a new thing can't be called so.
            expect("an endless name", &answer, if operation.takes_body { &[404, 400, 415] } else { &[404] });
        }
        if operation.limited {
            let separator = if path.contains('?') { '&' } else { '?' };
            for limit in ["0", "-1", "501", "99999999999999999999", "ten"] {
                let path = format!("{path}{separator}limit={limit}");
                let answer = scene.world.send(operation.request(&path, Some(&token), None)).await;
                expect(&format!("limit {limit}"), &answer, &[400]);
            }
            let cursor = format!("{path}{separator}cursor={}", "A".repeat(5_000));
            let answer = scene.world.send(operation.request(&cursor, Some(&token), None)).await;
            expect("an endless cursor", &answer, &[400]);
        }
        if operation.keyed {
            let body = super::example::of(operation, &scene).expect("a body");
            for key in [String::new(), "k".repeat(256), "ключ".to_owned()] {
                let request = operation.request(&path, Some(&token), Some(&body)).header("idempotency-key", &key);
                // A header that isn't ASCII never arrives.
                if key.is_ascii() {
                    expect("a key without end", &scene.world.send(request).await, &[400]);
                }
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    let differs = Base::of(&scene.world).differs(&before);
    assert!(differs.is_empty(), "{differs:?}");
}

#[tokio::test]
async fn a_bulletin_has_so_many_places() {
    let world = World::at(MONDAY).await;
    let garden = world.open(1).await;
    let mut bulletin = fixtures::bulletin("large", garden, &world.now(), 100, 2022);
    let line = bulletin["lines"][0].clone();
    let numbered = |n: u32| {
        let mut line = line.clone();
        line["line"] = json!(n);
        line
    };
    bulletin["lines"] = (1..=11).map(numbered).collect();
    world.post(&bulletin).await;
    let path = format!("/v1/organisations/{garden}/bulletins/large");
    let taken = world.call("GET", &path, &world.organisation(garden).await, &Value::Null).await.json();
    let outcomes: Vec<&str> =
        taken["lines"].as_array().expect("lines").iter().map(|line| line["outcome"].as_str().expect("one")).collect();
    assert_eq!(outcomes[..10], ["taken"; 10]);
    assert_eq!((outcomes[10], &taken["lines"][10]["problems"][0]["code"]), ("refused", &json!("count-out-of-bounds")));
    world.holds();
}

#[tokio::test]
async fn an_organisation_keeps_so_many_groups() {
    let world = World::at(MONDAY).await;
    let garden = world.open(1).await;
    let token = world.organisation(garden).await;
    let put = async |name: &str| {
        let group = json!({"groupType": "middle", "birthYears": [2022], "children": 24, "unvaccinated": 1});
        world.call("PUT", &format!("/v1/organisations/{garden}/groups/{name}"), &token, &group).await.status
    };
    for n in 0..200 {
        assert_eq!(put(&format!("g{n}")).await, 201, "{n}");
    }
    assert_eq!((put("more").await, put("g7").await), (409, 200));
}

/// Configuration is read by every request, and in one piece: beyond its bound a version would be passed over unseen.
#[tokio::test]
async fn so_many_policies_and_patches_are_kept() {
    let world = World::at(MONDAY).await;
    let (store, officer) = (world.local.store(), world.officer().await);
    let at = world.local.now();
    let from = "2030-01-01".parse().expect("a day");
    for version in 1..=500 {
        let policy = PolicyVersion {
            id: "pilot".into(),
            version,
            from,
            until: None,
            territory: vec!["75".to_owned()],
            policy: Policy::default(),
        };
        store.put_policy(&policy, at).await.expect("a version");
    }
    let put = async |version: u32| {
        let body = json!({"version": version, "from": "2030-01-01", "territory": ["75"]});
        world.call("PUT", "/v1/workplace/policies/pilot", &officer, &body).await
    };
    let refused = put(501).await;
    assert_eq!(
        (refused.status, &refused.json()["type"]),
        (409, &json!("https://kezek.example/problems/too-many-kept"))
    );
    assert_eq!(put(500).await.status, 200, "one that is there already");
    for n in 0..100 {
        let day = |text: &str| text.parse().expect("a day");
        let days = if n % 2 == 0 { vec![day("2030-01-01")] } else { vec![day("2030-01-01"), day("2030-01-02")] };
        let table = YearTable {
            year: 2030,
            days_off: days.into_iter().collect(),
            working_weekends: [].into(),
            projected: false,
            holidays: None,
        };
        store.put_year(&table, n, at).await.expect("a patch");
    }
    let request = Request::new("PUT", "/v1/workplace/calendar/2030").bearer(&officer).header("if-match", "*");
    let refused = world.send(request.json(&json!({"daysOff": ["2030-01-03"]}))).await;
    assert_eq!(refused.status, 409, "{}", refused.json());
}
