//! Changing an application while it waits (`P15.5`, `P13.3`, `P15.2`, `P23.b`): the organisations, the benefit, from when the place is
//! wanted, the phone. All that is wrong with a change is told at once, and a change that changes nothing writes nothing.

use kezek_contract::problem::Problem;
use kezek_contract::requests::{self, ChangeBody};
use kezek_contract::texts::problems::Code;
use kezek_rules::application::Application;
use kezek_rules::decide::{self, ChangeRequest, Document, World};
use kezek_rules::organisation::Organisation;
use kezek_shell::app::App;
use kezek_shell::commit::{TRIES, write};
use kezek_shell::error::Failure;
use kezek_shell::http::{Request, Response};
use kezek_shell::view;
use kezek_store::{Extras, Queues, StoreError};

use crate::{may_see, owned};

/// More steps than an application takes in six years: whoever has it changed on and on would else write its history without end. What
/// isn't its applicant's wish alone goes on.
const CHANGES_MAX: u32 = 2_000;

/// `PATCH /v1/applications/{id}`.
pub(crate) async fn change(app: &App, request: &Request) -> Result<Response, Failure> {
    let mut application = owned(app, request).await?;
    let body = requests::change(&request.json()?);
    if let Err(problem) = &body
        && problem.status == 400
    {
        return Err(problem.clone().into());
    }
    request.if_match(application.version)?;
    let body = body?;
    has_room(application.version)?;
    let known = app.store.organisations(body.organisations.as_deref().unwrap_or_default()).await?;
    let extras = Extras { phone: body.phone.clone(), ..Extras::default() };
    let wanted = wanted(app, &application, body).await?;
    for _ in 0..TRIES {
        match attempt(app, request, &application, &wanted, &known, &extras).await {
            // Another write came first. Whoever named a version is told so; whoever meant any means this one too.
            Err(Failure::Store(StoreError::Conflict)) => {
                application = owned(app, request).await?;
                request.if_match(application.version)?;
            }
            other => return other,
        }
    }
    Err(StoreError::Conflict.into())
}

/// What the rules are asked. Whether the child has had its benefit is looked up only where one is claimed (`P23.a`).
async fn wanted(app: &App, application: &Application, body: ChangeBody) -> Result<ChangeRequest, StoreError> {
    let ChangeBody { organisations, rest, benefits, relocation, documents, phone } = body;
    let lock = match benefits.is_some() || relocation.is_some() {
        true => app.store.lock(application.child, application.stream.kind()).await?,
        false => None,
    };
    Ok(ChangeRequest {
        organisations,
        rest,
        benefits,
        relocation,
        documents: documents.into_iter().map(|(kind, issued_on)| Document { kind, issued_on }).collect(),
        benefit_used: lock.is_some_and(|lock| lock.benefit_used),
        phone: phone.is_some(),
    })
}

/// Decides on the version that the caller's was held against, and no other.
async fn attempt(
    app: &App,
    request: &Request,
    seen: &Application,
    wanted: &ChangeRequest,
    known: &[Organisation],
    extras: &Extras,
) -> Result<Response, Failure> {
    let settled = &request.settled;
    let queues = queues(seen, wanted, known, settled.world());
    let loaded = app.store.snapshot(seen.id, &queues).await?;
    let loaded = loaded.filter(|(snapshot, _)| may_see(&request.caller, &snapshot.application));
    let (snapshot, items) = loaded.ok_or_else(Failure::not_found)?;
    if snapshot.application.version != seen.version {
        return Err(StoreError::Conflict.into());
    }
    let Some(step) = decide::change(snapshot, wanted, known, settled.world())? else {
        return view::shown(app, request, seen).await;
    };
    write(app, settled, &step, &items, extras).await?;
    view::shown(app, request, &step.application).await
}

/// The queues a change may touch: those the application stands in, and those of the organisations named. Organisations that the
/// registry doesn't know have no queue; the rules refuse them.
fn queues(application: &Application, wanted: &ChangeRequest, known: &[Organisation], world: World<'_>) -> Queues {
    let place =
        |organisation: &Organisation| (organisation.bin, decide::order_key(application, organisation.bin, world));
    let lane = decide::lane_after_change(application, wanted);
    Queues::With(known.iter().map(place).collect(), lane)
}

/// Whether an application of this version may be changed once more.
fn has_room(version: u32) -> Result<(), Problem> {
    if version < CHANGES_MAX {
        return Ok(());
    }
    let mut problem = Problem::new(409, Code::TooManyKept);
    problem.facts.push(("max", CHANGES_MAX.to_string()));
    Err(problem)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_applicant_changes_an_application_so_often() {
        let refused = |version| has_room(version).err().map(|problem| problem.status);
        assert_eq!((refused(1), refused(CHANGES_MAX - 1), refused(CHANGES_MAX)), (None, None, Some(409)));
    }
}
