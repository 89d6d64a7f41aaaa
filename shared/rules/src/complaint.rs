//! Complaints (`P18`, with P19, P20 and P30 of the Order): the noun, its states, its events and its clocks. The transitions are
//! made in `decide::complaint`, nowhere else. Never here: what the complaint says – that is personal, and no rule reads it.

use serde::{Deserialize, Serialize};

use crate::ids::{ApplicationId, Bin, ComplaintId, PersonKey};
use crate::organisation::Kato;
use crate::policy::PolicyRef;
use crate::queue::Instant;

named! {
    /// What a complaint is about.
    About {
        /// The decisions, actions or inaction of the provider (P18).
        Provider = "provider",
        /// Those of an organisation (P30).
        Organisation = "organisation",
    }
}

named! {
    /// To whom a complaint is addressed: that decides its term.
    Addressee {
        /// The head of the provider: 5 working days (P19).
        Provider = "provider",
        /// The authority for the quality of public services: 15 working days (P20).
        Authority = "authority",
    }
}

named! {
    /// How far a complaint has come, as its applicant sees it (P20).
    State {
        /// It has arrived, and waits for working time (`P5.b`).
        Delivered = "delivered",
        /// It is registered: its term runs.
        Registered = "registered",
        /// An officer looks into it.
        InReview = "in-review",
        /// It was looked into and answered.
        Answered = "answered",
        /// It was not looked into; the answer says why.
        Refused = "refused",
    }
}

impl State {
    /// Whether an officer still owes something.
    #[must_use]
    pub const fn is_open(self) -> bool {
        matches!(self, State::Registered | State::InReview)
    }

    /// Whether it has ended.
    #[must_use]
    pub const fn has_ended(self) -> bool {
        matches!(self, State::Answered | State::Refused)
    }
}

/// A complaint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Complaint {
    /// Its id.
    pub id: ComplaintId,
    /// Its version: the sequence of its last event.
    pub version: u32,
    /// Who complains.
    pub applicant: PersonKey,
    /// About whom.
    pub about: About,
    /// About which organisation, or of which provider's territory.
    pub organisation: Option<Bin>,
    /// To whom.
    pub addressee: Addressee,
    /// About which application, if it names one.
    pub application: Option<ApplicationId>,
    /// In whose territory: which officers see it, and which policy governs it.
    pub settlement: Kato,
    /// When it was filed.
    pub submitted_at: Instant,
    /// When it is or was registered: its term counts from that day.
    pub registered_at: Instant,
    /// When it is to be answered: 18:30 of the last day.
    pub due_at: Instant,
    /// How far it has come.
    pub state: State,
    /// Whether it was reported as overdue.
    pub overdue: bool,
    /// The policy that governs its term (`K5`).
    pub policy: PolicyRef,
    /// The calendar version its term was counted with (`C3`).
    pub calendar: u32,
}

/// What a complaint's clock does when it runs out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clock {
    /// It is registered at the start of working time.
    Registration,
    /// It becomes overdue.
    Term,
}

impl Complaint {
    /// The next of its clocks, and when it runs out; none once it is overdue or has ended.
    #[must_use]
    pub fn next_clock(&self) -> Option<(Instant, Clock)> {
        match self.state {
            State::Delivered => Some((self.registered_at, Clock::Registration)),
            state if state.is_open() && !self.overdue => Some((self.due_at, Clock::Term)),
            _ => None,
        }
    }

    /// Whether it is overdue at an instant, reported or not (`P18`): the very end of the term is too late.
    #[must_use]
    pub fn is_overdue(&self, now: Instant) -> bool {
        self.overdue || (!self.state.has_ended() && self.due_at <= now)
    }
}

/// One thing that happened to a complaint. Nothing of its text is ever here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "kebab-case", rename_all_fields = "camelCase")]
pub enum Fact {
    /// It arrived outside working time.
    Delivered {
        /// About whom.
        about: About,
        /// About which organisation.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        organisation: Option<Bin>,
        /// To whom.
        addressee: Addressee,
        /// When it will be registered.
        registered_at: Instant,
        /// When it will be due.
        due_at: Instant,
    },
    /// It was registered: its term runs.
    Registered {
        /// About whom.
        about: About,
        /// About which organisation.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        organisation: Option<Bin>,
        /// To whom.
        addressee: Addressee,
        /// When it is due.
        due_at: Instant,
    },
    /// An officer looks into it.
    InReview,
    /// It was answered.
    Answered,
    /// It was not looked into.
    Refused,
    /// A deadline was counted again after a patch of the calendar (`C3`).
    DeadlineMoved {
        /// Which deadline: `registration` or `answer`.
        deadline: String,
        /// Where it was.
        from: Instant,
        /// Where it is now.
        to: Instant,
    },
    /// Its term is over without an answer.
    Overdue {
        /// When it was due.
        due_at: Instant,
    },
}

impl Fact {
    /// The history code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Fact::Delivered { .. } => State::Delivered.as_str(),
            Fact::Registered { .. } => State::Registered.as_str(),
            Fact::InReview => State::InReview.as_str(),
            Fact::Answered => State::Answered.as_str(),
            Fact::Refused => State::Refused.as_str(),
            Fact::DeadlineMoved { .. } => "deadline-moved",
            Fact::Overdue { .. } => "overdue",
        }
    }

    /// The state this fact brought about; none if it brought none.
    #[must_use]
    pub const fn state(&self) -> Option<State> {
        match self {
            Fact::Delivered { .. } => Some(State::Delivered),
            Fact::Registered { .. } => Some(State::Registered),
            Fact::InReview => Some(State::InReview),
            Fact::Answered => Some(State::Answered),
            Fact::Refused => Some(State::Refused),
            Fact::DeadlineMoved { .. } | Fact::Overdue { .. } => None,
        }
    }

    /// The rule of this fact.
    #[must_use]
    pub const fn rule(&self) -> &'static str {
        match self {
            Fact::DeadlineMoved { .. } => "C3",
            _ => "P18",
        }
    }
}

/// What happened to a complaint in one step: its history, and through the stream all that the outside learns of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Event {
    /// The complaint.
    pub complaint: ComplaintId,
    /// Its sequence in the complaint's history, from 1.
    pub seq: u32,
    /// In whose territory.
    pub settlement: Kato,
    /// When.
    pub at: Instant,
    /// The policy that governs the term (`K5`).
    pub policy: String,
    /// The calendar version the term was counted with (`C3`).
    pub calendar: u32,
    /// What, in order.
    pub facts: Vec<Fact>,
}

/// One atomic change of a complaint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The complaint after it, conditional on the version before it.
    pub complaint: Complaint,
    /// Where its term ended before, if this step moved the end: its task stood there.
    pub moved_from: Option<Instant>,
    /// What happened.
    pub event: Event,
}
