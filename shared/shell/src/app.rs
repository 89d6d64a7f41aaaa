//! What every handler is given: the store, the clock, identity, keys, metrics, the configuration in force.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use kezek_rules::decide::World;
use kezek_store::{Config, Store, StoreError};

use crate::clock::Clock;
use crate::identity::Identity;
use crate::keys::Keys;
use crate::metrics::Metrics;
use crate::referral::ReferralSigner;

/// A start isn't held up for longer: Lambda gives it ten seconds.
const WARM_MAX: Duration = Duration::from_secs(3);

/// What every handler is given.
#[derive(Debug, Clone)]
pub struct App {
    /// The table.
    pub store: Store,
    /// The clock.
    pub clock: Clock,
    /// Who calls.
    pub identity: Identity,
    /// Keyed hashes.
    pub keys: Keys,
    /// Signs referrals, where the function has the key.
    pub signer: Option<ReferralSigner>,
    /// What is counted.
    pub metrics: Metrics,
    config: Cache,
}

impl AsRef<App> for App {
    fn as_ref(&self) -> &App {
        self
    }
}

#[derive(Debug, Clone)]
struct Cache {
    keep: TimeDelta,
    kept: Arc<Mutex<Option<Kept>>>,
}

type Kept = (DateTime<Utc>, Arc<Config>);

/// The configuration in force for one request, with its time.
#[derive(Debug, Clone)]
pub struct Settled {
    /// The request's time.
    pub now: DateTime<Utc>,
    /// The configuration.
    pub config: Arc<Config>,
}

impl Settled {
    /// What decisions are made in.
    #[must_use]
    pub fn world(&self) -> World<'_> {
        World { now: self.now, policies: &self.config.policies, calendar: &self.config.calendar }
    }
}

impl App {
    /// An app that keeps the configuration for a while: a policy or a calendar patch takes effect after at most that time.
    #[must_use]
    pub fn new(store: Store, clock: Clock, identity: Identity, keys: Keys, keep_config: TimeDelta) -> Self {
        let config = Cache { keep: keep_config, kept: Arc::default() };
        Self { store, clock, identity, keys, signer: None, metrics: Metrics::default(), config }
    }

    /// The same with a signer of referrals.
    #[must_use]
    pub fn with_signer(mut self, signer: ReferralSigner) -> Self {
        self.signer = Some(signer);
        self
    }

    /// Opens the connection to the table and reads the configuration, while nobody waits yet: the first request then finds both. It is
    /// the call that every function's role has. What fails here is left to the first request, which says so.
    pub async fn warm(&self) {
        match tokio::time::timeout(WARM_MAX, self.settle()).await {
            Ok(Ok(_)) => {}
            Ok(Err(error)) => tracing::warn!(error = &error as &dyn std::error::Error, "the table isn't reached yet"),
            Err(_) => tracing::warn!("the table doesn't answer yet"),
        }
    }

    /// The configuration as of the clock's time.
    ///
    /// # Errors
    /// The table failed.
    pub async fn settle(&self) -> Result<Settled, StoreError> {
        self.settle_at(self.clock.now()).await
    }

    /// The configuration read anew: after a patch that must take effect at once.
    ///
    /// # Errors
    /// The table failed.
    pub async fn settle_anew(&self, now: DateTime<Utc>) -> Result<Settled, StoreError> {
        if let Ok(mut kept) = self.config.kept.lock() {
            *kept = None;
        }
        self.settle_at(now).await
    }

    /// The configuration for a given time: a schedule's own.
    ///
    /// # Errors
    /// The table failed.
    pub async fn settle_at(&self, now: DateTime<Utc>) -> Result<Settled, StoreError> {
        if let Ok(kept) = self.config.kept.lock()
            && let Some((since, config)) = kept.as_ref()
            && now - *since < self.config.keep
        {
            return Ok(Settled { now, config: Arc::clone(config) });
        }
        let config = Arc::new(self.store.config().await?);
        if let Ok(mut kept) = self.config.kept.lock() {
            *kept = Some((now, Arc::clone(&config)));
        }
        Ok(Settled { now, config })
    }
}
