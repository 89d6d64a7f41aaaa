//! The history: an event per step, with the traces it leaves in its queues, and how a fact is read there: its code, its rule,
//! whom it concerns and whom it wakes. Nothing is decided from a history, and none is ever changed.

use serde::{Deserialize, Serialize};

use super::{Fact, Ground, Verifier};
use crate::application::ArchiveReason;
use crate::ids::{ApplicationId, Bin};
use crate::invitation::Source;
use crate::policy::PolicyRef;
use crate::queue::{Instant, Lane, Place};

/// What happened in one step: the history and, through the stream, everything the outside learns.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Event {
    /// The application.
    pub application: ApplicationId,
    /// Its sequence in the application's history, from 1.
    pub seq: u32,
    /// When.
    pub at: Instant,
    /// The policy it was decided under (`K5`).
    pub policy: PolicyRef,
    /// The calendar version it was decided under (`C3`).
    pub calendar: u32,
    /// What, in order.
    pub facts: Vec<Fact>,
    /// The queues it changed, each with the sequence of the change in that queue.
    pub queues: Vec<QueueTrace>,
    /// The mixed-age group that took a child by it (`P24.m`).
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub mixed: Option<MixedTrace>,
    /// Where a child waits that was passed over until now (**D-simultaneous** `one`, `P24`).
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub frees: Vec<Bin>,
}

impl Event {
    /// The organisations whose vacancies may be served after this event.
    #[must_use]
    pub fn wakes(&self) -> std::collections::BTreeSet<Bin> {
        self.facts.iter().filter_map(Fact::wakes).chain(self.frees.iter().copied()).collect()
    }
}

/// A mixed-age group's part of an event: enough to replay its phase. Which group it is follows from the seat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct MixedTrace {
    /// The sequence of the change of that group.
    pub seq: u64,
    /// Its phase after it.
    pub phase: u8,
}

/// A queue's part of an event: enough to replay the queue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct QueueTrace {
    /// Whose queue.
    pub organisation: Bin,
    /// The sequence of the change in that queue.
    pub seq: u64,
    /// The place that came.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub arrived: Option<PlaceTrace>,
    /// The place that went.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub departed: Option<PlaceTrace>,
    /// The phase after it.
    pub phase: u8,
}

/// A place in a queue's history.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PlaceTrace {
    /// Its lane.
    pub lane: Lane,
    /// Its order key, where it isn't the event's own instant.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub submitted_at: Option<Instant>,
}

impl PlaceTrace {
    /// The trace of a place in an event of this instant.
    #[must_use]
    pub fn of(place: Place, at: Instant) -> Self {
        Self { lane: place.lane, submitted_at: Some(place.submitted_at).filter(|submitted_at| *submitted_at != at) }
    }

    /// The order key, given the event's instant.
    #[must_use]
    pub fn order_key(&self, at: Instant) -> Instant {
        self.submitted_at.unwrap_or(at)
    }
}

impl Fact {
    /// The history code and the rule of this fact.
    #[must_use]
    pub const fn code_and_rule(&self) -> (&'static str, &'static str) {
        match self {
            Fact::Registered { .. } => ("registered", "P5.a"),
            Fact::Invited { source: Source::Proactive } => ("invited", "P7"),
            Fact::Invited { source: Source::BirthRegistration } => ("single-application", "P8"),
            Fact::Accepted => ("accepted", "P5.b"),
            Fact::VerificationStarted { by: Verifier::Officer, .. } => ("verification-started", "P6.a"),
            Fact::VerificationStarted { by: Verifier::Register, .. } => ("verification-started", "P6.b"),
            Fact::HandedToOfficer { .. } => ("handed-to-officer", "P6.b"),
            Fact::Confirmed { by: Verifier::Officer } => ("confirmed", "P6.a"),
            Fact::Confirmed { by: Verifier::Register } => ("confirmed", "P6.b"),
            Fact::Refused { .. } => ("refused", "P5.e"),
            Fact::MovedToGeneral => ("moved-to-general", "P14"),
            Fact::Queued { .. } => ("queued", "P10.b"),
            Fact::Offered { ground: Some(Ground::Sibling), .. } => ("offered", "P26"),
            Fact::Offered { ground: Some(Ground::MixedAge), .. } => ("offered", "P24.m"),
            Fact::Offered { ground: Some(Ground::Pmpc), .. } => ("offered", "P24"),
            Fact::Offered { .. } => ("offered", "P16.a"),
            Fact::Reminded { .. } => ("reminded", "P16.3"),
            Fact::AcceptedOffer { .. } => ("accepted-offer", "P15.b"),
            Fact::Declined { .. } => ("declined", "P15.c"),
            Fact::PassedOn { .. } => ("passed-on", "P16.3"),
            Fact::Released { .. } => ("released", "K4"),
            Fact::OfferWithdrawn { vacancy_withdrawn: true, .. } => ("offer-withdrawn", "K3"),
            Fact::OfferWithdrawn { .. } => ("offer-withdrawn", "K4"),
            Fact::Suspended { .. } => ("suspended", "P15.d"),
            Fact::InterestAsked { organisation: None, .. } => ("interest-asked", "P15.a"),
            Fact::InterestAsked { .. } => ("interest-asked", "P15.d"),
            Fact::InterestConfirmed { organisation: None } => ("interest-confirmed", "P15.a"),
            Fact::InterestConfirmed { .. } => ("interest-confirmed", "P15.d"),
            Fact::InterestLost { .. } => ("interest-lost", "P15.d"),
            Fact::Resumed { .. } => ("resumed", "P10.b"),
            Fact::ReferralIssued { .. } => ("referral-issued", "P22.a"),
            Fact::ReferralCancelled { .. } => ("referral-cancelled", "P25.a"),
            Fact::ReferralLapsed { .. } => ("referral-lapsed", "P22.e"),
            Fact::ReferralReleased { .. } => ("referral-released", "P15.4"),
            Fact::ReferralRevoked { vacancy_withdrawn: true, .. } => ("referral-revoked", "K3"),
            Fact::ReferralRevoked { .. } => ("referral-revoked", "P14"),
            Fact::ExtensionAsked { .. } => ("extension-asked", "P25.b"),
            Fact::ReferralExtended { .. } => ("referral-extended", "P25.b"),
            Fact::ExtensionRefused { .. } => ("extension-refused", "P25.b"),
            Fact::SecondCheckStarted { .. } => ("second-check-started", "P14"),
            Fact::SecondCheckConfirmed { .. } => ("second-check-confirmed", "P14"),
            Fact::SecondCheckFailed { .. } => ("second-check-failed", "P14"),
            Fact::DocumentsSubmitted { .. } => ("documents-submitted", "P22.b"),
            Fact::ResultOverdue { .. } => ("result-overdue", "P22.b"),
            Fact::DocumentsLacking(_) => ("documents-lacking", "P5.d"),
            Fact::DocumentsReturned { .. } => ("documents-returned", "P22.c"),
            Fact::EnrolmentRefused { .. } => ("enrolment-refused", "P28"),
            Fact::RefusalUpheld { .. } => ("refusal-upheld", "P16.1"),
            Fact::RefusalOverturned { .. } => ("refusal-overturned", "P16.1"),
            Fact::ContractFormed { .. } => ("contract-formed", "P22.d"),
            Fact::ContractSigned { .. } => ("contract-signed", "P22.d"),
            Fact::ContractUnsigned { .. } => ("contract-unsigned", "P22.d"),
            Fact::ContractTerminated { .. } => ("contract-terminated", "P12"),
            Fact::TemporaryEnded { .. } => ("temporary-ended", "P23.c"),
            Fact::Deferred { .. } => ("deferred", "P15.2"),
            Fact::DeferralLifted => ("deferral-lifted", "P15.2"),
            Fact::DeferredAgeReached => ("deferred-age-reached", "P15.2"),
            Fact::BenefitClaimed { relocation: true, .. } => ("benefit-claimed", "P23.b"),
            Fact::BenefitClaimed { .. } => ("benefit-claimed", "P13.3"),
            Fact::ClaimRefused { .. } => ("claim-refused", "P13.3"),
            Fact::ClaimDropped => ("claim-dropped", "P13.3"),
            Fact::LaneChanged { .. } => ("lane-changed", "P13.3"),
            Fact::Moved { .. } => ("moved", "P13.3"),
            Fact::BenefitUsed => ("benefit-used", "P23.a"),
            Fact::DeadlineMoved { .. } => ("deadline-moved", "C3"),
            Fact::OrganisationsChanged { .. } => ("organisations-changed", "P15.5"),
            Fact::PhoneChanged => ("phone-changed", "P15.5"),
            Fact::Overdue { .. } => ("overdue", "P6.a"),
            Fact::Archived { reason: ArchiveReason::AgeLimit } => ("age-limit", "P11.b"),
            Fact::Archived { reason } => ("archived", reason.rule()),
        }
    }

    /// The organisation this fact is about, if it is about one.
    #[must_use]
    pub const fn organisation(&self) -> Option<Bin> {
        match self {
            Fact::Queued { organisation, .. }
            | Fact::Offered { organisation, .. }
            | Fact::Reminded { organisation, .. }
            | Fact::AcceptedOffer { organisation, .. }
            | Fact::Declined { organisation, .. }
            | Fact::PassedOn { organisation, .. }
            | Fact::Released { organisation, .. }
            | Fact::OfferWithdrawn { organisation, .. }
            | Fact::Suspended { organisation, .. }
            | Fact::InterestLost { organisation, .. }
            | Fact::Resumed { organisation, .. }
            | Fact::ReferralIssued { organisation, .. }
            | Fact::ReferralCancelled { organisation, .. }
            | Fact::ReferralLapsed { organisation, .. }
            | Fact::ReferralReleased { organisation, .. }
            | Fact::ReferralRevoked { organisation, .. }
            | Fact::ExtensionAsked { organisation, .. }
            | Fact::ReferralExtended { organisation, .. }
            | Fact::ExtensionRefused { organisation, .. }
            | Fact::DocumentsSubmitted { organisation, .. }
            | Fact::ResultOverdue { organisation, .. }
            | Fact::DocumentsReturned { organisation, .. }
            | Fact::EnrolmentRefused { organisation, .. }
            | Fact::RefusalUpheld { organisation, .. }
            | Fact::RefusalOverturned { organisation, .. }
            | Fact::ContractFormed { organisation, .. }
            | Fact::ContractSigned { organisation, .. }
            | Fact::ContractUnsigned { organisation, .. }
            | Fact::ContractTerminated { organisation, .. }
            | Fact::TemporaryEnded { organisation, .. }
            | Fact::Moved { organisation, .. } => Some(*organisation),
            Fact::InterestAsked { organisation, .. } | Fact::InterestConfirmed { organisation } => *organisation,
            _ => None,
        }
    }

    /// Whether a register is to be asked after this fact (`P6.b`, `P14`).
    #[must_use]
    pub const fn asks_register(&self) -> bool {
        matches!(
            self,
            Fact::VerificationStarted { by: Verifier::Register, .. }
                | Fact::SecondCheckStarted { by: Verifier::Register, .. }
        )
    }

    /// The organisation whose vacancies may be served after this fact: a seat came free there, or someone came to wait.
    #[must_use]
    pub const fn wakes(&self) -> Option<Bin> {
        match self {
            // After an offer too: there may be more vacancies than one invocation serves, or than the index showed.
            Fact::Queued { organisation, .. }
            | Fact::Offered { organisation, .. }
            | Fact::Resumed { organisation, .. }
            | Fact::Declined { organisation, .. }
            | Fact::PassedOn { organisation, .. }
            | Fact::Released { organisation, .. }
            | Fact::OfferWithdrawn { organisation, .. }
            | Fact::ReferralCancelled { organisation, .. }
            | Fact::ReferralLapsed { organisation, .. }
            | Fact::ReferralReleased { organisation, .. }
            | Fact::ReferralRevoked { organisation, .. }
            | Fact::RefusalUpheld { organisation, .. }
            | Fact::ContractUnsigned { organisation, .. }
            | Fact::Moved { organisation, .. } => Some(*organisation),
            _ => None,
        }
    }
}
