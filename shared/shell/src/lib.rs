//! The edge that all functions share: settings, clock, identity, keyed hashes, requests and answers, the loop from decision to
//! commit, logging and metrics. Not one domain rule lives here.

pub mod app;
pub mod clock;
pub mod commit;
pub mod complaint;
pub mod connection;
pub mod cursor;
pub mod daily;
pub mod error;
pub mod heads;
pub mod http;
pub mod identity;
pub mod invitation;
pub mod keys;
pub mod lambda;
pub mod log;
pub mod metrics;
mod precondition;
pub mod recount;
pub mod referral;
pub mod route;
pub mod settings;
pub mod versions;
pub mod view;
