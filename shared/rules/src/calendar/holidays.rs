//! The holidays of Kazakhstan as data: the tables of `C5`, the fixed dates behind them, and the expected days of Kurban Ait.
//! How they shape a year stands in `calendar`.

use std::collections::BTreeSet;

use chrono::{Datelike, NaiveDate};

use super::MonthDay;

/// 7 January: a day off that doesn't move from a weekend (`C4`).
pub(super) const CHRISTMAS: (u32, u32) = (1, 7);

/// The fixed-date holidays behind the tables of `C5`, but for Constitution Day: 30 August until 2025, 15 March from 2027.
const HOLIDAYS: &str = "01-01 01-02 01-07 03-08 03-21 03-22 03-23 05-01 05-07 05-09 07-06 10-25 12-16";

/// The tables of `C5`: year, whether projected, days off beyond Saturday and Sunday, working weekends.
/// Kurban Ait of 2027 is expected on Sunday 16 May, whence it doesn't move.
pub(super) const BUILT_IN: [(i32, bool, &str, &str); 4] = [
    (2024, false, "01-01 01-02 03-08 03-21 03-22 03-25 05-01 05-07 05-08 05-09 07-08 08-30 10-25 12-16", "05-04"),
    (
        2025,
        false,
        "01-01 01-02 01-03 01-07 03-10 03-21 03-24 03-25 05-01 05-07 05-09 06-06 07-07 09-01 10-27 12-16",
        "01-05",
    ),
    (2026, false, "01-01 01-02 01-07 03-09 03-23 03-24 03-25 05-01 05-07 05-11 05-27 07-06 10-26 12-16", ""),
    (2027, true, "01-01 01-04 01-07 03-08 03-15 03-22 03-23 03-24 05-03 05-07 05-10 05-16 07-06 10-25 12-16", ""),
];

/// Reads days written `MM-DD`.
pub(super) fn days_of_the_year(text: &'static str) -> impl Iterator<Item = MonthDay> {
    text.split_whitespace().filter_map(|day| day.parse().ok())
}

/// The fixed-date holidays of a year, as far as the state has settled them.
pub(super) fn built_in_holidays(year: i32) -> BTreeSet<MonthDay> {
    let constitution_day = match year {
        ..=2025 => "08-30",
        2026 => "",
        2027.. => "03-15",
    };
    days_of_the_year(HOLIDAYS).chain(days_of_the_year(constitution_day)).collect()
}

/// Kurban Ait as astronomers expect it in the years after the tables.
pub(super) const KURBAN_AIT: [(i32, u32, u32); 11] = [
    (2028, 5, 5),
    (2029, 4, 24),
    (2030, 4, 13),
    (2031, 4, 2),
    (2032, 3, 22),
    (2033, 3, 11),
    (2034, 3, 1),
    (2035, 2, 18),
    (2036, 2, 7),
    (2037, 1, 26),
    (2038, 1, 16),
];

/// The days of a year on which Kurban Ait is to be expected: as listed, else as reckoned, which is right to a day or so.
/// The day itself is proclaimed, and that is what a patch is for (`C3`).
pub(super) fn kurban_ait(year: i32) -> Vec<NaiveDate> {
    let listed = KURBAN_AIT.into_iter().find(|(listed, ..)| *listed == year);
    match listed.and_then(|(year, month, day)| NaiveDate::from_ymd_opt(year, month, day)) {
        Some(date) => vec![date],
        None => reckon_kurban_ait(year),
    }
}

/// 10 Dhu al-Hijja of the tabular Islamic calendar with the Thursday epoch; 15 is the cycle of leap years that came closest
/// to the expected days of 2028 to 2077. Two days in some years, since a lunar year is the shorter.
pub(super) fn reckon_kurban_ait(year: i32) -> Vec<NaiveDate> {
    let near = (i64::from(year) - 622) * 33 / 32;
    let in_hijra_year = |hijra: i64| {
        // 227 014 is 1 Muharram of year 1, counted like chrono's days; eleven months have 325 days, and the tenth day is 9 on.
        let day = 227_014 + 354 * (hijra - 1) + (15 + 11 * hijra).div_euclid(30) + 325 + 9;
        NaiveDate::from_num_days_from_ce_opt(i32::try_from(day).ok()?).filter(|date| date.year() == year)
    };
    (near - 1..=near + 2).filter_map(in_hijra_year).collect()
}
