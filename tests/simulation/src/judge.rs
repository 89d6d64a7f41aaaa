//! The judgement: what must hold while faults strike, and what must hold once they have stopped. The independent checker reads the base;
//! dead letters are played again as the operations guide says. Never here: what answers are held against (`errand`).

use chrono::TimeDelta;
use kezek_check::{Check, Invariant, Item, Report, Settings};
use kezek_local::{
    deployment::{QUEUE_READERS, SCHEDULES_DEAD, STREAM_DEAD, STREAM_READERS, TABLE},
    functions::Function,
    register::Told,
    signature::Mode,
};
use serde_json::{Value, json};

use crate::{
    error::Broken,
    faults::Fault,
    flight::{Cause, at_once},
    sim::Sim,
};

/// Items read at once.
const PAGE: usize = 2_000;
/// Two clocks are up to ten seconds apart, and a step takes a moment from its decision to its commit.
const WINDOW: TimeDelta = TimeDelta::seconds(20);
/// While schedules are missed, a clock may wait for days.
const PATIENCE: TimeDelta = TimeDelta::days(60);
/// What the operator plays again must be taken after so many rounds.
const ROUNDS: usize = 4;

/// The queues of dead letters, in the order of their readers.
const DEAD: [&str; 2] = ["allocation-dead.fifo", "bulletins-dead"];

impl Sim {
    /// The checker's report of the base as it is.
    ///
    /// # Errors
    /// The base can't be read.
    pub fn report(&self, settings: Settings) -> Result<Report, Broken> {
        let mut check = Check::default();
        let mut after = None;
        loop {
            let page = self.local.aws().engine().items(TABLE, after.as_ref(), PAGE)?;
            let Some((last, _)) = page.last() else { break };
            after = Some(last.clone());
            page.iter().for_each(|(_, item)| check.take(&Item::from_json(item)));
        }
        Ok(check.finish(settings))
    }

    /// How the base is judged while faults strike.
    #[must_use]
    pub fn meanwhile(&self) -> Settings {
        Settings { now: self.now(), grace: PATIENCE, window: WINDOW, at_rest: false }
    }

    /// What must hold at any time.
    ///
    /// # Errors
    /// It doesn't.
    pub fn holds_meanwhile(&self) -> Result<(), Broken> {
        clean(&lasting(self.report(self.meanwhile())?), "while faults strike")
    }

    /// Faults stop: everything comes to rest, is played again where it was set aside, and must be right.
    ///
    /// # Errors
    /// It isn't.
    pub fn holds_at_last(&mut self) -> Result<(), Broken> {
        self.door.state().weather.on = false;
        self.outages = [None; 2];
        // What was refused after a restore, while registers were down, is asked again by itself.
        self.refused = 0;
        self.local.register().tell(&Told::default())?;
        self.local.signatures().tell(Mode::Ok)?;
        // Messages that were received show again, late ticks come, the hourly look finds what was lost; and a recount that was begun late, by a
        // request that had to be sent again, or was brought back by a restore, goes on.
        self.ticks.recount_until = self.now() + TimeDelta::minutes(10);
        self.advance(self.now() + TimeDelta::hours(3))?;
        for round in 0.. {
            if self.play_again()? == 0 {
                break;
            }
            if round == ROUNDS {
                return Err(Broken::promise(13, "a dead letter is refused again and again"));
            }
            self.advance(self.now() + TimeDelta::hours(2))?;
        }
        self.advance(self.now() + TimeDelta::hours(2))?;
        if self.refused > 0 {
            return Err(Broken::promise(13, format!("{} dead letters were refused again", self.refused)));
        }
        let settings = Settings { now: self.now(), grace: TimeDelta::zero(), window: WINDOW, at_rest: true };
        clean(&self.report(settings)?, "after faults have stopped")?;
        self.everyone_is_there()
    }

    /// 3: nothing that was registered is gone.
    fn everyone_is_there(&self) -> Result<(), Broken> {
        for id in self.oracle.applications.keys() {
            let Ok(parsed) = id.parse() else { return Err(Broken::simulation(format!("{id} is no id"))) };
            let there = at_once(self.local.store().application(parsed))?;
            if !there.is_ok_and(|there| there.is_some()) {
                return Err(Broken::promise(3, format!("A#{id} was registered and is gone")));
            }
        }
        Ok(())
    }

    /// Plays dead letters again, as an operator does: how many there were.
    fn play_again(&mut self) -> Result<usize, Broken> {
        let mut played = 0;
        for ((name, function, _), dead) in QUEUE_READERS.into_iter().zip(DEAD) {
            for message in self.letters(dead)? {
                played += 1;
                let records = json!({"Records": [message.event_record(name)]});
                self.play(function, records)?;
            }
        }
        for message in self.letters(STREAM_DEAD)? {
            played += 1;
            let letter: Value = serde_json::from_str(&message.body).unwrap_or_default();
            let reader = letter["reader"].as_u64().and_then(|reader| usize::try_from(reader).ok()).unwrap_or(0);
            let is = |record: &Value| record["dynamodb"]["SequenceNumber"] == letter["number"];
            let found = self.history.iter().find(|committed| is(&committed.record));
            let Some(record) = found.map(|committed| committed.record.clone()) else { continue };
            self.play(STREAM_READERS[reader].function, json!({"Records": [record]}))?;
        }
        for message in self.letters(SCHEDULES_DEAD)? {
            played += 1;
            let event = serde_json::from_str(&message.body).unwrap_or_default();
            self.play(Function::ExpirySweep, event)?;
        }
        Ok(played)
    }

    fn letters(&mut self, queue: &str) -> Result<Vec<kezek_local::aws::Message>, Broken> {
        let mut all = Vec::new();
        loop {
            let some = self.local.aws().receive(queue, 10)?;
            if some.is_empty() {
                return Ok(all);
            }
            for message in some {
                self.local.aws().delete(queue, &message.receipt)?;
                all.push(message);
            }
        }
    }

    /// Hands an event to a function and waits for what comes of it.
    pub(crate) fn play(&mut self, function: Function, event: Value) -> Result<(), Broken> {
        self.take_off(function, event, Cause::Operator);
        self.settle()
    }

    /// The base is restored as of some moment of the last minutes, if it is time for that.
    ///
    /// # Errors
    /// The promise is broken.
    pub fn may_restore(&mut self) -> Result<(), Broken> {
        if self.history.len() > 40 && self.strikes(Fault::Restore) {
            self.restore()?;
        }
        Ok(())
    }
}

/// What holds at any time, not only once everything that follows from a step is done: the outbox, the index of families and the wakes
/// of allocation follow.
pub fn lasting(mut report: Report) -> Report {
    let follows = |breach: &kezek_check::Breach| {
        matches!(breach.invariant, Invariant::Served | Invariant::Outbox) || breach.text.contains("family index")
    };
    report.breaches.retain(|breach| !follows(breach));
    report
}

/// Nothing was found.
fn clean(report: &Report, when: &str) -> Result<(), Broken> {
    let Some(first) = report.breaches.first() else { return Ok(()) };
    let number = report.broken().first().and_then(|invariant| invariant.id().parse().ok());
    let all: Vec<String> =
        report.breaches.iter().map(|breach| format!("{}: {}", breach.invariant.id(), breach.text)).collect();
    let text = format!("{when}: {}\n{}", first.invariant.says(), all.join("\n"));
    Err(Broken { promise: number.or(Some(0)), text })
}
