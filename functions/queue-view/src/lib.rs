//! Queue view: positions, the public queues, the public registry, and the OpenAPI document. It only reads; nothing is decided
//! here and nothing that identifies a child leaves it but to the child's applicant.

mod merge;
pub mod openapi;
mod organisations;
mod position;
mod queue;

use kezek_shell::app::App;
use kezek_shell::error::Failure;
use kezek_shell::http::{self, Request, Response};
use kezek_shell::identity::Scope;
use kezek_shell::lambda::Trigger;
use kezek_shell::route::Route;
use lambda_runtime::Error;
use serde_json::Value;

const POSITION: &str = "/v1/applications/{id}/position";
const QUEUE: &str = "/v1/queues/{organisation}";
const ORGANISATIONS: &str = "/v1/organisations";
const OPENAPI: &str = "/v1/openapi.json";

/// The routes of this function.
pub const ROUTES: &[Route] = &[
    Route { method: "GET", path: POSITION, scopes: &[Scope::Applicant] },
    Route { method: "GET", path: QUEUE, scopes: &[] },
    Route { method: "GET", path: ORGANISATIONS, scopes: &[] },
    Route { method: "GET", path: OPENAPI, scopes: &[] },
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
        other => Err(format!("queue-view doesn't know this event: {other:?}").into()),
    }
}

/// Serves one request.
///
/// # Errors
/// The problem to answer with, or the failure of the table.
pub async fn http(app: &App, request: &Request) -> Result<Response, Failure> {
    match request.route.path {
        POSITION => position::position(app, request).await,
        QUEUE => queue::queue(app, request).await,
        ORGANISATIONS => organisations::organisations(app, request).await,
        OPENAPI => Ok(Response::ok(openapi::document())),
        _ => Err(Failure::not_found()),
    }
}
