//! Groups of an organisation: their types and the ages these serve (`P3.3`, `P24`), and the figures of one group (`P28`). No dates:
//! see `terms`.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::ids::Bin;

/// The type of a group (`P3.3`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum GroupType {
    /// Early age.
    EarlyAge,
    /// Junior.
    Junior,
    /// Middle.
    Middle,
    /// Senior.
    Senior,
    /// Pre-school preparation.
    PreSchoolPreparation,
    /// Mixed-age: one group of several birth years (`P24.m`).
    MixedAge,
    /// Special: its bulletin lines state their birth years themselves (`P24`).
    Special,
}

/// The text names no group type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a group type is early-age, junior, middle, senior, pre-school-preparation, mixed-age or special")]
pub struct GroupTypeError;

impl GroupType {
    /// All group types.
    pub const ALL: [GroupType; 7] = [
        GroupType::EarlyAge,
        GroupType::Junior,
        GroupType::Middle,
        GroupType::Senior,
        GroupType::PreSchoolPreparation,
        GroupType::MixedAge,
        GroupType::Special,
    ];

    /// The name used in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            GroupType::EarlyAge => "early-age",
            GroupType::Junior => "junior",
            GroupType::Middle => "middle",
            GroupType::Senior => "senior",
            GroupType::PreSchoolPreparation => "pre-school-preparation",
            GroupType::MixedAge => "mixed-age",
            GroupType::Special => "special",
        }
    }
}

impl fmt::Display for GroupType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for GroupType {
    type Err = GroupTypeError;
    fn from_str(text: &str) -> Result<Self, GroupTypeError> {
        Self::ALL.into_iter().find(|group| group.as_str() == text).ok_or(GroupTypeError)
    }
}

/// Ages on 31 December that a group serves, both ends inclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AgeRange {
    /// The youngest, in years.
    pub from: u8,
    /// The oldest, in years.
    pub to: u8,
}

impl AgeRange {
    /// A group of one age.
    #[must_use]
    pub const fn only(age: u8) -> Self {
        Self { from: age, to: age }
    }
}

/// **D-ages**: the age on 31 December by group type (`P24`). A special group has none of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", default, deny_unknown_fields)]
pub struct Ages {
    /// Early age: 1.
    pub early_age: AgeRange,
    /// Junior: 2.
    pub junior: AgeRange,
    /// Middle: 3.
    pub middle: AgeRange,
    /// Senior: 4.
    pub senior: AgeRange,
    /// Pre-school preparation: 5.
    pub pre_school_preparation: AgeRange,
    /// Mixed-age: 2 to 5.
    pub mixed_age: AgeRange,
}

impl Default for Ages {
    fn default() -> Self {
        Self {
            early_age: AgeRange::only(1),
            junior: AgeRange::only(2),
            middle: AgeRange::only(3),
            senior: AgeRange::only(4),
            pre_school_preparation: AgeRange::only(5),
            mixed_age: AgeRange { from: 2, to: 5 },
        }
    }
}

impl Ages {
    /// The ages of a group type; none for special groups, whose lines state their birth years.
    #[must_use]
    pub const fn of(&self, group: GroupType) -> Option<AgeRange> {
        match group {
            GroupType::EarlyAge => Some(self.early_age),
            GroupType::Junior => Some(self.junior),
            GroupType::Middle => Some(self.middle),
            GroupType::Senior => Some(self.senior),
            GroupType::PreSchoolPreparation => Some(self.pre_school_preparation),
            GroupType::MixedAge => Some(self.mixed_age),
            GroupType::Special => None,
        }
    }
}

/// A group as its organisation tells of it (`P28`): who may be in it, how many are, and how many of them had no planned vaccination.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// Whose group.
    pub organisation: Bin,
    /// Its name, as the organisation gave it.
    pub name: String,
    /// Its version, from 1.
    pub version: u32,
    /// Its type.
    pub group_type: GroupType,
    /// The birth years of its children.
    pub birth_years: Vec<i32>,
    /// How many children are in it.
    pub children: u32,
    /// How many of them are unvaccinated.
    pub unvaccinated: u32,
}

impl Group {
    /// Whether the share of unvaccinated children is over a limit in per cent (`P28` (3)); exactly the limit isn't over it.
    #[must_use]
    pub fn is_over(&self, percent: u32) -> bool {
        u64::from(self.unvaccinated) * 100 > u64::from(self.children) * u64::from(percent)
    }

    /// The share of unvaccinated children in per cent, rounded down to a tenth, as it is told.
    #[must_use]
    pub fn share(&self) -> String {
        let tenths = u64::from(self.unvaccinated) * 1_000 / u64::from(self.children.max(1));
        format!("{}.{}", tenths / 10, tenths % 10)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The name, the JSON and the parser agree.
    #[test]
    fn p3_3_names_of_group_types() {
        for group in GroupType::ALL {
            assert_eq!(group.as_str().parse(), Ok(group));
            assert_eq!(serde_json::to_string(&group).expect("a name"), format!("\"{group}\""));
        }
        assert_eq!("nursery".parse::<GroupType>(), Err(GroupTypeError));
    }

    #[test]
    fn p24_only_special_groups_have_no_age() {
        let without: Vec<_> = GroupType::ALL.into_iter().filter(|group| Ages::default().of(*group).is_none()).collect();
        assert_eq!(without, [GroupType::Special]);
    }

    #[test]
    fn p28_exactly_ten_per_cent_is_not_over() {
        let check = |children, unvaccinated, over, share: &str| {
            let organisation = "061211600012".parse().expect("a number");
            let group = Group {
                organisation,
                name: "1".to_owned(),
                version: 1,
                group_type: GroupType::Middle,
                birth_years: vec![2022],
                children,
                unvaccinated,
            };
            assert_eq!((group.is_over(10), group.share().as_str()), (over, share), "{unvaccinated} of {children}");
        };
        check(20, 2, false, "10.0");
        check(20, 3, true, "15.0");
        check(24, 3, true, "12.5");
        check(0, 0, false, "0.0");
    }
}
