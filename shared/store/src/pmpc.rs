//! The waiting children with a PMPC conclusion, who aren't bound to birth years (`P24`): `O#<bin>` / `C#<language>#<stream>#<place>`,
//! in the order in which they are asked: by lane, then by order key. Each is written in the transaction that lets the child come
//! to wait, or to a conclusion while it waits, and removed in the one that ends it; nobody else's submission writes any.

use aws_sdk_dynamodb::types::{Delete, Put, TransactWriteItem};
use kezek_rules::ids::Bin;
use kezek_rules::queue::{Lane, Language, Place, QueueKey, Stream};
use kezek_rules::step::Step;
use serde::{Deserialize, Serialize};

use crate::Store;
use crate::error::{Result, StoreError};
use crate::item::{Item, Key, from_item, instant, parsed, sortable, to_item};
use crate::organisation;

#[derive(Serialize, Deserialize)]
struct Record {
    kind: String,
    /// The birth year, which says in which queue it waits.
    yr: i32,
}

fn prefix(language: Language, stream: &Stream) -> String {
    format!("C#{language}#{stream}#")
}

fn key(queue: &QueueKey, place: &Place) -> Key {
    let lane = Lane::ALL.iter().position(|lane| *lane == place.lane).unwrap_or_default();
    let at = sortable(place.submitted_at);
    let sk = format!("{}{lane}#{at}#{}", prefix(queue.language, &queue.stream), place.application);
    Key::new(organisation::partition(queue.organisation), sk)
}

/// What a step of a child with a conclusion writes; nothing for any other.
pub(crate) fn writes(table: &str, step: &Step) -> Result<Vec<TransactWriteItem>> {
    let mut writes = Vec::new();
    for (queue, place) in &step.exempted {
        writes.push(waits(table, queue, place)?);
    }
    for change in step.queues.iter().filter(|_| step.application.pmpc) {
        if let Some(place) = &change.arrives {
            writes.push(waits(table, &change.key, place)?);
        }
        if let Some(place) = &change.departs {
            let gone = key(&change.key, place).item();
            let delete = Delete::builder().table_name(table).set_key(Some(gone)).build();
            writes.push(TransactWriteItem::builder().delete(delete.map_err(StoreError::corrupt)?).build());
        }
    }
    Ok(writes)
}

fn waits(table: &str, queue: &QueueKey, place: &Place) -> Result<TransactWriteItem> {
    let record = Record { kind: "pmpc".to_owned(), yr: queue.birth_year };
    let put = Put::builder().table_name(table).set_item(Some(to_item(&key(queue, place), &record)?)).build();
    Ok(TransactWriteItem::builder().put(put.map_err(StoreError::corrupt)?).build())
}

fn from(item: &Item, prefix: &str) -> Result<(i32, Place)> {
    let sk = item.get("sk").and_then(|sk| sk.as_s().ok()).map(String::as_str).unwrap_or_default();
    let mut parts = sk.strip_prefix(prefix).unwrap_or_default().split('#');
    let mut part = || parts.next().ok_or_else(|| StoreError::corrupt("place of a child with a conclusion"));
    let lane: usize = parsed(part()?, "lane")?;
    let lane = *Lane::ALL.get(lane).ok_or_else(|| StoreError::corrupt("lane"))?;
    let (submitted_at, application) = (instant(parsed(part()?, "instant")?)?, parsed(part()?, "application")?);
    let record: Record = from_item(item.clone())?;
    Ok((record.yr, Place { lane, submitted_at, application }))
}

impl Store {
    /// The children with a conclusion who wait for an organisation in a language and a stream, in their order, each with its birth
    /// year; at most `limit`.
    ///
    /// # Errors
    /// The table failed, or an item is corrupt.
    pub async fn pmpc_waiting(
        &self,
        organisation: Bin,
        language: Language,
        stream: &Stream,
        limit: usize,
    ) -> Result<Vec<(i32, Place)>> {
        let prefix = prefix(language, stream);
        let items = self.list(&organisation::partition(organisation), &prefix, None, limit, true).await?;
        items.iter().map(|item| from(item, &prefix)).collect()
    }
}
