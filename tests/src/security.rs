//! What the pages on security say, held against the repository: each test and file that they name exists, the counts are right, and
//! cryptography is nowhere but where the inventory says. Never here: what must hold, nor whether it does.

use std::collections::BTreeSet;

use crate::repository::{files, root};

const TABLE: &str = "infra/security/asvs.md";
const INVENTORY: &str = "infra/security/README.md";

/// The rows of the table: requirement, verdict, and what is said of it.
fn rows(text: &str) -> Vec<(&str, &str, &str)> {
    let rows =
        text.lines().filter(|line| line.starts_with("| ") && line[2..].starts_with(|c: char| c.is_ascii_digit()));
    rows.map(|row| {
        let cells: Vec<&str> = row.trim_matches('|').split(" | ").map(str::trim).collect();
        assert_eq!(cells.len(), 5, "{row}");
        (cells[0], cells[3], cells[4])
    })
    .collect()
}

/// What a text names between backticks that is a path, perhaps with a test of it.
fn named(text: &str) -> impl Iterator<Item = (&str, Option<&str>)> {
    let quoted = text.split('`').skip(1).step_by(2).filter(|quoted| quoted.contains('/') || quoted.ends_with(".toml"));
    let paths = quoted
        .filter(|quoted| !quoted.starts_with('/') && !quoted.contains(' ') && !quoted.contains("application/json"));
    paths.map(|path| path.split_once("::").map_or((path, None), |(path, test)| (path, Some(test))))
}

fn missing(text: &str) -> Vec<String> {
    let mut missing = Vec::new();
    for (path, test) in named(text) {
        match std::fs::read_to_string(root().join(path)) {
            Ok(source) => {
                let defined = test.is_none_or(|test| source.contains(&format!("fn {test}(")));
                missing.extend((!defined).then(|| format!("{path} has no test {}", test.unwrap_or_default())));
            }
            Err(_) if test.is_none() && root().join(path).is_dir() => {}
            Err(error) => missing.push(format!("{path}: {error}")),
        }
    }
    missing
}

#[test]
fn every_requirement_is_judged_by_what_there_is() {
    let text = std::fs::read_to_string(root().join(TABLE)).expect("the table");
    let rows = rows(&text);
    let ids: BTreeSet<&str> = rows.iter().map(|(id, ..)| *id).collect();
    assert_eq!(ids.len(), rows.len(), "a requirement is judged once");
    let chapters: BTreeSet<&str> = ids.iter().filter_map(|id| id.split('.').next()).collect();
    assert_eq!(chapters.len(), 17, "every chapter of the standard");
    let of = |verdict: &str| rows.iter().filter(|(_, found, _)| *found == verdict).count();
    let (met, not, open) = (of("met"), of("n.a."), of("open"));
    assert_eq!(met + not + open, rows.len(), "met, n.a. or open");
    let counted = format!("{met} met, {not} not applicable, {open} open, of {}.", rows.len());
    assert!(text.contains(&counted), "the page must say: {counted}");
    for (id, verdict, said) in &rows {
        assert!(!said.is_empty(), "{id} is {verdict}, and nothing says why");
    }
    let missing: Vec<String> = rows.iter().flat_map(|(_, _, said)| missing(said)).collect();
    assert!(missing.is_empty(), "\n{}", missing.join("\n"));
}

#[test]
fn the_page_on_security_names_what_there_is() {
    let text = std::fs::read_to_string(root().join(INVENTORY)).expect("the page");
    let missing = missing(&text);
    assert!(missing.is_empty(), "\n{}", missing.join("\n"));
}

/// Every file that touches cryptography stands in the inventory, and no other: what encrypts, hashes, signs or draws is found.
#[test]
fn cryptography_is_where_the_inventory_says() {
    let words = ["aws_lc_rs::", "hmac::", "sha2::", "md5::", "jsonwebtoken::"];
    let inventory = std::fs::read_to_string(root().join(INVENTORY)).expect("the page");
    let section = inventory.split("\n## ").find(|section| section.starts_with("Cryptography")).expect("a section");
    let told: BTreeSet<String> =
        named(section).map(|(path, _)| path.to_owned()).filter(|path| path.ends_with(".rs")).collect();
    let of_tests =
        |path: &str| path.starts_with("tests/") || path.ends_with("/tests.rs") || path.starts_with("infra/check/");
    let touching = files().into_iter().filter(|file| file.is_rust() && !of_tests(&file.path));
    let uses = |file: &crate::repository::File| {
        let before = file.text.split("#[cfg(test)]").next().unwrap_or_default();
        words.iter().any(|word| before.contains(word))
    };
    let found: BTreeSet<String> = touching.filter(uses).map(|file| file.path).collect();
    assert_eq!(told, found, "{INVENTORY} lists the files with cryptography");
}
