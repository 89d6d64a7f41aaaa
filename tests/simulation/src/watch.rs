//! What was true of one queue at the instants of a request: what is shown to whoever asked must be among it. Never here: when it is
//! looked at again, and what is shown.

use std::collections::BTreeSet;

use crate::oracle::{Oracle, Queue, Turns};

/// What a family may be shown of one queue while its request is under way.
#[derive(Debug, Clone)]
pub struct Watch {
    /// Whose place.
    pub id: String,
    /// Where.
    pub organisation: String,
    /// The queue.
    pub queue: Queue,
    /// Numbers that were true.
    pub numbers: BTreeSet<u64>,
    /// Totals that were true.
    pub totals: BTreeSet<[u64; 3]>,
    /// How the lanes alternate.
    pub turns: Turns,
}

impl Watch {
    /// Begins with what is true now.
    #[must_use]
    pub fn begin(oracle: &Oracle, id: &str, organisation: &str, queue: Queue, turns: Turns) -> Self {
        let (id, organisation) = (id.to_owned(), organisation.to_owned());
        let mut watch = Self { id, organisation, queue, numbers: BTreeSet::new(), totals: BTreeSet::new(), turns };
        watch.look(oracle);
        watch
    }

    /// What is true now may be shown as well.
    pub fn look(&mut self, oracle: &Oracle) {
        let Some(line) = oracle.line(&self.queue) else { return };
        self.numbers.extend(line.number(&self.id, self.turns));
        self.totals.insert(line.totals());
    }
}
