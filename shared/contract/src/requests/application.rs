//! What an applicant sends: an application, the answers to an offer and to a question of interest. Never what the rules think
//! of it: a field that can be read is passed on as it is.

use chrono::NaiveDate;
use kezek_rules::decide::{InterestAnswer, NotBefore, OfferAnswer};
use kezek_rules::ids::Bin;
use kezek_rules::organisation::Kato;
use kezek_rules::queue::{LANGUAGES, Language, Stream};
use serde_json::Value;

use super::parts::{PersonId, benefits, documents, not_before, organisations, person_id, phone};
use super::{NAME_MAX, choice, finish, state_number};
use crate::fields::Fields;
use crate::problem::{FieldError, Problem};

/// `POST /v1/applications` as far as it could be read: a field that couldn't is none, and told in `errors`.
#[derive(Clone, Default)]
pub struct ApplicationRequest {
    /// Who the applicant is.
    pub applicant: Option<PersonId>,
    /// The applicant's name.
    pub applicant_name: Option<String>,
    /// The address.
    pub address: Option<String>,
    /// The phone in the mobile-citizens base.
    pub phone: Option<String>,
    /// Who the child is.
    pub child: Option<PersonId>,
    /// The child's name.
    pub child_name: Option<String>,
    /// Born when.
    pub birth_date: Option<NaiveDate>,
    /// Where the family lives.
    pub settlement: Option<Kato>,
    /// In which language.
    pub language: Option<Language>,
    /// For which organisations.
    pub organisations: Option<Vec<Bin>>,
    /// The benefit categories; 0 for one that is none of the 13.
    pub benefits: Option<Vec<u8>>,
    /// Whether the family is transferred to a new place of service.
    pub relocation: Option<bool>,
    /// In which stream.
    pub stream: Option<Stream>,
    /// From when the place is wanted.
    pub not_before: Option<NotBefore>,
    /// The documents: kind and day of issue.
    pub documents: Option<Vec<(String, NaiveDate)>>,
    /// Consent (Annex 5).
    pub consent: Option<bool>,
    /// All that is wrong.
    pub errors: Vec<FieldError>,
}

/// Reads `POST /v1/applications`.
#[must_use]
pub fn application(body: &Value) -> ApplicationRequest {
    let mut read = ApplicationRequest::default();
    let mut errors = Vec::new();
    let mut fields = Fields::of(body, &mut errors);
    fields.only(&[
        "applicant",
        "child",
        "settlement",
        "language",
        "organisations",
        "benefit",
        "stream",
        "notBefore",
        "relocation",
        "documents",
        "consent",
    ]);
    if let Some(mut applicant) = fields.object("applicant") {
        applicant.only(&["iin", "document", "fullName", "address", "phone"]);
        read.applicant = person_id(&mut applicant);
        read.applicant_name = applicant.text("fullName", NAME_MAX);
        read.address = applicant.optional_text("address", 500);
        read.phone = phone(&mut applicant);
    }
    if let Some(mut child) = fields.object("child") {
        child.only(&["iin", "document", "fullName", "birthDate"]);
        read.child = person_id(&mut child);
        read.child_name = child.text("fullName", NAME_MAX);
        read.birth_date = child.date("birthDate");
    }
    read.settlement = fields.parsed("settlement", "KATO");
    read.language = fields.parsed("language", &LANGUAGES.join(", "));
    read.organisations = organisations(&mut fields, true);
    read.benefits = benefits(&mut fields);
    read.stream = match fields.raw("stream") {
        None => Some(Stream::General),
        Some(_) => fields.parsed("stream", "general, special:<kind>, sanatorium:<kind>"),
    };
    read.not_before = not_before(&mut fields);
    read.relocation = fields.boolean("relocation", false);
    read.documents = documents(&mut fields);
    read.consent = fields.required_boolean("consent");
    read.errors = errors;
    read
}

/// Reads the answer to an offer.
///
/// # Errors
/// All bad fields.
pub fn offer_answer(body: &Value) -> Result<OfferAnswer, Problem> {
    let mut errors = Vec::new();
    let mut fields = Fields::of(body, &mut errors);
    fields.only(&["answer"]);
    let answer = choice(&mut fields, "answer", &[("accept", OfferAnswer::Accept), ("decline", OfferAnswer::Decline)]);
    finish(answer, errors)
}

/// Reads the answer to a question of interest, and which queue it is about.
///
/// # Errors
/// All bad fields.
pub fn interest(body: &Value) -> Result<(InterestAnswer, Option<Bin>), Problem> {
    let mut errors = Vec::new();
    let mut fields = Fields::of(body, &mut errors);
    fields.only(&["answer", "organisation"]);
    let answer = choice(&mut fields, "answer", &[("yes", InterestAnswer::Yes), ("no", InterestAnswer::No)]);
    let organisation = fields.raw("organisation").and_then(|_| state_number(&mut fields, "organisation"));
    finish(answer.map(|answer| (answer, organisation)), errors)
}
