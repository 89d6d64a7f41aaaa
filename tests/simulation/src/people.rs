//! Who lives in a seed's town, what they know, and what is done next. Everyone knows only what they were told. Never here: a request's
//! way (`errand`).

mod families;
mod gardens;
mod offices;
mod told;

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use kezek_fixtures as fixtures;
use kezek_fixtures::chance::Chance;
use kezek_local::{gateway::Request, keys::TokenRequest};
use kezek_rules::ids::Bin;
use kezek_rules::terms::local_date;
use serde_json::{Value, json};

use crate::{errand::Kind, error::Broken, sim::Sim};

/// Where all of it happens.
pub const SETTLEMENT: &str = "750000000";
/// Children's numbers begin here, parents' below.
pub const CHILDREN: u32 = 500_000;

/// A family with one child.
#[derive(Debug, Clone)]
pub struct Family {
    /// The applicant; brothers and sisters have the same.
    pub applicant: u32,
    /// The child.
    pub child: u32,
    /// Its birthday.
    pub born: &'static str,
    /// The application, from its submission on.
    pub id: Option<String>,
    /// How often the family applied.
    pub applied: u32,
    /// Its last submission.
    pub submission: Option<Request>,
    /// What was answered to it.
    pub answer: Option<Vec<u8>>,
    /// What the family last saw of its application.
    pub seen: Value,
    /// The version of that.
    pub version: Option<String>,
    /// Whether something happened since.
    pub news: bool,
}

/// A kindergarten.
#[derive(Debug, Clone)]
pub struct Garden {
    /// Its number.
    pub bin: Bin,
    /// What streams it serves.
    pub streams: &'static [&'static str],
    /// Its referrals, as it last saw them.
    pub referrals: Vec<Value>,
    /// Its vacancies, as it last saw them.
    pub vacancies: Vec<Value>,
}

/// Who lives here.
#[derive(Debug, Clone)]
pub struct People {
    /// The families.
    pub families: Vec<Family>,
    /// The kindergartens.
    pub gardens: Vec<Garden>,
    /// The officer's tasks, as last seen.
    pub tasks: Vec<Value>,
    /// Bulletins sent so far.
    pub bulletins: Vec<String>,
    /// Versions of the policy published so far.
    pub policies: u32,
    /// Complaints filed so far.
    pub complaints: Vec<(u32, String)>,
    /// Invitations sent so far.
    pub invitations: Vec<(usize, String)>,
    tokens: BTreeMap<String, String>,
}

/// What is done in a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Act {
    Submit,
    Family,
    Position,
    Queue,
    Bulletin,
    Garden,
    Withdraw,
    Officer,
    Archive,
    Registers,
    Complaint,
    Invitation,
    Policy,
    Calendar,
    Organisation,
    Stranger,
    Again,
    Time,
}

const ACTS: [(Act, &str, usize); 18] = [
    (Act::Submit, "submission", 14),
    (Act::Family, "family", 30),
    (Act::Position, "position", 5),
    (Act::Queue, "public queue", 1),
    (Act::Bulletin, "bulletin", 7),
    (Act::Garden, "kindergarten", 16),
    (Act::Withdraw, "vacancy withdrawn", 2),
    (Act::Officer, "officer", 10),
    (Act::Archive, "archived by an officer", 1),
    (Act::Registers, "registers told", 3),
    (Act::Complaint, "complaint", 2),
    (Act::Invitation, "invitation", 2),
    (Act::Policy, "policy", 1),
    (Act::Calendar, "calendar", 1),
    (Act::Organisation, "organisation", 1),
    (Act::Stranger, "stranger", 3),
    (Act::Again, "again", 5),
    (Act::Time, "time", 16),
];

const BIRTH_DAYS: [&str; 5] = ["2020-10-20", "2021-03-15", "2022-01-01", "2022-05-14", "2023-04-01"];
const STREAMS: [&[&str]; 4] =
    [&["general", "special"], &["general"], &["general", "sanatorium"], &["general", "special", "sanatorium"]];

impl People {
    /// Some people.
    #[must_use]
    pub fn draw(chance: &mut Chance) -> Self {
        let gardens = 2 + u32::try_from(chance.below(3)).unwrap_or(0);
        let gardens = (1..=gardens).zip(STREAMS).map(|(n, streams)| Garden {
            bin: fixtures::bin(n),
            streams,
            referrals: Vec::new(),
            vacancies: Vec::new(),
        });
        let gardens = gardens.collect();
        let count = 8 + u32::try_from(chance.below(20)).unwrap_or(0);
        // A few birth years, so that queues are long.
        let years = 1 + chance.below(BIRTH_DAYS.len());
        let mut families: Vec<Family> = Vec::new();
        for child in 1..=count {
            let brother = if chance.percent(20) { chance.pick(&families).map(|other| other.applicant) } else { None };
            families.push(Family {
                applicant: brother.unwrap_or(child),
                child,
                born: BIRTH_DAYS[chance.below(years)],
                id: None,
                applied: 0,
                submission: None,
                answer: None,
                seen: Value::Null,
                version: None,
                news: false,
            });
        }
        Self {
            families,
            gardens,
            tasks: Vec::new(),
            bulletins: Vec::new(),
            policies: 0,
            complaints: Vec::new(),
            invitations: Vec::new(),
            tokens: BTreeMap::new(),
        }
    }
}

impl Sim {
    /// One step.
    ///
    /// # Errors
    /// The promise is broken.
    pub fn act(&mut self) -> Result<(), Broken> {
        let weights = ACTS.map(|(act, name, weight)| ((act, name), weight));
        let Some((act, name)) = self.acts.weighted(&weights) else { return Ok(()) };
        self.count(name);
        self.note(name);
        match act {
            Act::Submit => self.submits(),
            Act::Family => self.family_acts(),
            Act::Position => self.asks_position(),
            Act::Queue => self.looks_at_queue(),
            Act::Bulletin => self.publishes()?,
            Act::Garden => self.garden_acts(),
            Act::Withdraw => self.withdraws_vacancy(),
            Act::Officer => self.officer_acts(),
            Act::Archive => self.officer_archives(),
            Act::Registers => self.registers_hear()?,
            Act::Complaint => self.complains(),
            Act::Invitation => self.invites(),
            Act::Policy => self.publishes_policy(),
            Act::Calendar => self.patches_calendar(),
            Act::Organisation => self.registers_again(),
            Act::Stranger => self.reaches_for_others(),
            Act::Again => self.does_again(),
            Act::Time => return self.time_passes(),
        }
        Ok(())
    }

    fn time_passes(&mut self) -> Result<(), Broken> {
        // Mostly no days pass while someone has something to answer.
        let hurried = self.people.families.iter().any(|family| family.news) && self.acts.percent(80);
        let minutes = match self.acts.below(if hurried { 12 } else { 20 }) {
            0..=8 => self.acts.between(1, 90),
            9..=16 => self.acts.between(60, 24 * 60),
            17 | 18 => self.acts.between(24 * 60, 4 * 24 * 60),
            _ => self.acts.between(5 * 24 * 60, 20 * 24 * 60),
        };
        let to = self.now() + TimeDelta::minutes(minutes) + TimeDelta::milliseconds(self.acts.between(0, 60_000));
        self.advance(to)
    }

    /// Today in Almaty.
    pub(crate) fn today(&self) -> NaiveDate {
        local_date(self.now())
    }

    /// A day so many days from now.
    pub(crate) fn day(&self, days: i64) -> NaiveDate {
        self.today() + TimeDelta::days(days)
    }

    /// Someone's token.
    pub(crate) fn token(&mut self, request: TokenRequest) -> String {
        let name = format!("{request:?}");
        if let Some(known) = self.people.tokens.get(&name) {
            return known.clone();
        }
        let token = self.local.token(&request).unwrap_or_default();
        self.people.tokens.insert(name, token.clone());
        token
    }

    /// A parent's token.
    pub(crate) fn parent(&mut self, applicant: u32) -> String {
        let iin = Some(fixtures::iin(applicant).as_str().to_owned());
        self.token(TokenRequest { scope: "applicant".to_owned(), iin, ..TokenRequest::default() })
    }

    /// An officer's token.
    pub(crate) fn officer(&mut self) -> String {
        let territory = Some("75".to_owned());
        self.token(TokenRequest { scope: "officer".to_owned(), territory, ..TokenRequest::default() })
    }

    /// A kindergarten's token.
    pub(crate) fn of_garden(&mut self, bin: Bin) -> String {
        let bin = Some(bin.to_string());
        self.token(TokenRequest { scope: "organisation".to_owned(), bin, ..TokenRequest::default() })
    }

    /// The town before anyone applies: its kindergartens, and now and then a policy of its own.
    ///
    /// # Errors
    /// The system doesn't take them.
    pub fn found(&mut self) -> Result<(), Broken> {
        for garden in self.people.gardens.clone() {
            let mut body = fixtures::organisation(SETTLEMENT);
            body["streams"] = json!(garden.streams);
            let path = format!("/v1/workplace/organisations/{}", garden.bin);
            let request = Request::new("PUT", &path).bearer(&self.officer()).json(&body);
            self.errand(Kind::Other, None, request);
        }
        if self.acts.percent(60) {
            self.policy_from("2024-01-01");
        }
        self.settle()
    }

    /// An instant as the interface writes it.
    pub(crate) fn text(at: DateTime<Utc>) -> String {
        kezek_local::world::text(at)
    }
}
