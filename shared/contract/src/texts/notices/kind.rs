//! The kinds of notices (`N1`) and their names. Never what a notice of a kind says.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::Notice;

macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident = $name:literal,)+) => {
        /// What a notice is about (`N1`).
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum NoticeKind {
            $($(#[$doc])* $kind,)+
        }

        impl NoticeKind {
            /// All kinds.
            pub const ALL: &[NoticeKind] = &[$(NoticeKind::$kind),+];

            /// The name used in JSON.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(NoticeKind::$kind => $name,)+
                }
            }
        }

        impl Notice {
            /// What it is about.
            #[must_use]
            pub const fn kind(&self) -> NoticeKind {
                match self {
                    $(Notice::$kind { .. } => NoticeKind::$kind,)+
                }
            }
        }
    };
}

kinds! {
    /// The application is registered, or has new queue numbers.
    Registered = "registered",
    /// The service is refused.
    Refused = "refused",
    /// The documents are being verified.
    VerificationStarted = "verification-started",
    /// The service is proposed without having been asked for.
    Invitation = "invitation",
    /// The age or day has come from which the place is wanted.
    DeferredAgeReached = "deferred-age-reached",
    /// A vacancy is offered.
    Offer = "offer",
    /// The offer is sent again.
    OfferReminder = "offer-reminder",
    /// The vacancy went to the next applicant.
    OfferPassedOn = "offer-passed-on",
    /// The queue is suspended.
    Suspended = "suspended",
    /// Interest is asked.
    InterestAsked = "interest-asked",
    /// Interest is asked for the last time.
    InterestAskedAgain = "interest-asked-again",
    /// The application, or one queue of it, is archived.
    Archived = "archived",
    /// The age limit is reached.
    AgeLimitReached = "age-limit-reached",
    /// A referral was issued.
    ReferralIssued = "referral-issued",
    /// The referral was extended.
    ReferralExtended = "referral-extended",
    /// The referral was cancelled.
    ReferralCancelled = "referral-cancelled",
    /// The referral was revoked.
    ReferralRevoked = "referral-revoked",
    /// The referral lapsed.
    ReferralLapsed = "referral-lapsed",
    /// The documents for enrolment are registered.
    DocumentsRegistered = "documents-registered",
    /// The documents aren't accepted, or the enrolment is refused.
    EnrolmentRefused = "enrolment-refused",
    /// The contract is ready to be signed.
    ContractReady = "contract-ready",
    /// The child is enrolled.
    Enrolled = "enrolled",
    /// A complaint came to a state.
    ComplaintState = "complaint-state",
}

/// The text names no kind of notice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoticeKindError;

impl fmt::Display for NoticeKindError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a kind of notice")
    }
}

impl std::error::Error for NoticeKindError {}

impl FromStr for NoticeKind {
    type Err = NoticeKindError;
    fn from_str(text: &str) -> Result<Self, NoticeKindError> {
        Self::ALL.iter().copied().find(|kind| kind.as_str() == text).ok_or(NoticeKindError)
    }
}

impl fmt::Display for NoticeKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
