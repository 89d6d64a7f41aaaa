//! What an applicant is told: the application with all it holds, where it stands and why. Never what another family's
//! application holds, nor what is public about a queue.

use kezek_rules::queue::Lane;
use serde::Serialize;
use utoipa::ToSchema;

use super::{ContractAnswer, LaneCounts, ReferralAnswer};

/// An application (`POST /v1/applications`, `GET /v1/applications/{id}`).
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ApplicationAnswer {
    /// Its id.
    pub id: String,
    /// Its status.
    pub status: String,
    /// Why it is archived, if it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub archive_reason: Option<String>,
    /// When it was submitted.
    pub submitted_at: String,
    /// When it is or was accepted (`P5.b`).
    pub accepted_at: String,
    /// Its lane.
    #[schema(value_type = String)]
    pub lane: Lane,
    /// Its stream.
    pub stream: String,
    /// Its language of instruction.
    pub language: String,
    /// Its benefit category.
    pub benefit: u8,
    /// Whether it is served out of turn at a new place of service (`P23.b`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub relocation: Option<bool>,
    /// A benefit claimed while it is queued, until it is verified (`P13.3`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub claim: Option<ClaimAnswer>,
    /// The day from which the place is wanted (`P15.2`), until it has come.
    #[schema(format = Date)]
    pub not_before: Option<String>,
    /// Its entries.
    pub entries: Vec<EntryAnswer>,
    /// Its offers, also those that have ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub offers: Option<Vec<OfferAnswer>>,
    /// Its referral, if it has or had one.
    pub referral: Option<ReferralAnswer>,
    /// Its contract, if it has or had one.
    pub contract: Option<ContractAnswer>,
    /// What happened.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub history: Option<Vec<HistoryAnswer>>,
    /// The questions open to it.
    pub questions: Vec<QuestionAnswer>,
}

/// A benefit that is being verified.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ClaimAnswer {
    /// The category.
    pub benefit: u8,
    /// Whether it rests on a transfer to a new place of service (`P23.b`).
    pub relocation: bool,
    /// The lane it leads to.
    #[schema(value_type = String)]
    pub lane: Lane,
    /// From when its verification counts (`P5.b`).
    pub since: String,
}

/// An application's place in one queue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct EntryAnswer {
    /// The organisation.
    pub organisation: String,
    /// The entry's status.
    pub status: String,
    /// The queue number; null where there is none. A dormant entry's is the one it would have if it alone woke now.
    pub number: Option<u64>,
    /// The pseudonym under which it stands in the public queue.
    pub tag: String,
}

/// An offer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OfferAnswer {
    /// Its id.
    pub id: String,
    /// Which organisation's.
    pub organisation: String,
    /// `open`, `accepted`, `declined`, `lapsed`, `released`, `withdrawn`.
    pub status: String,
    /// When it was made.
    pub offered_at: String,
    /// The end of the term to answer.
    pub answer_by: String,
}

/// One line of the history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct HistoryAnswer {
    /// When.
    pub at: String,
    /// What: a stable code.
    pub what: String,
    /// The rule.
    pub rule: String,
    /// The organisation it is about, if it is about one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub organisation: Option<String>,
    /// The kinds of the documents that a refusal found missing (`P5.d`).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<String>,
    /// The kinds of the documents that a refusal found out of date.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub expired: Vec<String>,
    /// The same in the reader's language.
    pub text: String,
}

/// A question open to the applicant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct QuestionAnswer {
    /// What is asked: `interest`.
    pub kind: &'static str,
    /// After the suspension in this queue; null for the yearly question.
    pub organisation: Option<String>,
    /// The end of the term to answer.
    pub answer_by: String,
}

/// `GET /v1/applications/{id}/position`.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PositionAnswer {
    /// The application.
    pub id: String,
    /// The instant at which the numbers are true.
    pub at: String,
    /// Per organisation.
    pub entries: Vec<EntryPosition>,
}

/// Where an entry stands, and why.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EntryPosition {
    /// The organisation.
    pub organisation: String,
    /// The entry's status.
    pub status: String,
    /// The queue number; null where there is none. A dormant entry's is the one it would have if it alone woke now.
    pub number: Option<u64>,
    /// How many stand ahead, by lane; null where there is no number.
    pub ahead: Option<LaneCounts>,
    /// The queue's phase (`P10.d`).
    pub phase: u8,
    /// Who waits in the queue, by lane.
    pub waiting: LaneCounts,
    /// The reasons of the queue's last changes, the latest first.
    pub why: Vec<WhyAnswer>,
}

/// One reason why numbers in a queue moved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct WhyAnswer {
    /// When.
    pub at: String,
    /// What: a stable code.
    pub what: String,
    /// The rule.
    pub rule: String,
    /// In which lane.
    #[schema(value_type = String)]
    pub lane: Lane,
    /// The same in the reader's language.
    pub text: String,
}
