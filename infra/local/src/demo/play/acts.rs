//! How each step of a play is done: as a request of a family or an officer, or a bulletin in its queue. Doing one again is
//! harmless. Never here: which step comes when.

use serde_json::{Value, json};

use super::{Error, Play};
use crate::{
    city::{City, Family, RegisterMood},
    demo::script::{Act, Step},
    gateway::{Request, Response},
    keys::TokenRequest,
    register::{Mode, Told},
    world::Local,
};

impl Play {
    pub(super) async fn act(&mut self, step: &Step) -> Result<(), Error> {
        let id = self.ids.get(step.family).copied();
        let path = |end: &str| format!("/v1/applications/{}{end}", id.map_or_else(String::new, |id| id.to_string()));
        let (path, body) = match &step.act {
            Act::Publish(body) => {
                self.local.bulletin(&body.to_string()).await?;
                return Ok(());
            }
            Act::Apply => return self.apply(step).await,
            Act::Decide { ground } => return self.decide(step, *ground).await,
            Act::Withdraw => (path("/withdrawal"), json!({})),
            Act::Cancel => (path("/referral/cancellation"), json!({})),
            Act::Answer { offer, answer } => (path(&format!("/offers/{offer}/answer")), json!({"answer": answer})),
            Act::Interest { organisation: None, answer } => (path("/interest"), json!({"answer": answer})),
            Act::Interest { organisation, answer } => {
                (path("/interest"), json!({"answer": answer, "organisation": organisation}))
            }
        };
        let request = Request::new("POST", &path).json(&body);
        let response = self.as_family(step.family, request).await?;
        // A conflict is an answer too: the offer is gone, the question is no longer open, or this step was done before.
        explained(&step.name, &response, &[200, 201, 409])
    }

    async fn apply(&mut self, step: &Step) -> Result<(), Error> {
        let (family, id) = (self.city.families[step.family].clone(), self.ids[step.family]);
        if self.local.store().application(id).await?.is_some() {
            return Ok(());
        }
        tell_register(&self.local, &family)?;
        let body = family.body(&self.city.places, step.at);
        let request = Request::new("POST", "/v1/applications").header("idempotency-key", &idempotency_key(&family));
        let response = self.as_family(step.family, request.json(&body)).await?;
        explained(&step.name, &response, &[201])
    }

    async fn decide(&mut self, step: &Step, ground: Option<u8>) -> Result<(), Error> {
        let body = match ground {
            None => json!({"decision": "confirm"}),
            Some(ground) => json!({"decision": "refuse", "ground": ground}),
        };
        let territory = territory(self.city.settlement(&self.city.families[step.family]));
        let officer = format!("officer-{territory}");
        let request =
            TokenRequest { scope: "officer".to_owned(), territory: Some(territory), ..TokenRequest::default() };
        let token = self.token(&officer, &request)?;
        let path = format!("/v1/workplace/applications/{}/decision", self.ids[step.family]);
        let response = self.local.request(Request::new("POST", &path).bearer(&token).json(&body)).await;
        explained(&step.name, &response, &[200, 201, 409])
    }

    async fn as_family(&mut self, family: usize, request: Request) -> Result<Response, Error> {
        let iin = self.city.families[family].applicant.clone();
        let asked = TokenRequest { scope: "applicant".to_owned(), iin: Some(iin), ..TokenRequest::default() };
        let token = self.token(&format!("family-{family}"), &asked)?;
        Ok(self.local.request(request.bearer(&token)).await)
    }

    fn token(&mut self, actor: &str, request: &TokenRequest) -> Result<String, Error> {
        if let Some(token) = self.tokens.get(actor) {
            return Ok(token.clone());
        }
        let token = self.local.token(request)?;
        // A nation has more families than are worth remembering.
        if self.tokens.len() >= TOKENS_KEPT {
            self.tokens.clear();
        }
        self.tokens.insert(actor.to_owned(), token.clone());
        Ok(token)
    }
}

/// How many tokens are kept for their owners' next steps.
const TOKENS_KEPT: usize = 20_000;

/// The territory of the officers of a settlement: its region.
#[must_use]
pub fn territory(settlement: &str) -> String {
    settlement.chars().take(2).collect()
}

/// The key by which a repeated submission is known, and from which the application's id follows.
#[must_use]
pub fn idempotency_key(family: &Family) -> String {
    format!("demo-family-{:05}-apply", family.number)
}

/// Enters the town's organisations into the registry, unless they are there.
///
/// # Errors
/// The base failed, or the registry refused one.
pub async fn register_organisations(local: &Local, city: &City) -> Result<(), Error> {
    for place in &city.places {
        let known = match place.bin.parse() {
            Ok(bin) => local.store().organisations(&[bin]).await?,
            Err(_) => Vec::new(),
        };
        if known.is_empty() {
            let token = local.token(&TokenRequest {
                scope: "officer".to_owned(),
                territory: Some(territory(&place.settlement)),
                ..TokenRequest::default()
            })?;
            let path = format!("/v1/workplace/organisations/{}", place.bin);
            let response = local.request(Request::new("PUT", &path).bearer(&token).json(&place.body())).await;
            explained(&path, &response, &[200, 201])?;
        }
    }
    Ok(())
}

/// Tells the simulated registers of a child whose benefit they confirm.
///
/// # Errors
/// The base failed.
pub fn tell_register(local: &Local, family: &Family) -> Result<(), Error> {
    if family.has_register_benefit() {
        let mode = if family.register == RegisterMood::Down { Mode::Down } else { Mode::Ok };
        let told = Told { iin: Some(family.child.clone()), benefits: Some(family.known_benefits()), mode };
        local.introduce(&told)?;
    }
    Ok(())
}

/// Whether an answer is one that was to be expected.
///
/// # Errors
/// It isn't.
pub fn explained(step: &str, response: &Response, expected: &[u16]) -> Result<(), Error> {
    if expected.contains(&response.status) {
        return Ok(());
    }
    let answer: Value = response.json();
    Err(Error::Answer { step: step.to_owned(), status: response.status, answer: answer.to_string() })
}
