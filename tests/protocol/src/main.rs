//! Checks the protocol and prints how many states there were: `cargo run --release -p kezek-protocol` for the small configurations,
//! with `-- --whole` for all of them.

use kezek_protocol::{Checked, Protocol, check};

fn main() -> std::process::ExitCode {
    let whole = std::env::args().any(|argument| argument == "--whole");
    let mut clean = true;
    for (name, protocol) in Protocol::all(whole) {
        let Checked { states, unique, depth, seconds, found } = check(protocol);
        println!("{name}: {unique} unique states of {states}, depth {depth}, {seconds:.1} s");
        for (property, path) in found {
            clean = false;
            println!("  fails: {property}\n{path}");
        }
    }
    if clean { std::process::ExitCode::SUCCESS } else { std::process::ExitCode::FAILURE }
}
