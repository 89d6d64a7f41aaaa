//! A step: one atomic change of the whole, as the rules decide it and the store commits it; in `fact` and `history`, what it
//! leaves behind. Steps are values: nothing is decided while one is written.

mod fact;
mod history;
mod lacking;

use crate::application::{Application, Duty};
use crate::ids::{ApplicationId, Bin};
use crate::organisation::Kato;
use crate::queue::{Instant, KeptPhase, Lane, Language, Place, QueueKey, Stream, Totals};
use crate::seat::Seat;

pub use fact::{Fact, Ground, Verifier};
pub use history::{Event, MixedTrace, PlaceTrace, QueueTrace};
pub use lacking::Lacking;

/// A queue as a decision sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueView {
    /// Which queue.
    pub key: QueueKey,
    /// Where its organisation is: its policy governs the interleave (`K5`).
    pub settlement: Kato,
    /// Its version: the sequence of its last change; 0 if it was never used.
    pub version: u64,
    /// Its phase as kept by its last change; none if it was never used.
    pub phase: Option<KeptPhase>,
    /// Who waits in it.
    pub totals: Totals,
    /// The rank in its lane that the application of the snapshot has, or would have.
    pub rank: u64,
}

/// All that a decision about one application needs to know.
#[derive(Debug, Clone)]
pub struct Snapshot {
    /// The application.
    pub application: Box<Application>,
    /// The seats it holds.
    pub seats: Vec<Seat>,
    /// The queues of its entries.
    pub queues: Vec<QueueView>,
}

/// The phase of a mixed-age group (`P24.m`), kept apart from those of the single queues.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MixedView {
    /// Which group.
    pub key: MixedKey,
    /// Its version: 0 if it was never used.
    pub version: u64,
    /// Its phase as kept by its last change; none if it was never used.
    pub phase: Option<KeptPhase>,
}

/// What a mixed-age group's phase is kept for (`P24.m`).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct MixedKey {
    /// Whose group.
    pub organisation: Bin,
    /// The language of instruction.
    pub language: Language,
    /// The stream.
    pub stream: Stream,
    /// The birth years it takes, ascending.
    pub birth_years: Vec<i32>,
}

/// A change of a mixed-age group's phase.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MixedStep {
    /// Which group.
    pub key: MixedKey,
    /// The version it was decided on: the write is conditional on it.
    pub version: u64,
    /// The phase after the step, and when that is.
    pub phase: KeptPhase,
}

/// A change of one queue: who comes, who goes, and the phase.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueStep {
    /// Which queue.
    pub key: QueueKey,
    /// The version it was decided on: the write is conditional on it.
    pub version: u64,
    /// Who comes to stand in it.
    pub arrives: Option<Place>,
    /// Who leaves it.
    pub departs: Option<Place>,
    /// The phase after the step.
    pub phase: u8,
    /// Why, for those who ask why their number moved (`P15.6`): a history code.
    pub why: &'static str,
    /// The rule of the reason.
    pub rule: &'static str,
}

/// The lock that lets a child have one live application per kind of stream (`K1`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChildLock {
    /// Unchanged.
    Keep,
    /// Taken by a new application.
    Take,
    /// Released: the application has ended, or its contract has (`P12`).
    Release,
    /// Kept by a contract in force (`P12`), to a place that was got by a benefit: the child's next application stands in the
    /// general lane (`P23.a`).
    KeepBenefitUsed,
}

/// What an officer has to do, and by when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Task {
    /// What is to be decided.
    pub duty: Duty,
    /// About which application.
    pub application: ApplicationId,
    /// In whose territory.
    pub settlement: Kato,
    /// When it is due (`P6.a`).
    pub due_at: Instant,
    /// Since when it waits.
    pub since: Instant,
    /// The lane it claims or stands in.
    pub lane: Lane,
    /// Whether it has been reported as overdue.
    pub overdue: bool,
}

/// What happens to an officers' task of an application.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TaskStep {
    /// It is opened, or changed.
    Put(Task),
    /// It is done.
    Close(Task),
}

/// One atomic change.
#[derive(Debug, Clone)]
pub struct Step {
    /// The application after it; conditional on the version before it.
    pub application: Box<Application>,
    /// The seats after it, each conditional on the version it carries.
    pub seats: Vec<Seat>,
    /// The queues it changes.
    pub queues: Vec<QueueStep>,
    /// The child's lock.
    pub lock: ChildLock,
    /// The officers' tasks that change.
    pub tasks: Vec<TaskStep>,
    /// The phase of the mixed-age group it was served by (`P24.m`).
    pub mixed: Option<MixedStep>,
    /// Where it stands, unmoved, while its child has come to a PMPC conclusion: there its birth year doesn't bind it any more (`P24`).
    pub exempted: Vec<(QueueKey, Place)>,
    /// What happened.
    pub event: Event,
}

impl Step {
    /// Keeps with a refusal the documents it rests on, so that its notice names each of them (`P5.d`, `P22.c`).
    #[must_use]
    pub fn naming(mut self, lacking: &Lacking) -> Self {
        if !lacking.is_none() {
            self.event.facts.push(Fact::DocumentsLacking(lacking.clone()));
        }
        self
    }
}
