//! A nation: several towns in one base, each with organisations of its own, in twenty regions. Families want places in their own
//! town. Never here: what a town is like.

use chrono::TimeDelta;

use super::{Blueprint, City, Family, draw, families, numbers, organisations};

/// How many regions there are: towns are spread over them.
const REGIONS: usize = 20;

/// The code of a town's settlement: it begins with its region's, and no settlement has it.
fn settlement(town: usize) -> String {
    format!("{:02}99{:05}", 10 + town % REGIONS, 1 + town / REGIONS)
}

/// Builds all towns.
pub(super) fn build(blueprint: Blueprint) -> City {
    let begin = |of| draw(blueprint.seed, &blueprint.town, of).below(u64::MAX);
    let mut bins = numbers::organisations_of_a_nation(begin("organisations"));
    let mut people = numbers::people(begin("people"));
    let (mut places, mut all) = (Vec::new(), Vec::new());
    for town in 0..blueprint.towns {
        // What is left over goes to the first towns.
        let more = usize::from(town < blueprint.families % blueprint.towns);
        let families = blueprint.families / blueprint.towns + more;
        let plan = Blueprint { town: format!("{}/{town}", blueprint.town), families, towns: 1, ..blueprint.clone() };
        let own = organisations::all(&plan, &settlement(town), &mut bins);
        let moved = |family: Family| {
            let places = family.places.iter().map(|place| place + places.len()).collect();
            Family { places, ..family }
        };
        all.extend(families::all(&plan, &own, &mut people).into_iter().map(moved));
        places.extend(own);
    }
    all.sort_by(|one, other| (one.at, &one.child).cmp(&(other.at, &other.child)));
    let mut earliest = blueprint.from;
    for (number, family) in all.iter_mut().enumerate() {
        // No two apply at once, in a nation neither; within a millisecond of each other they may.
        family.at = family.at.max(earliest);
        earliest = family.at + TimeDelta::milliseconds(1);
        family.number = number;
    }
    City { blueprint, places, families: all }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::city::{ORGANISATIONS, TOWN};

    #[test]
    fn a_nation_is_many_towns_with_numbers_of_their_own() {
        let from = "2026-01-12T05:00:00Z".parse().expect("an instant");
        let plan = Blueprint { seed: 1, town: TOWN.to_owned(), families: 1_000, from, years: 1, towns: 24 };
        let nation = City::build(plan);
        assert_eq!((nation.places.len(), nation.families.len()), (24 * ORGANISATIONS, 1_000));
        let bins: BTreeSet<_> = nation.places.iter().map(|place| &place.bin).collect();
        let children: BTreeSet<_> = nation.families.iter().map(|family| &family.child).collect();
        assert_eq!((bins.len(), children.len()), (24 * ORGANISATIONS, 1_000));
        let regions: BTreeSet<_> = nation.places.iter().map(|place| &place.settlement[..2]).collect();
        assert_eq!(regions.len(), REGIONS);
        for (n, family) in nation.families.iter().enumerate() {
            let towns: BTreeSet<_> = family.places.iter().map(|place| &nation.places[*place].settlement).collect();
            assert_eq!((towns.len(), family.number), (1, n), "a family stays in its town");
        }
        assert!(nation.families.windows(2).all(|pair| pair[0].at < pair[1].at));
    }
}
