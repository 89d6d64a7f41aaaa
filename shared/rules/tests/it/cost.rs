//! What a decision costs in instructions. Run by `infra/compare/instructions`, which counts them; here it is only done again and again.

use std::hint::black_box;

use kezek_rules::decide::*;
use kezek_rules::queue::Totals;
use kezek_rules::step::Snapshot;

use crate::world::{Base, bin};

/// Does a decision so often, or only what comes before it: `KEZEK_DECISION` is `allocate`, `accept`, `expire` or `choose`, with
/// `KEZEK_TIMES`, `KEZEK_WAITING`, and `KEZEK_BARE` for only copying what it is decided on.
#[test]
#[ignore = "for infra/compare/instructions, which counts what it takes"]
#[expect(clippy::disallowed_methods, reason = "the settings of whoever counts; no rule reads them")]
fn one_decision_many_times() {
    let setting = |name: &str| std::env::var(name).unwrap_or_default();
    let number = |name: &str| setting(name).parse::<u64>().unwrap_or(1);
    let (times, waiting, bare) = (number("KEZEK_TIMES"), number("KEZEK_WAITING"), !setting("KEZEK_BARE").is_empty());
    let decision = setting("KEZEK_DECISION");
    let mut base = Base::new();
    let id = base.queued(1, 13, &[1, 2, 3, 4]);
    let seat = base.publish(1, 1)[0];
    if decision != "allocate" && decision != "choose" {
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
    if decision == "expire" {
        base.go("2026-02-10 00:00");
    }
    let world = base.world();
    for _ in 0..times {
        let copy: Snapshot = black_box(snapshot.clone());
        if bare {
            continue;
        }
        match decision.as_str() {
            "allocate" => drop(black_box(allocate(copy, &Turn::Head, world).expect("an offer"))),
            "accept" => {
                let offer = offer.expect("an offer");
                drop(black_box(answer_offer(copy, offer, OfferAnswer::Accept, world).expect("accepted")));
            }
            "expire" => drop(black_box(expire_offer(copy, seat, world).expect("expired"))),
            "choose" => drop(black_box(choose(&copy.queues[0], &heads, world).expect("a head"))),
            other => panic!("no decision is called {other:?}"),
        }
    }
}
