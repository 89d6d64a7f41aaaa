//! Contracts (`P22.d`, `P12`, `P23.c`): formed, signed, terminated, and over with their temporary place. Never here: the documents that
//! they rest on.

use super::calendar::day;
use super::policy::Temporary;
use super::state::{Contract, ContractStatus, OfferStatus, Reason, ReferralStatus, SeatStatus, Stage, Status};
use super::{Model, Outcome, terms};

impl Model {
    /// `P22.d`: the contract is formed, if all documents are still in date (`P28.1`).
    pub(crate) fn form_contract(&mut self, a: usize) -> Outcome {
        let Some(referral) = self.apps[a].referrals.last().cloned() else { return Err((409, "P22.b")) };
        if !self.complete(a, &referral.documents) {
            return Err((422, "P28.1"));
        }
        let policy = self.of_referral(a);
        let last = self.calendar.plus_working(day(self.now), policy.signature_days);
        let sign_by = terms::applicant_end(last, policy);
        let temporary_until = self.seats[referral.seat].temporary_until;
        let (organisation, lane, status) = (referral.organisation, referral.lane, ContractStatus::Formed);
        self.apps[a].contracts.push(Contract { organisation, lane, temporary_until, sign_by, status });
        self.set_stage(a, Stage::Contract { formed_at: self.now, sign_by });
        self.notify(a, "contract-ready");
        Ok(())
    }

    /// `P22.d`: the applicant signs.
    ///
    /// # Errors
    /// There is no contract to sign.
    pub fn sign(&mut self, a: usize) -> Outcome {
        let Ok(Stage::Contract { sign_by, .. }) = self.stage(a) else { return Err((409, "P22.d")) };
        if self.now >= sign_by {
            return Err((409, "P22.d"));
        }
        let temporary = self.of_referral(a).temporary;
        self.set_stage(a, Stage::Signed);
        let referral = self.apps[a].referrals.last_mut().expect("a referral");
        referral.status = ReferralStatus::Used;
        referral.check = None;
        referral.asked_extension = None;
        let seat = referral.seat;
        self.seats[seat].status = SeatStatus::Filled;
        // It takes the place of a temporary one.
        let earlier = self.apps[a].contracts.iter_mut().filter(|contract| contract.status == ContractStatus::Signed);
        earlier.for_each(|contract| contract.status = ContractStatus::Terminated);
        let contract = self.apps[a].contracts.last_mut().expect("a contract");
        contract.status = ContractStatus::Signed;
        let temporary_until = contract.temporary_until;
        self.notify(a, "enrolled");
        match (temporary_until, temporary) {
            (None, _) => self.archive(a, Reason::Enrolled, OfferStatus::Released),
            (Some(_), Temporary::AtOnce) => self.return_entries(a, None, Reason::Enrolled),
            (Some(_), Temporary::AtEnd) => self.apps[a].status = Status::Enrolled,
        }
        // Signed after its last day, it is over at once.
        let last = self.apps[a].contracts.len() - 1;
        if self.is_live(a) && temporary_until.is_some_and(|until| until < day(self.now)) {
            self.end_temporary(a, last);
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
        let Some(contract) = self.contract_in_force(a) else {
            // The same again; a temporary place that has ended by itself was terminated by no one.
            let today = day(self.now);
            let again = self.apps[a].contracts.last().is_some_and(|contract| {
                let runs = contract.temporary_until.is_none_or(|until| today <= until);
                contract.status == ContractStatus::Terminated && runs
            });
            return if again { Ok(()) } else { Err((409, "P12")) };
        };
        self.apps[a].contracts[contract].status = ContractStatus::Terminated;
        if self.apps[a].status == Status::Enrolled {
            self.return_entries(a, None, Reason::Enrolled);
        }
        self.serve();
        Ok(())
    }

    /// `P23.c`: a temporary place has ended; a child that isn't in its queues yet returns to them.
    pub(crate) fn end_temporary(&mut self, a: usize, contract: usize) {
        self.apps[a].contracts[contract].status = ContractStatus::Terminated;
        if self.apps[a].status == Status::Enrolled {
            self.return_entries(a, None, Reason::Enrolled);
        }
    }
}
