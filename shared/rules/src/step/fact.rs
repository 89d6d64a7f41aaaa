//! All that can happen to an application, and what is kept of each: stable names, ids and instants. Never a name, a phone or
//! another word about a person, and never what follows from a fact: that is read in `history`.

use serde::{Deserialize, Serialize};

use crate::application::ArchiveReason;
use crate::ids::{Bin, OfferId, PersonKey, ReferralId, SeatId};
use crate::queue::{Instant, Lane};

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
