//! The paths under `/_local`: tokens, the clock, notices, events, bulletins, registers, signatures, reset, seed. Only on this machine, and
//! without a token. Never here: how any of it is done (`world`, `travel`).

use std::sync::Arc;

use axum::{
    Router,
    body::Bytes,
    extract::{DefaultBodyLimit, RawQuery, State},
    http::{HeaderValue, StatusCode, header::CONTENT_TYPE},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use chrono::{DateTime, Utc};
use kezek_store::Subject;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::{
    city,
    demo::play::Error as PlayError,
    duration::IsoDuration,
    gateway,
    keys::TokenRequest,
    register::Told,
    signature::Told as SignatureTold,
    world::{Error, Local, chain, text},
};

/// SQS's own limit for a message.
const MESSAGE_MAX: usize = 1_048_576;

pub(crate) fn router() -> Router<Arc<Local>> {
    Router::new()
        .route("/_local/token", post(token))
        .route("/_local/clock", get(clock).post(move_clock))
        .route("/_local/notices", get(notices))
        .route("/_local/events", get(events))
        .route("/_local/bulletins", post(bulletins).layer(DefaultBodyLimit::max(2 * MESSAGE_MAX)))
        .route("/_local/register", get(registers).post(tell_register))
        .route("/_local/signature", get(signature).post(tell_signature))
        .route("/_local/reset", post(reset))
        .route("/_local/seed", post(seed))
}

/// What an endpoint answers when it doesn't do what it was asked.
struct Refused(StatusCode, String);

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let title = self.0.canonical_reason().unwrap_or_default();
        let body = json!({"type": "about:blank", "title": title, "status": self.0.as_u16(), "detail": self.1});
        let kind = HeaderValue::from_static("application/problem+json");
        (self.0, [(CONTENT_TYPE, kind)], body.to_string()).into_response()
    }
}

impl From<Error> for Refused {
    fn from(error: Error) -> Self {
        match error {
            Error::Past { .. } => Self(StatusCode::UNPROCESSABLE_ENTITY, error.to_string()),
            Error::Token(problem) => bad(problem),
            error => {
                tracing::error!(error = %chain(&error), "a local endpoint failed");
                Self(StatusCode::INTERNAL_SERVER_ERROR, chain(&error))
            }
        }
    }
}

fn bad(problem: impl Into<String>) -> Refused {
    Refused(StatusCode::BAD_REQUEST, problem.into())
}

type Answer = Result<Response, Refused>;

fn answer(status: StatusCode, body: &Value) -> Answer {
    Ok((status, [(CONTENT_TYPE, HeaderValue::from_static("application/json"))], body.to_string()).into_response())
}

fn parsed<T: DeserializeOwned>(body: &[u8], form: &str) -> Result<T, Refused> {
    serde_json::from_slice(body).map_err(|error| bad(format!("the body is JSON like {form}: {error}")))
}

/// A notice as `GET /_local/notices` shows it.
fn notice_json(notice: &kezek_store::NoticeRecord) -> Value {
    json!({
        "kind": notice.kind, "at": text(notice.at), "smsAt": text(notice.sms_at), "channels": ["cabinet", "sms"],
        "texts": {"kk": notice.kk, "ru": notice.ru, "en": notice.en},
    })
}

async fn token(State(local): State<Arc<Local>>, body: Bytes) -> Answer {
    let request: TokenRequest =
        parsed(&body, r#"{"scope":"applicant|officer|organisation|state-system","iin"?,"sub"?,"bin"?,"territory"?}"#)?;
    answer(StatusCode::OK, &json!({"token": local.token(&request)?}))
}

async fn clock(State(local): State<Arc<Local>>) -> Answer {
    answer(StatusCode::OK, &json!({"now": text(local.now())}))
}

async fn move_clock(State(local): State<Arc<Local>>, body: Bytes) -> Answer {
    const FORM: &str = r#"{"to":"2026-01-12T05:00:00.000Z"} or {"advance":"P2DT1H"}"#;
    let request: Value = parsed(&body, FORM)?;
    let member = |name: &str| request.get(name).and_then(Value::as_str);
    let known = request.as_object().is_some_and(|members| members.len() == 1);
    let to = match (known, member("to"), member("advance")) {
        (true, Some(to), None) => {
            let to: DateTime<Utc> = to.parse().map_err(|_| bad(format!("\"to\" is an instant: {FORM}")))?;
            // Instants are whole milliseconds (`C1`).
            DateTime::from_timestamp_millis(to.timestamp_millis())
        }
        (true, None, Some(advance)) => {
            let advance: IsoDuration = advance.parse().map_err(|error| bad(format!("\"advance\": {error}")))?;
            advance.after(local.now())
        }
        _ => return Err(bad(format!("the body is {FORM}"))),
    };
    let far = |to: &DateTime<Utc>| *to < DateTime::<Utc>::MIN_UTC || to.format("%Y").to_string().len() > 4;
    let to = to.filter(|to| !far(to)).ok_or_else(|| bad("no clock shows that instant"))?;
    answer(StatusCode::OK, &json!({"now": text(local.travel(to).await?)}))
}

fn query(query: Option<String>, name: &str) -> Option<String> {
    let pairs = gateway::pairs(&query.unwrap_or_default());
    pairs.into_iter().find(|(known, _)| known == name).map(|(_, value)| value)
}

async fn notices(State(local): State<Arc<Local>>, RawQuery(raw): RawQuery) -> Answer {
    let named = |name: &str| query(raw.clone(), name).filter(|id| !id.is_empty());
    // What can't be parsed names nothing that exists.
    let about = match (named("application"), named("complaint"), named("invitation")) {
        (Some(id), None, None) => id.parse().map(Subject::Application).ok(),
        (None, Some(id), None) => id.parse().map(Subject::Complaint).ok(),
        (None, None, Some(id)) => id.parse().map(Subject::Invitation).ok(),
        _ => return Err(bad("the query names one thing: ?application=<id>, ?complaint=<id> or ?invitation=<id>")),
    };
    let notices = match about {
        Some(about) => local.notices_about(about).await?,
        None => Vec::new(),
    };
    answer(StatusCode::OK, &notices.iter().map(notice_json).collect())
}

async fn events(State(local): State<Arc<Local>>, RawQuery(raw): RawQuery) -> Answer {
    let number = |name: &str| {
        let value = query(raw.clone(), name).map(|value| value.parse::<u64>());
        value.transpose().map_err(|_| bad(format!("\"{name}\" is a number")))
    };
    let limit = number("limit")?.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(usize::MAX >> 1);
    let after = number("after")?.unwrap_or(0);
    let events = local.events(limit, after)?;
    let last = events.last().map_or(after, |event| event.position);
    let mut response = answer(StatusCode::OK, &events.into_iter().map(|event| event.detail).collect())?;
    // Where the next page begins: `?after=`.
    response.headers_mut().insert("x-last-position", HeaderValue::from(last));
    Ok(response)
}

async fn bulletins(State(local): State<Arc<Local>>, body: Bytes) -> Answer {
    let text = std::str::from_utf8(&body).ok().filter(|text| !text.is_empty());
    let text = text.ok_or_else(|| bad("a message is text, at least one character"))?;
    if text.len() > MESSAGE_MAX {
        return Err(Refused(StatusCode::PAYLOAD_TOO_LARGE, format!("a message has at most {MESSAGE_MAX} bytes")));
    }
    answer(StatusCode::ACCEPTED, &json!({"messageId": local.bulletin(text).await?}))
}

async fn registers(State(local): State<Arc<Local>>) -> Answer {
    answer(StatusCode::OK, &json!(local.registers()?))
}

async fn tell_register(State(local): State<Arc<Local>>, body: Bytes) -> Answer {
    let told: Told = parsed(&body, r#"{"iin":"<child>","benefits":[10],"mode":"ok|slow|down|contradictory"}"#)?;
    if told.iin.is_none() && told.benefits.as_ref().is_some_and(|benefits| !benefits.is_empty()) {
        return Err(bad("benefits are those of a child: name its \"iin\""));
    }
    if told.benefits.iter().flatten().any(|category| !(1..=13).contains(category)) {
        return Err(bad("a benefit is a category from 1 to 13"));
    }
    answer(StatusCode::OK, &json!(local.tell_register(&told).await?))
}

async fn signature(State(local): State<Arc<Local>>, RawQuery(raw): RawQuery) -> Answer {
    let mode = local.signatures.mode()?;
    let Some(application) = query(raw, "application") else { return answer(StatusCode::OK, &json!({"mode": mode})) };
    let code = match application.parse() {
        Ok(id) => local.signature_code(id).await?,
        Err(_) => None,
    };
    answer(StatusCode::OK, &json!({"mode": mode, "application": application, "code": code}))
}

async fn tell_signature(State(local): State<Arc<Local>>, body: Bytes) -> Answer {
    let told: SignatureTold = parsed(&body, r#"{"mode":"ok|down|reject"}"#)?;
    local.signatures.tell(told.mode)?;
    answer(StatusCode::OK, &json!({"mode": told.mode}))
}

async fn reset(State(local): State<Arc<Local>>) -> Answer {
    local.reset().await?;
    answer(StatusCode::OK, &json!({"now": text(local.now())}))
}

async fn seed(State(local): State<Arc<Local>>, body: Bytes) -> Answer {
    const FORM: &str = r#"{"city"?:"a town's name","families"?:2000}"#;
    let request: Value = if body.is_empty() { json!({}) } else { parsed(&body, FORM)? };
    let families = request.get("families").map(|n| n.as_u64().and_then(|n| usize::try_from(n).ok()));
    let families = families.map(|n| n.filter(|n| (1..=20_000).contains(n)).ok_or_else(|| bad(FORM))).transpose()?;
    match city::seed::seed(&local, request.get("city").and_then(Value::as_str), families).await {
        Ok(summary) => answer(StatusCode::OK, &summary),
        Err(PlayError::World(error)) => Err(error.into()),
        Err(error) => Err(Refused(StatusCode::CONFLICT, error.to_string())),
    }
}
