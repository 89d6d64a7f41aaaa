//! Notices (`N1`): the kinds that exist, the facts each carries, and how a text is made of them.
//! Wording is in the files of the languages; who gets a notice, when and by which channel is decided elsewhere.

use std::fmt;
use std::str::FromStr;

use chrono::NaiveDate;
use kezek_rules::application::ArchiveReason;
use kezek_rules::complaint::State;
use kezek_rules::queue::Instant;
use serde::{Deserialize, Serialize};

use super::{Locale, Names};

mod en;
mod facts;
mod kk;
mod parts;
mod ru;

pub use facts::{Ground, GroundError, PassedOn, PlaceInQueue};

/// One notice with its facts: nothing here may identify a child.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", rename_all_fields = "camelCase")]
pub enum Notice {
    /// Registered, with the queue number per organisation (`P6.e`, Annex 4).
    Registered {
        /// The date and time of registration.
        at: Instant,
        /// One to four organisations.
        places: Vec<PlaceInQueue>,
    },
    /// Refused after a check that came later (`P5.e`, Annex 3).
    Refused {
        /// The grounds of A2.9.
        grounds: Vec<Ground>,
        /// The kinds of the documents that are missing (Annex 4).
        missing: Vec<String>,
        /// The kinds of the documents that have expired (Annex 4).
        expired: Vec<String>,
        /// The officer's explanation: shown shortened, with long numbers hidden.
        note: Option<String>,
    },
    /// The documents are being verified (`P16.5`).
    VerificationStarted {
        /// When the officer's answer is due (`P6.a`), exclusive; none if only registers are asked.
        due: Option<Instant>,
    },
    /// A vacancy is offered (`P16.a`).
    Offer {
        /// Where.
        organisation: Names,
        /// The end of the term to answer (`P15.b`), exclusive.
        answer_by: Instant,
    },
    /// The offer is sent again (`P16.3`).
    OfferReminder {
        /// Where.
        organisation: Names,
        /// The end of the term to answer (`P15.b`), exclusive.
        answer_by: Instant,
    },
    /// The vacancy went to the next applicant (`P16.3`).
    OfferPassedOn {
        /// Where.
        organisation: Names,
        /// Why.
        because: PassedOn,
    },
    /// Suspended after silence (`P15.d`).
    Suspended {
        /// The queue suspended; none: the whole application (**D-decline**).
        organisation: Option<Names>,
        /// For how many working days.
        working_days: u32,
        /// The last day of the suspension.
        until: NaiveDate,
    },
    /// Interest is asked: once a year (`P15.a`), or after the suspension of one queue (`P15.d`).
    InterestAsked {
        /// The queue asked about, which ends without an answer; none: the yearly question.
        organisation: Option<Names>,
        /// The end of the term to answer, exclusive.
        answer_by: Instant,
    },
    /// Interest is asked for the last time (`P15.a`; `P15.d` if the whole application was suspended).
    InterestAskedAgain {
        /// The queue asked about; none: the whole application.
        organisation: Option<Names>,
        /// The end of the term to answer, exclusive.
        answer_by: Instant,
    },
    /// Moved to the archive (`P3.2`).
    Archived {
        /// The queue that ended; none: the whole application.
        organisation: Option<Names>,
        /// Why.
        reason: ArchiveReason,
    },
    /// Archived because of the age limit (`P11.b`).
    AgeLimitReached,
    /// A referral was issued (`P22.a`).
    ReferralIssued {
        /// The referral's number.
        number: String,
        /// Where to.
        organisation: Names,
        /// The end of its validity, exclusive.
        valid_until: Instant,
    },
    /// The applicant cancelled the referral (`P25.a`).
    ReferralCancelled {
        /// The referral's number.
        number: String,
        /// Where to.
        organisation: Names,
    },
    /// The referral's validity is over without documents (`P22.e`).
    ReferralLapsed {
        /// The referral's number.
        number: String,
        /// Where to.
        organisation: Names,
    },
    /// A complaint came to a state (`P18`). What was written is read in the cabinet only.
    ComplaintState {
        /// Which state.
        state: State,
        /// When it will be registered, if it isn't.
        registered_at: Option<Instant>,
        /// When it is to be answered, while it isn't.
        due: Option<Instant>,
    },
}

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
    /// The application is registered.
    Registered = "registered",
    /// The service is refused.
    Refused = "refused",
    /// The documents are being verified.
    VerificationStarted = "verification-started",
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
    /// The referral was cancelled.
    ReferralCancelled = "referral-cancelled",
    /// The referral lapsed.
    ReferralLapsed = "referral-lapsed",
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

/// The text of a notice: short enough for an SMS of a few parts, and it names the contact centre.
#[must_use]
pub fn render(notice: &Notice, locale: Locale) -> String {
    let (body, contact) = match locale {
        Locale::Kk => (kk::body(notice), "Байланыс орталығы: 1414, 8 800 080 7777."),
        Locale::Ru => (ru::body(notice), "Контакт-центр: 1414, 8 800 080 7777."),
        Locale::En => (en::body(notice), "Contact centre: 1414, 8 800 080 7777."),
    };
    format!("{body} {contact}")
}

#[cfg(test)]
mod tests;
