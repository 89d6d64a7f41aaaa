//! Every step that the world can take, and what must hold whatever happens. Never here: what a task or a transaction does.

use stateright::{Model, Property};

use super::commit::{Write, commit};
use super::protocol::Protocol;
use super::settle::{fits, tasks};
use super::state::{Allocator, CHILDREN, Errand, QUEUES, SEATS, Seat, Stale, State, Status, Task, each, has};

/// One step of the world.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    /// A family submits.
    Submit(u8),
    /// A bulletin brings a seat.
    Bulletin(u8),
    /// An organisation withdraws an open seat (`K3`).
    WithdrawSeat(u8),
    /// A request or a sweep, all at once.
    Do(u8, Task),
    /// A request or a sweep reads.
    Begin(u8, Task),
    /// It writes. One that finds something changed, or dies, leaves nothing behind: it is as if it had never read.
    Finish,
    /// An organisation's message is lost.
    Lose(u8),
    /// An allocator receives an organisation's message, and looks up its open seats.
    Take(u8, u8),
    /// It receives one that another still works on.
    TakeAgain(u8, u8),
    /// An allocator reads its next seat's queue and the child standing first, and decides.
    Look(u8),
    /// It writes the offer.
    Offer(u8),
    /// It writes the offer, and dies before anything else.
    OfferAndDie(u8),
    /// An allocator dies.
    Crash(u8),
    /// The hourly look finds an open seat and someone waiting.
    Rescan(u8),
}

impl Protocol {
    /// What the system does by itself, sooner or later; nobody need wish it.
    pub(crate) fn by_itself(&self, state: &State, actions: &mut Vec<Action>) {
        if state.errand.is_some() {
            actions.push(Action::Finish);
        }
        for organisation in 0..QUEUES as u8 {
            let at = usize::from(organisation);
            let in_flight = state.allocators.iter().any(|allocator| allocator.serves(at));
            if has(state.wakes, at) && !in_flight {
                let idle = state.allocators.iter().position(|allocator| *allocator == Allocator::Idle);
                actions.extend(idle.map(|idle| Action::Take(idle as u8, organisation)));
            }
            let quiet = !has(state.wakes, at) && !in_flight;
            if quiet && state.left.rescans > 0 && self.is_waited_for(state, at) {
                actions.push(Action::Rescan(organisation));
            }
        }
        for (which, allocator) in state.allocators.iter().enumerate() {
            match allocator {
                Allocator::Idle => {}
                Allocator::Serving { plan: None, .. } => actions.push(Action::Look(which as u8)),
                Allocator::Serving { plan: Some(_), .. } => actions.push(Action::Offer(which as u8)),
            }
        }
    }

    /// Whether an organisation has an open seat and someone who waits for it.
    pub(crate) fn is_waited_for(&self, state: &State, organisation: usize) -> bool {
        state.queues[organisation].waiting != 0
            && self.seats_of(organisation).any(|seat| state.seats[seat] == Seat::Open)
    }

    fn by_people(&self, state: &State, actions: &mut Vec<Action>) {
        for child in 0..CHILDREN {
            if state.children[child].status == Status::Unknown {
                actions.push(Action::Submit(child as u8));
            }
            for task in tasks().filter(|task| fits(state, child, *task)) {
                actions.push(Action::Do(child as u8, task));
                if self.errands && state.errand.is_none() {
                    actions.push(Action::Begin(child as u8, task));
                }
            }
        }
        for seat in 0..SEATS {
            match state.seats[seat] {
                Seat::Unknown => actions.push(Action::Bulletin(seat as u8)),
                Seat::Open => actions.push(Action::WithdrawSeat(seat as u8)),
                Seat::Offered(_) | Seat::Referred(_) | Seat::Withdrawn => {}
            }
        }
    }

    fn by_misfortune(&self, state: &State, actions: &mut Vec<Action>) {
        let left = state.left;
        if left.crashes > 0 {
            for (which, allocator) in state.allocators.iter().enumerate() {
                if let Allocator::Serving { plan, .. } = allocator {
                    actions.push(Action::Crash(which as u8));
                    actions.extend(plan.map(|_| Action::OfferAndDie(which as u8)));
                }
            }
        }
        for organisation in 0..QUEUES as u8 {
            let at = usize::from(organisation);
            if left.losses > 0 && has(state.wakes, at) {
                actions.push(Action::Lose(organisation));
            }
            let in_flight = state.allocators.iter().any(|allocator| allocator.serves(at));
            let idle = state.allocators.iter().position(|allocator| *allocator == Allocator::Idle);
            if left.copies > 0 && in_flight {
                actions.extend(idle.map(|idle| Action::TakeAgain(idle as u8, organisation)));
            }
        }
    }
}

impl Model for Protocol {
    type State = State;
    type Action = Action;

    fn init_states(&self) -> Vec<State> {
        vec![self.beginning()]
    }

    fn actions(&self, state: &State, actions: &mut Vec<Action>) {
        self.by_itself(state, actions);
        self.by_people(state, actions);
        self.by_misfortune(state, actions);
    }

    fn next_state(&self, before: &State, action: Action) -> Option<State> {
        let mut state = before.clone();
        match action {
            Action::Submit(child) => {
                let mut write = Write::NOTHING;
                let mut arrived = before.clone();
                self.arrive(&mut arrived, child.into());
                write.child = Some((child.into(), arrived.children[usize::from(child)]));
                for organisation in each(self.wants[usize::from(child)]) {
                    write.queues[organisation] = Some((1 << child, 0, before.queues[organisation].phase));
                    write.wakes |= 1 << organisation;
                }
                commit(self, &mut state, &write, Stale::default());
            }
            Action::Bulletin(seat) | Action::WithdrawSeat(seat) => {
                let mut write = Write::NOTHING;
                let comes = matches!(action, Action::Bulletin(_));
                write.seats[usize::from(seat)] = Some(if comes { Seat::Open } else { Seat::Withdrawn });
                write.wakes = if comes { 1 << self.seats[usize::from(seat)] } else { 0 };
                commit(self, &mut state, &write, Stale::default());
            }
            Action::Do(child, task) => {
                let read = state.children[usize::from(child)];
                self.settle(&mut state, Errand { task, child, read, stale: Stale::default() });
            }
            Action::Begin(child, task) => {
                let read = state.children[usize::from(child)];
                state.errand = Some(Errand { task, child, read, stale: Stale::default() });
            }
            Action::Finish => {
                let errand = state.errand.take()?;
                self.settle(&mut state, errand);
            }
            Action::Lose(organisation) => {
                state.wakes &= !(1 << organisation);
                state.left.losses -= 1;
            }
            Action::Take(allocator, organisation) => {
                state.wakes &= !(1 << organisation);
                self.take(&mut state, allocator, organisation);
            }
            Action::TakeAgain(allocator, organisation) => {
                state.left.copies -= 1;
                self.take(&mut state, allocator, organisation);
            }
            Action::Look(which) => {
                let which = usize::from(which);
                state.allocators[which] = self.look(&state, state.allocators[which]);
            }
            Action::Offer(which) => self.offer(&mut state, which.into()),
            Action::OfferAndDie(which) => {
                self.offer(&mut state, which.into());
                if !self.conditions.event {
                    state.wakes = before.wakes;
                }
                self.crash(&mut state, which.into());
                state.left.crashes -= 1;
            }
            Action::Crash(which) => {
                self.crash(&mut state, which.into());
                state.left.crashes -= 1;
            }
            Action::Rescan(organisation) => {
                state.wakes |= 1 << organisation;
                state.left.rescans -= 1;
            }
        }
        for allocator in &mut state.allocators {
            // Its work is done, and so is its message.
            if matches!(allocator, Allocator::Serving { todo: 0, .. }) {
                *allocator = Allocator::Idle;
            }
        }
        state.allocators.sort_unstable();
        Some(state)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        super::properties::all()
    }
}
