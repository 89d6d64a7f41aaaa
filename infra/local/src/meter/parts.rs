//! Small parts of the scene: those who wait already, a message, and what sums come to for one operation.

use chrono::{DateTime, TimeDelta, Utc};
use kezek_rules::ids::ApplicationId;
use kezek_rules::queue::{Lane, Place};
use kezek_store::meter::Usage;
use serde_json::{Value, json};

use crate::{
    functions::Function,
    ledger::{Sum, Sums},
};

/// The n-th of those who wait already, all in one lane: the longest there can be.
pub(super) fn planted(n: u64, from: DateTime<Utc>) -> Place {
    let mut id = [0xee; 16];
    id[8..].copy_from_slice(&n.to_be_bytes());
    Place {
        lane: Lane::General,
        submitted_at: from + TimeDelta::milliseconds(n as i64),
        application: ApplicationId::from_bytes(id),
    }
}

pub(super) fn of(sums: &Sums, function: Function, woken_by: &str) -> Sum {
    sums.get(&(function, woken_by.to_owned())).copied().unwrap_or_default()
}

pub(super) fn each(usage: Usage, done: u64) -> Usage {
    let done = done.max(1);
    Usage {
        reads: usage.reads / done as f64,
        writes: usage.writes / done as f64,
        index_writes: usage.index_writes / done as f64,
        bytes: usage.bytes / done,
        ..usage
    }
}

/// A queue's message, as its reader is handed it.
pub(super) fn message(queue: &str, body: &Value) -> Value {
    let arn = format!("arn:aws:sqs:eu-central-1:000000000000:{queue}");
    json!({"Records": [{"messageId": "measured", "receiptHandle": "measured", "body": body.to_string(), "attributes": {},
        "messageAttributes": {}, "md5OfBody": "", "eventSource": "aws:sqs", "eventSourceARN": arn,
        "awsRegion": "eu-central-1"}]})
}
