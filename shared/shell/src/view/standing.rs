//! Where an application's entries stand, at an instant inside the request: the application and each of its queues are read one after
//! the other, and what moved in between is read anew.

use std::borrow::Cow;

use kezek_rules::application::{Application, Entry, EntryState};
use kezek_rules::decide::World;
use kezek_store::{QueueItem, StoreError};

use crate::app::App;

/// How often an application that changed while its numbers were read is read anew.
const READINGS: usize = 5;

/// An application while its numbers are read: whoever finds that it changed meanwhile reads it anew and begins again.
#[derive(Debug)]
pub struct Reading<'a> {
    app: &'a App,
    seen: Cow<'a, Application>,
    left: usize,
}

impl<'a> Reading<'a> {
    /// Begins with what was read before.
    #[must_use]
    pub const fn of(app: &'a App, application: &'a Application) -> Self {
        Self { app, seen: Cow::Borrowed(application), left: READINGS }
    }

    /// The application as it was read last.
    #[must_use]
    pub fn seen(&self) -> &Application {
        &self.seen
    }

    /// Reads it anew.
    ///
    /// # Errors
    /// The table failed; `Conflict` if it changes again and again.
    pub async fn anew(&mut self) -> Result<(), StoreError> {
        self.left = self.left.checked_sub(1).ok_or(StoreError::Conflict)?;
        let now = self.app.store.application(self.seen.id).await?;
        self.seen = Cow::Owned(now.ok_or(StoreError::Conflict)?);
        Ok(())
    }
}

/// Whether numbers of those who rest may be of another application than there is now: no queue tells where they would stand.
///
/// # Errors
/// The table failed.
pub async fn rests_otherwise(app: &App, application: &Application) -> Result<bool, StoreError> {
    if !application.entries.iter().any(|entry| entry.state == EntryState::Dormant) {
        return Ok(false);
    }
    let now = app.store.application(application.id).await?;
    Ok(now.is_none_or(|now| now.version != application.version))
}

/// The queue of an entry and the entry's rank in its lane, both of one instant; none if the entry waits there no longer.
///
/// # Errors
/// The table failed.
pub async fn standing(
    app: &App,
    application: &Application,
    entry: &Entry,
) -> Result<Option<(QueueItem, u64)>, StoreError> {
    let key = application.queue_key(entry.organisation);
    // A queue that was never used stands where its organisation is; one that someone waits in says so itself.
    let settlement = match entry.state {
        EntryState::Waiting => None,
        _ => app.store.organisation(entry.organisation).await?.map(|organisation| organisation.settlement),
    };
    let settlement = settlement.unwrap_or(application.settlement);
    let (queue, standing) = app.store.queue_and_standing(&key, settlement, &application.place(entry)).await?;
    let there = standing.waits || entry.state != EntryState::Waiting;
    Ok(there.then_some((queue, standing.rank)))
}

/// Whether an entry has a queue number: it waits, or it rests and has the number it would have if it alone woke now (`P3.9`).
#[must_use]
pub const fn has_number(state: &EntryState) -> bool {
    matches!(state, EntryState::Waiting | EntryState::Dormant)
}

/// The queue number that a standing means (`P3.9`).
#[must_use]
pub fn number(queue: &QueueItem, application: &Application, rank: u64, world: World<'_>) -> u64 {
    let interleave = world.policy(queue.view.settlement).policy.interleave;
    let phase = world.phase(queue.view.settlement, queue.view.phase);
    interleave.number(phase, &queue.view.totals, application.lane, rank)
}
