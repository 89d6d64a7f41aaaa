//! What the applicant does with a referral: cancels it (`P25.a`), has it extended (`P25.b`), hands in documents (`P22.b`). The same
//! request again gets the same answer and changes nothing.

use kezek_contract::fields::Fields;
use kezek_contract::problem::Problem;
use kezek_contract::requests;
use kezek_rules::application::{Application, Document, Referral, ReferralStatus, Stage};
use kezek_rules::decide::{self, World};
use kezek_rules::ids::ApplicationId;
use kezek_rules::refusal::Refusal;
use kezek_rules::step::{Snapshot, Step};
use kezek_rules::terms;
use kezek_shell::app::App;
use kezek_shell::error::Failure;
use kezek_shell::http::{Request, Response};
use kezek_shell::{commit, view};
use kezek_store::Queues;

use crate::is_conflict;

/// `POST /v1/applications/{id}/referral/cancellation`.
pub async fn cancel(app: &App, request: &Request) -> Result<Response, Failure> {
    let id = own(app, request).await?.id;
    nothing_said(request)?;
    let cancelled = |application: &Application| {
        application.referral.as_ref().is_some_and(|referral| referral.status == ReferralStatus::Cancelled)
    };
    act(app, request, id, decide::cancel_referral, cancelled).await
}

/// `POST /v1/applications/{id}/referral/extension`.
pub async fn extend(app: &App, request: &Request) -> Result<Response, Failure> {
    let id = own(app, request).await?.id;
    let (until, document) = requests::extension(&request.json()?)?;
    let decide = |snapshot: Snapshot, world: World<'_>| decide::extend(snapshot, until, &document, world);
    let extended = |application: &Application| {
        application.live_referral().is_some_and(|referral| {
            let policy = &request.settled.world().pinned(&referral.policy).policy;
            let given = referral.extended && referral.valid_until == terms::end_of(until, policy.term_end);
            given || referral.extension_asked == Some(until)
        })
    };
    act(app, request, id, decide, extended).await
}

/// `POST /v1/applications/{id}/enrolment`.
pub async fn hand_in(app: &App, request: &Request) -> Result<Response, Failure> {
    let id = own(app, request).await?.id;
    let documents: Vec<Document> = requests::enrolment(&request.json()?)?;
    let decide = |snapshot: Snapshot, world: World<'_>| decide::hand_in(snapshot, documents.clone(), world);
    let with_organisation = |referral: &Referral| match &referral.stage {
        Stage::Submitted(submission) => submission.documents == documents,
        Stage::Awaited | Stage::Contract | Stage::UnderReview { .. } => false,
    };
    act(app, request, id, decide, |application| application.live_referral().is_some_and(with_organisation)).await
}

/// The applicant's own application; another's doesn't exist.
pub async fn own(app: &App, request: &Request) -> Result<Application, Failure> {
    let id: ApplicationId = request.id("id")?;
    let application = app.store.application(id).await?;
    application.filter(|application| is_own(request, application)).ok_or_else(Failure::not_found)
}

fn is_own(request: &Request, application: &Application) -> bool {
    request.caller.is_applicant(application.applicant)
}

/// Decides and commits; where the state stands against it because the very same was done before, shows what came of that.
pub async fn act(
    app: &App,
    request: &Request,
    id: ApplicationId,
    decide: impl Fn(Snapshot, World<'_>) -> Result<Step, Refusal>,
    done: impl Fn(&Application) -> bool,
) -> Result<Response, Failure> {
    let own = |application: &Application| is_own(request, application);
    let application = match commit::step(app, &request.settled, id, &Queues::Live, own, decide).await {
        Ok(done) => *done.step.application,
        Err(failure) if is_conflict(&failure) => {
            let again = app.store.application(id).await?.filter(|application| own(application) && done(application));
            again.ok_or(failure)?
        }
        Err(failure) => return Err(failure),
    };
    view::shown(app, request, &application).await
}

/// The body is empty, or an object without fields: there is nothing to say.
pub fn nothing_said(request: &Request) -> Result<(), Problem> {
    if request.body().is_empty() {
        return Ok(());
    }
    let body = request.json()?;
    let mut errors = Vec::new();
    Fields::of(&body, &mut errors).only(&[]);
    if errors.is_empty() { Ok(()) } else { Err(Problem::fields(errors)) }
}
