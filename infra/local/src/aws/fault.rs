//! Errors in SQS's words, as JSON and as the header code that older clients read.
//! Never here: when they are given (`sqs_api`, `sqs`).

use serde_json::json;

use super::{Error, Reply};

/// An error as SQS clients see it: the JSON type, and the older code in the header that botocore reads.
#[derive(Debug)]
pub(super) struct Fault {
    pub status: u16,
    kind: String,
    pub code: String,
    pub message: String,
    /// What failed here, when it wasn't the client's doing.
    pub cause: Option<Box<Error>>,
}

impl Fault {
    pub fn new(kind: &str, code: &str, message: impl Into<String>) -> Self {
        let kind = format!("com.amazonaws.sqs#{kind}");
        Self { status: 400, kind, code: code.to_owned(), message: message.into(), cause: None }
    }

    /// Most of SQS's modelled errors carry the older prefix in their code.
    pub fn named(kind: &str, message: impl Into<String>) -> Self {
        Self::new(kind, &format!("AWS.SimpleQueueService.{kind}"), message)
    }

    pub fn value(message: impl Into<String>) -> Self {
        Self::new("InvalidParameterValue", "InvalidParameterValue", message)
    }

    pub fn missing(parameter: &str) -> Self {
        Self::new(
            "MissingParameter",
            "MissingParameter",
            format!("The request must contain the parameter {parameter}."),
        )
    }

    pub fn validation(message: &str) -> Self {
        let mut fault = Self::new("", "ValidationException", message);
        fault.kind = "ValidationException".to_owned();
        fault
    }

    pub fn with_status(mut self, status: u16) -> Self {
        self.status = status;
        self
    }

    pub fn into_reply(self) -> Reply {
        if let Some(cause) = &self.cause {
            tracing::error!(error = &**cause as &dyn std::error::Error, "the local queues failed");
        }
        let side = if self.status < 500 { "Sender" } else { "Receiver" };
        Reply {
            status: self.status,
            query_error: Some(format!("{};{side}", self.code)),
            body: json!({"__type": self.kind, "message": self.message}).to_string().into_bytes(),
        }
    }
}

impl From<Error> for Fault {
    fn from(cause: Error) -> Self {
        let fault = Self::new("InternalFailure", "InternalFailure", "The local queues failed.");
        Self { status: 500, cause: Some(Box::new(cause)), ..fault }
    }
}
