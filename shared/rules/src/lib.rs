//! The rules of the queue: nouns, ids, states and every legal transition, order, deadlines, calendar and policy.
//! Pure: no async, no IO, no clock, no entropy, no environment, no AWS. Time is passed in.

#[macro_use]
mod named;

pub mod application;
pub mod calendar;
pub mod complaint;
pub mod decide;
pub mod group;
pub mod ids;
pub mod invitation;
pub mod organisation;
pub mod policy;
pub mod queue;
pub mod refusal;
pub mod seat;
pub mod step;
pub mod terms;
