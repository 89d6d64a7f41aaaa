//! The stack's port: the HTTP API, the queues' protocol and the local paths, on 127.0.0.1 only; and the running clock's ticks.
//! Never here: what is behind a path.

use std::{
    future::Future,
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::{ConnectInfo, Request, State},
    http::{HeaderName, HeaderValue, StatusCode},
    response::{IntoResponse, Response},
    routing::post,
};
use chrono::TimeDelta;
use tokio::net::TcpListener;

use crate::{
    aws::sqs_http,
    endpoints,
    gateway::{self, BODY_MAX},
    lambda,
    world::{Local, chain},
};

/// How long an ending stack waits for the requests that are under way.
const PATIENCE: Duration = Duration::from_secs(3);
/// How often a running clock looks whether a minute has begun.
const LOOK: Duration = Duration::from_millis(500);

/// Takes the port; 0 takes any.
///
/// # Errors
/// The port is taken.
pub async fn bind(port: u16) -> std::io::Result<TcpListener> {
    TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port))).await
}

/// What is served besides the API, the queues and the local paths.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Beside {
    /// Nothing.
    Nothing,
    /// The table, the bus and the registers, for functions in processes of their own.
    Lambda,
}

/// Serves until `end`, then lets what is under way come to its end.
///
/// # Errors
/// The socket failed.
pub async fn serve(
    local: Arc<Local>,
    listener: TcpListener,
    beside: Beside,
    end: impl Future<Output = ()> + Send,
) -> std::io::Result<()> {
    let (tell, told) = tokio::sync::watch::channel(false);
    let app = router(Arc::clone(&local), beside).into_make_service_with_connect_info::<SocketAddr>();
    let mut stop = told.clone();
    let served = axum::serve(listener, app).with_graceful_shutdown(async move {
        let _ = stop.wait_for(|ended| *ended).await;
    });
    let ticks = tokio::spawn(tick(Arc::clone(&local)));
    let ending = async {
        end.await;
        let _ = tell.send(true);
        let mut patience = tokio::time::interval(PATIENCE);
        patience.tick().await;
        patience.tick().await;
    };
    let result = tokio::select! {
        result = served => result,
        () = ending => Ok(()),
    };
    ticks.abort();
    if let Err(error) = local.close() {
        tracing::error!(error = %chain(&error), "the clock could not be kept");
    }
    result
}

/// With a running clock the schedules tick by themselves.
async fn tick(local: Arc<Local>) {
    if local.stands_still() {
        return;
    }
    let mut look = tokio::time::interval(LOOK);
    look.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        look.tick().await;
        let minute = |at: chrono::DateTime<chrono::Utc>| at.timestamp().div_euclid(TimeDelta::minutes(1).num_seconds());
        let moved =
            if minute(local.now()) > minute(local.ticked()) { local.catch_up().await } else { local.drain().await };
        if let Err(error) = moved {
            tracing::error!(error = %chain(&error), "the stack could not be moved on");
        }
    }
}

fn router(local: Arc<Local>, beside: Beside) -> Router {
    let calls = match beside {
        Beside::Nothing => Router::new().route("/", post(queue)).route("/000000000000/{queue}", post(queue)),
        Beside::Lambda => lambda::router(),
    };
    endpoints::router().merge(calls).fallback(api).with_state(local)
}

/// A call of an SQS client; what follows from a message is done before it answers.
async fn queue(State(local): State<Arc<Local>>, request: Request) -> Response {
    let target = request.headers().get("x-amz-target").and_then(|target| target.to_str().ok());
    let sends = target.is_some_and(|target| target.starts_with("AmazonSQS.SendMessage"));
    let response = {
        let _with_others = local.gate.read().await;
        sqs_http::serve(State(Arc::clone(local.aws())), request).await
    };
    if sends && let Err(error) = local.drain().await {
        tracing::error!(error = %chain(&error), "what follows from a message could not be done");
    }
    response
}

async fn api(
    State(local): State<Arc<Local>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, BODY_MAX).await else {
        return response(gateway::Response::message(413, "Request Entity Too Large"));
    };
    let headers = parts.headers.iter();
    let headers =
        headers.map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned()));
    let request = gateway::Request {
        method: parts.method.to_string(),
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().unwrap_or_default().to_owned(),
        headers: headers.collect(),
        body: body.to_vec(),
        source: Some(peer.ip().to_string()),
    };
    // A client that goes away doesn't cut short what it has begun.
    match tokio::spawn(async move { local.request(request).await }).await {
        Ok(answer) => response(answer),
        Err(_) => response(gateway::Response::message(500, "Internal Server Error")),
    }
}

fn response(answer: gateway::Response) -> Response {
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::BAD_GATEWAY);
    let mut response = (status, Body::from(answer.body)).into_response();
    response.headers_mut().remove("content-type");
    for (name, value) in answer.headers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            response.headers_mut().append(name, value);
        }
    }
    response
}
