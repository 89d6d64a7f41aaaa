//! Many seeds from the command line: progress, the tables of what struck and what was done, and for each failing seed the command that
//! replays it. Never here: how a seed runs.

use std::{
    collections::BTreeMap,
    process::ExitCode,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
};

use clap::Parser;

use crate::{
    faults::{Counts, Fault},
    run::{Outcome, run},
    sim::Setting,
};

/// Runs Kezek under faults, from seeds
#[derive(Debug, Clone, Parser)]
#[command(name = "kezek-simulation")]
pub struct Cli {
    /// How many seeds
    #[arg(long, default_value_t = 20)]
    pub seeds: u64,
    /// The first of them
    #[arg(long, default_value_t = 1)]
    pub from: u64,
    /// This seed alone
    #[arg(long)]
    pub seed: Option<u64>,
    /// Steps of each
    #[arg(long, default_value_t = 500)]
    pub steps: u32,
    /// Only these kinds of faults
    #[arg(long, value_delimiter = ',', value_parser = fault)]
    pub only: Vec<Fault>,
    /// Seeds at once; none given: as many as there are cores
    #[arg(long)]
    pub threads: Option<usize>,
    /// Print everything that happened
    #[arg(long)]
    pub told: bool,
}

fn fault(name: &str) -> Result<Fault, String> {
    let all = Fault::ALL.map(|(_, name, _)| name).join(", ");
    Fault::named(name).ok_or_else(|| format!("one of {all}"))
}

#[derive(Default)]
struct Sum {
    seeds: u64,
    steps: u64,
    calls: u64,
    faults: Counts,
    done: BTreeMap<String, u64>,
    failed: Vec<u64>,
}

impl Cli {
    /// Runs them.
    #[must_use]
    pub fn run(&self) -> ExitCode {
        if self.told || self.seed.is_some() {
            // What the functions say is a part of the story; without the time of day, which isn't.
            let log = tracing_subscriber::fmt().with_writer(std::io::stderr).without_time().with_env_filter("warn");
            let _ = log.try_init();
        }
        let (from, seeds) = self.seed.map_or((self.from, self.seeds), |seed| (seed, 1));
        let threads = self.threads.or_else(|| std::thread::available_parallelism().ok().map(usize::from)).unwrap_or(1);
        let (next, stop) = (AtomicU64::new(from), AtomicBool::new(false));
        let sum = Mutex::new(Sum::default());
        std::thread::scope(|scope| {
            for _ in 0..threads.min(usize::try_from(seeds).unwrap_or(threads)) {
                scope.spawn(|| {
                    while !stop.load(Ordering::Relaxed) {
                        let seed = next.fetch_add(1, Ordering::Relaxed);
                        if seed >= from + seeds {
                            break;
                        }
                        let setting = Setting {
                            seed,
                            steps: self.steps,
                            only: self.only.clone(),
                            told: self.told,
                            sabotage: None,
                        };
                        let outcome = run(setting);
                        self.count(&mut sum.lock().unwrap_or_else(PoisonError::into_inner), &outcome, seeds);
                    }
                });
            }
        });
        let sum = sum.into_inner().unwrap_or_else(PoisonError::into_inner);
        self.conclude(&sum)
    }

    fn count(&self, sum: &mut Sum, outcome: &Outcome, seeds: u64) {
        sum.seeds += 1;
        sum.steps += u64::from(outcome.steps);
        sum.calls += outcome.calls;
        sum.faults.add(&outcome.faults);
        for (what, count) in &outcome.done {
            *sum.done.entry(what.clone()).or_default() += count;
        }
        outcome.lines.iter().for_each(|line| println!("{line}"));
        if let Some(broken) = &outcome.broken {
            println!(
                "seed {} failed after {} steps: {broken}\n    {}",
                outcome.seed,
                outcome.steps,
                self.replay(outcome.seed)
            );
            sum.failed.push(outcome.seed);
        }
        if sum.seeds.is_multiple_of(10) || sum.seeds == seeds {
            println!("{} of {seeds} seeds, {} steps, {} failed", sum.seeds, sum.steps, sum.failed.len());
        }
    }

    /// The command that runs one seed again.
    #[must_use]
    pub fn replay(&self, seed: u64) -> String {
        let only: Vec<&str> = self.only.iter().map(|fault| fault.name()).collect();
        let only = if only.is_empty() { String::new() } else { format!(" --only {}", only.join(",")) };
        format!("cargo run --bin kezek-simulation -- --seed {seed} --steps {}{only}", self.steps)
    }

    fn conclude(&self, sum: &Sum) -> ExitCode {
        println!("\nWhat was done:");
        sum.done.iter().for_each(|(what, count)| println!("{count:>12}  {what}"));
        println!("\nFaults that struck, in {} calls of services:\n{}", sum.calls, sum.faults.table());
        let absent = Fault::ALL
            .iter()
            .filter(|(fault, ..)| (self.only.is_empty() || self.only.contains(fault)) && sum.faults.of(*fault) == 0);
        let absent: Vec<&str> = absent.map(|(_, name, _)| *name).collect();
        let enough = self.seed.is_some() || absent.is_empty();
        if !enough {
            println!("never struck: {}: this run proves nothing of them", absent.join(", "));
        }
        for seed in &sum.failed {
            println!("{}", self.replay(*seed));
        }
        if sum.failed.is_empty() && enough { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }
}
