//! What the checker keeps of the things of a base, in few bytes each. Only what an invariant rests on; nothing personal. Here are the
//! states; applications are in `app`, queues and seats in `queue`.

mod app;
mod queue;

use crate::ids::Id;
use crate::time::Ms;

pub use app::{App, Contract, Duty, Entry, Past, Referral};
pub use queue::{Bulletin, Change, Held, Queue, QueueKey, Right, Seat, Standing};

/// The lanes, in the order in which they are served: 0 out of turn, 1 first priority, 2 general.
pub type Lane = u8;

/// Their names.
pub const LANES: [&str; 3] = ["out-of-turn", "first-priority", "general"];

/// The lane of a name.
#[must_use]
pub fn lane(name: &str) -> Option<Lane> {
    LANES.iter().position(|lane| *lane == name).and_then(|lane| u8::try_from(lane).ok())
}

/// Where an item stands in the agenda index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Agenda {
    /// Nowhere.
    Nowhere,
    /// Among what is due.
    Due(Family, Ms),
    /// Among the open seats of its organisation.
    Open,
    /// At a place that no one reads.
    Astray,
}

/// Which schedule serves a clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Family {
    /// Every minute.
    Minute,
    /// Daily.
    Daily,
    /// Hourly.
    Work,
}

impl Family {
    /// Its name in the index.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Family::Minute => "minute",
            Family::Daily => "daily",
            Family::Work => "work",
        }
    }

    /// For how long a clock that has run out may wait for its schedule.
    #[must_use]
    pub const fn patience(self) -> Ms {
        const MINUTE: Ms = 60 * 1000;
        match self {
            Family::Minute => MINUTE,
            // The hourly sweep catches up on what a daily one has left for an hour.
            Family::Daily => 121 * MINUTE,
            Family::Work => 61 * MINUTE,
        }
    }
}

/// Where an application is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Waits for working time.
    Accepted,
    /// Waits for a register or an officer.
    Verifying,
    /// In its queues.
    Queued,
    /// Refused.
    Refused,
    /// Holds a referral.
    Referred,
    /// In a temporary place.
    Enrolled,
    /// Archived.
    Archived,
}

impl Status {
    /// The status of a name.
    #[must_use]
    pub fn of(name: &str) -> Option<Self> {
        Some(match name {
            "accepted" => Status::Accepted,
            "verifying" => Status::Verifying,
            "queued" => Status::Queued,
            "refused" => Status::Refused,
            "referred" => Status::Referred,
            "enrolled" => Status::Enrolled,
            "archived" => Status::Archived,
            _ => return None,
        })
    }

    /// Whether it goes on.
    #[must_use]
    pub const fn is_live(self) -> bool {
        !matches!(self, Status::Refused | Status::Archived)
    }
}

/// Why applications are archived (`P3.2`).
pub const REASONS: [&str; 11] = [
    "enrolled",
    "declined",
    "no-answer",
    "no-interest",
    "withdrawn",
    "age-limit",
    "refused",
    "referral-lapsed",
    "cancelled",
    "violation",
    "duplicate",
];

/// Where an entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// In no queue yet.
    Pending,
    /// Keeps its place until later.
    Dormant,
    /// Waits.
    Waiting,
    /// Holds an offer of a seat.
    Offered {
        /// The offer.
        offer: Id,
        /// The seat.
        seat: Id,
        /// The end of its term, as the application knows it.
        by: Ms,
    },
    /// Suspended, until its clock runs out.
    Suspended(Ms),
    /// Set aside by a referral.
    Aside,
    /// Ended.
    Left,
}

impl Place {
    /// Its kind, for a comparison that leaves clocks out.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Place::Pending => "pending",
            Place::Dormant => "dormant",
            Place::Waiting => "waiting",
            Place::Offered { .. } => "offered",
            Place::Suspended(_) => "suspended",
            Place::Aside => "set aside",
            Place::Left => "left",
        }
    }
}
