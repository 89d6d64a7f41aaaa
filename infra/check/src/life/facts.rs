//! What each fact does to the state of a life, from its registration to its archive; what it holds meanwhile is in `held`. What a fact
//! means to others, a queue or a seat, is looked at elsewhere.

use serde_json::Value as Json;

use super::{Early, EarlyWhat, Event, Issued, Life, Parts};
use crate::breach::Invariant;
use crate::ids::{Name, Names};
use crate::model::{Place, Status, lane};
use crate::time::{self, Ms};

/// How far a patch of the calendar may move a deadline that isn't told again.
const PATCHED: Ms = 40 * time::DAY;

impl Life {
    /// Applies a fact; says whether it is known.
    pub(super) fn fact(
        &mut self,
        names: &mut Names,
        event: &Event,
        what: &str,
        fact: &Json,
        before: &[(Name, Place)],
    ) -> bool {
        let parts = Parts(fact);
        match what {
            "registered" => self.registered(names, &parts),
            "accepted" => self.not_before(event, Some(self.accepted_at), "accepted"),
            "queued" | "resumed" => self.comes(names, event, what, &parts),
            "invited" | "documents-lacking" => {}
            "moved" | "phone-changed" | "claim-refused" | "claim-dropped" | "confirmed" => {
                if what != "moved" && what != "phone-changed" {
                    self.past.register = None;
                }
            }
            "archived" => {
                self.leave_all(event);
                self.status = Status::Archived;
                self.reason = fact["reason"].as_str().map(|reason| names.of(reason));
            }
            "refused" => {
                self.leave_all(event);
                self.status = Status::Refused;
            }
            "interest-asked" | "interest-confirmed" | "interest-lost" | "suspended" => {
                self.interest(names, event, what, &parts);
            }
            "deferred" | "deferral-lifted" | "deferred-age-reached" => self.deferral(event, what, &parts),
            "moved-to-general" | "lane-changed" | "benefit-claimed" | "benefit-used" => self.benefit(what, fact),
            "organisations-changed" => self.exchange(names, &parts, before),
            "deadline-moved" => self.moved(fact, &parts, before),
            "overdue" => self.not_before(event, parts.instant("dueAt"), "overdue"),
            _ if self.verification(event, what, &parts) => {}
            _ if self.offer(names, event, what, &parts) => {}
            _ if self.referral(names, event, what, &parts) => {}
            _ => return self.enrolment(names, event, what, &parts),
        }
        true
    }

    fn registered(&mut self, names: &mut Names, parts: &Parts<'_>) {
        self.lane = parts.0["lane"].as_str().and_then(lane).unwrap_or(2);
        self.accepted_at = parts.instant("acceptedAt").unwrap_or(Ms::MAX);
        let named = parts.organisations(names, "organisations");
        self.entries = named.into_iter().map(|organisation| (organisation, Place::Pending)).collect();
    }

    fn comes(&mut self, names: &mut Names, event: &Event, what: &str, parts: &Parts<'_>) {
        let Some(organisation) = parts.organisation(names) else { return };
        if matches!(self.kind(organisation), "waiting" | "offered") {
            self.breach(Invariant::History, event, &format!("{what} where it waits or holds an offer already"));
        }
        self.arrive(organisation);
        match self.status {
            Status::Accepted | Status::Verifying if what == "queued" => {
                (self.status, self.past.register) = (Status::Queued, None);
            }
            // Whoever had a referral isn't asked for what came due meanwhile (`P15.a`).
            Status::Referred | Status::Enrolled if what == "resumed" => {
                (self.status, self.stage) = (Status::Queued, 0);
            }
            _ => {}
        }
    }

    fn interest(&mut self, names: &mut Names, event: &Event, what: &str, parts: &Parts<'_>) {
        let organisation = parts.organisation(names);
        match (what, organisation) {
            ("suspended", Some(organisation)) => {
                self.set(organisation, Place::Suspended(parts.instant("endsAt").unwrap_or(Ms::MAX)));
            }
            ("interest-lost", Some(organisation)) => self.set(organisation, Place::Left),
            ("interest-confirmed", None) => self.stage = 0,
            ("interest-asked", None) => {
                let time = u8::try_from(parts.0["time"].as_u64().unwrap_or(0)).unwrap_or(0);
                self.stage = time;
                let by = parts.instant("answerBy").unwrap_or(0);
                self.early.push(Early {
                    app: self.app,
                    seq: event.seq,
                    at: event.at,
                    policy: event.policy,
                    what: EarlyWhat::Interest(time, by),
                });
            }
            ("interest-asked", Some(organisation)) => match self.place(organisation) {
                Some(Place::Suspended(end)) => {
                    let due = std::mem::replace(end, parts.instant("answerBy").unwrap_or(Ms::MAX));
                    self.not_before(event, Some(due), "asked after a suspension");
                }
                _ => self.breach(Invariant::History, event, "asked after a suspension that isn't one"),
            },
            _ => {}
        }
    }

    fn deferral(&mut self, event: &Event, what: &str, parts: &Parts<'_>) {
        if what == "deferred" {
            self.not_before = parts.day("until");
            for (_, place) in &mut self.entries {
                if *place == Place::Waiting {
                    *place = Place::Dormant;
                }
            }
            return;
        }
        let until = self.not_before.take();
        if what == "deferred-age-reached" {
            self.not_before(event, until.map(time::start), "woken");
        }
    }

    fn benefit(&mut self, what: &str, fact: &Json) {
        match what {
            "lane-changed" => self.lane = fact["lane"].as_str().and_then(lane).unwrap_or(self.lane),
            "benefit-claimed" => {
                self.past.more_documents = true;
                // In no queue yet, the new claim is the only one.
                if matches!(self.status, Status::Accepted | Status::Verifying) {
                    let category = fact["benefit"].as_u64().unwrap_or(13);
                    self.lane = match category {
                        _ if fact["relocation"] == true => 0,
                        1..=4 => 0,
                        5..=12 => 1,
                        _ => 2,
                    };
                }
            }
            _ => self.lane = 2,
        }
    }

    fn exchange(&mut self, names: &mut Names, parts: &Parts<'_>, before: &[(Name, Place)]) {
        for organisation in parts.organisations(names, "removed") {
            // One that was offered a place or is suspended is remembered as ended.
            let was = before.iter().find(|(known, _)| *known == organisation).map(|(_, place)| *place);
            if matches!(was, Some(Place::Offered { .. } | Place::Suspended(_))) {
                self.set(organisation, Place::Left);
            } else {
                self.entries.retain(|(known, _)| *known != organisation);
            }
        }
        if matches!(self.status, Status::Accepted | Status::Verifying) {
            for organisation in parts.organisations(names, "added") {
                self.set(organisation, Place::Pending);
            }
        }
    }

    fn moved(&mut self, fact: &Json, parts: &Parts<'_>, before: &[(Name, Place)]) {
        let (Some(from), Some(to)) = (parts.instant("from"), parts.instant("to")) else { return };
        match fact["deadline"].as_str() {
            Some("acceptance") => self.accepted_at = to,
            Some("suspension") => {
                // The fact names no organisation. Where several were to end then, perhaps not all of them have moved: the earlier end stands
                // for them as what may not be anticipated.
                let ended_then = |organisation: Name| before.contains(&(organisation, Place::Suspended(from)));
                let mut those: Vec<&mut Place> = self
                    .entries
                    .iter_mut()
                    .filter(|(organisation, place)| ended_then(*organisation) && matches!(place, Place::Suspended(_)))
                    .map(|(_, place)| place)
                    .collect();
                if let [one] = &mut those[..] {
                    **one = Place::Suspended(to);
                }
            }
            Some("referral") => self.with_referral(|referral| referral.until = to),
            Some("second-check") => {
                self.with_referral(|referral| referral.check = referral.check.map(|(_, version)| (to, version)));
            }
            Some("signature") => {
                if let Some(contract) = &mut self.contract {
                    contract.sign_by = to;
                }
            }
            _ => {}
        }
    }

    pub(super) fn with_referral(&mut self, change: impl FnOnce(&mut Issued)) {
        if let Some(referral) = &mut self.referral {
            change(referral);
        }
    }

    fn verification(&mut self, event: &Event, what: &str, parts: &Parts<'_>) -> bool {
        match what {
            "verification-started" => {
                if matches!(self.status, Status::Accepted | Status::Verifying) {
                    self.status = Status::Verifying;
                }
                let due = parts.instant("dueAt").filter(|_| parts.by_register());
                self.past.register = due.map(|due| (due, event.calendar));
            }
            "handed-to-officer" => {
                let check = self.referral.as_ref().and_then(|referral| referral.check);
                let waited = if self.status == Status::Referred { check } else { self.past.register.take() };
                // The end may have moved with the calendar since it was told.
                let due = waited.map(|(due, version)| if version == event.calendar { due } else { due - PATCHED });
                self.not_before(event, due, "handed to an officer");
            }
            "second-check-started" => {
                let due = parts.instant("dueAt").filter(|_| parts.by_register());
                self.with_referral(|referral| referral.check = due.map(|due| (due, event.calendar)));
            }
            "second-check-confirmed" | "second-check-failed" => self.with_referral(|referral| referral.check = None),
            _ => return false,
        }
        true
    }
}
