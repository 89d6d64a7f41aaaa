//! The operations guide against the template: every alarm has a row that says what it means and what to do, every parameter one that
//! says where its value comes from, and nothing is told that isn't there.

use std::collections::BTreeSet;

use super::super::read::members;
use super::{agree, template};
use crate::repository::root;

fn page(name: &str) -> String {
    let path = root().join("infra/operations").join(name);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The rows of a page's tables whose first cell is a name in backticks: the name, and the other cells.
fn rows(page: &str) -> Vec<(String, Vec<String>)> {
    let cells = |line: &str| line.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect::<Vec<_>>();
    let row = |line: &str| {
        let mut cells = cells(line.trim());
        let name = cells.first()?.strip_prefix('`')?.strip_suffix('`')?.to_owned();
        cells.remove(0);
        Some((name, cells))
    };
    page.lines().filter(|line| line.starts_with('|')).filter_map(row).collect()
}

#[test]
fn every_alarm_has_a_row_and_every_row_an_alarm() {
    let rows = rows(&page("alarms.md"));
    let told: BTreeSet<(String, String)> =
        rows.iter().map(|(name, cells)| (name.clone(), cells.first().cloned().unwrap_or_default())).collect();
    let how = |topic: Option<&str>| if topic == Some("AlarmTopic") { "wakes" } else { "waits" };
    let there =
        template().alarms.values().map(|alarm| (alarm.name.clone(), how(alarm.topic.as_deref()).to_owned())).collect();
    agree("alarm of infra/operations/alarms.md", &told, &there);
    for (name, cells) in rows {
        assert!(
            cells.len() == 3 && cells.iter().all(|cell| !cell.is_empty()),
            "{name}: how, what it means, what to do"
        );
    }
}

#[test]
fn every_parameter_is_explained() {
    let told = rows(&page("deploy.md")).into_iter().map(|(name, _)| name).collect();
    let document = template().document;
    let there = members(&document, "/Parameters").map(|(name, _)| name.clone()).collect();
    agree("parameter of infra/operations/deploy.md", &told, &there);
}

#[test]
fn environments_set_parameters_that_there_are() {
    let document = template().document;
    let parameters: BTreeSet<&str> = members(&document, "/Parameters").map(|(name, _)| name.as_str()).collect();
    let needed = members(&document, "/Parameters").filter(|(_, parameter)| parameter["Default"].is_null());
    let needed: BTreeSet<&str> = needed.map(|(name, _)| name.as_str()).collect();
    let folder = std::fs::read_dir(root().join("infra/environments")).expect("environments").flatten();
    let mut seen = 0;
    for entry in folder.filter(|entry| entry.path().extension().is_some_and(|extension| extension == "toml")) {
        let text = std::fs::read_to_string(entry.path()).expect("UTF-8");
        let set = text.lines().filter_map(|line| line.trim().strip_prefix('"')?.split_once('=')).map(|(name, _)| name);
        let set: BTreeSet<&str> = set.collect();
        let strange: Vec<_> = set.difference(&parameters).collect();
        assert!(strange.is_empty(), "{}: {strange:?}", entry.path().display());
        let missing: Vec<_> = needed.difference(&set).filter(|name| !text.contains(&format!("{name}="))).collect();
        assert!(missing.is_empty(), "{}: {missing:?} has no value", entry.path().display());
        seen += 1;
    }
    assert!(seen >= 2, "a test environment and a production");
}
