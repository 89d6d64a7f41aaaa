//! 9, 12: what officers owe stands in their list once, where it is due, and nothing else does.

use crate::base::Base;
use crate::breach::Invariant;
use crate::ids::{Id, shown};
use crate::mend::{Attribute, Mend};
use crate::model::{Agenda, App, Duty, Family, LANES};
use crate::rules::due::stands;
use crate::time::Ms;

type Found = (Invariant, String, Option<Mend>);

pub(crate) fn check(base: &mut Base, now: Ms, grace: Ms) {
    let mut found: Vec<Found> = Vec::new();
    for (id, app) in &base.apps {
        for duty in &app.duties {
            found.extend(listed(base, *id, app, duty, now, grace));
        }
    }
    for ((id, kind), tasks) in &base.tasks {
        let app = base.app(id);
        for (duty, region, _) in tasks {
            let owed = app.is_some_and(|app| {
                let there = region_of(base.names.text(app.settlement)) == base.names.text(*region);
                there && app.duties.iter().any(|known| known.kind == *kind && known.due == duty.due)
            });
            if !owed {
                let (pk, sk) = (format!("T#{}", base.names.text(*region)), sort_key(base, *id, duty));
                let text = format!("{pk}/{sk}: no one owes it");
                found.push((Invariant::Counter, text, Some(Mend::Stale { pk, sk, guard: Some(base.guard(*id)) })));
            }
        }
    }
    base.settle(found);
}

fn sort_key(base: &Base, id: Id, duty: &Duty) -> String {
    format!("{:015}#{}#{}", duty.due, base.names.text(duty.kind), shown(id))
}

/// The region of a settlement: the first two digits of its code.
pub(crate) fn region_of(settlement: &str) -> &str {
    settlement.get(..2).unwrap_or(settlement)
}

fn listed(base: &Base, id: Id, app: &App, duty: &Duty, now: Ms, grace: Ms) -> Option<Found> {
    let region = region_of(base.names.text(app.settlement));
    let key = (format!("T#{region}"), sort_key(base, id, duty));
    let tasks = base.tasks.get(&(id, duty.kind)).map_or(&[][..], Vec::as_slice);
    let found = tasks.iter().find(|(task, at, _)| task.due == duty.due && base.names.text(*at) == region);
    let Some((task, _, agenda)) = found else {
        let text = format!("{}/{}: an officer's task is missing", key.0, key.1);
        return Some((Invariant::Counter, text, Some(row(base, id, app, duty, key))));
    };
    if task.late != duty.late {
        let text = format!("{}/{} and its application don't agree whether it is overdue", key.0, key.1);
        return Some((Invariant::Counter, text, None));
    }
    let wanted = if duty.late { Agenda::Nowhere } else { Agenda::Due(Family::Work, duty.due) };
    stands((key.0, key.1, None), *agenda, &[wanted], now, grace)
}

/// The task as an application tells it.
fn row(base: &Base, id: Id, app: &App, duty: &Duty, key: (String, String)) -> Mend {
    let text = |text: &str| Attribute::Text(text.to_owned());
    let claimed = app.claim.filter(|_| base.names.text(duty.kind) == "benefit-claim");
    let lane = claimed.map_or(app.lane, |(_, lane)| lane);
    let mut attributes = vec![
        ("kind", text("task")),
        ("duty", text(base.names.text(duty.kind))),
        ("app", Attribute::Text(shown(id))),
        ("kato", text(base.names.text(app.settlement))),
        ("due", Attribute::Number(duty.due)),
        ("since", Attribute::Number(duty.since)),
        ("lane", text(LANES[usize::from(lane.min(2))])),
        ("late", Attribute::Flag(duty.late)),
    ];
    if !duty.late {
        attributes.push(("gpk", Attribute::Text(format!("DUE#{}#0", Family::Work.name()))));
        attributes.push(("gsk", Attribute::Text(format!("{:015}#{}#{}", duty.due, key.0, key.1))));
    }
    Mend::Row { pk: key.0, sk: key.1, attributes, guard: Some(base.guard(id)) }
}
