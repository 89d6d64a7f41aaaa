//! The withdrawal of vacancies (`K3`): by their organisation while no one holds them, by the provider also from who holds them; and at
//! the end of a temporary place (`P23.c`).

use super::World;
use super::draft::Draft;
use super::referral::return_entries;
use crate::application::ArchiveReason;
use crate::ids::SeatId;
use crate::refusal::Refusal;
use crate::seat::{Seat, SeatState};
use crate::step::{Snapshot, Step};
use crate::terms;

/// Withdraws a temporary place whose time is over, if no one holds it (`P23.c`).
///
/// # Errors
/// Its time isn't over, or it isn't open.
pub fn withdraw_ended_seat(seat: Seat, world: World<'_>) -> Result<Seat, Refusal> {
    if seat.is_over(terms::local_date(world.now)) {
        withdraw_open_seat(seat)
    } else {
        Err(Refusal::state("nothing-due", "P23.c"))
    }
}

/// Withdraws a vacancy that no one holds (`K3`).
///
/// # Errors
/// Someone holds it, or it is withdrawn already.
pub fn withdraw_open_seat(mut seat: Seat) -> Result<Seat, Refusal> {
    match seat.state {
        SeatState::Open => {
            seat.state = SeatState::Withdrawn;
            Ok(seat)
        }
        SeatState::Withdrawn => Err(Refusal::state("vacancy-withdrawn", "K3")),
        SeatState::Filled { .. } => Err(Refusal::state("vacancy-filled", "K3")),
        SeatState::Offered(_) | SeatState::Referred { .. } => Err(Refusal::state("vacancy-held", "K3")),
    }
}

/// The provider withdraws a vacancy from the application of the snapshot, which holds it (`K3`). An offer is withdrawn and its entry
/// waits again at its instant; a referral is revoked and all entries that were live when it was issued return, also the one of
/// the vacancy's organisation: nothing of it is the parent's doing.
///
/// # Errors
/// The application doesn't hold the vacancy (any more), or is enrolled in it.
pub fn withdraw_held_seat(snapshot: Snapshot, seat: SeatId, world: World<'_>) -> Result<Step, Refusal> {
    let held = snapshot.seats.iter().find(|held| held.id == seat);
    let offer = snapshot.application.offers().find(|(_, offer)| offer.seat == seat);
    match (held.map(|held| &held.state), offer.map(|(organisation, offer)| (organisation, offer.id))) {
        (Some(SeatState::Offered(_)), Some((organisation, offer))) => {
            let mut draft = Draft::new(snapshot, world);
            draft.withdraw_offered(organisation, offer, seat);
            Ok(draft.finish())
        }
        (Some(SeatState::Referred { .. }), _) => {
            let mut draft = Draft::new(snapshot, world);
            if let Some(organisation) = draft.withdraw_referred() {
                return_entries(&mut draft, Some(organisation), ArchiveReason::Refused, "K3");
            }
            Ok(draft.finish())
        }
        (Some(SeatState::Filled { .. }), _) => Err(Refusal::state("vacancy-filled", "K3")),
        _ => Err(Refusal::state("vacancy-held", "K3")),
    }
}
