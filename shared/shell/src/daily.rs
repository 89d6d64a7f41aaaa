//! What one caller may make on one day. The numbers stand far above what anyone needs, and far below what would be a burden to others.
//! Never here: a domain rule; the Order bounds none of these.

use chrono::Days;
use kezek_contract::problem::Problem;
use kezek_contract::texts::problems::Code;
use kezek_rules::terms::{local_date, start_of_day};
use kezek_store::{Daily, StoreError};

use crate::app::{App, Settled};
use crate::error::Failure;

/// Complaints of one applicant.
pub const COMPLAINTS: u32 = 20;

/// Invitations about one child, of all systems together: each tells the family.
pub const INVITATIONS: u32 = 10;

/// Bulletins of one organisation.
pub const BULLETINS: u32 = 300;

const fn max(of: Daily) -> u32 {
    match of {
        Daily::Complaints(_) => COMPLAINTS,
        Daily::Invitations(_) => INVITATIONS,
        Daily::Bulletins(_) => BULLETINS,
    }
}

/// Counts one more of the day in Asia/Almaty; says whether it may be made.
///
/// # Errors
/// The table failed.
pub async fn may(app: &App, settled: &Settled, of: Daily) -> Result<bool, StoreError> {
    app.store.count_daily(of, local_date(settled.now), max(of)).await
}

/// Counts one more of the day for a request.
///
/// # Errors
/// 429 with the seconds that are left of the day; the table failed.
pub async fn count(app: &App, settled: &Settled, of: Daily) -> Result<(), Failure> {
    if may(app, settled, of).await? {
        return Ok(());
    }
    let tomorrow = local_date(settled.now).checked_add_days(Days::new(1)).map(start_of_day);
    let seconds = tomorrow.map_or(0, |tomorrow| (tomorrow - settled.now).num_seconds().max(1));
    let mut problem = Problem::new(429, Code::TooManyToday);
    problem.facts.push(("max", max(of).to_string()));
    problem.retry_after = u32::try_from(seconds).ok();
    Err(problem.into())
}
