//! Sending an invitation (`P7`), with the wish of a single application if it comes from one, or registering it at once where that carries
//! the applicant's consent (`P8`). All that is wrong is told at once; the same request again gets the same answer, and another one about
//! the same child takes the place of an invitation that is still open.

use kezek_contract::problem::{FieldError, Problem};
use kezek_contract::requests::{self, ApplicationRequest, InvitationRequest};
use kezek_contract::texts::problems::Code;
use kezek_rules::decide::{self, Inviting, Registration, Wish};
use kezek_rules::ids::{InvitationId, PersonKey};
use kezek_rules::invitation::{Event, Invitation, Source, Step};
use kezek_rules::queue::StreamKind;
use kezek_shell::app::App;
use kezek_shell::commit::TRIES;
use kezek_shell::daily;
use kezek_shell::error::Failure;
use kezek_shell::http::{Request, Response, etag};
use kezek_shell::identity::Caller;
use kezek_shell::keys::Person;
use kezek_store::{Daily, Ending, Extras, Invited, StoreError};

use super::as_sent;
use super::form::{Wanted, whole};
use crate::register::{self, documents_of, earlier, known, person_file, register, registration, written_as};

/// A request to invite, with what follows from it alone.
struct Asked<'a> {
    read: &'a InvitationRequest,
    inviting: Inviting,
    body: &'a [u8],
    /// What it makes by its `Idempotency-Key`, or has made under another version of the keys; nothing without one.
    by_key: Vec<InvitationId>,
    /// Applicant and child, as the keys of all versions know them.
    applicant: Option<Person>,
    child: Option<Person>,
}

impl Asked<'_> {
    /// By the current keys.
    fn people(&self) -> (PersonKey, PersonKey) {
        let current = |person: Option<Person>| person.map_or(PersonKey::from_bytes([0; 16]), |person| person.current());
        (current(self.applicant), current(self.child))
    }

    /// An invitation about the child that is still open, under whatever version it was sent.
    async fn open(&self, app: &App) -> Result<Option<Invitation>, StoreError> {
        let (applicants, children) = (self.applicant.iter(), self.child.iter());
        for (applicant, child) in applicants.flat_map(Person::all).zip(children.flat_map(Person::all)) {
            if let Some(open) = app.store.open_invitation(*applicant, *child).await? {
                return Ok(Some(open));
            }
        }
        Ok(None)
    }
}

/// `POST /v1/invitations`.
pub(crate) async fn invite(app: &App, request: &Request) -> Result<Response, Failure> {
    let Caller::StateSystem(sender) = request.caller else { return Err(Failure::not_found()) };
    let mut read = requests::invitation(&request.json()?);
    let source = read.source.unwrap_or(Source::Proactive);
    if read.form.consent == Some(true) && !source.carries_consent() {
        read.form.errors.push(FieldError::new("/consent", Code::ConsentByAnother));
    }
    let by_key = match request.idempotency_key()? {
        Some(key) => app.keys.invitations_by_key(sender, key),
        None => Vec::new(),
    };
    let person = |person: &Option<_>| person.as_ref().map(|person| known(app, person));
    let mut asked = Asked {
        inviting: inviting(request, sender.current(), source, &read.form),
        read: &read,
        body: request.body(),
        by_key,
        applicant: person(&read.form.applicant),
        child: person(&read.form.child),
    };
    // A request that can't be read is answered so, whatever its key.
    let unreadable = !read.form.errors.is_empty() && Problem::fields(read.form.errors.clone()).status == 400;
    let mut counted = false;
    for n in 0..TRIES {
        let (applicant, child) = asked.people();
        let open = asked.open(app).await?;
        // Without a key another try is another id: this instant's first may be that of an invitation that has ended since, or of the one
        // that this one takes the place of.
        let made = |n| app.keys.invitation(applicant, child, request.settled.now, n);
        let is_open = |id: &InvitationId| open.as_ref().is_some_and(|open| open.id == *id);
        let id = asked.by_key.first().copied();
        asked.inviting.id =
            id.unwrap_or_else(|| Some(made(n)).filter(|id| !is_open(id)).unwrap_or_else(|| made(TRIES + n)));
        // Whoever takes the place of one that is open takes it where that one stands.
        let people = open.as_ref().map(|open| (open.applicant, open.child)).unwrap_or((applicant, child));
        (asked.inviting.applicant, asked.inviting.child) = people;
        if !unreadable && let Some(answer) = repeated(app, &asked, open.as_ref()).await? {
            return Ok(answer);
        }
        let replaced = open.map(|open| decide::replace_invitation(open, request.settled.world())).transpose()?;
        let answered = match read.form.consent {
            Some(true) => single_application(app, request, &asked, replaced).await,
            _ => send(app, request, &asked, replaced, &mut counted).await,
        };
        match answered {
            Err(Failure::Store(StoreError::Conflict)) => {}
            // Perhaps the child is queued by this very request, which came first.
            Err(Failure::Problem(refused)) if refused.status == 422 && !asked.by_key.is_empty() => {
                return repeated(app, &asked, None).await?.ok_or_else(|| (*refused).into());
            }
            other => return other,
        }
    }
    Err(StoreError::Conflict.into())
}

/// What the rules are asked, but for the id and for whom. A field that couldn't be read is replaced by one that no rule minds; its own error is told.
fn inviting(request: &Request, sender: PersonKey, source: Source, form: &ApplicationRequest) -> Inviting {
    Inviting {
        id: InvitationId::from_bytes([0; 16]),
        sender,
        applicant: PersonKey::from_bytes([0; 16]),
        child: PersonKey::from_bytes([0; 16]),
        birth_date: form.birth_date.unwrap_or_else(|| request.settled.now.date_naive()),
        settlement: register::settlement(form),
        source,
        wish: Wish {
            language: form.language,
            organisations: form.organisations.clone(),
            benefits: form.benefits.clone(),
            stream: form.stream.clone(),
            relocation: form.relocation,
            not_before: form.not_before,
            documents: form.documents.as_ref().map(|_| documents_of(form)),
        },
    }
}

fn answered(first: &Event, status: u16) -> Response {
    Response::with_status(status, &as_sent(first))
        .header("location", format!("/v1/invitations/{}", first.invitation))
        .header("etag", etag(1))
}

/// The answer to a request that was answered before: by its key, or, without one, while the invitation it led to is open.
async fn repeated(app: &App, asked: &Asked<'_>, open: Option<&Invitation>) -> Result<Option<Response>, Failure> {
    let keyed = !asked.by_key.is_empty();
    let ids = if keyed { asked.by_key.clone() } else { open.map(|open| open.id).into_iter().collect() };
    for id in ids {
        let Some((first, known)) = app.store.invitation_event(id, 1).await? else { continue };
        let same = known.is_some_and(|known| app.keys.is_fingerprint(&known, asked.body));
        return match (same, keyed) {
            (true, true) => Ok(Some(answered(&first, 201))),
            // Nothing new was made.
            (true, false) => Ok(Some(answered(&first, 200))),
            (false, true) => Err(Problem::new(422, Code::IdempotencyKeyReused).into()),
            (false, false) => Ok(None),
        };
    }
    Ok(None)
}

/// One try to send it; the first that may be sent counts on its day.
async fn send(
    app: &App,
    request: &Request,
    asked: &Asked<'_>,
    replaced: Option<Step>,
    counted: &mut bool,
) -> Result<Response, Failure> {
    let (inviting, form, world) = (&asked.inviting, &asked.read.form, request.settled.world());
    let known = app.store.organisations(inviting.wish.organisations.as_deref().unwrap_or_default()).await?;
    let stream = inviting.wish.stream.as_ref().map_or(StreamKind::General, |stream| stream.kind());
    let (earlier, holder) = match &asked.child {
        Some(child) => earlier(app, child.all(), stream).await?,
        None => (decide::Earlier::default(), None),
    };
    let reasons = decide::reasons_against_inviting(inviting, &known, earlier, world);
    if !reasons.is_empty() || !form.errors.is_empty() {
        return Err(register::refused(&request.caller, form, &reasons, holder.as_ref()).into());
    }
    let step = decide::invite(inviting, &known, earlier, world)?;
    if let Some(child) = asked.child.as_ref().filter(|_| !*counted) {
        daily::count(app, &request.settled, Daily::Invitations(child.current())).await?;
        *counted = true;
    }
    let data = Invited { file: person_file(form), birth_date: inviting.birth_date, wish: inviting.wish.clone() };
    let fingerprint = app.keys.fingerprint(asked.body);
    app.store.send_invitation(&step, replaced.as_ref(), &data, &fingerprint).await?;
    Ok(answered(&step.event, 201))
}

/// One try to register a single application that carries the consent.
async fn single_application(
    app: &App,
    request: &Request,
    asked: &Asked<'_>,
    replaced: Option<Step>,
) -> Result<Response, Failure> {
    let inviting = &asked.inviting;
    let form = whole(&asked.read.form, Wanted::default());
    let child = asked.child.map(|_| inviting.child);
    let applicant = match asked.applicant {
        Some(applicant) => written_as(app, applicant).await?,
        None => inviting.applicant,
    };
    let registration = Registration {
        came_by: Some(inviting.source),
        ..registration(inviting.id.application(), applicant, child, &form, request)
    };
    let step = decide::single_application(inviting, request.settled.world());
    let first = step.event.clone();
    let fingerprint = Some(app.keys.fingerprint(asked.body));
    let extras = Extras {
        fingerprint: fingerprint.clone(),
        person: Some(person_file(&form)),
        child_otherwise: asked.child.map(|child| child.except(inviting.child)).unwrap_or_default(),
        invitation: Some(Ending { step, replaced, fingerprint }),
        ..Extras::default()
    };
    register(app, request, &registration, &form, &extras).await?;
    Ok(answered(&first, 201))
}
