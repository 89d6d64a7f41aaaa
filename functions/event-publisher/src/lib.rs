//! The publisher: reads the outbox, which is the history as the table's stream shows it, and lets the outside know: notices into
//! the cabinet, stages and notices onto the event bus, organisations to serve into the allocation queue. It also folds queues
//! whose pending changes are enough. Nothing is decided here, and running again changes nothing that can be seen.

mod cloud;
mod complaint;
mod family;
mod invitation;
mod load;
mod notices;
mod outlets;
mod publish;

use kezek_shell::app::App;
use kezek_shell::error::chain;
use kezek_shell::lambda;
use kezek_shell::metrics::Metric;
use kezek_store::{Origin, StreamRecord};
use lambda_runtime::Error;
use serde_json::{Value, json};

pub use cloud::CloudEvent;
pub use outlets::PublishError;

/// What the publisher works with.
#[derive(Debug, Clone)]
pub struct Publisher {
    /// The table, the clock, the configuration.
    pub app: App,
    /// The event bus.
    pub bus: aws_sdk_eventbridge::Client,
    /// Its name.
    pub bus_name: String,
    /// The queues.
    pub queue: aws_sdk_sqs::Client,
    /// Where organisations to serve are named.
    pub allocation_queue_url: String,
}

/// What a batch of the stream led to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Report {
    /// Records done, also those that asked for nothing.
    pub records: usize,
    /// Notices new in a cabinet.
    pub notices: usize,
    /// Notices that were there already: the record came again.
    pub repeated: usize,
    /// Events put on the bus.
    pub events: usize,
    /// Organisations named to the allocation queue.
    pub wakes: usize,
    /// Queues folded.
    pub folds: usize,
}

/// Publishes a batch of the stream, in order. The first record that fails ends it: it and all after it come again.
///
/// # Errors
/// The event isn't a stream's.
pub async fn handle(publisher: &Publisher, event: Value) -> Result<Value, Error> {
    let (report, failed) = publish(publisher, &StreamRecord::all(&event)?).await;
    tracing::info!(?report, "published");
    let failures: Vec<Value> = failed.into_iter().map(|sequence| json!({"itemIdentifier": sequence})).collect();
    Ok(json!({"batchItemFailures": failures}))
}

/// Publishes records in order; tells what was done, and the sequence number of the record that failed, if one did.
pub async fn publish(publisher: &Publisher, records: &[StreamRecord]) -> (Report, Option<String>) {
    let mut report = Report::default();
    for record in records {
        let origin = record.image.as_ref().and_then(Origin::of);
        if !lambda::part_of(origin, Box::pin(published(publisher, record, &mut report))).await {
            return (report, Some(record.sequence.clone()));
        }
        report.records += 1;
    }
    (report, None)
}

/// Publishes one record; says whether it could be, and in the log what it led to.
async fn published(publisher: &Publisher, record: &StreamRecord, report: &mut Report) -> bool {
    let before = *report;
    if let Err(error) = publish::record(publisher, record, report).await {
        tracing::error!(sequence = record.sequence, error = %chain(&error), "a record could not be published");
        publisher.app.metrics.count(Metric::Failures, 1);
        return false;
    }
    if report.events > before.events {
        let (key, event) = record.image.as_ref().map(|image| (&image.pk, &image.sk)).unzip();
        let (notices, events, wakes) =
            (report.notices - before.notices, report.events - before.events, report.wakes - before.wakes);
        tracing::info!(key, event, events, notices, wakes, "an event was published");
    }
    true
}
