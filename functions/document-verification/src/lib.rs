//! Verification of documents (`P6`, `P14`): register checks, asked for by the table's stream in batches, and the officer's
//! workplace. What a register or an officer says becomes a step in `kezek_rules::decide`; nothing is decided here.

mod checks;
mod register;
mod tasks;
mod workplace;

use kezek_shell::app::App;
use kezek_shell::http;
use kezek_shell::lambda::Trigger;
use kezek_store::StreamRecord;
use lambda_runtime::Error;
use serde_json::{Value, json};

pub use checks::{Checked, Report, check_batch, recheck};
pub use register::{HttpRegister, RegisterError, StateRegister};
pub use workplace::{ROUTES, http};

/// What the function works with.
#[derive(Debug, Clone)]
pub struct Verification<R> {
    /// The table, the clock, the configuration, identity.
    pub app: App,
    /// The state registers.
    pub register: R,
}

/// Serves one event: a request of the workplace, or a batch of the stream.
///
/// # Errors
/// The event isn't one of this function's.
pub async fn handle<R: StateRegister>(verification: &Verification<R>, event: Value) -> Result<Value, Error> {
    match Trigger::of(&event) {
        Some(Trigger::Http) => {
            let event = serde_json::from_value(event)?;
            let answer = Box::pin(http::serve(&verification.app, ROUTES, event, workplace::http)).await;
            Ok(serde_json::to_value(answer)?)
        }
        Some(Trigger::Stream) => {
            let (report, failed) = check_batch(verification, &StreamRecord::all(&event)?).await;
            tracing::info!(?report, "register checks");
            let failures: Vec<Value> = failed.into_iter().map(|sequence| json!({"itemIdentifier": sequence})).collect();
            Ok(json!({"batchItemFailures": failures}))
        }
        other => Err(format!("document-verification doesn't know this event: {other:?}").into()),
    }
}
