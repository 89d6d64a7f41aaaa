//! What the system shows, in the model's words, and how both differ. Never here: what is done.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use kezek_fixtures as fixtures;
use kezek_rules::ids::Bin;
use kezek_store::Subject;
use serde_json::Value;

use super::{FULL_LOOK, Story};
use crate::model::state::{InvitationState, QueueKey};
use crate::model::view::{View, second};

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or("?")
}

fn items<'a>(value: &'a Value, name: &str) -> impl Iterator<Item = &'a Value> {
    value[name].as_array().into_iter().flatten()
}

fn sorted(mut lines: Vec<String>) -> String {
    lines.sort();
    lines.join("; ")
}

/// An application as the system shows it to its applicant.
pub fn application(seen: &Value, notices: &[String]) -> View {
    let mut view = View::new();
    let mut say = |name: String, what: String| {
        view.insert(name, what);
    };
    let reason = seen["archiveReason"].as_str().map_or_else(String::new, |reason| format!(" ({reason})"));
    say("status".to_owned(), format!("{}{reason}", text(&seen["status"])));
    say("acceptedAt".to_owned(), text(&seen["acceptedAt"]).to_owned());
    say("lane".to_owned(), right(seen));
    if !seen["claim"].is_null() {
        say("claim".to_owned(), right(&seen["claim"]));
    }
    if let Some(day) = seen["notBefore"].as_str() {
        say("not before".to_owned(), day.to_owned());
    }
    for entry in items(seen, "entries") {
        let number = entry["number"].as_u64().map_or_else(|| "–".to_owned(), |number| number.to_string());
        say(format!("entry {}", text(&entry["organisation"])), format!("{} {number}", text(&entry["status"])));
    }
    let offer = |offer: &Value| {
        let (at, by) = (text(&offer["offeredAt"]), text(&offer["answerBy"]));
        format!("{at} {} {} by {by}", text(&offer["organisation"]), text(&offer["status"]))
    };
    say("offers".to_owned(), sorted(items(seen, "offers").map(offer).collect()));
    if !seen["referral"].is_null() {
        say("referral".to_owned(), referral(&seen["referral"]));
    }
    let contract = &seen["contract"];
    if !contract.is_null() {
        let (organisation, status, by) =
            (text(&contract["organisation"]), text(&contract["status"]), text(&contract["signBy"]));
        let until = contract["temporaryUntil"].as_str().map_or_else(String::new, |day| format!(" until {day}"));
        say("contract".to_owned(), format!("{organisation} {status} by {by}{until}"));
    }
    let question = |question: &Value| {
        let about = question["organisation"].as_str().unwrap_or("yearly");
        format!("{about} by {}", text(&question["answerBy"]))
    };
    say("questions".to_owned(), sorted(items(seen, "questions").map(question).collect()));
    say("notices".to_owned(), sorted(notices.to_vec()));
    view
}

/// A lane with what it rests on.
fn right(seen: &Value) -> String {
    let relocated = if seen["relocation"] == true { " relocated" } else { "" };
    format!("{} {}{relocated}", text(&seen["lane"]), seen["benefit"])
}

fn referral(seen: &Value) -> String {
    let (at, until) = (text(&seen["issuedAt"]), text(&seen["validUntil"]));
    let (organisation, status) = (text(&seen["organisation"]), text(&seen["status"]));
    let mut told = format!("{organisation} {status} {at} until {until}");
    if seen["extended"] == true {
        told += " extended";
    }
    for (word, value) in
        [(" asked for", &seen["extensionAsked"]), ("", &seen["stage"]), (" result", &seen["resultDue"])]
    {
        if let Some(value) = value.as_str() {
            let _ = write!(told, "{word} {value}");
        }
    }
    told
}

/// What an invitation holds of a wish.
fn wish(seen: &Value) -> String {
    let list = |name, inner: fn(&Value) -> &str| items(seen, name).map(inner).collect::<Vec<_>>().join(",");
    let (names, kinds) = (list("organisations", text), list("documents", |document| text(&document["kind"])));
    let benefits: Vec<u64> = items(seen, "benefit").filter_map(Value::as_u64).collect();
    let (language, day) = (seen["language"].as_str().unwrap_or_default(), seen["notBefore"].as_str());
    format!("{language} {names} {benefits:?} {} {kinds}", day.unwrap_or("at once"))
}

/// What one says of a thing; of a list, only what the other doesn't say.
fn only(said: Option<&String>, by_other: Option<&String>) -> String {
    let Some(said) = said else { return "nothing".to_owned() };
    let mut others: Vec<&str> = by_other.map_or_else(Vec::new, |other| other.split("; ").collect());
    let mut own = Vec::new();
    for line in said.split("; ") {
        match others.iter().position(|other| *other == line) {
            Some(place) => drop(others.remove(place)),
            None => own.push(line),
        }
    }
    own.join("; ")
}

/// The lines in which two views differ.
fn differences(about: &str, model: &View, system: &View, told: &mut String) {
    let mut names: Vec<&String> = model.keys().chain(system.keys()).collect();
    names.sort();
    names.dedup();
    for name in names {
        let (of_model, of_system) = (model.get(name), system.get(name));
        if of_model != of_system {
            let _ = writeln!(told, "  {about}, {name}:");
            let _ = writeln!(told, "    model:  {}", only(of_model, of_system));
            let _ = writeln!(told, "    system: {}", only(of_system, of_model));
        }
    }
}

/// Whether something was looked at as it still is by the model; where everything is looked at, each is in its turn all the same.
fn is_known(looked: &mut BTreeMap<String, View>, id: &str, expected: &View, everything: bool, turn: usize) -> bool {
    let before = looked.insert(id.to_owned(), expected.clone());
    before.as_ref() == Some(expected) && !(everything && turn.is_multiple_of(6))
}

impl Story {
    /// An application as the system has it, and its tags.
    async fn seen(&self, a: usize) -> (View, Vec<(Bin, String)>) {
        let parent = &self.parents[a];
        let seen = self.world.see(parent).await;
        let tag = |entry: &Value| Some((entry["organisation"].as_str()?.parse().ok()?, text(&entry["tag"]).to_owned()));
        let tags = items(&seen, "entries").filter_map(tag).collect();
        let id = parent.id.parse().expect("an id");
        let notices = self.world.local.notices(id).await.expect("notices");
        let notices: Vec<String> = notices.iter().map(|told| format!("{} {}", second(told.at), told.kind)).collect();
        (application(&seen, &notices), tags)
    }

    async fn queue_seen(&self, queue: &QueueKey) -> View {
        let mut view = View::new();
        let (bin, year, language) = (queue.organisation, queue.birth_year, &queue.language);
        let stream = queue.stream.replace(':', "%3A");
        let path = format!("/v1/queues/{bin}?birthYear={year}&language={language}&stream={stream}");
        let seen = self.world.call("GET", &path, "", &Value::Null).await.json();
        view.insert("phase".to_owned(), seen["phase"].to_string());
        for entry in items(&seen, "entries") {
            let number = entry["number"].as_u64().unwrap_or_default();
            let a = self.tags.get(&(bin, text(&entry["tag"]).to_owned()));
            let a = a.map_or_else(|| "?".to_owned(), usize::to_string);
            let what = format!("application {a} {} {}", text(&entry["lane"]), text(&entry["submittedAt"]));
            view.insert(format!("{number:03}"), what);
        }
        view
    }

    async fn vacancies_seen(&self, organisation: Bin) -> View {
        let mut view = View::new();
        let mut lines: BTreeMap<String, u32> = BTreeMap::new();
        for seat in self.vacancies(organisation).await {
            let line = seat["line"].as_u64().unwrap_or_default();
            let name = format!("{} {} {line:03}", text(&seat["issuedAt"]), text(&seat["bulletinId"]));
            let n = lines.entry(name.clone()).or_default();
            *n += 1;
            let years: Vec<String> = items(&seat, "birthYears").map(Value::to_string).collect();
            view.insert(format!("{name} {n:03}"), format!("{} for {}", text(&seat["status"]), years.join(",")));
        }
        view
    }

    /// An organisation's vacancies in the order in which the system lists them.
    pub async fn vacancies(&self, organisation: Bin) -> Vec<Value> {
        let token = self.world.organisation(organisation).await;
        let path = format!("/v1/organisations/{organisation}/vacancies?limit=500");
        let seen = self.world.call("GET", &path, &token, &Value::Null).await.json();
        items(&seen, "items").cloned().collect()
    }

    /// What can be seen from outside, of the model and of the system: everything, or what moved in the model since the last look.
    pub async fn disagreements(&mut self, everything: bool) -> String {
        let mut told = String::new();
        for a in 0..self.model.count() {
            let expected = self.model.see(a);
            if everything || self.looked.get(a) != Some(&expected) {
                let (seen, tags) = self.seen(a).await;
                self.tags.extend(tags.into_iter().map(|tag| (tag, a)));
                differences(&format!("application {a}"), &expected, &seen, &mut told);
            }
            match self.looked.get_mut(a) {
                Some(looked) => *looked = expected,
                None => self.looked.push(expected),
            }
        }
        told += &self.complaints_and_invitations(everything).await;
        if everything {
            told += &self.queues_and_vacancies().await;
            differences("the officers' tasks", &self.model.see_tasks(), &self.tasks_seen().await, &mut told);
        }
        told
    }

    /// What waits for officers.
    async fn tasks_seen(&self) -> View {
        let mut view = View::new();
        let mut path = "/v1/workplace/tasks?limit=100".to_owned();
        loop {
            let seen = self.world.call("GET", &path, &self.world.officer().await, &Value::Null).await.json();
            for task in items(&seen, "items") {
                if let Some(id) = task["complaint"].as_str() {
                    let c = self.complaints.iter().position(|(known, _)| known == id);
                    let over = if task["overdue"] == true { "over" } else { "to come" };
                    let name = format!("complaint {}", c.map_or_else(|| "?".to_owned(), |c| c.to_string()));
                    view.insert(name, format!("{} {over}", text(&task["dueAt"])));
                }
                let Some(id) = task["application"].as_str() else { continue };
                let a = self.parents.iter().position(|parent| parent.id == id);
                let a = a.map_or_else(|| "?".to_owned(), |a| a.to_string());
                let over = if task["overdue"] == true { "over" } else { "to come" };
                view.insert(
                    format!("application {a} {}", text(&task["kind"])),
                    format!("{} {over}", text(&task["dueAt"])),
                );
            }
            let Some(next) = seen["next"].as_str() else { return view };
            path = format!("/v1/workplace/tasks?limit=100&cursor={next}");
        }
    }

    /// Complaints and invitations as those see them whose they are: what moved in the model, and now and then the others too.
    async fn complaints_and_invitations(&mut self, everything: bool) -> String {
        let (mut told, looks) = (String::new(), self.counts.steps / FULL_LOOK);
        for (c, (id, applicant)) in self.complaints.iter().enumerate() {
            let expected = self.model.see_complaint(c);
            if is_known(&mut self.looked_beside, id, &expected, everything, looks + c) {
                continue;
            }
            let token = self.world.applicant(fixtures::iin(*applicant)).await;
            let seen = self.world.call("GET", &format!("/v1/complaints/{id}"), &token, &Value::Null).await.json();
            let subject = Subject::Complaint(id.parse().expect("an id"));
            let notices = self.world.local.notices_about(subject).await.expect("notices");
            let notices = notices.iter().map(|told| format!("{} {}", second(told.at), told.kind)).collect();
            let over = if seen["overdue"] == true { " over" } else { "" };
            let view = View::from([
                ("state".to_owned(), text(&seen["state"]).to_owned()),
                ("addressee".to_owned(), text(&seen["addressee"]).to_owned()),
                ("application".to_owned(), self.place_of(&seen["application"])),
                ("registeredAt".to_owned(), text(&seen["registeredAt"]).to_owned()),
                ("dueAt".to_owned(), format!("{}{over}", text(&seen["dueAt"]))),
                ("notices".to_owned(), sorted(notices)),
            ]);
            differences(&format!("complaint {c}"), &expected, &view, &mut told);
        }
        for (i, (id, applicant)) in self.invitations.iter().enumerate() {
            let expected = self.model.see_invitation(i);
            if is_known(&mut self.looked_beside, id, &expected, everything, looks + i) {
                continue;
            }
            let token = self.world.applicant(fixtures::iin(*applicant)).await;
            let seen = self.world.call("GET", &format!("/v1/invitations/{id}"), &token, &Value::Null).await.json();
            let state = format!("{} {}", text(&seen["status"]), text(&seen["sentAt"]));
            let subject = Subject::Invitation(id.parse().expect("an id"));
            // The application that it becomes has its id, and notices of its own.
            let notices = self.world.local.notices_about(subject).await.expect("notices");
            let notices = notices.iter().filter(|told| told.kind == "invitation");
            let notices = notices.map(|told| format!("{} {}", second(told.at), told.kind)).collect();
            let mut view = View::from([("state".to_owned(), state), ("notices".to_owned(), sorted(notices))]);
            if let Some(at) = seen["answeredAt"].as_str() {
                view.insert("answeredAt".to_owned(), at.to_owned());
            }
            if !seen["application"].is_null() {
                view.insert("application".to_owned(), self.place_of(&seen["application"]));
            }
            if seen.get("wish").is_some() {
                view.insert("wish".to_owned(), wish(&seen["wish"]));
            }
            differences(&format!("invitation {i}"), &expected, &view, &mut told);
        }
        told
    }

    /// Which of the applications an id names.
    fn place_of(&self, id: &Value) -> String {
        let Some(id) = id.as_str() else { return "none".to_owned() };
        let place = self.parents.iter().position(|parent| parent.id == id);
        place.map_or_else(|| "?".to_owned(), |place| place.to_string())
    }

    /// Counts what the applications came to, and which invitations nobody answered.
    pub fn count_ends(&mut self) {
        let lapsed = self.model.invitations.iter().filter(|one| one.state == InvitationState::Lapsed);
        lapsed.for_each(|_| self.counts.act("silence on an invitation", true));
        for app in &self.model.apps {
            let reason = app.reason.map_or_else(String::new, |reason| format!(": {}", reason.text()));
            self.counts.end(format!("{}{reason}", app.status.text()));
            app.notices.iter().for_each(|(_, kind)| self.counts.end(format!("notice {kind}")));
            app.offers.iter().for_each(|offer| self.counts.end(format!("offer {}", offer.status.text())));
            app.referrals.iter().for_each(|referral| self.counts.end(format!("referral {}", referral.status.text())));
        }
    }

    async fn queues_and_vacancies(&self) -> String {
        let mut told = String::new();
        for queue in self.model.queues() {
            let about =
                format!("queue {} {} {} {}", queue.organisation, queue.language, queue.birth_year, queue.stream);
            let seen = self.queue_seen(&queue).await;
            differences(&about, &self.model.see_queue(&queue), &seen, &mut told);
        }
        for garden in &self.gardens {
            let seen = self.vacancies_seen(*garden).await;
            differences(&format!("vacancies of {garden}"), &self.model.see_vacancies(*garden), &seen, &mut told);
        }
        told
    }
}
