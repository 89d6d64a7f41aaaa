//! Feeds everything that reads what comes from outside, or compares the order of queues: `cargo run --release -p kezek-fuzz -- --help`.

use std::process::ExitCode;

use clap::Parser;
use kezek_fuzz::{TARGETS, order, run};

/// What is to be fed, and with how much.
#[derive(Parser)]
struct Arguments {
    /// Cases of each target, times its weight.
    #[arg(long, default_value_t = 100_000)]
    cases: u64,
    /// What all cases follow from.
    #[arg(long, default_value_t = 133)]
    seed: u64,
    /// The first case.
    #[arg(long, default_value_t = 0)]
    from: u64,
    /// One target alone.
    #[arg(long)]
    target: Option<String>,
    /// Compare so many drawn queues with the merge by hand, instead of feeding.
    #[arg(long)]
    order: Option<u64>,
}

fn main() -> ExitCode {
    let Arguments { cases, seed, from, target, order } = Arguments::parse();
    if let Some(queues) = order {
        return match order::drawn(seed, from..from + queues) {
            Ok(compared) => {
                println!("{} queues, {} numbers: all as merged by hand", compared.queues, compared.numbers);
                ExitCode::SUCCESS
            }
            Err(what) => {
                eprintln!("{what}");
                ExitCode::FAILURE
            }
        };
    }
    let mut failed = false;
    for one in TARGETS.iter().filter(|one| target.as_deref().is_none_or(|name| name == one.name)) {
        match run(one, seed, from..from + cases * one.weight) {
            Ok(()) => println!("{}: {} cases", one.name, cases * one.weight),
            Err(found) => {
                failed = true;
                eprintln!("{}: case {}: {}", found.target, found.case, found.what);
            }
        }
    }
    if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}
