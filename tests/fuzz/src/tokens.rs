//! Tokens: none but those of the issuer, for this audience, in their time, with one scope and what it needs. Bent in their letters, and bent in
//! their claims under a good signature.

use std::pin::pin;
use std::sync::LazyLock;
use std::task::{Context, Poll, Waker};

use aws_lc_rs::encoding::AsDer as _;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use jsonwebtoken::jwk::{Jwk, JwkSet};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use kezek_shell::identity::{Identity, TokenError};
use kezek_shell::keys::Keys;
use serde_json::{Value, json};

use crate::targets::holds;
use crate::{Random, mutate};

const ISSUER: &str = "https://login.example/";
const AUDIENCE: &str = "kezek";

struct Issuer {
    private: EncodingKey,
    keys: Value,
    identity: Identity,
    good: Vec<(Value, String)>,
}

static THE_ISSUER: LazyLock<Issuer> = LazyLock::new(|| made().unwrap_or_else(|| unreachable!("keys can be made")));

fn made() -> Option<Issuer> {
    let pair = KeyPair::generate(KeySize::Rsa2048).ok()?;
    let der: aws_lc_rs::encoding::Pkcs8V1Der<'_> = pair.as_der().ok()?;
    let pem = format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", STANDARD.encode(der.as_ref()));
    let private = EncodingKey::from_rsa_pem(pem.as_bytes()).ok()?;
    let mut public = Jwk::from_encoding_key(&private, Algorithm::RS256).ok()?;
    public.common.key_id = Some("one".to_owned());
    let set = JwkSet { keys: vec![public] };
    let identity = Identity::new(&set, ISSUER.to_owned(), AUDIENCE.to_owned());
    let good = claims().into_iter().filter_map(|claims| Some((claims.clone(), signed(&private, &claims)?))).collect();
    Some(Issuer { keys: serde_json::to_value(&set).ok()?, private, identity, good })
}

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_768_194_000, 0).unwrap_or_default()
}

fn claims() -> Vec<Value> {
    let with = |more: Value| {
        let mut claims = json!({"iss": ISSUER, "aud": AUDIENCE, "token_use": "access", "exp": now().timestamp() + 60, "nbf": now().timestamp()});
        for (name, value) in more.as_object().into_iter().flatten() {
            claims[name] = value.clone();
        }
        claims
    };
    vec![
        with(json!({"scope": "applicant", "iin": "000000000010"})),
        with(json!({"scope": "openid applicant", "sub": "someone"})),
        with(json!({"scope": "officer", "territory": "75"})),
        with(json!({"scope": "organisation", "bin": "990140000007"})),
        with(json!({"scope": "state-system", "sub": "births"})),
    ]
}

fn signed(private: &EncodingKey, claims: &Value) -> Option<String> {
    let header = Header { kid: Some("one".to_owned()), ..Header::new(Algorithm::RS256) };
    encode(&header, claims, private).ok()
}

/// The issuer's key set.
pub fn key_set() -> &'static Value {
    &THE_ISSUER.keys
}

/// With keys that are known nothing is waited for.
fn check(token: &str) -> Result<bool, TokenError> {
    let keys = Keys::new(b"a secret that nobody guesses, of 40 bytes".to_vec(), 1);
    let checked = pin!(THE_ISSUER.identity.caller(token, &keys, now()));
    match checked.poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(identified) => identified.map(|identified| identified.by_number),
        Poll::Pending => Err(TokenError::Unavailable),
    }
}

/// What claims must say at least, judged apart from the code that reads them.
fn may_pass(claims: &Value) -> bool {
    let now = now().timestamp();
    let audience =
        claims["aud"] == AUDIENCE || claims["aud"].as_array().is_some_and(|all| all.contains(&json!(AUDIENCE)));
    let timely =
        claims["exp"].as_i64().is_some_and(|exp| exp > now) && claims["nbf"].as_i64().is_none_or(|nbf| nbf <= now);
    let kind = claims["token_use"].is_null() || claims["token_use"] == "access";
    let scopes = claims["scope"].as_str().unwrap_or_default();
    let ours = ["applicant", "officer", "organisation", "state-system"];
    let ours: Vec<&str> = ours.into_iter().filter(|scope| scopes.split(' ').any(|one| one == *scope)).collect();
    let said = |name: &str| claims[name].as_str().is_some_and(|text| !text.trim().is_empty());
    let whole = match ours[..] {
        ["applicant"] => said("iin") || said("sub"),
        ["officer"] => claims["territory"].as_str().is_some_and(|kato| kato.bytes().all(|b| b.is_ascii_digit())),
        ["organisation"] => claims["bin"].as_str().is_some_and(|bin| bin.parse::<kezek_rules::ids::Bin>().is_ok()),
        ["state-system"] => said("sub"),
        _ => false,
    };
    claims["iss"] == ISSUER && audience && timely && kind && whole
}

/// A token.
pub fn tokens(random: &mut Random) -> Result<(), String> {
    let (claims, good) = random.pick(&THE_ISSUER.good);
    holds(check(good).is_ok(), || format!("a good token is refused: {claims}"))?;
    // One of letters that were changed is nobody's, whatever was changed.
    let bent = mutate::text(random, good);
    holds(bent == *good || check(&bent).is_err(), || format!("accepted though it was changed: {bent}"))?;
    if random.one_in(4) {
        let bent = mutate::json(random, claims);
        let token = signed(&THE_ISSUER.private, &bent).ok_or("it can't be signed")?;
        holds(check(&token).is_err() || may_pass(&bent), || format!("accepted: {bent}"))?;
    }
    Ok(())
}
