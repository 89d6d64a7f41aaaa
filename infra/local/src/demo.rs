//! `cargo run -- demo`: plays years of a made-up town in virtual time and prints what happened. It can be killed anywhere and
//! started again. Never here: rules, or how a step is done (`play`).

mod bulletins;
pub mod play;
pub(crate) mod progress;
pub mod replay;
pub mod report;
pub mod script;
pub mod tally;
#[cfg(test)]
mod tests;

use std::{path::PathBuf, sync::Arc};

use chrono::{DateTime, Utc};
use clap::Args;

use crate::{
    city::{Blueprint, TOWN},
    world::{Local, Options},
};
use play::{Error, Play};
use progress::Progress;
use script::Kind;

/// When the play begins: a Monday morning.
const FROM: &str = "2026-01-12T04:00:00.000Z";

/// Play years of a made-up town in virtual time, then print what happened
#[derive(Debug, Clone, Args)]
pub struct DemoArgs {
    /// Directory of the base: a play that was broken off goes on from there [default: .kezek/demo-…, by the other flags]
    #[arg(long, value_name = "DIR", conflicts_with = "memory")]
    pub data: Option<PathBuf>,
    /// Keep nothing: the base lives in memory
    #[arg(long)]
    pub memory: bool,
    /// The number everything follows from: another number is another town
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// How many families apply
    #[arg(long, default_value_t = 2_000, value_parser = clap::value_parser!(u32).range(1..=20_000))]
    pub families: u32,
    /// How many years are played
    #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u32).range(1..=3))]
    pub years: u32,
}

impl DemoArgs {
    /// The town these flags mean.
    #[must_use]
    pub fn blueprint(&self) -> Blueprint {
        let families = usize::try_from(self.families).unwrap_or(usize::MAX);
        Blueprint { seed: self.seed, town: TOWN.to_owned(), families, from: from(), years: self.years, towns: 1 }
    }

    /// Where its base is; none: in memory.
    #[must_use]
    pub fn directory(&self) -> Option<PathBuf> {
        let named = format!(".kezek/demo-{}-{}-{}", self.seed, self.families, self.years);
        (!self.memory).then(|| self.data.clone().unwrap_or_else(|| PathBuf::from(named)))
    }
}

pub(crate) fn from() -> DateTime<Utc> {
    FROM.parse().unwrap_or_default()
}

/// Opens the base of a play. Its ids follow from the play's number too, so that even ties end alike on every base.
///
/// # Errors
/// The base can't be opened.
pub async fn open(plan: &Blueprint, directory: Option<PathBuf>) -> Result<Arc<Local>, Error> {
    let options =
        Options { data: directory, port: 0, start: Some(plan.from), seed: Some(plan.seed), keep_config: None };
    Ok(Local::open(options).await?)
}

/// Plays, or goes on playing, and answers the report.
///
/// # Errors
/// The base failed, or is of another play.
pub async fn run(args: &DemoArgs) -> Result<String, Error> {
    let (plan, directory) = (args.blueprint(), args.directory());
    if let Some(directory) = &directory {
        eprintln!("The base is {}; if this is broken off, the same command goes on.", directory.display());
    }
    let local = open(&plan, directory).await?;
    let progress = Progress::new(plan.from, plan.until());
    if local.now() > plan.from {
        progress.note(&format!("going on from {}", local.now().format("%F %T")));
    }
    let mut play = Play::open(Arc::clone(&local), plan, Kind::Whole).await?;
    play.run(|now| progress.at(now)).await?;
    progress.counting();
    let text = report(&local, &play).await?;
    progress.end();
    local.close()?;
    Ok(text)
}

/// The report of a play, from the history.
///
/// # Errors
/// The base failed.
pub async fn report(local: &Local, play: &Play) -> Result<String, Error> {
    let tally = tally::count(local.store(), play.city(), play.ids()).await?;
    Ok(report::render(play.city(), &tally))
}
