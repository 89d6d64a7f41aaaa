//! The tests of the whole: stories over the local stack, the template against the code, tidiness. One test binary.

pub mod bite;
pub mod capture;
pub mod model;
pub mod repository;
pub mod template;
pub mod world;

#[cfg(test)]
mod access;
#[cfg(test)]
mod calendar;
#[cfg(test)]
mod events;
#[cfg(test)]
mod openapi;
#[cfg(test)]
mod security;
#[cfg(test)]
mod stories;
#[cfg(test)]
mod texts;
#[cfg(test)]
mod tidy;
#[cfg(test)]
mod trace;
