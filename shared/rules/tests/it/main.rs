//! The rules from outside, in one test binary: each file holds the tests of a part of the Order.

mod claims;
mod clocks;
mod cost;
mod decisions;
mod deferral;
mod enrolment;
mod intake;
mod invitations;
mod offers;
mod queues;
mod recount;
mod referrals;
mod second_check;
mod siblings;
mod stories;
mod vacancies;
mod withdrawal;
mod world;
