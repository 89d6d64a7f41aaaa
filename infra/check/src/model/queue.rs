//! Queues with their changes, seats and the bulletins that announced them.

use chrono::NaiveDate;

use super::{Agenda, Lane};
use crate::ids::{Id, Name, ReferralId};
use crate::time::Ms;

/// What makes one queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct QueueKey {
    /// The organisation.
    pub organisation: Name,
    /// The language.
    pub language: Name,
    /// The stream.
    pub stream: Name,
    /// The birth year.
    pub year: i32,
}

/// A place in a queue: lane, order key, whose.
pub type Standing = (Lane, Ms, Id);

/// A queue's item.
#[derive(Debug, Clone)]
pub struct Queue {
    /// Its version.
    pub version: u64,
    /// Its phase.
    pub phase: u8,
    /// Its counters, by lane.
    pub totals: [u64; 3],
    /// Where its organisation is.
    pub settlement: Name,
    /// How many pending changes it says it has.
    pub pending_count: i64,
    /// The pending changes: whether someone came, and where.
    pub pending: Vec<(bool, Standing)>,
    /// The roots of its tree, as bytes.
    pub tops: Vec<u8>,
    /// The fold counter.
    pub fold: i64,
}

/// How a seat stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Held {
    /// By no one.
    Open,
    /// Offered.
    Offered {
        /// The offer.
        offer: Id,
        /// To whom.
        app: Id,
        /// The end of its term.
        by: Ms,
        /// When the next of its clocks runs out.
        due: Ms,
    },
    /// Referred.
    Referred {
        /// To whom.
        app: Id,
        /// By which referral.
        referral: ReferralId,
        /// When its clock runs out.
        due: Option<Ms>,
    },
    /// Taken.
    Filled {
        /// By whom.
        app: Id,
        /// By which referral.
        referral: ReferralId,
    },
    /// Withdrawn.
    Withdrawn,
}

/// A seat.
#[derive(Debug, Clone)]
pub struct Seat {
    /// Its version.
    pub version: i64,
    /// Its bulletin.
    pub bulletin: Name,
    /// The line.
    pub line: i64,
    /// Where it is.
    pub settlement: Name,
    /// The language.
    pub language: Name,
    /// The stream.
    pub stream: Name,
    /// The birth years it serves.
    pub years: Box<[i32]>,
    /// The last day of a temporary place.
    pub temporary: Option<NaiveDate>,
    /// Who declined it and waits on.
    pub declined: Vec<Id>,
    /// How it stands.
    pub held: Held,
    /// Where it stands in the agenda.
    pub agenda: Agenda,
}

/// A bulletin.
#[derive(Debug, Clone)]
pub struct Bulletin {
    /// When it was taken.
    pub taken: Ms,
    /// Whether all its seats were written.
    pub done: bool,
    /// The lines, and how many vacancies each made.
    pub lines: Vec<(i64, i64)>,
}

/// By which right an entry was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Right {
    /// As the head of its queue.
    Head,
    /// Among the heads of a mixed-age group.
    Mixed,
    /// With a sibling.
    Sibling,
    /// With a PMPC conclusion.
    Pmpc,
    /// By one that the checker doesn't know.
    Unknown,
}

/// A change of a queue, as the history tells it.
#[derive(Debug, Clone)]
pub struct Change {
    /// The queue.
    pub queue: QueueKey,
    /// Its sequence there.
    pub seq: u64,
    /// Whose event.
    pub app: Id,
    /// When.
    pub at: Ms,
    /// Who came: lane and order key.
    pub arrived: Option<(Lane, Ms)>,
    /// Who went.
    pub departed: Option<(Lane, Ms)>,
    /// The phase after it.
    pub phase: u8,
    /// If it was taken for an offer: by which right, which seat, in which lane.
    pub taken: Option<Box<(Right, Id, Lane)>>,
    /// If a mixed-age group took it: the sequence there, and the group's phase after it.
    pub mixed: Option<(u64, u8)>,
}

impl Change {
    /// By which right its entry was taken, if it was.
    #[must_use]
    pub fn right(&self) -> Option<Right> {
        self.taken.as_ref().map(|taken| taken.0)
    }
}
