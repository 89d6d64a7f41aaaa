//! Every decision and every legal transition, in one place: pure functions from what is known, what is asked and the time
//! to a step or a refusal. Nothing here reads or writes anything.

mod allocate;
mod asked;
mod benefit;
mod bulletin;
mod change;
mod claim;
mod clocks;
mod complaint;
mod contract;
mod deferral;
mod documents;
mod draft;
mod duty;
mod enrol;
mod extend;
mod interest;
mod invitation;
mod offer;
mod organisations;
mod recount;
mod referral;
mod register;
mod second_check;
mod siblings;
mod verify;
mod withdrawal;

pub use crate::application::Document;
pub use allocate::{
    Allocation, Candidate, Turn, allocate, choose, choose_mixed, is_passed_over, lane_in_turn, may_be_served,
};
pub use asked::{benefit_asked, lane_after_register, register_says, waits_for_register};
pub use bulletin::{BulletinKind, BulletinLine, LineProblem, REGIMES, TakenLine, seat_id, take_line};
pub use change::{ChangeRequest, archive_by_officer, change, lane_after_change, withdraw};
pub use claim::{claim_answered, claim_waits_for_register, lane_after_claim};
pub use clocks::{Clock, clocks, next_clock, tick, tick_touches_queues};
pub use complaint::{Filing, Named, file, move_complaint, reasons_against_filing, recount_complaint, tick_complaint};
pub use contract::{contract_to_sign, sign, terminate};
pub use deferral::{NotBefore, RestChange};
pub use duty::{decide_duty, duty_meant, lane_after, lane_if_unconfirmed};
pub use enrol::{DocumentsDecision, Outcome, Review, decide_documents, hand_in, review_refusal};
pub use extend::{decide_extension, extend};
pub use interest::{InterestAnswer, answer_interest, open_questions};
pub use invitation::{
    Inviting, Wish, consent, decline_invitation, invite, lapse_invitation, reasons_against_inviting,
    replace_invitation, single_application,
};
pub use offer::{OfferAnswer, answer_offer, expire_offer, expiry_touches_queues};
pub use organisations::order_key;
pub use recount::{recount, recount_listed};
pub use referral::{cancel_referral, tick_referral};
pub use register::{Blocking, Earlier, MAX_ORGANISATIONS, Registration, place_of, reasons_against, register};
pub use second_check::{decide_second_check, second_check_answered, second_check_waits_for_register};
pub use siblings::{SIBLINGS_MAX, allocate_bundle, seat_each, siblings, suits_sibling};
pub use verify::{OfficerDecision, decide_by_officer, mark_overdue, register_answered};
pub use withdrawal::{withdraw_ended_seat, withdraw_held_seat, withdraw_open_seat};

use crate::calendar::Calendar;
use crate::organisation::Kato;
use crate::policy::{Policies, PolicyRef, PolicyVersion};
use crate::queue::{Instant, KeptPhase};

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
        self.policies.in_force(settlement, self.now)
    }

    /// The phase of a queue or a group now (`P10.d`): as kept, capped by every policy that was in force since; that of the start if
    /// it was never used. `settlement` is where its organisation is.
    #[must_use]
    pub fn phase(&self, settlement: Kato, kept: Option<KeptPhase>) -> u8 {
        self.phase_under(self.policy(settlement), settlement, kept)
    }

    /// The same where the policy in force now for the settlement is known.
    fn phase_under(&self, version: &PolicyVersion, settlement: Kato, kept: Option<KeptPhase>) -> u8 {
        let interleave = version.policy.interleave;
        let Some(kept) = kept else { return interleave.starting_phase() };
        let phase = kept.phase.min(interleave.general);
        self.policies.fewest_general(settlement, kept.at, self.now).map_or(phase, |fewest| phase.min(fewest))
    }

    /// The policy that a running clock was started under, which governs its outcome too (`K5`). Versions are never
    /// removed, so one that can't be found was the built-in one.
    #[must_use]
    pub fn pinned(&self, reference: &PolicyRef) -> &'a PolicyVersion {
        self.policies.get(reference).unwrap_or_else(|| PolicyVersion::built_in())
    }
}
