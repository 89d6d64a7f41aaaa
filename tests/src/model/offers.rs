//! Offers (`P15.b` – `P15.d`, `P16.3`), suspensions and questions of interest (`P15.a`). Never here: whom a seat goes to.

use chrono::TimeDelta;
use kezek_rules::ids::Bin;

use super::calendar::{Instant, day, plus_days, plus_working};
use super::policy::{Decline, TemporaryDecline};
use super::state::{EntryState, Offer, OfferStatus, Reason, SeatStatus, Status};
use super::{Model, Outcome, terms};

impl Model {
    /// Offers a seat to an entry.
    pub(crate) fn offer(&mut self, s: usize, a: usize, e: usize) {
        let last = plus_days(day(self.now), self.policy.offer_days);
        let offer = Offer {
            organisation: self.seats[s].organisation,
            seat: s,
            status: OfferStatus::Open,
            offered_at: self.now,
            last,
            answer_by: terms::applicant_end(last, &self.policy),
            reminded: false,
        };
        self.seats[s].status = SeatStatus::Offered;
        self.apps[a].offers.push(offer);
        self.apps[a].entries[e].state = EntryState::Offered;
        self.notify(a, "offer");
    }

    /// The applicant accepts or declines the offer of an organisation (the last that was made).
    ///
    /// # Errors
    /// There is no open offer of it; the same answer again is no error.
    pub fn answer_offer(&mut self, a: usize, organisation: Bin, accept: bool) -> Outcome {
        let app = self.application(a)?;
        let o = app.offers.iter().rposition(|offer| offer.organisation == organisation).ok_or((404, ""))?;
        match (app.offers[o].status, accept) {
            (OfferStatus::Open, _) => {}
            (OfferStatus::Accepted, true) | (OfferStatus::Declined, false) => return Ok(()),
            _ => return Err((409, "P15.b")),
        }
        if self.now >= app.offers[o].answer_by || self.is_too_old(a) {
            return Err((409, "P15.b"));
        }
        if accept {
            self.issue_referral(a, o);
        } else {
            self.decline(a, o);
        }
        self.serve();
        Ok(())
    }

    pub(crate) fn entry_of(&self, a: usize, organisation: Bin) -> Option<usize> {
        self.apps[a].entries.iter().position(|entry| entry.organisation == organisation)
    }

    /// The entry of a temporary place that is declined waits on (**D-temporary-decline**).
    fn waits_on(&self, a: usize, o: usize) -> bool {
        let seat = self.apps[a].offers[o].seat;
        self.seats[seat].temporary_until.is_some() && self.policy.temporary_decline == TemporaryDecline::Keep
    }

    fn decline(&mut self, a: usize, o: usize) {
        let (organisation, seat) = (self.apps[a].offers[o].organisation, self.apps[a].offers[o].seat);
        let waits_on = self.waits_on(a, o);
        self.end_offer(a, o, OfferStatus::Declined);
        let Some(e) = self.entry_of(a, organisation) else { return };
        if waits_on {
            self.seats[seat].passed_by.push(a);
            self.apps[a].entries[e].state = EntryState::Waiting;
            return;
        }
        self.end_entry(a, e, Reason::Declined);
    }

    /// `P15.c`, `P15.d`: an entry ends; so does the application with the last one, or at once (**D-decline**).
    fn end_entry(&mut self, a: usize, e: usize, reason: Reason) {
        self.apps[a].entries[e].state = EntryState::Ended;
        let last = self.apps[a].entries.iter().all(|entry| !entry.state.is_live());
        if last || self.policy.decline == Decline::Application {
            self.archive(a, reason, OfferStatus::Released);
        } else if reason != Reason::Declined {
            self.notify(a, "archived");
        }
    }

    /// `P16.3`: sent again.
    pub(crate) fn remind(&mut self, a: usize, o: usize) {
        self.apps[a].offers[o].reminded = true;
        self.notify(a, "offer-reminder");
    }

    pub(crate) fn remind_at(&self, a: usize, o: usize) -> Instant {
        self.apps[a].offers[o].offered_at + TimeDelta::hours(self.policy.reminder_hours)
    }

    /// `P15.d`: no answer.
    pub(crate) fn lapse_offer(&mut self, a: usize, o: usize) {
        let offer = self.apps[a].offers[o].clone();
        let waits_on = self.waits_on(a, o);
        self.end_offer(a, o, OfferStatus::Lapsed);
        self.notify(a, "offer-passed-on");
        let Some(e) = self.entry_of(a, offer.organisation) else { return };
        if waits_on {
            self.seats[offer.seat].passed_by.push(a);
            self.apps[a].entries[e].state = EntryState::Waiting;
            return;
        }
        let last = plus_working(offer.last, self.policy.suspension_days);
        let suspended = EntryState::Suspended { last, until: terms::applicant_end(last, &self.policy) };
        self.apps[a].entries[e].state = suspended;
        if self.policy.decline == Decline::Application {
            for entry in &mut self.apps[a].entries {
                if matches!(entry.state, EntryState::Waiting | EntryState::Suspended { .. }) {
                    entry.state = suspended;
                }
            }
        }
        self.notify(a, "suspended");
    }

    /// `P15.d`: the suspension is over, interest is asked.
    pub(crate) fn ask_after_suspension(&mut self, a: usize, e: usize) {
        let EntryState::Suspended { last, .. } = self.apps[a].entries[e].state else { return };
        let last = plus_days(last, self.policy.suspension_answer_days);
        self.apps[a].entries[e].state = EntryState::Asked { answer_by: terms::applicant_end(last, &self.policy) };
        self.notify(a, "interest-asked");
    }

    /// **D-suspension-answer**: silence.
    pub(crate) fn silent_after_suspension(&mut self, a: usize, e: usize) {
        self.end_entry(a, e, Reason::NoAnswer);
    }

    /// When the yearly question takes its next step (`P15.a`): asked, asked again, archived.
    pub(crate) fn interest_at(&self, a: usize) -> Instant {
        let app = &self.apps[a];
        let first = self.policy.interest_months * app.interest.year - self.policy.interest_answer_months;
        terms::interest(app.submitted, first + app.interest.asked * self.policy.interest_answer_months)
    }

    /// The next step of the yearly question.
    pub(crate) fn step_interest(&mut self, a: usize) {
        if matches!(self.apps[a].status, Status::Referred | Status::Enrolled) {
            self.apps[a].interest.year += 1;
            return;
        }
        match self.apps[a].interest.asked {
            0 => self.notify(a, "interest-asked"),
            1 => self.notify(a, "interest-asked-again"),
            _ => return self.archive(a, Reason::NoInterest, OfferStatus::Withdrawn),
        }
        self.apps[a].interest.asked += 1;
    }

    /// Answers the questions of interest: one organisation's, or every open one.
    ///
    /// # Errors
    /// Nothing is asked.
    pub fn answer_interest(&mut self, a: usize, yes: bool, organisation: Option<Bin>) -> Outcome {
        self.application(a)?;
        let about = |bin: Bin| organisation.is_none_or(|organisation| organisation == bin);
        let mut asked: Vec<usize> = Vec::new();
        for (e, entry) in self.apps[a].entries.iter().enumerate() {
            if matches!(entry.state, EntryState::Asked { .. }) && about(entry.organisation) {
                asked.push(e);
            }
        }
        let yearly = organisation.is_none() && self.apps[a].interest.asked > 0 && self.is_live(a);
        if asked.is_empty() && !yearly {
            return Err((409, "P15.a"));
        }
        if yearly && !yes {
            self.archive(a, Reason::NoInterest, OfferStatus::Released);
        } else {
            if yearly {
                self.close_yearly_question(a);
            }
            for e in asked {
                if yes {
                    self.apps[a].entries[e].state = EntryState::Waiting;
                } else if self.apps[a].entries[e].state.is_live() {
                    self.end_entry(a, e, Reason::NoInterest);
                }
            }
        }
        self.serve();
        Ok(())
    }
}
