//! What was true of one queue at the instants of a request, and how its lanes alternate then: what is shown to whoever asked must be among
//! it. Never here: when it is looked at again, and what is shown.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use kezek_rules::decide::World;
use kezek_rules::organisation::Kato;
use kezek_rules::terms::{local_date, start_of_day};

use crate::error::Broken;
use crate::flight::at_once;
use crate::oracle::{Oracle, Queue, Turns};
use crate::people::SETTLEMENT;
use crate::sim::Sim;

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
        self.numbers.extend(line.number(&self.id, &self.turns));
        self.totals.insert(line.totals());
    }
}

impl Sim {
    /// How the lanes alternate now.
    ///
    /// # Errors
    /// The table fails.
    pub(crate) fn turns_now(&mut self) -> Result<Turns, Broken> {
        let settled = at_once(self.local.app().settle_at(self.now()))?;
        let settled = settled.map_err(|error| Broken::simulation(error.to_string()))?;
        let kato: Kato = SETTLEMENT.parse().map_err(|_| Broken::simulation("no settlement"))?;
        let interleave = settled.world().policy(kato).policy.interleave;
        let at = |day: NaiveDate| {
            let start = start_of_day(day);
            (start, World { now: start, ..settled.world() }.policy(kato).policy.interleave.general)
        };
        let days = self.began.iter_days().take_while(|day| *day <= local_date(settled.now)).map(at).collect();
        Ok(Turns { general: interleave.general, start: interleave.starting_phase(), days })
    }
}
