//! Intake (`P5`, `P11`, `P15.1`, `A2.8`, `K1`): what a submission is refused for, and what it becomes. Never here: its later life.

#![allow(missing_docs, reason = "the fields are those of Annex 1")]

use std::collections::BTreeSet;

use chrono::{Datelike, NaiveDate, TimeDelta};
use kezek_rules::ids::Bin;

use super::calendar::day;
use super::policy::{Benefits, Relocation};
use super::state::{App, ContractStatus, Document, Entry, EntryState, Interest, Lane, NotBefore, Pin, Right, Status};
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

/// What is asked for without a benefit.
const NOTHING: Right = Right { benefit: 13, relocation: false };

impl Model {
    /// Submits an application. The clock moves by a millisecond after it, so that no other has its instant (`P10.b`).
    ///
    /// # Errors
    /// The Order refuses it.
    pub fn submit(&mut self, form: &Submission) -> Outcome<usize> {
        let pmpc = has(&form.documents, "pmpc-conclusion");
        let benefit = self.strongest(&form.benefits)?;
        self.organisations_fit(&form.organisations, &form.organisations, &form.language, &form.stream)?;
        if !pmpc {
            self.age_fits(form.born)?;
        }
        let wake_on = self.wake_on(form.not_before, form.born, pmpc, self.pin())?;
        let right = Right { benefit, relocation: form.relocation };
        self.right_fits(right, NOTHING, &form.documents)?;
        stream_fits(&form.stream, &form.documents, day(self.now))?;
        self.child_is_free(form.child, &form.stream)?;
        let a = self.enter(form, right, wake_on);
        if self.apps[a].accepted_at <= self.now {
            self.accept(a);
        }
        self.now += TimeDelta::milliseconds(1);
        self.ask_register_first(a);
        self.serve();
        Ok(a)
    }

    fn enter(&mut self, form: &Submission, right: Right, wake_on: Option<NaiveDate>) -> usize {
        let (now, policy) = (self.now, self.pin());
        let entry = |organisation: &Bin| Entry { organisation: *organisation, key: now, state: EntryState::Pending };
        self.apps.push(App {
            applicant: form.applicant,
            child: form.child,
            born: form.born,
            language: form.language.clone(),
            stream: form.stream.clone(),
            submitted: now,
            accepted_at: terms::acceptance(now, self.policy(), &self.calendar),
            status: Status::Accepted,
            reason: None,
            lane: self.lane_of_child(right, form.child, &form.stream),
            right,
            pmpc: has(&form.documents, "pmpc-conclusion"),
            documented: !form.documents.is_empty(),
            policy,
            entries: form.organisations.iter().map(entry).collect(),
            offers: Vec::new(),
            referrals: Vec::new(),
            contracts: Vec::new(),
            check: None,
            claim: None,
            wake_on,
            interest: Interest { year: 1, asked: 0, policy },
            said: Vec::new(),
            notices: Vec::new(),
        });
        self.apps.len() - 1
    }

    /// `P15.1`: 1 to 4 different organisations; those that are new must be open and have the language and the stream.
    pub(crate) fn organisations_fit(&self, all: &[Bin], new: &[Bin], language: &str, stream: &str) -> Outcome {
        let different: BTreeSet<_> = all.iter().collect();
        let count = !all.is_empty() && all.len() <= self.policy().organisations_max && different.len() == all.len();
        let fits = |bin: &Bin| {
            self.organisations.iter().any(|organisation| {
                organisation.bin == *bin
                    && organisation.open
                    && organisation.languages.iter().any(|has| has == language)
                    && organisation.streams.iter().any(|has| has == kind_of(stream))
            })
        };
        if count && new.iter().all(fits) { Ok(()) } else { Err((422, "P15.1")) }
    }

    /// **D-benefits**: the least number counts.
    pub(crate) fn strongest(&self, benefits: &[u8]) -> Outcome<u8> {
        if benefits.is_empty() || benefits.iter().any(|benefit| !(1..=13).contains(benefit)) {
            return Err((400, ""));
        }
        let several = benefits.iter().any(|benefit| *benefit != benefits[0]);
        if self.policy().benefits == Benefits::One && several {
            return Err((422, "P5.a"));
        }
        Ok(benefits.iter().copied().min().unwrap_or(13))
    }

    pub(crate) fn age_fits(&self, born: NaiveDate) -> Outcome {
        let today = day(self.now);
        if born.year() < today.year() - self.policy().age_limit {
            return Err((422, "P11.a"));
        }
        // P11.a itself asks that the child has not been reached by P11.b.
        if today >= terms::too_old_from(born, self.policy()) { Err((422, "P11.a")) } else { Ok(()) }
    }

    /// The documents of `A2.8` for a benefit that wasn't there before, and of `P23.b` for a relocation that wasn't.
    pub(crate) fn right_fits(&self, right: Right, before: Right, documents: &[Document]) -> Outcome {
        let today = day(self.now);
        let months = self.policy().certificate_months;
        let in_date = |kind: &str| {
            documents
                .iter()
                .any(|document| document.kind == kind && terms::in_months(document.issued_on, today, months))
        };
        let complete = match right.benefit {
            benefit if benefit == before.benefit => true,
            1..=4 => in_date("service-certificate"),
            11 | 12 => in_date("work-certificate") && issued(documents, "diploma", today),
            _ => true,
        };
        let serving = (1..=4).contains(&right.benefit);
        let moves = right.relocation && !before.relocation;
        if moves && !issued(documents, "transfer-order", today) {
            return Err((422, "P23.b"));
        }
        if right.relocation && self.policy().relocation == Relocation::Serving && !serving {
            return Err((422, "P23.b"));
        }
        if complete { Ok(()) } else { Err((422, "A2.8")) }
    }

    /// The day on which a deferred application wakes: none if it isn't in the future (`P15.2`).
    pub(crate) fn wake_on(
        &self,
        wish: Option<NotBefore>,
        born: NaiveDate,
        pmpc: bool,
        policy: Pin,
    ) -> Outcome<Option<NaiveDate>> {
        let Some(wish) = wish else { return Ok(None) };
        let wake_on = match wish {
            NotBefore::Date(date) => date,
            NotBefore::Age { years, months } => terms::at_age(born, years, months),
        };
        if wake_on <= day(self.now) {
            return Ok(None);
        }
        if !pmpc && wake_on >= terms::too_old_from(born, self.under(policy)) {
            return Err((422, "P11.b"));
        }
        Ok(Some(wake_on))
    }

    /// `K1`, `P12`: no live application and no contract in force in this kind of stream.
    pub(crate) fn child_is_free(&self, child: u32, stream: &str) -> Outcome {
        for a in self.of_child(child, stream) {
            let bound = self.apps[a]
                .contracts
                .iter()
                .any(|contract| contract.temporary_until.is_none() && contract.status == ContractStatus::Signed);
            if bound {
                return Err((422, "P12"));
            }
            if self.is_live(a) {
                return Err((422, "K1"));
            }
        }
        Ok(())
    }

    fn of_child(&self, child: u32, stream: &str) -> Vec<usize> {
        let is = |app: &App| app.child == child && kind_of(&app.stream) == kind_of(stream);
        (0..self.apps.len()).filter(|a| is(&self.apps[*a])).collect()
    }

    /// `P23.a`: the child once signed a contract to a place that it got by its lane.
    fn had_its_place(&self, child: u32, stream: &str) -> bool {
        self.of_child(child, stream).into_iter().any(|a| {
            self.apps[a].contracts.iter().any(|contract| {
                let signed = matches!(contract.status, ContractStatus::Signed | ContractStatus::Terminated);
                signed && contract.temporary_until.is_none() && contract.lane != Lane::General
            })
        })
    }

    /// Annex 1, `P23.a`, `P23.b`: the lane to which a child is entitled.
    pub(crate) fn lane_of_child(&self, right: Right, child: u32, stream: &str) -> Lane {
        match right.benefit {
            _ if right.relocation => Lane::OutOfTurn,
            _ if self.had_its_place(child, stream) => Lane::General,
            1..=4 => Lane::OutOfTurn,
            5..=12 => Lane::FirstPriority,
            _ => Lane::General,
        }
    }
}

/// What a special or a sanatorium stream rests on (`A2.8`).
fn stream_fits(stream: &str, documents: &[Document], today: NaiveDate) -> Outcome {
    let needed = match kind_of(stream) {
        "special" => "pmpc-conclusion",
        "sanatorium" => "phthisiatrician-conclusion",
        _ => return Ok(()),
    };
    if issued(documents, needed, today) { Ok(()) } else { Err((422, "A2.8")) }
}

/// Whether a document is among others.
pub(crate) fn has(documents: &[Document], kind: &str) -> bool {
    documents.iter().any(|document| document.kind == kind)
}

/// Whether one is there that was issued by a day.
pub(crate) fn issued(documents: &[Document], kind: &str, today: NaiveDate) -> bool {
    documents.iter().any(|document| document.kind == kind && document.issued_on <= today)
}
