//! What the model remembers. Plain data; every question about it is answered by looking through all of it.

#![allow(missing_docs, reason = "the nouns are those of the rules")]

use chrono::NaiveDate;
use kezek_rules::ids::Bin;

pub use super::beside::{AboutInterest, Complaint, ComplaintState, Invitation, InvitationState, Said};
use super::calendar::Instant;
pub use super::words::{ContractStatus, Lane, OfferStatus, Reason, ReferralStatus, SeatStatus, Status};

/// Which of the published policies governs something (`K5`): its place in the list of them.
pub type Pin = usize;

/// A document that came with something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    pub kind: String,
    pub issued_on: NaiveDate,
}

/// `P15.2`: from when the place is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotBefore {
    Date(NaiveDate),
    Age { years: u32, months: u32 },
}

/// An organisation of the registry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Organisation {
    pub bin: Bin,
    pub languages: Vec<String>,
    pub streams: Vec<String>,
    pub open: bool,
}

/// An entry: an application's place in one queue. A waiting one is dormant while its application sleeps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub organisation: Bin,
    /// The instant that orders it (`P10.b`).
    pub key: Instant,
    pub state: EntryState,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntryState {
    Pending,
    Waiting,
    Offered,
    /// Until an instant, whose last day is the day; counted from another day, under a policy.
    Suspended {
        from: NaiveDate,
        last: NaiveDate,
        until: Instant,
        policy: Pin,
    },
    /// The question after a suspension is open until an instant.
    Asked {
        answer_by: Instant,
        policy: Pin,
    },
    /// Out of the queue: by a referral, a change, an archiving.
    Left,
    /// Ended for good: declined, no answer, refused (`P15.5`).
    Ended,
}

impl EntryState {
    /// Whether it stands in its queue in some way.
    #[must_use]
    pub const fn is_live(self) -> bool {
        !matches!(self, Self::Left | Self::Ended)
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    pub organisation: Bin,
    pub seat: usize,
    pub status: OfferStatus,
    pub offered_at: Instant,
    pub last: NaiveDate,
    pub answer_by: Instant,
    pub reminded: bool,
    pub policy: Pin,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// The state registers, to be asked now, or again when there is an occasion.
    Register {
        now: bool,
    },
    Officer,
}

/// A check of documents under way (`P6`, `P14`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Check {
    pub by: By,
    /// From which instant the first of its terms counts.
    pub since: Instant,
    /// Until when a register may be silent, or an officer has to decide.
    pub due: Instant,
    /// Whether a register was asked first.
    pub by_register_first: bool,
    pub policy: Pin,
}

/// A changed benefit that isn't confirmed yet (`P13.3`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    pub right: Right,
    pub lane: Lane,
    /// The present lane rested on what was given up.
    pub replaces: bool,
    pub check: Check,
}

/// What a lane rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Right {
    pub benefit: u8,
    pub relocation: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    Awaited,
    Submitted { registered_at: Instant, result_due: Instant },
    Contract { formed_at: Instant, sign_by: Instant },
    UnderReview { ground: u8, since: Instant, due: Instant },
    Signed,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Referral {
    pub organisation: Bin,
    pub seat: usize,
    pub lane: Lane,
    pub issued_at: Instant,
    /// From which day its validity counts.
    pub from: NaiveDate,
    /// The last day of its validity as issued, or as given afresh.
    pub last: NaiveDate,
    pub valid_until: Instant,
    pub extended: bool,
    pub asked_extension: Option<Asked>,
    pub status: ReferralStatus,
    pub stage: Stage,
    pub documents: Vec<Document>,
    /// Organisations whose entries were live at the acceptance.
    pub live: Vec<Bin>,
    pub check: Option<Check>,
    pub policy: Pin,
}

/// An extension that an officer has to decide on (`P25.b`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asked {
    pub until: NaiveDate,
    pub since: Instant,
    pub due: Instant,
}

/// A contract (`P22.d`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contract {
    pub organisation: Bin,
    pub lane: Lane,
    pub temporary_until: Option<NaiveDate>,
    pub sign_by: Instant,
    pub status: ContractStatus,
}

/// The yearly question (`P15.a`): the year k and how often it was asked in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Interest {
    pub year: u32,
    pub asked: u32,
    pub policy: Pin,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct App {
    pub applicant: u32,
    pub child: u32,
    pub born: NaiveDate,
    pub language: String,
    pub stream: String,
    pub submitted: Instant,
    pub accepted_at: Instant,
    pub status: Status,
    pub reason: Option<Reason>,
    pub lane: Lane,
    pub right: Right,
    pub pmpc: bool,
    /// Whether documents came with it, at the submission or later.
    pub documented: bool,
    /// Under which it was submitted.
    pub policy: Pin,
    pub entries: Vec<Entry>,
    pub offers: Vec<Offer>,
    pub referrals: Vec<Referral>,
    pub contracts: Vec<Contract>,
    pub check: Option<Check>,
    pub claim: Option<Claim>,
    pub wake_on: Option<NaiveDate>,
    pub interest: Interest,
    /// What was asked and said of it, in order.
    pub said: Vec<(AboutInterest, Said)>,
    /// When each was sent, and its kind.
    pub notices: Vec<(Instant, &'static str)>,
}

/// One free place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seat {
    pub organisation: Bin,
    pub bulletin: String,
    pub issued_at: Instant,
    pub line: u32,
    pub n: u32,
    pub language: String,
    pub stream: String,
    pub years: Vec<i32>,
    pub group_type: String,
    pub temporary_until: Option<NaiveDate>,
    pub status: SeatStatus,
    /// Who declined a temporary place (**D-temporary-decline**).
    pub passed_by: Vec<usize>,
}

/// Which queue (`P10.b`).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct QueueKey {
    pub organisation: Bin,
    pub language: String,
    pub birth_year: i32,
    pub stream: String,
}

/// Which mixed-age queue (`P24.m`).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct MixedKey {
    pub organisation: Bin,
    pub language: String,
    pub stream: String,
    pub years: Vec<i32>,
}
