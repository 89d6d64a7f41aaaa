//! Every deadline (`C2`): when the next one is due, and what it does. Never here: a term's length.

use super::calendar::{Instant, at, day, next};
use super::state::{
    By, Check, ComplaintState, ContractStatus, EntryState, InvitationState, OfferStatus, Referral, ReferralStatus,
    SeatStatus, Stage, Status,
};
use super::{Model, terms};

/// A deadline, in the order in which deadlines of one instant fire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Due {
    /// `K5`: a policy comes into force.
    Policy,
    /// `P5.b`.
    Acceptance,
    /// `P15.2`.
    Wake,
    /// `P6.b`: a register is asked again: of the first check, of a claim, of the second check.
    Ask(u8),
    /// A check's term is over.
    CheckOver(u8),
    /// `P16.3`.
    Reminder(usize),
    /// `P15.d`.
    OfferOver(usize),
    /// `P15.d`.
    SuspensionOver(usize),
    /// **D-suspension-answer**.
    AnswerOver(usize),
    /// `P22.e`.
    ValidityOver,
    /// `P22.d`.
    SignatureOver,
    /// `P23.c`: of a contract.
    TemporaryOver(usize),
    /// `P15.a`.
    Interest,
    /// `P11.b`.
    Age,
    /// `P23.c`: a temporary seat's time is over; the number is the seat's.
    SeatOver,
    /// `P5.b`: a complaint is registered.
    ComplaintRegistered,
    /// `P18`: its term is over.
    ComplaintOver,
    /// `P11.b`: of an invitation that nobody answered.
    InvitationOver,
}

impl Model {
    /// When the next deadline is due.
    pub(crate) fn next_due(&self) -> Option<Instant> {
        self.dues().into_iter().map(|(at, ..)| at).min()
    }

    /// Fires one deadline that is due. False if there is none.
    pub(crate) fn fire_one(&mut self) -> bool {
        let due = self.dues().into_iter().filter(|(at, ..)| *at <= self.now).min();
        let Some((_, due, place)) = due else { return false };
        self.fire(due, place);
        true
    }

    /// The registers are asked again at once. The clock doesn't move: no other deadline fires.
    pub fn ask_registers_now(&mut self) {
        self.ask_registers_again();
        self.note_phases();
        let asks = |(at, due, _): &(Instant, Due, usize), now: Instant| matches!(due, Due::Ask(_)) && *at <= now;
        while let Some((_, due, place)) = self.dues().into_iter().filter(|due| asks(due, self.now)).min() {
            self.fire(due, place);
        }
        self.serve();
    }

    fn dues(&self) -> Vec<(Instant, Due, usize)> {
        let mut all = Vec::new();
        let published = self.policies.iter().enumerate().skip(self.in_force);
        all.extend(published.map(|(n, (from, _))| (at(*from, 0, 0), Due::Policy, n)));
        for a in 0..self.apps.len() {
            self.dues_of(a, &mut |at, due| all.push((at, due, a)));
        }
        for (s, seat) in self.seats.iter().enumerate() {
            if let Some(until) = seat.temporary_until.filter(|_| seat.status == SeatStatus::Open) {
                all.push((at(next(until), 0, 0), Due::SeatOver, s));
            }
        }
        for (c, complaint) in self.complaints.iter().enumerate() {
            match complaint.state {
                ComplaintState::Delivered => all.push((complaint.registered_at, Due::ComplaintRegistered, c)),
                state if state.is_open() && !complaint.overdue => all.push((complaint.due, Due::ComplaintOver, c)),
                _ => {}
            }
        }
        let open = self.invitations.iter().enumerate().filter(|(_, one)| one.state == InvitationState::Sent);
        all.extend(open.filter_map(|(i, one)| Some((at(one.lapses_on?, 0, 5), Due::InvitationOver, i))));
        all
    }

    fn dues_of(&self, a: usize, push: &mut impl FnMut(Instant, Due)) {
        let app = &self.apps[a];
        if !self.is_live(a) {
            return;
        }
        if app.status == Status::Accepted {
            push(app.accepted_at, Due::Acceptance);
        }
        let issued = app.referrals.last().filter(|referral| referral.status == ReferralStatus::Issued);
        let second = issued.and_then(|referral| referral.check.as_ref());
        for (which, check) in [(0, app.check.as_ref()), (1, app.claim.as_ref().map(|c| &c.check)), (2, second)] {
            dues_of_check(check, which, push);
        }
        for (o, offer) in app.offers.iter().enumerate().filter(|(_, offer)| offer.status == OfferStatus::Open) {
            if !offer.reminded && self.remind_at(a, o) < offer.answer_by {
                push(self.remind_at(a, o), Due::Reminder(o));
            }
            push(offer.answer_by, Due::OfferOver(o));
        }
        let limit = terms::too_old_from(app.born, self.under(app.policy));
        let old = |at: Instant| !app.pmpc && day(at) >= limit;
        for (e, entry) in app.entries.iter().enumerate() {
            match entry.state {
                // On its day the age limit comes first, though it is looked at five minutes later.
                EntryState::Suspended { until, .. } | EntryState::Asked { answer_by: until, .. } if old(until) => {}
                EntryState::Suspended { until, .. } => push(until, Due::SuspensionOver(e)),
                EntryState::Asked { answer_by, .. } => push(answer_by, Due::AnswerOver(e)),
                _ => {}
            }
        }
        if let Some(referral) = issued {
            dues_of_referral(referral, push);
        }
        for (c, contract) in app.contracts.iter().enumerate().filter(|(_, c)| c.status == ContractStatus::Signed) {
            if let Some(until) = contract.temporary_until {
                push(at(next(until), 0, 0), Due::TemporaryOver(c));
            }
        }
        if matches!(app.status, Status::Accepted | Status::Verifying | Status::Queued) {
            push(self.interest_at(a), Due::Interest);
            if let Some(day) = app.wake_on {
                push(at(day, 0, 0), Due::Wake);
            }
            if !app.pmpc {
                // The timetable of age-outs: five past midnight.
                push(at(limit, 0, 5), Due::Age);
            }
        }
    }

    fn fire(&mut self, due: Due, place: usize) {
        match due {
            Due::Policy => {
                self.in_force = place + 1;
                self.cap_phases();
            }
            Due::Acceptance => self.accept(place),
            Due::Wake => self.wake(place),
            Due::Ask(0) => self.ask_register_first(place),
            Due::Ask(1) => self.ask_register_claim(place),
            Due::Ask(_) => self.ask_register_second(place),
            Due::CheckOver(which) => self.check_over(place, which),
            Due::Reminder(o) => self.remind(place, o),
            Due::OfferOver(o) => self.lapse_offer(place, o),
            Due::SuspensionOver(e) => self.ask_after_suspension(place, e),
            Due::AnswerOver(e) => self.silent_after_suspension(place, e),
            Due::ValidityOver | Due::SignatureOver => self.lapse_referral(place),
            Due::TemporaryOver(contract) => self.end_temporary(place, contract),
            Due::Interest => self.step_interest(place),
            Due::Age => self.age_out(place),
            Due::ComplaintRegistered => self.complaint_comes_to(place, ComplaintState::Registered),
            Due::ComplaintOver => self.complaints[place].overdue = true,
            Due::InvitationOver => self.invitations[place].state = InvitationState::Lapsed,
            Due::SeatOver => self.seats[place].status = SeatStatus::Withdrawn,
        }
    }

    /// `P15.2`: the day has come, and the applicant is told.
    fn wake(&mut self, a: usize) {
        self.apps[a].wake_on = None;
        self.notify(a, "deferred-age-reached");
    }

    /// The same for one that returns after that day.
    pub(crate) fn wake_if_due(&mut self, a: usize) {
        if self.apps[a].wake_on.is_some() && !self.sleeps(a) {
            self.wake(a);
        }
    }

    /// **D-register-wait**, `P6.b`: an officer's from now on, who has a term of its own.
    fn check_over(&mut self, a: usize, which: u8) {
        let calendar = self.calendar.clone();
        let policies = self.policies.clone();
        let app = &mut self.apps[a];
        let check = match which {
            0 => app.check.as_mut(),
            1 => app.claim.as_mut().map(|claim| &mut claim.check),
            _ => app.referrals.last_mut().and_then(|referral| referral.check.as_mut()),
        };
        if let Some(check) = check {
            check.by = By::Officer;
            check.due = terms::duty_end(check.due, policies[check.policy].1.decision_days, &calendar);
        }
    }
}

fn dues_of_check(check: Option<&Check>, which: u8, push: &mut impl FnMut(Instant, Due)) {
    let Some(check) = check else { return };
    if let By::Register { now } = check.by {
        if now {
            push(Instant::MIN_UTC, Due::Ask(which));
        }
        push(check.due, Due::CheckOver(which));
    }
}

fn dues_of_referral(referral: &Referral, push: &mut impl FnMut(Instant, Due)) {
    match referral.stage {
        Stage::Awaited if referral.asked_extension.is_none() => push(referral.valid_until, Due::ValidityOver),
        Stage::Contract { sign_by, .. } => push(sign_by, Due::SignatureOver),
        _ => {}
    }
}
