//! The town's organisations: of several types, in Kazakh, in Russian or in both. Never here: their vacancies.

use serde_json::{Value, json};

use super::{Blueprint, ORGANISATIONS, draw, names};

/// An organisation of the town.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Its number.
    pub bin: String,
    /// Where it is.
    pub settlement: String,
    /// Its names.
    pub names: (&'static str, &'static str),
    /// Its type.
    pub kind: &'static str,
    /// Its languages of instruction.
    pub languages: &'static [&'static str],
    /// The kinds of stream it serves.
    pub streams: &'static [&'static str],
    /// The ages (on 31 December) of its groups, with their group types; of a mixed-age one, the age of most.
    pub groups: &'static [(u8, &'static str)],
    /// How much families like it.
    pub fame: u64,
}

const GARDEN: &[(u8, &str)] =
    &[(2, "junior"), (3, "middle"), (4, "senior"), (5, "pre-school-preparation"), (1, "early-age")];
const CRIB: &[(u8, &str)] = &[(1, "early-age"), (2, "junior"), (3, "middle")];
const SMALL: &[(u8, &str)] = &[(3, "middle"), (4, "mixed-age"), (5, "pre-school-preparation")];

impl Place {
    /// The body of `PUT /v1/workplace/organisations/{bin}`.
    #[must_use]
    pub fn body(&self) -> Value {
        json!({
            "names": {"kk": self.names.0, "ru": self.names.1}, "type": self.kind, "settlement": self.settlement,
            "languages": self.languages, "streams": self.streams, "open": true,
        })
    }

    /// Whether it serves the general stream.
    #[must_use]
    pub fn is_general(&self) -> bool {
        self.streams.contains(&"general")
    }
}

/// All of a town, with the next numbers that no one has yet.
pub(super) fn all(blueprint: &Blueprint, settlement: &str, bins: &mut impl Iterator<Item = String>) -> Vec<Place> {
    let place = |(n, bin)| place(blueprint, settlement, n, bin);
    bins.take(ORGANISATIONS).enumerate().map(place).collect()
}

fn place(blueprint: &Blueprint, settlement: &str, n: usize, bin: String) -> Place {
    let (kind, groups): (_, &'static [_]) = match n {
        0..12 => ("kindergarten", GARDEN),
        12..15 => ("nursery", CRIB),
        15..18 => ("mini-centre", SMALL),
        18 => ("sanatorium-nursery", CRIB),
        _ => ("special-kindergarten", GARDEN),
    };
    let streams: &[&str] = match n {
        18 => &["general", "sanatorium"],
        19 => &["general", "special"],
        _ => &["general"],
    };
    // 8 in Kazakh, 4 in Russian, 8 in both.
    let languages: &[&str] = match n % 5 {
        0 | 3 => &["kk"],
        1 => &["ru"],
        _ => &["kk", "ru"],
    };
    let fame = 1 + draw(blueprint.seed, &blueprint.town, &format!("fame/{n}")).below(6);
    Place {
        bin,
        settlement: settlement.to_owned(),
        names: names::PLACES[n % names::PLACES.len()],
        kind,
        languages,
        streams,
        groups,
        fame,
    }
}
