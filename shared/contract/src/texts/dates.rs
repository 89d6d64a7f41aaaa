//! Days and instants as people say them, in local time (`C1`). Never a calculation of a deadline.

use chrono::{Datelike, NaiveDate, NaiveDateTime, NaiveTime, Timelike};
use kezek_rules::queue::Instant;
use kezek_rules::terms::{local_date, local_time};

use super::Locale;

const KAZAKH: [&str; 12] = [
    "қаңтар",
    "ақпан",
    "наурыз",
    "сәуір",
    "мамыр",
    "маусым",
    "шілде",
    "тамыз",
    "қыркүйек",
    "қазан",
    "қараша",
    "желтоқсан",
];
const KAZAKH_DATIVE: [&str; 12] = [
    "қаңтарға",
    "ақпанға",
    "наурызға",
    "сәуірге",
    "мамырға",
    "маусымға",
    "шілдеге",
    "тамызға",
    "қыркүйекке",
    "қазанға",
    "қарашаға",
    "желтоқсанға",
];
const KAZAKH_LOCATIVE: [&str; 12] = [
    "қаңтарда",
    "ақпанда",
    "наурызда",
    "сәуірде",
    "мамырда",
    "маусымда",
    "шілдеде",
    "тамызда",
    "қыркүйекте",
    "қазанда",
    "қарашада",
    "желтоқсанда",
];
const RUSSIAN_GENITIVE: [&str; 12] = [
    "января",
    "февраля",
    "марта",
    "апреля",
    "мая",
    "июня",
    "июля",
    "августа",
    "сентября",
    "октября",
    "ноября",
    "декабря",
];
const ENGLISH: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// A day: «2026 жылғы 5 қаңтар», «5 января 2026 года», "5 January 2026".
#[must_use]
pub fn day(date: NaiveDate, locale: Locale) -> String {
    match locale {
        Locale::Kk => kazakh(date, &KAZAKH),
        Locale::Ru => format!("{} {} {} года", date.day(), RUSSIAN_GENITIVE[date.month0() as usize], date.year()),
        Locale::En => format!("{} {} {}", date.day(), ENGLISH[date.month0() as usize], date.year()),
    }
}

/// An instant, to the minute: «2026 жылғы 5 қаңтар, 09:00», «5 января 2026 года, 09:00», "5 January 2026, 09:00".
#[must_use]
pub fn moment(instant: Instant, locale: Locale) -> String {
    let local = local(instant);
    format!("{}, {}", day(local.date(), locale), clock(local))
}

/// The end of a term whose last day counts in full.
#[must_use]
pub fn through(last_day: NaiveDate, locale: Locale) -> String {
    match locale {
        Locale::Kk => format!("{} дейін (қоса алғанда)", kazakh(last_day, &KAZAKH_DATIVE)),
        Locale::Ru => format!("до конца {}", day(last_day, locale)),
        Locale::En => format!("until the end of {}", day(last_day, locale)),
    }
}

/// The end of a term, exclusive. One that ends at 00:00 is told as the day before, in full: nobody reads "until 00:00
/// on the 6th" as the whole 5th.
#[must_use]
pub fn until(end: Instant, locale: Locale) -> String {
    match last(local(end)) {
        Last::Day(date) => through(date, locale),
        Last::Minute(at) => match locale {
            Locale::Kk => {
                let date = kazakh(at.date(), &KAZAKH_LOCATIVE);
                format!("{date} сағат {}-{} дейін", clock(at), kazakh_dative_of_clock(at.minute()))
            }
            Locale::Ru => format!("до {} {}", clock(at), day(at.date(), locale)),
            Locale::En => format!("until {} on {}", clock(at), day(at.date(), locale)),
        },
    }
}

/// When a result is due at the latest; as [`until`], save that English says "by".
#[must_use]
pub fn by(end: Instant, locale: Locale) -> String {
    let text = until(end, locale);
    match (locale, text.strip_prefix("until ")) {
        (Locale::En, Some(rest)) => format!("by {rest}"),
        _ => text,
    }
}

/// How the end of a term is told.
enum Last {
    Day(NaiveDate),
    Minute(NaiveDateTime),
}

fn last(end: NaiveDateTime) -> Last {
    match end.date().pred_opt() {
        Some(day) if end.time() == NaiveTime::MIN => Last::Day(day),
        _ => Last::Minute(end),
    }
}

fn local(instant: Instant) -> NaiveDateTime {
    local_date(instant).and_time(local_time(instant))
}

fn clock(at: NaiveDateTime) -> String {
    at.format("%H:%M").to_string()
}

fn kazakh(date: NaiveDate, months: &[&str; 12]) -> String {
    format!("{} жылғы {} {}", date.year(), date.day(), months[date.month0() as usize])
}

/// The dative ending follows the last number said aloud: «18.30-ға» (отызға), «14.00-ге» (нөлге); so writes A2.7.
const fn kazakh_dative_of_clock(minute: u32) -> &'static str {
    match (minute / 10, minute % 10) {
        (4, 0) => "қа",
        (1..=3, 0) | (_, 6 | 9) => "ға",
        (_, 3..=5) => "ке",
        _ => "ге",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Instant {
        text.parse().expect("an instant")
    }

    /// `text` in the three languages.
    fn check(form: impl Fn(Locale) -> String, kk: &str, ru: &str, en: &str) {
        assert_eq!(Locale::ALL.map(form), [kk, ru, en]);
    }

    #[test]
    fn days_and_moments() {
        let new_year = at("2026-01-04T19:00:00.000Z");
        let date = NaiveDate::from_ymd_opt(2026, 1, 5).expect("a date");
        check(|l| day(date, l), "2026 жылғы 5 қаңтар", "5 января 2026 года", "5 January 2026");
        check(
            |l| moment(new_year, l),
            "2026 жылғы 5 қаңтар, 00:00",
            "5 января 2026 года, 00:00",
            "5 January 2026, 00:00",
        );
    }

    #[test]
    fn d_term_end_at_midnight_is_told_as_the_whole_day_before() {
        check(
            |l| until(at("2026-01-05T19:00:00.000Z"), l),
            "2026 жылғы 5 қаңтарға дейін (қоса алғанда)",
            "до конца 5 января 2026 года",
            "until the end of 5 January 2026",
        );
        check(
            |l| until(at("2025-12-31T19:00:00.000Z"), l),
            "2025 жылғы 31 желтоқсанға дейін (қоса алғанда)",
            "до конца 31 декабря 2025 года",
            "until the end of 31 December 2025",
        );
    }

    #[test]
    fn d_term_end_at_an_hour_is_told_with_it() {
        check(
            |l| until(at("2026-01-05T13:30:00.000Z"), l),
            "2026 жылғы 5 қаңтарда сағат 18:30-ға дейін",
            "до 18:30 5 января 2026 года",
            "until 18:30 on 5 January 2026",
        );
        check(
            |l| by(at("2026-09-21T04:00:00.000Z"), l),
            "2026 жылғы 21 қыркүйекте сағат 09:00-ге дейін",
            "до 09:00 21 сентября 2026 года",
            "by 09:00 on 21 September 2026",
        );
    }

    /// `C1`: the time-zone database knows that the zone moved on 1 March 2024.
    #[test]
    fn c1_the_zone_moved_in_2024() {
        assert_eq!(moment(at("2024-02-29T03:00:00.000Z"), Locale::En), "29 February 2024, 09:00");
        assert_eq!(moment(at("2024-03-01T04:00:00.000Z"), Locale::En), "1 March 2024, 09:00");
    }

    #[test]
    fn kazakh_months_take_their_endings() {
        for (month, (dative, locative)) in KAZAKH.iter().zip(KAZAKH_DATIVE.iter().zip(KAZAKH_LOCATIVE)) {
            let suffix = |word: &str| word.strip_prefix(month).expect("same stem").to_owned();
            let (front, hard) = (month.contains(['ә', 'і', 'ү', 'ө']), month.ends_with(['к', 'қ', 'т', 'п', 'с']));
            let expected = match (front, hard) {
                (true, true) => ("ке", "те"),
                (true, false) => ("ге", "де"),
                (false, true) => ("қа", "та"),
                (false, false) => ("ға", "да"),
            };
            assert_eq!((suffix(dative).as_str(), suffix(locative).as_str()), expected, "{month}");
        }
    }

    /// Every minute against the number words said aloud.
    #[test]
    fn kazakh_minutes_take_the_ending_of_their_last_word() {
        let units = ["", "бірге", "екіге", "үшке", "төртке", "беске", "алтыға", "жетіге", "сегізге", "тоғызға"];
        let tens = ["нөлге", "онға", "жиырмаға", "отызға", "қырыққа", "елуге"];
        for minute in 0..60_u32 {
            let word = if minute % 10 == 0 { tens[minute as usize / 10] } else { units[minute as usize % 10] };
            assert!(word.ends_with(kazakh_dative_of_clock(minute)), "{minute}: {word}");
        }
    }
}
