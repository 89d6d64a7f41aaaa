//! Mending what can be derived: each write is conditional on what was read – the version of the application, the seat, the queue – and
//! printed, and none is made unless that is asked for. What was decided is never changed. A queue that is counted again should be at rest:
//! who read it before and writes after would count on from the wrong number, which the next check would find.

mod writes;

use std::collections::{BTreeSet, HashMap};

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::ProvideErrorMetadata;
use aws_sdk_dynamodb::types::{AttributeValue, TransactWriteItem};
use serde_json::{Value as Json, json};

use crate::mend::Mend;
use crate::{Report, time};

/// Events handed to the publisher in one invocation.
const BATCH: usize = 100;

/// What a repair did, or would do.
#[derive(Debug, Default)]
pub struct Mended {
    /// Writes made.
    pub written: usize,
    /// Writes left out because the item had changed meanwhile.
    pub changed: usize,
    /// Breaches that no one can derive a right from.
    pub left: usize,
    /// Invocations of the event publisher, each with events that it has to publish again.
    pub publish: Vec<Json>,
    /// Invocations of document verification, each with applications for which a register has to be asked again.
    pub verify: Vec<Json>,
}

/// Why a repair broke off.
#[derive(Debug, thiserror::Error)]
pub enum RepairError {
    /// A call failed.
    #[error("the table can't be written")]
    Call(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// A write can't be put together: a defect.
    #[error("a write can't be put together")]
    Build(#[from] aws_sdk_dynamodb::error::BuildError),
}

impl RepairError {
    fn call(error: impl std::error::Error + Send + Sync + 'static) -> Self {
        Self::Call(Box::new(error))
    }
}

/// Mends what a report found, if `apply`; says each step, in either case.
///
/// # Errors
/// A call failed: what was mended by then stays so, and running again goes on.
pub async fn repair(
    client: &Client,
    table: &str,
    report: &Report,
    now: chrono::DateTime<chrono::Utc>,
    apply: bool,
    mut say: impl FnMut(&str),
) -> Result<Mended, RepairError> {
    let mut mended = Mended::default();
    let mut woken = BTreeSet::new();
    let mut events: Vec<Json> = Vec::new();
    for breach in &report.breaches {
        let Some(mend) = &breach.mend else {
            mended.left += 1;
            say(&format!("left: {} – {}", breach.text, breach.invariant.advice()));
            continue;
        };
        if matches!(mend, Mend::Wake { bin } if !woken.insert(bin.clone())) {
            continue;
        }
        say(&format!("{}: {}", if apply { "mend" } else { "would mend" }, writes::described(mend)));
        if let Mend::Republish { pk, sk } = mend {
            events.extend(event(client, table, pk, sk).await?);
            continue;
        }
        if apply {
            match write(client, table, mend, now.timestamp_millis()).await? {
                true => mended.written += 1,
                false => {
                    mended.changed += 1;
                    say("      it has changed meanwhile: check again");
                }
            }
        }
    }
    let asks = |record: &&Json| record["dynamodb"]["NewImage"]["verify"].is_object();
    let verify: Vec<Json> = events.iter().filter(asks).cloned().collect();
    mended.verify = verify.chunks(BATCH).map(|records| json!({"Records": records})).collect();
    mended.publish = events.chunks(BATCH).map(|records| json!({"Records": records})).collect();
    Ok(mended)
}

/// Makes one write; false if its condition doesn't hold any more.
async fn write(client: &Client, table: &str, mend: &Mend, now: time::Ms) -> Result<bool, RepairError> {
    // Pages first: until the queue's item points at them nothing has changed.
    if let Mend::Queue { pages, tree, .. } = mend {
        for (id, page) in &tree.pages {
            let put = writes::page(table, pages, id, page)?;
            if !transact(client, vec![put]).await? {
                return Ok(false);
            }
        }
    }
    transact(client, writes::of(table, mend, now)?).await
}

async fn transact(client: &Client, items: Vec<TransactWriteItem>) -> Result<bool, RepairError> {
    match client.transact_write_items().set_transact_items(Some(items)).send().await {
        Ok(_) => Ok(true),
        Err(error) => {
            let conflict = error.code() == Some("TransactionCanceledException")
                && error.message().is_some_and(|text| {
                    text.contains("ConditionalCheckFailed") || text.contains("TransactionConflict")
                });
            if conflict { Ok(false) } else { Err(RepairError::call(error)) }
        }
    }
}

/// An event as the stream showed it when it was written.
async fn event(client: &Client, table: &str, pk: &str, sk: &str) -> Result<Option<Json>, RepairError> {
    let key = |text: &str| AttributeValue::S(text.to_owned());
    let found = client
        .get_item()
        .table_name(table)
        .key("pk", key(pk))
        .key("sk", key(sk))
        .consistent_read(true)
        .send()
        .await
        .map_err(RepairError::call)?;
    Ok(found.item.map(|item| {
        let image: serde_json::Map<String, Json> =
            texts(&item).map(|(name, text)| (name, json!({"S": text}))).collect();
        json!({"eventID": format!("{pk}/{sk}"), "eventName": "INSERT", "eventSource": "aws:dynamodb",
            "dynamodb": {"SequenceNumber": "1", "StreamViewType": "NEW_AND_OLD_IMAGES",
                "Keys": {"pk": {"S": pk}, "sk": {"S": sk}}, "NewImage": image}})
    }))
}

fn texts(item: &HashMap<String, AttributeValue>) -> impl Iterator<Item = (String, &String)> {
    item.iter().filter_map(|(name, value)| value.as_s().ok().map(|text| (name.clone(), text)))
}
