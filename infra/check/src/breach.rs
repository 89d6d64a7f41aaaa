//! What is held, what was found against it, and the report of both. A line names items by their keys, never a person.

use std::collections::{BTreeMap, HashSet};
use std::fmt;

use crate::mend::Mend;

/// An invariant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Invariant {
    /// Every item can be read.
    Readable,
    /// 1: a seat is held by at most one child, and seat and application agree on it.
    Seat,
    /// 2: one referral a child, one live offer an entry, one live application per child and kind of stream (`K1`).
    Child,
    /// 3: every accepted submission is queued, waits for a decision, or is archived with a reason, for ever.
    Kept,
    /// 4: never more than four live entries.
    Entries,
    /// 5: each offer went to the entry that the rules put first.
    Order,
    /// 6: the phase matches the history.
    Phase,
    /// 8: open, offered, referred, filled and withdrawn make up what was announced.
    Announced,
    /// 9: no deadline fires early, and none is lost.
    Deadline,
    /// 11: the history replays to the state.
    History,
    /// 12: every counter and every index equals a recount.
    Counter,
    /// 13, as far as a base at rest shows it: no vacancy is open while a child waits for it.
    Served,
    /// The outbox: what the history makes known was made known.
    Outbox,
}

impl Invariant {
    /// All of them.
    pub const ALL: [Invariant; 13] = [
        Invariant::Readable,
        Invariant::Seat,
        Invariant::Child,
        Invariant::Kept,
        Invariant::Entries,
        Invariant::Order,
        Invariant::Phase,
        Invariant::Announced,
        Invariant::Deadline,
        Invariant::History,
        Invariant::Counter,
        Invariant::Served,
        Invariant::Outbox,
    ];

    /// Its id in reports.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Invariant::Readable => "read",
            Invariant::Seat => "1",
            Invariant::Child => "2",
            Invariant::Kept => "3",
            Invariant::Entries => "4",
            Invariant::Order => "5",
            Invariant::Phase => "6",
            Invariant::Announced => "8",
            Invariant::Deadline => "9",
            Invariant::History => "11",
            Invariant::Counter => "12",
            Invariant::Served => "13",
            Invariant::Outbox => "outbox",
        }
    }

    /// What it says.
    #[must_use]
    pub const fn says(self) -> &'static str {
        match self {
            Invariant::Readable => "every item can be read",
            Invariant::Seat => "a seat is held by at most one child, and both sides know it",
            Invariant::Child => {
                "one live application a child and kind of stream, one referral, one live offer an entry"
            }
            Invariant::Kept => {
                "every accepted submission is queued, waits for a decision, or is archived with a reason"
            }
            Invariant::Entries => "never more than four live entries",
            Invariant::Order => "each offer went to the entry that the rules put first",
            Invariant::Phase => "the phase matches the history",
            Invariant::Announced => "open, offered, referred, filled and withdrawn make up what was announced",
            Invariant::Deadline => "no deadline fires early, and none is lost",
            Invariant::History => "the history replays to the state",
            Invariant::Counter => "every counter and index equals a recount",
            Invariant::Served => "no vacancy is open while a child waits for it",
            Invariant::Outbox => "what happened was made known",
        }
    }

    /// What an operator can do about a breach that isn't mended by the checker.
    #[must_use]
    pub const fn advice(self) -> &'static str {
        match self {
            Invariant::Readable => "find out who wrote the item; nothing reads it as it is",
            Invariant::Seat | Invariant::Child => {
                "read both histories: the later event is true; let an officer withdraw the vacancy or archive the application"
            }
            Invariant::Kept | Invariant::History => {
                "restore the item from a backup taken just before or after, or let an officer archive the application with a reason"
            }
            Invariant::Entries => "let the applicant or an officer take an organisation off",
            Invariant::Order | Invariant::Phase => {
                "what was given can't be taken back by a machine: hand the queue's history to an officer"
            }
            Invariant::Announced => "send the bulletin again: taking it again writes the seats that are missing",
            Invariant::Deadline => {
                "if sweeps stand still, start them; `--repair` puts an application's own clock right"
            }
            Invariant::Counter => "`--repair` rebuilds it from the entries",
            Invariant::Served => "`--repair` wakes allocation for the organisation",
            Invariant::Outbox => "hand the event to the event publisher again: `--repair` writes the invocation",
        }
    }
}

/// One thing found.
#[derive(Debug, Clone, PartialEq)]
pub struct Breach {
    /// Against which invariant.
    pub invariant: Invariant,
    /// In plain words, with the keys of the items.
    pub text: String,
    /// How it can be mended, if what is right can be derived.
    pub mend: Option<Mend>,
}

/// What was looked at and what was found.
#[derive(Debug, Default)]
pub struct Report {
    /// What was found.
    pub breaches: Vec<Breach>,
    /// How many of what were looked at.
    pub counts: BTreeMap<&'static str, u64>,
    /// What the checker doesn't know or couldn't decide: no breach.
    pub notes: Vec<String>,
}

/// Lines printed for one invariant: a cut base could have a million.
const LINES: usize = 40;

impl Report {
    /// Whether nothing was found.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.breaches.is_empty()
    }

    /// The invariants against which something was found.
    #[must_use]
    pub fn broken(&self) -> Vec<Invariant> {
        let mut broken: Vec<_> = self.breaches.iter().map(|breach| breach.invariant).collect();
        broken.sort_unstable();
        broken.dedup();
        broken
    }

    /// Keeps only what an earlier look at the same base found too: what is under way while a base is read is different the next time.
    /// The same is what is held against the same item; numbers may have moved on meanwhile.
    pub fn keep_lasting(&mut self, before: &Report) {
        let known: HashSet<_> = before.breaches.iter().map(Breach::about).collect();
        self.breaches.retain(|breach| known.contains(&breach.about()));
    }
}

impl Breach {
    /// What it is held against: the invariant, and the first item named.
    fn about(&self) -> (Invariant, &str) {
        let item = self.text.split_whitespace().find(|word| word.contains('#')).unwrap_or(&self.text);
        (self.invariant, item.trim_end_matches([':', ',']))
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (what, count) in &self.counts {
            writeln!(f, "{count:>12}  {what}")?;
        }
        for note in &self.notes {
            writeln!(f, "      note    {note}")?;
        }
        for invariant in Invariant::ALL {
            let found: Vec<&Breach> = self.breaches.iter().filter(|breach| breach.invariant == invariant).collect();
            let verdict = if found.is_empty() { "holds".to_owned() } else { format!("{} BREACHES", found.len()) };
            writeln!(f, "{:>6}  {}: {verdict}", invariant.id(), invariant.says())?;
            for breach in found.iter().take(LINES) {
                let mended = if breach.mend.is_some() { " [can be mended]" } else { "" };
                writeln!(f, "        - {}{mended}", breach.text)?;
            }
            if found.len() > LINES {
                writeln!(f, "        - and {} more", found.len() - LINES)?;
            }
            if !found.is_empty() {
                writeln!(f, "        to do: {}", invariant.advice())?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_found_once_was_under_way() {
        let breach = |text: &str| Breach { invariant: Invariant::Counter, text: text.to_owned(), mend: None };
        let before = Report {
            breaches: vec![breach("O#1/Q#kk#2022 counts [0, 0, 7] by lane"), breach("the index has no row for A#1")],
            ..Report::default()
        };
        let kept = breach("O#1/Q#kk#2022 counts [0, 0, 8] by lane");
        let breaches = vec![kept.clone(), breach("O#1/Q#kk#2023 counts none"), breach("the index has no row for A#2")];
        let mut after = Report { breaches, ..Report::default() };
        after.keep_lasting(&before);
        assert_eq!(after.breaches, [kept]);
    }
}
