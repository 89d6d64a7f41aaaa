//! SQS's JSON protocol: requests read and checked, answers and errors in SQS's words.
//! Never here: how a queue keeps its messages (`sqs`), or transport.

use std::collections::{BTreeMap, HashSet};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use md5::{Digest, Md5};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{
    ACCOUNT, Aws, Reply,
    fault::Fault,
    sqs::{Message, QueueSpec},
    sqs_rows::{NewMessage, accept},
    stream::queue_arn,
};

/// SQS's limit for a message, and for a whole batch: 1 MiB.
const MAX_BYTES: usize = 1_048_576;
const MAX_BATCH: usize = 10;
const MAX_DELAY_SECONDS: u64 = 900;
const MAX_VISIBILITY_SECONDS: u64 = 43_200;

#[derive(Deserialize, Default)]
#[serde(rename_all = "PascalCase", default)]
struct SendRequest {
    message_body: Option<String>,
    delay_seconds: Option<u64>,
    message_attributes: Option<Value>,
    message_group_id: Option<String>,
    message_deduplication_id: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "PascalCase", default)]
struct ReceiveRequest {
    max_number_of_messages: Option<u64>,
    visibility_timeout: Option<u64>,
    wait_time_seconds: Option<u64>,
    attribute_names: Vec<String>,
    message_system_attribute_names: Vec<String>,
    message_attribute_names: Vec<String>,
}

impl Aws {
    /// One SQS operation: request body to reply.
    #[must_use]
    pub fn sqs_call(&self, operation: &str, body: &[u8]) -> Reply {
        match self.sqs_operation(operation, body) {
            Ok(answer) => Reply { status: 200, query_error: None, body: answer.to_string().into_bytes() },
            Err(fault) => fault.into_reply(),
        }
    }

    fn sqs_operation(&self, operation: &str, body: &[u8]) -> Result<Value, Fault> {
        let request: Value = serde_json::from_slice(if body.is_empty() { b"{}" } else { body })
            .map_err(|_| Fault::new("SerializationException", "SerializationException", "The request is not JSON."))?;
        match operation {
            "SendMessage" => self.send_message(self.addressed(&request)?, request),
            "SendMessageBatch" => self.send_batch(self.addressed(&request)?, &request),
            "ReceiveMessage" => self.receive_message(self.addressed(&request)?, request),
            "DeleteMessage" => {
                self.drop_received(self.addressed(&request)?, text(&request, "ReceiptHandle")?)?;
                Ok(json!({}))
            }
            "DeleteMessageBatch" => self.delete_batch(self.addressed(&request)?, &request),
            "ChangeMessageVisibility" => {
                let seconds = request.get("VisibilityTimeout").ok_or_else(|| Fault::missing("VisibilityTimeout"))?;
                let seconds = within("VisibilityTimeout", seconds.as_u64(), 0, MAX_VISIBILITY_SECONDS)?;
                self.change_visibility(self.addressed(&request)?, text(&request, "ReceiptHandle")?, seconds)?;
                Ok(json!({}))
            }
            "GetQueueUrl" => {
                let spec = self.existing(text(&request, "QueueName")?)?;
                Ok(json!({"QueueUrl": self.queue_url(&spec.name)}))
            }
            "GetQueueAttributes" => self.queue_attributes(self.addressed(&request)?, &request),
            "ListQueues" => {
                let prefix = request["QueueNamePrefix"].as_str().unwrap_or_default();
                let names = self.queues.iter().map(|spec| &spec.name).filter(|name| name.starts_with(prefix));
                Ok(json!({"QueueUrls": names.map(|name| self.queue_url(name)).collect::<Vec<_>>()}))
            }
            "PurgeQueue" => {
                self.purge(&self.addressed(&request)?.name)?;
                Ok(json!({}))
            }
            other => {
                Err(Fault::named("UnsupportedOperation", format!("{other} is not supported by the local queues.")))
            }
        }
    }

    /// The URL of a queue on this machine.
    #[must_use]
    pub fn queue_url(&self, queue: &str) -> String {
        format!("{}/{ACCOUNT}/{queue}", self.base_url)
    }

    /// By the last part of its URL alone: one machine has several names for itself.
    fn addressed(&self, request: &Value) -> Result<&QueueSpec, Fault> {
        let url = text(request, "QueueUrl")?;
        self.existing(url.rsplit('/').next().unwrap_or(url))
    }

    fn existing(&self, name: &str) -> Result<&QueueSpec, Fault> {
        let missing = "The specified queue does not exist.";
        self.queue(name)
            .map_err(|_| Fault::new("QueueDoesNotExist", "AWS.SimpleQueueService.NonExistentQueue", missing))
    }

    fn send_message(&self, spec: &QueueSpec, request: Value) -> Result<Value, Fault> {
        let (message, size) = check_message(spec, read(request)?)?;
        if size > MAX_BYTES {
            let limit =
                format!("One or more parameters are invalid. Reason: Message must be shorter than {MAX_BYTES} bytes.");
            return Err(Fault::value(limit));
        }
        self.accept_one(spec, message)
    }

    fn accept_one(&self, spec: &QueueSpec, message: NewMessage) -> Result<Value, Fault> {
        let mut answer = json!({"MD5OfMessageBody": md5_hex(message.body.as_bytes())});
        if let Some(digest) = message.attributes.as_ref().and_then(attributes_md5) {
            answer["MD5OfMessageAttributes"] = json!(digest);
        }
        let now = self.now_ms();
        let sent = self.engine().local(|rows| accept(rows, spec, message, now))?;
        answer["MessageId"] = json!(sent.id);
        if spec.fifo {
            answer["SequenceNumber"] = json!(format!("{:020}", sent.sequence));
        }
        Ok(answer)
    }

    fn send_batch(&self, spec: &QueueSpec, request: &Value) -> Result<Value, Fault> {
        let entries = batch_entries(request)?;
        let checked: Vec<(String, Result<_, Fault>)> = entries
            .into_iter()
            .map(|(id, entry)| (id, read(entry).and_then(|entry| check_message(spec, entry))))
            .collect();
        let size: usize = checked.iter().filter_map(|(_, entry)| entry.as_ref().ok()).map(|(_, size)| size).sum();
        if size > MAX_BYTES {
            let words = format!("Batch requests cannot be longer than {MAX_BYTES} bytes. You have sent {size} bytes.");
            return Err(Fault::named("BatchRequestTooLong", words));
        }
        let outcomes =
            checked.into_iter().map(|(id, entry)| (id, entry.and_then(|(message, _)| self.accept_one(spec, message))));
        Ok(batch_answer(outcomes))
    }

    fn delete_batch(&self, spec: &QueueSpec, request: &Value) -> Result<Value, Fault> {
        let outcomes = batch_entries(request)?.into_iter().map(|(id, entry)| {
            let outcome = text(&entry, "ReceiptHandle").and_then(|receipt| self.drop_received(spec, receipt));
            (id, outcome.map(|()| json!({})))
        });
        Ok(batch_answer(outcomes))
    }

    fn receive_message(&self, spec: &QueueSpec, request: Value) -> Result<Value, Fault> {
        let request: ReceiveRequest = read(request)?;
        let max = within("MaxNumberOfMessages", Some(request.max_number_of_messages.unwrap_or(1)), 1, 10)?;
        within("WaitTimeSeconds", Some(request.wait_time_seconds.unwrap_or(0)), 0, 20)?;
        let hide = request.visibility_timeout.unwrap_or(u64::from(spec.visibility_seconds));
        let hide = within("VisibilityTimeout", Some(hide), 0, MAX_VISIBILITY_SECONDS)?;
        let taken = self.take(spec, usize::try_from(max).unwrap_or(MAX_BATCH), hide)?;
        if taken.is_empty() {
            return Ok(json!({}));
        }
        Ok(json!({"Messages": taken.iter().map(|message| shown(message, &request)).collect::<Vec<_>>()}))
    }

    fn queue_attributes(&self, spec: &QueueSpec, request: &Value) -> Result<Value, Fault> {
        let depth = self.depth(&spec.name)?;
        let mut all = BTreeMap::from([
            ("QueueArn", queue_arn(&spec.name)),
            ("ApproximateNumberOfMessages", depth.waiting.to_string()),
            ("ApproximateNumberOfMessagesNotVisible", depth.in_flight.to_string()),
            ("ApproximateNumberOfMessagesDelayed", depth.delayed.to_string()),
            ("VisibilityTimeout", spec.visibility_seconds.to_string()),
            ("MaximumMessageSize", MAX_BYTES.to_string()),
            ("DelaySeconds", "0".to_owned()),
            ("ReceiveMessageWaitTimeSeconds", "0".to_owned()),
        ]);
        if let Some((target, max)) = &spec.dead_letter {
            let policy = json!({"deadLetterTargetArn": queue_arn(target), "maxReceiveCount": max});
            all.insert("RedrivePolicy", policy.to_string());
        }
        if spec.fifo {
            all.insert("FifoQueue", "true".to_owned());
            all.insert("ContentBasedDeduplication", "false".to_owned());
        }
        let wanted: Vec<&str> =
            request["AttributeNames"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        all.retain(|name, _| wanted.contains(&"All") || wanted.contains(name));
        Ok(json!({"Attributes": all}))
    }
}

fn shown(message: &Message, request: &ReceiveRequest) -> Value {
    let mut answer = json!({
        "MessageId": message.id, "ReceiptHandle": message.receipt, "Body": message.body,
        "MD5OfBody": md5_hex(message.body.as_bytes()),
    });
    let wanted = |name: &str| {
        let asked = request.attribute_names.iter().chain(&request.message_system_attribute_names);
        asked.into_iter().any(|ask| ask == "All" || ask == name)
    };
    let system: Map<String, Value> = message
        .system_attributes()
        .into_iter()
        .filter(|(name, _)| wanted(name))
        .map(|(name, value)| (name.to_owned(), json!(value)))
        .collect();
    if !system.is_empty() {
        answer["Attributes"] = Value::Object(system);
    }
    let asked = |name: &str| {
        request.message_attribute_names.iter().any(|ask| {
            ask == "All" || ask == name || ask.strip_suffix(".*").is_some_and(|prefix| name.starts_with(prefix))
        })
    };
    let custom: Map<String, Value> = message
        .attributes
        .as_ref()
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
        .filter(|(name, _)| asked(name))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    if !custom.is_empty() {
        let custom = Value::Object(custom);
        answer["MD5OfMessageAttributes"] = json!(attributes_md5(&custom));
        answer["MessageAttributes"] = custom;
    }
    answer
}

/// The message as the queue keeps it, and its size in SQS's counting (text and attributes).
fn check_message(spec: &QueueSpec, request: SendRequest) -> Result<(NewMessage, usize), Fault> {
    let body = request.message_body.filter(|body| !body.is_empty()).ok_or_else(|| Fault::missing("MessageBody"))?;
    let allowed =
        |c: char| matches!(c, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..);
    if !body.chars().all(allowed) {
        let words = "Invalid characters found. Valid unicode characters are #x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF";
        return Err(Fault::new("InvalidMessageContents", "InvalidMessageContents", words));
    }
    let attributes = request.message_attributes.filter(|given| given.as_object().is_some_and(|map| !map.is_empty()));
    let size = body.len() + attributes.as_ref().map_or(Ok(0), attributes_size)?;
    let token = |name: &str, value: &str| {
        let fits = (1..=128).contains(&value.len()) && value.bytes().all(|b| b.is_ascii_graphic());
        if fits {
            Ok(())
        } else {
            Err(Fault::value(format!("The parameter {name} has 1 to 128 letters, digits or punctuation.")))
        }
    };
    for (name, value) in
        [("MessageGroupId", &request.message_group_id), ("MessageDeduplicationId", &request.message_deduplication_id)]
    {
        if let Some(value) = value {
            token(name, value)?;
        }
    }
    let (group, dedup) = (request.message_group_id, request.message_deduplication_id);
    if spec.fifo {
        if group.is_none() {
            return Err(Fault::missing("MessageGroupId"));
        }
        if dedup.is_none() {
            return Err(Fault::value(
                "The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly",
            ));
        }
        if request.delay_seconds.is_some_and(|seconds| seconds != 0) {
            let words = "Value for parameter DelaySeconds is invalid. Reason: The request include parameter that is not valid for this queue type.";
            return Err(Fault::value(words));
        }
    } else if dedup.is_some() {
        let words = "The request include parameter MessageDeduplicationId which is not valid for this queue type";
        return Err(Fault::value(words));
    }
    let delay_seconds = within("DelaySeconds", Some(request.delay_seconds.unwrap_or(0)), 0, MAX_DELAY_SECONDS)?;
    Ok((NewMessage { body, attributes, delay_seconds, group, dedup }, size))
}

fn attributes_size(attributes: &Value) -> Result<usize, Fault> {
    let mut size = 0;
    for (name, value) in attributes.as_object().into_iter().flatten() {
        let kind = value["DataType"].as_str().unwrap_or_default();
        let base = kind.split('.').next().unwrap_or_default();
        let length = match base {
            "String" | "Number" => value["StringValue"].as_str().map(str::len),
            "Binary" => {
                value["BinaryValue"].as_str().and_then(|text| STANDARD.decode(text).ok()).map(|bytes| bytes.len())
            }
            _ => None,
        };
        let length = length
            .ok_or_else(|| Fault::value(format!("The message attribute '{name}' has an invalid type or value.")))?;
        size += name.len() + kind.len() + length;
    }
    Ok(size)
}

/// Ids and entries of a batch, checked as SQS checks them before it looks at any entry.
fn batch_entries(request: &Value) -> Result<Vec<(String, Value)>, Fault> {
    let entries = request["Entries"].as_array().cloned().unwrap_or_default();
    if entries.is_empty() {
        return Err(Fault::named("EmptyBatchRequest", "There should be at least one entry in the request."));
    }
    if entries.len() > MAX_BATCH {
        let words = format!("Maximum number of entries per request are {MAX_BATCH}. You have sent {}.", entries.len());
        return Err(Fault::named("TooManyEntriesInBatchRequest", words));
    }
    let mut seen = HashSet::new();
    let mut named = Vec::with_capacity(entries.len());
    for entry in entries {
        let id = text(&entry, "Id")?.to_owned();
        let fits = (1..=80).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b));
        if !fits {
            let words =
                "A batch entry id can only contain alphanumeric characters, hyphens and underscores, at most 80.";
            return Err(Fault::named("InvalidBatchEntryId", words));
        }
        if !seen.insert(id.clone()) {
            return Err(Fault::named("BatchEntryIdsNotDistinct", format!("Id {id} repeated.")));
        }
        named.push((id, entry));
    }
    Ok(named)
}

fn batch_answer(outcomes: impl Iterator<Item = (String, Result<Value, Fault>)>) -> Value {
    let (mut good, mut bad) = (Vec::new(), Vec::new());
    for (id, outcome) in outcomes {
        match outcome {
            Ok(mut answer) => {
                answer["Id"] = json!(id);
                good.push(answer);
            }
            Err(fault) => {
                bad.push(
                    json!({"Id": id, "SenderFault": fault.status < 500, "Code": fault.code, "Message": fault.message}),
                );
            }
        }
    }
    json!({"Successful": good, "Failed": bad})
}

fn read<T: serde::de::DeserializeOwned>(request: Value) -> Result<T, Fault> {
    serde_json::from_value(request).map_err(|_| Fault::value("A parameter has the wrong type."))
}

fn text<'a>(request: &'a Value, name: &str) -> Result<&'a str, Fault> {
    request[name].as_str().filter(|value| !value.is_empty()).ok_or_else(|| Fault::missing(name))
}

fn within(name: &str, value: Option<u64>, low: u64, high: u64) -> Result<u64, Fault> {
    value.filter(|value| (low..=high).contains(value)).ok_or_else(|| {
        Fault::value(format!(
            "Value for parameter {name} is invalid. Reason: Must be between {low} and {high}, if provided."
        ))
    })
}

pub(super) fn md5_hex(bytes: &[u8]) -> String {
    data_encoding::HEXLOWER.encode(&Md5::digest(bytes))
}

/// SQS's digest of attributes: by name, each part with its length in front; 1 marks text, 2 bytes.
fn attributes_md5(attributes: &Value) -> Option<String> {
    let sorted: BTreeMap<&String, &Value> = attributes.as_object()?.iter().collect();
    let mut digest = Md5::new();
    let add = |digest: &mut Md5, bytes: &[u8]| {
        digest.update(u32::try_from(bytes.len()).unwrap_or(u32::MAX).to_be_bytes());
        digest.update(bytes);
    };
    for (name, value) in sorted {
        add(&mut digest, name.as_bytes());
        add(&mut digest, value["DataType"].as_str()?.as_bytes());
        let (mark, bytes) = match value["StringValue"].as_str() {
            Some(text) => (1, text.as_bytes().to_vec()),
            None => (2, STANDARD.decode(value["BinaryValue"].as_str()?).ok()?),
        };
        digest.update([mark]);
        add(&mut digest, &bytes);
    }
    Some(data_encoding::HEXLOWER.encode(&digest.finalize()))
}
