//! Registering an application from what is known of a request, be it a submission or the answer to an invitation: what the rules are
//! asked, the one write, and all that is wrong, told at once.

use std::collections::HashSet;

use kezek_contract::answers::ApplicationAnswer;
use kezek_contract::problem::{FieldError, Problem};
use kezek_contract::requests::{ApplicationRequest, PersonId};
use kezek_contract::texts::problems::Code;
use kezek_rules::application::Application;
use kezek_rules::decide::{self, Blocking, Document, Earlier, Registration};
use kezek_rules::ids::{ApplicationId, PersonKey};
use kezek_rules::organisation::Kato;
use kezek_rules::queue::{Stream, StreamKind};
use kezek_rules::refusal::Reason;
use kezek_shell::app::App;
use kezek_shell::commit::write;
use kezek_shell::error::Failure;
use kezek_shell::http::{Request, Response, etag};
use kezek_shell::identity::Caller;
use kezek_shell::keys::Person;
use kezek_shell::view;
use kezek_store::{Extras, Lock, PersonFile, StoreError};

use crate::may_see;

/// The keyed hashes that stand for a person: of its number, or of a document where it has none (`K1`).
pub(crate) fn known(app: &App, person: &PersonId) -> Person {
    match person {
        PersonId::Iin(iin) => app.keys.person(iin.as_str()),
        PersonId::Document(document) => app.keys.document(document),
    }
}

/// Under which of its keyed hashes an applicant is written: as its live applications have it, so that they are found together
/// (`P26`); where there are none, the current one.
pub(crate) async fn written_as(app: &App, applicant: Person) -> Result<PersonKey, StoreError> {
    for other in applicant.others() {
        if !app.store.family(*other, 1).await?.is_empty() {
            return Ok(*other);
        }
    }
    Ok(applicant.current())
}

pub(crate) fn created(answer: &ApplicationAnswer, version: u32) -> Response {
    Response::with_status(201, answer)
        .header("location", format!("/v1/applications/{}", answer.id))
        .header("etag", etag(version))
}

/// What the rules are asked. A field that couldn't be read is replaced by one that no rule minds; its own error is told.
pub(crate) fn registration(
    id: ApplicationId,
    applicant: PersonKey,
    child: Option<PersonKey>,
    read: &ApplicationRequest,
    request: &Request,
) -> Registration {
    Registration {
        id,
        applicant,
        child: child.unwrap_or(PersonKey::from_bytes([0; 16])),
        birth_date: read.birth_date.unwrap_or_else(|| request.settled.now.date_naive()),
        settlement: settlement(read),
        language: read.language.or_else(|| "kk".parse().ok()).unwrap_or_else(|| unreachable!("a language")),
        stream: read.stream.clone().unwrap_or(Stream::General),
        organisations: read.organisations.clone().unwrap_or_default(),
        benefits: read.benefits.clone().unwrap_or_else(|| vec![13]),
        relocation: read.relocation.unwrap_or(false),
        non_resident: [&read.applicant, &read.child].into_iter().flatten().any(|person| person.document().is_some()),
        not_before: read.not_before,
        documents: documents_of(read),
        consent: read.consent.unwrap_or(true),
        came_by: None,
    }
}

/// The settlement, or one that no policy is for.
pub(crate) fn settlement(read: &ApplicationRequest) -> Kato {
    read.settlement.or_else(|| "000000000".parse().ok()).unwrap_or_else(|| unreachable!("nine digits"))
}

pub(crate) fn documents_of(read: &ApplicationRequest) -> Vec<Document> {
    let documents = read.documents.iter().flatten();
    documents.map(|(kind, issued_on)| Document { kind: kind.clone(), issued_on: *issued_on }).collect()
}

pub(crate) fn person_file(read: &ApplicationRequest) -> PersonFile {
    let number = |person: &Option<PersonId>| person.as_ref()?.iin().map(|iin| iin.as_str().to_owned());
    let document = |person: &Option<PersonId>| person.as_ref()?.document().cloned();
    PersonFile {
        applicant_iin: number(&read.applicant),
        applicant_document: document(&read.applicant),
        applicant_name: read.applicant_name.clone().unwrap_or_default(),
        address: read.address.clone(),
        phone: read.phone.clone().unwrap_or_default(),
        child_iin: number(&read.child).unwrap_or_default(),
        child_document: document(&read.child),
        child_name: read.child_name.clone().unwrap_or_default(),
    }
}

/// Registers, or tells all that is wrong: one try, under the condition that nothing moves meanwhile. Says what was registered, and its
/// version.
///
/// # Errors
/// The problem to answer with; `Conflict` if another write came first; the table failed.
pub(crate) async fn register(
    app: &App,
    request: &Request,
    registration: &Registration,
    read: &ApplicationRequest,
    extras: &Extras,
) -> Result<(ApplicationAnswer, u32), Failure> {
    let settled = &request.settled;
    let mut known = app.store.organisations(&registration.organisations).await?;
    known.sort_by_key(|organisation| organisation.bin);
    let (earlier, holder) = match read.child {
        Some(_) => {
            let children: Vec<PersonKey> = [&[registration.child], extras.child_otherwise.as_slice()].concat();
            earlier(app, &children, registration.stream.kind()).await?
        }
        None => (Earlier::default(), None),
    };
    let reasons = decide::reasons_against(registration, &known, earlier, settled.world());
    if !reasons.is_empty() || !read.errors.is_empty() {
        return Err(refused(&request.caller, read, &reasons, holder.as_ref()).into());
    }
    let (mut views, mut items) = (Vec::new(), Vec::new());
    for organisation in &known {
        let (key, place) = decide::place_of(registration, earlier, organisation.bin, settled.now);
        let (item, standing) = app.store.queue_and_standing(&key, organisation.settlement, &place).await?;
        app.store.make_room(&item).await?;
        views.push(kezek_rules::step::QueueView { rank: standing.rank, ..item.view.clone() });
        items.push(item);
    }
    let step = decide::register(registration.clone(), &known, views, earlier, settled.world())?;
    let extras = Extras { benefit_used: earlier.benefit_used, ..extras.clone() };
    write(app, settled, &step, &items, &extras).await?;
    Ok((view::registered(app, &step.application, &step.event), step.application.version))
}

/// What the locks of a child, by all its keyed hashes, say of its last application in this kind of stream (`K1`, `P12`, `P23.a`), and
/// that application if it holds the lock.
pub(crate) async fn earlier(
    app: &App,
    children: &[PersonKey],
    stream: StreamKind,
) -> Result<(Earlier, Option<Application>), StoreError> {
    let mut locks = Vec::new();
    for child in children {
        locks.extend(app.store.lock(*child, stream).await?);
    }
    let Some(lock) = Lock::of_all(&locks) else { return Ok((Earlier::default(), None)) };
    let holder = if lock.held { app.store.application(lock.application).await? } else { None };
    let earlier = Earlier { blocking: holder.as_ref().map(Blocking::by), benefit_used: lock.benefit_used };
    Ok((earlier, holder))
}

/// All that is wrong: the fields that couldn't be read, and what the rules say of those that could. `holder` is the application that the
/// child has already, if any.
pub(crate) fn refused(
    caller: &Caller,
    read: &ApplicationRequest,
    reasons: &[Reason],
    holder: Option<&Application>,
) -> Problem {
    let may_know = holder.is_some_and(|holder| may_see(caller, holder));
    let mut errors = read.errors.clone();
    let told: HashSet<String> = errors.iter().map(|error| error.pointer.clone()).collect();
    let covered = |pointer: &str| told.iter().any(|told| pointer == told || pointer.starts_with(&format!("{told}/")));
    let guessed = |error: &FieldError| {
        let by_language = read.language.is_none() && error.code == Code::LanguageNotTaught;
        let by_stream = read.stream.is_none() && error.code == Code::StreamNotServed;
        let unread = read.organisations.is_none() && error.pointer.starts_with("/organisations");
        let unread_documents = read.documents.is_none() || read.benefits.is_none() || read.stream.is_none();
        let no_documents = unread_documents && error.pointer.starts_with("/documents");
        let by_age = read.birth_date.is_none() && error.pointer == "/notBefore";
        by_language || by_stream || unread || no_documents || by_age
    };
    let by_rules = reasons.iter().map(FieldError::from).filter(|error| !covered(&error.pointer) && !guessed(error));
    errors.extend(by_rules.map(|error| for_caller(may_know, about_the_document(read, error))));
    Problem::fields(errors)
}

/// What the rules say of the child's number they say of its document, where it has none.
fn about_the_document(read: &ApplicationRequest, error: FieldError) -> FieldError {
    let documented = read.child.as_ref().is_some_and(|child| child.document().is_some());
    let pointer =
        if documented && error.pointer == "/child/iin" { "/child/document".to_owned() } else { error.pointer };
    FieldError { pointer, ..error }
}

/// Whoever else asks learns that a child is queued already, not by which application: that is its applicant's (`K1`).
fn for_caller(may_know: bool, error: FieldError) -> FieldError {
    let names = matches!(error.code, Code::DuplicateApplication | Code::ContractInForce);
    if names && !may_know { FieldError { code: Code::ChildQueued, facts: Vec::new(), ..error } } else { error }
}
