//! Reading a table as a whole, in segments side by side, with the operator's own right to do so: the functions never may. Attributes
//! that hold anything personal, or words, are never asked for.

use std::collections::HashMap;

use aws_sdk_dynamodb::Client;
use tokio::sync::mpsc;

use crate::{Check, Item};

/// How many segments are read at once.
const SEGMENTS: i32 = 4;

/// Pages that wait to be taken: what is read and not looked at yet is bounded.
const AHEAD: usize = 16;

/// The attributes that an invariant rests on: not `file`, nor any text of a notice or a complaint.
const ATTRIBUTES: [&str; 60] = [
    "pk",
    "sk",
    "kind",
    "v",
    "ap",
    "ch",
    "born",
    "pm",
    "kato",
    "lang",
    "st",
    "lane",
    "sub",
    "acc",
    "stat",
    "arch",
    "ent",
    "iy",
    "is",
    "ip",
    "rf",
    "nb",
    "cl",
    "ct",
    "du",
    "pol",
    "gpk",
    "gsk",
    "bul",
    "line",
    "yrs",
    "tmp",
    "no",
    "s",
    "offer",
    "done",
    "taken",
    "lines",
    "ph",
    "o",
    "f",
    "g",
    "pend",
    "pn",
    "tops",
    "fold",
    "yr",
    "body",
    "live",
    "app",
    "late",
    "since",
    "due",
    "reg",
    "page",
    "policy",
    "patches",
    "patched_at",
    "inv",
    "lap",
];

/// Why a table couldn't be read.
#[derive(Debug, thiserror::Error)]
pub enum TableError {
    /// A call failed.
    #[error("the table can't be read")]
    Call(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// A reader ended before its segment did.
    #[error("a reader of the table broke off")]
    Reader(#[from] tokio::task::JoinError),
}

/// Reads a whole table. `progress` is told how many items have come by.
///
/// # Errors
/// A call failed: what was read by then isn't judged.
pub async fn read(client: &Client, table: &str, mut progress: impl FnMut(u64)) -> Result<Check, TableError> {
    let (sender, mut pages) = mpsc::channel::<Vec<Item>>(AHEAD);
    let readers: Vec<_> = (0..SEGMENTS)
        .map(|segment| tokio::spawn(segment_of(client.clone(), table.to_owned(), segment, sender.clone())))
        .collect();
    drop(sender);
    let mut check = Check::default();
    while let Some(page) = pages.recv().await {
        page.iter().for_each(|item| check.take(item));
        progress(check.items());
    }
    for reader in readers {
        reader.await??;
    }
    Ok(check)
}

#[expect(clippy::disallowed_methods, reason = "an operator reads the whole table; the functions' roles may not")]
async fn segment_of(
    client: Client,
    table: String,
    segment: i32,
    sender: mpsc::Sender<Vec<Item>>,
) -> Result<(), TableError> {
    let names: HashMap<String, String> =
        ATTRIBUTES.iter().map(|name| (format!("#{name}"), (*name).to_owned())).collect();
    let wanted: Vec<String> = ATTRIBUTES.iter().map(|name| format!("#{name}")).collect();
    let mut next = None;
    loop {
        let page = client
            .scan()
            .table_name(&table)
            .consistent_read(true)
            .projection_expression(wanted.join(", "))
            .set_expression_attribute_names(Some(names.clone()))
            .segment(segment)
            .total_segments(SEGMENTS)
            .set_exclusive_start_key(next)
            .send()
            .await
            .map_err(|error| TableError::Call(Box::new(error)))?;
        let items = page.items.unwrap_or_default().into_iter().map(Item::from).collect();
        if sender.send(items).await.is_err() || page.last_evaluated_key.is_none() {
            return Ok(());
        }
        next = page.last_evaluated_key;
    }
}
