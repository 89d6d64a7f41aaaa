//! The table's stream, in the shape a function is invoked with, and the checkpoint its reader keeps.
//! Never here: who reads it, retries, or what a record means.
//!
//! Records live in the engine's file, so they survive a restart. The engine never trims them; here only
//! [`Aws::trim_stream`] does, on the caller's word that a checkpoint is safely kept.

use dynoxide::{
    DynoxideError,
    streams::{shard_id, stream_arn},
};
use serde_json::{Value, json};

use super::{ACCOUNT, Aws, Error, REGION};

/// The most records one call hands over.
const BATCH: usize = 100;

/// Records in order, and where the next call goes on.
#[derive(Debug, Clone, PartialEq)]
pub struct Batch {
    /// As in the `Records` of a table event.
    pub records: Vec<Value>,
    /// Hand it back as `after`; unchanged when there was nothing new (`None`: nothing was ever written).
    pub checkpoint: Option<String>,
}

impl Aws {
    /// Up to 100 records of the streamed table that come after the checkpoint (`None`: from the oldest kept).
    pub fn stream_records(&self, after: Option<&str>) -> Result<Batch, Error> {
        let unchanged = Batch { records: Vec::new(), checkpoint: after.map(str::to_owned) };
        let Some((table, label)) = self.streamed_table()? else { return Ok(unchanged) };
        let source = stream_arn(&table, &label).replace(":dynoxide:", &format!(":{REGION}:"));
        let mut call = json!({"StreamArn": stream_arn(&table, &label), "ShardId": shard_id(&table)});
        match after {
            None => call["ShardIteratorType"] = json!("TRIM_HORIZON"),
            Some(number) => {
                call["ShardIteratorType"] = json!("AFTER_SEQUENCE_NUMBER");
                call["SequenceNumber"] = json!(number);
            }
        }
        let iterator = self.stream_call("GetShardIterator", &call)?;
        let page =
            self.stream_call("GetRecords", &json!({"ShardIterator": iterator["ShardIterator"], "Limit": BATCH}))?;
        let mut records: Vec<Value> = serde_json::from_value(page["Records"].clone())?;
        for record in &mut records {
            record["awsRegion"] = json!(REGION);
            record["eventSourceARN"] = json!(source);
        }
        let last = records.last().and_then(|record| record["dynamodb"]["SequenceNumber"].as_str()).map(str::to_owned);
        Ok(Batch { records, checkpoint: last.or(unchanged.checkpoint) })
    }

    /// Forgets the records before the checkpoint. Only for a checkpoint that is already kept where a restart finds it.
    ///
    /// The checkpoint's own record stays: the engine numbers from the highest one it holds, and with a standing clock
    /// an emptied stream would give out the same numbers again, below the checkpoint.
    pub fn trim_stream(&self, checkpoint: &str) -> Result<usize, Error> {
        const OFFSET: u128 = 100_000_000_000_000_000_000;
        let stored = checkpoint
            .parse::<u128>()
            .ok()
            .and_then(|public| i64::try_from(public.checked_sub(OFFSET)?).ok())
            .ok_or_else(|| Error::Checkpoint(checkpoint.to_owned()))?;
        let Some((table, _)) = self.streamed_table()? else { return Ok(0) };
        self.engine.with_storage(|storage| {
            storage
                .conn()
                .execute(
                    "DELETE FROM _stream_records WHERE table_name = ?1 AND CAST(sequence_number AS INTEGER) < ?2
                     AND EXISTS (SELECT 1 FROM _stream_records WHERE table_name = ?1 AND CAST(sequence_number AS INTEGER) >= ?2)",
                    (&table, stored),
                )
                .map_err(DynoxideError::from)
        })
    }

    fn streamed_table(&self) -> Result<Option<(String, String)>, Error> {
        let tables = self.engine.with_storage(|storage| storage.list_stream_enabled_tables())?;
        Ok(tables.into_iter().next().map(|table| (table.table_name, table.stream_label.unwrap_or_default())))
    }

    fn stream_call(&self, operation: &str, body: &Value) -> Result<Value, Error> {
        let (status, answer) = self.engine.call(operation, body.to_string().as_bytes());
        if status != 200 {
            return Err(Error::Call(String::from_utf8_lossy(&answer).into_owned()));
        }
        Ok(serde_json::from_slice(&answer)?)
    }
}

/// The ARN of a local queue.
pub(super) fn queue_arn(queue: &str) -> String {
    format!("arn:aws:sqs:{REGION}:{ACCOUNT}:{queue}")
}
