//! What is told beside the template: the routes of `cargo lambda watch`, and the example events of every trigger.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use serde_json::Value as Json;

use super::super::{Batch, Function, Template};
use super::{agree, template};
use crate::repository::root;

/// The routes as `cargo lambda watch` reads them, one path a line.
fn watch_router(template: &Template) -> BTreeSet<String> {
    let mut paths: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (function, method, path, _) in template.routes() {
        let entry = format!("{{ function = \"{function}\", method = \"{method}\" }}");
        paths.entry(path).or_default().push(entry);
    }
    paths.iter().map(|(path, entries)| format!("\"{path}\" = [{}]", entries.join(", "))).collect()
}

#[test]
fn cargo_lambda_serves_the_same_routes() {
    let config = std::fs::read_to_string(root().join("CargoLambda.toml")).expect("CargoLambda.toml");
    let (_, router) = config.split_once("[watch.router]\n").expect("a router");
    let lines = router.lines().filter(|line| !line.is_empty()).map(str::to_owned);
    agree("CargoLambda.toml", &lines.collect(), &watch_router(&template()));
}

/// The example events of a function: (file name, content).
fn events(folder: &str) -> Vec<(String, Json)> {
    let files = std::fs::read_dir(root().join("events").join(folder)).expect("an events folder").flatten();
    let read = |path: PathBuf| {
        let text = std::fs::read_to_string(&path).expect("UTF-8");
        let event = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        (path.display().to_string(), event)
    };
    files.map(|entry| read(entry.path())).collect()
}

/// The trigger that an example event comes from, in the words of [`triggers`].
fn trigger_of(event: &Json) -> Option<String> {
    if let Some(route) = event["routeKey"].as_str() {
        return Some(route.to_owned());
    }
    if let Some(sweep) = event["sweep"].as_str() {
        return Some(format!("schedule {sweep}"));
    }
    let source = event["Records"][0]["eventSourceARN"].as_str()?;
    if source.starts_with("arn:aws:dynamodb:") {
        Some("stream".to_owned())
    } else {
        source.rsplit_once("kezek-test-").map(|(_, name)| format!("queue {name}"))
    }
}

/// Everything that can start a function.
fn triggers(template: &Template, function: &Function) -> BTreeSet<String> {
    let routes = function.routes.iter().map(|route| format!("{} {}", route.method, route.path));
    let schedules = function.schedules.iter().map(|schedule| format!("schedule {}", schedule.name));
    let batch = |batch: &Batch| match template.queues.get(&batch.source) {
        Some(queue) => format!("queue {}", queue.name),
        None => "stream".to_owned(),
    };
    routes.chain(schedules).chain(function.batches.iter().map(batch)).collect()
}

#[test]
fn every_trigger_has_an_example_event_and_every_event_a_trigger() {
    let template = template();
    for function in template.functions.values() {
        let events = events(&function.folder);
        let shown =
            events.iter().map(|(file, event)| trigger_of(event).unwrap_or_else(|| format!("unknown in {file}")));
        agree(&format!("events/{}", function.folder), &shown.collect(), &triggers(&template, function));
    }
}

#[test]
fn example_requests_are_whole() {
    let template = template();
    for function in template.functions.values() {
        for (file, event) in events(&function.folder).iter().filter(|(_, event)| !event["routeKey"].is_null()) {
            let context = &event["requestContext"];
            assert_eq!(event["version"], "2.0", "{file}");
            assert_eq!(context["routeKey"], event["routeKey"], "{file}");
            assert_eq!(context["http"]["path"], event["rawPath"], "{file}");
            let route = event["routeKey"].as_str().unwrap_or_default();
            assert_eq!(route.split(' ').next(), context["http"]["method"].as_str(), "{file}");
            let public =
                function.routes.iter().any(|one| one.public && route == format!("{} {}", one.method, one.path));
            assert_eq!(context["authorizer"]["jwt"]["claims"].is_null(), public, "{file}");
            if let Some(body) = event["body"].as_str() {
                serde_json::from_str::<Json>(body).unwrap_or_else(|error| panic!("{file}: {error}"));
            }
        }
    }
}
