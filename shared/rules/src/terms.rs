//! Terms: from an instant or a day to the instant at which something is due (`C2`, `P5.b`, `P11`, `P15.a`, `P24`).
//! Local time is Asia/Almaty by the time-zone database (`C1`). Nothing here reads a clock or changes a state.

mod zone;

use chrono::{Datelike, Days, Months, NaiveDate, NaiveTime};

use crate::application::InterestStage;
use crate::calendar::Calendar;
use crate::group::AgeRange;
use crate::policy::{AgeOut, Cohort, OutOfHours, Policy, TermEnd};
use crate::queue::Instant;

pub use zone::{at_local, local_date, local_time};

/// 18:30: the end of a duty, whatever the policy (`C2`).
const DUTY_END: NaiveTime = match NaiveTime::from_hms_opt(18, 30, 0) {
    Some(time) => time,
    None => NaiveTime::MIN,
};

/// 00:00 of a day.
#[must_use]
pub fn start_of_day(date: NaiveDate) -> Instant {
    at_local(date, NaiveTime::MIN)
}

/// The end of an applicant's term whose last day this is: the first instant that is too late for `EndOfDay`, 18:30 sharp
/// else (**D-term-end**, `C2`).
#[must_use]
pub fn end_of(date: NaiveDate, end: TermEnd) -> Instant {
    match end {
        TermEnd::EndOfDay => start_of_day(calendar_days(date, 1)),
        TermEnd::At1830 => duty_end(date),
    }
}

/// The end of a provider's or an organisation's duty whose last day this is: always 18:30 (`C2`).
#[must_use]
pub fn duty_end(date: NaiveDate) -> Instant {
    at_local(date, DUTY_END)
}

/// The last day of a term of `n` calendar days, counted from the day after (`C2`).
#[must_use]
pub fn calendar_days(from: NaiveDate, n: u32) -> NaiveDate {
    from.checked_add_days(Days::new(n.into())).unwrap_or(NaiveDate::MAX)
}

/// The last day of a term of `n` working days, counted from the working day after (`C2`).
#[must_use]
pub fn working_days(calendar: &Calendar, from: NaiveDate, n: u32) -> NaiveDate {
    calendar.add_working_days(from, n)
}

/// `n` months on, clipped to the month's last day (`P15.a`).
#[must_use]
pub fn add_months(date: NaiveDate, n: u32) -> NaiveDate {
    date.checked_add_months(Months::new(n)).unwrap_or(NaiveDate::MAX)
}

/// When an application submitted at this instant is accepted (`P5.b`, **D-out-of-hours**): at once within working time,
/// lunch and 18:30 sharp included; at opening time of the same working day before it, else of the next one.
#[must_use]
pub fn acceptance(calendar: &Calendar, policy: &Policy, submitted: Instant) -> Instant {
    let (day, time, hours) = (local_date(submitted), local_time(submitted), policy.working_hours);
    if policy.out_of_hours == OutOfHours::AtOnce {
        return submitted;
    }
    match calendar.is_working_day(day) {
        true if time < hours.from => at_local(day, hours.from),
        true if time <= hours.until => submitted,
        _ => at_local(calendar.next_working_day_after(day), hours.from),
    }
}

/// The instants of one yearly question of interest (`P15.a`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InterestInstants {
    /// Asked: + (12k − 1) months.
    pub ask: Instant,
    /// Asked again if unanswered: + 12k months.
    pub ask_again: Instant,
    /// Archived if still unanswered: + (12k + 1) months.
    pub archive: Instant,
}

/// When interest is asked for the `k`-th time, `k` from 1 (`P15.a`, **D-confirmation-answer**). Each instant is reckoned
/// from the submission date, so that a clipped month shortens no later one.
#[must_use]
pub fn interest_instants(submitted: Instant, k: u32, policy: &Policy) -> InterestInstants {
    let at = |stage| interest_due(submitted, k, stage, policy);
    InterestInstants {
        ask: at(InterestStage::Quiet),
        ask_again: at(InterestStage::Asked),
        archive: at(InterestStage::AskedAgain),
    }
}

/// The one of [`interest_instants`] that ends a stage.
#[must_use]
pub fn interest_due(submitted: Instant, k: u32, stage: InterestStage, policy: &Policy) -> Instant {
    let again = policy.interest_months.saturating_mul(k);
    let answer = policy.confirmation_answer_months;
    let months = match stage {
        InterestStage::Quiet => again.saturating_sub(answer),
        InterestStage::Asked => again,
        InterestStage::AskedAgain => again.saturating_add(answer),
    };
    at_local(add_months(local_date(submitted), months), policy.interest_time)
}

/// The instant from which a child is too old for a queue (`P11.b`, **D-age-out**); born on 29 February, it has its
/// birthday on 1 March of a common year.
#[must_use]
pub fn age_out(birth: NaiveDate, policy: &Policy) -> Instant {
    let year = birth.year().saturating_add_unsigned(policy.age_limit_years);
    let day = match policy.age_out {
        AgeOut::Birthday => birth.with_year(year).or_else(|| NaiveDate::from_ymd_opt(year, 3, 1)),
        AgeOut::YearEnd => NaiveDate::from_ymd_opt(year.saturating_add(1), 1, 1),
    };
    start_of_day(day.unwrap_or(NaiveDate::MAX))
}

/// Whether the birth year alone lets a child be queued (`P11.a`): born in or after the current year − 6. `age_out` must
/// not have come either, and a PMPC conclusion exempts from both.
#[must_use]
pub fn may_be_queued_by_birth_year(birth: NaiveDate, now: Instant, policy: &Policy) -> bool {
    birth.year().saturating_add_unsigned(policy.age_limit_years) >= local_date(now).year()
}

/// The birth years that a vacancy serves, ascending (`P24`, **D-cohort**, **D-promotion**). A year-end bulletin speaks of the
/// coming school year, the one that begins in its own calendar year, also if it comes a few days after the promotion.
#[must_use]
pub fn cohort_birth_years(ages: AgeRange, issued_at: Instant, year_end_bulletin: bool, policy: &Policy) -> Vec<i32> {
    let issued = local_date(issued_at);
    let last_school_year = !year_end_bulletin && !policy.promotion.reached_by(issued);
    let year = match policy.cohort {
        Cohort::SchoolYear if last_school_year => issued.year().saturating_sub(1),
        Cohort::SchoolYear | Cohort::CalendarYear => issued.year(),
    };
    (ages.from..=ages.to).rev().map(|age| year.saturating_sub(age.into())).collect()
}

/// When an SMS of this instant goes out (**D-quiet-hours**, `C2`): at once, or at the next opening of the SMS hours.
#[must_use]
pub fn sms_at(policy: &Policy, at: Instant) -> Instant {
    let (day, time, hours) = (local_date(at), local_time(at), policy.sms_hours);
    if time < hours.from {
        at_local(day, hours.from)
    } else if time < hours.until {
        at
    } else {
        at_local(calendar_days(day, 1), hours.from)
    }
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Utc};

    use super::*;
    use crate::group::{Ages, GroupType};

    /// `2026-02-02 18:30:00.001` in Asia/Almaty, or an RFC 3339 instant.
    fn at(text: &str) -> Instant {
        match text.parse::<DateTime<Utc>>() {
            Ok(instant) => instant,
            Err(_) => {
                let (day, time) = text.split_once(' ').expect("a day and a time");
                at_local(date(day), time.parse().expect("a time"))
            }
        }
    }

    fn date(text: &str) -> NaiveDate {
        text.parse().expect("a date")
    }

    fn check_instant(actual: Instant, expected: &str) {
        assert_eq!(actual, at(expected), "expected {expected}");
    }

    #[test]
    fn c1_the_zone_changed_on_2024_03_01() {
        check_instant(at("2024-02-29 09:00"), "2024-02-29T03:00:00Z");
        check_instant(at("2024-03-01 09:00"), "2024-03-01T04:00:00Z");
        check_instant(start_of_day(date("2024-03-01")), "2024-02-29T19:00:00Z");
        check_instant(end_of(date("2024-02-29"), TermEnd::EndOfDay), "2024-02-29T19:00:00Z");
        // The clocks went back from 24:00 to 23:00: that hour came twice.
        check_instant(at("2024-02-29 23:30"), "2024-02-29T18:30:00Z");
        assert_eq!(local_date(at("2024-02-29T18:59:59.999Z")), date("2024-02-29"));
        assert_eq!(local_time(at("2024-02-29T17:30:00Z")), local_time(at("2024-02-29T18:30:00Z")));
    }

    /// Summer time began at 02:00 on 28 March 2004: 02:30 was never shown.
    #[test]
    fn c1_a_time_never_shown_has_an_instant() {
        check_instant(at("2004-03-28 02:30"), "2004-03-28T03:30:00+07:00");
        let _ = (start_of_day(NaiveDate::MAX), start_of_day(NaiveDate::MIN));
    }

    #[test]
    fn c2_ends_of_terms() {
        check_instant(end_of(date("2026-02-28"), TermEnd::EndOfDay), "2026-03-01 00:00");
        check_instant(end_of(date("2026-02-28"), TermEnd::At1830), "2026-02-28 18:30");
        check_instant(duty_end(date("2026-02-28")), "2026-02-28 18:30");
        assert_eq!(calendar_days(date("2026-02-27"), 2), date("2026-03-01"));
        assert_eq!(calendar_days(NaiveDate::MAX, 2), NaiveDate::MAX);
        assert_eq!(working_days(&Calendar::built_in(), date("2026-03-20"), 5), date("2026-04-01"));
    }

    fn check_acceptance(submitted: &str, expected: &str) {
        let actual = acceptance(&Calendar::built_in(), &Policy::default(), at(submitted));
        assert_eq!(actual, at(expected), "submitted {submitted}, expected {expected}");
    }

    #[test]
    fn p5_b_within_working_time() {
        for inside in ["09:00", "12:59:59.999", "13:00", "14:15", "14:30", "18:29:59.999", "18:30"] {
            check_acceptance(&format!("2026-02-03 {inside}"), &format!("2026-02-03 {inside}"));
        }
        check_acceptance("2025-01-05 10:00", "2025-01-05 10:00"); // a working Sunday
        check_acceptance("2024-05-04 18:30", "2024-05-04 18:30"); // a working Saturday
    }

    #[test]
    fn p5_b_outside_working_time() {
        check_acceptance("2026-02-03 00:00", "2026-02-03 09:00");
        check_acceptance("2026-02-03 08:59:59.999", "2026-02-03 09:00");
        check_acceptance("2026-02-03 18:30:00.001", "2026-02-04 09:00");
        check_acceptance("2026-02-06 19:00", "2026-02-09 09:00"); // Friday evening
        check_acceptance("2026-02-07 12:00", "2026-02-09 09:00"); // Saturday
        check_acceptance("2026-02-08 08:00", "2026-02-09 09:00"); // Sunday before 09:00
        check_acceptance("2026-03-20 18:31", "2026-03-26 09:00"); // Nauryz and its transfers
        check_acceptance("2026-03-23 08:00", "2026-03-26 09:00");
        check_acceptance("2025-01-03 12:00", "2025-01-05 09:00"); // to the working Sunday
        check_acceptance("2024-12-31 18:31", "2025-01-05 09:00"); // over the new year
        check_acceptance("2025-01-05 18:31", "2025-01-06 09:00");
        check_acceptance("2024-02-29 20:00", "2024-03-01 09:00"); // over the change of zone
    }

    #[test]
    fn p5_b_at_once_accepts_at_any_time() {
        let policy = Policy { out_of_hours: OutOfHours::AtOnce, ..Policy::default() };
        for submitted in ["2026-02-07 12:00", "2026-02-03 03:00", "2026-02-03 23:00"] {
            check_instant(acceptance(&Calendar::built_in(), &policy, at(submitted)), submitted);
        }
    }

    fn check_interest(submitted: &str, k: u32, [ask, ask_again, archive]: [&str; 3]) {
        let expected = InterestInstants { ask: at(ask), ask_again: at(ask_again), archive: at(archive) };
        assert_eq!(interest_instants(at(submitted), k, &Policy::default()), expected, "{submitted}, {k}");
    }

    #[test]
    fn p15_a_once_a_year_clipped_to_the_month() {
        check_interest("2024-09-10 23:15", 1, ["2025-08-10 09:00", "2025-09-10 09:00", "2025-10-10 09:00"]);
        check_interest("2024-09-10 23:15", 2, ["2026-08-10 09:00", "2026-09-10 09:00", "2026-10-10 09:00"]);
        check_interest("2025-01-31 10:00", 1, ["2025-12-31 09:00", "2026-01-31 09:00", "2026-02-28 09:00"]);
        check_interest("2025-03-31 10:00", 3, ["2028-02-29 09:00", "2028-03-31 09:00", "2028-04-30 09:00"]);
        check_interest("2024-02-29 10:00", 1, ["2025-01-29 09:00", "2025-02-28 09:00", "2025-03-29 09:00"]);
        // The local date counts: 20:00 UTC is already the next day.
        check_interest("2025-06-30T20:00:00Z", 1, ["2026-06-01 09:00", "2026-07-01 09:00", "2026-08-01 09:00"]);
        let _ = interest_instants(at("2025-01-31 10:00"), u32::MAX, &Policy::default());
    }

    #[test]
    fn p15_a_a_longer_time_to_answer() {
        let policy = Policy { confirmation_answer_months: 2, ..Policy::default() };
        let instants = interest_instants(at("2025-01-31 10:00"), 1, &policy);
        check_instant(instants.ask, "2025-11-30 09:00");
        check_instant(instants.archive, "2026-03-31 09:00");
    }

    fn check_age_out(birth: &str, age_out_at: AgeOut, expected: &str) {
        let policy = Policy { age_out: age_out_at, ..Policy::default() };
        assert_eq!(age_out(date(birth), &policy), at(expected), "{birth}");
    }

    #[test]
    fn p11_b_sixth_birthday_or_the_end_of_its_year() {
        check_age_out("2020-05-17", AgeOut::Birthday, "2026-05-17 00:00");
        check_age_out("2020-02-29", AgeOut::Birthday, "2026-03-01 00:00");
        check_age_out("2018-03-01", AgeOut::Birthday, "2024-02-29T19:00:00Z");
        check_age_out("2020-05-17", AgeOut::YearEnd, "2027-01-01 00:00");
        check_age_out("2020-12-31", AgeOut::YearEnd, "2027-01-01 00:00");
        let ten = Policy { age_limit_years: 8, ..Policy::default() };
        check_instant(age_out(date("2020-02-29"), &ten), "2028-02-29 00:00");
        let _ = age_out(NaiveDate::MAX, &Policy::default());
    }

    fn check_birth_year(birth: &str, now: &str, expected: bool) {
        assert_eq!(may_be_queued_by_birth_year(date(birth), at(now), &Policy::default()), expected, "{birth} at {now}");
    }

    #[test]
    fn p11_a_born_in_or_after_the_year_six_years_ago() {
        check_birth_year("2020-01-01", "2026-12-31 23:59", true);
        check_birth_year("2019-12-31", "2026-01-01 00:00", false);
        check_birth_year("2019-12-31", "2025-12-31T18:59:59Z", true);
        check_birth_year("2019-12-31", "2025-12-31T19:00:00Z", false);
    }

    fn check_cohort(group: GroupType, issued: &str, year_end: bool, policy: &Policy, expected: &[i32]) {
        let ages = Ages::default().of(group).expect("a group with ages");
        assert_eq!(cohort_birth_years(ages, at(issued), year_end, policy), expected, "{group} at {issued}");
    }

    #[test]
    fn p24_ages_of_the_group_types() {
        let policy = Policy::default();
        check_cohort(GroupType::EarlyAge, "2025-09-15 12:00", false, &policy, &[2024]);
        check_cohort(GroupType::Junior, "2025-09-15 12:00", false, &policy, &[2023]);
        check_cohort(GroupType::Middle, "2025-09-15 12:00", false, &policy, &[2022]);
        check_cohort(GroupType::Senior, "2025-09-15 12:00", false, &policy, &[2021]);
        check_cohort(GroupType::PreSchoolPreparation, "2025-09-15 12:00", false, &policy, &[2020]);
        check_cohort(GroupType::MixedAge, "2025-09-15 12:00", false, &policy, &[2020, 2021, 2022, 2023]);
    }

    #[test]
    fn p24_a_group_keeps_its_birth_year_until_promotion() {
        let policy = Policy::default();
        check_cohort(GroupType::Middle, "2026-03-10 12:00", false, &policy, &[2022]);
        check_cohort(GroupType::Middle, "2026-07-31 23:59:59.999", false, &policy, &[2022]);
        check_cohort(GroupType::Middle, "2026-08-01 00:00", false, &policy, &[2023]);
        let later = Policy { promotion: "09-01".parse().expect("a day"), ..Policy::default() };
        check_cohort(GroupType::Middle, "2026-08-31 12:00", false, &later, &[2022]);
        let calendar_year = Policy { cohort: Cohort::CalendarYear, ..Policy::default() };
        check_cohort(GroupType::Middle, "2026-03-10 12:00", false, &calendar_year, &[2023]);
    }

    #[test]
    fn p24_a_year_end_bulletin_speaks_of_the_coming_school_year() {
        let policy = Policy::default();
        check_cohort(GroupType::Middle, "2026-05-28 12:00", true, &policy, &[2023]);
        check_cohort(GroupType::Middle, "2026-08-03 12:00", true, &policy, &[2023]);
        assert!(cohort_birth_years(AgeRange { from: 3, to: 2 }, at("2026-05-28 12:00"), true, &policy).is_empty());
    }

    fn check_sms(asked: &str, expected: &str) {
        assert_eq!(sms_at(&Policy::default(), at(asked)), at(expected), "{asked}");
    }

    #[test]
    fn c2_sms_wait_for_the_morning() {
        check_sms("2026-02-07 08:59:59.999", "2026-02-07 09:00");
        check_sms("2026-02-07 09:00", "2026-02-07 09:00");
        check_sms("2026-02-07 20:59:59.999", "2026-02-07 20:59:59.999");
        check_sms("2026-02-07 21:00", "2026-02-08 09:00");
        check_sms("2026-02-28 23:59", "2026-03-01 09:00");
    }
}
