//! Reading the template's text as values: without the short forms' tags, and by pointers. Never here: what a resource means.

use serde_json::Value as Json;
use serde_yaml_ng::Value as Yaml;

/// What every physical name starts with; the local stack leaves it out.
const STAGE_PREFIX: &str = "kezek-${Stage}-";

/// YAML as JSON, without the short forms' tags: `!Ref X` and `!Sub X` become `X`, `!GetAtt X.Arn` becomes `X.Arn`, `!If [C, a, b]`
/// becomes the list.
pub(super) fn plain(value: &Yaml) -> Result<Json, String> {
    Ok(match value {
        Yaml::Tagged(tagged) => plain(&tagged.value)?,
        Yaml::Sequence(items) => Json::Array(items.iter().map(plain).collect::<Result<_, _>>()?),
        Yaml::Mapping(entries) => {
            let member = |(key, value): (&Yaml, &Yaml)| {
                let key = key.as_str().ok_or_else(|| format!("{key:?} is no name"))?;
                Ok((key.to_owned(), plain(value)?))
            };
            Json::Object(entries.iter().map(member).collect::<Result<_, String>>()?)
        }
        scalar => serde_json::to_value(scalar).map_err(|error| error.to_string())?,
    })
}

pub(super) fn members<'a>(value: &'a Json, pointer: &str) -> impl Iterator<Item = (&'a String, &'a Json)> {
    value.pointer(pointer).and_then(Json::as_object).into_iter().flatten()
}

pub(super) fn list(value: &Json) -> impl Iterator<Item = &Json> {
    value.as_array().into_iter().flatten()
}

pub(super) fn texts(value: &Json) -> Vec<String> {
    value.as_str().into_iter().chain(list(value).filter_map(Json::as_str)).map(str::to_owned).collect()
}

pub(super) fn text_at(value: &Json, pointer: &str) -> Result<String, String> {
    value.pointer(pointer).and_then(Json::as_str).map(str::to_owned).ok_or_else(|| format!("no text at {pointer}"))
}

pub(super) fn number(value: &Json, pointer: &str) -> Option<u64> {
    value.pointer(pointer).and_then(Json::as_u64)
}

/// The resource that a reference to an attribute names.
pub(super) fn before_dot(reference: &str) -> String {
    reference.split('.').next().unwrap_or_default().to_owned()
}

/// The resource that a pointer leads to by reference, if there is one.
pub(super) fn resource_at(value: &Json, pointer: &str) -> Option<String> {
    text_at(value, pointer).ok().map(|reference| before_dot(&reference))
}

/// A physical name without the stage.
pub(super) fn local_name(name: &str) -> String {
    name.strip_prefix(STAGE_PREFIX).unwrap_or(name).to_owned()
}

/// Every text within a value.
pub(super) fn all_texts(value: &Json) -> Vec<&str> {
    match value {
        Json::String(text) => vec![text],
        Json::Array(items) => items.iter().flat_map(all_texts).collect(),
        Json::Object(fields) => fields.values().flat_map(all_texts).collect(),
        _ => Vec::new(),
    }
}
