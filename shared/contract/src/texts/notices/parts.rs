//! The parts that notices of all languages are made of: lists, and an officer's own words without numbers.
//! No sentence of its own.

use super::{Ground, PlaceInQueue};
use crate::texts::{Locale, Names, documents};

/// The numbered list of Annex 4: `1. <organisation>, <queue number>; 2. …`
pub(super) fn numbered(places: &[PlaceInQueue], locale: Locale) -> String {
    let line = |(i, place): (usize, &PlaceInQueue)| {
        let name = place.organisation.in_locale(locale);
        let number = place.number.map(|number| format!(", {}", queue_number(number, locale))).unwrap_or_default();
        format!("{}. {name}{number}", i + 1)
    };
    places.iter().enumerate().map(line).collect::<Vec<_>>().join("; ")
}

/// A queue number in words.
pub(super) fn queue_number(number: u64, locale: Locale) -> String {
    let word = match locale {
        Locale::Kk => "кезек нөмірі",
        Locale::Ru => "номер очереди",
        Locale::En => "queue number",
    };
    format!("{word} {number}")
}

/// `<head>: 1. …; 2. ….`, or nothing if there are no queues.
pub(super) fn queues(head: &str, places: &[PlaceInQueue], locale: Locale) -> Option<String> {
    (!places.is_empty()).then(|| format!("{head}: {}.", numbered(places, locale)))
}

/// `<head>: 1) …; 3) ….` with the number that each ground has in A2.9.
pub(super) fn ground_list(head: &str, grounds: &[Ground], text: impl Fn(Ground) -> &'static str) -> Option<String> {
    let items: Vec<_> = grounds.iter().map(|g| format!("{}) {}", g.number(), text(*g))).collect();
    (!items.is_empty()).then(|| format!("{head}: {}.", items.join("; ")))
}

/// The numbered list of Annex 4: `<head>: 1) <document>; 2) <document>.`
pub(super) fn document_list(head: &str, kinds: &[String], locale: Locale) -> Option<String> {
    let line = |(i, kind): (usize, &String)| format!("{}) {}", i + 1, documents::name(kind, locale));
    let lines: Vec<_> = kinds.iter().enumerate().map(line).collect();
    (!lines.is_empty()).then(|| format!("{head}: {}.", lines.join("; ")))
}

/// The officer's own words, fit for an SMS: one line, shortened, without long numbers.
pub(super) fn note_line(head: &str, note: Option<&str>) -> Option<String> {
    const LENGTH: usize = 100;
    let clean = without_long_numbers(&note?.split_whitespace().collect::<Vec<_>>().join(" "));
    let clean = clean.trim_end_matches('.');
    let short: String = clean.chars().take(LENGTH).collect();
    let tail = if short.len() < clean.len() { "…" } else { "." };
    (!short.is_empty()).then(|| format!("{head}: {short}{tail}"))
}

/// Hides every number long enough to be a personal or a telephone number, also in groups of digits; a date is shown
/// (`N1`: no personal number appears in an SMS).
fn without_long_numbers(text: &str) -> String {
    const LONGEST_SHOWN: usize = 8;
    let mut shown = String::new();
    let mut rest = text;
    while let Some(start) = rest.find(char::is_numeric) {
        let after = &rest[start..];
        let run = after.find(|c: char| !c.is_numeric() && !matches!(c, ' ' | '-')).unwrap_or(after.len());
        let run = after[..run].trim_end_matches([' ', '-']);
        let digits = run.chars().filter(|c| c.is_numeric()).count();
        shown.push_str(&rest[..start]);
        shown.push_str(if digits > LONGEST_SHOWN { "•••" } else { run });
        rest = &after[run.len()..];
    }
    shown + rest
}

/// An organisation in brackets after what it belongs to, or nothing.
pub(super) fn in_brackets(organisation: Option<&Names>, locale: Locale) -> String {
    organisation.map(|names| format!(" ({})", names.in_locale(locale))).unwrap_or_default()
}

/// The sentences that there are, one after another.
pub(super) fn sentences(parts: impl IntoIterator<Item = Option<String>>) -> String {
    parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
}
