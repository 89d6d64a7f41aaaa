//! What officers and kindergartens do with what waits in a story: decide on documents, archive, withdraw vacancies. Never here:
//! bulletins (`acts`), enrolment.

use serde_json::json;

use super::Story;
use super::acts::Done;
use crate::model::state::{By, SeatStatus};

impl Story {
    pub async fn decides(&mut self) -> Option<Done> {
        let any = self.chance.percent(3);
        let a = self.one_of(|model, a| {
            let app = &model.apps[a];
            let second = app.referrals.last().and_then(|referral| referral.check);
            let extension = app.referrals.last().is_some_and(|referral| referral.asked_extension.is_some());
            let claim = app.claim.as_ref().map(|claim| claim.check);
            let checks = [app.check, claim, second];
            extension || checks.into_iter().flatten().any(|check| check.by == By::Officer) || any && app.check.is_some()
        })?;
        let confirm = self.chance.percent(75);
        let ground = u8::try_from(1 + self.chance.below(3)).expect("small");
        let body = if confirm {
            json!({"decision": "confirm"})
        } else {
            json!({"decision": "refuse", "ground": ground, "note": "сынақ"})
        };
        let answer = self.world.decide(&self.parents[a], &body).await;
        let outcome = self.model.officer_decides(a, confirm, ground);
        let kind = if confirm { "confirmation by an officer" } else { "refusal by an officer" };
        let told = self.alike(kind, outcome, answer.status, &answer.json());
        Some((format!("an officer decides on application {a}: {body}: {}", answer.status), told))
    }

    /// `P3.2`: for a violation, or as a duplicate.
    pub async fn archives(&mut self) -> Option<Done> {
        let any = self.chance.percent(10);
        let a = self.one_of(|model, a| model.is_live(a) || any)?;
        let duplicate = self.chance.percent(50);
        let body = json!({"reason": if duplicate { "duplicate" } else { "violation" }, "note": "сынақ"});
        let path = format!("/v1/workplace/applications/{}/archive", self.parents[a].id);
        let answer = self.world.call("POST", &path, &self.world.officer().await, &body).await;
        let outcome = self.model.officer_archives(a, duplicate);
        let told = self.alike("archiving by an officer", outcome, answer.status, &answer.json());
        Some((format!("an officer archives application {a}: {body}: {}", answer.status), told))
    }

    /// `K3`: by its organisation while no one holds it.
    pub async fn takes_back(&mut self) -> Option<Done> {
        let open = |s: &usize| self.model.seats[*s].status == SeatStatus::Open || (*s).is_multiple_of(5);
        let seats: Vec<usize> = (0..self.model.seats.len()).filter(open).collect();
        let s = self.chance.pick(&seats)?;
        self.withdraw(s, false, "vacancy taken back").await
    }

    /// `K3`: by an officer, from whoever holds it.
    pub async fn withdraws_held(&mut self) -> Option<Done> {
        let held = |s: &usize| matches!(self.model.seats[*s].status, SeatStatus::Offered | SeatStatus::Referred);
        let seats: Vec<usize> = (0..self.model.seats.len()).filter(held).collect();
        let s = self.chance.pick(&seats)?;
        self.withdraw(s, true, "held vacancy withdrawn").await
    }

    async fn withdraw(&mut self, s: usize, by_officer: bool, kind: &'static str) -> Option<Done> {
        let garden = self.model.seats[s].organisation;
        let place = self.model.seats_of(garden).iter().position(|other| *other == s)?;
        let listed = self.vacancies(garden).await;
        let id = listed.get(place).and_then(|seat| seat["id"].as_str()).unwrap_or("none").to_owned();
        let path = format!("/v1/organisations/{garden}/vacancies/{id}/withdrawal");
        let token = if by_officer { self.world.officer().await } else { self.world.organisation(garden).await };
        let answer = self.world.call("POST", &path, &token, &json!({"reason": "сынақ"})).await;
        let outcome = self.model.withdraw_vacancy(s, by_officer);
        let told = self.alike(kind, outcome, answer.status, &answer.json());
        Some((format!("vacancy {place} of {garden} is withdrawn (officer: {by_officer}): {}", answer.status), told))
    }
}
