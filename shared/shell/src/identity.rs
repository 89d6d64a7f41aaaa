//! Who calls: the bearer token, checked here again after the gateway's authorizer (issuer, audience, expiry, pinned algorithm,
//! scope), and what it lets the caller reach.

use chrono::{DateTime, Utc};
use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use kezek_rules::ids::{Bin, PersonKey};
use kezek_rules::organisation::Kato;
use serde::Deserialize;
use thiserror::Error;

use crate::keys::Keys;

/// The one algorithm that is accepted: the gateway's authorizer knows RSA only.
const ALGORITHM: Algorithm = Algorithm::RS256;

/// What a token allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scope {
    /// A parent or legal representative.
    Applicant,
    /// An officer of an education department.
    Officer,
    /// A pre-school organisation.
    Organisation,
    /// A state information system.
    StateSystem,
}

impl Scope {
    /// The name in a token.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Scope::Applicant => "applicant",
            Scope::Officer => "officer",
            Scope::Organisation => "organisation",
            Scope::StateSystem => "state-system",
        }
    }
}

/// Who calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Caller {
    /// No one in particular: a public route.
    Anyone,
    /// An applicant, by the keyed hash of its number or subject.
    Applicant(PersonKey),
    /// An officer of a territory, given by a KATO prefix.
    Officer {
        /// The prefix.
        territory: String,
    },
    /// An organisation.
    Organisation(Bin),
    /// A state information system, by the keyed hash of its subject.
    StateSystem(PersonKey),
}

impl Caller {
    /// Whether an officer calls whose territory a settlement lies in.
    #[must_use]
    pub fn is_officer_of(&self, settlement: Kato) -> bool {
        matches!(self, Caller::Officer { territory } if settlement.is_in(territory))
    }
}

/// Who a good token stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identified {
    /// Who calls.
    pub caller: Caller,
    /// Whether the caller is known by a number of the state (`iin`): a non-resident is known by a subject (`P5.c`).
    pub by_number: bool,
}

/// The token isn't good.
#[derive(Debug, Error)]
pub enum TokenError {
    /// There is none.
    #[error("no bearer token")]
    Missing,
    /// It isn't one, or not one of ours.
    #[error("the token is not valid")]
    Invalid(#[source] Option<jsonwebtoken::errors::Error>),
    /// Its time is over, or hasn't come.
    #[error("the token has expired or isn't valid yet")]
    Expired,
    /// It lacks a claim that its scope needs.
    #[error("the token lacks a claim")]
    Incomplete,
}

#[derive(Deserialize)]
struct Claims {
    exp: i64,
    #[serde(default)]
    nbf: Option<i64>,
    #[serde(default)]
    sub: Option<String>,
    #[serde(default)]
    scope: Option<String>,
    #[serde(default)]
    iin: Option<String>,
    #[serde(default)]
    bin: Option<String>,
    #[serde(default)]
    territory: Option<String>,
    #[serde(default)]
    token_use: Option<String>,
}

/// Checks tokens.
#[derive(Clone)]
pub struct Identity {
    keys: JwkSet,
    issuer: String,
    audience: String,
}

impl std::fmt::Debug for Identity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Identity({})", self.issuer)
    }
}

impl Identity {
    /// Checks against these public keys, this issuer and this audience.
    #[must_use]
    pub const fn new(keys: JwkSet, issuer: String, audience: String) -> Self {
        Self { keys, issuer, audience }
    }

    /// Who a token says the caller is. Time is judged by the request's own `now`.
    ///
    /// # Errors
    /// The token isn't good.
    pub fn caller(&self, token: &str, keys: &Keys, now: DateTime<Utc>) -> Result<Identified, TokenError> {
        let header = decode_header(token).map_err(|error| TokenError::Invalid(Some(error)))?;
        let key = match &header.kid {
            Some(kid) => self.keys.find(kid),
            None => self.keys.keys.first(),
        };
        let key = key.ok_or(TokenError::Invalid(None))?;
        let key = DecodingKey::from_jwk(key).map_err(|error| TokenError::Invalid(Some(error)))?;
        let mut validation = Validation::new(ALGORITHM);
        validation.set_issuer(&[&self.issuer]);
        validation.set_audience(&[&self.audience]);
        validation.set_required_spec_claims(&["exp", "iss", "aud"]);
        // The library judges by the system's clock; expiry is judged below, by the clock of the request.
        validation.validate_exp = false;
        let claims =
            decode::<Claims>(token, &key, &validation).map_err(|error| TokenError::Invalid(Some(error)))?.claims;
        if claims.exp <= now.timestamp() || claims.nbf.is_some_and(|nbf| nbf > now.timestamp()) {
            return Err(TokenError::Expired);
        }
        if claims.token_use.is_some_and(|kind| kind != "access") {
            return Err(TokenError::Invalid(None));
        }
        let by_number = claims.iin.as_ref().is_some_and(|iin| !iin.trim().is_empty());
        let scope = claims.scope.unwrap_or_default();
        let caller = caller(&scope, claims.iin, claims.sub, claims.bin, claims.territory, keys);
        Ok(Identified { caller: caller.ok_or(TokenError::Incomplete)?, by_number })
    }
}

fn caller(
    scope: &str,
    iin: Option<String>,
    sub: Option<String>,
    bin: Option<String>,
    territory: Option<String>,
    keys: &Keys,
) -> Option<Caller> {
    let mut scopes = scope.split(' ');
    let has = |wanted: Scope| scope.split(' ').any(|scope| scope == wanted.as_str());
    scopes.next()?;
    if has(Scope::Officer) {
        let territory = territory?;
        let valid = (2..=9).contains(&territory.len()) && territory.bytes().all(|b| b.is_ascii_digit());
        valid.then_some(Caller::Officer { territory })
    } else if has(Scope::Organisation) {
        bin?.parse().ok().map(Caller::Organisation)
    } else if has(Scope::StateSystem) {
        Some(Caller::StateSystem(keys.subject(&sub.unwrap_or_default())))
    } else if has(Scope::Applicant) {
        let given = |claim: Option<String>| claim.filter(|claim| !claim.trim().is_empty());
        let key = match (given(iin), given(sub)) {
            (Some(iin), _) => keys.person(&iin),
            (None, Some(sub)) => keys.subject(&sub),
            (None, None) => return None,
        };
        Some(Caller::Applicant(key))
    } else {
        None
    }
}
