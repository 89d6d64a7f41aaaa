//! What an organisation is told about its own: vacancies, bulletins line by line. Never who waits for it: its queues are told as to
//! anyone.

use serde::Serialize;
use utoipa::ToSchema;

/// A vacancy, as its organisation sees it.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct VacancyAnswer {
    /// The seat.
    pub id: String,
    /// `open`, `offered`, `referred`, `filled`, `withdrawn`.
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
    /// The last day of a temporary place (`P23.c`); null for a permanent one.
    pub temporary_until: Option<String>,
    /// When the offer or the referral that holds it next runs out; null if nothing does by itself.
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
