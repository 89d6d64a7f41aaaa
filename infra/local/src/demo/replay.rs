//! The queues of a play, replayed from the history alone: how first-priority and general were served while both waited, and
//! whether any taking left the order of `P10.b`–`P10.d`. Other code than the one that serves. Never here: the store.

use std::collections::BTreeMap;

use kezek_rules::ids::ApplicationId;
use kezek_rules::queue::{Instant, Interleave, Lane, QueueKey, Totals};
use kezek_rules::step::{Event, Fact, QueueTrace};

/// What a replay found.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Served {
    /// Queues that were used.
    pub queues: usize,
    /// Takings for an offer.
    pub takings: u64,
    /// First-priority entries taken while a general one waited too.
    pub first_priority: u64,
    /// General entries taken while a first-priority one waited too.
    pub general: u64,
    /// Turns from one first-priority entry to the next with both lanes waiting all the time.
    pub turns: u64,
    /// Turns in which just as many general ones were taken as the interleave says.
    pub full_turns: u64,
    /// Takings from another lane than the closed form says, of another entry than the lane's head, or with another phase after it.
    pub departures: u64,
    /// Changes of queues that the history lacks.
    pub gaps: u64,
}

struct Change {
    trace: QueueTrace,
    application: ApplicationId,
    /// When: the order key of a place whose trace has none of its own.
    at: Instant,
    /// Taken for an offer; otherwise it came, or left by itself.
    taken: bool,
}

/// The changes of all queues, to be replayed.
#[derive(Default)]
pub struct Replay {
    changes: BTreeMap<QueueKey, Vec<Change>>,
}

impl Replay {
    /// Adds an event; `key` says which queue of an organisation its application stands in.
    pub fn add(&mut self, event: &Event, key: impl Fn(&QueueTrace) -> QueueKey) {
        for trace in &event.queues {
            let offered =
                |fact: &Fact| matches!(fact, Fact::Offered { organisation, .. } if *organisation == trace.organisation);
            let taken = trace.departed.is_some() && event.facts.iter().any(offered);
            let change = Change { trace: trace.clone(), application: event.application, at: event.at, taken };
            self.changes.entry(key(trace)).or_default().push(change);
        }
    }

    /// Replays everything.
    #[must_use]
    pub fn run(mut self, interleave: Interleave) -> Served {
        let mut served = Served { queues: self.changes.len(), ..Served::default() };
        for changes in self.changes.values_mut() {
            changes.sort_by_key(|change| change.trace.seq);
            one_queue(changes, interleave, &mut served);
        }
        served
    }
}

fn one_queue(changes: &[Change], interleave: Interleave, served: &mut Served) {
    let mut waiting: BTreeMap<(Lane, Instant, ApplicationId), ()> = BTreeMap::new();
    let (mut phase, mut expected, mut turn) = (interleave.starting_phase(), 1, None);
    for change in changes {
        served.gaps += change.trace.seq.abs_diff(expected);
        expected = change.trace.seq + 1;
        if let Some(gone) = change.trace.departed {
            let key = (gone.lane, gone.submitted_at.unwrap_or(change.at), change.application);
            if change.taken {
                take(&waiting, key, phase, change.trace.phase, interleave, served);
                turn = turned(turn, gone.lane, interleave, served);
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

fn totals(waiting: &BTreeMap<(Lane, Instant, ApplicationId), ()>) -> Totals {
    let mut totals = Totals::default();
    for (lane, ..) in waiting.keys() {
        *totals.of_mut(*lane) += 1;
    }
    totals
}

fn take(
    waiting: &BTreeMap<(Lane, Instant, ApplicationId), ()>,
    taken: (Lane, Instant, ApplicationId),
    phase: u8,
    after: u8,
    interleave: Interleave,
    served: &mut Served,
) {
    let totals = totals(waiting);
    served.takings += 1;
    if totals.out_of_turn == 0 && totals.first_priority > 0 && totals.general > 0 {
        match taken.0 {
            Lane::FirstPriority => served.first_priority += 1,
            Lane::General => served.general += 1,
            Lane::OutOfTurn => {}
        }
    }
    let head = waiting.keys().find(|(lane, ..)| *lane == taken.0);
    let in_order = interleave.next_lane(phase, &totals) == Some(taken.0)
        && head == Some(&taken)
        && interleave.number(phase, &totals, taken.0, 1) == 1
        && interleave.after_taking(phase, taken.0) == after;
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
}
