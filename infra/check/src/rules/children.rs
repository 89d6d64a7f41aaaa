//! 2, 3, 4: the child's lock (`K1`), the shape of an application, and the family index (`P26`).

use std::collections::HashMap;

use crate::base::Base;
use crate::breach::Invariant;
use crate::fold;
use crate::ids::{Id, Name, shown};
use crate::mend::{Attribute, Mend};
use crate::model::App;

pub(crate) fn check(base: &mut Base) {
    let mut found: Vec<(Invariant, String, Option<Mend>)> = Vec::new();
    let mut live: HashMap<(Id, Name), Vec<Id>> = HashMap::new();
    let kinds = kinds(base);
    for (id, app) in &base.apps {
        for (invariant, text) in fold::shape(base, app) {
            found.push((invariant, format!("A#{} {text}", shown(*id)), None));
        }
        let kind = kinds[&app.stream];
        if app.status.is_live() {
            live.entry((app.child, kind)).or_default().push(*id);
        }
        let lock = base.locks.get(&(app.child, kind));
        let holds = app.status.is_live() || in_force(app);
        if holds && !lock.is_some_and(|lock| lock.live && lock.app == *id) {
            found.push((Invariant::Child, format!("A#{} goes on and doesn't hold its child's lock", shown(*id)), None));
        }
        found.extend(family(base, *id, app));
    }
    for apps in live.into_values().filter(|apps| apps.len() > 1) {
        let mut apps = apps;
        apps.sort_unstable();
        let both = format!("A#{} and A#{} are live for one child and kind of stream", shown(apps[0]), shown(apps[1]));
        found.push((Invariant::Child, both, None));
    }
    for ((child, kind), lock) in base.locks.iter().filter(|(_, lock)| lock.live) {
        let app = base.app(&lock.app);
        let kept = app.is_some_and(|app| app.status.is_live() || in_force(app));
        if app.is_none() {
            let text = format!("a child's lock is held by A#{}, which isn't there", shown(lock.app));
            found.push((Invariant::Kept, text, None));
        } else if !kept {
            let (kind, guard) = (base.names.text(*kind).to_owned(), base.guard(lock.app));
            let mend = Mend::Unlock { child: *child, kind, app: lock.app, guard };
            let text = format!("A#{} has ended and still holds its child's lock", shown(lock.app));
            found.push((Invariant::Child, text, Some(mend)));
        }
    }
    for (applicant, id) in &base.family {
        let app = base.app(id);
        if !app.is_some_and(|app| app.status.is_live() && app.applicant == *applicant) {
            let mend =
                Mend::Stale { pk: format!("F#{}", shown(*applicant)), sk: shown(*id), guard: Some(base.guard(*id)) };
            let text = format!("the family index has a row for A#{}, which has ended or isn't there", shown(*id));
            found.push((Invariant::Counter, text, Some(mend)));
        }
    }
    base.settle(found);
}

fn family(base: &Base, id: Id, app: &App) -> Option<(Invariant, String, Option<Mend>)> {
    if !app.status.is_live() || base.family.contains(&(app.applicant, id)) {
        return None;
    }
    let attributes = vec![("kind", Attribute::Text("family".to_owned()))];
    let mend =
        Mend::Row { pk: format!("F#{}", shown(app.applicant)), sk: shown(id), attributes, guard: Some(base.guard(id)) };
    Some((Invariant::Counter, format!("the family index has no row for A#{}", shown(id)), Some(mend)))
}

/// Whether a permanent contract is in force, which keeps the child's lock (`P12`).
fn in_force(app: &App) -> bool {
    let enrolled = !app.status.is_live();
    enrolled && app.contract.as_ref().is_some_and(|contract| contract.signed && contract.temporary.is_none())
}

/// The kind of each stream: what comes before the colon.
fn kinds(base: &mut Base) -> HashMap<Name, Name> {
    let streams: std::collections::BTreeSet<Name> = base.apps.values().map(|app| app.stream).collect();
    let mut kinds = HashMap::new();
    for stream in streams {
        let kind = base.names.text(stream).split(':').next().unwrap_or_default().to_owned();
        kinds.insert(stream, base.names.of(&kind));
    }
    kinds
}
