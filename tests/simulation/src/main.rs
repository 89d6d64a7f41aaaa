//! The command line of the simulation. Wiring only.

use std::process::ExitCode;

use clap::Parser;
use kezek_simulation::cli::Cli;

fn main() -> ExitCode {
    Cli::parse().run()
}
