//! The officer's workplace: what waits for a decision, the decision (`P6.a`), and the archive (`P3.2`). An officer reaches the
//! applications of its own territory only; another's don't exist for it.

use chrono::DateTime;
use kezek_contract::answers::{Page, TaskAnswer, iso};
use kezek_contract::problem::{FieldError, Problem};
use kezek_contract::requests::{self, DecisionBody};
use kezek_contract::texts::problems::Code;
use kezek_rules::application::{Application, Duty, Status};
use kezek_rules::decide::{self, OfficerDecision, World};
use kezek_rules::ids::{ApplicationId, ReferralId};
use kezek_rules::queue::{Instant, Lane};
use kezek_rules::refusal::Refusal;
use kezek_rules::step::{Event, Fact, Snapshot, Step, Task, Verifier};
use kezek_shell::app::App;
use kezek_shell::commit;
use kezek_shell::cursor;
use kezek_shell::error::Failure;
use kezek_shell::http::{Request, Response, etag};
use kezek_shell::identity::{Caller, Scope};
use kezek_shell::route::Route;
use kezek_shell::view;
use kezek_store::Queues;

const TASKS: Route = Route { method: "GET", path: "/v1/workplace/tasks", scopes: &[Scope::Officer] };
const DECISION: Route =
    Route { method: "POST", path: "/v1/workplace/applications/{id}/decision", scopes: &[Scope::Officer] };
const ARCHIVE: Route =
    Route { method: "POST", path: "/v1/workplace/applications/{id}/archive", scopes: &[Scope::Officer] };

/// The routes of this function.
pub const ROUTES: &[Route] = &[TASKS, DECISION, ARCHIVE];

/// How many tasks a page has unless it is asked for another number, and at most.
const PAGE: (usize, usize) = (50, 100);

/// How many tasks of the region are read at once, and how often, for one page of a territory: a small one in a large region gets
/// shorter pages rather than slow ones.
const READ: (usize, usize) = (200, 5);

/// Serves a request of the workplace.
///
/// # Errors
/// The problem to answer with; the table failed.
pub async fn http(app: &App, request: &Request) -> Result<Response, Failure> {
    match request.route {
        TASKS => tasks(app, request).await,
        DECISION => decision(app, request).await,
        ARCHIVE => archive(app, request).await,
        _ => Err(Failure::not_found()),
    }
}

/// What waits, soonest due first, overdue marked (`P6.a`).
async fn tasks(app: &App, request: &Request) -> Result<Response, Failure> {
    let Caller::Officer { territory } = &request.caller else { return Err(Failure::not_found()) };
    let limit = request.limit(PAGE.0, PAGE.1)?;
    let scope = format!("tasks/{territory}");
    let mut last = match request.query("cursor") {
        Some(cursor) => Some(position_from(&cursor::read(&app.keys, &scope, cursor)?)?),
        None => None,
    };
    let mut items = Vec::new();
    for _ in 0..READ.1 {
        let read = app.store.tasks(&territory[..2], last.as_ref(), READ.0).await?;
        let more = read.len() == READ.0;
        for task in read {
            let ours = task.settlement.is_in(territory);
            if ours && items.len() == limit {
                return Ok(page(app, &scope, items, last.as_ref()));
            }
            items.extend(ours.then(|| answer(&task, request.settled.now)));
            last = Some(task);
        }
        if !more {
            return Ok(page(app, &scope, items, None));
        }
    }
    Ok(page(app, &scope, items, last.as_ref()))
}

fn page(app: &App, scope: &str, items: Vec<TaskAnswer>, last: Option<&Task>) -> Response {
    Response::ok(&Page { items, next: last.map(|task| cursor::make(&app.keys, scope, &position(task))) })
}

fn answer(task: &Task, now: Instant) -> TaskAnswer {
    TaskAnswer {
        kind: task.duty.as_str().to_owned(),
        application: task.application.to_string(),
        lane: task.lane,
        since: iso(task.since),
        due_at: iso(task.due_at),
        overdue: task.overdue || task.due_at <= now,
    }
}

/// Where a page ended: enough of the task to go on after it.
fn position(task: &Task) -> String {
    let duty = task.duty.as_str();
    format!("{}/{}/{duty}/{}", task.settlement, task.due_at.timestamp_millis(), task.application)
}

fn position_from(position: &str) -> Result<Task, Problem> {
    let read = || {
        let mut parts = position.splitn(4, '/');
        let settlement = parts.next()?.parse().ok()?;
        let due_at = DateTime::from_timestamp_millis(parts.next()?.parse().ok()?)?;
        let duty = parts.next()?;
        let duty = Duty::ALL.into_iter().find(|known| known.as_str() == duty)?;
        let application = parts.next()?.parse().ok()?;
        Some(Task { duty, application, settlement, due_at, since: due_at, lane: Lane::General, overdue: false })
    };
    read().ok_or_else(|| Problem::fields(vec![FieldError::new("/cursor", Code::WrongFormat)]))
}

/// `P6.a`, `P6.d`, `P14`: the officer's decision. The same one again gets the same reply and changes nothing.
async fn decision(app: &App, request: &Request) -> Result<Response, Failure> {
    let id = reached(app, request).await?;
    let DecisionBody { duty, decision } = requests::decision(&request.json()?)?;
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
            decide::decide_duty(snapshot, duty, decision, world)
        })
        .await;
        if !matches!(&decided, Err(Failure::Problem(problem)) if problem.code == Code::VersionMismatch) {
            break;
        }
    }
    match decided {
        Err(failure) if is_conflict(&failure) => {
            let history = app.store.history(id, view::HISTORY_SHOWN).await?;
            if last_decision(&history) == Some(decision) { current(app, request, id).await } else { Err(failure) }
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
                shown(app, request, &application).await
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
    shown(app, request, &done.step.application).await
}

fn is_conflict(failure: &Failure) -> bool {
    matches!(failure, Failure::Problem(problem) if problem.status == 409)
}

/// What an officer decided last, as far as the history shown goes.
fn last_decision(history: &[Event]) -> Option<OfficerDecision> {
    let mut facts = history.iter().rev().flat_map(|event| event.facts.iter().rev());
    facts.find_map(|fact| match fact {
        Fact::Confirmed { by: Verifier::Officer } | Fact::SecondCheckConfirmed { by: Verifier::Officer } => {
            Some(OfficerDecision::Confirm)
        }
        Fact::Refused { ground, by: Verifier::Officer } | Fact::SecondCheckFailed { ground, by: Verifier::Officer } => {
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

fn asked_to_extend(history: &[Event], extended: ReferralId) -> bool {
    let asked = |fact: &Fact| matches!(fact, Fact::ExtensionAsked { referral, .. } if *referral == extended);
    history.iter().flat_map(|event| &event.facts).any(asked)
}

async fn current(app: &App, request: &Request, id: ApplicationId) -> Result<Response, Failure> {
    let application = app.store.application(id).await?.ok_or_else(Failure::not_found)?;
    shown(app, request, &application).await
}

async fn shown(app: &App, request: &Request, application: &Application) -> Result<Response, Failure> {
    let view = view::application(app, &request.settled, application, request.locale).await?;
    Ok(Response::ok(&view).header("etag", etag(application.version)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn task() -> Task {
        let due_at: Instant = "2026-01-13T13:30:00Z".parse().expect("an instant");
        Task {
            duty: Duty::SecondCheck,
            application: ApplicationId::from_bytes([7; 16]),
            settlement: "750000000".parse().expect("a settlement"),
            due_at,
            since: "2026-01-12T05:00:00Z".parse().expect("an instant"),
            lane: Lane::OutOfTurn,
            overdue: false,
        }
    }

    #[test]
    fn p6a_a_task_is_overdue_from_its_very_end_on() {
        let shown = |now: &str| answer(&task(), now.parse().expect("an instant")).overdue;
        assert!(!shown("2026-01-13T13:29:59.999Z"));
        assert!(shown("2026-01-13T13:30:00Z"));
        assert!(answer(&Task { overdue: true, ..task() }, task().since).overdue);
    }

    #[test]
    fn a_position_finds_its_task_again() {
        let again = position_from(&position(&task())).expect("a position");
        let known = |task: &Task| (task.application, task.settlement, task.due_at);
        assert_eq!(known(&again), known(&task()));
        assert!(position_from("750000000/x/07").is_err());
    }

    #[test]
    fn a_decision_is_known_again_by_the_last_one_of_an_officer() {
        let check = |facts: serde_json::Value, expected: Option<OfficerDecision>| {
            let event: Event = serde_json::from_value(json!({
                "application": "07070707070707070707070707070707", "seq": 2, "at": "2026-01-12T05:00:00Z",
                "policy": "order-133@1", "calendar": 1, "queues": [], "facts": facts
            }))
            .expect("an event");
            assert_eq!(last_decision(&[event]), expected, "{facts}");
        };
        check(json!([{"what": "confirmed", "by": "officer"}]), Some(OfficerDecision::Confirm));
        check(json!([{"what": "confirmed", "by": "register"}]), None);
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
    }
}
