//! The parts of a fact, read tolerantly, and which events must have a notice.

use chrono::NaiveDate;
use serde_json::Value as Json;

use super::Event;
use crate::ids::{Id, Name, Names, ReferralId, hex, id, offer};
use crate::time::{self, Ms};

/// Facts that never go without a notice.
const TELLING: [&str; 15] = [
    "offered",
    "reminded",
    "passed-on",
    "suspended",
    "interest-asked",
    "referral-issued",
    "referral-cancelled",
    "referral-extended",
    "contract-formed",
    "contract-signed",
    "verification-started",
    "second-check-started",
    "documents-submitted",
    "deferred-age-reached",
    "refused",
];

/// Whether an event must have a notice (`N1`).
pub(super) fn tells(event: &Event) -> bool {
    let archived = event.facts.iter().any(|fact| fact["what"] == "archived" && fact["reason"] != "enrolled");
    let registered = event.has("queued") && !event.has("organisations-changed");
    archived || registered || event.facts.iter().any(|fact| TELLING.iter().any(|what| fact["what"] == *what))
}

/// The parts of a fact.
pub(super) struct Parts<'a>(pub(super) &'a Json);

impl Parts<'_> {
    pub(super) fn organisation(&self, names: &mut Names) -> Option<Name> {
        self.0["organisation"].as_str().map(|bin| names.of(bin))
    }

    pub(super) fn organisations(&self, names: &mut Names, field: &str) -> Vec<Name> {
        let list = self.0[field].as_array().into_iter().flatten();
        list.filter_map(Json::as_str).map(|bin| names.of(bin)).collect()
    }

    pub(super) fn instant(&self, field: &str) -> Option<Ms> {
        self.0[field].as_str().and_then(time::instant)
    }

    pub(super) fn day(&self, field: &str) -> Option<NaiveDate> {
        self.0[field].as_str().and_then(|text| text.parse().ok())
    }

    pub(super) fn offer(&self) -> Option<Id> {
        self.0["offer"].as_str().and_then(offer)
    }

    pub(super) fn seat(&self) -> Option<Id> {
        self.0["seat"].as_str().and_then(id)
    }

    pub(super) fn referral(&self) -> Option<ReferralId> {
        self.0["referral"].as_str().and_then(hex)
    }

    pub(super) fn by_register(&self) -> bool {
        self.0["by"] == "register"
    }
}
