//! Filing a complaint (`P18`): all that is wrong with a request is told at once; a repeated request with the same `Idempotency-Key`
//! gets the answer of the first.

use kezek_contract::problem::{FieldError, Problem};
use kezek_contract::requests::{self, ComplaintRequest};
use kezek_contract::texts::problems::Code;
use kezek_rules::complaint::{About, Addressee};
use kezek_rules::decide::{self, Filing, Named};
use kezek_rules::ids::{ComplaintId, PersonKey};
use kezek_shell::app::App;
use kezek_shell::complaint;
use kezek_shell::daily;
use kezek_shell::error::Failure;
use kezek_shell::http::{Request, Response};
use kezek_shell::identity::Caller;
use kezek_shell::keys::Person;
use kezek_store::{Daily, StoreError, Written};

use crate::view;

/// `POST /v1/complaints`.
pub(crate) async fn file(app: &App, request: &Request) -> Result<Response, Failure> {
    let Caller::Applicant(applicant) = request.caller else { return Err(Failure::not_found()) };
    let read = requests::complaint(&request.json()?);
    let fingerprint = app.keys.fingerprint(request.body());
    let ids = match request.idempotency_key()? {
        Some(key) => app.keys.complaints_by_key(applicant, key),
        None => vec![app.keys.complaint(applicant.current(), &fingerprint, request.settled.now)],
    };
    let id = *ids.first().ok_or_else(Failure::not_found)?;
    // A request that can't be read is answered so, whatever its key.
    let unreadable = !read.errors.is_empty() && Problem::fields(read.errors.clone()).status == 400;
    if !unreadable && let Some(answer) = repeated(app, request, &ids).await? {
        return Ok(answer);
    }
    let named = named(app, applicant, &read).await?;
    let filing = filing(id, applicant.current(), &read);
    let reasons = decide::reasons_against_filing(&filing, &named);
    let Some(text) = read.text.as_deref().filter(|_| read.errors.is_empty() && reasons.is_empty()) else {
        return Err(refused(read.errors, reasons.iter().map(FieldError::from).collect()).into());
    };
    let step = decide::file(&filing, &named, request.settled.world())?;
    daily::count(app, &request.settled, Daily::Complaints(applicant.current())).await?;
    match app.store.commit_complaint(&step, Written::Text(text, &fingerprint)).await {
        Ok(()) => {
            complaint::count(app, &step);
            Ok(view::filed(&step.complaint, &step.event, text, request.locale))
        }
        // Only the very same request can have come first: the id is the caller's own.
        Err(StoreError::Conflict) => repeated(app, request, &ids).await?.ok_or_else(|| StoreError::Conflict.into()),
        Err(error) => Err(error.into()),
    }
}

/// The answer to a request that was answered before, be it under an earlier version of the key.
async fn repeated(app: &App, request: &Request, ids: &[ComplaintId]) -> Result<Option<Response>, Failure> {
    for id in ids {
        let Some((first, known)) = app.store.first_complaint_event(*id).await? else { continue };
        if !app.keys.is_fingerprint(&known, request.body()) {
            return Err(Problem::new(422, Code::IdempotencyKeyReused).into());
        }
        let both = app.store.complaint(*id).await?.zip(app.store.complaint_text(*id).await?);
        if let Some((complaint, written)) = both {
            return Ok(Some(view::filed(&complaint, &first, &written.text, request.locale)));
        }
    }
    Ok(None)
}

/// What is known of the things that the request names.
async fn named(app: &App, applicant: Person, read: &ComplaintRequest) -> Result<Named, StoreError> {
    let organisation = match read.organisation {
        Some(bin) => app.store.organisation(bin).await?,
        None => None,
    };
    let application = match read.application.as_deref().map(str::parse) {
        Some(Ok(id)) => app.store.application(id).await?.filter(|application| applicant.is(application.applicant)),
        Some(Err(_)) | None => None,
    };
    Ok(Named {
        organisation_at: organisation.map(|organisation| organisation.settlement),
        application: application.map(|application| (application.id, application.settlement)),
    })
}

/// What the rules are asked. A field that couldn't be read is replaced by one that no rule minds; its own error is told.
fn filing(id: ComplaintId, applicant: PersonKey, read: &ComplaintRequest) -> Filing {
    Filing {
        id,
        applicant,
        about: read.about.unwrap_or(About::Provider),
        organisation: read.organisation,
        addressee: read.addressee.unwrap_or(Addressee::Provider),
        names_application: read.application.is_some(),
        settlement: read.settlement,
    }
}

/// All that is wrong: the fields that couldn't be read, and what the rules say of those that could. Whose provider is meant isn't
/// asked while a field that would tell it can't be read.
fn refused(mut errors: Vec<FieldError>, by_rules: Vec<FieldError>) -> Problem {
    let tells = ["/organisation", "/application", "/settlement"];
    let may_tell = errors.iter().any(|error| tells.contains(&error.pointer.as_str()));
    errors.extend(by_rules.into_iter().filter(|error| !(may_tell && error.code == Code::ProviderUnknown)));
    Problem::fields(errors)
}
