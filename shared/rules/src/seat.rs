//! The life of a vacancy: one seat, what its bulletin said of it, and who holds it (`K4`: at most one child).
//! The transitions are made in `decide`, nowhere else.

use chrono::NaiveDate;

use crate::group::GroupType;
use crate::ids::{ApplicationId, Bin, OfferId, ReferralId, SeatId};
use crate::organisation::{Kato, OrganisationType};
use crate::policy::PolicyRef;
use crate::queue::{Instant, Lane, Language, QueueKey, Stream};
use crate::step::MixedKey;
use crate::terms;

/// A live offer, as its seat knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// The offer.
    pub id: OfferId,
    /// To whom.
    pub application: ApplicationId,
    /// The lane from whose head it was taken.
    pub lane: Lane,
    /// When it was made.
    pub offered_at: Instant,
    /// When it is sent again (`P16.3`).
    pub remind_at: Instant,
    /// Whether it was sent again.
    pub reminded: bool,
    /// The last day to answer (`P15.b`).
    pub last_day: NaiveDate,
    /// The end of the term to answer, exclusive.
    pub answer_by: Instant,
    /// The policy that governs this offer and its outcome (`K5`).
    pub policy: PolicyRef,
    /// The calendar version it was counted with (`C3`).
    pub calendar: u32,
}

/// Who holds a seat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SeatState {
    /// No one: to be offered.
    Open,
    /// Offered to one child.
    Offered(Offer),
    /// Referred: "general admission mode" until the contract (`P3.8`).
    Referred {
        /// To whom.
        application: ApplicationId,
        /// By which referral.
        referral: ReferralId,
        /// When the next of the referral's clocks runs out: its validity, the check of its documents, the signature of its
        /// contract. None while it waits for someone who has a task.
        due_at: Option<Instant>,
    },
    /// Taken: a contract was signed (`P22.d`). It comes free by a new bulletin only.
    Filled {
        /// By whom.
        application: ApplicationId,
        /// By which referral.
        referral: ReferralId,
    },
    /// Withdrawn by its organisation or the provider (`K3`).
    Withdrawn,
}

impl SeatState {
    /// The name used in JSON.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            SeatState::Open => "open",
            SeatState::Offered(_) => "offered",
            SeatState::Referred { .. } => "referred",
            SeatState::Filled { .. } => "filled",
            SeatState::Withdrawn => "withdrawn",
        }
    }

    /// The next instant at which something is due on this seat: the reminder, the end of the offer, the end of the referral.
    #[must_use]
    pub const fn due_at(&self) -> Option<Instant> {
        match self {
            SeatState::Offered(offer) if !offer.reminded => Some(offer.remind_at),
            SeatState::Offered(offer) => Some(offer.answer_by),
            SeatState::Referred { due_at, .. } => *due_at,
            SeatState::Open | SeatState::Filled { .. } | SeatState::Withdrawn => None,
        }
    }
}

/// What the bulletin said of a vacancy (`P3.3`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vacancy {
    /// The bulletin's id, as its organisation gave it.
    pub bulletin: String,
    /// The line in it.
    pub line: u16,
    /// When the bulletin was issued: with the line, the chronology of service (`P17.1`).
    pub issued_at: Instant,
    /// The organisation's type.
    pub organisation_type: OrganisationType,
    /// Where the organisation is.
    pub settlement: Kato,
    /// Work regime in tenths of hours (10.5 hours are 105).
    pub regime_tenths: u16,
    /// The language of instruction.
    pub language: Language,
    /// The stream.
    pub stream: Stream,
    /// The group.
    pub group_type: GroupType,
    /// The birth years it serves, frozen when the bulletin was taken (`P24`).
    pub birth_years: Vec<i32>,
    /// The last day of a temporary place, whose own child is away (`P23.c`); none for a permanent one.
    pub temporary_until: Option<NaiveDate>,
}

/// One free place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seat {
    /// Whose it is.
    pub organisation: Bin,
    /// Its id; ids of one organisation sort in the order of service (`P17.1`).
    pub id: SeatId,
    /// Its version; 0 before it is stored.
    pub version: u32,
    /// What the bulletin said of it.
    pub vacancy: Vacancy,
    /// Who holds it.
    pub state: SeatState,
    /// Who declined or ignored it and waits on (**D-temporary-decline** `keep`): it isn't offered to them again. The latest
    /// [`DECLINED_MAX`].
    pub declined_by: Vec<ApplicationId>,
}

/// How many of those who declined a temporary place it remembers.
pub const DECLINED_MAX: usize = 100;

impl Seat {
    /// Whether the time of a temporary place is over on a day (`P23.c`): it isn't offered any more.
    #[must_use]
    pub fn is_over(&self, today: NaiveDate) -> bool {
        self.vacancy.temporary_until.is_some_and(|last| last < today)
    }

    /// The instant at which the time of a temporary place is over (`P23.c`); none for a permanent one.
    #[must_use]
    pub fn ends_at(&self) -> Option<Instant> {
        self.vacancy.temporary_until.map(|last| terms::start_of_day(terms::calendar_days(last, 1)))
    }

    /// The mixed-age group it belongs to, with a phase of its own; none if it serves one birth year (`P24.m`).
    #[must_use]
    pub fn mixed(&self) -> Option<MixedKey> {
        (self.vacancy.birth_years.len() > 1).then(|| MixedKey {
            organisation: self.organisation,
            language: self.vacancy.language,
            stream: self.vacancy.stream.clone(),
            birth_years: self.vacancy.birth_years.clone(),
        })
    }

    /// Remembers who declined or ignored it and waits on (**D-temporary-decline** `keep`).
    pub fn remember(&mut self, declined: ApplicationId) {
        self.declined_by.retain(|known| *known != declined);
        self.declined_by.push(declined);
        let too_many = self.declined_by.len().saturating_sub(DECLINED_MAX);
        self.declined_by.drain(..too_many);
    }

    /// The queues from whose heads this seat is served, one per birth year.
    pub fn queues(&self) -> impl Iterator<Item = QueueKey> + '_ {
        self.vacancy.birth_years.iter().map(|year| QueueKey {
            organisation: self.organisation,
            language: self.vacancy.language,
            birth_year: *year,
            stream: self.vacancy.stream.clone(),
        })
    }
}
