//! 9: every clock that runs stands in the agenda at its own instant, nothing else does, nothing is overdue, and nothing fired early.

use crate::base::Base;
use crate::breach::Invariant;
use crate::ids::{Id, Name, shown};
use crate::life::{Early, EarlyWhat};
use crate::mend::{Mend, To};
use crate::model::{Agenda, App, Family, Held, Place, Status};
use crate::time::{self, Ms};

/// How far a deadline in working days may stand from what was told of it once the calendar was patched.
const PATCHED: Ms = 40 * time::DAY;

type Found = (Invariant, String, Option<Mend>);

/// An item in the agenda: its key, and its version, if it has one.
pub(crate) type Key = (String, String, Option<i64>);

pub(crate) fn check(base: &mut Base, now: Ms, grace: Ms) {
    let mut found: Vec<Found> = Vec::new();
    let duties = ["first-check", "benefit-claim", "second-check"].map(|kind| base.names.of(kind));
    for (id, app) in &base.apps {
        found.extend(application(base, *id, app, duties, now, grace));
    }
    for ((organisation, id), seat) in &base.seats {
        let wanted = match &seat.held {
            Held::Open => Agenda::Open,
            Held::Offered { due, .. } => Agenda::Due(Family::Minute, *due),
            Held::Referred { due, .. } => due.map_or(Agenda::Nowhere, |due| Agenda::Due(Family::Minute, due)),
            Held::Filled { .. } | Held::Withdrawn => Agenda::Nowhere,
        };
        let key = (format!("O#{}", base.names.text(*organisation)), format!("S#{id:032x}"), Some(seat.version));
        found.extend(stands(key, seat.agenda, &[wanted], now, grace));
    }
    for early in &base.early {
        found.extend(fired_early(base, early));
    }
    if let Some(patched) = base.recount.filter(|patched| patched + 10 * 60 * 1000 + grace < now) {
        let text = format!("the recount of deadlines after the patch of {} isn't finished", time::shown(patched));
        found.push((Invariant::Deadline, text, None));
    }
    base.settle(found);
}

/// Whether an item stands in the agenda where it may stand: at one of these places.
pub(crate) fn stands(key: Key, is: Agenda, may: &[Agenda], now: Ms, grace: Ms) -> Option<Found> {
    let (pk, sk, version) = key;
    let shown = format!("{pk}/{sk}");
    if !may.contains(&is) {
        let wanted = may.first().copied().unwrap_or(Agenda::Nowhere);
        let to = match wanted {
            Agenda::Due(family, at) => To::Due(family, at),
            Agenda::Open => To::Open,
            Agenda::Nowhere | Agenda::Astray => To::Nowhere,
        };
        let text = match (is, wanted) {
            (Agenda::Nowhere, Agenda::Open) => format!("{shown} is open and isn't in the agenda"),
            (Agenda::Nowhere, wanted) => format!("{shown}: a deadline is lost, {}", at(wanted)),
            (is, Agenda::Nowhere) => format!("{shown} stands in the agenda, {}, and has no clock", at(is)),
            (is, wanted) => format!("{shown} stands in the agenda {}, not {}", at(is), at(wanted)),
        };
        return Some((Invariant::Deadline, text, Some(Mend::Agenda { pk, sk, to, version })));
    }
    match is {
        Agenda::Due(family, due) if due + family.patience() + grace < now => {
            Some((Invariant::Deadline, format!("{shown} is overdue since {}", time::shown(due)), None))
        }
        _ => None,
    }
}

fn at(agenda: Agenda) -> String {
    match agenda {
        Agenda::Due(family, at) => format!("at {} of {}", time::shown(at), family.name()),
        Agenda::Open => "among the open seats".to_owned(),
        Agenda::Nowhere => "nowhere".to_owned(),
        Agenda::Astray => "where no one looks".to_owned(),
    }
}

fn application(base: &Base, id: Id, app: &App, duties: [Name; 3], now: Ms, grace: Ms) -> Option<Found> {
    let key = (format!("A#{}", shown(id)), "A".to_owned(), Some(i64::from(app.version)));
    let Some((clocks, register)) = clocks(base, app, duties) else {
        let text = format!("A#{} names a policy that isn't there", shown(id));
        return Some((Invariant::Deadline, text, None));
    };
    // The end of a register's time isn't stored: once the calendar was patched it may stand elsewhere than it was told.
    let patched = register.is_some_and(|(_, version)| base.calendar() > version);
    if let (Some((told, _)), true, Agenda::Due(Family::Minute, at)) = (register, patched, app.agenda) {
        let first = clocks.iter().map(|(at, _)| *at).min().unwrap_or(Ms::MAX);
        if (at - told).abs() <= PATCHED && at <= first {
            return stands(key, app.agenda, &[app.agenda], now, grace);
        }
    }
    let told = register.filter(|_| !patched).map(|(told, _)| (told, Family::Minute));
    let all: Vec<(Ms, Family)> = clocks.into_iter().chain(told).collect();
    let first = all.iter().map(|(at, _)| *at).min();
    let may: Vec<Agenda> = match first {
        None => vec![Agenda::Nowhere],
        // Of clocks that run out together either may be the one that is served.
        Some(first) => {
            all.iter().filter(|(at, _)| *at == first).map(|(at, family)| Agenda::Due(*family, *at)).collect()
        }
    };
    stands(key, app.agenda, &may, now, grace)
}

type Clocks = (Vec<(Ms, Family)>, Option<(Ms, i64)>);

/// The clocks that run in an application's state, and a register's time, if it is waited for, with the calendar it was told by. None
/// if a policy is missing.
fn clocks(base: &Base, app: &App, duties: [Name; 3]) -> Option<Clocks> {
    let [first_check, claim, second_check] = duties;
    let (mut clocks, mut register) = (Vec::new(), None);
    let contract = app.contract.as_deref().filter(|contract| contract.signed && app.status.is_live());
    clocks.extend(contract.and_then(|contract| contract.temporary).map(|last| (time::end(last), Family::Minute)));
    match app.status {
        Status::Accepted => clocks.push((app.accepted, Family::Minute)),
        Status::Verifying if app.duty(Some(first_check)).is_none() => register = app.past.register,
        Status::Queued if app.claim.is_some_and(|(by_register, _)| by_register) && app.duty(Some(claim)).is_none() => {
            register = app.past.register;
        }
        Status::Referred => {
            let check = app.live_referral().and_then(|referral| referral.check);
            clocks.extend(check.filter(|_| app.duty(Some(second_check)).is_none()).map(|at| (at, Family::Minute)));
            return Some((clocks, None));
        }
        Status::Refused | Status::Enrolled | Status::Archived => return Some((clocks, None)),
        Status::Verifying | Status::Queued => {}
    }
    if !app.pmpc {
        clocks.push((base.policies.named(base.names.text(app.policy))?.too_old(app.born), Family::Daily));
    }
    clocks.extend(app.not_before.map(|day| (time::start(day), Family::Minute)));
    let (year, stage, policy) = app.interest;
    let asked = base.policies.named(base.names.text(policy))?.interest(app.submitted, year);
    clocks.push((asked[usize::from(stage.min(2))], Family::Daily));
    for entry in &app.entries {
        if let Place::Suspended(end) = entry.place {
            clocks.push((end, Family::Minute));
        }
    }
    Some((clocks, register))
}

fn fired_early(base: &Base, early: &Early) -> Option<Found> {
    let app = base.app(&early.app)?;
    let name = base.names.text(early.policy);
    let key = format!("A#{}/E#{:06}", shown(early.app), early.seq);
    let Some(policy) = base.policies.named(name) else {
        return Some((Invariant::Deadline, format!("{key} was decided under {name}, which isn't there"), None));
    };
    let (due, what) = match early.what {
        EarlyWhat::Reminder(made, by) => (by.min(made + policy.reminder_hours * 60 * 60 * 1000), "an offer sent again"),
        EarlyWhat::TooOld => (policy.too_old(app.born), "archived for its age"),
        EarlyWhat::Interest(time, by) => {
            let asked = (1..=60).map(|year| policy.interest(app.submitted, year));
            // The term told is the next of its instants: by it the year is found.
            let of = asked.into_iter().find(|asked| asked[usize::from(time.clamp(1, 2))] == by);
            let Some(asked) = of else {
                return Some((Invariant::Deadline, format!("{key}: interest asked with a term of no year"), None));
            };
            (asked[usize::from(time.clamp(1, 2)) - 1], "interest asked")
        }
    };
    (early.at < due).then(|| (Invariant::Deadline, format!("{key}: {what} before {}", time::shown(due)), None))
}
