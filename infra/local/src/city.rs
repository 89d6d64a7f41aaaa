//! A made-up steppe town: its organisations, its families and what they will ask for, all of it following from a number, so
//! that the same number always makes the same town. Everyone in it is invented. Never here: a base, a clock or a call.

mod draw;
mod families;
mod names;
mod numbers;
mod organisations;
pub mod seed;
mod towns;

use chrono::{DateTime, Months, Utc};

pub use draw::{Draw, draw};
pub use families::{Family, RegisterMood};
pub use organisations::Place;

/// The settlement's code: it begins like a real region's, and no settlement has it.
pub const SETTLEMENT: &str = "759900100";

/// The town's name if none is given.
pub const TOWN: &str = "Бозторғай";

/// How many organisations a town has.
pub const ORGANISATIONS: usize = 20;

/// What a town is made from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blueprint {
    /// The number everything follows from.
    pub seed: u64,
    /// The town's name: another name is another town.
    pub town: String,
    /// How many families apply.
    pub families: usize,
    /// When the first of them may.
    pub from: DateTime<Utc>,
    /// Over how many years they do.
    pub years: u32,
    /// In how many towns: a nation has several, each with organisations of its own, and its families are spread over them.
    pub towns: usize,
}

impl Blueprint {
    /// The end of the time in which families apply.
    #[must_use]
    pub fn until(&self) -> DateTime<Utc> {
        self.from.checked_add_months(Months::new(12 * self.years)).unwrap_or(DateTime::<Utc>::MAX_UTC)
    }
}

/// The town.
#[derive(Debug, Clone)]
pub struct City {
    /// What it was made from.
    pub blueprint: Blueprint,
    /// Its organisations.
    pub places: Vec<Place>,
    /// Its families, in the order in which they apply.
    pub families: Vec<Family>,
}

impl City {
    /// Builds the town.
    #[must_use]
    pub fn build(blueprint: Blueprint) -> Self {
        if blueprint.towns > 1 {
            return towns::build(blueprint);
        }
        let begin = |of| draw(blueprint.seed, &blueprint.town, of).below(u64::MAX);
        let mut bins = numbers::organisations(begin("organisations"));
        let mut people = numbers::people(begin("people"));
        let places = organisations::all(&blueprint, SETTLEMENT, &mut bins);
        let families = families::all(&blueprint, &places, &mut people);
        Self { blueprint, places, families }
    }

    /// Where a family wants its place: the settlement of the first organisation it names.
    #[must_use]
    pub fn settlement(&self, family: &Family) -> &str {
        family.settlement(&self.places)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use chrono::TimeDelta;
    use kezek_rules::ids::{Bin, Iin};

    use super::*;

    fn city(seed: u64, families: usize) -> City {
        let from = "2026-01-12T05:00:00Z".parse().expect("an instant");
        City::build(Blueprint { seed, town: TOWN.to_owned(), families, from, years: 2, towns: 1 })
    }

    #[test]
    fn a_town_follows_from_its_number() {
        let (one, again, other) = (city(1, 300), city(1, 300), city(2, 300));
        assert_eq!(one.families, again.families);
        assert_eq!(one.places, again.places);
        assert_ne!(one.families, other.families);
    }

    #[test]
    fn k2_every_number_is_invented_valid_and_its_own() {
        let city = city(1, 2_000);
        let (mut children, mut applicants) = (BTreeSet::new(), BTreeSet::new());
        for family in &city.families {
            for iin in [&family.applicant, &family.child] {
                assert!(iin.starts_with("0000") && iin.parse::<Iin>().is_ok(), "nobody is born in month 0");
            }
            assert!(children.insert(family.child.clone()));
            applicants.insert(family.applicant.clone());
        }
        assert!(applicants.is_disjoint(&children));
        let siblings = children.len() - applicants.len();
        assert!((60..=140).contains(&siblings), "about one child in twenty has a sibling: {siblings}");
        let bins: BTreeSet<_> = city.places.iter().map(|place| place.bin.clone()).collect();
        assert_eq!(bins.len(), ORGANISATIONS);
        assert!(bins.iter().all(|bin| bin.starts_with("9901400") && bin.parse::<Bin>().is_ok()));
    }

    #[test]
    fn families_are_as_a_town_has_them() {
        let city = city(1, 2_000);
        let share = |of: fn(&Family) -> bool| city.families.iter().filter(|family| of(family)).count();
        assert!((30..=90).contains(&share(|family| family.benefit <= 4)), "about 3 % out of turn");
        assert!((240..=360).contains(&share(|family| (5..=12).contains(&family.benefit))), "about 15 % first");
        for pair in city.families.windows(2) {
            assert!(pair[1].at - pair[0].at >= TimeDelta::seconds(1), "no two at once");
        }
        assert!(city.families[0].at >= city.blueprint.from);
        assert!(city.families.last().expect("one").at < city.blueprint.until());
        let mut ages: BTreeMap<i64, usize> = BTreeMap::new();
        for family in &city.families {
            let birth = family.birth_date(family.at);
            *ages.entry((family.at.date_naive() - birth).num_days() / 366).or_default() += 1;
            let named: BTreeSet<_> = family.places.iter().collect();
            assert!((1..=4).contains(&named.len()) && named.len() == family.places.len());
            for place in &family.places {
                let place = &city.places[*place];
                assert!(place.languages.contains(&family.language));
                let kind = family.stream.split(':').next().expect("a kind");
                assert!(place.streams.contains(&kind));
            }
        }
        assert!(ages[&1] > ages[&2] && ages[&2] > ages[&4], "{ages:?}");
    }
}
