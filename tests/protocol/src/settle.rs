//! What a request or a sweep does with an application, on what it has read. Never here: whether it is written.

use super::commit::Write;
use super::protocol::Protocol;
use super::state::{Child, Entry, QUEUES, Queue, Seat, State, Status, Task};

/// Whether a task makes sense on what is read: otherwise it is refused, and nothing is written.
pub fn fits(state: &State, child: usize, task: Task) -> bool {
    let Child { status, entries } = state.children[child];
    let at = |organisation: u8| entries[usize::from(organisation)];
    match task {
        Task::Accept(organisation) | Task::Decline(organisation) => matches!(at(organisation), Entry::Offered(_)),
        Task::Expire(organisation) => matches!(at(organisation), Entry::Offered(_)) && state.left.silences > 0,
        Task::Resume(organisation) | Task::Drop(organisation) => at(organisation) == Entry::Suspended,
        Task::Withdraw => matches!(status, Status::Queued | Status::Referred(_)),
        Task::TakeBack(organisation) => matches!(at(organisation), Entry::Offered(_)) && state.left.taken_back > 0,
    }
}

/// The tasks there are.
pub fn tasks() -> impl Iterator<Item = Task> {
    let of = |organisation| {
        [Task::Accept, Task::Decline, Task::Expire, Task::Resume, Task::Drop, Task::TakeBack]
            .map(|task: fn(u8) -> Task| task(organisation))
    };
    (0..QUEUES as u8).flat_map(of).chain([Task::Withdraw])
}

/// A step being put together on a child as it was read.
struct Draft<'a> {
    protocol: &'a Protocol,
    queues: [Queue; QUEUES],
    bit: u8,
    child: Child,
    write: Write,
}

impl Draft<'_> {
    /// The entry leaves its queue or its offer; a seat that was offered is free.
    fn leave(&mut self, organisation: usize, then: Entry) {
        match self.child.entries[organisation] {
            Entry::Waiting => self.depart(organisation),
            Entry::Offered(seat) => self.free(seat),
            Entry::Suspended | Entry::Left => {}
        }
        self.child.entries[organisation] = then;
    }

    fn depart(&mut self, organisation: usize) {
        self.write.queues[organisation] = Some((0, self.bit, self.queues[organisation].phase));
    }

    fn arrive(&mut self, organisation: usize) {
        self.child.entries[organisation] = Entry::Waiting;
        self.write.queues[organisation] = Some((self.bit, 0, self.queues[organisation].phase));
        self.write.wakes |= 1 << organisation;
    }

    fn free(&mut self, seat: u8) {
        self.write.seats[usize::from(seat)] = Some(Seat::Open);
        self.write.wakes |= 1 << self.protocol.seats[usize::from(seat)];
    }

    fn archive_if_over(&mut self) {
        if self.child.entries.iter().all(|entry| *entry == Entry::Left) {
            self.child.status = Status::Archived;
        }
    }
}

/// The step of a task on a child as it was read, with the queues' phases as they were read.
pub fn decide(protocol: &Protocol, queues: [Queue; QUEUES], child: usize, read: Child, task: Task) -> Write {
    let mut draft = Draft { protocol, queues, bit: 1 << child, child: read, write: Write::NOTHING };
    match task {
        Task::Accept(organisation) => {
            let Entry::Offered(seat) = read.entries[usize::from(organisation)] else { return Write::NOTHING };
            for other in 0..QUEUES {
                draft.leave(other, Entry::Left);
            }
            // The seat itself isn't free, and its organisation has nothing new to serve.
            draft.write.seats[usize::from(seat)] = Some(Seat::Referred(child as u8));
            draft.child.status = Status::Referred(seat);
        }
        Task::Decline(organisation) | Task::Drop(organisation) => {
            draft.leave(organisation.into(), Entry::Left);
            draft.archive_if_over();
        }
        Task::Expire(organisation) => draft.leave(organisation.into(), Entry::Suspended),
        Task::Resume(organisation) => draft.arrive(organisation.into()),
        Task::TakeBack(organisation) => {
            let Entry::Offered(seat) = read.entries[usize::from(organisation)] else { return Write::NOTHING };
            draft.arrive(organisation.into());
            draft.write.seats[usize::from(seat)] = Some(Seat::Withdrawn);
        }
        Task::Withdraw => {
            if let Status::Referred(seat) = read.status {
                draft.free(seat);
            }
            for organisation in 0..QUEUES {
                draft.leave(organisation, Entry::Left);
            }
            draft.child.status = Status::Archived;
        }
    }
    Write { child: Some((child, draft.child)), ..draft.write }
}
