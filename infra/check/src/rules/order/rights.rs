//! The rights beside that of the head: a mixed-age group's (`P24.m`), that of a conclusion (`P24`), a sibling's (`P26`).

use super::Known;
use super::judge::{Judged, after, capped, filled, fillings, fits, may_be_passed, policies, standings, turn};
use super::state::State;
use crate::breach::Invariant;
use crate::ids::Id;
use crate::model::{App, Change, Lane};
use crate::policy::Policy;

/// `P24.m`: the earliest head of the lane whose turn it is by the group's own phase.
pub(super) fn mixed(known: &Known<'_>, judged: &mut Judged, state: &State, change: &Change, (seat, lane): (Id, Lane)) {
    let key = (change.queue.organisation, seat);
    let Some(kept) = fits(known, judged, change, key) else { return };
    let years = kept.years.to_vec();
    if years.len() < 2 || !years.contains(&change.queue.year) {
        judged.fault(Invariant::Order, "a mixed-age group took a child of other birth years", false);
    }
    let place = change.departed.map(|(_, at)| (at, change.app));
    let (mut surely, mut perhaps, mut earliest) = ([false; 3], [false; 3], true);
    for (of, line) in state.lines.iter().filter(|(of, _)| years.contains(&of.year)) {
        let standings = standings(known, state, line, change.at, key);
        let (sure, maybe) = filled(&standings);
        for index in 0..3 {
            surely[index] |= sure[index];
            perhaps[index] |= maybe[index];
        }
        let mine = &standings[usize::from(lane)];
        earliest &= match (*of == change.queue, place) {
            (true, Some(place)) => mine.has(place),
            (false, Some(place)) => mine.first.is_none_or(|first| place < first),
            (_, None) => false,
        };
    }
    if !earliest {
        judged.fault(Invariant::Order, "a mixed-age group took another than the earliest head of the lane", true);
    }
    let Some((seq, came_to)) = change.mixed else {
        judged.fault(Invariant::History, "a mixed-age group took a child, and its phase isn't told", false);
        return;
    };
    let before = state.mixed.get(&years).copied();
    let changes = before.map_or(0, |(changes, ..)| changes);
    let (phase, since) = (before.map(|(_, phase, _)| phase), before.map(|(.., at)| at));
    let policies = policies(known, change.queue.organisation, Some(kept.settlement), (since, change.at));
    if seq != changes + 1 {
        judged.fault(Invariant::History, format!("change {seq} of a mixed-age group comes after {changes}"), true);
    }
    let right = |policy: &(&Policy, u8)| {
        let phase = capped(policy, phase);
        fillings(lane, surely, perhaps).any(|waits| turn(policy.0, phase, waits) == Some(lane))
    };
    if !policies.iter().any(right) {
        let text = format!("a mixed-age group took lane {lane} out of its turn, at its phase {phase:?}");
        judged.fault(Invariant::Order, text, true);
    }
    if !policies.iter().any(|policy| after(policy.0, capped(policy, phase), lane) == came_to) {
        let text = format!("a mixed-age group's phase moved from {phase:?} to {came_to} by an offer to lane {lane}");
        judged.fault(Invariant::Phase, text, true);
    }
    judged.mixed = Some((years, came_to));
}

/// `P24`: no one of the seat's own years waits, and of the others with a conclusion it stands first.
pub(super) fn pmpc(known: &Known<'_>, judged: &mut Judged, state: &State, change: &Change, seat: Id) {
    let key = (change.queue.organisation, seat);
    let Some(kept) = fits(known, judged, change, key) else { return };
    let app = known.base.app(&change.app);
    if kept.years.contains(&change.queue.year) || !app.is_some_and(|app| app.pmpc) {
        judged.fault(Invariant::Order, "a place beyond the birth years was offered without that right", false);
    }
    let place = change.departed.map(|(lane, at)| (lane, at, change.app));
    // A conclusion that may have come later gives no place before that.
    let surely = |app: &App| app.pmpc && !app.past.more_documents;
    for (of, line) in &state.lines {
        let standings = standings(known, state, line, change.at, key);
        if kept.years.contains(&of.year) {
            if standings.iter().any(|standing| standing.first.is_some()) {
                judged.fault(Invariant::Order, "someone of the seat's own birth years waits", true);
            }
            continue;
        }
        let before = line.standing().into_iter().filter(|standing| Some(*standing) < place);
        let passed = |id| may_be_passed(known, state, id, key, change.at);
        if before.into_iter().any(|(.., id)| known.base.app(&id).is_some_and(surely) && !passed(id)) {
            judged.fault(Invariant::Order, "another child with a conclusion stands before it", true);
        }
    }
}

/// `P26`: a sibling was taken by a right of its own at the same moment.
pub(super) fn sibling(known: &Known<'_>, judged: &mut Judged, change: &Change, seat: Id) {
    let key = (change.queue.organisation, seat);
    let Some(kept) = fits(known, judged, change, key) else { return };
    let Some(app) = known.base.app(&change.app) else { return };
    if kept.temporary.is_some() || !kept.years.contains(&change.queue.year) {
        judged.fault(Invariant::Order, "a sibling was offered a place that isn't for it", false);
    }
    if !known.taken.contains(&(key.0, change.at, app.applicant, app.stream)) {
        judged.fault(Invariant::Order, "a sibling was offered a place, but no child of the family had its turn", false);
    }
    let policies = known.base.policies.in_force(known.base.names.text(kept.settlement), change.at);
    let applicants = known.base.policies.in_force(known.base.names.text(app.settlement), change.at);
    let lane = change.departed.map_or(2, |(lane, _)| lane);
    let allowed = |policy: &&Policy| policy.bundles && (lane == 2 || !policy.bundles_general);
    let governing = policies.iter().filter(|policy| policy.by_organisation);
    let applicants = applicants.iter().filter(|_| policies.iter().any(|policy| !policy.by_organisation));
    if !governing.chain(applicants).any(allowed) {
        judged.fault(Invariant::Order, "siblings were offered places together against the policy", false);
    }
}
