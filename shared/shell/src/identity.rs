//! Who calls: the bearer token, checked here again after the gateway's authorizer (issuer, audience, expiry, pinned algorithm,
//! scope), and what it lets the caller reach. No error here carries a part of a token.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, Header, Validation, decode, decode_header};
use kezek_rules::ids::{Bin, PersonKey};
use kezek_rules::organisation::Kato;
use serde::Deserialize;
use thiserror::Error;

use crate::keys::{Keys, Person};

mod address;
mod http;
mod issuer;
mod jwks;
#[cfg(test)]
mod tests;

pub use address::{Address, NotAllowed};
pub use http::HttpKeySource;
pub use issuer::{FRESH, FetchError, Fetching, KEPT, KeySource, PAUSE};
pub use jwks::KeySet;

use issuer::{IssuerKeys, KeyError};

/// The one algorithm that is accepted: the gateway's authorizer knows RSA only.
const ALGORITHM: Algorithm = Algorithm::RS256;

/// The longest token that is looked at, in bytes: the gateway takes ten kilobytes of headers.
const TOKEN_MAX: usize = 8 * 1024;

/// What a token's `typ` may say, lower case: nothing of its kind, or that it is an access token (RFC 9068).
const TYPES: [&str; 3] = ["jwt", "at+jwt", "application/at+jwt"];

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
    const ALL: [Self; 4] = [Self::Applicant, Self::Officer, Self::Organisation, Self::StateSystem];

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
    /// An applicant, by the keyed hashes of its number or subject.
    Applicant(Person),
    /// An officer of a territory, given by a KATO prefix.
    Officer {
        /// The prefix.
        territory: String,
    },
    /// An organisation.
    Organisation(Bin),
    /// A state information system, by the keyed hashes of its subject.
    StateSystem(Person),
}

impl Caller {
    /// Whether the applicant calls that a stored key stands for.
    #[must_use]
    pub fn is_applicant(&self, stored: PersonKey) -> bool {
        matches!(self, Caller::Applicant(person) if person.is(stored))
    }

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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum TokenError {
    /// There is none.
    #[error("no bearer token")]
    Missing,
    /// It isn't one, or can't be read: a claim may be there twice.
    #[error("the token can't be read")]
    Malformed,
    /// It is signed by another algorithm than the one that is accepted, or by none.
    #[error("the token's algorithm isn't accepted")]
    Algorithm,
    /// The issuer has no such key.
    #[error("the token names no key of the issuer")]
    UnknownKey,
    /// The signature isn't that key's.
    #[error("the token's signature is wrong")]
    Signature,
    /// It was issued by someone else.
    #[error("the token is another issuer's")]
    Issuer,
    /// It was issued for someone else.
    #[error("the token is for another audience")]
    Audience,
    /// Its time is over, or hasn't come.
    #[error("the token has expired or isn't valid yet")]
    Expired,
    /// It is an ID token, or another that isn't for access.
    #[error("the token isn't an access token")]
    Kind,
    /// It has none of the scopes, or more than one: then nobody can say as whom the caller comes.
    #[error("the token hasn't exactly one scope")]
    Scope,
    /// It lacks a claim that its scope needs.
    #[error("the token lacks a claim")]
    Incomplete,
    /// The issuer's keys aren't known and can't be fetched: the token may be good.
    #[error("the issuer's keys can't be had")]
    Unavailable,
}

impl TokenError {
    /// A stable code, for metrics.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            TokenError::Missing => "missing",
            TokenError::Malformed => "malformed",
            TokenError::Algorithm => "algorithm",
            TokenError::UnknownKey => "unknown-key",
            TokenError::Signature => "signature",
            TokenError::Issuer => "issuer",
            TokenError::Audience => "audience",
            TokenError::Expired => "expired",
            TokenError::Kind => "kind",
            TokenError::Scope => "scope",
            TokenError::Incomplete => "incomplete",
            TokenError::Unavailable => "keys-unavailable",
        }
    }
}

impl From<KeyError> for TokenError {
    fn from(error: KeyError) -> Self {
        match error {
            KeyError::Unknown => Self::UnknownKey,
            KeyError::Unavailable => Self::Unavailable,
        }
    }
}

/// What the library found; its own words may quote the token.
fn rejected(error: &jsonwebtoken::errors::Error) -> TokenError {
    match error.kind() {
        ErrorKind::InvalidSignature => TokenError::Signature,
        ErrorKind::InvalidIssuer => TokenError::Issuer,
        ErrorKind::InvalidAudience => TokenError::Audience,
        ErrorKind::InvalidAlgorithm | ErrorKind::InvalidAlgorithmName | ErrorKind::UnsupportedAlgorithm => {
            TokenError::Algorithm
        }
        ErrorKind::MissingRequiredClaim(claim) => match claim.as_str() {
            "iss" => TokenError::Issuer,
            "aud" => TokenError::Audience,
            _ => TokenError::Malformed,
        },
        _ => TokenError::Malformed,
    }
}

/// The claims that mean something here. Each may be there once: a second one makes the token unreadable. Issuer and audience are
/// judged by the library and named here for that.
#[derive(Deserialize)]
struct Claims {
    #[serde(rename = "iss")]
    _issuer: String,
    #[serde(rename = "aud")]
    _audience: serde_json::Value,
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

#[derive(Clone)]
enum Trusted {
    /// These keys and no others.
    Fixed(Arc<KeySet>),
    /// Those that the issuer shows.
    Issuer(IssuerKeys),
}

/// Checks tokens.
#[derive(Clone)]
pub struct Identity {
    trusted: Trusted,
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
    pub fn new(keys: &JwkSet, issuer: String, audience: String) -> Self {
        Self { trusted: Trusted::Fixed(Arc::new(KeySet::of(keys))), issuer, audience }
    }

    /// Checks against the public keys that the issuer shows, as [`IssuerKeys`] keeps them.
    #[must_use]
    pub fn of_issuer(source: Arc<dyn KeySource>, issuer: String, audience: String) -> Self {
        Self { trusted: Trusted::Issuer(IssuerKeys::new(source)), issuer, audience }
    }

    /// For a function that nobody calls: no token is good.
    #[must_use]
    pub fn of_nobody() -> Self {
        Self::new(&JwkSet { keys: Vec::new() }, String::new(), String::new())
    }

    /// Who a token says the caller is. Time is judged by the request's own `now`.
    ///
    /// # Errors
    /// The token isn't good, or the issuer's keys can't be had.
    pub async fn caller(&self, token: &str, keys: &Keys, now: DateTime<Utc>) -> Result<Identified, TokenError> {
        if token.len() > TOKEN_MAX {
            return Err(TokenError::Malformed);
        }
        let header = header(token)?;
        // A key is only ever taken by its name: that of another use, or simply the first, would do for a forger.
        let kid = header.kid.as_deref().ok_or(TokenError::UnknownKey)?;
        let key = match &self.trusted {
            Trusted::Fixed(keys) => keys.key(kid).cloned().ok_or(TokenError::UnknownKey)?,
            Trusted::Issuer(keys) => keys.key(kid, now).await?,
        };
        self.checked(token, &key, keys, now)
    }

    fn checked(
        &self,
        token: &str,
        key: &DecodingKey,
        keys: &Keys,
        now: DateTime<Utc>,
    ) -> Result<Identified, TokenError> {
        let mut validation = Validation::new(ALGORITHM);
        validation.set_issuer(&[&self.issuer]);
        validation.set_audience(&[&self.audience]);
        validation.set_required_spec_claims(&["exp", "iss", "aud"]);
        // The library judges by the system's clock; time is judged below, by the clock of the request.
        validation.validate_exp = false;
        validation.validate_nbf = false;
        let claims = decode::<Claims>(token, key, &validation).map_err(|error| rejected(&error))?.claims;
        if claims.exp <= now.timestamp() || claims.nbf.is_some_and(|nbf| nbf > now.timestamp()) {
            return Err(TokenError::Expired);
        }
        if claims.token_use.as_ref().is_some_and(|kind| kind != "access") {
            return Err(TokenError::Kind);
        }
        let scope = scope(claims.scope.as_deref().unwrap_or_default())?;
        let by_number = claims.iin.as_ref().is_some_and(|iin| !iin.trim().is_empty());
        let caller = caller(scope, claims, keys).ok_or(TokenError::Incomplete)?;
        Ok(Identified { caller, by_number })
    }
}

/// The header of a token that is worth looking for its key: of the one algorithm, an access token's, without a demand that isn't
/// understood (RFC 7515, `crit`).
fn header(token: &str) -> Result<Header, TokenError> {
    let header = decode_header(token).map_err(|error| rejected(&error))?;
    if header.alg != ALGORITHM {
        return Err(TokenError::Algorithm);
    }
    if header.crit.is_some() {
        return Err(TokenError::Malformed);
    }
    match &header.typ {
        Some(kind) if !TYPES.contains(&kind.to_ascii_lowercase().as_str()) => Err(TokenError::Kind),
        _ => Ok(header),
    }
}

/// The one scope of ours that a token has; scopes of others may stand beside it.
fn scope(given: &str) -> Result<Scope, TokenError> {
    let mut ours = Scope::ALL.into_iter().filter(|scope| given.split(' ').any(|one| one == scope.as_str()));
    match (ours.next(), ours.next()) {
        (Some(scope), None) => Ok(scope),
        _ => Err(TokenError::Scope),
    }
}

fn caller(scope: Scope, claims: Claims, keys: &Keys) -> Option<Caller> {
    let given = |claim: Option<String>| claim.filter(|claim| !claim.trim().is_empty());
    match scope {
        Scope::Officer => {
            let territory = claims.territory?;
            let valid = (2..=9).contains(&territory.len()) && territory.bytes().all(|b| b.is_ascii_digit());
            valid.then_some(Caller::Officer { territory })
        }
        Scope::Organisation => claims.bin?.parse().ok().map(Caller::Organisation),
        // Two systems that name themselves by nothing would be one, and reach each other's invitations.
        Scope::StateSystem => given(claims.sub).map(|sub| Caller::StateSystem(keys.subject(&sub))),
        Scope::Applicant => match (given(claims.iin), given(claims.sub)) {
            (Some(iin), _) => Some(Caller::Applicant(keys.person(&iin))),
            (None, Some(sub)) => Some(Caller::Applicant(keys.subject(&sub))),
            (None, None) => None,
        },
    }
}
