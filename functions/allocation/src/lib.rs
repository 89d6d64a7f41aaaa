//! Allocation: serves the open vacancies of an organisation from the heads of its queues, and takes the answers to offers.
//! Who is first is decided in `kezek_rules::decide`; running again is a no-op.

mod serve;
mod siblings;

use aws_lambda_events::sqs::{BatchItemFailure, SqsBatchResponse, SqsEvent};
use kezek_contract::requests;
use kezek_rules::application::Application;
use kezek_rules::decide::{self, OfferAnswer};
use kezek_rules::ids::{ApplicationId, Bin, OfferId};
use kezek_rules::refusal::RefusalKind;
use kezek_rules::step::Fact;
use kezek_shell::app::App;
use kezek_shell::commit;
use kezek_shell::error::{Failure, chain};
use kezek_shell::http::{self, Request, Response};
use kezek_shell::identity::Scope;
use kezek_shell::lambda::{self, Trigger};
use kezek_shell::metrics::Metric;
use kezek_shell::route::Route;
use kezek_shell::view;
use kezek_store::Queues;
use lambda_runtime::Error;
use serde::Deserialize;
use serde_json::Value;

pub use serve::{Report, serve_organisation};

/// The routes of this function.
pub const ROUTES: &[Route] =
    &[Route { method: "POST", path: "/v1/applications/{id}/offers/{offerId}/answer", scopes: &[Scope::Applicant] }];

/// Serves one event: an answer to an offer, or a batch of organisations whose vacancies may be served.
///
/// # Errors
/// The event isn't one of this function's.
pub async fn handle(app: &App, event: Value) -> Result<Value, Error> {
    match Trigger::of(&event) {
        Some(Trigger::Http) => {
            let event = serde_json::from_value(event)?;
            Ok(serde_json::to_value(Box::pin(http::serve(app, ROUTES, event, answer)).await)?)
        }
        Some(Trigger::Sqs) => Ok(serde_json::to_value(Box::pin(batch(app, serde_json::from_value(event)?)).await)?),
        other => Err(format!("allocation doesn't know this event: {other:?}").into()),
    }
}

#[derive(Deserialize)]
struct Wake {
    organisation: Bin,
}

async fn batch(app: &App, event: SqsEvent) -> SqsBatchResponse {
    let mut response = SqsBatchResponse::default();
    for record in event.records {
        if !lambda::part_of(lambda::origin_of(&record), served(app, record.body.as_deref())).await {
            let mut failure = BatchItemFailure::default();
            failure.item_identifier = record.message_id.unwrap_or_default();
            response.batch_item_failures.push(failure);
        }
    }
    response
}

/// Serves what one message asks for; says whether it could.
async fn served(app: &App, message: Option<&str>) -> bool {
    let wake = message.map(serde_json::from_str::<Wake>);
    let served = match wake {
        Some(Ok(wake)) => {
            let served = serve_organisation(app, wake.organisation).await;
            served.map(|report| (wake.organisation, report)).map_err(|error| chain(&error))
        }
        _ => Err("the message names no organisation".to_owned()),
    };
    match served {
        Ok((organisation, report)) => {
            tracing::info!(%organisation, ?report, "vacancies served");
            true
        }
        Err(error) => {
            tracing::error!(error, "vacancies could not be served");
            app.metrics.count(Metric::Failures, 1);
            false
        }
    }
}

/// `P15.b`, `P15.c`: the answer to an offer. The same answer again gets the same reply and changes nothing.
async fn answer(app: &App, request: &Request) -> Result<Response, Failure> {
    let id: ApplicationId = request.id("id")?;
    let offer: OfferId = request.id("offerId")?;
    let owner = |application: &Application| request.caller.is_applicant(application.applicant);
    let application = app.store.application(id).await?.filter(owner).ok_or_else(Failure::not_found)?;
    let before = given(app, id, offer).await?;
    if before == Given::Unknown && !application.offers().any(|(_, known)| known.id == offer) {
        return Err(Failure::not_found());
    }
    let said = requests::offer_answer(&request.json()?)?;
    if before == Given::Answered(said) {
        return view::shown(app, request, &application).await;
    }
    let decide = |snapshot, world: decide::World<'_>| decide::answer_offer(snapshot, offer, said, world);
    match commit::step(app, &request.settled, id, &Queues::Live, owner, decide).await {
        Ok(done) => view::shown(app, request, &done.step.application).await,
        // Perhaps this very answer was given by a request at the same time.
        Err(Failure::Problem(problem))
            if problem.status == 409 && given(app, id, offer).await? == Given::Answered(said) =>
        {
            let application = app.store.application(id).await?.ok_or_else(Failure::not_found)?;
            view::shown(app, request, &application).await
        }
        Err(failure) => Err(failure),
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Given {
    /// The application never had this offer.
    Unknown,
    /// It had, and it wasn't answered.
    NoAnswer,
    /// It was answered so.
    Answered(OfferAnswer),
}

/// What was answered to an offer before, from the history.
async fn given(app: &App, id: ApplicationId, offer: OfferId) -> Result<Given, Failure> {
    let mut given = Given::Unknown;
    for event in app.store.history(id, view::HISTORY_SHOWN).await? {
        for fact in event.facts {
            match fact {
                Fact::Offered { offer: known, .. } if known == offer => given = Given::NoAnswer,
                Fact::AcceptedOffer { offer: known, .. } if known == offer => {
                    given = Given::Answered(OfferAnswer::Accept)
                }
                Fact::Declined { offer: known, .. } if known == offer => given = Given::Answered(OfferAnswer::Decline),
                _ => {}
            }
        }
    }
    Ok(given)
}

/// A refusal by the state: someone else was quicker.
pub(crate) fn is_stale(refusal: &kezek_rules::refusal::Refusal) -> bool {
    refusal.kind == RefusalKind::State
}
