//! The independent checker over a base of the local stack: every item is handed to it, and nothing else is. What is held against a base,
//! and how it is mended, is written in `kezek_check`, which shares no code with this stack.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use kezek_check::repair::{self, Mended};
use kezek_check::{Check, Item, Report, Settings};

use crate::deployment::TABLE;
use crate::functions::Function;
use crate::world::{Error, Local, Options};

/// Items read at once.
const PAGE: usize = 2_000;

/// Check a base against every invariant that it can show at one instant
#[derive(Debug, Clone, Args)]
pub struct CheckArgs {
    /// Directory of the base
    #[arg(long, value_name = "DIR", default_value = ".kezek")]
    data: PathBuf,
    /// Say how what was found would be mended
    #[arg(long)]
    repair: bool,
    /// And mend it
    #[arg(long, requires = "repair")]
    apply: bool,
}

/// Opens a base as any start does, so that it comes to rest, and checks it.
///
/// # Errors
/// The base is in use, isn't there, or can't be read.
pub async fn run(args: &CheckArgs) -> Result<ExitCode, Error> {
    // Opening would make a new one.
    std::fs::metadata(args.data.join("kezek.db"))?;
    let local = Local::open(Options { data: Some(args.data.clone()), ..Options::default() }).await?;
    let report = local.check()?;
    print!("{report}");
    if args.repair && !report.is_clean() {
        let mended = local.mend(&report, args.apply, |line| println!("{line}")).await?;
        println!("{} mended, {} left to people", mended.written, mended.left);
    }
    local.close()?;
    Ok(if report.is_clean() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

impl Local {
    /// Checks the whole base, which is to be at rest: after [`Local::drain`], or between calls.
    ///
    /// # Errors
    /// The base can't be read.
    pub fn check(&self) -> Result<Report, Error> {
        let mut check = Check::default();
        let mut after = None;
        loop {
            let page = self.aws.engine().items(TABLE, after.as_ref(), PAGE)?;
            let Some((last, _)) = page.last() else { break };
            after = Some(last.clone());
            page.iter().for_each(|(_, item)| check.take(&Item::from_json(item)));
        }
        Ok(check.finish(Settings::at_rest(self.now())))
    }

    /// Mends what a report found and can be derived, if `apply`, with everything that follows from it.
    ///
    /// # Errors
    /// The base failed.
    pub async fn mend(&self, report: &Report, apply: bool, say: impl FnMut(&str)) -> Result<Mended, Error> {
        let client = self.aws.dynamodb();
        let mended = repair::repair(&client, TABLE, report, self.now(), apply, say).await?;
        if apply {
            let publish = mended.publish.iter().map(|event| (Function::EventPublisher, event));
            let verify = mended.verify.iter().map(|event| (Function::DocumentVerification, event));
            for (function, event) in publish.chain(verify) {
                self.functions.invoke(function, event.clone()).await?;
            }
            self.drain().await?;
        }
        Ok(mended)
    }
}
