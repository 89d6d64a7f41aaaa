//! What Lambda's event source mappings do: the table's stream and the queues are read, the functions that read them are
//! invoked, and what they fail on is tried again or set aside – until nothing moves. Never here: HTTP and the clock.

use std::{collections::BTreeMap, sync::Arc};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::sync::Mutex;

use crate::{
    aws::Aws,
    deployment::{QUEUE_READERS, STREAM_DEAD, STREAM_READERS, StreamReader, matches},
    functions::Functions,
    heads::Heads,
    world::Error,
};

/// A drain that takes more rounds than this goes in circles: two years of a city's events stay far below.
const ROUNDS_MAX: usize = 20_000;
/// A batch is handed over this often without getting on before its first record is set aside.
const TRIES: usize = 2;
/// The stream's read records are forgotten this many at a time.
const TRIM: usize = 256;

const CHECKPOINT: &str = "stream";
const PARKED: &str = "parked";

/// A record that a reader fails on: it is tried again once an hour, and the stream goes on without it.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Parked {
    reader: String,
    record: Value,
    tries: u32,
}

struct Reader {
    plan: StreamReader,
    patterns: Vec<Value>,
}

/// The pump.
pub(crate) struct Pump {
    aws: Arc<Aws>,
    functions: Arc<Functions>,
    readers: Vec<Reader>,
    heads: Arc<Heads>,
    /// One at a time; how many records were read since the last trim.
    busy: Mutex<usize>,
}

impl Pump {
    /// The pump of a base. What an earlier process had received and not finished is shown again.
    pub fn open(aws: Arc<Aws>, functions: Arc<Functions>, heads: Arc<Heads>) -> Result<Self, Error> {
        let mut readers = Vec::new();
        for plan in STREAM_READERS {
            let patterns = plan.filters.iter().map(|text| serde_json::from_str(text));
            readers
                .push(Reader { plan, patterns: patterns.collect::<Result<_, _>>().map_err(crate::aws::Error::from)? });
        }
        for (queue, ..) in QUEUE_READERS {
            aws.show_again(queue)?;
        }
        Ok(Self { aws, functions, readers, heads, busy: Mutex::new(0) })
    }

    /// Moves everything on until nothing moves.
    pub async fn drain(&self) -> Result<(), Error> {
        let mut busy = self.busy.lock().await;
        let mut moved: BTreeMap<&str, usize> = BTreeMap::new();
        for _ in 0..ROUNDS_MAX {
            let records = self.stream().await?;
            *busy += records;
            let mut messages = 0;
            for (queue, function, batch) in QUEUE_READERS {
                let received = self.queue(queue, function, batch).await?;
                *moved.entry(queue).or_default() += received;
                messages += received;
            }
            *moved.entry("stream").or_default() += records;
            if records + messages == 0 {
                if *busy >= TRIM
                    && let Some(checkpoint) = self.checkpoint()?
                {
                    self.aws.trim_stream(&checkpoint)?;
                    *busy = 0;
                }
                return Ok(());
            }
        }
        tracing::error!(?moved, "the stack doesn't come to rest");
        Ok(())
    }

    /// Tries again what was set aside, and says how many records still are.
    pub async fn retry(&self) -> Result<usize, Error> {
        let _busy = self.busy.lock().await;
        let all = self.parked()?;
        if all.is_empty() {
            return Ok(0);
        }
        let mut left = Vec::new();
        for parked in all {
            let reader = self.readers.iter().find(|reader| reader.plan.function.name() == parked.reader);
            let Some(reader) = reader else { continue };
            if self.hand_over(reader, std::slice::from_ref(&parked.record)).await == 1 {
                continue;
            }
            let parked = Parked { tries: parked.tries + 1, ..parked };
            if parked.tries < reader.plan.retries { left.push(parked) } else { self.set_aside(&parked)? }
        }
        self.aws.local_put(PARKED, &left)?;
        Ok(left.len())
    }

    /// Whether records were set aside that are to be tried again.
    pub fn has_parked(&self) -> Result<bool, Error> {
        Ok(!self.parked()?.is_empty())
    }

    /// Forgets where it was: for an emptied table. What the stream still holds of the old one is skipped.
    pub async fn reset(&self) -> Result<(), Error> {
        let mut busy = self.busy.lock().await;
        let mut checkpoint: Option<String> = None;
        loop {
            let batch = self.aws.stream_records(checkpoint.as_deref())?;
            checkpoint = batch.checkpoint;
            if batch.records.is_empty() {
                break;
            }
        }
        self.aws.local_put(CHECKPOINT, &checkpoint)?;
        self.aws.local_put(PARKED, &Vec::<Parked>::new())?;
        self.heads.forget();
        *busy = 0;
        Ok(())
    }

    fn checkpoint(&self) -> Result<Option<String>, Error> {
        Ok(self.aws.local_get::<Option<String>>(CHECKPOINT)?.flatten())
    }

    fn parked(&self) -> Result<Vec<Parked>, Error> {
        Ok(self.aws.local_get(PARKED)?.unwrap_or_default())
    }

    /// One page of the stream: how many records it had.
    async fn stream(&self) -> Result<usize, Error> {
        let batch = self.aws.stream_records(self.checkpoint()?.as_deref())?;
        if batch.records.is_empty() {
            return Ok(0);
        }
        batch.records.iter().for_each(|record| self.heads.changed(record));
        for reader in &self.readers {
            let wanted = |record: &&Value| reader.patterns.iter().any(|pattern| matches(pattern, record));
            let wanted: Vec<Value> = batch.records.iter().filter(wanted).cloned().collect();
            for chunk in wanted.chunks(reader.plan.batch) {
                self.deliver(reader, chunk).await?;
            }
        }
        self.aws.local_put(CHECKPOINT, &batch.checkpoint)?;
        Ok(batch.records.len())
    }

    /// Hands a batch over until all of it is done; a record that stays bad is parked and holds up no other.
    async fn deliver(&self, reader: &Reader, mut records: &[Value]) -> Result<(), Error> {
        let mut tries = 0;
        while !records.is_empty() {
            let done = self.hand_over(reader, records).await;
            tries = if done == 0 { tries + 1 } else { 0 };
            records = &records[done..];
            if tries == TRIES
                && let Some((bad, rest)) = records.split_first()
            {
                let mut parked = self.parked()?;
                parked.push(Parked { reader: reader.plan.function.name().to_owned(), record: bad.clone(), tries: 0 });
                self.aws.local_put(PARKED, &parked)?;
                (records, tries) = (rest, 0);
            }
        }
        Ok(())
    }

    /// Invokes a stream's reader: how many records at the beginning are done.
    async fn hand_over(&self, reader: &Reader, records: &[Value]) -> usize {
        match self.functions.invoke(reader.plan.function, json!({"Records": records})).await {
            Ok(answer) => {
                let failed = failures(&answer);
                let failed_at = |record: &Value| {
                    record["dynamodb"]["SequenceNumber"].as_str().is_some_and(|number| failed.contains(&number))
                };
                match (failed.is_empty(), records.iter().position(failed_at)) {
                    (true, _) => records.len(),
                    (false, Some(first)) => first,
                    // An identifier that names no record fails the whole batch.
                    (false, None) => 0,
                }
            }
            Err(error) => {
                tracing::error!(%error, "a batch of the stream failed");
                0
            }
        }
    }

    /// Sets a record aside for good: where it was in the stream, never what it held.
    fn set_aside(&self, parked: &Parked) -> Result<(), Error> {
        let body = json!({
            "requestContext": {"functionArn": parked.reader, "condition": "RetryAttemptsExhausted",
                               "approximateInvokeCount": parked.tries},
            "DDBStreamBatchInfo": {"streamArn": parked.record["eventSourceARN"], "batchSize": 1,
                                   "startSequenceNumber": parked.record["dynamodb"]["SequenceNumber"]},
        });
        let (reader, tries) = (&parked.reader, parked.tries);
        tracing::error!(reader, tries, queue = STREAM_DEAD, "a record of the stream was set aside after its last try");
        self.aws.send(STREAM_DEAD, &body.to_string(), None)?;
        Ok(())
    }

    /// One batch of a queue: how many messages it had. What failed is shown again at once, so that with a standing clock it
    /// comes to the dead-letter queue instead of waiting for ever.
    async fn queue(&self, queue: &str, function: crate::functions::Function, batch: usize) -> Result<usize, Error> {
        let messages = self.aws.receive(queue, batch)?;
        if messages.is_empty() {
            return Ok(0);
        }
        let records: Vec<Value> = messages.iter().map(|message| message.event_record(queue)).collect();
        let answer = self.functions.invoke(function, json!({"Records": records})).await;
        let answer = answer.inspect_err(|error| tracing::error!(%error, queue, "a batch of messages failed")).ok();
        let known = |id: &&str| messages.iter().any(|message| message.id == *id);
        // An identifier that names no message fails the whole batch.
        let failed = answer.as_ref().map(failures).filter(|failed| failed.iter().all(known));
        for message in &messages {
            if failed.as_ref().is_some_and(|failed| !failed.contains(&message.id.as_str())) {
                self.aws.delete(queue, &message.receipt)?;
            }
        }
        self.aws.show_again(queue)?;
        Ok(messages.len())
    }
}

/// What a batch's answer says has failed.
fn failures(answer: &Value) -> Vec<&str> {
    let all = answer["batchItemFailures"].as_array().into_iter().flatten();
    all.map(|failure| failure["itemIdentifier"].as_str().unwrap_or_default()).collect()
}
