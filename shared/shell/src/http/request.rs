//! A request that found its route and whose caller is known: its parameters, its headers, its body, each read as the interface says.

use aws_lambda_events::http::HeaderMap;
use kezek_contract::problem::{FieldError, Problem};
use kezek_contract::texts::Locale;
use kezek_contract::texts::problems::Code;

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
