//! Enrolment (`P22`, `P28`, `P16.1`): documents, the organisation's decision, the review. Never here: the contract, and how a referral
//! lapses.

use kezek_rules::ids::Bin;

use super::calendar::day;
use super::policy::{RefusalReview, RefusedEnrolment, Resubmission};
use super::state::{Document, Lane, OfferStatus, Reason, ReferralStatus, Stage};
use super::submit::issued;
use super::{Model, Outcome, terms};

/// An organisation's group, for `P28` (3).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// Whose group.
    pub organisation: Bin,
    /// Its name.
    pub name: String,
    /// Its type.
    pub group_type: String,
    /// Birth years of its children.
    pub years: Vec<i32>,
    /// How many they are.
    pub children: u32,
    /// How many of them are unvaccinated.
    pub unvaccinated: u32,
}

/// What an organisation says of the documents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// Complete: a contract.
    Confirm,
    /// Incomplete or expired: to be handed in again.
    Return,
    /// Refused on a ground of `P28`, with the group whose figures say so.
    Refuse {
        /// 1 to 6.
        ground: u8,
        /// The group's name.
        group: Option<String>,
    },
}

impl Model {
    /// `P22.b`: the applicant hands in documents.
    ///
    /// # Errors
    /// Not now, or not these.
    pub fn hand_in(&mut self, a: usize, documents: &[Document]) -> Outcome {
        let stage = self.stage(a).map_err(|_| (409, "P22.b"))?;
        let referral = self.apps[a].referrals.last().ok_or((409, "P22.b"))?;
        if matches!(stage, Stage::Submitted { .. }) && referral.documents == documents {
            return Ok(());
        }
        if stage != Stage::Awaited || self.now >= referral.valid_until {
            return Err((409, "P22.b"));
        }
        if !self.complete(a, documents) {
            return Err((422, "P22.c"));
        }
        let policy = self.of_referral(a);
        let registered_at = terms::acceptance(self.now, policy, &self.calendar);
        let result_due = terms::duty_end(registered_at, policy.documents_check_days, &self.calendar);
        if let Some(referral) = self.apps[a].referrals.last_mut() {
            referral.documents = documents.to_vec();
            referral.stage = Stage::Submitted { registered_at, result_due };
        }
        self.notify(a, "documents-registered");
        Ok(())
    }

    /// `A6.8`, `P28.1`: everything that is needed is there, and in date today: the certificate of health for 3 days, others a month.
    pub(crate) fn complete(&self, a: usize, documents: &[Document]) -> bool {
        let (app, policy, today) = (&self.apps[a], self.of_referral(a), day(self.now));
        let benefit = if app.lane == Lane::General { 13 } else { app.right.benefit };
        let has = |kind: &str| issued(documents, kind, today);
        let of_month = |kind: &str| {
            let good = |day| terms::in_months(day, today, policy.certificate_months);
            documents.iter().any(|document| document.kind == kind && good(document.issued_on))
        };
        let healthy = documents.iter().any(|document| {
            let days = policy.health_certificate_days;
            document.kind == "health-certificate" && terms::in_days(document.issued_on, today, days)
        });
        has("vaccination-card")
            && has("health-passport")
            && healthy
            && (!app.pmpc || has("pmpc-conclusion"))
            && (!(1..=4).contains(&benefit) || of_month("service-certificate"))
            && (!matches!(benefit, 11 | 12) || (of_month("work-certificate") && has("diploma")))
    }

    /// The organisation decides on the documents.
    ///
    /// # Errors
    /// Nothing was handed in, or the Order forbids it.
    pub fn decide_documents(&mut self, a: usize, decision: &Decision) -> Outcome {
        if !matches!(self.stage(a).map_err(|_| (409, "P22.b"))?, Stage::Submitted { .. }) {
            return Err((409, "P22.b"));
        }
        match decision {
            Decision::Confirm => self.form_contract(a)?,
            Decision::Return => self.return_documents(a),
            Decision::Refuse { ground, group } => {
                self.ground_holds(a, *ground, group.as_deref())?;
                self.notify(a, "enrolment-refused");
                let policy = self.of_referral(a);
                let due = terms::duty_end(self.now, policy.review_days, &self.calendar);
                match policy.refusal_review {
                    RefusalReview::Provider => {
                        self.set_stage(a, Stage::UnderReview { ground: *ground, since: self.now, due });
                    }
                    RefusalReview::None => self.uphold(a, *ground, None),
                }
            }
        }
        self.serve();
        Ok(())
    }

    pub(crate) fn set_stage(&mut self, a: usize, stage: Stage) {
        if let Some(referral) = self.apps[a].referrals.last_mut() {
            referral.stage = stage;
        }
    }

    /// `P22.c`, **D-resubmission**: to be handed in again while the referral is valid, or while its extension is being decided.
    fn return_documents(&mut self, a: usize) {
        self.notify(a, "enrolment-refused");
        let now = self.now;
        let again = self.of_referral(a).resubmission == Resubmission::UntilValidity;
        let later = self.later_validity(a).map(|(_, until)| until);
        let valid = self.apps[a]
            .referrals
            .last()
            .is_some_and(|referral| now < later.unwrap_or(referral.valid_until) || referral.asked_extension.is_some());
        if again && valid {
            self.set_stage(a, Stage::Awaited);
            self.recount_validity(a);
        } else {
            self.lapse_referral(a);
        }
    }

    /// `P28` (3): more than 10 % unvaccinated.
    fn ground_holds(&self, a: usize, ground: u8, group: Option<&str>) -> Outcome {
        if ground != 3 {
            return Ok(());
        }
        let referral = self.apps[a].referrals.last().ok_or((409, "P28"))?;
        let seat = &self.seats[referral.seat];
        let fits = |candidate: &&Group| {
            candidate.organisation == referral.organisation
                && group.is_none_or(|name| candidate.name == name)
                && candidate.group_type == seat.group_type
                && candidate.years.iter().any(|year| seat.years.contains(year))
        };
        let percent = self.of_referral(a).unvaccinated_percent;
        let over = |group: &Group| group.unvaccinated * 100 > group.children * percent;
        if self.groups.iter().filter(fits).any(over) { Ok(()) } else { Err((422, "P28")) }
    }

    /// `P16.1`: an officer reviews a refusal. With `outcome`, `true` archives and `false` returns; departing from what is usual needs a
    /// reason.
    ///
    /// # Errors
    /// None is under review, or a reason is missing.
    pub fn review(&mut self, a: usize, uphold: bool, outcome: Option<bool>, reasoned: bool) -> Outcome {
        let stage = self.stage(a).map_err(|_| (409, "P16.1"))?;
        let Stage::UnderReview { ground, .. } = stage else { return Err((409, "P16.1")) };
        if uphold {
            let departs = outcome.is_some_and(|archive| archive != self.usually_archived(a, ground));
            if departs && !reasoned {
                return Err((422, "P16.1"));
            }
            self.notify(a, "enrolment-refused");
            self.uphold(a, ground, outcome);
        } else {
            self.overturn(a);
        }
        self.serve();
        Ok(())
    }

    /// The referral stands, with a fresh term, which the applicant is told as a referral.
    fn overturn(&mut self, a: usize) {
        let policy = self.of_referral(a);
        let from = day(self.now);
        let last = self.calendar.plus_working(from, policy.referral_days);
        let valid_until = terms::applicant_end(last, policy);
        if let Some(referral) = self.apps[a].referrals.last_mut() {
            referral.stage = Stage::Awaited;
            (referral.from, referral.last, referral.valid_until) = (from, last, valid_until);
        }
        self.notify(a, "referral-issued");
    }

    /// **D-refused-enrolment**: grounds 2 and 3 aren't the parent's fault.
    fn usually_archived(&self, a: usize, ground: u8) -> bool {
        self.of_referral(a).refused_enrolment == RefusedEnrolment::Archive || !matches!(ground, 2 | 3)
    }

    fn uphold(&mut self, a: usize, ground: u8, outcome: Option<bool>) {
        let archive = outcome.unwrap_or_else(|| self.usually_archived(a, ground));
        self.end_referral(a, ReferralStatus::Refused);
        if archive {
            self.archive(a, Reason::Refused, OfferStatus::Released);
        } else {
            self.return_others(a, Reason::Refused);
        }
    }

    /// An organisation tells the figures of a group.
    pub fn put_group(&mut self, group: Group) {
        self.groups.retain(|other| other.organisation != group.organisation || other.name != group.name);
        self.groups.push(group);
    }

    /// Which referral an organisation has from an application, if it is the last.
    #[must_use]
    pub fn referred_to(&self, a: usize) -> Option<Bin> {
        let referral = self.apps.get(a)?.referrals.last()?;
        (referral.status == ReferralStatus::Issued).then_some(referral.organisation)
    }
}
