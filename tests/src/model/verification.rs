//! Verification (`P6`, `P14`): who checks, when, and what comes of it – at registration, and again after a referral. Never here: a
//! changed benefit, nor the clock that asks a register again.

use super::calendar::Instant;
use super::policy::{Officer, Unconfirmed};
use super::state::{By, Check, EntryState, Lane, OfferStatus, Pin, Reason, ReferralStatus, Right, Stage, Status};
use super::{Model, Outcome, kind_of, terms};

/// What a register says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Said {
    Yes,
    No,
    Nothing,
}

impl Model {
    /// `P5.b`, `P6`: an application is accepted: queued, or to be verified under the policy of its submission.
    pub(crate) fn accept(&mut self, a: usize) {
        let (accepted_at, policy) = (self.apps[a].accepted_at, self.apps[a].policy);
        self.verify_first(a, accepted_at, policy);
    }

    /// The first check begins; what needs none is queued (`P6.c`).
    pub(crate) fn verify_first(&mut self, a: usize, since: Instant, policy: Pin) {
        let app = &self.apps[a];
        let Some(by_register) = self.checker(&app.stream, app.lane, app.documented, policy) else {
            return self.queue(a);
        };
        self.apps[a].status = Status::Verifying;
        self.apps[a].check = Some(self.check_from(since, by_register, policy));
        self.notify(a, "verification-started");
    }

    /// Whether a register checks (`P6.b`), or an officer (`P6.a`, **D-officer**); no one does in the general lane (`P6.c`).
    pub(crate) fn checker(&self, stream: &str, lane: Lane, documented: bool, policy: Pin) -> Option<bool> {
        let with_documents = self.under(policy).officer == Officer::AllLanesWithDocuments && documented;
        if kind_of(stream) != "general" || lane == Lane::OutOfTurn || with_documents {
            return Some(false);
        }
        (lane == Lane::FirstPriority).then_some(true)
    }

    /// A check that begins now, its term counted from an acceptance.
    pub(crate) fn check_from(&self, since: Instant, by_register: bool, policy: Pin) -> Check {
        let terms = self.under(policy);
        let (by, days) = if by_register {
            (By::Register { now: true }, terms.register_wait_days)
        } else {
            (By::Officer, terms.decision_days)
        };
        Check { by, since, due: terms::duty_end(since, days, &self.calendar), by_register_first: by_register, policy }
    }

    /// Into the queues, each entry at its own instant (`P6.e`).
    pub(crate) fn queue(&mut self, a: usize) {
        self.apps[a].status = Status::Queued;
        self.apps[a].check = None;
        for entry in &mut self.apps[a].entries {
            if entry.state == EntryState::Pending {
                entry.state = EntryState::Waiting;
            }
        }
        self.notify(a, "registered");
    }

    /// What the registers say of a benefit of a child.
    pub(crate) fn ask(&self, child: u32, benefit: u8) -> Said {
        if self.registers.down || self.registers.silent.contains(&child) {
            return Said::Nothing;
        }
        let known = self.registers.known.get(&child).is_some_and(|known| known.contains(&benefit));
        if known { Said::Yes } else { Said::No }
    }

    /// The first check by register, if one is due.
    pub(crate) fn ask_register_first(&mut self, a: usize) {
        let said = self.ask(self.apps[a].child, self.apps[a].right.benefit);
        let Some(check) = self.apps[a].check.as_mut() else { return };
        if !asked_now(check) {
            return;
        }
        match said {
            Said::Yes => self.queue(a),
            Said::No => self.not_confirmed_first(a, 1),
            Said::Nothing => {}
        }
    }

    /// The second check by register.
    pub(crate) fn ask_register_second(&mut self, a: usize) {
        let said = self.ask(self.apps[a].child, self.apps[a].right.benefit);
        let Some(referral) = self.apps[a].referrals.last_mut() else { return };
        let Some(check) = referral.check.as_mut() else { return };
        if !asked_now(check) {
            return;
        }
        match said {
            Said::Yes => referral.check = None,
            Said::No => self.not_confirmed_second(a, 1),
            Said::Nothing => {}
        }
    }

    /// `P14`: the second check begins when a referral is issued to an application that rests on documents: by its lane, or by its
    /// stream.
    pub(crate) fn start_second_check(&mut self, a: usize) {
        let app = &self.apps[a];
        let Some(policy) = app.referrals.last().map(|referral| referral.policy) else { return };
        if app.lane == Lane::General && kind_of(&app.stream) == "general" {
            return;
        }
        let by_register = self.checker(&app.stream, app.lane, app.documented, policy) == Some(true);
        let due = terms::duty_end(self.now, self.under(policy).second_check_days, &self.calendar);
        let by = if by_register { By::Register { now: true } } else { By::Officer };
        let check = Check { by, since: self.now, due, by_register_first: by_register, policy };
        if let Some(referral) = self.apps[a].referrals.last_mut() {
            referral.check = Some(check);
        }
        self.notify(a, "verification-started");
        self.ask_register_second(a);
    }

    /// An officer decides what waits for one: the first check, a changed benefit, the second check, an extension, in this order.
    ///
    /// # Errors
    /// Nothing waits for an officer.
    pub fn officer_decides(&mut self, a: usize, confirm: bool, ground: u8) -> Outcome {
        self.application(a)?;
        let app = &self.apps[a];
        let waits = |check: Option<&Check>| check.is_some_and(|check| check.by == By::Officer);
        let referral = app.referrals.last().filter(|referral| referral.status == ReferralStatus::Issued);
        if app.status == Status::Verifying && waits(app.check.as_ref()) {
            if confirm { self.queue(a) } else { self.not_confirmed_first(a, ground) }
        } else if waits(app.claim.as_ref().map(|claim| &claim.check)) {
            if confirm { self.confirm_claim(a) } else { self.refuse_claim(a) }
        } else if referral.is_some_and(|referral| waits(referral.check.as_ref())) {
            if confirm {
                self.apps[a].referrals.last_mut().expect("a referral").check = None;
            } else {
                self.not_confirmed_second(a, ground);
            }
        } else if referral.is_some_and(|referral| referral.asked_extension.is_some()) {
            self.decide_extension(a, confirm);
        } else {
            return Err((409, "P6.a"));
        }
        self.serve();
        Ok(())
    }

    /// **D-unconfirmed-benefit**: only grounds 1 and 2, only in the general stream, only a lane that can be lost.
    fn falls_to_general(&self, a: usize, ground: u8, policy: Pin) -> bool {
        let app = &self.apps[a];
        self.under(policy).unconfirmed == Unconfirmed::General
            && matches!(ground, 1 | 2)
            && app.lane != Lane::General
            && kind_of(&app.stream) == "general"
    }

    pub(crate) fn fall_to_general(&mut self, a: usize) {
        self.apps[a].lane = Lane::General;
        self.apps[a].right = Right { benefit: 13, relocation: false };
    }

    fn not_confirmed_first(&mut self, a: usize, ground: u8) {
        let Some(policy) = self.apps[a].check.map(|check| check.policy) else { return };
        if self.falls_to_general(a, ground, policy) {
            self.fall_to_general(a);
            self.queue(a);
        } else {
            self.refuse(a);
        }
    }

    /// `P5.e`: refused, with a notice.
    pub(crate) fn refuse(&mut self, a: usize) {
        self.end_offers(a, OfferStatus::Withdrawn);
        self.leave_queues(a);
        self.apps[a].check = None;
        self.apps[a].claim = None;
        self.apps[a].status = Status::Refused;
        self.notify(a, "refused");
    }

    fn not_confirmed_second(&mut self, a: usize, ground: u8) {
        let Some(policy) = self.apps[a].referrals.last().map(|referral| referral.policy) else { return };
        let general = self.falls_to_general(a, ground, policy);
        self.end_referral(a, ReferralStatus::Revoked);
        self.notify(a, "referral-revoked");
        if general {
            self.fall_to_general(a);
            self.return_entries(a, None, Reason::Refused);
        } else {
            self.refuse(a);
        }
    }

    /// The stage of a referral that is still under way.
    pub(crate) fn stage(&self, a: usize) -> Outcome<Stage> {
        let referral = self.application(a)?.referrals.last();
        let issued = referral.filter(|referral| referral.status == ReferralStatus::Issued);
        issued.map(|referral| referral.stage).ok_or((409, "P22.a"))
    }
}

/// Notes that a register is asked; false if it isn't its turn. Whoever doesn't answer is asked again later.
pub(crate) fn asked_now(check: &mut Check) -> bool {
    let asked = check.by == By::Register { now: true };
    if asked {
        check.by = By::Register { now: false };
    }
    asked
}
