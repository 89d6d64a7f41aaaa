//! What a checked world begins with: who wants what, which conditions a commit has, and how much may go wrong. Never here: a step.

use kezek_rules::queue::{Interleave, Lane, Leading, Totals};

use super::state::{ALLOCATORS, Allocator, CHILDREN, Child, Entry, QUEUES, Queue, SEATS, Seat, State, Status, each};

/// What may still go wrong, or happen again: every run is finite, so that what never happens is seen at its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Budget {
    /// Functions that die between reading and writing.
    pub crashes: u8,
    /// Messages that are delivered again while they are worked on.
    pub copies: u8,
    /// Messages that are lost for good.
    pub losses: u8,
    /// Offers that run out.
    pub silences: u8,
    /// Held seats that the provider takes back.
    pub taken_back: u8,
    /// Hourly looks at open seats that find some.
    pub rescans: u8,
}

/// What a commit is conditional on, and what goes with it. Each can be taken away, to see that it is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Conditions {
    /// Every seat is at the version that was read.
    pub seat: bool,
    /// The application is.
    pub application: bool,
    /// Every queue that changes is.
    pub queue: bool,
    /// The event is in the transaction; otherwise it is written after it, and lost if the function dies then.
    pub event: bool,
    /// A message is deleted when its work is done; otherwise when it is received.
    pub redelivery: bool,
}

impl Conditions {
    /// As the system has them.
    pub const ALL: Self = Self { seat: true, application: true, queue: true, event: true, redelivery: true };
}

/// A world to be checked.
#[derive(Debug, Clone)]
pub struct Protocol {
    /// For each child the organisations that it wants, as bits.
    pub wants: [u8; CHILDREN],
    /// For each child its lane; in a lane they stand in their order.
    pub lanes: [Lane; CHILDREN],
    /// Children who submit at some time, as bits; the others wait from the beginning.
    pub late: u8,
    /// For each seat its organisation.
    pub seats: [u8; SEATS],
    /// What commits are conditional on.
    pub conditions: Conditions,
    /// What may go wrong.
    pub budget: Budget,
    /// Whether requests and sweeps may also be interrupted between reading and commit; otherwise each happens at once.
    pub errands: bool,
}

/// One first-priority to one general: with three children the phase then matters (`P10.d`).
pub const INTERLEAVE: Interleave = Interleave { general: 1, leading: Leading::FirstPriority };

impl Protocol {
    /// Two allocators, two vacancies, three children, two queues; a crash, a duplicate, an offer that nobody answers, and a request or a
    /// sweep that may be overtaken between its reading and its commit.
    #[must_use]
    pub fn whole() -> Self {
        Self {
            wants: [0b11, 0b11, 0b01],
            lanes: [Lane::General, Lane::FirstPriority, Lane::OutOfTurn],
            late: 0b100,
            seats: [0, 1],
            conditions: Conditions::ALL,
            budget: Budget { crashes: 1, copies: 1, losses: 0, silences: 1, taken_back: 0, rescans: 0 },
            errands: true,
        }
    }

    /// The same where both vacancies are of one organisation.
    #[must_use]
    pub fn one_organisation() -> Self {
        Self { seats: [0, 0], ..Self::whole() }
    }

    /// The same with requests that happen at once: small enough for every run of the tests.
    #[must_use]
    pub fn small(self) -> Self {
        Self { errands: false, ..self }
    }

    /// The same where a message is also lost, a held seat taken back, and the hourly look makes up for what is lost.
    #[must_use]
    pub fn unlucky(self) -> Self {
        let budget = Budget { losses: 1, taken_back: 1, rescans: 2, ..self.budget };
        Self { budget, errands: false, ..self }
    }

    /// The configurations by name: the small ones, or the whole ones as well.
    #[must_use]
    pub fn all(whole: bool) -> Vec<(&'static str, Self)> {
        let (two, one) = (Self::whole(), Self::one_organisation());
        let mut all = vec![("two organisations", two.clone().small()), ("one organisation", one.clone().small())];
        if whole {
            all.push(("two organisations, unlucky", two.clone().unlucky()));
            all.push(("one organisation, unlucky", one.clone().unlucky()));
            all.push(("one organisation, overtaken", one));
            all.push(("two organisations, overtaken", two));
        }
        all
    }

    /// The world at its beginning: whoever isn't late waits, no bulletin has come.
    #[must_use]
    pub fn beginning(&self) -> State {
        let mut state = State {
            children: [Child { status: Status::Unknown, entries: [Entry::Left; QUEUES] }; CHILDREN],
            seats: [Seat::Unknown; SEATS],
            queues: [Queue { waiting: 0, phase: INTERLEAVE.starting_phase() }; QUEUES],
            allocators: [Allocator::Idle; ALLOCATORS],
            errand: None,
            wakes: 0,
            jumped: false,
            left: self.budget,
        };
        for child in each(!self.late & ((1 << CHILDREN) - 1)) {
            self.arrive(&mut state, child);
        }
        state
    }

    /// A child comes to stand in the queues that it wants.
    pub(crate) fn arrive(&self, state: &mut State, child: usize) {
        state.children[child].status = Status::Queued;
        for organisation in each(self.wants[child]) {
            state.children[child].entries[organisation] = Entry::Waiting;
            state.queues[organisation].waiting |= 1 << child;
        }
    }

    /// How many wait in each lane of a queue.
    fn totals(&self, queue: Queue) -> Totals {
        let mut totals = Totals::default();
        for child in each(queue.waiting) {
            *totals.of_mut(self.lanes[child]) += 1;
        }
        totals
    }

    /// Whose turn it is: the head of the lane that the rules name.
    pub(crate) fn first(&self, queue: Queue) -> Option<usize> {
        let lane = INTERLEAVE.next_lane(queue.phase, &self.totals(queue))?;
        each(queue.waiting).find(|child| self.lanes[*child] == lane)
    }

    /// The queue number of a child who waits, by the closed form of the rules (`P3.9`): not by the way in which heads are taken.
    pub(crate) fn number(&self, queue: Queue, child: usize) -> u64 {
        let lane = self.lanes[child];
        let rank = each(queue.waiting).filter(|other| self.lanes[*other] == lane && *other <= child).count();
        INTERLEAVE.number(queue.phase, &self.totals(queue), lane, rank as u64)
    }

    /// The seats of an organisation.
    pub(crate) fn seats_of(&self, organisation: usize) -> impl Iterator<Item = usize> + '_ {
        (0..SEATS).filter(move |seat| usize::from(self.seats[*seat]) == organisation)
    }
}
