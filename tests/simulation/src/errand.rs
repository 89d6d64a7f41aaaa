//! Errands: a request that someone makes until it has an answer, as a portal does, and what the answers are held against: 7 what was
//! shown was true, 10 a repetition gets the same answer and changes nothing, 14 no one gets what isn't theirs. Never here: why people
//! ask, and what they do about it.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use kezek_local::{
    functions::InvokeError,
    gateway::{self, Request, Response},
};
use serde_json::Value;

use crate::{door::Air, error::Broken, faults::Fault, flight::Cause, sim::Sim, watch::Watch};

/// A portal gives up after so many tries.
const TRIES_MAX: u32 = 9;

/// What an errand is.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    /// A submission of a family.
    Submit(usize),
    /// A family looks at its application.
    Look(usize),
    /// A family asks where it stands.
    Position(usize),
    /// A family does something with its application.
    Act(usize),
    /// The same again as was answered before with this, which must change nothing.
    Again(u16, Vec<u8>),
    /// Someone reaches for what isn't theirs.
    Stranger,
    /// A kindergarten looks at its referrals or vacancies.
    Garden(usize, &'static str),
    /// A parent complains.
    Complaint(u32),
    /// An officer looks at the tasks.
    Tasks,
    /// Anything else.
    Other,
}

/// An errand.
#[derive(Debug, Clone)]
pub struct Errand {
    /// Its number.
    pub id: u64,
    /// What it is.
    pub kind: Kind,
    /// What is asked.
    pub request: Request,
    /// Whose application it is about, if it is about one.
    pub about: Option<String>,
    /// When it is sent, or sent again.
    pub ready_at: DateTime<Utc>,
    tries: u32,
    in_air: usize,
    answers: Vec<Response>,
    events: Vec<(String, u32)>,
    watches: Vec<Watch>,
}

impl Errand {
    /// The answers that it got.
    #[must_use]
    pub fn answers(&self) -> &[Response] {
        &self.answers
    }

    /// Whether it can be sent.
    #[must_use]
    pub fn is_ready(&self, now: DateTime<Utc>) -> bool {
        self.in_air == 0 && self.ready_at <= now
    }
}

impl Sim {
    /// Somebody goes about something.
    pub fn errand(&mut self, kind: Kind, about: Option<String>, request: Request) {
        let (id, ready_at) = (self.number(), self.now());
        self.errands.push(Errand {
            id,
            kind,
            request,
            about,
            ready_at,
            tries: 0,
            in_air: 0,
            answers: Vec::new(),
            events: Vec::new(),
            watches: Vec::new(),
        });
    }

    /// Sends an errand's request, now and then twice at once.
    ///
    /// # Errors
    /// There is no such route.
    pub fn send(&mut self, place: usize) -> Result<(), Broken> {
        let watches = self.watches_of(place)?;
        let twice = self.strikes(Fault::ClientTwice);
        let errand = &mut self.errands[place];
        errand.tries += 1;
        errand.watches = watches;
        errand.in_air = if twice { 2 } else { 1 };
        let (id, request) = (errand.id, errand.request.clone());
        let target = gateway::find(&request.method, &request.path);
        let target = target.ok_or_else(|| Broken::simulation(format!("no route {}", request.path)))?;
        let event = gateway::event(&request, &target.route, &target.parameters, self.now());
        for _ in 0..if twice { 2 } else { 1 } {
            self.take_off(target.function, event.clone(), Cause::Errand(id));
        }
        Ok(())
    }

    /// An invocation for an errand has ended.
    ///
    /// # Errors
    /// The answer breaks the promise.
    pub fn answered(
        &mut self,
        id: u64,
        answer: Option<Result<Value, InvokeError>>,
        events: &[(String, u32)],
        air: &Air,
    ) -> Result<(), Broken> {
        let lost = self.strikes(Fault::ClientLost);
        let Some(place) = self.errands.iter().position(|errand| errand.id == id) else { return Ok(()) };
        let now = self.now();
        let errand = &mut self.errands[place];
        errand.in_air -= 1;
        errand.events.extend_from_slice(events);
        let response = answer.and_then(Result::ok).as_ref().and_then(Response::from_answer);
        if let Some(response) = response {
            if response.status < 500 && response.status >= 400 && !events.is_empty() {
                let text = format!("{} and yet changed {events:?}: {}", said(errand, &response), response.json());
                return Err(Broken::promise(10, text));
            }
            if response.status == 500 && !air.struck {
                return Err(Broken::simulation(format!("{} without a fault", said(errand, &response))));
            }
            if response.status < 500 && !lost {
                errand.answers.push(response);
            }
        }
        if errand.in_air > 0 {
            return Ok(());
        }
        if errand.answers.is_empty() {
            if errand.tries < TRIES_MAX {
                errand.ready_at = now + TimeDelta::milliseconds(200 * i64::from(errand.tries).pow(2));
            } else {
                self.errands.swap_remove(place);
                self.count("given up");
            }
            return Ok(());
        }
        let errand = self.errands.swap_remove(place);
        self.hold(&errand)?;
        self.told(&errand)
    }

    /// Holds the answers against what was committed.
    fn hold(&mut self, errand: &Errand) -> Result<(), Broken> {
        let ours = |id: &String, seq: u32| self.oracle.applications.get(id).is_some_and(|facts| facts.seq == seq);
        for response in &errand.answers {
            let status = response.status;
            match &errand.kind {
                Kind::Stranger if status < 300 => {
                    return Err(Broken::promise(14, said(errand, response)));
                }
                Kind::Again(before, body) => {
                    let same = *before == status && (body.is_empty() || *body == response.body);
                    if !same || !errand.events.is_empty() {
                        let text = format!("{}, and before it was {before}", said(errand, response));
                        return Err(Broken::promise(10, format!("{text}\n{}\n{}", response.json(), text_of(body))));
                    }
                }
                _ => {}
            }
            let last = errand.events.last().filter(|(id, seq)| ours(id, *seq));
            // Whoever names a version is told that it has moved, though by the own request; whoever put the first one and names none, that
            // there is another by now. What changed was the first part of a recount.
            let named = errand.request.headers.iter().any(|(name, value)| name == "if-match" && value != "*");
            let moved = if named { status == 412 } else { status == 428 && errand.request.method == "PUT" };
            if let Some((id, seq)) = last
                && status >= 400
                && !moved
            {
                let told = self.facts_of(id, *seq);
                let text = format!("{} after A#{id} E#{seq:06} {told}: {}", said(errand, response), response.json());
                return Err(Broken::promise(10, text));
            }
            self.shown(errand, response)?;
        }
        Ok(())
    }

    /// Every change of the partitions that a text names, as the table's stream tells it: what happened to what failed.
    #[must_use]
    pub fn changes_of(&self, text: &str) -> Vec<String> {
        let named: BTreeSet<&str> =
            text.split(|c: char| c.is_whitespace() || c == '/').filter(|word| word.contains('#')).collect();
        let image = |record: &Value| record["dynamodb"]["NewImage"].clone();
        let of = |image: &Value| image["pk"]["S"].as_str().is_some_and(|pk| named.contains(pk));
        let images = self.history.iter().map(|committed| (committed.at, image(&committed.record)));
        images.filter(|(_, image)| of(image)).map(|(at, image)| format!("{at} {image}")).collect()
    }

    /// What an event says, for a report.
    fn facts_of(&self, id: &str, seq: u32) -> String {
        let (pk, sk) = (format!("A#{id}"), format!("E#{seq:06}"));
        let of = |image: &Value| image["pk"]["S"] == pk.as_str() && image["sk"]["S"] == sk.as_str();
        let found = self.history.iter().rev().map(|committed| &committed.record["dynamodb"]["NewImage"]);
        found.filter(|image| of(image)).find_map(|image| image["body"]["S"].as_str()).unwrap_or_default().to_owned()
    }

    /// 7: the numbers that were shown were true at an instant inside the request.
    fn shown(&self, errand: &Errand, response: &Response) -> Result<(), Broken> {
        if errand.watches.is_empty() || response.status >= 300 {
            return Ok(());
        }
        let answer = response.json();
        for entry in answer["entries"].as_array().into_iter().flatten().filter(|entry| entry["status"] == "waiting") {
            let watch = errand.watches.iter().find(|watch| entry["organisation"] == watch.organisation.as_str());
            let (Some(watch), Some(number)) = (watch, entry["number"].as_u64()) else { continue };
            if !watch.numbers.contains(&number) {
                let text = format!(
                    "{}: A#{} is shown {number} in {:?}, true were {:?}",
                    said(errand, response),
                    watch.id,
                    watch.queue,
                    watch.numbers
                );
                return Err(Broken::promise(7, text));
            }
            if entry["waiting"].is_object() {
                let totals = crate::oracle::LANES.map(|lane| entry["waiting"][lane].as_u64().unwrap_or(0));
                if !watch.totals.contains(&totals) {
                    return Err(Broken::promise(
                        7,
                        format!("{:?}: {totals:?} wait, true was {:?}", watch.queue, watch.totals),
                    ));
                }
            }
        }
        Ok(())
    }

    /// What may be shown from now on.
    fn watches_of(&mut self, place: usize) -> Result<Vec<Watch>, Broken> {
        let errand = &self.errands[place];
        if !matches!(errand.kind, Kind::Look(_) | Kind::Position(_)) {
            return Ok(Vec::new());
        }
        let Some(id) = errand.about.clone() else { return Ok(Vec::new()) };
        let turns = self.turns_now()?;
        let mut watches = Vec::new();
        for garden in &self.people.gardens {
            let Some(queue) = self.oracle.queue(&id, garden.bin.as_str()) else { continue };
            watches.push(Watch::begin(&self.oracle, &id, garden.bin.as_str(), queue, turns.clone()));
        }
        Ok(watches)
    }

    /// Queues have changed: whoever is asking may be shown what is true now.
    pub fn watch(&mut self) {
        let changed = std::mem::take(&mut self.oracle.changed);
        let watches = self.errands.iter_mut().filter(|errand| errand.in_air > 0).flat_map(|errand| &mut errand.watches);
        for watch in watches.filter(|watch| changed.contains(&watch.queue)) {
            watch.look(&self.oracle);
        }
        self.spread_news();
    }
}

/// What was asked and how it was answered, in short.
fn said(errand: &Errand, response: &Response) -> String {
    let kind = match &errand.kind {
        Kind::Again(..) => "again".to_owned(),
        kind => format!("{kind:?}"),
    };
    format!("{kind}: {} {}: {}", errand.request.method, errand.request.path, response.status)
}

fn text_of(body: &[u8]) -> String {
    String::from_utf8_lossy(body).into_owned()
}
