//! Problems: RFC 9457 answers for whatever can't be done, with all bad fields at once.

use kezek_rules::refusal::{Reason, Refusal, RefusalKind};
use serde::Serialize;

use crate::texts::Locale;
use crate::texts::problems::{Code, detail, title};

/// What every problem's `type` begins with.
pub const TYPE_BASE: &str = "https://kezek.example/problems/";

/// So many bad fields are told of one request: a body that is wrong throughout would else be answered with one many times its size.
pub const ERRORS_MAX: usize = 100;

/// One bad field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    /// Which, as a JSON pointer.
    pub pointer: String,
    /// What is wrong with it.
    pub code: Code,
    /// The rule that says so, if one does.
    pub rule: Option<String>,
    /// Facts for the text.
    pub facts: Vec<(&'static str, String)>,
}

impl FieldError {
    /// Something wrong with a field.
    #[must_use]
    pub fn new(pointer: &str, code: Code) -> Self {
        let rule = code.rule().map(str::to_owned);
        Self { pointer: pointer.to_owned(), code, rule, facts: Vec::new() }
    }

    /// The same with a fact for its text.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.facts.push((name, value.into()));
        self
    }
}

impl From<&Reason> for FieldError {
    fn from(reason: &Reason) -> Self {
        Self {
            pointer: reason.pointer.clone(),
            code: reason.code.parse().unwrap_or(Code::Conflict),
            rule: Some(reason.rule.to_owned()).filter(|rule| !rule.is_empty()),
            facts: reason.facts.clone(),
        }
    }
}

/// Why a request isn't done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The HTTP status.
    pub status: u16,
    /// What is wrong.
    pub code: Code,
    /// The rule that refuses, if one does.
    pub rule: Option<String>,
    /// Facts for the text.
    pub facts: Vec<(&'static str, String)>,
    /// All bad fields.
    pub errors: Vec<FieldError>,
    /// When to try again, in seconds.
    pub retry_after: Option<u32>,
}

impl Problem {
    /// A problem.
    #[must_use]
    pub const fn new(status: u16, code: Code) -> Self {
        Self { status, code, rule: None, facts: Vec::new(), errors: Vec::new(), retry_after: None }
    }

    /// Fields that can't be read: 400, unless all of them are refused by rules.
    #[must_use]
    pub fn fields(errors: Vec<FieldError>) -> Self {
        let by_rules = errors.iter().all(|error| error.rule.is_some());
        let first = errors.first().cloned();
        match first {
            Some(FieldError { code, rule, facts, .. }) if by_rules => {
                Self { rule, facts, errors, ..Self::new(422, code) }
            }
            _ => Self { errors, ..Self::new(400, Code::MalformedField) },
        }
    }

    /// The JSON of the answer, in a language.
    #[must_use]
    pub fn body(&self, locale: Locale) -> serde_json::Value {
        let errors: Vec<_> = self
            .errors
            .iter()
            .take(ERRORS_MAX)
            .map(|error| FieldBody {
                pointer: &error.pointer,
                code: error.code.as_str(),
                message: detail(error.code, locale, &error.facts),
                rule: error.rule.as_deref(),
            })
            .collect();
        let body = ProblemBody {
            kind: format!("{TYPE_BASE}{}", self.code),
            title: title(self.code, locale),
            status: self.status,
            detail: detail(self.code, locale, &self.facts),
            rule: self.rule.as_deref(),
            errors,
        };
        serde_json::to_value(body).unwrap_or_default()
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let errors: Vec<FieldError> = refusal.reasons.iter().map(FieldError::from).collect();
        let first = errors.first().cloned();
        let status = match refusal.kind {
            RefusalKind::Rule => 422,
            RefusalKind::State => 409,
        };
        let mut problem = Self::new(status, first.as_ref().map_or(Code::Conflict, |first| first.code));
        let of_first = || first.as_ref().and_then(|first| first.rule.clone());
        problem.rule = refusal.rule.map(str::to_owned).or_else(of_first);
        problem.facts = first.map(|first| first.facts).unwrap_or_default();
        if refusal.kind == RefusalKind::Rule {
            problem.errors = errors;
        }
        problem
    }
}

#[derive(Serialize)]
struct ProblemBody<'a> {
    #[serde(rename = "type")]
    kind: String,
    title: &'a str,
    status: u16,
    detail: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    rule: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<FieldBody<'a>>,
}

#[derive(Serialize)]
struct FieldBody<'a> {
    pointer: &'a str,
    code: &'a str,
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    rule: Option<&'a str>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_doesnt_grow_with_the_number_of_mistakes() {
        let errors = |count| vec![FieldError::new("/territory", Code::PolicyInvalid).with("reason", "x"); count];
        let told = |count| Problem::fields(errors(count)).body(Locale::Kk)["errors"].as_array().map(Vec::len);
        assert_eq!((told(3), told(ERRORS_MAX), told(30_000)), (Some(3), Some(ERRORS_MAX), Some(ERRORS_MAX)));
    }
}
