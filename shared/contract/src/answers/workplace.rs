//! What an officer is told at the workplace: the tasks that wait for a decision. Never the person behind one: the application
//! is read for that.

use kezek_rules::queue::Lane;
use serde::Serialize;
use utoipa::ToSchema;

/// An officer's task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TaskAnswer {
    /// What is to be decided: `first-check`, `benefit-claim`, `second-check`, `extension`, `refusal-review`.
    pub kind: String,
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
