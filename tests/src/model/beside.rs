//! What the model remembers beside the states of applications: what was said of interest (`P15.a`, `P15.d`), complaints (`P18`) and
//! invitations (`P7`). Plain data.

#![allow(missing_docs, reason = "the nouns are those of the rules")]

use chrono::NaiveDate;
use kezek_rules::ids::Bin;

use super::calendar::Instant;
use super::state::Pin;

/// What was asked or said of interest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Said {
    Asked,
    Yes,
    No,
    Silent,
}

/// About what it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AboutInterest {
    /// The yearly question.
    Yearly,
    /// One queue.
    Queue(Bin),
    /// The application as a whole, which ended by it.
    All,
}

/// How far a complaint has come (`P18`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ComplaintState {
    Delivered,
    Registered,
    InReview,
    Answered,
    Refused,
}

impl ComplaintState {
    #[must_use]
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Registered | Self::InReview)
    }

    #[must_use]
    pub const fn has_ended(self) -> bool {
        matches!(self, Self::Answered | Self::Refused)
    }

    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Self::Delivered => "delivered",
            Self::Registered => "registered",
            Self::InReview => "in-review",
            Self::Answered => "answered",
            Self::Refused => "refused",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Complaint {
    pub submitted: Instant,
    pub registered_at: Instant,
    pub due: Instant,
    pub state: ComplaintState,
    /// Whether its term ended before its answer.
    pub overdue: bool,
    pub to_authority: bool,
    pub application: Option<usize>,
    pub policy: Pin,
    pub notices: Vec<(Instant, &'static str)>,
}

/// How far an invitation has come (`P7`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InvitationState {
    Sent,
    Accepted,
    Declined,
    Lapsed,
    Replaced,
}

impl InvitationState {
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Accepted => "accepted",
            Self::Declined => "declined",
            Self::Lapsed => "lapsed",
            Self::Replaced => "replaced",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    pub asked: super::Inviting,
    pub sent_at: Instant,
    /// The first day on which its child is too old (`P11.b`); none with a PMPC conclusion.
    pub lapses_on: Option<NaiveDate>,
    pub state: InvitationState,
    pub answered_at: Option<Instant>,
    /// What it has become.
    pub application: Option<usize>,
}
