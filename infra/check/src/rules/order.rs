//! 5, 6, 13: every queue is replayed from the history with a merge of its own, change by change: who was taken must have stood first
//! (`P10.b` to `P10.d`, `P24.m`, `P24`, `P26`), and the phase must be the one that follows. In the end the replay must be what is
//! there, and no vacancy may be open for one who waits.
//!
//! What a queue saw is told by its own sequence, and what a mixed-age group took by its own. Between the queues of one organisation,
//! which such a group serves together, else only instants tell what came first; where they leave it open (`window`), any order will do
//! under which every offer was right.

mod judge;
mod rights;
mod sequence;
mod state;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use crate::base::Base;
use crate::breach::{Breach, Invariant};
use crate::ids::{Id, Name, shown};
use crate::mend::Mend;
use crate::model::{Change, Held, QueueKey, Right, Standing};
use crate::time::{self, Ms};
use judge::Fault;
use sequence::Order;
use state::{State, Undo};

/// How many steps the search for an order may take before it is given up, and how many changes it may be over.
const SEARCH: usize = 20_000;
const CLUSTER: usize = 500;

/// What a replay knows beside its own queues.
pub(crate) struct Known<'a> {
    pub base: &'a Base,
    /// Who was taken by a right of its own: organisation, instant, applicant, stream.
    pub taken: HashSet<(Name, Ms, Id, Name)>,
    pub window: Ms,
}

/// The queues of one organisation, language and stream.
type Neighbourhood = (Name, Name, Name);

pub(crate) fn check(base: &mut Base, now: Ms, window: Ms) -> BTreeMap<QueueKey, BTreeSet<Standing>> {
    let changes = std::mem::take(&mut base.changes);
    let (mut breaches, mut notes) = (Vec::new(), 0);
    let waiting = waiting(base);
    {
        let mut known = Known { base, taken: HashSet::new(), window };
        for change in changes.iter().filter(|change| !change.right().is_none_or(|right| right == Right::Sibling)) {
            known.taken.extend(
                base.app(&change.app).map(|app| (change.queue.organisation, change.at, app.applicant, app.stream)),
            );
        }
        let mut seats: HashMap<Neighbourhood, Vec<Id>> = HashMap::new();
        for ((organisation, id), seat) in base.seats.iter().filter(|(_, seat)| seat.held == Held::Open) {
            seats.entry((*organisation, seat.language, seat.stream)).or_default().push(*id);
        }
        let of = |key: &QueueKey| (key.organisation, key.language, key.stream);
        let mut begun: BTreeSet<Neighbourhood> = BTreeSet::new();
        for part in changes.chunk_by(|one, next| of(&one.queue) == of(&next.queue)) {
            let mut replay = Replay::new(&known, part);
            replay.run();
            replay.compare(&waiting, seats.get(&of(&part[0].queue)).map_or(&[], Vec::as_slice), now);
            breaches.append(&mut replay.breaches);
            notes += replay.undecided;
            begun.insert(of(&part[0].queue));
        }
        for key in base.queues.keys().chain(waiting.keys()).filter(|key| !begun.contains(&of(key))) {
            let text = format!("{} has no history", base.queue_key(key));
            breaches.push(Breach { invariant: Invariant::History, text, mend: None });
        }
    }
    base.breaches.append(&mut breaches);
    if notes > 0 {
        base.notes.push(format!("{notes} clusters of offers have too many possible orders to be judged"));
    }
    base.changes = changes;
    waiting
}

/// Who waits where, by the applications.
fn waiting(base: &Base) -> BTreeMap<QueueKey, BTreeSet<Standing>> {
    let mut waiting: BTreeMap<QueueKey, BTreeSet<Standing>> = BTreeMap::new();
    for (id, app) in &base.apps {
        for entry in app.entries.iter().filter(|entry| entry.place == crate::model::Place::Waiting) {
            waiting.entry(app.queue(entry.organisation)).or_default().insert((app.lane, entry.ordered, *id));
        }
    }
    waiting
}

/// What came of the search for another order.
enum Search<'a> {
    /// There is one, and this is wrong even then.
    Found(Vec<(&'a Change, Fault)>),
    /// There is none.
    None,
    /// There are too many to try.
    GivenUp,
}

/// The replay of one neighbourhood.
struct Replay<'a> {
    known: &'a Known<'a>,
    order: Order<'a>,
    state: State,
    breaches: Vec<Breach>,
    undecided: u64,
}

impl<'a> Replay<'a> {
    fn new(known: &'a Known<'a>, changes: &'a [Change]) -> Self {
        let (order, breaches) = sequence::order(known, changes);
        Self { known, order, state: State::default(), breaches, undecided: 0 }
    }

    fn run(&mut self) {
        let order = std::mem::take(&mut self.order);
        let near = |one: &(Ms, &Change), next: &(Ms, &Change)| next.0 - one.0 <= self.known.window;
        for cluster in order.chunk_by(near) {
            let cluster: Vec<&Change> = cluster.iter().map(|(_, change)| *change).collect();
            let (undo, mut faults) = self.in_order(&cluster);
            if faults.iter().any(|(_, fault)| fault.elsewhere) {
                match self.search(&cluster, undo) {
                    Search::Found(others) => faults = others,
                    Search::None => {}
                    // What is wrong in a queue by itself is wrong in any order.
                    Search::GivenUp => {
                        self.undecided += 1;
                        faults.retain(|(_, fault)| !fault.elsewhere);
                    }
                }
            }
            self.report(faults);
        }
    }

    /// Applies changes in the given order.
    fn in_order(&mut self, changes: &[&'a Change]) -> (Vec<Undo>, Vec<(&'a Change, Fault)>) {
        let (mut undo, mut faults) = (Vec::new(), Vec::new());
        for change in changes {
            let judged = judge::judge(self.known, &self.state, change);
            faults.extend(judged.faults.into_iter().map(|fault| (*change, fault)));
            undo.push(self.state.apply(change, judged.mixed));
        }
        (undo, faults)
    }

    /// Looks for another order of a cluster under which nothing is wrong between queues; leaves the state as after it. If none is
    /// found, the state is as it was after the first order.
    fn search(&mut self, cluster: &[&'a Change], undo: Vec<Undo>) -> Search<'a> {
        let mut lines: BTreeMap<QueueKey, Vec<&'a Change>> = BTreeMap::new();
        cluster.iter().for_each(|change| lines.entry(change.queue).or_default().push(change));
        if lines.len() == 1 {
            return Search::None;
        }
        if cluster.len() > CLUSTER {
            return Search::GivenUp;
        }
        undo.into_iter().rev().for_each(|undo| self.state.undo(undo));
        let lines: Vec<Vec<&Change>> = lines.into_values().collect();
        let (mut seen, mut faults) = (HashSet::new(), Vec::new());
        if self.deeper(&lines, &mut vec![0; lines.len()], &mut seen, &mut faults) {
            return Search::Found(faults);
        }
        let _ = self.in_order(cluster);
        if seen.len() >= SEARCH { Search::GivenUp } else { Search::None }
    }

    fn deeper(
        &mut self,
        lines: &[Vec<&'a Change>],
        at: &mut Vec<usize>,
        seen: &mut HashSet<(Vec<usize>, Vec<u8>)>,
        faults: &mut Vec<(&'a Change, Fault)>,
    ) -> bool {
        if lines.iter().zip(at.iter()).all(|(line, at)| line.len() == *at) {
            return true;
        }
        if seen.len() >= SEARCH || !seen.insert((at.clone(), self.state.mixed_phases())) {
            return false;
        }
        for line in 0..lines.len() {
            let Some(change) = lines[line].get(at[line]).copied() else { continue };
            let judged = judge::judge(self.known, &self.state, change);
            if judged.faults.iter().any(|fault| fault.elsewhere) {
                continue;
            }
            let before = faults.len();
            faults.extend(judged.faults.into_iter().map(|fault| (change, fault)));
            let undo = self.state.apply(change, judged.mixed);
            at[line] += 1;
            if self.deeper(lines, at, seen, faults) {
                return true;
            }
            at[line] -= 1;
            self.state.undo(undo);
            faults.truncate(before);
        }
        false
    }

    fn report(&mut self, faults: Vec<(&'a Change, Fault)>) {
        for (change, fault) in faults {
            let key = self.known.base.queue_key(&change.queue);
            let (app, at) = (shown(change.app), time::shown(change.at));
            let text = format!("{key} change {} by A#{app} at {at}: {}", change.seq, fault.text);
            self.breaches.push(Breach { invariant: fault.invariant, text, mend: None });
        }
    }

    /// The replay must come to what is there.
    fn compare(&mut self, waiting: &BTreeMap<QueueKey, BTreeSet<Standing>>, open: &[Id], now: Ms) {
        let base = self.known.base;
        let mut found: Vec<(Invariant, String, Option<Mend>)> = Vec::new();
        for (key, line) in &self.state.lines {
            let name = base.queue_key(key);
            let there = line.standing();
            if waiting.get(key).map_or(!there.is_empty(), |waiting| *waiting != there) {
                let text = format!("{name}: its history leaves others waiting than its applications say");
                found.push((Invariant::History, text, None));
            }
            match base.queues.get(key) {
                None => found.push((Invariant::History, format!("{name} has a history and no item"), None)),
                Some(queue) if line.changes != queue.version => {
                    let text = format!("{name} is at version {}, its history at {}", queue.version, line.changes);
                    found.push((Invariant::History, text, None));
                }
                Some(queue) if Some(queue.phase) != line.phase => {
                    let text = format!("{name} has the phase {}, by its history {:?}", queue.phase, line.phase);
                    found.push((Invariant::Phase, text, None));
                }
                Some(_) => {}
            }
        }
        let Some(QueueKey { organisation, language, stream, .. }) = self.state.lines.keys().next().copied() else {
            return;
        };
        let bin = base.names.text(organisation).to_owned();
        for (years, (changes, phase, _)) in &self.state.mixed {
            let phase = &(*changes, *phase);
            let kept = base.mixed.get(&(organisation, language, stream, years.clone()));
            if kept != Some(phase) {
                let text = format!(
                    "O#{bin}: the group of {years:?} is kept as {kept:?} (changes, phase), by the history {phase:?}"
                );
                found.push((Invariant::Phase, text, None));
            }
        }
        for id in open {
            if judge::is_waited_for(self.known, &self.state, (organisation, *id), now) {
                let text = format!("{} is open while a child waits for it", base.seat_key(organisation, *id));
                found.push((Invariant::Served, text, Some(Mend::Wake { bin: bin.clone() })));
            }
        }
        let breaches = found.into_iter().map(|(invariant, text, mend)| Breach { invariant, text, mend });
        self.breaches.extend(breaches);
    }
}
