//! What people learn from answers and from what happened. Never here: what they do about it.

use crate::{
    errand::{Errand, Kind},
    error::Broken,
    sim::Sim,
};

impl Sim {
    /// An errand has its answer.
    ///
    /// # Errors
    /// What was accepted isn't there (3).
    pub(crate) fn told(&mut self, errand: &Errand) -> Result<(), Broken> {
        let Some(response) = errand.answers().first() else { return Ok(()) };
        let (status, answer) = (response.status, response.json());
        self.note(&format!("{:?} {status}", errand.kind));
        if status >= 400 && errand.kind != Kind::Stranger {
            let (code, field) = (answer["type"].as_str().unwrap_or_default(), &answer["errors"][0]["code"]);
            let code = code.rsplit('/').next().unwrap_or_default();
            let what = errand.request.path.rsplit('/').next().unwrap_or_default();
            self.count(&format!(
                "refused: {} {what} {code} {}",
                errand.request.method,
                field.as_str().unwrap_or_default()
            ));
        }
        match &errand.kind {
            Kind::Submit(n) => {
                let id = errand.about.clone().unwrap_or_default();
                let there = self.oracle.applications.contains_key(&id);
                if (status == 201) != there {
                    let text = format!("a submission was answered {status}, and A#{id} is there: {there}: {answer}");
                    return Err(Broken::promise(3, text));
                }
                self.count(if status == 201 { "submitted" } else { "not submitted" });
                let family = &mut self.people.families[*n];
                if family.id.as_deref() != Some(&id) {
                    return Ok(());
                }
                if status == 201 {
                    family.answer = Some(response.body.clone());
                    family.news = true;
                } else {
                    (family.id, family.submission) = (None, None);
                }
            }
            Kind::Look(n) | Kind::Act(n) => {
                let family = &mut self.people.families[*n];
                if family.id != errand.about {
                    return Ok(());
                }
                if status < 300 {
                    family.version = response.header("etag").map(str::to_owned);
                    family.seen = answer;
                } else {
                    family.news = true;
                    if status == 404 && matches!(errand.kind, Kind::Look(_)) {
                        return Err(Broken::promise(3, format!("A#{:?} isn't there any more", family.id)));
                    }
                }
                self.count(match (status < 300, &errand.kind) {
                    (true, Kind::Act(_)) => "acts done",
                    (false, Kind::Act(_)) => "acts refused",
                    _ => "looks",
                });
            }
            Kind::Garden(n, what) if status == 200 => {
                let items = answer["items"].as_array().cloned().unwrap_or_default();
                let garden = &mut self.people.gardens[*n];
                *(if *what == "referrals" { &mut garden.referrals } else { &mut garden.vacancies }) = items;
            }
            Kind::Tasks if status == 200 => {
                self.people.tasks = answer["items"].as_array().cloned().unwrap_or_default();
            }
            Kind::Complaint(applicant) if status == 201 => {
                let id = answer["id"].as_str().unwrap_or_default().to_owned();
                self.people.complaints.push((*applicant, id));
            }
            Kind::Other if status == 201 => self.learn(errand, &answer),
            _ => {}
        }
        Ok(())
    }

    fn learn(&mut self, errand: &Errand, answer: &serde_json::Value) {
        let Some(id) = answer["id"].as_str().map(str::to_owned) else { return };
        let child = |body: &serde_json::Value| body["child"]["iin"].as_str().map(str::to_owned);
        let body = serde_json::from_slice(&errand.request.body).unwrap_or_default();
        match errand.request.path.as_str() {
            "/v1/invitations" => {
                let iin = child(&body);
                let of = self.people.families.iter().position(|family| {
                    Some(kezek_fixtures::iin(super::CHILDREN + family.child).as_str()) == iin.as_deref()
                });
                self.people.invitations.extend(of.map(|of| (of, id)));
            }
            path if path.starts_with("/v1/invitations/") => {
                let invitation = path.split('/').nth(3).unwrap_or_default();
                if let Some((n, _)) = self.people.invitations.iter().find(|(_, known)| known == invitation) {
                    let family = &mut self.people.families[*n];
                    (family.id, family.news) = (Some(id), true);
                }
            }
            _ => {}
        }
    }

    /// Whoever something happened to will look.
    pub(crate) fn spread_news(&mut self) {
        let news = std::mem::take(&mut self.oracle.news);
        for family in &mut self.people.families {
            family.news |= family.id.as_ref().is_some_and(|id| news.contains(id));
        }
    }
}
