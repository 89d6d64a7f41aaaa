//! One application whose history is complete, or never will be: replayed, compared with its item, and reduced to what the other
//! invariants need.

use serde_json::Value as Json;

use crate::base::{Base, Pending};
use crate::breach::Invariant;
use crate::ids::{Id, Name, id, shown};
use crate::life::{Event, Life};
use crate::model::{App, Change, Lane, Place, QueueKey, REASONS, Right, Status, lane};
use crate::read;

/// Folds an application.
pub(crate) fn application(base: &mut Base, id: Id, pending: Pending) {
    let mut life = Life::new(id);
    let events = read_events(base, id, &pending);
    for event in &events {
        life.apply(&mut base.names, pending.app.as_ref(), event);
        if let Some(app) = &pending.app {
            traces(base, id, app, event);
        }
    }
    life.finish();
    for (invariant, text) in std::mem::take(&mut life.found) {
        base.breach(invariant, text);
    }
    for what in std::mem::take(&mut life.unknown) {
        *base.unknown_facts.entry(what).or_default() += 1;
    }
    base.early.append(&mut life.early);
    let Some(mut app) = pending.app else {
        let what = if events.is_empty() { "notices, but no item and no history" } else { "a history, but no item" };
        base.breach(Invariant::Kept, format!("A#{} has {what}: the application is gone", shown(id)));
        return;
    };
    if events.len() == usize::try_from(app.version).unwrap_or(usize::MAX) {
        for text in compare(base, &app, &life) {
            base.breach(Invariant::History, format!("A#{}: {text}", shown(id)));
        }
    }
    app.past = std::mem::take(&mut life.past);
    app.past.untold.retain(|(seq, _)| !pending.told.contains(seq));
    if pending.told.iter().any(|seq| *seq > app.version) {
        base.breach(Invariant::Outbox, format!("A#{} has a notice of an event that it hasn't", shown(id)));
    }
    base.apps.insert(id, Box::new(app));
}

/// The events in their order; what is missing or can't be read is a breach.
fn read_events(base: &mut Base, id: Id, pending: &Pending) -> Vec<Event> {
    let mut events = Vec::with_capacity(pending.events.len());
    let mut next = 1;
    for (seq, body) in &pending.events {
        if *seq != next {
            base.breach(Invariant::History, format!("A#{} lacks events {next} to {}", shown(id), seq - 1));
        }
        next = seq + 1;
        match Event::read(&mut base.names, *seq, body) {
            Some(event) => events.push(event),
            None => base.breach(Invariant::Readable, format!("A#{}/E#{seq:06} has no readable body", shown(id))),
        }
    }
    if let Some(app) = pending.app.as_ref().filter(|app| app.version + 1 != next) {
        let text = format!("A#{} is at version {}, its history at {}", shown(id), app.version, next - 1);
        base.breach(Invariant::History, text);
    }
    events
}

fn traces(base: &mut Base, id: Id, app: &App, event: &Event) {
    let lanes: [&[Json]; 2] = [&event.queues, &event.facts];
    let [queues, facts] = lanes;
    for trace in queues {
        let Some(change) = change(base, id, app, event, trace) else {
            base.breach(
                Invariant::Readable,
                format!("A#{}/E#{:06} has an unreadable trace of a queue", shown(id), event.seq),
            );
            continue;
        };
        base.changes.push(change);
    }
    let offers = facts.iter().filter(|fact| fact["what"] == "offered").count();
    let taken = base.changes.iter().rev().take(queues.len()).filter(|change| change.taken.is_some()).count();
    base.offers += offers as u64;
    if offers != taken {
        base.breach(Invariant::History, format!("A#{}/E#{:06} offers a seat and takes no place", shown(id), event.seq));
    }
}

fn change(base: &mut Base, id: Id, app: &App, event: &Event, trace: &Json) -> Option<Change> {
    let organisation = base.names.of(trace["organisation"].as_str()?);
    let side = |name: &str| match &trace[name] {
        Json::Null => Some(None),
        place => read::queue::trace(place, event.at).map(Some),
    };
    let departed = side("departed")?;
    let taken = departed.and_then(|_| event.facts.iter().find_map(|fact| taken(base, fact, organisation)));
    let queue = QueueKey { organisation, ..app.queue(organisation) };
    Some(Change {
        queue,
        seq: trace["seq"].as_u64()?,
        app: id,
        at: event.at,
        arrived: side("arrived")?,
        departed,
        phase: u8::try_from(trace["phase"].as_u64()?).ok()?,
        mixed: event.mixed.filter(|_| taken.is_some_and(|(right, ..)| right == Right::Mixed)),
        taken: taken.map(Box::new),
    })
}

fn taken(base: &Base, fact: &Json, organisation: Name) -> Option<(Right, Id, Lane)> {
    let there = fact["what"] == "offered" && fact["organisation"] == *base.names.text(organisation);
    let right = match fact["ground"].as_str() {
        None => Right::Head,
        Some("mixed-age") => Right::Mixed,
        Some("sibling") => Right::Sibling,
        Some("pmpc") => Right::Pmpc,
        Some(_) => Right::Unknown,
    };
    there.then_some((right, fact["seat"].as_str().and_then(id)?, fact["lane"].as_str().and_then(lane)?))
}

/// Where the item says something else than its history.
fn compare(base: &Base, app: &App, life: &Life) -> Vec<String> {
    let mut found = Vec::new();
    let mut differs = |what: &str, item: &dyn std::fmt::Debug, history: &dyn std::fmt::Debug| {
        let (item, history) = (format!("{item:?}"), format!("{history:?}"));
        if item != history {
            found.push(format!("{what} is {item}, by its history {history}"));
        }
    };
    let reason = |name: Option<Name>| name.map(|name| base.names.text(name).to_owned());
    differs("its status", &app.status, &life.status);
    differs("its reason", &reason(app.reason), &reason(life.reason));
    differs("its lane", &app.lane, &life.lane);
    differs("the day it is wanted from", &app.not_before, &life.not_before);
    differs("the stage of its yearly question", &app.interest.1, &life.stage);
    let item = app.referral.as_ref().map(|referral| {
        (referral.id, referral.seat, base.names.text(referral.organisation), base.names.text(referral.status))
    });
    let history = life
        .referral
        .as_ref()
        .map(|issued| (issued.id, issued.seat, base.names.text(issued.organisation), issued.status));
    differs("its referral", &item, &history);
    let item = app.contract.as_ref().map(|contract| (contract.referral, base.names.text(contract.status)));
    differs("its contract", &item, &life.contract.as_ref().map(|formed| (formed.referral, formed.status)));
    let place = |place: &Place| match place {
        Place::Offered { offer, seat, .. } => format!("offered {offer:024x} of {seat:032x}"),
        other => other.kind().to_owned(),
    };
    let sorted = |entries: Vec<(Name, String)>| {
        let mut shown: Vec<_> = entries
            .into_iter()
            .map(|(organisation, place)| (base.names.text(organisation).to_owned(), place))
            .collect();
        shown.sort();
        shown
    };
    let item = sorted(app.entries.iter().map(|entry| (entry.organisation, place(&entry.place))).collect());
    let history = sorted(life.entries.iter().map(|(organisation, at)| (*organisation, place(at))).collect());
    differs("its entries", &item, &history);
    found
}

/// 3, 4: what an application must be like at any time, its item taken by itself.
pub(crate) fn shape(base: &Base, app: &App) -> Vec<(Invariant, String)> {
    let mut found = Vec::new();
    let live = app.entries.iter().filter(|entry| entry.place != Place::Left).count();
    if live > 4 {
        found.push((Invariant::Entries, format!("has {live} live entries")));
    }
    let mut organisations: Vec<Name> = app.entries.iter().map(|entry| entry.organisation).collect();
    organisations.sort_unstable();
    organisations.dedup();
    if organisations.len() != app.entries.len() {
        found.push((Invariant::Entries, "names an organisation twice".to_owned()));
    }
    for entry in &app.entries {
        let fits = match app.status {
            Status::Accepted | Status::Verifying => matches!(entry.place, Place::Pending),
            Status::Queued => !matches!(entry.place, Place::Pending | Place::Aside),
            Status::Referred | Status::Enrolled => matches!(entry.place, Place::Aside | Place::Left),
            Status::Refused | Status::Archived => entry.place == Place::Left,
        };
        if !fits {
            found.push((Invariant::Kept, format!("is {:?} with an entry that is {}", app.status, entry.place.kind())));
        }
    }
    let reason = app.reason.map(|reason| base.names.text(reason));
    let reasoned = reason.is_some_and(|reason| REASONS.contains(&reason));
    if (app.status == Status::Archived) != reasoned {
        found.push((Invariant::Kept, format!("is {:?} with the reason {reason:?}", app.status)));
    }
    match app.status {
        Status::Queued | Status::Accepted | Status::Verifying if live == 0 => {
            found.push((Invariant::Kept, format!("is {:?} and has no live entry", app.status)));
        }
        Status::Referred if app.live_referral().is_none() => {
            found.push((Invariant::Kept, "is Referred without a referral in force".to_owned()));
        }
        Status::Enrolled if !app.contract.as_ref().is_some_and(|contract| contract.signed) => {
            found.push((Invariant::Kept, "is Enrolled without a contract in force".to_owned()));
        }
        _ => {}
    }
    if app.status != Status::Referred && app.live_referral().is_some() {
        found.push((Invariant::Child, format!("is {:?} with a referral in force", app.status)));
    }
    let rests = app.entries.iter().any(|entry| entry.place == Place::Dormant);
    let waits = app.entries.iter().any(|entry| entry.place == Place::Waiting);
    if if app.not_before.is_some() { waits } else { rests } {
        found.push((Invariant::Kept, "rests and waits at the same time".to_owned()));
    }
    found
}
