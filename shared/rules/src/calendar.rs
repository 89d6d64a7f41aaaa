//! The calendar of Kazakhstan (`C1` to `C6`): which days are worked, as versioned data that can be patched a year at a time.
//! Nothing here knows hours, instants, time zones or deadlines: see `terms`.

mod holidays;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

use chrono::{Datelike, NaiveDate, Weekday};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use holidays::{BUILT_IN, CHRISTMAS, built_in_holidays, days_of_the_year, kurban_ait};

/// A day of every year, written `MM-DD`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct MonthDay {
    month: u8,
    day: u8,
}

/// The text names no day of the year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a day of the year is written MM-DD")]
pub struct MonthDayError;

impl MonthDay {
    /// 1 August.
    pub const FIRST_OF_AUGUST: Self = Self { month: 8, day: 1 };

    /// The day, if such a day exists in every year (29 February doesn't).
    #[must_use]
    pub fn new(month: u8, day: u8) -> Option<Self> {
        NaiveDate::from_ymd_opt(2001, month.into(), day.into()).map(|_| Self { month, day })
    }

    fn of(date: NaiveDate) -> (u32, u32) {
        (date.month(), date.day())
    }

    /// Whether the date stands at or after this day of its year.
    #[must_use]
    pub fn reached_by(self, date: NaiveDate) -> bool {
        Self::of(date) >= (self.month.into(), self.day.into())
    }

    fn in_year(self, year: i32) -> Option<NaiveDate> {
        NaiveDate::from_ymd_opt(year, self.month.into(), self.day.into())
    }
}

impl fmt::Display for MonthDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}-{:02}", self.month, self.day)
    }
}

impl FromStr for MonthDay {
    type Err = MonthDayError;
    fn from_str(text: &str) -> Result<Self, MonthDayError> {
        let (month, day) = text.split_once('-').ok_or(MonthDayError)?;
        let number = |part: &str| match part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit()) {
            true => part.parse().map_err(|_| MonthDayError),
            false => Err(MonthDayError),
        };
        Self::new(number(month)?, number(day)?).ok_or(MonthDayError)
    }
}

impl TryFrom<String> for MonthDay {
    type Error = MonthDayError;
    fn try_from(text: String) -> Result<Self, MonthDayError> {
        text.parse()
    }
}

impl From<MonthDay> for String {
    fn from(value: MonthDay) -> String {
        value.to_string()
    }
}

/// One year's table (`C5`): how it departs from a plain week of Monday to Friday.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct YearTable {
    /// The year.
    pub year: i32,
    /// Days off beyond Saturday and Sunday; a weekend day named here changes nothing.
    pub days_off: BTreeSet<NaiveDate>,
    /// Saturdays and Sundays that a swap order made working days (`C4`).
    #[serde(default)]
    pub working_weekends: BTreeSet<NaiveDate>,
    /// Whether the table is a forecast, not yet settled by the state.
    #[serde(default)]
    pub projected: bool,
    /// The fixed-date holidays the table came from, which years without a table follow (`C6`). Left out: as in the year before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub holidays: Option<BTreeSet<MonthDay>>,
}

/// Why a year table can't be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum YearTableError {
    /// The year is beyond any use.
    #[error("the year {0} is not between 1900 and 2200")]
    Year(i32),
    /// A date of another year.
    #[error("{0} is not a day of this year")]
    OutsideYear(NaiveDate),
    /// A working weekend that is no weekend.
    #[error("{0} is neither a Saturday nor a Sunday")]
    NotWeekend(NaiveDate),
    /// A day that is both off and worked.
    #[error("{0} is both a day off and a working weekend")]
    Contradiction(NaiveDate),
}

impl YearTable {
    /// Checks the table, naming everything that is wrong with it.
    ///
    /// # Errors
    /// All faults found, in the order of the fields and dates.
    pub fn validate(&self) -> Result<(), Vec<YearTableError>> {
        let mut faults = Vec::new();
        if !(1900..=2200).contains(&self.year) {
            faults.push(YearTableError::Year(self.year));
        }
        let dates = || self.days_off.iter().chain(&self.working_weekends).copied();
        faults.extend(dates().filter(|date| date.year() != self.year).map(YearTableError::OutsideYear));
        faults.extend(
            self.working_weekends
                .iter()
                .filter(|date| !is_weekend(date.weekday()))
                .copied()
                .map(YearTableError::NotWeekend),
        );
        faults.extend(self.working_weekends.intersection(&self.days_off).copied().map(YearTableError::Contradiction));
        if faults.is_empty() { Ok(()) } else { Err(faults) }
    }

    fn is_working_day(&self, date: NaiveDate) -> bool {
        !self.days_off.contains(&date) && self.is_in_the_working_week(date)
    }

    /// Monday to Friday, or a weekend day that is worked.
    fn is_in_the_working_week(&self, date: NaiveDate) -> bool {
        !is_weekend(date.weekday()) || self.working_weekends.contains(&date)
    }

    /// The table of a year that has none of its own (`C6`): the holidays, moved by `C4`, and Kurban Ait as reckoned.
    fn project(year: i32, holidays: &BTreeSet<MonthDay>) -> Self {
        let fixed: Vec<NaiveDate> = holidays.iter().filter_map(|day| day.in_year(year)).collect();
        let mut days_off: BTreeSet<NaiveDate> = fixed.iter().copied().chain(kurban_ait(year)).collect();
        for holiday in fixed.into_iter().filter(|date| is_weekend(date.weekday()) && MonthDay::of(*date) != CHRISTMAS) {
            let free = holiday.iter_days().find(|date| !is_weekend(date.weekday()) && !days_off.contains(date));
            // A move into the next year is left to that year's own table.
            days_off.extend(free.filter(|date| date.year() == year));
        }
        Self { year, days_off, working_weekends: BTreeSet::new(), projected: true, holidays: None }
    }
}

/// A year that asks for its table (`C6`), and in which days it is to be put: before the year begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WantedTable {
    /// The year.
    pub year: i32,
    /// The first day on which it is asked for: 1 November of the year before.
    pub since: NaiveDate,
    /// The last day on which it is in time: 31 December of the year before.
    pub last_day: NaiveDate,
}

impl WantedTable {
    fn of(year: i32) -> Option<Self> {
        let day = |month, day| NaiveDate::from_ymd_opt(year.checked_sub(1)?, month, day);
        Some(Self { year, since: day(11, 1)?, last_day: day(12, 31)? })
    }
}

/// Working days, as versioned data (`C3`): one table a year, and `C6` for years without one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Calendar {
    /// Grows by one with each patch; deadlines record it.
    pub version: u32,
    /// The tables, by year.
    pub years: BTreeMap<i32, YearTable>,
}

impl Calendar {
    /// The tables of `C5`, as version 1.
    #[must_use]
    pub fn built_in() -> Self {
        let years = BUILT_IN.into_iter().map(|(year, projected, days_off, working_weekends)| {
            let dates = |text| days_of_the_year(text).filter_map(|day| day.in_year(year)).collect();
            let table = YearTable {
                year,
                days_off: dates(days_off),
                working_weekends: dates(working_weekends),
                projected,
                holidays: Some(built_in_holidays(year)),
            };
            (year, table)
        });
        Self { version: 1, years: years.collect() }
    }

    /// The calendar patched with one year's table, as the next version (`C3`). A table that doesn't speak of the
    /// fixed-date holidays leaves those of the table it replaces.
    #[must_use]
    pub fn with_year(&self, mut table: YearTable) -> Self {
        let mut patched = self.clone();
        patched.version = self.version.saturating_add(1);
        if table.holidays.is_none() {
            table.holidays = self.years.get(&table.year).and_then(|replaced| replaced.holidays.clone());
        }
        patched.years.insert(table.year, table);
        patched
    }

    /// Whether what is said of this year is a forecast (`C6`); it asks for its table then.
    #[must_use]
    pub fn is_projected(&self, year: i32) -> bool {
        self.years.get(&year).is_none_or(|table| table.projected)
    }

    /// The years whose table is wanted on a day (`C6`): its own year's, if that is a forecast still, and from 1 November on the
    /// next year's.
    #[must_use]
    pub fn wanted_tables(&self, day: NaiveDate) -> Vec<WantedTable> {
        let wanted = [day.year(), day.year().saturating_add(1)].into_iter().filter_map(WantedTable::of);
        wanted.filter(|wanted| wanted.since <= day && self.is_projected(wanted.year)).collect()
    }

    /// Whether the date is worked.
    #[must_use]
    pub fn is_working_day(&self, date: NaiveDate) -> bool {
        self.table(date.year()).is_working_day(date)
    }

    /// The first worked date after this one.
    #[must_use]
    pub fn next_working_day_after(&self, date: NaiveDate) -> NaiveDate {
        self.add_working_days(date, 1)
    }

    /// "`n` working days from X" (`C2`): counted from the working day after X's day. None from X is X.
    #[must_use]
    pub fn add_working_days(&self, date: NaiveDate, n: u32) -> NaiveDate {
        let (mut day, mut left) = (date, n);
        while left > 0 {
            let Some(next) = day.succ_opt() else { return NaiveDate::MAX };
            // A year's table is found, or reckoned, once and read forward.
            let (year, table) = (next.year(), self.table(next.year()));
            let (mut off, mut weekday) = (table.days_off.range(next..).peekable(), next.weekday());
            for next in next.iter_days().take_while(|next| next.year() == year) {
                day = next;
                let is_off = off.next_if(|off| **off == day).is_some();
                let in_the_week = !is_weekend(weekday) || table.working_weekends.contains(&day);
                left -= u32::from(in_the_week && !is_off);
                if left == 0 {
                    return day;
                }
                weekday = weekday.succ();
            }
        }
        day
    }

    fn table(&self, year: i32) -> Cow<'_, YearTable> {
        match self.years.get(&year) {
            Some(table) => Cow::Borrowed(table),
            None => Cow::Owned(YearTable::project(year, &self.holidays_for(year))),
        }
    }

    /// The fixed-date holidays of a year without a table (`C6`): those of the last year before it that names them, and
    /// for years before the first table those of the first.
    fn holidays_for(&self, year: i32) -> BTreeSet<MonthDay> {
        let before = self.years.range(..year).rev();
        before
            .chain(self.years.range(year..))
            .find_map(|(_, table)| table.holidays.clone())
            .unwrap_or_else(|| built_in_holidays(year))
    }
}

const fn is_weekend(day: Weekday) -> bool {
    matches!(day, Weekday::Sat | Weekday::Sun)
}

#[cfg(test)]
mod tests {
    use super::holidays::{KURBAN_AIT, reckon_kurban_ait};
    use super::*;
    use chrono::Days;
    use proptest::prelude::*;

    fn date(text: &str) -> NaiveDate {
        text.parse().expect("a date")
    }

    fn without_tables() -> Calendar {
        Calendar { version: 1, years: BTreeMap::new() }
    }

    /// Every day of the year that departs from a plain week, as text: `MM-DD` off, `+MM-DD` worked.
    fn departures(calendar: &Calendar, year: i32) -> String {
        let days = date(&format!("{year}-01-01")).iter_days().take_while(|day| day.year() == year);
        let departed = days.filter(|day| calendar.is_working_day(*day) == is_weekend(day.weekday()));
        let names =
            departed.map(|day| format!("{}{}", if is_weekend(day.weekday()) { "+" } else { "" }, day.format("%m-%d")));
        names.collect::<Vec<_>>().join(" ")
    }

    fn check_year(calendar: &Calendar, year: i32, projected: bool, expected: &str) {
        assert_eq!(departures(calendar, year), expected, "{year}");
        assert_eq!(calendar.is_projected(year), projected, "{year}");
    }

    #[test]
    fn c5_every_listed_day() {
        let calendar = Calendar::built_in();
        check_year(
            &calendar,
            2024,
            false,
            "01-01 01-02 03-08 03-21 03-22 03-25 05-01 +05-04 05-07 05-08 05-09 07-08 08-30 10-25 12-16",
        );
        check_year(
            &calendar,
            2025,
            false,
            "01-01 01-02 01-03 +01-05 01-07 03-10 03-21 03-24 03-25 05-01 05-07 05-09 06-06 07-07 09-01 10-27 12-16",
        );
        check_year(
            &calendar,
            2026,
            false,
            "01-01 01-02 01-07 03-09 03-23 03-24 03-25 05-01 05-07 05-11 05-27 07-06 10-26 12-16",
        );
        check_year(
            &calendar,
            2027,
            true,
            "01-01 01-04 01-07 03-08 03-15 03-22 03-23 03-24 05-03 05-07 05-10 07-06 10-25 12-16",
        );
        assert!(calendar.years.values().all(|table| table.validate().is_ok()));
    }

    /// The rule of transfers alone gives the tables of the state, but for swap orders and the proclaimed day of Kurban Ait.
    #[test]
    fn c4_transfers_give_the_tables() {
        let check = |year, expected: &str| {
            let projected = YearTable::project(year, &built_in_holidays(year));
            let fixed =
                projected.days_off.iter().filter(|day| !is_weekend(day.weekday()) && !kurban_ait(year).contains(day));
            let names: Vec<_> = fixed.map(|day| day.format("%m-%d").to_string()).collect();
            assert_eq!(names.join(" "), expected, "{year}");
        };
        check(2024, "01-01 01-02 03-08 03-21 03-22 03-25 05-01 05-07 05-09 07-08 08-30 10-25 12-16");
        check(2025, "01-01 01-02 01-07 03-10 03-21 03-24 03-25 05-01 05-07 05-09 07-07 09-01 10-27 12-16");
        check(2026, "01-01 01-02 01-07 03-09 03-23 03-24 03-25 05-01 05-07 05-11 07-06 10-26 12-16");
        check(2027, "01-01 01-04 01-07 03-08 03-15 03-22 03-23 03-24 05-03 05-07 05-10 07-06 10-25 12-16");
    }

    #[test]
    fn c4_christmas_and_kurban_ait_stay_on_a_weekend() {
        let calendar = Calendar::built_in();
        assert!(calendar.is_working_day(date("2024-01-08")), "7 January 2024 is a Sunday");
        assert!(calendar.is_working_day(date("2027-05-17")), "16 May 2027 is a Sunday");
        assert!(calendar.is_working_day(date("2029-01-08")), "7 January 2029 is a Sunday");
    }

    #[test]
    fn c6_years_without_a_table() {
        let calendar = Calendar::built_in();
        // 1 and 2 January 2028 are a weekend, 7 May a Sunday next to a holiday; Kurban Ait is reckoned.
        check_year(
            &calendar,
            2028,
            true,
            "01-03 01-04 01-07 03-08 03-15 03-21 03-22 03-23 05-01 05-05 05-08 05-09 07-06 10-25 12-18",
        );
        check_year(
            &calendar,
            2031,
            true,
            "01-01 01-02 01-07 03-10 03-17 03-21 03-24 03-25 04-02 05-01 05-07 05-09 07-07 10-27 12-16",
        );
        // Before the first table the first one's holidays hold: 30 August, not 15 March.
        check_year(
            &calendar,
            2023,
            true,
            "01-02 01-03 03-08 03-21 03-22 03-23 05-01 05-08 05-09 06-28 07-06 08-30 10-25 12-18",
        );
        assert_eq!(departures(&without_tables(), 2028), departures(&calendar, 2028));
    }

    #[test]
    fn c6_a_year_without_its_own_table_asks_for_it() {
        let check = |calendar: &Calendar, day: &str, expected: &[i32]| {
            let years: Vec<i32> = calendar.wanted_tables(date(day)).iter().map(|wanted| wanted.year).collect();
            assert_eq!(years, expected, "{day}");
        };
        let built_in = Calendar::built_in();
        check(&built_in, "2026-10-31", &[]);
        check(&built_in, "2026-11-01", &[2027]);
        check(&built_in, "2027-01-01", &[2027]);
        check(&built_in, "2027-11-01", &[2027, 2028]);
        check(&built_in, "2028-01-01", &[2028]);
        let settled = YearTable { projected: false, ..built_in.years[&2027].clone() };
        let patched = built_in.with_year(settled);
        check(&patched, "2026-12-31", &[]);
        check(&patched, "2027-10-31", &[]);
        check(&patched, "2027-11-01", &[2028]);
        let wanted = patched.wanted_tables(date("2028-03-01"))[0];
        assert_eq!((wanted.since, wanted.last_day), (date("2027-11-01"), date("2027-12-31")));
    }

    /// The reckoned day against the days proclaimed: at most one day off.
    #[test]
    fn c6_kurban_ait_is_reckoned_to_the_day_or_so() {
        for proclaimed in ["2022-07-09", "2023-06-28", "2024-06-16", "2025-06-06", "2026-05-27", "2027-05-16"].map(date)
        {
            let reckoned = reckon_kurban_ait(proclaimed.year());
            assert_eq!(reckoned.len(), 1);
            assert!((reckoned[0] - proclaimed).num_days().abs() <= 1, "{proclaimed}: {reckoned:?}");
        }
        for (year, ..) in KURBAN_AIT {
            let (listed, reckoned) = (kurban_ait(year)[0], reckon_kurban_ait(year)[0]);
            assert!((reckoned - listed).num_days().abs() <= 1, "{listed}: {reckoned}");
        }
        let counts = || (1900..=2200).map(|year| kurban_ait(year).len());
        assert_eq!((counts().min(), counts().max()), (Some(1), Some(2)), "every year, in some twice");
    }

    #[test]
    fn c6_follows_the_last_table_that_names_holidays() {
        let holidays = ["09-14"].map(|day| day.parse().expect("a day"));
        let table = YearTable {
            year: 2028,
            days_off: [date("2028-09-14")].into(),
            working_weekends: BTreeSet::new(),
            projected: false,
            holidays: Some(holidays.into()),
        };
        let patched = Calendar::built_in().with_year(table.clone());
        assert_eq!(departures(&patched, 2029), "04-24 09-14");
        let again = patched.with_year(YearTable { holidays: None, ..table });
        assert_eq!(departures(&again, 2029), "04-24 09-14", "a patch that is silent on holidays keeps them");
    }

    #[test]
    fn c3_a_patch_is_the_next_version_and_changes_one_year() {
        let before = Calendar::built_in();
        let mut table = before.years[&2027].clone();
        table.days_off.insert(date("2027-05-17"));
        table.projected = false;
        let after = before.with_year(table);
        assert_eq!((before.version, after.version), (1, 2));
        assert!(before.is_working_day(date("2027-05-17")) && !after.is_working_day(date("2027-05-17")));
        assert!(!after.is_projected(2027) && after.is_projected(2028));
        assert_eq!(departures(&after, 2026), departures(&before, 2026));
    }

    fn check_table(json: &str, expected: &[YearTableError]) {
        let table: YearTable = serde_json::from_str(json).expect("the shape of a table");
        assert_eq!(table.validate().err().unwrap_or_default(), expected, "{json}");
    }

    #[test]
    fn c3_a_table_is_checked() {
        use YearTableError::*;
        check_table(r#"{"year":2028,"daysOff":["2028-01-03"],"workingWeekends":["2028-01-08"]}"#, &[]);
        check_table(r#"{"year":2028,"daysOff":["2027-01-04"]}"#, &[OutsideYear(date("2027-01-04"))]);
        check_table(
            r#"{"year":2028,"daysOff":["2028-01-08"],"workingWeekends":["2028-01-03","2028-01-08"]}"#,
            &[NotWeekend(date("2028-01-03")), Contradiction(date("2028-01-08"))],
        );
        check_table(r#"{"year":1492,"daysOff":[]}"#, &[Year(1492)]);
        assert!(serde_json::from_str::<YearTable>(r#"{"year":2028,"daysOff":[],"dayOff":[]}"#).is_err());
        assert!(serde_json::from_str::<YearTable>(r#"{"year":2028,"daysOff":[],"holidays":["02-29"]}"#).is_err());
    }

    #[test]
    fn c3_a_calendar_survives_json() {
        let calendar = Calendar::built_in();
        let json = serde_json::to_string(&calendar).expect("json");
        assert_eq!(serde_json::from_str::<Calendar>(&json).expect("a calendar"), calendar);
    }

    fn check_add(from: &str, n: u32, expected: &str) {
        assert_eq!(Calendar::built_in().add_working_days(date(from), n), date(expected), "{n} from {from}");
    }

    #[test]
    fn c2_working_days_count_from_the_day_after() {
        check_add("2026-02-02", 0, "2026-02-02");
        check_add("2026-02-02", 1, "2026-02-03");
        check_add("2026-02-06", 1, "2026-02-09");
        check_add("2026-02-07", 5, "2026-02-13");
        check_add("2026-03-20", 1, "2026-03-26");
        check_add("2024-05-03", 2, "2024-05-06");
        check_add("2025-01-02", 1, "2025-01-05");
    }

    #[test]
    fn no_date_is_too_far() {
        let calendar = Calendar::built_in();
        for edge in [NaiveDate::MIN, NaiveDate::MAX] {
            let _ = calendar.is_working_day(edge);
            assert!(calendar.add_working_days(edge, 5) >= edge);
            assert!(calendar.next_working_day_after(edge) >= edge);
        }
    }

    proptest! {
        /// `C2`: the sum is a working day, monotone in both arguments, and right when every day is walked.
        #[test]
        fn c2_add_working_days_against_a_walk(offset in 0u64..5_500, n in 0u32..40) {
            let calendar = Calendar::built_in();
            let from = date("2020-01-01") + Days::new(offset);
            let sum = calendar.add_working_days(from, n);
            let walked = from.iter_days().skip(1).take_while(|day| *day <= sum).filter(|day| calendar.is_working_day(*day));
            prop_assert_eq!(walked.count(), n as usize);
            prop_assert!(n == 0 || calendar.is_working_day(sum));
            prop_assert!(calendar.add_working_days(from, n + 1) > sum);
            prop_assert!(n == 0 || calendar.add_working_days(from + Days::new(1), n) >= sum);
        }

        /// `C4`: a projected year has all its holidays off, on the day or moved, wherever they fall.
        #[test]
        fn c4_no_moving_holiday_is_lost(year in 1900i32..2200) {
            let holidays = built_in_holidays(2027);
            let fixed: BTreeSet<_> = holidays.iter().filter_map(|day| day.in_year(year)).collect();
            let table = YearTable::project(year, &holidays);
            let all: BTreeSet<_> = fixed.iter().copied().chain(kurban_ait(year)).collect();
            let counted = all.iter().filter(|day| !is_weekend(day.weekday()) || (fixed.contains(day) && MonthDay::of(**day) != CHRISTMAS));
            prop_assert_eq!(table.days_off.iter().filter(|day| !is_weekend(day.weekday())).count(), counted.count());
            prop_assert!(table.days_off.iter().all(|day| day.year() == year));
        }
    }
}
