//! For functions that run as processes of their own, under `cargo lambda watch`, on this base: the table, the bus, the registers and
//! the signature service over HTTP, and the file with their settings. Only on this machine, and only where the command line asks for it (`--lambda`).
//! Never here: what a call means (`aws`), or the queues' protocol, which is always served (`aws::sqs_http`).

use std::{
    fs::{OpenOptions, Permissions},
    io::Write,
    os::unix::fs::{OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
    sync::Arc,
};

use axum::{
    Router,
    body::{Bytes, to_bytes},
    extract::{Request, State},
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::post,
};
use document_verification::{RegisterError, StateRegister};
use serde_json::{Value, json};

use crate::{
    aws::{ACCOUNT, REGION, sqs_http},
    deployment::{ALLOCATION, BULLETINS_DEAD, BUS, TABLE},
    keys::{AUDIENCE, ISSUER},
    world::{Error, Local, chain},
};

/// The settings' file in the directory of the base.
const FILE: &str = "lambda.env";
/// Where the simulated registers answer as the real ones' gateway does.
const REGISTER: &str = "/_local/register/benefits";
/// Where the simulated signature service answers as the real one's gateway does.
const SIGNATURE: &str = "/_local/signature/check";
/// DynamoDB takes 16 MiB in a batch.
const MAX_BODY: usize = 16 * 1024 * 1024;
/// Operations after which nothing can follow.
const READS: [&str; 8] = ["BatchGet", "Describe", "GetItem", "GetQueue", "List", "Query", "Receive", "TransactGet"];

pub(crate) fn router() -> Router<Arc<Local>> {
    Router::new()
        .route("/", post(aws))
        .route("/000000000000/{queue}", post(aws))
        .route(REGISTER, post(benefits))
        .route(SIGNATURE, post(signature))
}

/// A call of any client of AWS; what follows from it is done before it answers.
async fn aws(State(local): State<Arc<Local>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let target = parts.headers.get("x-amz-target").and_then(|target| target.to_str().ok()).unwrap_or_default();
    let Ok(body) = to_bytes(body, MAX_BODY).await else { return StatusCode::PAYLOAD_TOO_LARGE.into_response() };
    let reply = {
        let _with_others = local.gate.read().await;
        local.aws().dispatch(target, &body).await
    };
    let operation = target.split_once('.').map_or("", |(_, operation)| operation);
    if !READS.iter().any(|read| operation.starts_with(read))
        && let Err(error) = local.drain().await
    {
        tracing::error!(error = %chain(&error), "what follows from a call could not be done");
    }
    sqs_http::answer(reply)
}

/// `{"iin": …}` → `{"benefits": […]}`, as the gateway to the state registers.
async fn benefits(State(local): State<Arc<Local>>, body: Bytes) -> Response {
    let question: Value = serde_json::from_slice(&body).unwrap_or_default();
    let Some(iin) = question["iin"].as_str() else { return StatusCode::BAD_REQUEST.into_response() };
    match local.register.benefits(iin).await {
        Ok(benefits) => axum::Json(json!({"benefits": benefits})).into_response(),
        Err(RegisterError::Contradictory) => StatusCode::CONFLICT.into_response(),
        Err(_) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}

/// A question about a signature → `{"accepted": …}`, as the gateway to the signature service.
async fn signature(State(local): State<Arc<Local>>, body: Bytes) -> Response {
    let question: Value = serde_json::from_slice(&body).unwrap_or_default();
    match local.signatures.answer(&question) {
        Some(Ok(accepted)) => axum::Json(json!({"accepted": accepted})).into_response(),
        Some(Err(_)) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
        None => StatusCode::BAD_REQUEST.into_response(),
    }
}

/// Writes the settings with which functions work on this base, for the owner's eyes only: keys are among them.
///
/// # Errors
/// The file can't be written, or the base's keys can't be handed over as text.
pub fn write_settings(local: &Local, directory: &Path) -> Result<PathBuf, Error> {
    let path = directory.join(FILE);
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&path)?;
    // The mode above is that of a new file only.
    file.set_permissions(Permissions::from_mode(0o600))?;
    let url = local.base_url();
    let queue = format!("{url}/{ACCOUNT}/{ALLOCATION}");
    let dead = format!("{url}/{ACCOUNT}/{BULLETINS_DEAD}");
    let register = format!("{url}{REGISTER}");
    let signature = format!("{url}{SIGNATURE}");
    let known = [
        ("AWS_ENDPOINT_URL", url),
        ("AWS_REGION", REGION),
        ("AWS_ACCESS_KEY_ID", "local"),
        ("AWS_SECRET_ACCESS_KEY", "local"),
        ("TABLE_NAME", TABLE),
        ("EVENT_BUS_NAME", BUS),
        ("ALLOCATION_QUEUE_URL", queue.as_str()),
        ("BULLETINS_DEAD_URL", dead.as_str()),
        ("REGISTER_URL", register.as_str()),
        ("SIGNATURE_URL", signature.as_str()),
        ("TOKEN_ISSUER", ISSUER),
        ("TOKEN_AUDIENCE", AUDIENCE),
    ];
    let known = known.map(|(name, value)| (name, value.to_owned()));
    for (name, value) in known.into_iter().chain(local.keys.settings()?) {
        // Quoted, because one of them is JSON; none holds a quote of this kind.
        writeln!(file, "{name}='{value}'")?;
    }
    Ok(path)
}

#[cfg(test)]
mod tests {
    use kezek_shell::{keys::Keys, versions::Versions};

    use kezek_rules::ids::ApplicationId;

    use super::*;
    use crate::{Options, register::Told, signature::Mode as SignatureMode};

    /// A setting as the file has it.
    fn setting(file: &str, name: &str) -> String {
        let line = file.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix("='")?.strip_suffix('\''));
        line.unwrap_or_else(|| panic!("no {name}")).to_owned()
    }

    async fn open(name: &str) -> (Arc<Local>, PathBuf) {
        let directory = std::env::temp_dir().join(format!("kezek-lambda-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&directory);
        let options = Options { data: Some(directory.clone()), ..Options::default() };
        (Local::open(options).await.expect("a base"), directory)
    }

    #[tokio::test]
    async fn functions_are_told_the_keys_of_the_base_and_nobody_else_is() {
        let (local, directory) = open("settings").await;
        for _ in 0..2 {
            let path = write_settings(&local, &directory).expect("written");
            let mode = std::fs::metadata(&path).expect("there").permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
            let file = std::fs::read_to_string(&path).expect("text");
            let keys = Keys::of(Versions::parse(&setting(&file, "PERSON_KEYS")).expect("versions"));
            assert_eq!(keys.person("000000000010"), local.keys.person.person("000000000010"), "the same ids");
            let jwks: Value = serde_json::from_str(&setting(&file, "JWKS")).expect("JSON");
            assert_eq!(jwks["keys"].as_array().map(Vec::len), Some(1));
            std::fs::set_permissions(&path, Permissions::from_mode(0o644)).expect("changed");
        }
        let _ = std::fs::remove_dir_all(directory);
    }

    #[tokio::test]
    async fn table_bus_queues_and_registers_answer() {
        let (local, directory) = open("calls").await;
        let call = async |target: &str, body: Value| {
            let request = Request::builder().header("x-amz-target", target).body(body.to_string().into());
            aws(State(Arc::clone(&local)), request.expect("a request")).await.status()
        };
        let key = json!({"TableName": TABLE, "Key": {"pk": {"S": "A#1"}, "sk": {"S": "A"}}});
        assert_eq!(call("DynamoDB_20120810.GetItem", key).await, 200);
        assert_eq!(call("DynamoDB_20120810.Scan", json!({"TableName": TABLE})).await, 400, "nobody may Scan");
        assert_eq!(call("AWSEvents.PutEvents", json!({"Entries": []})).await, 400, "an empty batch is none");
        let url = format!("{}/{ACCOUNT}/{ALLOCATION}", local.base_url());
        let queue = json!({"QueueUrl": url, "AttributeNames": ["All"]});
        assert_eq!(call("AmazonSQS.GetQueueAttributes", queue).await, 200);

        let ask = async || {
            let question = json!({"iin": "000000000020"}).to_string();
            benefits(State(Arc::clone(&local)), Bytes::from(question)).await.status()
        };
        for (mode, status) in [("ok", 200), ("down", 503), ("contradictory", 409)] {
            let told: Told = serde_json::from_value(json!({"mode": mode})).expect("told");
            local.register.tell(&told).expect("the registers listen");
            assert_eq!(ask().await, status, "{mode}");
        }

        let contract = json!({"formedAt": 1_768_194_000_007_i64});
        let application: ApplicationId = "01".repeat(16).parse().expect("an id");
        let code = local.signatures().code(application, 1_768_194_000_007);
        let check = async |proof: &str| {
            let asked = json!({"application": application, "contract": contract, "means": "sms-code", "proof": proof});
            let answer = signature(State(Arc::clone(&local)), Bytes::from(asked.to_string())).await;
            let status = answer.status();
            let body = to_bytes(answer.into_body(), MAX_BODY).await.expect("a body");
            (status.as_u16(), serde_json::from_slice::<Value>(&body).unwrap_or_default()["accepted"].as_bool())
        };
        assert_eq!(check(&code).await, (200, Some(true)));
        assert_eq!(check("no code").await, (200, Some(false)));
        local.signatures().tell(SignatureMode::Down).expect("told");
        assert_eq!(check(&code).await, (503, None));
        let nothing = signature(State(Arc::clone(&local)), Bytes::from("{}")).await;
        assert_eq!(nothing.status(), 400);
        let _ = std::fs::remove_dir_all(directory);
    }
}
