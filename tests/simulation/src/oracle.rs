//! What was committed, in the order in which it was: read from the table's stream alone, with a merge of its own. From it actors get
//! their news, and what they were shown is judged by it (7). Never here: what the system answers.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;

use crate::error::Broken;

/// No clock is further off than this.
const SKEW: TimeDelta = TimeDelta::seconds(5);

/// A queue: organisation, language, birth year, stream.
pub type Queue = (String, String, i32, String);

/// Who waits in a queue, by lane; the phase, and since when it is so.
#[derive(Debug, Clone, Default)]
pub struct Line {
    lanes: [BTreeSet<(i64, String)>; 3],
    phase: Option<(u8, DateTime<Utc>)>,
}

/// How first-priority and general alternate (`P10.d`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Turns {
    /// General ones to one of first priority.
    pub general: u8,
    /// The phase of a new queue.
    pub start: u8,
    /// How many general ones there were to one of first priority at the beginning of each day: a policy that came and went has capped what
    /// was counted before.
    pub days: Vec<(DateTime<Utc>, u8)>,
}

/// The lanes by their names.
pub const LANES: [&str; 3] = ["out-of-turn", "first-priority", "general"];

impl Line {
    /// The number of one who waits, by taking one after the other as offers do; none if it doesn't wait.
    #[must_use]
    pub fn number(&self, id: &str, turns: &Turns) -> Option<u64> {
        let mut left = self.lanes.each_ref().map(|lane| lane.iter().map(|(_, id)| id.as_str()).peekable());
        let capped = |(phase, since): (u8, DateTime<Utc>)| {
            turns.days.iter().filter(|(day, _)| *day > since).map(|(_, general)| *general).fold(phase, u8::min)
        };
        let mut phase = self.phase.map_or(turns.start, capped).min(turns.general);
        for number in 1.. {
            let [out_of_turn, first, general] = &mut left;
            let taken = if out_of_turn.peek().is_some() {
                out_of_turn.next()
            } else if first.peek().is_some() && (phase == turns.general || general.peek().is_none()) {
                phase = 0;
                first.next()
            } else {
                phase = (phase + 1).min(turns.general);
                general.next()
            };
            match taken {
                Some(taken) if taken == id => return Some(number),
                Some(_) => {}
                None => return None,
            }
        }
        None
    }

    /// How many wait in each lane.
    #[must_use]
    pub fn totals(&self) -> [u64; 3] {
        self.lanes.each_ref().map(|lane| lane.len() as u64)
    }
}

/// What is constant of an application.
#[derive(Debug, Clone)]
pub struct Facts {
    language: String,
    year: i32,
    stream: String,
    /// The last of its events.
    pub seq: u32,
    /// The last of its referrals.
    pub referral: Option<String>,
}

/// The oracle.
#[derive(Debug, Default)]
pub struct Oracle {
    /// The applications.
    pub applications: BTreeMap<String, Facts>,
    lines: BTreeMap<Queue, Line>,
    /// Whom something happened to since it was last asked.
    pub news: BTreeSet<String>,
    /// The queues that changed since it was last asked.
    pub changed: BTreeSet<Queue>,
    /// Which events happened, by name.
    pub happened: BTreeMap<String, u64>,
}

impl Oracle {
    /// The queue of an application at an organisation.
    #[must_use]
    pub fn queue(&self, id: &str, organisation: &str) -> Option<Queue> {
        let facts = self.applications.get(id)?;
        Some((organisation.to_owned(), facts.language.clone(), facts.year, facts.stream.clone()))
    }

    /// A queue's line.
    #[must_use]
    pub fn line(&self, queue: &Queue) -> Option<&Line> {
        self.lines.get(queue)
    }

    /// A record of the stream, committed at an instant.
    ///
    /// # Errors
    /// An event is ahead of its time (9), or tells what can't be.
    pub fn take(&mut self, record: &Value, now: DateTime<Utc>) -> Result<(), Broken> {
        let image = &record["dynamodb"]["NewImage"];
        let text = |name: &str| image[name]["S"].as_str().unwrap_or_default();
        let Some(id) = text("pk").strip_prefix("A#") else { return Ok(()) };
        if text("kind") == "application" {
            let year = text("born").get(..4).and_then(|year| year.parse().ok()).unwrap_or(0);
            let facts = Facts {
                language: text("lang").to_owned(),
                year,
                stream: text("st").to_owned(),
                seq: 0,
                referral: None,
            };
            self.applications.entry(id.to_owned()).or_insert(facts);
        }
        if text("kind") != "event" || record["eventName"] != "INSERT" {
            return Ok(());
        }
        let event: Value = serde_json::from_str(text("body"))
            .map_err(|_| Broken::promise(11, format!("an event that can't be read: {}", text("sk"))))?;
        let at = event["at"].as_str().and_then(|at| at.parse::<DateTime<Utc>>().ok());
        let at = at.ok_or_else(|| Broken::promise(11, "an event without an instant"))?;
        if at > now + SKEW {
            return Err(Broken::promise(9, format!("A#{id} {} says {at} and was written at {now}", text("sk"))));
        }
        if let Some(facts) = self.applications.get_mut(id) {
            facts.seq = text("sk").trim_start_matches("E#").parse().unwrap_or(facts.seq);
        }
        for fact in event["facts"].as_array().into_iter().flatten() {
            if let (Some(referral), Some(facts)) = (fact["referral"].as_str(), self.applications.get_mut(id)) {
                facts.referral = Some(referral.to_owned());
            }
            *self.happened.entry(fact["what"].as_str().unwrap_or_default().to_owned()).or_default() += 1;
        }
        // Who came to wait is told at the queue that gave the number.
        for _ in event["queues"].as_array().into_iter().flatten().filter(|trace| !trace["number"].is_null()) {
            *self.happened.entry("queued".to_owned()).or_default() += 1;
        }
        self.news.insert(id.to_owned());
        for trace in event["queues"].as_array().into_iter().flatten() {
            self.trace(id, at, trace)?;
        }
        Ok(())
    }

    fn trace(&mut self, id: &str, at: DateTime<Utc>, trace: &Value) -> Result<(), Broken> {
        let organisation = trace["organisation"].as_str().unwrap_or_default();
        let queue = self.queue(id, organisation);
        let queue = queue.ok_or_else(|| Broken::promise(11, format!("A#{id} has an event and no item")))?;
        let line = self.lines.entry(queue.clone()).or_default();
        let place = |place: &Value| {
            let lane = LANES.iter().position(|lane| place["lane"] == *lane)?;
            let order = match place["submittedAt"].as_str() {
                Some(submitted) => submitted.parse::<DateTime<Utc>>().ok()?,
                None => at,
            };
            Some((lane, (order.timestamp_millis(), id.to_owned())))
        };
        if let Some((lane, place)) = place(&trace["departed"])
            && !line.lanes[lane].remove(&place)
        {
            return Err(Broken::promise(11, format!("A#{id} left {queue:?} where it didn't stand")));
        }
        if let Some((lane, place)) = place(&trace["arrived"])
            && !line.lanes[lane].insert(place)
        {
            return Err(Broken::promise(11, format!("A#{id} came to {queue:?} where it stood")));
        }
        line.phase = trace["phase"].as_u64().and_then(|phase| Some((u8::try_from(phase).ok()?, at)));
        self.changed.insert(queue);
        Ok(())
    }
}
