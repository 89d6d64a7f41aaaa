//! The chance of a case. Never here: what is drawn for.

use kezek_fixtures::chance::Chance;

/// A stream of numbers that follows from a seed, a name and a case.
#[derive(Debug, Clone)]
pub struct Random(Chance);

impl Random {
    /// The stream of a case.
    #[must_use]
    pub fn of(seed: u64, name: &str, case: u64) -> Self {
        Self(Chance::of(seed ^ case.wrapping_mul(0x9e37_79b9_7f4a_7c15), name))
    }

    /// The next number.
    pub fn number(&mut self) -> u64 {
        self.0.number()
    }

    /// A number below another; 0 below 0.
    pub fn below(&mut self, end: usize) -> usize {
        self.0.below(end)
    }

    /// Whether one of `n` chances comes true.
    pub fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }

    /// One of several.
    pub fn pick<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }
}
