//! Requests as the outside sends them, read field by field. Everything wrong is told at once; nothing is decided here.

use chrono::{DateTime, NaiveDate, Utc};
use kezek_rules::application::ArchiveReason;
use kezek_rules::decide::{BulletinKind, InterestAnswer, OfferAnswer};
use kezek_rules::group::GroupType;
use kezek_rules::ids::{Bin, Iin, NumberError};
use kezek_rules::organisation::{Kato, OrganisationType};
use kezek_rules::queue::{LANGUAGES, Language, Stream, StreamKind};
use serde_json::Value;

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

const NAME_MAX: usize = 200;

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
        fields.report("notBefore", Code::UnknownValue);
    }
    if fields.boolean("relocation", false) == Some(true) {
        fields.report("relocation", Code::UnknownValue);
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
            Some(kind) if !DOCUMENT_KINDS.contains(&kind.as_str()) => document.report("kind", Code::UnknownValue),
            kind => documents.extend(kind.zip(issued_on)),
        }
    }
    (documents.len() == list.len()).then_some(documents)
}

/// A number of the state: what isn't twelve digits with the right control digit is refused by `K2`.
fn state_number<T: std::str::FromStr<Err = NumberError>>(fields: &mut Fields<'_>, name: &str) -> Option<T> {
    let text = fields.text(name, 40)?;
    match text.parse() {
        Ok(number) => Some(number),
        Err(NumberError::Shape) => {
            fields.report(name, Code::NumberShape);
            None
        }
        Err(NumberError::ControlDigit) => {
            fields.report(name, Code::ControlDigit);
            None
        }
    }
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
            None => fields.report(&name, Code::WrongType),
            Some(Ok(bin)) => bins.push(bin),
            Some(Err(NumberError::Shape)) => fields.report(&name, Code::NumberShape),
            Some(Err(NumberError::ControlDigit)) => fields.report(&name, Code::ControlDigit),
        }
    }
    (bins.len() == list.len()).then_some(bins)
}

/// Ends the reading of a body: its value, or all that is wrong.
fn finish<T>(value: Option<T>, errors: Vec<FieldError>) -> Result<T, Problem> {
    match value {
        Some(value) if errors.is_empty() => Ok(value),
        _ => Err(Problem::fields(errors)),
    }
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

/// An officer's decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DecisionBody {
    /// The documents are complete and conform.
    Confirm,
    /// Refused on a ground of `P5.e`.
    Refuse {
        /// 1 to 3; anything else is refused by the rule.
        ground: u8,
    },
}

/// Reads an officer's decision.
///
/// # Errors
/// All bad fields.
pub fn decision(body: &Value) -> Result<DecisionBody, Problem> {
    let mut errors = Vec::new();
    let mut fields = Fields::of(body, &mut errors);
    fields.only(&["decision", "ground", "note"]);
    let refuses = choice(&mut fields, "decision", &[("confirm", false), ("refuse", true)]);
    fields.optional_text("note", 1_000);
    let ground = match refuses {
        Some(true) => fields.number("ground", 1..=3).and_then(|ground| u8::try_from(ground).ok()),
        _ => Some(0),
    };
    let decision = match (refuses, ground) {
        (Some(false), _) => Some(DecisionBody::Confirm),
        (Some(true), Some(ground)) => Some(DecisionBody::Refuse { ground }),
        _ => None,
    };
    finish(decision, errors)
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

fn choice<T: Copy>(fields: &mut Fields<'_>, name: &str, values: &[(&str, T)]) -> Option<T> {
    let text = fields.text(name, 60)?;
    let found = values.iter().find(|(value, _)| *value == text).map(|(_, meaning)| *meaning);
    if found.is_none() {
        fields.report(name, Code::UnknownValue);
    }
    found
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
    let streams = fields.parsed_list::<NamedStream>("streams", 3, "general, special, sanatorium");
    if streams.as_ref().is_some_and(Vec::is_empty) {
        fields.report("streams", Code::Required);
    }
    let open = fields.required_boolean("open");
    let body = (|| {
        let (name_kk, name_ru) = names?;
        let streams = streams?.into_iter().map(|stream| stream.0).collect();
        Some(OrganisationBody {
            name_kk,
            name_ru,
            kind: kind?,
            settlement: settlement?,
            languages: languages?,
            streams,
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

struct NamedStream(StreamKind);

impl std::str::FromStr for NamedStream {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        [StreamKind::General, StreamKind::Special, StreamKind::Sanatorium]
            .into_iter()
            .find(|kind| kind.as_str() == text)
            .map(Self)
            .ok_or(())
    }
}

/// A bulletin's frame, with its lines still unread.
#[derive(Debug, Clone)]
pub struct BulletinBody {
    /// Its id.
    pub id: String,
    /// Whose it is.
    pub organisation: Bin,
    /// When it was issued.
    pub issued_at: DateTime<Utc>,
    /// Its kind.
    pub kind: BulletinKind,
    /// Its lines, each read by [`bulletin_line`].
    pub lines: Vec<Value>,
}

/// Reads a bulletin's frame (`P17.1`): a bulletin whose frame can't be read can't be taken at all.
///
/// # Errors
/// All bad fields.
pub fn bulletin(body: &Value) -> Result<BulletinBody, Problem> {
    let mut errors = Vec::new();
    let mut fields = Fields::of(body, &mut errors);
    let id = fields.text("bulletinId", 64).filter(|id| {
        let plain = id.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b':'));
        if !plain {
            fields.report("bulletinId", Code::WrongFormat);
        }
        plain
    });
    let organisation = state_number(&mut fields, "organisation");
    let issued_at = fields.instant("issuedAt");
    let kinds = [("year-end", BulletinKind::YearEnd), ("current", BulletinKind::Current)];
    let kind = choice(&mut fields, "kind", &kinds);
    let lines = fields.list("lines", 200, true).cloned();
    let body = (|| {
        Some(BulletinBody { id: id?, organisation: organisation?, issued_at: issued_at?, kind: kind?, lines: lines? })
    })();
    finish(body, errors)
}

/// A well-formed line of a bulletin.
///
/// # Errors
/// All bad fields of the line.
pub fn bulletin_line(value: &Value) -> Result<kezek_rules::decide::BulletinLine, Vec<FieldError>> {
    let mut errors = Vec::new();
    let mut fields = Fields::of(value, &mut errors);
    fields.only(&["line", "count", "groupType", "language", "regimeHours", "stream", "birthYears", "temporaryUntil"]);
    let line = fields.number("line", 1..=i64::from(u16::MAX)).and_then(|line| u16::try_from(line).ok());
    let count = fields.number("count", 0..=i64::from(u16::MAX)).and_then(|count| u16::try_from(count).ok());
    let groups: Vec<&str> = GroupType::ALL.iter().map(|group| group.as_str()).collect();
    let group_type = fields.parsed("groupType", &groups.join(", "));
    let language = fields.parsed("language", &LANGUAGES.join(", "));
    let regime = fields.raw("regimeHours").and_then(Value::as_f64).map(|hours| hours * 10.0);
    if regime.is_none() {
        fields.report("regimeHours", Code::Required);
    }
    // A regime with more than one decimal is none of the Order's: 0 is refused by the rule.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked to be a small whole number")]
    let regime_tenths =
        regime.map(|tenths| if tenths.fract() == 0.0 && (0.0..1000.0).contains(&tenths) { tenths as u16 } else { 0 });
    let stream = match fields.raw("stream") {
        None => Some(Stream::General),
        Some(_) => fields.parsed("stream", "general, special:<kind>, sanatorium:<kind>"),
    };
    let birth_years = match fields.list("birthYears", 10, false) {
        Some(list) => list.iter().map(|year| year.as_i64().and_then(|year| i32::try_from(year).ok())).collect(),
        None => Some(Vec::new()),
    };
    if birth_years.is_none() {
        fields.report("birthYears", Code::WrongType);
    }
    let temporary_until = fields.raw("temporaryUntil").and_then(|_| fields.date("temporaryUntil"));
    let body = (|| {
        Some(kezek_rules::decide::BulletinLine {
            line: line?,
            count: count?,
            group_type: group_type?,
            language: language?,
            regime_tenths: regime_tenths?,
            stream: stream?,
            birth_years: birth_years?,
            temporary_until,
        })
    })();
    match body {
        Some(line) if errors.is_empty() => Ok(line),
        _ => Err(errors),
    }
}

/// Reads the reason of a vacancy's withdrawal (`K3`).
///
/// # Errors
/// All bad fields.
pub fn withdrawal_reason(body: &Value) -> Result<String, Problem> {
    let mut errors = Vec::new();
    let mut fields = Fields::of(body, &mut errors);
    fields.only(&["reason"]);
    let reason = fields.text("reason", 1_000);
    finish(reason, errors)
}
