//! A function's start and the frame of every invocation: where it belongs (correlation and trace), its span in the log, its metrics,
//! and what becomes of a failure or a panic. What an event is, its function knows. No error leaves here that quotes an event.

use std::future::Future;
use std::io::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::task::Poll;

use aws_lambda_events::sqs::SqsMessage;
use kezek_store::{Origin, Trace};
use lambda_runtime::{Error, LambdaEvent, service_fn};
use serde_json::Value;
use tracing::Instrument;

use crate::app::App;
use crate::error::chain;
use crate::http;
use crate::metrics::Metric;
use crate::settings;

/// The attributes of our messages that say where they belong.
pub const CORRELATION: &str = "correlation";
/// As [`CORRELATION`]: the trace, in W3C's way of writing.
pub const TRACEPARENT: &str = "traceparent";

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

/// What is known of an invocation besides its event.
#[derive(Debug, Clone)]
pub struct Invocation {
    /// The function.
    pub function: &'static str,
    /// The invocation's id.
    pub id: String,
    /// Its trace.
    pub trace: Option<Trace>,
}

/// Serves invocations until the runtime ends; after each, its metrics are written.
///
/// # Errors
/// The runtime ended with a failure.
pub async fn run<F, Fut>(function: &'static str, app: &App, handle: F) -> Result<(), Error>
where
    F: Fn(Value) -> Fut,
    Fut: Future<Output = Result<Value, Error>>,
{
    app.warm().await;
    let stage = settings::stage();
    let one = async |event: LambdaEvent<Value>| {
        let trace = event.context.xray_trace_id.as_deref().and_then(Trace::from_xray);
        let invocation = Invocation { function, id: event.context.request_id, trace };
        let answer = serve(app, &invocation, event.payload, &handle).await;
        let mut out = std::io::stdout().lock();
        for line in app.metrics.take().lines(&stage, function, app.clock.now()) {
            // Nobody is left to tell if stdout is gone.
            let _ = writeln!(out, "{line}");
        }
        answer
    };
    lambda_runtime::run(service_fn(|event| Box::pin(one(event)))).await
}

/// Serves one invocation. A request is answered whatever happens; anything else that fails or panics is an error for the service that
/// woke the function, which brings it again: told without a word of what was handled.
///
/// # Errors
/// The handler failed or panicked.
pub async fn serve<F, Fut>(app: &App, invocation: &Invocation, event: Value, handle: F) -> Result<Value, Error>
where
    F: Fn(Value) -> Fut,
    Fut: Future<Output = Result<Value, Error>>,
{
    let (trigger, origin) = (Trigger::of(&event), origin(&event, invocation));
    let request = (trigger == Some(Trigger::Http)).then(|| http::locale(&event));
    let event = if request.is_some() { http::readable(event) } else { event };
    let span = tracing::info_span!(
        "invocation",
        function = invocation.function,
        invocation = invocation.id,
        correlation = origin.as_ref().map(Origin::correlation),
        trace = origin.as_ref().and_then(Origin::trace).map(tracing::field::display),
    );
    let handled = Box::pin(scoped(origin, caught(async { handle(event).await }))).instrument(span.clone()).await;
    let _inside = span.enter();
    let failed = match handled {
        Some(Ok(answer)) => return Ok(answer),
        Some(Err(error)) => {
            tracing::error!(error = %chain(error.as_ref()), "an invocation failed");
            app.metrics.count(Metric::Failures, 1);
            "the invocation failed; the log says why"
        }
        None => {
            tracing::error!("an invocation panicked");
            app.metrics.count(Metric::Panics, 1);
            "the invocation panicked; the log says where"
        }
    };
    match request {
        Some(locale) => Ok(http::internal(locale)?),
        None => Err(failed.into()),
    }
}

/// Runs a part of an invocation, such as one record of a batch, as belonging where the record belongs; without an origin of its own, where
/// the invocation does.
pub async fn part_of<F: Future>(origin: Option<Origin>, part: F) -> F::Output {
    let Some(origin) = origin else { return part.await };
    let span = tracing::info_span!(
        "record",
        correlation = origin.correlation(),
        trace = origin.trace().map(tracing::field::display),
    );
    origin.scope(part).instrument(span).await
}

/// Where a message from outside belongs: to itself. Its sender may call it anything, another's request or a person's number too, and what it
/// says would stand in logs and histories.
#[must_use]
pub fn own_origin_of(message: &SqsMessage) -> Option<Origin> {
    Origin::new(message.message_id.as_deref()?, None)
}

/// Where a message of ours belongs: to what its sender says, otherwise to itself.
#[must_use]
pub fn origin_of(message: &SqsMessage) -> Option<Origin> {
    let said = |name: &str| message.message_attributes.get(name)?.string_value.as_deref();
    let trace = said(TRACEPARENT).and_then(Trace::from_traceparent);
    let trace = trace.or_else(|| message.attributes.get("AWSTraceHeader").and_then(|header| Trace::from_xray(header)));
    Origin::new(said(CORRELATION).or(message.message_id.as_deref())?, trace)
}

/// The trace that a request brings.
#[must_use]
pub fn trace_of(event: &Value) -> Option<Trace> {
    event.pointer("/headers/x-amzn-trace-id").and_then(Value::as_str).and_then(Trace::from_xray)
}

/// A request is known by the gateway's id, which the caller is told too; anything else by the invocation's.
fn origin(event: &Value, invocation: &Invocation) -> Option<Origin> {
    let request = event.pointer("/requestContext/requestId").and_then(Value::as_str);
    let trace = invocation.trace.or_else(|| trace_of(event));
    request.and_then(|id| Origin::new(id, trace)).or_else(|| Origin::new(&invocation.id, trace))
}

async fn scoped<F: Future>(origin: Option<Origin>, future: F) -> F::Output {
    match origin {
        Some(origin) => origin.scope(future).await,
        None => future.await,
    }
}

/// What a future comes to; none if it panics.
async fn caught<F: Future>(future: F) -> Option<F::Output> {
    let mut future = pin!(future);
    // What a panic leaves behind is never seen again, save the kept configuration and the metrics, which are whole at any time.
    std::future::poll_fn(|context| match catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(context))) {
        Ok(Poll::Pending) => Poll::Pending,
        Ok(Poll::Ready(output)) => Poll::Ready(Some(output)),
        Err(_) => Poll::Ready(None),
    })
    .await
}
