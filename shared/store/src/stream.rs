//! The table's stream as functions are handed it: records with the item after the change. What an image means is told where
//! its entity lives; nothing here knows what a function does with it.

use serde_json::Value;

use crate::error::{Result, StoreError};
use crate::item::StreamImage;

/// One change of one item.
#[derive(Debug, Clone)]
pub struct StreamRecord {
    /// Its sequence number: by it a failed record is reported, and the stream begins again there.
    pub sequence: String,
    /// Whether the item is new.
    pub inserted: bool,
    /// The item after the change; none if it was deleted.
    pub image: Option<StreamImage>,
}

impl StreamRecord {
    /// The records of a stream's event, in order.
    ///
    /// # Errors
    /// It isn't a stream's event, or a record has no sequence number to report it by.
    pub fn all(event: &Value) -> Result<Vec<Self>> {
        let records =
            event.get("Records").and_then(Value::as_array).ok_or_else(|| StoreError::corrupt("stream event"))?;
        records.iter().map(Self::read).collect()
    }

    fn read(record: &Value) -> Result<Self> {
        let change = record.get("dynamodb").ok_or_else(|| StoreError::corrupt("stream record"))?;
        let sequence = change.get("SequenceNumber").and_then(Value::as_str);
        Ok(Self {
            sequence: sequence.ok_or_else(|| StoreError::corrupt("stream record"))?.to_owned(),
            inserted: record.get("eventName").and_then(Value::as_str) == Some("INSERT"),
            image: change.get("NewImage").filter(|image| image.is_object()).map(image),
        })
    }
}

fn image(attributes: &Value) -> StreamImage {
    let value = |name: &str, kind: &str| attributes.get(name)?.get(kind)?.as_str();
    let text = |name: &str| value(name, "S").unwrap_or_default().to_owned();
    StreamImage {
        pk: text("pk"),
        sk: text("sk"),
        kind: text("kind"),
        body: value("body", "S").map(str::to_owned),
        pending: value("pn", "N").and_then(|count| count.parse().ok()).unwrap_or(0),
        correlation: value("cid", "S").map(str::to_owned),
        trace: value("tp", "S").map(str::to_owned),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn records_show_the_item_after_the_change() {
        let event = json!({"Records": [
            {"eventName": "MODIFY", "dynamodb": {"SequenceNumber": "1", "NewImage": {
                "pk": {"S": "O#061211600012"}, "sk": {"S": "Q#kk#2023#general"}, "kind": {"S": "queue"}, "pn": {"N": "8"}}}},
            {"eventName": "REMOVE", "dynamodb": {"SequenceNumber": "2"}},
            {"eventName": "INSERT", "dynamodb": {"SequenceNumber": "3", "NewImage": {
                "pk": {"S": "A#1"}, "sk": {"S": "E#000001"}, "kind": {"S": "event"}, "body": {"S": "{}"}}}},
        ]});
        let records = StreamRecord::all(&event).expect("records");
        let queue = records[0].image.as_ref().expect("an image");
        assert!(!records[0].inserted);
        assert_eq!(queue.pending, 8);
        let key = queue.queue().expect("a queue key").expect("a queue");
        assert_eq!((key.organisation.to_string(), key.birth_year), ("061211600012".to_owned(), 2023));
        assert_eq!((key.language.to_string(), key.stream.to_string()), ("kk".to_owned(), "general".to_owned()));
        assert!(records[1].image.is_none());
        let event = records[2].image.as_ref().expect("an image");
        assert!(records[2].inserted && event.event().is_err() && event.queue().expect("no queue").is_none());
    }

    #[test]
    fn what_cannot_be_reported_is_refused_as_a_whole() {
        for event in [json!({}), json!({"Records": [{}]}), json!({"Records": [{"dynamodb": {}}]})] {
            assert!(StreamRecord::all(&event).is_err(), "{event}");
        }
    }
}
