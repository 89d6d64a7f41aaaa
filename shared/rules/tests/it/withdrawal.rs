//! The withdrawal of vacancies (`K3`): one that no one holds by its organisation, a held one by the provider only.

use crate::world::{Base, bin, codes, names};
use kezek_rules::application::{ArchiveReason, Document, EntryState, ReferralStatus, Status};
use kezek_rules::decide::*;
use kezek_rules::ids::{ApplicationId, SeatId};
use kezek_rules::seat::{Seat, SeatState};
use kezek_rules::step::Fact;

/// One child queued for organisations 1 and 2 holds an offer of 1; another waits behind it.
fn offered() -> (Base, ApplicationId, ApplicationId, SeatId) {
    let mut base = Base::new();
    let [first, next] = [1, 2].map(|child| base.queued(child, 13, &[1, 2]));
    let seat = base.publish(1, 1)[0];
    assert_eq!(base.allocate(), [(first, seat)]);
    (base, first, next, seat)
}

fn seat(base: &Base, id: SeatId) -> Seat {
    base.seats.values().find(|seat| seat.id == id).expect("a seat").clone()
}

fn withdraw_held(base: &mut Base, id: ApplicationId, seat: SeatId) -> Result<Vec<Fact>, kezek_rules::refusal::Refusal> {
    base.act(id, |snapshot, world| withdraw_held_seat(snapshot, seat, world))
}

/// By its organisation while no one holds it, and once.
#[test]
fn k3_an_organisation_withdraws_what_no_one_holds() {
    let (mut base, id, _, held) = offered();
    assert_eq!(codes(withdraw_open_seat(seat(&base, held))), ["vacancy-held"]);
    base.answer(id, 1, OfferAnswer::Accept).expect("accepted");
    assert_eq!(codes(withdraw_open_seat(seat(&base, held))), ["vacancy-held"]);
    base.withdraw(id);
    let withdrawn = withdraw_open_seat(seat(&base, held)).expect("no one holds it");
    assert_eq!(codes(withdraw_open_seat(withdrawn)), ["vacancy-withdrawn"]);
}

/// The offer is withdrawn, and the entry waits again at its instant.
#[test]
fn k3_the_provider_withdraws_an_offered_vacancy() {
    let (mut base, first, next, held) = offered();
    base.go("2026-02-03 10:00");
    let facts = withdraw_held(&mut base, first, held).expect("withdrawn");
    assert_eq!(names(&facts), ["offer-withdrawn", "resumed"]);
    assert_eq!(facts[0].code_and_rule().1, "K3");
    assert_eq!(seat(&base, held).state, SeatState::Withdrawn);
    assert_eq!((base.number(first, 1), base.number(next, 1)), (Some(1), Some(2)), "at its original instant");
    assert_eq!(base.app(first).status, Status::Queued);
    base.publish_line(1, "c", 1, 1, &[2022]);
    assert_eq!(base.allocate()[0].0, first, "the next place is its own");
}

/// The referral is revoked, and every entry that was live when it was issued returns, also the one of that organisation.
#[test]
fn k3_the_provider_withdraws_a_referred_vacancy() {
    let (mut base, first, next, held) = offered();
    base.answer(first, 1, OfferAnswer::Accept).expect("accepted");
    base.go("2026-02-03 10:00");
    let facts = withdraw_held(&mut base, first, held).expect("withdrawn");
    assert_eq!(names(&facts), ["referral-revoked", "resumed", "resumed"]);
    assert_eq!(facts[0].code_and_rule().1, "K3");
    assert_eq!(seat(&base, held).state, SeatState::Withdrawn);
    assert_eq!(base.app(first).referral.as_ref().map(|referral| referral.status), Some(ReferralStatus::Revoked));
    for organisation in [1, 2] {
        assert_eq!((base.number(first, organisation), base.number(next, organisation)), (Some(1), Some(2)));
    }
    assert!(base.allocate().is_empty());
}

/// What had ended before stays so: declined entries don't come back with it.
#[test]
fn k3_declined_entries_stay_ended() {
    let mut base = Base::new();
    let id = base.queued(1, 13, &[1, 2, 3]);
    base.publish(2, 1);
    base.allocate();
    base.answer(id, 2, OfferAnswer::Decline).expect("declined");
    let held = base.publish(1, 1)[0];
    base.allocate();
    base.answer(id, 1, OfferAnswer::Accept).expect("accepted");
    withdraw_held(&mut base, id, held).expect("withdrawn");
    let states = [1, 2, 3].map(|organisation| base.state(id, organisation).clone());
    assert_eq!(states, [EntryState::Waiting, EntryState::Left, EntryState::Waiting]);
}

/// A child that is too old by now has nothing to return to (`P11.b`), save with a PMPC conclusion.
#[test]
fn k3_p11_b_who_is_too_old_by_now_is_archived() {
    for pmpc in [false, true] {
        let mut base = Base::new();
        let mut request = base.request(1);
        request.birth_date = "2020-02-04".parse().expect("a day");
        if pmpc {
            let issued_on = "2025-01-01".parse().expect("a day");
            request.documents = vec![Document { kind: "pmpc-conclusion".to_owned(), issued_on }];
        }
        let id = base.submit(request).expect("queued");
        let held = base.publish_line(1, "b", 1, 1, &[2020])[0];
        base.allocate();
        base.answer(id, 1, OfferAnswer::Accept).expect("accepted");
        base.go("2026-02-04 10:00");
        withdraw_held(&mut base, id, held).expect("withdrawn");
        let expected = if pmpc { Status::Queued } else { Status::Archived(ArchiveReason::AgeLimit) };
        assert_eq!(base.app(id).status, expected);
        assert_eq!(seat(&base, held).state, SeatState::Withdrawn);
    }
}

/// Who doesn't hold it has nothing taken back; a child enrolled keeps its place.
#[test]
fn k3_only_from_who_holds_it_and_never_from_who_is_enrolled() {
    let (mut base, first, next, held) = offered();
    assert_eq!(codes(withdraw_held(&mut base, next, held)), ["vacancy-held"]);
    base.answer(first, 1, OfferAnswer::Accept).expect("accepted");
    let referral = base.app(first).live_referral().expect("a referral").id;
    let stored = base.seats.get_mut(&(bin(1), held)).expect("a seat");
    stored.state = SeatState::Filled { application: first, referral };
    assert_eq!(codes(withdraw_open_seat(seat(&base, held))), ["vacancy-filled"]);
    assert_eq!(codes(withdraw_held_seat(base.snapshot(first, &[]), held, base.world())), ["vacancy-filled"]);
}
