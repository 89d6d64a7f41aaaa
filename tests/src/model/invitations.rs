//! Invitations and the single application (`P7`, `P8`): who may be invited, what becomes of the answer, and of none. Never here: what a
//! submission is refused for.

use super::state::{Invitation, InvitationState};
use super::{Model, Outcome, Submission, terms};

/// What a state system asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inviting {
    /// Whom.
    pub applicant: u32,
    /// For which child.
    pub child: u32,
    /// Born when.
    pub born: chrono::NaiveDate,
    /// In which language the place is wished for.
    pub language: Option<String>,
}

impl Model {
    /// A state system invites a family: to a new invitation, or to the one that stands if it asks the same again.
    ///
    /// # Errors
    /// The child can't be queued.
    pub fn invite(&mut self, inviting: &Inviting) -> Outcome<usize> {
        let open = self.open_invitation(inviting.applicant, inviting.child);
        if let Some(i) = open.filter(|i| self.invitations[*i].asked == *inviting) {
            return Ok(i);
        }
        self.age_fits(inviting.born)?;
        self.child_is_free(inviting.child, "general")?;
        self.replace_invitation(open);
        self.invitations.push(Invitation {
            asked: inviting.clone(),
            sent_at: self.now,
            lapses_on: terms::too_old_from(inviting.born, self.policy()),
            state: InvitationState::Sent,
        });
        Ok(self.invitations.len() - 1)
    }

    /// A single application that carries the consent (`P8`): registered as it comes.
    ///
    /// # Errors
    /// As a submission.
    pub fn single_application(&mut self, form: &Submission) -> Outcome<usize> {
        let open = self.open_invitation(form.applicant, form.child);
        let a = self.submit(form)?;
        self.replace_invitation(open);
        Ok(a)
    }

    /// The applicant consents, and chooses (`P7`).
    ///
    /// # Errors
    /// It was answered, or is closed; or as a submission.
    pub fn consent(&mut self, i: usize, form: &Submission) -> Outcome<usize> {
        self.awaits_answer(i)?;
        let sent_at = self.invitations[i].sent_at;
        let a = self.submit(form)?;
        self.apps[a].notices.push((sent_at, "invitation"));
        self.invitations[i].state = InvitationState::Accepted;
        Ok(a)
    }

    /// The applicant doesn't consent; to say so again changes nothing.
    ///
    /// # Errors
    /// It was answered otherwise, or is closed.
    pub fn decline_invitation(&mut self, i: usize) -> Outcome {
        if self.invitations[i].state == InvitationState::Declined {
            return Ok(());
        }
        self.awaits_answer(i)?;
        self.invitations[i].state = InvitationState::Declined;
        Ok(())
    }

    fn awaits_answer(&self, i: usize) -> Outcome {
        if self.invitations[i].state == InvitationState::Sent { Ok(()) } else { Err((409, "P7")) }
    }

    fn open_invitation(&self, applicant: u32, child: u32) -> Option<usize> {
        self.invitations.iter().position(|invitation| {
            let whose = (invitation.asked.applicant, invitation.asked.child);
            invitation.state == InvitationState::Sent && whose == (applicant, child)
        })
    }

    fn replace_invitation(&mut self, open: Option<usize>) {
        if let Some(i) = open {
            self.invitations[i].state = InvitationState::Replaced;
        }
    }
}
