//! Group types of an organisation and the ages they serve (`P3.3`, `P24`). No dates and no birth years: see `terms`.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

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
}
