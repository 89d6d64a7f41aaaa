//! 3, 9, 11, 12 for complaints (`P18`): the history comes to the state, the clock and the officers' task stand where they must, what was
//! written is there.

use serde_json::Value as Json;

use crate::base::{Base, Complaint};
use crate::breach::Invariant;
use crate::ids::{Id, shown};
use crate::mend::{Guard, Mend};
use crate::model::{Agenda, Family};
use crate::rules::{due::stands, tasks::region_of};
use crate::time::{self, Ms};

type Found = (Invariant, String, Option<Mend>);

pub(crate) fn check(base: &mut Base, now: Ms, grace: Ms) {
    let mut found: Vec<Found> = Vec::new();
    for (id, complaint) in &base.complaints {
        one(base, *id, complaint, (now, grace), &mut found);
    }
    for (id, tasks) in &base.complaint_tasks {
        let item = base.complaints.get(id).and_then(|complaint| complaint.item.as_ref());
        for (due, _, region) in tasks {
            let owed = item.is_some_and(|item| {
                let there = region_of(base.names.text(item.settlement)) == base.names.text(*region);
                there && is_open(&item.state) && item.due == *due
            });
            if !owed {
                let (pk, sk) =
                    (format!("T#{}", base.names.text(*region)), format!("{due:015}#complaint#{}", shown(*id)));
                let text = format!("{pk}/{sk}: no one owes it");
                let guard = Some(match item {
                    Some(item) => Guard::Version {
                        pk: format!("K#{}", shown(*id)),
                        sk: "K".to_owned(),
                        version: i64::from(item.version),
                    },
                    None => Guard::Absent { pk: format!("K#{}", shown(*id)), sk: "K".to_owned() },
                });
                found.push((Invariant::Counter, text, Some(Mend::Stale { pk, sk, guard })));
            }
        }
    }
    base.settle(found);
}

fn is_open(state: &str) -> bool {
    matches!(state, "registered" | "in-review")
}

fn one(base: &Base, id: Id, complaint: &Complaint, (now, grace): (Ms, Ms), found: &mut Vec<Found>) {
    let key = format!("K#{}", shown(id));
    let mut breach = |invariant, text: String| found.push((invariant, format!("{key}: {text}"), None));
    let Some(item) = &complaint.item else {
        breach(Invariant::Kept, "the complaint is gone, but for its history or its text".to_owned());
        return;
    };
    if !complaint.written {
        breach(Invariant::Kept, "what was written is gone".to_owned());
    }
    let last = complaint.events.last_key_value().map_or(0, |(seq, _)| *seq);
    if last != item.version || complaint.events.len() != usize::try_from(last).unwrap_or(usize::MAX) {
        let text = format!("is at version {}, with {} events up to {last}", item.version, complaint.events.len());
        breach(Invariant::History, text);
    }
    if let Some(seq) = complaint.told.iter().find(|seq| !complaint.events.contains_key(seq)) {
        breach(Invariant::Outbox, format!("has a notice of event {seq}, which it hasn't"));
    }
    match replayed(complaint) {
        None => breach(Invariant::Readable, "an event can't be read".to_owned()),
        Some((state, due, late, untold)) => {
            if (state.as_str(), due, late) != (item.state.as_str(), item.due, item.late) {
                let text = format!(
                    "is {} and due {}, by its history {state} and due {}",
                    item.state,
                    time::shown(item.due),
                    time::shown(due)
                );
                breach(Invariant::History, text);
            }
            if let Some(seq) = untold {
                let (pk, sk) = (key.clone(), format!("E#{seq:06}"));
                let text = format!("{key}/{sk} must have a notice and has none");
                found.push((Invariant::Outbox, text, Some(Mend::Republish { pk, sk })));
            }
        }
    }
    let clock = match item.state.as_str() {
        "delivered" => Agenda::Due(Family::Minute, item.registered),
        state if is_open(state) && !item.late => Agenda::Due(Family::Work, item.due),
        _ => Agenda::Nowhere,
    };
    found.extend(stands(
        (key.clone(), "K".to_owned(), Some(i64::from(item.version))),
        item.agenda,
        &[clock],
        now,
        grace,
    ));
    let listed = base.complaint_tasks.get(&id).is_some_and(|tasks| tasks.iter().any(|(due, ..)| *due == item.due));
    if is_open(&item.state) && !listed {
        found.push((Invariant::Counter, format!("{key} isn't in the officers' list"), None));
    }
}

/// What the history comes to: state, end of the term, whether it is overdue, and an event that must have a notice and has none.
fn replayed(complaint: &Complaint) -> Option<(String, Ms, bool, Option<u32>)> {
    let (mut state, mut due, mut late, mut untold) = (String::new(), 0, false, None);
    for (seq, body) in &complaint.events {
        let json: Json = serde_json::from_str(body).ok()?;
        let mut told = false;
        for fact in json["facts"].as_array()? {
            let instant = |field: &str| fact[field].as_str().and_then(time::instant);
            match fact["what"].as_str()? {
                "overdue" => late = true,
                "deadline-moved" => {
                    if fact["deadline"] == "answer" {
                        due = instant("to")?;
                    }
                }
                what => {
                    what.clone_into(&mut state);
                    due = instant("dueAt").unwrap_or(due);
                    told = true;
                }
            }
        }
        if told && !complaint.told.contains(seq) {
            untold = untold.or(Some(*seq));
        }
    }
    Some((state, due, late, untold))
}
