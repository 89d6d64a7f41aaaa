//! Connections to the outside that are made when they are first needed: reading the machine's root certificates is most of what the start
//! of a function would cost. Never here: whom to reach, and what is said there.

use std::sync::OnceLock;
use std::time::Duration;

use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
use aws_smithy_runtime_api::client::http::{HttpClient, HttpConnectorSettings, SharedHttpClient, SharedHttpConnector};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use serde::Serialize;

/// The SDK's own connection, shared by its clients. Unlike the SDK's default it isn't tried out while a client is built.
#[derive(Debug)]
struct OnFirstUse(SharedHttpClient);

impl HttpClient for OnFirstUse {
    fn http_connector(&self, settings: &HttpConnectorSettings, parts: &RuntimeComponents) -> SharedHttpConnector {
        self.0.http_connector(settings, parts)
    }
}

/// The connection of the SDK's clients.
#[must_use]
pub fn of_sdk() -> SharedHttpClient {
    let rustls = aws_smithy_http_client::Builder::new().tls_provider(Provider::Rustls(CryptoMode::AwsLc));
    SharedHttpClient::new(OnFirstUse(rustls.build_https()))
}

/// A client of another system. No redirect is followed, for it may lead anywhere.
#[derive(Debug)]
pub struct Outbound {
    made: OnceLock<reqwest::Client>,
    answer_within: Duration,
}

impl Outbound {
    /// A client whose calls may take that long.
    #[must_use]
    pub const fn new(answer_within: Duration) -> Self {
        Self { made: OnceLock::new(), answer_within }
    }

    /// The client.
    ///
    /// # Errors
    /// It can't be made: this machine has no root certificates that can be read.
    pub fn client(&self) -> Result<&reqwest::Client, reqwest::Error> {
        if let Some(made) = self.made.get() {
            return Ok(made);
        }
        let none = reqwest::redirect::Policy::none();
        let made = reqwest::Client::builder().timeout(self.answer_within).redirect(none).build()?;
        Ok(self.made.get_or_init(|| made))
    }

    /// Posts JSON to an address.
    ///
    /// # Errors
    /// The client can't be made, or no answer came.
    pub async fn post(&self, url: &str, body: &impl Serialize) -> Result<reqwest::Response, reqwest::Error> {
        self.client()?.post(url).json(body).send().await
    }
}
