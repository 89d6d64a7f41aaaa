//! The moves of a held seat that is given back or taken away while its holder waits on. When that happens is decided elsewhere.

use super::Draft;
use crate::application::ReferralStatus;
use crate::ids::{Bin, OfferId, SeatId};
use crate::seat::SeatState;
use crate::step::Fact;

impl Draft<'_> {
    /// Gives back a temporary place that was offered and not taken: it goes on to others, and the entry waits on at its instant
    /// (**D-temporary-decline** `keep`).
    pub fn give_back(&mut self, organisation: Bin, id: SeatId) {
        self.set_seat(id, SeatState::Open);
        let application = self.application.id;
        if let Some(seat) = self.seats.iter_mut().find(|seat| seat.id == id) {
            seat.remember(application);
        }
        self.wait_again(organisation, "P23.c");
    }

    /// Withdraws the vacancy of a live offer (`K3`): the entry waits again at its instant.
    pub fn withdraw_offered(&mut self, organisation: Bin, offer: OfferId, seat: SeatId) {
        self.set_seat(seat, SeatState::Withdrawn);
        self.fact(Fact::OfferWithdrawn { organisation, offer, vacancy_withdrawn: true });
        self.wait_again(organisation, "K3");
    }

    /// Withdraws the vacancy of the referral in force, if there is one (`K3`), and says whose it was.
    pub fn withdraw_referred(&mut self) -> Option<Bin> {
        let (organisation, referral) = self.close_referral(ReferralStatus::Revoked, SeatState::Withdrawn)?;
        self.fact(Fact::ReferralRevoked { organisation, referral, vacancy_withdrawn: true });
        Some(organisation)
    }

    /// Puts an entry whose offer ended back into its queue at its instant.
    fn wait_again(&mut self, organisation: Bin, rule: &'static str) {
        let number = self.arrive(organisation, "resumed", rule);
        self.fact(Fact::Resumed { organisation, number });
    }
}
