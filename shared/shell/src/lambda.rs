//! A function's start: logging, and the loop of the Lambda runtime over events as JSON. What an event is, its function knows.

use std::future::Future;

use lambda_runtime::{Error, LambdaEvent, service_fn};
use serde_json::Value;

/// What wakes a function, told apart by the event's own shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trigger {
    /// API Gateway's HTTP API.
    Http,
    /// A queue.
    Sqs,
    /// The table's stream.
    Stream,
    /// A schedule of ours.
    Schedule,
}

impl Trigger {
    /// What kind of event this is; none if it is none that any function knows.
    #[must_use]
    pub fn of(event: &Value) -> Option<Self> {
        if event.get("requestContext").is_some() {
            return Some(Trigger::Http);
        }
        if event.get("sweep").is_some() {
            return Some(Trigger::Schedule);
        }
        let source = event.get("Records")?.get(0)?.get("eventSource")?.as_str()?;
        match source {
            "aws:sqs" => Some(Trigger::Sqs),
            "aws:dynamodb" => Some(Trigger::Stream),
            _ => None,
        }
    }
}

/// Serves invocations until the runtime ends.
///
/// # Errors
/// The runtime ended with a failure.
pub async fn run<F, Fut>(handle: F) -> Result<(), Error>
where
    F: Fn(Value) -> Fut,
    Fut: Future<Output = Result<Value, Error>>,
{
    lambda_runtime::run(service_fn(|event: LambdaEvent<Value>| Box::pin(handle(event.payload)))).await
}
