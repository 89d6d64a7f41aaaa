//! A patch of the calendar (`C3`): open terms that count working days are counted again. What an applicant was told only ever moves
//! later; what officers owe without the applicant's knowledge moves both ways. Never here: how a term is counted.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use super::state::{By, Check, EntryState, ReferralStatus, Stage, Status};
use super::{Instant, Model, terms};

impl Model {
    /// An officer makes a day a day off, or a working day.
    pub fn patch_calendar(&mut self, day: NaiveDate, working: bool) {
        self.calendar.patched.insert(day, working);
        for a in 0..self.apps.len() {
            if self.is_live(a) {
                self.recount_acceptance(a);
                self.recount_checks(a);
                self.recount_suspensions(a);
                self.recount_referral(a);
            }
        }
        (0..self.complaints.len()).for_each(|c| self.recount_complaint(c));
        self.serve();
    }

    /// The last day and the end of a referral's validity as the calendar says now, if that is later than what was told.
    pub(crate) fn later_validity(&self, a: usize) -> Option<(NaiveDate, Instant)> {
        let referral = self.apps[a].referrals.last()?;
        let policy = self.of_referral(a);
        let last = self.calendar.plus_working(referral.from, policy.referral_days);
        let end = terms::applicant_end(last, policy);
        let by_document = referral.extended || referral.asked_extension.is_some();
        (!by_document && end > referral.valid_until).then_some((last, end))
    }

    /// How long a referral is valid whose documents are awaited, or are returned.
    pub(crate) fn recount_validity(&mut self, a: usize) {
        let Some(later) = self.later_validity(a) else { return };
        let referral = self.apps[a].referrals.last_mut().expect("a referral");
        (referral.last, referral.valid_until) = later;
        self.notify(a, "referral-extended");
    }

    fn recount_acceptance(&mut self, a: usize) {
        let app = &self.apps[a];
        if app.status == Status::Accepted {
            let counted = terms::acceptance(app.submitted, self.under(app.policy), &self.calendar);
            self.apps[a].accepted_at = app.accepted_at.max(counted);
        }
    }

    fn recount_checks(&mut self, a: usize) {
        let app = &self.apps[a];
        let first = app.check.map(|check| self.recounted_check(check, false));
        let claimed = app.claim.as_ref().map(|claim| self.recounted_check(claim.check, false));
        let second = app.referrals.last().and_then(|referral| referral.check);
        let second = second.map(|check| self.recounted_check(check, true));
        let app = &mut self.apps[a];
        app.check = first;
        if let (Some(claim), Some(check)) = (app.claim.as_mut(), claimed) {
            claim.check = check;
        }
        if let Some(referral) = app.referrals.last_mut() {
            referral.check = second;
        }
    }

    fn recounted_check(&self, check: Check, second: bool) -> Check {
        let policy = self.under(check.policy);
        let first_days = match (second, check.by_register_first) {
            (true, _) => policy.second_check_days,
            (false, true) => policy.register_wait_days,
            (false, false) => policy.decision_days,
        };
        let mut due = terms::duty_end(check.since, first_days, &self.calendar);
        if check.by_register_first && check.by == By::Officer {
            due = terms::duty_end(due, policy.decision_days, &self.calendar);
        }
        // Of a check that a register has first no term is told.
        Check { due: if check.by_register_first { due } else { due.max(check.due) }, ..check }
    }

    /// Those that end together are told together.
    fn recount_suspensions(&mut self, a: usize) {
        let mut told = BTreeSet::new();
        for e in 0..self.apps[a].entries.len() {
            let EntryState::Suspended { from, until, policy, .. } = self.apps[a].entries[e].state else { continue };
            let last = self.calendar.plus_working(from, self.under(policy).suspension_days);
            let counted = terms::applicant_end(last, self.under(policy));
            if counted > until {
                self.apps[a].entries[e].state = EntryState::Suspended { from, last, until: counted, policy };
                told.insert(counted);
            }
        }
        told.into_iter().for_each(|_| self.notify(a, "suspended"));
    }

    fn recount_referral(&mut self, a: usize) {
        let issued = |referral: &&super::state::Referral| referral.status == ReferralStatus::Issued;
        let Some(referral) = self.apps[a].referrals.last().filter(issued).cloned() else { return };
        if referral.stage == Stage::Awaited {
            self.recount_validity(a);
        }
        let Some(referral) = self.apps[a].referrals.last().cloned() else { return };
        let (policy, calendar) = (self.of_referral(a), &self.calendar);
        let later = |from: NaiveDate, days: u32, told: Instant| {
            let last = calendar.plus_working(from, days);
            Some((last, terms::applicant_end(last, policy))).filter(|(_, end)| *end > told)
        };
        let mut moved = referral.clone();
        if let Some(asked) = moved.asked_extension.as_mut() {
            asked.due = terms::duty_end(asked.since, policy.decision_days, calendar);
        }
        let mut notice = None;
        match &mut moved.stage {
            Stage::Submitted { registered_at, result_due } if *result_due > self.now => {
                let counted = terms::duty_end(*registered_at, policy.documents_check_days, calendar);
                if counted > *result_due {
                    *result_due = counted;
                    notice = Some("documents-registered");
                }
            }
            Stage::Contract { formed_at, sign_by } => {
                let formed_on = super::calendar::day(*formed_at);
                if let Some((_, end)) = later(formed_on, policy.signature_days, *sign_by) {
                    *sign_by = end;
                    notice = Some("contract-ready");
                }
            }
            Stage::UnderReview { since, due, .. } => *due = terms::duty_end(*since, policy.review_days, calendar),
            _ => {}
        }
        if let Stage::Contract { sign_by, .. } = moved.stage
            && let Some(contract) = self.apps[a].contracts.last_mut()
        {
            contract.sign_by = sign_by;
        }
        *self.apps[a].referrals.last_mut().expect("a referral") = moved;
        notice.into_iter().for_each(|kind| self.notify(a, kind));
    }
}
