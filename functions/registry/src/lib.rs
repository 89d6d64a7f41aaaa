//! Registry: what officers keep – the organisations, the calendar, the policies. Everything here is data; what it means for a
//! queue or a deadline is decided in `kezek_rules`.

mod calendar;
mod organisation;
mod policy;

use kezek_contract::problem::{FieldError, Problem};
use kezek_contract::texts::problems::Code;
use kezek_shell::app::App;
use kezek_shell::error::Failure;
use kezek_shell::http::{self, Request, Response};
use kezek_shell::identity::Scope;
use kezek_shell::lambda::Trigger;
use kezek_shell::route::Route;
use lambda_runtime::Error;
use serde::de::DeserializeOwned;
use serde_json::Value;

const ORGANISATION: &str = "/v1/workplace/organisations/{bin}";
const CALENDAR: &str = "/v1/workplace/calendar/{year}";
const POLICY: &str = "/v1/workplace/policies/{id}";

/// Days of a year's table, codes of a policy's territory: every day of a year may be named.
const LIST_MAX: usize = 366;

/// Patches of the calendar that are kept, all in one item; and versions of policies, which every request reads.
const PATCHES_MAX: usize = 100;
const POLICIES_MAX: usize = 500;

/// The routes of this function.
pub const ROUTES: &[Route] = &[
    Route { method: "PUT", path: ORGANISATION, scopes: &[Scope::Officer] },
    Route { method: "PUT", path: CALENDAR, scopes: &[Scope::Officer] },
    Route { method: "PUT", path: POLICY, scopes: &[Scope::Officer] },
];

/// Serves one event: a request.
///
/// # Errors
/// The event isn't one of this function's.
pub async fn handle(app: &App, event: Value) -> Result<Value, Error> {
    match Trigger::of(&event) {
        Some(Trigger::Http) => {
            let event = serde_json::from_value(event)?;
            Ok(serde_json::to_value(Box::pin(http::serve(app, ROUTES, event, http)).await)?)
        }
        other => Err(format!("registry doesn't know this event: {other:?}").into()),
    }
}

/// Serves one request.
///
/// # Errors
/// The problem to answer with, or the failure of the table.
pub async fn http(app: &App, request: &Request) -> Result<Response, Failure> {
    match request.route.path {
        ORGANISATION => organisation::put(app, request).await,
        CALENDAR => calendar::put(app, request).await,
        POLICY => policy::put(app, request).await,
        _ => Err(Failure::not_found()),
    }
}

/// Reads a body into its type. `named` is the field that the path names as well: it may be left out, and must be the same.
fn read<T: DeserializeOwned>(mut body: Value, named: &'static str, value: Value) -> Result<T, Problem> {
    let wrong = |pointer: &str, expected: String| {
        Problem::fields(vec![FieldError::new(pointer, Code::WrongFormat).with("expected", expected)])
    };
    let Some(members) = body.as_object_mut() else {
        return Err(Problem::fields(vec![FieldError::new("", Code::WrongType).with("expected", "object")]));
    };
    for (name, list) in members.iter().filter_map(|(name, value)| Some((name, value.as_array()?))) {
        if list.len() > LIST_MAX {
            let wrong = FieldError::new(&format!("/{name}"), Code::TooLong).with("max", LIST_MAX.to_string());
            return Err(Problem::fields(vec![wrong]));
        }
    }
    if *members.entry(named).or_insert_with(|| value.clone()) != value {
        return Err(wrong(&format!("/{named}"), value.to_string()));
    }
    serde_json::from_value(body).map_err(|error| wrong("", error.to_string()))
}

/// Refused because as many are kept as can be.
fn full(max: usize) -> Problem {
    let mut problem = Problem::new(409, Code::TooManyKept);
    problem.facts.push(("max", max.to_string()));
    problem
}

/// Refused by a rule, for several reasons at once.
fn invalid(code: Code, reasons: Vec<impl std::fmt::Display>) -> Problem {
    let error = |reason: &dyn std::fmt::Display| FieldError::new("", code).with("reason", reason.to_string());
    let errors: Vec<FieldError> = reasons.iter().map(|reason| error(reason)).collect();
    let facts = errors.first().map(|first| first.facts.clone()).unwrap_or_default();
    Problem { facts, ..Problem::fields(errors) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kezek_rules::calendar::YearTable;
    use kezek_rules::policy::PolicyVersion;
    use serde_json::json;

    fn check_year(body: Value, expected: Result<usize, (u16, &str)>) {
        let read = read::<YearTable>(body.clone(), "year", json!(2026));
        let found = read.map(|table| table.days_off.len()).map_err(|problem| {
            (problem.status, problem.errors.first().map_or(String::new(), |error| error.pointer.clone()))
        });
        assert_eq!(found, expected.map_err(|(status, pointer)| (status, pointer.to_owned())), "{body}");
    }

    #[test]
    fn c3_a_table_names_the_year_of_its_path_or_none() {
        check_year(json!({"daysOff": ["2026-01-01"]}), Ok(1));
        check_year(json!({"year": 2026, "daysOff": ["2026-01-01"]}), Ok(1));
        check_year(json!({"year": 2027, "daysOff": []}), Err((400, "/year")));
        check_year(json!({"daysOff": ["the first"]}), Err((400, "")));
        check_year(json!({"daysOff": [], "daysOn": []}), Err((400, "")));
        check_year(json!([]), Err((400, "")));
        let many = |count| vec![json!("2026-01-01"); count];
        check_year(json!({"daysOff": many(LIST_MAX)}), Ok(1));
        check_year(json!({"daysOff": many(LIST_MAX + 1)}), Err((400, "/daysOff")));
    }

    #[test]
    fn c3_every_fault_of_a_table_is_told() {
        let body = json!({"daysOff": ["2025-01-01"], "workingWeekends": ["2026-11-23"]});
        let table: YearTable = read(body, "year", json!(2026)).expect("a table");
        let problem = invalid(Code::CalendarInvalid, table.validate().expect_err("two faults"));
        assert_eq!((problem.status, problem.rule.as_deref(), problem.errors.len()), (422, Some("C3"), 2));
    }

    #[test]
    fn k5_a_policy_names_the_id_of_its_path_or_none() {
        let body = json!({"version": 1, "from": "2026-02-01", "policy": {"cancelHours": 48}});
        let version: PolicyVersion = read(body, "id", json!("pilot")).expect("a version");
        assert_eq!((&*version.id, version.policy.cancel_hours), ("pilot", 48));
        let other = json!({"id": "other", "version": 1, "from": "2026-02-01"});
        assert!(read::<PolicyVersion>(other, "id", json!("pilot")).is_err_and(|problem| problem.status == 400));
    }
}
