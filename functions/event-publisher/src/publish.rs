//! What one record of the stream leads to, in an order that a crash anywhere and a replay lose nothing in: the cabinet first, then
//! the bus, then the allocation queue; each of them knows a repetition by its id.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use kezek_contract::texts::Names;
use kezek_contract::texts::notices::Notice;
use kezek_rules::application::{Application, EntryState};
use kezek_rules::ids::{ApplicationId, Bin, ReferralId};
use kezek_rules::policy::PolicyVersion;
use kezek_rules::step::{Event, Fact};
use kezek_rules::terms;
use kezek_shell::app::Settled;
use kezek_store::rank::FOLD_AT;
use kezek_store::{EventItem, OrganisationEvent, OrganisationFact, StoreError, StreamImage, StreamRecord};

use crate::cloud::{self, CloudEvent};
use crate::notices::{self, Known};
use crate::outlets::{PublishError, ask_for_allocation, put_events};
use crate::{Publisher, Report};

/// How far back the number of a referral is looked for: further than any application's history goes within its validity.
const HISTORY_READ: usize = 1_000;

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
    let known = known(publisher, event, &settled, application.as_ref()).await?;
    let sms_at = terms::sms_at(&policy(&settled, application.as_ref()).policy, event.at);
    let mut events = Vec::new();
    for (n, notice) in notices::of(event, &known).iter().enumerate() {
        events.push(keep(publisher, event, n, notice, sms_at, report).await?);
    }
    Ok(events)
}

async fn keep(
    publisher: &Publisher,
    event: &Event,
    n: usize,
    notice: &Notice,
    sms_at: DateTime<Utc>,
    report: &mut Report,
) -> Result<CloudEvent, PublishError> {
    let record = cloud::record(event, notice, sms_at);
    let new = publisher.app.store.put_notice(event.application, event.seq, n, &record).await?;
    report.notices += usize::from(new);
    report.repeated += usize::from(!new);
    Ok(cloud::notice(event, n, &record))
}

fn policy<'a>(settled: &'a Settled, application: Option<&Application>) -> &'a PolicyVersion {
    match application {
        Some(application) => settled.world().policy(application.settlement),
        None => PolicyVersion::built_in(),
    }
}

async fn known(
    publisher: &Publisher,
    event: &Event,
    settled: &Settled,
    application: Option<&Application>,
) -> Result<Known, PublishError> {
    let organisations: Vec<Bin> = event.facts.iter().filter_map(Fact::organisation).collect();
    let organisations = publisher.app.store.organisations(&organisations).await?.into_iter();
    let names = organisations.map(|found| (found.bin, Names { kk: found.name_kk, ru: found.name_ru })).collect();
    let referrals = match ended_referral(event) {
        Some(referral) => number_of(publisher, event.application, referral, application).await?,
        None => BTreeMap::new(),
    };
    Ok(Known { names, referrals, suspension_working_days: suspension_days(event, settled, application) })
}

fn ended_referral(event: &Event) -> Option<ReferralId> {
    event.facts.iter().find_map(|fact| match fact {
        Fact::ReferralCancelled { referral, .. } | Fact::ReferralLapsed { referral, .. } => Some(*referral),
        _ => None,
    })
}

/// The number of a referral: the application has it while it holds no later one, the history for ever.
async fn number_of(
    publisher: &Publisher,
    id: ApplicationId,
    referral: ReferralId,
    application: Option<&Application>,
) -> Result<BTreeMap<ReferralId, String>, PublishError> {
    let held = application.and_then(|application| application.referral.as_ref()).filter(|held| held.id == referral);
    if let Some(held) = held {
        return Ok(BTreeMap::from([(referral, held.number())]));
    }
    let history = publisher.app.store.history(id, HISTORY_READ).await?;
    let issued = history.iter().flat_map(|event| &event.facts).filter_map(|fact| match fact {
        Fact::ReferralIssued { referral, number, .. } => Some((*referral, number.clone())),
        _ => None,
    });
    Ok(issued.collect())
}

/// For how many working days an event suspends: by the policy that the suspension itself runs under (`K5`), and if it is over by
/// now, by the one in force when it began.
fn suspension_days(event: &Event, settled: &Settled, application: Option<&Application>) -> u32 {
    let running = |application: &Application| {
        let (organisation, ends_at) = event.facts.iter().find_map(|fact| match fact {
            Fact::Suspended { organisation, ends_at } => Some((*organisation, *ends_at)),
            _ => None,
        })?;
        match &application.entry(organisation)?.state {
            EntryState::Suspended(suspension) if suspension.ends_at == ends_at && suspension.answer_by.is_none() => {
                Some(settled.world().pinned(&suspension.policy).policy.suspension_working_days)
            }
            _ => None,
        }
    };
    let in_force = || policy(settled, application).policy.suspension_working_days;
    application.and_then(running).unwrap_or_else(in_force)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// The facts of an event, as its history holds them.
    fn event(facts: &serde_json::Value) -> Event {
        serde_json::from_value(json!({
            "application": "000102030405060708090a0b0c0d0e0f", "seq": 2, "at": "2026-01-12T05:00:00Z",
            "policy": "order-133@1", "calendar": 3, "queues": [], "facts": facts
        }))
        .expect("an event")
    }

    #[test]
    fn p25_a_the_number_is_looked_up_for_an_ended_referral_only() {
        let fact = |what| json!([{"what": what, "organisation": "061211600012", "referral": "0707070707070707070707070707070707070707"}]);
        for (what, expected) in [("referral-cancelled", true), ("referral-lapsed", true), ("referral-released", false)]
        {
            assert_eq!(ended_referral(&event(&fact(what))).is_some(), expected, "{what}");
        }
    }
}
