//! Moving through time: every deadline and every schedule on the way fires at its own instant, in order, with streams and
//! queues drained. A tick that would select nothing is skipped, so that a year takes seconds. Never here: what a sweep does.

use std::collections::BTreeMap;

use chrono::{DateTime, Datelike, NaiveDate, SecondsFormat, TimeDelta, Utc};
use kezek_rules::terms::{local_date, start_of_day};
use kezek_shell::recount::SPREAD;
use kezek_store::{Due, Family, Recount, SystemFact};
use serde_json::json;

use crate::{
    aws::Error as AwsError,
    deployment::{QUEUE_READERS, SCHEDULES_DEAD},
    functions::Function,
    schedules::{SCHEDULES, Schedule, Timetable},
    world::{Error, Local},
};

/// An item that is still due after this many sweeps which it called for is left to later ones.
const CALLS_MAX: u32 = 3;
/// A schedule starts a sweep this often before it sets it aside.
const STARTS_MAX: usize = 3;
/// A capped sweep is repeated this often at one instant.
const REPEATS_MAX: usize = 10_000;

/// What happens next.
#[derive(Debug, Clone, Copy)]
enum What {
    /// A message shows again.
    Messages,
    /// A sweep, by its place in the timetable.
    Sweep(usize),
    /// What the stream's readers failed on is tried again.
    Retry,
}

/// One move.
struct Journey {
    to: DateTime<Utc>,
    /// From when on each schedule may tick.
    from: [DateTime<Utc>; SCHEDULES.len()],
    retry_from: DateTime<Utc>,
    /// Whether a deadline fires at its own instant; else at the tick of its schedule, as when time runs by itself.
    exact: bool,
    /// When the daily look at the calendar next has something to say (`C6`).
    calendar_from: DateTime<Utc>,
    /// A recount of deadlines that is under way (`C3`): the sweeps of the minute go on with it, though nothing may be due.
    recount: Option<Recount>,
    /// How many sweeps each item has called for.
    calls: BTreeMap<String, u32>,
}

impl Local {
    /// Moves the clock to an instant. Whoever is served meanwhile waits.
    ///
    /// # Errors
    /// The instant lies in the past, or the base failed.
    pub async fn travel(&self, to: DateTime<Utc>) -> Result<DateTime<Utc>, Error> {
        let _alone = self.gate.write().await;
        let now = self.clock.now();
        if to < now {
            return Err(Error::Past { now, to });
        }
        self.clock.hold(now);
        self.journey(to, true).await?;
        Ok(to)
    }

    /// Lets everything fire that has come due by the running clock; the clock itself runs on.
    pub(crate) async fn catch_up(&self) -> Result<(), Error> {
        let _alone = self.gate.write().await;
        self.journey(self.clock.now(), false).await
    }

    /// Goes on from where an earlier process was: what came due meanwhile fires at its own instant.
    pub(crate) async fn resume(&self) -> Result<(), Error> {
        let _alone = self.gate.write().await;
        self.journey(self.clock.awaited(), true).await
    }

    async fn journey(&self, to: DateTime<Utc>, hold: bool) -> Result<(), Error> {
        self.pump.drain().await?;
        // A clock that is moved comes by every hour on its way; tried at every move too, what is set aside would be tried without end.
        if !hold && self.pump.has_parked()? {
            self.pump.retry().await?;
            self.pump.drain().await?;
        }
        let start = self.ticked() + TimeDelta::milliseconds(1);
        let from = [start; SCHEDULES.len()];
        let calendar_from = self.calendar_lacks(start).await?;
        let recount = self.store().recount().await?;
        let calls = BTreeMap::new();
        let mut journey = Journey { to, from, retry_from: start, exact: hold, calendar_from, recount, calls };
        while let Some((at, what)) = self.next(&mut journey).await? {
            if hold {
                self.clock.hold(at);
                self.keep_clock()?;
            }
            match what {
                What::Messages => {}
                What::Retry => {
                    self.pump.retry().await?;
                    journey.retry_from = at + TimeDelta::milliseconds(1);
                }
                What::Sweep(place) => {
                    self.sweep(&SCHEDULES[place], at).await?;
                    journey.from[place] = at + TimeDelta::milliseconds(1);
                    if looks_at_calendar(&SCHEDULES[place]) && at >= journey.calendar_from {
                        journey.calendar_from = next_november(journey.from[place]);
                    }
                    if goes_on_with_recount(&SCHEDULES[place]) && journey.recount.is_some() {
                        // One that doesn't get on is left to the sweeps that others call for.
                        let now = self.store().recount().await?;
                        journey.recount = now.filter(|now| due_at(now) > at || journey.recount.as_ref() != Some(now));
                    }
                }
            }
            self.pump.drain().await?;
        }
        if hold {
            self.clock.arrive(to);
        }
        self.set_ticked(to);
        self.keep_clock()
    }

    /// What happens next on the way, if anything does.
    async fn next(&self, journey: &mut Journey) -> Result<Option<(DateTime<Utc>, What)>, Error> {
        let mut all: Vec<(DateTime<Utc>, What)> = Vec::new();
        let now = self.clock.now();
        for (queue, ..) in QUEUE_READERS {
            let shown = self.aws.next_visible_at(queue)?.map(DateTime::<Utc>::from);
            all.extend(shown.filter(|at| *at > now).map(|at| (at, What::Messages)));
        }
        let mut called: Option<(DateTime<Utc>, usize, String)> = None;
        for family in Family::ALL {
            let Some(due) = self.earliest(family, journey).await? else { continue };
            let ticks = SCHEDULES.iter().enumerate().filter_map(|(place, schedule)| {
                let tick = schedule.tick_for(family, due.at, journey.from[place])?;
                let own = journey.exact && schedule.timetable == Timetable::EveryMinute;
                Some((if own { due.at.max(journey.from[place]) } else { tick }, place))
            });
            if let Some((at, place)) = ticks.min()
                && called.as_ref().is_none_or(|(first, other, _)| (at, place) < (*first, *other))
            {
                called = Some((at, place, name(&due)));
            }
        }
        if self.pump.has_parked()? {
            all.push((Timetable::Hourly.at_or_after(journey.retry_from), What::Retry));
        }
        if let Some((at, place, _)) = &called {
            all.push((*at, What::Sweep(*place)));
        }
        // Ticks that no item calls for: deadlines are counted again (`C3`), the calendar lacks a table (`C6`).
        let recounts = SCHEDULES.iter().enumerate().find(|(_, schedule)| goes_on_with_recount(schedule));
        if let (Some(recount), Some((place, schedule))) = (&journey.recount, recounts) {
            let tick = schedule.timetable.at_or_after(journey.from[place].max(due_at(recount)));
            if called.as_ref().is_none_or(|(at, other, _)| (tick, place) < (*at, *other)) {
                called = None;
                all.push((tick, What::Sweep(place)));
            }
        }
        if let Some((place, schedule)) = SCHEDULES.iter().enumerate().find(|(_, schedule)| looks_at_calendar(schedule))
        {
            let look = schedule.timetable.at_or_after(journey.from[place].max(journey.calendar_from));
            if called.as_ref().is_none_or(|(at, other, _)| (look, place) < (*at, *other)) {
                called = None;
                all.push((look, What::Sweep(place)));
            }
        }
        let next = all.into_iter().filter(|(at, _)| *at <= journey.to).min_by_key(|(at, _)| *at);
        if let (Some((_, What::Sweep(_))), Some((_, _, item))) = (next, called) {
            let calls = journey.calls.entry(item).or_default();
            *calls += 1;
            if *calls == CALLS_MAX {
                tracing::warn!("an item stays due: it is left to later sweeps");
            }
        }
        Ok(next)
    }

    /// From when on the daily look at the calendar has something to say: now, if a table is wanted of which nothing was said.
    async fn calendar_lacks(&self, at: DateTime<Utc>) -> Result<DateTime<Utc>, Error> {
        let settled = self.app().settle_at(at).await?;
        for wanted in settled.config.calendar.wanted_tables(local_date(at)) {
            let said = SystemFact::CalendarTableWanted { year: wanted.year };
            if !self.store().has_system_event(&said).await? {
                return Ok(at);
            }
        }
        Ok(next_november(at))
    }

    /// The earliest item of a family that hasn't called for sweeps in vain.
    async fn earliest(&self, family: Family, journey: &Journey) -> Result<Option<Due>, Error> {
        let in_vain = |due: &Due| journey.calls.get(&name(due)).is_some_and(|calls| *calls >= CALLS_MAX);
        let stuck = journey.calls.values().filter(|calls| **calls >= CALLS_MAX).count();
        Ok(self.heads.earliest(self.store(), family, stuck, in_vain).await?)
    }

    /// Starts one sweep for its scheduled time, again as long as it says that more is due than it serves.
    async fn sweep(&self, schedule: &Schedule, at: DateTime<Utc>) -> Result<(), Error> {
        let event = json!({"sweep": schedule.name, "scheduledTime": at.to_rfc3339_opts(SecondsFormat::AutoSi, true)});
        let mut failures = 0;
        for _ in 0..REPEATS_MAX {
            match self.functions.invoke(Function::ExpirySweep, event.clone()).await {
                Ok(report) => {
                    let served = report["ran_out"].as_u64().unwrap_or(0);
                    if report["capped"] != true || served == 0 {
                        return Ok(());
                    }
                    self.pump.drain().await?;
                }
                Err(error) => {
                    failures += 1;
                    tracing::error!(%error, sweep = schedule.name, "a sweep failed");
                    if failures == STARTS_MAX {
                        self.aws.send(SCHEDULES_DEAD, &event.to_string(), None).map_err(|error: AwsError| error)?;
                        return Ok(());
                    }
                }
            }
        }
        tracing::warn!(sweep = schedule.name, "more is due than a sweep comes to an end with");
        Ok(())
    }
}

/// Whether a schedule goes on with a recount of deadlines (`C3`).
fn goes_on_with_recount(schedule: &Schedule) -> bool {
    schedule.name == "deadlines"
}

/// From when on a recount can go on.
fn due_at(recount: &Recount) -> DateTime<Utc> {
    if recount.pass == 1 { recount.patched_at } else { recount.patched_at + SPREAD }
}

/// Whether a schedule looks every day whether the calendar lacks a table (`C6`).
fn looks_at_calendar(schedule: &Schedule) -> bool {
    schedule.name == "age-outs"
}

/// The next day on which another year's table comes to be wanted.
fn next_november(at: DateTime<Utc>) -> DateTime<Utc> {
    let year = local_date(at).year();
    let november = |year| NaiveDate::from_ymd_opt(year, 11, 1).map_or(DateTime::<Utc>::MAX_UTC, start_of_day);
    if november(year) >= at { november(year) } else { november(year.saturating_add(1)) }
}

/// What tells one due item from another.
fn name(due: &Due) -> String {
    format!("{}#{:?}", due.at.timestamp_millis(), due.kind)
}
