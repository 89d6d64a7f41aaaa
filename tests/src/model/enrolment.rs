//! Enrolment (`P22`, `P28`, `P16.1`, `P12`, `P23.c`): documents, the organisation's decision, the review, the contract. Never here:
//! how a referral lapses.

use kezek_rules::ids::Bin;

use super::calendar::{day, plus_days, plus_working};
use super::policy::{RefusalReview, RefusedEnrolment, Resubmission, Temporary};
use super::state::{Contract, Document, Lane, OfferStatus, Reason, ReferralStatus, SeatStatus, Stage, Status};
use super::submit::has;
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
        let stage = self.stage(a)?;
        let referral = self.apps[a].referrals.last().ok_or((409, "P22.b"))?;
        if stage != Stage::Awaited || self.now >= referral.valid_until {
            return Err((409, "P22.b"));
        }
        if !self.complete(a, documents) {
            return Err((422, "P22.c"));
        }
        let registered_at = terms::acceptance(self.now, &self.policy);
        let result_due = terms::duty_end(registered_at, self.policy.documents_check_days);
        if let Some(referral) = self.apps[a].referrals.last_mut() {
            referral.documents = documents.to_vec();
            referral.stage = Stage::Submitted { result_due, overdue: false };
        }
        self.notify(a, "documents-registered");
        Ok(())
    }

    /// `A6.8`: everything is there and in date today.
    fn complete(&self, a: usize, documents: &[Document]) -> bool {
        let app = &self.apps[a];
        let benefit = if app.lane == Lane::General { 13 } else { app.right.benefit };
        has(documents, "vaccination-card")
            && has(documents, "health-passport")
            && has(documents, "health-certificate")
            && (!app.pmpc || has(documents, "pmpc-conclusion"))
            && (!(1..=4).contains(&benefit) || has(documents, "service-certificate"))
            && (!matches!(benefit, 11 | 12) || (has(documents, "work-certificate") && has(documents, "diploma")))
            && self.in_date(documents)
    }

    /// `P28.1`: the certificate of health is at most 3 days old, other certificates a month.
    fn in_date(&self, documents: &[Document]) -> bool {
        let today = day(self.now);
        documents.iter().all(|document| match document.kind.as_str() {
            "health-certificate" => today <= plus_days(document.issued_on, self.policy.health_certificate_days),
            "service-certificate" | "work-certificate" => {
                terms::in_month(document.issued_on, today, self.policy.certificate_months)
            }
            _ => true,
        })
    }

    /// The organisation decides on the documents.
    ///
    /// # Errors
    /// Nothing was handed in, or the Order forbids it.
    pub fn decide_documents(&mut self, a: usize, decision: &Decision) -> Outcome {
        if !matches!(self.stage(a)?, Stage::Submitted { .. }) {
            return Err((409, "P22.b"));
        }
        match decision {
            Decision::Confirm => {
                let documents = self.apps[a].referrals.last().map(|r| r.documents.clone()).unwrap_or_default();
                if !self.in_date(&documents) {
                    return Err((422, "P28.1"));
                }
                let last = plus_working(day(self.now), self.policy.signature_days);
                self.set_stage(a, Stage::Contract { sign_by: terms::applicant_end(last, &self.policy) });
                self.notify(a, "contract-ready");
            }
            Decision::Return => self.return_documents(a),
            Decision::Refuse { ground, group } => {
                self.ground_holds(a, *ground, group.as_deref())?;
                self.notify(a, "enrolment-refused");
                match self.policy.refusal_review {
                    RefusalReview::Provider => {
                        let due = terms::duty_end(self.now, self.policy.review_days);
                        self.set_stage(a, Stage::UnderReview { ground: *ground, due, overdue: false });
                    }
                    RefusalReview::None => self.uphold(a, *ground, None),
                }
            }
        }
        self.serve();
        Ok(())
    }

    fn set_stage(&mut self, a: usize, stage: Stage) {
        if let Some(referral) = self.apps[a].referrals.last_mut() {
            referral.stage = stage;
        }
    }

    fn return_documents(&mut self, a: usize) {
        self.notify(a, "enrolment-refused");
        let valid = self.apps[a].referrals.last().is_some_and(|referral| self.now < referral.valid_until);
        if self.policy.resubmission == Resubmission::UntilValidity && valid {
            self.set_stage(a, Stage::Awaited);
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
                && match group {
                    Some(name) => candidate.name == name,
                    None => {
                        candidate.group_type == seat.group_type
                            && candidate.years.iter().any(|year| seat.years.contains(year))
                    }
                }
        };
        let percent = self.policy.unvaccinated_percent;
        let over = |group: &Group| group.unvaccinated * 100 > group.children * percent;
        if self.groups.iter().filter(fits).any(over) { Ok(()) } else { Err((422, "P28")) }
    }

    /// `P16.1`: an officer reviews a refusal. With `outcome`, `true` archives and `false` returns.
    ///
    /// # Errors
    /// None is under review.
    pub fn review(&mut self, a: usize, uphold: bool, outcome: Option<bool>) -> Outcome {
        let Stage::UnderReview { ground, .. } = self.stage(a)? else { return Err((409, "P16.1")) };
        if uphold {
            self.uphold(a, ground, outcome);
        } else {
            let last = plus_working(day(self.now), self.policy.referral_days);
            let valid_until = terms::applicant_end(last, &self.policy);
            if let Some(referral) = self.apps[a].referrals.last_mut() {
                referral.stage = Stage::Awaited;
                referral.last = last;
                referral.valid_until = valid_until;
            }
        }
        self.serve();
        Ok(())
    }

    fn uphold(&mut self, a: usize, ground: u8, outcome: Option<bool>) {
        let by_ground = self.policy.refused_enrolment == RefusedEnrolment::ByGround && matches!(ground, 2 | 3);
        let archive = outcome.unwrap_or(!by_ground);
        self.end_referral(a, ReferralStatus::Refused);
        self.end_entry_of_referral(a);
        if archive {
            self.archive(a, Reason::Refused, OfferStatus::Released);
        } else {
            let organisation = self.apps[a].referrals.last().map(|referral| referral.organisation);
            self.return_entries(a, organisation, Reason::Refused);
        }
    }

    /// `P22.d`: the applicant signs.
    ///
    /// # Errors
    /// There is no contract to sign.
    pub fn sign(&mut self, a: usize) -> Outcome {
        let Stage::Contract { sign_by } = self.stage(a)? else { return Err((409, "P22.d")) };
        if self.now >= sign_by {
            return Err((409, "P22.d"));
        }
        self.set_stage(a, Stage::Signed);
        let referral = self.apps[a].referrals.last_mut().expect("a referral");
        referral.status = ReferralStatus::Used;
        referral.check = None;
        let (organisation, seat, lane) = (referral.organisation, referral.seat, referral.lane);
        self.seats[seat].status = SeatStatus::Filled;
        let temporary_until = self.seats[seat].temporary_until;
        self.apps[a].contracts.push(Contract { organisation, lane, temporary_until, terminated: false });
        self.notify(a, "enrolled");
        match (temporary_until, self.policy.temporary) {
            (None, _) => self.archive(a, Reason::Enrolled, OfferStatus::Released),
            (Some(_), Temporary::AtOnce) => self.return_entries(a, None, Reason::Enrolled),
            (Some(_), Temporary::AtEnd) => self.apps[a].status = Status::Enrolled,
        }
        self.serve();
        Ok(())
    }

    /// `P12`: the contract is terminated.
    ///
    /// # Errors
    /// There is none in force.
    pub fn terminate(&mut self, a: usize) -> Outcome {
        self.application(a)?;
        let contract = self.apps[a].contracts.last_mut().filter(|contract| !contract.terminated);
        contract.ok_or((409, "P12"))?.terminated = true;
        if self.apps[a].status == Status::Enrolled {
            self.return_entries(a, None, Reason::Enrolled);
        }
        self.serve();
        Ok(())
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
