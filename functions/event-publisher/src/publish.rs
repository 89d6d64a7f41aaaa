//! What one record of the stream leads to, in an order that a crash anywhere and a replay lose nothing in: the cabinet first, then
//! the bus, then the allocation queue; each of them knows a repetition by its id.

use std::fmt::Display;

use kezek_rules::ids::Bin;
use kezek_rules::step::Event;
use kezek_rules::terms;
use kezek_store::rank::FOLD_AT;
use kezek_store::{
    EventItem, NoticeRecord, OrganisationEvent, OrganisationFact, StoreError, StreamImage, StreamRecord, Subject,
};

use crate::cloud::{self, CloudEvent};
use crate::family;
use crate::notices::{self, Known};
use crate::outlets::{PublishError, ask_for_allocation, put_events};
use crate::{Publisher, Report, complaint, invitation, load};

/// Does what one record asks for; a record that asks for nothing is passed by.
pub(crate) async fn record(
    publisher: &Publisher,
    record: &StreamRecord,
    report: &mut Report,
) -> Result<(), PublishError> {
    let Some(image) = &record.image else { return Ok(()) };
    if image.pending >= FOLD_AT {
        return fold(publisher, image, report).await;
    }
    if !record.inserted {
        return Ok(());
    }
    match image.event()? {
        Some(EventItem::Application(event)) => application(publisher, &event, report).await,
        Some(EventItem::Organisation(event)) => organisation(publisher, &event, report).await,
        Some(EventItem::Complaint(event)) => complaint::publish(publisher, &event, report).await,
        Some(EventItem::Invitation(event)) => invitation::publish(publisher, &event, report).await,
        Some(EventItem::System(event)) => {
            put_events(publisher, &[cloud::system(&event)?]).await?;
            report.events += 1;
            Ok(())
        }
        None => Ok(()),
    }
}

async fn fold(publisher: &Publisher, image: &StreamImage, report: &mut Report) -> Result<(), PublishError> {
    let Some(queue) = image.queue()? else { return Ok(()) };
    match publisher.app.store.fold(&queue, FOLD_AT).await {
        Ok(folded) => report.folds += usize::from(folded),
        // Another fold came first: it did this work.
        Err(StoreError::Conflict) => {}
        // A fold saves room and no more: whoever next changes the queue makes it if there is none left. It must not hold up
        // the events behind it.
        Err(error) => tracing::error!(error = %kezek_shell::error::chain(&error), "a queue could not be folded"),
    }
    Ok(())
}

async fn application(publisher: &Publisher, event: &Event, report: &mut Report) -> Result<(), PublishError> {
    family::follow(publisher, event).await?;
    // Allocation first: a place must not wait for the bus or the cabinet to come back.
    let wakes: Vec<Bin> = event.wakes().into_iter().collect();
    ask_for_allocation(publisher, &format!("{}-{}", event.application, event.seq), &wakes).await?;
    report.wakes += wakes.len();
    let mut events = cloud::stages(event)?;
    events.extend(tell(publisher, event, report).await?);
    put_events(publisher, &events).await?;
    report.events += events.len();
    Ok(())
}

async fn organisation(
    publisher: &Publisher,
    event: &OrganisationEvent,
    report: &mut Report,
) -> Result<(), PublishError> {
    let wakes = matches!(
        event.fact,
        OrganisationFact::BulletinTaken { vacancies: 1.., .. } | OrganisationFact::VacanciesFound { .. }
    );
    if wakes {
        ask_for_allocation(publisher, &cloud::organisation_id(event), &[event.organisation]).await?;
        report.wakes += 1;
    }
    put_events(publisher, &[cloud::organisation(event)?]).await?;
    report.events += 1;
    Ok(())
}

/// Puts the notices of an event into the cabinet, and makes the events that send them.
async fn tell(publisher: &Publisher, event: &Event, report: &mut Report) -> Result<Vec<CloudEvent>, PublishError> {
    if notices::of(event, &Known::default()).is_empty() {
        return Ok(Vec::new());
    }
    let settled = publisher.app.settle_at(event.at).await?;
    let application = publisher.app.store.application(event.application).await?;
    let known = load::known(publisher, event, &settled, application.as_ref()).await?;
    let sms_at = terms::sms_at(&load::in_force(&settled, application.as_ref()).policy, event.at);
    let mut events = Vec::new();
    for (n, notice) in notices::of(event, &known).iter().enumerate() {
        let record = cloud::record(event.at, notice, sms_at);
        events.push(keep(publisher, "application", event.application, (event.seq, n), &record, report).await?);
    }
    Ok(events)
}

/// Puts a notice into a cabinet, once, and makes the event that sends it: `kind` says what `about` names.
pub(crate) async fn keep<T>(
    publisher: &Publisher,
    kind: &str,
    about: T,
    (seq, n): (u32, usize),
    record: &NoticeRecord,
    report: &mut Report,
) -> Result<CloudEvent, PublishError>
where
    T: Copy + Display + Into<Subject>,
{
    let new = publisher.app.store.put_notice(about, seq, n, record).await?;
    report.notices += usize::from(new);
    report.repeated += usize::from(!new);
    Ok(cloud::notice_about(kind, about, seq, n, record))
}
