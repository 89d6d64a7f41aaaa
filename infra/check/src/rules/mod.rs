//! The invariants over a base that was read: one file each, or a few that look at the same things. Nothing is read or written here.

pub(crate) mod announced;
pub(crate) mod children;
pub(crate) mod complaints;
pub(crate) mod counters;
pub(crate) mod due;
pub(crate) mod invitations;
pub(crate) mod order;
pub(crate) mod outbox;
pub(crate) mod seats;
pub(crate) mod tasks;
