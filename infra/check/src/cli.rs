//! The command line over a deployed table: flags, progress, the report, the exit code. Never here: anything that a test would want to
//! call.

use std::path::PathBuf;
use std::process::ExitCode;

use aws_sdk_dynamodb::Client;
use chrono::{DateTime, TimeDelta, Utc};
use clap::Parser;
use serde_json::Value as Json;

use crate::repair::{self, Mended};
use crate::{Report, Settings, table};

/// Checks a whole table against every invariant that a base at one instant can show. It reads with your own rights.
#[derive(Debug, Parser)]
#[command(name = "kezek-check", version)]
struct Args {
    /// The table
    #[arg(long)]
    table: String,
    /// Another endpoint than that of the region
    #[arg(long, value_name = "URL")]
    endpoint: Option<String>,
    /// The time by which clocks are judged; without it, the time it is
    #[arg(long, value_name = "INSTANT")]
    now: Option<DateTime<Utc>>,
    /// Seconds that a clock may wait beyond its schedule
    #[arg(long, default_value_t = 300)]
    grace: u32,
    /// Seconds by which what happened in different queues may have happened in another order
    #[arg(long, default_value_t = 60)]
    window: u32,
    /// How often the table is read: what isn't found each time was under way
    #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u8).range(1..=10))]
    looks: u8,
    /// Nothing is under way: the stream and all queues are read to their ends
    #[arg(long)]
    at_rest: bool,
    /// Say how what was found would be mended
    #[arg(long)]
    repair: bool,
    /// And mend it
    #[arg(long, requires = "repair")]
    apply: bool,
    /// Where invocations are written for events that have to be published again
    #[arg(long, value_name = "DIR", default_value = ".")]
    invocations: PathBuf,
}

/// A breach was found.
const BROKEN: u8 = 1;
/// The check couldn't be made.
const FAILED: u8 = 2;

/// Runs the checker.
#[must_use]
pub fn run() -> ExitCode {
    let args = Args::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let done = match runtime {
        Ok(runtime) => runtime.block_on(check(&args)),
        Err(error) => Err(error.into()),
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(BROKEN),
        Err(error) => {
            eprintln!("kezek-check: {}", chain(error.as_ref()));
            ExitCode::from(FAILED)
        }
    }
}

type Failure = Box<dyn std::error::Error + Send + Sync>;

fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text += &format!(": {cause}");
        source = cause.source();
    }
    text
}

async fn check(args: &Args) -> Result<bool, Failure> {
    let mut loader = aws_config::defaults(aws_config::BehaviorVersion::latest());
    if let Some(endpoint) = &args.endpoint {
        loader = loader.endpoint_url(endpoint);
    }
    let client = Client::new(&loader.load().await);
    let mut report = look(&client, args).await?;
    for again in 1..args.looks {
        if report.is_clean() {
            break;
        }
        eprintln!("{} breaches; look {} of {}", report.breaches.len(), again + 1, args.looks);
        let mut later = look(&client, args).await?;
        later.keep_lasting(&report);
        report = later;
    }
    print!("{report}");
    if args.repair && !report.is_clean() {
        let mended =
            repair::repair(&client, &args.table, &report, now(args), args.apply, |line| println!("{line}")).await?;
        told(&mended, &args.invocations, args.apply)?;
    }
    Ok(report.is_clean())
}

#[expect(clippy::disallowed_methods, reason = "the operator's own clock, read once")]
fn now(args: &Args) -> DateTime<Utc> {
    args.now.unwrap_or_else(Utc::now)
}

async fn look(client: &Client, args: &Args) -> Result<Report, Failure> {
    let mut shown = 0;
    let check = table::read(client, &args.table, |items| {
        if items / 10_000 > shown {
            shown = items / 10_000;
            eprint!("\r{items} items read");
        }
    })
    .await?;
    eprintln!("\r{} items read", check.items());
    Ok(check.finish(Settings {
        now: now(args),
        grace: TimeDelta::seconds(args.grace.into()),
        window: TimeDelta::seconds(args.window.into()),
        at_rest: args.at_rest,
    }))
}

/// Says what was mended and writes the invocations that are still to be made.
fn told(mended: &Mended, directory: &std::path::Path, apply: bool) -> Result<(), Failure> {
    let write = |function: &str, all: &[Json]| -> Result<(), Failure> {
        for (number, event) in all.iter().enumerate() {
            let file = directory.join(format!("{function}-{number:04}.json"));
            std::fs::write(&file, event.to_string())?;
            println!("invoke the function {function} with {}", file.display());
        }
        Ok(())
    };
    write("event-publisher", &mended.publish)?;
    write("document-verification", &mended.verify)?;
    if apply {
        println!("{} mended, {} changed meanwhile, {} left to people", mended.written, mended.changed, mended.left);
    } else {
        println!("nothing was written: --apply mends it");
    }
    Ok(())
}
