//! Whether one change of a queue is right as the queues stand: the merge of `P10.c` and `P10.d` step by step, and the other rights by
//! their own rules. Who may be passed over is taken into account by what the history says of offers and temporary places.

use super::state::{Line, MixedTo, State};
use super::{Known, rights};
use crate::breach::Invariant;
use crate::ids::{Id, Name};
use crate::model::{Change, Lane, Right, Seat};
use crate::policy::Policy;
use crate::time::{self, Ms};

/// Something wrong with a change.
#[derive(Debug)]
pub(crate) struct Fault {
    pub invariant: Invariant,
    pub text: String,
    /// Whether it might be right in another order of the queues.
    pub elsewhere: bool,
}

/// What is to be said of a change.
#[derive(Debug, Default)]
pub(crate) struct Judged {
    pub faults: Vec<Fault>,
    pub mixed: MixedTo,
}

impl Judged {
    pub(super) fn fault(&mut self, invariant: Invariant, text: impl Into<String>, elsewhere: bool) {
        self.faults.push(Fault { invariant, text: text.into(), elsewhere });
    }
}

/// Judges a change by the state before it.
pub(crate) fn judge(known: &Known<'_>, state: &State, change: &Change) -> Judged {
    let mut judged = Judged::default();
    let empty = Line::default();
    let line = state.lines.get(&change.queue).unwrap_or(&empty);
    let there = |(lane, at): (Lane, Ms)| line.lanes[usize::from(lane)].contains(&(at, change.app));
    if change.departed.is_some_and(|place| !there(place)) {
        judged.fault(Invariant::History, "someone leaves a place that no one has", false);
    }
    let moved = change.departed.is_some_and(|(lane, at)| change.arrived == Some((lane, at)));
    if change.arrived.is_some_and(there) || moved {
        judged.fault(Invariant::History, "someone comes to a place that is taken", false);
    }
    if change.arrived.is_none() && change.departed.is_none() {
        judged.fault(Invariant::History, "no one comes and no one goes", false);
    }
    let settlement = known.base.queues.get(&change.queue).map(|q| q.settlement);
    let since = line.phase.map(|_| line.at);
    let policies = policies(known, change.queue.organisation, settlement, (since, change.at));
    let stays = || policies.iter().any(|policy| capped(policy, line.phase) == change.phase);
    match change.taken.as_deref().copied() {
        Some((Right::Head, seat, lane)) => head(known, &mut judged, (state, line), change, (seat, lane), &policies),
        Some((right, seat, lane)) => {
            if !stays() {
                let text = format!(
                    "the phase moved from {:?} to {} by an offer that leaves it alone",
                    line.phase, change.phase
                );
                judged.fault(Invariant::Phase, text, false);
            }
            match right {
                Right::Mixed => rights::mixed(known, &mut judged, state, change, (seat, lane)),
                Right::Pmpc => rights::pmpc(known, &mut judged, state, change, seat),
                Right::Sibling => rights::sibling(known, &mut judged, change, seat),
                Right::Head | Right::Unknown => {}
            }
        }
        None if !stays() => {
            let text = format!("the phase moved from {:?} to {} without an offer", line.phase, change.phase);
            judged.fault(Invariant::Phase, text, false);
        }
        None => {}
    }
    judged
}

/// What may have been in force where an organisation is, each with the fewest general entries that a phase met since it was kept.
pub(super) fn policies<'a>(
    known: &'a Known<'_>,
    organisation: Name,
    settlement: Option<Name>,
    (since, at): (Option<Ms>, Ms),
) -> Vec<(&'a Policy, u8)> {
    let settlement = settlement.or_else(|| known.base.organisations.get(&organisation).copied());
    let kato = settlement.map_or("", |settlement| known.base.names.text(settlement));
    known.base.policies.in_force_since(kato, since, at)
}

/// `P10.d`: a phase as every policy since it was kept has left it.
pub(super) fn capped((policy, fewest): &(&Policy, u8), phase: Option<u8>) -> u8 {
    phase.map_or(if policy.general_leads { 0 } else { policy.general }, |phase| phase.min(*fewest))
}

/// `P10.c`, `P10.d`: the lane whose turn it is.
pub(super) fn turn(policy: &Policy, phase: u8, waits: [bool; 3]) -> Option<Lane> {
    match waits {
        [true, ..] => Some(0),
        [_, true, general] if phase == policy.general || !general => Some(1),
        [_, _, true] => Some(2),
        _ => None,
    }
}

/// `P10.d`: the phase after the head of a lane was taken.
pub(super) fn after(policy: &Policy, phase: u8, lane: Lane) -> u8 {
    match lane {
        0 => phase,
        1 => 0,
        _ => (phase + 1).min(policy.general),
    }
}

/// How a lane stands for a seat: its first place that isn't passed over, and those before it that may or may not be.
pub(super) struct Standing {
    pub first: Option<(Ms, Id)>,
    pub perhaps: Vec<(Ms, Id)>,
}

impl Standing {
    pub fn has(&self, place: (Ms, Id)) -> bool {
        self.first == Some(place) || self.perhaps.contains(&place)
    }
}

pub(super) fn standings(known: &Known<'_>, state: &State, line: &Line, at: Ms, key: (Name, Id)) -> [Standing; 3] {
    [0, 1, 2].map(|lane: usize| {
        let mut perhaps = Vec::new();
        let first = line.lanes[lane].iter().copied().find(|place| {
            let passed = may_be_passed(known, state, place.1, key, at);
            if passed {
                perhaps.push(*place);
            }
            !passed
        });
        Standing { first, perhaps }
    })
}

/// Whether someone who waits may be passed over for a seat: it had a temporary one before or is at one (`P23.c`), or it holds an
/// offer and may hold no other (**D-simultaneous** `one`).
pub(super) fn may_be_passed(known: &Known<'_>, state: &State, id: Id, key: (Name, Id), at: Ms) -> bool {
    let (Some(app), Some(seat)) = (known.base.app(&id), known.base.seats.get(&key)) else { return true };
    let within =
        |(from, until): &(Ms, Ms)| from.saturating_sub(known.window) <= at && at <= until.saturating_add(known.window);
    let temporary = seat.temporary.is_some();
    if temporary && (state.had.contains(&(key.1, id)) || app.past.away.iter().any(within)) {
        return true;
    }
    let one = |settlement: Name| {
        known.base.policies.in_force(known.base.names.text(settlement), at).iter().any(|policy| policy.one_offer)
    };
    (one(seat.settlement) || one(app.settlement)) && app.past.offers.iter().any(within)
}

/// Every way in which the lanes may be filled, given which of those who wait may be passed over.
pub(super) fn fillings(lane: Lane, surely: [bool; 3], perhaps: [bool; 3]) -> impl Iterator<Item = [bool; 3]> {
    (0_u8..8).filter_map(move |bits| {
        let filling = [0, 1, 2].map(|lane| bits >> lane & 1 == 1);
        let fits = (0..3).all(|lane| if filling[lane] { surely[lane] || perhaps[lane] } else { !surely[lane] });
        (fits && filling[usize::from(lane)]).then_some(filling)
    })
}

fn head(
    known: &Known<'_>,
    judged: &mut Judged,
    (state, line): (&State, &Line),
    change: &Change,
    (seat, lane): (Id, Lane),
    policies: &[(&Policy, u8)],
) {
    let key = (change.queue.organisation, seat);
    let Some(kept) = fits(known, judged, change, key) else { return };
    if kept.years.len() != 1 || kept.years[0] != change.queue.year {
        judged.fault(Invariant::Order, "a head was taken for a seat of other birth years", false);
    }
    let standings = standings(known, state, line, change.at, key);
    let place = change.departed.map(|(_, at)| (at, change.app));
    if change.departed.map(|(lane, _)| lane) != Some(lane)
        || !place.is_some_and(|place| standings[usize::from(lane)].has(place))
    {
        judged.fault(Invariant::Order, "not the first of its lane was taken", false);
    }
    let (surely, perhaps) = filled(&standings);
    let right = |policy: &(&Policy, u8)| {
        let phase = capped(policy, line.phase);
        fillings(lane, surely, perhaps).any(|waits| turn(policy.0, phase, waits) == Some(lane))
    };
    if !policies.iter().any(right) {
        let text = format!("lane {lane} was taken out of its turn, at the phase {:?}", line.phase);
        judged.fault(Invariant::Order, text, false);
    }
    if !policies.iter().any(|policy| after(policy.0, capped(policy, line.phase), lane) == change.phase) {
        let text = format!("the phase moved from {:?} to {} by an offer to lane {lane}", line.phase, change.phase);
        judged.fault(Invariant::Phase, text, false);
    }
}

pub(super) fn filled(standings: &[Standing; 3]) -> ([bool; 3], [bool; 3]) {
    let surely = [0, 1, 2].map(|lane: usize| standings[lane].first.is_some());
    (surely, [0, 1, 2].map(|lane: usize| !standings[lane].perhaps.is_empty()))
}

/// The seat of an offer, if it suits the application at all.
pub(super) fn fits<'a>(
    known: &'a Known<'_>,
    judged: &mut Judged,
    change: &Change,
    key: (Name, Id),
) -> Option<&'a Seat> {
    let Some(seat) = known.base.seats.get(&key) else {
        judged.fault(
            Invariant::Seat,
            format!("{} was offered and isn't there", known.base.seat_key(key.0, key.1)),
            false,
        );
        return None;
    };
    if (seat.language, seat.stream) != (change.queue.language, change.queue.stream) {
        judged.fault(Invariant::Order, "a seat of another language or stream was offered", false);
    }
    if seat.temporary.is_some_and(|last| time::end(last) <= change.at) {
        judged.fault(Invariant::Order, "a temporary place was offered after its end", false);
    }
    Some(seat)
}

/// 13: whether an open seat would go to someone as the queues stand in the end.
pub(crate) fn is_waited_for(known: &Known<'_>, state: &State, key: (Name, Id), now: Ms) -> bool {
    let Some(seat) = known.base.seats.get(&key) else { return false };
    if seat.temporary.is_some_and(|last| time::end(last) <= now) {
        return false;
    }
    let free = |id: Id| !seat.declined.contains(&id) && !may_be_passed(known, state, id, key, now);
    let waits = |own: bool, with_conclusion: bool| {
        let lines = state.lines.iter().filter(|(of, _)| seat.years.contains(&of.year) == own);
        let mut standing = lines.flat_map(|(_, line)| line.lanes.iter().flatten());
        standing.any(|(_, id)| free(*id) && (!with_conclusion || known.base.app(id).is_some_and(|app| app.pmpc)))
    };
    waits(true, false) || waits(false, true)
}
