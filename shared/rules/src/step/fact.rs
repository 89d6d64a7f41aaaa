//! All that can happen to an application, and what is kept of each: stable names, ids and instants. Never a name, a phone or
//! another word about a person, and never what follows from a fact: that is read in `history`.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::application::ArchiveReason;
use crate::ids::{Bin, OfferId, PersonKey, ReferralId, SeatId};
use crate::invitation::Source;
use crate::queue::{Instant, Lane};
use crate::step::Lacking;

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
    /// It has no form of its own: the applicant consented to an invitation (`P7`), or asked in a single application (`P8`).
    Invited {
        /// What it came from.
        source: Source,
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
        /// By which right, where it isn't the place at the head of its queue.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        ground: Option<Ground>,
        /// The last day of a temporary place (`P23.c`).
        #[serde(skip_serializing_if = "Option::is_none", default)]
        temporary_until: Option<NaiveDate>,
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
        /// Whether the provider withdrew the vacancy.
        #[serde(skip_serializing_if = "std::ops::Not::not", default)]
        vacancy_withdrawn: bool,
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
    /// The documents that the refusal in the same event names (`P5.d`, `P22.c`).
    DocumentsLacking(Lacking),
    /// The applicant isn't interested any more in one queue, or didn't say so in time (`P15.d`).
    InterestLost {
        /// Which queue.
        organisation: Bin,
        /// Whether the question was left without an answer.
        #[serde(skip_serializing_if = "std::ops::Not::not", default)]
        silent: bool,
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
    /// The referral was revoked: the second check failed (`P14`), or the provider withdrew the vacancy (`K3`).
    ReferralRevoked {
        /// To which organisation.
        organisation: Bin,
        /// The referral.
        referral: ReferralId,
        /// Whether the provider withdrew the vacancy.
        #[serde(skip_serializing_if = "std::ops::Not::not", default)]
        vacancy_withdrawn: bool,
    },
    /// The applicant asked for an extension that an officer has to decide (`P25.b`, **D-extension**).
    ExtensionAsked {
        /// To which organisation.
        organisation: Bin,
        /// The referral.
        referral: ReferralId,
        /// The last day asked for.
        until: NaiveDate,
    },
    /// The referral was extended (`P25.b`).
    ReferralExtended {
        /// To which organisation.
        organisation: Bin,
        /// The referral.
        referral: ReferralId,
        /// The end of its validity now.
        valid_until: Instant,
    },
    /// An officer refused to extend the referral (`P25.b`).
    ExtensionRefused {
        /// To which organisation.
        organisation: Bin,
        /// The referral.
        referral: ReferralId,
        /// The ground, 1 to 3.
        ground: u8,
    },
    /// The documents are verified again (`P14`, `P16.5`).
    SecondCheckStarted {
        /// By a register first, or by an officer.
        by: Verifier,
        /// By when it must be decided (**D-second-check**).
        due_at: Instant,
    },
    /// The second check confirmed the documents (`P14`).
    SecondCheckConfirmed {
        /// By whom.
        by: Verifier,
    },
    /// The second check didn't confirm them (`P14`).
    SecondCheckFailed {
        /// The ground, 1 to 3.
        ground: u8,
        /// By whom.
        by: Verifier,
    },
    /// The documents were handed in (`P22.b`).
    DocumentsSubmitted {
        /// To which organisation.
        organisation: Bin,
        /// By which referral.
        referral: ReferralId,
        /// When they are registered.
        registered_at: Instant,
        /// By when the result is due.
        result_due: Instant,
    },
    /// The organisation hasn't checked the documents in time (`P22.b`).
    ResultOverdue {
        /// Which organisation.
        organisation: Bin,
        /// By which referral.
        referral: ReferralId,
        /// Since when.
        due_at: Instant,
    },
    /// The organisation didn't accept the documents: incomplete or expired (`P22.c`).
    DocumentsReturned {
        /// Which organisation.
        organisation: Bin,
        /// By which referral.
        referral: ReferralId,
    },
    /// The organisation refused to enrol (`P28`).
    EnrolmentRefused {
        /// Which organisation.
        organisation: Bin,
        /// By which referral.
        referral: ReferralId,
        /// The ground, 1 to 6.
        ground: u8,
    },
    /// The refusal stands (`P16.1`).
    RefusalUpheld {
        /// Which organisation's.
        organisation: Bin,
        /// By which referral.
        referral: ReferralId,
    },
    /// The refusal doesn't stand: the referral does, with a fresh term (`P16.1`).
    RefusalOverturned {
        /// Which organisation's.
        organisation: Bin,
        /// By which referral.
        referral: ReferralId,
        /// The end of its validity now.
        valid_until: Instant,
    },
    /// The contract was formed (`P22.d`).
    ContractFormed {
        /// With which organisation.
        organisation: Bin,
        /// By which referral.
        referral: ReferralId,
        /// The end of the term to sign it.
        sign_by: Instant,
    },
    /// The contract was signed: the child is enrolled (`P22.d`).
    ContractSigned {
        /// With which organisation.
        organisation: Bin,
        /// By which referral.
        referral: ReferralId,
        /// The last day of a temporary place (`P23.c`).
        #[serde(skip_serializing_if = "Option::is_none", default)]
        temporary_until: Option<NaiveDate>,
    },
    /// The contract wasn't signed in time (**D-signature**).
    ContractUnsigned {
        /// With which organisation.
        organisation: Bin,
        /// By which referral.
        referral: ReferralId,
    },
    /// The applicant terminated the contract (`P12`).
    ContractTerminated {
        /// With which organisation.
        organisation: Bin,
    },
    /// The temporary place has ended (`P23.c`).
    TemporaryEnded {
        /// At which organisation.
        organisation: Bin,
    },
    /// The place is wanted from this day on only (`P15.2`).
    Deferred {
        /// The day.
        until: NaiveDate,
    },
    /// The applicant wants the place at once after all (`P15.2`).
    DeferralLifted,
    /// The day has come from which the place is wanted (`P15.2`).
    DeferredAgeReached,
    /// A benefit was claimed while queued; it is being verified (`P13.3`).
    BenefitClaimed {
        /// The category.
        benefit: u8,
        /// Whether it rests on a transfer to a new place of service (`P23.b`).
        #[serde(skip_serializing_if = "std::ops::Not::not", default)]
        relocation: bool,
    },
    /// The claimed benefit wasn't confirmed (`P13.3`).
    ClaimRefused {
        /// The ground, 1 to 3.
        ground: u8,
        /// By whom.
        by: Verifier,
    },
    /// The claim ended undecided: the applicant made another one, or got a referral (`P13.3`).
    ClaimDropped,
    /// The application stands in another lane now, at its instants (`P13.3`).
    LaneChanged {
        /// The lane.
        lane: Lane,
        /// The category.
        benefit: u8,
    },
    /// An entry moved to the new lane (`P13.3`).
    Moved {
        /// In whose queue.
        organisation: Bin,
        /// Its number there now.
        number: u64,
    },
    /// The child got a place by a benefit before: this application stands in the general lane (`P23.a`).
    BenefitUsed,
    /// A deadline was counted again after a patch of the calendar (`C3`).
    DeadlineMoved {
        /// Which deadline: a stable name.
        deadline: String,
        /// Where it was.
        from: Instant,
        /// Where it is now.
        to: Instant,
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

/// By which right an offer was made to one who doesn't stand first in the seat's own queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ground {
    /// With a sibling who stood first (`P26`).
    Sibling,
    /// First among the heads of a mixed-age group's queues (`P24.m`).
    MixedAge,
    /// With a PMPC conclusion, which frees from the birth years (`P24`).
    Pmpc,
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
