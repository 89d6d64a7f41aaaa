//! What officers and kindergartens do in a story: decide on documents, take a vacancy back. Never here: bulletins (`acts`).

use serde_json::json;

use super::Story;
use super::acts::alike;
use crate::model::state::{By, SeatStatus};

impl Story {
    pub async fn decides(&mut self) -> (String, String) {
        let waits = self.those(|a| {
            let app = &self.model.apps[a];
            let second = app.referrals.last().and_then(|referral| referral.check);
            let check = app.check.or(second);
            check.is_some_and(|check| check.by == By::Officer)
        });
        let Some(a) = self.chance.pick(&waits) else { return self.time_passes().await };
        let confirm = self.chance.percent(75);
        let ground = u8::try_from(1 + self.chance.below(3)).expect("small");
        let body = if confirm {
            json!({"decision": "confirm"})
        } else {
            json!({"decision": "refuse", "ground": ground, "note": "сынақ"})
        };
        let answer = self.world.decide(&self.parents[a], &body).await;
        let mut told = String::new();
        alike(&mut told, self.model.officer_decides(a, confirm, ground), answer.status, &answer.json());
        (format!("an officer decides on application {a}: {body}: {}", answer.status), told)
    }

    pub async fn takes_back(&mut self) -> (String, String) {
        let open = |s: &usize| self.model.seats[*s].status == SeatStatus::Open || (*s).is_multiple_of(3);
        let seats: Vec<usize> = (0..self.model.seats.len()).filter(open).collect();
        let Some(s) = self.chance.pick(&seats) else { return self.time_passes().await };
        let garden = self.model.seats[s].organisation;
        let Some(place) = self.model.seats_of(garden).iter().position(|other| *other == s) else {
            return self.time_passes().await;
        };
        let listed = self.vacancies(garden).await;
        let id = listed.get(place).and_then(|seat| seat["id"].as_str()).unwrap_or("none").to_owned();
        let path = format!("/v1/organisations/{garden}/vacancies/{id}/withdrawal");
        let token = self.world.organisation(garden).await;
        let answer = self.world.call("POST", &path, &token, &json!({"reason": "сынақ"})).await;
        let mut told = String::new();
        let gone = self.model.seats[s].status == SeatStatus::Withdrawn;
        let outcome = if gone { Ok(()) } else { self.model.withdraw_vacancy(s, false) };
        alike(&mut told, outcome, answer.status, &answer.json());
        (format!("{garden} takes back its vacancy {place}: {}", answer.status), told)
    }
}
