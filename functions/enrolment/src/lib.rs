//! Enrolment: the referral in the hands of its applicant, who may cancel it (`P25.a`), and of its organisation, which expects
//! the child (`P22.a`). What a cancellation brings about is decided in `kezek_rules::decide`.

mod cancel;
mod referrals;

use kezek_shell::app::App;
use kezek_shell::error::Failure;
use kezek_shell::http::{self, Request, Response};
use kezek_shell::identity::Scope;
use kezek_shell::lambda::Trigger;
use kezek_shell::route::Route;
use lambda_runtime::Error;
use serde_json::Value;

const CANCELLATION: &str = "/v1/applications/{id}/referral/cancellation";
const REFERRALS: &str = "/v1/organisations/{bin}/referrals";

/// The routes of this function.
pub const ROUTES: &[Route] = &[
    Route { method: "POST", path: CANCELLATION, scopes: &[Scope::Applicant] },
    Route { method: "GET", path: REFERRALS, scopes: &[Scope::Organisation] },
];

/// Serves one event: a request.
///
/// # Errors
/// The event isn't one of this function's.
pub async fn handle(app: &App, event: Value) -> Result<Value, Error> {
    match Trigger::of(&event) {
        Some(Trigger::Http) => {
            let event = serde_json::from_value(event)?;
            Ok(serde_json::to_value(Box::pin(http::serve(app, ROUTES, event, http)).await)?)
        }
        other => Err(format!("enrolment doesn't know this event: {other:?}").into()),
    }
}

/// Serves one request.
///
/// # Errors
/// The problem to answer with, or the failure of the table.
pub async fn http(app: &App, request: &Request) -> Result<Response, Failure> {
    match request.route.path {
        CANCELLATION => cancel::cancel(app, request).await,
        REFERRALS => referrals::referrals(app, request).await,
        _ => Err(Failure::not_found()),
    }
}
