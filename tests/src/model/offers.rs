//! Offers (`P15.b` – `P15.d`, `P16.3`), suspensions and questions of interest (`P15.a`). Never here: whom a seat goes to.

use chrono::TimeDelta;
use kezek_rules::ids::Bin;

use super::calendar::{Instant, day, plus_days};
use super::policy::{Decline, TemporaryDecline};
use super::state::{AboutInterest, EntryState, Interest, Offer, OfferStatus, Pin, Reason, Said, SeatStatus, Status};
use super::{Model, Outcome, terms};

impl Model {
    /// Offers a seat to an entry.
    pub(crate) fn offer(&mut self, s: usize, a: usize, e: usize) {
        let policy = self.pin();
        let last = plus_days(day(self.now), self.policy().offer_days);
        let offer = Offer {
            organisation: self.seats[s].organisation,
            seat: s,
            status: OfferStatus::Open,
            offered_at: self.now,
            last,
            answer_by: terms::applicant_end(last, self.policy()),
            reminded: false,
            policy,
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
        let (seat, policy) = (self.apps[a].offers[o].seat, self.apps[a].offers[o].policy);
        let keep = self.under(policy).temporary_decline == TemporaryDecline::Keep;
        self.seats[seat].temporary_until.is_some() && keep
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
        let policy = self.apps[a].offers[o].policy;
        self.end_entry(a, e, Reason::Declined, policy);
    }

    /// `P15.c`, `P15.d`: an entry ends; so does the application with the last one, or at once (**D-decline**).
    fn end_entry(&mut self, a: usize, e: usize, reason: Reason, policy: Pin) {
        self.apps[a].entries[e].state = EntryState::Ended;
        let last = self.apps[a].entries.iter().all(|entry| !entry.state.is_live());
        if last || self.under(policy).decline == Decline::Application {
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
        let offer = &self.apps[a].offers[o];
        offer.offered_at + TimeDelta::hours(self.under(offer.policy).reminder_hours)
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
        let policy = self.pin_at(offer.answer_by);
        let last = self.calendar.plus_working(offer.last, self.under(policy).suspension_days);
        let until = terms::applicant_end(last, self.under(policy));
        let suspended = EntryState::Suspended { from: offer.last, last, until, policy };
        self.apps[a].entries[e].state = suspended;
        if self.under(offer.policy).decline == Decline::Application {
            for entry in &mut self.apps[a].entries {
                if entry.state == EntryState::Waiting {
                    entry.state = suspended;
                }
            }
        }
        self.notify(a, "suspended");
    }

    /// `P15.d`: the suspension is over, interest is asked, under the policy in force by then.
    pub(crate) fn ask_after_suspension(&mut self, a: usize, e: usize) {
        let EntryState::Suspended { last, until, .. } = self.apps[a].entries[e].state else { return };
        let policy = self.pin_at(until);
        let last = plus_days(last, self.under(policy).suspension_answer_days);
        let answer_by = terms::applicant_end(last, self.under(policy));
        self.apps[a].entries[e].state = EntryState::Asked { answer_by, policy };
        let organisation = self.apps[a].entries[e].organisation;
        self.apps[a].said.push((AboutInterest::Queue(organisation), Said::Asked));
        self.notify(a, "interest-asked");
    }

    /// **D-suspension-answer**: silence.
    pub(crate) fn silent_after_suspension(&mut self, a: usize, e: usize) {
        self.lose_interest(a, e, Reason::NoAnswer);
    }

    fn lose_interest(&mut self, a: usize, e: usize, reason: Reason) {
        if let EntryState::Asked { policy, .. } = self.apps[a].entries[e].state {
            let said = if reason == Reason::NoInterest { Said::No } else { Said::Silent };
            let organisation = self.apps[a].entries[e].organisation;
            self.apps[a].said.push((AboutInterest::Queue(organisation), said));
            self.end_entry(a, e, reason, policy);
            if !self.is_live(a) && said == Said::No {
                self.apps[a].said.push((AboutInterest::All, Said::No));
            }
        }
    }

    /// When the yearly question takes its next step (`P15.a`): asked, asked again, archived.
    pub(crate) fn interest_at(&self, a: usize) -> Instant {
        let app = &self.apps[a];
        let policy = self.under(app.interest.policy);
        let first = policy.interest_months * app.interest.year - policy.interest_answer_months;
        terms::interest(app.submitted, first + app.interest.asked * policy.interest_answer_months)
    }

    /// The next step of the yearly question.
    pub(crate) fn step_interest(&mut self, a: usize) {
        match self.apps[a].interest.asked {
            0 => self.notify(a, "interest-asked"),
            1 => self.notify(a, "interest-asked-again"),
            _ => {
                self.apps[a].said.push((AboutInterest::All, Said::Silent));
                return self.archive(a, Reason::NoInterest, OfferStatus::Released);
            }
        }
        self.apps[a].said.push((AboutInterest::Yearly, Said::Asked));
        self.apps[a].interest.asked += 1;
    }

    /// The yearly question is answered: the next one is the first to come under the policy now in force (`K5`).
    fn next_question(&mut self, a: usize) {
        let year = self.apps[a].interest.year + 1;
        self.apps[a].interest = Interest { year, asked: 0, policy: self.pin() };
        while self.interest_at(a) <= self.now {
            self.apps[a].interest.year += 1;
        }
    }

    /// A question that was open, or came due, while the application held a referral is passed by (`P15.a`).
    pub(crate) fn pass_by_question(&mut self, a: usize) {
        if self.apps[a].interest.asked > 0 || self.interest_at(a) <= self.now {
            self.next_question(a);
        }
    }

    /// Whether the yearly question is open (`P15.a`).
    pub(crate) fn is_asked(&self, a: usize) -> bool {
        let waits = matches!(self.apps[a].status, Status::Verifying | Status::Queued);
        waits && self.apps[a].interest.asked > 0
    }

    /// What was asked or said last: about one queue, or about anything.
    fn last_said(&self, a: usize, organisation: Option<Bin>) -> Option<Said> {
        let about = |about: AboutInterest| match (about, organisation) {
            (AboutInterest::All, _) | (_, None) => true,
            (AboutInterest::Queue(queue), Some(organisation)) => queue == organisation,
            (AboutInterest::Yearly, Some(_)) => false,
        };
        self.apps[a].said.iter().rev().find(|(of, _)| about(*of)).map(|(_, said)| *said)
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
        let yearly = organisation.is_none() && self.is_asked(a);
        if asked.is_empty() && !yearly {
            // The same answer again changes nothing.
            let again = if yes { Said::Yes } else { Said::No };
            return if self.last_said(a, organisation) == Some(again) { Ok(()) } else { Err((409, "P15.a")) };
        }
        if yearly && !yes {
            self.archive(a, Reason::NoInterest, OfferStatus::Released);
            self.apps[a].said.push((AboutInterest::All, Said::No));
        } else {
            if yearly {
                self.next_question(a);
                self.apps[a].said.push((AboutInterest::Yearly, Said::Yes));
            }
            let before = self.apps[a].notices.len();
            for e in asked {
                if yes {
                    self.apps[a].entries[e].state = EntryState::Waiting;
                    let organisation = self.apps[a].entries[e].organisation;
                    self.apps[a].said.push((AboutInterest::Queue(organisation), Said::Yes));
                } else {
                    self.lose_interest(a, e, Reason::NoInterest);
                }
            }
            // The end of the whole application says it all.
            if !self.is_live(a) {
                let last = self.apps[a].notices.pop();
                self.apps[a].notices.truncate(before);
                self.apps[a].notices.extend(last);
            }
        }
        self.serve();
        Ok(())
    }
}
