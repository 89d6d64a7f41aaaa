//! Vacancy ingestion: the bulletins of organisations (`P17.1`), what became of them, the vacancies they made, and the figures of groups. Which lines
//! are taken is decided in `kezek_rules::decide`; who gets a vacancy isn't known here.

mod bulletin;
mod dead;
mod frozen;
mod groups;
mod sender;
mod take;
mod vacancies;

use aws_lambda_events::sqs::{BatchItemFailure, SqsBatchResponse, SqsEvent, SqsMessage};
use kezek_rules::ids::Bin;
use kezek_rules::organisation::Organisation;
use kezek_shell::app::App;
use kezek_shell::error::{Failure, chain};
use kezek_shell::http::{self, Request, Response};
use kezek_shell::identity::{Caller, Scope};
use kezek_shell::lambda::{self, Trigger};
use kezek_shell::metrics::Metric;
use kezek_shell::route::Route;
use lambda_runtime::Error;
use serde_json::Value;

pub use sender::SenderRole;
pub use take::{Taken, Untaken, take};

const VACANCIES: &str = "/v1/organisations/{bin}/vacancies";
const BULLETIN: &str = "/v1/organisations/{bin}/bulletins/{id}";
const WITHDRAWAL: &str = "/v1/organisations/{bin}/vacancies/{id}/withdrawal";
const GROUP: &str = "/v1/organisations/{bin}/groups/{group}";

const WHO: &[Scope] = &[Scope::Organisation, Scope::Officer];

/// The routes of this function.
pub const ROUTES: &[Route] = &[
    Route { method: "GET", path: VACANCIES, scopes: WHO },
    Route { method: "GET", path: BULLETIN, scopes: WHO },
    Route { method: "POST", path: WITHDRAWAL, scopes: WHO },
    Route { method: "PUT", path: GROUP, scopes: &[Scope::Organisation] },
];

/// What the function works with.
#[derive(Debug, Clone)]
pub struct Ingestion {
    /// The table, the clock, the configuration, identity.
    pub app: App,
    /// By which role organisations send their bulletins.
    pub sender: SenderRole,
    /// The queues.
    pub queue: aws_sdk_sqs::Client,
    /// Where bulletins are set aside that can't be read.
    pub dead_letters_url: String,
}

/// Serves one event: a request, or a batch of bulletins.
///
/// # Errors
/// The event isn't one of this function's.
pub async fn handle(ingestion: &Ingestion, event: Value) -> Result<Value, Error> {
    match Trigger::of(&event) {
        Some(Trigger::Http) => {
            let event = serde_json::from_value(event)?;
            Ok(serde_json::to_value(Box::pin(http::serve(&ingestion.app, ROUTES, event, http)).await)?)
        }
        Some(Trigger::Sqs) => {
            Ok(serde_json::to_value(Box::pin(batch(ingestion, serde_json::from_value(event)?)).await)?)
        }
        other => Err(format!("vacancy-ingestion doesn't know this event: {other:?}").into()),
    }
}

/// Serves one request.
///
/// # Errors
/// The problem to answer with, or the failure of the table.
pub async fn http(app: &App, request: &Request) -> Result<Response, Failure> {
    match request.route.path {
        VACANCIES => vacancies::list(app, request).await,
        BULLETIN => bulletin::read(app, request).await,
        WITHDRAWAL => vacancies::withdraw(app, request).await,
        GROUP => groups::put(app, request).await,
        _ => Err(Failure::not_found()),
    }
}

/// Takes each bulletin by itself. One that can't be taken is handed back, and ends in the dead-letter queue if that doesn't
/// pass; one that can't be read at all won't become readable, and is set aside at once by its reason, never with what it says.
async fn batch(ingestion: &Ingestion, event: SqsEvent) -> SqsBatchResponse {
    let mut response = SqsBatchResponse::default();
    for record in event.records {
        if !lambda::part_of(lambda::own_origin_of(&record), taken(ingestion, &record)).await {
            let mut failure = BatchItemFailure::default();
            failure.item_identifier = record.message_id.unwrap_or_default();
            response.batch_item_failures.push(failure);
        }
    }
    response
}

/// Takes one bulletin, or sets it aside; says whether it is done with.
async fn taken(ingestion: &Ingestion, message: &SqsMessage) -> bool {
    let sender = message.attributes.get("SenderId").map(String::as_str);
    let untaken = match take(ingestion, sender, message.body.as_deref().unwrap_or_default()).await {
        Ok(taken) => {
            tracing::info!(?taken, "a bulletin was taken");
            return true;
        }
        Err(untaken) => untaken,
    };
    tracing::error!(code = untaken.code(), reason = chain(&untaken), "a bulletin couldn't be taken");
    ingestion.app.metrics.count_as(Metric::BulletinsRefused, untaken.code(), 1);
    if !matches!(untaken, Untaken::NotJson | Untaken::Unreadable(_)) {
        return false;
    }
    let aside = dead::set_aside(ingestion, message, &untaken).await;
    if let Err(error) = &aside {
        tracing::error!(error = %chain(error), "a bulletin couldn't be set aside");
    }
    aside.is_ok()
}

/// The organisation of the path, to itself and to an officer of its territory; to everyone else there is none.
pub(crate) async fn admitted(app: &App, request: &Request) -> Result<Organisation, Failure> {
    let bin: Bin = request.id("bin")?;
    let may = |organisation: &Organisation| {
        request.caller == Caller::Organisation(bin) || request.caller.is_officer_of(organisation.settlement)
    };
    app.store.organisation(bin).await?.filter(may).ok_or_else(Failure::not_found)
}
