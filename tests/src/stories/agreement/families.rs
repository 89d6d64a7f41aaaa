//! What families do in a story while they wait: answer, change, defer, cancel, withdraw. Never here: benefits, enrolment, and what an
//! officer does.

use chrono::TimeDelta;
use kezek_rules::ids::Bin;
use serde_json::{Value, json};

use super::Story;
use super::acts::Done;
use crate::model::state::{EntryState, OfferStatus, Status};
use crate::model::{Change, NotBefore, calendar};

impl Story {
    pub async fn answers(&mut self) -> Option<Done> {
        let mut open = Vec::new();
        for (a, app) in self.model.apps.iter().enumerate() {
            let offers = app.offers.iter().filter(|offer| offer.status == OfferStatus::Open);
            open.extend(offers.map(|offer| (a, offer.organisation)));
        }
        let (a, organisation) = self.chance.pick(&open)?;
        let accept = self.chance.percent(70);
        let seen = self.world.see(&self.parents[a]).await;
        let offers = seen["offers"].as_array().cloned().unwrap_or_default();
        let offer = offers.iter().find(|o| o["organisation"] == organisation.as_str() && o["status"] == "open");
        let id = offer.and_then(|offer| offer["id"].as_str()).unwrap_or("none").to_owned();
        let (said, kind) = if accept { ("accept", "accepted offer") } else { ("decline", "declined offer") };
        let path = format!("offers/{id}/answer");
        let (status, answer) = self.post(&self.parents[a], &path, &json!({"answer": said})).await;
        let outcome = self.model.answer_offer(a, organisation, accept);
        let told = self.alike(kind, outcome, status, &answer);
        Some((format!("application {a}: {said} the offer of {organisation}: {status}"), told))
    }

    pub async fn is_interested(&mut self) -> Option<Done> {
        let asked = self.those(|a| {
            let app = &self.model.apps[a];
            let of_entry = app.entries.iter().any(|entry| matches!(entry.state, EntryState::Asked { .. }));
            of_entry || self.model.is_asked(a)
        });
        let from = if self.chance.percent(90) { asked } else { self.those(|_| true) };
        let a = self.chance.pick(&from)?;
        let about: Vec<Bin> = self.model.apps[a].entries.iter().map(|entry| entry.organisation).collect();
        let about = if self.chance.percent(20) { self.chance.pick(&about) } else { None };
        let yes = self.chance.percent(50);
        let said = if yes { "yes" } else { "no" };
        let mut body = json!({"answer": said});
        if let Some(organisation) = about {
            body["organisation"] = json!(organisation.as_str());
        }
        let (status, answer) = self.post(&self.parents[a], "interest", &body).await;
        let outcome = self.model.answer_interest(a, yes, about);
        let told = self.alike(said, outcome, status, &answer);
        Some((format!("application {a}: interest {body}: {status}"), told))
    }

    pub async fn cancels(&mut self) -> Option<Done> {
        let a = self.one_of(|model, a| model.apps[a].status == Status::Referred)?;
        let (status, answer) = self.post(&self.parents[a], "referral/cancellation", &Value::Null).await;
        let outcome = self.model.cancel_referral(a);
        let told = self.alike("cancellation", outcome, status, &answer);
        Some((format!("application {a}: cancels its referral: {status}"), told))
    }

    pub async fn withdraws(&mut self) -> Option<Done> {
        let a = self.one_of(|model, a| model.is_live(a))?;
        let (status, answer) = self.post(&self.parents[a], "withdrawal", &Value::Null).await;
        let outcome = self.model.withdraw(a);
        let told = self.alike("withdrawal", outcome, status, &answer);
        Some((format!("application {a}: withdraws: {status}"), told))
    }

    /// `PATCH`, with the version that it was read at.
    pub async fn patch(&self, a: usize, body: &Value) -> (u16, Value) {
        let parent = &self.parents[a];
        let path = format!("/v1/applications/{}", parent.id);
        let request = kezek_local::gateway::Request::new("PATCH", &path).bearer(&parent.token);
        let answer = self.world.send(request.header("if-match", "*").json(body)).await;
        (answer.status, answer.json())
    }

    pub async fn changes(&mut self) -> Option<Done> {
        let a = if self.chance.percent(95) {
            self.one_of(|model, a| {
                matches!(model.apps[a].status, Status::Accepted | Status::Verifying | Status::Queued)
            })?
        } else {
            self.one_of(|_, _| true)?
        };
        // An entry that comes in at the instant of its change never meets another of the same millisecond.
        self.pass(TimeDelta::minutes(1)).await;
        let organisations = self.chance.some(&self.gardens, 4);
        let names: Vec<&str> = organisations.iter().map(Bin::as_str).collect();
        let (status, answer) = self.patch(a, &json!({"organisations": names})).await;
        let did = format!("application {a}: wants {} from now on: {status}", names.join(" "));
        let change = Change { organisations: Some(organisations), ..Change::default() };
        let outcome = self.model.change(a, &change);
        let told = self.alike("other organisations", outcome, status, &answer);
        self.pass(TimeDelta::minutes(1)).await;
        Some((did, told))
    }

    /// Some day or age from which a place may be wanted, past or to come.
    pub fn some_age(&mut self) -> NotBefore {
        if self.chance.percent(50) {
            let days = i64::try_from(self.chance.below(120)).expect("small") - 10;
            return NotBefore::Date(calendar::day(self.model.now()) + TimeDelta::days(days));
        }
        let [years, months] = [2 + self.chance.below(4), self.chance.below(12)];
        NotBefore::Age { years: u32::try_from(years).expect("small"), months: u32::try_from(months).expect("small") }
    }

    /// `P15.2`: the place is wanted later, or at once.
    pub async fn defers(&mut self) -> Option<Done> {
        let a = self.one_of(|model, a| matches!(model.apps[a].status, Status::Queued | Status::Verifying))?;
        let wish = if self.chance.percent(30) { None } else { Some(self.some_age()) };
        let body = json!({"notBefore": told_not_before(wish)});
        let (status, answer) = self.patch(a, &body).await;
        let change = Change { not_before: Some(wish), ..Change::default() };
        let outcome = self.model.change(a, &change);
        let told = self.alike("deferral", outcome, status, &answer);
        Some((format!("application {a}: {body}: {status}"), told))
    }
}

/// As in the request.
pub fn told_not_before(wish: Option<NotBefore>) -> Value {
    match wish {
        None => Value::Null,
        Some(NotBefore::Date(day)) => json!({"date": day.to_string()}),
        Some(NotBefore::Age { years, months: 0 }) => json!({"age": format!("P{years}Y")}),
        Some(NotBefore::Age { years, months }) => json!({"age": format!("P{years}Y{months}M")}),
    }
}
