//! The documents that a refusal names (`P5.d`, `P22.c`, Annex 4): kinds only. Whether they are needed is decided elsewhere.

use serde::{Deserialize, Serialize};

/// The kinds of the documents that were found to be missing, and of those that have expired.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Lacking {
    /// Not handed in.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub missing: Vec<String>,
    /// Out of date.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub expired: Vec<String>,
}

impl Lacking {
    /// Whether nothing is named.
    #[must_use]
    pub const fn is_none(&self) -> bool {
        self.missing.is_empty() && self.expired.is_empty()
    }
}
