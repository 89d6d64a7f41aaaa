//! What an officer is told at the workplace: the tasks that wait. Never the person behind one, nor what a complaint says: the
//! application or the complaint is read for that.

use kezek_rules::queue::Lane;
use serde::Serialize;
use utoipa::ToSchema;

/// An officer's task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TaskAnswer {
    /// What is to be done: `first-check`, `benefit-claim`, `second-check`, `extension`, `refusal-review` about an application;
    /// `complaint`: one to be answered (`P18`); `calendar-table`: a year's table to be put (`C6`).
    pub kind: String,
    /// The application to decide.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub application: Option<String>,
    /// The complaint to answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub complaint: Option<String>,
    /// The year whose table is wanted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub year: Option<i32>,
    /// The lane that the application claims.
    #[schema(value_type = Option<String>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lane: Option<Lane>,
    /// Since when it waits.
    pub since: String,
    /// When it is due (`P6.a`, `P18`).
    pub due_at: String,
    /// Whether that is over.
    pub overdue: bool,
}
