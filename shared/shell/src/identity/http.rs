//! The issuer over HTTP: its key set at a given address, or where its OpenID configuration says it is. Bounded in time and size; no
//! redirect is followed, for it may lead anywhere.

use std::time::Duration;

use serde::Deserialize;

use super::address::Address;
use super::issuer::{FetchError, Fetching, KeySource};
use super::jwks::KeySet;
use crate::connection::Outbound;

/// How long one answer may take: a caller waits for it, and the function itself ends after ten seconds.
const ANSWER_WITHIN: Duration = Duration::from_secs(3);

/// The largest answer that is read.
const BODY_MAX: usize = 64 * 1024;

enum Place {
    /// The key set itself.
    KeySet(Address),
    /// The issuer's configuration, which names it; and the issuer as it names itself.
    Configuration(Address, String),
}

/// An issuer's keys over HTTP.
pub struct HttpKeySource {
    outbound: Outbound,
    place: Place,
}

#[derive(Deserialize)]
struct Configuration {
    issuer: String,
    jwks_uri: String,
}

impl HttpKeySource {
    /// The key set at an address.
    #[must_use]
    pub const fn at(address: Address) -> Self {
        Self { outbound: Outbound::new(ANSWER_WITHIN), place: Place::KeySet(address) }
    }

    /// The key set where an issuer says it is, in its configuration at an address.
    #[must_use]
    pub const fn of_issuer(configuration: Address, issuer: String) -> Self {
        Self { outbound: Outbound::new(ANSWER_WITHIN), place: Place::Configuration(configuration, issuer) }
    }

    async fn key_set(&self) -> Result<KeySet, FetchError> {
        let body = match &self.place {
            Place::KeySet(address) => self.get(address).await?,
            Place::Configuration(address, issuer) => {
                let found = self.find(address, issuer).await?;
                self.get(&found).await?
            }
        };
        KeySet::parse(&body).ok_or(FetchError::Unreadable("it is no set of keys, or none of them can be used"))
    }

    async fn find(&self, address: &Address, issuer: &str) -> Result<Address, FetchError> {
        let body = self.get(address).await?;
        let said: Configuration =
            serde_json::from_slice(&body).map_err(|_| FetchError::Unreadable("it is no OpenID configuration"))?;
        if said.issuer != issuer {
            return Err(FetchError::Unreadable("it is another issuer's configuration"));
        }
        let found = Address::new(&said.jwks_uri)?;
        // An issuer elsewhere has no business on this machine.
        if found.is_loopback() && !address.is_loopback() {
            return Err(FetchError::Unreadable("it names an address on loopback"));
        }
        Ok(found)
    }

    async fn get(&self, address: &Address) -> Result<Vec<u8>, FetchError> {
        let unreachable = |error: reqwest::Error| FetchError::Unreachable(Box::new(error.without_url()));
        let client = self.outbound.client().map_err(unreachable)?;
        let mut answer = client.get(address.url().clone()).send().await.map_err(unreachable)?;
        if answer.status().as_u16() != 200 {
            return Err(FetchError::Status(answer.status().as_u16()));
        }
        let mut body = Vec::new();
        while let Some(part) = answer.chunk().await.map_err(unreachable)? {
            if body.len() + part.len() > BODY_MAX {
                return Err(FetchError::TooLarge);
            }
            body.extend_from_slice(&part);
        }
        Ok(body)
    }
}

impl KeySource for HttpKeySource {
    fn fetch(&self) -> Fetching<'_> {
        Box::pin(self.key_set())
    }
}
