//! The daily look at the calendar (`C6`): a year without a table of its own asks for it, once, as an event. Officers see it among
//! their tasks for as long as it is wanted.

use kezek_rules::terms;
use kezek_shell::app::{App, Settled};
use kezek_store::{StoreError, SystemEvent, SystemFact};

/// Asks for the tables that are wanted and weren't asked for yet; says for how many.
pub(crate) async fn ask(app: &App, settled: &Settled) -> Result<usize, StoreError> {
    let mut asked = 0;
    for wanted in settled.config.calendar.wanted_tables(terms::local_date(settled.now)) {
        let fact = SystemFact::CalendarTableWanted { year: wanted.year };
        // Said once: most days find it said, and need no write to know.
        if app.store.has_system_event(&fact).await? {
            continue;
        }
        if app.store.put_system_event(&SystemEvent { at: settled.now, fact }).await? {
            tracing::warn!(year = wanted.year, "the calendar has no table of its own for a year");
            asked += 1;
        }
    }
    Ok(asked)
}
