//! What kindergartens do: publish, decide on documents, take vacancies back, tell figures. Never here: what they learn (`told`).

use kezek_local::{
    deployment::{BULLETINS, QUEUE_READERS},
    gateway::Request,
};
use kezek_rules::ids::Bin;
use serde_json::{Value, json};

use crate::{errand::Kind, error::Broken, sim::Sim};

/// So many of the last bulletins are sent again after a restore.
const AGAIN: usize = 12;

impl Sim {
    fn some_garden(&mut self) -> usize {
        self.acts.below(self.people.gardens.len())
    }

    /// `P17.1`: a bulletin, now and then one that was sent before.
    pub(crate) fn publishes(&mut self) -> Result<(), Broken> {
        let place = QUEUE_READERS.iter().position(|(name, ..)| *name == BULLETINS).unwrap_or(0);
        if self.acts.percent(12)
            && let Some(before) = self.acts.pick(&self.people.bulletins.clone())
        {
            return self.post(place, &before);
        }
        let n = self.some_garden();
        let (bin, streams) = (self.people.gardens[n].bin, self.people.gardens[n].streams);
        let lines: Vec<Value> = (1..=1 + self.acts.below(2)).map(|line| self.line(line, streams)).collect();
        let kind = if self.acts.percent(85) { "current" } else { "year-end" };
        let body = json!({
            "bulletinId": format!("b-{}", self.people.bulletins.len()), "organisation": bin.as_str(),
            "issuedAt": Self::text(self.now()), "kind": kind, "lines": lines,
        });
        self.people.bulletins.push(body.to_string());
        self.post(place, &body.to_string())
    }

    /// After a restore: what was announced in the last days is announced again, for a bulletin may have been half taken at the second.
    pub(crate) fn publish_again(&mut self) -> Result<(), Broken> {
        let place = QUEUE_READERS.iter().position(|(name, ..)| *name == BULLETINS).unwrap_or(0);
        for body in self.people.bulletins.clone().iter().rev().take(AGAIN) {
            self.post(place, body)?;
        }
        Ok(())
    }

    fn line(&mut self, line: usize, streams: &[&str]) -> Value {
        let stream = match self.acts.pick(streams) {
            Some("special") if self.acts.percent(60) => "special:speech",
            Some("sanatorium") if self.acts.percent(60) => "sanatorium:lungs",
            _ => "general",
        };
        let groups = ["junior", "middle", "middle", "senior", "mixed-age", "mixed-age"];
        let group = if stream.starts_with("special") { "special" } else { groups[self.acts.below(groups.len())] };
        let years: Vec<i32> = match group {
            "mixed-age" | "special" => vec![2021, 2022, 2023],
            _ => vec![[2020, 2021, 2022, 2022, 2023][self.acts.below(5)]],
        };
        let days = self.acts.between(5, 60);
        let until = self.acts.percent(20).then(|| self.day(days).to_string());
        json!({
            "line": line, "count": 1 + self.acts.below(3), "groupType": group, "language": "kk", "regimeHours": 10.5,
            "stream": stream, "birthYears": years, "temporaryUntil": until,
        })
    }

    /// Looks at its referrals, or decides on the documents of one.
    pub(crate) fn garden_acts(&mut self) {
        let n = self.some_garden();
        let bin = self.people.gardens[n].bin;
        let token = self.of_garden(bin);
        let handed_in: Vec<Value> = self.people.gardens[n]
            .referrals
            .iter()
            .filter(|referral| referral["status"] == "issued" && !referral["registeredAt"].is_null())
            .cloned()
            .collect();
        let Some(referral) = self.acts.pick(&handed_in).filter(|_| self.acts.percent(70)) else {
            if self.acts.percent(10) {
                return self.tells_figures(bin, &token);
            }
            let path = format!("/v1/organisations/{bin}/referrals");
            return self.errand(Kind::Garden(n, "referrals"), None, Request::new("GET", &path).bearer(&token));
        };
        let id = referral["id"].as_str().unwrap_or_default();
        let body = match self.acts.below(10) {
            0..=6 => json!({"decision": "confirm"}),
            7 => json!({"decision": "return", "note": "сынақ"}),
            _ => {
                let ground = [1, 2, 4, 5][self.acts.below(4)];
                json!({"decision": "refuse", "ground": ground, "note": "сынақ"})
            }
        };
        let path = format!("/v1/organisations/{bin}/referrals/{id}/documents-decision");
        // Whatever comes of it, the next look tells.
        self.people.gardens[n].referrals.retain(|other| other["id"] != id);
        self.errand(Kind::Other, None, Request::new("POST", &path).bearer(&token).json(&body));
    }

    fn tells_figures(&mut self, bin: Bin, token: &str) {
        let body = json!({"groupType": "middle", "birthYears": [2021, 2022], "children": 20,
                          "unvaccinated": self.acts.below(4)});
        let path = format!("/v1/organisations/{bin}/groups/g-1");
        let request = Request::new("PUT", &path).bearer(token).json(&body);
        let request = if self.acts.percent(50) { request.header("if-match", "*") } else { request };
        self.errand(Kind::Other, None, request);
    }

    /// `K3`: by the kindergarten, or by an officer from whoever holds it.
    pub(crate) fn withdraws_vacancy(&mut self) {
        let n = self.some_garden();
        let bin = self.people.gardens[n].bin;
        let token = self.of_garden(bin);
        let known = self.people.gardens[n].vacancies.clone();
        let Some(vacancy) = self.acts.pick(&known).filter(|_| self.acts.percent(60)) else {
            let path = format!("/v1/organisations/{bin}/vacancies?limit=100");
            return self.errand(Kind::Garden(n, "vacancies"), None, Request::new("GET", &path).bearer(&token));
        };
        let id = vacancy["id"].as_str().unwrap_or_default();
        let path = format!("/v1/organisations/{bin}/vacancies/{id}/withdrawal");
        let token = if self.acts.percent(30) { self.officer() } else { token };
        let request = Request::new("POST", &path).bearer(&token).json(&json!({"reason": "сынақ"}));
        self.errand(Kind::Other, None, request);
    }
}
