//! The deterministic simulation: the whole system in one thread, from one seed, on virtual time, under faults – the same handlers, the
//! same calls of the SDKs. Never here: a rule of the queue, or a part of the system that is replaced.

mod agenda;
pub mod cli;
mod digest;
mod door;
mod errand;
pub mod error;
pub mod faults;
mod flight;
mod judge;
mod lag;
mod moves;
mod oracle;
mod people;
mod restore;
pub mod run;
mod schedule;
pub mod sim;
mod source;
mod strike;
#[cfg(test)]
mod tests;
mod time;
mod watch;
