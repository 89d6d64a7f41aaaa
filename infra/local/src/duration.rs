//! ISO 8601 durations for moving the clock: years and months by the calendar, everything else by elapsed time.
//! Never here: terms of the rules (those are in `kezek_rules::terms`).

use std::str::FromStr;

use chrono::{DateTime, Months, TimeDelta, Utc};

/// A duration as ISO 8601 writes it, such as `P1Y2M3DT4H5M6.5S` or `P2W`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct IsoDuration {
    months: u32,
    rest: TimeDelta,
}

/// The text is no duration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a duration is written like P1Y2M3DT4H5M6.5S or P2W")]
pub struct DurationError;

impl IsoDuration {
    /// The instant that lies this long after another; none if there is no such instant. A day of the month that the
    /// target month lacks becomes its last day.
    #[must_use]
    pub fn after(self, at: DateTime<Utc>) -> Option<DateTime<Utc>> {
        at.checked_add_months(Months::new(self.months))?.checked_add_signed(self.rest)
    }

    fn add(&mut self, number: &str, unit: (bool, char)) -> Result<(), DurationError> {
        let seconds_of = |unit: (bool, char)| match unit {
            (false, 'W') => Some(7 * 86_400),
            (false, 'D') => Some(86_400),
            (true, 'H') => Some(3_600),
            (true, 'M') => Some(60),
            (true, 'S') => Some(1),
            _ => None,
        };
        let whole = |text: &str| text.parse::<u32>().map_err(|_| DurationError);
        if let (false, 'Y' | 'M') = unit {
            let each = if unit.1 == 'Y' { 12 } else { 1 };
            let more = whole(number)?.checked_mul(each).ok_or(DurationError)?;
            self.months = self.months.checked_add(more).ok_or(DurationError)?;
            return Ok(());
        }
        let seconds = seconds_of(unit).ok_or(DurationError)?;
        let (number, fraction) = number.split_once(['.', ',']).unwrap_or((number, ""));
        if !fraction.is_empty() && unit != (true, 'S') {
            return Err(DurationError);
        }
        let millis = whole(&format!("{:0<3.3}", if fraction.is_empty() { "0" } else { fraction }))?;
        let more = TimeDelta::try_seconds(i64::from(whole(number)?) * seconds).ok_or(DurationError)?;
        let more = more.checked_add(&TimeDelta::milliseconds(i64::from(millis))).ok_or(DurationError)?;
        self.rest = self.rest.checked_add(&more).ok_or(DurationError)?;
        Ok(())
    }
}

impl FromStr for IsoDuration {
    type Err = DurationError;

    fn from_str(text: &str) -> Result<Self, DurationError> {
        const ORDER: [(bool, char); 7] =
            [(false, 'Y'), (false, 'M'), (false, 'W'), (false, 'D'), (true, 'H'), (true, 'M'), (true, 'S')];
        let mut rest = text.strip_prefix('P').ok_or(DurationError)?;
        let (mut duration, mut timed, mut next) = (Self::default(), false, 0);
        while !rest.is_empty() {
            if let Some(time) = rest.strip_prefix('T') {
                if timed || time.is_empty() {
                    return Err(DurationError);
                }
                (timed, rest) = (true, time);
            }
            let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.' && c != ',').ok_or(DurationError)?;
            let (number, after) = rest.split_at(end);
            let unit = (timed, after.chars().next().ok_or(DurationError)?);
            let place = ORDER.iter().position(|known| *known == unit).ok_or(DurationError)?;
            if place < next || number.is_empty() {
                return Err(DurationError);
            }
            duration.add(number, unit)?;
            next = place + 1;
            rest = &after[1..];
        }
        if next == 0 { Err(DurationError) } else { Ok(duration) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(from: &str, duration: &str) -> Option<String> {
        let from: DateTime<Utc> = from.parse().expect("an instant");
        let at = duration.parse::<IsoDuration>().ok()?.after(from)?;
        Some(at.to_rfc3339_opts(chrono::SecondsFormat::Millis, true))
    }

    #[test]
    fn every_unit_counts() {
        let from = "2026-01-12T05:00:00.000Z";
        for (duration, to) in [
            ("P2DT1H", "2026-01-14T06:00:00.000Z"),
            ("P1Y2M3DT4H5M6.5S", "2027-03-15T09:05:06.500Z"),
            ("P2W", "2026-01-26T05:00:00.000Z"),
            ("PT1M", "2026-01-12T05:01:00.000Z"),
            ("P1M", "2026-02-12T05:00:00.000Z"),
            ("PT0.001S", "2026-01-12T05:00:00.001Z"),
            ("PT0,25S", "2026-01-12T05:00:00.250Z"),
            ("P0D", from),
        ] {
            assert_eq!(after(from, duration).as_deref(), Some(to), "{duration}");
        }
    }

    #[test]
    fn months_end_with_their_last_day() {
        assert_eq!(after("2026-01-31T05:00:00.000Z", "P1M").as_deref(), Some("2026-02-28T05:00:00.000Z"));
    }

    #[test]
    fn what_is_no_duration_is_refused() {
        for text in [
            "",
            "P",
            "PT",
            "1D",
            "P1",
            "PD",
            "P1DT",
            "P1H",
            "PT1D",
            "P1D1Y",
            "P-1D",
            "P1.5D",
            "P1X",
            "P1D ",
            "PT1H1H",
            "P99999999999D",
        ] {
            assert!(text.parse::<IsoDuration>().is_err(), "{text}");
        }
    }
}
