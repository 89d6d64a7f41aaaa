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

/// An error with all its causes in one line.
#[must_use]
pub fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}
