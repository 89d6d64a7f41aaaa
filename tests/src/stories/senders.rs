//! Bulletins by their senders: SQS says who sent one, and only an organisation itself speaks of its places (`P17.1`).

use serde_json::{Value, json};
use vacancy_ingestion::{Ingestion, SenderRole, handle};

use crate::world::{MONDAY, World};

/// A batch of one bulletin as SQS hands it over from a sender.
fn batch(sender: &str, bulletin: &Value) -> Value {
    json!({"Records": [{
        "messageId": "1", "receiptHandle": "1", "body": bulletin.to_string(), "attributes": {"SenderId": sender},
        "messageAttributes": {}, "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:eu-central-1:123456789012:kezek-test-bulletins", "awsRegion": "eu-central-1"}]})
}

#[tokio::test]
async fn p17_1_a_bulletin_is_taken_from_its_own_organisation_only() {
    let world = World::at(MONDAY).await;
    let (own, other) = (world.open(1).await, world.open(2).await);
    let ingestion = Ingestion { sender: SenderRole::new("AROASENDER"), ..world.ingestion() };
    let bulletin = kezek_fixtures::bulletin("B-1", own, &world.now(), 1, 2022);
    let strangers =
        [format!("AROASENDER:{other}"), format!("AROAANOTHER:{own}"), "AROASENDER".to_owned(), String::new()];
    for stranger in strangers {
        let answer = handle(&ingestion, batch(&stranger, &bulletin)).await.expect("an answer");
        assert_eq!(answer["batchItemFailures"][0]["itemIdentifier"], "1", "{stranger:?} was believed");
        assert!(world.vacancies(own).await.is_empty(), "{stranger:?} made a vacancy");
    }
    let answer = handle(&ingestion, batch(&format!("AROASENDER:{own}"), &bulletin)).await.expect("an answer");
    assert_eq!(answer["batchItemFailures"], json!([]));
    assert_eq!(world.vacancies(own).await, ["open"]);
}
