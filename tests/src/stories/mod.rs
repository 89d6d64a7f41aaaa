//! Stories over the whole system, each on virtual time and through the routes, queues and schedules that the outside has.

mod agreement;
mod bad_input;
mod benefits;
mod between;
mod calendar;
mod canaries;
mod check;
mod complaints;
mod contention;
mod ends;
mod enrolment;
mod intake;
mod invitations;
mod main_job;
mod observability;
mod patches;
mod persistence;
mod public;
mod races;
mod rotation;
mod second_check;
mod senders;
mod terms;
mod units;
mod vacancies;
