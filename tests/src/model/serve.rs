//! Serving vacancies (`P16.a`, `P17.1`, `P24`, `P24.m`, `P26`): open seats in order, each to whom the rules put first. Never here:
//! what an offer does.

use std::collections::BTreeSet;

use chrono::Datelike;

use super::Model;
use super::policy::{SiblingScope, Siblings, Simultaneous};
use super::queues::{Waiter, next_lane, phase_after};
use super::state::{Lane, MixedKey, OfferStatus, QueueKey, Seat, SeatStatus};

/// More siblings than these are never offered places together.
const SIBLINGS_MAX: usize = 4;

impl Model {
    /// Serves open seats until nothing moves.
    pub(crate) fn serve(&mut self) {
        self.note_phases();
        while self.seats_in_order().into_iter().any(|seat| self.serve_seat(seat)) {}
    }

    /// All seats by bulletin instant, line, n (`P17.1`).
    pub(crate) fn seats_in_order(&self) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.seats.len()).collect();
        order.sort_by_key(|s| {
            let seat = &self.seats[*s];
            (seat.issued_at, seat.line, seat.bulletin.clone(), seat.n, seat.organisation)
        });
        order
    }

    /// Offers a seat to whom it belongs. False if it isn't open or no one is there for it.
    fn serve_seat(&mut self, s: usize) -> bool {
        if self.seats[s].status != SeatStatus::Open {
            return false;
        }
        if let Some(a) = self.first_too_old(s) {
            // Whoever's turn it is leaves as soon as it is looked at, though ages are looked at five minutes later (`P11.b`).
            self.age_out(a);
            return true;
        }
        let Some(head) = self.choose(s) else { return false };
        let mut offers = vec![(s, head)];
        offers.extend(self.siblings(s, head));
        for (seat, waiter) in offers {
            self.is_open |= self.could_have_another(seat, waiter.a);
            self.offer(seat, waiter.a, waiter.e);
        }
        true
    }

    /// **D-simultaneous** `one`: whether another organisation has an open seat that could be the child's as well. Which of them comes
    /// first the Order doesn't say, and the system can't either: each is served by itself, by a message of its own (SQS FIFO by organisation),
    /// beside the others. That one machine serves them in some order is no rule that a model could know.
    fn could_have_another(&self, s: usize, a: usize) -> bool {
        let app = &self.apps[a];
        let fits = |seat: &Seat| {
            let waits =
                (0..app.entries.len()).any(|e| app.entries[e].organisation == seat.organisation && self.waits(a, e));
            waits
                && seat.status == SeatStatus::Open
                && seat.organisation != self.seats[s].organisation
                && seat.language == app.language
                && seat.stream == app.stream
                && (app.pmpc || seat.years.contains(&app.born.year()))
        };
        self.policy().simultaneous == Simultaneous::One && self.seats.iter().any(fits)
    }

    /// Whether a seat may be offered to one who waits.
    fn may_have(&self, s: usize, waiter: &Waiter) -> bool {
        !self.is_passed_over(s, waiter) && !self.is_too_old(waiter.a)
    }

    fn is_passed_over(&self, s: usize, waiter: &Waiter) -> bool {
        let app = &self.apps[waiter.a];
        let seat = &self.seats[s];
        let holds_offer = app.offers.iter().any(|offer| offer.status == OfferStatus::Open);
        let away = self.contract_in_force(waiter.a).is_some();
        (self.policy().simultaneous == Simultaneous::One && holds_offer)
            || seat.passed_by.contains(&waiter.a)
            || (seat.temporary_until.is_some() && away)
    }

    /// The one whose turn it would be at a seat, if it were not too old.
    fn first_too_old(&self, s: usize) -> Option<usize> {
        let seat = &self.seats[s];
        let all = self.waiters(seat.organisation, &seat.language, &seat.stream);
        let own = |waiter: &Waiter| seat.years.contains(&self.apps[waiter.a].born.year());
        let own: Vec<Waiter> =
            all.into_iter().filter(|waiter| own(waiter) && !self.is_passed_over(s, waiter)).collect();
        let lanes: BTreeSet<Lane> = own.iter().map(|waiter| waiter.lane).collect();
        let lane = next_lane(&lanes, self.phase_of(seat), self.policy())?;
        own.into_iter().find(|waiter| waiter.lane == lane).map(|first| first.a).filter(|a| self.is_too_old(*a))
    }

    /// The one to whom a seat goes; the phase moves.
    fn choose(&mut self, s: usize) -> Option<Waiter> {
        let seat = self.seats[s].clone();
        let all = self.waiters(seat.organisation, &seat.language, &seat.stream);
        let all: Vec<Waiter> = all.into_iter().filter(|waiter| self.may_have(s, waiter)).collect();
        let year = |waiter: &Waiter| self.apps[waiter.a].born.year();
        let own: Vec<Waiter> = all.iter().copied().filter(|waiter| seat.years.contains(&year(waiter))).collect();
        if own.is_empty() {
            // A child with a PMPC conclusion isn't bound to birth years (P24): by lane, then by order.
            return all.into_iter().find(|waiter| self.apps[waiter.a].pmpc);
        }
        let lanes: BTreeSet<Lane> = own.iter().map(|waiter| waiter.lane).collect();
        let lane = next_lane(&lanes, self.phase_of(&seat), self.policy())?;
        let phase = phase_after(lane, self.phase_of(&seat), self.policy());
        match keys_of(&seat) {
            Keys::Single(queue) => self.phases.insert(queue, phase),
            Keys::Mixed(group) => self.mixed_phases.insert(group, phase),
        };
        own.into_iter().find(|waiter| waiter.lane == lane)
    }

    fn phase_of(&self, seat: &Seat) -> u32 {
        match keys_of(seat) {
            Keys::Single(queue) => self.phase(&queue),
            Keys::Mixed(group) => self.mixed_phase(&group),
        }
    }

    /// `P26`: the head's siblings, each with a seat of its own, or none of them.
    fn siblings(&self, s: usize, head: Waiter) -> Vec<(usize, Waiter)> {
        if self.policy().siblings == Siblings::Off {
            return Vec::new();
        }
        let in_scope = |lane: Lane| self.policy().sibling_scope == SiblingScope::AnyLane || lane == Lane::General;
        let app = &self.apps[head.a];
        let organisation = self.seats[s].organisation;
        let mut siblings: Vec<Waiter> = Vec::new();
        for (a, other) in self.apps.iter().enumerate() {
            if a == head.a || other.applicant != app.applicant || other.stream != app.stream {
                continue;
            }
            for (e, entry) in other.entries.iter().enumerate() {
                if entry.organisation == organisation && self.waits(a, e) && in_scope(other.lane) {
                    siblings.push(Waiter { a, e, lane: other.lane, key: entry.key });
                }
            }
        }
        siblings.retain(|waiter| self.may_be_bundled(waiter));
        if !in_scope(head.lane) || siblings.is_empty() {
            return Vec::new();
        }
        siblings.sort_by_key(|waiter| (waiter.key, waiter.a));
        siblings.truncate(SIBLINGS_MAX);
        self.seat_each(s, &siblings).unwrap_or_default()
    }

    /// A sibling that holds an offer where only one is allowed isn't waiting.
    fn may_be_bundled(&self, waiter: &Waiter) -> bool {
        let holds = self.apps[waiter.a].offers.iter().any(|offer| offer.status == OfferStatus::Open);
        let passed_over = self.policy().simultaneous == Simultaneous::One && holds;
        !passed_over && !self.is_too_old(waiter.a)
    }

    /// Each sibling takes the first fitting seat left, permanent and open; nothing if one finds none.
    fn seat_each(&self, s: usize, siblings: &[Waiter]) -> Option<Vec<(usize, Waiter)>> {
        let organisation = self.seats[s].organisation;
        let mut taken = vec![s];
        let mut bundle = Vec::new();
        for sibling in siblings {
            let app = &self.apps[sibling.a];
            let fits = |t: &usize| {
                let seat = &self.seats[*t];
                !taken.contains(t)
                    && seat.status == SeatStatus::Open
                    && seat.organisation == organisation
                    && seat.temporary_until.is_none()
                    && seat.language == app.language
                    && seat.stream == app.stream
                    && seat.years.contains(&app.born.year())
            };
            let seat = self.seats_in_order().into_iter().find(fits)?;
            taken.push(seat);
            bundle.push((seat, *sibling));
        }
        Some(bundle)
    }
}

/// By whose phase a seat is served: that of a queue, or a mixed-age group's own (`P24.m`).
enum Keys {
    Single(QueueKey),
    Mixed(MixedKey),
}

fn keys_of(seat: &Seat) -> Keys {
    let (organisation, language, stream) = (seat.organisation, seat.language.clone(), seat.stream.clone());
    match seat.years.as_slice() {
        [birth_year] => Keys::Single(QueueKey { organisation, language, birth_year: *birth_year, stream }),
        years => Keys::Mixed(MixedKey { organisation, language, stream, years: years.to_vec() }),
    }
}
