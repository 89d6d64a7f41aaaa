//! `GET /v1/organisations`: the registry of a settlement, with the open vacancies and the queue lengths of each organisation.

use kezek_contract::answers::{OrganisationAnswer, Page, QueueLengthAnswer};
use kezek_contract::problem::{FieldError, Problem};
use kezek_contract::texts::problems::Code;
use kezek_rules::organisation::{Kato, Organisation};
use kezek_shell::app::App;
use kezek_shell::cursor;
use kezek_shell::error::Failure;
use kezek_shell::http::{Request, Response};
use kezek_store::{QueueItem, StoreError};

/// Organisations of a page: each costs two queries more.
const PAGE: usize = 20;
const PAGE_MAX: usize = 50;

/// Anyone may look.
pub async fn organisations(app: &App, request: &Request) -> Result<Response, Failure> {
    let settlement = settlement(request)?;
    let limit = request.limit(PAGE, PAGE_MAX)?;
    let scope = format!("organisations/{settlement}");
    let after = match request.query("cursor") {
        Some(given) => Some(cursor::read(&app.keys, &scope, given)?.parse().map_err(|_| Failure::not_found())?),
        None => None,
    };
    let mut found = app.store.organisations_in(settlement, after, limit + 1).await?;
    let more = found.len() > limit;
    found.truncate(limit);
    let next = found.last().filter(|_| more).map(|last| cursor::make(&app.keys, &scope, last.bin.as_str()));
    let mut items = Vec::with_capacity(found.len());
    for organisation in &found {
        items.push(answer(app, organisation).await?);
    }
    Ok(Response::ok(&Page { items, next }))
}

fn settlement(request: &Request) -> Result<Kato, Problem> {
    let wrong = |error| Problem::fields(vec![error]);
    let text = request.query("settlement").ok_or_else(|| wrong(FieldError::new("/settlement", Code::Required)))?;
    text.parse().map_err(|_| wrong(FieldError::new("/settlement", Code::WrongFormat).with("expected", "KATO")))
}

async fn answer(app: &App, organisation: &Organisation) -> Result<OrganisationAnswer, StoreError> {
    let (open, queues) =
        tokio::try_join!(app.store.count_open_seats(organisation.bin), app.store.queues_of(organisation.bin))?;
    let queues = queues.iter().filter(|queue| queue.view.totals.all() > 0).map(length).collect();
    Ok(OrganisationAnswer {
        open_vacancies: Some(open),
        queues: Some(queues),
        ..OrganisationAnswer::from(organisation)
    })
}

fn length(queue: &QueueItem) -> QueueLengthAnswer {
    let key = &queue.view.key;
    QueueLengthAnswer {
        birth_year: key.birth_year,
        language: key.language.to_string(),
        stream: key.stream.to_string(),
        waiting: queue.view.totals.into(),
    }
}
