//! Loading what a decision about one application needs: the application, the seats it holds, and its queues with the ranks
//! that its entries have or would have.

use chrono::{DateTime, Utc};
use kezek_rules::application::{Application, Entry, EntryState};
use kezek_rules::ids::{ApplicationId, Bin};
use kezek_rules::queue::{Lane, Place};
use kezek_rules::seat::Seat;
use kezek_rules::step::{QueueView, Snapshot};

use crate::Store;
use crate::error::{Result, StoreError};
use crate::queue::QueueItem;

/// Which queues are loaded with an application.
#[derive(Debug, Clone, Default)]
pub enum Queues {
    /// None: the step leaves every queue alone.
    None,
    /// Those of its live entries, and of one that may come back: of its referral or its temporary place.
    #[default]
    Live,
    /// The same and those of further organisations, each with the order key a new entry there would have, and with the ranks it has
    /// or would have in this lane.
    With(Vec<(Bin, DateTime<Utc>)>, Lane),
    /// The same as `Live`, with the ranks it has or would have in this lane.
    In(Lane),
}

/// Whether an entry that has left may come back: that of the referral in force (`P14`), or of the temporary place (`P23.c`).
fn may_return(application: &Application, entry: &Entry) -> bool {
    let referred = application.live_referral().map(|referral| referral.organisation);
    let temporary = application.live_contract().filter(|contract| contract.temporary_until.is_some());
    [referred, temporary.map(|contract| contract.organisation)].contains(&Some(entry.organisation))
}

impl Store {
    /// Everything a decision about an application needs, and the queues' items that its commit needs.
    ///
    /// # Errors
    /// The table failed, or an item is corrupt.
    pub async fn snapshot(&self, id: ApplicationId, queues: &Queues) -> Result<Option<(Snapshot, Vec<QueueItem>)>> {
        self.snapshot_choosing(id, |_, _| queues.clone()).await
    }

    /// The same, with the queues that are chosen once the application and its seats are known: most clocks touch none of them.
    ///
    /// # Errors
    /// As [`Store::snapshot`].
    pub async fn snapshot_choosing(
        &self,
        id: ApplicationId,
        choose: impl Fn(&Application, &[Seat]) -> Queues,
    ) -> Result<Option<(Snapshot, Vec<QueueItem>)>> {
        let Some(application) = self.application(id).await? else { return Ok(None) };
        let seats = self.seats_at(&application.held_seats()).await?;
        let queues = &choose(&application, &seats);
        let mut places: Vec<(Bin, DateTime<Utc>)> = match queues {
            Queues::None => Vec::new(),
            Queues::Live | Queues::With(..) | Queues::In(_) => {
                let wanted = |entry: &&Entry| entry.state != EntryState::Left || may_return(&application, entry);
                let live = application.entries.iter().filter(wanted);
                live.map(|entry| (entry.organisation, entry.ordered_at)).collect()
            }
        };
        if let Queues::With(further, _) = queues {
            let fresh =
                further.iter().filter(|(organisation, _)| !places.iter().any(|(known, _)| known == organisation));
            let fresh: Vec<_> = fresh.copied().collect();
            places.extend(fresh);
        }
        let lane = match queues {
            Queues::In(lane) | Queues::With(_, lane) => *lane,
            Queues::None | Queues::Live => application.lane,
        };
        let (views, items) = self.queues_for(&application, &places, lane).await?;
        Ok(Some((Snapshot { application: Box::new(application), seats, queues: views }, items)))
    }

    /// The queues of an application at some organisations, with the rank that it has or would have in a lane by an order key.
    /// An organisation that neither has the queue nor is in the registry is left out.
    ///
    /// # Errors
    /// The table failed, or an item is corrupt.
    pub async fn queues_for(
        &self,
        application: &Application,
        places: &[(Bin, DateTime<Utc>)],
        lane: Lane,
    ) -> Result<(Vec<QueueView>, Vec<QueueItem>)> {
        let (mut views, mut items) = (Vec::new(), Vec::new());
        for (organisation, submitted_at) in places {
            let entry = application.entry(*organisation);
            // One that is offered a place may come back (`P23.c`, `K3`), and one that waits in another lane may move there (`P13.3`).
            let waits = entry.is_some_and(|entry| entry.state == EntryState::Waiting);
            let arrives = lane != application.lane || !waits;
            let place = Place { lane, submitted_at: *submitted_at, application: application.id };
            let Some((item, rank)) = self.ranked(application, *organisation, arrives.then_some(place)).await? else {
                continue;
            };
            views.push(QueueView { rank, ..item.view.clone() });
            items.push(item);
        }
        Ok((views, items))
    }

    async fn ranked(
        &self,
        application: &Application,
        organisation: Bin,
        place: Option<Place>,
    ) -> Result<Option<(QueueItem, u64)>> {
        let key = application.queue_key(organisation);
        for _ in 0..5 {
            let item = match self.used_queue(&key).await? {
                Some(item) => item,
                None => match self.organisation(organisation).await? {
                    Some(registered) => self.queue(&key, registered.settlement).await?,
                    None => return Ok(None),
                },
            };
            self.make_room(&item).await?;
            if !item.index.has_room() {
                continue;
            }
            let Some(place) = place else { return Ok(Some((item, 0))) };
            match self.rank_of(&item, &place).await {
                Ok(rank) => return Ok(Some((item, rank))),
                Err(StoreError::Conflict) => {}
                Err(error) => return Err(error),
            }
        }
        Err(StoreError::Conflict)
    }
}
