//! The template against the code: what one of them has, the other has too.

use std::collections::BTreeSet;

use kezek_local::deployment::{QUEUE_READERS, STREAM_READERS, queues as local_queues};
use kezek_local::functions::Function as Known;
use kezek_local::schedules::{SCHEDULES, ZONE};
use serde_json::Value as Json;

use crate::repository::root;
use crate::template::{Route, Template, differences};

/// Functions are the folders, and a resource is named like its folder.
pub(super) fn functions(template: &Template) -> Vec<String> {
    let entries = std::fs::read_dir(root().join("functions")).into_iter().flatten().flatten();
    let folders = entries.filter(|entry| entry.path().is_dir());
    let folders = folders.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    let deployed = template.functions.values().map(|function| function.folder.clone()).collect();
    let mut failures = differences("function", &deployed, &folders);
    for (resource, function) in &template.functions {
        let words = function.folder.split('-').map(|word| word[..1].to_uppercase() + &word[1..]);
        if *resource != words.collect::<String>() {
            failures.push(format!("{resource} isn't named like its folder {}", function.folder));
        }
    }
    failures
}

/// What the functions say they serve: their `ROUTES`.
fn known_routes() -> BTreeSet<Route> {
    let routes = |function: Known| {
        function.routes().iter().map(move |route| {
            let scopes = route.scopes.iter().map(|scope| scope.as_str().to_owned()).collect();
            (function.name().to_owned(), route.method.to_owned(), route.path.to_owned(), scopes)
        })
    };
    Known::ALL.into_iter().flat_map(routes).collect()
}

/// Routes are those the code knows, with the code's scopes. One without a scope is public in so many words; any other has the
/// authorizer that every route has.
pub(super) fn routes(template: &Template) -> Vec<String> {
    let mut failures = differences("route", &template.routes(), &known_routes());
    if template.default_authorizer.as_deref() != Some("Tokens") {
        failures.push("a route that says nothing needs no token".to_owned());
    }
    for route in template.functions.values().flat_map(|function| &function.routes) {
        let (method, path) = (&route.method, &route.path);
        match (route.public, route.scopes.is_empty()) {
            (false, true) => failures.push(format!("{method} {path} has no scope")),
            (true, false) => failures.push(format!("{method} {path} has scopes and no authorizer")),
            _ => {}
        }
    }
    failures
}

/// Queues are those of the local stack, the dead-letter queues included.
pub(super) fn queues(template: &Template) -> Vec<String> {
    let reader = |queue: &str| {
        let found = QUEUE_READERS.iter().find(|(name, ..)| *name == queue);
        found.map(|(_, function, _)| function.name().to_owned())
    };
    let known = local_queues().into_iter().map(|queue| (queue.name.clone(), queue.fifo, reader(&queue.name)));
    differences("queue", &template.queues(), &known.collect())
}

/// The timetable is that of the local stack.
pub(super) fn schedules(template: &Template) -> Vec<String> {
    let known = SCHEDULES.iter().map(|schedule| (schedule.name.to_owned(), schedule.timetable.expression()));
    let known = known.map(|(name, when)| ("expiry-sweep".to_owned(), name, when, ZONE.to_owned()));
    differences("schedule", &template.schedules(), &known.collect())
}

/// The filters of the stream are those of the local stack's readers.
pub(super) fn filters(template: &Template) -> Vec<String> {
    let known = STREAM_READERS.iter().flat_map(|reader| {
        let compact = |filter: &&str| serde_json::from_str::<Json>(filter).map(|filter| filter.to_string());
        reader
            .filters
            .iter()
            .map(move |filter| (reader.function.name().to_owned(), compact(filter).unwrap_or_default()))
    });
    let deployed = template.functions.values().flat_map(|function| {
        let streams = function.batches.iter().filter(|batch| batch.stream).flat_map(|batch| &batch.filters);
        streams.map(|filter| (function.folder.clone(), filter.to_string()))
    });
    differences("filter of the stream", &deployed.collect(), &known.collect())
}

/// Secrets and addresses reach only the functions that need them.
pub(super) fn settings(template: &Template) -> Vec<String> {
    let of_callers = ["TOKEN_ISSUER", "TOKEN_AUDIENCE", "JWKS_URL", "PERSON_KEYS"];
    let known: &[(&str, &[&str])] = &[
        ("ALLOCATION_QUEUE_URL", &["event-publisher"]),
        ("EVENT_BUS_NAME", &["event-publisher"]),
        ("REGISTER_URL", &["document-verification"]),
        ("SIGNATURE_URL", &["enrolment"]),
        ("REFERRAL_KEYS", &["application-intake", "allocation", "enrolment"]),
        ("BULLETIN_SENDER", &["vacancy-ingestion"]),
        ("BULLETINS_DEAD_URL", &["vacancy-ingestion"]),
    ];
    let mut expected = BTreeSet::new();
    for function in template.functions.values() {
        let callers = of_callers.iter().filter(|_| !function.routes.is_empty());
        let own = known.iter().filter(|(_, who)| who.contains(&function.folder.as_str())).map(|(name, _)| name);
        expected.extend(callers.chain(own).map(|name| (function.folder.clone(), (*name).to_owned())));
    }
    let deployed = template.functions.values().flat_map(|function| {
        function.settings.iter().map(|setting| (function.folder.clone(), setting.clone())).collect::<Vec<_>>()
    });
    differences("setting", &deployed.collect(), &expected)
}
