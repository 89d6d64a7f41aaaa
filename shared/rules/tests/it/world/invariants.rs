//! What must hold before and after every step, told independently of the code that makes the steps.

use std::collections::BTreeSet;

use kezek_rules::application::{Application, ArchiveReason, ContractStatus, Duty, EntryState, Referral, Stage, Status};
use kezek_rules::ids::ApplicationId;
use kezek_rules::policy::Policy;
use kezek_rules::queue::{Lane, Leading, Place, QueueKey};
use kezek_rules::seat::SeatState;
use kezek_rules::step::{ChildLock, Event, Fact, Ground, Step};

use super::{Base, Queue};

/// The order in which a queue would be served, one by one, as `P10.c` and `P10.d` tell it.
pub fn merge(queue: &Queue, policy: &Policy) -> Vec<Place> {
    let n = policy.interleave.general;
    let mut phase = phase_of(queue, policy);
    let of = |lane| queue.places.iter().filter(move |place| place.lane == lane).copied();
    let (mut first, mut general) = (of(Lane::FirstPriority).peekable(), of(Lane::General).peekable());
    let mut merged: Vec<Place> = of(Lane::OutOfTurn).collect();
    loop {
        let next = if first.peek().is_some() && (phase == n || general.peek().is_none()) {
            phase = 0;
            first.next()
        } else {
            phase = (phase + 1).min(n);
            general.next()
        };
        match next {
            Some(place) => merged.push(place),
            None => return merged,
        }
    }
}

fn phase_of(queue: &Queue, policy: &Policy) -> u8 {
    let start = if policy.interleave.leading == Leading::General { 0 } else { policy.interleave.general };
    queue.lowered.unwrap_or(start).min(policy.interleave.general)
}

impl Base {
    pub fn policy_of(&self, key: &QueueKey) -> &Policy {
        let organisation = self.organisations.iter().find(|organisation| organisation.bin == key.organisation);
        &self.world().policy(organisation.expect("a known organisation").settlement).policy
    }

    /// The number of an application in the queue of an organisation, by the merge.
    pub fn number(&self, id: ApplicationId, organisation: u64) -> Option<u64> {
        self.number_in(&self.app(id).queue_key(super::bin(organisation)), id)
    }

    /// The same; for an entry that rests, the number it would have if it alone woke now (`P15.2`).
    fn number_in(&self, key: &QueueKey, id: ApplicationId) -> Option<u64> {
        let entry = self.app(id).entry(key.organisation)?;
        let mut queue = self.queues.get(key).cloned().unwrap_or_default();
        if entry.state == EntryState::Dormant {
            queue.places.insert(self.app(id).place(entry));
        }
        let merged = merge(&queue, self.policy_of(key));
        merged.iter().position(|place| place.application == id).map(|index| index as u64 + 1)
    }

    pub fn check_before(&self, step: &Step) {
        let application = &step.application;
        let before = self.applications.get(&application.id);
        assert_eq!(application.version, before.map_or(0, |before| before.version) + 1, "one version a step");
        assert_eq!(step.event.seq, application.version);
        assert_eq!(step.event.at, self.now);
        assert!(!step.event.facts.is_empty(), "a step tells what happened");
        let json = serde_json::to_string(&step.event).expect("json");
        assert_eq!(serde_json::from_str::<Event>(&json).expect("an event"), step.event);
        match before {
            None => assert_eq!(step.lock, ChildLock::Take, "K1"),
            Some(before) if before.status.is_live() => {
                let enrolled = application.status == Status::Archived(ArchiveReason::Enrolled);
                let kept = if application.lane == Lane::General { ChildLock::Keep } else { ChildLock::KeepBenefitUsed };
                let expected = match application.status.is_live() {
                    true => ChildLock::Keep,
                    false if enrolled => kept,
                    false => ChildLock::Release,
                };
                assert_eq!(step.lock, expected, "K1, P12, P23.a");
            }
            Some(before) => {
                let terminated = matches!(step.event.facts[..], [Fact::ContractTerminated { .. }]);
                assert!(terminated, "P3.2: what has ended stays as it is");
                assert_eq!((before.status, &before.entries), (application.status, &application.entries), "P3.2");
                assert_eq!(
                    step.lock == ChildLock::Release,
                    before.status == Status::Archived(ArchiveReason::Enrolled),
                    "P12"
                );
            }
        }
        for seat in &step.seats {
            let stored = &self.seats[&(seat.organisation, seat.id)];
            assert_eq!(stored.version, seat.version);
            let free = stored.state == SeatState::Open || holder(&stored.state) == Some(application.id);
            assert!(free, "K4: a seat changes only in the hands of its holder");
        }
        self.check_mixed(step);
        let mut touched = BTreeSet::new();
        for queue_step in &step.queues {
            assert!(touched.insert(queue_step.key.clone()), "one change per queue and step");
            let queue = self.queues.get(&queue_step.key).cloned().unwrap_or_default();
            assert_eq!(queue.version, queue_step.version);
            match (queue_step.arrives, queue_step.departs) {
                (None, None) => panic!("someone comes or someone goes"),
                (Some(there), Some(here)) => {
                    assert_eq!(Place { lane: here.lane, ..there }, here, "P13.3: only the lane changes");
                    assert_ne!(there.lane, here.lane, "P13.3: and it does");
                }
                _ => {}
            }
            let policy = self.policy_of(&queue_step.key);
            let before = phase_of(&queue, policy);
            let organisation = queue_step.key.organisation;
            // One who wasn't served from the head of this queue leaves its phase alone (`P24.m`, `P24`).
            let taken = step.event.facts.iter().find_map(|fact| match fact {
                Fact::Offered { organisation: at, lane, ground: None, .. } if *at == organisation => Some(*lane),
                _ => None,
            });
            let expected = match taken {
                Some(Lane::FirstPriority) => 0,
                Some(Lane::General) => (before + 1).min(policy.interleave.general),
                Some(Lane::OutOfTurn) | None => before,
            };
            assert_eq!(queue_step.phase, expected, "P10.d: {:?}", step.event.facts);
        }
    }

    /// `P24.m`: a mixed-age group's phase moves with each offer made by it, and with nothing else.
    fn check_mixed(&self, step: &Step) {
        let lane = step.event.facts.iter().find_map(|fact| match fact {
            Fact::Offered { lane, ground: Some(Ground::MixedAge), .. } => Some(*lane),
            _ => None,
        });
        let (Some(lane), Some(change)) = (lane, &step.mixed) else {
            assert!(lane.is_none() && step.mixed.is_none(), "P24.m: {:?}", step.event.facts);
            return;
        };
        let view = self.mixed_view(change.key.clone());
        assert_eq!(view.version, change.version);
        let organisation = self.organisations.iter().find(|known| known.bin == change.key.organisation);
        let settlement = organisation.expect("a known organisation").settlement;
        let interleave = self.world().policy(settlement).policy.interleave;
        let n = interleave.general;
        let before =
            view.phase.map_or(if interleave.leading == Leading::General { 0 } else { n }, |kept| kept.phase).min(n);
        let expected = match lane {
            Lane::OutOfTurn => before,
            Lane::FirstPriority => 0,
            Lane::General => (before + 1).min(n),
        };
        assert_eq!(change.phase.phase, expected, "P24.m");
    }

    pub fn check_after(&self, id: ApplicationId, event: &Event) {
        let application = self.app(id);
        self.check_entries(application);
        for fact in &event.facts {
            if let Fact::Queued { organisation, number }
            | Fact::Resumed { organisation, number }
            | Fact::Moved { organisation, number } = fact
            {
                let expected = self.number_in(&application.queue_key(*organisation), id);
                assert_eq!(
                    Some(*number),
                    expected,
                    "P3.9: the number told is the number in the merge: {:?}",
                    event.facts
                );
            }
        }
        for seat in self.seats.values() {
            let Some(holder) = holder(&seat.state).filter(|_| !matches!(seat.state, SeatState::Filled { .. })) else {
                continue;
            };
            let holder = self.app(holder);
            let held = holder.held_seats();
            assert!(held.contains(&(seat.organisation, seat.id)), "K4: a held seat is known to its holder");
        }
    }

    fn check_entries(&self, application: &Application) {
        let live = application.entries.iter().filter(|entry| entry.state != EntryState::Left).count();
        assert!(live <= 4, "P15.1");
        let organisations: BTreeSet<_> = application.entries.iter().map(|entry| entry.organisation).collect();
        assert_eq!(organisations.len(), application.entries.len(), "P15.1");
        for entry in &application.entries {
            let queue = self.queues.get(&application.queue_key(entry.organisation));
            let there = queue.is_some_and(|queue| queue.places.contains(&application.place(entry)));
            assert_eq!(there, entry.state == EntryState::Waiting, "an entry stands in its queue while it waits");
            let times = queue
                .map_or(0, |queue| queue.places.iter().filter(|place| place.application == application.id).count());
            assert_eq!(times, usize::from(there), "no second place is left behind");
            if let EntryState::Offered(offer) = &entry.state {
                let seat = &self.seats[&(entry.organisation, offer.seat)];
                match &seat.state {
                    SeatState::Offered(made) => {
                        let same = (made.id, made.answer_by, made.application);
                        assert_eq!(same, (offer.id, offer.answer_by, application.id), "K4");
                    }
                    other => panic!("K4: offered, but its seat is {other:?}"),
                }
            }
            let allowed = match application.status {
                Status::Accepted | Status::Verifying => entry.state == EntryState::Pending,
                Status::Queued => !matches!(entry.state, EntryState::Pending | EntryState::Aside),
                Status::Referred => matches!(entry.state, EntryState::Aside | EntryState::Left),
                Status::Enrolled => matches!(entry.state, EntryState::Aside | EntryState::Left),
                Status::Refused | Status::Archived(_) => entry.state == EntryState::Left,
            };
            assert!(allowed, "{:?} with an entry {:?}", application.status, entry.state);
        }
        let rests = application.entries.iter().any(|entry| entry.state == EntryState::Dormant);
        let waits = application.entries.iter().any(|entry| entry.state == EntryState::Waiting);
        assert!(
            if application.sleeps() { !waits } else { !rests },
            "P15.2: who sleeps waits nowhere, and who woke rests nowhere"
        );
        assert!(application.status != Status::Queued || live > 0, "P15.c: the last entry ends the application");
        assert_eq!(application.status == Status::Referred, application.live_referral().is_some(), "P3.2");
        self.check_enrolment(application);
        for duty in Duty::ALL {
            let task = self.tasks.get(&(application.id, duty)).map(|task| (task.due_at, task.overdue));
            assert_eq!(task, application.duty(duty).map(|open| (open.due_at, open.overdue)), "P6.a");
            let fitting = match duty {
                Duty::FirstCheck => application.status == Status::Verifying,
                Duty::Claim => application.status == Status::Queued && application.claim.is_some(),
                Duty::SecondCheck => application.status == Status::Referred,
                Duty::Extension => {
                    application.live_referral().is_some_and(|referral| referral.extension_asked.is_some())
                }
                Duty::Review => {
                    let reviewed = |referral: &Referral| matches!(referral.stage, Stage::UnderReview { .. });
                    application.live_referral().is_some_and(reviewed)
                }
            };
            assert!(task.is_none() || fitting, "P6.a");
        }
    }
}

impl Base {
    /// A referral and its seat know each other, and the seat's clock is that of the stage; a signed contract's seat is filled.
    fn check_enrolment(&self, application: &Application) {
        if let Some(referral) = application.live_referral() {
            assert_eq!(referral.id.application(), application.id, "P22.a: a referral leads to its application");
            let due = match &referral.stage {
                Stage::Awaited if referral.extension_asked.is_none() => Some(referral.valid_until),
                Stage::Submitted(submission) if !submission.overdue => Some(submission.result_due),
                Stage::Contract => application.contract.as_ref().map(|contract| contract.sign_by),
                Stage::Awaited | Stage::Submitted(_) | Stage::UnderReview { .. } => None,
            };
            let held = SeatState::Referred { application: application.id, referral: referral.id, due_at: due };
            assert_eq!(self.seats[&(referral.organisation, referral.seat)].state, held, "K4");
        }
        let Some(contract) = &application.contract else { return };
        let current = application.live_referral().filter(|referral| referral.id == contract.referral);
        let formed = current.is_some_and(|referral| referral.stage == Stage::Contract);
        assert_eq!(contract.status == ContractStatus::Formed, formed, "P22.d");
        assert_eq!(contract.signed_at.is_some(), contract.means.is_some(), "P22.d");
        if contract.signed_at.is_some() {
            let filled = SeatState::Filled { application: application.id, referral: contract.referral };
            assert_eq!(self.seats[&(contract.organisation, contract.seat)].state, filled, "P22.d");
        }
    }
}

fn holder(state: &SeatState) -> Option<ApplicationId> {
    match state {
        SeatState::Offered(offer) => Some(offer.application),
        SeatState::Referred { application, .. } | SeatState::Filled { application, .. } => Some(*application),
        SeatState::Open | SeatState::Withdrawn => None,
    }
}
