//! Failures of an invocation: what went wrong below, with its whole chain of causes. A refusal is none of them.

use kezek_contract::problem::Problem;
use kezek_contract::texts::problems::Code;
use kezek_rules::refusal::Refusal;
use kezek_store::StoreError;

/// Why a request wasn't done: a problem to answer with, or a failure to report.
#[derive(Debug)]
pub enum Failure {
    /// An answer.
    Problem(Box<Problem>),
    /// The table failed.
    Store(StoreError),
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        Self::Problem(Box::new(problem))
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Problem::from(refusal).into()
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl Failure {
    /// Nothing is there, or nothing the caller may know of.
    #[must_use]
    pub fn not_found() -> Self {
        Problem::new(404, Code::NotFound).into()
    }

    /// The problem to answer with. A failure is logged here, once, with its whole chain.
    #[must_use]
    pub fn into_problem(self) -> Problem {
        match self {
            Failure::Problem(problem) => *problem,
            Failure::Store(StoreError::Conflict) => {
                Problem { retry_after: Some(1), ..Problem::new(503, Code::Unavailable) }
            }
            Failure::Store(error) => {
                tracing::error!(error = %chain(&error), "the table failed");
                match error {
                    StoreError::Unavailable(_) => {
                        Problem { retry_after: Some(2), ..Problem::new(503, Code::Unavailable) }
                    }
                    _ => Problem::new(500, Code::Internal),
                }
            }
        }
    }
}

/// An error with all its causes in one line, for the log.
#[must_use]
pub fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = told(error);
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&told(error));
        cause = error.source();
    }
    text
}

/// An error in its own words, save one of a JSON parser, which may quote what it read.
fn told(error: &(dyn std::error::Error + 'static)) -> String {
    match error.downcast_ref::<serde_json::Error>() {
        Some(json) => format!("JSON: {:?} at line {} column {}", json.classify(), json.line(), json.column()),
        None => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parsers_error_is_told_without_what_it_read() {
        #[derive(Debug, thiserror::Error)]
        #[error("an event can't be read")]
        struct Outer(#[source] serde_json::Error);
        let error = serde_json::from_str::<u8>("\"000000000107\"").expect_err("no number");
        assert!(error.to_string().contains("000000000107"), "the parser quotes: {error}");
        assert_eq!(chain(&Outer(error)), "an event can't be read: JSON: Data at line 1 column 14");
    }
}
