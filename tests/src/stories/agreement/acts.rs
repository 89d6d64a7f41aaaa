//! What can happen in a story: each act is done to the model and to the system, and both must answer alike. Here is what happens to
//! the queues as a whole: submissions, bulletins, registers, time. Never here: what is seen afterwards.

use chrono::{NaiveDate, TimeDelta};
use kezek_fixtures as fixtures;
use kezek_fixtures::chance::Chance;
use kezek_rules::ids::Bin;
use serde_json::{Value, json};

use super::Story;
use super::families::told_not_before;
use crate::model::state::{App, ContractStatus, EntryState, OfferStatus, Status};
use crate::model::view::instant;
use crate::model::{Bulletin, Document, Line, Model, Outcome, Submission, calendar};
use crate::world::{CHILDREN, Parent};

const BIRTH_DAYS: [&str; 10] = [
    "2020-02-05",
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

/// What was done, and how the answers differ.
pub type Done = (String, String);

/// An act, how often it is chosen, and what it can be counted as.
const ACTS: &[(&str, usize, &[&str])] = &[
    ("submits", 15, &["submission", "submission of a transferred family", "submission after a contract"]),
    ("publishes", 11, &["bulletin"]),
    ("answers", 15, &["accepted offer", "declined offer"]),
    ("is interested", 6, &["yes", "no"]),
    ("cancels", 1, &["cancellation"]),
    ("withdraws", 1, &["withdrawal"]),
    ("defers", 2, &["deferral"]),
    ("changes", 4, &["other organisations"]),
    ("claims", 6, &["claim of a benefit", "benefit given up", "transfer claimed"]),
    ("decides", 7, &["confirmation by an officer", "refusal by an officer"]),
    ("archives", 1, &["archiving by an officer"]),
    ("tells registers", 4, &["answer of a register"]),
    ("takes back", 2, &["vacancy taken back"]),
    ("withdraws a held one", 1, &["held vacancy withdrawn"]),
    ("hands in", 10, &["documents handed in"]),
    ("decides on documents", 10, &["documents accepted", "documents returned", "enrolment refused"]),
    ("reviews", 6, &["refusal upheld", "refusal overturned"]),
    ("tells figures", 2, &["figures of a group"]),
    ("extends", 3, &["extension"]),
    ("signs", 9, &["signature", "signature for a temporary place"]),
    ("terminates", 3, &["termination"]),
    ("publishes a policy", 1, &["policy"]),
    ("patches the calendar", 1, &["patch of the calendar"]),
    ("complains", 3, &["complaint", "complaint about an application"]),
    ("moves a complaint on", 4, &["complaint in review", "complaint answered", "complaint refused"]),
    ("invites", 5, &["invitation with a wish", "single application"]),
    ("answers an invitation", 4, &["consent", "invitation declined"]),
    ("time passes", 18, &[]),
];

/// What there is to be done: a story is only whole with each of it.
pub fn kinds() -> impl Iterator<Item = &'static str> {
    ACTS.iter().flat_map(|(_, _, kinds)| kinds.iter().copied())
}

/// Of a hundred acts, so many are those that were done least, wherever they can be done.
const NEGLECTED: usize = 15;

/// No term of the tables ends after this.
const LAST_DAY: (i32, u32, u32) = (2027, 11, 1);

impl Story {
    /// Does something; what was done, and how the answers differ.
    pub async fn act(&mut self) -> Done {
        if self.chance.percent(NEGLECTED) {
            let done = |(_, _, kinds): &(&str, usize, &[&str])| kinds.iter().map(|kind| self.counts.tried(kind)).min();
            let mut acts: Vec<_> = ACTS.iter().filter_map(|act| Some((done(act)?, act.0))).collect();
            acts.sort_unstable();
            for (_, act) in acts {
                if let Some(done) = self.try_to(act).await {
                    return done;
                }
            }
        }
        for _ in 0..8 {
            let mut left = self.chance.below(ACTS.iter().map(|(_, often, _)| often).sum());
            let act = ACTS.iter().find(|(_, often, _)| {
                let found = left < *often;
                left = left.saturating_sub(*often);
                found
            });
            if let Some(done) = self.try_to(act.expect("an act").0).await {
                return done;
            }
        }
        self.time_passes().await
    }

    /// Does it, if there is anyone to do it.
    async fn try_to(&mut self, act: &str) -> Option<Done> {
        match act {
            "submits" => Some(self.submits().await),
            "publishes" => Some(self.publishes().await),
            "answers" => self.answers().await,
            "is interested" => self.is_interested().await,
            "cancels" => self.cancels().await,
            "withdraws" => self.withdraws().await,
            "defers" => self.defers().await,
            "changes" => self.changes().await,
            "claims" => self.claims().await,
            "decides" => self.decides().await,
            "archives" => self.archives().await,
            "tells registers" => Some(self.tells_registers().await),
            "takes back" => self.takes_back().await,
            "withdraws a held one" => self.withdraws_held().await,
            "hands in" => self.hands_in().await,
            "decides on documents" => self.decides_on_documents().await,
            "reviews" => self.reviews().await,
            "tells figures" => Some(self.tells_figures().await),
            "extends" => self.extends().await,
            "signs" => self.signs().await,
            "terminates" => self.terminates().await,
            "complains" => Some(self.complains().await),
            "moves a complaint on" => self.moves_a_complaint_on().await,
            "invites" => Some(self.invites().await),
            "answers an invitation" => self.answers_an_invitation().await,
            "publishes a policy" => self.publishes_policy().await,
            "patches the calendar" => self.patches_calendar().await,
            _ => Some(self.time_passes().await),
        }
    }

    /// How a status of HTTP compares with what the model says, and one more of its kind.
    pub fn alike(&mut self, kind: &'static str, model: Outcome, status: u16, answer: &Value) -> String {
        self.counts.act(kind, model.is_ok());
        let names = |rule: &str| {
            let errors = answer["errors"].as_array().into_iter().flatten();
            answer["rule"] == rule || errors.into_iter().any(|error| error["rule"] == rule)
        };
        let agreed = match model {
            Ok(()) => status < 300,
            Err((expected, rule)) => status == expected && (expected != 422 || names(rule)),
        };
        if agreed { String::new() } else { format!("  the model says {model:?}, the system {status} {answer}\n") }
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

    /// One of them.
    pub fn one_of(&mut self, wanted: impl Fn(&Model, usize) -> bool) -> Option<usize> {
        let those = self.those(|a| wanted(&self.model, a));
        self.chance.pick(&those)
    }

    /// An applicant and its child: a new one, one from before, or one that could apply again after a contract.
    pub fn some_child(&mut self) -> (u32, u32) {
        let over = self.one_of(|model, a| {
            let app = &model.apps[a];
            let terminated = |contract: &crate::model::state::Contract| contract.status == ContractStatus::Terminated;
            let again = model.apps.iter().skip(a + 1).any(|other| other.child == app.child);
            app.status == Status::Archived && !again && app.contracts.iter().any(terminated)
        });
        if let Some(a) = over.filter(|_| self.chance.percent(60)) {
            return (self.model.apps[a].applicant, self.model.apps[a].child);
        }
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

    /// A day of issue: mostly of last week, sometimes too long ago.
    pub fn issued_on(&mut self) -> NaiveDate {
        let ago = if self.chance.percent(85) { 5 } else { self.chance.below(45) };
        calendar::day(self.model.now()) - TimeDelta::days(i64::try_from(ago).expect("small"))
    }

    /// Documents of these kinds, sometimes without one of them.
    pub fn documents(&mut self, kinds: &[&str]) -> Vec<Document> {
        let mut documents = Vec::new();
        for kind in kinds {
            if self.chance.percent(96) {
                documents.push(Document { kind: (*kind).to_owned(), issued_on: self.issued_on() });
            }
        }
        documents
    }

    pub async fn submits(&mut self) -> Done {
        let (applicant, child) = self.some_child();
        let born = birth_day(child);
        let stream = *["general", "general", "general", "general", "general", "special:speech", "sanatorium:lungs"]
            .get(self.chance.below(7))
            .expect("one");
        let kind = stream.split(':').next().unwrap_or_default();
        let serving = |bin: &&Bin| {
            let organisation = self.model.organisations.iter().find(|other| other.bin == **bin);
            organisation.is_some_and(|organisation| organisation.streams.iter().any(|has| has == kind))
        };
        let fitting: Vec<Bin> = self.gardens.iter().filter(serving).copied().collect();
        let among = if self.chance.percent(95) { fitting } else { self.gardens.clone() };
        let organisations = self.chance.some(&among, 4);
        let benefit = *[13, 13, 13, 13, 10, 10, 6, 1, 11, 2].get(self.chance.below(10)).expect("one");
        let relocation = self.chance.percent(if benefit < 5 { 40 } else { 2 });
        let language = if self.chance.percent(80) { "kk" } else { "ru" };
        if benefit < 13 && self.chance.percent(75) {
            self.know(child, benefit).await;
        }
        let mut kinds = super::benefits::needed(benefit, relocation);
        kinds.extend(match kind {
            "special" => Some("pmpc-conclusion"),
            "sanatorium" => Some("phthisiatrician-conclusion"),
            _ if self.chance.percent(8) => Some("pmpc-conclusion"),
            _ => None,
        });
        let documents = self.documents(&kinds);
        let not_before = if self.chance.percent(12) { Some(self.some_age()) } else { None };
        let benefits = if self.chance.percent(90) { vec![benefit] } else { vec![13, benefit] };
        let mut body =
            fixtures::application(fixtures::iin(applicant), fixtures::iin(CHILDREN + child), born, &organisations);
        body["benefit"] = if benefits.len() == 1 { json!(benefit) } else { json!(benefits) };
        body["language"] = json!(language);
        body["stream"] = json!(stream);
        body["relocation"] = json!(relocation);
        body["documents"] = told_documents(&documents);
        body["notBefore"] = told_not_before(not_before);
        let form = Submission {
            applicant,
            child,
            born: born.parse().expect("a day"),
            language: language.to_owned(),
            stream: stream.to_owned(),
            organisations,
            benefits,
            relocation,
            documents,
            not_before,
        };
        let told = self.submit(&form, &body).await;
        let names: Vec<String> = form.organisations.iter().map(Bin::to_string).collect();
        let kinds: Vec<&str> = form.documents.iter().map(|document| document.kind.as_str()).collect();
        let did = format!(
            "child {child} of {applicant} born {born} submits: {:?}{} {language} {stream} {} with {kinds:?}{}",
            form.benefits,
            if relocation { " relocated" } else { "" },
            names.join(" "),
            not_before.map_or_else(String::new, |wish| format!(" {wish:?}"))
        );
        (format!("{did}: {}", self.model.count()), told)
    }

    async fn submit(&mut self, form: &Submission, body: &Value) -> String {
        let before = self.model.now();
        let again = self.model.apps.iter().any(|app| app.child == form.child && !app.contracts.is_empty());
        let token = self.world.applicant(fixtures::iin(form.applicant)).await;
        let answer = self.world.call("POST", "/v1/applications", &token, body).await;
        let (status, answer) = (answer.status, answer.json());
        let outcome = self.model.submit(form);
        let mut told = self.alike("submission", outcome.map(|_| ()), status, &answer);
        for (is, kind) in [
            (form.stream.starts_with("special"), "submission to a special stream"),
            (form.stream.starts_with("sanatorium"), "submission to a sanatorium stream"),
            (form.relocation, "submission of a transferred family"),
            (again, "submission after a contract"),
        ] {
            if is {
                self.counts.act(kind, outcome.is_ok());
            }
        }
        if outcome.is_ok() && status == 201 {
            let id = answer["id"].as_str().expect("an id").to_owned();
            let submitted = instant(before);
            if answer["submittedAt"] != submitted.as_str() {
                told += &format!("  submitted at {submitted} by the model, {} by the system\n", answer["submittedAt"]);
            }
            self.parents.push(Parent { id, token, answer });
        }
        self.model.set_clock(self.world.local.now());
        told
    }

    pub async fn know(&mut self, child: u32, benefit: u8) {
        self.model.know(child, &[benefit]);
        self.world.know(child, &[benefit], "ok").await;
        self.model.register_mode(child, true);
        self.registers_are_asked_again();
    }

    /// The local stack tries again what failed whenever the registers are told something, and whenever its clock begins to move.
    fn registers_are_asked_again(&mut self) {
        self.model.ask_registers_now();
    }

    pub async fn tells_registers(&mut self) -> Done {
        self.counts.act("answer of a register", true);
        let waits = self.one_of(|model, a| {
            let app = &model.apps[a];
            app.status == Status::Verifying || app.claim.is_some()
        });
        if let Some(a) = waits.filter(|_| self.chance.percent(70)) {
            let app = &self.model.apps[a];
            let benefit = app.claim.as_ref().map_or(app.right.benefit, |claim| claim.right.benefit);
            self.know(app.child, benefit).await;
            return (format!("the registers know {benefit} of the child of application {a}"), String::new());
        }
        let up = self.chance.percent(60);
        let told = json!({"mode": if up { "ok" } else { "down" }});
        self.world.local.tell_register(&serde_json::from_value(told).expect("told")).await.expect("they listen");
        self.model.all_registers_mode(up);
        self.registers_are_asked_again();
        (format!("the registers answer: {up}"), String::new())
    }

    pub async fn publishes(&mut self) -> Done {
        self.counts.act("bulletin", true);
        let garden = self.chance.pick(&self.gardens).expect("a garden");
        // No two bulletins of one instant: which of them comes first is left open.
        self.pass(TimeDelta::minutes(1)).await;
        self.bulletins += 1;
        let id = format!("b-{}", self.bulletins);
        let issued_at = self.model.now();
        let year_end = self.chance.percent(20);
        let today = calendar::day(issued_at);
        let count = 1 + self.chance.below(3);
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

    pub async fn time_passes(&mut self) -> Done {
        let (year, month, day) = LAST_DAY;
        let end = NaiveDate::from_ymd_opt(year, month, day).expect("a day");
        let kinds = match calendar::day(self.model.now()) < end {
            true if self.chance.percent(self.patience()) => 9,
            true => 12,
            false => 3,
        };
        let minutes = match self.chance.below(kinds) {
            0..=2 => 1 + self.chance.below(90),
            3..=8 => 60 * (1 + self.chance.below(24)),
            9..=10 => 60 * 24 * (1 + self.chance.below(4)),
            _ => 60 * 24 * (5 + self.chance.below(20)),
        };
        self.pass(TimeDelta::minutes(i64::try_from(minutes).expect("small"))).await;
        (format!("it is {}", instant(self.model.now())), String::new())
    }

    /// In how many of a hundred cases days don't pass at once, for someone has something to answer, to hand in or to sign.
    fn patience(&self) -> usize {
        let some = |is: fn(&App) -> bool| self.model.apps.iter().any(is);
        if some(|app| app.entries.iter().any(|entry| matches!(entry.state, EntryState::Asked { .. }))) {
            return 90;
        }
        let offered = some(|app| app.offers.iter().any(|offer| offer.status == OfferStatus::Open));
        if offered || some(|app| app.status == Status::Referred) { 65 } else { 0 }
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
        self.model.ask_registers_again();
        self.model.advance_to(to);
    }
}

/// When a child was born.
pub fn birth_day(child: u32) -> &'static str {
    BIRTH_DAYS[usize::try_from(child).expect("small") * 7 % BIRTH_DAYS.len()]
}

/// As in a request.
pub fn told_documents(documents: &[Document]) -> Value {
    let told = |document: &Document| json!({"kind": document.kind, "issuedOn": document.issued_on.to_string()});
    documents.iter().map(told).collect()
}

fn line_of(chance: &mut Chance, line: usize, today: NaiveDate) -> Line {
    let line = u32::try_from(line).expect("small");
    let count = u32::try_from(1 + chance.below(2)).expect("small");
    let language = if chance.percent(80) { "kk" } else { "ru" };
    let stream = match chance.below(10) {
        0 | 1 => "special:speech",
        2 | 3 => "sanatorium:lungs",
        _ => "general",
    };
    let groups = ["junior", "middle", "senior", "pre-school-preparation", "early-age", "mixed-age", "mixed-age"];
    let group_type = if stream.starts_with("special") { "special" } else { chance.pick(&groups).expect("a group") };
    let years = match group_type {
        "mixed-age" if chance.percent(60) => Some(vec![2021, 2022]),
        "special" if chance.percent(90) => Some(vec![2021, 2022, 2023]),
        _ if stream != "general" => Some(vec![2022, 2021, 2022]),
        _ if chance.percent(60) => Some(vec![2020 + i32::try_from(chance.below(5)).expect("small")]),
        _ => None,
    };
    // Now and then one ends on the day of its bulletin, and isn't taken.
    let days = if chance.percent(20) { chance.below(5) } else { 10 + chance.below(50) };
    let last = today + TimeDelta::days(i64::try_from(days).expect("small"));
    let temporary_until = if chance.percent(30) { Some(last) } else { None };
    Line {
        line,
        count,
        group_type: group_type.to_owned(),
        language: language.to_owned(),
        stream: stream.to_owned(),
        birth_years: years,
        temporary_until,
    }
}
