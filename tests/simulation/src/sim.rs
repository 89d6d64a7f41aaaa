//! The simulated system of one seed: the stack, the door before it, who is in the air, and the time. Never here: what people do
//! (`people`), and what must hold in the end (`judge`).

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use kezek_fixtures::chance::Chance;
use kezek_local::{
    Local, Options,
    aws::{self, Aws},
    deployment::TABLE,
    functions::Function,
};
use kezek_rules::terms::local_date;
use kezek_store::table_definition;
use serde_json::Value;

use crate::{
    agenda::Agenda,
    digest::Digest,
    door::{Door, State},
    errand::Errand,
    error::Broken,
    faults::{Fault, Weather},
    flight::{Cause, Flight, at_once, taking_off},
    lag::Lag,
    oracle::Oracle,
    people::People,
    schedule::Ticks,
    source::{SHARDS_MAX, Sources},
};

/// What a seed is run with.
#[derive(Debug, Clone, Default)]
pub struct Setting {
    /// The seed.
    pub seed: u64,
    /// How many steps.
    pub steps: u32,
    /// Only these faults; none: all.
    pub only: Vec<Fault>,
    /// Whether all lines of what happened are kept.
    pub told: bool,
    /// What a broken system would do.
    pub sabotage: Option<fn(&mut aws::Call)>,
}

/// A change of the table.
#[derive(Debug, Clone)]
pub struct Committed {
    /// As the stream shows it.
    pub record: Value,
    /// When it was committed.
    pub at: DateTime<Utc>,
    /// By which call: changes of one transaction share it.
    pub call: u64,
}

/// The simulated system.
pub struct Sim {
    /// What it is run with.
    pub setting: Setting,
    /// The stack.
    pub local: Arc<Local>,
    /// The door.
    pub door: Arc<Door>,
    /// What people do by chance.
    pub acts: Chance,
    /// Whose turn it is by chance.
    pub turns: Chance,
    /// The invocations in the air.
    pub flights: Vec<Flight>,
    next: u64,
    /// What people are about.
    pub errands: Vec<Errand>,
    /// Where deliveries come from.
    pub sources: Sources,
    /// The schedules.
    pub ticks: Ticks,
    /// What was committed.
    pub oracle: Oracle,
    /// What is due.
    pub agenda: Agenda,
    /// Everything that was committed.
    pub history: Vec<Committed>,
    /// Up to where the stream was looked at.
    pub checkpoint: Option<String>,
    /// Who lives here.
    pub people: People,
    /// The first day.
    pub began: NaiveDate,
    /// When outages end: of the registers, of the signature service.
    pub outages: [Option<DateTime<Utc>>; 2],
    /// How often something was refused that an operator played again.
    pub refused: u32,
    /// How many steps of each kind were done.
    pub done: std::collections::BTreeMap<String, u64>,
}

impl Sim {
    /// Opens the system of a seed.
    ///
    /// # Errors
    /// The stack can't be opened.
    pub fn open(setting: Setting) -> Result<Self, Broken> {
        let mut acts = Chance::of(setting.seed, "acts");
        // Some time in 2026, at some minute of the day: also at night and on days off.
        let minutes = acts.between(0, 250 * 24 * 60);
        let start: DateTime<Utc> = "2026-01-05T03:00:00Z".parse().map_err(|_| Broken::simulation("a start"))?;
        let start = start + TimeDelta::minutes(minutes);
        let keep_config = acts.percent(50).then(|| TimeDelta::minutes(1));
        let options = Options { start: Some(start), seed: Some(setting.seed), keep_config, ..Options::default() };
        let local = at_once(Local::open(options))??;
        let copy = Aws::open(aws::Options {
            path: None,
            base_url: "http://127.0.0.1:0".to_owned(),
            queues: Vec::new(),
            clock: Arc::new(move || start.into()),
        })?;
        let mut table = table_definition(TABLE).map_err(|error| Broken::simulation(error.to_string()))?;
        table.stream_specification = None;
        at_once(copy.ensure_table(TABLE, table))??;
        let state = State {
            weather: Weather::of(setting.seed, &setting.only),
            current: None,
            air: std::collections::BTreeMap::new(),
            doomed: None,
            now: start,
            digest: Digest::new(setting.told),
            wrote: false,
            sent: false,
            calls: 0,
            lag: Lag::new(copy, TABLE),
            sabotage: setting.sabotage,
        };
        let door = Door::new(&local, state);
        if !local.aws().stand_between(door.clone()) {
            return Err(Broken::simulation("someone stands at the door"));
        }
        let shards = 1 + acts.below(SHARDS_MAX);
        Ok(Self {
            turns: Chance::of(setting.seed, "turns"),
            people: People::draw(&mut acts),
            sources: Sources::new(shards)?,
            ticks: Ticks::new(start),
            setting,
            local,
            door,
            acts,
            flights: Vec::new(),
            next: 0,
            errands: Vec::new(),
            oracle: Oracle::default(),
            agenda: Agenda::default(),
            history: Vec::new(),
            checkpoint: None,
            began: local_date(start),
            outages: [None; 2],
            refused: 0,
            done: std::collections::BTreeMap::new(),
        })
    }

    /// The true time.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        self.door.state().now
    }

    /// Shows a later time.
    pub fn set_now(&mut self, at: DateTime<Utc>) {
        let mut state = self.door.state();
        state.now = state.now.max(at);
        let shown = state.now.timestamp_millis().to_string();
        state.digest.note(&shown, 0);
        drop(state);
        self.door.show(false);
        self.sources.let_go();
    }

    /// Whether a fault strikes now.
    pub fn strikes(&self, fault: Fault) -> bool {
        self.door.state().weather.strikes(fault)
    }

    /// Something happened that everyone who replays must see too.
    pub fn note(&self, what: &str) {
        self.door.state().digest.note(what, 0);
    }

    /// A number that no errand or flight has.
    pub const fn number(&mut self) -> u64 {
        self.next += 1;
        self.next
    }

    /// Lets an invocation take off.
    pub fn take_off(&mut self, function: Function, event: Value, cause: Cause) {
        let id = self.number();
        let mut state = self.door.state();
        let newer = state.weather.strikes(Fault::Newer);
        let skewed = state.weather.strikes(Fault::Skew);
        let skew = if skewed { state.weather.chance().between(-5_000, 5_000) } else { 0 };
        state.air.insert(id, taking_off(newer, TimeDelta::milliseconds(skew)));
        state.digest.note(&format!("{id} {} takes off", function.name()), 0);
        drop(state);
        let work = Arc::clone(self.local.functions()).invoke_here(function, event);
        self.flights.push(Flight::begin(id, cause, Box::pin(work)));
    }

    /// Looks at what was committed since the last look: for all who follow the table. Says which events there were.
    ///
    /// # Errors
    /// What was committed breaks the promise.
    pub fn look(&mut self) -> Result<Vec<(String, u32)>, Broken> {
        let mut events = Vec::new();
        let (now, call) = {
            let mut state = self.door.state();
            state.wrote = false;
            (state.now, state.calls)
        };
        loop {
            let batch = self.local.aws().stream_records(self.checkpoint.as_deref())?;
            if batch.records.is_empty() {
                break;
            }
            self.checkpoint = batch.checkpoint;
            for record in batch.records {
                self.ticks.moved = true;
                self.agenda.take(&record);
                self.oracle.take(&record, now)?;
                self.sources.comes(self.history.len(), &record);
                self.door.state().lag.follows(&record);
                events.extend(event_of(&record));
                self.history.push(Committed { record, at: now, call });
            }
        }
        self.watch();
        Ok(events)
    }
}

/// The application and the sequence of an event of its history.
fn event_of(record: &Value) -> Option<(String, u32)> {
    let text = |name: &str| record["dynamodb"]["NewImage"][name]["S"].as_str();
    let id = text("pk")?.strip_prefix("A#")?;
    let seq = text("sk")?.strip_prefix("E#")?.parse().ok()?;
    Some((id.to_owned(), seq))
}
