//! The facts that notices carry and that are more than a name or an instant. Never a wording.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::texts::Names;

/// An organisation with the queue number there (Annex 4).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlaceInQueue {
    /// The organisation.
    pub organisation: Names,
    /// The queue number (`P3.9`); none where the entry has none.
    pub number: Option<u64>,
}

/// A ground of refusal (`P5.e`, A2.9), by its number in the Annex.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub enum Ground {
    /// 1: data or documents found untrue.
    Untrue,
    /// 2: data or documents don't meet the Rules.
    NotConforming,
    /// 3: no consent to personal-data access.
    NoConsent,
}

impl Ground {
    /// All grounds, in the Annex's order.
    pub const ALL: [Ground; 3] = [Ground::Untrue, Ground::NotConforming, Ground::NoConsent];

    /// Its number in A2.9.
    #[must_use]
    pub const fn number(self) -> u8 {
        self as u8 + 1
    }
}

impl From<Ground> for u8 {
    fn from(ground: Ground) -> u8 {
        ground.number()
    }
}

/// The number names no ground of refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GroundError;

impl fmt::Display for GroundError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no ground of refusal has this number")
    }
}

impl std::error::Error for GroundError {}

impl TryFrom<u8> for Ground {
    type Error = GroundError;
    fn try_from(number: u8) -> Result<Self, GroundError> {
        Self::ALL.into_iter().find(|ground| ground.number() == number).ok_or(GroundError)
    }
}
