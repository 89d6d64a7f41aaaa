//! The contract in the applicant's hands: signed (`P22.d`), terminated (`P12`). Whether a signature is good, the service that checks
//! signatures says; it is asked only while there is something to sign.

use kezek_contract::problem::{FieldError, Problem};
use kezek_contract::requests;
use kezek_contract::texts::problems::Code;
use kezek_rules::application::{Application, Contract, ContractStatus, SignatureMeans};
use kezek_rules::decide::{self, World, contract_to_sign};
use kezek_rules::refusal::Refusal;
use kezek_rules::step::Snapshot;
use kezek_rules::terms;
use kezek_shell::app::App;
use kezek_shell::error::Failure;
use kezek_shell::http::{Request, Response};
use kezek_shell::view;

use crate::Enrolment;
use crate::applicant::{act, nothing_said, own};
use crate::signature::{Question, SignatureError, SignatureService};

/// In how many seconds a signature that couldn't be checked is worth another try.
const TRY_AGAIN: u32 = 10;

/// `POST /v1/applications/{id}/contract/signature`. Signed by the same means before, it gets the same answer.
pub async fn sign<S: SignatureService>(enrolment: &Enrolment<S>, request: &Request) -> Result<Response, Failure> {
    let app = &enrolment.app;
    let application = own(app, request).await?;
    let (means, proof) = requests::signature(&request.json()?)?;
    let Some(contract) = contract_to_sign(&application, request.settled.now).cloned() else {
        return if is_signed(&application, means) {
            view::shown(app, request, &application).await
        } else {
            Err(Refusal::state("contract-not-formed", "P22.d").into())
        };
    };
    check(enrolment, &application, &contract, means, &proof).await?;
    let decide = |snapshot: Snapshot, world: World<'_>| {
        // What was checked is the signature of this contract, not of one that was formed since.
        if snapshot.application.contract.as_ref() != Some(&contract) {
            return Err(Refusal::state("contract-not-formed", "P22.d"));
        }
        decide::sign(snapshot, means, world)
    };
    act(app, request, application.id, decide, |application| is_signed(application, means)).await
}

fn is_signed(application: &Application, means: SignatureMeans) -> bool {
    application.live_contract().is_some_and(|contract| contract.means == Some(means))
}

async fn check<S: SignatureService>(
    enrolment: &Enrolment<S>,
    application: &Application,
    contract: &Contract,
    means: SignatureMeans,
    proof: &str,
) -> Result<(), Failure> {
    let person = enrolment.app.store.person_file(application.child, application.stream.kind()).await?;
    let signer = person.and_then(|person| person.applicant_iin);
    let question = Question { application: application.id, contract, signer: signer.as_deref(), means, proof };
    match enrolment.signatures.check(&question).await {
        Ok(true) => Ok(()),
        Ok(false) => Err(Problem::fields(vec![FieldError::new("/proof", Code::SignatureRejected)]).into()),
        Err(SignatureError::Unavailable | SignatureError::Unreadable) => {
            let problem = Problem::new(503, Code::SignatureUnavailable);
            Err(Problem { retry_after: Some(TRY_AGAIN), ..problem }.into())
        }
    }
}

/// `POST /v1/applications/{id}/contract/termination`.
pub async fn terminate(app: &App, request: &Request) -> Result<Response, Failure> {
    let id = own(app, request).await?.id;
    nothing_said(request)?;
    let now = request.settled.now;
    // A temporary place that has ended by itself was terminated by no one.
    let running = |contract: &Contract| {
        contract.temporary_until.is_none_or(|until| now < terms::start_of_day(terms::calendar_days(until, 1)))
    };
    let terminated = |contract: &Contract| contract.status == ContractStatus::Terminated && running(contract);
    act(app, request, id, decide::terminate, |application| application.contract.as_ref().is_some_and(terminated)).await
}
