//! Complaints in a story (`P18`): families complain, an officer moves on what waits. Never here: what is seen of them.

use kezek_fixtures as fixtures;
use kezek_local::gateway::Request;
use serde_json::json;

use super::Story;
use super::acts::Done;
use crate::model::Complaining;
use crate::model::state::ComplaintState;
use crate::world::SETTLEMENT;

impl Story {
    pub async fn complains(&mut self) -> Done {
        let known = self.chance.pick(&self.children).map_or(1, |(applicant, _)| applicant);
        let own = self.those(|a| self.model.apps[a].applicant == known);
        let about = match self.chance.below(10) {
            0..=3 => self.chance.pick(&own),
            4 => self.one_of(|_, _| true),
            _ => None,
        };
        let garden = match self.chance.below(10) {
            0..=3 => self.chance.pick(&self.gardens),
            4 => Some(fixtures::bin(99)),
            _ => None,
        };
        let filed = Complaining {
            applicant: known,
            to_authority: self.chance.percent(30),
            organisation: garden,
            application: about,
            settlement: self.chance.percent(70),
        };
        let mut body = json!({"text": format!("сынақ {}", self.complaints.len())});
        body["about"] = json!("provider");
        if let Some(garden) = garden {
            body["organisation"] = json!(garden.as_str());
            body["about"] = json!(if self.chance.percent(70) { "organisation" } else { "provider" });
        }
        if filed.settlement {
            body["settlement"] = json!(SETTLEMENT);
        }
        if filed.to_authority {
            body["addressee"] = json!("authority");
        }
        if let Some(a) = about {
            body["application"] = json!(self.parents[a].id);
        }
        let token = self.world.applicant(fixtures::iin(known)).await;
        let answer = self.world.call("POST", "/v1/complaints", &token, &body).await;
        let (status, answer) = (answer.status, answer.json());
        let outcome = self.model.complain(&filed);
        let kind = if about.is_some() { "complaint about an application" } else { "complaint" };
        if outcome.is_err() {
            self.counts.act("complaint about the unknown", true);
        }
        let told = self.alike(kind, outcome.map(|_| ()), status, &answer);
        if outcome.is_ok() && status == 201 {
            self.complaints.push((answer["id"].as_str().expect("an id").to_owned(), known));
        }
        self.model.set_clock(self.world.local.now());
        (format!("applicant {known} complains {body}: {status}"), told)
    }

    pub async fn moves_a_complaint_on(&mut self) -> Option<Done> {
        let any = self.chance.percent(15);
        let open = |c: &usize| any || self.model.complaints[*c].state.is_open();
        let those: Vec<usize> = (0..self.complaints.len()).filter(open).collect();
        let c = self.chance.pick(&those)?;
        let (to, kind) = *[
            (ComplaintState::InReview, "complaint in review"),
            (ComplaintState::Answered, "complaint answered"),
            (ComplaintState::Refused, "complaint refused"),
        ]
        .get(self.chance.below(3))
        .expect("one");
        let mut body = json!({"state": to.text()});
        if to.has_ended() {
            body["answer"] = json!("сынақ");
        }
        let path = format!("/v1/workplace/complaints/{}/state", self.complaints[c].0);
        let request = Request::new("POST", &path).bearer(&self.world.officer().await);
        let answer = self.world.send(request.header("if-match", "*").json(&body)).await;
        let outcome = self.model.move_complaint(c, to);
        let told = self.alike(kind, outcome, answer.status, &answer.json());
        if outcome.is_ok() && to.has_ended() && self.model.complaints[c].overdue {
            self.counts.act("complaint answered late", true);
        }
        Some((format!("an officer moves complaint {c} to {}: {}", to.text(), answer.status), told))
    }
}
