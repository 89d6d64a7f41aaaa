//! What consumption costs by the price list. Prices are public ones of a European region, in dollars without tax, of 2026; they are
//! for comparing, and a deployment's own region and agreement may differ. Never here: what was consumed.

use kezek_store::meter::Usage;

use crate::{functions::Function, ledger::Sums};

/// A million write units on demand.
const WRITES: f64 = 0.7625;
/// A million read units on demand.
const READS: f64 = 0.1525;
/// A million requests to functions.
const INVOCATIONS: f64 = 0.20;
/// A gigabyte-second of a function.
const GIGABYTE_SECOND: f64 = 0.000_016_666_7;
/// A million requests to the HTTP API.
const API: f64 = 1.11;
/// A million messages of the queues, sent, received and deleted in batches of one: three requests each.
const MESSAGES: f64 = 3.0 * 0.50;
/// A million events on the bus.
const EVENTS: f64 = 1.00;

/// A function has 256 MB, and one invocation is taken to last as long as the calls it waits for: 5 ms each.
const GIGABYTES: f64 = 0.25;
const SECONDS_EACH_CALL: f64 = 0.005;

/// A year's sweeps that find nothing due, which a play passes over: one a minute, one an hour, two a day, each with half a unit for
/// each of four shards of each family it looks at – one family, but three in the hourly one.
const SWEEPS: f64 = 525_600.0 + 8_760.0 + 730.0;
const SWEEPS_READ: f64 = (525_600.0 + 3.0 * 8_760.0 + 730.0) * 2.0;

/// What the sweeps of a year cost that find nothing, however many applications there are.
pub(super) fn idle_sweeps() -> f64 {
    let million = 1_000_000.0;
    SWEEPS / million * INVOCATIONS + SWEEPS_READ / million * READS
}

/// What a play cost, in dollars, by what was paid for.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Bill {
    pub writes: f64,
    pub reads: f64,
    pub functions: f64,
    pub api: f64,
    pub queues: f64,
    pub bus: f64,
}

impl Bill {
    pub fn all(&self) -> f64 {
        self.writes + self.reads + self.functions + self.api + self.queues + self.bus
    }

    /// For so many times as much.
    pub fn times(self, factor: f64) -> Self {
        Self {
            writes: self.writes * factor,
            reads: self.reads * factor,
            functions: self.functions * factor,
            api: self.api * factor,
            queues: self.queues * factor,
            bus: self.bus * factor,
        }
    }
}

/// All that functions consumed of the table.
pub(super) fn consumed(sums: &Sums) -> Usage {
    sums.values().fold(Usage::default(), |all, sum| all + sum.usage)
}

/// The bill of what was consumed, with so many events on the bus.
pub(super) fn bill(sums: &Sums, events: u64) -> Bill {
    let usage = consumed(sums);
    let of = |wanted: &dyn Fn(&Function, &str) -> bool| -> f64 {
        sums.iter().filter(|((function, by), _)| wanted(function, by)).map(|(_, sum)| sum.invocations as f64).sum()
    };
    let invocations = of(&|_, _| true);
    let http = of(&|_, by| by.contains(' '));
    let messages =
        of(&|function, by| matches!(function, Function::Allocation | Function::VacancyIngestion) && !by.contains(' '));
    let seconds = f64::from(usage.requests) * SECONDS_EACH_CALL;
    let million = 1_000_000.0;
    Bill {
        writes: usage.writes / million * WRITES,
        reads: usage.reads / million * READS,
        functions: invocations / million * INVOCATIONS + seconds * GIGABYTES * GIGABYTE_SECOND,
        api: http / million * API,
        queues: messages / million * MESSAGES,
        bus: events as f64 / million * EVENTS,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::Sum;

    #[test]
    fn a_million_of_each_costs_its_price() {
        let usage = Usage { writes: 1e6, reads: 1e6, ..Usage::default() };
        let sums = Sums::from([
            ((Function::ApplicationIntake, "POST /v1/applications".to_owned()), Sum { invocations: 1_000_000, usage }),
            ((Function::Allocation, "allocation.fifo".to_owned()), Sum { invocations: 1_000_000, ..Sum::default() }),
        ]);
        let bill = bill(&sums, 1_000_000);
        assert_eq!((bill.writes, bill.reads, bill.api, bill.queues, bill.bus), (WRITES, READS, API, MESSAGES, EVENTS));
        assert!((bill.functions - 2.0 * INVOCATIONS).abs() < 1e-9);
        assert!((bill.times(2.0).all() - 2.0 * bill.all()).abs() < 1e-9);
    }
}
