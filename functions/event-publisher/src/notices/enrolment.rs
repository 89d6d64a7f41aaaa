//! The notices of the facts from the referral to the contract, and of deadlines that were counted again. Pure.

use kezek_contract::texts::Names;
use kezek_contract::texts::notices::{
    Asked, ContractReady, DocumentsRegistered, Enrolled, EnrolmentGround, EnrolmentRefused, Lapsed, Notice,
    ReferralCancelled, ReferralExtended, ReferralIssued, ReferralLapsed, ReferralRevoked, Refusal, Revoked,
};
use kezek_rules::application::ArchiveReason;
use kezek_rules::ids::{Bin, ReferralId};
use kezek_rules::queue::Instant;
use kezek_rules::step::{Fact, Lacking};

use super::{Telling, lacking};

impl Telling<'_> {
    /// The notice of a fact about a referral, an enrolment, or a deadline counted again.
    pub(super) fn enrolment(&self, fact: &Fact) -> Option<Notice> {
        let (number, name) =
            (|referral: &ReferralId| self.known.referral(*referral), |bin: &Bin| self.known.name(*bin));
        let notice = match fact {
            Fact::ReferralIssued { organisation, number, valid_until, .. } => Notice::ReferralIssued(ReferralIssued {
                number: number.clone(),
                organisation: name(organisation),
                valid_until: *valid_until,
                again: false,
            }),
            Fact::RefusalOverturned { organisation, referral, valid_until } => Notice::ReferralIssued(ReferralIssued {
                number: number(referral),
                organisation: name(organisation),
                valid_until: *valid_until,
                again: true,
            }),
            Fact::ReferralExtended { organisation, referral, valid_until } => {
                Notice::ReferralExtended(ReferralExtended {
                    number: number(referral),
                    organisation: name(organisation),
                    valid_until: *valid_until,
                    recounted: false,
                })
            }
            Fact::ExtensionRefused { referral, ground, .. } => {
                self.refused(Asked::Extension { number: number(referral) }, *ground)
            }
            Fact::DocumentsSubmitted { organisation, registered_at, result_due, .. } => {
                Notice::DocumentsRegistered(DocumentsRegistered {
                    organisation: name(organisation),
                    registered_at: Some(*registered_at),
                    result_due: *result_due,
                })
            }
            Fact::ContractFormed { organisation, sign_by, .. } => Notice::ContractReady(ContractReady {
                organisation: name(organisation),
                sign_by: *sign_by,
                recounted: false,
            }),
            Fact::ContractSigned { organisation, temporary_until, .. } => {
                let temporary_until = *temporary_until;
                let places = self.returned();
                let stays_enrolled = temporary_until.is_some() && places.is_empty() && self.archived().is_none();
                let (organisation, returns_after) = (name(organisation), stays_enrolled);
                Notice::Enrolled(Enrolled { organisation, temporary_until, places, returns_after })
            }
            Fact::DeadlineMoved { deadline, to, .. } => return self.recounted(fact, deadline, *to),
            fact => return self.ended(fact).or_else(|| self.enrolment_refused(fact)),
        };
        Some(notice)
    }

    /// The end of a referral.
    fn ended(&self, fact: &Fact) -> Option<Notice> {
        let (number, name) =
            (|referral: &ReferralId| self.known.referral(*referral), |bin: &Bin| self.known.name(*bin));
        match fact {
            Fact::ReferralCancelled { organisation, referral } => {
                let (number, organisation, places) = (number(referral), name(organisation), self.returned());
                Some(Notice::ReferralCancelled(ReferralCancelled { number, organisation, places }))
            }
            // Archived by an officer: that says it all.
            Fact::ReferralRevoked { .. }
                if matches!(self.archived(), Some(ArchiveReason::Violation | ArchiveReason::Duplicate)) =>
            {
                None
            }
            Fact::ReferralRevoked { organisation, referral, .. } => {
                let (number, organisation, places) = (number(referral), name(organisation), self.returned());
                let because = if self.has(|fact| matches!(fact, Fact::SecondCheckFailed { .. })) {
                    Revoked::Unconfirmed { general: self.has(|fact| matches!(fact, Fact::MovedToGeneral)) }
                } else {
                    Revoked::VacancyWithdrawn
                };
                Some(Notice::ReferralRevoked(ReferralRevoked { number, organisation, because, places }))
            }
            Fact::ReferralLapsed { organisation, referral } | Fact::ContractUnsigned { organisation, referral }
                if self.is_first(fact, is_lapse) =>
            {
                let (number, organisation, places) = (number(referral), name(organisation), self.returned());
                let because = if self.has(|fact| matches!(fact, Fact::ContractUnsigned { .. })) {
                    Lapsed::Unsigned
                } else if self.has(|fact| matches!(fact, Fact::DocumentsReturned { .. })) {
                    Lapsed::NotAccepted
                } else {
                    Lapsed::NoDocuments
                };
                Some(Notice::ReferralLapsed(ReferralLapsed { number, organisation, because, places }))
            }
            _ => None,
        }
    }

    /// What an organisation refuses, and what a review of it says.
    fn enrolment_refused(&self, fact: &Fact) -> Option<Notice> {
        let upheld = self.has(|fact| matches!(fact, Fact::RefusalUpheld { .. }));
        let ground = |number: u8| EnrolmentGround::try_from(number).ok();
        let mut named = lacking(self.event);
        let (organisation, refusal, places) = match fact {
            Fact::DocumentsReturned { organisation, .. } => {
                let over = self.has(is_lapse);
                let valid_until = self.known.held.as_ref().map(|held| held.valid_until);
                let until = valid_until.filter(|until| !over && *until > self.event.at);
                (organisation, Refusal::Documents { until }, Vec::new())
            }
            Fact::EnrolmentRefused { organisation, ground: number, .. } if upheld => {
                (organisation, Refusal::Final { ground: ground(*number)? }, self.returned())
            }
            Fact::EnrolmentRefused { organisation, ground: number, .. } => {
                (organisation, Refusal::Reviewed { ground: ground(*number)? }, Vec::new())
            }
            Fact::RefusalUpheld { organisation, referral } if self.is_first(fact, is_refusal) => {
                let ground = self.known.refused.get(referral).and_then(|number| ground(*number));
                named = self.known.lacking.get(referral);
                (organisation, Refusal::Upheld { ground }, self.returned())
            }
            _ => return None,
        };
        let Lacking { missing, expired } = named.cloned().unwrap_or_default();
        let organisation = self.known.name(*organisation);
        Some(Notice::EnrolmentRefused(EnrolmentRefused { organisation, refusal, missing, expired, places }))
    }

    /// `C3`: a deadline that was told has a new end, and is told again.
    fn recounted(&self, fact: &Fact, deadline: &str, to: Instant) -> Option<Notice> {
        let unknown = || ("—".to_owned(), Names { kk: "—".to_owned(), ru: "—".to_owned() });
        let held = || {
            let held = self.known.held.as_ref();
            held.map_or_else(unknown, |held| (held.number.clone(), self.known.name(held.organisation)))
        };
        match deadline {
            "suspension" => {
                let is_alike = |other: &&Fact| matches!(other, Fact::DeadlineMoved { deadline: name, to: end, .. } if name == deadline && *end == to);
                // Those that end together were suspended together (**D-decline**): told once.
                let mut alike = self.event.facts.iter().filter(is_alike);
                let first = alike.next().is_some_and(|first| std::ptr::eq(first, fact));
                let there = self.known.suspended.iter().find(|(end, _)| *end == to).filter(|_| alike.next().is_none());
                let organisation = there.map(|(_, organisation)| self.known.name(*organisation));
                first.then(|| self.suspension(organisation, to, true))
            }
            "referral" => {
                let (number, organisation) = held();
                let (valid_until, recounted) = (to, true);
                Some(Notice::ReferralExtended(ReferralExtended { number, organisation, valid_until, recounted }))
            }
            "documents-result" => {
                let (organisation, registered_at) = (held().1, None);
                Some(Notice::DocumentsRegistered(DocumentsRegistered { organisation, registered_at, result_due: to }))
            }
            "signature" => {
                let (organisation, recounted) = (held().1, true);
                Some(Notice::ContractReady(ContractReady { organisation, sign_by: to, recounted }))
            }
            _ => None,
        }
    }
}

const fn is_lapse(fact: &Fact) -> bool {
    matches!(fact, Fact::ReferralLapsed { .. } | Fact::ContractUnsigned { .. })
}

const fn is_refusal(fact: &Fact) -> bool {
    matches!(fact, Fact::EnrolmentRefused { .. } | Fact::RefusalUpheld { .. })
}
