//! Items as they lie in the table, read tolerantly: what isn't known is passed by, what is missing is said by whoever needs it.
//! Nothing here knows what an attribute means.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::types::AttributeValue;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::Value as Json;

/// The value of an attribute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// Text.
    S(String),
    /// A number, as it is written.
    N(String),
    /// Bytes.
    B(Vec<u8>),
    /// Yes or no.
    Bool(bool),
    /// A list.
    L(Vec<Value>),
    /// A map.
    M(Item),
    /// Anything else: no item of this table has it.
    Other,
}

/// An item, or a map inside one.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Item(BTreeMap<String, Value>);

/// What an item lacks, or has in another form than it is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no readable {0}")]
pub struct Unreadable(pub &'static str);

impl From<AttributeValue> for Value {
    fn from(value: AttributeValue) -> Self {
        match value {
            AttributeValue::S(text) => Value::S(text),
            AttributeValue::N(number) => Value::N(number),
            AttributeValue::B(bytes) => Value::B(bytes.into_inner()),
            AttributeValue::Bool(yes) => Value::Bool(yes),
            AttributeValue::L(list) => Value::L(list.into_iter().map(Value::from).collect()),
            AttributeValue::M(map) => Value::M(map.into()),
            _ => Value::Other,
        }
    }
}

impl From<std::collections::HashMap<String, AttributeValue>> for Item {
    fn from(map: std::collections::HashMap<String, AttributeValue>) -> Self {
        Self(map.into_iter().map(|(name, value)| (name, value.into())).collect())
    }
}

impl Item {
    /// An item in the JSON of DynamoDB's protocol.
    #[must_use]
    pub fn from_json(json: &Json) -> Self {
        let Some(map) = json.as_object() else { return Self::default() };
        Self(map.iter().map(|(name, value)| (name.clone(), Value::from_json(value))).collect())
    }

    /// An attribute.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    /// A text, if it is there.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&str> {
        match self.0.get(name) {
            Some(Value::S(text)) => Some(text),
            _ => None,
        }
    }

    /// A whole number, if it is there.
    #[must_use]
    pub fn int(&self, name: &str) -> Option<i64> {
        match self.0.get(name) {
            Some(Value::N(number)) => number.parse().ok(),
            _ => None,
        }
    }

    /// Whether a flag is there and set.
    #[must_use]
    pub fn flag(&self, name: &str) -> bool {
        self.0.get(name) == Some(&Value::Bool(true))
    }

    /// A list; empty if it isn't there.
    #[must_use]
    pub fn list(&self, name: &str) -> &[Value] {
        match self.0.get(name) {
            Some(Value::L(list)) => list,
            _ => &[],
        }
    }

    /// A map, if it is there.
    #[must_use]
    pub fn map(&self, name: &str) -> Option<&Item> {
        match self.0.get(name) {
            Some(Value::M(map)) => Some(map),
            _ => None,
        }
    }

    /// Bytes, if they are there.
    #[must_use]
    pub fn bytes(&self, name: &str) -> Option<&[u8]> {
        match self.0.get(name) {
            Some(Value::B(bytes)) => Some(bytes),
            _ => None,
        }
    }

    /// The attributes' names.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }
}

impl Value {
    fn from_json(json: &Json) -> Self {
        let Some((kind, value)) = json.as_object().and_then(|map| map.iter().next()) else { return Value::Other };
        let text = || value.as_str().unwrap_or_default().to_owned();
        match kind.as_str() {
            "S" => Value::S(text()),
            "N" => Value::N(text()),
            "B" => BASE64_STANDARD.decode(text()).map_or(Value::Other, Value::B),
            "BOOL" => Value::Bool(value.as_bool().unwrap_or_default()),
            "L" => {
                Value::L(value.as_array().map(|list| list.iter().map(Value::from_json).collect()).unwrap_or_default())
            }
            "M" => Value::M(Item::from_json(value)),
            _ => Value::Other,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn both_forms_of_an_item_read_alike() {
        let json = json!({"a": {"S": "x"}, "b": {"N": "7"}, "c": {"B": "AQI="}, "d": {"BOOL": true},
            "e": {"L": [{"N": "1"}]}, "f": {"M": {"g": {"S": "y"}}}});
        let item = Item::from_json(&json);
        let sdk = std::collections::HashMap::from([
            ("a".to_owned(), AttributeValue::S("x".to_owned())),
            ("b".to_owned(), AttributeValue::N("7".to_owned())),
            ("c".to_owned(), AttributeValue::B(aws_sdk_dynamodb::primitives::Blob::new([1, 2]))),
            ("d".to_owned(), AttributeValue::Bool(true)),
            ("e".to_owned(), AttributeValue::L(vec![AttributeValue::N("1".to_owned())])),
            (
                "f".to_owned(),
                AttributeValue::M([("g".to_owned(), AttributeValue::S("y".to_owned()))].into_iter().collect()),
            ),
        ]);
        assert_eq!(item, Item::from(sdk));
        assert_eq!((item.text("a"), item.int("b"), item.bytes("c")), (Some("x"), Some(7), Some(&[1, 2][..])));
        assert!(item.flag("d") && item.list("e").len() == 1);
        assert_eq!(item.map("f").and_then(|map| map.text("g")), Some("y"));
        assert_eq!((item.text("b"), item.int("none"), item.flag("a")), (None, None, false));
    }
}
