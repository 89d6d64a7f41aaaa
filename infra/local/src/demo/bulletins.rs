//! The bulletins of a town's organisations (`P17.1`): at the end of the school year, in July and August, and now and then
//! during it. Never here: what becomes of them.

use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveTime, TimeDelta, Utc};
use kezek_contract::answers::iso;
use kezek_rules::terms::{at_local, local_date};
use serde_json::{Value, json};

use super::script::{Act, Step};
use crate::city::{City, ORGANISATIONS, Place, draw};

/// For this many families an organisation publishes what is planned here; for fewer it publishes less.
const FULL: u64 = 2_000;
/// However few they are, it publishes as if they were so many: otherwise nothing would happen in a small town.
const LEAST: u64 = 1_200;

/// All bulletins of the time that is played.
pub(super) fn all(city: &City) -> Vec<Step> {
    let (from, until) = (local_date(city.blueprint.from), local_date(city.blueprint.until()));
    let mut steps = Vec::new();
    for n in 0..city.places.len() {
        for year in from.year()..=until.year() {
            if let Some(first) = NaiveDate::from_ymd_opt(year, 7, 6) {
                steps.extend(bulletin(city, n, first, 50, "year-end"));
            }
        }
        // About every ten weeks a place comes free.
        let mut day = from;
        while day < until {
            if !(6..=8).contains(&day.month()) {
                steps.extend(bulletin(city, n, day, 60, "current"));
            }
            day = day.checked_add_days(Days::new(70)).unwrap_or(until);
        }
    }
    steps.retain(|step| step.at > city.blueprint.from);
    steps
}

/// A bulletin on one of the `span` days from `first` on, in working time.
fn bulletin(city: &City, place: usize, first: NaiveDate, span: u64, kind: &'static str) -> Option<Step> {
    let name = format!("bulletin-{place:02}/{first}");
    let drawn = |step: &str| draw(city.blueprint.seed, &name, step);
    let day = first.checked_add_days(Days::new(drawn("day").below(span)))?;
    let morning = at_local(day, NaiveTime::from_hms_opt(9, 0, 0)?);
    // Bulletins stand apart from each other and from what families do by their milliseconds.
    let within = i64::try_from(drawn("time").below(9 * 3_600)).ok()?;
    let at = morning + TimeDelta::seconds(within) + TimeDelta::milliseconds(i64::try_from(place).ok()? * 3 + 1);
    let lines = lines(city, place, kind, day, |step| drawn(step).below(u64::MAX));
    if lines.is_empty() {
        return None;
    }
    let body = body(&city.places[place], &format!("B-{first}"), at, kind, &lines);
    Some(Step { at, name, family: 0, act: Act::Publish(body) })
}

fn body(place: &Place, id: &str, at: DateTime<Utc>, kind: &str, lines: &[Value]) -> Value {
    json!({"bulletinId": id, "organisation": place.bin, "issuedAt": iso(at), "kind": kind, "lines": lines})
}

/// Groups are filled at the year's end, a few places in each; during the year a single place comes free, now and then for a few
/// months only, while its own child is at a sanatorium (`P23.c`).
fn lines(city: &City, n: usize, kind: &str, day: NaiveDate, drawn: impl Fn(&str) -> u64) -> Vec<Value> {
    let place = &city.places[n];
    // What counts is how many families a town has.
    let share = (city.families.len() * ORGANISATIONS / city.places.len().max(1)) as u64;
    let mut lines = Vec::new();
    for language in place.languages {
        for (age, group) in place.groups {
            let step = format!("{language}/{group}");
            // Fewer families need fewer places: then most groups have none to give.
            let (percent, most) = if kind == "year-end" { (35, 2) } else { (5, 1) };
            if drawn(&step) % (100 * FULL) >= percent * share.clamp(LEAST, FULL) {
                continue;
            }
            let count = 1 + drawn(&format!("{step}/count")) % most;
            let months = drawn(&format!("{step}/temporary"));
            let away = kind == "current" && months.is_multiple_of(5);
            let until = away.then(|| day.checked_add_days(Days::new(30 + months / 5 % 90)));
            let regime = [9.0, 10.5, 12.0][usize::from(*age) % 3];
            lines.push(json!({"line": lines.len() + 1, "count": count, "groupType": group, "language": language,
                "regimeHours": regime, "stream": "general", "birthYears": [], "temporaryUntil": until.flatten()}));
        }
    }
    if kind == "year-end" && place.streams.contains(&"special") {
        let year = city.blueprint.from.year() - 3;
        lines.push(json!({"line": lines.len() + 1, "count": 1, "groupType": "special", "language": place.languages[0],
            "regimeHours": 9, "stream": "special:speech", "birthYears": [year], "temporaryUntil": null}));
    }
    lines
}
