//! Requests and answers of API Gateway's HTTP API (payload format 2.0): from an event to a caller, a route and a body; from a
//! value or a failure to an answer. Checks come in the order of the interface: 401, 403/404, 413/415, 400, 428, 422.

use aws_lambda_events::apigw::{ApiGatewayV2httpRequest, ApiGatewayV2httpResponse};
use aws_lambda_events::encodings::Body;
use aws_lambda_events::http::{HeaderMap, HeaderName, HeaderValue};
use base64::Engine;
use kezek_contract::problem::{FieldError, Problem};
use kezek_contract::texts::Locale;
use kezek_contract::texts::problems::Code;
use serde::Serialize;

use crate::app::{App, Settled};
use crate::error::Failure;
use crate::identity::{Caller, Identified};
use crate::route::Route;

/// The largest body that is read: an application with thirty documents has a few kilobytes.
pub const BODY_MAX: usize = 64 * 1024;

/// An `Idempotency-Key` is at most this long.
pub const IDEMPOTENCY_KEY_MAX: usize = 255;

/// A request that found its route and whose caller is known.
#[derive(Debug)]
pub struct Request {
    /// The route.
    pub route: Route,
    /// Who calls.
    pub caller: Caller,
    /// Whether the caller is known by a number of the state (`P5.c`).
    pub by_number: bool,
    /// The reader's language.
    pub locale: Locale,
    /// The request's time and the configuration in force.
    pub settled: Settled,
    parameters: Vec<(&'static str, String)>,
    query: Vec<(String, String)>,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Request {
    /// A parameter of the path; empty if the route has none of that name.
    #[must_use]
    pub fn parameter(&self, name: &str) -> &str {
        self.parameters.iter().find(|(known, _)| *known == name).map_or("", |(_, value)| value.as_str())
    }

    /// A parameter of the path, parsed; what can't be parsed names nothing that exists.
    ///
    /// # Errors
    /// 404.
    pub fn id<T: std::str::FromStr>(&self, name: &str) -> Result<T, Failure> {
        self.parameter(name).parse().map_err(|_| Failure::not_found())
    }

    /// A parameter of the query.
    #[must_use]
    pub fn query(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// A header.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// Whether the request has a header, be it readable or not.
    #[must_use]
    pub(crate) fn has_header(&self, name: &str) -> bool {
        self.headers.contains_key(name)
    }

    /// The raw body.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// The body as JSON.
    ///
    /// # Errors
    /// 413, 415, 400.
    pub fn json(&self) -> Result<serde_json::Value, Problem> {
        if self.body.len() > BODY_MAX {
            let mut problem = Problem::new(413, Code::TooLarge);
            problem.facts.push(("max", BODY_MAX.to_string()));
            return Err(problem);
        }
        let kind = self.header("content-type").unwrap_or_default();
        let kind = kind.split(';').next().unwrap_or_default().trim();
        if !kind.eq_ignore_ascii_case("application/json") {
            return Err(Problem::new(415, Code::UnsupportedMediaType));
        }
        kezek_contract::json::read(&self.body).ok_or_else(|| Problem::new(400, Code::MalformedJson))
    }

    /// The `Idempotency-Key`, if the request has one.
    ///
    /// # Errors
    /// It is empty, too long or not of visible ASCII: one that was passed over would let a repeated request be done twice.
    pub fn idempotency_key(&self) -> Result<Option<&str>, Problem> {
        let Some(value) = self.headers.get("idempotency-key") else { return Ok(None) };
        let wrong = |code| FieldError::new("/idempotency-key", code);
        let wrong = match value.to_str() {
            Ok(key) if (1..=IDEMPOTENCY_KEY_MAX).contains(&key.len()) => return Ok(Some(key)),
            Ok(_) => wrong(Code::TooLong).with("max", IDEMPOTENCY_KEY_MAX.to_string()),
            Err(_) => wrong(Code::WrongFormat).with("expected", "ASCII"),
        };
        Err(Problem::fields(vec![wrong]))
    }

    /// The number of items a page is asked to have, within its bounds.
    ///
    /// # Errors
    /// 400.
    pub fn limit(&self, default: usize, max: usize) -> Result<usize, Problem> {
        match self.query("limit").map(str::parse::<usize>) {
            None => Ok(default),
            Some(Ok(limit)) if (1..=max).contains(&limit) => Ok(limit),
            Some(_) => Err(Problem::fields(vec![
                FieldError::new("/limit", Code::UnknownValue).with("allowed", format!("1–{max}")),
            ])),
        }
    }
}

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
    let answered = match open(app, routes, event, locale).await {
        // Boxed: the futures of handlers are large, and deep.
        Ok(request) => Box::pin(handler(with, &request)).await,
        Err(failure) => Err(failure),
    };
    let (response, kind) = match answered {
        Ok(response) => (response, "application/json"),
        Err(failure) => (problem(&failure.into_problem(), locale), "application/problem+json"),
    };
    answer(response, kind, locale)
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

async fn open(app: &App, routes: &[Route], event: ApiGatewayV2httpRequest, locale: Locale) -> Result<Request, Failure> {
    let settled = app.settle().await?;
    let method = event.request_context.http.method.as_str();
    let path = event.raw_path.as_deref().unwrap_or_default();
    let found = routes.iter().find_map(|route| route.matches(method, path).map(|parameters| (*route, parameters)));
    let Some((route, parameters)) = found else { return Err(Failure::not_found()) };
    let Identified { caller, by_number } = if route.scopes.is_empty() {
        Identified { caller: Caller::Anyone, by_number: false }
    } else {
        caller(app, &event.headers, &settled)?
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

fn caller(app: &App, headers: &HeaderMap, settled: &Settled) -> Result<Identified, Problem> {
    let token = header(headers, "authorization").and_then(|value| {
        let (kind, token) = value.split_once(' ')?;
        kind.eq_ignore_ascii_case("bearer").then_some(token.trim())
    });
    let checked = match token {
        None => Err(crate::identity::TokenError::Missing),
        Some(token) => app.identity.caller(token, &app.keys, settled.now),
    };
    checked.map_err(|error| {
        tracing::info!(reason = %crate::error::chain(&error), "a caller wasn't recognised");
        Problem::new(401, Code::Unauthenticated)
    })
}

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
