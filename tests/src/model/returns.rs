//! Coming back to the queues after a referral or a temporary place, and leaving for good: withdrawal, an officer's archive, age.
//! Never here: why a referral ended.

use kezek_rules::ids::Bin;

use super::state::{EntryState, OfferStatus, Reason, ReferralStatus, SeatStatus, Status};
use super::{Model, Outcome};

impl Model {
    /// The entries that were live at the acceptance return at their instants, except one organisation's. With nothing to return to,
    /// or too old, the application is archived.
    pub(crate) fn return_entries(&mut self, a: usize, except: Option<Bin>, reason: Reason) {
        let live = self.apps[a].referrals.last().map(|referral| referral.live.clone()).unwrap_or_default();
        let returning = live.iter().filter(|bin| Some(**bin) != except).count();
        if returning > 0 && self.is_too_old(a) {
            return self.archive(a, Reason::AgeLimit, OfferStatus::Withdrawn);
        }
        if returning == 0 {
            return self.archive(a, reason, OfferStatus::Released);
        }
        for entry in &mut self.apps[a].entries {
            if live.contains(&entry.organisation) && Some(entry.organisation) != except {
                entry.state = EntryState::Waiting;
            }
        }
        self.apps[a].status = Status::Queued;
        self.pass_by_question(a);
        self.wake_if_due(a);
    }

    /// `P15.4`: the applicant withdraws.
    ///
    /// # Errors
    /// There is nothing to withdraw.
    pub fn withdraw(&mut self, a: usize) -> Outcome {
        self.application(a)?;
        if !self.is_live(a) {
            return if self.apps[a].reason == Some(Reason::Withdrawn) { Ok(()) } else { Err((409, "P15.4")) };
        }
        self.give_up_referral(a, ReferralStatus::Released);
        self.archive(a, Reason::Withdrawn, OfferStatus::Released);
        self.serve();
        Ok(())
    }

    fn give_up_referral(&mut self, a: usize, status: ReferralStatus) {
        if self.apps[a].status == Status::Referred {
            self.end_referral(a, status);
        }
    }

    /// `P3.2`: an officer archives for a violation, or as a duplicate.
    ///
    /// # Errors
    /// It is over already.
    pub fn officer_archives(&mut self, a: usize, duplicate: bool) -> Outcome {
        self.application(a)?;
        let reason = if duplicate { Reason::Duplicate } else { Reason::Violation };
        if !self.is_live(a) {
            return if self.apps[a].reason == Some(reason) { Ok(()) } else { Err((409, "P3.2")) };
        }
        self.give_up_referral(a, ReferralStatus::Revoked);
        self.archive(a, reason, OfferStatus::Withdrawn);
        self.serve();
        Ok(())
    }

    /// `P11.b`: too old for a queue. A referral stands.
    pub(crate) fn age_out(&mut self, a: usize) {
        if matches!(self.apps[a].status, Status::Accepted | Status::Verifying | Status::Queued) {
            self.archive(a, Reason::AgeLimit, OfferStatus::Withdrawn);
        }
    }

    /// `K3`: a vacancy is withdrawn, by its organisation while no one holds it, by an officer also from who holds it.
    ///
    /// # Errors
    /// It is held, filled, or gone.
    pub fn withdraw_vacancy(&mut self, s: usize, by_officer: bool) -> Outcome {
        let status = self.seats.get(s).ok_or((404, ""))?.status;
        match status {
            // The same again.
            SeatStatus::Withdrawn => return Ok(()),
            SeatStatus::Open => {}
            SeatStatus::Offered | SeatStatus::Referred if by_officer => {}
            _ => return Err((409, "K3")),
        }
        self.seats[s].status = SeatStatus::Withdrawn;
        for a in 0..self.apps.len() {
            if status == SeatStatus::Offered {
                self.take_back_offer(a, s);
            } else if status == SeatStatus::Referred {
                self.take_back_referral(a, s);
            }
        }
        self.serve();
        Ok(())
    }

    fn take_back_offer(&mut self, a: usize, s: usize) {
        let held = |offer: &super::state::Offer| offer.seat == s && offer.status == OfferStatus::Open;
        let Some(o) = self.apps[a].offers.iter().position(held) else { return };
        self.apps[a].offers[o].status = OfferStatus::Withdrawn;
        let organisation = self.apps[a].offers[o].organisation;
        if let Some(e) = self.entry_of(a, organisation) {
            self.apps[a].entries[e].state = EntryState::Waiting;
        }
        self.notify(a, "offer-passed-on");
    }

    fn take_back_referral(&mut self, a: usize, s: usize) {
        let held = |referral: &super::state::Referral| referral.seat == s && referral.status == ReferralStatus::Issued;
        if !self.apps[a].referrals.last().is_some_and(held) {
            return;
        }
        self.end_referral(a, ReferralStatus::Revoked);
        self.seats[s].status = SeatStatus::Withdrawn;
        self.notify(a, "referral-revoked");
        self.return_entries(a, None, Reason::Refused);
    }
}
