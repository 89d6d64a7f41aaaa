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
    /// The first listed values for 0, and others for the rest.
    pub fn new(n: usize) -> Self {
        let default = Policy::default();
        let (policy, changes) = match n {
            0 => (default, json!({})),
            1 => (
                Policy {
                    out_of_hours: p::OutOfHours::AtOnce,
                    extension: p::Extension::ByAnOfficer,
                    referral_days: 8,
                    complaint_provider_days: 3,
                    complaint_authority_days: 7,
                    term_end: p::TermEnd::HalfPastSix,
                    leading: p::Leading::General,
                    interleave: 2,
                    ..default
                },
                json!({
                    "outOfHours": "at-once", "termEnd": "18:30", "extension": "by-an-officer",
                    "referralWorkingDays": 8, "complaintProviderWorkingDays": 3, "complaintAuthorityWorkingDays": 7,
                    "interleave": {"general": 2, "leading": "general"},
                }),
            ),
            2 => (
                Policy {
                    decline: p::Decline::Application,
                    cancel: p::Cancel::Archive,
                    temporary_decline: p::TemporaryDecline::AsAny,
                    refused_enrolment: p::RefusedEnrolment::Archive,
                    suspension_days: 4,
                    ..default
                },
                json!({
                    "decline": "application", "cancel": "archive", "temporaryDecline": "as-any",
                    "refusedEnrolment": "archive", "suspensionWorkingDays": 4,
                }),
            ),
            3 => (
                Policy {
                    siblings: p::Siblings::Off,
                    refusal_review: p::RefusalReview::None,
                    temporary: p::Temporary::AtEnd,
                    relocation: p::Relocation::Everyone,
                    interest_months: 4,
                    ..default
                },
                json!({
                    "siblings": "off", "refusalReview": "none", "temporary": "at-end", "relocation": "everyone",
                    "interestMonths": 4,
                }),
            ),
            4 => (
                Policy {
                    unconfirmed: p::Unconfirmed::General,
                    lapse: p::Lapse::Return,
                    age_out: p::AgeOut::YearEnd,
                    cohort: p::Cohort::CalendarYear,
                    resubmission: p::Resubmission::Never,
                    ..default
                },
                json!({
                    "unconfirmedBenefit": "general", "lapse": "return", "ageOut": "year-end", "cohort": "calendar-year",
                    "resubmission": "never",
                }),
            ),
            5 => (
                Policy {
                    change: p::Change::New,
                    readd: p::Readd::Kept,
                    officer: p::Officer::AllLanesWithDocuments,
                    sibling_scope: p::SiblingScope::GeneralLane,
                    benefits: p::Benefits::One,
                    interleave: 1,
                    ..default
                },
                json!({
                    "change": "new", "readd": "kept", "officer": "all-lanes-with-documents",
                    "siblingScope": "general-lane", "benefits": "one",
                    "interleave": {"general": 1, "leading": "first-priority"},
                }),
            ),
            _ => (Policy { simultaneous: p::Simultaneous::One, ..default }, json!({"simultaneous": "one"})),
        };
        Self { policy, changes }
    }
}

/// How many there are that decide everything; under the one after them it is open which of several organisations a child is offered.
pub const COUNT: usize = 6;

/// What never happens under the n-th one.
pub const fn never(n: usize) -> &'static [&'static str] {
    match n {
        3 => &["refusal upheld", "refusal overturned"],
        // These stories end where it is open what comes next.
        COUNT => &[
            "submission after a contract",
            "yes",
            "no",
            "refusal upheld",
            "refusal overturned",
            "signature for a temporary place",
            "termination",
        ],
        _ => &[],
    }
}

/// The body that publishes a version of a policy from a day on.
pub fn body(changes: &Value, version: u32, from: &str) -> Value {
    let mut body = serde_json::to_value(PolicyVersion::built_in()).expect("a policy");
    body["id"] = json!("agreement");
    body["version"] = json!(version);
    body["from"] = json!(from);
    for (name, value) in changes.as_object().into_iter().flatten() {
        body["policy"][name] = value.clone();
    }
    body
}
