//! Intake (`P5`, `P11`, `P15.1`, `A2.8`, `K1`): what a submission is refused for, and what it becomes. Never here: its later life.

#![allow(missing_docs, reason = "the fields are those of Annex 1")]

use std::collections::BTreeSet;

use chrono::{Datelike, NaiveDate, TimeDelta};
use kezek_rules::ids::Bin;

use super::calendar::day;
use super::policy::{Benefits, Relocation};
use super::state::{App, Document, Entry, EntryState, Interest, Lane, NotBefore, Right, Status};
use super::{Model, Outcome, kind_of, terms};

/// Annex 1.
#[derive(Debug, Clone)]
pub struct Submission {
    pub applicant: u32,
    pub child: u32,
    pub born: NaiveDate,
    pub language: String,
    pub stream: String,
    pub organisations: Vec<Bin>,
    pub benefits: Vec<u8>,
    pub relocation: bool,
    pub documents: Vec<Document>,
    pub not_before: Option<NotBefore>,
}

impl Model {
    /// Submits an application. The clock moves by a millisecond after it, so that no other has its instant (`P10.b`).
    ///
    /// # Errors
    /// The Order refuses it.
    pub fn submit(&mut self, form: &Submission) -> Outcome<usize> {
        let pmpc = has(&form.documents, "pmpc-conclusion");
        self.organisations_fit(&form.organisations, &form.organisations, &form.language, &form.stream)?;
        let benefit = self.strongest(&form.benefits)?;
        if !pmpc {
            self.age_fits(form.born)?;
        }
        let had_its_place = self.had_its_place(form.child, &form.stream) && !form.relocation;
        let right = Right { benefit, relocation: form.relocation, documents: form.documents.clone() };
        self.right_fits(&right, &form.stream)?;
        let wake_on = self.wake_on(form.not_before, form.born, pmpc)?;
        self.child_is_free(form.child, &form.stream)?;

        let now = self.now;
        let entry = |organisation: &Bin| Entry { organisation: *organisation, key: now, state: EntryState::Pending };
        self.apps.push(App {
            applicant: form.applicant,
            child: form.child,
            born: form.born,
            language: form.language.clone(),
            stream: form.stream.clone(),
            submitted: now,
            accepted_at: terms::acceptance(now, &self.policy),
            status: Status::Accepted,
            reason: None,
            lane: if had_its_place { Lane::General } else { lane_of(&right) },
            right,
            had_its_place,
            pmpc,
            entries: form.organisations.iter().map(entry).collect(),
            offers: Vec::new(),
            referrals: Vec::new(),
            contracts: Vec::new(),
            check: None,
            claim: None,
            wake_on,
            interest: Interest { year: 1, asked: 0 },
            notices: Vec::new(),
        });
        let a = self.apps.len() - 1;
        if self.apps[a].accepted_at <= now {
            self.accept(a);
        }
        self.now += TimeDelta::milliseconds(1);
        self.ask_register_first(a);
        self.serve();
        Ok(a)
    }

    /// `P15.1`: 1 to 4 different organisations; those that are new must be open and have the language and the stream.
    pub(crate) fn organisations_fit(&self, all: &[Bin], new: &[Bin], language: &str, stream: &str) -> Outcome {
        let different: BTreeSet<_> = all.iter().collect();
        let count = !all.is_empty() && all.len() <= self.policy.organisations_max && different.len() == all.len();
        let fits = |bin: &Bin| {
            self.organisations.iter().any(|organisation| {
                organisation.bin == *bin
                    && organisation.open
                    && organisation.languages.iter().any(|has| has == language)
                    && organisation.streams.iter().any(|has| has == stream)
            })
        };
        if count && new.iter().all(fits) { Ok(()) } else { Err((422, "P15.1")) }
    }

    /// **D-benefits**: the least number counts.
    pub(crate) fn strongest(&self, benefits: &[u8]) -> Outcome<u8> {
        if benefits.is_empty() || benefits.iter().any(|benefit| !(1..=13).contains(benefit)) {
            return Err((400, ""));
        }
        if self.policy.benefits == Benefits::One && benefits.len() > 1 {
            return Err((422, "P5.a"));
        }
        Ok(benefits.iter().copied().min().unwrap_or(13))
    }

    fn age_fits(&self, born: NaiveDate) -> Outcome {
        let today = day(self.now);
        if born.year() < today.year() - self.policy.age_limit {
            return Err((422, "P11.a"));
        }
        // P11.a itself asks that the child has not been reached by P11.b.
        if today >= terms::too_old_from(born, &self.policy) { Err((422, "P11.a")) } else { Ok(()) }
    }

    /// The documents of `A2.8`, and `P23.b` for a relocation.
    pub(crate) fn right_fits(&self, right: &Right, stream: &str) -> Outcome {
        let serving = (1..=4).contains(&right.benefit);
        if right.relocation {
            if !has(&right.documents, "transfer-order") {
                return Err((422, "P23.b"));
            }
            if self.policy.relocation == Relocation::Serving && !serving {
                return Err((422, "P23.b"));
            }
        }
        let today = day(self.now);
        let valid = |kind: &str| {
            let months = self.policy.certificate_months;
            right.documents.iter().any(|d| d.kind == kind && terms::in_month(d.issued_on, today, months))
        };
        let benefit = match right.benefit {
            1..=4 => valid("service-certificate"),
            11 | 12 => valid("work-certificate") && has(&right.documents, "diploma"),
            _ => true,
        };
        let stream = match kind_of(stream) {
            "special" => has(&right.documents, "pmpc-conclusion"),
            "sanatorium" => has(&right.documents, "phthisiatrician-conclusion"),
            _ => true,
        };
        if benefit && stream { Ok(()) } else { Err((422, "P5.d")) }
    }

    /// The day on which a deferred application wakes: none if it isn't in the future (`P15.2`).
    pub(crate) fn wake_on(&self, wish: Option<NotBefore>, born: NaiveDate, pmpc: bool) -> Outcome<Option<NaiveDate>> {
        let Some(wish) = wish else { return Ok(None) };
        let wake_on = match wish {
            NotBefore::Date(date) => date,
            NotBefore::Age { years, months } => terms::at_age(born, years, months),
        };
        if wake_on <= day(self.now) {
            return Ok(None);
        }
        if !pmpc && wake_on >= terms::too_old_from(born, &self.policy) {
            return Err((422, "P11.b"));
        }
        Ok(Some(wake_on))
    }

    /// `K1`, `P12`: no live application and no contract in force in this kind of stream.
    fn child_is_free(&self, child: u32, stream: &str) -> Outcome {
        let of_child = |a: &usize| self.apps[*a].child == child && kind_of(&self.apps[*a].stream) == kind_of(stream);
        for a in (0..self.apps.len()).filter(of_child) {
            if self.apps[a].contracts.iter().any(|contract| contract.temporary_until.is_none() && !contract.terminated)
            {
                return Err((422, "P12"));
            }
            if self.is_live(a) {
                return Err((422, "K1"));
            }
        }
        Ok(())
    }

    /// `P23.a`: the child once signed a contract to a place that it got by its lane.
    fn had_its_place(&self, child: u32, stream: &str) -> bool {
        let of_child = |app: &&App| app.child == child && kind_of(&app.stream) == kind_of(stream);
        self.apps.iter().filter(of_child).any(|app| {
            app.contracts.iter().any(|contract| contract.temporary_until.is_none() && contract.lane != Lane::General)
        })
    }
}

/// Whether a document is among others.
pub(crate) fn has(documents: &[Document], kind: &str) -> bool {
    documents.iter().any(|document| document.kind == kind)
}

/// Annex 1, `P23.b`.
pub(crate) fn lane_of(right: &Right) -> Lane {
    match right.benefit {
        _ if right.relocation => Lane::OutOfTurn,
        1..=4 => Lane::OutOfTurn,
        5..=12 => Lane::FirstPriority,
        _ => Lane::General,
    }
}
