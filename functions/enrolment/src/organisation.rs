//! What an organisation sees and decides: the children it expects (`P22.a`), and the documents handed in by their referrals (`P22.b`,
//! `P28`). An organisation reaches its own only; another's don't exist for it.

use kezek_contract::answers::Page;
use kezek_contract::requests;
use kezek_rules::application::Application;
use kezek_rules::decide::{self, DocumentsDecision};
use kezek_rules::group::Group;
use kezek_rules::ids::{Bin, ReferralId, SeatId};
use kezek_rules::seat::{Seat, SeatState};
use kezek_rules::step::{Event, Fact};
use kezek_shell::app::App;
use kezek_shell::error::Failure;
use kezek_shell::http::{Request, Response, etag};
use kezek_shell::identity::Caller;
use kezek_shell::{commit, cursor, view};
use kezek_store::{Queues, StoreError};

use crate::is_conflict;

/// Referrals of a page: each costs two reads more.
const PAGE: usize = 50;
const PAGE_MAX: usize = 100;

/// More groups than any organisation has.
const GROUPS_MAX: usize = 200;

/// `GET /v1/organisations/{bin}/referrals`: those in force, in the order of their seats.
pub async fn referrals(app: &App, request: &Request) -> Result<Response, Failure> {
    let bin = caller(request)?;
    let limit = request.limit(PAGE, PAGE_MAX)?;
    let scope = format!("referrals/{bin}");
    let after: Option<SeatId> = match request.query("cursor") {
        Some(given) => Some(cursor::read(&app.keys, &scope, given)?.parse().map_err(|_| Failure::not_found())?),
        None => None,
    };
    let referred = |seat: &Seat| matches!(seat.state, SeatState::Referred { .. });
    let (seats, next) = app.store.seats_where(bin, after, limit, referred).await?;
    let mut items = Vec::with_capacity(seats.len());
    for seat in &seats {
        let SeatState::Referred { application, referral: id, .. } = seat.state else { continue };
        // It may have ended since its seat was read.
        let Some(application) = app.store.application(application).await? else { continue };
        if let Some(referral) = application.live_referral().filter(|referral| referral.id == id) {
            items.push(view::organisation_referral(app, &application, referral, request.settled.now).await?);
        }
    }
    let next = next.map(|last| cursor::make(&app.keys, &scope, &last.to_string()));
    Ok(Response::ok(&Page { items, next }))
}

fn caller(request: &Request) -> Result<Bin, Failure> {
    let bin: Bin = request.id("bin")?;
    if request.caller == Caller::Organisation(bin) { Ok(bin) } else { Err(Failure::not_found()) }
}

/// `POST /v1/organisations/{bin}/referrals/{id}/documents-decision`. The same decision again gets the same answer and changes nothing.
pub async fn decide(app: &App, request: &Request) -> Result<Response, Failure> {
    let bin = caller(request)?;
    let referral: ReferralId = request.id("id")?;
    let ours = |application: &Application| {
        application.referral.as_ref().is_some_and(|held| held.id == referral && held.organisation == bin)
    };
    let id = referral.application();
    app.store.application(id).await?.filter(ours).ok_or_else(Failure::not_found)?;
    let (decision, lacking) = requests::documents_decision(&request.json()?)?;
    let groups = groups(app, bin, &decision).await?;
    let done = commit::step(app, &request.settled, id, &Queues::Live, ours, |snapshot, world| {
        Ok(decide::decide_documents(snapshot, &decision, &groups, world)?.naming(&lacking))
    });
    let application = match done.await {
        Ok(done) => *done.step.application,
        Err(failure) if is_conflict(&failure) => {
            let history = app.store.history(id, view::HISTORY_SHOWN).await?;
            if !is_last(&history, referral, &decision) {
                return Err(failure);
            }
            app.store.application(id).await?.filter(ours).ok_or(failure)?
        }
        Err(failure) => return Err(failure),
    };
    let Some(referral) = &application.referral else { return Err(Failure::not_found()) };
    let answer = view::organisation_referral(app, &application, referral, request.settled.now).await?;
    Ok(Response::ok(&answer).header("etag", etag(application.version)))
}

/// The figures that a decision rests on (`P28` (3)).
async fn groups(app: &App, bin: Bin, decision: &DocumentsDecision) -> Result<Vec<Group>, StoreError> {
    match decision {
        DocumentsDecision::Refuse { ground: 3, group: Some(name) } => {
            Ok(app.store.group(bin, name).await?.into_iter().collect())
        }
        DocumentsDecision::Refuse { ground: 3, group: None } => app.store.groups(bin, GROUPS_MAX).await,
        DocumentsDecision::Refuse { .. } | DocumentsDecision::Confirm | DocumentsDecision::Return => Ok(Vec::new()),
    }
}

/// Whether a decision is the organisation's last on a referral, and nothing has come since that undid it.
fn is_last(history: &[Event], referral: ReferralId, decision: &DocumentsDecision) -> bool {
    let mut facts = history.iter().rev().flat_map(|event| event.facts.iter().rev());
    let last = facts.find_map(|fact| match fact {
        Fact::ContractFormed { referral: of, .. } if *of == referral => Some(DocumentsDecision::Confirm),
        Fact::DocumentsReturned { referral: of, .. } if *of == referral => Some(DocumentsDecision::Return),
        Fact::EnrolmentRefused { referral: of, ground, .. } if *of == referral => {
            Some(DocumentsDecision::Refuse { ground: *ground, group: None })
        }
        // No decision has been made since: what stands is another one's.
        Fact::RefusalOverturned { referral: of, .. } if *of == referral => {
            Some(DocumentsDecision::Refuse { ground: 0, group: None })
        }
        _ => None,
    });
    match (last, decision) {
        (Some(DocumentsDecision::Refuse { ground: last, .. }), DocumentsDecision::Refuse { ground, .. }) => {
            last == *ground
        }
        (last, decision) => last.as_ref() == Some(decision),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn check(facts: Value, decision: DocumentsDecision, expected: bool) {
        let event: Event = serde_json::from_value(json!({
            "application": "07070707070707070707070707070707", "seq": 2, "at": "2026-01-12T05:00:00Z",
            "policy": "order-133@1", "calendar": 1, "queues": [], "facts": facts
        }))
        .expect("an event");
        assert_eq!(is_last(&[event], ReferralId::from_bytes([7; 20]), &decision), expected, "{facts} {decision:?}");
    }

    fn fact(what: &str, referral: &str, more: Value) -> Value {
        let mut fact = json!({"what": what, "organisation": "061211600012", "referral": referral.repeat(20)});
        for (name, value) in more.as_object().into_iter().flatten() {
            fact[name] = value.clone();
        }
        fact
    }

    #[test]
    fn p22_b_a_repeated_decision_is_the_last_one_and_still_stands() {
        let refuse = |ground| DocumentsDecision::Refuse { ground, group: None };
        let refused = fact("enrolment-refused", "07", json!({"ground": 2}));
        let returned = fact("documents-returned", "07", json!({}));
        let overturned = fact("refusal-overturned", "07", json!({"validUntil": "2026-01-12T05:00:00Z"}));
        check(json!([refused]), refuse(2), true);
        check(json!([refused]), DocumentsDecision::Refuse { ground: 2, group: Some("7".to_owned()) }, true);
        check(json!([refused]), refuse(1), false);
        check(json!([refused]), DocumentsDecision::Return, false);
        check(json!([refused, returned]), DocumentsDecision::Return, true);
        check(json!([refused, overturned]), refuse(2), false);
        check(json!([fact("documents-returned", "08", json!({}))]), DocumentsDecision::Return, false);
        check(json!([]), DocumentsDecision::Confirm, false);
    }
}
