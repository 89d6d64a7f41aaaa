//! The ledger: what the invocations of each function consumed of the table, added up by what woke them, while someone wants to
//! know. Never here: what is too much.

use std::{
    collections::BTreeMap,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use kezek_store::meter::Usage;
use serde_json::Value;

use crate::functions::Function;

/// What some invocations came to.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Sum {
    /// How many there were.
    pub invocations: u64,
    /// What they consumed in all.
    pub usage: Usage,
}

/// Sums by function, and by what woke it: a route, a queue, the stream, a sweep.
pub type Sums = BTreeMap<(Function, String), Sum>;

/// Closed until it is opened: what no one asks for isn't counted.
#[derive(Debug, Default)]
pub struct Ledger {
    open: AtomicBool,
    sums: Mutex<Sums>,
}

impl Ledger {
    /// From now on is counted.
    pub fn open(&self) {
        self.open.store(true, Ordering::Relaxed);
    }

    /// Whether is counted.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.open.load(Ordering::Relaxed)
    }

    /// What was counted since it was taken last.
    #[must_use]
    pub fn take(&self) -> Sums {
        std::mem::take(&mut *self.sums.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn add(&self, function: Function, woken_by: String, usage: Usage) {
        let mut sums = self.sums.lock().unwrap_or_else(PoisonError::into_inner);
        let sum = sums.entry((function, woken_by)).or_default();
        sum.invocations += 1;
        sum.usage += usage;
    }
}

/// What an event says of its sender, in few words: there are only as many as there are triggers.
pub(crate) fn woken_by(event: &Value) -> String {
    let source = event["Records"][0]["eventSourceARN"].as_str().unwrap_or_default();
    let named = event["routeKey"].as_str().or_else(|| event["sweep"].as_str());
    match named {
        Some(name) => name.to_owned(),
        None if source.contains(":dynamodb:") => "stream".to_owned(),
        None => source.rsplit(':').next().unwrap_or_default().to_owned(),
    }
}
