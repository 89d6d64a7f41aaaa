//! The examples of request bodies: those of the events that the functions are tried with. Never here: a body of its own.

use serde_json::{Map, Value, json};

/// Events of HTTP requests with a body, by their case.
const EVENTS: [(&str, &str); 25] = [
    ("answer", include_str!("../../../../events/allocation/answer.json")),
    ("answer-invitation", include_str!("../../../../events/application-intake/answer-invitation.json")),
    ("change", include_str!("../../../../events/application-intake/change.json")),
    ("interest", include_str!("../../../../events/application-intake/interest.json")),
    ("invite", include_str!("../../../../events/application-intake/invite.json")),
    ("single-application", include_str!("../../../../events/application-intake/single-application.json")),
    ("submit-first-priority", include_str!("../../../../events/application-intake/submit-first-priority.json")),
    ("submit-out-of-turn", include_str!("../../../../events/application-intake/submit-out-of-turn.json")),
    ("submit", include_str!("../../../../events/application-intake/submit.json")),
    ("file", include_str!("../../../../events/complaint-handling/file.json")),
    ("state", include_str!("../../../../events/complaint-handling/state.json")),
    ("archive", include_str!("../../../../events/document-verification/archive.json")),
    ("decision", include_str!("../../../../events/document-verification/decision.json")),
    ("confirm-documents", include_str!("../../../../events/enrolment/confirm-documents.json")),
    ("extend-referral", include_str!("../../../../events/enrolment/extend-referral.json")),
    ("hand-in", include_str!("../../../../events/enrolment/hand-in.json")),
    ("refuse-enrolment", include_str!("../../../../events/enrolment/refuse-enrolment.json")),
    ("review", include_str!("../../../../events/enrolment/review.json")),
    ("sign", include_str!("../../../../events/enrolment/sign.json")),
    ("calendar", include_str!("../../../../events/registry/calendar.json")),
    ("organisation", include_str!("../../../../events/registry/organisation.json")),
    ("policy", include_str!("../../../../events/registry/policy.json")),
    ("second-organisation", include_str!("../../../../events/registry/second-organisation.json")),
    ("group", include_str!("../../../../events/vacancy-ingestion/group.json")),
    ("withdraw-vacancy", include_str!("../../../../events/vacancy-ingestion/withdraw-vacancy.json")),
];

/// The examples of an operation, by name.
pub fn of(method: &str, path: &str) -> Map<String, Value> {
    let key = format!("{method} {path}");
    let body = |(name, text): &(&str, &str)| {
        let event: Value = serde_json::from_str(text).ok().filter(|event: &Value| event["routeKey"] == key.as_str())?;
        let body: Value = serde_json::from_str(event["body"].as_str()?).ok()?;
        Some(((*name).to_owned(), json!({"value": body})))
    };
    EVENTS.iter().filter_map(body).collect()
}
