//! Notices (`N1`): the kinds that exist, the facts each carries, and how a text is made of them.
//! Wording is in the files of the languages; who gets a notice, when and by which channel is decided elsewhere.

use kezek_rules::application::ArchiveReason;
use kezek_rules::complaint::State;
use kezek_rules::queue::Instant;
use serde::{Deserialize, Serialize};

use super::{Locale, Names};

mod en;
mod enrolment;
mod facts;
mod kind;
mod kk;
mod parts;
mod queueing;
mod ru;

pub use enrolment::{
    ContractReady, DocumentsRegistered, Enrolled, EnrolmentGround, EnrolmentRefused, Lapsed, ReferralCancelled,
    ReferralExtended, ReferralIssued, ReferralLapsed, ReferralRevoked, Refusal, Revoked,
};
pub use facts::{Ground, GroundError, PlaceInQueue};
pub use kind::{NoticeKind, NoticeKindError};
pub use queueing::{
    Asked, Check, Offer, OfferPassedOn, PassedOn, Question, Refused, Registered, Right, Stakes, Standing, Suspended,
};

/// One notice with its facts: nothing here may identify a child.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", rename_all_fields = "camelCase")]
pub enum Notice {
    /// Registered, with the queue number per organisation (`P6.e`, Annex 4); also the new numbers after a change of benefit (`P13.3`).
    Registered(Registered),
    /// Refused after a check that came later (`P5.e`, Annex 3).
    Refused(Refused),
    /// The documents are being verified (`P16.5`).
    VerificationStarted {
        /// Why.
        check: Check,
        /// By when an officer is to have decided (`P6.a`, **D-second-check**), exclusive; none if only registers are asked.
        due: Option<Instant>,
    },
    /// The service is proposed without having been asked for (`P7`, `P8`).
    Invitation {
        /// The organisations wished for in the single application (`P8`).
        organisations: Vec<Names>,
    },
    /// The age or day has come from which the place is wanted (`P15.2`).
    DeferredAgeReached {
        /// The queues in which the child stands now.
        places: Vec<PlaceInQueue>,
    },
    /// A vacancy is offered (`P16.a`).
    Offer(Offer),
    /// The offer is sent again (`P16.3`).
    OfferReminder(Offer),
    /// The offer is over: the vacancy went to the next applicant (`P16.3`), or was withdrawn (`K3`).
    OfferPassedOn(OfferPassedOn),
    /// Suspended after silence (`P15.d`).
    Suspended(Suspended),
    /// Interest is asked: once a year (`P15.a`), or after the suspension of one queue (`P15.d`).
    InterestAsked(Question),
    /// Interest is asked for the last time (`P15.a`; `P15.d` if the whole application was suspended).
    InterestAskedAgain(Question),
    /// Moved to the archive (`P3.2`).
    Archived {
        /// The queue that ended; none: the whole application.
        organisation: Option<Names>,
        /// Why.
        reason: ArchiveReason,
    },
    /// Archived because of the age limit (`P11.b`).
    AgeLimitReached,
    /// A referral was issued (`P22.a`), or stands with a fresh term (`P16.1`).
    ReferralIssued(ReferralIssued),
    /// The validity of the referral was extended (`P25.b`), or counted again (`C3`).
    ReferralExtended(ReferralExtended),
    /// The applicant cancelled the referral (`P25.a`).
    ReferralCancelled(ReferralCancelled),
    /// The referral was revoked (`P14`, `K3`).
    ReferralRevoked(ReferralRevoked),
    /// The referral is over without documents (`P22.e`) or without a signature (`P22.d`).
    ReferralLapsed(ReferralLapsed),
    /// The documents for enrolment are registered (`P22.b`).
    DocumentsRegistered(DocumentsRegistered),
    /// The documents aren't accepted (`P22.c`, Annex 4), or the enrolment is refused (`P28`, Annex 3).
    EnrolmentRefused(EnrolmentRefused),
    /// The contract is ready to be signed (`P22.d`).
    ContractReady(ContractReady),
    /// The contract is signed: the child is enrolled (`P22.d`, `P23.c`).
    Enrolled(Enrolled),
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

/// The text of a notice: short enough for an SMS of a few parts, and it names the contact centre.
#[must_use]
pub fn render(notice: &Notice, locale: Locale) -> String {
    let body = match locale {
        Locale::Kk => kk::body(notice),
        Locale::Ru => ru::body(notice),
        Locale::En => en::body(notice),
    };
    format!("{body} {}", contact(locale))
}

/// What every notice ends with (`N1`).
const fn contact(locale: Locale) -> &'static str {
    match locale {
        Locale::Kk => "Байланыс орталығы: 1414, 8 800 080 7777.",
        Locale::Ru => "Контакт-центр: 1414, 8 800 080 7777.",
        Locale::En => "Contact centre: 1414, 8 800 080 7777.",
    }
}

#[cfg(test)]
mod tests;
