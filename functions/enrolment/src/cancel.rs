//! `POST /v1/applications/{id}/referral/cancellation`: the applicant cancels the referral (`P25.a`).

use kezek_contract::fields::Fields;
use kezek_contract::problem::Problem;
use kezek_rules::application::{Application, ReferralStatus};
use kezek_rules::decide;
use kezek_rules::ids::ApplicationId;
use kezek_shell::app::App;
use kezek_shell::error::Failure;
use kezek_shell::http::{Request, Response, etag};
use kezek_shell::identity::Caller;
use kezek_shell::{commit, view};
use kezek_store::Queues;

/// Cancels the referral in force. When the last one was cancelled already, the same request again gets the same answer.
pub async fn cancel(app: &App, request: &Request) -> Result<Response, Failure> {
    let id: ApplicationId = request.id("id")?;
    let own = |application: &Application| request.caller == Caller::Applicant(application.applicant);
    app.store.application(id).await?.filter(own).ok_or_else(Failure::not_found)?;
    nothing_said(request)?;
    let done = commit::step(app, &request.settled, id, &Queues::Live, own, decide::cancel_referral).await;
    let application = match done {
        Ok(done) => done.step.application,
        Err(failure) => {
            let again = app.store.application(id).await?.filter(is_cancelled);
            again.ok_or(failure)?
        }
    };
    let answer = view::application(app, &request.settled, &application, request.locale).await?;
    Ok(Response::ok(&answer).header("etag", etag(application.version)))
}

fn is_cancelled(application: &Application) -> bool {
    application.referral.as_ref().is_some_and(|referral| referral.status == ReferralStatus::Cancelled)
}

/// The body is empty, or an object without fields: there is nothing to say.
fn nothing_said(request: &Request) -> Result<(), Problem> {
    if request.body().is_empty() {
        return Ok(());
    }
    let body = request.json()?;
    let mut errors = Vec::new();
    Fields::of(&body, &mut errors).only(&[]);
    if errors.is_empty() { Ok(()) } else { Err(Problem::fields(errors)) }
}
