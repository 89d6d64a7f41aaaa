//! Requests as the outside sends them, by who sends them, read field by field. Here is how all of them read a number, a choice
//! and the end of a body. Everything wrong is told at once; nothing is decided here.

mod application;
mod change;
mod complaint;
mod enrolment;
mod invitation;
mod organisation;
mod parts;
mod workplace;

use kezek_rules::ids::NumberError;

use crate::fields::Fields;
use crate::problem::{FieldError, Problem};
use crate::texts::problems::Code;

pub use application::{ApplicationRequest, application, interest, offer_answer};
pub use change::{ChangeBody, change};
pub use complaint::{ComplaintRequest, ComplaintStateBody, WRITTEN_MAX, complaint, complaint_state};
pub use enrolment::{documents_decision, enrolment, extension, review, signature};
pub use invitation::{InvitationAnswerBody, InvitationRequest, invitation, invitation_answer};
pub use organisation::{
    BULLETIN_ID_MAX, BulletinBody, GROUP_MAX, GroupBody, bulletin, bulletin_line, group, withdrawal_reason,
};
pub use parts::{DOCUMENT_KINDS, PersonId};
pub use workplace::{DecisionBody, OrganisationBody, archive, decision, organisation};

const NAME_MAX: usize = 200;

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

/// A required text that stands for one of these meanings.
fn choice<T: Copy>(fields: &mut Fields<'_>, name: &str, values: &[(&str, T)]) -> Option<T> {
    let text = fields.text(name, 60)?;
    let found = values.iter().find(|(value, _)| *value == text).map(|(_, meaning)| *meaning);
    if found.is_none() {
        let allowed: Vec<&str> = values.iter().map(|(value, _)| *value).collect();
        fields.wrong(name, Code::UnknownValue, "allowed", &allowed.join(", "));
    }
    found
}

/// The names of all values, for the text of an error.
fn names<T: Copy>(all: &[T], name: impl Fn(T) -> &'static str) -> String {
    all.iter().map(|value| name(*value)).collect::<Vec<_>>().join(", ")
}

/// Ends the reading of a body: its value, or all that is wrong.
fn finish<T>(value: Option<T>, errors: Vec<FieldError>) -> Result<T, Problem> {
    match value {
        Some(value) if errors.is_empty() => Ok(value),
        _ => Err(Problem::fields(errors)),
    }
}
