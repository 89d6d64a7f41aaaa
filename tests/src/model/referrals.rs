//! Referrals (`P22.a`, `P25`): issued, cancelled, extended, lapsed, each governed by the policy of its issue (`K5`). Never here:
//! documents and contracts.

use chrono::{NaiveDate, TimeDelta};

use super::calendar::{day, plus_days};
use super::policy::{Cancel, Extension, Lapse, Policy};
use super::state::{
    Asked, ContractStatus, EntryState, OfferStatus, Reason, Referral, ReferralStatus, SeatStatus, Stage, Status,
};
use super::{Document, Model, Outcome, terms};

impl Model {
    /// The policy of the last referral.
    pub(crate) fn of_referral(&self, a: usize) -> &Policy {
        let pin = self.apps[a].referrals.last().map_or_else(|| self.pin(), |referral| referral.policy);
        self.under(pin)
    }

    /// An offer is accepted: a referral is issued, all queues are left, other offers are released (`K4`).
    pub(crate) fn issue_referral(&mut self, a: usize, o: usize) {
        let offer = self.apps[a].offers[o].clone();
        let app = &self.apps[a];
        let live = app.entries.iter().filter(|entry| entry.state.is_live()).map(|entry| entry.organisation).collect();
        let from = day(self.now);
        let last = self.calendar.plus_working(from, self.policy().referral_days);
        let referral = Referral {
            organisation: offer.organisation,
            seat: offer.seat,
            lane: app.lane,
            issued_at: self.now,
            from,
            last,
            valid_until: terms::applicant_end(last, self.policy()),
            extended: false,
            asked_extension: None,
            status: ReferralStatus::Issued,
            stage: Stage::Awaited,
            documents: Vec::new(),
            live,
            check: None,
            policy: self.pin(),
        };
        self.apps[a].offers[o].status = super::state::OfferStatus::Accepted;
        self.seats[offer.seat].status = SeatStatus::Referred;
        self.end_offers(a, OfferStatus::Released);
        self.leave_queues(a);
        self.apps[a].claim = None;
        self.apps[a].status = Status::Referred;
        self.apps[a].referrals.push(referral);
        self.notify(a, "referral-issued");
        self.start_second_check(a);
    }

    /// A referral ends, and with it a contract that isn't signed; its seat goes on.
    pub(crate) fn end_referral(&mut self, a: usize, status: ReferralStatus) {
        self.void_contract(a);
        let Some(referral) = self.apps[a].referrals.last_mut() else { return };
        referral.status = status;
        referral.check = None;
        referral.asked_extension = None;
        let seat = referral.seat;
        self.free_seat(seat);
    }

    /// A contract that wasn't signed is void; it leaves no trace where it was to follow one that is in force.
    fn void_contract(&mut self, a: usize) {
        let contracts = &mut self.apps[a].contracts;
        if contracts.iter().any(|contract| contract.status == ContractStatus::Signed) {
            contracts.retain(|contract| contract.status != ContractStatus::Formed);
        }
        let formed = contracts.iter_mut().filter(|contract| contract.status == ContractStatus::Formed);
        formed.for_each(|contract| contract.status = ContractStatus::Void);
    }

    /// The referral's organisation's entry has ended for good, and the others return; with none the application is archived.
    pub(crate) fn return_others(&mut self, a: usize, reason: Reason) {
        let organisation = self.apps[a].referrals.last().map(|referral| referral.organisation);
        for entry in &mut self.apps[a].entries {
            if Some(entry.organisation) == organisation {
                entry.state = EntryState::Ended;
            }
        }
        self.return_entries(a, organisation, reason);
    }

    /// `P25.a`: the applicant cancels the referral within 24 hours.
    ///
    /// # Errors
    /// There is none, or it is too late.
    pub fn cancel_referral(&mut self, a: usize) -> Outcome {
        let Ok(stage) = self.stage(a) else {
            let last = self.application(a)?.referrals.last().map(|referral| referral.status);
            return if last == Some(ReferralStatus::Cancelled) { Ok(()) } else { Err((409, "P25.a")) };
        };
        if matches!(stage, Stage::UnderReview { .. } | Stage::Signed) {
            return Err((409, "P25.a"));
        }
        let issued_at = self.apps[a].referrals.last().map(|referral| referral.issued_at);
        let until = issued_at.ok_or((409, "P25.a"))? + TimeDelta::hours(self.of_referral(a).cancel_hours);
        if self.now >= until {
            return Err((409, "P25.a"));
        }
        let cancel = self.of_referral(a).cancel;
        self.end_referral(a, ReferralStatus::Cancelled);
        self.notify(a, "referral-cancelled");
        if cancel == Cancel::Archive {
            self.archive(a, Reason::Cancelled, OfferStatus::Released);
        } else {
            self.return_others(a, Reason::Cancelled);
        }
        self.serve();
        Ok(())
    }

    /// `P22.e`: the validity, or the term to sign, is over.
    pub(crate) fn lapse_referral(&mut self, a: usize) {
        let lapse = self.of_referral(a).lapse;
        self.end_referral(a, ReferralStatus::Lapsed);
        self.notify(a, "referral-lapsed");
        if lapse == Lapse::Archive {
            self.archive(a, Reason::ReferralLapsed, OfferStatus::Released);
        } else {
            self.return_others(a, Reason::ReferralLapsed);
        }
    }

    /// `P25.b`: the applicant asks for an extension, with a document.
    ///
    /// # Errors
    /// It isn't allowed.
    pub fn extend_referral(&mut self, a: usize, until: NaiveDate, document: &Document) -> Outcome {
        let stage = self.stage(a).map_err(|_| (409, "P25.b"))?;
        let (today, since) = (day(self.now), self.now);
        let referral = self.apps[a].referrals.last().ok_or((409, "P25.b"))?;
        if let Some(asked) = referral.asked_extension {
            return if asked.until == until { Ok(()) } else { Err((409, "P25.b")) };
        }
        if referral.extended {
            let same = referral.valid_until == terms::applicant_end(until, self.of_referral(a));
            return if same { Ok(()) } else { Err((409, "P25.b")) };
        }
        if stage != Stage::Awaited || self.now >= referral.valid_until {
            return Err((409, "P25.b"));
        }
        let policy = self.of_referral(a);
        let latest = plus_days(referral.last, policy.extension_days);
        if document.kind != "inability" || document.issued_on > today || until <= referral.last || until > latest {
            return Err((422, "P25.b"));
        }
        let due = terms::duty_end(self.now, policy.decision_days, &self.calendar);
        let extension = policy.extension;
        if let Some(referral) = self.apps[a].referrals.last_mut() {
            referral.asked_extension = Some(Asked { until, since, due });
        }
        if extension == Extension::OnTheDocument {
            self.decide_extension(a, true);
        }
        Ok(())
    }

    /// An extension that was asked for is given, or not; what had to wait for that lapses now.
    pub(crate) fn decide_extension(&mut self, a: usize, confirm: bool) {
        let policy = self.of_referral(a).clone();
        let Some(referral) = self.apps[a].referrals.last_mut() else { return };
        let Some(asked) = referral.asked_extension.take() else { return };
        if confirm {
            referral.extended = true;
            referral.valid_until = terms::applicant_end(asked.until, &policy);
        }
        let over = referral.stage == Stage::Awaited && referral.valid_until <= self.now;
        self.notify(a, if confirm { "referral-extended" } else { "refused" });
        if over {
            self.lapse_referral(a);
        }
    }
}
