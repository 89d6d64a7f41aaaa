//! Chance without chance: numbers that follow from (seed, actor, step), so that a play told again is the same play.
//! Never here: a generator with a state, which a restart would lose.

use sha2::{Digest, Sha256};

/// A number that was drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Draw(u64);

/// Draws the number of an actor's step.
#[must_use]
pub fn draw(seed: u64, actor: &str, step: &str) -> Draw {
    let digest = Sha256::digest(format!("{seed}|{}|{actor}|{step}", actor.len()));
    Draw(digest.iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte)))
}

impl Draw {
    /// A number from 0 to `n` − 1; 0 if `n` is 0.
    #[must_use]
    pub const fn below(self, n: u64) -> u64 {
        if n == 0 { 0 } else { self.0 % n }
    }

    /// Whether it falls among so many of a hundred.
    #[must_use]
    pub const fn percent(self, share: u64) -> bool {
        self.0 % 100 < share
    }

    /// One of these, each as often as its weight says. The last one if all weights are 0.
    #[must_use]
    pub fn weighted<T: Copy>(self, choices: &[(T, u64)]) -> Option<T> {
        let mut rest = self.below(choices.iter().map(|(_, weight)| weight).sum());
        for (choice, weight) in choices {
            if rest < *weight {
                return Some(*choice);
            }
            rest -= weight;
        }
        choices.last().map(|(choice, _)| *choice)
    }

    /// Another number that follows from this one.
    #[must_use]
    pub fn then(self, step: &str) -> Draw {
        draw(self.0, "then", step)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_step_draws_the_same() {
        assert_eq!(draw(1, "a", "b"), draw(1, "a", "b"));
        assert_ne!(draw(1, "a", "b"), draw(1, "a", "c"));
        assert_ne!(draw(1, "a|b", "c"), draw(1, "a", "b|c"));
        let hits = (0..10_000).filter(|n| draw(7, "x", &n.to_string()).percent(20)).count();
        assert!((1_800..2_200).contains(&hits), "{hits}");
        let ones = (0..1_000).filter(|n| draw(7, "w", &n.to_string()).weighted(&[(1, 3), (2, 1)]) == Some(1)).count();
        assert!((680..820).contains(&ones), "{ones}");
    }
}
