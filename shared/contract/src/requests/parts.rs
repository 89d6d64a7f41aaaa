//! The parts that several of an applicant's requests share: documents, the phone, the organisations, from when the place is
//! wanted. Never what the rules think of them.

use chrono::NaiveDate;
use kezek_rules::decide::NotBefore;
use kezek_rules::ids::{Bin, NumberError};

use super::NAME_MAX;
use crate::fields::Fields;
use crate::texts::problems::Code;

/// The kinds of documents of the interface.
pub const DOCUMENT_KINDS: [&str; 13] = [
    "service-certificate",
    "work-certificate",
    "diploma",
    "pmpc-conclusion",
    "phthisiatrician-conclusion",
    "selection-commission-conclusion",
    "transfer-order",
    "birth-certificate",
    "identity",
    "vaccination-card",
    "health-passport",
    "health-certificate",
    "inability",
];

/// More organisations than anyone may name are still read, so that the rule can say how many there were (`P15.1`).
const ORGANISATIONS_READ: usize = 50;

pub(super) fn documents(fields: &mut Fields<'_>) -> Option<Vec<(String, NaiveDate)>> {
    let Some(list) = fields.list("documents", 30, false) else {
        return fields.raw("documents").is_none().then(Vec::new);
    };
    let mut documents = Vec::new();
    for (index, value) in list.iter().enumerate() {
        let mut document = fields.item("documents", index, value);
        document.only(&["kind", "issuedOn", "reference"]);
        let kind = document.text("kind", 60);
        let issued_on = document.date("issuedOn");
        document.optional_text("reference", NAME_MAX);
        match kind {
            Some(kind) if !DOCUMENT_KINDS.contains(&kind.as_str()) => {
                document.wrong("kind", Code::UnknownValue, "allowed", &DOCUMENT_KINDS.join(", "));
            }
            kind => documents.extend(kind.zip(issued_on)),
        }
    }
    (documents.len() == list.len()).then_some(documents)
}

/// A phone of the mobile-citizens base: `+7` and ten digits (`P5.a`).
pub(super) fn phone(fields: &mut Fields<'_>) -> Option<String> {
    let text = fields.text("phone", 40)?;
    let digits =
        text.strip_prefix("+7").is_some_and(|rest| rest.len() == 10 && rest.bytes().all(|b| b.is_ascii_digit()));
    if !digits {
        fields.report("phone", Code::PhoneShape);
    }
    digits.then_some(text)
}

pub(super) fn organisations(fields: &mut Fields<'_>, required: bool) -> Option<Vec<Bin>> {
    let list = fields.list("organisations", ORGANISATIONS_READ, required)?;
    let mut bins = Vec::with_capacity(list.len());
    for (index, value) in list.iter().enumerate() {
        let name = format!("organisations/{index}");
        match value.as_str().map(str::parse::<Bin>) {
            None => fields.wrong(&name, Code::WrongType, "expected", "string"),
            Some(Ok(bin)) => bins.push(bin),
            Some(Err(NumberError::Shape)) => fields.report(&name, Code::NumberShape),
            Some(Err(NumberError::ControlDigit)) => fields.report(&name, Code::ControlDigit),
        }
    }
    (bins.len() == list.len()).then_some(bins)
}

/// What `notBefore` may be, for the text of an error.
const NOT_BEFORE: &str = "{\"date\": \"YYYY-MM-DD\"}, {\"age\": \"P3Y6M\"}, null";

/// From when the place is wanted (`P15.2`): `{"date": …}` or `{"age": …}`; absent or null is none.
pub(super) fn not_before(fields: &mut Fields<'_>) -> Option<NotBefore> {
    let mut wanted = fields.optional_object("notBefore")?;
    wanted.only(&["date", "age"]);
    match (wanted.raw("date"), wanted.raw("age")) {
        (Some(_), None) => wanted.date("date").map(NotBefore::On),
        (None, Some(_)) => {
            wanted.parsed("age", "P3Y, P6M, P3Y6M").map(|Age { years, months }| NotBefore::Age { years, months })
        }
        (None, None) | (Some(_), Some(_)) => {
            fields.wrong("notBefore", Code::UnknownValue, "allowed", NOT_BEFORE);
            None
        }
    }
}

/// An age as ISO 8601 writes a period of years and months: `P3Y`, `P6M`, `P3Y6M`.
struct Age {
    years: u32,
    months: u32,
}

/// The text is no age.
struct AgeError;

impl std::str::FromStr for Age {
    type Err = AgeError;
    fn from_str(text: &str) -> Result<Self, AgeError> {
        let mut rest = text.strip_prefix('P').filter(|rest| !rest.is_empty()).ok_or(AgeError)?;
        let mut part = |unit: char| match rest.split_once(unit) {
            None => Ok(0),
            Some((number, after)) => {
                rest = after;
                let digits = (1..=3).contains(&number.len()) && number.bytes().all(|b| b.is_ascii_digit());
                if digits { number.parse().map_err(|_| AgeError) } else { Err(AgeError) }
            }
        };
        let (years, months) = (part('Y')?, part('M')?);
        if rest.is_empty() { Ok(Self { years, months }) } else { Err(AgeError) }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn check(value: &Value, expected: Result<Option<NotBefore>, &str>) {
        let body = json!({"notBefore": value});
        let mut errors = Vec::new();
        let read = not_before(&mut Fields::of(&body, &mut errors));
        match expected {
            Ok(expected) => assert_eq!((read, errors), (expected, Vec::new()), "{value}"),
            Err(pointer) => assert_eq!(errors[0].pointer, pointer, "{value}"),
        }
    }

    #[test]
    fn p15_2_a_day_or_an_age() {
        let age = |years, months| Ok(Some(NotBefore::Age { years, months }));
        check(&Value::Null, Ok(None));
        check(&json!({"date": "2027-09-01"}), Ok(Some(NotBefore::On("2027-09-01".parse().expect("a day")))));
        check(&json!({"age": "P3Y"}), age(3, 0));
        check(&json!({"age": "P3Y6M"}), age(3, 6));
        check(&json!({"age": "P42M"}), age(0, 42));
        check(&json!({"age": "P0Y"}), age(0, 0));
        for age in ["P", "3Y", "P3D", "P6M3Y", "P3Y6", "P3Y6M1D", "P-3Y", "P1.5Y", "P1000Y", "PY", "P3Y3Y", ""] {
            check(&json!({"age": age}), Err("/notBefore/age"));
        }
        check(&json!({"age": 3}), Err("/notBefore/age"));
        check(&json!({"date": "tomorrow"}), Err("/notBefore/date"));
        check(&json!({}), Err("/notBefore"));
        check(&json!({"date": "2027-09-01", "age": "P3Y"}), Err("/notBefore"));
        check(&json!("2027-09-01"), Err("/notBefore"));
        check(&json!({"date": "2027-09-01", "day": 1}), Err("/notBefore/day"));
    }
}
