//! What an applicant changes of an application (`PATCH`): a field that isn't named stays as it is. Never whether it may be changed.

use chrono::NaiveDate;
use kezek_rules::decide::RestChange;
use kezek_rules::ids::Bin;
use serde_json::Value;

use super::finish;
use super::parts::{benefits, documents, not_before, organisations, phone};
use crate::fields::Fields;
use crate::problem::{FieldError, Problem};
use crate::texts::problems::Code;

/// `PATCH /v1/applications/{id}`: what is to be changed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ChangeBody {
    /// The organisations wanted from now on.
    pub organisations: Option<Vec<Bin>>,
    /// From when the place is wanted.
    pub rest: RestChange,
    /// The benefit categories claimed from now on.
    pub benefits: Option<Vec<u8>>,
    /// Whether it rests on a transfer to a new place of service.
    pub relocation: Option<bool>,
    /// The documents handed in for that: kind and day of issue.
    pub documents: Vec<(String, NaiveDate)>,
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
    fields.only(&["organisations", "benefit", "relocation", "documents", "notBefore", "phone"]);
    let organisations = fields.raw("organisations").and_then(|_| organisations(&mut fields, true));
    let rest = match (fields.has("notBefore"), not_before(&mut fields)) {
        (false, _) => RestChange::Keep,
        (true, None) => RestChange::Lift,
        (true, Some(wanted)) => RestChange::Until(wanted),
    };
    let benefits = fields.raw("benefit").and_then(|_| benefits(&mut fields));
    let relocation = fields.raw("relocation").and_then(|_| fields.boolean("relocation", false));
    let documents = documents(&mut fields);
    if fields.raw("documents").is_some() && fields.raw("benefit").or(fields.raw("relocation")).is_none() {
        // Documents belong to what is claimed with them.
        fields.report("benefit", Code::Required);
    }
    let phone = fields.raw("phone").and_then(|_| phone(&mut fields));
    let read =
        ChangeBody { organisations, rest, benefits, relocation, documents: documents.unwrap_or_default(), phone };
    if read == ChangeBody::default() && errors.is_empty() {
        errors.push(FieldError::new("/organisations", Code::Required));
    }
    finish(Some(read), errors)
}
