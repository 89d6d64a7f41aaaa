//! Changes of an application (`PATCH`: `P15.5`, `P13.3`, `P15.2`). Never here: how a changed benefit is verified.

#![allow(missing_docs, reason = "the fields are those of the request")]

use kezek_rules::ids::Bin;

use super::policy::{Change as ChangePolicy, Readd};
use super::state::{Document, Entry, EntryState, NotBefore, OfferStatus, Right, Status};
use super::submit::has;
use super::{Model, Outcome};

/// What is to be changed.
#[derive(Debug, Clone, Default)]
pub struct Change {
    pub organisations: Option<Vec<Bin>>,
    pub benefits: Option<Vec<u8>>,
    pub relocation: Option<bool>,
    pub documents: Vec<Document>,
    /// `Some(None)` wakes at once.
    pub not_before: Option<Option<NotBefore>>,
    pub phone: bool,
}

impl Model {
    /// Changes an application: all of it, or nothing.
    ///
    /// # Errors
    /// The Order refuses something of it.
    pub fn change(&mut self, a: usize, change: &Change) -> Outcome {
        let app = self.application(a)?;
        if !matches!(app.status, Status::Accepted | Status::Verifying | Status::Queued) {
            return Err((409, "P15.5"));
        }
        if let Some(all) = &change.organisations {
            let stands =
                |bin: &Bin| app.entries.iter().any(|entry| entry.organisation == *bin && entry.state.is_live());
            let new: Vec<Bin> = all.iter().copied().filter(|bin| !stands(bin)).collect();
            self.organisations_fit(all, &new, &app.language, &app.stream)?;
        }
        let pmpc = app.pmpc || has(&change.documents, "pmpc-conclusion");
        let wake_on = match change.not_before {
            Some(wish) => Some(self.wake_on(wish, app.born, pmpc, app.policy)?),
            None => None,
        };
        let right = self.changed_right(a, change)?;
        if let Some(all) = &change.organisations {
            self.change_organisations(a, all);
        }
        if let Some(wake_on) = wake_on {
            self.apps[a].wake_on = wake_on;
        }
        if let Some(right) = right {
            self.change_right(a, right, &change.documents);
        }
        self.serve();
        Ok(())
    }

    /// The right asked for from now on; none if it is the one that the application has, or claims, already.
    fn changed_right(&self, a: usize, change: &Change) -> Outcome<Option<Right>> {
        if change.benefits.is_none() && change.relocation.is_none() {
            return Ok(None);
        }
        let app = &self.apps[a];
        let last = app.claim.as_ref().map_or(app.right, |claim| claim.right);
        let benefit = match &change.benefits {
            Some(benefits) => self.strongest(benefits)?,
            None => last.benefit,
        };
        // A transfer goes with the category that it was shown for.
        let relocation = change.relocation.unwrap_or(last.relocation && benefit == last.benefit);
        let right = Right { benefit, relocation };
        if right == last {
            return Ok(None);
        }
        self.right_fits(right, app.right, &change.documents)?;
        Ok(Some(right))
    }

    /// `P15.5`: those left out leave, those added come in at their instants (**D-change**, **D-readd**).
    fn change_organisations(&mut self, a: usize, all: &[Bin]) {
        for e in 0..self.apps[a].entries.len() {
            let entry = self.apps[a].entries[e].clone();
            if all.contains(&entry.organisation) || !entry.state.is_live() {
                continue;
            }
            let held = |offer: &super::state::Offer| {
                offer.organisation == entry.organisation && offer.status == OfferStatus::Open
            };
            if let Some(o) = self.apps[a].offers.iter().position(held) {
                self.end_offer(a, o, OfferStatus::Released);
            }
            // Taking off what is offered or suspended ends it, else that would be a decline that costs nothing.
            let waits = matches!(entry.state, EntryState::Pending | EntryState::Waiting);
            self.apps[a].entries[e].state = if waits { EntryState::Left } else { EntryState::Ended };
        }
        self.apps[a].entries.retain(|entry| entry.state != EntryState::Left);
        let added = if self.policy().change == ChangePolicy::Kept { self.apps[a].submitted } else { self.now };
        let readded = if self.policy().readd == Readd::Kept { self.apps[a].submitted } else { self.now };
        let queued = self.apps[a].status == Status::Queued;
        let state = if queued { EntryState::Waiting } else { EntryState::Pending };
        for organisation in all {
            let entry = Entry { organisation: *organisation, key: added, state };
            match self.entry_of(a, *organisation) {
                None => self.apps[a].entries.push(entry),
                Some(e) if self.apps[a].entries[e].state == EntryState::Ended => {
                    self.apps[a].entries[e] = Entry { key: readded, ..entry };
                }
                Some(_) => {}
            }
        }
    }
}
