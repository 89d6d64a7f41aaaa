//! What ends a seed: the promise is broken, or the simulation itself can't go on. Never here: faults.

use std::fmt;

/// A seed failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    /// Which part of the promise; none: the simulation itself couldn't go on.
    pub promise: Option<u8>,
    /// How.
    pub text: String,
}

impl Broken {
    /// A part of the promise is broken.
    #[must_use]
    pub fn promise(number: u8, text: impl Into<String>) -> Self {
        Self { promise: Some(number), text: text.into() }
    }

    /// The simulation itself can't go on.
    #[must_use]
    pub fn simulation(text: impl Into<String>) -> Self {
        Self { promise: None, text: text.into() }
    }
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.promise {
            Some(number) => write!(f, "promise {number}: {}", self.text),
            None => write!(f, "the simulation can't go on: {}", self.text),
        }
    }
}

impl std::error::Error for Broken {}

impl From<kezek_local::aws::Error> for Broken {
    fn from(error: kezek_local::aws::Error) -> Self {
        Self::simulation(format!("{error}: {error:?}"))
    }
}

impl From<kezek_local::Error> for Broken {
    fn from(error: kezek_local::Error) -> Self {
        Self::simulation(format!("{error}: {error:?}"))
    }
}
