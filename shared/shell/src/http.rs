//! Requests and answers of API Gateway's HTTP API (payload format 2.0): from an event to a caller, a route and a body; from a
//! value or a failure to an answer. Checks come in the order of the interface: 401, 403/404, 413/415, 400, 428, 422.

use std::collections::BTreeSet;

use aws_lambda_events::apigw::{ApiGatewayV2httpRequest, ApiGatewayV2httpResponse};
use aws_lambda_events::encodings::Body;
use aws_lambda_events::http::{HeaderMap, HeaderName, HeaderValue};
use base64::Engine;
use kezek_contract::problem::Problem;
use kezek_contract::texts::Locale;
use kezek_contract::texts::problems::Code;
use serde::Serialize;
use serde_json::Value;

use crate::app::{App, Settled};
use crate::error::Failure;
use crate::identity::{Caller, Identified, PAUSE, TokenError};
use crate::metrics::Metric;
use crate::route::Route;

mod request;

pub use request::{BODY_MAX, IDEMPOTENCY_KEY_MAX, Request};

/// The content type of a problem (RFC 9457).
const PROBLEM: &str = "application/problem+json";

/// When a caller who can't be checked for want of keys may try again: when the issuer may be asked again.
const KEYS_RETRY_SECONDS: u32 = PAUSE.num_seconds() as u32;

/// A change that was decided on another version than the one `If-Match` named is answered like one that named it wrongly: 412.
#[must_use]
pub fn version_moved(failure: Failure) -> Failure {
    match failure {
        Failure::Problem(problem) if problem.code == Code::VersionMismatch => {
            Problem::new(412, Code::PreconditionFailed).into()
        }
        failure => failure,
    }
}

/// The `ETag` of a version.
#[must_use]
pub fn etag(version: u32) -> String {
    format!("\"{version}\"")
}

/// An answer.
#[derive(Debug)]
pub struct Response {
    status: u16,
    headers: Vec<(&'static str, String)>,
    body: Option<serde_json::Value>,
}

impl Response {
    /// 200 with a value.
    #[must_use]
    pub fn ok(value: &impl Serialize) -> Self {
        Self::with_status(200, value)
    }

    /// An answer with a value.
    #[must_use]
    pub fn with_status(status: u16, value: &impl Serialize) -> Self {
        Self { status, headers: Vec::new(), body: serde_json::to_value(value).ok() }
    }

    /// The same with a header.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}

/// A handler of routes: an async function of what its function works with, the app or more, and the request.
pub trait Handler<'a, T: 'a>: Fn(&'a T, &'a Request) -> Self::Answer + Send + Sync {
    /// What it will answer.
    type Answer: Future<Output = Result<Response, Failure>> + Send + 'a;
}

impl<'a, T: 'a, F, A> Handler<'a, T> for F
where
    F: Fn(&'a T, &'a Request) -> A + Send + Sync,
    A: Future<Output = Result<Response, Failure>> + Send + 'a,
{
    type Answer = A;
}

/// Serves one request: finds its route and its caller, calls the handler, makes the answer.
pub async fn serve<T: AsRef<App>>(
    with: &T,
    routes: &[Route],
    event: ApiGatewayV2httpRequest,
    handler: impl for<'a> Handler<'a, T>,
) -> ApiGatewayV2httpResponse {
    let app = with.as_ref();
    let locale = Locale::from_accept_language(header(&event.headers, "accept-language").unwrap_or_default());
    let route = found(routes, &event).map_or("none", |(route, _)| route.path);
    let method = event.request_context.http.method.to_string();
    let answered = match open(app, routes, event, locale).await {
        // Boxed: the futures of handlers are large, and deep.
        Ok(request) => Box::pin(handler(with, &request)).await,
        Err(failure) => Err(failure),
    };
    let (response, kind) = match answered {
        Ok(response) => {
            // The route and not the path, which may hold anything.
            tracing::info!(method, route, status = response.status, "answered");
            (response, "application/json")
        }
        Err(failure) => {
            let refused = failure.into_problem();
            tracing::info!(method, route, status = refused.status, problem = refused.code.as_str(), "answered");
            count(app, &refused);
            (problem(&refused, locale), PROBLEM)
        }
    };
    answer(response, kind, locale)
}

/// Counts a failure, or a refusal under each rule that refuses.
fn count(app: &App, problem: &Problem) {
    if problem.status >= 500 {
        app.metrics.count(Metric::Failures, 1);
    }
    let of_fields = problem.errors.iter().filter_map(|error| error.rule.as_deref());
    for rule in problem.rule.as_deref().into_iter().chain(of_fields).collect::<BTreeSet<_>>() {
        app.metrics.count_as(Metric::Refusals, rule, 1);
    }
}

/// The event of a request without the headers that can't be read: the gateway passes on any text, but a header is ASCII, and one
/// that isn't would make the whole event unreadable.
pub(crate) fn readable(mut event: Value) -> Value {
    if let Some(headers) = event.get_mut("headers").and_then(Value::as_object_mut) {
        let plain = |text: &str| HeaderValue::from_str(text).is_ok();
        headers.retain(|name, value| HeaderName::try_from(name).is_ok() && value.as_str().is_some_and(plain));
    }
    event
}

/// The reader's language of a request that is still JSON.
pub(crate) fn locale(event: &Value) -> Locale {
    let accepted = event.pointer("/headers/accept-language").and_then(Value::as_str);
    Locale::from_accept_language(accepted.unwrap_or_default())
}

/// The answer to a request that failed beyond what its handler could tell.
pub(crate) fn internal(locale: Locale) -> Result<Value, serde_json::Error> {
    let response = problem(&Problem::new(500, Code::Internal), locale);
    serde_json::to_value(answer(response, PROBLEM, locale))
}

fn found(routes: &[Route], event: &ApiGatewayV2httpRequest) -> Option<(Route, Vec<(&'static str, String)>)> {
    let method = event.request_context.http.method.as_str();
    let path = event.raw_path.as_deref().unwrap_or_default();
    routes.iter().find_map(|route| route.matches(method, path).map(|parameters| (*route, parameters)))
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

async fn open(app: &App, routes: &[Route], event: ApiGatewayV2httpRequest, locale: Locale) -> Result<Request, Failure> {
    let settled = app.settle().await?;
    let Some((route, parameters)) = found(routes, &event) else { return Err(Failure::not_found()) };
    let Identified { caller, by_number } = if route.scopes.is_empty() {
        Identified { caller: Caller::Anyone, by_number: false }
    } else {
        caller(app, &event.headers, &settled).await?
    };
    if !route.admits(&caller) {
        return Err(Problem::new(403, Code::Forbidden).into());
    }
    let body = event.body.unwrap_or_default();
    let body = if event.is_base64_encoded {
        let decoded = base64::engine::general_purpose::STANDARD.decode(body);
        decoded.map_err(|_| Problem::new(400, Code::MalformedJson))?
    } else {
        body.into_bytes()
    };
    let query = event.query_string_parameters.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    Ok(Request { route, caller, by_number, locale, settled, parameters, query, headers: event.headers, body })
}

async fn caller(app: &App, headers: &HeaderMap, settled: &Settled) -> Result<Identified, Problem> {
    let token = header(headers, "authorization").and_then(|value| {
        let (kind, token) = value.split_once(' ')?;
        kind.eq_ignore_ascii_case("bearer").then_some(token.trim())
    });
    let checked = match token {
        None => Err(TokenError::Missing),
        Some(token) => app.identity.caller(token, &app.keys, settled.now).await,
    };
    checked.map_err(|error| {
        tracing::info!(reason = error.code(), "a caller wasn't recognised");
        app.metrics.count_as(Metric::TokensRefused, error.code(), 1);
        match error {
            // The token may be good.
            TokenError::Unavailable => {
                Problem { retry_after: Some(KEYS_RETRY_SECONDS), ..Problem::new(503, Code::Unavailable) }
            }
            _ => Problem::new(401, Code::Unauthenticated),
        }
    })
}

/// An answer is data, and none of it a page: a browser that is led here runs, guesses, frames and tells nothing, and comes by TLS only.
const FOR_BROWSERS: [(&str, &str); 4] = [
    ("content-security-policy", "default-src 'none'; frame-ancestors 'none'"),
    ("referrer-policy", "no-referrer"),
    ("strict-transport-security", "max-age=31536000; includeSubDomains"),
    ("x-content-type-options", "nosniff"),
];

fn problem(problem: &Problem, locale: Locale) -> Response {
    let mut response = Response { status: problem.status, headers: Vec::new(), body: Some(problem.body(locale)) };
    if problem.status == 401 {
        response.headers.push(("www-authenticate", "Bearer".to_owned()));
    }
    if let Some(seconds) = problem.retry_after {
        response.headers.push(("retry-after", seconds.to_string()));
    }
    response
}

fn answer(response: Response, kind: &'static str, locale: Locale) -> ApiGatewayV2httpResponse {
    let mut headers = HeaderMap::new();
    headers.insert("content-type", HeaderValue::from_static(kind));
    headers.insert("cache-control", HeaderValue::from_static("no-store"));
    for (name, value) in FOR_BROWSERS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if let Ok(language) = HeaderValue::from_str(locale.as_str()) {
        headers.insert("content-language", language);
    }
    for (name, value) in response.headers {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(HeaderName::from_static(name), value);
        }
    }
    let mut answer = ApiGatewayV2httpResponse::default();
    answer.status_code = i64::from(response.status);
    answer.headers = headers;
    answer.body = response.body.map(|body| Body::Text(body.to_string()));
    answer
}
