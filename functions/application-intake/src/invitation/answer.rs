//! Answering an invitation (`P7`): with consent and a choice it becomes the application of the same id, by the rules of every other one
//! and with the instant of consent as its order key; without consent it ends, and what it held is forgotten. A refused answer leaves it
//! open. The same answer again gets the same reply.

use kezek_contract::problem::Problem;
use kezek_contract::requests::{self, ApplicationRequest, InvitationAnswerBody};
use kezek_contract::texts::problems::Code;
use kezek_rules::decide::{self, Registration};
use kezek_rules::invitation::{Invitation, State};
use kezek_shell::app::App;
use kezek_shell::commit::TRIES;
use kezek_shell::error::Failure;
use kezek_shell::http::{Request, Response, etag};
use kezek_shell::identity::Caller;
use kezek_shell::keys::Person;
use kezek_shell::{invitation, view};
use kezek_store::{Ending, Extras, StoreError};

use super::form::form;
use super::{held, reached, shown};
use crate::register::{created, known, person_file, register, registration, written_as};

/// `POST /v1/invitations/{id}/answer`.
pub(crate) async fn answer(app: &App, request: &Request) -> Result<Response, Failure> {
    let Caller::Applicant(applicant) = request.caller else { return Err(Failure::not_found()) };
    reached(app, request).await?;
    let body = request.json()?;
    let read = requests::invitation_answer(&body);
    // The text of the value, not of the request: how it is laid out makes it no other answer.
    let said = body.to_string();
    for _ in 0..TRIES {
        match attempt(app, request, applicant, &read, &said).await {
            Err(Failure::Store(StoreError::Conflict)) => {}
            other => return other,
        }
    }
    Err(StoreError::Conflict.into())
}

async fn attempt(
    app: &App,
    request: &Request,
    applicant: Person,
    read: &InvitationAnswerBody,
    said: &str,
) -> Result<Response, Failure> {
    let invitation = reached(app, request).await?;
    let errors = &read.form.errors;
    let unreadable = !errors.is_empty() && Problem::fields(errors.clone()).status == 400;
    if invitation.state != State::Sent && !unreadable {
        return answered_before(app, request, &invitation, read, said).await;
    }
    let consents = read.form.consent == Some(true);
    if !errors.is_empty() && (!consents || invitation.state != State::Sent) {
        return Err(Problem::fields(errors.clone()).into());
    }
    if !consents {
        let ended =
            invitation::end(app, &request.settled, invitation.id, decide::decline_invitation).await.map_err(moved)?;
        return Ok(Response::ok(&shown(&ended)).header("etag", etag(ended.version)));
    }
    // Ended a moment ago: look again.
    let held = held(app, &invitation).await?.ok_or(StoreError::Conflict)?;
    let form = form(&invitation, &held, read);
    consent(app, request, applicant, invitation, &form, said).await
}

/// Someone ended it meanwhile: what that means for this answer is found out by looking again.
fn moved(failure: Failure) -> Failure {
    match failure {
        Failure::Problem(problem) if problem.code == Code::InvitationAnswered => StoreError::Conflict.into(),
        failure => failure,
    }
}

/// One try to register the application.
async fn consent(
    app: &App,
    request: &Request,
    applicant: Person,
    invitation: Invitation,
    form: &ApplicationRequest,
    said: &str,
) -> Result<Response, Failure> {
    let (id, child) = (invitation.id.application(), invitation.child);
    let applicant = written_as(app, applicant).await?;
    let registration =
        Registration { came_by: Some(invitation.source), ..registration(id, applicant, Some(child), form, request) };
    let child_otherwise = form.child.as_ref().map(|known_by| known(app, known_by).except(child)).unwrap_or_default();
    let step = decide::consent(invitation, request.settled.world())?;
    let fingerprint = Some(app.keys.fingerprint(said.as_bytes()));
    let extras = Extras {
        fingerprint: fingerprint.clone(),
        person: Some(person_file(form)),
        child_otherwise,
        invitation: Some(Ending { step, replaced: None, fingerprint }),
        ..Extras::default()
    };
    match register(app, request, &registration, form, &extras).await {
        Ok((answer, version)) => Ok(created(&answer, version)),
        // Perhaps the child is queued by this very answer, which came first: a refusal holds while the invitation is open.
        Err(Failure::Problem(_)) if reached(app, request).await?.state != State::Sent => {
            Err(StoreError::Conflict.into())
        }
        Err(failure) => Err(failure),
    }
}

/// The reply to an answer that was given before; another one comes too late.
async fn answered_before(
    app: &App,
    request: &Request,
    invitation: &Invitation,
    read: &InvitationAnswerBody,
    said: &str,
) -> Result<Response, Failure> {
    match (invitation.state, read.form.consent) {
        (State::Declined, Some(false)) => {
            return Ok(Response::ok(&shown(invitation)).header("etag", etag(invitation.version)));
        }
        (State::Accepted, Some(true)) => {
            let id = invitation.id.application();
            let same = |known: &String| app.keys.is_fingerprint(known, said.as_bytes());
            let first = app.store.first_event(id).await?.filter(|(_, known)| known.as_ref().is_some_and(same));
            if let Some((application, (first, _))) = app.store.application(id).await?.zip(first) {
                return Ok(created(&view::registered(app, &application, &first), 1));
            }
        }
        _ => {}
    }
    // The rules say why: it was answered, or has ended otherwise.
    let refused = decide::consent(invitation.clone(), request.settled.world());
    Err(refused.err().map_or_else(|| StoreError::Conflict.into(), Failure::from))
}
