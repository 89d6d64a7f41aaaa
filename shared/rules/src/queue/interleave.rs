//! The order of a queue across its lanes: whose turn is next, the phase of the interleave, and the queue number in closed
//! form. Counts alone: who stands at a rank, and whether they may be offered anything, is never asked here.

use serde::{Deserialize, Serialize};

use super::{Instant, Lane};

/// How many wait in each lane.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Totals {
    /// Out-of-turn entries waiting.
    pub out_of_turn: u64,
    /// First-priority entries waiting.
    pub first_priority: u64,
    /// General entries waiting.
    pub general: u64,
}

impl Totals {
    /// The count of one lane.
    #[must_use]
    pub const fn of(&self, lane: Lane) -> u64 {
        match lane {
            Lane::OutOfTurn => self.out_of_turn,
            Lane::FirstPriority => self.first_priority,
            Lane::General => self.general,
        }
    }

    /// The count of one lane, to change it.
    pub const fn of_mut(&mut self, lane: Lane) -> &mut u64 {
        match lane {
            Lane::OutOfTurn => &mut self.out_of_turn,
            Lane::FirstPriority => &mut self.first_priority,
            Lane::General => &mut self.general,
        }
    }

    /// All who wait.
    #[must_use]
    pub const fn all(&self) -> u64 {
        self.out_of_turn + self.first_priority + self.general
    }
}

/// The phase of a queue, as it was kept by its last change. What it is at another instant, the policies in force since then say:
/// see `World::phase`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeptPhase {
    /// How many general entries were taken since the last first-priority one.
    pub phase: u8,
    /// When it was kept.
    pub at: Instant,
}

/// **D-interleave**: one first-priority to `general` general ones, and which of the two leads (`P10.d`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Interleave {
    /// `n`: general entries to one first-priority entry, 1 to 255.
    pub general: u8,
    /// Who is taken first in a new queue.
    pub leading: Leading,
}

/// Who leads in a new queue (**D-interleave**).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Leading {
    /// A first-priority entry.
    FirstPriority,
    /// A general entry.
    General,
}

impl Interleave {
    /// The phase of a queue that was never used: `n` if first-priority leads, else 0.
    #[must_use]
    pub const fn starting_phase(&self) -> u8 {
        match self.leading {
            Leading::FirstPriority => self.general,
            Leading::General => 0,
        }
    }

    /// The phase as this policy counts it: capped at `n` (`P10.d`: a policy change caps it).
    #[must_use]
    pub const fn capped(&self, phase: u8) -> u8 {
        if phase > self.general { self.general } else { phase }
    }

    /// The lane whose head is to be taken next, or none if no one waits (`P10.c`, `P10.d`).
    #[must_use]
    pub const fn next_lane(&self, phase: u8, waiting: &Totals) -> Option<Lane> {
        if waiting.out_of_turn > 0 {
            Some(Lane::OutOfTurn)
        } else if waiting.first_priority > 0 && (self.capped(phase) == self.general || waiting.general == 0) {
            Some(Lane::FirstPriority)
        } else if waiting.general > 0 {
            Some(Lane::General)
        } else {
            None
        }
    }

    /// The phase after the head of a lane was taken: whatever the answer will be (`P10.d`).
    #[must_use]
    pub const fn after_taking(&self, phase: u8, lane: Lane) -> u8 {
        match lane {
            Lane::OutOfTurn => self.capped(phase),
            Lane::FirstPriority => 0,
            Lane::General => self.capped(self.capped(phase).saturating_add(1)),
        }
    }

    /// Who stands before the entry with rank `rank` (from 1) in its lane, by lane.
    #[must_use]
    pub fn ahead(&self, phase: u8, waiting: &Totals, lane: Lane, rank: u64) -> Totals {
        let n = u64::from(self.general);
        let c = u64::from(self.capped(phase));
        let before = rank.saturating_sub(1);
        let (out_of_turn, first_priority, general) = match lane {
            Lane::OutOfTurn => (before, 0, 0),
            Lane::FirstPriority => (waiting.out_of_turn, before, waiting.general.min((n - c) + n * before)),
            Lane::General => (waiting.out_of_turn, waiting.first_priority.min((before + c) / n), before),
        };
        Totals { out_of_turn, first_priority, general }
    }

    /// The queue number of the entry with rank `rank` (from 1) in its lane: the closed form of `P3.9`.
    #[must_use]
    pub fn number(&self, phase: u8, waiting: &Totals, lane: Lane, rank: u64) -> u64 {
        self.ahead(phase, waiting, lane, rank).all() + 1
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The merge as the Order tells it, step by step: the lanes in the order in which their heads are taken.
    fn naive_merge(interleave: Interleave, mut phase: u8, totals: Totals) -> Vec<(Lane, u64)> {
        let mut left = totals;
        let mut merged = Vec::new();
        while let Some(lane) = interleave.next_lane(phase, &left) {
            *left.of_mut(lane) -= 1;
            phase = interleave.after_taking(phase, lane);
            merged.push((lane, totals.of(lane) - left.of(lane)));
        }
        merged
    }

    fn check_order(leading: Leading, n: u8, p: u64, g: u64, expected: &str) {
        let interleave = Interleave { general: n, leading };
        let totals = Totals { out_of_turn: 0, first_priority: p, general: g };
        let order: String = naive_merge(interleave, interleave.starting_phase(), totals)
            .iter()
            .map(|(lane, _)| if *lane == Lane::General { 'g' } else { 'p' })
            .collect();
        assert_eq!(order, expected);
    }

    #[test]
    fn p10_d_one_first_priority_to_three_general() {
        check_order(Leading::FirstPriority, 3, 3, 7, "pgggpgggpg");
        check_order(Leading::General, 3, 3, 7, "gggpgggpgp");
        check_order(Leading::FirstPriority, 1, 3, 2, "pgpgp");
        check_order(Leading::FirstPriority, 3, 0, 2, "gg");
        check_order(Leading::FirstPriority, 3, 2, 0, "pp");
    }

    #[test]
    fn p10_d_generals_count_while_no_first_priority_waits() {
        let interleave = Interleave { general: 3, leading: Leading::General };
        let only_general = Totals { general: 9, ..Totals::default() };
        let mut phase = interleave.starting_phase();
        for _ in 0..5 {
            assert_eq!(interleave.next_lane(phase, &only_general), Some(Lane::General));
            phase = interleave.after_taking(phase, Lane::General);
        }
        assert_eq!(phase, 3, "never above n");
        let both = Totals { general: 4, first_priority: 1, ..Totals::default() };
        assert_eq!(interleave.next_lane(phase, &both), Some(Lane::FirstPriority));
    }

    #[test]
    fn p10_c_out_of_turn_first_and_moves_no_phase() {
        let interleave = Interleave { general: 3, leading: Leading::FirstPriority };
        let totals = Totals { out_of_turn: 1, first_priority: 1, general: 1 };
        assert_eq!(interleave.next_lane(2, &totals), Some(Lane::OutOfTurn));
        assert_eq!(interleave.after_taking(2, Lane::OutOfTurn), 2);
    }

    #[test]
    fn p10_d_a_policy_change_caps_the_phase() {
        let narrower = Interleave { general: 1, leading: Leading::FirstPriority };
        let totals = Totals { first_priority: 1, general: 1, ..Totals::default() };
        assert_eq!(narrower.next_lane(3, &totals), Some(Lane::FirstPriority));
        assert_eq!(narrower.number(3, &totals, Lane::General, 1), 2);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        /// `P3.9`: the closed form and the step-by-step merge give every entry the same number.
        #[test]
        fn p3_9_closed_form_agrees_with_the_merge(
            n in 1u8..=6, c in 0u8..=6, o in 0u64..5, p in 0u64..12, g in 0u64..40, general_leads: bool,
        ) {
            let leading = if general_leads { Leading::General } else { Leading::FirstPriority };
            let interleave = Interleave { general: n, leading };
            let totals = Totals { out_of_turn: o, first_priority: p, general: g };
            let merged = naive_merge(interleave, c, totals);
            prop_assert_eq!(merged.len() as u64, totals.all());
            for (index, (lane, rank)) in merged.iter().enumerate() {
                prop_assert_eq!(interleave.number(c, &totals, *lane, *rank), index as u64 + 1);
            }
        }
    }
}
