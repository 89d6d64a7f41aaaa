//! Reading a request field by field, so that everything wrong with it is told at once, each with its JSON pointer.

use std::str::FromStr;

use chrono::NaiveDate;
use serde_json::{Map, Value};

use crate::problem::FieldError;
use crate::texts::problems::Code;

/// An object being read; what is wrong is collected on the way.
pub struct Fields<'a> {
    object: Option<&'a Map<String, Value>>,
    at: String,
    errors: &'a mut Vec<FieldError>,
}

impl<'a> Fields<'a> {
    /// Starts reading a body, which must be an object.
    pub fn of(body: &'a Value, errors: &'a mut Vec<FieldError>) -> Self {
        Self::object_at(body, String::new(), errors)
    }

    fn object_at(value: &'a Value, at: String, errors: &'a mut Vec<FieldError>) -> Self {
        let object = value.as_object();
        if object.is_none() {
            errors.push(FieldError::new(&at, Code::WrongType).with("expected", "object"));
        }
        Self { object, at, errors }
    }

    /// Reports every field that isn't one of these; says whether there was none.
    pub fn only(&mut self, known: &[&str]) -> bool {
        let before = self.errors.len();
        let unknown = self.object.into_iter().flat_map(Map::keys).filter(|name| !known.contains(&name.as_str()));
        for name in unknown.take(5) {
            self.errors.push(FieldError::new(&format!("{}/{}", self.at, escape(name)), Code::UnknownField));
        }
        self.errors.len() == before
    }

    fn pointer(&self, name: &str) -> String {
        format!("{}/{name}", self.at)
    }

    /// Reports something wrong with a field, found by the caller, with the fact that its text shows.
    pub fn wrong(&mut self, name: &str, code: Code, fact: &'static str, value: &str) {
        let pointer = self.pointer(name);
        self.errors.push(FieldError::new(&pointer, code).with(fact, value));
    }

    /// The raw value of a field; null counts as absent.
    #[must_use]
    pub fn raw(&self, name: &str) -> Option<&'a Value> {
        self.object?.get(name).filter(|value| !value.is_null())
    }

    fn required(&mut self, name: &str) -> Option<&'a Value> {
        let value = self.raw(name);
        if value.is_none() && self.object.is_some() {
            let pointer = self.pointer(name);
            self.errors.push(FieldError::new(&pointer, Code::Required));
        }
        value
    }

    /// A required text of at most `max` characters, not blank.
    pub fn text(&mut self, name: &str, max: usize) -> Option<String> {
        let value = self.required(name)?;
        self.text_of(name, value, max)
    }

    /// An optional text of at most `max` characters.
    pub fn optional_text(&mut self, name: &str, max: usize) -> Option<String> {
        let value = self.raw(name)?;
        self.text_of(name, value, max)
    }

    /// A required text of at most `max` characters that may have several lines, not blank.
    pub fn paragraphs(&mut self, name: &str, max: usize) -> Option<String> {
        let value = self.required(name)?;
        self.checked_text(name, value, max, |c| c.is_control() && !matches!(c, '\n' | '\r' | '\t'))
    }

    fn text_of(&mut self, name: &str, value: &Value, max: usize) -> Option<String> {
        self.checked_text(name, value, max, char::is_control)
    }

    fn checked_text(&mut self, name: &str, value: &Value, max: usize, unfit: impl Fn(char) -> bool) -> Option<String> {
        let Some(text) = value.as_str() else {
            self.wrong(name, Code::WrongType, "expected", "string");
            return None;
        };
        if text.chars().count() > max {
            self.wrong(name, Code::TooLong, "max", &max.to_string());
            return None;
        }
        if text.trim().is_empty() || text.chars().any(unfit) {
            self.wrong(name, Code::WrongFormat, "expected", "text");
            return None;
        }
        Some(text.to_owned())
    }

    /// A required text that is one of the values a type knows.
    pub fn parsed<T: FromStr>(&mut self, name: &str, allowed: &str) -> Option<T> {
        let value = self.required(name)?;
        self.parse_of(name, value, allowed)
    }

    /// The same for an optional text.
    pub fn optional_parsed<T: FromStr>(&mut self, name: &str, allowed: &str) -> Option<T> {
        let value = self.raw(name)?;
        self.parse_of(name, value, allowed)
    }

    fn parse_of<T: FromStr>(&mut self, name: &str, value: &Value, allowed: &str) -> Option<T> {
        let Some(text) = value.as_str() else {
            self.wrong(name, Code::WrongType, "expected", "string");
            return None;
        };
        let parsed = text.parse().ok();
        if parsed.is_none() {
            self.wrong(name, Code::UnknownValue, "allowed", allowed);
        }
        parsed
    }

    /// A required date.
    pub fn date(&mut self, name: &str) -> Option<NaiveDate> {
        let value = self.required(name)?;
        let Some(text) = value.as_str() else {
            self.wrong(name, Code::WrongType, "expected", "string");
            return None;
        };
        // The calendar's own bounds: nothing here happens before 1900 or after 2200.
        let date = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().filter(|date| {
            let year = chrono::Datelike::year(date);
            text.len() == 10 && (1900..=2200).contains(&year)
        });
        if date.is_none() {
            self.wrong(name, Code::WrongFormat, "expected", "YYYY-MM-DD");
        }
        date
    }

    /// A required instant.
    pub fn instant(&mut self, name: &str) -> Option<chrono::DateTime<chrono::Utc>> {
        let value = self.required(name)?;
        let parsed = value.as_str().and_then(|text| chrono::DateTime::parse_from_rfc3339(text).ok());
        if parsed.is_none() {
            self.wrong(name, Code::WrongFormat, "expected", "RFC 3339");
        }
        parsed.map(|at| at.to_utc())
    }

    /// A required whole number within bounds.
    pub fn number(&mut self, name: &str, bounds: std::ops::RangeInclusive<i64>) -> Option<i64> {
        let value = self.required(name)?;
        let number = value.as_i64();
        if number.is_none() {
            self.wrong(name, Code::WrongType, "expected", "integer");
        }
        let within = number.filter(|number| bounds.contains(number));
        if within.is_none() && number.is_some() {
            self.wrong(name, Code::UnknownValue, "allowed", &format!("{}–{}", bounds.start(), bounds.end()));
        }
        within
    }

    /// A truth value; absent counts as `absent`.
    pub fn boolean(&mut self, name: &str, absent: bool) -> Option<bool> {
        let Some(value) = self.raw(name) else { return Some(absent) };
        let truth = value.as_bool();
        if truth.is_none() {
            self.wrong(name, Code::WrongType, "expected", "boolean");
        }
        truth
    }

    /// A required truth value.
    pub fn required_boolean(&mut self, name: &str) -> Option<bool> {
        self.required(name)?;
        self.boolean(name, false)
    }

    /// A list of at most `max` values; absent counts as empty unless it is required.
    pub fn list(&mut self, name: &str, max: usize, required: bool) -> Option<&'a Vec<Value>> {
        let value = if required { self.required(name)? } else { self.raw(name)? };
        let Some(list) = value.as_array() else {
            self.wrong(name, Code::WrongType, "expected", "array");
            return None;
        };
        if list.len() > max {
            self.wrong(name, Code::TooLong, "max", &max.to_string());
            return None;
        }
        Some(list)
    }

    /// The texts of a list, each parsed.
    pub fn parsed_list<T: FromStr>(&mut self, name: &str, max: usize, allowed: &str) -> Option<Vec<T>> {
        let list = self.list(name, max, true)?;
        let mut parsed = Vec::with_capacity(list.len());
        for (index, value) in list.iter().enumerate() {
            let item = self.parse_of(&format!("{name}/{index}"), value, allowed);
            parsed.extend(item);
        }
        (parsed.len() == list.len()).then_some(parsed)
    }

    /// A required object within this one.
    pub fn object(&mut self, name: &str) -> Option<Fields<'_>>
    where
        'a: 'a,
    {
        let value = self.required(name)?;
        let at = self.pointer(name);
        Some(Fields::object_at(value, at, self.errors))
    }

    /// An optional object within this one.
    pub fn optional_object(&mut self, name: &str) -> Option<Fields<'_>> {
        let value = self.raw(name)?;
        let at = self.pointer(name);
        Some(Fields::object_at(value, at, self.errors))
    }

    /// Whether a field is named at all, be it with null.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.object.is_some_and(|object| object.contains_key(name))
    }

    /// An object of a list.
    pub fn item(&mut self, name: &str, index: usize, value: &'a Value) -> Fields<'_> {
        let at = format!("{}/{index}", self.pointer(name));
        Fields::object_at(value, at, self.errors)
    }

    /// Reports something wrong with a field, found by the caller.
    pub fn report(&mut self, name: &str, code: Code) {
        let pointer = self.pointer(name);
        self.errors.push(FieldError::new(&pointer, code));
    }
}

/// A name as a part of a JSON pointer; a long one is cut, for it comes from outside.
fn escape(name: &str) -> String {
    name.chars().take(40).collect::<String>().replace('~', "~0").replace('/', "~1")
}
