//! The officer's workplace: the decision (`P6.a`), and the archive (`P3.2`); what waits is listed in `tasks`. An officer reaches
//! the applications of its own territory only; another's don't exist for it.

use kezek_contract::requests::{self, DecisionBody};
use kezek_contract::texts::problems::Code;
use kezek_rules::application::{Application, Duty, Status};
use kezek_rules::decide::{self, OfficerDecision, World};
use kezek_rules::ids::{ApplicationId, ReferralId};
use kezek_rules::refusal::Refusal;
use kezek_rules::step::{Event, Fact, Snapshot, Step, Verifier};
use kezek_shell::app::App;
use kezek_shell::commit;
use kezek_shell::error::Failure;
use kezek_shell::http::{Request, Response};
use kezek_shell::identity::Scope;
use kezek_shell::route::Route;
use kezek_shell::view;
use kezek_store::Queues;

use crate::tasks;

const TASKS: Route = Route { method: "GET", path: "/v1/workplace/tasks", scopes: &[Scope::Officer] };
const DECISION: Route =
    Route { method: "POST", path: "/v1/workplace/applications/{id}/decision", scopes: &[Scope::Officer] };
const ARCHIVE: Route =
    Route { method: "POST", path: "/v1/workplace/applications/{id}/archive", scopes: &[Scope::Officer] };

/// The routes of this function.
pub const ROUTES: &[Route] = &[TASKS, DECISION, ARCHIVE];

/// Serves a request of the workplace.
///
/// # Errors
/// The problem to answer with; the table failed.
pub async fn http(app: &App, request: &Request) -> Result<Response, Failure> {
    match request.route {
        TASKS => tasks::list(app, request).await,
        DECISION => decision(app, request).await,
        ARCHIVE => archive(app, request).await,
        _ => Err(Failure::not_found()),
    }
}

/// `P6.a`, `P6.d`, `P14`: the officer's decision. The same one again gets the same reply and changes nothing.
async fn decision(app: &App, request: &Request) -> Result<Response, Failure> {
    let id = reached(app, request).await?;
    let DecisionBody { duty, decision, lacking } = requests::decision(&request.json()?)?;
    let mut decided = Err(Failure::not_found());
    for _ in 0..commit::TRIES {
        let application = app.store.application(id).await?.ok_or_else(Failure::not_found)?;
        let meant = decide::duty_meant(&application, duty).unwrap_or(Duty::FirstCheck);
        let lane = decide::lane_after(&application, meant, decision, request.settled.world());
        decided = step(app, request, id, &Queues::In(lane), |snapshot, world| {
            // The ranks were looked up for the lane that this version leads to.
            if snapshot.application.version != application.version {
                return Err(Refusal::state("version-mismatch", ""));
            }
            Ok(decide::decide_duty(snapshot, duty, decision, world)?.naming(&lacking))
        })
        .await;
        if !matches!(&decided, Err(Failure::Problem(problem)) if problem.code == Code::VersionMismatch) {
            break;
        }
    }
    match decided {
        Err(failure) if is_conflict(&failure) => {
            let history = app.store.history(id, view::HISTORY_SHOWN).await?;
            if last_decision(&history, decision) == Some(decision) {
                current(app, request, id).await
            } else {
                Err(failure)
            }
        }
        decided => decided,
    }
}

/// `P3.2`: an officer archives for a violation, or a duplicate. The same again gets the same reply and changes nothing.
async fn archive(app: &App, request: &Request) -> Result<Response, Failure> {
    let id = reached(app, request).await?;
    let reason = requests::archive(&request.json()?)?;
    let archived =
        step(app, request, id, &Queues::Live, |snapshot, world| decide::archive_by_officer(snapshot, reason, world))
            .await;
    match archived {
        Err(failure) if is_conflict(&failure) => {
            let application = app.store.application(id).await?.ok_or_else(Failure::not_found)?;
            if application.status == Status::Archived(reason) {
                view::shown(app, request, &application).await
            } else {
                Err(failure)
            }
        }
        archived => archived,
    }
}

/// The application that a request names, if it lies in the officer's territory; before the body is looked at.
async fn reached(app: &App, request: &Request) -> Result<ApplicationId, Failure> {
    let id = request.id("id")?;
    let application = app.store.application(id).await?;
    let ours = application.is_some_and(|application| request.caller.is_officer_of(application.settlement));
    if ours { Ok(id) } else { Err(Failure::not_found()) }
}

async fn step(
    app: &App,
    request: &Request,
    id: ApplicationId,
    queues: &Queues,
    decide: impl Fn(Snapshot, World<'_>) -> Result<Step, Refusal>,
) -> Result<Response, Failure> {
    let ours = |application: &Application| request.caller.is_officer_of(application.settlement);
    let done = commit::step(app, &request.settled, id, queues, ours, decide).await?;
    view::shown(app, request, &done.step.application).await
}

fn is_conflict(failure: &Failure) -> bool {
    matches!(failure, Failure::Problem(problem) if problem.status == 409)
}

/// What an officer decided last, as far as the history shown goes. Where a refusal only led to the general lane
/// (**D-unconfirmed-benefit**) its ground isn't kept: then it is taken for the one that is asked about.
fn last_decision(history: &[Event], asked: OfficerDecision) -> Option<OfficerDecision> {
    let numbered = history.iter().enumerate().rev();
    let mut facts = numbered.flat_map(|(n, event)| event.facts.iter().rev().map(move |fact| (n, fact)));
    facts.find_map(|(n, fact)| match fact {
        Fact::MovedToGeneral if unconfirmed_by_officer(&history[..=n]) => Some(match asked {
            OfficerDecision::Refuse { .. } => asked,
            OfficerDecision::Confirm => OfficerDecision::Refuse { ground: 1 },
        }),
        Fact::Confirmed { by: Verifier::Officer } | Fact::SecondCheckConfirmed { by: Verifier::Officer } => {
            Some(OfficerDecision::Confirm)
        }
        Fact::Refused { ground, by: Verifier::Officer }
        | Fact::ClaimRefused { ground, by: Verifier::Officer }
        | Fact::SecondCheckFailed { ground, by: Verifier::Officer } => {
            Some(OfficerDecision::Refuse { ground: *ground })
        }
        // What the document alone extended was no officer's decision (**D-extension**).
        Fact::ReferralExtended { referral, .. } => {
            asked_to_extend(history, *referral).then_some(OfficerDecision::Confirm)
        }
        Fact::ExtensionRefused { ground, .. } => Some(OfficerDecision::Refuse { ground: *ground }),
        _ => None,
    })
}

/// Whether the last event is the end of a first check that an officer made.
fn unconfirmed_by_officer(history: &[Event]) -> bool {
    let Some(last) = history.last() else { return false };
    let second = last.facts.iter().any(|fact| matches!(fact, Fact::SecondCheckFailed { .. }));
    let facts = history.iter().rev().flat_map(|event| event.facts.iter().rev());
    let checking = facts.filter_map(|fact| match fact {
        Fact::VerificationStarted { by, .. } => Some(*by == Verifier::Officer),
        Fact::HandedToOfficer { .. } => Some(true),
        _ => None,
    });
    !second && checking.into_iter().next() == Some(true)
}

fn asked_to_extend(history: &[Event], extended: ReferralId) -> bool {
    let asked = |fact: &Fact| matches!(fact, Fact::ExtensionAsked { referral, .. } if *referral == extended);
    history.iter().flat_map(|event| &event.facts).any(asked)
}

async fn current(app: &App, request: &Request, id: ApplicationId) -> Result<Response, Failure> {
    let application = app.store.application(id).await?.ok_or_else(Failure::not_found)?;
    view::shown(app, request, &application).await
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_decision_is_known_again_by_the_last_one_of_an_officer() {
        let check = |facts: serde_json::Value, expected: Option<OfficerDecision>| {
            let event: Event = serde_json::from_value(json!({
                "application": "07070707070707070707070707070707", "seq": 2, "at": "2026-01-12T05:00:00Z",
                "policy": "order-133@1", "calendar": 1, "queues": [], "facts": facts
            }))
            .expect("an event");
            assert_eq!(last_decision(&[event], expected.unwrap_or(OfficerDecision::Confirm)), expected, "{facts}");
        };
        check(json!([{"what": "confirmed", "by": "officer"}]), Some(OfficerDecision::Confirm));
        check(json!([{"what": "confirmed", "by": "register"}]), None);
        let claim = json!([{"what": "claim-refused", "ground": 1, "by": "officer"}, {"what": "lane-changed", "lane": "general", "benefit": 13}]);
        check(claim, Some(OfficerDecision::Refuse { ground: 1 }));
        check(json!([{"what": "refused", "ground": 2, "by": "officer"}]), Some(OfficerDecision::Refuse { ground: 2 }));
        check(json!([{"what": "accepted"}]), None);
        let of = |what: &str| json!({"what": what, "organisation": "061211600012", "referral": "07".repeat(20)});
        let (mut asked, mut extended, mut refused) =
            (of("extension-asked"), of("referral-extended"), of("extension-refused"));
        (asked["until"], refused["ground"]) = (json!("2026-02-01"), json!(2));
        extended["validUntil"] = json!("2026-02-01T19:00:00Z");
        check(json!([asked, extended]), Some(OfficerDecision::Confirm));
        check(json!([extended]), None);
        check(json!([asked, refused]), Some(OfficerDecision::Refuse { ground: 2 }));
        let started = |by: &str| json!({"what": "verification-started", "by": by, "dueAt": "2026-01-13T13:30:00Z"});
        let moved = json!({"what": "moved-to-general"});
        check(json!([started("officer"), moved]), Some(OfficerDecision::Refuse { ground: 3 }));
        check(json!([started("register"), moved]), None);
        let handed = json!({"what": "handed-to-officer", "dueAt": "2026-01-13T13:30:00Z"});
        check(json!([started("register"), handed, moved]), Some(OfficerDecision::Refuse { ground: 1 }));
    }
}
