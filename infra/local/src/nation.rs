//! `cargo run --release -- nation`: a year of a whole nation through the real handlers in one process – applications, bulletins, answers,
//! silences, confirmations – and what it came to: throughput, units, dollars, memory, and whether every invariant holds at its end. Never
//! here: what people do (`demo`).

mod bill;
mod report;

use std::{path::PathBuf, sync::Arc};

use chrono::TimeDelta;
use clap::Args;
use kezek_shell::clock::Clock;

use crate::{
    city::Blueprint,
    demo::{play::Play, progress::Progress, script::Kind, tally},
    ledger::Sums,
    world::{Local, Options},
};

pub use crate::demo::play::Error;

/// Families of the whole nation, and towns: with twenty organisations each these are twelve thousand.
const FAMILIES: usize = 450_000;
const TOWNS: usize = 600;

/// Play a year of a nation – 450,000 applications, 12,000 organisations, 20 regions – and count what it costs
#[derive(Debug, Clone, Args)]
pub struct NationArgs {
    /// Directory of the base [default: .kezek/nation-…, by the other flags]
    #[arg(long, value_name = "DIR", conflicts_with = "memory")]
    pub data: Option<PathBuf>,
    /// Keep nothing: the base lives in memory
    #[arg(long)]
    pub memory: bool,
    /// The number everything follows from
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Play the n-th part of the nation: 1 is all of it, and takes hours; 100 takes minutes
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=300))]
    pub part: u32,
}

impl NationArgs {
    fn blueprint(&self) -> Blueprint {
        let part = usize::try_from(self.part).unwrap_or(1).max(1);
        Blueprint {
            seed: self.seed,
            town: format!("nation/{part}"),
            families: FAMILIES / part,
            from: crate::demo::from(),
            years: 1,
            towns: (TOWNS / part).max(2),
        }
    }

    fn directory(&self) -> Option<PathBuf> {
        let named = format!(".kezek/nation-{}-{}", self.seed, self.part);
        (!self.memory).then(|| self.data.clone().unwrap_or_else(|| PathBuf::from(named)))
    }
}

/// What playing took.
struct Took {
    playing: TimeDelta,
    /// What was played in this run: less than all of it, if an earlier one was broken off.
    sums: Sums,
    resumed: bool,
    /// How many events were put on the bus.
    events: u64,
    /// The most memory that the process ever had, in bytes; none where the system doesn't tell.
    memory: Option<u64>,
}

/// A year that was played.
#[derive(Debug)]
pub struct Year {
    /// What it came to, for reading.
    pub report: String,
    /// Whether every invariant held at its end.
    pub holds: bool,
}

/// Plays the year, or goes on with it, and answers what it came to.
///
/// # Errors
/// The base failed, or is of another play.
pub async fn run(args: &NationArgs) -> Result<Year, Error> {
    let (plan, directory) = (args.blueprint(), args.directory());
    if let Some(directory) = &directory {
        eprintln!("The base is {}; if this is broken off, the same command goes on.", directory.display());
    }
    let options = Options {
        data: directory,
        start: Some(plan.from),
        seed: Some(plan.seed),
        keep_config: Some(kezek_shell::settings::KEEP_CONFIG),
        ..Options::default()
    };
    let local = Local::open(options).await?;
    let progress = Progress::new(plan.from, plan.until());
    let resumed = local.now() > plan.from;
    let mut play = Play::open(Arc::clone(&local), plan, Kind::Whole).await?;
    local.ledger().open();
    // How long it takes is real time, unlike everything that is played.
    let watch = Clock::system();
    let began = watch.now();
    play.run(|now| progress.at(now)).await?;
    let took = Took {
        playing: watch.now() - began,
        sums: local.ledger().take(),
        resumed,
        events: play.events(),
        memory: peak_memory(),
    };
    progress.counting();
    let tally = tally::count(local.store(), play.city(), play.ids()).await?;
    progress.checking();
    let checked = local.check()?;
    progress.end();
    let report = report::render(play.city(), &tally, &checked, &took);
    local.close()?;
    Ok(Year { report, holds: checked.is_clean() && tally.served.in_order() })
}

/// The process's peak resident memory.
fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    let kilobytes: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kilobytes * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn a_year_is_played_counted_and_checked() {
        let args = NationArgs { data: None, memory: true, seed: 1, part: 15_000 };
        let year = run(&args).await.expect("a year");
        assert!(year.holds, "{}", year.report);
        let said = |name: &str| year.report.lines().find_map(|line| line.trim().strip_prefix(name)).map(str::trim);
        assert_eq!(said("applications registered"), Some("30"), "{}", year.report);
        for name in ["takings out of the order of P10.b–P10.d", "changes of queues missing in the history"] {
            assert_eq!(said(name), Some("0"), "{}", year.report);
        }
        for invariant in kezek_check::Invariant::ALL {
            assert_eq!(said(&format!("{}  {}:", invariant.id(), invariant.says())), Some("holds"), "{}", year.report);
        }
        let units: f64 = said("write units an application").and_then(|units| units.parse().ok()).expect("a count");
        assert!((20.0..200.0).contains(&units), "{}", year.report);
    }
}
