//! From decision to commit for the end of an invitation that becomes no application: load, decide, write under the condition that
//! nothing moved; if something did, load and decide again.

use kezek_rules::decide::World;
use kezek_rules::ids::InvitationId;
use kezek_rules::invitation::{Invitation, Step};
use kezek_rules::refusal::Refusal;
use kezek_store::StoreError;

use crate::app::{App, Settled};
use crate::commit::TRIES;
use crate::error::Failure;

/// Loads an invitation, lets `decide` end it and commits that.
///
/// # Errors
/// 404 if there is none; the refusal; the table failed.
pub async fn end(
    app: &App,
    settled: &Settled,
    id: InvitationId,
    decide: impl Fn(Invitation, World<'_>) -> Result<Step, Refusal>,
) -> Result<Invitation, Failure> {
    for _ in 0..TRIES {
        let invitation = app.store.invitation(id).await?.ok_or_else(Failure::not_found)?;
        let step = decide(invitation, settled.world())?;
        let ended = step.invitation.clone();
        match app.store.end_invitation(step, None).await {
            Ok(()) => return Ok(ended),
            Err(StoreError::Conflict) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(StoreError::Conflict.into())
}
