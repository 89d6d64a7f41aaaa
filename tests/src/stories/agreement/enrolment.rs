//! From the referral to the contract in a story: documents, what the organisation says of them, the review, the signature (`P22`, `P28`,
//! `P16.1`, `P25.b`, `P12`). Never here: how a referral comes about.

use chrono::TimeDelta;
use kezek_local::gateway::Request;
use serde_json::{Value, json};

use super::Story;
use super::acts::{Done, told_documents};
use crate::model::state::{Lane, ReferralStatus, Stage, Status};
use crate::model::{Decision, Document, Group, Model, calendar};

/// How far the enrolment of an application has come.
fn stage(model: &Model, a: usize) -> Option<Stage> {
    let referral = model.apps[a].referrals.last()?;
    (referral.status == ReferralStatus::Issued).then_some(referral.stage)
}

impl Story {
    /// An application at a stage of its enrolment; now and then any that ever had a referral.
    fn one_at(&mut self, is: fn(Stage) -> bool) -> Option<usize> {
        if self.chance.percent(4) {
            return self.one_of(|model, a| !model.apps[a].referrals.is_empty());
        }
        self.one_of(|model, a| stage(model, a).is_some_and(is))
    }

    async fn referral_id(&self, a: usize) -> String {
        self.world.see(&self.parents[a]).await["referral"]["id"].as_str().unwrap_or("none").to_owned()
    }

    /// `P22.b`: mostly what is needed; the certificate of health may be some days old.
    pub async fn hands_in(&mut self) -> Option<Done> {
        let a = self.one_at(|stage| stage == Stage::Awaited)?;
        let app = &self.model.apps[a];
        let (benefit, pmpc) = (if app.lane == Lane::General { 13 } else { app.right.benefit }, app.pmpc);
        let mut kinds = vec!["vaccination-card", "health-passport"];
        kinds.extend(super::benefits::needed(benefit, false));
        kinds.extend(pmpc.then_some("pmpc-conclusion"));
        let mut documents = self.documents(&kinds);
        let ago = if self.chance.percent(80) { self.chance.below(3) } else { 3 + self.chance.below(2) };
        let issued_on = calendar::day(self.model.now()) - TimeDelta::days(i64::try_from(ago).expect("small"));
        documents.push(Document { kind: "health-certificate".to_owned(), issued_on });
        let body = json!({"documents": told_documents(&documents)});
        let (status, answer) = self.post(&self.parents[a], "enrolment", &body).await;
        let outcome = self.model.hand_in(a, &documents);
        let told = self.alike("documents handed in", outcome, status, &answer);
        let kinds: Vec<String> = documents.iter().map(|d| format!("{} {}", d.kind, d.issued_on)).collect();
        Some((format!("application {a}: hands in {}: {status}", kinds.join(", ")), told))
    }

    /// `P22.c`, `P28`: the organisation accepts, returns or refuses.
    pub async fn decides_on_documents(&mut self) -> Option<Done> {
        let a = self.one_of(|model, a| matches!(stage(model, a), Some(Stage::Submitted { .. } | Stage::Awaited)))?;
        if stage(&self.model, a) == Some(Stage::Awaited) && self.chance.percent(95) {
            return None;
        }
        let referral = self.model.apps[a].referrals.last()?;
        let (organisation, never_handed_in) = (referral.organisation, referral.documents.is_empty());
        if stage(&self.model, a) == Some(Stage::Awaited) && !never_handed_in {
            // The same decision again would be no refusal.
            return None;
        }
        let ground = u8::try_from(1 + self.chance.below(6)).expect("small");
        let (decision, body, kind) = match self.chance.below(20) {
            0..=10 => (Decision::Confirm, json!({"decision": "confirm"}), "documents accepted"),
            11..=13 => (Decision::Return, json!({"decision": "return", "note": "сынақ"}), "documents returned"),
            _ => {
                let group = ["g-1", "g-2"].get(self.chance.below(4)).map(|name| (*name).to_owned());
                let mut body = json!({"decision": "refuse", "ground": ground, "note": "сынақ"});
                if let Some(group) = &group {
                    body["group"] = json!(group);
                }
                (Decision::Refuse { ground, group }, body, "enrolment refused")
            }
        };
        let path =
            format!("/v1/organisations/{organisation}/referrals/{}/documents-decision", self.referral_id(a).await);
        let answer = self.world.call("POST", &path, &self.world.organisation(organisation).await, &body).await;
        let outcome = self.model.decide_documents(a, &decision);
        let told = self.alike(kind, outcome, answer.status, &answer.json());
        Some((format!("{organisation} on the documents of application {a}: {body}: {}", answer.status), told))
    }

    /// `P28` (3): mostly few unvaccinated children, sometimes too many.
    pub async fn tells_figures(&mut self) -> Done {
        let organisation = self.chance.pick(&self.gardens).expect("a garden");
        let name = *["g-1", "g-2"].get(self.chance.below(2)).expect("one");
        let group_type = *["middle", "junior", "mixed-age", "special"].get(self.chance.below(4)).expect("one");
        let unvaccinated = u32::try_from(self.chance.below(5)).expect("small");
        let years = vec![2021, 2022];
        let body = json!({"groupType": group_type, "birthYears": years, "children": 20, "unvaccinated": unvaccinated});
        let path = format!("/v1/organisations/{organisation}/groups/{name}");
        let request = Request::new("PUT", &path).bearer(&self.world.organisation(organisation).await);
        let answer = self.put(request.json(&body)).await;
        let (name, group_type) = (name.to_owned(), group_type.to_owned());
        self.model.put_group(Group { organisation, name, group_type, years, children: 20, unvaccinated });
        let told = self.alike("figures of a group", Ok(()), answer.status, &answer.json());
        (format!("{path}: {body}"), told)
    }

    /// `P16.1`: the officer upholds or overturns a refusal.
    pub async fn reviews(&mut self) -> Option<Done> {
        let a = self.one_of(|model, a| matches!(stage(model, a), Some(Stage::UnderReview { .. })))?;
        let uphold = self.chance.percent(60);
        let mut body = json!({"decision": if uphold { "uphold" } else { "overturn" }});
        let outcome = [None, None, Some(true), Some(false)].get(self.chance.below(4)).copied().flatten();
        let outcome = outcome.filter(|_| uphold);
        if let Some(archive) = outcome {
            body["outcome"] = json!(if archive { "archive" } else { "return" });
        }
        let reasoned = self.chance.percent(70);
        if reasoned {
            body["note"] = json!("сынақ");
        }
        let path = format!("/v1/workplace/referrals/{}/review", self.referral_id(a).await);
        let answer = self.world.call("POST", &path, &self.world.officer().await, &body).await;
        let reviewed = self.model.review(a, uphold, outcome, reasoned);
        let kind = if uphold { "refusal upheld" } else { "refusal overturned" };
        let told = self.alike(kind, reviewed, answer.status, &answer.json());
        Some((format!("a refusal of application {a} is reviewed: {body}: {}", answer.status), told))
    }

    /// `P25.b`.
    pub async fn extends(&mut self) -> Option<Done> {
        let a = self.one_at(|stage| stage == Stage::Awaited)?;
        let last = self.model.apps[a].referrals.last()?.last;
        let until = last + TimeDelta::days(i64::try_from(self.chance.below(33)).expect("small"));
        let kind = if self.chance.percent(92) { "inability" } else { "diploma" };
        let issued_on = calendar::day(self.model.now());
        let document = Document { kind: kind.to_owned(), issued_on };
        let body = json!({"until": until.to_string(), "document": told_documents(std::slice::from_ref(&document))[0]});
        let (status, answer) = self.post(&self.parents[a], "referral/extension", &body).await;
        let outcome = self.model.extend_referral(a, until, &document);
        let told = self.alike("extension", outcome, status, &answer);
        Some((format!("application {a}: asks for an extension {body}: {status}"), told))
    }

    /// `P22.d`.
    pub async fn signs(&mut self) -> Option<Done> {
        let a = self.one_at(|stage| matches!(stage, Stage::Contract { .. }))?;
        let id = self.parents[a].id.parse().expect("an id");
        let code = self.world.local.signature_code(id).await.expect("the service answers");
        let body = match code {
            Some(code) => json!({"means": "sms-code", "proof": code}),
            None => json!({"means": "qr", "proof": "сынақ"}),
        };
        let (status, answer) = self.post(&self.parents[a], "contract/signature", &body).await;
        let outcome = self.model.sign(a);
        let told = self.alike("signature", outcome, status, &answer);
        if self.model.apps[a].contracts.last().is_some_and(|contract| contract.temporary_until.is_some()) {
            self.counts.act("signature for a temporary place", outcome.is_ok());
        }
        Some((format!("application {a}: signs: {status}"), told))
    }

    /// `P12`.
    pub async fn terminates(&mut self) -> Option<Done> {
        let any = self.chance.percent(5);
        let a = self.one_of(|model, a| {
            let bound = model.contract_in_force(a).is_some();
            bound || any && !model.apps[a].contracts.is_empty()
        })?;
        let (status, answer) = self.post(&self.parents[a], "contract/termination", &Value::Null).await;
        let outcome = self.model.terminate(a);
        let told = self.alike("termination", outcome, status, &answer);
        let enrolled = self.model.apps[a].status == Status::Archived;
        Some((format!("application {a}: terminates its contract ({enrolled}): {status}"), told))
    }
}
