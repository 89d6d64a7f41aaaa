//! One instant of the modelled world: children, seats, queues, whoever is at work, and what is under way. Never here: how it changes.

/// Children, seats, organisations with a queue each, allocators.
pub const CHILDREN: usize = 3;
/// How many seats there are.
pub const SEATS: usize = 2;
/// How many organisations there are, each with one queue.
pub const QUEUES: usize = 2;
/// How many allocators work at once.
pub const ALLOCATORS: usize = 2;

/// An application as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Status {
    /// Not submitted yet.
    Unknown,
    /// It has at least one live entry.
    Queued,
    /// It holds a referral to a seat.
    Referred(u8),
    /// It has ended.
    Archived,
}

/// An application's place in one queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Entry {
    /// It waits.
    Waiting,
    /// A seat is offered to it.
    Offered(u8),
    /// An offer ran out; it is asked whether it still wants.
    Suspended,
    /// It has left, or never was there.
    Left,
}

/// A child: its application with its entries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Child {
    /// The application.
    pub status: Status,
    /// Its entry for each organisation.
    pub entries: [Entry; QUEUES],
}

/// A seat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Seat {
    /// Its bulletin hasn't come.
    Unknown,
    /// Free.
    Open,
    /// Offered to a child.
    Offered(u8),
    /// A child holds the referral to it.
    Referred(u8),
    /// Its organisation took it back.
    Withdrawn,
}

/// A queue: who waits, as bits, and the phase of its interleave.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Queue {
    /// Who waits.
    pub waiting: u8,
    /// The phase (`P10.d`).
    pub phase: u8,
}

/// Which of the things that were read have been written since.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Stale {
    /// The seats, as bits.
    pub seats: u8,
    /// The application.
    pub application: bool,
    /// The queues, as bits.
    pub queues: u8,
}

/// What an allocator has read and decided, and not yet written. One that can't be written any more has forgotten what it was, so that
/// fewer states differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Plan {
    /// Which seat.
    pub seat: u8,
    /// To which child.
    pub child: u8,
    /// As it was read.
    pub read: Child,
    /// The phase of the queue as it was read.
    pub phase: u8,
    /// What was written since.
    pub stale: Stale,
}

impl Plan {
    /// A plan that can't be written any more.
    #[must_use]
    pub const fn failed(seat: u8) -> Self {
        let read = Child { status: Status::Archived, entries: [Entry::Left; QUEUES] };
        Self { seat, child: 0, read, phase: 0, stale: Stale { seats: u8::MAX, application: true, queues: u8::MAX } }
    }
}

/// An allocator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Allocator {
    /// It waits for a message.
    Idle,
    /// It serves an organisation.
    Serving {
        /// Which.
        organisation: u8,
        /// The seats that it found open and hasn't served, as bits.
        todo: u8,
        /// Which of them have been written since.
        stale: u8,
        /// Whether a write failed: from then on each seat is read again before it is tried.
        warned: bool,
        /// What it is about to write.
        plan: Option<Plan>,
    },
}

impl Allocator {
    /// Whether it has a message of an organisation in flight.
    #[must_use]
    pub fn serves(self, which: usize) -> bool {
        matches!(self, Allocator::Serving { organisation, .. } if usize::from(organisation) == which)
    }
}

/// What is to be done about an application, other than an offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Task {
    /// The applicant accepts the offer of an organisation (`P15.9`).
    Accept(u8),
    /// It declines (`P15.c`).
    Decline(u8),
    /// The offer's time is over: a sweep passes the seat on and suspends the entry (`P16.3`, `P15.d`).
    Expire(u8),
    /// Asked after a suspension, it still wants.
    Resume(u8),
    /// It doesn't, or says nothing.
    Drop(u8),
    /// The application is withdrawn (`P15.4`).
    Withdraw,
    /// The provider takes a held seat back (`K3`).
    TakeBack(u8),
}

/// A request or a sweep between its reading and its commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Errand {
    /// What is to be done.
    pub task: Task,
    /// About which child.
    pub child: u8,
    /// As it was read.
    pub read: Child,
    /// What was written since.
    pub stale: Stale,
}

/// One instant.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct State {
    /// The children.
    pub children: [Child; CHILDREN],
    /// The seats.
    pub seats: [Seat; SEATS],
    /// The queues.
    pub queues: [Queue; QUEUES],
    /// The allocators, in order: which is which means nothing.
    pub allocators: [Allocator; ALLOCATORS],
    /// A request or a sweep under way.
    pub errand: Option<Errand>,
    /// Organisations that are to be woken, as bits: by an event that the stream publishes, then by the message that it makes.
    pub wakes: u8,
    /// Whether an offer went to someone who didn't stand first when it was committed.
    pub jumped: bool,
    /// What may still go wrong.
    pub left: super::Budget,
}

/// Whether a bit is set.
#[must_use]
pub const fn has(bits: u8, which: usize) -> bool {
    bits & (1 << which) != 0
}

/// The bits that are set.
pub fn each(bits: u8) -> impl Iterator<Item = usize> {
    (0..8).filter(move |which| has(bits, *which))
}
