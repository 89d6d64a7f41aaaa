//! `GET /v1/workplace/tasks`: what waits for an officer of a territory – documents to decide on (`P6.a`, `P14`), complaints to
//! answer (`P18`), the calendar's tables to put (`C6`) –, soonest due first, overdue marked. Nothing is decided here.

use kezek_contract::answers::{Page, TaskAnswer, iso};
use kezek_rules::calendar::WantedTable;
use kezek_rules::queue::Instant;
use kezek_rules::terms;
use kezek_shell::app::{App, Settled};
use kezek_shell::cursor;
use kezek_shell::error::Failure;
use kezek_shell::http::{Request, Response};
use kezek_shell::identity::Caller;
use kezek_store::Listed;

/// How many tasks a page has unless it is asked for another number, and at most.
const PAGE: (usize, usize) = (50, 100);

/// How many tasks of the region are read at once, and how often, for one page of a territory: a small one in a large region gets
/// shorter pages rather than slow ones.
const READ: (usize, usize) = (200, 5);

/// The list, page by page. What the calendar asks for stands on the first page, at its place among what is due there.
pub(crate) async fn list(app: &App, request: &Request) -> Result<Response, Failure> {
    let Caller::Officer { territory } = &request.caller else { return Err(Failure::not_found()) };
    let limit = request.limit(PAGE.0, PAGE.1)?;
    let scope = format!("tasks/{territory}");
    let place = request.query("cursor").map(|cursor| cursor::read(&app.keys, &scope, cursor)).transpose()?;
    let (mut items, next) = tasks(app, request, territory, place.clone(), limit).await?;
    if place.is_none() {
        for wanted in calendar_tables(&request.settled) {
            let before = items.iter().position(|item| item.due_at > wanted.due_at).unwrap_or(items.len());
            items.insert(before, wanted);
        }
    }
    Ok(Response::ok(&Page { items, next: next.map(|place| cursor::make(&app.keys, &scope, &place)) }))
}

/// The tasks of a territory after a place in the list of its region, and the place from which the next page begins.
async fn tasks(
    app: &App,
    request: &Request,
    territory: &str,
    mut place: Option<String>,
    limit: usize,
) -> Result<(Vec<TaskAnswer>, Option<String>), Failure> {
    let now = request.settled.now;
    let mut items = Vec::new();
    for _ in 0..READ.1 {
        let read = app.store.tasks(&territory[..2], place.as_deref(), READ.0).await?;
        let more = read.len() == READ.0;
        for listed in read {
            let ours = listed.settlement().is_in(territory);
            if ours && items.len() == limit {
                return Ok((items, place));
            }
            items.extend(ours.then(|| answer(&listed, now)));
            place = Some(listed.place());
        }
        if !more {
            return Ok((items, None));
        }
    }
    Ok((items, place))
}

/// A task about nothing yet.
fn task(kind: &str, since: Instant, due_at: Instant, overdue: bool, now: Instant) -> TaskAnswer {
    TaskAnswer {
        kind: kind.to_owned(),
        application: None,
        complaint: None,
        year: None,
        lane: None,
        since: iso(since),
        due_at: iso(due_at),
        overdue: overdue || due_at <= now,
    }
}

fn answer(listed: &Listed, now: Instant) -> TaskAnswer {
    match listed {
        Listed::Application(open) => TaskAnswer {
            application: Some(open.application.to_string()),
            lane: Some(open.lane),
            ..task(open.duty.as_str(), open.since, open.due_at, open.overdue, now)
        },
        Listed::Complaint(open) => TaskAnswer {
            complaint: Some(open.complaint.to_string()),
            ..task("complaint", open.since, open.due_at, open.overdue, now)
        },
    }
}

/// The tables that the calendar asks for: the country's, so every officer's.
fn calendar_tables(settled: &Settled) -> Vec<TaskAnswer> {
    let now = settled.now;
    let wanted = settled.config.calendar.wanted_tables(terms::local_date(now)).into_iter();
    let answer = |WantedTable { year, since, last_day }| TaskAnswer {
        year: Some(year),
        ..task("calendar-table", terms::start_of_day(since), terms::duty_end(last_day), false, now)
    };
    wanted.map(answer).collect()
}

#[cfg(test)]
mod tests {
    use kezek_rules::application::Duty;
    use kezek_rules::ids::ApplicationId;
    use kezek_rules::queue::Lane;
    use kezek_rules::step::Task;

    use super::*;

    fn open() -> Task {
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
        let shown =
            |task: Task, now: &str| answer(&Listed::Application(task), now.parse().expect("an instant")).overdue;
        assert!(!shown(open(), "2026-01-13T13:29:59.999Z"));
        assert!(shown(open(), "2026-01-13T13:30:00Z"));
        assert!(shown(Task { overdue: true, ..open() }, "2026-01-12T05:00:00Z"));
    }

    #[test]
    fn a_place_in_the_list_is_that_of_its_task() {
        let place = |task: Task| Listed::Application(task).place();
        assert!(place(open()) < place(Task { due_at: open().due_at + chrono::TimeDelta::milliseconds(1), ..open() }));
        assert_ne!(place(open()), place(Task { duty: Duty::FirstCheck, ..open() }));
    }
}
