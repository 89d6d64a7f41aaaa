//! Enrolment: from the referral to the contract. The applicant hands in documents, extends or cancels the referral, signs or terminates
//! the contract (`P22`, `P25`, `P12`); the organisation decides on the documents (`P28`), an officer reviews its refusal (`P16.1`). What
//! any of it brings about is decided in `kezek_rules::decide`.

mod applicant;
mod contract;
mod officer;
mod organisation;
mod signature;

use kezek_shell::app::App;
use kezek_shell::error::Failure;
use kezek_shell::http::{self, Request, Response};
use kezek_shell::identity::Scope;
use kezek_shell::lambda::Trigger;
use kezek_shell::route::Route;
use lambda_runtime::Error;
use serde_json::Value;

pub use signature::{HttpSignatures, Question, SignatureError, SignatureService};

const CANCELLATION: &str = "/v1/applications/{id}/referral/cancellation";
const EXTENSION: &str = "/v1/applications/{id}/referral/extension";
const ENROLMENT: &str = "/v1/applications/{id}/enrolment";
const SIGNATURE: &str = "/v1/applications/{id}/contract/signature";
const TERMINATION: &str = "/v1/applications/{id}/contract/termination";
const REFERRALS: &str = "/v1/organisations/{bin}/referrals";
const DECISION: &str = "/v1/organisations/{bin}/referrals/{id}/documents-decision";
const REVIEW: &str = "/v1/workplace/referrals/{id}/review";

/// The routes of this function.
pub const ROUTES: &[Route] = &[
    Route { method: "POST", path: CANCELLATION, scopes: &[Scope::Applicant] },
    Route { method: "POST", path: EXTENSION, scopes: &[Scope::Applicant] },
    Route { method: "POST", path: ENROLMENT, scopes: &[Scope::Applicant] },
    Route { method: "POST", path: SIGNATURE, scopes: &[Scope::Applicant] },
    Route { method: "POST", path: TERMINATION, scopes: &[Scope::Applicant] },
    Route { method: "GET", path: REFERRALS, scopes: &[Scope::Organisation] },
    Route { method: "POST", path: DECISION, scopes: &[Scope::Organisation] },
    Route { method: "POST", path: REVIEW, scopes: &[Scope::Officer] },
];

/// What the function works with.
#[derive(Debug, Clone)]
pub struct Enrolment<S> {
    /// The table, the clock, the configuration, identity.
    pub app: App,
    /// The service that checks signatures.
    pub signatures: S,
}

impl<S> AsRef<App> for Enrolment<S> {
    fn as_ref(&self) -> &App {
        &self.app
    }
}

/// Serves one event: a request.
///
/// # Errors
/// The event isn't one of this function's.
pub async fn handle<S: SignatureService>(enrolment: &Enrolment<S>, event: Value) -> Result<Value, Error> {
    match Trigger::of(&event) {
        Some(Trigger::Http) => {
            let event = serde_json::from_value(event)?;
            Ok(serde_json::to_value(Box::pin(http::serve(enrolment, ROUTES, event, http::<S>)).await)?)
        }
        other => Err(format!("enrolment doesn't know this event: {other:?}").into()),
    }
}

/// Serves one request.
///
/// # Errors
/// The problem to answer with, or the failure of the table.
pub async fn http<S: SignatureService>(enrolment: &Enrolment<S>, request: &Request) -> Result<Response, Failure> {
    let app = &enrolment.app;
    match request.route.path {
        CANCELLATION => applicant::cancel(app, request).await,
        EXTENSION => applicant::extend(app, request).await,
        ENROLMENT => applicant::hand_in(app, request).await,
        SIGNATURE => contract::sign(enrolment, request).await,
        TERMINATION => contract::terminate(app, request).await,
        REFERRALS => organisation::referrals(app, request).await,
        DECISION => organisation::decide(app, request).await,
        REVIEW => officer::review(app, request).await,
        _ => Err(Failure::not_found()),
    }
}

/// Whether the state stood against a request: it may have been done before.
fn is_conflict(failure: &Failure) -> bool {
    matches!(failure, Failure::Problem(problem) if problem.status == 409)
}
