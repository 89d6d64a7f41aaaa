//! What families do in a story after they have submitted: answer, change, defer, cancel, withdraw. Never here: what an officer does.

use chrono::TimeDelta;
use kezek_rules::ids::Bin;
use serde_json::{Value, json};

use super::Story;
use super::acts::alike;
use crate::model::state::{EntryState, OfferStatus, Status};
use crate::model::{Change, NotBefore, calendar};

impl Story {
    pub async fn answers(&mut self) -> (String, String) {
        let mut open = Vec::new();
        for (a, app) in self.model.apps.iter().enumerate() {
            let offers = app.offers.iter().filter(|offer| offer.status == OfferStatus::Open);
            open.extend(offers.map(|offer| (a, offer.organisation)));
        }
        let Some((a, organisation)) = self.chance.pick(&open) else { return self.time_passes().await };
        let accept = self.chance.percent(55);
        let seen = self.world.see(&self.parents[a]).await;
        let offers = seen["offers"].as_array().cloned().unwrap_or_default();
        let offer = offers.iter().find(|o| o["organisation"] == organisation.as_str() && o["status"] == "open");
        let id = offer.and_then(|offer| offer["id"].as_str()).unwrap_or("none").to_owned();
        let said = if accept { "accept" } else { "decline" };
        let path = format!("offers/{id}/answer");
        let (status, answer) = self.post(&self.parents[a], &path, &json!({"answer": said})).await;
        let mut told = String::new();
        alike(&mut told, self.model.answer_offer(a, organisation, accept), status, &answer);
        (format!("application {a}: {said} the offer of {organisation}: {status}"), told)
    }

    pub async fn is_interested(&mut self) -> (String, String) {
        let asked = self.those(|a| {
            let app = &self.model.apps[a];
            let of_entry = app.entries.iter().any(|entry| matches!(entry.state, EntryState::Asked { .. }));
            of_entry || (app.interest.asked > 0 && self.model.is_live(a))
        });
        let any = self.those(|_| self.model.count() > 0);
        let from = if asked.is_empty() || self.chance.percent(5) { any } else { asked };
        let Some(a) = self.chance.pick(&from) else { return self.time_passes().await };
        let yes = self.chance.percent(75);
        let said = if yes { "yes" } else { "no" };
        let (status, answer) = self.post(&self.parents[a], "interest", &json!({"answer": said})).await;
        let mut told = String::new();
        alike(&mut told, self.model.answer_interest(a, yes, None), status, &answer);
        (format!("application {a}: interest {said}: {status}"), told)
    }

    pub async fn cancels(&mut self) -> (String, String) {
        let referred = self.those(|a| self.model.apps[a].status == Status::Referred);
        let Some(a) = self.chance.pick(&referred) else { return self.time_passes().await };
        let (status, answer) = self.post(&self.parents[a], "referral/cancellation", &Value::Null).await;
        let mut told = String::new();
        alike(&mut told, self.model.cancel_referral(a), status, &answer);
        (format!("application {a}: cancels its referral: {status}"), told)
    }

    pub async fn withdraws(&mut self) -> (String, String) {
        let live = self.those(|a| self.model.is_live(a));
        let Some(a) = self.chance.pick(&live) else { return self.time_passes().await };
        let (status, answer) = self.post(&self.parents[a], "withdrawal", &Value::Null).await;
        let mut told = String::new();
        alike(&mut told, self.model.withdraw(a), status, &answer);
        (format!("application {a}: withdraws: {status}"), told)
    }

    /// `PATCH`, with the version that it was read at.
    pub async fn patch(&self, a: usize, body: &Value) -> (u16, Value) {
        let parent = &self.parents[a];
        let path = format!("/v1/applications/{}", parent.id);
        let request = kezek_local::gateway::Request::new("PATCH", &path).bearer(&parent.token);
        let answer = self.world.send(request.header("if-match", "*").json(body)).await;
        (answer.status, answer.json())
    }

    pub async fn changes(&mut self) -> (String, String) {
        let queued = self.those(|a| self.model.apps[a].status == Status::Queued);
        let Some(a) = self.chance.pick(&queued) else { return self.time_passes().await };
        // An entry that comes in at the instant of its change never meets another of the same millisecond.
        self.pass(TimeDelta::minutes(1)).await;
        let organisations = self.chance.some(&self.gardens, 4);
        let names: Vec<&str> = organisations.iter().map(Bin::as_str).collect();
        let (status, answer) = self.patch(a, &json!({"organisations": names})).await;
        let did = format!("application {a}: wants {} from now on: {status}", names.join(" "));
        let change = Change { organisations: Some(organisations), ..Change::default() };
        let mut told = String::new();
        alike(&mut told, self.model.change(a, &change), status, &answer);
        self.pass(TimeDelta::minutes(1)).await;
        (did, told)
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
    pub async fn defers(&mut self) -> (String, String) {
        let live = self.those(|a| matches!(self.model.apps[a].status, Status::Queued | Status::Verifying));
        let Some(a) = self.chance.pick(&live) else { return self.time_passes().await };
        let wish = if self.chance.percent(30) { None } else { Some(self.some_age()) };
        let body = json!({"notBefore": told_not_before(wish)});
        let (status, answer) = self.patch(a, &body).await;
        let change = Change { not_before: Some(wish), ..Change::default() };
        let mut told = String::new();
        alike(&mut told, self.model.change(a, &change), status, &answer);
        (format!("application {a}: {body}: {status}"), told)
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
