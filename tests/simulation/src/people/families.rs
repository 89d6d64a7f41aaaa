//! What families do: apply, look, answer, change, withdraw, hand in, sign. Never here: what they learn from the answers (`told`).

use chrono::TimeDelta;
use kezek_fixtures as fixtures;
use kezek_local::gateway::Request;
use kezek_rules::ids::Bin;
use serde_json::{Value, json};

use crate::{
    errand::Kind,
    flight::at_once,
    people::{CHILDREN, Family},
    sim::Sim,
};

impl Sim {
    /// `P5.a`: a family applies that has no application.
    pub(crate) fn submits(&mut self) {
        let without = (0..self.people.families.len()).filter(|n| {
            let family = &self.people.families[*n];
            family.id.is_none() || family.seen["status"] == "archived" || family.seen["status"] == "refused"
        });
        let without: Vec<usize> = without.collect();
        let Some(n) = self.acts.pick(&without) else { return self.family_acts() };
        let (applicant, child, born) = {
            let family = &self.people.families[n];
            (family.applicant, family.child, family.born)
        };
        let stream =
            ["general", "general", "general", "general", "special:speech", "sanatorium:lungs"][self.acts.below(6)];
        let kind = stream.split(':').next().unwrap_or_default();
        let gardens = self.people.gardens.iter().filter(|garden| garden.streams.contains(&kind));
        let fitting: Vec<Bin> = gardens.map(|garden| garden.bin).collect();
        if fitting.is_empty() {
            return;
        }
        let organisations = self.acts.some(&fitting, 4);
        let benefit = [13, 13, 13, 13, 13, 10, 10, 6, 1, 2][self.acts.below(10)];
        let issued = self.day(-3).to_string();
        let body =
            fixtures::application(fixtures::iin(applicant), fixtures::iin(CHILDREN + child), born, &organisations);
        let mut body = fixtures::with_benefit(body, benefit, &issued);
        body["stream"] = json!(stream);
        let document = |kind: &str| json!({"kind": kind, "issuedOn": issued, "reference": "сынақ"});
        let more = match kind {
            "special" => Some("pmpc-conclusion"),
            "sanatorium" => Some("phthisiatrician-conclusion"),
            _ => self.acts.percent(6).then_some("pmpc-conclusion"),
        };
        if let (Some(more), Some(documents)) = (more, body["documents"].as_array_mut()) {
            documents.push(document(more));
        }
        if self.acts.percent(10) {
            let days = self.acts.between(1, 60);
            body["notBefore"] = json!({"date": self.day(days).to_string()});
        }
        if benefit < 13 && benefit > 4 && self.acts.percent(70) {
            self.know(child, &[benefit]);
        }
        let token = self.parent(applicant);
        let family = &mut self.people.families[n];
        family.applied += 1;
        let key = format!("{}-{}", family.child, family.applied);
        let keys = &self.local.app().keys;
        let id = keys.application_by_key(keys.person(fixtures::iin(applicant).as_str()), &key).to_string();
        let request =
            Request::new("POST", "/v1/applications").bearer(&token).header("idempotency-key", &key).json(&body);
        family.id = Some(id.clone());
        family.submission = Some(request.clone());
        family.answer = None;
        family.seen = Value::Null;
        self.errand(Kind::Submit(n), Some(id), request);
    }

    /// A family with an application, rather one that has news.
    fn some_family(&mut self) -> Option<usize> {
        let there = |id: &String| self.oracle.applications.contains_key(id);
        let with = (0..self.people.families.len()).filter(|n| self.people.families[*n].id.as_ref().is_some_and(there));
        let with: Vec<usize> = with.collect();
        let news: Vec<usize> = with.iter().copied().filter(|n| self.people.families[*n].news).collect();
        if !news.is_empty() && self.acts.percent(75) { self.acts.pick(&news) } else { self.acts.pick(&with) }
    }

    /// Looks at the application if there are news, else does what there is to do.
    pub(crate) fn family_acts(&mut self) {
        let Some(n) = self.some_family() else { return };
        let family = self.people.families[n].clone();
        let Some(id) = family.id.clone() else { return };
        let token = self.parent(family.applicant);
        let path = format!("/v1/applications/{id}");
        if family.news && self.acts.percent(85) || family.seen.is_null() {
            self.people.families[n].news = false;
            return self.errand(Kind::Look(n), Some(id), Request::new("GET", &path).bearer(&token));
        }
        if family.seen["status"] == "archived" && self.acts.percent(90) {
            return self.asks_position();
        }
        let request = match self.next_move(&family) {
            Some((what, body)) => {
                let request = Request::new("POST", &format!("{path}/{what}")).bearer(&token);
                if body.is_null() { request } else { request.json(&body) }
            }
            None => {
                let body = self.change(&family);
                let request = Request::new("PATCH", &path).bearer(&token);
                let tag = family.version.clone().filter(|_| self.acts.percent(40));
                request.header("if-match", tag.as_deref().unwrap_or("*")).json(&body)
            }
        };
        self.errand(Kind::Act(n), Some(id), request);
    }

    /// What a family answers to what it saw; none: nothing is asked of it.
    fn next_move(&mut self, family: &Family) -> Option<(String, Value)> {
        let seen = &family.seen;
        let open = |list: &Value| -> Vec<Value> {
            list.as_array().into_iter().flatten().filter(|one| one["status"] == "open").cloned().collect()
        };
        if let Some(offer) = self.acts.pick(&open(&seen["offers"])) {
            let said = if self.acts.percent(75) { "accept" } else { "decline" };
            let id = offer["id"].as_str().unwrap_or_default();
            return Some((format!("offers/{id}/answer"), json!({"answer": said})));
        }
        let questions = seen["questions"].as_array().cloned().unwrap_or_default();
        if let Some(question) = self.acts.pick(&questions) {
            let mut body = json!({"answer": if self.acts.percent(75) { "yes" } else { "no" }});
            if let Some(organisation) = question["organisation"].as_str() {
                body["organisation"] = json!(organisation);
            }
            return Some(("interest".to_owned(), body));
        }
        let contract = seen["contract"]["status"].as_str().unwrap_or_default();
        if contract == "to-sign" || contract == "formed" || contract == "unsigned" {
            return Some(("contract/signature".to_owned(), self.signature(family)));
        }
        if contract == "signed" && self.acts.percent(20) {
            return Some(("contract/termination".to_owned(), Value::Null));
        }
        if seen["referral"]["status"] == "issued" {
            return Some(match self.acts.below(20) {
                0 | 1 => ("referral/cancellation".to_owned(), Value::Null),
                2 => {
                    let until = self.day(12).to_string();
                    let document =
                        json!({"kind": "inability", "issuedOn": self.today().to_string(), "reference": "сынақ"});
                    ("referral/extension".to_owned(), json!({"until": until, "document": document}))
                }
                _ => ("enrolment".to_owned(), self.documents(seen)),
            });
        }
        (self.acts.percent(8)).then(|| ("withdrawal".to_owned(), Value::Null))
    }

    fn signature(&mut self, family: &Family) -> Value {
        let id = family.id.as_deref().and_then(|id| id.parse().ok());
        let code = id.and_then(|id| at_once(self.local.signature_code(id)).ok()?.ok()?);
        match code {
            Some(code) => json!({"means": "sms-code", "proof": code}),
            None => json!({"means": "qr", "proof": "сынақ"}),
        }
    }

    /// `P22.b`.
    fn documents(&mut self, seen: &Value) -> Value {
        let day = self.day(-1).to_string();
        let document = |kind: &&str| json!({"kind": kind, "issuedOn": day, "reference": "сынақ"});
        let mut kinds = vec!["vaccination-card", "health-passport", "health-certificate"];
        if self.acts.percent(8) {
            kinds.pop();
        }
        match seen["benefit"].as_u64() {
            Some(1..=4) => kinds.push("service-certificate"),
            Some(11 | 12) => kinds.extend(["work-certificate", "diploma"]),
            _ => {}
        }
        if seen["stream"].as_str().is_some_and(|stream| stream.starts_with("special")) {
            kinds.push("pmpc-conclusion");
        }
        json!({"documents": kinds.iter().map(document).collect::<Vec<_>>()})
    }

    /// Other organisations, another day, another benefit.
    fn change(&mut self, family: &Family) -> Value {
        match self.acts.below(4) {
            0 | 1 => {
                let kind = family.seen["stream"].as_str().unwrap_or("general").split(':').next().unwrap_or_default();
                let gardens = self.people.gardens.iter().filter(|garden| garden.streams.contains(&kind));
                let gardens: Vec<String> = gardens.map(|garden| garden.bin.to_string()).collect();
                json!({"organisations": self.acts.some(&gardens, 4)})
            }
            2 if self.acts.percent(50) => json!({"notBefore": null}),
            2 => {
                let days = self.acts.between(1, 40);
                json!({"notBefore": {"date": (self.today() + TimeDelta::days(days)).to_string()}})
            }
            _ => {
                let benefit = [13, 10, 6, 1][self.acts.below(4)];
                if benefit > 4 && benefit < 13 && self.acts.percent(65) {
                    self.know(family.child, &[benefit]);
                }
                let day = self.day(-2).to_string();
                let document = |kind: &str| json!({"kind": kind, "issuedOn": day, "reference": "сынақ"});
                let mut body = json!({"benefit": benefit});
                if benefit < 5 {
                    body["documents"] = json!([document("service-certificate")]);
                }
                body
            }
        }
    }

    /// `P15.6`.
    pub(crate) fn asks_position(&mut self) {
        let Some(n) = self.some_family() else { return };
        let family = self.people.families[n].clone();
        let Some(id) = family.id else { return };
        let request = Request::new("GET", &format!("/v1/applications/{id}/position"));
        let request = request.bearer(&self.parent(family.applicant));
        self.errand(Kind::Position(n), Some(id), request);
    }

    /// Something that was answered is asked again, with the same key.
    pub(crate) fn does_again(&mut self) {
        let answered = self
            .people
            .families
            .iter()
            .filter_map(|family| Some((family.submission.clone()?, family.answer.clone()?, family.id.clone()?)));
        let answered: Vec<_> = answered.collect();
        let Some((request, body, id)) = self.acts.pick(&answered) else { return };
        self.errand(Kind::Again(201, body), Some(id), request);
    }
}
