//! Referrals (`P22.a`, `P25`): issued, cancelled, extended, lapsed. Never here: documents and contracts.

use chrono::{NaiveDate, TimeDelta};

use super::calendar::{day, plus_days, plus_working};
use super::policy::{Cancel, Extension, Lapse};
use super::state::{EntryState, OfferStatus, Reason, Referral, ReferralStatus, SeatStatus, Stage, Status};
use super::{Document, Model, Outcome, terms};

impl Model {
    /// An offer is accepted: a referral is issued, all queues are left, other offers are released (`K4`).
    pub(crate) fn issue_referral(&mut self, a: usize, o: usize) {
        let offer = self.apps[a].offers[o].clone();
        let app = &self.apps[a];
        let live = app.entries.iter().filter(|entry| entry.state.is_live()).map(|entry| entry.organisation).collect();
        let last = plus_working(day(self.now), self.policy.referral_days);
        let referral = Referral {
            organisation: offer.organisation,
            seat: offer.seat,
            lane: app.lane,
            issued_at: self.now,
            last,
            original_last: last,
            valid_until: terms::applicant_end(last, &self.policy),
            extended: false,
            asked_extension: None,
            status: ReferralStatus::Issued,
            stage: Stage::Awaited,
            documents: Vec::new(),
            live,
            check: None,
        };
        self.apps[a].offers[o].status = OfferStatus::Accepted;
        self.seats[offer.seat].status = SeatStatus::Referred;
        self.end_offers(a, OfferStatus::Released);
        self.leave_queues(a);
        self.apps[a].claim = None;
        self.apps[a].status = Status::Referred;
        self.apps[a].referrals.push(referral);
        self.notify(a, "referral-issued");
        self.start_second_check(a);
    }

    /// A referral ends; its seat goes on.
    pub(crate) fn end_referral(&mut self, a: usize, status: ReferralStatus) {
        let Some(referral) = self.apps[a].referrals.last_mut() else { return };
        referral.status = status;
        referral.check = None;
        referral.asked_extension = None;
        let seat = referral.seat;
        self.free_seat(seat);
    }

    /// The referral's organisation's entry has ended for good.
    pub(crate) fn end_entry_of_referral(&mut self, a: usize) {
        let organisation = self.apps[a].referrals.last().map(|referral| referral.organisation);
        for entry in &mut self.apps[a].entries {
            if Some(entry.organisation) == organisation {
                entry.state = EntryState::Ended;
            }
        }
    }

    /// `P25.a`: the applicant cancels the referral within 24 hours.
    ///
    /// # Errors
    /// There is none, or it is too late.
    pub fn cancel_referral(&mut self, a: usize) -> Outcome {
        if matches!(self.stage(a)?, Stage::UnderReview { .. } | Stage::Signed) {
            return Err((409, "P25.a"));
        }
        let issued_at = self.apps[a].referrals.last().map(|referral| referral.issued_at);
        let until = issued_at.ok_or((409, "P25.a"))? + TimeDelta::hours(self.policy.cancel_hours);
        if self.now > until {
            return Err((409, "P25.a"));
        }
        self.end_referral(a, ReferralStatus::Cancelled);
        self.notify(a, "referral-cancelled");
        if self.policy.cancel == Cancel::Archive {
            self.archive(a, Reason::Cancelled, OfferStatus::Released);
        } else {
            self.end_entry_of_referral(a);
            let organisation = self.apps[a].referrals.last().map(|referral| referral.organisation);
            self.return_entries(a, organisation, Reason::Cancelled);
        }
        self.serve();
        Ok(())
    }

    /// `P22.e`: the validity, or the term to sign, is over.
    pub(crate) fn lapse_referral(&mut self, a: usize) {
        self.end_referral(a, ReferralStatus::Lapsed);
        self.notify(a, "referral-lapsed");
        if self.policy.lapse == Lapse::Archive {
            self.archive(a, Reason::ReferralLapsed, OfferStatus::Released);
        } else {
            self.end_entry_of_referral(a);
            let organisation = self.apps[a].referrals.last().map(|referral| referral.organisation);
            self.return_entries(a, organisation, Reason::ReferralLapsed);
        }
    }

    /// `P25.b`: the applicant asks for an extension, with a document.
    ///
    /// # Errors
    /// It isn't allowed.
    pub fn extend_referral(&mut self, a: usize, until: NaiveDate, document: &Document) -> Outcome {
        let stage = self.stage(a)?;
        let today = day(self.now);
        let referral = self.apps[a].referrals.last().ok_or((409, "P25.b"))?;
        if stage != Stage::Awaited
            || self.now >= referral.valid_until
            || referral.extended
            || referral.asked_extension.is_some()
        {
            return Err((409, "P25.b"));
        }
        let latest = plus_days(referral.original_last, self.policy.extension_days);
        if document.kind != "inability" || document.issued_on > today || until <= referral.last || until > latest {
            return Err((422, "P25.b"));
        }
        if let Some(referral) = self.apps[a].referrals.last_mut() {
            referral.asked_extension = Some(until);
        }
        if self.policy.extension == Extension::OnTheDocument {
            self.decide_extension(a, true);
        }
        Ok(())
    }

    /// An extension that was asked for is given, or not.
    pub(crate) fn decide_extension(&mut self, a: usize, confirm: bool) {
        let policy = self.policy.clone();
        let Some(referral) = self.apps[a].referrals.last_mut() else { return };
        let Some(until) = referral.asked_extension.take() else { return };
        if confirm {
            referral.extended = true;
            referral.last = until;
            referral.valid_until = terms::applicant_end(until, &policy);
            self.notify(a, "referral-extended");
        }
    }
}
