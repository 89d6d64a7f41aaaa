//! The decisions that the Order leaves open, each taken otherwise once: for the model as values, for the system as a published
//! policy. Never here: a default.

use kezek_rules::policy::PolicyVersion;
use serde_json::{Value, json};

use crate::model::Policy;
use crate::model::policy as p;

/// A policy for both.
pub struct Variant {
    /// For the model.
    pub policy: Policy,
    /// What it changes in the system's built-in policy; nothing for the default.
    pub changes: Value,
}

impl Variant {
    /// The first listed values.
    pub fn first_listed() -> Self {
        Self { policy: Policy::default(), changes: json!({}) }
    }

    /// The n-th of the others.
    pub fn other(n: usize) -> Self {
        let default = Policy::default();
        let (policy, changes) = match n {
            1 => (
                Policy {
                    out_of_hours: p::OutOfHours::AtOnce,
                    term_end: p::TermEnd::HalfPastSix,
                    leading: p::Leading::General,
                    interleave: 2,
                    ..default
                },
                json!({
                    "outOfHours": "at-once", "termEnd": "18:30",
                    "interleave": {"general": 2, "leading": "general"},
                }),
            ),
            2 => (
                Policy {
                    decline: p::Decline::Application,
                    cancel: p::Cancel::Archive,
                    temporary_decline: p::TemporaryDecline::AsAny,
                    ..default
                },
                json!({"decline": "application", "cancel": "archive", "temporaryDecline": "as-any"}),
            ),
            3 => (
                Policy { siblings: p::Siblings::Off, refusal_review: p::RefusalReview::None, ..default },
                json!({"siblings": "off", "refusalReview": "none"}),
            ),
            4 => (
                Policy {
                    unconfirmed: p::Unconfirmed::General,
                    lapse: p::Lapse::Return,
                    age_out: p::AgeOut::YearEnd,
                    cohort: p::Cohort::CalendarYear,
                    ..default
                },
                json!({
                    "unconfirmedBenefit": "general", "lapse": "return", "ageOut": "year-end", "cohort": "calendar-year",
                }),
            ),
            _ => (
                Policy {
                    change: p::Change::New,
                    readd: p::Readd::Kept,
                    officer: p::Officer::AllLanesWithDocuments,
                    sibling_scope: p::SiblingScope::GeneralLane,
                    ..default
                },
                json!({
                    "change": "new", "readd": "kept", "officer": "all-lanes-with-documents",
                    "siblingScope": "general-lane",
                }),
            ),
        };
        Self { policy, changes }
    }

    /// The body that publishes it.
    pub fn body(&self) -> Value {
        let mut body = serde_json::to_value(PolicyVersion::built_in()).expect("a policy");
        body["id"] = json!("agreement");
        for (name, value) in self.changes.as_object().into_iter().flatten() {
            body["policy"][name] = value.clone();
        }
        body
    }
}
