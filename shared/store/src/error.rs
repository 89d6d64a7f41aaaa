//! What can go wrong at the table. A conflict is its own error, apart from throttling and corruption.

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use thiserror::Error;

use crate::rank::Corrupt;

/// The result of a call to the store.
pub type Result<T> = std::result::Result<T, StoreError>;

/// What went wrong.
#[derive(Debug, Error)]
pub enum StoreError {
    /// Someone else wrote first: load again, decide again.
    #[error("another write came first")]
    Conflict,
    /// The table is busy or out of reach: try again later.
    #[error("the table is busy or out of reach")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// An item isn't what was written, or can't be: a defect, not load.
    #[error("a stored item is corrupt: {0}")]
    Corrupt(String),
    /// Any other failure of a call.
    #[error("a call to the table failed")]
    Call(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// Whether a write was refused by a condition of its own: what it was to make is there, or what it was to change isn't as it was. A write
/// that another transaction was in the way of says nothing of what is there.
pub(crate) fn condition_failed<E, R>(error: &SdkError<E, R>) -> bool
where
    E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
    R: std::fmt::Debug + Send + Sync + 'static,
{
    let (code, message) = (error.code().unwrap_or_default(), error.message().unwrap_or_default());
    code == "ConditionalCheckFailedException"
        || (code == "TransactionCanceledException" && message.contains("ConditionalCheckFailed"))
}

impl StoreError {
    pub(crate) fn corrupt(what: impl std::fmt::Display) -> Self {
        Self::Corrupt(what.to_string())
    }
}

impl From<Corrupt> for StoreError {
    fn from(corrupt: Corrupt) -> Self {
        Self::corrupt(corrupt)
    }
}

impl<E, R> From<SdkError<E, R>> for StoreError
where
    E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
    R: std::fmt::Debug + Send + Sync + 'static,
{
    fn from(error: SdkError<E, R>) -> Self {
        let code = error.code().unwrap_or_default().to_owned();
        let message = error.message().unwrap_or_default().to_owned();
        let conflict = code == "ConditionalCheckFailedException"
            || code == "TransactionConflictException"
            || code == "IdempotentParameterMismatchException"
            || (code == "TransactionCanceledException"
                && (message.contains("ConditionalCheckFailed") || message.contains("TransactionConflict")));
        let busy = matches!(
            code.as_str(),
            "ProvisionedThroughputExceededException"
                | "RequestLimitExceeded"
                | "TransactionInProgressException"
                | "ThrottlingException"
                | "InternalServerError"
        ) || (code == "TransactionCanceledException"
            && (message.contains("Throttl") || message.contains("ProvisionedThroughputExceeded")))
            || matches!(error, SdkError::TimeoutError(_) | SdkError::DispatchFailure(_));
        if conflict {
            Self::Conflict
        } else if busy {
            Self::Unavailable(Box::new(error))
        } else {
            Self::Call(Box::new(error))
        }
    }
}
