//! A bounded number of cases in every run; a release build feeds millions.

use crate::{TARGETS, order, run};

/// Cases of each target, times its weight: some ten seconds of a small machine.
const CASES: u64 = 400;

#[test]
fn whatever_comes_is_read_or_refused() {
    let failed: Vec<_> = TARGETS.iter().filter_map(|target| run(target, 133, 0..CASES * target.weight).err()).collect();
    assert!(failed.is_empty(), "cargo run -p kezek-fuzz -- --target … --from …: {failed:#?}");
}

#[test]
fn no_body_of_the_interface_is_passed_over() {
    let (fed, document) = crate::bodies::fed();
    assert_eq!(fed, document, "an operation's body is read in `bodies`, and has an example in events/");
}

#[test]
fn p3_9_every_small_queue_is_numbered_as_it_is_served() {
    let compared = order::every(2, 6, 14, 4).expect("the order of the merge");
    assert!(compared.queues > 5_000, "{compared:?}");
}

#[test]
fn p10_d_drawn_queues_are_numbered_as_they_are_served() {
    let compared = order::drawn(133, 0..100_000).expect("the order of the merge");
    assert!(compared.numbers > 1_000_000, "{compared:?}");
}
