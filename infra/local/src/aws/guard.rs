//! What functions ask of AWS, in the words of permissions: who asks, which action, on what, under which leading keys. Whoever has
//! put a guard before the door says whether it may. Never here: which function may do what (the template's roles).

use std::{future::Future, sync::Arc};

use serde_json::Value;

tokio::task_local! {
    static CALLER: &'static str;
}

/// One thing that a function asks of AWS. A transaction asks for each of its parts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Access {
    /// The function's name.
    pub caller: &'static str,
    /// The action as permissions name it, such as `dynamodb:PutItem`.
    pub action: String,
    /// What it is done to: the name of a table, `<table>/index/<index>`, the name of a queue or of a bus.
    pub resource: String,
    /// The partition keys it touches, where it touches a table.
    pub leading_keys: Vec<String>,
}

/// Says what is allowed.
pub trait Guard: Send + Sync {
    /// Whether this may be done.
    fn allows(&self, access: &Access) -> bool;
}

/// A guard before the door; none: everything may be done.
pub(super) type Posted = std::sync::OnceLock<Arc<dyn Guard>>;

/// Does work in a function's name.
pub(crate) async fn calling_as<T>(function: &'static str, work: impl Future<Output = T>) -> T {
    CALLER.scope(function, work).await
}

/// The function in whose name this task works; none: the stack itself.
pub(super) fn caller() -> Option<&'static str> {
    CALLER.try_with(|caller| *caller).ok()
}

/// What a call asks for. A call that can't be read asks for itself, on nothing.
pub(super) fn accesses(caller: &'static str, target: &str, body: &[u8]) -> Vec<Access> {
    let (service, operation) = target.split_once('.').unwrap_or((target, ""));
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    match service {
        "AmazonSQS" => {
            let queue = body["QueueUrl"].as_str().and_then(|url| url.rsplit('/').next()).unwrap_or_default();
            vec![access(caller, format!("sqs:{}", operation.trim_end_matches("Batch")), queue, Vec::new())]
        }
        "AWSEvents" => {
            let buses = list(&body["Entries"]).map(|entry| text(&entry["EventBusName"]));
            buses.map(|bus| access(caller, format!("events:{operation}"), &bus, Vec::new())).collect()
        }
        _ => of_table(caller, operation, &body),
    }
}

fn of_table(caller: &'static str, operation: &str, body: &Value) -> Vec<Access> {
    let one = |operation: &str, part: &Value| {
        let table = text(&part["TableName"]);
        let resource = match part["IndexName"].as_str() {
            Some(index) => format!("{table}/index/{index}"),
            None => table,
        };
        access(caller, format!("dynamodb:{operation}"), &resource, leading_key(part).into_iter().collect())
    };
    match operation {
        "BatchGetItem" | "BatchWriteItem" => {
            let tables = body["RequestItems"].as_object().into_iter().flatten();
            let of = |(table, asked): (&String, &Value)| {
                let reads = list(&asked["Keys"]).map(|key| text(&key["pk"]["S"]));
                let writes = list(asked)
                    .filter_map(|one| leading_key(&one["PutRequest"]).or_else(|| leading_key(&one["DeleteRequest"])));
                access(caller, format!("dynamodb:{operation}"), table, reads.chain(writes).collect())
            };
            tables.map(of).collect()
        }
        "TransactWriteItems" | "TransactGetItems" => {
            let parts = list(&body["TransactItems"]).flat_map(|item| item.as_object().into_iter().flatten());
            let named = |kind: &str| match kind {
                "ConditionCheck" => "ConditionCheckItem".to_owned(),
                kind => format!("{kind}Item"),
            };
            parts.map(|(kind, part)| one(&named(kind), part)).collect()
        }
        _ => vec![one(operation, body)],
    }
}

/// The partition key that a single operation names: by its key, by its item, or by the condition of a query.
fn leading_key(part: &Value) -> Option<String> {
    let named = part["Key"]["pk"]["S"].as_str().or_else(|| part["Item"]["pk"]["S"].as_str());
    let asked = || {
        let mut words = part["KeyConditionExpression"].as_str()?.split_whitespace();
        let (_, _, value) = (words.next()?, words.next()?, words.next()?);
        part["ExpressionAttributeValues"][value]["S"].as_str()
    };
    named.or_else(asked).map(str::to_owned)
}

fn access(caller: &'static str, action: String, resource: &str, leading_keys: Vec<String>) -> Access {
    Access { caller, action, resource: resource.to_owned(), leading_keys }
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(target: &str, body: &Value, expected: &[(&str, &str, &[&str])]) {
        let found = accesses("f", target, body.to_string().as_bytes());
        let found: Vec<_> = found
            .iter()
            .map(|one| {
                let keys: Vec<&str> = one.leading_keys.iter().map(String::as_str).collect();
                (one.action.as_str(), one.resource.as_str(), keys)
            })
            .collect();
        let expected: Vec<_> = expected.iter().map(|(action, on, keys)| (*action, *on, keys.to_vec())).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn calls_are_told_in_the_words_of_permissions() {
        let key = json!({"pk": {"S": "A#1"}, "sk": {"S": "A"}});
        check(
            "DynamoDB_20120810.GetItem",
            &json!({"TableName": "t", "Key": key}),
            &[("dynamodb:GetItem", "t", &["A#1"])],
        );
        let query = json!({"TableName": "t", "IndexName": "agenda", "KeyConditionExpression": "gpk = :gpk AND gsk > :from",
                           "ExpressionAttributeValues": {":gpk": {"S": "DUE#work#1"}, ":from": {"S": "0"}}});
        check("DynamoDB_20120810.Query", &query, &[("dynamodb:Query", "t/index/agenda", &["DUE#work#1"])]);
        let batch = json!({"RequestItems": {"t": {"Keys": [key, {"pk": {"S": "O#2"}}]}}});
        check("DynamoDB_20120810.BatchGetItem", &batch, &[("dynamodb:BatchGetItem", "t", &["A#1", "O#2"])]);
        let transaction = json!({"TransactItems": [{"Put": {"TableName": "t", "Item": {"pk": {"S": "P#3"}}}},
                                                   {"ConditionCheck": {"TableName": "t", "Key": key}}]});
        check(
            "DynamoDB_20120810.TransactWriteItems",
            &transaction,
            &[("dynamodb:PutItem", "t", &["P#3"]), ("dynamodb:ConditionCheckItem", "t", &["A#1"])],
        );
        check(
            "AmazonSQS.SendMessageBatch",
            &json!({"QueueUrl": "http://localhost/1/q.fifo"}),
            &[("sqs:SendMessage", "q.fifo", &[])],
        );
        let events = json!({"Entries": [{"EventBusName": "b"}]});
        check("AWSEvents.PutEvents", &events, &[("events:PutEvents", "b", &[])]);
        check("DynamoDB_20120810.Scan", &json!({"TableName": "t"}), &[("dynamodb:Scan", "t", &[])]);
    }
}
