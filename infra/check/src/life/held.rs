//! Offers, referrals and contracts: what an application holds, from the offer to the signature, as its facts tell it.

use super::{Early, EarlyWhat, Event, Formed, Issued, Life, Offer, Parts};
use crate::breach::Invariant;
use crate::ids::{Id, Name, Names};
use crate::model::{Place, Status};
use crate::time::{self, Ms};

impl Life {
    pub(super) fn offer(&mut self, names: &mut Names, event: &Event, what: &str, parts: &Parts<'_>) -> bool {
        if !matches!(
            what,
            "offered" | "reminded" | "accepted-offer" | "declined" | "passed-on" | "released" | "offer-withdrawn"
        ) {
            return false;
        }
        let Some(organisation) = parts.organisation(names) else { return false };
        match what {
            "offered" => self.offered(event, organisation, parts),
            "reminded" => {
                let open = self.offers.iter().find(|made| made.organisation == organisation).copied();
                match open.filter(|made| Some(made.offer) == parts.offer()) {
                    Some(made) => self.early.push(Early {
                        app: self.app,
                        seq: event.seq,
                        at: event.at,
                        policy: event.policy,
                        what: EarlyWhat::Reminder(made.at, made.by),
                    }),
                    None => self.breach(Invariant::History, event, "reminded of an offer that isn't open"),
                }
            }
            "accepted-offer" => {
                let ended = self.close(event, organisation, parts.offer());
                self.in_time(event, ended.map(|ended| ended.by), "accepted");
                self.accepted = ended.map(|ended| (organisation, ended.seat));
                self.set(organisation, Place::Left);
            }
            "released" => {
                self.close(event, organisation, parts.offer());
                self.set(organisation, Place::Aside);
            }
            "declined" => {
                let ended = self.close(event, organisation, parts.offer());
                self.in_time(event, ended.map(|ended| ended.by), "declined");
                self.set(organisation, Place::Left);
            }
            "passed-on" => {
                let ended = self.close(event, organisation, parts.offer());
                self.not_before(event, ended.map(|ended| ended.by), "passed on");
                self.set(organisation, Place::Left);
            }
            _ => {
                let ended = self.close(event, organisation, parts.offer());
                if parts.0["vacancyWithdrawn"] == true {
                    self.past.withdrawn.extend(ended.map(|ended| ended.seat));
                }
                self.set(organisation, Place::Left);
            }
        }
        true
    }

    fn offered(&mut self, event: &Event, organisation: Name, parts: &Parts<'_>) {
        match self.kind(organisation) {
            "waiting" => {}
            "offered" => self.breach(Invariant::Child, event, "a second live offer of one entry"),
            other => self.breach(Invariant::History, event, &format!("an offer to an entry that is {other}")),
        }
        let (Some(offer), Some(seat), Some(by)) = (parts.offer(), parts.seat(), parts.instant("answerBy")) else {
            self.breach(Invariant::History, event, "an offer without its seat or its term");
            return;
        };
        self.offers.push(Offer { organisation, offer, seat, at: event.at, by });
        self.set(organisation, Place::Offered { offer, seat, by });
    }

    pub(super) fn referral(&mut self, names: &mut Names, event: &Event, what: &str, parts: &Parts<'_>) -> bool {
        let status = match what {
            "referral-issued" => {
                self.issue(names, event, parts);
                return true;
            }
            "referral-cancelled" => "cancelled",
            "referral-lapsed" => "lapsed",
            "referral-released" => "released",
            "referral-revoked" => "revoked",
            "refusal-upheld" => "refused",
            _ => return false,
        };
        let live = self
            .referral
            .as_ref()
            .filter(|referral| referral.status == "issued" && Some(referral.id) == parts.referral());
        let Some((seat, until)) = live.map(|referral| (referral.seat, referral.until)) else {
            self.breach(Invariant::History, event, "the end of a referral that isn't in force");
            return true;
        };
        if status == "lapsed" && !event.has("documents-returned") && !event.has("contract-unsigned") {
            self.not_before(event, Some(until), "lapsed");
        }
        if parts.0["vacancyWithdrawn"] == true {
            self.past.withdrawn.push(seat);
        }
        self.with_referral(|referral| (referral.status, referral.check) = (status, None));
        if let Some(contract) = self.contract.as_mut().filter(|contract| contract.status == "formed") {
            match self.aside.take() {
                Some(temporary) => *contract = temporary,
                None => contract.status = "void",
            }
        }
        true
    }

    fn issue(&mut self, names: &mut Names, event: &Event, parts: &Parts<'_>) {
        let taken = self.accepted.take();
        let (Some((organisation, seat)), Some(id)) = (taken, parts.referral()) else {
            self.breach(Invariant::History, event, "a referral without an accepted offer");
            return;
        };
        if parts.organisation(names) != Some(organisation) {
            self.breach(Invariant::History, event, "a referral to another organisation than the offer's");
        }
        if self.referral.as_ref().is_some_and(|referral| referral.status == "issued") {
            self.breach(Invariant::Child, event, "a second referral beside one in force");
        }
        let until = parts.instant("validUntil").unwrap_or(Ms::MAX);
        self.referral = Some(Issued { id, organisation, seat, status: "issued", until, check: None });
        self.status = Status::Referred;
        for (_, place) in &mut self.entries {
            if *place != Place::Left {
                *place = Place::Aside;
            }
        }
    }

    pub(super) fn enrolment(&mut self, names: &mut Names, event: &Event, what: &str, parts: &Parts<'_>) -> bool {
        match what {
            "referral-extended" | "refusal-overturned" => {
                let until = parts.instant("validUntil").unwrap_or(Ms::MAX);
                self.with_referral(|referral| referral.until = until);
            }
            "result-overdue" => self.not_before(event, parts.instant("dueAt"), "a result overdue"),
            "extension-asked"
            | "extension-refused"
            | "documents-submitted"
            | "documents-returned"
            | "enrolment-refused" => {}
            "contract-formed" => {
                let Some(referral) = parts.referral() else { return false };
                let sign_by = parts.instant("signBy").unwrap_or(Ms::MAX);
                let in_force = |contract: &Formed| contract.status == "signed" && contract.temporary.is_some();
                self.aside = self.contract.take().filter(in_force);
                self.contract = Some(Formed { referral, status: "formed", sign_by, temporary: None });
            }
            "contract-signed" => self.signed(names, event, parts),
            "contract-unsigned" => {
                let sign_by = self.contract.as_ref().map(|contract| contract.sign_by);
                self.not_before(event, sign_by, "unsigned");
            }
            "contract-terminated" | "temporary-ended" => {
                let over = self.aside.as_ref().or(self.contract.as_ref());
                let last = over.and_then(|contract| contract.temporary);
                if what == "temporary-ended" {
                    self.not_before(event, last.map(time::end), "a temporary place ended");
                }
                // One that is set aside ends, and leaves the other to be signed.
                if self.aside.take().is_none()
                    && let Some(contract) = &mut self.contract
                {
                    contract.status = "terminated";
                }
                if let Some((_, until)) = self.past.away.last_mut() {
                    *until = event.at.min(*until);
                }
            }
            _ => return false,
        }
        true
    }

    fn signed(&mut self, names: &mut Names, event: &Event, parts: &Parts<'_>) {
        let live = self
            .referral
            .as_mut()
            .filter(|referral| referral.status == "issued" && Some(referral.id) == parts.referral());
        let formed = self.contract.as_mut().filter(|contract| contract.status == "formed");
        let (Some(referral), Some(contract)) = (live, formed) else {
            self.breach(Invariant::History, event, "a signature without a referral in force and its contract");
            return;
        };
        (referral.status, referral.check) = ("used", None);
        self.aside = None;
        contract.status = "signed";
        contract.temporary = parts.day("temporaryUntil");
        let (signed, sign_by): ((_, Name, Id), Ms) =
            ((referral.id, referral.organisation, referral.seat), contract.sign_by);
        if let Some(last) = contract.temporary {
            self.status = Status::Enrolled;
            self.past.away.push((event.at, time::end(last)));
        }
        if parts.organisation(names) != Some(signed.1) {
            self.breach(Invariant::History, event, "a contract with another organisation than the referral's");
        }
        self.past.signed.push(signed);
        self.in_time(event, Some(sign_by), "signed");
    }
}
