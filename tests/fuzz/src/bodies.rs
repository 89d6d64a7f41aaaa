//! Bodies of requests and bulletins, bent out of the shape of the examples in `events/`. A refusal is a problem as the document has it.

use std::sync::LazyLock;

use chrono::DateTime;
use kezek_contract::problem::{ERRORS_MAX, FieldError, Problem};
use kezek_contract::texts::Locale;
use kezek_contract::texts::bulletins::LineProblem;
use kezek_contract::texts::problems::Code;
use kezek_contract::{json, requests};
use kezek_rules::calendar::Calendar;
use kezek_rules::decide::{World, take_line};
use kezek_rules::organisation::{Organisation, OrganisationType};
use kezek_rules::policy::Policies;
use kezek_rules::queue::StreamKind;
use serde_json::Value;

use crate::targets::holds;
use crate::{Random, events, mutate};

/// An example's route and body.
type Example = (String, Value);

/// The bodies of all examples.
static BODIES: LazyLock<Vec<Example>> = LazyLock::new(|| {
    let of_route = |event: &Value| {
        let route = event["routeKey"].as_str()?.to_owned();
        Some((route, json::read(event["body"].as_str()?.as_bytes())?))
    };
    events::ALL.iter().filter_map(|(_, event)| of_route(event)).collect()
});

static BULLETINS: LazyLock<Vec<Value>> = LazyLock::new(|| {
    let records = events::ALL.iter().flat_map(|(_, event)| event["Records"].as_array().cloned().unwrap_or_default());
    let bodies = records.filter_map(|record| json::read(record["body"].as_str()?.as_bytes()));
    bodies.filter(|body| body["lines"].is_array()).collect()
});

/// A problem can be answered as it is: its status is one of these, every text has its facts, every code its words.
pub fn documented(problem: &Problem, statuses: &[u16]) -> Result<(), String> {
    holds(statuses.contains(&problem.status), || format!("status {}", problem.status))?;
    for locale in Locale::ALL {
        let body = problem.body(locale);
        let (text, errors) = (body.to_string(), body["errors"].as_array().map_or(0, Vec::len));
        holds(errors <= ERRORS_MAX && text.len() < 200_000, || format!("an answer of {} bytes", text.len()))?;
        let told =
            |error: &Value| error["message"].as_str().is_some_and(|text| !text.is_empty() && !text.contains('—'));
        let told = body["errors"].as_array().is_none_or(|errors| errors.iter().all(told));
        holds(told && body["detail"].as_str().is_some_and(|text| !text.contains('—')), || {
            format!("a gap in {text}")
        })?;
    }
    Ok(())
}

fn errors(errors: &[FieldError]) -> Result<(), String> {
    if errors.is_empty() { Ok(()) } else { documented(&Problem::fields(errors.to_vec()), &[400, 422]) }
}

fn result<T>(read: Result<T, Problem>) -> Result<(), String> {
    match read {
        Ok(_) => Ok(()),
        Err(problem) => {
            holds(!problem.errors.is_empty(), || "a refusal without a field".to_owned())?;
            documented(&problem, &[400, 422])
        }
    }
}

/// Reads a body as its route does; none for a route that reads it elsewhere.
fn read(route: &str, body: &Value) -> Option<Result<(), String>> {
    let (_, path) = route.split_once(' ')?;
    let read = match path {
        "/v1/applications" => errors(&requests::application(body).errors),
        "/v1/applications/{id}" => result(requests::change(body)),
        "/v1/applications/{id}/interest" => result(requests::interest(body)),
        "/v1/applications/{id}/offers/{offerId}/answer" => result(requests::offer_answer(body)),
        "/v1/applications/{id}/enrolment" => result(requests::enrolment(body)),
        "/v1/applications/{id}/referral/extension" => result(requests::extension(body)),
        "/v1/applications/{id}/contract/signature" => result(requests::signature(body)),
        "/v1/complaints" => errors(&requests::complaint(body).errors),
        "/v1/workplace/complaints/{id}/state" => result(requests::complaint_state(body)),
        "/v1/workplace/applications/{id}/decision" => result(requests::decision(body)),
        "/v1/workplace/applications/{id}/archive" => result(requests::archive(body)),
        "/v1/workplace/organisations/{bin}" => result(requests::organisation(body)),
        "/v1/workplace/referrals/{id}/review" => result(requests::review(body)),
        "/v1/organisations/{bin}/referrals/{id}/documents-decision" => result(requests::documents_decision(body)),
        "/v1/organisations/{bin}/vacancies/{id}/withdrawal" => result(requests::withdrawal_reason(body)),
        "/v1/organisations/{bin}/groups/{group}" => result(requests::group(body)),
        "/v1/invitations" => errors(&requests::invitation(body).form.errors),
        "/v1/invitations/{id}/answer" => errors(&requests::invitation_answer(body).form.errors),
        _ => return None,
    };
    Some(read)
}

/// The body of a request: refused as documented, and judged the same however it is written.
pub fn requests(random: &mut Random) -> Result<(), String> {
    let (route, good) = random.pick(&BODIES);
    let body = mutate::json(random, good);
    let Some(read_once) = read(route, &body) else { return Ok(()) };
    read_once.map_err(|what| format!("{route}: {what}: {body}"))?;
    let pretty = serde_json::to_vec_pretty(&body).map_err(|error| error.to_string())?;
    let again = json::read(&pretty).ok_or_else(|| format!("{body} isn't read again"))?;
    // What JSON can't tell apart, such as 2.0 and 2, is made alike once and for all.
    let twice = serde_json::to_vec(&again).ok().and_then(|text| json::read(&text));
    holds(twice.as_ref() == Some(&again), || format!("{body} is another body when it is written again"))
}

/// The operations whose bodies are fed, and those that the document has: none is passed over.
#[cfg(test)]
pub fn fed() -> (std::collections::BTreeSet<String>, std::collections::BTreeSet<String>) {
    let route = |(method, path): (&str, &str)| format!("{method} {path}");
    let takes = |(method, path): &(&str, &str)| {
        let body = &queue_view::openapi::document()["paths"][path][method.to_lowercase()]["requestBody"];
        body["required"] == true
    };
    let document = queue_view::openapi::operations().into_iter().filter(takes).map(route).collect();
    let elsewhere = ["PUT /v1/workplace/calendar/{year}", "PUT /v1/workplace/policies/{id}"].map(str::to_owned);
    let fed = BODIES.iter().filter(|(route, body)| read(route, body).is_some()).map(|(route, _)| route.clone());
    (fed.chain(elsewhere).collect(), document)
}

/// Bytes that may be JSON.
pub fn raw(random: &mut Random) -> Result<(), String> {
    let (route, good) = random.pick(&BODIES);
    let text = mutate::bytes(random, good.to_string().as_bytes());
    match json::read(&text) {
        Some(body) => read(route, &body).unwrap_or(Ok(())),
        None => Ok(()),
    }
}

fn organisation() -> Organisation {
    Organisation {
        bin: kezek_fixtures::bin(1),
        version: 1,
        name_kk: "Үлгі".to_owned(),
        name_ru: "Пример".to_owned(),
        kind: OrganisationType::Kindergarten,
        settlement: "750000000".parse().unwrap_or_else(|_| unreachable!("a KATO code")),
        languages: "kk".parse().into_iter().chain("ru".parse()).collect(),
        streams: vec![StreamKind::General, StreamKind::Special],
        open: true,
    }
}

/// A bulletin: its frame, and each line, which becomes bounded vacancies or problems that have words.
pub fn bulletins(random: &mut Random) -> Result<(), String> {
    let body = mutate::json(random, random.clone().pick(&BULLETINS));
    let bulletin = match requests::bulletin(&body) {
        Ok(bulletin) => bulletin,
        Err(problem) => return result::<()>(Err(problem)),
    };
    let (organisation, calendar, policies) = (organisation(), Calendar::built_in(), Policies(Vec::new()));
    let now = DateTime::from_timestamp_millis(1_768_194_000_000).unwrap_or_default();
    let world = World { now, policies: &policies, calendar: &calendar };
    for line in &bulletin.lines {
        let line = match requests::bulletin_line(line) {
            Ok(line) => line,
            Err(found) => {
                errors(&found)?;
                continue;
            }
        };
        match take_line(&line, &bulletin.id, bulletin.kind, bulletin.issued_at, &organisation, world) {
            Ok(taken) => {
                let seats = taken.clone().seats(organisation.bin).count();
                let bounded = seats == usize::from(taken.count) && (1..=100).contains(&taken.count);
                holds(bounded && !taken.vacancy.birth_years.is_empty(), || format!("{seats} seats of {line:?}"))?;
            }
            Err(problems) => {
                let worded = |code: &str| code.parse::<LineProblem>().is_ok() || code.parse::<Code>().is_ok();
                let worded = problems.iter().all(|problem| worded(problem.code));
                holds(!problems.is_empty() && worded, || format!("{problems:?}"))?;
            }
        }
    }
    Ok(())
}
