//! The built-in calendar against an independent table, day by day (`C4`, `C5`): `tests/fixtures/calendar/kazakhstan.txt`, written
//! from the package `holidays` by the script beside it. Never here: what a term makes of a working day.

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate, Weekday};
use kezek_rules::calendar::Calendar;

/// The table, as generated.
const TABLE: &str = include_str!("../fixtures/calendar/kazakhstan.txt");

/// The first and the last year compared.
const YEARS: (i32, i32) = (2024, 2027);

/// Days on which the calendar rightly departs from the table: the day, whether it is worked, and why `C5` wins.
/// None with the pinned version: it knows both swap orders (8 May 2024, 3 January 2025), leaves 7 January and Kurban Ait
/// where they are, and reckons with the same new holidays of 2026 and 2027. Kurban Ait of 2027 is estimated on both sides, for a
/// Sunday.
const DIFFERENCES: &[(&str, bool, &str)] = &[];

fn date(text: &str) -> NaiveDate {
    text.parse().expect("a date")
}

fn is_weekend(day: NaiveDate) -> bool {
    matches!(day.weekday(), Weekday::Sat | Weekday::Sun)
}

/// Every day of the years compared.
fn days() -> impl Iterator<Item = NaiveDate> {
    let first = NaiveDate::from_ymd_opt(YEARS.0, 1, 1).expect("a date");
    first.iter_days().take_while(|day| day.year() <= YEARS.1)
}

/// The days of the table that depart from a plain week: the day, whether it is worked.
fn departures() -> BTreeMap<NaiveDate, bool> {
    let lines = TABLE.lines().filter(|line| !line.starts_with('#'));
    let read = lines.map(|line| {
        let mut words = line.split(' ');
        let day = date(words.next().expect("a day"));
        match words.next() {
            Some("worked") if is_weekend(day) => (day, true),
            Some("off") if !is_weekend(day) => (day, false),
            _ => panic!("{line}: neither a weekday off nor a weekend worked"),
        }
    });
    read.collect()
}

/// What differs, as text: one line a day.
fn differences(calendar: &Calendar) -> Vec<String> {
    let table = departures();
    let word = |worked| if worked { "worked" } else { "off" };
    let differs = days().filter_map(|day| {
        let (ours, theirs) =
            (calendar.is_working_day(day), table.get(&day).copied().unwrap_or_else(|| !is_weekend(day)));
        (ours != theirs).then(|| format!("{day} {}, in the table {}", word(ours), word(theirs)))
    });
    differs.collect()
}

#[test]
fn c5_every_day_agrees_with_the_independent_table() {
    assert_eq!(days().count(), 366 + 365 + 365 + 365, "four whole years");
    let expected: Vec<String> = DIFFERENCES
        .iter()
        .map(|(day, worked, _)| {
            let (ours, theirs) = if *worked { ("worked", "off") } else { ("off", "worked") };
            format!("{day} {ours}, in the table {theirs}")
        })
        .collect();
    assert_eq!(differences(&Calendar::built_in()), expected);
}

#[test]
fn c5_a_day_off_that_is_forgotten_is_found() {
    let mut calendar = Calendar::built_in();
    let year = calendar.years.get_mut(&2025).expect("a table");
    assert!(year.days_off.remove(&date("2025-06-06")) && year.working_weekends.remove(&date("2025-01-05")));
    let found = ["2025-01-05 off, in the table worked", "2025-06-06 worked, in the table off"];
    assert_eq!(differences(&calendar), found);
}

/// Each way in which a day may depart from its week stands in the table, so that agreeing with it means something.
#[test]
fn c4_the_table_knows_moves_swaps_and_days_that_stay() {
    let table = departures();
    let off = |day: &str| table.get(&date(day)) == Some(&false);
    assert!(off("2025-03-10") && off("2024-07-08"), "a holiday on a weekend moves on");
    assert!(off("2026-03-24") && off("2026-03-25"), "past holidays that stand in its way");
    assert!(!off("2024-01-08") && !off("2024-06-17"), "7 January and Kurban Ait stay on a Sunday");
    assert!(off("2024-05-08") && table.get(&date("2024-05-04")) == Some(&true), "a swap gives and takes");
    assert!(off("2025-01-03") && table.get(&date("2025-01-05")) == Some(&true), "a swap gives and takes");
}
