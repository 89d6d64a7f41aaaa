//! What the schedules and the allocation do with the world: let clocks run out, and serve open vacancies. It may come late.

use std::collections::BTreeSet;

use kezek_rules::decide::*;
use kezek_rules::ids::{ApplicationId, Bin, SeatId};
use kezek_rules::queue::Lane;
use kezek_rules::seat::{Seat, SeatState};
use kezek_rules::step::Fact;

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
        let open: Vec<Seat> = self.seats.values().filter(|seat| seat.state == SeatState::Open).cloned().collect();
        open.iter().filter_map(|seat| Some((self.serve(seat)?, seat.id))).collect()
    }

    /// Serves one vacancy.
    pub fn serve(&mut self, seat: &Seat) -> Option<ApplicationId> {
        let key = seat.queues().next().expect("a queue");
        let mut passed_over = BTreeSet::new();
        loop {
            let queue = self.queues.get(&key)?;
            let able = queue.places.iter().filter(|place| !passed_over.contains(&place.application));
            let head =
                |lane: Lane| able.clone().find(|place| place.lane == lane).map(|place| Candidate { place: *place });
            let heads: Vec<Candidate> = Lane::ALL.into_iter().filter_map(head).collect();
            let chosen = choose(&self.view(key.clone(), heads.first()?.place), &heads, self.world())?.place;
            if passed_over.is_empty() {
                let merged = merge(queue, self.policy_of(&key));
                assert_eq!(Some(&chosen), merged.first(), "P3.9: the order of offers is the order of numbers");
            }
            let id = chosen.application;
            let mut snapshot = self.snapshot(id, &[]);
            snapshot.seats.push(self.seats[&(seat.organisation, seat.id)].clone());
            match allocate(snapshot, self.world()).expect("the head waits") {
                Allocation::Offer(step) => {
                    self.commit(*step);
                    return Some(id);
                }
                Allocation::PassedOver => drop(passed_over.insert(id)),
                Allocation::Overdue => assert!(!self.tick(id).is_empty(), "what is overdue can run out"),
            }
        }
    }

    /// The open seats of an organisation.
    pub fn open_seats(&self, organisation: Bin) -> usize {
        self.seats.values().filter(|seat| seat.organisation == organisation && seat.state == SeatState::Open).count()
    }
}

fn held_by(seat: &Seat) -> Option<(ApplicationId, SeatId)> {
    match &seat.state {
        SeatState::Offered(offer) => Some((offer.application, seat.id)),
        SeatState::Referred { application, .. } => Some((*application, seat.id)),
        SeatState::Open | SeatState::Filled { .. } | SeatState::Withdrawn => None,
    }
}
