//! The scene in which operations are measured: four kindergartens, a queue of a given length at each, and families that come on
//! top of those who wait already. Everything is done through the functions; only the length of the queues is put there.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use kezek_fixtures as fixtures;
use kezek_rules::ids::Bin;
use kezek_rules::organisation::Kato;
use kezek_rules::queue::{Lane, Language, QueueKey, Stream};
use serde_json::{Value, json};

use super::limits::{ACCEPT, ASK, CONTEND, EXPIRE, FOLD, IDLE, NUMBER, OFFER, SUBMIT};
use super::parts::{each, message, of, planted};
use super::table::Reading;
use crate::{
    functions::Function,
    gateway::{Request, Response},
    keys::TokenRequest,
    ledger::Sum,
    world::{self, Local, Options},
};

const SETTLEMENT: &str = "750000000";
const BORN: &str = "2022-05-14";
const START: &str = "2026-01-12T04:00:00.000Z";
/// Families that stand first; everyone planted stands behind them.
const HEADS: u32 = 60;
/// Families whose submissions are measured: as many as fold the queues several times.
const COMERS: u32 = 32;
/// Offers of each kind that are measured.
const OFFERS: u32 = 16;

/// As long as the deployed functions keep it.
const KEEP_CONFIG: TimeDelta = kezek_shell::settings::KEEP_CONFIG;

/// Nothing could be measured.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The base failed.
    #[error("the base failed")]
    World(#[from] world::Error),
    /// The table failed.
    #[error("the table failed")]
    Store(#[from] kezek_store::StoreError),
    /// A step got an answer that isn't the one it is measured for.
    #[error("{0}")]
    Answer(String),
    /// The table of readings can't be written.
    #[error("the file can't be written")]
    File(#[from] std::io::Error),
}

/// Measures all operations with queues of this length.
///
/// # Errors
/// The base failed, or something else happened than what is measured.
pub async fn measure(waiting: u64) -> Result<Vec<Reading>, Error> {
    let mut scene = Scene::open(waiting).await?;
    let mut readings = scene.submissions().await?;
    readings.push(scene.numbers().await?);
    // In December, before anyone has an offer: then no vacancy wanders on through the months.
    readings.extend(scene.clocks().await?);
    readings.extend(scene.offers().await?);
    readings.push(scene.contention().await?);
    Ok(readings)
}

struct Scene {
    local: Arc<Local>,
    waiting: u64,
    gardens: Vec<Bin>,
    /// The applications, by family.
    families: Vec<String>,
}

impl Scene {
    async fn open(waiting: u64) -> Result<Self, Error> {
        let start = START.parse().map_err(|_| Error::Answer("the start is no instant".to_owned()))?;
        let options =
            Options { start: Some(start), seed: Some(1), keep_config: Some(KEEP_CONFIG), ..Options::default() };
        let local = Local::open(options).await?;
        let gardens: Vec<Bin> = (1..=4).map(fixtures::bin).collect();
        let mut scene = Self { local, waiting, gardens, families: Vec::new() };
        let officer =
            TokenRequest { scope: "officer".to_owned(), territory: Some("75".to_owned()), ..TokenRequest::default() };
        for garden in &scene.gardens {
            let path = format!("/v1/workplace/organisations/{garden}");
            scene.ask(&officer, "PUT", &path, &fixtures::organisation(SETTLEMENT), 201).await?;
        }
        for _ in 0..HEADS {
            scene.submit().await?;
        }
        scene.local.drain().await?;
        for garden in &scene.gardens {
            scene.plant(*garden).await?;
        }
        scene.local.travel(start + TimeDelta::hours(2)).await?;
        scene.local.ledger().open();
        Ok(scene)
    }

    /// Lets a queue be as long as it is to be.
    async fn plant(&self, garden: Bin) -> Result<(), Error> {
        let store = self.local.store();
        let key = QueueKey {
            organisation: garden,
            language: "kk".parse::<Language>().map_err(|_| Error::Answer("no language".to_owned()))?,
            birth_year: 2022,
            stream: Stream::General,
        };
        let settlement: Kato = SETTLEMENT.parse().map_err(|_| Error::Answer("no settlement".to_owned()))?;
        let queue = store.queue(&key, settlement).await?;
        let mut places = Vec::new();
        for lane in Lane::ALL {
            places.extend(store.places(&queue, lane, 1, HEADS as usize).await?);
        }
        let from = self.local.now() + TimeDelta::seconds(1);
        places.extend((places.len() as u64..self.waiting).map(|n| planted(n, from)));
        store.replant(&key, places).await?;
        Ok(())
    }

    async fn ask(
        &self,
        who: &TokenRequest,
        method: &str,
        path: &str,
        body: &Value,
        status: u16,
    ) -> Result<Response, Error> {
        let request = Request::new(method, path).bearer(&self.local.token(who)?);
        let request = if body.is_null() { request } else { request.json(body) };
        let response = self.local.request(request).await;
        if response.status == status {
            Ok(response)
        } else {
            Err(Error::Answer(format!("{method} {path}: {} {}", response.status, response.json())))
        }
    }

    async fn submit(&mut self) -> Result<(), Error> {
        let family = self.families.len() as u32;
        let child = fixtures::iin(500_000 + family);
        let body = fixtures::application(fixtures::iin(family), child, BORN, &self.gardens);
        let body = fixtures::with_benefit(body, 13, "2026-01-05");
        let answer = self.ask(&parent(family), "POST", "/v1/applications", &body, 201).await?.json();
        self.families.push(answer["id"].as_str().unwrap_or_default().to_owned());
        Ok(())
    }

    fn reading(&self, operation: &'static str, done: u64, sum: Sum) -> Reading {
        Reading { operation, waiting: self.waiting, successes: done.max(1) as f64, usage: each(sum.usage, done) }
    }

    async fn submissions(&mut self) -> Result<Vec<Reading>, Error> {
        let _ = self.local.ledger().take();
        for _ in 0..COMERS {
            self.submit().await?;
        }
        self.local.drain().await?;
        let sums = self.local.ledger().take();
        let submitted = of(&sums, Function::ApplicationIntake, "POST /v1/applications");
        // The stream's reader folds, and writes the notice, which has a price of its own: one item.
        let folded = of(&sums, Function::EventPublisher, "stream");
        Ok(vec![self.reading(SUBMIT, submitted.invocations, submitted), self.reading(FOLD, u64::from(COMERS), folded)])
    }

    /// The numbers of families one after the other: only the first reading of a queue fetches the inner pages of its tree.
    async fn numbers(&self) -> Result<Reading, Error> {
        let _ = self.local.ledger().take();
        for family in HEADS..HEADS + COMERS {
            let path = format!("/v1/applications/{}/position", self.families[family as usize]);
            self.ask(&parent(family), "GET", &path, &Value::Null, 200).await?;
        }
        let sum = of(&self.local.ledger().take(), Function::QueueView, "GET /v1/applications/{id}/position");
        Ok(self.reading(NUMBER, sum.invocations * self.gardens.len() as u64, sum))
    }

    /// The yearly questions, all due at one instant, and sweeps that find nothing due.
    async fn clocks(&self) -> Result<Vec<Reading>, Error> {
        self.local.travel(at("2026-12-12T03:59:59.999Z")).await?;
        let _ = self.local.ledger().take();
        self.local.travel(at("2026-12-12T04:00:00.000Z")).await?;
        let asked = of(&self.local.ledger().take(), Function::ExpirySweep, "confirmations");
        self.local.travel(at("2026-12-14T06:00:00.000Z")).await?;
        let _ = self.local.ledger().take();
        let mut idle = Sum::default();
        for sweep in ["deadlines", "confirmations", "age-outs", "overdue"] {
            let event = json!({"sweep": sweep, "scheduledTime": world::text(self.local.now())});
            self.invoke(Function::ExpirySweep, &event).await?;
            idle.usage += of(&self.local.ledger().take(), Function::ExpirySweep, sweep).usage;
            idle.invocations += 1;
        }
        Ok(vec![self.reading(ASK, self.families.len() as u64, asked), self.reading(IDLE, idle.invocations, idle)])
    }

    /// Offers one by one, then answers, then silence.
    async fn offers(&self) -> Result<Vec<Reading>, Error> {
        let mut offered = Sum::default();
        let _ = self.local.ledger().take();
        for n in 0..OFFERS {
            self.bulletin(&format!("offer-{n}"), 1).await?;
            let sum = of(&self.local.ledger().take(), Function::Allocation, "allocation.fifo");
            offered.invocations += 1;
            offered.usage += sum.usage;
        }
        for family in 0..OFFERS / 2 {
            self.accept(family).await?;
        }
        let accepted = of(&self.local.ledger().take(), Function::Allocation, ANSWER);
        // The others say nothing: their offers end at one instant, at the end of the second day after.
        let silent = u64::from(OFFERS - OFFERS / 2);
        self.local.travel(at("2026-12-16T18:59:59.999Z")).await?;
        let _ = self.local.ledger().take();
        self.local.travel(at("2026-12-16T19:00:00.000Z")).await?;
        let expired = of(&self.local.ledger().take(), Function::ExpirySweep, "deadlines");
        Ok(vec![
            self.reading(OFFER, offered.invocations, offered),
            self.reading(ACCEPT, accepted.invocations, accepted),
            self.reading(EXPIRE, silent, expired),
        ])
    }

    async fn accept(&self, family: u32) -> Result<(), Error> {
        let id = &self.families[family as usize];
        let seen = self.ask(&parent(family), "GET", &format!("/v1/applications/{id}"), &Value::Null, 200).await?.json();
        let offer = seen["offers"][0]["id"].as_str().unwrap_or_default();
        let path = format!("/v1/applications/{id}/offers/{offer}/answer");
        self.ask(&parent(family), "POST", &path, &json!({"answer": "accept"}), 200).await?;
        Ok(())
    }

    /// Eight allocators at one queue, with as many open seats.
    async fn contention(&self) -> Result<Reading, Error> {
        let body = self.bulletin_body("contended", 8);
        self.invoke(Function::VacancyIngestion, &message("bulletins", &body)).await?;
        let _ = self.local.ledger().take();
        let wake = message("allocation.fifo", &json!({"organisation": self.gardens[0]}));
        let mut allocators = tokio::task::JoinSet::new();
        for _ in 0..8 {
            let (functions, wake) = (Arc::clone(&self.local.functions), wake.clone());
            allocators.spawn(async move { functions.invoke(Function::Allocation, wake).await });
        }
        // Whoever meets the others too often gives up, and the queue hands the wake-up over again.
        while let Some(done) = allocators.join_next().await {
            done.map_err(|error| Error::Answer(error.to_string()))?
                .map_err(|error| Error::Answer(error.to_string()))?;
        }
        let sum = of(&self.local.ledger().take(), Function::Allocation, "allocation.fifo");
        self.local.drain().await?;
        Ok(self.reading(CONTEND, 8, sum))
    }

    async fn invoke(&self, function: Function, event: &Value) -> Result<(), Error> {
        let answer = self.local.functions.invoke(function, event.clone()).await;
        let answer = answer.map_err(|error| Error::Answer(error.to_string()))?;
        match answer["batchItemFailures"].as_array() {
            Some(failures) if !failures.is_empty() => Err(Error::Answer(format!("{}: {answer}", function.name()))),
            _ => Ok(()),
        }
    }

    fn bulletin_body(&self, id: &str, count: u32) -> Value {
        json!({"bulletinId": id, "organisation": self.gardens[0], "issuedAt": world::text(self.local.now()), "kind": "current",
            "lines": [{"line": 1, "count": count, "groupType": "middle", "language": "kk", "regimeHours": 9,
                "birthYears": [2022]}]})
    }

    async fn bulletin(&self, id: &str, count: u32) -> Result<(), Error> {
        self.local.bulletin(&self.bulletin_body(id, count).to_string()).await?;
        self.local.drain().await?;
        Ok(())
    }
}

const ANSWER: &str = "POST /v1/applications/{id}/offers/{offerId}/answer";

fn parent(family: u32) -> TokenRequest {
    let iin = fixtures::iin(family).as_str().to_owned();
    TokenRequest { scope: "applicant".to_owned(), iin: Some(iin), ..TokenRequest::default() }
}

fn at(instant: &str) -> DateTime<Utc> {
    instant.parse().unwrap_or_default()
}
