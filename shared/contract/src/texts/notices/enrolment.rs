//! What the notices of referral, enrolment and contract say. Never a wording.

use chrono::NaiveDate;
use kezek_rules::queue::Instant;
use serde::{Deserialize, Serialize};

use super::{Ground, GroundError, PlaceInQueue};
use crate::texts::Names;

/// A referral was issued (`P22.a`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ReferralIssued {
    /// The referral's number.
    pub number: String,
    /// Where to.
    pub organisation: Names,
    /// The end of its validity, exclusive.
    pub valid_until: Instant,
    /// Whether it stands after a refusal of enrolment was overturned, with a fresh term (`P16.1`).
    pub again: bool,
}

/// The validity of a referral has a new end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ReferralExtended {
    /// The referral's number.
    pub number: String,
    /// Where to.
    pub organisation: Names,
    /// The end of its validity now, exclusive.
    pub valid_until: Instant,
    /// Whether it was counted again after a patch of the calendar (`C3`), not asked for (`P25.b`).
    pub recounted: bool,
}

/// The applicant cancelled the referral (`P25.a`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ReferralCancelled {
    /// The referral's number.
    pub number: String,
    /// Where to.
    pub organisation: Names,
    /// The queues to which the application returned.
    pub places: Vec<PlaceInQueue>,
}

/// The referral was revoked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ReferralRevoked {
    /// The referral's number.
    pub number: String,
    /// Where to.
    pub organisation: Names,
    /// Why.
    pub because: Revoked,
    /// The queues to which the application returned.
    pub places: Vec<PlaceInQueue>,
}

/// Why a referral was revoked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Revoked {
    /// The second check didn't confirm the documents (`P14`).
    Unconfirmed {
        /// Whether the application stands in the general lane instead (**D-unconfirmed-benefit**).
        general: bool,
    },
    /// The provider withdrew the vacancy (`K3`).
    VacancyWithdrawn,
}

/// The referral is over without an enrolment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ReferralLapsed {
    /// The referral's number.
    pub number: String,
    /// Where to.
    pub organisation: Names,
    /// What wasn't done in time.
    pub because: Lapsed,
    /// The queues to which the application returned (**D-lapse**).
    pub places: Vec<PlaceInQueue>,
}

/// Why a referral is over without an enrolment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Lapsed {
    /// No documents were handed in within the validity (`P22.e`).
    NoDocuments,
    /// Those handed in weren't accepted, and there is no time for others (`P22.c`, **D-resubmission**).
    NotAccepted,
    /// The contract wasn't signed (**D-signature**).
    Unsigned,
}

/// The documents for enrolment are registered (`P22.b`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DocumentsRegistered {
    /// Where.
    pub organisation: Names,
    /// When: at once, or at the start of working time; none if only the term of the result was counted again (`C3`).
    pub registered_at: Option<Instant>,
    /// By when the result is due.
    pub result_due: Instant,
}

/// The documents aren't accepted, or the enrolment is refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EnrolmentRefused {
    /// Where.
    pub organisation: Names,
    /// What is refused, and whether for good.
    pub refusal: Refusal,
    /// The kinds of the documents that are missing (Annex 4).
    pub missing: Vec<String>,
    /// The kinds of the documents that have expired (Annex 4).
    pub expired: Vec<String>,
    /// The queues to which the application returned (**D-refused-enrolment**).
    pub places: Vec<PlaceInQueue>,
}

/// What an organisation refuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Refusal {
    /// To accept documents: incomplete or expired (`P22.c`).
    Documents {
        /// Until when they can be handed in again, exclusive; none if that is over.
        until: Option<Instant>,
    },
    /// To enrol; an officer considers that, and the seat waits (`P16.1`).
    Reviewed {
        /// Why.
        ground: EnrolmentGround,
    },
    /// To enrol, for good (**D-refusal-review** `none`).
    Final {
        /// Why.
        ground: EnrolmentGround,
    },
    /// To enrol, and an officer has upheld that (`P16.1`).
    Upheld {
        /// Why; none where it isn't known any more.
        ground: Option<EnrolmentGround>,
    },
}

/// A ground to refuse enrolment, by our number: 1 to 3 of `P28`, 4 to 6 as for queueing (A6.9).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub enum EnrolmentGround {
    /// 1: documents missing or expired.
    Documents,
    /// 2: a medical contraindication by the documents handed in.
    Contraindication,
    /// 3: too many unvaccinated children in the group.
    Unvaccinated,
    /// 4 to 6: as for queueing.
    AsForQueueing(Ground),
}

impl EnrolmentGround {
    /// All grounds, by number.
    pub const ALL: [EnrolmentGround; 6] = [
        EnrolmentGround::Documents,
        EnrolmentGround::Contraindication,
        EnrolmentGround::Unvaccinated,
        EnrolmentGround::AsForQueueing(Ground::Untrue),
        EnrolmentGround::AsForQueueing(Ground::NotConforming),
        EnrolmentGround::AsForQueueing(Ground::NoConsent),
    ];

    /// Our number.
    #[must_use]
    pub const fn number(self) -> u8 {
        match self {
            EnrolmentGround::Documents => 1,
            EnrolmentGround::Contraindication => 2,
            EnrolmentGround::Unvaccinated => 3,
            EnrolmentGround::AsForQueueing(ground) => 3 + ground.number(),
        }
    }
}

impl From<EnrolmentGround> for u8 {
    fn from(ground: EnrolmentGround) -> u8 {
        ground.number()
    }
}

impl TryFrom<u8> for EnrolmentGround {
    type Error = GroundError;
    fn try_from(number: u8) -> Result<Self, GroundError> {
        Self::ALL.into_iter().find(|ground| ground.number() == number).ok_or(GroundError)
    }
}

/// The contract is ready to be signed (`P22.d`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ContractReady {
    /// With which organisation.
    pub organisation: Names,
    /// The end of the term to sign it (**D-signature**), exclusive.
    pub sign_by: Instant,
    /// Whether that was counted again after a patch of the calendar (`C3`).
    pub recounted: bool,
}

/// The contract is signed: the child is enrolled (`P22.d`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Enrolled {
    /// Where.
    pub organisation: Names,
    /// The last day of a temporary place (`P23.c`).
    pub temporary_until: Option<NaiveDate>,
    /// The queues to which the application returned already (**D-temporary** `at-once`).
    pub places: Vec<PlaceInQueue>,
    /// Whether it returns to them when the temporary place ends (**D-temporary** `at-end`).
    pub returns_after: bool,
}
