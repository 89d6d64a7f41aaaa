//! A complaint as its applicant and an officer of its territory see it (`P18`). Never who complains: the application is read for
//! that.

use serde::Serialize;
use utoipa::ToSchema;

use super::HistoryAnswer;

/// A complaint (`POST /v1/complaints`, `GET /v1/complaints/{id}`).
#[derive(Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ComplaintAnswer {
    /// Its id.
    pub id: String,
    /// `delivered`, `registered`, `in-review`, `answered`, `refused`.
    pub state: String,
    /// `provider` or `organisation`.
    pub about: String,
    /// The organisation it names.
    pub organisation: Option<String>,
    /// `provider` or `authority`.
    pub addressee: String,
    /// The application it names.
    pub application: Option<String>,
    /// In whose territory it is looked into.
    pub settlement: String,
    /// When it was filed.
    pub submitted_at: String,
    /// When it is or was registered (`P5.b`): its term counts from that day.
    pub registered_at: String,
    /// When it is to be answered.
    pub due_at: String,
    /// Whether it was not answered in time.
    pub overdue: bool,
    /// What it says.
    pub text: String,
    /// The answer, or why it wasn't looked into.
    pub answer: Option<String>,
    /// What happened.
    pub history: Vec<HistoryAnswer>,
}
