//! The timetable of the stack on one screen, compared with `template.yaml` by a test, and the ticks it makes.
//! Never here: what a sweep does.

use chrono::{DateTime, NaiveTime, TimeDelta, Timelike, Utc};
use kezek_rules::terms::{at_local, calendar_days, local_date};
use kezek_store::Family;

/// The zone in which every timetable is read (`C1`).
pub const ZONE: &str = "Asia/Almaty";

/// The sweeps, in the order in which they run when they fall on the same instant.
pub const SCHEDULES: [Schedule; 4] = [
    Schedule { name: "deadlines", timetable: Timetable::EveryMinute, serves: &[(Family::Minute, NONE)] },
    Schedule { name: "age-outs", timetable: Timetable::Daily(0, 5), serves: &[(Family::Daily, NONE)] },
    Schedule { name: "confirmations", timetable: Timetable::Daily(9, 0), serves: &[(Family::Daily, NONE)] },
    Schedule { name: "overdue", timetable: Timetable::Hourly, serves: &[(Family::Work, NONE), (Family::Daily, HOUR)] },
];

const NONE: TimeDelta = TimeDelta::zero();
/// The hourly sweep catches up on what a daily one has left for this long.
const HOUR: TimeDelta = TimeDelta::hours(1);

/// One schedule.
#[derive(Debug, Clone, Copy)]
pub struct Schedule {
    /// Its name, which is also the sweep it starts.
    pub name: &'static str,
    /// When it ticks.
    pub timetable: Timetable,
    /// Which families it serves, and how long after an item is due.
    pub serves: &'static [(Family, TimeDelta)],
}

/// When a schedule ticks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Timetable {
    /// At each full minute.
    EveryMinute,
    /// At each full hour.
    Hourly,
    /// Every day at this hour and minute.
    Daily(u32, u32),
}

impl Timetable {
    /// As EventBridge writes it.
    #[must_use]
    pub fn expression(self) -> String {
        match self {
            Timetable::EveryMinute => "rate(1 minute)".to_owned(),
            Timetable::Hourly => "cron(0 * * * ? *)".to_owned(),
            Timetable::Daily(hour, minute) => format!("cron({minute} {hour} * * ? *)"),
        }
    }

    /// The first tick at or after an instant.
    #[must_use]
    pub fn at_or_after(self, at: DateTime<Utc>) -> DateTime<Utc> {
        match self {
            Timetable::EveryMinute => up_to_full(at, TimeDelta::minutes(1)),
            // The zone's offset is a whole number of hours: its full hours are those of UTC.
            Timetable::Hourly => up_to_full(at, TimeDelta::hours(1)),
            Timetable::Daily(hour, minute) => {
                let time = NaiveTime::from_hms_opt(hour, minute, 0).unwrap_or(NaiveTime::MIN);
                let today = local_date(at);
                let tick = at_local(today, time);
                if tick >= at { tick } else { at_local(calendar_days(today, 1), time) }
            }
        }
    }
}

impl Schedule {
    /// The first tick at or after `from` that serves an item of a family which is due then; none if it never serves the family.
    #[must_use]
    pub fn tick_for(&self, family: Family, due: DateTime<Utc>, from: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let (_, grace) = self.serves.iter().find(|(served, _)| *served == family)?;
        Some(self.timetable.at_or_after(from.max(due + *grace)))
    }
}

/// The next full unit of an hour or less.
fn up_to_full(at: DateTime<Utc>, unit: TimeDelta) -> DateTime<Utc> {
    let into = TimeDelta::seconds(i64::from(at.num_seconds_from_midnight()) % unit.num_seconds())
        + TimeDelta::nanoseconds(i64::from(at.timestamp_subsec_nanos()));
    if into.is_zero() { at } else { at - into + unit }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tick(timetable: Timetable, at: &str) -> String {
        let at: DateTime<Utc> = at.parse().expect("an instant");
        timetable.at_or_after(at).to_rfc3339_opts(chrono::SecondsFormat::Millis, true)
    }

    #[test]
    fn minutes_and_hours_are_full_ones() {
        assert_eq!(tick(Timetable::EveryMinute, "2026-01-12T05:00:00.000Z"), "2026-01-12T05:00:00.000Z");
        assert_eq!(tick(Timetable::EveryMinute, "2026-01-12T05:00:00.001Z"), "2026-01-12T05:01:00.000Z");
        assert_eq!(tick(Timetable::EveryMinute, "2026-12-31T23:59:30.000Z"), "2027-01-01T00:00:00.000Z");
        assert_eq!(tick(Timetable::Hourly, "2026-01-12T23:00:00.001Z"), "2026-01-13T00:00:00.000Z");
    }

    #[test]
    fn days_are_those_of_almaty_across_midnight() {
        let age_outs = Timetable::Daily(0, 5);
        assert_eq!(tick(age_outs, "2026-01-12T19:05:00.000Z"), "2026-01-12T19:05:00.000Z", "00:05 of the 13th");
        assert_eq!(tick(age_outs, "2026-01-12T19:05:00.001Z"), "2026-01-13T19:05:00.000Z");
        assert_eq!(tick(age_outs, "2026-01-12T18:59:59.999Z"), "2026-01-12T19:05:00.000Z", "23:59 of the 12th");
        assert_eq!(
            tick(Timetable::Daily(9, 0), "2026-06-01T04:00:00.001Z"),
            "2026-06-02T04:00:00.000Z",
            "no summer time"
        );
        assert_eq!(tick(Timetable::Daily(9, 0), "2024-02-28T00:00:00.000Z"), "2024-02-28T03:00:00.000Z", "then UTC+6");
    }

    #[test]
    fn the_hourly_sweep_catches_up_an_hour_later() {
        let overdue = SCHEDULES.iter().find(|schedule| schedule.name == "overdue").expect("it is there");
        let at: DateTime<Utc> = "2026-01-12T05:00:00Z".parse().expect("an instant");
        assert_eq!(overdue.tick_for(Family::Work, at, at), Some(at));
        assert_eq!(overdue.tick_for(Family::Daily, at, at), Some(at + HOUR));
        assert_eq!(overdue.tick_for(Family::Minute, at, at), None);
    }
}
