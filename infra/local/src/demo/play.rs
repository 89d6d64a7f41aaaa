//! Playing a town: its steps are done one by one at their instants, through the same handlers as everything else, and what
//! people are told in between makes new steps. Only the name of the last finished step is kept: everything else follows from
//! the plan and from what was published, so a play that was killed anywhere goes on as if it hadn't been. Never here: the report.

mod acts;

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use chrono::{DateTime, Utc};
use kezek_rules::{ids::ApplicationId, step::Fact};
use serde::{Deserialize, Serialize};

use super::script::{self, Kind, Step};
use crate::{
    aws::PublishedEvent,
    city::{Blueprint, City, Family},
    world::{self, Local},
};

pub use acts::{explained, idempotency_key, register_organisations, tell_register, territory};

const RECORD: &str = "play";
const FINISHED: &str = "play-step";
/// Events read at once.
const PAGE: usize = 500;

/// The play couldn't go on.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The base failed.
    #[error("the base failed")]
    World(#[from] world::Error),
    /// The base is of another play, or of none.
    #[error("this base {0}: choose another directory with --data")]
    OtherBase(&'static str),
    /// A step got an answer that nothing explains.
    #[error("{step}: {status} {answer}")]
    Answer {
        /// Which step.
        step: String,
        /// The status of the answer.
        status: u16,
        /// What was answered.
        answer: String,
    },
}

impl From<crate::aws::Error> for Error {
    fn from(error: crate::aws::Error) -> Self {
        Self::World(error.into())
    }
}

impl From<kezek_store::StoreError> for Error {
    fn from(error: kezek_store::StoreError) -> Self {
        Self::World(error.into())
    }
}

/// What a base remembers of its play.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Record {
    seed: u64,
    town: String,
    families: usize,
    from: DateTime<Utc>,
    years: u32,
    #[serde(default = "one")]
    towns: usize,
    vacancies: bool,
}

const fn one() -> usize {
    1
}

impl Record {
    fn of(plan: &Blueprint, kind: Kind) -> Self {
        Self {
            seed: plan.seed,
            town: plan.town.clone(),
            families: plan.families,
            from: plan.from,
            years: plan.years,
            towns: plan.towns,
            vacancies: kind == Kind::Whole,
        }
    }
}

/// The town whose play a base has begun, if it has begun one, and which kind of play it is.
///
/// # Errors
/// The base failed.
pub fn begun(local: &Local) -> Result<Option<(Blueprint, Kind)>, Error> {
    let record = local.aws().local_get::<Record>(RECORD)?;
    Ok(record.map(|record| {
        let kind = if record.vacancies { Kind::Whole } else { Kind::Queues };
        let Record { seed, town, families, from, years, towns, .. } = record;
        (Blueprint { seed, town, families, from, years, towns }, kind)
    }))
}

/// Whether nothing was ever published on a base.
///
/// # Errors
/// The base failed.
pub fn is_unused(local: &Local) -> Result<bool, Error> {
    Ok(local.events(1, 0)?.is_empty())
}

/// A town being played.
pub struct Play {
    local: Arc<Local>,
    city: City,
    kind: Kind,
    ids: Vec<ApplicationId>,
    families: HashMap<ApplicationId, usize>,
    tokens: HashMap<String, String>,
    agenda: BTreeMap<(DateTime<Utc>, String), Step>,
    finished: Option<(DateTime<Utc>, String)>,
    /// Events were read up to this position.
    position: u64,
    /// When people last looked at what they were told.
    looked: DateTime<Utc>,
}

impl std::fmt::Debug for Play {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Play({:?})", self.finished)
    }
}

impl Play {
    /// Begins a town's play on an unused base, or goes on with it.
    ///
    /// # Errors
    /// The base is of another play, or it failed.
    pub async fn open(local: Arc<Local>, plan: Blueprint, kind: Kind) -> Result<Self, Error> {
        let record = Record::of(&plan, kind);
        match local.aws().local_get::<Record>(RECORD)? {
            Some(known) if known == record => {}
            Some(_) => return Err(Error::OtherBase("plays another town")),
            None if !is_unused(&local)? => return Err(Error::OtherBase("is in use for something else")),
            None if !local.stands_still() => return Err(Error::OtherBase("has a running clock")),
            None => local.aws().local_put(RECORD, &record)?,
        }
        let city = City::build(plan);
        let keys = &local.app().keys;
        let id = |family: &Family| keys.application_by_key(keys.person(&family.applicant), &idempotency_key(family));
        let ids: Vec<ApplicationId> = city.families.iter().map(id).collect();
        let families = ids.iter().enumerate().map(|(n, id)| (*id, n)).collect();
        let finished = local.aws().local_get(FINISHED)?;
        let steps = script::planned(&city, kind).into_iter().map(|step| (step.key(), step));
        let agenda = steps.filter(|(key, _)| Some(key) > finished.as_ref()).collect();
        let looked = local.now();
        let tokens = HashMap::new();
        let mut play = Self { local, city, kind, ids, families, tokens, agenda, finished, position: 0, looked };
        play.set_up().await?;
        play.look()?;
        Ok(play)
    }

    /// The town.
    #[must_use]
    pub const fn city(&self) -> &City {
        &self.city
    }

    /// The applications, one for each family, whether it has applied yet or not.
    #[must_use]
    pub fn ids(&self) -> &[ApplicationId] {
        &self.ids
    }

    /// How many events were published, as far as people have looked.
    #[must_use]
    pub const fn events(&self) -> u64 {
        self.position
    }

    /// Does what comes next: a step, or a look at what was published. `false` at the end.
    ///
    /// # Errors
    /// The base failed, or a step got an answer that nothing explains.
    pub async fn advance(&mut self) -> Result<bool, Error> {
        let look = script::next_look(self.looked).min(self.city.blueprint.until());
        match self.agenda.first_key_value() {
            Some((_, step)) if step.at < look => {
                let step = step.clone();
                self.go(step.at).await?;
                self.act(&step).await?;
                self.finish(&step)?;
                Ok(true)
            }
            _ if self.looked >= self.city.blueprint.until() => Ok(false),
            _ => {
                self.go(look).await?;
                self.looked = look;
                self.look()?;
                Ok(true)
            }
        }
    }

    /// Plays to the end; tells after each move what time it is.
    ///
    /// # Errors
    /// As [`Play::advance`].
    pub async fn run(&mut self, mut told: impl FnMut(DateTime<Utc>)) -> Result<(), Error> {
        while self.advance().await? {
            told(self.local.now());
        }
        Ok(())
    }

    /// The play's next step, done without being marked as finished: what a kill between the two leaves behind.
    ///
    /// # Errors
    /// As [`Play::advance`].
    pub async fn leave_half_done(&mut self) -> Result<(), Error> {
        if let Some((_, step)) = self.agenda.first_key_value() {
            let step = step.clone();
            self.go(step.at).await?;
            self.act(&step).await?;
        }
        Ok(())
    }

    async fn go(&self, to: DateTime<Utc>) -> Result<(), Error> {
        if to > self.local.now() {
            self.local.travel(to).await?;
        }
        Ok(())
    }

    fn finish(&mut self, step: &Step) -> Result<(), Error> {
        let key = step.key();
        self.local.aws().local_put(FINISHED, &key)?;
        self.agenda.remove(&key);
        self.finished = Some(key);
        Ok(())
    }

    /// Reads what was published since the last look, and plans who does what about it.
    fn look(&mut self) -> Result<(), Error> {
        loop {
            let events = self.local.events(PAGE, self.position)?;
            let Some(last) = events.last() else { return Ok(()) };
            self.position = last.position;
            for event in &events {
                let Some(step) = self.reaction(event) else { continue };
                let key = step.key();
                if Some(&key) > self.finished.as_ref() {
                    self.agenda.insert(key, step);
                }
            }
        }
    }

    fn reaction(&self, event: &PublishedEvent) -> Option<Step> {
        event.detail_type.strip_prefix("kezek.application.")?;
        let family = *self.families.get(&event.detail["subject"].as_str()?.parse().ok()?)?;
        let fact: Fact = serde_json::from_value(event.detail["data"].clone()).ok()?;
        let seq = u32::try_from(event.detail["data"]["seq"].as_u64()?).ok()?;
        let at = event.detail["time"].as_str()?.parse().ok()?;
        script::reaction(&self.city, self.kind, family, seq, at, &fact)
    }

    /// The registry, before anyone applies.
    async fn set_up(&mut self) -> Result<(), Error> {
        if self.finished.is_none() {
            register_organisations(&self.local, &self.city).await?;
        }
        Ok(())
    }
}
