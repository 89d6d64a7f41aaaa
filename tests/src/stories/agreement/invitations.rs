//! Invitations in a story (`P7`, `P8`): a state system invites or brings a single application, families answer. Never here: other
//! submissions.

use kezek_fixtures as fixtures;
use serde_json::{Value, json};

use super::Story;
use super::acts::{Done, birth_day, told_documents};
use crate::model::state::InvitationState;
use crate::model::{Inviting, Outcome, Submission};
use crate::world::{CHILDREN, Parent, SETTLEMENT};

impl Story {
    async fn state_system(&self) -> String {
        self.world.token_of(json!({"scope": "state-system", "sub": "births"})).await
    }

    pub async fn invites(&mut self) -> Done {
        let (applicant, child) = match self.chance.pick(&self.model.invitations) {
            Some(known) if self.chance.percent(25) => (known.asked.applicant, known.asked.child),
            _ => self.some_child(),
        };
        let born = birth_day(child);
        let whole = fixtures::application(fixtures::iin(applicant), fixtures::iin(CHILDREN + child), born, &[]);
        let mut body = json!({"applicant": whole["applicant"], "child": whole["child"], "settlement": SETTLEMENT});
        if self.chance.percent(30) {
            return self.brings_a_single_application(applicant, child, body).await;
        }
        let language = self.chance.percent(30).then(|| "ru".to_owned());
        if let Some(language) = &language {
            body["language"] = json!(language);
        }
        let answer = self.world.call("POST", "/v1/invitations", &self.state_system().await, &body).await;
        let (status, answer) = (answer.status, answer.json());
        let before = self.model.invitations.len();
        let born = born.parse().expect("a day");
        let outcome = self.model.invite(&Inviting { applicant, child, born, language });
        let mut told = self.alike("invitation", outcome.map(|_| ()), status, &answer);
        if let (Ok(i), Some(id)) = (outcome, answer["id"].as_str()) {
            if i == before {
                self.invitations.push((id.to_owned(), applicant));
            } else if self.invitations[i].0 != id {
                told += &format!("  invitation {i} stands by the model, the system sends {id}\n");
            }
        }
        self.model.set_clock(self.world.local.now());
        (format!("a state system invites {applicant} for child {child}: {status}"), told)
    }

    /// What an applicant chooses who consents: of a single application, or in answer to an invitation.
    fn choice(&mut self, applicant: u32, child: u32, body: &mut Value) -> Submission {
        let organisations = self.chance.some(&self.gardens.clone(), 3);
        let benefit = *[13, 13, 13, 10, 1].get(self.chance.below(5)).expect("one");
        let documents = self.documents(&super::benefits::needed(benefit, false));
        body["consent"] = json!(true);
        body["language"] = json!("kk");
        body["organisations"] = json!(organisations.iter().map(|bin| bin.as_str()).collect::<Vec<_>>());
        body["benefit"] = json!(benefit);
        body["documents"] = told_documents(&documents);
        Submission {
            applicant,
            child,
            born: birth_day(child).parse().expect("a day"),
            language: "kk".to_owned(),
            stream: "general".to_owned(),
            organisations,
            benefits: vec![benefit],
            relocation: false,
            documents,
            not_before: None,
        }
    }

    async fn brings_a_single_application(&mut self, applicant: u32, child: u32, mut body: Value) -> Done {
        body["source"] = json!("birth-registration");
        let form = self.choice(applicant, child, &mut body);
        let answer = self.world.call("POST", "/v1/invitations", &self.state_system().await, &body).await;
        let (status, answer) = (answer.status, answer.json());
        let outcome = self.model.single_application(&form);
        let id = answer["application"].as_str().map(str::to_owned);
        let told = self.registered("single application", outcome, status, &answer, id, applicant).await;
        (format!("a single application of {applicant} for child {child}: {status}"), told)
    }

    pub async fn answers_an_invitation(&mut self) -> Option<Done> {
        let any = self.chance.percent(10);
        let open = |i: &usize| any || self.model.invitations[*i].state == InvitationState::Sent;
        let those: Vec<usize> = (0..self.invitations.len()).filter(open).collect();
        let i = self.chance.pick(&those)?;
        let (id, applicant) = self.invitations[i].clone();
        let token = self.world.applicant(fixtures::iin(applicant)).await;
        let path = format!("/v1/invitations/{id}/answer");
        // To consent again is to give the very same answer, which a story doesn't keep.
        if self.model.invitations[i].state == InvitationState::Accepted || self.chance.percent(25) {
            let answer = self.world.call("POST", &path, &token, &json!({"consent": false})).await;
            let outcome = self.model.decline_invitation(i);
            let told = self.alike("invitation declined", outcome, answer.status, &answer.json());
            return Some((format!("applicant {applicant} declines invitation {i}: {}", answer.status), told));
        }
        let mut body = json!({});
        let child = self.model.invitations[i].asked.child;
        let form = self.choice(applicant, child, &mut body);
        let answer = self.world.call("POST", &path, &token, &body).await;
        let (status, answer) = (answer.status, answer.json());
        let outcome = self.model.consent(i, &form);
        let told = self.registered("consent", outcome, status, &answer, Some(id), applicant).await;
        Some((format!("applicant {applicant} consents to invitation {i} {body}: {status}"), told))
    }

    /// What has become an application is one of the story's.
    async fn registered(
        &mut self,
        kind: &'static str,
        outcome: Outcome<usize>,
        status: u16,
        answer: &Value,
        id: Option<String>,
        applicant: u32,
    ) -> String {
        let told = self.alike(kind, outcome.map(|_| ()), status, answer);
        if let (Ok(_), 201, Some(id)) = (outcome, status, id) {
            let token = self.world.applicant(fixtures::iin(applicant)).await;
            self.parents.push(Parent { id, token, answer: answer.clone() });
        }
        self.model.set_clock(self.world.local.now());
        told
    }
}
