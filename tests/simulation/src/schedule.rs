//! The schedules: which tick comes next on the way through time, and the ticks that wait to be started. Ticks that would select nothing
//! are passed by. Never here: what a sweep does.

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use kezek_local::schedules::{SCHEDULES, Timetable};
use serde_json::{Value, json};

use crate::agenda::Agenda;

/// A tick.
#[derive(Debug, Clone)]
pub struct Tick {
    /// Which schedule's.
    pub schedule: usize,
    /// For when it was scheduled.
    pub at: DateTime<Utc>,
    /// When its sweep is started.
    pub start: DateTime<Utc>,
    /// How often it was tried before.
    pub tries: u32,
}

impl Tick {
    /// The event that starts the sweep.
    #[must_use]
    pub fn event(&self) -> Value {
        let name = SCHEDULES[self.schedule].name;
        json!({"sweep": name, "scheduledTime": self.at.to_rfc3339_opts(SecondsFormat::AutoSi, true)})
    }
}

/// The timetable on its way.
#[derive(Debug)]
pub struct Ticks {
    /// From when on each schedule may tick.
    from: [DateTime<Utc>; SCHEDULES.len()],
    /// How often each ticked in vain.
    vain: [u32; SCHEDULES.len()],
    /// Whether something happened since the last look at open vacancies.
    pub moved: bool,
    /// From when on the calendar is looked at, daily, and a recount goes on, every minute.
    pub recount_until: DateTime<Utc>,
    /// Those that wait to be started.
    pub waiting: Vec<Tick>,
}

impl Ticks {
    /// A timetable that begins at an instant.
    #[must_use]
    pub const fn new(at: DateTime<Utc>) -> Self {
        Self {
            from: [at; SCHEDULES.len()],
            vain: [0; SCHEDULES.len()],
            moved: false,
            recount_until: at,
            waiting: Vec::new(),
        }
    }

    /// When the next tick is, from now on.
    #[must_use]
    pub fn next(&self, agenda: &Agenda, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        (0..SCHEDULES.len()).filter_map(|place| self.next_of(place, agenda, now)).min()
    }

    fn next_of(&self, place: usize, agenda: &Agenda, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let schedule = &SCHEDULES[place];
        let from = self.from[place].max(now);
        let due = schedule
            .serves
            .iter()
            .filter_map(|(family, _)| schedule.tick_for(*family, agenda.earliest(*family, i64::MIN)?, from));
        let looks =
            (schedule.timetable == Timetable::Hourly && self.moved).then(|| Timetable::Hourly.at_or_after(from));
        let recounts = (schedule.timetable == Timetable::EveryMinute && from <= self.recount_until)
            .then(|| Timetable::EveryMinute.at_or_after(from));
        due.chain(looks).chain(recounts).min()
    }

    /// The schedules that tick at an instant.
    pub fn tick(&mut self, at: DateTime<Utc>, agenda: &Agenda) -> Vec<Tick> {
        let mut ticks = Vec::new();
        for (schedule, plan) in SCHEDULES.iter().enumerate() {
            if self.next_of(schedule, agenda, at) != Some(at) {
                continue;
            }
            // What stays due is asked for again and again, less and less often.
            let was_due =
                plan.serves.iter().any(|(family, grace)| agenda.is_due(*family, at - *grace - TimeDelta::minutes(1)));
            self.vain[schedule] = if was_due { self.vain[schedule] + 1 } else { 0 };
            let pause = TimeDelta::minutes(i64::from(self.vain[schedule].saturating_sub(3)).pow(2).min(60));
            self.from[schedule] = at + TimeDelta::milliseconds(1) + pause;
            self.moved &= plan.timetable != Timetable::Hourly;
            ticks.push(Tick { schedule, at, start: at, tries: 0 });
        }
        ticks
    }
}
