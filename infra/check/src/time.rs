//! Local time of Almaty (`C1`) and the terms that count in calendar days, months and years. Working days are never counted here: a
//! deadline that rests on them is compared with what was told of it.

use chrono::{DateTime, Datelike, Days, Months, NaiveDate, NaiveTime, Offset, TimeZone, Utc};
use chrono_tz::Asia::Almaty;

/// An instant: milliseconds since 1970.
pub type Ms = i64;

/// A day in milliseconds.
pub const DAY: Ms = 24 * 60 * 60 * 1000;

/// The instant of an RFC 3339 text.
#[must_use]
pub fn instant(text: &str) -> Option<Ms> {
    text.parse::<DateTime<Utc>>().ok().map(|at| at.timestamp_millis())
}

/// The instant as text.
#[must_use]
pub fn shown(at: Ms) -> String {
    let at = DateTime::from_timestamp_millis(at);
    at.map_or_else(|| "?".to_owned(), |at| at.to_rfc3339_opts(chrono::SecondsFormat::Millis, true))
}

/// The local day of an instant.
#[must_use]
pub fn day(at: Ms) -> NaiveDate {
    DateTime::from_timestamp_millis(at).map_or(NaiveDate::MAX, |at| at.with_timezone(&Almaty).date_naive())
}

/// The instant at which Almaty's clocks show this; the later one of two.
#[must_use]
pub fn at(day: NaiveDate, time: NaiveTime) -> Ms {
    let shown = day.and_time(time);
    Almaty.from_local_datetime(&shown).latest().map_or_else(
        || {
            let before = Almaty.offset_from_utc_datetime(&(shown - Days::new(1))).fix();
            (shown - before).and_utc().timestamp_millis()
        },
        |at| at.timestamp_millis(),
    )
}

/// 00:00 of a day.
#[must_use]
pub fn start(day: NaiveDate) -> Ms {
    at(day, NaiveTime::MIN)
}

/// 00:00 of the day after.
#[must_use]
pub fn end(day: NaiveDate) -> Ms {
    start(day.checked_add_days(Days::new(1)).unwrap_or(day))
}

/// So many months after the local day of an instant, clipped to the month's end, at a time of day (`P15.a`).
#[must_use]
pub fn months_after(from: Ms, months: u32, time: NaiveTime) -> Ms {
    at(day(from).checked_add_months(Months::new(months)).unwrap_or(NaiveDate::MAX), time)
}

/// The instant from which a child is too old (`P11.b`): its birthday, or the end of that year.
#[must_use]
pub fn too_old(born: NaiveDate, years: i32, year_end: bool) -> Ms {
    let year = born.year() + years;
    let day = if year_end {
        NaiveDate::from_ymd_opt(year + 1, 1, 1)
    } else {
        born.with_year(year).or_else(|| NaiveDate::from_ymd_opt(year, 3, 1))
    };
    start(day.unwrap_or(NaiveDate::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn c1_p11_b_p15_a_days_months_and_birthdays_of_almaty() {
        let check = |actual: Ms, expected: &str| assert_eq!(shown(actual), expected);
        let date = |text: &str| text.parse::<NaiveDate>().expect("a date");
        check(start(date("2026-02-01")), "2026-01-31T19:00:00.000Z");
        check(start(date("2024-02-29")), "2024-02-28T18:00:00.000Z");
        check(end(date("2024-02-29")), "2024-02-29T19:00:00.000Z");
        check(too_old(date("2020-02-29"), 6, false), "2026-02-28T19:00:00.000Z");
        check(too_old(date("2020-05-17"), 6, true), "2026-12-31T19:00:00.000Z");
        let nine = NaiveTime::from_hms_opt(9, 0, 0).expect("a time");
        check(months_after(instant("2025-01-31T05:00:00Z").expect("an instant"), 13, nine), "2026-02-28T04:00:00.000Z");
        assert_eq!(day(instant("2026-01-12T19:00:00Z").expect("an instant")), date("2026-01-13"));
    }
}
