//! What an applicant changes of an application (`PATCH`): a field that isn't named stays as it is. Never whether it may be changed.

use kezek_rules::decide::RestChange;
use kezek_rules::ids::Bin;
use serde_json::Value;

use super::finish;
use super::parts::{not_before, organisations, phone};
use crate::fields::Fields;
use crate::problem::{FieldError, Problem};
use crate::texts::problems::Code;

/// `PATCH /v1/applications/{id}`: what is to be changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeBody {
    /// The organisations wanted from now on.
    pub organisations: Option<Vec<Bin>>,
    /// From when the place is wanted.
    pub rest: RestChange,
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
    fields.only(&["organisations", "notBefore", "phone"]);
    let organisations = fields.raw("organisations").and_then(|_| organisations(&mut fields, true));
    let rest = match (fields.has("notBefore"), not_before(&mut fields)) {
        (false, _) => RestChange::Keep,
        (true, None) => RestChange::Lift,
        (true, Some(wanted)) => RestChange::Until(wanted),
    };
    let phone = fields.raw("phone").and_then(|_| phone(&mut fields));
    if organisations.is_none() && rest == RestChange::Keep && phone.is_none() && errors.is_empty() {
        errors.push(FieldError::new("/organisations", Code::Required));
    }
    finish(Some(ChangeBody { organisations, rest, phone }), errors)
}
