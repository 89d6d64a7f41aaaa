//! What anyone is told: the queues, anonymised, and the organisations they lead to. Never a name, nor an application's id: an
//! entry is known by its pseudonym alone.

use kezek_rules::organisation::Organisation;
use kezek_rules::queue::{Lane, Totals};
use serde::Serialize;
use utoipa::ToSchema;

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
