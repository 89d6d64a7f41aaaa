//! A step in the making: the moves that decisions are put together from, so that each keeps its invariants in one place.
//! No decision is made here.

use super::World;
use crate::application::{Application, ArchiveReason, Entry, EntryState, ReferralStatus, Status};
use crate::ids::{Bin, SeatId};
use crate::organisation::Kato;
use crate::policy::{PolicyRef, Simultaneous};
use crate::queue::Lane;
use crate::seat::{Seat, SeatState};
use crate::step::{
    ChildLock, Event, Fact, PlaceTrace, QueueStep, QueueTrace, QueueView, Snapshot, Step, Task, TaskStep,
};

pub(super) struct Draft<'a> {
    pub world: World<'a>,
    pub application: Application,
    seats: Vec<Seat>,
    changed: Vec<SeatId>,
    queues: Vec<QueueView>,
    steps: Vec<QueueStep>,
    facts: Vec<Fact>,
    lock: ChildLock,
    task: TaskStep,
    policy: PolicyRef,
}

impl<'a> Draft<'a> {
    pub fn new(snapshot: Snapshot, world: World<'a>) -> Self {
        let policy = world.policy(snapshot.application.settlement).reference();
        Self {
            world,
            application: snapshot.application,
            seats: snapshot.seats,
            changed: Vec::new(),
            queues: snapshot.queues,
            steps: Vec::new(),
            facts: Vec::new(),
            lock: ChildLock::Keep,
            task: TaskStep::Keep,
            policy,
        }
    }

    /// The policy the step is decided under, where it isn't the one in force for the applicant (`K5`).
    pub fn under(&mut self, policy: PolicyRef) {
        self.policy = policy;
    }

    pub fn fact(&mut self, fact: Fact) {
        self.facts.push(fact);
    }

    pub fn entry_mut(&mut self, organisation: Bin) -> Option<&mut Entry> {
        self.application.entries.iter_mut().find(|entry| entry.organisation == organisation)
    }

    fn set_entry(&mut self, organisation: Bin, state: EntryState) {
        if let Some(entry) = self.entry_mut(organisation) {
            entry.state = state;
        }
    }

    fn queue_step(&self, organisation: Bin, why: &'static str, rule: &'static str) -> Option<(&QueueView, QueueStep)> {
        let view = self.queues.iter().find(|view| view.key.organisation == organisation)?;
        let interleave = self.world.policy(view.settlement).policy.interleave;
        let phase = view.phase.map_or_else(|| interleave.starting_phase(), |phase| interleave.capped(phase));
        let step =
            QueueStep { key: view.key.clone(), version: view.version, arrives: None, departs: None, phase, why, rule };
        Some((view, step))
    }

    /// Puts an entry into its queue at its order key and tells its number there (`P10.b`, `P3.9`).
    pub fn arrive(&mut self, organisation: Bin, why: &'static str, rule: &'static str) -> u64 {
        let place = self.application.entry(organisation).map(|entry| self.application.place(entry));
        let (Some(place), Some((view, mut step))) = (place, self.queue_step(organisation, why, rule)) else {
            debug_assert!(false, "the snapshot holds the queue of every entry");
            return 0;
        };
        let mut totals = view.totals;
        *totals.of_mut(place.lane) += 1;
        let interleave = self.world.policy(view.settlement).policy.interleave;
        let number = interleave.number(step.phase, &totals, place.lane, view.rank);
        step.arrives = Some(place);
        self.steps.push(step);
        self.set_entry(organisation, EntryState::Waiting);
        number
    }

    /// Takes a waiting entry out of its queue; does nothing for an entry that doesn't wait.
    pub fn depart(&mut self, organisation: Bin, to: EntryState, why: &'static str, rule: &'static str) {
        let place = self.application.entry(organisation).filter(|entry| entry.state == EntryState::Waiting);
        let known = self.queues.iter().any(|view| view.key.organisation == organisation);
        debug_assert!(place.is_none() || known, "the snapshot holds the queue of every waiting entry");
        if let Some(place) = place.map(|entry| self.application.place(entry))
            && let Some((_, mut step)) = self.queue_step(organisation, why, rule)
        {
            step.departs = Some(place);
            self.steps.push(step);
        }
        self.set_entry(organisation, to);
    }

    /// Takes the head of a lane for an offer, which moves the phase (`P10.d`).
    pub fn take_head(&mut self, organisation: Bin, lane: Lane, to: EntryState) {
        self.depart(organisation, to, "offered", "P16.a");
        let interleave = self
            .queues
            .iter()
            .find(|view| view.key.organisation == organisation)
            .map(|view| self.world.policy(view.settlement).policy.interleave);
        if let (Some(interleave), Some(step)) = (interleave, self.steps.last_mut()) {
            step.phase = interleave.after_taking(step.phase, lane);
        }
    }

    pub fn seat(&self, id: SeatId) -> Option<&Seat> {
        self.seats.iter().find(|seat| seat.id == id)
    }

    pub fn set_seat(&mut self, id: SeatId, state: SeatState) {
        debug_assert!(self.seat(id).is_some(), "the snapshot holds every seat that the application holds");
        if let Some(seat) = self.seats.iter_mut().find(|seat| seat.id == id) {
            seat.state = state;
            if !self.changed.contains(&id) {
                self.changed.push(id);
            }
        }
    }

    /// Ends every live offer but one: their seats come free in the same step (`K4`).
    pub fn end_offers(&mut self, except: Option<Bin>, to: &EntryState, fact: fn(Bin, crate::ids::OfferId) -> Fact) {
        let offers: Vec<_> = self.application.offers().map(|(bin, offer)| (bin, offer.clone())).collect();
        for (organisation, offer) in offers.into_iter().filter(|(bin, _)| Some(*bin) != except) {
            self.set_seat(offer.seat, SeatState::Open);
            self.set_entry(organisation, to.clone());
            self.fact(fact(organisation, offer.id));
        }
    }

    /// Ends the referral in force, if there is one; its seat comes free.
    pub fn end_referral(&mut self, status: ReferralStatus) {
        let Some(referral) = self.application.referral.as_mut().filter(|r| r.status == ReferralStatus::Issued) else {
            return;
        };
        referral.status = status;
        let (organisation, id, seat) = (referral.organisation, referral.id, referral.seat);
        self.set_seat(seat, SeatState::Open);
        self.fact(match status {
            ReferralStatus::Cancelled => Fact::ReferralCancelled { organisation, referral: id },
            ReferralStatus::Lapsed => Fact::ReferralLapsed { organisation, referral: id },
            ReferralStatus::Released | ReferralStatus::Issued => Fact::ReferralReleased { organisation, referral: id },
        });
    }

    /// Archives the application with all it holds (`P3.2`): offers and referral are released, entries leave.
    pub fn archive(&mut self, reason: ArchiveReason) {
        self.leave_all(reason.rule());
        self.application.status = Status::Archived(reason);
        self.fact(Fact::Archived { reason });
    }

    /// Refuses the application after a check that came later (`P5.e`).
    pub fn refuse(&mut self, fact: Fact) {
        self.leave_all("P5.e");
        self.application.status = Status::Refused;
        self.fact(fact);
    }

    fn leave_all(&mut self, rule: &'static str) {
        self.end_offers(None, &EntryState::Left, |organisation, offer| Fact::OfferWithdrawn { organisation, offer });
        self.end_referral(ReferralStatus::Released);
        for organisation in self.organisations() {
            self.depart(organisation, EntryState::Left, "archived", rule);
        }
        self.close_task();
        self.lock = ChildLock::Release;
    }

    /// Archives the application if its last entry has ended (`P15.c`, `P15.d`).
    pub fn archive_if_over(&mut self, reason: ArchiveReason) {
        if self.application.entries.iter().all(|entry| entry.state == EntryState::Left) {
            self.archive(reason);
        }
    }

    /// Where an organisation of the snapshot is.
    pub fn settlement_of(&self, organisation: Bin) -> Option<Kato> {
        let of_queue =
            self.queues.iter().find(|view| view.key.organisation == organisation).map(|view| view.settlement);
        let of_seat = || self.seats.iter().find(|seat| seat.organisation == organisation);
        of_queue.or_else(|| of_seat().map(|seat| seat.vacancy.settlement))
    }

    pub fn organisations(&self) -> Vec<Bin> {
        self.application.entries.iter().map(|entry| entry.organisation).collect()
    }

    pub fn take_lock(&mut self) {
        self.lock = ChildLock::Take;
    }

    fn task_of(&self, due_at: crate::queue::Instant) -> Task {
        Task {
            application: self.application.id,
            settlement: self.application.settlement,
            due_at,
            since: self.application.accepted_at,
            lane: self.application.lane,
            overdue: false,
        }
    }

    pub fn open_task(&mut self, due_at: crate::queue::Instant) {
        self.application.decision_due = Some(due_at);
        self.task = TaskStep::Put(self.task_of(due_at));
    }

    pub fn mark_task_overdue(&mut self) {
        if let Some(due_at) = self.application.decision_due {
            self.application.overdue = true;
            self.task = TaskStep::Put(Task { overdue: true, ..self.task_of(due_at) });
        }
    }

    pub fn close_task(&mut self) {
        self.application.overdue = false;
        if let Some(due_at) = self.application.decision_due.take() {
            self.task = TaskStep::Close(self.task_of(due_at));
        }
    }

    /// Where a child waits that was passed over while it held the offer that ended now (**D-simultaneous** `one`): the open
    /// vacancies there may be its own.
    fn freed(&self) -> Vec<Bin> {
        let ended =
            |fact: &Fact| matches!(fact, Fact::Declined { .. } | Fact::PassedOn { .. } | Fact::OfferWithdrawn { .. });
        if self.application.status != Status::Queued || !self.facts.iter().any(ended) {
            return Vec::new();
        }
        let one = |version: &crate::policy::PolicyVersion| version.policy.simultaneous == Simultaneous::One;
        let any_one = one(self.world.policy(self.application.settlement))
            || self.queues.iter().any(|view| one(self.world.policy(view.settlement)));
        let waiting = self.application.entries.iter().filter(|entry| any_one && entry.state == EntryState::Waiting);
        waiting.map(|entry| entry.organisation).collect()
    }

    pub fn finish(mut self) -> Step {
        self.application.version += 1;
        let queues = self
            .steps
            .iter()
            .map(|step| QueueTrace {
                organisation: step.key.organisation,
                seq: step.version + 1,
                arrived: step.arrives.map(|place| PlaceTrace::of(place, self.world.now)),
                departed: step.departs.map(|place| PlaceTrace::of(place, self.world.now)),
                phase: step.phase,
            })
            .collect();
        let event = Event {
            application: self.application.id,
            seq: self.application.version,
            at: self.world.now,
            policy: self.policy.to_string(),
            calendar: self.world.calendar.version,
            frees: self.freed(),
            facts: self.facts,
            queues,
        };
        let changed = self.changed;
        let seats = self.seats.into_iter().filter(|seat| changed.contains(&seat.id)).collect();
        Step { application: self.application, seats, queues: self.steps, lock: self.lock, task: self.task, event }
    }
}
