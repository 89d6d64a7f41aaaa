//! Settings: the environment of a function, read once at its start. A missing or bad one is told by its name and ends the start.

use aws_config::BehaviorVersion;
use chrono::TimeDelta;
use data_encoding::BASE64;
use jsonwebtoken::jwk::JwkSet;
use kezek_store::Store;
use thiserror::Error;

use crate::app::App;
use crate::clock::Clock;
use crate::identity::Identity;
use crate::keys::Keys;
use crate::referral::ReferralSigner;

/// For how long a function keeps policies and calendar: at most this long after its publication a change takes effect.
pub const KEEP_CONFIG: TimeDelta = TimeDelta::seconds(60);

/// A setting is missing or bad.
#[derive(Debug, Error)]
pub enum SettingError {
    /// It isn't set.
    #[error("the setting {0} is not set")]
    Missing(&'static str),
    /// It can't be read.
    #[error("the setting {0} can't be read: {1}")]
    Bad(&'static str, String),
}

/// One setting.
///
/// # Errors
/// It isn't set.
pub fn setting(name: &'static str) -> Result<String, SettingError> {
    #[expect(clippy::disallowed_methods, reason = "the one place where the environment is read")]
    std::env::var(name).ok().filter(|value| !value.is_empty()).ok_or(SettingError::Missing(name))
}

fn or_empty(name: &'static str) -> String {
    setting(name).unwrap_or_default()
}

/// The SDK's configuration of a deployed function.
pub async fn sdk_config() -> aws_config::SdkConfig {
    aws_config::load_defaults(BehaviorVersion::latest()).await
}

/// The app of a deployed function. Functions without HTTP routes have no identity settings: then no token is ever good.
///
/// # Errors
/// A setting is missing or bad.
pub fn app(sdk: &aws_config::SdkConfig) -> Result<App, SettingError> {
    let store = Store::new(aws_sdk_dynamodb::Client::new(sdk), setting("TABLE_NAME")?);
    let jwks = setting("JWKS").unwrap_or_else(|_| r#"{"keys":[]}"#.to_owned());
    let jwks: JwkSet = serde_json::from_str(&jwks).map_err(|error| SettingError::Bad("JWKS", error.to_string()))?;
    let identity = Identity::new(jwks, or_empty("TOKEN_ISSUER"), or_empty("TOKEN_AUDIENCE"));
    let version = setting("PERSON_KEY_VERSION").unwrap_or_else(|_| "1".to_owned());
    let version = version.parse().map_err(|_| SettingError::Bad("PERSON_KEY_VERSION", version.clone()))?;
    let keys = Keys::new(or_empty("PERSON_KEY").into_bytes(), version);
    let app = App::new(store, Clock::system(), identity, keys, KEEP_CONFIG);
    match setting("REFERRAL_KEY") {
        Err(_) => Ok(app),
        Ok(key) => {
            let der = BASE64.decode(key.as_bytes());
            let der = der.map_err(|error| SettingError::Bad("REFERRAL_KEY", error.to_string()))?;
            Ok(app.with_signer(ReferralSigner::new(&der, "referral-1".to_owned())))
        }
    }
}
