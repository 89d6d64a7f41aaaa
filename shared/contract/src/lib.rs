//! JSON in and out: requests, answers, events, problems, and the texts people read. No behaviour: nothing is decided or
//! stored here.

pub mod answers;
pub mod fields;
pub mod json;
pub mod problem;
pub mod requests;
pub mod texts;
