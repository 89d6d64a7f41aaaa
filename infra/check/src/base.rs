//! The base as it is read: every item comes by once, in any order, and leaves little behind. An application's history is replayed as
//! soon as it is complete, so that no more than the histories under way are held in full.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use crate::breach::{Breach, Invariant, Report};
use crate::fold;
use crate::ids::{Id, Name, Names, id, shown, shown_key};
use crate::item::{Item, Unreadable};
use crate::mend::{Guard, Mend};
use crate::model::{Agenda, App, Bulletin, Change, Duty, Queue, QueueKey, Seat};
use crate::policy::Policies;
use crate::read;
use crate::time::Ms;

/// An application whose history isn't complete yet.
#[derive(Debug, Default)]
pub(crate) struct Pending {
    pub app: Option<App>,
    pub events: BTreeMap<u32, String>,
    pub told: Vec<u32>,
}

/// The lock of a child for a kind of stream (`K1`).
#[derive(Debug, Clone, Copy)]
pub(crate) struct Lock {
    pub app: Id,
    pub live: bool,
}

/// A complaint, with what its events say.
#[derive(Debug, Default)]
pub(crate) struct Complaint {
    pub item: Option<ComplaintItem>,
    pub written: bool,
    pub events: BTreeMap<u32, String>,
    pub told: BTreeSet<u32>,
}

/// A complaint's item.
#[derive(Debug)]
pub(crate) struct ComplaintItem {
    pub version: u32,
    pub state: String,
    pub settlement: Name,
    pub registered: Ms,
    pub due: Ms,
    pub late: bool,
    pub agenda: Agenda,
}

/// An invitation, with what its events say.
#[derive(Debug, Default)]
pub(crate) struct Invitation {
    pub item: Option<InvitationItem>,
    pub events: BTreeMap<u32, String>,
    pub told: BTreeSet<u32>,
}

/// An invitation's item.
#[derive(Debug)]
pub(crate) struct InvitationItem {
    pub version: u32,
    pub state: String,
    pub applicant: Id,
    pub child: Id,
    pub lapses: Option<Ms>,
    pub agenda: Agenda,
}

/// An officers' task: whose, with where it stands in the agenda.
pub(crate) type Task = (Duty, Name, Agenda);

/// A mixed-age group: organisation, language, stream, birth years.
pub(crate) type MixedName = (Name, Name, Name, Vec<i32>);

/// Everything that was read, as far as it is kept.
#[derive(Debug, Default)]
pub(crate) struct Base {
    pub names: Names,
    pub policies: Policies,
    pub published: Vec<(String, Ms)>,
    pub patched: i64,
    pub notes: Vec<String>,
    pub recount: Option<Ms>,
    pub pending: HashMap<Id, Pending>,
    pub apps: HashMap<Id, Box<App>>,
    pub changes: Vec<Change>,
    pub offers: u64,
    pub early: Vec<crate::life::Early>,
    pub seats: HashMap<(Name, Id), Seat>,
    pub seat_ends: HashMap<(Name, Id), Agenda>,
    pub withdrawn: HashSet<(Name, Id)>,
    pub bulletins: HashMap<(Name, Name), Bulletin>,
    pub bulletin_events: HashSet<(Name, Name)>,
    pub publishers: HashSet<Name>,
    pub queues: HashMap<QueueKey, Queue>,
    pub pages: HashMap<QueueKey, BTreeMap<Vec<u8>, Vec<u8>>>,
    pub mixed: BTreeMap<MixedName, (u64, u8)>,
    pub pmpc: HashMap<(Name, Id), PmpcRow>,
    pub organisations: HashMap<Name, Name>,
    pub rows: HashSet<(Name, Name)>,
    pub locks: HashMap<(Id, Name), Lock>,
    pub family: HashSet<(Id, Id)>,
    pub tasks: HashMap<(Id, Name), Vec<Task>>,
    pub complaint_tasks: HashMap<Id, Vec<(Ms, bool, Name)>>,
    pub complaints: HashMap<Id, Complaint>,
    pub invitations: HashMap<Id, Invitation>,
    /// By applicant and child: the invitation for which a family's data is kept.
    pub invited: HashMap<(Id, Id), Id>,
    pub unknown: BTreeMap<String, u64>,
    pub unknown_facts: BTreeMap<String, u64>,
    pub breaches: Vec<Breach>,
    pub items: u64,
}

/// A row of a waiting child with a conclusion: the queue's language, stream and year, its lane and order key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PmpcRow {
    pub queue: QueueKey,
    pub lane: u8,
    pub ordered: Ms,
    pub sk: String,
    pub more: Vec<String>,
}

impl Base {
    /// Notes a breach.
    pub fn breach(&mut self, invariant: Invariant, text: String) {
        self.breaches.push(Breach { invariant, text, mend: None });
    }

    /// Takes an item. One that can't be read is a breach by itself, and is left out of everything else.
    pub fn take(&mut self, item: &Item) {
        self.items += 1;
        let (pk, sk) = (item.text("pk").unwrap_or_default(), item.text("sk").unwrap_or_default());
        if let Err(unreadable) = self.place(pk, sk, item) {
            let text = format!("{} has {unreadable}", shown_key(pk, sk));
            self.breach(Invariant::Readable, text);
        }
    }

    fn place(&mut self, pk: &str, sk: &str, item: &Item) -> Result<(), Unreadable> {
        let (kind, rest) = pk.split_once('#').unwrap_or((pk, ""));
        match kind {
            "A" => self.of_application(id(rest).ok_or(Unreadable("application id"))?, sk, item),
            "O" => read::organisation::take(self, rest, sk, item),
            "R" => read::queue::page(self, rest, sk, item),
            "P" => read::person::lock(self, rest, sk, item),
            "F" => read::person::family(self, rest, sk),
            "T" => read::work::task(self, rest, sk, item),
            "K" => read::work::complaint(self, rest, sk, item),
            "I" => read::work::invitation(self, rest, sk, item),
            "L" => read::organisation::row(self, rest, sk),
            "X" => read::system::event(self, sk, item),
            "C" => read::system::configuration(self, sk, item),
            // Of a day: it says nothing of what was made.
            "D" => Ok(()),
            "B" => {
                let organisation = self.names.of(sk);
                self.publishers.insert(organisation);
                Ok(())
            }
            other => {
                *self.unknown.entry(format!("{other}#…")).or_default() += 1;
                Ok(())
            }
        }
    }

    fn of_application(&mut self, id: Id, sk: &str, item: &Item) -> Result<(), Unreadable> {
        let number = |text: &str| text.parse::<u32>().ok();
        if sk == "A" {
            let app = read::application::read(&mut self.names, item)?;
            self.pending.entry(id).or_default().app = Some(app);
        } else if let Some(seq) = sk.strip_prefix("E#") {
            let seq = number(seq).ok_or(Unreadable("sequence"))?;
            let body = item.text("body").ok_or(Unreadable("body"))?;
            self.pending.entry(id).or_default().events.insert(seq, body.to_owned());
        } else if let Some(place) = sk.strip_prefix("N#") {
            let seq = place.split('#').next().and_then(number).ok_or(Unreadable("sequence"))?;
            self.tell(id, seq);
            return Ok(());
        } else {
            *self.unknown.entry(format!("A#…/{}", sk.split('#').next().unwrap_or_default())).or_default() += 1;
            return Ok(());
        }
        self.fold_if_complete(id);
        Ok(())
    }

    /// A notice came by.
    fn tell(&mut self, id: Id, seq: u32) {
        match self.apps.get_mut(&id) {
            Some(app) if seq <= app.version => app.past.untold.retain(|(untold, _)| *untold != seq),
            Some(_) => {
                let text = format!("A#{} has a notice of event {seq}, which it hasn't", shown(id));
                self.breach(Invariant::Outbox, text);
            }
            None => self.pending.entry(id).or_default().told.push(seq),
        }
    }

    fn fold_if_complete(&mut self, id: Id) {
        let complete = self.pending.get(&id).is_some_and(|pending| {
            let version = pending.app.as_ref().map(|app| app.version);
            let last = pending.events.last_key_value().map(|(seq, _)| *seq);
            version.is_some() && version == last && version == u32::try_from(pending.events.len()).ok()
        });
        if complete && let Some(pending) = self.pending.remove(&id) {
            fold::application(self, id, pending);
        }
    }

    /// All items have come by: what is still incomplete stays so.
    pub fn finish(&mut self) {
        let left: BTreeMap<Id, Pending> = std::mem::take(&mut self.pending).into_iter().collect();
        for (id, pending) in left {
            fold::application(self, id, pending);
        }
        for (name, at) in std::mem::take(&mut self.published) {
            self.policies.published(&name, at);
        }
        self.changes.sort_by_key(|change| (change.queue, change.seq));
    }

    /// Takes what a rule found.
    pub fn settle(&mut self, found: Vec<(Invariant, String, Option<Mend>)>) {
        self.breaches.extend(found.into_iter().map(|(invariant, text, mend)| Breach { invariant, text, mend }));
    }

    /// An application.
    pub fn app(&self, id: &Id) -> Option<&App> {
        self.apps.get(id).map(Box::as_ref)
    }

    /// What a mend that was derived from an application rests on: that it is as it was, or isn't there.
    pub fn guard(&self, id: Id) -> Guard {
        let (pk, sk) = (format!("A#{}", shown(id)), "A".to_owned());
        match self.app(&id) {
            Some(app) => Guard::Version { pk, sk, version: i64::from(app.version) },
            None => Guard::Absent { pk, sk },
        }
    }

    /// The version of the calendar since its last patch; 0 if it was never patched.
    pub const fn calendar(&self) -> i64 {
        self.patched
    }

    /// What was looked at and what was found, in an order that doesn't depend on how the items came.
    pub fn report(mut self) -> Report {
        for (kind, count) in &self.unknown {
            self.notes.push(format!("{count} items of a kind that the checker doesn't know: {kind}"));
        }
        for (what, count) in &self.unknown_facts {
            self.notes.push(format!("{count} facts that the checker doesn't know: {what}"));
        }
        self.breaches.sort_by(|one, other| (one.invariant, &one.text).cmp(&(other.invariant, &other.text)));
        self.breaches.dedup_by(|one, other| one.text == other.text && one.invariant == other.invariant);
        let counts = [
            ("items", self.items),
            ("applications", self.apps.len() as u64),
            ("seats", self.seats.len() as u64),
            ("queues", self.queues.len() as u64),
            ("changes of queues replayed", self.changes.len() as u64),
            ("offers judged", self.offers),
            ("complaints", self.complaints.len() as u64),
            ("invitations", self.invitations.len() as u64),
        ];
        Report { breaches: self.breaches, counts: counts.into_iter().collect(), notes: self.notes }
    }

    /// The key of a seat, as it is written.
    pub fn seat_key(&self, organisation: Name, seat: Id) -> String {
        format!("O#{}/S#{}", self.names.text(organisation), shown(seat))
    }

    /// The sort key of a queue.
    pub fn queue_sk(&self, key: &QueueKey) -> String {
        format!("Q#{}#{}#{}", self.names.text(key.language), key.year, self.names.text(key.stream))
    }

    /// The key of a queue, as it is written.
    pub fn queue_key(&self, key: &QueueKey) -> String {
        format!("O#{}/{}", self.names.text(key.organisation), self.queue_sk(key))
    }
}
