//! Taking a bulletin (`P17.1`): written once with what became of each line, then its seats, then its event. Taking it again
//! finishes what was begun, or changes nothing.

use kezek_contract::requests::{self, BulletinBody};
use kezek_rules::organisation::Organisation;
use kezek_shell::app::{App, Settled};
use kezek_shell::daily;
use kezek_shell::metrics::Metric;
use kezek_store::{BulletinRecord, Daily, OrganisationEvent, OrganisationFact, StoreError};
use serde_json::Value;
use thiserror::Error;

use crate::{Ingestion, frozen};

/// What became of a bulletin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// Whether it was new; otherwise it was taken before, and at most finished now.
    pub new: bool,
    /// How many vacancies it made.
    pub vacancies: u32,
    /// How many of its lines weren't taken.
    pub bad_lines: u32,
}

/// Why a bulletin can't be taken at all, or not now.
#[derive(Debug, Error)]
pub enum Untaken {
    /// The message isn't JSON.
    #[error("the message isn't JSON")]
    NotJson,
    /// Its frame can't be read: which fields, and why.
    #[error("the bulletin's frame can't be read: {0}")]
    Unreadable(String),
    /// Another than the organisation sent it, as SQS says.
    #[error("the organisation didn't send it")]
    SenderUnknown,
    /// The registry doesn't know the organisation.
    #[error("the registry doesn't know the organisation")]
    OrganisationUnknown,
    /// It is one too many of its organisation on one day.
    #[error("the organisation has sent too many today")]
    TooMany,
    /// The table failed.
    #[error("the table failed")]
    Store(#[from] StoreError),
}

impl Untaken {
    /// A stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Untaken::NotJson => "not-json",
            Untaken::Unreadable(_) => "unreadable",
            Untaken::SenderUnknown => "sender-unknown",
            Untaken::OrganisationUnknown => "organisation-unknown",
            Untaken::TooMany => "too-many",
            Untaken::Store(_) => "table-failed",
        }
    }
}

/// Takes the bulletin of one message, which a sender has sent.
///
/// # Errors
/// It can't be read, another than its organisation sent it, the organisation is unknown, or the table failed.
pub async fn take(ingestion: &Ingestion, sender: Option<&str>, message: &str) -> Result<Taken, Untaken> {
    let app = &ingestion.app;
    let body = kezek_contract::json::read(message.as_bytes()).ok_or(Untaken::NotJson)?;
    let bulletin = frame(&body)?;
    if !ingestion.sender.sent(sender, bulletin.organisation) {
        return Err(Untaken::SenderUnknown);
    }
    let settled = app.settle().await?;
    let organisation = app.store.organisation(bulletin.organisation).await?.ok_or(Untaken::OrganisationUnknown)?;
    let (record, new) = written(app, &settled, &bulletin, &organisation).await?;
    let vacancies = record.lines.iter().map(|line| u32::from(line.vacancies)).sum();
    let bad = record.lines.iter().filter(|line| !line.problems.is_empty()).count();
    let bad_lines = u32::try_from(bad).unwrap_or(u32::MAX);
    if !record.done {
        let seats = frozen::seats(&record, &organisation);
        let fact = OrganisationFact::BulletinTaken { bulletin: record.id.clone(), vacancies, bad_lines };
        let event = OrganisationEvent { organisation: organisation.bin, at: record.taken, fact };
        app.store.put_seats(organisation.bin, &record.id, &seats, event).await?;
        app.metrics.count_as(Metric::BulletinLines, "taken", record.lines.len() - bad);
        app.metrics.count_as(Metric::BulletinLines, "refused", bad);
    }
    Ok(Taken { new, vacancies, bad_lines })
}

/// A bulletin's frame. What is wrong with one that can't be read is told by fields and codes, without their values.
fn frame(body: &Value) -> Result<BulletinBody, Untaken> {
    requests::bulletin(body).map_err(|problem| {
        let errors = problem.errors.iter().map(|error| format!("{} {}", error.pointer, error.code));
        Untaken::Unreadable(errors.collect::<Vec<_>>().join(", "))
    })
}

/// The bulletin as it was written, now or before, and whether it was now.
async fn written(
    app: &App,
    settled: &Settled,
    bulletin: &BulletinBody,
    organisation: &Organisation,
) -> Result<(BulletinRecord, bool), Untaken> {
    if let Some(known) = app.store.bulletin(organisation.bin, &bulletin.id).await? {
        return Ok((known, false));
    }
    if !daily::may(app, settled, Daily::Bulletins(organisation.bin)).await? {
        return Err(Untaken::TooMany);
    }
    let record = frozen::record(bulletin, organisation, settled.world());
    match app.store.put_bulletin(organisation.bin, &record).await {
        Ok(()) => Ok((record, true)),
        Err(StoreError::Conflict) => {
            let known = app.store.bulletin(organisation.bin, &bulletin.id).await?;
            known.map(|known| (known, false)).ok_or(Untaken::Store(StoreError::Conflict))
        }
        Err(error) => Err(error.into()),
    }
}
