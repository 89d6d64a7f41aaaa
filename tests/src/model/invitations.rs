//! Invitations and the single application (`P7`, `P8`): who may be invited, what becomes of the answer, and of none. Never here: what a
//! submission is refused for.

use chrono::NaiveDate;
use kezek_rules::ids::Bin;

use super::state::{Document, Invitation, InvitationState, NotBefore};
use super::submit::has;
use super::{Model, Outcome, Submission, terms};

/// What a state system asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inviting {
    /// Whom.
    pub applicant: u32,
    /// For which child.
    pub child: u32,
    /// Born when.
    pub born: NaiveDate,
    /// Whether the registration of the birth carries it (`P8`).
    pub of_birth: bool,
    /// What is wished for.
    pub wish: Wish,
}

/// What is wished for beforehand.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wish {
    /// In which language.
    pub language: Option<String>,
    /// At which organisations.
    pub organisations: Option<Vec<Bin>>,
    /// With which benefits.
    pub benefits: Option<Vec<u8>>,
    /// From when on.
    pub not_before: Option<NotBefore>,
    /// With which documents.
    pub documents: Option<Vec<Document>>,
}

/// What an answer says; what it doesn't say is as wished.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Choice {
    /// What it chooses.
    pub wish: Wish,
    /// Whether the place is wanted at once, whatever was wished.
    pub at_once: bool,
}

impl Model {
    /// A state system invites a family: to a new invitation, or to the one that stands if it asks the same again.
    ///
    /// # Errors
    /// The child can't be queued, or not as wished.
    pub fn invite(&mut self, inviting: &Inviting) -> Outcome<usize> {
        let open = self.open_invitation(inviting.applicant, inviting.child);
        if let Some(i) = open.filter(|i| self.invitations[*i].asked == *inviting) {
            return Ok(i);
        }
        let wish = &inviting.wish;
        let pmpc = wish.documents.as_ref().is_some_and(|documents| has(documents, "pmpc-conclusion"));
        if !pmpc {
            self.age_fits(inviting.born)?;
        }
        if let Some(all) = &wish.organisations {
            let language = wish.language.as_deref().unwrap_or("kk");
            self.organisations_fit(all, all, language, "general")?;
        }
        if let Some(benefits) = &wish.benefits {
            self.strongest(benefits)?;
        }
        self.wake_on(wish.not_before, inviting.born, pmpc, self.pin())?;
        self.child_is_free(inviting.child, "general")?;
        self.replace_invitation(open);
        self.invitations.push(Invitation {
            asked: inviting.clone(),
            sent_at: self.now,
            lapses_on: (!pmpc).then(|| terms::too_old_from(inviting.born, self.policy())),
            state: InvitationState::Sent,
            answered_at: None,
            application: None,
        });
        Ok(self.invitations.len() - 1)
    }

    /// What an answer makes of an invitation: a language and organisations come from one of the two.
    fn form(&self, i: usize, choice: &Choice) -> Outcome<Submission> {
        let (asked, said) = (&self.invitations[i].asked, choice.wish.clone());
        let wished = asked.wish.clone();
        Ok(Submission {
            applicant: asked.applicant,
            child: asked.child,
            born: asked.born,
            language: said.language.or(wished.language).ok_or((400, ""))?,
            stream: "general".to_owned(),
            organisations: said.organisations.or(wished.organisations).ok_or((400, ""))?,
            benefits: said.benefits.or(wished.benefits).unwrap_or_else(|| vec![13]),
            relocation: false,
            documents: said.documents.or(wished.documents).unwrap_or_default(),
            not_before: if choice.at_once { None } else { said.not_before.or(wished.not_before) },
        })
    }

    /// A single application that carries the consent (`P8`): registered as it comes. What the state does by itself carries none.
    ///
    /// # Errors
    /// No birth was registered; or as a submission.
    pub fn single_application(&mut self, form: &Submission, of_birth: bool) -> Outcome<usize> {
        if !of_birth {
            return Err((422, "P7"));
        }
        let open = self.open_invitation(form.applicant, form.child);
        let a = self.submit(form)?;
        self.replace_invitation(open);
        Ok(a)
    }

    /// The applicant consents, and chooses (`P7`).
    ///
    /// # Errors
    /// It was answered, or is closed; it lacks a choice; or as a submission.
    pub fn consent(&mut self, i: usize, choice: &Choice) -> Outcome<usize> {
        self.awaits_answer(i)?;
        let (sent_at, answered_at) = (self.invitations[i].sent_at, self.now);
        let form = self.form(i, choice)?;
        let a = self.submit(&form)?;
        self.apps[a].notices.push((sent_at, "invitation"));
        let invitation = &mut self.invitations[i];
        invitation.state = InvitationState::Accepted;
        (invitation.answered_at, invitation.application) = (Some(answered_at), Some(a));
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
        self.invitations[i].answered_at = Some(self.now);
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
