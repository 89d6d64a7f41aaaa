//! Answers as the outside sees them: camelCase JSON, instants with milliseconds. Nothing is decided here.

use chrono::{DateTime, SecondsFormat, Utc};
use kezek_rules::organisation::Organisation;
use kezek_rules::queue::{Lane, Totals};
use serde::Serialize;
use utoipa::ToSchema;

/// An instant as the interface writes it.
#[must_use]
pub fn iso(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}

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
    /// Its entries.
    pub entries: Vec<EntryAnswer>,
    /// Its offers, also those that have ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub offers: Option<Vec<OfferAnswer>>,
    /// Its referral, if it has or had one.
    pub referral: Option<ReferralAnswer>,
    /// Its contract.
    #[schema(value_type = Option<Object>)]
    pub contract: Option<()>,
    /// What happened.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub history: Option<Vec<HistoryAnswer>>,
    /// The questions open to it.
    pub questions: Vec<QuestionAnswer>,
}

/// An application's place in one queue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct EntryAnswer {
    /// The organisation.
    pub organisation: String,
    /// The entry's status.
    pub status: String,
    /// The queue number; null where there is none.
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

/// A referral.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReferralAnswer {
    /// Its id.
    pub id: String,
    /// Its number.
    pub number: String,
    /// To which organisation.
    pub organisation: String,
    /// `issued`, `cancelled`, `lapsed`, `released`.
    pub status: String,
    /// When it was issued.
    pub issued_at: String,
    /// The end of its validity, exclusive.
    pub valid_until: String,
    /// The signed document that the organisation can check.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub document: Option<String>,
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
    /// The queue number; null where there is none.
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

/// Counts by lane.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub struct LaneCounts {
    /// Out of turn.
    pub out_of_turn: u64,
    /// First priority.
    pub first_priority: u64,
    /// General.
    pub general: u64,
}

impl From<Totals> for LaneCounts {
    fn from(totals: Totals) -> Self {
        Self { out_of_turn: totals.out_of_turn, first_priority: totals.first_priority, general: totals.general }
    }
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

/// `GET /v1/queues/{organisation}`: the anonymised queue.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct QueueAnswer {
    /// Whose queue.
    pub organisation: String,
    /// The birth year.
    pub birth_year: i32,
    /// The language.
    pub language: String,
    /// The stream.
    pub stream: String,
    /// The phase (`P10.d`).
    pub phase: u8,
    /// Who waits, by lane.
    pub waiting: LaneCounts,
    /// The waiting entries of this page, by number.
    pub entries: Vec<QueueEntryAnswer>,
    /// The cursor of the next page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// One anonymised entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct QueueEntryAnswer {
    /// The queue number.
    pub number: u64,
    /// The lane.
    #[schema(value_type = String)]
    pub lane: Lane,
    /// The submission instant it is ordered by.
    pub submitted_at: String,
    /// Always `waiting`.
    pub status: &'static str,
    /// The pseudonym.
    pub tag: String,
}

/// A page of a list.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Page<T> {
    /// Its items.
    pub items: Vec<T>,
    /// The cursor of the next page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// An officer's task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TaskAnswer {
    /// The application to decide.
    pub application: String,
    /// The lane it claims.
    #[schema(value_type = String)]
    pub lane: Lane,
    /// Since when it waits.
    pub since: String,
    /// When the decision is due (`P6.a`).
    pub due_at: String,
    /// Whether that is over.
    pub overdue: bool,
}

/// An organisation of the registry.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OrganisationAnswer {
    /// Its number.
    pub organisation: String,
    /// Its names.
    pub names: NamesAnswer,
    /// Its type.
    #[serde(rename = "type")]
    pub kind: String,
    /// Where it is.
    pub settlement: String,
    /// The languages of instruction.
    pub languages: Vec<String>,
    /// The kinds of stream.
    pub streams: Vec<String>,
    /// Whether it takes children.
    pub open: bool,
    /// How many vacancies are open.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub open_vacancies: Option<u32>,
    /// How long its queues are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub queues: Option<Vec<QueueLengthAnswer>>,
}

impl From<&Organisation> for OrganisationAnswer {
    fn from(organisation: &Organisation) -> Self {
        Self {
            organisation: organisation.bin.to_string(),
            names: NamesAnswer { kk: organisation.name_kk.clone(), ru: organisation.name_ru.clone() },
            kind: organisation.kind.as_str().to_owned(),
            settlement: organisation.settlement.to_string(),
            languages: organisation.languages.iter().map(ToString::to_string).collect(),
            streams: organisation.streams.iter().map(|stream| stream.as_str().to_owned()).collect(),
            open: organisation.open,
            open_vacancies: None,
            queues: None,
        }
    }
}

/// A name in two languages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct NamesAnswer {
    /// In Kazakh.
    pub kk: String,
    /// In Russian.
    pub ru: String,
}

/// How long a queue is.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct QueueLengthAnswer {
    /// The birth year.
    pub birth_year: i32,
    /// The language.
    pub language: String,
    /// The stream.
    pub stream: String,
    /// Who waits, by lane.
    pub waiting: LaneCounts,
}

/// A vacancy, as its organisation sees it.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct VacancyAnswer {
    /// The seat.
    pub id: String,
    /// `open`, `offered`, `referred`, `withdrawn`.
    pub status: String,
    /// The bulletin.
    pub bulletin_id: String,
    /// The line in it.
    pub line: u16,
    /// When the bulletin was issued.
    pub issued_at: String,
    /// The organisation's type.
    pub organisation_type: String,
    /// The group.
    pub group_type: String,
    /// The language.
    pub language: String,
    /// Work regime in hours.
    pub regime_hours: f64,
    /// The stream.
    pub stream: String,
    /// The birth years it serves.
    pub birth_years: Vec<i32>,
    /// The end of the offer or the referral that holds it.
    pub held_until: Option<String>,
}

/// A bulletin's outcome.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BulletinAnswer {
    /// Its id.
    pub bulletin_id: String,
    /// Whose it is.
    pub organisation: String,
    /// When it was issued.
    pub issued_at: String,
    /// When it was taken.
    pub taken_at: String,
    /// Its kind.
    pub kind: String,
    /// The outcome per line.
    pub lines: Vec<BulletinLineAnswer>,
}

/// What became of a line.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BulletinLineAnswer {
    /// The line.
    pub line: u32,
    /// `taken` or `refused`.
    pub outcome: &'static str,
    /// How many vacancies it made.
    pub vacancies: u16,
    /// The birth years they serve.
    pub birth_years: Vec<i32>,
    /// What is wrong with it.
    pub problems: Vec<LineProblemAnswer>,
}

/// What is wrong with a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct LineProblemAnswer {
    /// The field.
    pub field: String,
    /// A stable code.
    pub code: String,
    /// The rule.
    pub rule: String,
    /// The same in the reader's language.
    pub message: String,
}

/// A referral, as its organisation sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OrganisationReferralAnswer {
    /// Its id.
    pub id: String,
    /// Its number.
    pub number: String,
    /// The seat.
    pub vacancy: String,
    /// When it was issued.
    pub issued_at: String,
    /// The end of its validity, exclusive.
    pub valid_until: String,
    /// The child's name, whom the organisation expects.
    pub child_name: String,
    /// The signed document.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub document: Option<String>,
}
