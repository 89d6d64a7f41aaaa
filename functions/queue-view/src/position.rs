//! `GET /v1/applications/{id}/position`: where a child stands in each of its queues, how many stand ahead, and why the numbers
//! moved last (`P15.6`).

use kezek_contract::answers::{EntryPosition, PositionAnswer, WhyAnswer, iso};
use kezek_contract::texts::{Locale, history};
use kezek_rules::application::{Application, Entry};
use kezek_rules::ids::ApplicationId;
use kezek_shell::app::App;
use kezek_shell::error::Failure;
use kezek_shell::http::{Request, Response};
use kezek_shell::view::{self, Reading};
use kezek_store::{QueueItem, Recent, StoreError};

/// The application's own applicant sees it; for everyone else there is none.
pub async fn position(app: &App, request: &Request) -> Result<Response, Failure> {
    let id: ApplicationId = request.id("id")?;
    let own = |application: &Application| request.caller.is_applicant(application.applicant);
    let application = app.store.application(id).await?.filter(own).ok_or_else(Failure::not_found)?;
    let mut reading = Reading::of(app, &application);
    loop {
        if let Some(entries) = entries(app, request, reading.seen()).await? {
            return Ok(Response::ok(&PositionAnswer { id: id.to_string(), at: iso(request.settled.now), entries }));
        }
        reading.anew().await?;
    }
}

/// The positions of all entries; none if the application changed while they were read.
async fn entries(
    app: &App,
    request: &Request,
    application: &Application,
) -> Result<Option<Vec<EntryPosition>>, StoreError> {
    let mut entries = Vec::with_capacity(application.entries.len());
    for entry in &application.entries {
        let Some(position) = entry_position(app, request, application, entry).await? else { return Ok(None) };
        entries.push(position);
    }
    let moved = view::rests_otherwise(app, application).await?;
    Ok((!moved).then_some(entries))
}

async fn entry_position(
    app: &App,
    request: &Request,
    application: &Application,
    entry: &Entry,
) -> Result<Option<EntryPosition>, StoreError> {
    let (queue, rank) = if view::has_number(&entry.state) {
        let Some((queue, rank)) = view::standing(app, application, entry).await? else { return Ok(None) };
        (queue, Some(rank))
    } else {
        (unranked(app, application, entry).await?, None)
    };
    let world = request.settled.world();
    let interleave = world.policy(queue.view.settlement).policy.interleave;
    let phase = world.phase(queue.view.settlement, queue.view.phase);
    let totals = queue.view.totals;
    let ahead = rank.map(|rank| interleave.ahead(phase, &totals, application.lane, rank));
    Ok(Some(EntryPosition {
        organisation: entry.organisation.to_string(),
        status: view::entry_status(&entry.state).to_owned(),
        number: ahead.map(|ahead| ahead.all() + 1),
        ahead: ahead.map(Into::into),
        phase,
        waiting: totals.into(),
        why: queue.recent.iter().map(|change| why(change, request.locale)).collect(),
    }))
}

/// The queue of an entry that doesn't stand in it; one that was never used stands where its organisation is.
async fn unranked(app: &App, application: &Application, entry: &Entry) -> Result<QueueItem, StoreError> {
    let key = application.queue_key(entry.organisation);
    if let Some(queue) = app.store.used_queue(&key).await? {
        return Ok(queue);
    }
    let organisation = app.store.organisation(entry.organisation).await?;
    app.store.queue(&key, organisation.map_or(application.settlement, |organisation| organisation.settlement)).await
}

fn why(change: &Recent, locale: Locale) -> WhyAnswer {
    WhyAnswer {
        at: iso(change.at),
        what: change.what.clone(),
        rule: change.rule.clone(),
        lane: change.lane,
        text: history::text(&change.what, locale).unwrap_or(&change.what).to_owned(),
    }
}
