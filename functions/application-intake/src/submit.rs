//! Submitting an application (`P5.a`): all that is wrong with a request is told at once; a repeated request with the same
//! `Idempotency-Key` gets the answer of the first.

use kezek_contract::problem::{FieldError, Problem};
use kezek_contract::requests::{self, ApplicationRequest, PersonId};
use kezek_contract::texts::problems::Code;
use kezek_rules::ids::{ApplicationId, PersonKey};
use kezek_rules::queue::Stream;
use kezek_shell::app::App;
use kezek_shell::commit::TRIES;
use kezek_shell::error::Failure;
use kezek_shell::http::{Request, Response};
use kezek_shell::identity::Caller;
use kezek_shell::keys::Person;
use kezek_shell::view;
use kezek_store::{Extras, StoreError};

use crate::register::{created, known, person_file, register, registration, written_as};

/// `POST /v1/applications`.
pub(crate) async fn submit(app: &App, request: &Request) -> Result<Response, Failure> {
    let Caller::Applicant(applicant) = request.caller else { return Err(Failure::not_found()) };
    let body = request.json()?;
    let mut read = requests::application(&body);
    read.errors.extend(against_caller(app, request, applicant, &read));
    // The id follows from the `Idempotency-Key`, so that a repeated request finds what the first one made.
    let by_key = match request.idempotency_key()? {
        Some(key) => app.keys.applications_by_key(applicant, key),
        None => Vec::new(),
    };
    // A request that can't be read is answered so, whatever its key.
    let unreadable = !read.errors.is_empty() && Problem::fields(read.errors.clone()).status == 400;
    if !unreadable && let Some(answer) = repeated(app, request, &by_key).await? {
        return Ok(answer);
    }
    let child = read.child.as_ref().map(|child| known(app, child));
    let id = by_key.first().copied().unwrap_or_else(|| id_of(app, request, applicant, child, &read));
    let applicant = written_as(app, applicant).await?;
    let registration = registration(id, applicant, child.map(|child| child.current()), &read, request);
    let extras = Extras {
        fingerprint: Some(app.keys.fingerprint(request.body())),
        person: Some(person_file(&read)),
        child_otherwise: child.map(|child| child.others().to_vec()).unwrap_or_default(),
        ..Extras::default()
    };
    for _ in 0..TRIES {
        match register(app, request, &registration, &read, &extras).await {
            Err(Failure::Store(StoreError::Conflict)) => {
                // Perhaps it was this very request that came first.
                if let Some(answer) = repeated(app, request, &by_key).await? {
                    return Ok(answer);
                }
            }
            // Perhaps the child is queued by this very request, which came first.
            Err(Failure::Problem(refused)) if refused.status == 422 => {
                return repeated(app, request, &by_key).await?.ok_or_else(|| (*refused).into());
            }
            other => return other.map(|(answer, version)| created(&answer, version)),
        }
    }
    Err(StoreError::Conflict.into())
}

/// An applicant applies in its own name: by the number it is known by, or, where it is known by none, as a non-resident with a
/// document of another country (`P5.c`).
fn against_caller(app: &App, request: &Request, applicant: Person, read: &ApplicationRequest) -> Option<FieldError> {
    match &read.applicant {
        Some(PersonId::Iin(iin)) if app.keys.person(iin.as_str()) != applicant => {
            Some(FieldError::new("/applicant/iin", Code::NotTheCaller))
        }
        Some(PersonId::Document(_)) if request.by_number => {
            Some(FieldError::new("/applicant/document", Code::NotTheCaller))
        }
        _ if request.by_number && matches!(read.child, Some(PersonId::Document(_))) => {
            Some(FieldError { rule: Some("P5.c".to_owned()), ..FieldError::new("/child/iin", Code::Required) })
        }
        _ => None,
    }
}

/// The id of what a request without an `Idempotency-Key` makes.
fn id_of(
    app: &App,
    request: &Request,
    applicant: Person,
    child: Option<Person>,
    read: &ApplicationRequest,
) -> ApplicationId {
    let stream = read.stream.clone().unwrap_or(Stream::General).to_string();
    let child = child.map_or(PersonKey::from_bytes([0; 16]), |child| child.current());
    app.keys.application(applicant.current(), child, &stream, request.settled.now)
}

/// The answer to a request that was answered before, be it under another version of the key.
async fn repeated(app: &App, request: &Request, by_key: &[ApplicationId]) -> Result<Option<Response>, Failure> {
    for id in by_key {
        let Some((first, known)) = app.store.first_event(*id).await? else { continue };
        if !known.is_some_and(|known| app.keys.is_fingerprint(&known, request.body())) {
            return Err(Problem::new(422, Code::IdempotencyKeyReused).into());
        }
        let Some(application) = app.store.application(*id).await? else { continue };
        return Ok(Some(created(&view::registered(app, &application, &first), 1)));
    }
    Ok(None)
}
