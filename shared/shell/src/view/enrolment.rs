//! How a referral and a contract look from outside: to the applicant, and to the organisation that expects the child. Only reading.

use kezek_contract::answers::{
    ContractAnswer, ContractStateAnswer, HandedInAnswer, OrganisationReferralAnswer, ReferralAnswer, iso,
};
use kezek_rules::application::{Application, Contract, Document, Referral, ReferralStatus, Stage, Submission};
use kezek_rules::queue::Instant;
use kezek_store::StoreError;

use crate::app::App;

/// How far a referral in force has come; one that has ended gets no further.
fn stage(referral: &Referral) -> Option<&Stage> {
    (referral.status == ReferralStatus::Issued).then_some(&referral.stage)
}

/// The documents that are with the organisation.
fn submission(referral: &Referral) -> Option<&Submission> {
    match stage(referral)? {
        Stage::Submitted(submission) => Some(submission),
        Stage::Awaited | Stage::Contract | Stage::UnderReview { .. } => None,
    }
}

pub(super) fn referral(app: &App, referral: &Referral) -> ReferralAnswer {
    let submission = submission(referral);
    ReferralAnswer {
        id: referral.id.to_string(),
        number: referral.number(),
        organisation: referral.organisation.to_string(),
        status: referral.status.as_str().to_owned(),
        stage: stage(referral).map(|stage| stage.as_str().to_owned()),
        issued_at: iso(referral.issued_at),
        valid_until: iso(referral.valid_until),
        extended: referral.extended,
        extension_asked: referral.extension_asked.map(|day| day.to_string()),
        registered_at: submission.map(|submission| iso(submission.registered_at)),
        result_due: submission.map(|submission| iso(submission.result_due)),
        document: app.signer.as_ref().and_then(|signer| signer.document(referral)),
    }
}

pub(super) fn contract(app: &App, contract: &Contract) -> ContractAnswer {
    ContractAnswer {
        organisation: contract.organisation.to_string(),
        status: contract.status.as_str().to_owned(),
        formed_at: iso(contract.formed_at),
        sign_by: iso(contract.sign_by),
        signed_at: contract.signed_at.map(iso),
        means: contract.means.map(|means| means.as_str().to_owned()),
        temporary_until: contract.temporary_until.map(|day| day.to_string()),
        document: app.signer.as_ref().and_then(|signer| signer.contract(contract)),
    }
}

/// A referral as its organisation sees it, at an instant.
///
/// # Errors
/// The table failed.
pub async fn organisation_referral(
    app: &App,
    application: &Application,
    referral: &Referral,
    now: Instant,
) -> Result<OrganisationReferralAnswer, StoreError> {
    let person = app.store.person_file(application.child, application.stream.kind()).await?;
    let submission = submission(referral);
    let contract = application.contract.as_ref().filter(|contract| contract.referral == referral.id);
    Ok(OrganisationReferralAnswer {
        id: referral.id.to_string(),
        number: referral.number(),
        vacancy: referral.seat.to_string(),
        status: referral.status.as_str().to_owned(),
        stage: stage(referral).map(|stage| stage.as_str().to_owned()),
        issued_at: iso(referral.issued_at),
        valid_until: iso(referral.valid_until),
        registered_at: submission.map(|submission| iso(submission.registered_at)),
        result_due: submission.map(|submission| iso(submission.result_due)),
        overdue: submission.is_some_and(|submission| submission.overdue || submission.result_due <= now),
        documents: submission.map(|submission| handed_in(&submission.documents)).unwrap_or_default(),
        contract: contract.map(contract_state),
        child_name: person.map(|person| person.child_name).unwrap_or_default(),
        document: app.signer.as_ref().and_then(|signer| signer.document(referral)),
    })
}

fn handed_in(documents: &[Document]) -> Vec<HandedInAnswer> {
    let answer =
        |document: &Document| HandedInAnswer { kind: document.kind.clone(), issued_on: document.issued_on.to_string() };
    documents.iter().map(answer).collect()
}

fn contract_state(contract: &Contract) -> ContractStateAnswer {
    ContractStateAnswer {
        status: contract.status.as_str().to_owned(),
        formed_at: iso(contract.formed_at),
        sign_by: iso(contract.sign_by),
        signed_at: contract.signed_at.map(iso),
    }
}
