//! The schema of a policy's version (`K5`): every decision with its values, every number, each with its default. Never here: what a
//! policy brings about, or the bounds within which a number makes sense (a rule refuses what lies outside).

use kezek_rules::group::GroupType;
use kezek_rules::policy::{
    AgeOut, Benefits, Cancel, Change, Cohort, Decline, Extension, Lapse, OfficerScope, OutOfHours, Policy, PublicQueue,
    Readd, RefusalReview, RefusedEnrolment, Relocation, Resubmission, SiblingScope, Siblings, Simultaneous, Temporary,
    TemporaryDecline, TermEnd, Territory, UnconfirmedBenefit,
};
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::super::fields::{bounded, month_day, object, one_of, time};

pub fn version() -> Value {
    let date = json!({"type": "string", "format": "date"});
    let properties = json!({
        "id": {"type": "string", "pattern": "^[a-z0-9-]{1,40}$"},
        "version": bounded(1, u32::MAX),
        "from": date,
        "until": {"type": ["string", "null"], "format": "date"},
        "territory": {"type": "array", "maxItems": 366, "items": {"type": "string", "pattern": "^[0-9]{1,9}$"}},
        "policy": policy(),
    });
    object(&["version", "from"], properties)
}

fn policy() -> Value {
    let defaults = serde_json::to_value(Policy::default()).unwrap_or_default();
    let decisions = decisions();
    let mut properties = Map::new();
    for (name, default) in defaults.as_object().into_iter().flatten() {
        let decided = decisions.iter().find(|(field, _)| field == name).map(|(_, values)| json!({"enum": values}));
        let mut schema = decided.unwrap_or_else(|| value(name, default));
        schema["default"] = default.clone();
        properties.insert(name.clone(), schema);
    }
    let mut policy = object(&[], Value::Object(properties));
    policy["description"] = json!("Only what differs from the defaults need be named.");
    policy
}

/// The decisions, each with its values.
fn decisions() -> Vec<(&'static str, Value)> {
    fn values(all: &[impl Serialize]) -> Value {
        serde_json::to_value(all).unwrap_or_default()
    }
    vec![
        ("territory", values(Territory::ALL)),
        ("outOfHours", values(OutOfHours::ALL)),
        ("benefits", values(Benefits::ALL)),
        ("officer", values(OfficerScope::ALL)),
        ("unconfirmedBenefit", values(UnconfirmedBenefit::ALL)),
        ("change", values(Change::ALL)),
        ("readd", values(Readd::ALL)),
        ("relocation", values(Relocation::ALL)),
        ("publicQueue", values(PublicQueue::ALL)),
        ("cohort", values(Cohort::ALL)),
        ("temporary", values(Temporary::ALL)),
        ("temporaryDecline", values(TemporaryDecline::ALL)),
        ("siblings", values(Siblings::ALL)),
        ("siblingScope", values(SiblingScope::ALL)),
        ("decline", values(Decline::ALL)),
        ("simultaneous", values(Simultaneous::ALL)),
        ("cancel", values(Cancel::ALL)),
        ("extension", values(Extension::ALL)),
        ("resubmission", values(Resubmission::ALL)),
        ("refusalReview", values(RefusalReview::ALL)),
        ("refusedEnrolment", values(RefusedEnrolment::ALL)),
        ("lapse", values(Lapse::ALL)),
        ("ageOut", values(AgeOut::ALL)),
        ("termEnd", values(TermEnd::ALL)),
    ]
}

/// What is no decision: numbers, hours, a day of the year, the interleaving, the ages.
fn value(name: &str, default: &Value) -> Value {
    match name {
        "workingHours" | "smsHours" => object(&["from", "until"], json!({"from": time(), "until": time()})),
        "interestTime" => time(),
        "promotion" => month_day(),
        "interleave" => {
            let leading = one_of(&["first-priority", "general"]);
            object(&["general", "leading"], json!({"general": bounded(0, 255), "leading": leading}))
        }
        "ages" => ages(),
        _ if default.is_u64() => bounded(0, u32::MAX),
        _ => json!({}),
    }
}

fn ages() -> Value {
    let range = object(&["from", "to"], json!({"from": bounded(0, 255), "to": bounded(0, 255)}));
    let groups = GroupType::ALL.into_iter().filter(|group| *group != GroupType::Special);
    let groups: Map<String, Value> = groups.map(|group| (group.as_str().to_owned(), range.clone())).collect();
    object(&[], Value::Object(groups))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A field that is new in the policy says here what it may be.
    #[test]
    fn k5_every_field_of_a_policy_is_described() {
        let schema = policy();
        for (name, default) in serde_json::to_value(Policy::default()).expect("JSON").as_object().expect("fields") {
            let described = &schema["properties"][name];
            assert!(described.as_object().is_some_and(|schema| schema.len() > 1), "{name} has a default only");
            assert_eq!(&described["default"], default, "{name}");
            if let Some(values) = described["enum"].as_array() {
                assert!(values.len() > 1 && values.first() == Some(default), "{name}: the first value is the default");
            }
        }
    }

    #[test]
    fn k5_every_decision_is_one_of_a_policy() {
        let defaults = serde_json::to_value(Policy::default()).expect("JSON");
        for (name, _) in decisions() {
            assert!(defaults.get(name).is_some(), "{name}");
        }
    }
}
