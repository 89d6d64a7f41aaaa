//! What is sent about an enrolment: documents, extension and signature by the applicant, the decision on the documents by the
//! organisation, the review of its refusal by an officer. Never whether any of it may be: that is decided by the rules.

use chrono::NaiveDate;
use kezek_rules::application::{Document, SignatureMeans};
use kezek_rules::decide::{DocumentsDecision, Outcome, Review};
use kezek_rules::step::Lacking;
use serde_json::Value;

use super::parts::{DOCUMENT_KINDS, documents, lacking};
use super::{NAME_MAX, choice, finish};
use crate::fields::Fields;
use crate::problem::Problem;
use crate::texts::problems::Code;

/// A digital signature with its certificates has some tens of kilobytes at most; the body has no more.
const PROOF_MAX: usize = 60_000;

/// The grounds of a refusal to enrol (`P28`).
const GROUNDS: std::ops::RangeInclusive<i64> = 1..=6;

/// A note has at most so many characters.
const NOTE_MAX: usize = 1_000;

/// Reads the documents handed in for enrolment (`A6.8`).
///
/// # Errors
/// All bad fields.
pub fn enrolment(body: &Value) -> Result<Vec<Document>, Problem> {
    let mut errors = Vec::new();
    let mut fields = Fields::of(body, &mut errors);
    fields.only(&["documents"]);
    if fields.raw("documents").is_none() && body.is_object() {
        fields.report("documents", Code::Required);
    }
    let read = documents(&mut fields);
    let document = |(kind, issued_on)| Document { kind, issued_on };
    finish(read.map(|read| read.into_iter().map(document).collect()), errors)
}

/// Reads the request for an extension (`P25.b`): until which day, and the document that confirms the inability to come.
///
/// # Errors
/// All bad fields.
pub fn extension(body: &Value) -> Result<(NaiveDate, Document), Problem> {
    let mut errors = Vec::new();
    let mut fields = Fields::of(body, &mut errors);
    fields.only(&["until", "document"]);
    let until = fields.date("until");
    let document = fields.object("document").and_then(|mut document| {
        document.only(&["kind", "issuedOn", "reference"]);
        document.optional_text("reference", NAME_MAX);
        let kind = document.text("kind", 60).filter(|kind| {
            let known = DOCUMENT_KINDS.contains(&kind.as_str());
            if !known {
                document.wrong("kind", Code::UnknownValue, "allowed", &DOCUMENT_KINDS.join(", "));
            }
            known
        });
        let issued_on = document.date("issuedOn");
        kind.zip(issued_on).map(|(kind, issued_on)| Document { kind, issued_on })
    });
    finish(until.zip(document), errors)
}

/// Reads the signature of a contract (`P22.d`): by which means, and what proves it.
///
/// # Errors
/// All bad fields.
pub fn signature(body: &Value) -> Result<(SignatureMeans, String), Problem> {
    let mut errors = Vec::new();
    let mut fields = Fields::of(body, &mut errors);
    fields.only(&["means", "proof"]);
    let known = SignatureMeans::ALL.map(|means| (means.as_str(), means));
    let means = choice(&mut fields, "means", &known);
    let proof = fields.text("proof", PROOF_MAX);
    finish(means.zip(proof), errors)
}

/// What an organisation's decision can be; `accept` says the same as `confirm`.
const DECISIONS: [(&str, Said); 4] =
    [("confirm", Said::Confirm), ("accept", Said::Confirm), ("return", Said::Return), ("refuse", Said::Refuse)];

#[derive(Debug, Clone, Copy)]
enum Said {
    Confirm,
    Return,
    Refuse,
}

/// Reads an organisation's decision on the documents (`P22.b`, `P28`), with those that it found missing or expired. What is returned
/// needs a note, or a document named: each reason is told (`P22.c`).
///
/// # Errors
/// All bad fields.
pub fn documents_decision(body: &Value) -> Result<(DocumentsDecision, Lacking), Problem> {
    let mut errors = Vec::new();
    let mut fields = Fields::of(body, &mut errors);
    fields.only(&["decision", "ground", "note", "group", "missing", "expired"]);
    let said = choice(&mut fields, "decision", &DECISIONS);
    let lacking = lacking(&mut fields, matches!(said, Some(Said::Return | Said::Refuse)));
    if matches!(said, Some(Said::Return)) && lacking.is_none() {
        fields.text("note", NOTE_MAX);
    } else {
        fields.optional_text("note", NOTE_MAX);
    }
    let group = fields.optional_text("group", super::organisation::GROUP_MAX);
    if !matches!(said, Some(Said::Refuse)) {
        // It says nothing then, but still has to be one.
        fields.raw("ground").and_then(|_| fields.number("ground", GROUNDS));
    }
    let decision = match said {
        Some(Said::Confirm) => Some(DocumentsDecision::Confirm),
        Some(Said::Return) => Some(DocumentsDecision::Return),
        Some(Said::Refuse) => {
            let ground = fields.number("ground", GROUNDS).and_then(|ground| u8::try_from(ground).ok());
            ground.map(|ground| DocumentsDecision::Refuse { ground, group })
        }
        None => None,
    };
    finish(decision.map(|decision| (decision, lacking)), errors)
}

/// Reads an officer's review of a refusal (`P16.1`).
///
/// # Errors
/// All bad fields.
pub fn review(body: &Value) -> Result<Review, Problem> {
    let mut errors = Vec::new();
    let mut fields = Fields::of(body, &mut errors);
    fields.only(&["decision", "outcome", "note"]);
    let upholds = choice(&mut fields, "decision", &[("uphold", true), ("overturn", false)]);
    let outcomes = [("archive", Outcome::Archive), ("return", Outcome::Return)];
    let outcome = fields.raw("outcome").and_then(|_| choice(&mut fields, "outcome", &outcomes));
    let reasoned = fields.optional_text("note", NOTE_MAX).is_some();
    if upholds == Some(false) && outcome.is_some() {
        // A refusal that doesn't stand has no outcome for the application.
        fields.wrong("outcome", Code::UnknownValue, "allowed", "null");
    }
    let review = upholds.map(|upholds| match upholds {
        true => Review::Uphold { outcome, reasoned },
        false => Review::Overturn,
    });
    finish(review, errors)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn pointers<T: std::fmt::Debug>(read: Result<T, Problem>) -> Vec<String> {
        read.expect_err("a problem").errors.iter().map(|error| error.pointer.clone()).collect()
    }

    #[test]
    fn p22_c_what_is_returned_is_given_a_reason() {
        let read = |body: Value| documents_decision(&body);
        let plain = |decision| Ok((decision, Lacking::default()));
        assert_eq!(read(json!({"decision": "accept"})), plain(DocumentsDecision::Confirm));
        assert_eq!(read(json!({"decision": "return", "note": "no stamp"})), plain(DocumentsDecision::Return));
        assert_eq!(pointers(read(json!({"decision": "return"}))), ["/note"]);
        let named = json!({"decision": "return", "missing": ["diploma", "diploma"], "expired": ["health-certificate"]});
        let lacking = Lacking { missing: vec!["diploma".to_owned()], expired: vec!["health-certificate".to_owned()] };
        assert_eq!(read(named), Ok((DocumentsDecision::Return, lacking)));
        assert_eq!(pointers(read(json!({"decision": "accept", "missing": ["diploma"]}))), ["/missing"]);
        let unknown = json!({"decision": "return", "missing": ["poem"], "expired": [7], "note": "…"});
        assert_eq!(pointers(read(unknown)), ["/missing/0", "/expired/0"]);
        let refused = DocumentsDecision::Refuse { ground: 3, group: Some("7".to_owned()) };
        assert_eq!(read(json!({"decision": "refuse", "ground": 3, "group": "7"})), plain(refused));
        assert_eq!(pointers(read(json!({"decision": "refuse", "ground": 7}))), ["/ground"]);
        assert_eq!(pointers(read(json!({"decision": "confirm", "ground": "none"}))), ["/ground"]);
        assert_eq!(pointers(read(json!({"decision": "refuse", "note": 5, "x": 1}))), ["/x", "/note", "/ground"]);
    }

    #[test]
    fn p16_1_only_an_upheld_refusal_has_an_outcome() {
        let read = |body: Value| review(&body);
        let upheld = Review::Uphold { outcome: Some(Outcome::Return), reasoned: true };
        assert_eq!(read(json!({"decision": "uphold", "outcome": "return", "note": "kin"})), Ok(upheld));
        assert_eq!(read(json!({"decision": "overturn", "note": "no ground"})), Ok(Review::Overturn));
        assert_eq!(pointers(read(json!({"decision": "overturn", "outcome": "archive"}))), ["/outcome"]);
        assert_eq!(pointers(read(json!({"outcome": "keep"}))), ["/decision", "/outcome"]);
    }

    #[test]
    fn all_that_is_wrong_is_told() {
        assert_eq!(pointers(enrolment(&json!({}))), ["/documents"]);
        assert_eq!(pointers(enrolment(&json!([]))), [""]);
        let bad = json!({"documents": [{"kind": "poem", "issuedOn": "today"}]});
        assert_eq!(pointers(enrolment(&bad)), ["/documents/0/issuedOn", "/documents/0/kind"]);
        assert_eq!(pointers(extension(&json!({"until": "2026-13-01"}))), ["/until", "/document"]);
        let bad = json!({"until": "2026-12-01", "document": {"kind": "poem"}});
        assert_eq!(pointers(extension(&bad)), ["/document/kind", "/document/issuedOn"]);
        assert_eq!(pointers(signature(&json!({"means": "nod"}))), ["/means", "/proof"]);
        let good = signature(&json!({"means": "qr", "proof": "…"}));
        assert_eq!(good, Ok((SignatureMeans::Qr, "…".to_owned())));
    }
}
