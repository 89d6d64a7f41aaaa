//! How faults look on the wire: what a busy service answers, a conflict, a part of a batch, what a newer version writes. Never here:
//! when one strikes.

use kezek_local::aws::{Call, Reply};
use serde_json::{Value, json};

use kezek_fixtures::chance::Chance;

fn refused(code: &str, body: Value) -> Reply {
    let mut body = body;
    body["__type"] = json!(code);
    Reply { status: 400, query_error: None, body: body.to_string().into_bytes() }
}

/// A service that asks for patience.
pub fn throttled(target: &str) -> Reply {
    match target.split('.').next() {
        Some("DynamoDB_20120810") => refused(
            "com.amazonaws.dynamodb.v20120810#ThrottlingException",
            json!({"message": "Throughput exceeds the current capacity of your table or index."}),
        ),
        _ => refused("ThrottlingException", json!({"message": "Rate exceeded"})),
    }
}

/// Whether a call is a write to the table that another transaction may be in the way of.
pub fn may_conflict(target: &str) -> bool {
    let writes = ["TransactWriteItems", "PutItem", "UpdateItem", "DeleteItem"];
    target.strip_prefix("DynamoDB_20120810.").is_some_and(|operation| writes.contains(&operation))
}

/// The answer to a write that another transaction is in the way of.
pub fn conflict(call: &Call) -> Reply {
    if !call.target.ends_with("TransactWriteItems") {
        let code = "com.amazonaws.dynamodb.v20120810#TransactionConflictException";
        return refused(code, json!({"message": "Transaction is ongoing for the item"}));
    }
    let body: Value = serde_json::from_slice(&call.body).unwrap_or_default();
    let count = body["TransactItems"].as_array().map_or(1, Vec::len).max(1);
    let codes: Vec<&str> = (0..count).map(|n| if n + 1 == count { "TransactionConflict" } else { "None" }).collect();
    let reasons: Vec<Value> = codes.iter().map(|code| json!({"Code": code})).collect();
    let message =
        format!("Transaction cancelled, please refer cancellation reasons for specific reasons [{}]", codes.join(", "));
    let code = "com.amazonaws.dynamodb.v20120810#TransactionCanceledException";
    refused(code, json!({"Message": message, "message": message, "CancellationReasons": reasons}))
}

/// Whether a call changes something.
pub fn writes(target: &str) -> bool {
    may_conflict(target)
        || ["BatchWriteItem", "SendMessage", "SendMessageBatch", "PutEvents"]
            .iter()
            .any(|operation| target.rsplit('.').next() == Some(operation))
}

/// Whether a service may take or give a part of it.
pub fn is_batch(target: &str) -> bool {
    let batches = ["BatchGetItem", "BatchWriteItem", "SendMessageBatch", "PutEvents"];
    target.rsplit('.').next().is_some_and(|operation| batches.contains(&operation))
}

/// What became of a batch.
pub enum Partly {
    /// None of it is taken.
    Nothing(Reply),
    /// This isn't taken, the rest is.
    LeftOut(Value),
    /// All of it is.
    Whole,
}

/// Leaves out the end of a batch.
pub fn partly(call: &mut Call, chance: &mut Chance) -> Partly {
    let Ok(mut body) = serde_json::from_slice::<Value>(&call.body) else { return Partly::Whole };
    let operation = call.target.rsplit('.').next().unwrap_or_default().to_owned();
    let list = match operation.as_str() {
        "BatchGetItem" | "BatchWriteItem" => {
            let Some((_, asked)) = body["RequestItems"].as_object_mut().and_then(|all| all.iter_mut().next()) else {
                return Partly::Whole;
            };
            if operation == "BatchGetItem" { &mut asked["Keys"] } else { asked }
        }
        _ => &mut body["Entries"],
    };
    let Some(list) = list.as_array_mut().filter(|list| !list.is_empty()) else { return Partly::Whole };
    let kept = chance.below(list.len());
    let left_out: Vec<Value> = list.drain(kept..).collect();
    if kept == 0 {
        let reply = match operation.as_str() {
            "SendMessageBatch" => json!({"Successful": []}),
            "PutEvents" => json!({"Entries": []}),
            _ => json!({"Responses": {}}),
        };
        let original: Value = serde_json::from_slice(&call.body).unwrap_or_default();
        let table = original["RequestItems"].as_object().and_then(|all| all.keys().next().cloned());
        let reply = Reply { status: 200, query_error: None, body: reply.to_string().into_bytes() };
        return Partly::Nothing(and_left_out(&call.target, reply, json!({"table": table, "items": left_out})));
    }
    let table = body["RequestItems"].as_object().and_then(|all| all.keys().next().cloned());
    call.body = body.to_string().into_bytes();
    Partly::LeftOut(json!({"table": table, "items": left_out}))
}

/// The answer to a part of a batch, with what was left out.
pub fn and_left_out(target: &str, reply: Reply, left_out: Value) -> Reply {
    if reply.status != 200 {
        return reply;
    }
    let mut body: Value = serde_json::from_slice(&reply.body).unwrap_or_default();
    let items = left_out["items"].as_array().cloned().unwrap_or_default();
    let table = left_out["table"].as_str().unwrap_or_default();
    match target.rsplit('.').next().unwrap_or_default() {
        "BatchGetItem" => body["UnprocessedKeys"] = json!({table: {"Keys": items, "ConsistentRead": true}}),
        "BatchWriteItem" => body["UnprocessedItems"] = json!({table: items}),
        "SendMessageBatch" => {
            let failed = items.iter().map(|entry| {
                json!({"Id": entry["Id"], "SenderFault": false, "Code": "InternalError", "Message": "try again"})
            });
            body["Failed"] = failed.collect();
        }
        _ => {
            let failed = items.iter().map(|_| json!({"ErrorCode": "ThrottlingException", "ErrorMessage": "try again"}));
            let entries = body["Entries"].as_array().cloned().unwrap_or_default();
            body["FailedEntryCount"] = json!(items.len());
            body["Entries"] = entries.into_iter().chain(failed).collect();
        }
    }
    Reply { body: body.to_string().into_bytes(), ..reply }
}

/// Writes as a newer version would: items and events with a member that this version doesn't know. Says whether there was any.
pub fn newer(call: &mut Call) -> bool {
    if !(call.target.ends_with("TransactWriteItems") || call.target.ends_with(".PutItem")) {
        return false;
    }
    let Ok(mut body) = serde_json::from_slice::<Value>(&call.body) else { return false };
    let mut any = false;
    if let Some(item) = body.get_mut("Item") {
        any |= with_more(item);
    }
    for part in body.get_mut("TransactItems").and_then(Value::as_array_mut).into_iter().flatten() {
        if let Some(item) = part.get_mut("Put").and_then(|put| put.get_mut("Item")) {
            any |= with_more(item);
        }
    }
    if any {
        call.body = body.to_string().into_bytes();
    }
    any
}

fn with_more(item: &mut Value) -> bool {
    let Some(item) = item.as_object_mut() else { return false };
    item.insert("zz".to_owned(), json!({"S": "of a newer version"}));
    let told = item.get("body").and_then(|body| body["S"].as_str()).map(serde_json::from_str::<Value>);
    if let Some(Ok(Value::Object(mut told))) = told {
        told.insert("zz".to_owned(), json!({"of": "a newer version"}));
        item.insert("body".to_owned(), json!({"S": Value::Object(told).to_string()}));
    }
    true
}
