//! Where deliveries come from: the two queues and the shards of the stream, each with what its reader remembers. As AWS does: at least
//! once, in order within a shard, a failed batch again from the record that failed. Never here: the invocation of a reader.

use chrono::{DateTime, TimeDelta, Utc};
use kezek_local::deployment::{QUEUE_READERS, STREAM_READERS, matches};
use serde_json::Value;

use crate::error::Broken;

/// Into how many shards the stream is split at most.
pub const SHARDS_MAX: usize = 3;

/// A queue and what its readers know.
#[derive(Debug, Clone)]
pub struct Queue {
    /// Its name.
    pub name: &'static str,
    /// When its next message shows.
    pub shows_at: Option<DateTime<Utc>>,
    /// Its readers at work.
    pub busy: usize,
    /// Whether it is left alone until time has moved.
    pub held: bool,
}

/// A shard of the stream as one reader sees it.
#[derive(Debug, Clone, Default)]
pub struct Shard {
    /// The records that the reader asked for, by their place in the history.
    pub wanted: Vec<usize>,
    /// How many of them are done.
    pub done: usize,
    /// Whether a batch is under way.
    pub busy: bool,
    /// Whether it is left alone until time has moved.
    pub held: bool,
    /// How often the next record failed.
    pub tries: u32,
    /// A batch is cut to so many after a failure.
    pub limit: Option<usize>,
    /// When it is tried again.
    pub not_before: Option<DateTime<Utc>>,
}

/// All sources.
#[derive(Debug)]
pub struct Sources {
    /// The queues.
    pub queues: Vec<Queue>,
    /// The shards of each reader.
    pub shards: Vec<Vec<Shard>>,
    patterns: Vec<Vec<Value>>,
}

/// How often and how long a record is tried, by reader: the first for as long as an officer takes over anyway (`P6.b`).
pub const PATIENCE: [(u32, TimeDelta); 2] = [(u32::MAX, TimeDelta::hours(12)), (100, TimeDelta::hours(2))];

impl Sources {
    /// Sources of which nothing was read yet.
    ///
    /// # Errors
    /// A filter can't be read.
    pub fn new(shards: usize) -> Result<Self, Broken> {
        let mut patterns = Vec::new();
        for reader in STREAM_READERS {
            let read = reader.filters.iter().map(|text| serde_json::from_str(text)).collect::<Result<_, _>>();
            patterns.push(read.map_err(|_| Broken::simulation("a filter that can't be read"))?);
        }
        let queue = |(name, _, _)| Queue { name, shows_at: None, busy: 0, held: false };
        Ok(Self {
            queues: QUEUE_READERS.into_iter().map(queue).collect(),
            shards: vec![vec![Shard::default(); shards]; STREAM_READERS.len()],
            patterns,
        })
    }

    /// A new record, at its place in the history.
    pub fn comes(&mut self, place: usize, record: &Value) {
        let partition = record["dynamodb"]["Keys"]["pk"]["S"].as_str().unwrap_or_default();
        let hash = partition.bytes().fold(7_usize, |hash, byte| hash.wrapping_mul(31) ^ usize::from(byte));
        for (shards, patterns) in self.shards.iter_mut().zip(&self.patterns) {
            let shard = hash % shards.len();
            if patterns.iter().any(|pattern| matches(pattern, record)) {
                shards[shard].wanted.push(place);
            }
        }
    }

    /// Time has moved: nothing is held any longer.
    pub fn let_go(&mut self) {
        self.queues.iter_mut().for_each(|queue| queue.held = false);
        self.shards.iter_mut().flatten().for_each(|shard| shard.held = false);
    }

    /// Everything that was not read is forgotten: a restored table has a new stream.
    pub fn forget(&mut self) {
        self.shards.iter_mut().flatten().for_each(|shard| *shard = Shard::default());
        self.queues.iter_mut().for_each(|queue| queue.busy = 0);
    }
}

impl Queue {
    /// Whether a reader could get something now.
    #[must_use]
    pub fn is_ready(&self, now: DateTime<Utc>) -> bool {
        !self.held && self.busy < 2 && self.shows_at.is_some_and(|at| at <= now)
    }
}

impl Shard {
    /// How many records wait.
    #[must_use]
    pub fn left(&self) -> usize {
        self.wanted.len() - self.done
    }

    /// Whether the reader could get something now.
    #[must_use]
    pub fn is_ready(&self, now: DateTime<Utc>) -> bool {
        !self.held && !self.busy && self.left() > 0 && self.not_before.is_none_or(|at| at <= now)
    }
}
