//! The whole Order once more, as a plain, slow program over plain lists: what the system is held against. A queue is all
//! applications, filtered and sorted; a number is found by taking everyone before. It shares ids with the rules, nothing else.
//! Never here: storage, HTTP, or a closed form.

mod beside;
pub mod calendar;
mod changes;
mod claims;
mod clocks;
mod complaints;
mod contracts;
mod enrolment;
mod invitations;
mod numbers;
mod offers;
pub mod policy;
mod queues;
mod recount;
mod referrals;
mod registry;
mod returns;
mod serve;
pub mod state;
mod submit;
mod tasks;
pub mod terms;
#[cfg(test)]
mod tests;
mod verification;
pub mod view;
mod words;

use std::collections::BTreeMap;

use chrono::NaiveDate;

pub use calendar::{Calendar, Instant};
pub use changes::Change;
pub use complaints::Complaining;
pub use enrolment::{Decision, Group};
pub use invitations::{Choice, Inviting, Wish};
pub use policy::Policy;
pub use registry::{Bulletin, Line};
pub use state::{Document, NotBefore};
pub use submit::Submission;

use state::{
    App, By, Complaint, ContractStatus, EntryState, Invitation, MixedKey, OfferStatus, Organisation, Pin, QueueKey,
    Reason, Seat, SeatStatus, Status,
};

/// Why a command is refused: the status of HTTP and the rule.
pub type Refusal = (u16, &'static str);

/// What comes of a command.
pub type Outcome<T = ()> = Result<T, Refusal>;

/// What the state registers know.
#[derive(Debug, Clone, Default)]
pub struct Registers {
    /// Benefits by child.
    pub known: BTreeMap<u32, Vec<u8>>,
    /// Children about whom they are silent.
    pub silent: Vec<u32>,
    /// Whether they are silent about everyone.
    pub down: bool,
}

/// The Order, and all that happened under it. Applications are known by their place in the list.
#[derive(Debug, Clone)]
pub struct Model {
    pub(crate) now: Instant,
    /// Each published policy, with the day from which it is in force (`K5`).
    pub(crate) policies: Vec<(NaiveDate, Policy)>,
    /// How many of them have come into force.
    pub(crate) in_force: usize,
    pub(crate) calendar: Calendar,
    pub(crate) organisations: Vec<Organisation>,
    pub(crate) groups: Vec<Group>,
    pub(crate) registers: Registers,
    pub(crate) apps: Vec<App>,
    pub(crate) complaints: Vec<Complaint>,
    pub(crate) invitations: Vec<Invitation>,
    pub(crate) seats: Vec<Seat>,
    pub(crate) bulletins: Vec<(kezek_rules::ids::Bin, String)>,
    /// Whether something was decided that the Order leaves open: from here on another outcome would be as right.
    pub(crate) is_open: bool,
    pub(crate) phases: BTreeMap<QueueKey, u32>,
    pub(crate) mixed_phases: BTreeMap<MixedKey, u32>,
}

impl Model {
    /// An empty world.
    #[must_use]
    pub fn new(now: Instant, policy: Policy) -> Self {
        let registers = Registers { known: BTreeMap::new(), silent: Vec::new(), down: false };
        Self {
            now,
            policies: vec![(NaiveDate::MIN, policy)],
            in_force: 1,
            calendar: Calendar::default(),
            organisations: Vec::new(),
            groups: Vec::new(),
            registers,
            apps: Vec::new(),
            complaints: Vec::new(),
            invitations: Vec::new(),
            seats: Vec::new(),
            bulletins: Vec::new(),
            is_open: false,
            phases: BTreeMap::new(),
            mixed_phases: BTreeMap::new(),
        }
    }

    /// The clock.
    #[must_use]
    pub const fn now(&self) -> Instant {
        self.now
    }

    /// Sets the clock, without letting anything fire: a submission moves it by a millisecond.
    pub const fn set_clock(&mut self, now: Instant) {
        self.now = now;
    }

    /// `K5`: a policy is published, in force from the beginning of a day to come.
    pub fn publish(&mut self, from: NaiveDate, policy: Policy) {
        self.policies.push((from, policy));
    }

    /// Which policy is in force at an instant: the last published one whose day has come.
    pub(crate) fn pin_at(&self, at: Instant) -> Pin {
        let today = calendar::day(at);
        self.policies.iter().rposition(|(from, _)| *from <= today).unwrap_or_default()
    }

    /// Which policy is in force now.
    pub(crate) fn pin(&self) -> Pin {
        self.pin_at(self.now)
    }

    /// The policy in force now.
    pub(crate) fn policy(&self) -> &Policy {
        self.under(self.pin())
    }

    /// The policy that governs something begun under it.
    pub(crate) fn under(&self, pin: Pin) -> &Policy {
        &self.policies[pin].1
    }

    /// Lets every deadline up to an instant fire at its own instant; vacancies are served after each.
    pub fn advance_to(&mut self, to: Instant) {
        while let Some(at) = self.next_due().filter(|at| *at <= to) {
            self.now = self.now.max(at);
            self.note_phases();
            while self.fire_one() {}
            self.serve();
        }
        self.now = self.now.max(to);
    }

    /// The registers know the benefits of a child.
    pub fn know(&mut self, child: u32, benefits: &[u8]) {
        self.registers.known.insert(child, benefits.to_vec());
    }

    /// The registers answer, or don't, about a child.
    pub fn register_mode(&mut self, child: u32, answers: bool) {
        self.registers.silent.retain(|silent| *silent != child);
        if !answers {
            self.registers.silent.push(child);
        }
    }

    /// All registers answer, or none does.
    pub const fn all_registers_mode(&mut self, answer: bool) {
        self.registers.down = !answer;
    }

    /// `P6.b`: registers that didn't answer are asked again. No rule says when; nothing changes between two occasions.
    pub fn ask_registers_again(&mut self) {
        for app in &mut self.apps {
            let of_referral = app.referrals.last_mut().and_then(|referral| referral.check.as_mut());
            let all = [app.check.as_mut(), app.claim.as_mut().map(|claim| &mut claim.check), of_referral];
            for check in all.into_iter().flatten() {
                if let By::Register { now } = &mut check.by {
                    *now = true;
                }
            }
        }
    }

    pub(crate) fn notify(&mut self, a: usize, kind: &'static str) {
        let now = self.now;
        self.apps[a].notices.push((now, kind));
    }

    /// Whether a child has reached the age limit (`P11.b`).
    pub(crate) fn is_too_old(&self, a: usize) -> bool {
        let app = &self.apps[a];
        !app.pmpc && calendar::day(self.now) >= terms::too_old_from(app.born, self.under(app.policy))
    }

    /// Whether an application sleeps (`P15.2`).
    pub(crate) fn sleeps(&self, a: usize) -> bool {
        self.apps[a].wake_on.is_some_and(|day| calendar::day(self.now) < day)
    }

    /// A held seat becomes free: open, or gone if its time is over (`P23.c`).
    pub(crate) fn free_seat(&mut self, s: usize) {
        let today = calendar::day(self.now);
        let over = self.seats[s].temporary_until.is_some_and(|until| today > until);
        self.seats[s].status = if over { SeatStatus::Withdrawn } else { SeatStatus::Open };
    }

    /// Ends one open offer; its seat goes on.
    pub(crate) fn end_offer(&mut self, a: usize, o: usize, status: OfferStatus) {
        self.apps[a].offers[o].status = status;
        let seat = self.apps[a].offers[o].seat;
        self.free_seat(seat);
    }

    /// Ends all open offers of an application.
    pub(crate) fn end_offers(&mut self, a: usize, status: OfferStatus) {
        for o in 0..self.apps[a].offers.len() {
            if self.apps[a].offers[o].status == OfferStatus::Open {
                self.end_offer(a, o, status);
            }
        }
    }

    /// All live entries leave their queues.
    pub(crate) fn leave_queues(&mut self, a: usize) {
        for entry in &mut self.apps[a].entries {
            if entry.state.is_live() {
                entry.state = EntryState::Left;
            }
        }
    }

    /// The contract that binds an application now, if there is one: signed, and its temporary place not over (`P12`, `P23.c`).
    pub(crate) fn contract_in_force(&self, a: usize) -> Option<usize> {
        let today = calendar::day(self.now);
        self.apps[a].contracts.iter().rposition(|contract| {
            contract.status == ContractStatus::Signed && contract.temporary_until.is_none_or(|until| today <= until)
        })
    }

    /// To the archive (`P3.2`). Offers still open end as said.
    pub(crate) fn archive(&mut self, a: usize, reason: Reason, offers: OfferStatus) {
        self.end_offers(a, offers);
        self.leave_queues(a);
        let app = &mut self.apps[a];
        app.check = None;
        app.claim = None;
        app.status = Status::Archived;
        app.reason = Some(reason);
        match reason {
            Reason::Enrolled => {}
            Reason::AgeLimit => self.notify(a, "age-limit-reached"),
            _ => self.notify(a, "archived"),
        }
    }

    /// The application is live: it waits to be accepted, verified, for a place, or holds a referral.
    pub(crate) fn is_live(&self, a: usize) -> bool {
        !matches!(self.apps[a].status, Status::Archived | Status::Refused)
    }

    pub(crate) fn application(&self, a: usize) -> Outcome<&App> {
        self.apps.get(a).ok_or((404, ""))
    }
}

/// The kind of a stream: `general`, `special`, `sanatorium` (`K1`).
pub(crate) fn kind_of(stream: &str) -> &str {
    stream.split(':').next().unwrap_or(stream)
}
