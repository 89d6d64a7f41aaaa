//! The life of one application as its history tells it: each fact changes a small state, by the Order and not by the code that wrote
//! the fact. A fact that can't follow from what was before, or that came too early or too late, is a breach; one that isn't known
//! changes nothing and is noted.

mod facts;
mod held;
mod parts;

use chrono::NaiveDate;
use serde_json::{Value as Json, json};

use crate::breach::Invariant;
use crate::ids::{Id, Name, Names, ReferralId};
use crate::model::{App, Lane, Past, Place, Status};
use crate::time::{self, Ms};
use parts::{Parts, tells};

/// An event of the history.
#[derive(Debug)]
pub(crate) struct Event {
    pub seq: u32,
    pub at: Ms,
    pub policy: Name,
    pub calendar: i64,
    pub facts: Vec<Json>,
    pub queues: Vec<Json>,
    /// The change of a mixed-age group: its sequence there, and the phase after it.
    pub mixed: Option<(u64, u8)>,
}

impl Event {
    /// An event's body; none if it has no instant or no facts.
    pub fn read(names: &mut Names, seq: u32, body: &str) -> Option<Self> {
        let mut json: Json = serde_json::from_str(body).ok()?;
        let mut list = |name: &str| match json[name].take() {
            Json::Array(list) => Some(list),
            _ => None,
        };
        let (mut facts, queues) = (list("facts")?, list("queues")?);
        // Who came to wait is told at the queue that gave the number.
        for queue in queues.iter().filter(|queue| !queue["number"].is_null()) {
            facts.push(json!({"what": "queued", "organisation": queue["organisation"], "number": queue["number"]}));
        }
        let at = json["at"].as_str().and_then(time::instant)?;
        let mixed = match &json["mixed"] {
            Json::Null => None,
            trace => Some((trace["seq"].as_u64()?, u8::try_from(trace["phase"].as_u64()?).ok()?)),
        };
        let policy = names.of(json["policy"].as_str()?);
        Some(Self { seq, at, policy, calendar: json["calendar"].as_i64()?, facts, queues, mixed })
    }

    pub fn has(&self, what: &str) -> bool {
        self.facts.iter().any(|fact| fact["what"] == what)
    }
}

/// A deadline whose length only a policy tells: checked once all policies were read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Early {
    pub app: Id,
    pub seq: u32,
    pub at: Ms,
    pub policy: Name,
    pub what: EarlyWhat,
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum EarlyWhat {
    /// The offer was made then, and is to be answered by then.
    Reminder(Ms, Ms),
    /// The yearly question was asked for the first or second time, to be answered by then.
    Interest(u8, Ms),
    /// The child is too old.
    TooOld,
}

/// An offer under way.
#[derive(Debug, Clone, Copy)]
struct Offer {
    organisation: Name,
    offer: Id,
    seat: Id,
    at: Ms,
    by: Ms,
}

/// A referral under way or ended.
#[derive(Debug, Clone)]
pub(crate) struct Issued {
    pub id: ReferralId,
    pub organisation: Name,
    pub seat: Id,
    pub status: &'static str,
    until: Ms,
    check: Option<(Ms, i64)>,
}

/// A contract.
#[derive(Debug, Clone)]
pub(crate) struct Formed {
    pub referral: ReferralId,
    pub status: &'static str,
    sign_by: Ms,
    temporary: Option<NaiveDate>,
}

/// The state that the history comes to.
#[derive(Debug)]
pub(crate) struct Life {
    pub status: Status,
    pub reason: Option<Name>,
    pub lane: Lane,
    pub entries: Vec<(Name, Place)>,
    pub not_before: Option<NaiveDate>,
    pub stage: u8,
    pub referral: Option<Issued>,
    pub contract: Option<Formed>,
    /// The contract of a temporary place in force, while another one is formed and not signed (`P23.c`).
    pub aside: Option<Formed>,
    pub past: Past,
    pub early: Vec<Early>,
    offers: Vec<Offer>,
    accepted: Option<(Name, Id)>,
    accepted_at: Ms,
    /// What was found.
    pub found: Vec<(Invariant, String)>,
    pub unknown: Vec<String>,
    app: Id,
    begun: bool,
}

impl Life {
    pub fn new(app: Id) -> Self {
        Self {
            status: Status::Accepted,
            reason: None,
            lane: 2,
            entries: Vec::new(),
            not_before: None,
            stage: 0,
            referral: None,
            contract: None,
            aside: None,
            past: Past::default(),
            early: Vec::new(),
            offers: Vec::new(),
            accepted: None,
            accepted_at: 0,
            found: Vec::new(),
            unknown: Vec::new(),
            app,
            begun: false,
        }
    }

    fn breach(&mut self, invariant: Invariant, event: &Event, text: &str) {
        self.found.push((invariant, format!("A#{:032x}/E#{:06}: {text}", self.app, event.seq)));
    }

    /// A clock ran out, or something was done in time: `at` must not be before `due`.
    fn not_before(&mut self, event: &Event, due: Option<Ms>, what: &str) {
        if let Some(due) = due.filter(|due| event.at < *due) {
            self.breach(Invariant::Deadline, event, &format!("{what} before {}", time::shown(due)));
        }
    }

    fn in_time(&mut self, event: &Event, by: Option<Ms>, what: &str) {
        if let Some(by) = by.filter(|by| event.at >= *by) {
            self.breach(Invariant::Deadline, event, &format!("{what} after {}", time::shown(by)));
        }
    }

    fn place(&mut self, organisation: Name) -> Option<&mut Place> {
        self.entries.iter_mut().find(|(known, _)| *known == organisation).map(|(_, place)| place)
    }

    fn set(&mut self, organisation: Name, to: Place) {
        match self.place(organisation) {
            Some(place) => *place = to,
            None => self.entries.push((organisation, to)),
        }
    }

    fn kind(&self, organisation: Name) -> &'static str {
        let found = self.entries.iter().find(|(known, _)| *known == organisation);
        found.map_or("unknown", |(_, place)| place.kind())
    }

    /// Where an entry goes that comes to its queue: while the place isn't wanted it rests.
    fn arrive(&mut self, organisation: Name) {
        let to = if self.not_before.is_some() { Place::Dormant } else { Place::Waiting };
        self.set(organisation, to);
    }

    /// Takes an offer that ends; it must be the one that the entry holds.
    fn close(&mut self, event: &Event, organisation: Name, id: Option<Id>) -> Option<Offer> {
        let at = self.offers.iter().position(|made| made.organisation == organisation && Some(made.offer) == id);
        let Some(at) = at else {
            self.breach(Invariant::History, event, "the end of an offer that isn't open");
            return None;
        };
        let ended = self.offers.remove(at);
        self.past.offers.push((ended.at, event.at));
        Some(ended)
    }

    fn leave_all(&mut self, event: &Event) {
        self.entries.iter_mut().for_each(|(_, place)| *place = Place::Left);
        for ended in std::mem::take(&mut self.offers) {
            self.past.offers.push((ended.at, event.at));
        }
        self.past.register = None;
    }

    /// Replays one event.
    pub fn apply(&mut self, names: &mut Names, app: Option<&App>, event: &Event) {
        let before = self.entries.clone();
        if event.facts.is_empty() {
            self.breach(Invariant::History, event, "an event without a fact");
        }
        for fact in &event.facts {
            let what = fact["what"].as_str().unwrap_or_default();
            // What a refusal names comes with it, and a contract outlives its application.
            let ended = !self.status.is_live() && !["contract-terminated", "documents-lacking"].contains(&what);
            if ended {
                self.breach(Invariant::Kept, event, &format!("{what} after the end of the application"));
            }
            if self.begun == (what == "registered") {
                self.breach(Invariant::History, event, &format!("{what} at the wrong end of the history"));
            }
            self.begun = true;
            if !self.fact(names, event, what, fact, &before) {
                self.unknown.push(what.to_owned());
            }
        }
        if self.entries.iter().filter(|(_, place)| *place != Place::Left).count() > 4 {
            self.breach(Invariant::Entries, event, "more than four live entries");
        }
        if event.facts.iter().any(|fact| fact["what"] == "archived" && fact["reason"] == "age-limit")
            && app.is_some_and(|app| !app.pmpc)
        {
            let policy = app.map_or(event.policy, |app| app.policy);
            self.early.push(Early { app: self.app, seq: event.seq, at: event.at, policy, what: EarlyWhat::TooOld });
        }
        if tells(event) {
            self.past.untold.push((event.seq, event.at));
        }
        self.past.last = event.at;
    }

    /// The offers that are still open hold to the end.
    pub fn finish(&mut self) {
        for open in std::mem::take(&mut self.offers) {
            self.past.offers.push((open.at, Ms::MAX));
        }
    }
}
