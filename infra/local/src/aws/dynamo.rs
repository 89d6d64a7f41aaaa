//! The table engine behind DynamoDB's JSON protocol, and the stack's own rows beside it in the same file.
//! Never here: queues, events, or a Scan (nobody may Scan: an absent operation is the proof).
//!
//! The engine's `Database` takes a clock in memory only, and keeps every stream record unindexed for ever. So its
//! public layers are put together here instead: `Storage` (which takes a clock for files too) under the same actions.

use std::{
    collections::VecDeque,
    future::Future,
    path::Path,
    pin::pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, Waker},
};

use dynoxide::{
    DynoxideError, actions,
    actions::vector_lifecycle::VectorIndexLifecycle,
    storage::{QueryParams, ScanParams, Storage},
    storage_backend::Clock,
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};

use super::{Error, Now, millis};

/// The stack's own table; everything that isn't the product's lives in it.
pub(super) const LOCAL_TABLE: &str = "kezek-local";
/// DynamoDB remembers a client request token for ten minutes.
const TOKEN_MS: u64 = 10 * 60 * 1000;
/// A standing clock never ends a token's time, so the memory is bounded by number too.
const TOKENS_KEPT: usize = 1024;
/// Without it, giving a record its number reads every record ever written.
const STREAM_INDEX: &str = "CREATE INDEX IF NOT EXISTS kezek_stream_order
    ON _stream_records (table_name, CAST(sequence_number AS INTEGER))";

/// An item with its key.
pub type Row = ((String, String), Value);

/// The embedded engine: one file or memory, one lock, the caller's clock.
pub struct Engine {
    held: Mutex<Held>,
    lifecycle: VectorIndexLifecycle,
    clock: Now,
}

struct Held {
    storage: Storage,
    tokens: VecDeque<Token>,
}

struct Token {
    token: String,
    items: Value,
    at: u64,
    answer: Vec<u8>,
}

struct EngineClock(Now);

impl Clock for EngineClock {
    fn now_unix_secs(&self) -> u64 {
        millis((self.0)()) / 1000
    }

    fn now_unix_secs_f64(&self) -> f64 {
        self.0().duration_since(std::time::UNIX_EPOCH).map_or(0.0, |since| since.as_secs_f64())
    }
}

impl Engine {
    /// Opens `kezek.db` in the directory, or memory.
    pub fn open(directory: Option<&Path>, clock: Now) -> Result<Self, Error> {
        let storage = match directory {
            Some(directory) => {
                std::fs::create_dir_all(directory)?;
                Storage::new(&directory.join("kezek.db").to_string_lossy())?
            }
            None => Storage::memory()?,
        };
        // NORMAL with a write-ahead log survives the end of the process; only a power cut may cost the last moments.
        for statement in [STREAM_INDEX, "PRAGMA synchronous = NORMAL"] {
            storage.conn().execute_batch(statement).map_err(DynoxideError::from)?;
        }
        let engine = Self {
            held: Mutex::new(Held {
                storage: storage.with_clock(Arc::new(EngineClock(clock.clone()))),
                tokens: VecDeque::new(),
            }),
            lifecycle: VectorIndexLifecycle::new(),
            clock,
        };
        engine.ensure_local_table()?;
        Ok(engine)
    }

    fn ensure_local_table(&self) -> Result<(), Error> {
        if self.has_table(LOCAL_TABLE)? {
            return Ok(());
        }
        let definition = json!({
            "TableName": LOCAL_TABLE, "BillingMode": "PAY_PER_REQUEST",
            "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}, {"AttributeName": "sk", "AttributeType": "S"}],
            "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        });
        let (status, answer) = self.call("CreateTable", definition.to_string().as_bytes());
        if status == 200 { Ok(()) } else { Err(Error::Call(String::from_utf8_lossy(&answer).into_owned())) }
    }

    /// One operation of the JSON protocol: status and body of the answer.
    pub fn call(&self, operation: &str, body: &[u8]) -> (u16, Vec<u8>) {
        let mut held = self.lock();
        let result = if operation == "TransactWriteItems" {
            transact_write(&mut held, body, millis((self.clock)()))
        } else {
            run(&held.storage, &self.lifecycle, operation, body)
        };
        match result {
            Ok(answer) => (200, answer),
            Err(failure) => (failure.status_code(), failure.to_json().into_bytes()),
        }
    }

    /// Whether the table exists.
    pub fn has_table(&self, name: &str) -> Result<bool, Error> {
        Ok(self.with_storage(|storage| storage.get_table_metadata(name))?.is_some())
    }

    /// A page of a table's items, as JSON with their keys, in key order after one of them: for the operator's checker, which opens the
    /// base itself. No client can ask for it.
    pub fn items(&self, table: &str, after: Option<&(String, String)>, limit: usize) -> Result<Vec<Row>, Error> {
        let params = ScanParams {
            limit: Some(limit),
            exclusive_start_pk: after.map(|(pk, _)| pk.as_str()),
            exclusive_start_sk: after.map(|(_, sk)| sk.as_str()),
            ..ScanParams::default()
        };
        let rows = self.with_storage(|storage| storage.scan_items(table, &params))?;
        rows.into_iter().map(|(pk, sk, item)| Ok(((pk, sk), serde_json::from_str(&item)?))).collect()
    }

    /// Runs `work` over the stack's own rows as one transaction: all of it, or none.
    /// The engine's one lock is also what keeps two receivers from getting the same message.
    pub(super) fn local<T, E: From<Error>>(&self, work: impl FnOnce(&Rows<'_>) -> Result<T, E>) -> Result<T, E> {
        let held = self.lock();
        let storage = &held.storage;
        storage.begin_transaction().map_err(Error::from)?;
        match work(&Rows { storage }) {
            Ok(value) => match storage.commit() {
                Ok(()) => Ok(value),
                Err(failure) => {
                    storage.rollback().ok();
                    Err(Error::from(failure).into())
                }
            },
            Err(failure) => {
                storage.rollback().map_err(Error::from)?;
                Err(failure)
            }
        }
    }

    /// Direct access under the lock, for the stream reader.
    pub(super) fn with_storage<T>(&self, work: impl FnOnce(&Storage) -> Result<T, DynoxideError>) -> Result<T, Error> {
        Ok(work(&self.lock().storage)?)
    }

    fn lock(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The stack's own rows: (pk, sk) to one JSON value, kept as ordinary items so that GetItem shows them too.
pub(super) struct Rows<'a> {
    storage: &'a Storage,
}

impl Rows<'_> {
    pub(super) fn get<T: DeserializeOwned>(&self, pk: &str, sk: &str) -> Result<Option<T>, Error> {
        self.storage.get_item(LOCAL_TABLE, pk, sk)?.map(|item| value_of(&item)).transpose()
    }

    pub(super) fn put<T: Serialize>(&self, pk: &str, sk: &str, value: &T) -> Result<(), Error> {
        let value = serde_json::to_string(value)?;
        let size = pk.len() + sk.len() + value.len() + "pkskv".len();
        let item = json!({"pk": {"S": pk}, "sk": {"S": sk}, "v": {"S": value}}).to_string();
        self.storage.put_item(LOCAL_TABLE, pk, sk, &item, size)?;
        Ok(())
    }

    pub(super) fn delete(&self, pk: &str, sk: &str) -> Result<bool, Error> {
        Ok(self.storage.delete_item(LOCAL_TABLE, pk, sk)?.is_some())
    }

    /// Rows of one partition in key order: after `after` (exclusive), up to `up_to` (inclusive), at most `limit`.
    pub(super) fn page<T: DeserializeOwned>(
        &self,
        pk: &str,
        after: &str,
        up_to: &str,
        limit: usize,
    ) -> Result<Vec<(String, T)>, Error> {
        let params = QueryParams {
            sk_condition: Some("AND sk > ?2 AND sk <= ?3"),
            sk_params: &[after, up_to],
            forward: true,
            limit: Some(limit),
            ..QueryParams::default()
        };
        let rows = self.storage.query_items(LOCAL_TABLE, pk, &params)?;
        rows.into_iter().map(|(_, sk, item)| Ok((sk, value_of(&item)?))).collect()
    }

    /// Deletes a whole partition, a page at a time.
    pub(super) fn clear(&self, pk: &str) -> Result<(), Error> {
        loop {
            let page = self.page::<Value>(pk, "", "\u{10ffff}", 500)?;
            if page.is_empty() {
                return Ok(());
            }
            for (sk, _) in page {
                self.delete(pk, &sk)?;
            }
        }
    }
}

fn value_of<T: DeserializeOwned>(item: &str) -> Result<T, Error> {
    #[derive(serde::Deserialize)]
    struct Item {
        v: Text,
    }
    #[derive(serde::Deserialize)]
    struct Text {
        #[serde(rename = "S")]
        s: String,
    }
    Ok(serde_json::from_str(&serde_json::from_str::<Item>(item)?.v.s)?)
}

fn run(storage: &Storage, lifecycle: &VectorIndexLifecycle, operation: &str, body: &[u8]) -> dynoxide::Result<Vec<u8>> {
    macro_rules! action {
        ($module:ident $(, $more:expr)?) => {
            answer(&ready(actions::$module::execute(storage, parse(operation, body)? $(, $more)?))?)
        };
    }
    match operation {
        "CreateTable" => action!(create_table),
        "DescribeTable" => action!(describe_table, lifecycle),
        "DeleteTable" => action!(delete_table, lifecycle),
        "UpdateTimeToLive" => action!(update_time_to_live),
        "DescribeTimeToLive" => action!(describe_time_to_live),
        "PutItem" => action!(put_item),
        "GetItem" => action!(get_item),
        "UpdateItem" => action!(update_item),
        "DeleteItem" => action!(delete_item),
        "Query" => action!(query),
        "BatchGetItem" => action!(batch_get_item),
        "BatchWriteItem" => action!(batch_write_item),
        "TransactGetItems" => action!(transact_get_items),
        "ListStreams" => action!(list_streams),
        "DescribeStream" => action!(describe_stream),
        "GetShardIterator" => action!(get_shard_iterator),
        "GetRecords" => action!(get_records),
        other => Err(DynoxideError::AccessDeniedException(format!("{other} is not an operation of the local stack"))),
    }
}

/// A retried transaction with the same token answers as the first did and writes nothing.
fn transact_write(held: &mut Held, body: &[u8], now: u64) -> dynoxide::Result<Vec<u8>> {
    let request: Value =
        serde_json::from_slice(body).map_err(|_| DynoxideError::SerializationException(String::new()))?;
    let token = request.get("ClientRequestToken").and_then(Value::as_str).map(str::to_owned);
    let items = request.get("TransactItems").cloned().unwrap_or_default();
    held.tokens.retain(|kept| kept.at + TOKEN_MS > now);
    if let Some(kept) = held.tokens.iter().find(|kept| token.as_deref() == Some(&kept.token)) {
        if kept.items == items {
            return Ok(kept.answer.clone());
        }
        return Err(DynoxideError::IdempotentParameterMismatchException(
            "The token was used before with other items".to_owned(),
        ));
    }
    let request = parse("TransactWriteItems", body)?;
    let answer = answer(&ready(actions::transact_write_items::execute(&held.storage, request))?)?;
    if let Some(token) = token {
        if held.tokens.len() == TOKENS_KEPT {
            held.tokens.pop_front();
        }
        held.tokens.push_back(Token { token, items, at: now, answer: answer.clone() });
    }
    Ok(answer)
}

/// The engine's readers mark a refusal's class in front of its words; no mark may reach a client.
fn parse<T: DeserializeOwned>(operation: &str, body: &[u8]) -> dynoxide::Result<T> {
    serde_json::from_slice(body).map_err(|failure| {
        let words = failure.to_string();
        let plain = |words: &str| words.rsplit_once(" at line ").map_or(words, |(head, _)| head).to_owned();
        if let Some(rest) = words.strip_prefix("VALIDATION_REQUEST:") {
            let envelope = matches!(operation, "PutItem" | "UpdateItem" | "DeleteItem");
            let head = if envelope { "1 validation error detected: " } else { "" };
            DynoxideError::ValidationException(format!("{head}{}", plain(rest)))
        } else if let Some(rest) = words.strip_prefix("VALIDATION_AS_READ:") {
            DynoxideError::ValidationException(rest.to_owned())
        } else if let Some(rest) = words.strip_prefix("VALIDATION:") {
            DynoxideError::ValidationException(plain(rest))
        } else if let Some(rest) = words.strip_prefix("SERIALIZATION_AS_READ:") {
            DynoxideError::SerializationException(rest.to_owned())
        } else if let Some(rest) = words.strip_prefix("SERIALIZATION:") {
            DynoxideError::SerializationException(plain(rest))
        } else if ["missing field", "unknown variant", "invalid type: null", "AttributeValue"]
            .iter()
            .any(|mark| words.contains(mark))
        {
            DynoxideError::ValidationException(plain(&words))
        } else {
            DynoxideError::SerializationException(plain(&words))
        }
    })
}

fn answer<T: Serialize>(value: &T) -> dynoxide::Result<Vec<u8>> {
    serde_json::to_vec(value).map_err(|failure| DynoxideError::InternalServerError(failure.to_string()))
}

/// The engine's actions are async only for browsers: over SQLite they never suspend, so one poll ends them.
fn ready<F: Future>(work: F) -> F::Output {
    match pin!(work).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => unreachable!("the native storage never suspends"),
    }
}
