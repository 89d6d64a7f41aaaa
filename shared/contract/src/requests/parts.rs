//! The parts that several requests about an application share: who a person is, documents, the phone, the organisations, the
//! benefit, from when the place is wanted. Never what the rules think of them.

use chrono::NaiveDate;
use kezek_rules::decide::NotBefore;
use kezek_rules::ids::{Bin, ForeignDocument, ForeignDocumentError, Iin, NumberError};
use kezek_rules::step::Lacking;
use serde_json::Value;

use super::{NAME_MAX, state_number};
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

/// Who a person is: by the number, or, without one, by a document of another country (`P5.c`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PersonId {
    /// The number.
    Iin(Iin),
    /// A non-resident's document.
    Document(ForeignDocument),
}

impl PersonId {
    /// The number, if the person has one.
    #[must_use]
    pub const fn iin(&self) -> Option<Iin> {
        match self {
            PersonId::Iin(iin) => Some(*iin),
            PersonId::Document(_) => None,
        }
    }

    /// The document, if the person has no number.
    #[must_use]
    pub const fn document(&self) -> Option<&ForeignDocument> {
        match self {
            PersonId::Iin(_) => None,
            PersonId::Document(document) => Some(document),
        }
    }
}

/// Reads who a person is: `iin`, or `document` with `country` and `number`.
pub(super) fn person_id(fields: &mut Fields<'_>) -> Option<PersonId> {
    if fields.raw("document").is_none() {
        return state_number(fields, "iin").map(PersonId::Iin);
    }
    if fields.raw("iin").is_some() {
        fields.wrong("document", Code::UnknownValue, "allowed", "null");
        return None;
    }
    let mut document = fields.optional_object("document")?;
    let plain = document.only(&["country", "number"]);
    let (country, number) = (document.text("country", 10), document.text("number", NAME_MAX));
    match ForeignDocument::new(&country?, &number?) {
        Ok(named) => plain.then_some(PersonId::Document(named)),
        Err(ForeignDocumentError::Country) => {
            document.wrong("country", Code::UnknownValue, "allowed", "ISO 3166-1 alpha-2");
            None
        }
        Err(ForeignDocumentError::Number) => {
            document.wrong("number", Code::WrongFormat, "expected", "[A-Z0-9]{1,40}");
            None
        }
    }
}

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

/// The documents that a refusal names, in `missing` and `expired` (Annex 4); `refuses` says whether anything is refused at all.
pub(super) fn lacking(fields: &mut Fields<'_>, refuses: bool) -> Lacking {
    let mut kinds = |name: &str| {
        if !refuses && fields.raw(name).is_some() {
            fields.wrong(name, Code::UnknownValue, "allowed", "null");
            return Vec::new();
        }
        let allowed = DOCUMENT_KINDS.join(", ");
        let Some(list) = fields.list(name, DOCUMENT_KINDS.len(), false) else { return Vec::new() };
        let mut kinds: Vec<String> = Vec::new();
        for (index, value) in list.iter().enumerate() {
            match value.as_str().filter(|kind| DOCUMENT_KINDS.contains(kind)) {
                Some(kind) if kinds.iter().any(|known| known == kind) => {}
                Some(kind) => kinds.push(kind.to_owned()),
                None => fields.wrong(&format!("{name}/{index}"), Code::UnknownValue, "allowed", &allowed),
            }
        }
        kinds
    };
    Lacking { missing: kinds("missing"), expired: kinds("expired") }
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

/// More categories than there are need not be read.
const BENEFITS_READ: usize = 13;

/// The benefit category, or several (**D-benefits**). One that is none of the 13 is passed on as 0: the rule refuses it.
pub(super) fn benefits(fields: &mut Fields<'_>) -> Option<Vec<u8>> {
    if !fields.raw("benefit").is_some_and(Value::is_array) {
        return fields.number("benefit", i64::MIN..=i64::MAX).map(|number| vec![category(number)]);
    }
    let list = fields.list("benefit", BENEFITS_READ, true)?;
    if list.is_empty() {
        fields.report("benefit", Code::Required);
        return None;
    }
    let mut benefits = Vec::with_capacity(list.len());
    for (index, value) in list.iter().enumerate() {
        match value.as_i64() {
            Some(number) => benefits.push(category(number)),
            None => fields.wrong(&format!("benefit/{index}"), Code::WrongType, "expected", "integer"),
        }
    }
    (benefits.len() == list.len()).then_some(benefits)
}

fn category(number: i64) -> u8 {
    u8::try_from(number).unwrap_or(0)
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
    use serde_json::json;

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
    fn p5_c_a_number_or_a_document_of_another_country() {
        let check = |person: Value, pointer: &str| {
            let mut errors = Vec::new();
            let read = person_id(&mut Fields::of(&person, &mut errors));
            match errors.first() {
                None => assert!(pointer.is_empty() && read.is_some(), "{person}"),
                Some(error) => assert_eq!((read, error.pointer.as_str()), (None, pointer), "{person}"),
            }
        };
        check(json!({"iin": "000000000008"}), "/iin");
        check(json!({"iin": "061211600012"}), "");
        check(json!({"document": {"country": "UZ", "number": "AB 1234567"}}), "");
        check(json!({}), "/iin");
        check(json!({"iin": "061211600012", "document": {"country": "UZ", "number": "1"}}), "/document");
        check(json!({"document": {"country": "UK", "number": "1"}}), "/document/country");
        check(json!({"document": {"country": "UZ", "number": "-"}}), "/document/number");
        check(json!({"document": {"country": "UZ"}}), "/document/number");
        check(json!({"document": {"country": "UZ", "number": "1", "kind": "passport"}}), "/document/kind");
        check(json!({"document": "AB1234567"}), "/document");
    }

    #[test]
    fn d_benefits_a_category_or_several() {
        let check = |value: Value, expected: Result<&[u8], &str>| {
            let body = json!({"benefit": value});
            let mut errors = Vec::new();
            let read = benefits(&mut Fields::of(&body, &mut errors));
            match expected {
                Ok(expected) => assert_eq!((read.as_deref(), errors.len()), (Some(expected), 0), "{value}"),
                Err(pointer) => assert_eq!((read, errors[0].pointer.as_str()), (None, pointer), "{value}"),
            }
        };
        check(json!(10), Ok(&[10]));
        check(json!([10, 13]), Ok(&[10, 13]));
        check(json!([-1, 300]), Ok(&[0, 0]));
        check(json!([]), Err("/benefit"));
        check(json!(["10"]), Err("/benefit/0"));
        check(json!("10"), Err("/benefit"));
        check(json!(null), Err("/benefit"));
        check(json!(vec![10; 14]), Err("/benefit"));
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
