//! The two ways out: the event bus and the allocation queue, each in batches, each telling a half-taken batch as a failure.
//! What is sent is made elsewhere.

use std::collections::HashMap;

use aws_sdk_eventbridge::primitives::DateTime;
use aws_sdk_eventbridge::types::PutEventsRequestEntry;
use aws_sdk_sqs::types::{
    MessageAttributeValue, MessageSystemAttributeNameForSends, MessageSystemAttributeValue,
    SendMessageBatchRequestEntry,
};
use kezek_rules::ids::Bin;
use kezek_shell::lambda;
use kezek_store::Origin;
use serde_json::json;
use thiserror::Error;

use crate::Publisher;
use crate::cloud::{CloudEvent, SOURCE};

/// Both services take ten entries in a call.
const BATCH: usize = 10;

/// Why a record wasn't published.
#[derive(Debug, Error)]
pub enum PublishError {
    /// The table failed, or an item is corrupt.
    #[error("the table failed")]
    Store(#[from] kezek_store::StoreError),
    /// An event can't be written as JSON.
    #[error("an event can't be written")]
    Json(#[from] serde_json::Error),
    /// A call failed.
    #[error("a call to the {0} failed")]
    Call(&'static str, #[source] Box<dyn std::error::Error + Send + Sync>),
    /// A service took only a part of a batch.
    #[error("the {outlet} left out {left_out} of a batch: {code}")]
    LeftOut {
        /// Which service.
        outlet: &'static str,
        /// How many entries.
        left_out: usize,
        /// Why it left out the first of them.
        code: String,
    },
}

impl PublishError {
    fn call(outlet: &'static str, error: impl std::error::Error + Send + Sync + 'static) -> Self {
        Self::Call(outlet, Box::new(error))
    }
}

/// Puts events on the bus. An entry that was taken before a failure is sent again with the same id.
///
/// # Errors
/// A call failed, or an entry was left out.
pub async fn put_events(publisher: &Publisher, events: &[CloudEvent]) -> Result<(), PublishError> {
    const OUTLET: &str = "event bus";
    let origin = Origin::current();
    let trace = origin.as_ref().and_then(Origin::trace);
    for batch in events.chunks(BATCH) {
        let entries = batch.iter().map(|event| {
            PutEventsRequestEntry::builder()
                .event_bus_name(&publisher.bus_name)
                .source(SOURCE)
                .detail_type(&event.kind)
                .time(DateTime::from_millis(event.at.timestamp_millis()))
                .detail(event.sent(origin.as_ref()).to_string())
                .set_trace_header(trace.map(|trace| trace.xray()))
                .build()
        });
        let put = publisher.bus.put_events().set_entries(Some(entries.collect())).send().await;
        let put = put.map_err(|error| PublishError::call(OUTLET, error))?;
        if put.failed_entry_count() > 0 {
            let code = put.entries().iter().find_map(|entry| entry.error_code()).unwrap_or_default().to_owned();
            let left_out = usize::try_from(put.failed_entry_count()).unwrap_or(batch.len());
            return Err(PublishError::LeftOut { outlet: OUTLET, left_out, code });
        }
    }
    Ok(())
}

/// Asks that the vacancies of organisations be served. `cause` names the event: the queue drops a message of the same cause
/// for five minutes, and one that comes later finds nothing left to serve. With a cause of at most 87 characters (a BIN, a word
/// and a bulletin's 64) the deduplication id keeps well within the queue's 128.
///
/// # Errors
/// A call failed, or a message was left out.
pub async fn ask_for_allocation(publisher: &Publisher, cause: &str, organisations: &[Bin]) -> Result<(), PublishError> {
    const OUTLET: &str = "allocation queue";
    let (attributes, header) = attributes()?;
    for batch in organisations.chunks(BATCH) {
        let mut entries = Vec::with_capacity(batch.len());
        for (index, organisation) in batch.iter().enumerate() {
            let entry = SendMessageBatchRequestEntry::builder()
                .id(index.to_string())
                .message_body(json!({"organisation": organisation}).to_string())
                .message_group_id(organisation.as_str())
                .message_deduplication_id(format!("{cause}-{organisation}"))
                .set_message_attributes(Some(attributes.clone()).filter(|attributes| !attributes.is_empty()))
                .set_message_system_attributes(header.clone())
                .build();
            entries.push(entry.map_err(|error| PublishError::call(OUTLET, error))?);
        }
        let send = publisher.queue.send_message_batch().queue_url(&publisher.allocation_queue_url);
        let sent = send.set_entries(Some(entries)).send().await;
        let sent = sent.map_err(|error| PublishError::call(OUTLET, error))?;
        if let Some(first) = sent.failed().first() {
            let code = first.code().to_owned();
            return Err(PublishError::LeftOut { outlet: OUTLET, left_out: sent.failed().len(), code });
        }
    }
    Ok(())
}

type Attributes = HashMap<String, MessageAttributeValue>;
type SystemAttributes = HashMap<MessageSystemAttributeNameForSends, MessageSystemAttributeValue>;

/// What a message carries of where it belongs: for us the correlation id and the trace, for X-Ray its header.
fn attributes() -> Result<(Attributes, Option<SystemAttributes>), PublishError> {
    let Some(origin) = Origin::current() else { return Ok((Attributes::new(), None)) };
    let failed = |error| PublishError::call("allocation queue", error);
    let text =
        |value: &str| MessageAttributeValue::builder().data_type("String").string_value(value).build().map_err(failed);
    let mut attributes = Attributes::from([(lambda::CORRELATION.to_owned(), text(origin.correlation())?)]);
    let Some(trace) = origin.trace() else { return Ok((attributes, None)) };
    attributes.insert(lambda::TRACEPARENT.to_owned(), text(&trace.to_string())?);
    let header = MessageSystemAttributeValue::builder().data_type("String").string_value(trace.xray()).build();
    let header = header.map_err(failed)?;
    Ok((attributes, Some(HashMap::from([(MessageSystemAttributeNameForSends::AwsTraceHeader, header)]))))
}
