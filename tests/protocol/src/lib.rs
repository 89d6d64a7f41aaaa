//! The protocol by which places are given away, as a model that is checked in every order in which it can happen: two allocators, an
//! organisation's wakes that are delivered twice or lost, a function that dies between reading and writing, a request or a sweep beside
//! them. Who stands first is asked of `kezek_rules` itself; what is written here apart is the way from a reading to a commit. Never here:
//! the table, the calendar, or what a rule says of a child.
//!
//! | here | there |
//! | --- | --- |
//! | [`Plan`]: an organisation's seat, the queue and the child as they were read | `functions/allocation/src/serve.rs`, `shell/src/heads.rs` |
//! | [`Errand`]: an application with its seats and queues as they were read, and what is to be done | `shell/src/commit.rs`, `rules/src/decide/offer.rs`, `functions/expiry-sweep` |
//! | [`Stale`]: another write came first, so a condition on a version fails | `store/src/commit.rs` |
//! | a wake: an organisation that is to be served | the history event in the same transaction, which the table's stream makes a message of (decision 0003) |
//! | in flight until its allocator is done | SQS FIFO, one group an organisation, redelivered after its visibility |
//! | [`Action::Rescan`] | the hourly look of `functions/expiry-sweep/src/rescan.rs` |
//!
//! A version is only ever compared with the one that was read. So the model keeps no version: a commit marks every reading of what it
//! writes as stale. That is exact, and keeps the states few. Time is left out: an offer may run out at any moment, and may be answered at
//! any moment before that.

mod check;
mod commit;
mod model;
mod properties;
mod protocol;
mod settle;
mod state;
#[cfg(test)]
mod tests;
mod work;

pub use check::{Checked, check};
pub use model::Action;
pub use protocol::{Budget, Conditions, Protocol};
pub use state::{Allocator, Child, Entry, Errand, Plan, Seat, Stale, State, Status, Task};
