//! Addresses from which keys may be fetched: over TLS, or on this machine itself (a local stack, a test).

use reqwest::Url;
use thiserror::Error;

/// Where an issuer says what it is (OpenID Connect Discovery 1.0).
const CONFIGURATION: &str = "/.well-known/openid-configuration";

/// An address isn't one that keys may come from. It is told without its query, which may hold a secret.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{0:?} is neither an https address nor an http address on loopback (127.0.0.1, [::1], localhost)")]
pub struct NotAllowed(String);

/// An address that keys may come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address(Url);

impl Address {
    /// The address from its text.
    ///
    /// # Errors
    /// It is none, or neither https nor on loopback.
    pub fn new(text: &str) -> Result<Self, NotAllowed> {
        let refused = || NotAllowed(text.split(['?', '#']).next().unwrap_or_default().to_owned());
        let url = Url::parse(text).map_err(|_| refused())?;
        let whole = url.username().is_empty() && url.password().is_none() && url.has_host();
        let address = Self(url);
        let allowed = whole && (address.0.scheme() == "https" || address.is_loopback());
        if allowed { Ok(address) } else { Err(refused()) }
    }

    /// The address of an issuer's OpenID configuration.
    ///
    /// # Errors
    /// The issuer's name is no address that is allowed.
    pub fn of_configuration(issuer: &str) -> Result<Self, NotAllowed> {
        Self::new(&format!("{}{CONFIGURATION}", issuer.trim_end_matches('/')))
    }

    /// Whether it is an http address of this very machine.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        self.0.scheme() == "http" && matches!(self.0.host_str(), Some("127.0.0.1" | "[::1]" | "localhost"))
    }

    pub(super) const fn url(&self) -> &Url {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_come_over_tls_or_from_this_machine() {
        let check = |text: &str, allowed: bool| assert_eq!(Address::new(text).is_ok(), allowed, "{text}");
        check("https://login.example/keys", true);
        check("http://127.0.0.1:4000/keys", true);
        check("http://localhost:4000/keys", true);
        check("http://[::1]:4000/keys", true);
        check("http://login.example/keys", false);
        check("http://127.0.0.1.login.example/keys", false);
        check("http://localhost.login.example/keys", false);
        check("http://localhost@login.example/keys", false);
        check("https://user:secret@login.example/keys", false);
        check("file:///etc/keys", false);
        check("keys", false);
    }

    #[test]
    fn a_configuration_is_beside_its_issuer() {
        for issuer in ["https://login.example/pool", "https://login.example/pool/"] {
            let address = Address::of_configuration(issuer).expect("an address");
            assert_eq!(address.url().as_str(), "https://login.example/pool/.well-known/openid-configuration");
        }
    }

    #[test]
    fn a_refused_address_is_told_without_its_query() {
        let refused = Address::new("http://login.example/keys?token=secret").expect_err("not over TLS");
        assert!(!refused.to_string().contains("secret"), "{refused}");
    }
}
