//! The service that checks signatures, which isn't ours: asked whether what an applicant sent proves that they signed a contract. It
//! sends the codes by SMS itself. Number and proof travel in the body and never in an address; no error and no log line carries them.

use std::future::Future;
use std::time::Duration;

use kezek_rules::application::{Contract, SignatureMeans};
use kezek_rules::ids::ApplicationId;
use kezek_shell::connection::Outbound;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// How long the service may take: the applicant waits, and the function itself ends after ten seconds.
pub const ANSWER_WITHIN: Duration = Duration::from_secs(5);

/// What is asked.
pub struct Question<'a> {
    /// By which application the contract was formed.
    pub application: ApplicationId,
    /// What is signed.
    pub contract: &'a Contract,
    /// The applicant's number; none for a non-resident.
    pub signer: Option<&'a str>,
    /// By which means it was signed.
    pub means: SignatureMeans,
    /// What the applicant sent to prove it.
    pub proof: &'a str,
}

/// Why the service said nothing that could be used. It names no one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum SignatureError {
    /// It is down, slow or busy: the applicant tries again later.
    #[error("the signature service doesn't answer")]
    Unavailable,
    /// It refuses the question, or its answer can't be read: a fault between the two systems.
    #[error("the signature service can't be understood")]
    Unreadable,
}

/// The service that checks signatures.
pub trait SignatureService: Sync + 'static {
    /// Whether the proof is good for this contract and this signer.
    ///
    /// # Errors
    /// It doesn't answer, or can't be understood.
    fn check(&self, question: &Question<'_>) -> impl Future<Output = Result<bool, SignatureError>> + Send;
}

/// The service behind its gateway: `POST` the question → `{"accepted": true}`.
#[derive(Debug)]
pub struct HttpSignatures {
    outbound: Outbound,
    url: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Asked<'a> {
    application: String,
    contract: Signed<'a>,
    signer: Option<&'a str>,
    means: &'a str,
    proof: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Signed<'a> {
    referral: String,
    organisation: &'a str,
    vacancy: String,
    formed_at: i64,
    temporary_until: Option<String>,
}

#[derive(Deserialize)]
struct Answer {
    accepted: bool,
}

impl HttpSignatures {
    /// The gateway at an address.
    #[must_use]
    pub const fn new(url: String) -> Self {
        Self { outbound: Outbound::new(ANSWER_WITHIN), url }
    }
}

fn asked<'a>(question: &Question<'a>) -> Asked<'a> {
    let contract = question.contract;
    Asked {
        application: question.application.to_string(),
        contract: Signed {
            referral: contract.referral.to_string(),
            organisation: contract.organisation.as_str(),
            vacancy: contract.seat.to_string(),
            formed_at: contract.formed_at.timestamp_millis(),
            temporary_until: contract.temporary_until.map(|day| day.to_string()),
        },
        signer: question.signer,
        means: question.means.as_str(),
        proof: question.proof,
    }
}

impl SignatureService for HttpSignatures {
    async fn check(&self, question: &Question<'_>) -> Result<bool, SignatureError> {
        let sent = self.outbound.post(&self.url, &asked(question)).await;
        let answer = sent.map_err(|error| {
            let (timeout, connect) = (error.is_timeout(), error.is_connect());
            tracing::warn!(timeout, connect, "the signature service was not reached");
            SignatureError::Unavailable
        })?;
        match answer.status().as_u16() {
            200 => {}
            status @ (408 | 429 | 500..) => {
                tracing::warn!(status, "the signature service doesn't answer");
                return Err(SignatureError::Unavailable);
            }
            status => {
                tracing::error!(status, "the signature service refuses the question");
                return Err(SignatureError::Unreadable);
            }
        }
        // A body cut short is a broken connection; a whole one that isn't an answer won't become one.
        let body = answer.bytes().await.map_err(|_| SignatureError::Unavailable)?;
        let read = serde_json::from_slice::<Answer>(&body).map(|answer| answer.accepted);
        read.map_err(|_| {
            tracing::error!("the signature service's answer can't be read");
            SignatureError::Unreadable
        })
    }
}

#[cfg(test)]
mod tests {

    use kezek_rules::application::ContractStatus;
    use kezek_rules::ids::{ReferralId, SeatId};
    use kezek_rules::queue::Instant;

    use super::*;

    fn contract() -> Contract {
        let at = |text: &str| text.parse::<Instant>().expect("an instant");
        Contract {
            organisation: "990140000007".parse().expect("a number"),
            seat: SeatId::from_bytes([1; 16]),
            referral: ReferralId::from_bytes([2; 20]),
            formed_at: at("2026-01-12T05:00:00Z"),
            sign_by: at("2026-01-19T19:00:00Z"),
            status: ContractStatus::Formed,
            signed_at: None,
            means: None,
            temporary_until: None,
        }
    }

    /// A service that answers once; gives back the request it heard.
    async fn check(answer: &'static str, expected: Result<bool, SignatureError>) -> String {
        let (url, service) = kezek_fixtures::service::once("/check", answer.to_owned());
        let contract = contract();
        let question = Question {
            application: ApplicationId::from_bytes([3; 16]),
            contract: &contract,
            signer: Some("000000000007"),
            means: SignatureMeans::SmsCode,
            proof: "314159",
        };
        let heard = HttpSignatures::new(url).check(&question).await;
        assert_eq!(heard, expected);
        service.join().expect("the service")
    }

    #[tokio::test]
    async fn p22_d_number_and_proof_are_in_the_body_and_nowhere_else() {
        let answer = "HTTP/1.1 200 OK\r\ncontent-length: 17\r\n\r\n{\"accepted\":true}";
        let request = check(answer, Ok(true)).await;
        let (head, body) = request.split_once("\r\n\r\n").expect("a body");
        assert!(head.starts_with("POST /check HTTP/1.1"), "{head}");
        assert!(!head.contains("000000000007") && !head.contains("314159"), "{head}");
        let body: serde_json::Value = serde_json::from_str(body).expect("JSON");
        assert_eq!(
            (&body["signer"], &body["proof"], &body["means"]),
            (&"000000000007".into(), &"314159".into(), &"sms-code".into())
        );
        assert_eq!(body["contract"]["organisation"], "990140000007");
    }

    #[tokio::test]
    async fn p22_d_no_answer_is_no_signature() {
        check("HTTP/1.1 200 OK\r\ncontent-length: 18\r\n\r\n{\"accepted\":false}", Ok(false)).await;
        check("HTTP/1.1 503 Down\r\ncontent-length: 0\r\n\r\n", Err(SignatureError::Unavailable)).await;
        check("HTTP/1.1 400 Bad\r\ncontent-length: 0\r\n\r\n", Err(SignatureError::Unreadable)).await;
        check("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}", Err(SignatureError::Unreadable)).await;
        check("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{}", Err(SignatureError::Unavailable)).await;
    }
}
