//! What single fields of a request look like, as `kezek_contract::fields` reads them; an optional one may also be null. Never here: a body.

use serde_json::{Value, json};

/// Control characters are in no text.
const CONTROLS: &str = "\\u0000-\\u001f\\u007f-\\u009f";

pub fn object(required: &[&str], properties: Value) -> Value {
    json!({"type": "object", "required": required, "properties": properties, "additionalProperties": false})
}

/// A field that may be left out, which null says as well.
pub fn nullable(schema: Value) -> Value {
    json!({"anyOf": [schema, {"type": "null"}]})
}

/// What holds where a field has one of these values.
pub fn where_is(field: &str, values: &[&str], then: Value) -> Value {
    json!({"if": {"required": [field], "properties": {field: {"enum": values}}}, "then": then})
}

/// A text in one line, not blank.
pub fn text(max: usize) -> Value {
    let pattern = format!("^[^{CONTROLS}]*[^\\s{CONTROLS}][^{CONTROLS}]*$");
    json!({"type": "string", "minLength": 1, "maxLength": max, "pattern": pattern})
}

/// A text that may have several lines, not blank.
pub fn paragraphs(max: usize) -> Value {
    let controls = "\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f-\\u009f";
    let pattern = format!("^[^{controls}]*[^\\s{controls}][^{controls}]*$");
    json!({"type": "string", "minLength": 1, "maxLength": max, "pattern": pattern})
}

pub fn one_of(values: &[&str]) -> Value {
    json!({"type": "string", "enum": values})
}

pub fn bounded(min: u32, max: u32) -> Value {
    json!({"type": "integer", "minimum": min, "maximum": max})
}

pub fn list(items: &Value, max: usize) -> Value {
    json!({"type": "array", "items": items, "minItems": 1, "maxItems": max})
}

pub fn iin() -> Value {
    json!({"type": "string", "format": "iin", "pattern": "^[0-9]{12}$", "description": "With a valid control digit (K2)."})
}

pub fn bin() -> Value {
    json!({"type": "string", "format": "bin", "pattern": "^[0-9]{12}$", "description": "With a valid control digit (K2)."})
}

pub fn settlement() -> Value {
    json!({"type": "string", "pattern": "^[0-9]{9}$", "description": "A KATO code."})
}

/// A day of the years 1900 to 2200.
pub fn date() -> Value {
    json!({"type": "string", "format": "date", "pattern": "^(19|20|21)[0-9]{2}-|^2200-"})
}

/// A day of every year.
pub fn month_day() -> Value {
    let pattern =
        "^((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|1[0-9]|2[0-8]))$";
    json!({"type": "string", "pattern": pattern, "description": "MM-DD."})
}

/// A time of day in Asia/Almaty.
pub fn time() -> Value {
    json!({"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?$"})
}

pub fn phone() -> Value {
    json!({"type": "string", "pattern": "^\\+7[0-9]{10}$"})
}

pub fn stream() -> Value {
    let pattern = "^(general|(special|sanatorium):[a-z0-9-]{1,40})$";
    json!({"type": "string", "pattern": pattern, "description": "general, special:<kind>, sanatorium:<kind>"})
}

pub fn organisations() -> Value {
    json!({"type": "array", "items": bin(), "minItems": 1, "maxItems": 4, "uniqueItems": true})
}
