//! 8: the seats of a bulletin are those that it announced, line by line, and each is in one state; and what was withdrawn is in a
//! history.

use std::collections::{BTreeMap, HashSet};

use crate::base::Base;
use crate::breach::Invariant;
use crate::ids::Name;
use crate::mend::{Attribute, Mend, To};
use crate::model::{Agenda, Family, Held};
use crate::time::{self, Ms};

pub(crate) fn check(base: &mut Base, now: Ms, grace: Ms) {
    let mut found: Vec<(Invariant, String, Option<Mend>)> = Vec::new();
    let mut seats: BTreeMap<(Name, Name, i64), i64> = BTreeMap::new();
    let by_apps: HashSet<u128> = base.apps.values().flat_map(|app| app.past.withdrawn.iter().copied()).collect();
    for ((organisation, id), seat) in &base.seats {
        *seats.entry((*organisation, seat.bulletin, seat.line)).or_default() += 1;
        let known = base.withdrawn.contains(&(*organisation, *id)) || by_apps.contains(id);
        if seat.held == Held::Withdrawn && !known {
            let text = format!("{} is withdrawn, and no history says so", base.seat_key(*organisation, *id));
            found.push((Invariant::History, text, None));
        }
    }
    for ((organisation, name), bulletin) in &base.bulletins {
        let key = format!("O#{}/B#{}", base.names.text(*organisation), base.names.text(*name));
        for (line, announced) in bulletin.lines.iter().filter(|(_, announced)| *announced > 0) {
            let there = seats.remove(&(*organisation, *name, *line)).unwrap_or(0);
            if there != *announced && (bulletin.done || there > *announced) {
                let text = format!("{key} announced {announced} vacancies in line {line}, there are {there}");
                found.push((Invariant::Announced, text, None));
            }
        }
        if !bulletin.done && bulletin.taken + Family::Minute.patience() + grace < now {
            let text = format!("{key} was taken at {} and isn't finished", time::shown(bulletin.taken));
            found.push((Invariant::Announced, text, None));
        }
        if bulletin.done && !base.bulletin_events.contains(&(*organisation, *name)) {
            found.push((Invariant::History, format!("{key} is taken, and no event says so"), None));
        }
        if bulletin.done && !base.publishers.contains(organisation) {
            let bin = base.names.text(*organisation).to_owned();
            let mend = Mend::Row { pk: "B".to_owned(), sk: bin, attributes: Vec::new(), guard: None };
            found.push((
                Invariant::Counter,
                format!("{key} is taken, its organisation isn't looked at hourly"),
                Some(mend),
            ));
        }
    }
    for ((organisation, bulletin, line), count) in seats {
        let (bin, name) = (base.names.text(organisation), base.names.text(bulletin));
        let text = format!("O#{bin} has {count} seats of line {line} of B#{name}, which announced none");
        found.push((Invariant::Announced, text, None));
    }
    found.extend(ends(base, now, grace));
    base.settle(found);
}

/// 9: the end of a temporary place stands in the agenda until it was looked at.
fn ends(base: &Base, now: Ms, grace: Ms) -> Vec<(Invariant, String, Option<Mend>)> {
    let mut found = Vec::new();
    for ((organisation, id), seat) in &base.seats {
        let Some(last) = seat.temporary else { continue };
        let end = time::end(last);
        let key = (format!("O#{}", base.names.text(*organisation)), format!("Z#{id:032x}"));
        let there = base.seat_ends.get(&(*organisation, *id));
        let shown = format!("{}/{}", key.0, key.1);
        match there {
            None if end > now => {
                let text = format!("{shown}: the end of a temporary place is lost");
                found.push((Invariant::Deadline, text, Some(end_row(key, end))));
            }
            Some(agenda) if *agenda != Agenda::Due(Family::Minute, end) => {
                let mend = Mend::Agenda { pk: key.0, sk: key.1, to: To::Due(Family::Minute, end), version: None };
                let text = format!("{shown} stands at {agenda:?} in the agenda");
                found.push((Invariant::Deadline, text, Some(mend)));
            }
            Some(_) if end + Family::Minute.patience() + grace < now => {
                found.push((Invariant::Deadline, format!("{shown} is overdue since {}", time::shown(end)), None));
            }
            _ => {}
        }
    }
    for (organisation, id) in base.seat_ends.keys().filter(|key| !base.seats.contains_key(key)) {
        let key = (format!("O#{}", base.names.text(*organisation)), format!("Z#{id:032x}"));
        let text = format!("{}/{} is the end of a seat that isn't there", key.0, key.1);
        found.push((Invariant::Deadline, text, Some(Mend::Stale { pk: key.0, sk: key.1, guard: None })));
    }
    found
}

fn end_row((pk, sk): (String, String), end: Ms) -> Mend {
    let attributes = vec![
        ("kind", Attribute::Text("seat-end".to_owned())),
        ("gpk", Attribute::Text(format!("DUE#{}#0", Family::Minute.name()))),
        ("gsk", Attribute::Text(format!("{end:015}#{pk}#{sk}"))),
    ];
    Mend::Row { pk, sk, attributes, guard: None }
}
