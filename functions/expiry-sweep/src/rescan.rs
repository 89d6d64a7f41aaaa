//! The hourly look at open vacancies: one for which someone waits should have been served. A wake that was lost, or that came before
//! the index showed the seat, is given again – as an event, so that it goes the way of all wakes.

use kezek_rules::ids::Bin;
use kezek_rules::queue::QueueKey;
use kezek_rules::terms::local_date;
use kezek_shell::app::{App, Settled};
use kezek_shell::heads;
use kezek_store::{OrganisationEvent, OrganisationFact, StoreError};

/// Organisations read at once.
const PAGE: usize = 200;

/// Open seats looked at per organisation: any one with a waiting child is reason enough.
const SEATS: u16 = 50;

/// Wakes allocation for every organisation that has an open vacancy and a child to whom it would go; says for how many.
pub(crate) async fn rescan(app: &App, settled: &Settled) -> Result<usize, StoreError> {
    let mut found = 0;
    let mut after: Option<Bin> = None;
    loop {
        let page = app.store.publishers(after, PAGE).await?;
        let Some(last) = page.last() else { return Ok(found) };
        after = Some(*last);
        for organisation in page {
            if is_waited_for(app, settled, organisation).await? {
                tracing::warn!(%organisation, "open vacancies and children waiting for them: allocation is woken again");
                let (at, fact) = (settled.now, OrganisationFact::VacanciesFound { due: settled.now });
                app.store.put_organisation_event(&OrganisationEvent { organisation, at, fact }).await?;
                found += 1;
            }
        }
    }
}

/// Whether there is work for allocation: a vacancy that would go to someone, or whose time is over.
async fn is_waited_for(app: &App, settled: &Settled, organisation: Bin) -> Result<bool, StoreError> {
    let mut empty: Vec<(Vec<QueueKey>, bool)> = Vec::new();
    for seat in app.store.open_seats(organisation, None, SEATS).await? {
        if seat.is_over(local_date(settled.now)) {
            return Ok(true);
        }
        let alike = (seat.queues().collect(), seat.vacancy.temporary_until.is_some());
        if empty.contains(&alike) {
            continue;
        }
        if heads::first(app, settled, &seat, true).await?.is_some() {
            return Ok(true);
        }
        if seat.declined_by.is_empty() {
            empty.push(alike);
        }
    }
    Ok(false)
}
