//! A request that found its route and whose caller is known: its parameters, its headers, its body, each read as the interface says.

use aws_lambda_events::http::HeaderMap;
use kezek_contract::problem::{FieldError, Problem};
use kezek_contract::texts::Locale;
use kezek_contract::texts::problems::Code;

use super::etag;
use crate::app::Settled;
use crate::error::Failure;
use crate::identity::Caller;
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
    pub(super) parameters: Vec<(&'static str, String)>,
    pub(super) query: Vec<(String, String)>,
    pub(super) headers: HeaderMap,
    pub(super) body: Vec<u8>,
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
        serde_json::from_slice(&self.body).map_err(|_| Problem::new(400, Code::MalformedJson))
    }

    /// The `Idempotency-Key`, if the request has one.
    ///
    /// # Errors
    /// It is empty or too long.
    pub fn idempotency_key(&self) -> Result<Option<&str>, Problem> {
        match self.header("idempotency-key") {
            Some(key) if key.is_empty() || key.len() > IDEMPOTENCY_KEY_MAX => {
                let wrong = FieldError::new("/idempotency-key", Code::TooLong);
                Err(Problem::fields(vec![wrong.with("max", IDEMPOTENCY_KEY_MAX.to_string())]))
            }
            key => Ok(key),
        }
    }

    /// The version that `If-Match` names; `*` names every one.
    ///
    /// # Errors
    /// 428 without the header, 412 if it isn't `version`.
    pub fn if_match(&self, version: u32) -> Result<(), Problem> {
        let Some(wanted) = self.header("if-match") else {
            return Err(Problem::new(428, Code::PreconditionRequired));
        };
        let matches = wanted.split(',').any(|tag| tag.trim() == "*" || tag.trim() == etag(version));
        if matches { Ok(()) } else { Err(Problem::new(412, Code::PreconditionFailed)) }
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
