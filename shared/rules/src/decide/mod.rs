//! Every decision and every legal transition, in one place: pure functions from what is known, what is asked and the time
//! to a step or a refusal. Nothing here reads or writes anything.

mod allocate;
mod bulletin;
mod change;
mod clocks;
mod complaint;
mod contract;
mod deferral;
mod draft;
mod duty;
mod enrol;
mod extend;
mod interest;
mod offer;
mod recount;
mod referral;
mod register;
mod second_check;
mod verify;

pub use crate::application::Document;
pub use allocate::{Allocation, Candidate, allocate, choose};
pub use bulletin::{BulletinKind, BulletinLine, LineProblem, TakenLine, seat_id, take_line, withdraw_open_seat};
pub use change::{ChangeRequest, archive_by_officer, change, order_key, withdraw};
pub use clocks::{Clock, clocks, next_clock, tick};
pub use complaint::{Filing, Named, file, move_complaint, reasons_against_filing, tick_complaint};
pub use contract::{contract_to_sign, sign, terminate};
pub use deferral::{NotBefore, RestChange};
pub use duty::{decide_duty, duty_meant, lane_after, lane_if_unconfirmed};
pub use enrol::{DocumentsDecision, Outcome, Review, decide_documents, hand_in, review_refusal};
pub use extend::{decide_extension, extend};
pub use interest::{InterestAnswer, answer_interest, open_questions};
pub use offer::{OfferAnswer, answer_offer, expire_offer};
pub use recount::recount;
pub use referral::{cancel_referral, tick_referral};
pub use register::{MAX_ORGANISATIONS, Registration, place_of, reasons_against, register};
pub use second_check::{decide_second_check, second_check_answered, second_check_waits_for_register};
pub use verify::{OfficerDecision, decide_by_officer, mark_overdue, register_answered};

use crate::calendar::Calendar;
use crate::organisation::Kato;
use crate::policy::{Policies, PolicyRef, PolicyVersion};
use crate::queue::Instant;

/// What every decision is made in: the time, the policies and the calendar.
#[derive(Debug, Clone, Copy)]
pub struct World<'a> {
    /// The instant of the decision.
    pub now: Instant,
    /// All policies.
    pub policies: &'a Policies,
    /// The calendar.
    pub calendar: &'a Calendar,
}

impl<'a> World<'a> {
    /// The policy in force now for a settlement (`K5`).
    #[must_use]
    pub fn policy(&self, settlement: Kato) -> &'a PolicyVersion {
        self.policies.in_force(settlement.as_str(), self.now)
    }

    /// The policy that a running clock was started under, which governs its outcome too (`K5`). Versions are never
    /// removed, so one that can't be found was the built-in one.
    #[must_use]
    pub fn pinned(&self, reference: &PolicyRef) -> &'a PolicyVersion {
        self.policies.get(reference).unwrap_or_else(|| PolicyVersion::built_in())
    }
}
