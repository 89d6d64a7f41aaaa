//! Verification (`P6`, `P14`, `P13.3`): who checks, when, and what comes of it – at registration, of a changed benefit, and again
//! after a referral. Never here: the clock that asks a register again.

use super::calendar::Instant;
use super::policy::{Officer, Unconfirmed};
use super::state::{By, Check, Lane, OfferStatus, ReferralStatus, Right, Stage, Status};
use super::submit::lane_of;
use super::{Model, Outcome, kind_of, terms};

/// What a register says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Said {
    Yes,
    No,
    Nothing,
}

impl Model {
    /// `P5.b`, `P6`: an application is accepted: queued, or to be verified.
    pub(crate) fn accept(&mut self, a: usize) {
        let right = self.apps[a].right.clone();
        let (by_officer, by_register) = self.who_checks(a, &right, self.apps[a].lane);
        if !by_officer && !by_register {
            self.queue(a);
            return;
        }
        self.apps[a].status = Status::Verifying;
        self.apps[a].check = Some(self.check_from(self.apps[a].accepted_at, by_register));
        self.notify(a, "verification-started");
    }

    fn who_checks(&self, a: usize, right: &Right, lane: Lane) -> (bool, bool) {
        let app = &self.apps[a];
        let with_documents = self.policy.officer == Officer::AllLanesWithDocuments && !right.documents.is_empty();
        let by_officer = kind_of(&app.stream) != "general" || lane == Lane::OutOfTurn || with_documents;
        (by_officer, !by_officer && lane == Lane::FirstPriority)
    }

    /// A check that begins now, its term counted from an acceptance.
    fn check_from(&self, accepted: Instant, by_register: bool) -> Check {
        if by_register {
            let due = terms::duty_end(accepted, self.policy.register_wait_days);
            Check { by: By::Register { ask: self.now }, due, overdue: false }
        } else {
            Check { by: By::Officer, due: terms::duty_end(accepted, self.policy.decision_days), overdue: false }
        }
    }

    /// Into the queues, each entry at its own instant (`P6.e`).
    pub(crate) fn queue(&mut self, a: usize) {
        self.apps[a].status = Status::Queued;
        self.apps[a].check = None;
        for entry in &mut self.apps[a].entries {
            if entry.state == super::state::EntryState::Pending {
                entry.state = super::state::EntryState::Waiting;
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
        if !asked_now(check, said, self.now, &self.policy) {
            return;
        }
        match said {
            Said::Yes => self.queue(a),
            Said::No => self.not_confirmed_first(a, 1),
            Said::Nothing => {}
        }
    }

    /// The check of a changed benefit by register.
    pub(crate) fn ask_register_claim(&mut self, a: usize) {
        let child = self.apps[a].child;
        let Some(benefit) = self.apps[a].claim.as_ref().map(|claim| claim.right.benefit) else { return };
        let said = self.ask(child, benefit);
        let Some(claim) = self.apps[a].claim.as_mut() else { return };
        if !asked_now(&mut claim.check, said, self.now, &self.policy) {
            return;
        }
        match said {
            Said::Yes => self.confirm_claim(a),
            Said::No => self.refuse_claim(a),
            Said::Nothing => {}
        }
    }

    /// The second check by register.
    pub(crate) fn ask_register_second(&mut self, a: usize) {
        let said = self.ask(self.apps[a].child, self.apps[a].right.benefit);
        let now = self.now;
        let Some(referral) = self.apps[a].referrals.last_mut() else { return };
        let Some(check) = referral.check.as_mut() else { return };
        if !asked_now(check, said, now, &self.policy) {
            return;
        }
        match said {
            Said::Yes => referral.check = None,
            Said::No => self.not_confirmed_second(a, 1),
            Said::Nothing => {}
        }
    }

    /// `P14`: the second check begins when a referral is issued to an application of a lane other than general.
    pub(crate) fn start_second_check(&mut self, a: usize) {
        let app = &self.apps[a];
        if app.lane == Lane::General {
            return;
        }
        let by_register = app.lane == Lane::FirstPriority && kind_of(&app.stream) == "general";
        let due = terms::duty_end(self.now, self.policy.second_check_days);
        let by = if by_register { By::Register { ask: self.now } } else { By::Officer };
        if let Some(referral) = self.apps[a].referrals.last_mut() {
            referral.check = Some(Check { by, due, overdue: false });
        }
        self.notify(a, "verification-started");
        self.ask_register_second(a);
    }

    /// An officer decides: what waits for one is the first check, a changed benefit, an extension, or the second check.
    ///
    /// # Errors
    /// Nothing waits for an officer.
    pub fn officer_decides(&mut self, a: usize, confirm: bool, ground: u8) -> Outcome {
        self.application(a)?;
        let app = &self.apps[a];
        let waits = |check: Option<&Check>| check.is_some_and(|check| check.by == By::Officer);
        let second = app.referrals.last().filter(|referral| referral.status == ReferralStatus::Issued);
        if app.status == Status::Verifying && waits(app.check.as_ref()) {
            if confirm { self.queue(a) } else { self.not_confirmed_first(a, ground) }
        } else if waits(app.claim.as_ref().map(|claim| &claim.check)) {
            if confirm { self.confirm_claim(a) } else { self.refuse_claim(a) }
        } else if second.is_some_and(|referral| referral.asked_extension.is_some()) {
            self.decide_extension(a, confirm);
        } else if second.is_some_and(|referral| waits(referral.check.as_ref())) {
            if confirm {
                self.apps[a].referrals.last_mut().expect("a referral").check = None;
            } else {
                self.not_confirmed_second(a, ground);
            }
        } else {
            return Err((409, "P6.a"));
        }
        self.serve();
        Ok(())
    }

    /// **D-unconfirmed-benefit**: only grounds 1 and 2, only in the general stream, only a lane that can be lost.
    fn falls_to_general(&self, a: usize, ground: u8) -> bool {
        let app = &self.apps[a];
        self.policy.unconfirmed == Unconfirmed::General
            && matches!(ground, 1 | 2)
            && app.lane != Lane::General
            && kind_of(&app.stream) == "general"
    }

    pub(crate) fn fall_to_general(&mut self, a: usize) {
        self.apps[a].lane = Lane::General;
        self.apps[a].right.benefit = 13;
        self.apps[a].right.relocation = false;
    }

    fn not_confirmed_first(&mut self, a: usize, ground: u8) {
        if self.falls_to_general(a, ground) {
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
        let general = self.falls_to_general(a, ground);
        self.end_referral(a, ReferralStatus::Revoked);
        self.notify(a, "referral-revoked");
        if general {
            self.fall_to_general(a);
            self.return_entries(a, None, super::state::Reason::Refused);
        } else {
            self.refuse(a);
        }
    }

    fn confirm_claim(&mut self, a: usize) {
        let Some(claim) = self.apps[a].claim.take() else { return };
        self.apps[a].lane = claim.lane;
        self.apps[a].right = claim.right;
        self.notify(a, "registered");
    }

    fn refuse_claim(&mut self, a: usize) {
        let Some(claim) = self.apps[a].claim.take() else { return };
        if claim.replaces && self.apps[a].lane != Lane::General {
            self.fall_to_general(a);
        }
        self.notify(a, "refused");
    }

    /// A changed benefit (`P13.3`) that the documents allow.
    pub(crate) fn change_right(&mut self, a: usize, right: Right) {
        let lane = if self.apps[a].had_its_place && !right.relocation { Lane::General } else { lane_of(&right) };
        match self.apps[a].status {
            Status::Accepted => {
                self.apps[a].lane = lane;
                self.apps[a].right = right;
            }
            Status::Verifying => {
                self.apps[a].lane = lane;
                self.apps[a].right = right.clone();
                let (by_officer, by_register) = self.who_checks(a, &right, lane);
                if by_officer || by_register {
                    let accepted = terms::acceptance(self.now, &self.policy);
                    self.apps[a].check = Some(self.check_from(accepted, by_register));
                    self.notify(a, "verification-started");
                    self.ask_register_first(a);
                } else {
                    self.queue(a);
                }
            }
            _ => self.change_queued_right(a, right, lane),
        }
    }

    fn change_queued_right(&mut self, a: usize, right: Right, lane: Lane) {
        let present = self.apps[a].lane;
        self.apps[a].claim = None;
        if lane == Lane::General {
            self.apps[a].lane = Lane::General;
            self.apps[a].right = right;
            return;
        }
        if lane > present {
            self.fall_to_general(a);
        }
        let by_register = lane == Lane::FirstPriority && kind_of(&self.apps[a].stream) == "general";
        let check = self.check_from(terms::acceptance(self.now, &self.policy), by_register);
        self.apps[a].claim = Some(super::state::Claim { right, lane, replaces: lane == present, check });
        self.notify(a, "verification-started");
        self.ask_register_claim(a);
    }

    /// The stage of a referral that is still under way.
    pub(crate) fn stage(&self, a: usize) -> Outcome<Stage> {
        let referral = self.application(a)?.referrals.last();
        let issued = referral.filter(|referral| referral.status == ReferralStatus::Issued);
        issued.map(|referral| referral.stage).ok_or((409, "P22.a"))
    }
}

/// Notes that a register is asked; false if it isn't its turn.
fn asked_now(check: &mut Check, said: Said, now: Instant, policy: &super::Policy) -> bool {
    let By::Register { ask } = check.by else { return false };
    if ask > now {
        return false;
    }
    if said == Said::Nothing {
        check.by = By::Register { ask: now + chrono::TimeDelta::minutes(policy.register_retry_minutes) };
    }
    true
}
