//! API Gateway's part: a request becomes an event of payload format 2.0 for the function that has its route, and the
//! function's answer a response. Never here: sockets (`server`), or what the functions do.

use std::collections::BTreeMap;

use axum::{extract::Query, http::Uri};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use chrono::{DateTime, Utc};
use kezek_shell::route::Route;
use serde_json::{Value, json};

use crate::functions::Function;

/// The largest body that the gateway passes on.
pub const BODY_MAX: usize = 10 * 1024 * 1024;

/// A request as it came.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// The method.
    pub method: String,
    /// The path, without the query.
    pub path: String,
    /// The query, as it came.
    pub query: String,
    /// The headers, in any case.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
    /// Who sent it.
    pub source: Option<String>,
}

impl Request {
    /// A request without headers and body; the path may carry a query.
    #[must_use]
    pub fn new(method: &str, path: &str) -> Self {
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        Self { method: method.to_owned(), path: path.to_owned(), query: query.to_owned(), ..Self::default() }
    }

    /// The same with a header.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The same with a bearer token.
    #[must_use]
    pub fn bearer(self, token: &str) -> Self {
        self.header("authorization", &format!("Bearer {token}"))
    }

    /// The same with a JSON body.
    #[must_use]
    pub fn json(mut self, body: &Value) -> Self {
        self.body = body.to_string().into_bytes();
        self.header("content-type", "application/json")
    }
}

/// A response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Response {
    /// The gateway's own answer.
    #[must_use]
    pub fn message(status: u16, message: &str) -> Self {
        let headers = vec![("content-type".to_owned(), "application/json".to_owned())];
        Self { status, headers, body: json!({"message": message}).to_string().into_bytes() }
    }

    /// A header.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// The body as JSON; null if it is none.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// From a function's answer; none if it is no answer.
    #[must_use]
    pub fn from_answer(answer: &Value) -> Option<Self> {
        let status = u16::try_from(answer.get("statusCode")?.as_u64()?).ok()?;
        let text = answer.get("body").and_then(Value::as_str).unwrap_or_default();
        let encoded = answer.get("isBase64Encoded").and_then(Value::as_bool).unwrap_or(false);
        let body = if encoded { STANDARD.decode(text).ok()? } else { text.as_bytes().to_vec() };
        let mut headers = Vec::new();
        for (name, value) in answer.get("headers").and_then(Value::as_object).into_iter().flatten() {
            headers.push((name.clone(), value.as_str().map_or_else(|| value.to_string(), str::to_owned)));
        }
        for (name, values) in answer.get("multiValueHeaders").and_then(Value::as_object).into_iter().flatten() {
            let values = values.as_array().into_iter().flatten().filter_map(Value::as_str);
            headers.extend(values.map(|value| (name.clone(), value.to_owned())));
        }
        let cookies = answer.get("cookies").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
        headers.extend(cookies.map(|cookie| ("set-cookie".to_owned(), cookie.to_owned())));
        Some(Self { status, headers, body })
    }
}

/// What a request is for.
#[derive(Debug, Clone)]
pub struct Target {
    /// The function that serves it.
    pub function: Function,
    /// By which of its routes.
    pub route: Route,
    /// The parameters of its path, as they came.
    pub parameters: Vec<(&'static str, String)>,
}

/// Which function serves a request; none if no route leads anywhere.
#[must_use]
pub fn find(method: &str, path: &str) -> Option<Target> {
    Function::ALL.into_iter().find_map(|function| {
        let found = |route: &Route| Some(Target { function, route: *route, parameters: route.matches(method, path)? });
        function.routes().iter().find_map(found)
    })
}

/// The event for a request, at an instant.
#[must_use]
pub fn event(request: &Request, route: &Route, parameters: &[(&'static str, String)], now: DateTime<Utc>) -> Value {
    let key = format!("{} {}", route.method, route.path);
    let headers = joined(request.headers.iter().map(|(name, value)| (name.to_ascii_lowercase(), value.clone())));
    let agent = headers.get("user-agent").cloned().unwrap_or_default();
    let host = headers.get("host").cloned().unwrap_or_else(|| "localhost".to_owned());
    let mut event = json!({
        "version": "2.0",
        "routeKey": key,
        "rawPath": request.path,
        "rawQueryString": request.query,
        "headers": headers,
        "requestContext": {
            "accountId": crate::aws::ACCOUNT,
            "apiId": "local",
            "domainName": host,
            "domainPrefix": "local",
            "http": {
                "method": request.method,
                "path": request.path,
                "protocol": "HTTP/1.1",
                "sourceIp": request.source.as_deref().unwrap_or("127.0.0.1"),
                "userAgent": agent,
            },
            "requestId": format!("local-{}", now.timestamp_millis()),
            "routeKey": key,
            "stage": "$default",
            "time": now.format("%d/%b/%Y:%H:%M:%S +0000").to_string(),
            "timeEpoch": now.timestamp_millis(),
        },
        "isBase64Encoded": false,
    });
    let query = joined(pairs(&request.query));
    if !query.is_empty() {
        event["queryStringParameters"] = json!(query);
    }
    if !parameters.is_empty() {
        let decoded = parameters.iter().map(|(name, value)| ((*name).to_owned(), decoded(value)));
        event["pathParameters"] = json!(decoded.collect::<BTreeMap<_, _>>());
    }
    if !request.body.is_empty() {
        match std::str::from_utf8(&request.body) {
            Ok(text) => event["body"] = json!(text),
            Err(_) => {
                event["body"] = json!(STANDARD.encode(&request.body));
                event["isBase64Encoded"] = json!(true);
            }
        }
    }
    event
}

/// What is named twice is joined with a comma, as in payload format 2.0.
fn joined(pairs: impl IntoIterator<Item = (String, String)>) -> BTreeMap<String, String> {
    let mut all: BTreeMap<String, String> = BTreeMap::new();
    for (name, value) in pairs {
        all.entry(name)
            .and_modify(|known| {
                known.push(',');
                known.push_str(&value);
            })
            .or_insert(value);
    }
    all
}

/// The members of a query, decoded.
pub(crate) fn pairs(query: &str) -> Vec<(String, String)> {
    let uri = Uri::builder().path_and_query(format!("/?{query}")).build();
    let read = uri.ok().and_then(|uri| Query::<Vec<(String, String)>>::try_from_uri(&uri).ok());
    read.map(|Query(pairs)| pairs).unwrap_or_default()
}

fn decoded(segment: &str) -> String {
    let read = pairs(&format!("v={}", segment.replace('+', "%2B").replace('&', "%26")));
    read.into_iter().next().map_or_else(|| segment.to_owned(), |(_, value)| value)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROUTE: Route = Route { method: "GET", path: "/v1/things/{id}", scopes: &[] };

    fn made(request: &Request) -> Value {
        let parameters = ROUTE.matches("GET", &request.path).expect("its path");
        event(request, &ROUTE, &parameters, DateTime::from_timestamp_millis(1_768_194_000_007).expect("an instant"))
    }

    #[test]
    fn a_request_becomes_an_event_of_format_two() {
        let request = Request::new("GET", "/v1/things/a%20b?x=1&x=2&y=%D2%9B+z")
            .header("Accept-Language", "kk")
            .header("X-Twice", "1")
            .header("x-twice", "2");
        let event = made(&request);
        assert_eq!(event["routeKey"], "GET /v1/things/{id}");
        assert_eq!(event["rawPath"], "/v1/things/a%20b");
        assert_eq!(event["rawQueryString"], "x=1&x=2&y=%D2%9B+z");
        assert_eq!(event["queryStringParameters"], json!({"x": "1,2", "y": "қ z"}));
        assert_eq!(event["pathParameters"], json!({"id": "a b"}));
        assert_eq!(event["headers"], json!({"accept-language": "kk", "x-twice": "1,2"}));
        assert_eq!(event["requestContext"]["timeEpoch"], 1_768_194_000_007_i64);
        assert_eq!(event["requestContext"]["http"]["method"], "GET");
        assert!(event.get("body").is_none());
    }

    #[test]
    fn a_body_that_is_no_text_travels_in_base64() {
        let mut request = Request::new("GET", "/v1/things/1");
        request.body = vec![0xff, 0x00];
        let event = made(&request);
        assert_eq!((&event["body"], &event["isBase64Encoded"]), (&json!("/wA="), &json!(true)));
        request.body = "қ".as_bytes().to_vec();
        let event = made(&request);
        assert_eq!((&event["body"], &event["isBase64Encoded"]), (&json!("қ"), &json!(false)));
    }

    #[test]
    fn an_answer_becomes_a_response() {
        let answer = json!({"statusCode": 201, "headers": {"location": "/v1/things/1"}, "multiValueHeaders": {}, "body": "{\"a\":1}",
                            "isBase64Encoded": false, "cookies": []});
        let response = Response::from_answer(&answer).expect("an answer");
        assert_eq!((response.status, response.header("Location")), (201, Some("/v1/things/1")));
        assert_eq!(response.json(), json!({"a": 1}));
        assert!(Response::from_answer(&json!({"batchItemFailures": []})).is_none());
    }
}
