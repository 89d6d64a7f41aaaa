//! `GET /v1/queues/{organisation}`: one queue in anonymised form (`P15.6`), paged by number.
//!
//! A page is true at one instant. Its cursor holds the next number, so the numbers of every page are those of the moment it
//! was read; between two pages the queue may move, and an entry at their border may then be shown twice or not at all.

use kezek_contract::answers::{QueueAnswer, QueueEntryAnswer, iso};
use kezek_contract::problem::{FieldError, Problem};
use kezek_contract::texts::problems::Code;
use kezek_rules::ids::Bin;
use kezek_rules::organisation::Organisation;
use kezek_rules::policy::PublicQueue;
use kezek_rules::queue::{Interleave, LANGUAGES, Lane, Language, Place, QueueKey, Stream};
use kezek_shell::app::App;
use kezek_shell::cursor;
use kezek_shell::error::Failure;
use kezek_shell::http::{Request, Response};
use kezek_store::{QueueItem, Store, StoreError};

use crate::merge::{Stretch, stretch};

/// Entries of a page, unless fewer or more are asked for.
const PAGE: usize = 100;
const PAGE_MAX: usize = 500;

/// Anyone may look, where the policy has the queues public (**D-public-queue**).
pub async fn queue(app: &App, request: &Request) -> Result<Response, Failure> {
    let organisation = public_organisation(app, request).await?;
    let key = key(request, organisation.bin)?;
    let limit = request.limit(PAGE, PAGE_MAX)?;
    let scope = format!("queue/{}/{}/{}/{}", key.organisation, key.birth_year, key.language, key.stream);
    let from = match request.query("cursor") {
        Some(given) => cursor::read(&app.keys, &scope, given)?.parse().map_err(|_| Failure::not_found())?,
        None => 1,
    };
    let world = request.settled.world();
    let phase_of = |queue: &QueueItem| world.phase(queue.view.settlement, queue.view.phase);
    let interleave_at = |queue: &QueueItem| world.policy(queue.view.settlement).policy.interleave;
    let mut readings = app.store.readings(&key, organisation.settlement);
    let (queue, places) = loop {
        let queue = readings.next().await?;
        match page(&app.store, &queue, (interleave_at(&queue), phase_of(&queue)), from, limit).await {
            Err(StoreError::Conflict) => {}
            places => break (queue, places?),
        }
    };
    let next = from + places.len() as u64;
    let more = !places.is_empty() && next <= queue.view.totals.all();
    let entry = |(number, place): (u64, &Place)| QueueEntryAnswer {
        number,
        lane: place.lane,
        submitted_at: iso(place.submitted_at),
        status: "waiting",
        tag: app.keys.tag(place.application, key.organisation),
    };
    Ok(Response::ok(&QueueAnswer {
        organisation: key.organisation.to_string(),
        birth_year: key.birth_year,
        language: key.language.to_string(),
        stream: key.stream.to_string(),
        phase: phase_of(&queue),
        waiting: queue.view.totals.into(),
        entries: (from..).zip(&places).map(entry).collect(),
        next: more.then(|| cursor::make(&app.keys, &scope, &next.to_string())),
    }))
}

async fn public_organisation(app: &App, request: &Request) -> Result<Organisation, Failure> {
    let bin: Bin = request.id("organisation")?;
    let organisation = app.store.organisation(bin).await?.ok_or_else(Failure::not_found)?;
    match request.settled.world().policy(organisation.settlement).policy.public_queue {
        PublicQueue::On => Ok(organisation),
        PublicQueue::Off => Err(Failure::not_found()),
    }
}

/// The queue that the query names, or all that is wrong with the query.
fn key(request: &Request, organisation: Bin) -> Result<QueueKey, Problem> {
    let mut errors = Vec::new();
    let birth_year = match request.query("birthYear").map(str::parse::<i32>) {
        Some(Ok(year)) if (1900..=2200).contains(&year) => Some(year),
        Some(_) => {
            errors.push(FieldError::new("/birthYear", Code::WrongFormat).with("expected", "YYYY"));
            None
        }
        None => {
            errors.push(FieldError::new("/birthYear", Code::Required));
            None
        }
    };
    let language: Option<Language> = match request.query("language").map(str::parse) {
        Some(Ok(language)) => Some(language),
        Some(Err(_)) => {
            errors.push(FieldError::new("/language", Code::UnknownValue).with("allowed", LANGUAGES.join(", ")));
            None
        }
        None => {
            errors.push(FieldError::new("/language", Code::Required));
            None
        }
    };
    let stream: Stream = request.query("stream").unwrap_or("general").parse().unwrap_or_else(|_| {
        let allowed = "general, special:<kind>, sanatorium:<kind>";
        errors.push(FieldError::new("/stream", Code::UnknownValue).with("allowed", allowed));
        Stream::General
    });
    match (birth_year, language) {
        (Some(birth_year), Some(language)) if errors.is_empty() => {
            Ok(QueueKey { organisation, language, birth_year, stream })
        }
        _ => Err(Problem::fields(errors)),
    }
}

/// The places with the numbers from `from` on: one stretch of each lane, merged as the offers go.
async fn page(
    store: &Store,
    queue: &QueueItem,
    (interleave, phase): (Interleave, u8),
    from: u64,
    limit: usize,
) -> Result<Vec<Place>, StoreError> {
    let stretch = stretch(interleave, phase, &queue.view.totals, from, limit);
    let mut lanes = Vec::with_capacity(Lane::ALL.len());
    for lane in Lane::ALL {
        let count = stretch.count(lane);
        let first = stretch.before.of(lane) + 1;
        lanes.push(if count == 0 { Vec::new() } else { store.places(queue, lane, first, count).await? }.into_iter());
    }
    Ok(merged(&stretch, lanes))
}

fn merged(stretch: &Stretch, mut lanes: Vec<std::vec::IntoIter<Place>>) -> Vec<Place> {
    stretch.lanes.iter().map_while(|lane| lanes.get_mut(*lane as usize)?.next()).collect()
}
