//! Complaints (`P18`): what is registered when, by when it is to be answered, and what an officer may say. Never here: what it says.

use kezek_rules::ids::Bin;

use super::state::{Complaint, ComplaintState};
use super::{Instant, Model, Outcome, Pin, terms};

/// What an applicant files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Complaining {
    /// Who.
    pub applicant: u32,
    /// To the authority, or to the provider.
    pub to_authority: bool,
    /// Which organisation it names.
    pub organisation: Option<Bin>,
    /// Which application it names.
    pub application: Option<usize>,
    /// Whether it names the provider's settlement.
    pub settlement: bool,
}

const STATE: &str = "complaint-state";

impl Model {
    /// An applicant complains, perhaps about an application: its own, or another's, which it doesn't know of.
    ///
    /// # Errors
    /// It names what it can't know, or nothing from which it follows whose provider is meant.
    pub fn complain(&mut self, filed: &Complaining) -> Outcome<usize> {
        let Complaining { applicant, to_authority, organisation, application, settlement } = *filed;
        let strange = organisation.is_some_and(|bin| self.organisations.iter().all(|known| known.bin != bin))
            || application.is_some_and(|a| self.apps[a].applicant != applicant);
        let nobody = organisation.is_none() && application.is_none() && !settlement;
        if strange || nobody {
            return Err((422, "P18"));
        }
        let (now, policy) = (self.now, self.pin());
        let registered_at = terms::acceptance(now, self.policy(), &self.calendar);
        let state = if registered_at <= now { ComplaintState::Registered } else { ComplaintState::Delivered };
        let due = self.complaint_due(registered_at, to_authority, policy);
        let notices = vec![(now, STATE)];
        self.complaints.push(Complaint {
            submitted: now,
            registered_at,
            due,
            state,
            overdue: false,
            to_authority,
            application,
            policy,
            notices,
        });
        Ok(self.complaints.len() - 1)
    }

    /// `P18`: 5 working days of the provider, 15 of the authority.
    fn complaint_due(&self, registered_at: Instant, to_authority: bool, policy: Pin) -> Instant {
        let policy = self.under(policy);
        let days = if to_authority { policy.complaint_authority_days } else { policy.complaint_provider_days };
        terms::duty_end(registered_at, days, &self.calendar)
    }

    /// An officer says how far a complaint has come. The same again changes nothing.
    ///
    /// # Errors
    /// It isn't registered yet, has ended, or has come farther.
    pub fn move_complaint(&mut self, c: usize, to: ComplaintState) -> Outcome {
        let from = self.complaints[c].state;
        if from == to {
            return Ok(());
        }
        if !from.is_open() || to == ComplaintState::Delivered || to == ComplaintState::Registered {
            return Err((409, "P18"));
        }
        self.complaint_comes_to(c, to);
        Ok(())
    }

    pub(crate) fn complaint_comes_to(&mut self, c: usize, state: ComplaintState) {
        let now = self.now;
        self.complaints[c].state = state;
        self.complaints[c].notices.push((now, STATE));
    }

    /// `C3`: what the applicant was told only ever moves later.
    pub(crate) fn recount_complaint(&mut self, c: usize) {
        let told = self.complaints[c].clone();
        let mut registered_at = told.registered_at;
        if told.state == ComplaintState::Delivered {
            let counted = terms::acceptance(told.submitted, self.under(told.policy), &self.calendar);
            registered_at = registered_at.max(counted);
        }
        let counted = self.complaint_due(registered_at, told.to_authority, told.policy);
        let complaint = &mut self.complaints[c];
        complaint.registered_at = registered_at;
        if !told.state.has_ended() && !told.overdue {
            complaint.due = told.due.max(counted);
        }
    }
}
