//! `cargo run --release -- meter`: what each business operation asks of the table, counted by the meter in the functions' own
//! client, with queues of a hundred, ten thousand and a million waiting – beside what it may ask. Never here: time; it depends on
//! the machine.

mod limits;
mod parts;
mod scene;
mod table;

use std::{path::PathBuf, process::ExitCode};

use clap::Args;
use kezek_shell::clock::Clock;

pub use limits::{CONTEND, Limit, broken};
pub use scene::{Error, measure};
pub use table::{Reading, render};

/// Measure what each operation asks of the table, with short and long queues, and hold it against its limit
#[derive(Debug, Clone, Args)]
pub struct MeterArgs {
    /// The lengths of the queues that are measured
    #[arg(long, value_name = "N", value_delimiter = ',', default_values_t = [100, 10_000, 1_000_000],
        value_parser = clap::value_parser!(u64).range(100..=1_000_000))]
    pub lengths: Vec<u64>,
    /// Write the table to this file too
    #[arg(long, value_name = "FILE")]
    pub write: Option<PathBuf>,
}

/// Measures, prints the table, and ends well if nothing is over its limit.
///
/// # Errors
/// A base failed, or the file can't be written.
pub async fn run(args: &MeterArgs) -> Result<ExitCode, Error> {
    let mut readings = Vec::new();
    for length in &args.lengths {
        eprintln!("queues of {length} waiting …");
        readings.extend(measure(*length).await?);
    }
    let text = render(&readings, Clock::system().now().date_naive());
    print!("{text}");
    if let Some(file) = &args.write {
        std::fs::write(file, &text)?;
        eprintln!("written to {}", file.display());
    }
    let broken = broken(&readings);
    for line in &broken {
        eprintln!("over its limit: {line}");
    }
    Ok(if broken.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
