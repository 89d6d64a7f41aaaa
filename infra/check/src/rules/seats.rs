//! 1, 2: a seat and its holder know each other, and no seat has two.

use std::collections::HashMap;

use crate::base::Base;
use crate::breach::Invariant;
use crate::ids::{Id, Name, shown};
use crate::model::{App, Held, Place, Seat};

/// What an application says that it holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Hold {
    Offer(Id, i64),
    Referral,
    Contract,
}

pub(crate) fn check(base: &mut Base) {
    let mut found: Vec<(Invariant, String)> = Vec::new();
    let mut holders: HashMap<(Name, Id), Vec<(Id, Hold)>> = HashMap::new();
    for (id, app) in &base.apps {
        for (organisation, seat, hold) in holds(app) {
            holders.entry((organisation, seat)).or_default().push((*id, hold));
        }
    }
    for (key, holders) in &holders {
        let name = base.seat_key(key.0, key.1);
        let mut who: Vec<Id> = holders.iter().map(|(id, _)| *id).collect();
        who.sort_unstable();
        who.dedup();
        if let [first, second, ..] = who[..] {
            let both = format!("{name} is held by A#{} and by A#{}", shown(first), shown(second));
            found.push((Invariant::Seat, both));
        }
        let Some(seat) = base.seats.get(key) else {
            found.push((Invariant::Seat, format!("A#{} holds {name}, which isn't there", shown(who[0]))));
            continue;
        };
        for (id, hold) in holders {
            if let Some(text) = disagrees(seat, *id, hold, base.app(id)) {
                found.push((Invariant::Seat, format!("{name} and A#{}: {text}", shown(*id))));
            }
        }
    }
    for (key, seat) in &base.seats {
        if let Some((holder, what)) = claims(base, key, seat, holders.get(key)) {
            found.push((Invariant::Seat, format!("{} is {what} A#{}", base.seat_key(key.0, key.1), shown(holder))));
        }
    }
    found.extend(twice_offered(base));
    found.sort();
    for (invariant, text) in found {
        base.breach(invariant, text);
    }
}

fn holds(app: &App) -> Vec<(Name, Id, Hold)> {
    let mut holds = Vec::new();
    for entry in &app.entries {
        if let Place::Offered { offer, seat, by } = entry.place {
            holds.push((entry.organisation, seat, Hold::Offer(offer, by)));
        }
    }
    holds.extend(app.live_referral().map(|referral| (referral.organisation, referral.seat, Hold::Referral)));
    let contract = app.contract.as_deref().filter(|contract| contract.was_signed);
    holds.extend(contract.map(|contract| (contract.organisation, contract.seat, Hold::Contract)));
    holds
}

/// Where a seat says something else than one that holds it.
fn disagrees(seat: &Seat, id: Id, hold: &Hold, app: Option<&App>) -> Option<&'static str> {
    let app = app?;
    match (hold, &seat.held) {
        (Hold::Offer(offer, by), Held::Offered { offer: made, app, by: term, .. }) => {
            if (*offer, id) != (*made, *app) {
                Some("the seat is offered by another offer")
            } else {
                (by != term).then_some("the term to answer isn't the same")
            }
        }
        (Hold::Referral, Held::Referred { app: holder, referral, due }) => {
            let issued = app.live_referral()?;
            if (*holder, *referral) != (id, issued.id) {
                Some("the seat is referred by another referral")
            } else {
                (*due != issued.runs_out).then_some("the seat's clock isn't the referral's")
            }
        }
        (Hold::Contract, Held::Filled { app: holder, referral }) => {
            let by = app.contract.as_ref().map(|contract| contract.referral);
            ((*holder, Some(*referral)) != (id, by)).then_some("the seat is taken by another contract")
        }
        (Hold::Offer(..), _) => Some("the application holds an offer of it, the seat isn't offered"),
        (Hold::Referral, _) => Some("the application holds a referral to it, the seat isn't referred"),
        (Hold::Contract, _) => Some("the application signed a contract for it, the seat isn't taken"),
    }
}

/// A holder that the seat names and that doesn't hold it.
fn claims(base: &Base, key: &(Name, Id), seat: &Seat, holders: Option<&Vec<(Id, Hold)>>) -> Option<(Id, &'static str)> {
    let is = |id: Id, wanted: fn(&Hold) -> bool| {
        holders.is_some_and(|holders| holders.iter().any(|(holder, hold)| *holder == id && wanted(hold)))
    };
    match &seat.held {
        Held::Open | Held::Withdrawn => None,
        Held::Offered { app, .. } => {
            (!is(*app, |hold| matches!(hold, Hold::Offer(..)))).then_some((*app, "offered to, but not by the word of,"))
        }
        Held::Referred { app, .. } => {
            (!is(*app, |hold| *hold == Hold::Referral)).then_some((*app, "referred to, but not by the word of,"))
        }
        // A temporary place of the past may have been followed by another contract: the history has it.
        Held::Filled { app, referral } => {
            let signed = base.app(app).is_some_and(|app| app.past.signed.contains(&(*referral, key.0, key.1)));
            (!signed).then_some((*app, "taken by a contract that isn't in the history of"))
        }
    }
}

/// 2: an entry with two live offers shows as two seats that are offered to it.
fn twice_offered(base: &Base) -> Vec<(Invariant, String)> {
    let mut offered: HashMap<(Name, Id), Vec<Id>> = HashMap::new();
    for ((organisation, seat), kept) in &base.seats {
        if let Held::Offered { app, .. } | Held::Referred { app, .. } = &kept.held {
            offered.entry((*organisation, *app)).or_default().push(*seat);
        }
    }
    let twice = offered.into_iter().filter(|(_, seats)| seats.len() > 1);
    twice
        .map(|((organisation, app), mut seats)| {
            seats.sort_unstable();
            let seats = [base.seat_key(organisation, seats[0]), base.seat_key(organisation, seats[1])];
            (Invariant::Child, format!("A#{} is offered or referred to {} and {}", shown(app), seats[0], seats[1]))
        })
        .collect()
}
