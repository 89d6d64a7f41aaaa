//! What the model remembers. Plain data; every question about it is answered by looking through all of it.

#![allow(missing_docs, reason = "the nouns are those of the rules")]

use chrono::NaiveDate;
use kezek_rules::ids::Bin;

use super::calendar::Instant;

macro_rules! words {
    ($name:ident { $($variant:ident = $text:literal,)* }) => {
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum $name {
            $($variant,)*
        }

        impl $name {
            /// As outside.
            #[must_use]
            pub const fn text(self) -> &'static str {
                match self {
                    $(Self::$variant => $text,)*
                }
            }
        }
    };
}

words!(Lane { OutOfTurn = "out-of-turn", FirstPriority = "first-priority", General = "general", });
words!(Status {
    Accepted = "accepted",
    Verifying = "verifying",
    Queued = "queued",
    Refused = "refused",
    Referred = "referred",
    Enrolled = "enrolled",
    Archived = "archived",
});
words!(Reason {
    Enrolled = "enrolled",
    Declined = "declined",
    NoAnswer = "no-answer",
    NoInterest = "no-interest",
    Withdrawn = "withdrawn",
    AgeLimit = "age-limit",
    Refused = "refused",
    ReferralLapsed = "referral-lapsed",
    Cancelled = "cancelled",
    Violation = "violation",
    Duplicate = "duplicate",
});
words!(OfferStatus {
    Open = "open",
    Accepted = "accepted",
    Declined = "declined",
    Lapsed = "lapsed",
    Released = "released",
    Withdrawn = "withdrawn",
});
words!(SeatStatus {
    Open = "open",
    Offered = "offered",
    Referred = "referred",
    Filled = "filled",
    Withdrawn = "withdrawn",
});
words!(ReferralStatus {
    Issued = "issued",
    Cancelled = "cancelled",
    Lapsed = "lapsed",
    Released = "released",
    Revoked = "revoked",
    Used = "used",
    Refused = "refused",
});

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
    /// Until an instant, whose last day is the day.
    Suspended {
        last: NaiveDate,
        until: Instant,
    },
    /// The question after a suspension is open until an instant.
    Asked {
        answer_by: Instant,
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
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// The state registers, to be asked at an instant.
    Register {
        ask: Instant,
    },
    Officer,
}

/// A check of documents under way (`P6`, `P14`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Check {
    pub by: By,
    pub due: Instant,
    /// Whether the due instant has passed.
    pub overdue: bool,
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
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Right {
    pub benefit: u8,
    pub relocation: bool,
    pub documents: Vec<Document>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    Awaited,
    Submitted { result_due: Instant, overdue: bool },
    Contract { sign_by: Instant },
    UnderReview { ground: u8, due: Instant, overdue: bool },
    Signed,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Referral {
    pub organisation: Bin,
    pub seat: usize,
    pub lane: Lane,
    pub issued_at: Instant,
    pub last: NaiveDate,
    pub original_last: NaiveDate,
    pub valid_until: Instant,
    pub extended: bool,
    pub asked_extension: Option<NaiveDate>,
    pub status: ReferralStatus,
    pub stage: Stage,
    pub documents: Vec<Document>,
    /// Organisations whose entries were live at the acceptance.
    pub live: Vec<Bin>,
    pub check: Option<Check>,
}

/// A signed contract.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contract {
    pub organisation: Bin,
    pub lane: Lane,
    pub temporary_until: Option<NaiveDate>,
    pub terminated: bool,
}

/// The yearly question (`P15.a`): the year k and how often it was asked in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Interest {
    pub year: u32,
    pub asked: u32,
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
    /// `P23.a`: no benefit lifts it.
    pub had_its_place: bool,
    pub pmpc: bool,
    pub entries: Vec<Entry>,
    pub offers: Vec<Offer>,
    pub referrals: Vec<Referral>,
    pub contracts: Vec<Contract>,
    pub check: Option<Check>,
    pub claim: Option<Claim>,
    pub wake_on: Option<NaiveDate>,
    pub interest: Interest,
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
