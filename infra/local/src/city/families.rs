//! The town's families: who applies when, for which child, where and with which benefit. Never here: what they answer later.

use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveTime, TimeDelta, Utc, Weekday};
use kezek_rules::terms::{add_months, at_local, local_date};
use serde_json::{Value, json};

use super::{Blueprint, Place, draw, draw::Draw, names};

/// How the simulated state registers treat a child.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RegisterMood {
    /// They know its benefit.
    Knows,
    /// They know of no benefit.
    Denies,
    /// They don't answer.
    Down,
}

/// A family and its application.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Family {
    /// Its number in the town, from 0, in the order in which the families apply.
    pub number: usize,
    /// The applicant's number.
    pub applicant: String,
    /// The child's number.
    pub child: String,
    /// The applicant's name.
    pub applicant_name: String,
    /// The child's name.
    pub child_name: String,
    /// When it applies.
    pub at: DateTime<Utc>,
    /// How old the child is then, in days.
    pub child_days: u64,
    /// The language wanted.
    pub language: &'static str,
    /// The stream wanted.
    pub stream: String,
    /// Where: indexes of the town's organisations.
    pub places: Vec<usize>,
    /// The benefit category.
    pub benefit: u8,
    /// How the registers treat the child.
    pub register: RegisterMood,
}

impl Family {
    /// The child's birthday, if the family applies at `at`.
    #[must_use]
    pub fn birth_date(&self, at: DateTime<Utc>) -> NaiveDate {
        local_date(at).checked_sub_days(Days::new(self.child_days)).unwrap_or(NaiveDate::MIN)
    }

    /// Where it wants a place: where the first organisation is that it names.
    #[must_use]
    pub fn settlement<'a>(&self, places: &'a [Place]) -> &'a str {
        self.places.first().and_then(|place| places.get(*place)).map_or("", |place| &place.settlement)
    }

    /// The body of `POST /v1/applications`, if the family applies at `at`.
    #[must_use]
    pub fn body(&self, places: &[Place], at: DateTime<Utc>) -> Value {
        let bins: Vec<&str> = self.places.iter().map(|place| places[*place].bin.as_str()).collect();
        let issued = local_date(at).checked_sub_days(Days::new(5)).unwrap_or(NaiveDate::MIN);
        let document = |kind: &str| json!({"kind": kind, "issuedOn": issued, "reference": format!("{}", self.number)});
        let mut documents = match self.benefit {
            1..=4 => vec![document("service-certificate")],
            11 | 12 => vec![document("work-certificate"), document("diploma")],
            _ => Vec::new(),
        };
        if self.stream.starts_with("special:") {
            documents.push(document("pmpc-conclusion"));
        }
        json!({
            "applicant": {"iin": self.applicant, "fullName": self.applicant_name,
                "address": format!("{} көшесі, {}", names::FAMILIES[self.number % 12], 1 + self.number % 90),
                "phone": format!("+7700{:07}", self.number)},
            "child": {"iin": self.child, "fullName": self.child_name, "birthDate": self.birth_date(at)},
            "settlement": self.settlement(places), "language": self.language, "organisations": bins, "benefit": self.benefit,
            "stream": self.stream, "documents": documents, "consent": true,
        })
    }

    /// The benefits that the registers know of the child.
    #[must_use]
    pub fn known_benefits(&self) -> Vec<u8> {
        if self.register == RegisterMood::Denies { Vec::new() } else { vec![self.benefit] }
    }

    /// Whether the benefit is one that registers confirm (`P6.b`).
    #[must_use]
    pub const fn has_register_benefit(&self) -> bool {
        5 <= self.benefit && self.benefit <= 12
    }
}

/// All of a town, in the order in which they apply; no two within a second. They get the next numbers that no one has yet.
pub(super) fn all(blueprint: &Blueprint, places: &[Place], people: &mut impl Iterator<Item = String>) -> Vec<Family> {
    let mut planned: Vec<(DateTime<Utc>, usize)> =
        (0..blueprint.families).map(|n| (instant(blueprint, n), n)).collect();
    planned.sort_unstable();
    let mut earliest = blueprint.from + TimeDelta::seconds(1);
    let mut families = Vec::with_capacity(planned.len());
    for (number, (at, drawn)) in planned.into_iter().enumerate() {
        let at = at.max(earliest);
        earliest = at + TimeDelta::seconds(1);
        let (Some(applicant), Some(child)) = (people.next(), people.next()) else { break };
        let family = family(blueprint, places, Pending { number, drawn, at, applicant, child });
        families.push(match families.last() {
            Some(before) if is_sibling(blueprint, drawn, before, &family) => with_sibling(family, before),
            _ => family,
        });
    }
    families
}

/// An instant of the time that is played: few on weekends, most by day, many in the evening.
fn instant(blueprint: &Blueprint, n: usize) -> DateTime<Utc> {
    let drawn = |step: &str| draw(blueprint.seed, &format!("{}/{n}", blueprint.town), step);
    let first = local_date(blueprint.from);
    // The last day is left out, so that every family applies in time.
    let days = u64::try_from((local_date(blueprint.until()) - first).num_days() - 1).unwrap_or(0).max(1);
    let on = |step: &str| first.checked_add_days(Days::new(drawn(step).below(days))).unwrap_or(first);
    let weekend = |day: NaiveDate| matches!(day.weekday(), Weekday::Sat | Weekday::Sun);
    let mut day = on("day");
    if weekend(day) && drawn("weekend").percent(50) {
        day = on("another day");
    }
    let hours = [(0_u64, 6), (7, 12), (9, 38), (13, 12), (14, 20), (18, 30), (21, 16)];
    let spans = [6, 2, 4, 1, 4, 3, 3];
    let from = drawn("hour").weighted(&hours).unwrap_or(9);
    let span = hours.iter().position(|(hour, _)| *hour == from).map_or(1, |index| spans[index]);
    let second = u32::try_from(from * 3_600 + drawn("second").below(span * 3_600)).unwrap_or(0);
    let milli = u32::try_from(drawn("millisecond").below(1_000)).unwrap_or(0);
    let time = NaiveTime::from_num_seconds_from_midnight_opt(second, milli * 1_000_000).unwrap_or(NaiveTime::MIN);
    at_local(day, time)
}

/// Whether a child is the sibling of the one whose family applied before: about one in twenty is.
fn is_sibling(blueprint: &Blueprint, drawn: usize, before: &Family, family: &Family) -> bool {
    let one_in_twenty = draw(blueprint.seed, &format!("{}/{drawn}", blueprint.town), "sibling").percent(5);
    one_in_twenty && [before, family].iter().all(|family| family.stream == "general")
}

/// The same child in the family of another, for whom the same places are wanted (`P26`).
fn with_sibling(family: Family, other: &Family) -> Family {
    Family {
        applicant: other.applicant.clone(),
        applicant_name: other.applicant_name.clone(),
        language: other.language,
        places: other.places.clone(),
        ..family
    }
}

struct Pending {
    number: usize,
    drawn: usize,
    at: DateTime<Utc>,
    applicant: String,
    child: String,
}

fn family(blueprint: &Blueprint, places: &[Place], pending: Pending) -> Family {
    let actor = format!("{}/{}", blueprint.town, pending.drawn);
    let drawn = |step: &str| draw(blueprint.seed, &actor, step);
    let language = if drawn("language").percent(65) { "kk" } else { "ru" };
    let special = drawn("stream").percent(1);
    let (stream, wanted) = if special {
        ("special:speech", vec![places.len() - 1])
    } else {
        ("general", choose(places, language, drawn("places")))
    };
    // Only one organisation serves the special stream, and not in every language.
    let language = if special { places[places.len() - 1].languages[0] } else { language };
    let benefit = if special { 5 } else { benefit(drawn("lane"), drawn("benefit")) };
    let register =
        drawn("register").weighted(&[(RegisterMood::Knows, 92), (RegisterMood::Denies, 5), (RegisterMood::Down, 3)]);
    let years = drawn("age").weighted(&[(1, 40), (2, 27), (3, 18), (4, 10), (5, 5)]).unwrap_or(1);
    let name =
        |of: &[&str], step: &str| of[usize::try_from(drawn(step).below(of.len() as u64)).unwrap_or(0)].to_owned();
    let surname = name(&names::FAMILIES, "surname");
    Family {
        number: pending.number,
        applicant_name: format!("{surname} {}", name(&names::PARENTS, "parent")),
        child_name: format!("{surname} {}", name(&names::CHILDREN, "child")),
        applicant: pending.applicant,
        child: pending.child,
        at: pending.at,
        child_days: child_days(pending.at, years, drawn("birthday")),
        language,
        stream: stream.to_owned(),
        places: wanted,
        benefit,
        register: register.unwrap_or(RegisterMood::Knows),
    }
}

/// The age in days of a child that is so many years old.
fn child_days(at: DateTime<Utc>, years: u32, drawn: Draw) -> u64 {
    let today = local_date(at);
    let back = |months: u32| today.checked_sub_months(chrono::Months::new(months)).unwrap_or(today);
    let (oldest, youngest) = (back(12 * (years + 1)), back(12 * years));
    let span = u64::try_from((youngest - oldest).num_days() - 1).unwrap_or(300);
    let born = youngest.checked_sub_days(Days::new(drawn.below(span))).unwrap_or(youngest);
    debug_assert!(add_months(born, 12 * years) <= today);
    u64::try_from((today - born).num_days()).unwrap_or(0)
}

/// About 3 % out of turn, 15 % first priority, the rest general.
fn benefit(lane: Draw, drawn: Draw) -> u8 {
    match lane.below(100) {
        0..3 => drawn.weighted(&[(1, 5), (2, 1), (3, 5), (4, 1)]),
        3..18 => drawn.weighted(&[(6, 2), (7, 2), (8, 1), (9, 1), (10, 8), (11, 3), (12, 3)]),
        _ => None,
    }
    .unwrap_or(13)
}

/// One to four organisations that teach the language, the famous ones more often.
fn choose(places: &[Place], language: &str, drawn: Draw) -> Vec<usize> {
    let wanted = drawn.then("count").weighted(&[(1, 20), (2, 30), (3, 30), (4, 20)]).unwrap_or(1);
    let mut left: Vec<(usize, u64)> = places
        .iter()
        .enumerate()
        .filter(|(_, place)| place.is_general() && place.languages.contains(&language))
        .map(|(n, place)| (n, place.fame))
        .collect();
    let mut chosen = Vec::new();
    for n in 0..wanted {
        let Some(place) = drawn.then(&n.to_string()).weighted(&left) else { break };
        left.retain(|(known, _)| *known != place);
        chosen.push(place);
    }
    chosen
}
