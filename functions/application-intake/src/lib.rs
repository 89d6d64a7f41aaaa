//! Intake: an applicant's own doings with an application – submit, read, change, withdraw, answer a question of interest –, and the
//! invitations of state systems that become one.
//! What is allowed is decided in `kezek_rules::decide`; here requests are parsed, loaded for, committed and answered.

mod change;
mod interest;
mod invitation;
mod register;
mod submit;

use kezek_rules::application::{Application, ArchiveReason, Status};
use kezek_rules::decide;
use kezek_rules::ids::ApplicationId;
use kezek_shell::app::App;
use kezek_shell::commit;
use kezek_shell::error::Failure;
use kezek_shell::http::{self, Request, Response};
use kezek_shell::identity::{Caller, Scope};
use kezek_shell::lambda::Trigger;
use kezek_shell::route::Route;
use kezek_shell::view;
use kezek_store::Queues;
use lambda_runtime::Error;
use serde_json::Value;

const INVITE: Route = Route { method: "POST", path: "/v1/invitations", scopes: &[Scope::StateSystem] };
const INVITATION: Route =
    Route { method: "GET", path: "/v1/invitations/{id}", scopes: &[Scope::Applicant, Scope::StateSystem] };
const ANSWER: Route = Route { method: "POST", path: "/v1/invitations/{id}/answer", scopes: &[Scope::Applicant] };

/// The routes of this function.
pub const ROUTES: &[Route] = &[
    Route { method: "POST", path: "/v1/applications", scopes: &[Scope::Applicant] },
    Route { method: "GET", path: "/v1/applications/{id}", scopes: &[Scope::Applicant, Scope::Officer] },
    Route { method: "PATCH", path: "/v1/applications/{id}", scopes: &[Scope::Applicant] },
    Route { method: "POST", path: "/v1/applications/{id}/withdrawal", scopes: &[Scope::Applicant] },
    Route { method: "POST", path: "/v1/applications/{id}/interest", scopes: &[Scope::Applicant] },
    INVITE,
    INVITATION,
    ANSWER,
];

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
        other => Err(format!("application-intake doesn't know this event: {other:?}").into()),
    }
}

async fn route(app: &App, request: &Request) -> Result<Response, Failure> {
    match request.route {
        INVITE => return invitation::invite(app, request).await,
        INVITATION => return invitation::read(app, request).await,
        ANSWER => return invitation::answer(app, request).await,
        _ => {}
    }
    match (request.route.method, request.route.path) {
        ("POST", "/v1/applications") => submit::submit(app, request).await,
        ("GET", _) => read(app, request).await,
        ("PATCH", _) => change::change(app, request).await,
        ("POST", "/v1/applications/{id}/withdrawal") => withdraw(app, request).await,
        ("POST", "/v1/applications/{id}/interest") => interest::interest(app, request).await,
        _ => Err(Failure::not_found()),
    }
}

/// Whether the caller may know of an application: its applicant, or an officer of its territory.
fn may_see(caller: &Caller, application: &Application) -> bool {
    match caller {
        Caller::Applicant(person) => person.is(application.applicant),
        Caller::Officer { .. } => caller.is_officer_of(application.settlement),
        Caller::Anyone | Caller::Organisation(_) | Caller::StateSystem(_) => false,
    }
}

async fn owned(app: &App, request: &Request) -> Result<Application, Failure> {
    let id: ApplicationId = request.id("id")?;
    let application = app.store.application(id).await?;
    application.filter(|application| may_see(&request.caller, application)).ok_or_else(Failure::not_found)
}

async fn read(app: &App, request: &Request) -> Result<Response, Failure> {
    let application = owned(app, request).await?;
    view::shown(app, request, &application).await
}

/// `P15.4`: the applicant may withdraw at any time; doing so again changes nothing.
async fn withdraw(app: &App, request: &Request) -> Result<Response, Failure> {
    let id = owned(app, request).await?.id;
    let admit = |loaded: &Application| may_see(&request.caller, loaded);
    match commit::step(app, &request.settled, id, &Queues::Live, admit, decide::withdraw).await {
        Ok(done) => view::shown(app, request, &done.step.application).await,
        // It was withdrawn before, perhaps by this very request at the same time.
        Err(Failure::Problem(problem)) if problem.status == 409 => {
            let application = owned(app, request).await?;
            if application.status != Status::Archived(ArchiveReason::Withdrawn) {
                return Err(Failure::Problem(problem));
            }
            view::shown(app, request, &application).await
        }
        Err(failure) => Err(failure),
    }
}
