//! The queues for other processes: SQS's JSON protocol on `POST /` and `POST /000000000000/{queue}`.
//! Never here: the table or the bus (what isn't an SQS call is refused), or signature checks (there is no account).

use std::sync::Arc;

use axum::{
    body::{Body, to_bytes},
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header::CONTENT_TYPE},
    response::{IntoResponse, Response},
};

use super::{Aws, Reply, fault::Fault};

/// A 1 MiB message may double in size when its text is escaped.
const MAX_BODY: usize = 2 * 1024 * 1024;

/// One request of an SQS client. Mount it on `POST /` and `POST /000000000000/{queue}`.
pub async fn serve(State(aws): State<Arc<Aws>>, request: Request<Body>) -> Response {
    let (parts, body) = request.into_parts();
    let Some(operation) = sqs_operation(&parts.headers) else {
        let fault = Fault::new("UnknownOperationException", "UnknownOperationException", "Only SQS is served here.");
        return answer(fault.with_status(404).into_reply());
    };
    match to_bytes(body, MAX_BODY).await {
        Ok(body) => answer(aws.sqs_call(&operation, &body)),
        Err(_) => {
            let fault = Fault::value(
                "One or more parameters are invalid. Reason: The request is too long, at most 2097152 bytes.",
            );
            answer(fault.with_status(413).into_reply())
        }
    }
}

fn sqs_operation(headers: &HeaderMap) -> Option<String> {
    headers.get("x-amz-target")?.to_str().ok()?.strip_prefix("AmazonSQS.").map(str::to_owned)
}

/// A reply as an HTTP response.
pub(crate) fn answer(reply: Reply) -> Response {
    let status = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = (status, reply.body).into_response();
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/x-amz-json-1.0"));
    if let Some(code) = reply.query_error.and_then(|code| HeaderValue::from_str(&code).ok()) {
        response.headers_mut().insert("x-amzn-query-error", code);
    }
    response
}
