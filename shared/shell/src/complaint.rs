//! From decision to commit for a complaint: load, decide, write under the condition that nothing moved; if something did, load and
//! decide again.

use kezek_rules::complaint::{Complaint, Step};
use kezek_rules::decide::World;
use kezek_rules::ids::ComplaintId;
use kezek_rules::refusal::Refusal;
use kezek_store::{StoreError, Written};

use crate::app::{App, Settled};
use crate::commit::TRIES;
use crate::error::Failure;
use crate::metrics::Metric;

/// Loads a complaint, lets `decide` decide and commits its step with what is written beside it; decides again on a conflict.
/// `admit` says whether the caller may know of the complaint at all.
///
/// # Errors
/// 404 if there is none or `admit` says no; the refusal; the table failed.
pub async fn step(
    app: &App,
    settled: &Settled,
    id: ComplaintId,
    written: Written<'_>,
    admit: impl Fn(&Complaint) -> bool,
    decide: impl Fn(Complaint, World<'_>) -> Result<Step, Refusal>,
) -> Result<Step, Failure> {
    for _ in 0..TRIES {
        let complaint = app.store.complaint(id).await?.filter(&admit).ok_or_else(Failure::not_found)?;
        let step = decide(complaint, settled.world())?;
        match app.store.commit_complaint(&step, written).await {
            Ok(()) => {
                count(app, &step);
                return Ok(step);
            }
            Err(StoreError::Conflict) => app.metrics.count(Metric::Conflicts, 1),
            Err(error) => return Err(error.into()),
        }
    }
    Err(StoreError::Conflict.into())
}

/// Counts a step of a complaint, fact by fact.
pub fn count(app: &App, step: &Step) {
    for fact in &step.event.facts {
        app.metrics.count_as(Metric::Steps, &format!("complaint-{}", fact.code()), 1);
    }
}
