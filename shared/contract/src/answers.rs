//! Answers as the outside sees them, by who asks: camelCase JSON, instants with milliseconds. Here is what all of them share.
//! Nothing is decided here.

mod application;
mod complaint;
mod enrolment;
mod invitation;
mod organisation;
mod queue;
mod workplace;

use chrono::{DateTime, SecondsFormat, Utc};
use serde::Serialize;
use utoipa::ToSchema;

pub use application::{
    ApplicationAnswer, ClaimAnswer, EntryAnswer, EntryPosition, HistoryAnswer, OfferAnswer, PositionAnswer,
    QuestionAnswer, WhyAnswer,
};
pub use complaint::ComplaintAnswer;
pub use enrolment::{
    ContractAnswer, ContractStateAnswer, GroupAnswer, HandedInAnswer, OrganisationReferralAnswer, ReferralAnswer,
};
pub use invitation::{DocumentAnswer, InvitationAnswer, InvitedChildAnswer, WishAnswer};
pub use organisation::{BulletinAnswer, BulletinLineAnswer, LineProblemAnswer, VacancyAnswer};
pub use queue::{LaneCounts, NamesAnswer, OrganisationAnswer, QueueAnswer, QueueEntryAnswer, QueueLengthAnswer};
pub use workplace::TaskAnswer;

/// An instant as the interface writes it.
#[must_use]
pub fn iso(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
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
