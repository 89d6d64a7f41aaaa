//! Everything that reads what comes from outside, fed with what nobody would send: good examples bent out of shape, over and over, from a
//! seed that makes every case again. What is read must never panic; what is refused must be refused as the interface says; what is accepted
//! must come back the same. And the order of a queue and the numbers in it, against merging it by hand.
//!
//! The mutations are our own: they know the shape of the examples (a field left out, a number at its edge, a text twice as long), need no
//! special compiler, and a case is found again by its number alone. Never here: a table, or a socket.

mod bodies;
mod data;
mod events;
mod mutate;
pub mod order;
mod random;
mod targets;
#[cfg(test)]
mod tests;
mod texts;
mod tokens;
mod tree;

pub use random::Random;
pub use targets::{Failed, TARGETS, Target, run};
