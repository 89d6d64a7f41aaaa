//! What a place in a lane is asked for with: the benefit category (Annex 1, **D-benefits**), a transfer to a new place of service
//! (`P23.b`, **D-relocation**), and what a child that has had its benefit can still ask for (`P23.a`).

use super::documents::{TRANSFER, against_documents, by_benefit};
use crate::application::{Application, Claim, Document, lane_of};
use crate::policy::{Benefits, Policy, Relocation};
use crate::queue::{Instant, Lane};
use crate::refusal::Reason;
use crate::terms;

/// No benefit (Annex 1).
pub(super) const NONE: u8 = 13;

/// A benefit category, and whether it is a transfer that is served out of turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Right {
    /// The category, 1 to 13.
    pub benefit: u8,
    /// Whether it rests on a transfer to a new place of service.
    pub relocation: bool,
}

impl Right {
    /// What the application has now.
    pub const fn of(application: &Application) -> Self {
        Self { benefit: application.benefit, relocation: application.relocation }
    }

    /// What is claimed.
    pub const fn claimed(claim: &Claim) -> Self {
        Self { benefit: claim.benefit, relocation: claim.relocation }
    }

    /// The lane it leads to. A child that got a place by a benefit before stands in the general lane (`P23.a`), unless its family
    /// was transferred.
    pub const fn lane(self, benefit_used: bool) -> Lane {
        match self {
            Self { relocation: true, .. } => Lane::OutOfTurn,
            _ if benefit_used => Lane::General,
            Self { benefit, .. } => lane_of(benefit),
        }
    }

    /// Whether a benefit counts for nothing because the child has had one before (`P23.a`).
    pub fn is_used_up(self, benefit_used: bool) -> bool {
        self.lane(false) != self.lane(benefit_used)
    }
}

/// Of several categories the strongest counts, which has the least number (**D-benefits**); of none, none.
pub(super) fn strongest(benefits: &[u8]) -> u8 {
    benefits.iter().copied().min().unwrap_or(NONE)
}

/// Categories that aren't in Annex 1, and several where there may be one (**D-benefits**).
pub(super) fn against_benefits(benefits: &[u8], policy: &Policy) -> Option<Reason> {
    let unknown = benefits.iter().any(|benefit| !(1..=NONE).contains(benefit));
    let several = policy.benefits == Benefits::One && benefits.iter().any(|benefit| *benefit != benefits[0]);
    match (unknown, several) {
        (true, _) => Some(Reason::new("benefit-unknown", "P5.a").at("/benefit")),
        (false, true) => Some(Reason::new("benefits-several", "P5.a").at("/benefit")),
        (false, false) => None,
    }
}

/// What speaks against a right that wasn't there before: its documents (`A2.8`, `P23.b`), and who is served (**D-relocation**).
pub(super) fn against_right(
    right: Right,
    before: Right,
    documents: &[Document],
    policy: &Policy,
    now: Instant,
) -> Vec<Reason> {
    let (claims, moves) = (right.benefit != before.benefit, right.relocation && !before.relocation);
    let needed = by_benefit(right.benefit).iter().filter(|_| claims).chain(TRANSFER.iter().filter(|_| moves));
    let mut reasons = against_documents(needed, documents, terms::local_date(now), policy);
    if right.relocation && policy.relocation == Relocation::Serving && lane_of(right.benefit) != Lane::OutOfTurn {
        reasons.push(Reason::new("relocation-not-serving", "P23.b").at("/relocation"));
    }
    reasons
}
