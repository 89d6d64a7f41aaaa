//! The keys of a local base: made once, kept in it, so that ids and tokens stay good after a restart; and the tokens.
//! Never here: checking a token (that is `kezek_shell::identity`).

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

use aws_lc_rs::{
    encoding::AsDer as _,
    error::Unspecified,
    rand::{SecureRandom as _, SystemRandom},
    rsa::{KeyPair, KeySize},
    signature::Ed25519KeyPair,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use chrono::{DateTime, Days, Utc};
use jsonwebtoken::{
    Algorithm, EncodingKey, Header, encode,
    jwk::{Jwk, JwkSet},
};
use kezek_rules::ids::Bin;
use kezek_shell::{
    identity::Identity,
    keys::Keys,
    referral::ReferralSigner,
    versions::{VERSIONS_MAX, Versions},
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::{aws::Aws, world::Error};

/// Who issues the tokens of a local base.
pub const ISSUER: &str = "https://tokens.local.kezek.example/";
/// For whom they are.
pub const AUDIENCE: &str = "kezek";
/// A token outlives every story that is told with the virtual clock: ten years.
const TOKEN_DAYS: u64 = 3_653;
const KEY_ID: &str = "local-1";

#[derive(Clone, Serialize, Deserialize)]
struct Kept {
    /// Of the keyed hashes, with its version.
    person: String,
    person_version: u32,
    /// RSA-2048, PEM of PKCS#8.
    tokens: String,
    /// Ed25519, PKCS#8.
    referrals: String,
    /// What they replaced, the latest first.
    #[serde(default)]
    earlier: Vec<Earlier>,
}

/// Keys that were replaced, and still count for what was made with them.
#[derive(Clone, Serialize, Deserialize)]
struct Earlier {
    version: u32,
    person: String,
    referrals: String,
}

/// The keys of a base.
#[derive(Clone)]
pub struct LocalKeys {
    /// Of the keyed hashes.
    pub person: Keys,
    /// Signs referrals.
    pub referrals: ReferralSigner,
    /// Checks tokens.
    pub identity: Identity,
    tokens: EncodingKey,
    public: JwkSet,
    kept: Kept,
}

/// What a token is asked for with.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TokenRequest {
    /// `applicant`, `officer`, `organisation` or `state-system`.
    pub scope: String,
    /// An applicant's number.
    pub iin: Option<String>,
    /// A non-resident applicant's subject.
    pub sub: Option<String>,
    /// An organisation's number.
    pub bin: Option<String>,
    /// An officer's territory: a KATO prefix.
    pub territory: Option<String>,
}

impl TokenRequest {
    /// What is missing or bad, in words; none if a token can be made of it.
    #[must_use]
    pub fn problem(&self) -> Option<String> {
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        match self.scope.as_str() {
            "applicant" if self.iin.is_none() && self.sub.is_none() => {
                Some("the scope \"applicant\" needs \"iin\" (or \"sub\" for a non-resident)".to_owned())
            }
            "officer" => {
                let good = self.territory.as_deref().is_some_and(|kato| (2..=9).contains(&kato.len()) && digits(kato));
                (!good).then(|| "the scope \"officer\" needs \"territory\": a KATO prefix of 2 to 9 digits".to_owned())
            }
            "organisation" => match self.bin.as_deref().map(str::parse::<Bin>) {
                None => Some("the scope \"organisation\" needs \"bin\"".to_owned()),
                Some(Err(error)) => Some(format!("\"bin\" {error}")),
                Some(Ok(_)) => None,
            },
            "applicant" | "state-system" => None,
            _ => Some("\"scope\" is one of applicant, officer, organisation, state-system".to_owned()),
        }
    }
}

impl Kept {
    fn versions(&self, now: impl Fn(&Self) -> &String, before: impl Fn(&Earlier) -> &String) -> Versions {
        let others = self.earlier.iter().map(|earlier| (earlier.version, before(earlier).clone())).collect();
        Versions { current: (self.person_version, now(self).clone()), others }
    }
}

/// Secrets with versions as a setting holds them.
fn setting(current: u32, secrets: Vec<(u32, String)>) -> String {
    let keys: BTreeMap<String, String> =
        secrets.into_iter().map(|(version, secret)| (version.to_string(), secret)).collect();
    json!({"current": current, "keys": keys}).to_string()
}

fn failed(what: &'static str) -> impl Fn(Unspecified) -> Error {
    move |_| Error::Keys(what)
}

impl LocalKeys {
    /// The keys of a base, made if it has none. With a seed the keyed hashes, and so all ids, are the same in every run.
    ///
    /// # Errors
    /// The base failed, or a key couldn't be made.
    pub fn open(aws: &Aws, seed: Option<u64>) -> Result<Self, Error> {
        let kept = match aws.local_get::<Kept>("keys")? {
            Some(kept) => kept,
            None => {
                let made = Self::make(seed)?;
                aws.local_put("keys", &made)?;
                made
            }
        };
        let decoded = |text: &str, what| STANDARD.decode(text).map_err(|_| Error::Keys(what));
        let tokens =
            EncodingKey::from_rsa_pem(kept.tokens.as_bytes()).map_err(|_| Error::Keys("the tokens' key is bad"))?;
        let mut public = Jwk::from_encoding_key(&tokens, Algorithm::RS256)
            .map_err(|_| Error::Keys("the tokens' key has no public half"))?;
        public.common.key_id = Some(KEY_ID.to_owned());
        let public = JwkSet { keys: vec![public] };
        let identity = Identity::new(&public, ISSUER.to_owned(), AUDIENCE.to_owned());
        let mut person = Keys::new(decoded(&kept.person, "the persons' key is bad")?, kept.person_version);
        for earlier in &kept.earlier {
            person = person.and(decoded(&earlier.person, "an earlier key of persons is bad")?, earlier.version);
        }
        let referrals = ReferralSigner::of(&kept.versions(|kept| &kept.referrals, |earlier| &earlier.referrals));
        Ok(Self {
            person,
            referrals: referrals.map_err(|_| Error::Keys("the referrals' key is bad"))?,
            identity,
            tokens,
            public,
            kept,
        })
    }

    /// What a function in a process of its own needs to know of the keys.
    ///
    /// # Errors
    /// The persons' key is no text, as that of a seed.
    pub(crate) fn settings(&self) -> Result<[(&'static str, String); 3], Error> {
        const NO_TEXT: Error = Error::Keys("the persons' key of this base is no text: make a new base");
        let text = |key: &String| STANDARD.decode(key).ok().and_then(|key| String::from_utf8(key).ok()).ok_or(NO_TEXT);
        let person = self.kept.versions(|kept| &kept.person, |earlier| &earlier.person);
        let mut secrets = vec![(person.current.0, text(&person.current.1)?)];
        for (version, key) in &person.others {
            secrets.push((*version, text(key)?));
        }
        let referrals = self.kept.versions(|kept| &kept.referrals, |earlier| &earlier.referrals);
        let referrals = std::iter::once(referrals.current).chain(referrals.others).collect();
        Ok([
            ("JWKS", serde_json::to_string(&self.public).map_err(crate::aws::Error::from)?),
            ("PERSON_KEYS", setting(self.kept.person_version, secrets)),
            ("REFERRAL_KEYS", setting(self.kept.person_version, referrals)),
        ])
    }

    /// Replaces the secrets of a base by a new version of them, as an operator does: it counts from the next opening on, and what was
    /// made before goes on being known.
    ///
    /// # Errors
    /// The base failed, or a key couldn't be made.
    pub(crate) fn rotate(&self, aws: &Aws) -> Result<(), Error> {
        let Kept { person, referrals, .. } = Self::make(None)?;
        let before = &self.kept;
        let replaced = Earlier {
            version: before.person_version,
            person: before.person.clone(),
            referrals: before.referrals.clone(),
        };
        let kept = Kept {
            person,
            person_version: before.person_version + 1,
            referrals,
            earlier: std::iter::once(replaced).chain(before.earlier.clone()).take(VERSIONS_MAX - 1).collect(),
            ..before.clone()
        };
        Ok(aws.local_put("keys", &kept)?)
    }

    fn make(seed: Option<u64>) -> Result<Kept, Error> {
        let random = SystemRandom::new();
        let failed_referrals = failed("the referrals' key couldn't be made");
        let person = match seed {
            Some(seed) => Sha256::digest(format!("kezek/person/{seed}")).to_vec(),
            None => {
                let mut drawn = [0; 32];
                random.fill(&mut drawn).map_err(failed("no randomness"))?;
                // Text, because a function's setting is.
                STANDARD.encode(drawn).into_bytes()
            }
        };
        // A signature shows in what is answered, so it follows from the seed too. What signs tokens shows nowhere, and takes long to
        // draw: all bases of a seed in one process share it.
        let (tokens, referrals) = match seed {
            Some(seed) => {
                let secret = Sha256::digest(format!("kezek/referrals/{seed}"));
                let pair = Ed25519KeyPair::from_seed_unchecked(&secret).map_err(|_| failed_referrals(Unspecified))?;
                let document = pair.to_pkcs8().map_err(failed_referrals)?;
                (tokens_of_seeds()?, STANDARD.encode(document.as_ref()))
            }
            None => {
                let document = Ed25519KeyPair::generate_pkcs8(&random).map_err(failed_referrals)?;
                (tokens()?, STANDARD.encode(document.as_ref()))
            }
        };
        Ok(Kept { person: STANDARD.encode(person), person_version: 1, tokens, referrals, earlier: Vec::new() })
    }

    /// A token; its time runs by the stack's clock.
    ///
    /// # Errors
    /// What is missing, in words.
    pub fn token(&self, request: &TokenRequest, now: DateTime<Utc>) -> Result<String, String> {
        if let Some(problem) = request.problem() {
            return Err(problem);
        }
        let ends = now.checked_add_days(Days::new(TOKEN_DAYS)).unwrap_or(DateTime::<Utc>::MAX_UTC);
        let mut claims = json!({
            "iss": ISSUER, "aud": AUDIENCE, "scope": request.scope, "token_use": "access",
            "iat": now.timestamp(), "exp": ends.timestamp(),
        });
        let named =
            [("iin", &request.iin), ("sub", &request.sub), ("bin", &request.bin), ("territory", &request.territory)];
        for (name, value) in named {
            if let Some(value) = value {
                claims[name] = json!(value);
            }
        }
        if request.scope == "state-system" && request.sub.is_none() {
            claims["sub"] = json!("state-system");
        }
        let mut header = Header::new(Algorithm::RS256);
        header.kid = Some(KEY_ID.to_owned());
        encode(&header, &claims, &self.tokens).map_err(|error| error.to_string())
    }
}

/// A key that signs tokens.
fn tokens() -> Result<String, Error> {
    let pair = KeyPair::generate(KeySize::Rsa2048).map_err(failed("the tokens' key couldn't be made"))?;
    let der: aws_lc_rs::encoding::Pkcs8V1Der<'_> =
        pair.as_der().map_err(failed("the tokens' key couldn't be written"))?;
    Ok(pem(der.as_ref()))
}

/// The one of this process's bases of a seed.
fn tokens_of_seeds() -> Result<String, Error> {
    static DRAWN: Mutex<Option<String>> = Mutex::new(None);
    let mut drawn = DRAWN.lock().unwrap_or_else(PoisonError::into_inner);
    if drawn.is_none() {
        *drawn = Some(tokens()?);
    }
    drawn.clone().ok_or(Error::Keys("the tokens' key couldn't be made"))
}

fn pem(der: &[u8]) -> String {
    let text = STANDARD.encode(der);
    let lines: Vec<&str> =
        text.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap_or_default()).collect();
    format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", lines.join("\n"))
}
