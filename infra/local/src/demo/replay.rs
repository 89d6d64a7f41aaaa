//! The queues of a play, replayed from the history alone: how first-priority and general were served while both waited, and
//! whether any taking left the order of `P10.b`–`P10.d`. Other code than the one that serves. Never here: the store.

use std::collections::BTreeMap;

use kezek_rules::ids::{ApplicationId, SeatId};
use kezek_rules::queue::{Instant, Interleave, Lane, QueueKey, Totals};
use kezek_rules::step::{Event, Fact, Ground, QueueTrace};
use kezek_rules::terms::{calendar_days, start_of_day};

/// What a replay found.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Served {
    /// Queues that were used.
    pub queues: u64,
    /// Takings for an offer.
    pub takings: u64,
    /// Of them, by a mixed-age group (`P24.m`).
    pub mixed_age: u64,
    /// Of them, with a sibling who had the turn (`P26`).
    pub siblings: u64,
    /// Of them, with a PMPC conclusion (`P24`).
    pub pmpc: u64,
    /// First-priority entries taken while a general one waited too.
    pub first_priority: u64,
    /// General entries taken while a first-priority one waited too.
    pub general: u64,
    /// Turns from one first-priority entry to the next with both lanes waiting all the time.
    pub turns: u64,
    /// Turns in which just as many general ones were taken as the interleave says.
    pub full_turns: u64,
    /// Takings from another lane than the closed form says, of another entry than the lane's head, or with another phase after it;
    /// and takings by another right that moved the phase.
    pub departures: u64,
    /// Changes of queues that the history lacks.
    pub gaps: u64,
}

impl Served {
    /// Whether every taking kept the order, and nothing is missing in the history.
    #[must_use]
    pub const fn in_order(&self) -> bool {
        self.departures == 0 && self.gaps == 0
    }

    /// What was replayed, named for a report.
    #[must_use]
    pub const fn used(&self) -> [(&'static str, u64); 2] {
        [("queues", self.queues), ("entries taken for an offer", self.takings)]
    }

    /// What must be none of, named for a report.
    #[must_use]
    pub const fn faults(&self) -> [(&'static str, u64); 2] {
        [
            ("takings out of the order of P10.b–P10.d", self.departures),
            ("changes of queues missing in the history", self.gaps),
        ]
    }
}

/// A place among those who wait.
type Waiting = BTreeMap<(Lane, Instant, ApplicationId), ()>;

/// By which right an entry was taken for an offer, and of which seat.
#[derive(Debug, Clone, Copy)]
struct Taken {
    ground: Option<Ground>,
    /// A temporary place, which isn't offered to everyone (`P23.c`).
    temporary: Option<SeatId>,
}

struct Change {
    trace: QueueTrace,
    application: ApplicationId,
    /// When: the order key of a place whose trace has none of its own.
    at: Instant,
    /// Taken for an offer; otherwise it came, or left by itself.
    taken: Option<Taken>,
}

/// The changes of all queues, to be replayed.
#[derive(Default)]
pub struct Replay {
    changes: BTreeMap<QueueKey, Vec<Change>>,
    /// Who was offered a temporary place, and when: who waits on after that is passed over for it.
    offered: BTreeMap<SeatId, Vec<(Instant, ApplicationId)>>,
    /// Who was at a temporary place, from when to when: that one is passed over for others.
    away: BTreeMap<ApplicationId, Vec<(Instant, Instant)>>,
}

impl Replay {
    /// Adds an event; `key` says which queue of an organisation its application stands in.
    pub fn add(&mut self, event: &Event, key: impl Fn(&QueueTrace) -> QueueKey) {
        for fact in &event.facts {
            match fact {
                Fact::Offered { seat, temporary_until: Some(_), .. } => {
                    self.offered.entry(*seat).or_default().push((event.at, event.application));
                }
                Fact::ContractSigned { temporary_until: Some(last), .. } => {
                    let until = start_of_day(calendar_days(*last, 1));
                    self.away.entry(event.application).or_default().push((event.at, until));
                }
                _ => {}
            }
        }
        for trace in &event.queues {
            let of_queue = |fact: &Fact| match fact {
                Fact::Offered { organisation, seat, ground, temporary_until, .. }
                    if *organisation == trace.organisation =>
                {
                    Some(Taken { ground: *ground, temporary: temporary_until.map(|_| *seat) })
                }
                _ => None,
            };
            let taken = trace.departed.and_then(|_| event.facts.iter().find_map(of_queue));
            let change = Change { trace: trace.clone(), application: event.application, at: event.at, taken };
            self.changes.entry(key(trace)).or_default().push(change);
        }
    }

    /// Replays everything.
    #[must_use]
    pub fn run(mut self, interleave: Interleave) -> Served {
        let mut served = Served { queues: self.changes.len() as u64, ..Served::default() };
        for mut changes in std::mem::take(&mut self.changes).into_values() {
            changes.sort_by_key(|change| change.trace.seq);
            self.one_queue(&changes, interleave, &mut served);
        }
        served
    }

    fn one_queue(&self, changes: &[Change], interleave: Interleave, served: &mut Served) {
        let mut waiting = Waiting::new();
        let (mut phase, mut expected, mut turn) = (interleave.starting_phase(), 1, None);
        for change in changes {
            served.gaps += change.trace.seq.abs_diff(expected);
            expected = change.trace.seq + 1;
            if let Some(gone) = change.trace.departed {
                let key = (gone.lane, gone.submitted_at.unwrap_or(change.at), change.application);
                if let Some(taken) = change.taken {
                    let able = self.able(&waiting, taken, change);
                    take(&able, key, taken.ground, (phase, change.trace.phase), interleave, served);
                    if taken.ground.is_none() {
                        turn = turned(turn, gone.lane, interleave, served);
                    }
                }
                served.gaps += u64::from(waiting.remove(&key).is_none());
            }
            if let Some(came) = change.trace.arrived {
                waiting.insert((came.lane, came.submitted_at.unwrap_or(change.at), change.application), ());
            }
            phase = change.trace.phase;
            let left = totals(&waiting);
            turn = turn.filter(|_| left.first_priority > 0 && left.general > 0);
        }
    }

    /// Those who wait, without those who are passed over for a temporary place.
    fn able(&self, waiting: &Waiting, taken: Taken, change: &Change) -> Waiting {
        let Some(seat) = taken.temporary else { return waiting.clone() };
        let before = |(at, application): &(Instant, ApplicationId), id: ApplicationId| {
            *application == id && *at <= change.at && id != change.application
        };
        let had = |id| self.offered.get(&seat).is_some_and(|offers| offers.iter().any(|offer| before(offer, id)));
        let spans = |id| self.away.get(&id).into_iter().flatten();
        let away = |id| spans(id).any(|(from, until)| *from <= change.at && change.at < *until);
        waiting.keys().filter(|(.., id)| !had(*id) && !away(*id)).map(|key| (*key, ())).collect()
    }
}

/// The general entries taken since the last first-priority one, after another taking.
fn turned(turn: Option<u64>, lane: Lane, interleave: Interleave, served: &mut Served) -> Option<u64> {
    match (lane, turn) {
        (Lane::OutOfTurn, turn) => turn,
        (Lane::General, turn) => turn.map(|taken| taken + 1),
        (Lane::FirstPriority, turn) => {
            served.turns += u64::from(turn.is_some());
            served.full_turns += u64::from(turn == Some(u64::from(interleave.general)));
            Some(0)
        }
    }
}

fn totals(waiting: &Waiting) -> Totals {
    let mut totals = Totals::default();
    for (lane, ..) in waiting.keys() {
        *totals.of_mut(*lane) += 1;
    }
    totals
}

fn take(
    waiting: &Waiting,
    taken: (Lane, Instant, ApplicationId),
    ground: Option<Ground>,
    (phase, after): (u8, u8),
    interleave: Interleave,
    served: &mut Served,
) {
    let totals = totals(waiting);
    let head = waiting.keys().find(|(lane, ..)| *lane == taken.0) == Some(&taken);
    let stays = interleave.capped(phase) == after;
    served.takings += 1;
    let in_order = match ground {
        None => {
            if totals.out_of_turn == 0 && totals.first_priority > 0 && totals.general > 0 {
                served.first_priority += u64::from(taken.0 == Lane::FirstPriority);
                served.general += u64::from(taken.0 == Lane::General);
            }
            head && interleave.next_lane(phase, &totals) == Some(taken.0)
                && interleave.number(phase, &totals, taken.0, 1) == 1
                && interleave.after_taking(phase, taken.0) == after
        }
        Some(Ground::MixedAge) => {
            served.mixed_age += 1;
            head && stays
        }
        Some(Ground::Sibling) => {
            served.siblings += 1;
            stays
        }
        Some(Ground::Pmpc) => {
            served.pmpc += 1;
            stays
        }
    };
    served.departures += u64::from(!in_order);
}

#[cfg(test)]
mod tests {
    use super::*;
    use kezek_rules::policy::PolicyVersion;
    use serde_json::json;

    fn event(n: u8, seq: u64, lane: &str, at: u32, what: &str, phase: u8) -> Event {
        let place = json!({"lane": lane, "submittedAt": format!("2026-01-12T05:00:{at:02}Z")});
        let facts = match what {
            "sibling" | "mixed-age" | "pmpc" => {
                json!([{"what": "offered", "organisation": "061211600012", "offer": "020202020202020202020202",
                "seat": "00000000000000000000000000000002", "lane": lane, "answerBy": "2026-01-14T19:00:00Z", "ground": what}])
            }
            "temporary" => {
                json!([{"what": "offered", "organisation": "061211600012", "offer": "020202020202020202020202",
                "seat": "00000000000000000000000000000003", "lane": lane, "answerBy": "2026-01-14T19:00:00Z",
                "temporaryUntil": "2026-03-31"}])
            }
            "offered" => {
                json!([{"what": "offered", "organisation": "061211600012", "offer": "020202020202020202020202",
                "seat": "00000000000000000000000000000002", "lane": lane, "answerBy": "2026-01-14T19:00:00Z"}])
            }
            _ => json!([]),
        };
        let side = if what == "queued" { "arrived" } else { "departed" };
        serde_json::from_value(json!({"application": format!("{n:032}"), "seq": 1, "at": "2026-01-12T05:00:00Z",
            "policy": "order-133@1", "calendar": 1, "facts": facts,
            "queues": [{"organisation": "061211600012", "seq": seq, "phase": phase, side: place}]}))
        .expect("an event")
    }

    fn run(events: &[Event]) -> Served {
        let mut replay = Replay::default();
        for event in events {
            replay.add(event, |trace| QueueKey {
                organisation: trace.organisation,
                language: "kk".parse().expect("a language"),
                birth_year: 2023,
                stream: kezek_rules::queue::Stream::General,
            });
        }
        replay.run(PolicyVersion::built_in().policy.interleave)
    }

    #[test]
    fn p10_d_the_order_of_the_rules_has_no_departures() {
        let (first, general) = ("first-priority", "general");
        let mut events = vec![
            event(1, 1, general, 1, "queued", 3),
            event(2, 2, general, 2, "queued", 3),
            event(3, 3, first, 3, "queued", 3),
            event(4, 4, first, 4, "queued", 3),
        ];
        events.extend([event(3, 5, first, 3, "offered", 0), event(1, 6, general, 1, "offered", 1)]);
        let served = run(&events);
        assert_eq!((served.takings, served.first_priority, served.general), (2, 1, 1));
        assert_eq!((served.departures, served.gaps), (0, 0));
        events.push(event(4, 7, first, 4, "offered", 0));
        assert_eq!(run(&events).departures, 1, "a general one was to be taken");
        events.pop();
        events.remove(1);
        assert_eq!(run(&events).gaps, 1);
    }

    /// `P26`, `P24.m`, `P24`: who is taken by another right leaves the phase alone; by a mixed-age group only a lane's head is.
    #[test]
    fn p26_p24_m_other_rights_leave_the_phase_alone() {
        let general = "general";
        let queued = || (1..=3).map(|n| event(n, u64::from(n), general, u32::from(n), "queued", 3));
        let check = |n: u8, what: &str, phase: u8, departures: u64| {
            let events: Vec<Event> = queued().chain([event(n, 4, general, u32::from(n), what, phase)]).collect();
            assert_eq!(run(&events).departures, departures, "{n} {what} {phase}");
        };
        check(3, "sibling", 3, 0);
        check(3, "sibling", 2, 1);
        check(3, "pmpc", 3, 0);
        check(1, "mixed-age", 3, 0);
        check(2, "mixed-age", 3, 1);
        check(2, "offered", 3, 1);
    }

    /// `P23.c`: who was offered a temporary place and waits on is passed over for it, and for nothing else.
    #[test]
    fn p23_c_who_declined_a_temporary_place_is_passed_over_for_it() {
        let general = "general";
        let mut events: Vec<Event> =
            (1..=2).map(|n| event(n, u64::from(n), general, u32::from(n), "queued", 3)).collect();
        events.push(event(1, 3, general, 1, "temporary", 3));
        events.push(event(1, 4, general, 1, "queued", 3));
        events.push(event(2, 5, general, 2, "temporary", 3));
        assert_eq!((run(&events).departures, run(&events).gaps), (0, 0));
        events.pop();
        events.push(event(2, 5, general, 2, "offered", 3));
        assert_eq!(run(&events).departures, 1);
    }
}
