//! The issuer's public keys as a function keeps them: fetched when first needed, fetched anew when they are old or a token names one
//! that isn't there, kept for a while if the issuer is down. How they are fetched is the source's own affair.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex as Lock};

use chrono::{DateTime, TimeDelta, Utc};
use jsonwebtoken::DecodingKey;
use thiserror::Error;
use tokio::sync::Mutex;

use super::address::NotAllowed;
use super::jwks::KeySet;
use crate::error::chain;

/// For how long a set is used without asking again: a key that the issuer withdraws is good for at most this long.
pub const FRESH: TimeDelta = TimeDelta::minutes(10);

/// For how long a set is kept if the issuer doesn't answer. Longer, and a key that it withdrew might do harm.
pub const KEPT: TimeDelta = TimeDelta::hours(12);

/// The least time between two questions: forged names of keys make the issuer answer no more often than this, in each instance.
pub const PAUSE: TimeDelta = TimeDelta::seconds(30);

/// Why the issuer's keys couldn't be fetched.
#[derive(Debug, Error)]
pub enum FetchError {
    /// It didn't answer, or not in time.
    #[error("the issuer was not reached")]
    Unreachable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// It answered with something else than 200.
    #[error("the issuer answers with {0}")]
    Status(u16),
    /// It answered with more than is read.
    #[error("the issuer's answer is too large")]
    TooLarge,
    /// What it answered isn't what was asked for.
    #[error("the issuer's answer can't be read: {0}")]
    Unreadable(&'static str),
    /// It names an address that isn't allowed.
    #[error("the issuer names an address that isn't allowed")]
    NotAllowed(#[from] NotAllowed),
}

/// What a source is asked for.
pub type Fetching<'a> = Pin<Box<dyn Future<Output = Result<KeySet, FetchError>> + Send + 'a>>;

/// Where an issuer's public keys come from. It isn't ours.
pub trait KeySource: Send + Sync {
    /// The keys as the issuer shows them now, at least one.
    fn fetch(&self) -> Fetching<'_>;
}

/// Why there is no key for a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum KeyError {
    /// The issuer has none of that name.
    Unknown,
    /// What the issuer has can't be known now.
    Unavailable,
}

#[derive(Default)]
struct State {
    /// The last set, and when it was fetched.
    known: Option<(DateTime<Utc>, Arc<KeySet>)>,
    /// When the issuer was asked last, and whether it answered.
    asked: Option<(DateTime<Utc>, bool)>,
}

impl State {
    /// The set, if it is younger than an age. One from the future is as old as it is far: clocks are set.
    fn younger(&self, age: TimeDelta, now: DateTime<Utc>) -> Option<&KeySet> {
        let (at, set) = self.known.as_ref()?;
        ((now - *at).abs() < age).then_some(set)
    }

    fn may_ask(&self, now: DateTime<Utc>) -> bool {
        self.asked.is_none_or(|(at, _)| (now - at).abs() >= PAUSE)
    }
}

/// The issuer's keys as they are kept.
#[derive(Clone)]
pub(super) struct IssuerKeys {
    source: Arc<dyn KeySource>,
    state: Arc<Lock<State>>,
    /// One question at a time; whoever finds a fresh key asks none.
    asking: Arc<Mutex<()>>,
}

impl IssuerKeys {
    pub fn new(source: Arc<dyn KeySource>) -> Self {
        Self { source, state: Arc::default(), asking: Arc::default() }
    }

    /// The key of a name.
    pub async fn key(&self, kid: &str, now: DateTime<Utc>) -> Result<DecodingKey, KeyError> {
        let fresh = || self.look(|state| state.younger(FRESH, now)?.key(kid).cloned());
        if let Some(key) = fresh() {
            return Ok(key);
        }
        let _one = self.asking.lock().await;
        if let Some(key) = fresh() {
            return Ok(key);
        }
        if self.look(|state| state.may_ask(now)) {
            self.ask(now).await;
        }
        self.look(|state| match state.younger(KEPT, now) {
            Some(set) => set.key(kid).cloned().ok_or(match state.asked {
                Some((_, false)) => KeyError::Unavailable,
                _ => KeyError::Unknown,
            }),
            None => Err(KeyError::Unavailable),
        })
    }

    async fn ask(&self, now: DateTime<Utc>) {
        let fetched = self.source.fetch().await;
        match &fetched {
            Ok(set) => tracing::info!(keys = ?set, "the issuer's keys were fetched"),
            Err(error) => tracing::warn!(error = %chain(error), "the issuer's keys could not be fetched"),
        }
        self.look(|state| {
            state.asked = Some((now, fetched.is_ok()));
            if let Ok(set) = fetched {
                state.known = Some((now, Arc::new(set)));
            }
        });
    }

    fn look<T>(&self, at: impl FnOnce(&mut State) -> T) -> T {
        at(&mut self.state.lock().unwrap_or_else(std::sync::PoisonError::into_inner))
    }
}
