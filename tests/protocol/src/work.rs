//! What is at work: allocators, requests and sweeps, each reading first and writing then. Never here: what it writes on, and which step
//! the world takes.

use super::commit::{Write, commit, stands_first};
use super::protocol::{INTERLEAVE, Protocol};
use super::settle::decide;
use super::state::{Allocator, Entry, Errand, Plan, Seat, Stale, State, Task, each, has};

impl Protocol {
    /// Writes the task of an errand, or what is done at once.
    pub(crate) fn settle(&self, state: &mut State, errand: Errand) {
        let write = decide(self, state.queues, errand.child.into(), errand.read, errand.task);
        if commit(self, state, &write, errand.stale) {
            match errand.task {
                Task::Expire(_) => state.left.silences = state.left.silences.saturating_sub(1),
                Task::TakeBack(_) => state.left.taken_back = state.left.taken_back.saturating_sub(1),
                Task::Accept(_) | Task::Decline(_) | Task::Resume(_) | Task::Drop(_) | Task::Withdraw => {}
            }
        }
    }

    pub(crate) fn take(&self, state: &mut State, allocator: u8, organisation: u8) {
        let open = self.seats_of(organisation.into()).filter(|seat| state.seats[*seat] == Seat::Open);
        let todo = open.fold(0, |bits, seat| bits | 1 << seat);
        state.allocators[usize::from(allocator)] =
            Allocator::Serving { organisation, todo, stale: 0, warned: false, plan: None };
    }

    /// The allocator reads; it ends its work if nothing is left, or if another is at work here.
    pub(crate) fn look(&self, state: &State, allocator: Allocator) -> Allocator {
        let Allocator::Serving { organisation, todo, stale, warned, .. } = allocator else { return allocator };
        let Some(seat) = each(todo).next() else { return Allocator::Idle };
        let serving = |todo, stale, plan| Allocator::Serving { organisation, todo, stale, warned, plan };
        let without = todo & !(1 << seat);
        let mut outdated = has(stale, seat);
        if warned {
            match state.seats[seat] {
                Seat::Open => outdated = false,
                Seat::Offered(_) => return Allocator::Idle,
                Seat::Unknown | Seat::Referred(_) | Seat::Withdrawn => return serving(without, stale & without, None),
            }
        }
        let queue = state.queues[usize::from(organisation)];
        let Some(child) = self.first(queue) else { return serving(without, stale & without, None) };
        let stale_seat = if outdated { 1 << seat } else { 0 };
        let plan = Plan {
            seat: seat as u8,
            child: child as u8,
            read: state.children[child],
            phase: queue.phase,
            stale: Stale { seats: stale_seat, ..Stale::default() },
        };
        serving(todo, stale, Some(plan))
    }

    /// The allocator writes its offer, or is warned that someone else is at work.
    pub(crate) fn offer(&self, state: &mut State, which: usize) {
        let Allocator::Serving { organisation, todo, stale, warned, plan: Some(plan) } = state.allocators[which] else {
            return;
        };
        let (seat, child, at) = (usize::from(plan.seat), usize::from(plan.child), usize::from(organisation));
        state.allocators[which] = Allocator::Serving { organisation, todo, stale, warned, plan: None };
        let mut after = plan.read;
        after.entries[at] = Entry::Offered(plan.seat);
        let mut write = Write { child: Some((child, after)), wakes: 1 << at, ..Write::NOTHING };
        write.seats[seat] = Some(Seat::Offered(plan.child));
        let lane = self.lanes[child];
        write.queues[at] = Some((0, 1 << child, INTERLEAVE.after_taking(plan.phase, lane)));
        let before = state.queues[at];
        if commit(self, state, &write, plan.stale) {
            state.jumped |= !stands_first(self, before, child);
            if let Allocator::Serving { todo, stale, .. } = &mut state.allocators[which] {
                *todo &= !(1 << seat);
                *stale &= *todo;
            }
        } else if let Allocator::Serving { warned, stale, .. } = &mut state.allocators[which] {
            (*warned, *stale) = (true, 0);
        }
    }

    pub(crate) fn crash(&self, state: &mut State, which: usize) {
        if let Allocator::Serving { organisation, .. } = state.allocators[which] {
            state.allocators[which] = Allocator::Idle;
            if self.conditions.redelivery {
                state.wakes |= 1 << organisation;
            }
        }
    }
}
