//! Changes of an application (`PATCH`: `P15.5`, `P13.3`, `P15.2`). Never here: how a changed benefit is verified.

#![allow(missing_docs, reason = "the fields are those of the request")]

use kezek_rules::ids::Bin;

use super::policy::{Change as ChangePolicy, Readd};
use super::state::{Document, Entry, EntryState, NotBefore, OfferStatus, Right, Status};
use super::{Model, Outcome};

/// What is to be changed.
#[derive(Debug, Clone, Default)]
pub struct Change {
    pub organisations: Option<Vec<Bin>>,
    pub benefits: Option<Vec<u8>>,
    pub relocation: bool,
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
        let early = matches!(app.status, Status::Accepted | Status::Verifying);
        if !early && app.status != Status::Queued {
            return Err((409, "P15.5"));
        }
        if change.organisations.is_some() && early {
            return Err((409, "P15.5"));
        }
        if let Some(all) = &change.organisations {
            let stands =
                |bin: &Bin| app.entries.iter().any(|entry| entry.organisation == *bin && entry.state.is_live());
            let new: Vec<Bin> = all.iter().copied().filter(|bin| !stands(bin)).collect();
            self.organisations_fit(all, &new, &app.language, &app.stream)?;
        }
        let right = self.changed_right(a, change)?;
        let wake_on = match change.not_before {
            Some(wish) => Some(self.wake_on(wish, self.apps[a].born, self.apps[a].pmpc)?),
            None => None,
        };
        if let Some(all) = &change.organisations {
            self.change_organisations(a, all);
        }
        if let Some(wake_on) = wake_on {
            self.apps[a].wake_on = wake_on;
        }
        if let Some(right) = right {
            self.change_right(a, right);
        }
        self.serve();
        Ok(())
    }

    fn changed_right(&self, a: usize, change: &Change) -> Outcome<Option<Right>> {
        if change.benefits.is_none() && !change.relocation {
            return Ok(None);
        }
        let benefit = match &change.benefits {
            Some(benefits) => self.strongest(benefits)?,
            None => self.apps[a].right.benefit,
        };
        let right = Right { benefit, relocation: change.relocation, documents: change.documents.clone() };
        self.right_fits(&right, "general")?;
        Ok(Some(right))
    }

    /// `P15.5`: those left out leave, those added come in at their instants (**D-change**, **D-readd**).
    fn change_organisations(&mut self, a: usize, all: &[Bin]) {
        for e in 0..self.apps[a].entries.len() {
            let entry = self.apps[a].entries[e].clone();
            if !all.contains(&entry.organisation) && entry.state.is_live() {
                let held = |offer: &super::state::Offer| {
                    offer.organisation == entry.organisation && offer.status == OfferStatus::Open
                };
                if let Some(o) = self.apps[a].offers.iter().position(held) {
                    self.end_offer(a, o, OfferStatus::Released);
                }
                self.apps[a].entries[e].state = EntryState::Left;
            }
        }
        let added = if self.policy.change == ChangePolicy::Kept { self.apps[a].submitted } else { self.now };
        let readded = if self.policy.readd == Readd::Kept { self.apps[a].submitted } else { self.now };
        for organisation in all {
            let entry = Entry { organisation: *organisation, key: added, state: EntryState::Waiting };
            match self.entry_of(a, *organisation) {
                None => self.apps[a].entries.push(entry),
                Some(e) => match self.apps[a].entries[e].state {
                    EntryState::Left => self.apps[a].entries[e] = entry,
                    EntryState::Ended => self.apps[a].entries[e] = Entry { key: readded, ..entry },
                    _ => {}
                },
            }
        }
    }
}
