//! 3, 9, 11 for invitations (`P7`, `P8`): the history comes to the state, the clock stands where it must, a consent has become the
//! application of the same id, and what is known of an invited family is kept while the invitation is open and no longer.

use serde_json::Value as Json;

use crate::base::{Base, Invitation, InvitationItem};
use crate::breach::Invariant;
use crate::ids::{Id, shown};
use crate::mend::{Guard, Mend};
use crate::model::{Agenda, Family};
use crate::rules::due::stands;
use crate::time::{self, Ms};

type Found = (Invariant, String, Option<Mend>);

const STATES: [&str; 5] = ["sent", "accepted", "declined", "lapsed", "replaced"];

pub(crate) fn check(base: &mut Base, now: Ms, grace: Ms) {
    let mut found: Vec<Found> = Vec::new();
    for (id, invitation) in &base.invitations {
        one(base, *id, invitation, (now, grace), &mut found);
    }
    for ((applicant, child), id) in &base.invited {
        let item = base.invitations.get(id).and_then(|invitation| invitation.item.as_ref());
        let open =
            item.is_some_and(|item| item.state == "sent" && (item.applicant, item.child) == (*applicant, *child));
        if !open {
            let key = (format!("I#{}", shown(*id)), "I".to_owned());
            let guard = match item {
                Some(item) => Guard::Version { pk: key.0.clone(), sk: key.1, version: i64::from(item.version) },
                None => Guard::Absent { pk: key.0.clone(), sk: key.1 },
            };
            let row = (format!("P#{}", shown(*child)), format!("I#{}", shown(*applicant)));
            let mend = Mend::Stale { pk: row.0, sk: row.1, guard: Some(guard) };
            let text = format!("{}: a family's data is kept though no one is asked any more", key.0);
            found.push((Invariant::Counter, text, Some(mend)));
        }
    }
    base.settle(found);
}

fn one(base: &Base, id: Id, invitation: &Invitation, (now, grace): (Ms, Ms), found: &mut Vec<Found>) {
    let key = format!("I#{}", shown(id));
    let mut breach = |invariant, text: String| found.push((invariant, format!("{key}: {text}"), None));
    let Some(item) = &invitation.item else {
        breach(Invariant::Kept, "the invitation is gone, but for its history".to_owned());
        return;
    };
    history(&mut breach, invitation, item);
    if item.state == "accepted" && !base.apps.contains_key(&id) {
        breach(Invariant::Kept, "the applicant consented, and there is no application".to_owned());
    }
    if item.state == "sent" && base.invited.get(&(item.applicant, item.child)) != Some(&id) {
        breach(Invariant::Kept, "what is known of the family is gone".to_owned());
    }
    let sent = invitation.events.iter().filter(|(_, body)| what(body).as_deref() == Some("sent"));
    for seq in sent.map(|(seq, _)| *seq).filter(|seq| !invitation.told.contains(seq)) {
        let (pk, sk) = (key.clone(), format!("E#{seq:06}"));
        let text = format!("{pk}/{sk} must have a notice and has none");
        found.push((Invariant::Outbox, text, Some(Mend::Republish { pk, sk })));
    }
    let clock = match (item.state.as_str(), item.lapses) {
        ("sent", Some(at)) => Agenda::Due(Family::Daily, at),
        _ => Agenda::Nowhere,
    };
    found.extend(stands((key, "I".to_owned(), Some(i64::from(item.version))), item.agenda, &[clock], now, grace));
}

fn what(body: &str) -> Option<String> {
    let json: Json = serde_json::from_str(body).ok()?;
    json["fact"]["what"].as_str().map(str::to_owned)
}

fn history(breach: &mut impl FnMut(Invariant, String), invitation: &Invitation, item: &InvitationItem) {
    let last = invitation.events.last_key_value();
    let seq = last.map_or(0, |(seq, _)| *seq);
    if seq != item.version || invitation.events.len() != usize::try_from(seq).unwrap_or(usize::MAX) {
        let text = format!("is at version {}, with {} events up to {seq}", item.version, invitation.events.len());
        breach(Invariant::History, text);
    }
    let Some(state) = last.and_then(|(_, body)| what(body)).filter(|state| STATES.contains(&state.as_str())) else {
        breach(Invariant::Readable, "its last event can't be read".to_owned());
        return;
    };
    if state != item.state {
        breach(Invariant::History, format!("is {}, by its history {state}", item.state));
    }
    let at = last.and_then(|(_, body)| {
        let json: Json = serde_json::from_str(body).ok()?;
        json["at"].as_str().and_then(time::instant)
    });
    if state == "lapsed" && item.lapses.is_none_or(|due| at.is_none_or(|at| at < due)) {
        breach(Invariant::Deadline, "lapsed before its time".to_owned());
    }
}
