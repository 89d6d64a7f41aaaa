//! Settings: the environment of a function, read once at its start. A missing or bad one ends the start, and is told by its name, with
//! what it should hold. All of them are listed here.

use std::sync::Arc;

use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_sdk_dynamodb::config::BehaviorVersion;
use aws_types::SdkConfig;
use aws_types::region::Region;
use chrono::TimeDelta;
use jsonwebtoken::jwk::JwkSet;
use kezek_store::Store;
use thiserror::Error;
use tracing_subscriber::filter::LevelFilter;

use crate::app::App;
use crate::clock::Clock;
use crate::connection;
use crate::identity::{Address, HttpKeySource, Identity};
use crate::keys::Keys;
use crate::referral::ReferralSigner;
use crate::versions::Versions;

/// Every setting of the functions, and what it should hold. Which function has which, the template says; a test holds the two
/// together.
pub const SETTINGS: &[(&str, &str)] = &[
    ("TABLE_NAME", "the name of the table"),
    ("EVENT_BUS_NAME", "the name of the event bus"),
    ("ALLOCATION_QUEUE_URL", "the address of the queue that wakes allocation"),
    ("BULLETINS_DEAD_URL", "the address of the queue where bulletins are set aside that can't be read"),
    ("BULLETIN_SENDER", "the id of the role by which organisations post bulletins; without it no sender is asked for"),
    ("REGISTER_URL", "the address of the gateway to the state registers"),
    ("SIGNATURE_URL", "the address of the gateway to the service that checks signatures"),
    ("TOKEN_ISSUER", "the issuer of the access tokens, as it stands in their `iss`"),
    ("TOKEN_AUDIENCE", "the audience that an access token names"),
    (
        "JWKS_URL",
        "the address of the issuer's key set; without it the set is where <issuer>/.well-known/openid-configuration says",
    ),
    ("JWKS", "the issuer's key set itself, as JSON, for a stack without network; excludes JWKS_URL"),
    (
        "PERSON_KEYS",
        "the secrets of the keyed hashes, with versions: {\"current\":1,\"keys\":{\"1\":\"<at least 32 characters>\"}}",
    ),
    (
        "REFERRAL_KEYS",
        "the private Ed25519 keys that sign referrals and contracts, with versions: {\"current\":1,\"keys\":{\"1\":\"<PKCS 8, base64>\"}}",
    ),
    ("STAGE", "the stage, as it stands in names and metrics: test, production; `local` without it"),
    ("RUST_LOG", "how much of our own code is logged: error, warn, info (the default), debug, trace"),
];

/// What Lambda itself puts into a function's environment, and one that leads the SDK elsewhere.
const OF_LAMBDA: &[(&str, &str)] = &[
    ("AWS_REGION", "the region, set by Lambda"),
    ("AWS_ACCESS_KEY_ID", "the id of the role's key, set by Lambda"),
    ("AWS_SECRET_ACCESS_KEY", "the role's key, set by Lambda"),
    ("AWS_SESSION_TOKEN", "the role's session, set by Lambda"),
    ("AWS_ENDPOINT_URL", "the address of another endpoint for all services; without it AWS's own"),
];

/// For how long a function keeps policies and calendar: at most this long after its publication a change takes effect.
pub const KEEP_CONFIG: TimeDelta = TimeDelta::seconds(60);

/// A setting is missing or bad. No error shows what a setting holds: it may be a secret.
#[derive(Debug, Error)]
pub enum SettingError {
    /// It isn't set.
    #[error("the setting {0} is missing: set it to {help}", help = help(.0))]
    Missing(&'static str),
    /// It can't be read.
    #[error("the setting {0} can't be used: {1}. It should hold {help}", help = help(.0))]
    Bad(&'static str, String),
    /// It is set, and so is another that says the same.
    #[error("the settings {0} and {1} are both set: take one away")]
    Twice(&'static str, &'static str),
}

fn help(name: &str) -> &'static str {
    SETTINGS.iter().chain(OF_LAMBDA).find(|(known, _)| *known == name).map_or("something", |(_, holds)| holds)
}

/// One setting.
///
/// # Errors
/// It isn't set.
pub fn setting(name: &'static str) -> Result<String, SettingError> {
    optional(name).ok_or(SettingError::Missing(name))
}

/// One setting that may be left out.
fn optional(name: &'static str) -> Option<String> {
    #[expect(clippy::disallowed_methods, reason = "the one place where the environment is read")]
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// The SDK's configuration of a deployed function: what Lambda puts into its environment, which stands for as long as the function runs.
/// There is no looking around for profiles or for another service that gives credentials.
///
/// # Errors
/// Lambda's own settings are missing.
pub fn sdk_config() -> Result<SdkConfig, SettingError> {
    let (id, secret) = (setting("AWS_ACCESS_KEY_ID")?, setting("AWS_SECRET_ACCESS_KEY")?);
    let credentials = Credentials::new(id, secret, optional("AWS_SESSION_TOKEN"), None, "environment");
    let mut config = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(setting("AWS_REGION")?))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .http_client(connection::of_sdk());
    config.set_endpoint_url(optional("AWS_ENDPOINT_URL"));
    Ok(config.build())
}

/// The app of a deployed function that is called over HTTP.
///
/// # Errors
/// A setting is missing or bad.
pub fn app(sdk: &SdkConfig) -> Result<App, SettingError> {
    let persons = setting("PERSON_KEYS")?;
    let persons = Versions::parse(&persons).map_err(|error| bad("PERSON_KEYS", &error.to_string()))?;
    let app = app_with(sdk, identity()?, Keys::of(persons))?;
    match optional("REFERRAL_KEYS") {
        None => Ok(app),
        Some(text) => {
            let versions = Versions::parse(&text).map_err(|error| bad("REFERRAL_KEYS", &error.to_string()))?;
            let signer = ReferralSigner::of(&versions).map_err(|error| bad("REFERRAL_KEYS", &error.to_string()))?;
            Ok(app.with_signer(signer))
        }
    }
}

/// The stage, for metrics.
#[must_use]
pub fn stage() -> String {
    optional("STAGE").unwrap_or_else(|| "local".to_owned())
}

/// How much of our own code is logged.
#[must_use]
pub fn log_level() -> LevelFilter {
    optional("RUST_LOG").and_then(|level| level.parse().ok()).unwrap_or(LevelFilter::INFO)
}

/// The app of a deployed function that nobody calls: it needs neither tokens nor the keys of persons.
///
/// # Errors
/// A setting is missing or bad.
pub fn app_of_nobody(sdk: &SdkConfig) -> Result<App, SettingError> {
    app_with(sdk, Identity::of_nobody(), Keys::new(Vec::new(), 1))
}

fn app_with(sdk: &SdkConfig, identity: Identity, keys: Keys) -> Result<App, SettingError> {
    let store = Store::of(sdk.into(), setting("TABLE_NAME")?);
    Ok(App::new(store, Clock::system(), identity, keys, KEEP_CONFIG))
}

/// Whose tokens are good, and where the keys that check them come from.
fn identity() -> Result<Identity, SettingError> {
    let (issuer, audience) = (setting("TOKEN_ISSUER")?, setting("TOKEN_AUDIENCE")?);
    let source = match (optional("JWKS"), optional("JWKS_URL")) {
        (Some(_), Some(_)) => return Err(SettingError::Twice("JWKS", "JWKS_URL")),
        (Some(jwks), None) => {
            let jwks: JwkSet = serde_json::from_str(&jwks).map_err(|_| bad("JWKS", "it is no key set"))?;
            return Ok(Identity::new(&jwks, issuer, audience));
        }
        (None, Some(url)) => {
            let address = Address::new(&url).map_err(|error| bad("JWKS_URL", &error.to_string()))?;
            HttpKeySource::at(address)
        }
        (None, None) => {
            let address =
                Address::of_configuration(&issuer).map_err(|error| bad("TOKEN_ISSUER", &error.to_string()))?;
            HttpKeySource::of_issuer(address, issuer.clone())
        }
    };
    Ok(Identity::of_issuer(Arc::new(source), issuer, audience))
}

fn bad(name: &'static str, why: &str) -> SettingError {
    SettingError::Bad(name, why.to_owned())
}
