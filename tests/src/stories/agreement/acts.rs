//! What can happen in a story: each act is done to the model and to the system, and both must answer alike. Never here: what
//! is seen afterwards.

use chrono::{NaiveDate, TimeDelta};
use kezek_fixtures as fixtures;
use kezek_rules::ids::Bin;
use serde_json::{Value, json};

use super::Story;
use super::families::told_not_before;
use super::random::Chance;
use crate::model::policy::Officer;
use crate::model::state::Status;
use crate::model::view::instant;
use crate::model::{Bulletin, Document, Line, Outcome, Submission, calendar};
use crate::world::{CHILDREN, Parent};

const BIRTH_DAYS: [&str; 9] = [
    "2020-02-29",
    "2020-06-10",
    "2021-03-15",
    "2021-12-31",
    "2022-01-01",
    "2022-05-14",
    "2022-09-30",
    "2023-04-01",
    "2024-02-02",
];

/// Of a hundred children, so many have a brother or a sister in the story.
const SIBLINGS: usize = 20;

/// How a status of HTTP compares with what the model says.
pub fn alike(told: &mut String, model: Outcome, status: u16, answer: &Value) {
    let agreed = match model {
        Ok(()) => status < 300,
        Err((expected, rule)) => {
            status == expected && (expected != 422 || answer["rule"] == rule || answer["rule"].is_null())
        }
    };
    if !agreed {
        *told = format!("  the model says {model:?}, the system {status} {answer}\n");
    }
}

impl Story {
    /// Does something; what was done, and how the answers differ.
    pub async fn act(&mut self) -> (String, String) {
        match self.chance.below(100) {
            0..=21 => self.submits().await,
            22..=33 => self.publishes().await,
            34..=51 => self.answers().await,
            52..=56 => self.is_interested().await,
            57..=60 => self.cancels().await,
            61..=62 => self.withdraws().await,
            63 => self.defers().await,
            64..=68 => self.changes().await,
            69..=74 => self.decides().await,
            75..=78 => self.tells_registers().await,
            79..=80 => self.takes_back().await,
            _ => self.time_passes().await,
        }
    }

    pub async fn post(&self, parent: &Parent, path: &str, body: &Value) -> (u16, Value) {
        let path = format!("/v1/applications/{}/{path}", parent.id);
        let answer = self.world.call("POST", &path, &parent.token, body).await;
        (answer.status, answer.json())
    }

    /// The applications of which something is true.
    pub fn those(&self, wanted: impl Fn(usize) -> bool) -> Vec<usize> {
        (0..self.model.count()).filter(|a| wanted(*a)).collect()
    }

    pub fn new_child(&mut self) -> (u32, u32) {
        let known = u32::try_from(self.children.len()).expect("few");
        if known > 0 && self.chance.percent(15) {
            return self.chance.pick(&self.children).expect("one");
        }
        let applicant = if known > 0 && self.chance.percent(SIBLINGS) {
            self.chance.pick(&self.children).expect("one").0
        } else {
            known + 1
        };
        self.children.push((applicant, known + 1));
        (applicant, known + 1)
    }

    pub async fn submits(&mut self) -> (String, String) {
        let (applicant, child) = self.new_child();
        let born = BIRTH_DAYS[usize::try_from(child).expect("small") * 7 % BIRTH_DAYS.len()];
        let organisations = self.chance.some(&self.gardens, 4);
        let benefit = *[13, 13, 13, 13, 10, 10, 6, 1].get(self.chance.below(8)).expect("one");
        let language = if self.chance.percent(80) { "kk" } else { "ru" };
        if benefit < 13 && self.chance.percent(70) {
            self.know(child, benefit).await;
        }
        let issued_on = calendar::day(self.model.now()) - TimeDelta::days(5);
        let mut documents = if benefit == 1 { vec!["service-certificate"] } else { Vec::new() };
        if self.chance.percent(10) && self.model.policy.officer == Officer::OutOfTurnSpecialSanatorium {
            documents.push("pmpc-conclusion");
        }
        let mut body =
            fixtures::application(fixtures::iin(applicant), fixtures::iin(CHILDREN + child), born, &organisations);
        body["benefit"] = json!(benefit);
        body["language"] = json!(language);
        let not_before = if self.chance.percent(15) { Some(self.some_age()) } else { None };
        let document = |kind: &&str| json!({"kind": kind, "issuedOn": issued_on.to_string(), "reference": "сынақ"});
        body["documents"] = documents.iter().map(document).collect();
        let form = Submission {
            applicant,
            child,
            born: born.parse().expect("a day"),
            language: language.to_owned(),
            stream: "general".to_owned(),
            organisations,
            benefits: vec![benefit],
            relocation: false,
            documents: documents.iter().map(|kind| Document { kind: (*kind).to_owned(), issued_on }).collect(),
            not_before,
        };
        body["notBefore"] = told_not_before(not_before);
        let names: Vec<String> = form.organisations.iter().map(Bin::to_string).collect();
        let did = format!("child {child} of {applicant} born {born} submits: {benefit} {language} {}", names.join(" "));
        let before = self.model.now();
        let token = self.world.applicant(fixtures::iin(applicant)).await;
        let answer = self.world.call("POST", "/v1/applications", &token, &body).await;
        let (status, answer) = (answer.status, answer.json());
        let outcome = self.model.submit(&form);
        let mut told = String::new();
        alike(&mut told, outcome.map(|_| ()), status, &answer);
        if outcome.is_ok() && status == 201 {
            let id = answer["id"].as_str().expect("an id").to_owned();
            let submitted = instant(before);
            if answer["submittedAt"] != submitted.as_str() {
                told = format!("  submitted at {submitted} by the model, {} by the system\n", answer["submittedAt"]);
            }
            self.parents.push(Parent { id, token, answer });
        }
        self.model.set_clock(self.world.local.now());
        (format!("{did}: {status}"), told)
    }

    pub async fn know(&mut self, child: u32, benefit: u8) {
        self.model.know(child, &[benefit]);
        self.world.know(child, &[benefit], "ok").await;
        self.model.register_mode(child, true);
    }

    pub async fn tells_registers(&mut self) -> (String, String) {
        let waits = self.those(|a| self.model.apps[a].status == Status::Verifying);
        if let Some(a) = self.chance.pick(&waits) {
            let (child, benefit) = (self.model.apps[a].child, self.model.apps[a].right.benefit);
            self.know(child, benefit).await;
            return (format!("the registers know {benefit} of the child of application {a}"), String::new());
        }
        let up = self.chance.percent(60);
        let told = json!({"mode": if up { "ok" } else { "down" }});
        self.world.local.tell_register(&serde_json::from_value(told).expect("told")).await.expect("they listen");
        self.model.all_registers_mode(up);
        (format!("the registers answer: {up}"), String::new())
    }

    pub async fn publishes(&mut self) -> (String, String) {
        let garden = self.chance.pick(&self.gardens).expect("a garden");
        // No two bulletins of one instant: which of them comes first is left open.
        self.pass(TimeDelta::minutes(1)).await;
        self.bulletins += 1;
        let id = format!("b-{}", self.bulletins);
        let issued_at = self.model.now();
        let year_end = self.chance.percent(20);
        let today = calendar::day(issued_at);
        let count = 1 + self.chance.below(2);
        let lines: Vec<Line> = (1..=count).map(|line| line_of(&mut self.chance, line, today)).collect();
        let body = json!({
            "bulletinId": id, "organisation": garden.as_str(), "issuedAt": instant(issued_at),
            "kind": if year_end { "year-end" } else { "current" },
            "lines": lines.iter().map(|line| json!({
                "line": line.line, "count": line.count, "groupType": line.group_type, "language": line.language,
                "regimeHours": 10.5, "stream": line.stream, "birthYears": line.birth_years,
                "temporaryUntil": line.temporary_until.map(|day| day.to_string()),
            })).collect::<Vec<_>>(),
        });
        self.world.post(&body).await;
        let did = format!("bulletin {body}");
        self.model.bulletin(&Bulletin { id, organisation: garden, issued_at, year_end, lines });
        (did, String::new())
    }

    pub async fn time_passes(&mut self) -> (String, String) {
        let minutes = match self.chance.below(10) {
            0..=2 => 1 + self.chance.below(90),
            3..=6 => 60 * (1 + self.chance.below(24)),
            7..=8 => 60 * 24 * (1 + self.chance.below(4)),
            _ => 60 * 24 * (5 + self.chance.below(20)),
        };
        self.pass(TimeDelta::minutes(i64::try_from(minutes).expect("small"))).await;
        (format!("it is {}", instant(self.model.now())), String::new())
    }

    /// Time passes, to a whole minute.
    pub async fn pass(&mut self, time: TimeDelta) {
        let to = self.model.now() + time;
        let over = to.timestamp_millis() % 60_000;
        let mut to = if over == 0 { to } else { to + TimeDelta::milliseconds(60_000 - over) };
        // Ages are looked at five minutes past midnight: between, neither is wrong.
        let midnight = calendar::at(calendar::day(to), 0, 5);
        if to < midnight {
            to = midnight;
        }
        self.world.to(&instant(to)).await;
        self.model.advance_to(to);
    }
}

fn line_of(chance: &mut Chance, line: usize, today: NaiveDate) -> Line {
    let line = u32::try_from(line).expect("small");
    let count = u32::try_from(1 + chance.below(2)).expect("small");
    let language = if chance.percent(80) { "kk" } else { "ru" };
    let groups = ["junior", "middle", "senior", "pre-school-preparation", "early-age", "mixed-age", "mixed-age"];
    let group_type = chance.pick(&groups).expect("a group");
    let years = match group_type {
        "mixed-age" if chance.percent(60) => Some(vec![2021, 2022]),
        _ if chance.percent(60) => Some(vec![2020 + i32::try_from(chance.below(5)).expect("small")]),
        _ => None,
    };
    // One in ten ends on the day of its bulletin, and isn't taken.
    let last = today + TimeDelta::days(i64::try_from(chance.below(10) * chance.below(10)).expect("small"));
    let temporary_until = if chance.percent(20) { Some(last) } else { None };
    Line {
        line,
        count,
        group_type: group_type.to_owned(),
        language: language.to_owned(),
        stream: "general".to_owned(),
        birth_years: years,
        temporary_until,
    }
}
