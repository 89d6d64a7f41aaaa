//! A step in the making: the moves that decisions are put together from, so that each keeps its invariants in one place.
//! No decision is made here.

mod held;

use std::cell::Cell;

use super::World;
use crate::application::{
    Application, ArchiveReason, ContractStatus, Duty, Entry, EntryState, OpenDuty, ReferralStatus, Status,
};
use crate::ids::{Bin, ReferralId, SeatId};
use crate::organisation::Kato;
use crate::policy::{PolicyRef, PolicyVersion, Simultaneous};
use crate::queue::{Instant, Lane, Place, QueueKey};
use crate::seat::{Seat, SeatState};
use crate::step::{
    ChildLock, Event, Fact, MixedStep, MixedTrace, PlaceTrace, QueueStep, QueueTrace, QueueView, Snapshot, Step, Task,
    TaskStep,
};

/// Few steps say more.
const FACTS: usize = 4;

pub(super) struct Draft<'a> {
    pub world: World<'a>,
    pub application: Box<Application>,
    /// Those that the step changes stand first.
    seats: Vec<Seat>,
    changed: usize,
    queues: Vec<QueueView>,
    steps: Vec<QueueStep>,
    facts: Vec<Fact>,
    lock: ChildLock,
    tasks: Vec<TaskStep>,
    mixed: Option<MixedStep>,
    /// The one in force for the applicant, unless another is said.
    policy: Option<PolicyRef>,
    /// The policy last asked for: nearly all of a step is asked of one settlement.
    asked: Cell<Option<(Kato, &'a PolicyVersion)>>,
    /// Whether the child had a PMPC conclusion before.
    had_pmpc: bool,
}

impl<'a> Draft<'a> {
    pub fn new(snapshot: Snapshot, world: World<'a>) -> Self {
        let had_pmpc = snapshot.application.pmpc;
        let steps = snapshot.queues.len();
        Self {
            had_pmpc,
            world,
            application: snapshot.application,
            seats: snapshot.seats,
            changed: 0,
            queues: snapshot.queues,
            steps: Vec::with_capacity(steps),
            facts: Vec::with_capacity(FACTS),
            lock: ChildLock::Keep,
            tasks: Vec::new(),
            mixed: None,
            policy: None,
            asked: Cell::new(None),
        }
    }

    /// The policy the step is decided under, where it isn't the one in force for the applicant (`K5`).
    pub fn under(&mut self, policy: PolicyRef) {
        self.policy = Some(policy);
    }

    /// The policy in force now for a settlement was asked for before.
    pub fn knows(&self, settlement: Kato, version: &'a PolicyVersion) {
        self.asked.set(Some((settlement, version)));
    }

    /// The policy in force now for a settlement (`K5`).
    pub fn policy_of(&self, settlement: Kato) -> &'a PolicyVersion {
        match self.asked.get() {
            Some((asked, version)) if asked == settlement => version,
            _ => {
                let version = self.world.policy(settlement);
                self.asked.set(Some((settlement, version)));
                version
            }
        }
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
        let phase = self.world.phase_under(self.policy_of(view.settlement), view.settlement, view.phase);
        let step =
            QueueStep { key: view.key.clone(), version: view.version, arrives: None, departs: None, phase, why, rule };
        Some((view, step))
    }

    /// Puts an entry into its queue at its order key and tells its number there (`P10.b`, `P3.9`). While the application sleeps
    /// the entry rests beside the queue, and the number is the one it would have if it alone woke now (`P15.2`).
    pub fn arrive(&mut self, organisation: Bin, why: &'static str, rule: &'static str) -> u64 {
        if self.is_to_wake() {
            self.wake(Fact::DeferredAgeReached);
        }
        let place = self.application.entry(organisation).map(|entry| self.application.place(entry));
        let (Some(place), Some((view, mut step))) = (place, self.queue_step(organisation, why, rule)) else {
            debug_assert!(false, "the snapshot holds the queue of every entry");
            return 0;
        };
        let mut totals = view.totals;
        *totals.of_mut(place.lane) += 1;
        let interleave = self.policy_of(view.settlement).policy.interleave;
        let number = interleave.number(step.phase, &totals, place.lane, view.rank);
        if self.rests() {
            self.set_entry(organisation, EntryState::Dormant);
        } else {
            step.arrives = Some(place);
            self.steps.push(step);
            self.set_entry(organisation, EntryState::Waiting);
        }
        number
    }

    /// Moves an entry to another lane at its order key, and tells its number there (`P13.3`): one that waits changes its place in
    /// its queue, one that rests has none. The snapshot's ranks are those of that lane; the application's own lane is for the caller
    /// to change once all have moved.
    pub fn move_entry(&mut self, organisation: Bin, to: Lane, why: &'static str, rule: &'static str) -> u64 {
        let entry = self.application.entry(organisation);
        let from = entry.map(|entry| (self.application.place(entry), entry.state == EntryState::Waiting));
        let (Some((from, waits)), Some((view, mut step))) = (from, self.queue_step(organisation, why, rule)) else {
            debug_assert!(false, "the snapshot holds the queue of every entry");
            return 0;
        };
        let mut totals = view.totals;
        *totals.of_mut(to) += 1;
        // One that went to rest in this very step is still counted where it stood.
        let stood = waits || self.steps.iter().any(|other| other.key == step.key && other.departs.is_some());
        let left = totals.of(from.lane).saturating_sub(u64::from(stood));
        *totals.of_mut(from.lane) = left;
        let interleave = self.policy_of(view.settlement).policy.interleave;
        let number = interleave.number(step.phase, &totals, to, view.rank);
        if waits {
            (step.departs, step.arrives) = (Some(from), Some(Place { lane: to, ..from }));
            self.steps.push(step);
        }
        number
    }

    /// Takes a waiting entry out of its queue; does nothing for an entry that doesn't wait.
    pub fn depart(&mut self, organisation: Bin, to: EntryState, why: &'static str, rule: &'static str) {
        let Some(at) = self.application.entries.iter().position(|entry| entry.organisation == organisation) else {
            return;
        };
        let waits = self.application.entries[at].state == EntryState::Waiting;
        let known = self.queues.iter().any(|view| view.key.organisation == organisation);
        debug_assert!(!waits || known, "the snapshot holds the queue of every waiting entry");
        if waits && let Some((_, mut step)) = self.queue_step(organisation, why, rule) {
            step.departs = Some(self.application.place(&self.application.entries[at]));
            self.steps.push(step);
        }
        self.application.entries[at].state = to;
    }

    /// Takes the head of a lane for an offer, which moves the phase (`P10.d`).
    pub fn take_head(&mut self, organisation: Bin, lane: Lane, to: EntryState) {
        self.depart(organisation, to, "offered", "P16.a");
        let interleave = self
            .queues
            .iter()
            .find(|view| view.key.organisation == organisation)
            .map(|view| self.policy_of(view.settlement).policy.interleave);
        if let (Some(interleave), Some(step)) = (interleave, self.steps.last_mut()) {
            step.phase = interleave.after_taking(step.phase, lane);
        }
    }

    pub fn seat(&self, id: SeatId) -> Option<&Seat> {
        self.seats.iter().find(|seat| seat.id == id)
    }

    pub fn set_seat(&mut self, id: SeatId, state: SeatState) {
        debug_assert!(self.seat(id).is_some(), "the snapshot holds every seat that the application holds");
        if let Some(at) = self.seats.iter().position(|seat| seat.id == id) {
            self.seats[at].state = state;
            if at >= self.changed {
                // Swapped with itself a seat is copied three times: a twentieth of a decision.
                if at > self.changed {
                    self.seats.swap(at, self.changed);
                }
                self.changed += 1;
            }
        }
    }

    /// Ends every live offer but one: their seats come free in the same step (`K4`).
    pub fn end_offers(&mut self, except: Option<Bin>, to: &EntryState, fact: fn(Bin, crate::ids::OfferId) -> Fact) {
        let others = self.application.offers().filter(|(bin, _)| Some(*bin) != except);
        let others: Vec<_> = others.map(|(bin, offer)| (bin, offer.id, offer.seat)).collect();
        for (organisation, offer, seat) in others {
            self.set_seat(seat, SeatState::Open);
            self.set_entry(organisation, to.clone());
            self.fact(fact(organisation, offer));
        }
    }

    /// Ends the referral in force, if there is one; its seat comes free.
    pub fn end_referral(&mut self, status: ReferralStatus) {
        let Some((organisation, id)) = self.close_referral(status, SeatState::Open) else { return };
        self.fact(match status {
            ReferralStatus::Cancelled => Fact::ReferralCancelled { organisation, referral: id },
            ReferralStatus::Lapsed => Fact::ReferralLapsed { organisation, referral: id },
            ReferralStatus::Revoked => Fact::ReferralRevoked { organisation, referral: id, vacancy_withdrawn: false },
            ReferralStatus::Refused => Fact::RefusalUpheld { organisation, referral: id },
            ReferralStatus::Released | ReferralStatus::Issued | ReferralStatus::Used => {
                Fact::ReferralReleased { organisation, referral: id }
            }
        });
    }

    /// Closes the referral in force with all that hangs on it, and says which one it was.
    fn close_referral(&mut self, status: ReferralStatus, seat: SeatState) -> Option<(Bin, ReferralId)> {
        let referral = self.application.referral.as_mut().filter(|r| r.status == ReferralStatus::Issued)?;
        referral.status = status;
        referral.second_check = None;
        referral.extension_asked = None;
        let (organisation, id, held) = (referral.organisation, referral.id, referral.seat);
        self.set_seat(held, seat);
        for duty in [Duty::SecondCheck, Duty::Extension, Duty::Review] {
            self.close_duty(duty);
        }
        self.void_contract();
        Some((organisation, id))
    }

    /// Archives the application with all it holds (`P3.2`): offers and referral are released, entries leave. What an officer archives loses
    /// its referral.
    pub fn archive(&mut self, reason: ArchiveReason) {
        let referral = match reason {
            ArchiveReason::Violation | ArchiveReason::Duplicate => ReferralStatus::Revoked,
            _ => ReferralStatus::Released,
        };
        self.leave_all(referral, reason.rule());
        self.application.status = Status::Archived(reason);
        self.fact(Fact::Archived { reason });
    }

    /// Refuses the application after a check that came later (`P5.e`).
    pub fn refuse(&mut self, fact: Fact) {
        self.leave_all(ReferralStatus::Revoked, "P5.e");
        self.application.status = Status::Refused;
        self.fact(fact);
    }

    fn leave_all(&mut self, referral: ReferralStatus, rule: &'static str) {
        self.end_offers(None, &EntryState::Left, |organisation, offer| Fact::OfferWithdrawn {
            organisation,
            offer,
            vacancy_withdrawn: false,
        });
        self.end_referral(referral);
        for organisation in self.organisations() {
            self.depart(organisation, EntryState::Left, "archived", rule);
        }
        self.close_duties();
        self.application.claim = None;
        self.void_contract();
        self.lock = ChildLock::Release;
    }

    /// A contract that wasn't signed ends with its referral; the temporary one that it was to follow stands (`P23.c`).
    pub fn void_contract(&mut self) {
        let application = &mut self.application;
        let Some(formed) = application.contract.as_mut().filter(|c| c.status == ContractStatus::Formed) else { return };
        match application.temporary.take() {
            Some(temporary) => *formed = temporary,
            None => formed.status = ContractStatus::Void,
        }
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

    /// The application stands in the general lane from now on, without a benefit; its entries must not wait meanwhile.
    pub fn stand_in_general(&mut self) {
        self.application.lane = Lane::General;
        self.application.benefit = 13;
        self.application.relocation = false;
    }

    /// Gives the child's lock free (`P12`, `K1`).
    pub fn release_lock(&mut self) {
        self.lock = ChildLock::Release;
    }

    /// Keeps the child's lock, though the application has ended: a contract is in force (`P12`).
    pub fn keep_lock(&mut self) {
        self.lock = ChildLock::Keep;
    }

    /// Keeps the child's lock, and with it that a place was got by a benefit (`P23.a`).
    pub fn use_benefit(&mut self) {
        self.lock = ChildLock::KeepBenefitUsed;
    }

    /// Changes the phase of a mixed-age group (`P24.m`).
    pub fn set_mixed(&mut self, step: MixedStep) {
        self.mixed = Some(step);
    }

    fn task_of(&self, open: &OpenDuty) -> Task {
        let claimed = self.application.claim.as_ref().filter(|_| open.duty == Duty::Claim);
        Task {
            duty: open.duty,
            application: self.application.id,
            settlement: self.application.settlement,
            due_at: open.due_at,
            since: open.since,
            lane: claimed.map_or(self.application.lane, |claim| claim.lane()),
            overdue: open.overdue,
        }
    }

    /// Opens an officer's duty; one of the kind that is open already is replaced.
    pub fn open_duty(&mut self, duty: Duty, since: Instant, due_at: Instant) {
        self.close_duty(duty);
        let open = OpenDuty { duty, since, due_at, overdue: false };
        self.application.duties.push(open);
        self.tasks.push(TaskStep::Put(self.task_of(&open)));
    }

    /// Reports an officer's duty as overdue.
    pub fn mark_overdue(&mut self, duty: Duty) {
        let Some(open) = self.application.duties.iter_mut().find(|open| open.duty == duty) else { return };
        open.overdue = true;
        let open = *open;
        self.tasks.push(TaskStep::Put(self.task_of(&open)));
    }

    /// Closes an officer's duty, if it is open.
    pub fn close_duty(&mut self, duty: Duty) {
        let Some(at) = self.application.duties.iter().position(|open| open.duty == duty) else { return };
        let done = self.application.duties.remove(at);
        self.tasks.push(TaskStep::Close(self.task_of(&done)));
    }

    /// Closes all duties of officers.
    pub fn close_duties(&mut self) {
        Duty::ALL.into_iter().for_each(|duty| self.close_duty(duty));
    }

    /// Where a child waits whose own the open vacancies there may be from now on: it was passed over while it held the offer that ended
    /// (**D-simultaneous** `one`), it was away at a temporary place (`P23.c`), or its birth year bound it (`P24`).
    fn freed(&self) -> Vec<Bin> {
        let waiting = self.application.entries.iter().filter(|entry| entry.state == EntryState::Waiting);
        let back = |fact: &Fact| matches!(fact, Fact::ContractTerminated { .. } | Fact::TemporaryEnded { .. });
        if self.application.pmpc && !self.had_pmpc || self.facts.iter().any(back) {
            return waiting.map(|entry| entry.organisation).collect();
        }
        let ended =
            |fact: &Fact| matches!(fact, Fact::Declined { .. } | Fact::PassedOn { .. } | Fact::OfferWithdrawn { .. });
        if self.application.status != Status::Queued || !self.facts.iter().any(ended) {
            return Vec::new();
        }
        let home = self.application.settlement;
        let one = |settlement: Kato| self.policy_of(settlement).policy.simultaneous == Simultaneous::One;
        let elsewhere = self.queues.iter().map(|view| view.settlement).filter(|settlement| *settlement != home);
        let any_one = one(home) || elsewhere.into_iter().any(one);
        waiting.filter(|_| any_one).map(|entry| entry.organisation).collect()
    }

    /// The places of a child that has come to a PMPC conclusion in this step, save those that it has only just come to.
    fn exempted(&self) -> Vec<(QueueKey, Place)> {
        let application = &self.application;
        if !application.pmpc || self.had_pmpc {
            return Vec::new();
        }
        let unmoved = |entry: &&Entry| {
            let moved = |step: &QueueStep| step.key.organisation == entry.organisation && step.arrives.is_some();
            entry.state == EntryState::Waiting && !self.steps.iter().any(moved)
        };
        let place = |entry: &Entry| (application.queue_key(entry.organisation), application.place(entry));
        application.entries.iter().filter(unmoved).map(place).collect()
    }

    /// The step; none if nothing happened in it.
    pub fn finish_if_changed(self) -> Option<Step> {
        (!self.facts.is_empty()).then(|| self.finish())
    }

    pub fn finish(mut self) -> Step {
        self.application.version += 1;
        let exempted = self.exempted();
        // An event tells of the policy that the step began under: nothing in a step moves the applicant.
        let policy = match self.policy.take() {
            Some(policy) => policy,
            None => self.policy_of(self.application.settlement).reference(),
        };
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
            policy,
            calendar: self.world.calendar.version,
            mixed: self.mixed.as_ref().map(|step| MixedTrace { seq: step.version + 1, phase: step.phase.phase }),
            frees: self.freed(),
            facts: self.facts,
            queues,
        };
        self.seats.truncate(self.changed);
        Step {
            application: self.application,
            seats: self.seats,
            queues: self.steps,
            lock: self.lock,
            tasks: self.tasks,
            mixed: self.mixed,
            exempted,
            event,
        }
    }
}
