//! Complaints (`P18`, with P19, P20 and P30 of the Order): an applicant files one and follows its state, an officer of its territory
//! moves it on. What is allowed is decided in `kezek_rules::decide`; what is written is personal data, and is never logged.

mod file;
mod view;

use kezek_contract::requests;
use kezek_rules::complaint::Complaint;
use kezek_rules::decide;
use kezek_rules::ids::ComplaintId;
use kezek_rules::refusal::Refusal;
use kezek_shell::app::App;
use kezek_shell::complaint;
use kezek_shell::error::Failure;
use kezek_shell::http::{self, Request, Response};
use kezek_shell::identity::{Caller, Scope};
use kezek_shell::lambda::Trigger;
use kezek_shell::route::Route;
use kezek_store::Written;
use lambda_runtime::Error;
use serde_json::Value;

const FILE: Route = Route { method: "POST", path: "/v1/complaints", scopes: &[Scope::Applicant] };
const READ: Route = Route { method: "GET", path: "/v1/complaints/{id}", scopes: &[Scope::Applicant, Scope::Officer] };
const STATE: Route = Route { method: "POST", path: "/v1/workplace/complaints/{id}/state", scopes: &[Scope::Officer] };

/// The routes of this function.
pub const ROUTES: &[Route] = &[FILE, READ, STATE];

/// Serves one event.
///
/// # Errors
/// The event isn't one of this function's.
pub async fn handle(app: &App, event: Value) -> Result<Value, Error> {
    match Trigger::of(&event) {
        Some(Trigger::Http) => {
            let event = serde_json::from_value(event)?;
            Ok(serde_json::to_value(Box::pin(http::serve(app, ROUTES, event, route)).await)?)
        }
        other => Err(format!("complaint-handling doesn't know this event: {other:?}").into()),
    }
}

async fn route(app: &App, request: &Request) -> Result<Response, Failure> {
    match request.route {
        FILE => file::file(app, request).await,
        READ => view::shown(app, request, &reached(app, request).await?).await,
        STATE => move_on(app, request).await,
        _ => Err(Failure::not_found()),
    }
}

/// Whether the caller may know of a complaint: its applicant, or an officer of its territory.
fn may_see(caller: &Caller, complaint: &Complaint) -> bool {
    match caller {
        Caller::Applicant(person) => person.is(complaint.applicant),
        Caller::Officer { .. } => caller.is_officer_of(complaint.settlement),
        Caller::Anyone | Caller::Organisation(_) | Caller::StateSystem(_) => false,
    }
}

async fn reached(app: &App, request: &Request) -> Result<Complaint, Failure> {
    let id: ComplaintId = request.id("id")?;
    let complaint = app.store.complaint(id).await?;
    complaint.filter(|complaint| may_see(&request.caller, complaint)).ok_or_else(Failure::not_found)
}

/// An officer takes a complaint into review, answers it or refuses to look into it. The same again gets the same reply and changes
/// nothing.
async fn move_on(app: &App, request: &Request) -> Result<Response, Failure> {
    let complaint = reached(app, request).await?;
    let body = requests::complaint_state(&request.json()?)?;
    request.well_formed_if_match()?;
    if complaint.state == body.state {
        let written = app.store.complaint_text(complaint.id).await?;
        if written.and_then(|written| written.answer) == body.answer {
            return view::shown(app, request, &complaint).await;
        }
    }
    request.if_match(complaint.version)?;
    let written = body.answer.as_deref().map_or(Written::Nothing, Written::Answer);
    let admit = |loaded: &Complaint| may_see(&request.caller, loaded);
    let decide = |loaded: Complaint, world: decide::World<'_>| {
        if loaded.version != complaint.version {
            return Err(Refusal::state("version-mismatch", ""));
        }
        decide::move_complaint(loaded, body.state, world)
    };
    let step = complaint::step(app, &request.settled, complaint.id, written, admit, decide).await;
    let step = step.map_err(http::version_moved)?;
    view::shown(app, request, &step.complaint).await
}
