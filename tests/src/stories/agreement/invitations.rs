//! Invitations in a story (`P7`, `P8`): a state system invites or brings a single application, families answer. Never here: other
//! submissions.

use chrono::Datelike;
use kezek_fixtures as fixtures;
use kezek_rules::ids::Bin;
use serde_json::{Value, json};

use super::Story;
use super::acts::{Done, birth_day, told_documents};
use super::families::told_not_before;
use crate::model::state::{Invitation, InvitationState};
use crate::model::{Choice, Inviting, Outcome, Submission, Wish};
use crate::world::{CHILDREN, Parent, SETTLEMENT};

impl Story {
    async fn state_system(&self) -> String {
        self.world.token_of(json!({"scope": "state-system", "sub": "births"})).await
    }

    pub async fn invites(&mut self) -> Done {
        let open = |invitation: &&Invitation| invitation.state == InvitationState::Sent;
        let open: Vec<Inviting> = self.model.invitations.iter().filter(open).map(|open| open.asked.clone()).collect();
        let known = if self.chance.percent(40) { self.chance.pick(&open) } else { None };
        let again = known.clone().filter(|_| self.chance.percent(50));
        let (applicant, child) = match &known {
            Some(asked) => (asked.applicant, asked.child),
            None => self.some_child(),
        };
        if known.is_none() && self.chance.percent(30) {
            return self.brings_a_single_application(applicant, child).await;
        }
        let inviting = again.unwrap_or_else(|| Inviting {
            applicant,
            child,
            born: birth_day(child).parse().expect("a day"),
            of_birth: self.chance.percent(50),
            wish: match self.chance.below(10) {
                0 | 1 => Wish::default(),
                2..=5 => self.whole_wish(),
                _ => self.some_wish(),
            },
        });
        let mut body = told_family(applicant, child, inviting.of_birth);
        told_wish(&inviting.wish, &mut body);
        let answer = self.world.call("POST", "/v1/invitations", &self.state_system().await, &body).await;
        let (status, answer) = (answer.status, answer.json());
        let (before, open) = (self.model.invitations.len(), self.replaced());
        let outcome = self.model.invite(&inviting);
        let wished = inviting.wish != Wish::default();
        let kind = if wished { "invitation with a wish" } else { "invitation" };
        let mut told = self.alike(kind, outcome.map(|_| ()), status, &answer);
        if outcome.is_err() {
            self.counts.act("invitation to what can't be", true);
        }
        if self.replaced() > open {
            self.counts.act("invitation replaced", true);
        }
        if let (Ok(i), Some(id)) = (outcome, answer["id"].as_str()) {
            if i == before {
                self.invitations.push((id.to_owned(), applicant));
            } else {
                self.counts.act("invitation sent again", true);
                if status != 200 || self.invitations[i].0 != id {
                    told += &format!("  invitation {i} stands by the model, the system sends {id}: {status}\n");
                }
            }
        }
        self.model.set_clock(self.world.local.now());
        (format!("a state system invites {applicant} for child {child} {:?}: {status}", inviting.wish), told)
    }

    fn replaced(&self) -> usize {
        let all = self.model.invitations.iter();
        all.filter(|invitation| invitation.state == InvitationState::Replaced).count()
    }

    /// What is wished for, or chosen: a part of all that can be.
    fn some_wish(&mut self) -> Wish {
        let mut wish = Wish::default();
        if self.chance.percent(40) {
            wish.language = Some(if self.chance.percent(70) { "kk" } else { "ru" }.to_owned());
        }
        if self.chance.percent(50) {
            let known = self.chance.percent(92);
            let unknown = [fixtures::bin(99)];
            let from = if known { self.gardens.as_slice() } else { unknown.as_slice() }.to_vec();
            wish.organisations = Some(self.chance.some(&from, 3));
        }
        if self.chance.percent(30) {
            let benefit = *[13, 10, 1, 10].get(self.chance.below(4)).expect("one");
            let more = self.chance.percent(20);
            wish.benefits = Some(if more { vec![13, benefit] } else { vec![benefit] });
        }
        if self.chance.percent(25) {
            wish.not_before = Some(self.some_age());
        }
        if self.chance.percent(20) {
            wish.documents = Some(self.documents(&["service-certificate", "pmpc-conclusion"]));
        }
        wish
    }

    /// All that an applicant has to choose who consents.
    fn whole_wish(&mut self) -> Wish {
        let benefit = *[13, 13, 13, 10, 1].get(self.chance.below(5)).expect("one");
        let documents = self.documents(&super::benefits::needed(benefit, false));
        Wish {
            language: Some("kk".to_owned()),
            organisations: Some(self.chance.some(&self.gardens.clone(), 3)),
            benefits: Some(vec![benefit]),
            not_before: None,
            documents: Some(documents),
        }
    }

    async fn brings_a_single_application(&mut self, applicant: u32, child: u32) -> Done {
        let of_birth = self.chance.percent(92);
        let wish = self.whole_wish();
        let mut body = told_family(applicant, child, of_birth);
        told_wish(&wish, &mut body);
        body["consent"] = json!(true);
        let form = Submission {
            applicant,
            child,
            born: birth_day(child).parse().expect("a day"),
            language: "kk".to_owned(),
            stream: "general".to_owned(),
            organisations: wish.organisations.unwrap_or_default(),
            benefits: wish.benefits.unwrap_or_default(),
            relocation: false,
            documents: wish.documents.unwrap_or_default(),
            not_before: None,
        };
        let answer = self.world.call("POST", "/v1/invitations", &self.state_system().await, &body).await;
        let (status, answer) = (answer.status, answer.json());
        let outcome = self.model.single_application(&form, of_birth);
        if outcome.is_err() {
            self.counts.act("single application turned away", true);
        }
        let id = answer["application"].as_str().map(str::to_owned);
        let told = self.registered("single application", outcome, status, &answer, id, applicant).await;
        (format!("a single application of {applicant} for child {child} (birth: {of_birth}): {status}"), told)
    }

    pub async fn answers_an_invitation(&mut self) -> Option<Done> {
        let any = self.chance.percent(10);
        let open = |i: &usize| {
            let invitation = &self.model.invitations[*i];
            let eldest = invitation.asked.born.year() == 2020 && invitation.lapses_on.is_some();
            // Their invitations are to lapse within the story.
            any || invitation.state == InvitationState::Sent && !eldest
        };
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
        let (mut body, mut choice) = (json!({"consent": true}), Choice::default());
        match self.chance.below(10) {
            0..=2 => {}
            3 | 4 => choice.wish = self.some_wish(),
            _ => choice.wish = self.whole_wish(),
        }
        told_wish(&choice.wish, &mut body);
        if choice.wish.not_before.is_none() && self.chance.percent(15) {
            (choice.at_once, body["notBefore"]) = (true, Value::Null);
        }
        let says_all = choice.wish.language.is_some() && choice.wish.organisations.is_some();
        let answer = self.world.call("POST", &path, &token, &body).await;
        let (status, answer) = (answer.status, answer.json());
        let outcome = self.model.consent(i, &choice);
        let is_open = self.model.invitations[i].state == InvitationState::Sent;
        match outcome {
            Ok(_) if !says_all => self.counts.act("consent to what was wished", true),
            Err(_) if is_open => self.counts.act("consent to what can't be", true),
            _ => {}
        }
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

fn told_family(applicant: u32, child: u32, of_birth: bool) -> Value {
    let (applicant, born, child) = (fixtures::iin(applicant), birth_day(child), fixtures::iin(CHILDREN + child));
    let whole = fixtures::application(applicant, child, born, &[]);
    let mut body = json!({"applicant": whole["applicant"], "child": whole["child"], "settlement": SETTLEMENT});
    if of_birth {
        body["source"] = json!("birth-registration");
    }
    body
}

/// As in a request: what isn't wished for isn't there.
fn told_wish(wish: &Wish, body: &mut Value) {
    let Wish { language, organisations, benefits, not_before, documents } = wish;
    let names = organisations.as_ref().map(|all| all.iter().map(Bin::as_str).collect::<Vec<_>>());
    let said = [
        ("language", language.as_ref().map(|language| json!(language))),
        ("organisations", names.map(|names| json!(names))),
        ("benefit", benefits.as_ref().map(|benefits| json!(benefits))),
        ("notBefore", not_before.map(|wish| told_not_before(Some(wish)))),
        ("documents", documents.as_ref().map(|documents| told_documents(documents))),
    ];
    for (name, value) in said.into_iter().filter_map(|(name, value)| Some((name, value?))) {
        body[name] = value;
    }
}
