//! The SDK's way into this process: a connector that answers by target header, and clients built on it.
//! Never here: sockets, real credentials, real sleep.
//!
//! Every call of every client passes [`Aws::dispatch`], and before it whoever stands between ([`super::Between`]).

use std::{
    fmt,
    sync::Arc,
    time::{Duration, SystemTime},
};

use aws_credential_types::Credentials;
use aws_smithy_async::{
    rt::sleep::{AsyncSleep, Sleep},
    time::TimeSource,
};
use aws_smithy_runtime_api::{
    client::{
        http::{HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector},
        orchestrator::{HttpRequest, HttpResponse},
        result::ConnectorError,
        runtime_components::RuntimeComponents,
    },
    http::StatusCode,
};
use aws_smithy_types::{body::SdkBody, timeout::TimeoutConfig};

use super::{Access, Aws, Now, REGION, fault::Fault, guard};

/// An answer of the local AWS, before it is an HTTP response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// HTTP status.
    pub status: u16,
    /// The `x-amzn-query-error` header of SQS's errors.
    pub query_error: Option<String>,
    /// JSON.
    pub body: Vec<u8>,
}

impl Aws {
    /// Answers one call; the single door of all in-process clients, once whoever stands between lets them.
    pub async fn dispatch(&self, target: &str, body: &[u8]) -> Reply {
        if let Some(denied) = self.denied(target, body) {
            return denied;
        }
        let (service, operation) = target.split_once('.').unwrap_or((target, ""));
        match service {
            "DynamoDB_20120810" | "DynamoDBStreams_20120810" => {
                let (status, body) = self.engine().call(operation, body);
                Reply { status, query_error: None, body }
            }
            "AmazonSQS" => self.sqs_call(operation, body),
            "AWSEvents" if operation == "PutEvents" => match self.put_events(body) {
                Ok(answer) => Reply { status: 200, query_error: None, body: answer.to_string().into_bytes() },
                Err(fault) => fault.into_reply(),
            },
            _ => Fault::new("UnknownOperationException", "UnknownOperationException", "No such service here.")
                .into_reply(),
        }
    }

    /// The answer to a function that asks for what its guard doesn't allow it.
    fn denied(&self, target: &str, body: &[u8]) -> Option<Reply> {
        let (guard, caller) = (self.guard.get()?, guard::caller()?);
        let denied = guard::accesses(caller, target, body).into_iter().find(|access| !guard.allows(access))?;
        let Access { caller, action, resource, leading_keys } = denied;
        let keys = leading_keys.iter().map(|key| key.split('#').next().unwrap_or_default()).collect::<Vec<_>>();
        let message = format!("{caller} is not authorized to perform {action} on {resource} {keys:?}");
        Some(Fault::new("AccessDeniedException", "AccessDeniedException", &message).into_reply())
    }

    /// A table client.
    #[must_use]
    pub fn dynamodb(self: &Arc<Self>) -> aws_sdk_dynamodb::Client {
        aws_sdk_dynamodb::Client::from_conf(self.configure(aws_sdk_dynamodb::Config::builder()))
    }

    /// A queue client.
    #[must_use]
    pub fn sqs(self: &Arc<Self>) -> aws_sdk_sqs::Client {
        aws_sdk_sqs::Client::from_conf(self.configure_sqs(aws_sdk_sqs::Config::builder()))
    }

    /// An event bus client.
    #[must_use]
    pub fn eventbridge(self: &Arc<Self>) -> aws_sdk_eventbridge::Client {
        aws_sdk_eventbridge::Client::from_conf(self.configure_eventbridge(aws_sdk_eventbridge::Config::builder()))
    }
}

/// Three SDKs, three builder types with the same methods and no common trait.
macro_rules! configured {
    ($name:ident, $sdk:ident) => {
        fn $name(self: &Arc<Self>, builder: $sdk::config::Builder) -> $sdk::Config {
            builder
                .behavior_version($sdk::config::BehaviorVersion::latest())
                .region($sdk::config::Region::new(REGION))
                .endpoint_url(&self.base_url)
                .credentials_provider(Credentials::new("local", "local", None, None, "local"))
                .identity_cache($sdk::config::IdentityCache::no_cache())
                .http_client(InProcess(self.clone()))
                .time_source(CallerTime(self.clock.clone()))
                .sleep_impl(NoSleep)
                // With a sleep that is over at once, every time-out would be too.
                .timeout_config(TimeoutConfig::disabled())
                .stalled_stream_protection($sdk::config::StalledStreamProtectionConfig::disabled())
                .build()
        }
    };
}

impl Aws {
    configured!(configure, aws_sdk_dynamodb);
    configured!(configure_sqs, aws_sdk_sqs);
    configured!(configure_eventbridge, aws_sdk_eventbridge);
}

#[derive(Debug, Clone)]
struct InProcess(Arc<Aws>);

impl HttpClient for InProcess {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for InProcess {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let aws = self.0.clone();
        HttpConnectorFuture::new(async move {
            let target = request.headers().get("x-amz-target").unwrap_or_default();
            let reply = aws.called(target, request.body().bytes().unwrap_or_default()).await;
            let reply = reply.ok_or_else(|| ConnectorError::io("the connection was lost".into()))?;
            let status = StatusCode::try_from(reply.status).expect("every reply has a valid status");
            let mut response = HttpResponse::new(status, SdkBody::from(reply.body));
            response.headers_mut().insert("content-type", "application/x-amz-json-1.0");
            if let Some(code) = reply.query_error {
                response.headers_mut().insert("x-amzn-query-error", code);
            }
            Ok(response)
        })
    }
}

struct CallerTime(Now);

impl fmt::Debug for CallerTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CallerTime")
    }
}

impl TimeSource for CallerTime {
    fn now(&self) -> SystemTime {
        self.0()
    }
}

#[derive(Debug)]
struct NoSleep;

impl AsyncSleep for NoSleep {
    fn sleep(&self, _: Duration) -> Sleep {
        Sleep::new(std::future::ready(()))
    }
}
