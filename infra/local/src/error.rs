//! Why the world couldn't do its work. Never here: answers to a client's mistakes (`endpoints`, `gateway`).

use std::path::PathBuf;

use chrono::{DateTime, Utc};
use kezek_store::StoreError;

use crate::{aws, functions::InvokeError, world::text};

/// The world couldn't do its work.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The in-process AWS failed.
    #[error("the local base failed")]
    Aws(#[from] aws::Error),
    /// The table failed.
    #[error("the table failed")]
    Store(#[from] StoreError),
    /// A mend failed.
    #[error("the base can't be mended")]
    Mend(#[from] kezek_check::repair::RepairError),
    /// A function that was asked to publish again failed.
    #[error("an event can't be published again")]
    Function(#[from] InvokeError),
    /// The keys of the base can't be used.
    #[error("{0}")]
    Keys(&'static str),
    /// A token can't be made.
    #[error("no token: {0}")]
    Token(String),
    /// The base is in use.
    #[error("{} is in use by another process", .0.display())]
    InUse(PathBuf),
    /// The directory of the base can't be used.
    #[error("the data directory can't be used")]
    Directory(#[from] std::io::Error),
    /// The clock only moves forward.
    #[error("the clock only moves forward: it is {}, and {} lies before that", text(*now), text(*to))]
    Past {
        /// What it shows.
        now: DateTime<Utc>,
        /// Where it was to go.
        to: DateTime<Utc>,
    },
}
