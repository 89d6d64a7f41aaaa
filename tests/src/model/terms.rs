//! The terms of the Order: from when to when. Never here: what follows when one ends.

use chrono::{Datelike, NaiveDate};

use super::calendar::{self, Calendar, Instant, at, day, next, plus_months};
use super::policy::{AgeOut, OutOfHours, Policy, TermEnd};

/// `P5.b`: when something that comes in now is accepted.
#[must_use]
pub fn acceptance(now: Instant, policy: &Policy, calendar: &Calendar) -> Instant {
    if policy.out_of_hours == OutOfHours::AtOnce {
        return now;
    }
    let today = day(now);
    if calendar.is_working(today) {
        if now < at(today, 9, 0) {
            return at(today, 9, 0);
        }
        if now <= at(today, 18, 30) {
            return now;
        }
    }
    at(calendar.plus_working(today, 1), 9, 0)
}

/// `C2`: the end of an applicant's term whose last day this is.
#[must_use]
pub fn applicant_end(last: NaiveDate, policy: &Policy) -> Instant {
    match policy.term_end {
        TermEnd::EndOfTheDay => at(next(last), 0, 0),
        TermEnd::HalfPastSix => at(last, 18, 30),
    }
}

/// `C2`: the end of a provider's or an organisation's duty: 18:30 of the n-th working day.
#[must_use]
pub fn duty_end(from: Instant, working_days: u32, calendar: &Calendar) -> Instant {
    at(calendar.plus_working(day(from), working_days), 18, 30)
}

/// `P11.b`: the first day on which a child is too old.
#[must_use]
pub fn too_old_from(born: NaiveDate, policy: &Policy) -> NaiveDate {
    let year = born.year() + policy.age_limit;
    match policy.age_out {
        AgeOut::Birthday => NaiveDate::from_ymd_opt(year, born.month(), born.day())
            .unwrap_or_else(|| NaiveDate::from_ymd_opt(year, 3, 1).expect("a day")),
        AgeOut::YearEnd => NaiveDate::from_ymd_opt(year + 1, 1, 1).expect("a day"),
    }
}

/// `P15.a`: when something is asked so many months after the submission.
#[must_use]
pub fn interest(submitted: Instant, months: u32) -> Instant {
    at(plus_months(day(submitted), months), 9, 0)
}

/// `A2.8`: whether a certificate that is valid for so many months from its issue is valid on a day.
#[must_use]
pub fn in_months(issued: NaiveDate, today: NaiveDate, months: u32) -> bool {
    issued <= today && today <= plus_months(issued, months)
}

/// `P28.1`: whether a certificate that is valid for so many days from its issue is valid on a day.
#[must_use]
pub fn in_days(issued: NaiveDate, today: NaiveDate, days: u64) -> bool {
    issued <= today && today <= calendar::plus_days(issued, days)
}

/// Years and months of age as a day (`P15.2`).
#[must_use]
pub fn at_age(born: NaiveDate, years: u32, months: u32) -> NaiveDate {
    plus_months(born, years * 12 + months)
}
