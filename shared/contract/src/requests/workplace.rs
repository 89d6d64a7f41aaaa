//! What an officer sends from the workplace: decisions, archivings, and the organisations of the registry. Never whether the
//! officer may: the territory is checked where the request is served.

use kezek_rules::application::{ArchiveReason, Duty};
use kezek_rules::decide::OfficerDecision;
use kezek_rules::organisation::{Kato, OrganisationType};
use kezek_rules::queue::{LANGUAGES, Language, StreamKind};
use kezek_rules::step::Lacking;
use serde_json::Value;

use super::parts::lacking;
use super::{NAME_MAX, choice, finish};
use crate::fields::Fields;
use crate::problem::Problem;
use crate::texts::problems::Code;

/// The grounds of a refusal (`P5.e`).
const GROUNDS: std::ops::RangeInclusive<i64> = 1..=3;

/// An officer's decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecisionBody {
    /// What is decided, where more than one decision waits.
    pub duty: Option<Duty>,
    /// Confirmed, or refused on a ground of `P5.e`.
    pub decision: OfficerDecision,
    /// The documents that a refusal names (`P5.d`).
    pub lacking: Lacking,
}

/// Reads an officer's decision.
///
/// # Errors
/// All bad fields.
pub fn decision(body: &Value) -> Result<DecisionBody, Problem> {
    let mut errors = Vec::new();
    let mut fields = Fields::of(body, &mut errors);
    fields.only(&["decision", "ground", "note", "task", "missing", "expired"]);
    let refuses = choice(&mut fields, "decision", &[("confirm", false), ("refuse", true)]);
    fields.optional_text("note", 1_000);
    let named = Duty::ALL.map(|duty| (duty.as_str(), duty));
    let lacking = lacking(&mut fields, refuses == Some(true));
    let duty = fields.raw("task").map(|_| choice(&mut fields, "task", &named));
    let ground = match refuses {
        Some(true) => fields.number("ground", GROUNDS).and_then(|ground| u8::try_from(ground).ok()),
        _ => {
            // It says nothing then, but still has to be one.
            fields.raw("ground").and_then(|_| fields.number("ground", GROUNDS));
            Some(0)
        }
    };
    let decision = match (refuses, ground) {
        (Some(false), _) => Some(OfficerDecision::Confirm),
        (Some(true), Some(ground)) => Some(OfficerDecision::Refuse { ground }),
        _ => None,
    };
    finish(decision.map(|decision| DecisionBody { duty: duty.flatten(), decision, lacking }), errors)
}

/// Reads an officer's archiving: its reason.
///
/// # Errors
/// All bad fields.
pub fn archive(body: &Value) -> Result<ArchiveReason, Problem> {
    let mut errors = Vec::new();
    let mut fields = Fields::of(body, &mut errors);
    fields.only(&["reason", "note"]);
    let reasons = [("violation", ArchiveReason::Violation), ("duplicate", ArchiveReason::Duplicate)];
    let reason = choice(&mut fields, "reason", &reasons);
    fields.optional_text("note", 1_000);
    finish(reason, errors)
}

/// `PUT /v1/workplace/organisations/{bin}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrganisationBody {
    /// The name in Kazakh.
    pub name_kk: String,
    /// The name in Russian.
    pub name_ru: String,
    /// The type.
    pub kind: OrganisationType,
    /// Where it is.
    pub settlement: Kato,
    /// The languages of instruction.
    pub languages: Vec<Language>,
    /// The kinds of stream.
    pub streams: Vec<StreamKind>,
    /// Whether it takes children.
    pub open: bool,
}

/// Reads `PUT /v1/workplace/organisations/{bin}`.
///
/// # Errors
/// All bad fields.
pub fn organisation(body: &Value) -> Result<OrganisationBody, Problem> {
    let mut errors = Vec::new();
    let mut fields = Fields::of(body, &mut errors);
    fields.only(&["names", "type", "settlement", "languages", "streams", "open"]);
    let names = fields.object("names").and_then(|mut names| {
        names.only(&["kk", "ru"]);
        names.text("kk", NAME_MAX).zip(names.text("ru", NAME_MAX))
    });
    let types: Vec<&str> = OrganisationType::ALL.iter().map(|kind| kind.as_str()).collect();
    let kind = fields.parsed("type", &types.join(", "));
    let settlement = fields.parsed("settlement", "KATO");
    let languages = non_empty(&mut fields, "languages", &LANGUAGES.join(", "));
    let streams = fields.parsed_list::<StreamKind>("streams", 3, "general, special, sanatorium");
    if streams.as_ref().is_some_and(Vec::is_empty) {
        fields.report("streams", Code::Required);
    }
    let open = fields.required_boolean("open");
    let body = (|| {
        let (name_kk, name_ru) = names?;
        Some(OrganisationBody {
            name_kk,
            name_ru,
            kind: kind?,
            settlement: settlement?,
            languages: languages?,
            streams: streams?,
            open: open?,
        })
    })();
    finish(body, errors)
}

fn non_empty<T: std::str::FromStr>(fields: &mut Fields<'_>, name: &str, allowed: &str) -> Option<Vec<T>> {
    let list = fields.parsed_list(name, 10, allowed)?;
    if list.is_empty() {
        fields.report(name, Code::Required);
    }
    Some(list)
}
