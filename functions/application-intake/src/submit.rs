//! Submitting an application (`P5.a`): all that is wrong with a request is told at once; a repeated request with the same
//! `Idempotency-Key` gets the answer of the first.

use std::collections::HashSet;

use kezek_contract::problem::{FieldError, Problem};
use kezek_contract::requests::{self, ApplicationRequest};
use kezek_contract::texts::problems::Code;
use kezek_rules::decide::{self, Document, Registration};
use kezek_rules::ids::{ApplicationId, PersonKey};
use kezek_rules::queue::Stream;
use kezek_shell::app::App;
use kezek_shell::commit::{TRIES, write};
use kezek_shell::error::Failure;
use kezek_shell::http::{Request, Response, etag};
use kezek_shell::identity::Caller;
use kezek_shell::view;
use kezek_store::{Extras, PersonFile, StoreError};

/// An `Idempotency-Key` is at most this long.
const KEY_MAX: usize = 255;

/// `POST /v1/applications`.
pub(crate) async fn submit(app: &App, request: &Request) -> Result<Response, Failure> {
    let Caller::Applicant(applicant) = request.caller else { return Err(Failure::not_found()) };
    let body = request.json()?;
    let mut read = requests::application(&body);
    if read.applicant_iin.is_some_and(|iin| app.keys.person(iin.as_str()) != applicant) {
        read.errors.push(FieldError::new("/applicant/iin", Code::NotTheCaller));
    }
    let fingerprint = app.keys.fingerprint(request.body());
    let child = read.child_iin.map(|iin| app.keys.person(iin.as_str()));
    let id = id_of(app, request, applicant, child, &read)?;
    // A request that can't be read is answered so, whatever its key.
    let unreadable = !read.errors.is_empty() && Problem::fields(read.errors.clone()).status == 400;
    if !unreadable && let Some(answer) = repeated(app, request, id, &fingerprint).await? {
        return Ok(answer);
    }
    let registration = registration(id, applicant, child, &read, request);
    let extras =
        Extras { fingerprint: Some(fingerprint.clone()), person: Some(person_file(&read)), ..Extras::default() };
    for _ in 0..TRIES {
        match attempt(app, request, registration.clone(), &read, &extras).await {
            Err(Failure::Store(StoreError::Conflict)) => {
                // Perhaps it was this very request that came first.
                if let Some(answer) = repeated(app, request, id, &fingerprint).await? {
                    return Ok(answer);
                }
            }
            other => return other,
        }
    }
    Err(StoreError::Conflict.into())
}

/// The id follows from the `Idempotency-Key`, so that a repeated request finds what the first one made.
fn id_of(
    app: &App,
    request: &Request,
    applicant: PersonKey,
    child: Option<PersonKey>,
    read: &ApplicationRequest,
) -> Result<ApplicationId, Problem> {
    match request.header("idempotency-key") {
        Some(key) if key.is_empty() || key.len() > KEY_MAX => Err(Problem::fields(vec![
            FieldError::new("/idempotency-key", Code::TooLong).with("max", KEY_MAX.to_string()),
        ])),
        Some(key) => Ok(app.keys.application_by_key(applicant, key)),
        None => {
            let stream = read.stream.clone().unwrap_or(Stream::General).to_string();
            let child = child.unwrap_or(PersonKey::from_bytes([0; 16]));
            Ok(app.keys.application(applicant, child, &stream, request.settled.now))
        }
    }
}

/// The answer to a request that was answered before.
async fn repeated(
    app: &App,
    request: &Request,
    id: ApplicationId,
    fingerprint: &str,
) -> Result<Option<Response>, Failure> {
    if request.header("idempotency-key").is_none() {
        return Ok(None);
    }
    let Some((first, known)) = app.store.first_event(id).await? else { return Ok(None) };
    if known.as_deref() != Some(fingerprint) {
        return Err(Problem::new(422, Code::IdempotencyKeyReused).into());
    }
    let Some(application) = app.store.application(id).await? else { return Ok(None) };
    Ok(Some(created(&view::registered(app, &application, &first), 1)))
}

fn created(answer: &kezek_contract::answers::ApplicationAnswer, version: u32) -> Response {
    Response::with_status(201, answer)
        .header("location", format!("/v1/applications/{}", answer.id))
        .header("etag", etag(version))
}

/// What the rules are asked. A field that couldn't be read is replaced by one that no rule minds; its own error is told.
fn registration(
    id: ApplicationId,
    applicant: PersonKey,
    child: Option<PersonKey>,
    read: &ApplicationRequest,
    request: &Request,
) -> Registration {
    let documents = read.documents.iter().flatten();
    Registration {
        id,
        applicant,
        child: child.unwrap_or(PersonKey::from_bytes([0; 16])),
        birth_date: read.birth_date.unwrap_or_else(|| request.settled.now.date_naive()),
        settlement: read.settlement.or_else(|| "000000000".parse().ok()).unwrap_or_else(|| unreachable!("nine digits")),
        language: read.language.or_else(|| "kk".parse().ok()).unwrap_or_else(|| unreachable!("a language")),
        stream: read.stream.clone().unwrap_or(Stream::General),
        organisations: read.organisations.clone().unwrap_or_default(),
        benefit: read.benefit.unwrap_or(13),
        not_before: read.not_before,
        documents: documents.map(|(kind, issued_on)| Document { kind: kind.clone(), issued_on: *issued_on }).collect(),
        consent: read.consent.unwrap_or(true),
    }
}

fn person_file(read: &ApplicationRequest) -> PersonFile {
    let number = |iin: Option<kezek_rules::ids::Iin>| iin.map(|iin| iin.as_str().to_owned());
    PersonFile {
        applicant_iin: number(read.applicant_iin),
        applicant_name: read.applicant_name.clone().unwrap_or_default(),
        address: read.address.clone(),
        phone: read.phone.clone().unwrap_or_default(),
        child_iin: number(read.child_iin).unwrap_or_default(),
        child_name: read.child_name.clone().unwrap_or_default(),
    }
}

async fn attempt(
    app: &App,
    request: &Request,
    registration: Registration,
    read: &ApplicationRequest,
    extras: &Extras,
) -> Result<Response, Failure> {
    let settled = &request.settled;
    let mut known = app.store.organisations(&registration.organisations).await?;
    known.sort_by_key(|organisation| organisation.bin);
    let blocking = match read.child_iin {
        Some(_) => app.store.lock(registration.child, registration.stream.kind()).await?,
        None => None,
    };
    let blocking = blocking.filter(|lock| lock.held).map(|lock| lock.application);
    let reasons = decide::reasons_against(&registration, &known, blocking, settled.world());
    if !reasons.is_empty() || !read.errors.is_empty() {
        return Err(refused(read, &reasons).into());
    }
    let (mut views, mut items) = (Vec::new(), Vec::new());
    for organisation in &known {
        let (key, place) = decide::place_of(&registration, organisation.bin, settled.now);
        let (item, rank) = app.store.queue_and_rank(&key, organisation.settlement, &place).await?;
        app.store.make_room(&item).await?;
        views.push(kezek_rules::step::QueueView { rank, ..item.view.clone() });
        items.push(item);
    }
    let step = decide::register(registration, &known, views, blocking, settled.world())?;
    write(app, settled, &step, &items, extras).await?;
    Ok(created(&view::registered(app, &step.application, &step.event), step.application.version))
}

/// All that is wrong: the fields that couldn't be read, and what the rules say of those that could.
fn refused(read: &ApplicationRequest, reasons: &[kezek_rules::refusal::Reason]) -> Problem {
    let mut errors = read.errors.clone();
    let told: HashSet<String> = errors.iter().map(|error| error.pointer.clone()).collect();
    let covered = |pointer: &str| told.iter().any(|told| pointer == told || pointer.starts_with(&format!("{told}/")));
    let guessed = |error: &FieldError| {
        let by_language = read.language.is_none() && error.code == Code::LanguageNotTaught;
        let by_stream = read.stream.is_none() && error.code == Code::StreamNotServed;
        let unread = read.organisations.is_none() && error.pointer.starts_with("/organisations");
        let no_documents = read.documents.is_none() && error.pointer.starts_with("/documents");
        let by_age = read.birth_date.is_none() && error.pointer == "/notBefore";
        by_language || by_stream || unread || no_documents || by_age
    };
    let by_rules = reasons.iter().map(FieldError::from);
    errors.extend(by_rules.filter(|error| !covered(&error.pointer) && !guessed(error)));
    Problem::fields(errors)
}
