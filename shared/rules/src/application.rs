//! The life of an application and of its entries: the states, what they hold, and the clocks that run in them.
//! The transitions between the states are made in `decide`, nowhere else.

mod status;

use chrono::NaiveDate;

use crate::ids::{ApplicationId, Bin, OfferId, PersonKey, ReferralId, SeatId};
use crate::organisation::Kato;
use crate::policy::PolicyRef;
use crate::queue::{Instant, Lane, Language, Place, QueueKey, Stream};

pub use status::{ArchiveReason, Status};

/// A live offer, as its application knows it; the seat knows the rest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfferRef {
    /// The offer.
    pub id: OfferId,
    /// The seat offered.
    pub seat: SeatId,
    /// When it was offered.
    pub offered_at: Instant,
    /// The end of the term to answer (`P15.b`), exclusive.
    pub answer_by: Instant,
}

/// A suspension after silence (`P15.d`), and the question that ends it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suspension {
    /// The day the ten working days count from: the last day of the expired offer (`C2`). With it the term can be counted
    /// again when the calendar is patched (`C3`).
    pub counted_from: NaiveDate,
    /// The last day of the ten working days.
    pub last_day: NaiveDate,
    /// When interest is asked (then), or was asked: the end of the last day.
    pub ends_at: Instant,
    /// The end of the term to answer the question, exclusive; none until it was asked.
    pub answer_by: Option<Instant>,
    /// The policy in force when this suspension, or then its question, began: it governs the outcome (`K5`).
    pub policy: PolicyRef,
    /// The calendar version it was counted with (`C3`).
    pub calendar: u32,
}

/// Where an entry is in its life.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EntryState {
    /// The application isn't in its queues yet.
    Pending,
    /// Stands in its queue.
    Waiting,
    /// Holds a live offer.
    Offered(OfferRef),
    /// Suspended after silence.
    Suspended(Suspension),
    /// Out of its queue while the application holds a referral: returns if that is cancelled or lapses (`P25.a`).
    Aside,
    /// Ended: declined, unanswered, taken off, or the application ended.
    Left,
}

/// An application's place in one queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The organisation waited for.
    pub organisation: Bin,
    /// The order key (`P10.b`): the submission instant, or the instant of a change (**D-change**, **D-readd**).
    pub ordered_at: Instant,
    /// Its state.
    pub state: EntryState,
}

/// How far the yearly question has come (`P15.a`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InterestStage {
    /// Not asked yet this year.
    Quiet,
    /// Asked once.
    Asked,
    /// Asked twice.
    AskedAgain,
}

/// The yearly question of interest (`P15.a`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Interest {
    /// Which year's question: 1, 2, …
    pub year: u32,
    /// How far it has come.
    pub stage: InterestStage,
    /// The policy this year's clock runs under (`K5`).
    pub policy: PolicyRef,
}

/// The referral an application holds or held last (`P22.a`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Referral {
    /// Its id.
    pub id: ReferralId,
    /// To which organisation.
    pub organisation: Bin,
    /// For which seat.
    pub seat: SeatId,
    /// When it was issued.
    pub issued_at: Instant,
    /// The end of its validity, exclusive.
    pub valid_until: Instant,
    /// How it stands.
    pub status: ReferralStatus,
    /// The policy it runs under (`K5`).
    pub policy: PolicyRef,
    /// The calendar version its validity was counted with (`C3`).
    pub calendar: u32,
}

impl Referral {
    /// The number printed on the referral.
    #[must_use]
    pub fn number(&self) -> String {
        let id = self.id.to_string();
        format!("J-{}-{}", self.issued_at.format("%Y"), id[..16].to_uppercase())
    }
}

/// How a referral stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReferralStatus {
    /// In force.
    Issued,
    /// Cancelled by the applicant (`P25.a`).
    Cancelled,
    /// Its validity is over (`P22.e`).
    Lapsed,
    /// Released because the application ended.
    Released,
}

impl ReferralStatus {
    /// The name used in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            ReferralStatus::Issued => "issued",
            ReferralStatus::Cancelled => "cancelled",
            ReferralStatus::Lapsed => "lapsed",
            ReferralStatus::Released => "released",
        }
    }
}

/// One child's request to be queued for one to four organisations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Application {
    /// Its id.
    pub id: ApplicationId,
    /// Its version, which is also the sequence of its last history event.
    pub version: u32,
    /// Whose it is.
    pub applicant: PersonKey,
    /// Which child's it is.
    pub child: PersonKey,
    /// When the child was born (a field of its own: `K2`).
    pub birth_date: NaiveDate,
    /// Whether the child has a PMPC conclusion, which exempts it from the age limits (`P11.a`, `P11.b`).
    pub pmpc: bool,
    /// Where the family lives.
    pub settlement: Kato,
    /// The language of instruction asked for.
    pub language: Language,
    /// The stream it queues in.
    pub stream: Stream,
    /// The benefit category claimed, 1 to 13 (Annex 1).
    pub benefit: u8,
    /// The lane it stands in, or will stand in once confirmed.
    pub lane: Lane,
    /// When it was submitted: the order key.
    pub submitted_at: Instant,
    /// When it is accepted (`P5.b`).
    pub accepted_at: Instant,
    /// Where it is in its life.
    pub status: Status,
    /// Its entries, at most four live ones.
    pub entries: Vec<Entry>,
    /// The yearly question.
    pub interest: Interest,
    /// The referral it holds or held last.
    pub referral: Option<Referral>,
    /// When the decision of an officer is due, while one is awaited (`P6.a`, `P6.b`).
    pub decision_due: Option<Instant>,
    /// Whether that decision was reported as overdue.
    pub overdue: bool,
    /// The policy of its registration (`K5`).
    pub policy: PolicyRef,
}

/// The lane of a benefit category (Annex 1): 1–4 out of turn, 5–12 first priority, 13 none.
#[must_use]
pub const fn lane_of(benefit: u8) -> Lane {
    match benefit {
        1..=4 => Lane::OutOfTurn,
        5..=12 => Lane::FirstPriority,
        _ => Lane::General,
    }
}

impl Application {
    /// The key of the queue in which an entry stands (`P10.b`).
    #[must_use]
    pub fn queue_key(&self, organisation: Bin) -> QueueKey {
        use chrono::Datelike;
        QueueKey {
            organisation,
            language: self.language,
            birth_year: self.birth_date.year(),
            stream: self.stream.clone(),
        }
    }

    /// The place of an entry in its queue.
    #[must_use]
    pub const fn place(&self, entry: &Entry) -> Place {
        Place { lane: self.lane, submitted_at: entry.ordered_at, application: self.id }
    }

    /// The entry for an organisation.
    #[must_use]
    pub fn entry(&self, organisation: Bin) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.organisation == organisation)
    }

    /// The live offers.
    pub fn offers(&self) -> impl Iterator<Item = (Bin, &OfferRef)> {
        self.entries.iter().filter_map(|entry| match &entry.state {
            EntryState::Offered(offer) => Some((entry.organisation, offer)),
            _ => None,
        })
    }

    /// The referral in force, if there is one.
    #[must_use]
    pub fn live_referral(&self) -> Option<&Referral> {
        self.referral.as_ref().filter(|referral| referral.status == ReferralStatus::Issued)
    }

    /// The seats this application holds, by offer or by referral.
    #[must_use]
    pub fn held_seats(&self) -> Vec<(Bin, SeatId)> {
        let offered = self.offers().map(|(organisation, offer)| (organisation, offer.seat));
        offered.chain(self.live_referral().map(|referral| (referral.organisation, referral.seat))).collect()
    }
}
