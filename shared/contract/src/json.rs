//! JSON as it comes from outside. Never here: what a field has to be.

use serde_json::{Number, Value};

/// The largest whole number up to which a JSON number is exact for every reader.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// Reads a text of JSON; none if it is none. A number without a fraction is a whole one, however it is written: JSON knows one
/// kind of number, and some clients write `2.0`.
#[must_use]
pub fn read(text: &[u8]) -> Option<Value> {
    let mut value = serde_json::from_slice(text).ok()?;
    make_whole(&mut value);
    Some(value)
}

fn make_whole(value: &mut Value) {
    match value {
        Value::Number(number) => {
            if let Some(whole) = whole(number) {
                *number = whole.into();
            }
        }
        Value::Array(items) => items.iter_mut().for_each(make_whole),
        Value::Object(members) => members.values_mut().for_each(make_whole),
        Value::Null | Value::Bool(_) | Value::String(_) => {}
    }
}

fn whole(number: &Number) -> Option<i64> {
    let float = number.as_f64().filter(|_| number.is_f64())?;
    #[expect(clippy::cast_possible_truncation, reason = "checked to be whole and exact")]
    (float.fract() == 0.0 && float.abs() <= EXACT).then_some(float as i64)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_number_without_a_fraction_is_whole() {
        let check = |text: &str, expected: Value| assert_eq!(read(text.as_bytes()), Some(expected), "{text}");
        check(r#"{"benefit":[9,8.0],"child":{"n":-3.0}}"#, json!({"benefit": [9, 8], "child": {"n": -3}}));
        check("1e2", json!(100));
        check("10.5", json!(10.5));
        check("1e300", json!(1e300));
        check("18446744073709551615", json!(u64::MAX));
        assert_eq!(read(b"{"), None);
    }
}
