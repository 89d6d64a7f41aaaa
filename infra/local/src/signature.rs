//! The signature service, simulated: it "sends" a code by SMS for each contract that waits for a signature, checks it, and takes every
//! other proof. What a signature brings about isn't known here (that is `enrolment`).

use std::sync::Arc;

use enrolment::{Question, SignatureError, SignatureService};
use kezek_rules::application::SignatureMeans;
use kezek_rules::decide::contract_to_sign;
use kezek_rules::ids::ApplicationId;
use kezek_shell::keys::Keys;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    aws::Aws,
    world::{Error, Local},
};

const MODE: &str = "signature-mode";

/// How the service behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// It checks codes and takes other proofs.
    #[default]
    Ok,
    /// It doesn't answer.
    Down,
    /// It rejects every signature.
    Reject,
}

/// What is told to the service.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Told {
    /// How it behaves from now on.
    pub mode: Mode,
}

/// The simulated service.
#[derive(Clone)]
pub struct SimulatedSignatures {
    aws: Arc<Aws>,
    keys: Keys,
}

impl std::fmt::Debug for SimulatedSignatures {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SimulatedSignatures")
    }
}

impl SimulatedSignatures {
    /// The service of a base.
    #[must_use]
    pub const fn new(aws: Arc<Aws>, keys: Keys) -> Self {
        Self { aws, keys }
    }

    /// Tells it how to behave.
    ///
    /// # Errors
    /// The base failed.
    pub fn tell(&self, mode: Mode) -> Result<(), Error> {
        Ok(self.aws.local_put(MODE, &mode)?)
    }

    /// How it behaves.
    ///
    /// # Errors
    /// The base failed.
    pub fn mode(&self) -> Result<Mode, Error> {
        Ok(self.aws.local_get::<Mode>(MODE)?.unwrap_or_default())
    }

    /// The code sent for a contract of an application, formed at an instant in milliseconds.
    #[must_use]
    pub fn code(&self, application: ApplicationId, formed_at: i64) -> String {
        let [first, second, third, ..] = self.keys.seal(&format!("signature/{application}/{formed_at}"));
        format!("{:06}", u32::from_be_bytes([0, first, second, third]) % 1_000_000)
    }

    /// What it answers to a question: as the one below, of a function in a process of its own; none if the question can't be read.
    pub(crate) fn answer(&self, question: &Value) -> Option<Result<bool, SignatureError>> {
        let application = question["application"].as_str()?.parse().ok()?;
        let formed_at = question["contract"]["formedAt"].as_i64()?;
        let means = SignatureMeans::ALL.into_iter().find(|means| question["means"] == means.as_str())?;
        Some(self.judge(application, formed_at, means, question["proof"].as_str()?))
    }

    fn judge(
        &self,
        application: ApplicationId,
        formed_at: i64,
        means: SignatureMeans,
        proof: &str,
    ) -> Result<bool, SignatureError> {
        match self.mode() {
            Err(_) | Ok(Mode::Down) => Err(SignatureError::Unavailable),
            Ok(Mode::Reject) => Ok(false),
            Ok(Mode::Ok) => Ok(means != SignatureMeans::SmsCode || proof == self.code(application, formed_at)),
        }
    }
}

impl Local {
    /// The simulated signature service.
    #[must_use]
    pub const fn signatures(&self) -> &SimulatedSignatures {
        &self.signatures
    }

    /// The code sent by SMS to sign the contract of an application; none if no contract waits for a signature.
    ///
    /// # Errors
    /// The table failed.
    pub async fn signature_code(&self, id: ApplicationId) -> Result<Option<String>, Error> {
        let application = self.store().application(id).await?;
        let contract = application.as_ref().and_then(|application| contract_to_sign(application, self.now()));
        Ok(contract.map(|contract| self.signatures.code(id, contract.formed_at.timestamp_millis())))
    }
}

impl SignatureService for SimulatedSignatures {
    async fn check(&self, question: &Question<'_>) -> Result<bool, SignatureError> {
        let formed_at = question.contract.formed_at.timestamp_millis();
        self.judge(question.application, formed_at, question.means, question.proof)
    }
}
