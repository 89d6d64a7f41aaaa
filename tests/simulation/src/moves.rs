//! Whose turn it is: one of the invocations in the air goes on by one call, or a new one takes off for an errand, a message, a record of
//! the stream or a tick. By chance, so that all orders occur. Never here: what comes of an answer.

use chrono::{DateTime, TimeDelta, Utc};
use kezek_local::{
    deployment::{QUEUE_READERS, SCHEDULES_DEAD, STREAM_DEAD, STREAM_READERS},
    functions::{Function, InvokeError},
};
use serde_json::{Value, json};

use crate::{
    error::Broken,
    faults::Fault,
    flight::{Cause, Moved, panicked},
    schedule::Tick,
    sim::Sim,
    source::PATIENCE,
};

/// In the air at once.
const CROWD: usize = 10;
/// Lambda tries an asynchronous invocation so often again.
const TICK_TRIES: u32 = 2;

#[derive(Debug, Clone, Copy)]
enum Move {
    GoOn(usize),
    Errand(usize),
    Messages(usize),
    Records(usize, usize),
    Tick(usize),
}

impl Sim {
    /// One move; false if nothing moves at this time.
    ///
    /// # Errors
    /// The promise is broken.
    pub fn breathe(&mut self) -> Result<bool, Broken> {
        let now = self.now();
        self.look_at_queues()?;
        let mut moves: Vec<Move> = (0..self.flights.len()).map(Move::GoOn).collect();
        if self.flights.len() < CROWD {
            let errands = self.errands.iter().enumerate().filter(|(_, errand)| errand.is_ready(now));
            moves.extend(errands.map(|(place, _)| Move::Errand(place)));
            let queues = self.sources.queues.iter().enumerate().filter(|(_, queue)| queue.is_ready(now));
            moves.extend(queues.map(|(place, _)| Move::Messages(place)));
            for (reader, shards) in self.sources.shards.iter().enumerate() {
                let ready = shards.iter().enumerate().filter(|(_, shard)| shard.is_ready(now));
                moves.extend(ready.map(|(shard, _)| Move::Records(reader, shard)));
            }
            let ticks = self.ticks.waiting.iter().enumerate().filter(|(_, tick)| tick.start <= now);
            moves.extend(ticks.map(|(place, _)| Move::Tick(place)));
        }
        match self.turns.pick(&moves) {
            None => return Ok(false),
            Some(Move::GoOn(place)) => self.go_on(place)?,
            Some(Move::Errand(place)) => self.send(place)?,
            Some(Move::Messages(queue)) => self.receive(queue)?,
            Some(Move::Records(reader, shard)) => self.read(reader, shard),
            Some(Move::Tick(place)) => {
                let tick = self.ticks.waiting.remove(place);
                self.take_off(Function::ExpirySweep, tick.event(), Cause::Tick(tick));
            }
        }
        Ok(true)
    }

    fn look_at_queues(&mut self) -> Result<(), Broken> {
        if std::mem::take(&mut self.door.state().sent) {
            for place in 0..self.sources.queues.len() {
                self.look_at_queue(place)?;
            }
        }
        Ok(())
    }

    fn look_at_queue(&mut self, place: usize) -> Result<(), Broken> {
        let queue = &mut self.sources.queues[place];
        queue.shows_at = self.local.aws().next_visible_at(queue.name)?.map(DateTime::<Utc>::from);
        Ok(())
    }

    /// Someone outside sends a message.
    ///
    /// # Errors
    /// The queue fails.
    pub fn post(&mut self, queue: usize, body: &str) -> Result<(), Broken> {
        self.local.aws().send(self.sources.queues[queue].name, body, None)?;
        self.look_at_queue(queue)
    }

    fn go_on(&mut self, place: usize) -> Result<(), Broken> {
        let moved = self.flights[place].go_on(&self.door);
        if self.door.state().wrote {
            let events = self.look()?;
            self.flights[place].events.extend(events);
        }
        let answer = match moved {
            Moved::Waits => return Ok(()),
            Moved::Landed(answer) => Some(answer),
            Moved::Died => None,
        };
        let flight = self.flights.swap_remove(place);
        let air = self.door.state().air.remove(&flight.id).unwrap_or_default();
        self.note(&format!(
            "{} landed: {}",
            flight.id,
            answer.as_ref().map_or("died", |answer| { if answer.is_ok() { "done" } else { "failed" } })
        ));
        if let Some(Err(error)) = &answer
            && panicked(error)
        {
            return Err(Broken::simulation(error.to_string()));
        }
        match flight.cause {
            Cause::Errand(errand) => self.answered(errand, answer, &flight.events, &air),
            Cause::Messages(queue, messages, acknowledged) => {
                self.messages_done(queue, &messages, acknowledged, answer)
            }
            Cause::Records(reader, shard, count) => self.records_done(reader, shard, count, answer),
            Cause::Tick(tick) => self.tick_done(tick, answer),
            Cause::Operator => {
                let refused = !matches!(&answer, Some(Ok(answer)) if failures(answer).is_empty());
                self.refused += u32::from(refused);
                Ok(())
            }
        }
    }

    fn receive(&mut self, place: usize) -> Result<(), Broken> {
        if self.strikes(Fault::Late) {
            self.sources.queues[place].held = true;
            return Ok(());
        }
        let (name, function, batch) = QUEUE_READERS[place];
        let mut messages = self.local.aws().receive(name, 1 + self.turns.below(batch))?;
        self.look_at_queue(place)?;
        if messages.is_empty() {
            return Ok(());
        }
        if messages.len() > 1 && self.strikes(Fault::Reordered) {
            self.turns.shuffle(&mut messages);
        }
        let records: Vec<Value> = messages.iter().map(|message| message.event_record(name)).collect();
        let event = json!({"Records": records});
        if self.strikes(Fault::Duplicate) {
            self.sources.queues[place].busy += 1;
            self.take_off(function, event.clone(), Cause::Messages(place, messages.clone(), false));
        }
        self.sources.queues[place].busy += 1;
        self.take_off(function, event, Cause::Messages(place, messages, true));
        Ok(())
    }

    fn messages_done(
        &mut self,
        place: usize,
        messages: &[kezek_local::aws::Message],
        acknowledged: bool,
        answer: Option<Result<Value, InvokeError>>,
    ) -> Result<(), Broken> {
        let queue = &mut self.sources.queues[place];
        queue.busy = queue.busy.saturating_sub(1);
        let name = queue.name;
        let Some(Ok(answer)) = answer.filter(|_| acknowledged) else { return self.look_at_queue(place) };
        let failed = failures(&answer);
        for message in messages.iter().filter(|message| !failed.contains(&message.id.as_str())) {
            if !self.strikes(Fault::LostAck) {
                // A receipt may have run out meanwhile: then the message is someone else's.
                let _ = self.local.aws().delete(name, &message.receipt);
            }
        }
        self.look_at_queue(place)
    }

    fn read(&mut self, reader: usize, place: usize) {
        let plan = STREAM_READERS[reader];
        if self.strikes(Fault::Late) {
            self.sources.shards[reader][place].held = true;
            return;
        }
        let done = self.sources.shards[reader][place].done;
        if done > 0 && self.strikes(Fault::Replayed) {
            let back = 1 + self.turns.below(done.min(8));
            self.sources.shards[reader][place].done -= back;
        }
        let shard = &self.sources.shards[reader][place];
        let mut size = shard.left().min(plan.batch).min(shard.limit.unwrap_or(usize::MAX)).max(1);
        let from = shard.done;
        if size > 1 && self.strikes(Fault::Cut) {
            size = 1 + self.turns.below(size - 1);
        }
        let wanted = &self.sources.shards[reader][place].wanted[from..from + size];
        let records: Vec<Value> = wanted.iter().map(|record| self.history[*record].record.clone()).collect();
        self.sources.shards[reader][place].busy = true;
        self.take_off(plan.function, json!({"Records": records}), Cause::Records(reader, place, size));
    }

    fn records_done(
        &mut self,
        reader: usize,
        place: usize,
        count: usize,
        answer: Option<Result<Value, InvokeError>>,
    ) -> Result<(), Broken> {
        let now = self.now();
        let lost = self.strikes(Fault::LostAck);
        let shard = &mut self.sources.shards[reader][place];
        shard.busy = false;
        let wanted = &shard.wanted[shard.done..shard.done + count];
        let done = match &answer {
            Some(Ok(answer)) => {
                let failed = failures(answer);
                let number = |place: &usize| self.history[*place].record["dynamodb"]["SequenceNumber"].as_str();
                let first =
                    wanted.iter().position(|place| number(place).is_some_and(|number| failed.contains(&number)));
                // An identifier that names no record fails the whole batch.
                if failed.is_empty() { count } else { first.unwrap_or(0) }
            }
            _ => 0,
        };
        if done == count {
            (shard.tries, shard.limit, shard.not_before) = (0, None, None);
            shard.done += if lost { 0 } else { done };
            return Ok(());
        }
        shard.done += done;
        shard.tries = if done > 0 { 1 } else { shard.tries + 1 };
        shard.limit = Some(((count - done) / 2).max(1));
        shard.not_before = Some(now + TimeDelta::seconds(i64::from(shard.tries).pow(2).min(300)));
        let (tries, age) = PATIENCE[reader];
        let next = shard.wanted[shard.done];
        if shard.tries > tries || now - self.history[next].at > age {
            shard.done += 1;
            (shard.tries, shard.limit, shard.not_before) = (0, None, None);
            let letter = json!({"reader": reader, "number": self.history[next].record["dynamodb"]["SequenceNumber"]});
            self.local.aws().send(STREAM_DEAD, &letter.to_string(), None)?;
            self.count("stream letter");
        }
        Ok(())
    }

    fn tick_done(&mut self, tick: Tick, answer: Option<Result<Value, InvokeError>>) -> Result<(), Broken> {
        let capped = matches!(&answer, Some(Ok(report)) if report["capped"] == true);
        if capped || !matches!(answer, Some(Ok(_))) {
            if !capped && tick.tries >= TICK_TRIES {
                self.local.aws().send(SCHEDULES_DEAD, &tick.event().to_string(), None)?;
                self.count("schedule letter");
                return Ok(());
            }
            let start = self.now() + TimeDelta::minutes(i64::from(tick.tries) + 1);
            self.ticks.waiting.push(Tick { start, tries: tick.tries + 1, ..tick });
        }
        Ok(())
    }

    /// One more of something.
    pub fn count(&mut self, what: &str) {
        *self.done.entry(what.to_owned()).or_default() += 1;
    }
}

/// What a batch's answer says has failed.
pub fn failures(answer: &Value) -> Vec<&str> {
    let all = answer["batchItemFailures"].as_array().into_iter().flatten();
    all.map(|failure| failure["itemIdentifier"].as_str().unwrap_or_default()).collect()
}
