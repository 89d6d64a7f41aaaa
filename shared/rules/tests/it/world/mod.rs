//! A tiny world in memory for the tests of the rules: what a store would hold, without any storage. Every step that is
//! committed here is checked against the invariants of the queue (`invariants`). No rule is decided here.

mod invariants;
mod sweep;

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;
use kezek_rules::application::{Application, Duty, Entry, EntryState, OfferRef};
use kezek_rules::calendar::Calendar;
use kezek_rules::decide::*;
use kezek_rules::group::GroupType;
use kezek_rules::ids::{ApplicationId, Bin, OfferId, PersonKey, SeatId};
use kezek_rules::organisation::{Kato, Organisation, OrganisationType};
use kezek_rules::policy::{Policies, Policy, PolicyVersion};
use kezek_rules::queue::{Instant, KeptPhase, Lane, Place, QueueKey, Stream, StreamKind, Totals};
use kezek_rules::refusal::Refusal;
use kezek_rules::seat::{Seat, SeatState};
use kezek_rules::step::{ChildLock, Event, Fact, MixedKey, MixedView, QueueView, Snapshot, Step, Task, TaskStep};
use kezek_rules::terms;

/// `2026-02-02 10:00` in Asia/Almaty.
pub fn at(text: &str) -> Instant {
    let (day, time) = text.split_once(' ').expect("a day and a time");
    terms::at_local(day.parse().expect("a day"), time.parse().expect("a time"))
}

/// One millisecond.
pub const MS: TimeDelta = TimeDelta::milliseconds(1);

/// The n-th invented organisation.
pub fn bin(n: u64) -> Bin {
    let mut stems = 99_014_000_000 + n * 1_000..;
    stems
        .find_map(|stem| (0..10).find_map(|digit| format!("{stem:011}{digit}").parse().ok()))
        .expect("every second stem has a control digit")
}

/// Where everyone lives unless said otherwise.
pub const CITY: &str = "750000000";
/// Another region, of another policy.
pub const ELSEWHERE: &str = "710000000";

pub fn kato(code: &str) -> Kato {
    code.parse().expect("a code")
}

/// A queue as it is stored: who waits, in order.
#[derive(Debug, Clone, Default)]
pub struct Queue {
    pub version: u64,
    pub phase: Option<u8>,
    /// When its phase was kept.
    pub kept_at: Instant,
    /// The phase as every day since then has left it: what the rules are held against.
    pub lowered: Option<u8>,
    pub places: BTreeSet<Place>,
}

/// All that there is.
pub struct Base {
    pub now: Instant,
    pub policies: Policies,
    pub calendar: Calendar,
    pub organisations: Vec<Organisation>,
    pub applications: BTreeMap<ApplicationId, Application>,
    pub seats: BTreeMap<(Bin, SeatId), Seat>,
    pub queues: BTreeMap<QueueKey, Queue>,
    pub locks: BTreeMap<(PersonKey, StreamKind), ApplicationId>,
    pub used: BTreeSet<(PersonKey, StreamKind)>,
    pub tasks: BTreeMap<(ApplicationId, Duty), Task>,
    pub mixed: BTreeMap<MixedKey, (u64, KeptPhase)>,
    pub events: Vec<Event>,
    made: u64,
}

impl Base {
    /// Six open organisations on a working Monday, under the default policy.
    pub fn new() -> Self {
        Self::with(Policy::default())
    }

    /// The same under another policy.
    pub fn with(policy: Policy) -> Self {
        let organisation = |n| Organisation {
            bin: bin(n),
            version: 1,
            name_kk: format!("№{n} балабақша"),
            name_ru: format!("Детский сад №{n}"),
            kind: OrganisationType::Kindergarten,
            settlement: kato(CITY),
            languages: vec!["kk".parse().expect("a language"), "ru".parse().expect("a language")],
            streams: vec![StreamKind::General, StreamKind::Special, StreamKind::Sanatorium],
            open: true,
        };
        let mut base = Self {
            now: at("2026-02-02 10:00"),
            policies: Policies::default(),
            calendar: Calendar::built_in(),
            organisations: (1..=6).map(organisation).collect(),
            applications: BTreeMap::new(),
            seats: BTreeMap::new(),
            queues: BTreeMap::new(),
            locks: BTreeMap::new(),
            used: BTreeSet::new(),
            tasks: BTreeMap::new(),
            mixed: BTreeMap::new(),
            events: Vec::new(),
            made: 0,
        };
        base.publish_policy("test", "2024-01-01", &[], policy);
        base
    }

    /// Publishes the next version of a policy.
    pub fn publish_policy(&mut self, id: &str, from: &str, territory: &[&str], policy: Policy) {
        let version = 1 + self.policies.0.iter().filter(|version| *version.id == *id).count();
        let published = PolicyVersion {
            id: id.into(),
            version: u32::try_from(version).expect("few versions"),
            from: from.parse().expect("a day"),
            until: None,
            territory: territory.iter().map(ToString::to_string).collect(),
            policy,
        };
        assert_eq!(published.validate(), Ok(()));
        self.policies.0.push(published);
    }

    pub fn world(&self) -> World<'_> {
        World { now: self.now, policies: &self.policies, calendar: &self.calendar }
    }

    /// Sets the time, forwards only.
    pub fn go(&mut self, to: &str) {
        self.jump(at(to));
    }

    pub fn jump(&mut self, to: Instant) {
        assert!(to >= self.now, "time goes forwards");
        let days = terms::local_date(self.now).iter_days().skip(1);
        for day in days.take_while(|day| *day <= terms::local_date(to)) {
            self.now = terms::start_of_day(day);
            let keys: Vec<QueueKey> = self.queues.keys().cloned().collect();
            for key in keys {
                let general = self.policy_of(&key).interleave.general;
                let queue = self.queues.get_mut(&key).expect("a queue");
                queue.lowered = queue.lowered.map(|phase| phase.min(general));
            }
        }
        self.now = to;
    }

    /// A request of the n-th child: born in 2022, general, for organisation 1.
    pub fn request(&mut self, child: u8) -> Registration {
        self.made += 1;
        let mut id = [0; 16];
        id[..8].copy_from_slice(&self.made.to_be_bytes());
        Registration {
            came_by: None,
            id: ApplicationId::from_bytes(id),
            applicant: PersonKey::from_bytes([child ^ 0x80; 16]),
            child: PersonKey::from_bytes([child; 16]),
            birth_date: "2022-05-10".parse().expect("a day"),
            settlement: kato(CITY),
            language: "kk".parse().expect("a language"),
            stream: Stream::General,
            organisations: vec![bin(1)],
            benefits: vec![13],
            relocation: false,
            non_resident: false,
            not_before: None,
            documents: Vec::new(),
            consent: true,
        }
    }

    /// The documents that a benefit needs, issued today.
    pub fn documents(&self, benefit: u8) -> Vec<Document> {
        let kinds: &[&str] = match benefit {
            1..=4 => &["service-certificate"],
            11 | 12 => &["work-certificate", "diploma"],
            _ => &[],
        };
        let issued_on = terms::local_date(self.now);
        kinds.iter().map(|kind| Document { kind: (*kind).to_owned(), issued_on }).collect()
    }

    fn known(&self, named: &[Bin]) -> Vec<Organisation> {
        self.organisations.iter().filter(|organisation| named.contains(&organisation.bin)).cloned().collect()
    }

    pub fn view(&self, key: QueueKey, place: Place) -> QueueView {
        let organisation = self.organisations.iter().find(|organisation| organisation.bin == key.organisation);
        let settlement = organisation.map_or_else(|| kato(CITY), |organisation| organisation.settlement);
        let empty = Queue::default();
        let queue = self.queues.get(&key).unwrap_or(&empty);
        let mut totals = Totals::default();
        queue.places.iter().for_each(|place| *totals.of_mut(place.lane) += 1);
        let before = queue.places.iter().filter(|other| other.lane == place.lane && **other < place).count();
        let phase = queue.phase.map(|phase| KeptPhase { phase, at: queue.kept_at });
        QueueView { key, settlement, version: queue.version, phase, totals, rank: before as u64 + 1 }
    }

    pub fn mixed_view(&self, key: MixedKey) -> MixedView {
        let stored = self.mixed.get(&key).copied();
        MixedView { key, version: stored.map_or(0, |(version, _)| version), phase: stored.map(|(_, phase)| phase) }
    }

    /// Decides a request and commits what came of it.
    pub fn submit(&mut self, request: Registration) -> Result<ApplicationId, Refusal> {
        let id = request.id;
        let lock = (request.child, request.stream.kind());
        let blocking = self.locks.get(&lock).map(|holder| Blocking::by(self.app(*holder)));
        let earlier = Earlier { blocking, benefit_used: self.used.contains(&lock) };
        let view = |bin: &Bin| {
            let (key, place) = place_of(&request, earlier, *bin, self.now);
            self.view(key, place)
        };
        let queues = request.organisations.iter().map(view).collect();
        let known = self.known(&request.organisations);
        let step = register(request, &known, queues, earlier, self.world())?;
        self.commit(step);
        Ok(id)
    }

    /// Registers the n-th child with a benefit for organisations, a millisecond after the one before.
    pub fn register(&mut self, child: u8, benefit: u8, organisations: &[u64]) -> ApplicationId {
        self.now += MS;
        let mut request = self.request(child);
        request.benefits = vec![benefit];
        request.documents = self.documents(benefit);
        request.organisations = organisations.iter().map(|n| bin(*n)).collect();
        self.submit(request).expect("a good request")
    }

    /// The same, and verified if it has to be.
    pub fn queued(&mut self, child: u8, benefit: u8, organisations: &[u64]) -> ApplicationId {
        let id = self.register(child, benefit, organisations);
        if benefit < 5 {
            self.act(id, |snapshot, world| decide_by_officer(snapshot, OfficerDecision::Confirm, world))
                .expect("confirmed");
        } else if benefit < 13 {
            self.act(id, |snapshot, world| register_answered(snapshot, true, world)).expect("confirmed");
        }
        id
    }

    pub fn app(&self, id: ApplicationId) -> &Application {
        &self.applications[&id]
    }

    pub fn entry(&self, id: ApplicationId, organisation: u64) -> &Entry {
        self.app(id).entry(bin(organisation)).expect("an entry")
    }

    pub fn state(&self, id: ApplicationId, organisation: u64) -> &EntryState {
        &self.entry(id, organisation).state
    }

    pub fn offer(&self, id: ApplicationId, organisation: u64) -> OfferRef {
        match self.state(id, organisation) {
            EntryState::Offered(offer) => offer.clone(),
            other => panic!("no offer, but {other:?}"),
        }
    }

    /// All that a decision about an application needs; `more` names organisations it doesn't wait for yet.
    pub fn snapshot(&self, id: ApplicationId, more: &[Bin]) -> Snapshot {
        let application = self.app(id).clone();
        let seats = application.held_seats().iter().map(|held| self.seats[held].clone()).collect();
        let mut views = Vec::new();
        for entry in application.entries.iter().filter(|entry| !more.contains(&entry.organisation)) {
            views.push(self.view(application.queue_key(entry.organisation), application.place(entry)));
        }
        for organisation in more {
            let live = application.entry(*organisation).filter(|entry| entry.state != EntryState::Left);
            let submitted_at =
                live.map_or_else(|| order_key(&application, *organisation, self.world()), |e| e.ordered_at);
            let place = Place { lane: application.lane, submitted_at, application: id };
            views.push(self.view(application.queue_key(*organisation), place));
        }
        Snapshot { application: Box::new(application), seats, queues: views }
    }

    /// Decides something about an application and commits it.
    pub fn act(
        &mut self,
        id: ApplicationId,
        decide: impl FnOnce(Snapshot, World<'_>) -> Result<Step, Refusal>,
    ) -> Result<Vec<Fact>, Refusal> {
        let step = decide(self.snapshot(id, &[]), self.world())?;
        Ok(self.commit(step))
    }

    /// Commits a step after checking it; returns its facts.
    pub fn commit(&mut self, step: Step) -> Vec<Fact> {
        self.check_before(&step);
        let application = &step.application;
        let lock = (application.child, application.stream.kind());
        match step.lock {
            ChildLock::Keep => {}
            ChildLock::Take => assert_eq!(self.locks.insert(lock, application.id), None, "K1"),
            ChildLock::KeepBenefitUsed => {
                assert_eq!(self.locks.get(&lock), Some(&application.id), "P23.a");
                self.used.insert(lock);
            }
            ChildLock::Release => assert_eq!(self.locks.remove(&lock), Some(application.id), "K1"),
        }
        for task in &step.tasks {
            match task {
                TaskStep::Put(task) => drop(self.tasks.insert((application.id, task.duty), task.clone())),
                TaskStep::Close(task) => {
                    let closed = self.tasks.remove(&(application.id, task.duty)).expect("a task to close");
                    assert_eq!(closed.due_at, task.due_at, "P6.a: the very task");
                }
            }
        }
        for queue_step in &step.queues {
            let queue = self.queues.entry(queue_step.key.clone()).or_default();
            if let Some(place) = queue_step.departs {
                assert!(queue.places.remove(&place), "a place that departs was there");
            }
            if let Some(place) = queue_step.arrives {
                assert!(queue.places.insert(place), "a place that arrives wasn't there");
            }
            queue.version += 1;
            (queue.phase, queue.kept_at) = (Some(queue_step.phase), step.event.at);
            queue.lowered = queue.phase;
        }
        if let Some(change) = &step.mixed {
            self.mixed.insert(change.key.clone(), (change.version + 1, change.phase));
        }
        for seat in &step.seats {
            let mut stored = seat.clone();
            stored.version += 1;
            self.seats.insert((seat.organisation, seat.id), stored);
        }
        let id = application.id;
        self.applications.insert(id, Application::clone(application));
        self.events.push(step.event.clone());
        self.check_after(id, &step.event);
        step.event.facts
    }

    /// Publishes a bulletin of `count` places for children born in 2022.
    pub fn publish(&mut self, organisation: u64, count: u16) -> Vec<SeatId> {
        self.publish_line(organisation, "b", 1, count, &[2022])
    }

    pub fn line(line: u16, count: u16, birth_years: &[i32]) -> BulletinLine {
        BulletinLine {
            line,
            count,
            group_type: GroupType::Middle,
            language: "kk".parse().expect("a language"),
            regime_tenths: 105,
            stream: Stream::General,
            birth_years: birth_years.to_vec(),
            temporary_until: None,
        }
    }

    pub fn publish_line(&mut self, n: u64, bulletin: &str, line: u16, count: u16, years: &[i32]) -> Vec<SeatId> {
        self.publish_that(n, bulletin, Self::line(line, count, years))
    }

    /// Publishes a place for children born in 2022 until a day (`P23.c`).
    pub fn publish_until(&mut self, organisation: u64, bulletin: &str, last: &str) -> SeatId {
        let line = Self::line(1, 1, &[2022]);
        self.publish_that(organisation, bulletin, BulletinLine { temporary_until: last.parse().ok(), ..line })[0]
    }

    pub fn publish_that(&mut self, n: u64, bulletin: &str, line: BulletinLine) -> Vec<SeatId> {
        let organisation = self.known(&[bin(n)]).remove(0);
        let taken = take_line(&line, bulletin, BulletinKind::Current, self.now, &organisation, self.world());
        let seats: Vec<Seat> = taken.expect("a good line").seats(bin(n)).collect();
        let ids = seats.iter().map(|seat| seat.id).collect();
        self.seats.extend(seats.into_iter().map(|seat| ((bin(n), seat.id), seat)));
        ids
    }

    pub fn answer(&mut self, id: ApplicationId, organisation: u64, answer: OfferAnswer) -> Result<Vec<Fact>, Refusal> {
        let offer = self.offer(id, organisation).id;
        self.answer_to(id, offer, answer)
    }

    pub fn answer_to(&mut self, id: ApplicationId, offer: OfferId, answer: OfferAnswer) -> Result<Vec<Fact>, Refusal> {
        self.act(id, |snapshot, world| answer_offer(snapshot, offer, answer, world))
    }

    pub fn change(&mut self, id: ApplicationId, organisations: &[u64]) -> Result<Vec<Fact>, Refusal> {
        let wanted: Vec<Bin> = organisations.iter().map(|n| bin(*n)).collect();
        self.change_to(id, &ChangeRequest { organisations: Some(wanted), ..ChangeRequest::default() })
    }

    pub fn change_to(&mut self, id: ApplicationId, request: &ChangeRequest) -> Result<Vec<Fact>, Refusal> {
        let wanted = request.organisations.clone().unwrap_or_default();
        let known = self.known(&wanted);
        let mut snapshot = self.snapshot(id, &wanted);
        let lane = lane_after_change(&snapshot.application, request);
        self.rank_in(&mut snapshot, lane, &wanted);
        let step = change(snapshot, request, &known, self.world())?;
        Ok(step.map(|step| self.commit(step)).unwrap_or_default())
    }

    pub fn interest(&mut self, id: ApplicationId, answer: InterestAnswer) -> Result<Vec<Fact>, Refusal> {
        self.act(id, |snapshot, world| answer_interest(snapshot, None, answer, world))
    }

    pub fn withdraw(&mut self, id: ApplicationId) -> Vec<Fact> {
        self.act(id, withdraw).expect("withdrawn")
    }

    pub fn cancel(&mut self, id: ApplicationId) -> Result<Vec<Fact>, Refusal> {
        self.act(id, cancel_referral)
    }

    /// The answer of the registers, looked up in the lane in which the application will stand.
    pub fn register_answers(&mut self, id: ApplicationId, confirmed: bool) -> Result<Vec<Fact>, Refusal> {
        let lane = lane_after_register(self.app(id), confirmed, self.world());
        let step = register_says(self.snapshot_in(id, lane), confirmed, self.world())?;
        Ok(self.commit(step))
    }

    /// A decision of an officer on whatever waits for one.
    pub fn officer_decides(&mut self, id: ApplicationId, decision: OfficerDecision) -> Result<Vec<Fact>, Refusal> {
        let duty = duty_meant(self.app(id), None).unwrap_or(Duty::FirstCheck);
        let lane = lane_after(self.app(id), duty, decision, self.world());
        let step = decide_duty(self.snapshot_in(id, lane), None, decision, self.world())?;
        Ok(self.commit(step))
    }

    /// A snapshot with the ranks that the application has or would have in a lane.
    pub fn snapshot_in(&self, id: ApplicationId, lane: Lane) -> Snapshot {
        let mut snapshot = self.snapshot(id, &[]);
        self.rank_in(&mut snapshot, lane, &[]);
        snapshot
    }

    /// `named` are organisations whose ended entries would come back.
    fn rank_in(&self, snapshot: &mut Snapshot, lane: Lane, named: &[Bin]) {
        let application = &snapshot.application;
        for view in &mut snapshot.queues {
            let back = |entry: &&Entry| entry.state != EntryState::Left || !named.contains(&entry.organisation);
            let entry = application.entry(view.key.organisation).filter(back);
            let added = || order_key(application, view.key.organisation, self.world());
            let submitted_at = entry.map_or_else(added, |entry| entry.ordered_at);
            let place = Place { lane, submitted_at, application: application.id };
            *view = self.view(view.key.clone(), place);
        }
    }

    /// The state of the seats of an organisation, in the order of service.
    pub fn seats_of(&self, organisation: u64) -> Vec<&'static str> {
        let of = |seat: &&Seat| seat.organisation == bin(organisation);
        self.seats.values().filter(of).map(|seat| seat.state.as_str()).collect()
    }

    pub fn seat_of(&self, id: SeatId) -> &SeatState {
        &self.seats.values().find(|seat| seat.id == id).expect("a seat").state
    }
}

/// The codes of a refusal.
pub fn codes<T: std::fmt::Debug>(result: Result<T, Refusal>) -> Vec<&'static str> {
    result.expect_err("a refusal").reasons.iter().map(|reason| reason.code).collect()
}

/// The names of facts, as the history tells them.
pub fn names(facts: &[Fact]) -> Vec<&'static str> {
    facts.iter().map(|fact| fact.code_and_rule().0).collect()
}
