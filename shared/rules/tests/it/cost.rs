//! What a decision costs in instructions. Run by `infra/compare/instructions`, which counts them; here it is only done again and again.

use std::hint::black_box;

use kezek_rules::decide::*;
use kezek_rules::queue::Totals;
use kezek_rules::step::Snapshot;

use crate::world::{Base, bin};

/// As often as the counting script believes.
const TIMES: usize = 500;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Decision {
    Choose,
    Allocate,
    Accept,
    Expire,
}

/// Does a decision again and again where so many wait; or, bare, only what comes before it: copying what it is decided on.
fn again_and_again(decision: Decision, waiting: u64, bare: bool) {
    let mut base = Base::new();
    let id = base.queued(1, 13, &[1, 2, 3, 4]);
    let seat = base.publish(1, 1)[0];
    if matches!(decision, Decision::Accept | Decision::Expire) {
        assert_eq!(base.allocate().len(), 1);
    }
    let mut snapshot = base.snapshot(id, &[]);
    snapshot.seats = vec![base.seats[&(bin(1), seat)].clone()];
    for queue in &mut snapshot.queues {
        queue.totals = Totals { out_of_turn: waiting / 50, first_priority: waiting / 6, general: waiting };
        queue.rank = waiting;
    }
    let place = snapshot.application.place(&snapshot.application.entries[0]);
    let heads = [Candidate { place }];
    let offer = snapshot.application.offers().next().map(|(_, offer)| offer.id);
    if decision == Decision::Expire {
        base.go("2026-02-10 00:00");
    }
    let world = base.world();
    for _ in 0..TIMES {
        let copy: Snapshot = black_box(snapshot.clone());
        match decision {
            _ if bare => {}
            Decision::Choose => drop(black_box(choose(&copy.queues[0], &heads, world).expect("a head"))),
            Decision::Allocate => drop(black_box(allocate(copy, &Turn::Head, world).expect("an offer"))),
            Decision::Accept => {
                let offer = offer.expect("an offer");
                drop(black_box(answer_offer(copy, offer, OfferAnswer::Accept, world).expect("accepted")));
            }
            Decision::Expire => drop(black_box(expire_offer(copy, seat, world).expect("expired"))),
        }
    }
}

macro_rules! counted {
    ($($name:ident: $decision:ident),*) => {
        $(mod $name {
            #[test]
            #[ignore = "for infra/compare/instructions"]
            fn few() {
                super::again_and_again(super::Decision::$decision, 100, false);
            }

            #[test]
            #[ignore = "for infra/compare/instructions"]
            fn few_bare() {
                super::again_and_again(super::Decision::$decision, 100, true);
            }

            #[test]
            #[ignore = "for infra/compare/instructions"]
            fn many() {
                super::again_and_again(super::Decision::$decision, 1_000_000, false);
            }

            #[test]
            #[ignore = "for infra/compare/instructions"]
            fn many_bare() {
                super::again_and_again(super::Decision::$decision, 1_000_000, true);
            }
        })*
    };
}

counted!(choosing: Choose, allocating: Allocate, accepting: Accept, expiring: Expire);
