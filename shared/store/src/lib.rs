//! The table: keys, one file per entity (record, conversion, access patterns), and the one conditional transaction in which a
//! step of the rules is written. The store may say "conflict", never "not eligible": no policy lives here.

mod agenda;
mod application;
mod bulletin;
mod commit;
mod complaint;
mod config;
mod daily;
mod error;
mod event;
mod family;
mod group;
mod invitation;
mod item;
pub mod meter;
mod mixed;
mod notice;
mod organisation;
mod origin;
mod person;
mod pmpc;
mod queue;
pub mod rank;
mod schema;
mod seat;
mod seat_end;
mod snapshot;
mod stream;
mod system;
mod task;

pub use agenda::{Due, DueKind, DuePage, Family, SHARDS};
pub use bulletin::{BulletinRecord, LineOutcome};
pub use commit::Extras;
pub use complaint::{ComplaintText, Written};
pub use config::{Config, PolicyPut};
pub use daily::Daily;
pub use error::{Result, StoreError};
pub use event::{EventItem, OrganisationEvent, OrganisationFact};
pub use invitation::Ending;
pub use item::StreamImage;
pub use notice::{NoticeRecord, Subject};
pub use origin::{Origin, Trace};
pub use person::{Invited, Lock, PersonFile};
pub use queue::{QueueItem, Readings, Recent};
pub use schema::table_definition;
pub use snapshot::Queues;
pub use stream::StreamRecord;
pub use system::{Recount, SystemEvent, SystemFact};
pub use task::{ComplaintTask, Listed};

use aws_sdk_dynamodb::Client;

/// The table, through the SDK's client.
#[derive(Debug, Clone)]
pub struct Store {
    client: Client,
    table: String,
    nodes: queue::nodes::Nodes,
}

impl Store {
    /// The store over a table; its calls can be measured ([`meter`]).
    #[must_use]
    pub fn new(client: &Client, table: String) -> Self {
        Self::of(client.config().to_builder(), table)
    }

    /// The store over a table that a client so configured reaches: nothing is built twice.
    #[must_use]
    pub fn of(config: aws_sdk_dynamodb::config::Builder, table: String) -> Self {
        let client = Client::from_conf(config.interceptor(meter::Meter).build());
        Self { client, table, nodes: queue::nodes::Nodes::default() }
    }

    /// The client.
    #[must_use]
    pub const fn client(&self) -> &Client {
        &self.client
    }

    /// The table's name.
    #[must_use]
    pub fn table(&self) -> &str {
        &self.table
    }
}
