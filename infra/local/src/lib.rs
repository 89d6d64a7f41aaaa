//! The local stack: the template's counterpart on one machine – the same handlers, the same SDK calls, an embedded table with a
//! file on disk, queues, schedules and virtual time. For people, for tests and for the demo. No rule of the queue lives here.

mod api;
pub mod aws;
pub mod check;
pub mod city;
pub mod cli;
pub mod clock;
pub mod demo;
pub mod deployment;
pub mod duration;
mod endpoints;
mod error;
pub mod functions;
pub mod gateway;
mod heads;
pub mod keys;
mod lambda;
pub mod ledger;
pub mod meter;
pub mod nation;
mod pump;
pub mod register;
pub mod schedules;
pub mod server;
pub mod signature;
#[cfg(test)]
mod tests;
mod travel;
mod workers;
pub mod world;

pub use world::{Error, Local, Options};
