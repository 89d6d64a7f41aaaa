//! Where an application is in its life, and why its life ended: the names and the rule of each. What it holds there, its
//! entries, offers and clocks, is in the parent; the transitions are made in `decide`.

use serde::{Deserialize, Serialize};

/// Why an application is in the archive (`P3.2`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ArchiveReason {
    /// A contract was signed (`P22.d`).
    Enrolled,
    /// The last entry was declined (`P15.c`).
    Declined,
    /// The last entry ended in silence (`P15.d`).
    NoAnswer,
    /// Interest was denied or not confirmed (`P15.a`).
    NoInterest,
    /// The applicant withdrew it (`P15.4`).
    Withdrawn,
    /// The child is too old (`P11.b`).
    AgeLimit,
    /// The enrolment was refused, and that was upheld (`P16.1`).
    Refused,
    /// The referral's validity ended without documents, or its contract stayed unsigned (`P22.e`).
    ReferralLapsed,
    /// The applicant cancelled the referral (`P25.a`).
    Cancelled,
    /// Violation by the applicant, set by an officer (`P3.2`).
    Violation,
    /// A duplicate, set by an officer (`P3.2`).
    Duplicate,
}

impl ArchiveReason {
    /// All reasons.
    pub const ALL: [ArchiveReason; 11] = [
        ArchiveReason::Enrolled,
        ArchiveReason::Declined,
        ArchiveReason::NoAnswer,
        ArchiveReason::NoInterest,
        ArchiveReason::Withdrawn,
        ArchiveReason::AgeLimit,
        ArchiveReason::Refused,
        ArchiveReason::ReferralLapsed,
        ArchiveReason::Cancelled,
        ArchiveReason::Violation,
        ArchiveReason::Duplicate,
    ];

    /// The name used in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            ArchiveReason::Enrolled => "enrolled",
            ArchiveReason::Declined => "declined",
            ArchiveReason::NoAnswer => "no-answer",
            ArchiveReason::NoInterest => "no-interest",
            ArchiveReason::Withdrawn => "withdrawn",
            ArchiveReason::AgeLimit => "age-limit",
            ArchiveReason::Refused => "refused",
            ArchiveReason::ReferralLapsed => "referral-lapsed",
            ArchiveReason::Cancelled => "cancelled",
            ArchiveReason::Violation => "violation",
            ArchiveReason::Duplicate => "duplicate",
        }
    }

    /// The rule that archives for this reason.
    #[must_use]
    pub const fn rule(self) -> &'static str {
        match self {
            ArchiveReason::Enrolled => "P22.d",
            ArchiveReason::Declined => "P15.c",
            ArchiveReason::NoAnswer => "P15.d",
            ArchiveReason::NoInterest => "P15.a",
            ArchiveReason::Withdrawn => "P15.4",
            ArchiveReason::AgeLimit => "P11.b",
            ArchiveReason::Refused => "P16.1",
            ArchiveReason::ReferralLapsed => "P22.e",
            ArchiveReason::Cancelled => "P25.a",
            ArchiveReason::Violation | ArchiveReason::Duplicate => "P3.2",
        }
    }
}

/// Where an application is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Submitted out of hours: waits for working time and is in no queue (`P5.b`).
    Accepted,
    /// Waits for a register (`P6.b`) or an officer (`P6.a`) and is in no queue (`P14`).
    Verifying,
    /// In its queues.
    Queued,
    /// Refused after a check that came later (`P5.d`, `P5.e`).
    Refused,
    /// Holds a referral: it has left its queues, but isn't archived (`P3.2`).
    Referred,
    /// In a temporary place until it ends (**D-temporary** `at-end`, `P23.c`).
    Enrolled,
    /// Archived, for ever (`P3.2`).
    Archived(ArchiveReason),
}

impl Status {
    /// Whether the application is alive: it blocks a second one for the child (`K1`) and its clocks run.
    #[must_use]
    pub const fn is_live(self) -> bool {
        !matches!(self, Status::Refused | Status::Archived(_))
    }

    /// The name used in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Status::Accepted => "accepted",
            Status::Verifying => "verifying",
            Status::Queued => "queued",
            Status::Refused => "refused",
            Status::Referred => "referred",
            Status::Enrolled => "enrolled",
            Status::Archived(_) => "archived",
        }
    }
}
