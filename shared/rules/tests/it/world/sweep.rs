//! What the schedules and the allocation do with the world: let clocks run out, and serve open vacancies. It may come late.

use std::collections::BTreeSet;

use kezek_rules::application::{Application, EntryState};
use kezek_rules::decide::*;
use kezek_rules::ids::{ApplicationId, Bin, SeatId};
use kezek_rules::queue::{Lane, Place, QueueKey};
use kezek_rules::seat::{Seat, SeatState};
use kezek_rules::step::{Fact, QueueView, Step};

use super::Base;
use super::invariants::merge;

impl Base {
    /// Lets all clocks of one application run out that are due.
    pub fn tick(&mut self, id: ApplicationId) -> Vec<Fact> {
        let mut facts = Vec::new();
        while let Ok(more) = self.act(id, tick) {
            facts.extend(more);
        }
        facts
    }

    /// Lets everything run out that is due: applications, offers and referrals.
    pub fn sweep(&mut self) -> Vec<Fact> {
        let mut facts = Vec::new();
        let held: Vec<(ApplicationId, SeatId)> = self.seats.values().filter_map(held_by).collect();
        for (holder, seat) in held {
            while let Ok(more) = self.act(holder, |snapshot, world| expire_offer(snapshot, seat, world)) {
                facts.extend(more);
            }
            while let Ok(more) = self.act(holder, |snapshot, world| tick_referral(snapshot, seat, world)) {
                facts.extend(more);
            }
        }
        for id in self.applications.keys().copied().collect::<Vec<_>>() {
            facts.extend(self.tick(id));
        }
        facts
    }

    /// Serves every open vacancy in the order of service; returns who was offered what, in order.
    pub fn allocate(&mut self) -> Vec<(ApplicationId, SeatId)> {
        let open: Vec<(Bin, SeatId)> =
            self.seats.iter().filter(|(_, seat)| is_open(seat)).map(|(key, _)| *key).collect();
        open.into_iter().flat_map(|key| self.serve(key)).collect()
    }

    /// Serves one vacancy, if it is open: its head is offered it, and the head's siblings others.
    pub fn serve(&mut self, key: (Bin, SeatId)) -> Vec<(ApplicationId, SeatId)> {
        loop {
            let seat = self.seats[&key].clone();
            if !is_open(&seat) {
                return Vec::new();
            }
            if let Ok(ended) = withdraw_ended_seat(seat.clone(), self.world()) {
                self.seats.insert(key, Seat { version: ended.version + 1, ..ended });
                return Vec::new();
            }
            let Some((turn, id)) = self.turn_for(&seat) else { return Vec::new() };
            let mut snapshot = self.snapshot(id, &[]);
            snapshot.seats.push(seat.clone());
            match allocate(snapshot, &turn, self.world()).expect("the head waits") {
                Allocation::Offer(step) => match self.with_siblings(*step, &seat) {
                    Ok(steps) => return steps.into_iter().map(|step| self.commit_offer(step)).collect(),
                    Err(late) => assert!(!self.tick(late).is_empty(), "what is overdue can run out"),
                },
                Allocation::PassedOver => panic!("whoever is passed over is no head"),
                Allocation::Overdue => assert!(!self.tick(id).is_empty(), "what is overdue can run out"),
            }
        }
    }

    fn commit_offer(&mut self, step: Step) -> (ApplicationId, SeatId) {
        let (id, seat) = (step.application.id, step.seats[0].id);
        self.commit(step);
        (id, seat)
    }

    /// The offers to the head and its siblings; or who of them is overdue.
    fn with_siblings(&self, head: Step, seat: &Seat) -> Result<Vec<Step>, ApplicationId> {
        let family: Vec<Application> = self.applications.values().cloned().collect();
        let of_head = |other: &&Application| other.applicant == head.application.applicant;
        let waits = |other: &&Application| {
            other.entry(seat.organisation).is_some_and(|entry| entry.state == EntryState::Waiting)
        };
        let late = |other: &&Application| other.id != head.application.id && !may_be_served(other, self.world());
        if let Some(late) = family.iter().filter(of_head).filter(waits).find(late) {
            return Err(late.id);
        }
        let siblings = siblings(&head.application, seat, &family, self.world());
        let open: Vec<Seat> = self.seats.values().filter(|seat| is_open(seat)).cloned().collect();
        let Some(seats) = seat_each(&siblings, seat, &open) else { return Ok(vec![head]) };
        let queues: Vec<QueueView> = siblings.iter().map(|other| self.view_of(other, seat.organisation)).collect();
        let pairs = siblings.into_iter().cloned().zip(seats).collect();
        Ok(allocate_bundle(head, pairs, &queues, self.world()).expect("they wait"))
    }

    fn view_of(&self, application: &Application, organisation: Bin) -> QueueView {
        let entry = application.entry(organisation).expect("an entry");
        self.view(application.queue_key(organisation), application.place(entry))
    }

    /// Whose turn it is for a seat, by looking through everyone who waits.
    fn turn_for(&self, seat: &Seat) -> Option<(Turn, ApplicationId)> {
        let able = |place: &&Place| !is_passed_over(seat, self.app(place.application), self.world());
        let keys: Vec<QueueKey> = seat.queues().collect();
        let waiting = |key: &QueueKey| self.queues.get(key).map(|queue| queue.places.clone()).unwrap_or_default();
        let heads: Vec<Candidate> = keys.iter().flat_map(|key| heads(&waiting(key), able)).collect();
        let (Some(first), Some(key)) = (heads.first(), keys.first()) else {
            return self.pmpc_for(seat, &keys).map(|id| (Turn::Pmpc, id));
        };
        if let Some(mixed) = seat.mixed() {
            let view = self.mixed_view(mixed);
            let chosen = choose_mixed(&view, seat.vacancy.settlement, &heads, self.world())?.place;
            return Some((Turn::MixedAge(view), chosen.application));
        }
        let chosen = choose(&self.view(key.clone(), first.place), &heads, self.world())?.place;
        let queue = &self.queues[key];
        if queue.places.iter().all(|place| able(&place)) {
            let merged = merge(queue, self.policy_of(key));
            assert_eq!(Some(&chosen), merged.first(), "P3.9: the order of offers is the order of numbers");
        }
        Some((Turn::Head, chosen.application))
    }

    /// `P24`: the child with a PMPC conclusion that stands first in the other queues of the seat's language and stream.
    fn pmpc_for(&self, seat: &Seat, own: &[QueueKey]) -> Option<ApplicationId> {
        let other = |key: &&QueueKey| {
            key.organisation == seat.organisation
                && key.language == seat.vacancy.language
                && key.stream == seat.vacancy.stream
                && !own.contains(key)
        };
        let queues = self.queues.iter().filter(|(key, _)| other(key));
        let places = queues.flat_map(|(_, queue)| &queue.places);
        let able = |place: &&Place| {
            let application = self.app(place.application);
            application.pmpc && !is_passed_over(seat, application, self.world())
        };
        places.filter(able).min().map(|place| place.application)
    }
}

fn is_open(seat: &Seat) -> bool {
    seat.state == SeatState::Open
}

/// The first place of each lane that may take an offer.
fn heads(places: &BTreeSet<Place>, able: impl Fn(&&Place) -> bool) -> Vec<Candidate> {
    let able: Vec<&Place> = places.iter().filter(able).collect();
    let head = |lane: Lane| able.iter().find(|place| place.lane == lane).map(|place| Candidate { place: **place });
    Lane::ALL.into_iter().filter_map(head).collect()
}

fn held_by(seat: &Seat) -> Option<(ApplicationId, SeatId)> {
    match &seat.state {
        SeatState::Offered(offer) => Some((offer.application, seat.id)),
        SeatState::Referred { application, .. } => Some((*application, seat.id)),
        SeatState::Open | SeatState::Filled { .. } | SeatState::Withdrawn => None,
    }
}
