//! An application with its entries, referral, contract and duties, and what is kept of its history.

use chrono::NaiveDate;

use super::{Agenda, Lane, Place, QueueKey, Status};
use crate::ids::{Id, Name, ReferralId};
use crate::time::Ms;

/// An entry of an application.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// The organisation.
    pub organisation: Name,
    /// The order key.
    pub ordered: Ms,
    /// Where it is.
    pub place: Place,
}

/// A referral as its application keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Referral {
    /// Its id.
    pub id: ReferralId,
    /// To whom.
    pub organisation: Name,
    /// For which seat.
    pub seat: Id,
    /// Its status.
    pub status: Name,
    /// Whether it is in force.
    pub issued: bool,
    /// When its seat's clock runs out by its stage, given the contract's term; none while someone else has a task.
    pub runs_out: Option<Ms>,
    /// When the register's time for the second check is over, if a register is asked.
    pub check: Option<Ms>,
}

/// A contract as its application keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contract {
    /// By which referral.
    pub referral: ReferralId,
    /// With whom.
    pub organisation: Name,
    /// For which seat.
    pub seat: Id,
    /// Its status.
    pub status: Name,
    /// Whether it is in force.
    pub signed: bool,
    /// Whether it was ever signed.
    pub was_signed: bool,
    /// The last day of a temporary place.
    pub temporary: Option<NaiveDate>,
}

/// An officer's duty.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Duty {
    /// Its kind.
    pub kind: Name,
    /// When it is due.
    pub due: Ms,
    /// Since when it waits.
    pub since: Ms,
    /// Whether it was reported as overdue.
    pub late: bool,
}

/// An application.
#[derive(Debug, Clone)]
pub struct App {
    /// Its version.
    pub version: u32,
    /// Whose.
    pub applicant: Id,
    /// Which child's.
    pub child: Id,
    /// Born when.
    pub born: NaiveDate,
    /// With a PMPC conclusion.
    pub pmpc: bool,
    /// Where the family lives.
    pub settlement: Name,
    /// In which language.
    pub language: Name,
    /// In which stream.
    pub stream: Name,
    /// In which lane.
    pub lane: Lane,
    /// When submitted.
    pub submitted: Ms,
    /// When accepted.
    pub accepted: Ms,
    /// Where it is in its life.
    pub status: Status,
    /// Why it is archived.
    pub reason: Option<Name>,
    /// Its entries.
    pub entries: Box<[Entry]>,
    /// The yearly question: which year's, how far, under which policy.
    pub interest: (u32, u8, Name),
    /// The referral.
    pub referral: Option<Box<Referral>>,
    /// The day from which the place is wanted.
    pub not_before: Option<NaiveDate>,
    /// A claim: whether a register is asked first, and the lane it leads to.
    pub claim: Option<(bool, Lane)>,
    /// The contract.
    pub contract: Option<Box<Contract>>,
    /// What officers owe.
    pub duties: Box<[Duty]>,
    /// The policy of its registration.
    pub policy: Name,
    /// Where it stands in the agenda.
    pub agenda: Agenda,
    /// What its history says beyond that.
    pub past: Past,
}

/// What is kept of an application's history once it was replayed.
#[derive(Debug, Clone, Default)]
pub struct Past {
    /// When the register's time is over that is waited for, as it was told, and under which version of the calendar.
    pub register: Option<(Ms, i64)>,
    /// Whether documents were handed in after the registration.
    pub more_documents: bool,
    /// The contracts it signed: by which referral, for which seat.
    pub signed: Vec<(ReferralId, Name, Id)>,
    /// Events that must have a notice, and when they happened.
    pub untold: Vec<(u32, Ms)>,
    /// From when to when it held an offer of some organisation.
    pub offers: Vec<(Ms, Ms)>,
    /// From when to when it was at a temporary place.
    pub away: Vec<(Ms, Ms)>,
    /// The seats that were withdrawn while it held them.
    pub withdrawn: Vec<Id>,
    /// When its last event happened.
    pub last: Ms,
}

impl App {
    /// The queue in which an entry stands.
    #[must_use]
    pub fn queue(&self, organisation: Name) -> QueueKey {
        use chrono::Datelike;
        QueueKey { organisation, language: self.language, stream: self.stream, year: self.born.year() }
    }

    /// The duty of a kind.
    #[must_use]
    pub fn duty(&self, kind: Option<Name>) -> Option<&Duty> {
        self.duties.iter().find(|duty| Some(duty.kind) == kind)
    }

    /// The referral in force.
    #[must_use]
    pub fn live_referral(&self) -> Option<&Referral> {
        self.referral.as_deref().filter(|referral| referral.issued)
    }
}
