//! The hourly look at open vacancies: one for which someone waits should have been served. A wake that was lost, or that came before
//! the index showed the seat, is given again – as an event, so that it goes the way of all wakes.

use chrono::{DateTime, Utc};
use kezek_rules::ids::Bin;
use kezek_rules::queue::QueueKey;
use kezek_shell::app::App;
use kezek_store::{OrganisationEvent, OrganisationFact, StoreError};

/// Organisations read at once.
const PAGE: usize = 200;

/// Open seats looked at per organisation: any one with a waiting child is reason enough.
const SEATS: u16 = 50;

/// Wakes allocation for every organisation that has an open vacancy and a child waiting for it; says for how many.
pub(crate) async fn rescan(app: &App, due: DateTime<Utc>) -> Result<usize, StoreError> {
    let mut found = 0;
    let mut after: Option<Bin> = None;
    loop {
        let page = app.store.publishers(after, PAGE).await?;
        let Some(last) = page.last() else { return Ok(found) };
        after = Some(*last);
        for organisation in page {
            if is_waited_for(app, organisation).await? {
                tracing::warn!(%organisation, "open vacancies and children waiting for them: allocation is woken again");
                let fact = OrganisationFact::VacanciesFound { due };
                app.store.put_organisation_event(&OrganisationEvent { organisation, at: due, fact }).await?;
                found += 1;
            }
        }
    }
}

async fn is_waited_for(app: &App, organisation: Bin) -> Result<bool, StoreError> {
    let mut empty: Vec<QueueKey> = Vec::new();
    for seat in app.store.open_seats(organisation, None, SEATS).await? {
        for key in seat.queues() {
            if empty.contains(&key) {
                continue;
            }
            let waiting = app.store.used_queue(&key).await?.is_some_and(|queue| queue.view.totals.all() > 0);
            if waiting {
                return Ok(true);
            }
            empty.push(key);
        }
    }
    Ok(false)
}
