//! What the rules name can be read: every code that they give with its rule has a text. Never here: how a text reads.

use std::collections::BTreeSet;

use kezek_contract::texts::bulletins::LineProblem;
use kezek_contract::texts::complaints::ComplaintFact;
use kezek_contract::texts::history::Fact;
use kezek_contract::texts::problems::Code;

use crate::repository::files;

/// Told to a sweep that came for nothing, never to a person.
const NEVER_SHOWN: &[&str] = &["nothing-due"];

/// The codes of a source: each string that stands beside a rule's id, such as `"queued", "P10.b"`.
fn codes(source: &str) -> impl Iterator<Item = &str> {
    let parts: Vec<&str> = source.split('"').collect();
    let pairs = (1..parts.len().saturating_sub(2)).step_by(2).filter_map(move |n| {
        let beside = parts[n + 1].trim() == ",";
        (beside && is_rule(parts[n + 2]) && is_code(parts[n])).then_some(parts[n])
    });
    pairs.collect::<Vec<_>>().into_iter()
}

fn is_rule(text: &str) -> bool {
    let mut letters = text.chars();
    letters.next().is_some_and(|first| "ACKNP".contains(first)) && letters.next().is_some_and(|c| c.is_ascii_digit())
}

fn is_code(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

fn has_text(code: &str) -> bool {
    code.parse::<Code>().is_ok()
        || code.parse::<Fact>().is_ok()
        || code.parse::<LineProblem>().is_ok()
        || code.parse::<ComplaintFact>().is_ok()
}

#[test]
fn every_code_of_the_rules_has_a_text() {
    let files: Vec<_> = files().into_iter().filter(|file| file.is_rust() && file.within("shared/rules/src")).collect();
    let named: BTreeSet<&str> = files.iter().flat_map(|file| codes(&file.text)).collect();
    assert!(named.contains("queued") && named.contains("document-missing") && named.contains("regime-unknown"));
    let silent: Vec<_> = named.iter().filter(|code| !NEVER_SHOWN.contains(code) && !has_text(code)).collect();
    assert!(silent.is_empty(), "no text for {silent:?}");
}
