//! Working days and local time (`C1`, `C2`, `C5`), from the printed tables alone. Never here: what a term is for.

use std::collections::BTreeMap;

use chrono::{
    DateTime, Datelike, Days, Months, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone, Utc, Weekday,
};

/// A moment, in UTC.
pub type Instant = DateTime<Utc>;

/// Months of a year, with days of each.
type MonthsOff = &'static [(u32, &'static [u32])];

/// `C5`: days off beyond Saturday and Sunday, per year and month.
const DAYS_OFF: &[(i32, MonthsOff)] = &[
    (2024, &[(1, &[1, 2]), (3, &[8, 21, 22, 25]), (5, &[1, 7, 8, 9]), (7, &[8]), (8, &[30]), (10, &[25]), (12, &[16])]),
    (
        2025,
        &[
            (1, &[1, 2, 3, 7]),
            (3, &[10, 21, 24, 25]),
            (5, &[1, 7, 9]),
            (6, &[6]),
            (7, &[7]),
            (9, &[1]),
            (10, &[27]),
            (12, &[16]),
        ],
    ),
    (2026, &[(1, &[1, 2, 7]), (3, &[9, 23, 24, 25]), (5, &[1, 7, 11, 27]), (7, &[6]), (10, &[26]), (12, &[16])]),
    (2027, &[(1, &[1, 4, 7]), (3, &[8, 15, 22, 23, 24]), (5, &[3, 7, 10]), (7, &[6]), (10, &[25]), (12, &[16])]),
];

/// `C5`: working days that fall on a weekend.
const WORKING_WEEKENDS: &[(i32, u32, u32)] = &[(2024, 5, 4), (2025, 1, 5)];

/// Almaty's clocks are five hours ahead since 1 March 2024 (`C1`); no story plays before.
const AHEAD: TimeDelta = TimeDelta::hours(5);

/// The tables, and what officers have changed of them since (`C3`).
#[derive(Debug, Clone, Default)]
pub struct Calendar {
    /// Days that became working days, or days off.
    pub patched: BTreeMap<NaiveDate, bool>,
}

impl Calendar {
    /// Whether a day is a working day.
    #[must_use]
    pub fn is_working(&self, day: NaiveDate) -> bool {
        self.patched.get(&day).copied().unwrap_or_else(|| is_working(day))
    }

    /// `C2`: the n-th working day after a day.
    #[must_use]
    pub fn plus_working(&self, day: NaiveDate, days: u32) -> NaiveDate {
        let mut reached = day;
        for _ in 0..days {
            reached = next(reached);
            while !self.is_working(reached) {
                reached = next(reached);
            }
        }
        reached
    }

    /// The days off of a year beyond Saturday and Sunday, and the working days on a weekend: what a table says.
    #[must_use]
    pub fn table(&self, year: i32) -> (Vec<NaiveDate>, Vec<NaiveDate>) {
        let first = NaiveDate::from_ymd_opt(year, 1, 1).expect("a day");
        let days = || first.iter_days().take_while(|day| day.year() == year);
        let weekend = |day: &NaiveDate| matches!(day.weekday(), Weekday::Sat | Weekday::Sun);
        let off = days().filter(|day| !weekend(day) && !self.is_working(*day)).collect();
        let working = days().filter(|day| weekend(day) && self.is_working(*day)).collect();
        (off, working)
    }
}

/// Whether a day is a working day by the printed tables.
#[must_use]
pub fn is_working(day: NaiveDate) -> bool {
    let (year, month, number) = (day.year(), day.month(), day.day());
    let off = DAYS_OFF
        .iter()
        .any(|(y, months)| *y == year && months.iter().any(|(m, days)| *m == month && days.contains(&number)));
    let weekend = matches!(day.weekday(), Weekday::Sat | Weekday::Sun);
    WORKING_WEEKENDS.contains(&(year, month, number)) || (!off && !weekend)
}

/// The wall clock in Almaty.
#[must_use]
pub fn wall(instant: Instant) -> NaiveDateTime {
    (instant + AHEAD).naive_utc()
}

/// The day in Almaty.
#[must_use]
pub fn day(instant: Instant) -> NaiveDate {
    wall(instant).date()
}

/// A time of a day in Almaty.
#[must_use]
pub fn at(day: NaiveDate, hour: u32, minute: u32) -> Instant {
    let time = NaiveTime::from_hms_opt(hour, minute, 0).expect("a time of the day");
    Utc.from_utc_datetime(&day.and_time(time)) - AHEAD
}

/// The day after.
#[must_use]
pub fn next(day: NaiveDate) -> NaiveDate {
    plus_days(day, 1)
}

/// So many calendar days later (`C2`).
#[must_use]
pub fn plus_days(day: NaiveDate, days: u64) -> NaiveDate {
    day.checked_add_days(Days::new(days)).expect("a day")
}

/// So many months later, clipped to the month's last day.
#[must_use]
pub fn plus_months(day: NaiveDate, months: u32) -> NaiveDate {
    day.checked_add_months(Months::new(months)).expect("a day")
}
