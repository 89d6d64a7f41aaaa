//! The state registers: asked for a child's benefits, by number, in the body of a request and never in an address. What is heard is
//! passed on as it is; no error and no log line carries the number or a part of the answer.

use std::future::Future;
use std::time::Duration;

use kezek_shell::connection::Outbound;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// How long a register may take to answer. There is no second try here: the stream brings the record again later, when the
/// register has had time to recover (`P6.b`).
pub const ANSWER_WITHIN: Duration = Duration::from_secs(3);

/// Why the registers said nothing that could be used. It names no one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum RegisterError {
    /// They are down, slow or busy: asked again later.
    #[error("the registers don't answer")]
    Unavailable,
    /// They contradict each other: an officer has to see it.
    #[error("the registers contradict each other")]
    Contradictory,
    /// Their answer can't be read: an officer has to see it.
    #[error("the registers' answer can't be read")]
    Unreadable,
}

/// The state registers, which aren't ours.
pub trait StateRegister: Sync {
    /// The benefit categories (Annex 1) that the registers know for a child.
    ///
    /// # Errors
    /// They don't answer, contradict each other, or can't be understood.
    fn benefits(&self, child_iin: &str) -> impl Future<Output = Result<Vec<u8>, RegisterError>> + Send;
}

/// The registers behind their gateway: `POST {"iin": …}` → `{"benefits": [10]}`; 409 if they contradict each other.
#[derive(Debug)]
pub struct HttpRegister {
    outbound: Outbound,
    url: String,
}

#[derive(Serialize)]
struct Question<'a> {
    iin: &'a str,
}

#[derive(Deserialize)]
struct Answer {
    benefits: Vec<u8>,
}

impl HttpRegister {
    /// The gateway at an address.
    #[must_use]
    pub const fn new(url: String) -> Self {
        Self { outbound: Outbound::new(ANSWER_WITHIN), url }
    }
}

impl StateRegister for HttpRegister {
    async fn benefits(&self, child_iin: &str) -> Result<Vec<u8>, RegisterError> {
        let asked = self.outbound.post(&self.url, &Question { iin: child_iin }).await;
        let answer = asked.map_err(|error| {
            tracing::warn!(
                timeout = error.is_timeout(),
                connect = error.is_connect(),
                "the registers were not reached"
            );
            RegisterError::Unavailable
        })?;
        match answer.status().as_u16() {
            200 => {}
            409 => return Err(RegisterError::Contradictory),
            status @ (408 | 429 | 500..) => {
                tracing::warn!(status, "the registers don't answer");
                return Err(RegisterError::Unavailable);
            }
            status => {
                tracing::warn!(status, "the registers refuse the question");
                return Err(RegisterError::Unreadable);
            }
        }
        // A body cut short is a broken connection; a whole one that isn't an answer won't become one.
        let body = answer.bytes().await.map_err(|_| RegisterError::Unavailable)?;
        serde_json::from_slice::<Answer>(&body).map(|answer| answer.benefits).map_err(|_| RegisterError::Unreadable)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A register that answers once; gives back the request it heard.
    async fn check(answer: &'static str, expected: Result<Vec<u8>, RegisterError>) -> String {
        let (url, register) = kezek_fixtures::service::once("/benefits", answer.to_owned());
        let heard = HttpRegister::new(url).benefits("000000000007").await;
        assert_eq!(heard, expected);
        register.join().expect("the register")
    }

    #[tokio::test]
    async fn p6b_the_number_is_in_the_body_and_nowhere_else() {
        let answer = "HTTP/1.1 200 OK\r\ncontent-length: 19\r\n\r\n{\"benefits\":[10,5]}";
        let request = check(answer, Ok(vec![10, 5])).await;
        let (head, body) = request.split_once("\r\n\r\n").expect("a body");
        assert!(head.starts_with("POST /benefits HTTP/1.1") && !head.contains("000000000007"), "{head}");
        assert_eq!(body, r#"{"iin":"000000000007"}"#);
    }

    #[tokio::test]
    async fn p6b_only_a_register_that_is_down_is_asked_again() {
        check("HTTP/1.1 503 Down\r\ncontent-length: 0\r\n\r\n", Err(RegisterError::Unavailable)).await;
        check("HTTP/1.1 409 Conflict\r\ncontent-length: 0\r\n\r\n", Err(RegisterError::Contradictory)).await;
        check("HTTP/1.1 400 Bad\r\ncontent-length: 0\r\n\r\n", Err(RegisterError::Unreadable)).await;
        check("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}", Err(RegisterError::Unreadable)).await;
        check("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{}", Err(RegisterError::Unavailable)).await;
    }
}
