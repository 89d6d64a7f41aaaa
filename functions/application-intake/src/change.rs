//! Changing an application while it waits (`P15.5`, `P15.2`): the organisations, from when the place is wanted, the phone. All that
//! is wrong with a change is told at once, and a change that changes nothing writes nothing.

use kezek_contract::problem::Problem;
use kezek_contract::requests::{self, ChangeBody};
use kezek_contract::texts::problems::Code;
use kezek_rules::application::Application;
use kezek_rules::decide::{self, ChangeRequest, World};
use kezek_rules::organisation::Organisation;
use kezek_shell::app::App;
use kezek_shell::commit::{TRIES, write};
use kezek_shell::error::Failure;
use kezek_shell::http::{Request, Response};
use kezek_store::{Extras, Queues, StoreError};

use crate::{answer, may_see, owned};

/// `PATCH /v1/applications/{id}`.
pub(crate) async fn change(app: &App, request: &Request) -> Result<Response, Failure> {
    let application = owned(app, request).await?;
    let body = requests::change(&request.json()?);
    if let Err(problem) = &body
        && problem.status == 400
    {
        return Err(problem.clone().into());
    }
    request.if_match(application.version)?;
    let ChangeBody { organisations, rest, phone } = body?;
    let known = app.store.organisations(organisations.as_deref().unwrap_or_default()).await?;
    let wanted = ChangeRequest { organisations, rest, phone: phone.is_some() };
    let extras = Extras { phone, ..Extras::default() };
    for _ in 0..TRIES {
        match attempt(app, request, &application, &wanted, &known, &extras).await {
            Err(Failure::Store(StoreError::Conflict)) => {}
            other => return other,
        }
    }
    Err(StoreError::Conflict.into())
}

/// Decides on the version that the caller has seen, and no other.
async fn attempt(
    app: &App,
    request: &Request,
    seen: &Application,
    wanted: &ChangeRequest,
    known: &[Organisation],
    extras: &Extras,
) -> Result<Response, Failure> {
    let settled = &request.settled;
    let loaded = app.store.snapshot(seen.id, &queues(seen, known, settled.world())).await?;
    let loaded = loaded.filter(|(snapshot, _)| may_see(&request.caller, &snapshot.application));
    let (snapshot, items) = loaded.ok_or_else(Failure::not_found)?;
    if snapshot.application.version != seen.version {
        return Err(Problem::new(412, Code::PreconditionFailed).into());
    }
    let Some(step) = decide::change(snapshot, wanted, known, settled.world())? else {
        return answer(app, request, seen).await;
    };
    write(app, settled, &step, &items, extras).await?;
    answer(app, request, &step.application).await
}

/// The queues a change may touch: those the application stands in, and those of the organisations named. Organisations that the
/// registry doesn't know have no queue; the rules refuse them.
fn queues(application: &Application, known: &[Organisation], world: World<'_>) -> Queues {
    let place =
        |organisation: &Organisation| (organisation.bin, decide::order_key(application, organisation.bin, world));
    Queues::With(known.iter().map(place).collect())
}
