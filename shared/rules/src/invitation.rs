//! Invitations to be queued (`P7`), also those of a single application (`P8`): the noun, its states and its events. The transitions
//! are made in `decide::invitation`, nowhere else. Never here: who is invited by name or number, and what is wished for.

use serde::{Deserialize, Serialize};

use crate::ids::{Bin, InvitationId, PersonKey};
use crate::organisation::Kato;
use crate::queue::Instant;

named! {
    /// What an invitation came from.
    Source {
        /// The state's systems found the child by themselves (`P7`).
        Proactive = "proactive",
        /// The birth was registered, and the single application carried the wish to be queued (`P8`).
        BirthRegistration = "birth-registration",
    }
}

impl Source {
    /// Whether it can carry the applicant's own consent: a single application is made by the applicant (`P8`), anything else the state
    /// does by itself (`P7`).
    #[must_use]
    pub const fn carries_consent(self) -> bool {
        matches!(self, Source::BirthRegistration)
    }

    /// The rule it rests on.
    #[must_use]
    pub const fn rule(self) -> &'static str {
        match self {
            Source::Proactive => "P7",
            Source::BirthRegistration => "P8",
        }
    }
}

named! {
    /// How far an invitation has come.
    State {
        /// Sent: the applicant's answer is awaited.
        Sent = "sent",
        /// The applicant consented: it has become the application of the same id.
        Accepted = "accepted",
        /// The applicant doesn't consent.
        Declined = "declined",
        /// The child has reached the age limit without an answer (`P11.b`).
        Lapsed = "lapsed",
        /// Another one about the same child was sent to the same applicant.
        Replaced = "replaced",
    }
}

/// An invitation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    /// Its id.
    pub id: InvitationId,
    /// Its version: the sequence of its last event.
    pub version: u32,
    /// Which state system sent it.
    pub sender: PersonKey,
    /// Who is invited.
    pub applicant: PersonKey,
    /// For which child.
    pub child: PersonKey,
    /// Where the family lives: its policy governs it.
    pub settlement: Kato,
    /// What it came from.
    pub source: Source,
    /// How far it has come.
    pub state: State,
    /// When it was sent.
    pub sent_at: Instant,
    /// When it was answered.
    pub answered_at: Option<Instant>,
    /// When the child reaches the age limit (`P11.b`); none for one that the limit doesn't bind.
    pub lapses_at: Option<Instant>,
}

impl Invitation {
    /// When it lapses, while it is open.
    #[must_use]
    pub fn next_clock(&self) -> Option<Instant> {
        self.lapses_at.filter(|_| self.state == State::Sent)
    }
}

/// One thing that happened to an invitation. Nothing about a person is ever here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "kebab-case", rename_all_fields = "camelCase")]
pub enum Fact {
    /// It was sent to the applicant.
    Sent {
        /// The organisations wished for in the single application (`P8`).
        #[serde(skip_serializing_if = "Vec::is_empty", default)]
        organisations: Vec<Bin>,
    },
    /// The applicant consented: the application of the same id is registered in the same step.
    Accepted,
    /// The applicant doesn't consent.
    Declined,
    /// The child has reached the age limit.
    Lapsed,
    /// Another one took its place.
    Replaced,
}

impl Fact {
    /// The state this fact brought about; its name is the fact's code.
    #[must_use]
    pub const fn state(&self) -> State {
        match self {
            Fact::Sent { .. } => State::Sent,
            Fact::Accepted => State::Accepted,
            Fact::Declined => State::Declined,
            Fact::Lapsed => State::Lapsed,
            Fact::Replaced => State::Replaced,
        }
    }
}

/// What happened to an invitation in one step: through the stream all that the outside learns of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Event {
    /// The invitation.
    pub invitation: InvitationId,
    /// Its sequence in the invitation's history, from 1.
    pub seq: u32,
    /// What the invitation came from.
    pub source: Source,
    /// Where the family lives.
    pub settlement: Kato,
    /// When.
    pub at: Instant,
    /// The policy it was decided under (`K5`).
    pub policy: String,
    /// The calendar version it was decided under (`C3`).
    pub calendar: u32,
    /// What.
    pub fact: Fact,
}

impl Event {
    /// The rule of what happened.
    #[must_use]
    pub const fn rule(&self) -> &'static str {
        match self.fact {
            Fact::Lapsed => "P11.b",
            _ => self.source.rule(),
        }
    }
}

/// One atomic change of an invitation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The invitation after it, conditional on the version before it.
    pub invitation: Invitation,
    /// What happened.
    pub event: Event,
}
