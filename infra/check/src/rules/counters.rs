//! 12: every counter and every index equals a recount: a queue's totals, its tree with the changes that wait to be folded, the rows of
//! children with a conclusion, the lists of organisations.

use std::collections::{BTreeMap, BTreeSet};

use crate::base::Base;
use crate::breach::Invariant;
use crate::ids::{Id, shown};
use crate::mend::{Attribute, Mend};
use crate::model::{Queue, QueueKey, Standing};
use crate::tree;

type Found = (Invariant, String, Option<Mend>);
type Waiting = BTreeMap<QueueKey, BTreeSet<Standing>>;

pub(crate) fn check(base: &mut Base, waiting: &Waiting) {
    let mut found: Vec<Found> = Vec::new();
    let none = BTreeSet::new();
    let mut orphans = 0;
    for (key, queue) in &base.queues {
        let waits = waiting.get(key).unwrap_or(&none);
        orphans += count(base, key, queue, waits, &mut found);
    }
    for key in base.pages.keys().filter(|key| !base.queues.contains_key(key)) {
        found.push((Invariant::Counter, format!("{} has pages and no item", base.queue_key(key)), None));
    }
    conclusions(base, waiting, &mut found);
    for (organisation, settlement) in &base.organisations {
        if !base.rows.contains(&(*settlement, *organisation)) {
            let (bin, kato) = (base.names.text(*organisation), base.names.text(*settlement));
            found.push((Invariant::Counter, format!("O#{bin} isn't in the list L#{kato}"), None));
        }
    }
    for (settlement, organisation) in &base.rows {
        if base.organisations.get(organisation) != Some(settlement) {
            let (pk, sk) = (format!("L#{}", base.names.text(*settlement)), base.names.text(*organisation).to_owned());
            let text = format!("{pk}/{sk} lists an organisation that is elsewhere or isn't there");
            found.push((Invariant::Counter, text, Some(Mend::Stale { pk, sk, guard: None })));
        }
    }
    if orphans > 0 {
        base.notes.push(format!("{orphans} pages of folds that lost their race: harmless"));
    }
    base.settle(found);
}

/// Counts one queue; says how many of its pages nothing leads to.
fn count(base: &Base, key: &QueueKey, queue: &Queue, waits: &BTreeSet<Standing>, found: &mut Vec<Found>) -> u64 {
    let name = base.queue_key(key);
    let mut faults: Vec<String> = Vec::new();
    let mut recounted = [0; 3];
    waits.iter().for_each(|(lane, ..)| recounted[usize::from(*lane)] += 1);
    if recounted != queue.totals {
        faults.push(format!("counts {:?} by lane, there wait {recounted:?}", queue.totals));
    }
    if usize::try_from(queue.pending_count) != Ok(queue.pending.len()) {
        faults.push(format!("says {} pending changes, there are {}", queue.pending_count, queue.pending.len()));
    }
    let pages = base.pages.get(key);
    let walked = tree::walk(&queue.tops, pages);
    faults.extend(walked.faults.iter().map(|fault| format!("its tree has {fault}")));
    let mut places = walked.places;
    for (came, place) in &queue.pending {
        let new = if *came { places.insert(*place) } else { places.remove(place) };
        if !new {
            faults.push(format!("a pending change of A#{} that can't be", shown(place.2)));
        }
    }
    if walked.faults.is_empty() && places != *waits {
        let lost = waits.difference(&places).next().map(|place| place.2);
        let left = places.difference(waits).next().map(|place| place.2);
        let who = |id: Option<Id>| id.map_or("no one".to_owned(), |id| format!("A#{}", shown(id)));
        faults.push(format!("its tree lacks {} and has {} too many", who(lost), who(left)));
    }
    if let Some(first) = faults.first() {
        let more = if faults.len() > 1 { format!(", and {} more", faults.len() - 1) } else { String::new() };
        found.push((Invariant::Counter, format!("{name} {first}{more}"), rebuilt(base, key, queue, waits, recounted)));
    }
    pages.map_or(0, |pages| pages.len().saturating_sub(walked.reached.len()) as u64)
}

fn rebuilt(base: &Base, key: &QueueKey, queue: &Queue, waits: &BTreeSet<Standing>, totals: [u64; 3]) -> Option<Mend> {
    let (bin, language, stream) =
        (base.names.text(key.organisation), base.names.text(key.language), base.names.text(key.stream));
    Some(Mend::Queue {
        pk: format!("O#{bin}"),
        sk: base.queue_sk(key),
        pages: format!("R#{bin}#{language}#{}#{stream}", key.year),
        version: queue.version,
        fold: queue.fold,
        totals,
        tree: tree::build(waits, queue.fold)?,
    })
}

/// The rows of waiting children with a conclusion (`P24`).
fn conclusions(base: &Base, waiting: &Waiting, found: &mut Vec<Found>) {
    let mut wanted = BTreeSet::new();
    for (queue, places) in waiting {
        for (lane, ordered, id) in places {
            if base.app(id).is_some_and(|app| app.pmpc) {
                wanted.insert((queue.organisation, *id));
                let row = base.pmpc.get(&(queue.organisation, *id));
                let right = row.is_some_and(|row| (row.queue, row.lane, row.ordered) == (*queue, *lane, *ordered));
                if !right {
                    let text = format!(
                        "{} has no row, or a wrong one, for A#{}, who has a conclusion",
                        base.queue_key(queue),
                        shown(*id)
                    );
                    found.push((Invariant::Counter, text, Some(conclusion(base, queue, (*lane, *ordered, *id)))));
                }
            }
        }
    }
    for ((organisation, id), row) in &base.pmpc {
        let pk = format!("O#{}", base.names.text(*organisation));
        let stale = (!wanted.contains(&(*organisation, *id))).then_some(&row.sk);
        for sk in stale.into_iter().chain(&row.more) {
            let text = format!("{pk}/{sk} is a row of a child that doesn't wait there");
            let mend = Mend::Stale { pk: pk.clone(), sk: sk.clone(), guard: Some(base.guard(*id)) };
            found.push((Invariant::Counter, text, Some(mend)));
        }
    }
}

fn conclusion(base: &Base, queue: &QueueKey, (lane, ordered, id): Standing) -> Mend {
    let (language, stream) = (base.names.text(queue.language), base.names.text(queue.stream));
    Mend::Row {
        pk: format!("O#{}", base.names.text(queue.organisation)),
        sk: format!("C#{language}#{stream}#{lane}#{ordered:015}#{}", shown(id)),
        attributes: vec![
            ("kind", Attribute::Text("pmpc".to_owned())),
            ("yr", Attribute::Number(i64::from(queue.year))),
        ],
        guard: Some(base.guard(id)),
    }
}
