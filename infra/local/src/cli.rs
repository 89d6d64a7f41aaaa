//! The command line: flags, logging, the banner, a clean end. Never here: anything that a test would want to call.

use std::{path::PathBuf, process::ExitCode, sync::Arc};

use chrono::{DateTime, Utc};
use clap::{Parser, Subcommand};
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::{
    aws::ACCOUNT,
    check::{self, CheckArgs},
    demo::{self, DemoArgs},
    deployment::BULLETINS,
    lambda,
    meter::{self, MeterArgs},
    nation::{self, NationArgs},
    server::{self, Beside},
    world::{Local, Options, chain, text},
};

/// The queue for pre-school places, on this machine: no account, nothing else to install.
#[derive(Debug, Parser)]
#[command(name = "kezek", version)]
struct Args {
    /// Port on 127.0.0.1
    #[arg(long, default_value_t = 3000)]
    port: u16,
    /// Directory of the base
    #[arg(long, value_name = "DIR", default_value = ".kezek", conflicts_with = "memory")]
    data: PathBuf,
    /// Keep nothing: the base lives in memory
    #[arg(long)]
    memory: bool,
    /// Where the clock of a new base stands still, e.g. 2026-01-12T05:00:00.000Z; without it the clock runs with real time
    #[arg(long, value_name = "INSTANT")]
    start: Option<DateTime<Utc>>,
    /// Serve table and bus too, for functions run by `cargo lambda watch --env-file DIR/lambda.env`
    #[arg(long, conflicts_with = "memory")]
    lambda: bool,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    Demo(DemoArgs),
    Meter(MeterArgs),
    Nation(NationArgs),
    Check(CheckArgs),
    /// Print the OpenAPI document, as infra/openapi.json keeps it
    Openapi,
}

/// Runs the stack until it is told to end.
#[must_use]
pub fn run() -> ExitCode {
    let args = Args::parse();
    let usual = if args.command.is_some() { LevelFilter::ERROR } else { LevelFilter::WARN };
    #[expect(clippy::disallowed_methods, reason = "how much is logged, as every program is told")]
    let wanted = std::env::var("RUST_LOG").ok().and_then(|text| text.parse::<Targets>().ok());
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_target(false);
    let filter = wanted.unwrap_or_else(|| Targets::new().with_default(usual));
    tracing_subscriber::registry().with(lines).with(filter).init();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return failed(&format!("the runtime can't start: {error}")),
    };
    let ended = match args.command {
        Some(Command::Demo(args)) => match runtime.block_on(demo::run(&args)) {
            Ok(report) => {
                print!("{report}");
                ExitCode::SUCCESS
            }
            Err(error) => failed(&kezek_shell::error::chain(&error)),
        },
        Some(Command::Nation(args)) => match runtime.block_on(nation::run(&args)) {
            Ok(year) => {
                print!("{}", year.report);
                if year.holds { ExitCode::SUCCESS } else { ExitCode::FAILURE }
            }
            Err(error) => failed(&kezek_shell::error::chain(&error)),
        },
        Some(Command::Meter(args)) => match runtime.block_on(meter::run(&args)) {
            Ok(code) => code,
            Err(error) => failed(&kezek_shell::error::chain(&error)),
        },
        Some(Command::Check(args)) => match runtime.block_on(check::run(&args)) {
            Ok(ended) => ended,
            Err(error) => failed(&chain(&error)),
        },
        Some(Command::Openapi) => {
            println!("{:#}", queue_view::openapi::document());
            ExitCode::SUCCESS
        }
        None => runtime.block_on(serve(args)),
    };
    // What is still under way is durable as far as it got, and goes on at the next start.
    runtime.shutdown_background();
    ended
}

fn failed(why: &str) -> ExitCode {
    eprintln!("kezek: {why}");
    ExitCode::FAILURE
}

async fn serve(args: Args) -> ExitCode {
    let listener = match server::bind(args.port).await {
        Ok(listener) => listener,
        Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => {
            return failed(&format!("port {} is taken: choose another with --port", args.port));
        }
        Err(error) => return failed(&format!("port {} can't be used: {error}", args.port)),
    };
    let port = listener.local_addr().map_or(args.port, |address| address.port());
    let data = (!args.memory).then_some(args.data);
    let options = Options { data: data.clone(), port, start: args.start, seed: None, keep_config: None };
    let local = match Local::open(options).await {
        Ok(local) => local,
        Err(error) => return failed(&chain(&error)),
    };
    let mut beside = Beside::Nothing;
    if let Some(directory) = data.as_deref().filter(|_| args.lambda) {
        match lambda::write_settings(&local, directory) {
            Ok(file) => println!("Functions  cargo lambda watch --env-file {}", file.display()),
            Err(error) => return failed(&chain(&error)),
        }
        beside = Beside::Lambda;
    }
    banner(&local, data);
    match server::serve(local, listener, beside, ended()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => failed(&format!("the server ended: {error}")),
    }
}

fn banner(local: &Arc<Local>, data: Option<PathBuf>) {
    let url = local.base_url();
    let clock = if local.stands_still() { "stands still" } else { "runs" };
    let data = data.map_or_else(|| "memory".to_owned(), |path| path.display().to_string());
    println!("Kezek  {url}");
    println!("  bulletins  {url}/{ACCOUNT}/{BULLETINS}");
    println!("  data       {data}");
    println!("  clock      {} ({clock})", text(local.now()));
    println!("Try:");
    println!("  curl -s -X POST {url}/_local/token -d '{{\"scope\":\"officer\",\"territory\":\"75\"}}'");
    println!("  curl -s -X POST {url}/_local/clock -d '{{\"advance\":\"P1D\"}}'");
    println!("  aws sqs send-message --endpoint-url {url} --region eu-central-1 \\");
    println!("      --queue-url {url}/{ACCOUNT}/{BULLETINS} --message-body file://bulletin.json");
}

/// Ends with the first interrupt or termination.
async fn ended() {
    let interrupt = tokio::signal::ctrl_c();
    let Ok(mut terminate) = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) else {
        let _ = interrupt.await;
        return;
    };
    tokio::select! {
        _ = interrupt => {}
        _ = terminate.recv() => {}
    }
}
