//! The one transaction: everything of a step is written, or nothing, and only if what was read is still as it was. Never here: what a
//! step decides.

use super::protocol::Protocol;
use super::settle::decide;
use super::state::{Allocator, Child, Plan, QUEUES, Queue, SEATS, Seat, Stale, State, each, has};

/// A step to be written.
#[derive(Debug, Clone, Copy)]
pub struct Write {
    /// The application after it.
    pub child: Option<(usize, Child)>,
    /// The seats after it.
    pub seats: [Option<Seat>; SEATS],
    /// Per queue who comes and who goes, as bits, and the phase.
    pub queues: [Option<(u8, u8, u8)>; QUEUES],
    /// The organisations that its event wakes, as bits.
    pub wakes: u8,
}

impl Write {
    /// Nothing yet.
    pub const NOTHING: Self = Self { child: None, seats: [None; SEATS], queues: [None; QUEUES], wakes: 0 };

    /// The seats that it writes, as bits.
    fn seats_written(&self) -> u8 {
        (0..SEATS).filter(|seat| self.seats[*seat].is_some()).fold(0, |bits, seat| bits | 1 << seat)
    }

    fn queues_written(&self) -> u8 {
        (0..QUEUES).filter(|queue| self.queues[*queue].is_some()).fold(0, |bits, queue| bits | 1 << queue)
    }
}

/// Writes a step if its conditions hold; says whether they did.
pub fn commit(protocol: &Protocol, state: &mut State, write: &Write, stale: Stale) -> bool {
    if fails(protocol, write, stale) {
        return false;
    }
    if let Some((child, after)) = write.child {
        state.children[child] = after;
    }
    for seat in each(write.seats_written()) {
        state.seats[seat] = write.seats[seat].unwrap_or(state.seats[seat]);
    }
    for (queue, change) in state.queues.iter_mut().zip(write.queues) {
        if let Some((arrive, depart, phase)) = change {
            *queue = Queue { waiting: queue.waiting & !depart | arrive, phase };
        }
    }
    state.wakes |= write.wakes;
    outdate(protocol, state, write);
    true
}

/// Whether a condition of a write doesn't hold.
fn fails(protocol: &Protocol, write: &Write, stale: Stale) -> bool {
    let kept = protocol.conditions;
    let seats = kept.seat && stale.seats & write.seats_written() != 0;
    let queues = kept.queue && stale.queues & write.queues_written() != 0;
    seats || queues || kept.application && stale.application
}

/// Every reading of what was written is stale now.
fn outdate(protocol: &Protocol, state: &mut State, write: &Write) {
    let kept = protocol.conditions;
    let (seats, queues) = (write.seats_written(), write.queues_written());
    let of = |child: u8| write.child.is_some_and(|(written, _)| written == usize::from(child));
    let mark = |stale: &mut Stale, child: u8| {
        stale.seats |= seats;
        stale.queues |= queues;
        stale.application |= of(child);
    };
    for allocator in &mut state.allocators {
        if let Allocator::Serving { stale, todo, plan, organisation, warned } = allocator {
            // Once it is warned it reads each seat again.
            *stale |= if *warned { 0 } else { seats & *todo };
            if let Some(plan) = plan {
                mark(&mut plan.stale, plan.child);
                // What it doesn't write can't fail it: kept out, so that fewer states differ.
                plan.stale.seats &= 1 << plan.seat;
                plan.stale.queues &= 1 << *organisation;
                let Stale { seats, application, queues } = plan.stale;
                if kept.seat && seats != 0 || kept.application && application || kept.queue && queues != 0 {
                    *plan = Plan::failed(plan.seat);
                }
            }
        }
    }
    // One that can't be written any more is read again, which is another: it is forgotten.
    state.errand = state.errand.filter(|errand| {
        let mut stale = Stale::default();
        mark(&mut stale, errand.child);
        !fails(protocol, &decide(protocol, state.queues, errand.child.into(), errand.read, errand.task), stale)
    });
    if let Some(errand) = &mut state.errand {
        let written = decide(protocol, state.queues, errand.child.into(), errand.read, errand.task);
        mark(&mut errand.stale, errand.child);
        // What it doesn't write can't fail it: kept out, so that fewer states differ.
        errand.stale.seats &= written.seats_written();
        errand.stale.queues &= written.queues_written();
    }
}

/// Whether an offer to a child is one to whoever stands first, at this instant.
pub fn stands_first(protocol: &Protocol, queue: Queue, child: usize) -> bool {
    has(queue.waiting, child) && protocol.number(queue, child) == 1
}
