//! What an applicant sends: an application, its changes, the answers to an offer and to a question of interest. Never what
//! the rules think of it: a field that can be read is passed on as it is.

use chrono::NaiveDate;
use kezek_rules::decide::{InterestAnswer, OfferAnswer};
use kezek_rules::ids::{Bin, Iin, NumberError};
use kezek_rules::organisation::Kato;
use kezek_rules::queue::{LANGUAGES, Language, Stream};
use serde_json::Value;

use super::{NAME_MAX, choice, finish, state_number};
use crate::fields::Fields;
use crate::problem::{FieldError, Problem};
use crate::texts::problems::Code;

/// The kinds of documents of the interface.
pub const DOCUMENT_KINDS: [&str; 13] = [
    "service-certificate",
    "work-certificate",
    "diploma",
    "pmpc-conclusion",
    "phthisiatrician-conclusion",
    "selection-commission-conclusion",
    "transfer-order",
    "birth-certificate",
    "identity",
    "vaccination-card",
    "health-passport",
    "health-certificate",
    "inability",
];

/// More organisations than anyone may name are still read, so that the rule can say how many there were (`P15.1`).
const ORGANISATIONS_READ: usize = 50;

/// `POST /v1/applications` as far as it could be read: a field that couldn't is none, and told in `errors`.
#[derive(Default)]
pub struct ApplicationRequest {
    /// The applicant's number.
    pub applicant_iin: Option<Iin>,
    /// The applicant's name.
    pub applicant_name: Option<String>,
    /// The address.
    pub address: Option<String>,
    /// The phone in the mobile-citizens base.
    pub phone: Option<String>,
    /// The child's number.
    pub child_iin: Option<Iin>,
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
    /// The benefit category; 0 if it is none of the 13.
    pub benefit: Option<u8>,
    /// In which stream.
    pub stream: Option<Stream>,
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
        applicant.only(&["iin", "fullName", "address", "phone"]);
        read.applicant_iin = state_number(&mut applicant, "iin");
        read.applicant_name = applicant.text("fullName", NAME_MAX);
        read.address = applicant.optional_text("address", 500);
        read.phone = phone(&mut applicant);
    }
    if let Some(mut child) = fields.object("child") {
        child.only(&["iin", "fullName", "birthDate"]);
        read.child_iin = state_number(&mut child, "iin");
        read.child_name = child.text("fullName", NAME_MAX);
        read.birth_date = child.date("birthDate");
    }
    read.settlement = fields.parsed("settlement", "KATO");
    read.language = fields.parsed("language", &LANGUAGES.join(", "));
    read.organisations = organisations(&mut fields, true);
    read.benefit = fields.number("benefit", i64::MIN..=i64::MAX).map(|number| u8::try_from(number).unwrap_or(0));
    read.stream = match fields.raw("stream") {
        None => Some(Stream::General),
        Some(_) => fields.parsed("stream", "general, special:<kind>, sanatorium:<kind>"),
    };
    if fields.raw("notBefore").is_some() {
        fields.wrong("notBefore", Code::UnknownValue, "allowed", "null");
    }
    if fields.boolean("relocation", false) == Some(true) {
        fields.wrong("relocation", Code::UnknownValue, "allowed", "false");
    }
    read.documents = documents(&mut fields);
    read.consent = fields.required_boolean("consent");
    read.errors = errors;
    read
}

fn documents(fields: &mut Fields<'_>) -> Option<Vec<(String, NaiveDate)>> {
    let Some(list) = fields.list("documents", 30, false) else {
        return fields.raw("documents").is_none().then(Vec::new);
    };
    let mut documents = Vec::new();
    for (index, value) in list.iter().enumerate() {
        let mut document = fields.item("documents", index, value);
        document.only(&["kind", "issuedOn", "reference"]);
        let kind = document.text("kind", 60);
        let issued_on = document.date("issuedOn");
        document.optional_text("reference", NAME_MAX);
        match kind {
            Some(kind) if !DOCUMENT_KINDS.contains(&kind.as_str()) => {
                document.wrong("kind", Code::UnknownValue, "allowed", &DOCUMENT_KINDS.join(", "));
            }
            kind => documents.extend(kind.zip(issued_on)),
        }
    }
    (documents.len() == list.len()).then_some(documents)
}

/// A phone of the mobile-citizens base: `+7` and ten digits (`P5.a`).
fn phone(fields: &mut Fields<'_>) -> Option<String> {
    let text = fields.text("phone", 40)?;
    let digits =
        text.strip_prefix("+7").is_some_and(|rest| rest.len() == 10 && rest.bytes().all(|b| b.is_ascii_digit()));
    if !digits {
        fields.report("phone", Code::PhoneShape);
    }
    digits.then_some(text)
}

fn organisations(fields: &mut Fields<'_>, required: bool) -> Option<Vec<Bin>> {
    let list = fields.list("organisations", ORGANISATIONS_READ, required)?;
    let mut bins = Vec::with_capacity(list.len());
    for (index, value) in list.iter().enumerate() {
        let name = format!("organisations/{index}");
        match value.as_str().map(str::parse::<Bin>) {
            None => fields.wrong(&name, Code::WrongType, "expected", "string"),
            Some(Ok(bin)) => bins.push(bin),
            Some(Err(NumberError::Shape)) => fields.report(&name, Code::NumberShape),
            Some(Err(NumberError::ControlDigit)) => fields.report(&name, Code::ControlDigit),
        }
    }
    (bins.len() == list.len()).then_some(bins)
}

/// `PATCH /v1/applications/{id}`: what is to be changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeBody {
    /// The organisations wanted from now on.
    pub organisations: Option<Vec<Bin>>,
    /// The new phone.
    pub phone: Option<String>,
}

/// Reads `PATCH /v1/applications/{id}`.
///
/// # Errors
/// All bad fields.
pub fn change(body: &Value) -> Result<ChangeBody, Problem> {
    let mut errors = Vec::new();
    let mut fields = Fields::of(body, &mut errors);
    fields.only(&["organisations", "phone"]);
    let organisations = fields.raw("organisations").and_then(|_| organisations(&mut fields, true));
    let phone = fields.raw("phone").and_then(|_| phone(&mut fields));
    if organisations.is_none() && phone.is_none() && errors.is_empty() {
        errors.push(FieldError::new("/organisations", Code::Required));
    }
    finish(Some(ChangeBody { organisations, phone }), errors)
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
