//! A step: one atomic change of the whole, as the rules decide it and the store commits it, and the facts it leaves in the history.
//! Steps are values: nothing is decided while one is written.

use serde::{Deserialize, Serialize};

use crate::application::{Application, ArchiveReason};
use crate::ids::{ApplicationId, Bin, OfferId, PersonKey, ReferralId, SeatId};
use crate::organisation::Kato;
use crate::queue::{Instant, Lane, Place, QueueKey, Totals};
use crate::seat::Seat;

/// A queue as a decision sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueView {
    /// Which queue.
    pub key: QueueKey,
    /// Where its organisation is: its policy governs the interleave (`K5`).
    pub settlement: Kato,
    /// Its version: the sequence of its last change; 0 if it was never used.
    pub version: u64,
    /// Its phase; none if it was never used.
    pub phase: Option<u8>,
    /// Who waits in it.
    pub totals: Totals,
    /// The rank in its lane that the application of the snapshot has, or would have.
    pub rank: u64,
}

/// All that a decision about one application needs to know.
#[derive(Debug, Clone)]
pub struct Snapshot {
    /// The application.
    pub application: Application,
    /// The seats it holds.
    pub seats: Vec<Seat>,
    /// The queues of its entries.
    pub queues: Vec<QueueView>,
}

/// A change of one queue: who comes, who goes, and the phase.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueStep {
    /// Which queue.
    pub key: QueueKey,
    /// The version it was decided on: the write is conditional on it.
    pub version: u64,
    /// Who comes to stand in it.
    pub arrives: Option<Place>,
    /// Who leaves it.
    pub departs: Option<Place>,
    /// The phase after the step.
    pub phase: u8,
    /// Why, for those who ask why their number moved (`P15.6`): a history code.
    pub why: &'static str,
    /// The rule of the reason.
    pub rule: &'static str,
}

/// The lock that lets a child have one live application per kind of stream (`K1`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChildLock {
    /// Unchanged.
    Keep,
    /// Taken by a new application.
    Take,
    /// Released: the application has ended.
    Release,
}

/// What an officer has to do, and by when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Task {
    /// About which application.
    pub application: ApplicationId,
    /// In whose territory.
    pub settlement: Kato,
    /// When it is due (`P6.a`).
    pub due_at: Instant,
    /// Since when it waits.
    pub since: Instant,
    /// What is to be verified.
    pub lane: Lane,
    /// Whether it has been reported as overdue.
    pub overdue: bool,
}

/// What happens to the officers' task of an application.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TaskStep {
    /// Nothing.
    Keep,
    /// It is opened, or changed.
    Put(Task),
    /// It is done.
    Close(Task),
}

/// One atomic change.
#[derive(Debug, Clone)]
pub struct Step {
    /// The application after it; conditional on the version before it.
    pub application: Application,
    /// The seats after it, each conditional on the version it carries.
    pub seats: Vec<Seat>,
    /// The queues it changes.
    pub queues: Vec<QueueStep>,
    /// The child's lock.
    pub lock: ChildLock,
    /// The officers' task.
    pub task: TaskStep,
    /// What happened.
    pub event: Event,
}

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
    pub policy: String,
    /// The calendar version it was decided under (`C3`).
    pub calendar: u32,
    /// What, in order.
    pub facts: Vec<Fact>,
    /// The queues it changed, each with the sequence of the change in that queue.
    pub queues: Vec<QueueTrace>,
    /// Where a child waits that was passed over until now (**D-simultaneous** `one`).
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

/// One thing that happened. The name is stable: it is the `what` of the history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "kebab-case", rename_all_fields = "camelCase")]
pub enum Fact {
    /// Submitted (`P5.a`): everything the life of the application starts from.
    Registered {
        /// The child, by its keyed hash.
        child: PersonKey,
        /// The stream's kind, which the child's lock is for (`K1`).
        stream: String,
        /// The lane claimed.
        lane: Lane,
        /// The benefit category.
        benefit: u8,
        /// The organisations named.
        organisations: Vec<Bin>,
        /// When it is accepted (`P5.b`).
        accepted_at: Instant,
    },
    /// Accepted at the start of working time (`P5.b`).
    Accepted,
    /// Its documents are being verified (`P16.5`).
    VerificationStarted {
        /// By a register first, or by an officer.
        by: Verifier,
        /// By when an officer must have decided (`P6.a`).
        due_at: Instant,
    },
    /// The register has not answered in time: an officer decides (`P6.b`).
    HandedToOfficer {
        /// By when.
        due_at: Instant,
    },
    /// The benefit is confirmed (`P6.a`, `P6.b`).
    Confirmed {
        /// By whom.
        by: Verifier,
    },
    /// Refused (`P5.e`).
    Refused {
        /// The ground, 1 to 3.
        ground: u8,
        /// By whom.
        by: Verifier,
    },
    /// The benefit isn't confirmed: queued in the general lane instead (**D-unconfirmed-benefit**).
    MovedToGeneral,
    /// Queued at its submission instant (`P10.b`), with its number at that moment (`P6.e`).
    Queued {
        /// For which organisation.
        organisation: Bin,
        /// Its queue number.
        number: u64,
    },
    /// Offered a seat (`P16.a`).
    Offered {
        /// Which organisation's.
        organisation: Bin,
        /// The offer.
        offer: OfferId,
        /// The seat.
        seat: SeatId,
        /// The lane from whose head it was taken.
        lane: Lane,
        /// The end of the term to answer (`P15.b`).
        answer_by: Instant,
    },
    /// The offer was sent again (`P16.3`).
    Reminded {
        /// Which organisation's.
        organisation: Bin,
        /// The offer.
        offer: OfferId,
        /// The end of the term to answer.
        answer_by: Instant,
    },
    /// The applicant accepted (`P15.b`).
    AcceptedOffer {
        /// Which organisation's.
        organisation: Bin,
        /// The offer.
        offer: OfferId,
    },
    /// The applicant declined (`P15.c`).
    Declined {
        /// Which organisation's.
        organisation: Bin,
        /// The offer.
        offer: OfferId,
    },
    /// No answer at the deadline: the place goes on (`P16.3`).
    PassedOn {
        /// Which organisation's.
        organisation: Bin,
        /// The offer.
        offer: OfferId,
    },
    /// Another offer was accepted; this one is released (`K4`).
    Released {
        /// Which organisation's.
        organisation: Bin,
        /// The offer.
        offer: OfferId,
    },
    /// A live offer was withdrawn: the application left (`P11.b`, `P15.4`), or the vacancy did (`K3`).
    OfferWithdrawn {
        /// Which organisation's.
        organisation: Bin,
        /// The offer.
        offer: OfferId,
    },
    /// Suspended for ten working days (`P15.d`).
    Suspended {
        /// From which queue.
        organisation: Bin,
        /// When it ends.
        ends_at: Instant,
    },
    /// Interest asked: once a year (`P15.a`), or after a suspension (`P15.d`).
    InterestAsked {
        /// After the suspension in this queue; none for the yearly question.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        organisation: Option<Bin>,
        /// 1 for the first time, 2 for the second.
        time: u8,
        /// The end of the term to answer.
        answer_by: Instant,
    },
    /// The applicant is still interested.
    InterestConfirmed {
        /// In this queue, after a suspension; none for the yearly question.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        organisation: Option<Bin>,
    },
    /// The applicant isn't interested any more in one queue, or didn't say so in time (`P15.d`).
    InterestLost {
        /// Which queue.
        organisation: Bin,
    },
    /// Back in its queue at its original instant (`P15.d`, `P25.a`).
    Resumed {
        /// Which queue.
        organisation: Bin,
        /// Its number then.
        number: u64,
    },
    /// A referral was issued (`P22.a`).
    ReferralIssued {
        /// To which organisation.
        organisation: Bin,
        /// The referral.
        referral: ReferralId,
        /// Its number.
        number: String,
        /// The end of its validity.
        valid_until: Instant,
    },
    /// The applicant cancelled the referral (`P25.a`).
    ReferralCancelled {
        /// To which organisation.
        organisation: Bin,
        /// The referral.
        referral: ReferralId,
    },
    /// The referral's validity ended without documents (`P22.e`).
    ReferralLapsed {
        /// To which organisation.
        organisation: Bin,
        /// The referral.
        referral: ReferralId,
    },
    /// The referral was released because the application ended (`P15.4`).
    ReferralReleased {
        /// To which organisation.
        organisation: Bin,
        /// The referral.
        referral: ReferralId,
    },
    /// The organisations were changed (`P15.5`).
    OrganisationsChanged {
        /// Those added or re-entered.
        added: Vec<Bin>,
        /// Those taken off.
        removed: Vec<Bin>,
    },
    /// The contact phone was changed; the number itself is kept with the person's data, not here.
    PhoneChanged,
    /// The officer's decision is overdue (`P6.a`).
    Overdue {
        /// Since when.
        due_at: Instant,
    },
    /// Archived (`P3.2`).
    Archived {
        /// Why.
        reason: ArchiveReason,
    },
}

/// Who verifies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verifier {
    /// A state register (`P6.b`).
    Register,
    /// An officer at the workplace (`P6.a`).
    Officer,
}

impl Fact {
    /// The history code and the rule of this fact.
    #[must_use]
    pub const fn code_and_rule(&self) -> (&'static str, &'static str) {
        match self {
            Fact::Registered { .. } => ("registered", "P5.a"),
            Fact::Accepted => ("accepted", "P5.b"),
            Fact::VerificationStarted { by: Verifier::Officer, .. } => ("verification-started", "P6.a"),
            Fact::VerificationStarted { by: Verifier::Register, .. } => ("verification-started", "P6.b"),
            Fact::HandedToOfficer { .. } => ("handed-to-officer", "P6.b"),
            Fact::Confirmed { by: Verifier::Officer } => ("confirmed", "P6.a"),
            Fact::Confirmed { by: Verifier::Register } => ("confirmed", "P6.b"),
            Fact::Refused { .. } => ("refused", "P5.e"),
            Fact::MovedToGeneral => ("moved-to-general", "P14"),
            Fact::Queued { .. } => ("queued", "P10.b"),
            Fact::Offered { .. } => ("offered", "P16.a"),
            Fact::Reminded { .. } => ("reminded", "P16.3"),
            Fact::AcceptedOffer { .. } => ("accepted-offer", "P15.b"),
            Fact::Declined { .. } => ("declined", "P15.c"),
            Fact::PassedOn { .. } => ("passed-on", "P16.3"),
            Fact::Released { .. } => ("released", "K4"),
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
            | Fact::InterestLost { organisation }
            | Fact::Resumed { organisation, .. }
            | Fact::ReferralIssued { organisation, .. }
            | Fact::ReferralCancelled { organisation, .. }
            | Fact::ReferralLapsed { organisation, .. }
            | Fact::ReferralReleased { organisation, .. } => Some(*organisation),
            Fact::InterestAsked { organisation, .. } | Fact::InterestConfirmed { organisation } => *organisation,
            _ => None,
        }
    }

    /// The organisation whose vacancies may be served after this fact: a seat came free there, or someone came to wait.
    #[must_use]
    pub const fn wakes(&self) -> Option<Bin> {
        match self {
            Fact::Queued { organisation, .. }
            | Fact::Resumed { organisation, .. }
            | Fact::Declined { organisation, .. }
            | Fact::PassedOn { organisation, .. }
            | Fact::Released { organisation, .. }
            | Fact::OfferWithdrawn { organisation, .. }
            | Fact::ReferralCancelled { organisation, .. }
            | Fact::ReferralLapsed { organisation, .. }
            | Fact::ReferralReleased { organisation, .. } => Some(*organisation),
            _ => None,
        }
    }
}
