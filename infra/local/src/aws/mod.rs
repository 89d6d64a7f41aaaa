//! An in-process AWS for one machine: the table engine, queues, an event bus and the clients that reach them without a network.
//! Never here: what a message means, the pumps that move messages to functions, or a wall clock (time is the caller's).

mod between;
mod bus;
mod connector;
mod dynamo;
mod fault;
mod guard;
mod sqs;
mod sqs_api;
#[cfg(test)]
mod sqs_contract;
pub mod sqs_http;
mod sqs_rows;
mod stream;
#[cfg(test)]
mod tests;

use std::{path::PathBuf, sync::Arc, time::SystemTime};

use aws_sdk_dynamodb::operation::create_table::CreateTableInput;
use serde::{Serialize, de::DeserializeOwned};

pub use between::{Before, Between, Boxed, Call};
pub use bus::PublishedEvent;
pub use connector::Reply;
pub use dynamo::Engine;
pub(crate) use guard::calling_as;
pub use guard::{Access, Guard};
pub use sqs::{Depth, Message, QueueSpec};
pub use stream::Batch;

/// Where the local stack claims to run: a name for signatures and ARNs, nothing more.
pub const REGION: &str = "eu-central-1";
/// The account of every local queue URL and ARN.
pub const ACCOUNT: &str = "000000000000";

/// The only source of time: the caller's clock, real or virtual.
pub type Now = Arc<dyn Fn() -> SystemTime + Send + Sync>;

/// What the local AWS is opened with.
#[derive(Clone)]
pub struct Options {
    /// The directory that holds `kezek.db`; `None` keeps everything in memory.
    pub path: Option<PathBuf>,
    /// Prefix of queue URLs, e.g. `http://127.0.0.1:3000`.
    pub base_url: String,
    /// The queues that exist; there is no CreateQueue.
    pub queues: Vec<QueueSpec>,
    /// The clock that every timestamp, time-out and deduplication window reads.
    pub clock: Now,
}

/// Why the local AWS could not do its work (never an answer to a client's mistake: those are wire errors).
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The embedded engine failed.
    #[error("the embedded engine failed")]
    Engine(#[from] dynoxide::DynoxideError),
    /// A stored or supplied value is not the JSON it should be.
    #[error("a value is not the expected JSON")]
    Json(#[from] serde_json::Error),
    /// The data directory could not be made.
    #[error("the data directory could not be made")]
    Directory(#[from] std::io::Error),
    /// A queue that was not declared at open.
    #[error("no queue named {0}")]
    NoQueue(String),
    /// A queue's declaration contradicts itself or another's.
    #[error("queue {0}: {1}")]
    Declaration(String, &'static str),
    /// A call through the SDK failed.
    #[error("the call failed: {0}")]
    Call(String),
    /// A checkpoint that no stream ever issued.
    #[error("not a stream checkpoint: {0}")]
    Checkpoint(String),
    /// A receipt that no longer holds its message.
    #[error("the receipt was refused: {0}")]
    Receipt(String),
}

/// The in-process AWS: one engine, its queues, its bus.
pub struct Aws {
    engine: Arc<Engine>,
    queues: Vec<QueueSpec>,
    base_url: String,
    clock: Now,
    guard: guard::Posted,
    between: between::Posted,
}

impl std::fmt::Debug for Aws {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Aws").field("base_url", &self.base_url).finish_non_exhaustive()
    }
}

const SETTINGS: &str = "setting";

impl Aws {
    /// Opens the data directory (or memory) and makes sure the stack's own table exists.
    pub fn open(options: Options) -> Result<Arc<Self>, Error> {
        sqs::check_declarations(&options.queues)?;
        let engine = Arc::new(Engine::open(options.path.as_deref(), options.clock.clone())?);
        Ok(Arc::new(Self {
            engine,
            queues: options.queues,
            base_url: options.base_url.trim_end_matches('/').to_owned(),
            clock: options.clock,
            guard: guard::Posted::new(),
            between: between::Posted::new(),
        }))
    }

    /// Puts a guard before everything that functions ask for; `false` if one stands there already.
    pub fn guard(&self, guard: Arc<dyn Guard>) -> bool {
        self.guard.set(guard).is_ok()
    }

    /// The table engine, for callers that speak its wire protocol.
    #[must_use]
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// Creates the table unless it is there; `table` is the CreateTable call that makes it.
    /// `true` when it was created now.
    pub async fn ensure_table(self: &Arc<Self>, name: &str, table: CreateTableInput) -> Result<bool, Error> {
        if self.engine.has_table(name)? {
            return Ok(false);
        }
        CreateTableInput::builder()
            .table_name(name)
            .set_attribute_definitions(table.attribute_definitions)
            .set_key_schema(table.key_schema)
            .set_global_secondary_indexes(table.global_secondary_indexes)
            .set_billing_mode(table.billing_mode)
            .set_stream_specification(table.stream_specification)
            .send_with(&self.dynamodb())
            .await
            .map_err(|failure| Error::Call(format!("{:?}", failure.into_service_error())))?;
        Ok(true)
    }

    /// A small value of the stack itself (keys, clock, checkpoints).
    pub fn local_get<T: DeserializeOwned>(&self, key: &str) -> Result<Option<T>, Error> {
        self.engine.local(|rows| rows.get(SETTINGS, key))
    }

    /// Keeps a small value of the stack itself, replacing what was there.
    pub fn local_put<T: Serialize>(&self, key: &str, value: &T) -> Result<(), Error> {
        self.engine.local(|rows| rows.put(SETTINGS, key, value))
    }

    /// The small values whose keys begin with `prefix`, by key.
    pub fn local_list<T: DeserializeOwned>(&self, prefix: &str) -> Result<Vec<(String, T)>, Error> {
        self.engine.local(|rows| rows.page(SETTINGS, prefix, &format!("{prefix}\u{10ffff}"), usize::MAX >> 1))
    }

    /// Forgets the small values whose keys begin with `prefix`.
    pub fn local_forget(&self, prefix: &str) -> Result<(), Error> {
        let keys = self.local_list::<serde_json::Value>(prefix)?;
        self.engine.local(|rows| {
            for (key, _) in keys {
                rows.delete(SETTINGS, &key)?;
            }
            Ok(())
        })
    }

    /// The caller's clock, in milliseconds since the epoch.
    fn now_ms(&self) -> u64 {
        millis((self.clock)())
    }
}

fn millis(at: SystemTime) -> u64 {
    at.duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
}

fn instant(ms: u64) -> SystemTime {
    SystemTime::UNIX_EPOCH + std::time::Duration::from_millis(ms)
}
