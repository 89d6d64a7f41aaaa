//! Good bodies for every operation that takes one: those of the examples in `events/`. Never here: paths and tokens.

use serde_json::Value;

use super::Operation;
use super::scene::Scene;
use crate::repository::root;

/// The body of the first example of an operation's route, none if it takes none.
///
/// # Panics
/// It takes one, and has no example.
pub(super) fn of(operation: &Operation, scene: &Scene) -> Option<Value> {
    if !operation.takes_body {
        return None;
    }
    let key = format!("{} {}", operation.method, operation.path);
    let folders = std::fs::read_dir(root().join("events")).expect("the examples").flatten();
    let mut files: Vec<_> = folders
        .flat_map(|folder| std::fs::read_dir(folder.path()).expect("a function's examples").flatten())
        .map(|file| file.path())
        .collect();
    files.sort();
    let events = files.iter().map(|file| std::fs::read_to_string(file).expect("an example"));
    let read = |text: String| serde_json::from_str::<Value>(&text).expect("JSON");
    let event = events.map(read).find(|event| event["routeKey"] == key.as_str());
    let event = event.unwrap_or_else(|| panic!("no example in events/ shows {key}"));
    let mut body = event["body"].as_str().map(|body| serde_json::from_str::<Value>(body).expect("JSON"))?;
    if body["organisations"].is_array() {
        body["organisations"] = serde_json::json!([scene.garden.as_str()]);
    }
    Some(body)
}
