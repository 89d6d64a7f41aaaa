//! The meter: what the calls of one piece of work ask of the table – requests, read and write units, bytes – from what DynamoDB
//! itself says that each call consumed. Whoever isn't measured pays nothing for it. Never here: limits, or prices.

use std::cell::Cell;
use std::future::Future;
use std::ops::{Add, AddAssign, Sub};

use aws_sdk_dynamodb::config::interceptors::{
    BeforeSerializationInterceptorContextMut, FinalizerInterceptorContextRef,
};
use aws_sdk_dynamodb::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_dynamodb::error::BoxError;
use aws_sdk_dynamodb::operation::{
    batch_get_item, delete_item, get_item, put_item, query, transact_write_items, update_item,
};
use aws_sdk_dynamodb::types::{ConsumedCapacity, ReturnConsumedCapacity};

/// What calls consumed. Units are DynamoDB's: a write unit is one kilobyte, twice that in a transaction; a read unit is four
/// kilobytes read strongly, or eight eventually. Those of indexes are counted in, and again by themselves.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Usage {
    /// Requests sent, tries included.
    pub requests: u32,
    /// Those among them that weren't answered with what was asked for: conflicts, mostly. DynamoDB says nothing of their units.
    pub failed: u32,
    /// Read units.
    pub reads: f64,
    /// Write units.
    pub writes: f64,
    /// The part of the write units that indexes took.
    pub index_writes: f64,
    /// Bytes of requests' and answers' bodies.
    pub bytes: u64,
}

impl Add for Usage {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            requests: self.requests + other.requests,
            failed: self.failed + other.failed,
            reads: self.reads + other.reads,
            writes: self.writes + other.writes,
            index_writes: self.index_writes + other.index_writes,
            bytes: self.bytes + other.bytes,
        }
    }
}

impl AddAssign for Usage {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl Sub for Usage {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self {
            requests: self.requests - other.requests,
            failed: self.failed - other.failed,
            reads: self.reads - other.reads,
            writes: self.writes - other.writes,
            index_writes: self.index_writes - other.index_writes,
            bytes: self.bytes - other.bytes,
        }
    }
}

tokio::task_local! {
    static USED: Cell<Usage>;
}

/// Does the work, and says what its calls consumed.
pub async fn measured<F: Future>(work: F) -> (F::Output, Usage) {
    let counted = async {
        let done = work.await;
        (done, USED.with(Cell::get))
    };
    USED.scope(Cell::new(Usage::default()), counted).await
}

/// Stands in the client: asks each call of measured work what it consumed, and adds that up.
#[derive(Debug)]
pub(crate) struct Meter;

/// Every kind of call that the store makes, as `$call!(input type, output type)`.
macro_rules! calls {
    ($call:ident) => {
        $call!(get_item::GetItemInput, get_item::GetItemOutput);
        $call!(batch_get_item::BatchGetItemInput, batch_get_item::BatchGetItemOutput);
        $call!(query::QueryInput, query::QueryOutput);
        $call!(put_item::PutItemInput, put_item::PutItemOutput);
        $call!(update_item::UpdateItemInput, update_item::UpdateItemOutput);
        $call!(delete_item::DeleteItemInput, delete_item::DeleteItemOutput);
        $call!(transact_write_items::TransactWriteItemsInput, transact_write_items::TransactWriteItemsOutput);
    };
}

impl Intercept for Meter {
    fn name(&self) -> &'static str {
        "Meter"
    }

    fn modify_before_serialization(
        &self,
        context: &mut BeforeSerializationInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if USED.try_with(|_| ()).is_err() {
            return Ok(());
        }
        macro_rules! ask {
            ($input:path, $output:path) => {
                if let Some(input) = context.input_mut().downcast_mut::<$input>() {
                    input.return_consumed_capacity = Some(ReturnConsumedCapacity::Indexes);
                }
            };
        }
        calls!(ask);
        Ok(())
    }

    fn read_after_attempt(
        &self,
        context: &FinalizerInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        // Work that isn't measured has nothing to add to.
        let _ = USED.try_with(|used| used.set(used.get() + usage(context)));
        Ok(())
    }
}

fn usage(context: &FinalizerInterceptorContextRef<'_>) -> Usage {
    let length = |bytes: Option<&[u8]>| bytes.map_or(0, |bytes| bytes.len() as u64);
    let sent = length(context.request().and_then(|request| request.body().bytes()));
    let received = length(context.response().and_then(|response| response.body().bytes()));
    let mut usage = Usage { requests: 1, bytes: sent + received, ..Usage::default() };
    let Some(Ok(output)) = context.output_or_error() else {
        usage.failed = 1;
        return usage;
    };
    macro_rules! add {
        ($input:path, $output:path) => {
            if let Some(output) = output.downcast_ref::<$output>() {
                for consumed in output.each_consumed() {
                    usage += units(consumed, <$output>::WRITES);
                }
            }
        };
    }
    calls!(add);
    usage
}

fn units(consumed: &ConsumedCapacity, writes: bool) -> Usage {
    let all = consumed.capacity_units().unwrap_or_default();
    if !writes {
        return Usage { reads: all, ..Usage::default() };
    }
    let of_index = |capacity: &aws_sdk_dynamodb::types::Capacity| capacity.capacity_units().unwrap_or_default();
    let indexes = consumed.global_secondary_indexes().into_iter().flat_map(|indexes| indexes.values());
    Usage { writes: all, index_writes: indexes.map(of_index).sum(), ..Usage::default() }
}

/// What an answer says that its call consumed.
trait Consumed {
    /// Whether the call writes.
    const WRITES: bool;

    fn each_consumed(&self) -> impl Iterator<Item = &ConsumedCapacity>;
}

macro_rules! consumed {
    ($output:path, $writes:literal) => {
        impl Consumed for $output {
            const WRITES: bool = $writes;

            fn each_consumed(&self) -> impl Iterator<Item = &ConsumedCapacity> {
                // One, or a list with one for each table.
                self.consumed_capacity().into_iter()
            }
        }
    };
}

consumed!(get_item::GetItemOutput, false);
consumed!(batch_get_item::BatchGetItemOutput, false);
consumed!(query::QueryOutput, false);
consumed!(put_item::PutItemOutput, true);
consumed!(update_item::UpdateItemOutput, true);
consumed!(delete_item::DeleteItemOutput, true);
consumed!(transact_write_items::TransactWriteItemsOutput, true);
