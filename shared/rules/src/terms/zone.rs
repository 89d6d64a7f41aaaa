//! Asia/Almaty by the time-zone database (`C1`): from an instant to what the clocks show there, and back. Never here: terms.

use std::sync::LazyLock;

use chrono::{
    DateTime, Days, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, Offset, TimeDelta, TimeZone, Timelike, Utc,
};
use chrono_tz::Asia::Almaty;

use super::calendar_days;
use crate::queue::Instant;

/// The local day of an instant.
#[must_use]
pub fn local_date(at: Instant) -> NaiveDate {
    match SETTLED.as_ref() {
        Some(settled) if settled.covers(at) => settled.day(at),
        _ => shown(at).date(),
    }
}

/// The local time of day of an instant.
#[must_use]
pub fn local_time(at: Instant) -> NaiveTime {
    shown(at).time()
}

/// The instant at which the clocks of Almaty show this. A time shown twice (`C1`: the last hour of 29 February 2024) is
/// taken the second time, so that no term is cut short; a time never shown, by the offset before the gap.
#[must_use]
pub fn at_local(date: NaiveDate, time: NaiveTime) -> Instant {
    let shown = NaiveDateTime::new(date, time);
    SETTLED.as_ref().and_then(|settled| settled.instant(shown)).unwrap_or_else(|| looked_up(shown))
}

fn shown(at: Instant) -> NaiveDateTime {
    match SETTLED.as_ref() {
        Some(settled) if settled.covers(at) => settled.shown(at),
        _ => at.with_timezone(&Almaty).naive_local(),
    }
}

fn looked_up(shown: NaiveDateTime) -> Instant {
    let instant = Almaty.from_local_datetime(&shown).latest().map(|at| at.with_timezone(&Utc));
    instant.unwrap_or_else(|| {
        let day_before = shown.checked_sub_days(Days::new(1)).unwrap_or(NaiveDateTime::MIN);
        let offset = offset_at(day_before.and_utc());
        shown.checked_sub_offset(offset).map_or(DateTime::<Utc>::MAX_UTC, |utc| utc.and_utc())
    })
}

fn offset_at(at: Instant) -> FixedOffset {
    Almaty.offset_from_utc_datetime(&at.naive_utc()).fix()
}

/// The time since the zone's last change that the database knows of, in which one offset holds: nearly all instants that are asked
/// for lie in it, and a decision asks for a dozen. Looking each up in the database would be most of what a decision costs.
struct Settled {
    since: Instant,
    until: Instant,
    /// The local days that lie in it as a whole, from the first to the one after the last.
    days: (NaiveDate, NaiveDate),
    offset: FixedOffset,
}

/// The database lists changes up to here, should summer time come back.
const LAST_LISTED: i32 = 2100;
const SECONDS_A_DAY: i64 = 86_400;
/// No two changes stand closer than this.
const STRIDE: TimeDelta = TimeDelta::days(60);

static SETTLED: LazyLock<Option<Settled>> = LazyLock::new(Settled::find);

impl Settled {
    /// Looks for the last change from the end of what is listed backwards; none if there was none in a century.
    fn find() -> Option<Self> {
        let until = NaiveDate::from_ymd_opt(LAST_LISTED, 1, 1)?.and_time(NaiveTime::MIN).and_utc();
        let offset = offset_at(until);
        let mut same = until;
        let mut other = until;
        while offset_at(other) == offset {
            same = other;
            other = same.checked_sub_signed(STRIDE).filter(|at| *at > DateTime::UNIX_EPOCH)?;
        }
        while same - other > TimeDelta::seconds(1) {
            let middle = other + TimeDelta::seconds((same - other).num_seconds() / 2);
            if offset_at(middle) == offset { same = middle } else { other = middle }
        }
        let days = (calendar_days(same.date_naive(), 2), until.date_naive().pred_opt()?);
        Some(Self { since: same, until, days, offset })
    }

    fn covers(&self, at: Instant) -> bool {
        self.since <= at && at < self.until
    }

    /// The instant at which this is shown, if it lies here for certain: a day away from the change nothing is shown twice or never.
    fn instant(&self, shown: NaiveDateTime) -> Option<Instant> {
        let (first, last) = &self.days;
        (*first..*last).contains(&shown.date()).then(|| shown.checked_sub_offset(self.offset))?.map(|utc| utc.and_utc())
    }

    fn shown(&self, at: Instant) -> NaiveDateTime {
        at.with_timezone(&self.offset).naive_local()
    }

    /// The day alone, which is asked for most: no time of day is reckoned for it.
    fn day(&self, at: Instant) -> NaiveDate {
        let utc = at.naive_utc();
        let seconds = i64::from(utc.time().num_seconds_from_midnight()) + i64::from(self.offset.local_minus_utc());
        let neighbour = match seconds {
            ..0 => utc.date().pred_opt(),
            0..SECONDS_A_DAY => return utc.date(),
            _ => utc.date().succ_opt(),
        };
        neighbour.unwrap_or_else(|| self.shown(at).date())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every quarter of an hour of the years in which anything of this system can lie, and of the zone's last changes.
    #[test]
    fn c1_the_settled_time_agrees_with_the_database() {
        let settled = SETTLED.as_ref().expect("the zone has changed before");
        assert_eq!(settled.since.to_rfc3339(), "2024-02-29T18:00:00+00:00", "the last hour of that day came twice");
        let from: Instant = "2004-01-01T00:00:00Z".parse().expect("an instant");
        let until: Instant = "2045-01-01T00:00:00Z".parse().expect("an instant");
        let mut at = from;
        while at < until {
            let by_database = at.with_timezone(&Almaty).naive_local();
            assert_eq!((shown(at), local_date(at)), (by_database, by_database.date()), "{at}");
            assert_eq!(at_local(by_database.date(), by_database.time()), looked_up(by_database), "{at}");
            at += TimeDelta::minutes(15);
        }
    }
}
