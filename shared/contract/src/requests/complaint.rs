//! What is sent about a complaint (`P18`): the complaint by its applicant, its next state by an officer. Never whether the state
//! may follow, and never a copy of what was written outside the request.

use kezek_rules::complaint::{About, Addressee, State};
use kezek_rules::ids::Bin;
use kezek_rules::organisation::Kato;
use serde_json::Value;

use super::{choice, finish, names, state_number};
use crate::fields::Fields;
use crate::problem::{FieldError, Problem};
use crate::texts::problems::Code;

/// A complaint, and an answer to one, have at most so many characters.
pub const WRITTEN_MAX: usize = 4_000;

/// An application's id is a text of at most so many characters; one that can't be read names nothing.
const ID_MAX: usize = 64;

/// `POST /v1/complaints` as far as it could be read: a field that couldn't is none, and told in `errors`.
#[derive(Default)]
pub struct ComplaintRequest {
    /// About whom.
    pub about: Option<About>,
    /// The organisation.
    pub organisation: Option<Bin>,
    /// To whom.
    pub addressee: Option<Addressee>,
    /// The application it names, as it was written.
    pub application: Option<String>,
    /// Where the provider is.
    pub settlement: Option<Kato>,
    /// What it says.
    pub text: Option<String>,
    /// All that is wrong.
    pub errors: Vec<FieldError>,
}

/// Reads `POST /v1/complaints`.
#[must_use]
pub fn complaint(body: &Value) -> ComplaintRequest {
    let mut read = ComplaintRequest::default();
    let mut errors = Vec::new();
    let mut fields = Fields::of(body, &mut errors);
    fields.only(&["about", "organisation", "addressee", "application", "settlement", "text"]);
    read.about = fields.parsed("about", &names(About::ALL, About::as_str));
    if fields.raw("organisation").is_some() || read.about == Some(About::Organisation) {
        read.organisation = state_number(&mut fields, "organisation");
    }
    read.addressee = match fields.raw("addressee") {
        None => Some(Addressee::Provider),
        Some(_) => fields.parsed("addressee", &names(Addressee::ALL, Addressee::as_str)),
    };
    read.application = fields.optional_text("application", ID_MAX);
    read.settlement = fields.optional_parsed("settlement", "KATO");
    read.text = fields.paragraphs("text", WRITTEN_MAX);
    read.errors = errors;
    read
}

/// `POST /v1/workplace/complaints/{id}/state`.
#[derive(Clone, PartialEq, Eq)]
pub struct ComplaintStateBody {
    /// The state it comes to.
    pub state: State,
    /// The answer, or why it isn't looked into.
    pub answer: Option<String>,
}

/// Reads `POST /v1/workplace/complaints/{id}/state`. Who answers or refuses says it in words; a complaint taken into review has no
/// answer yet.
///
/// # Errors
/// All bad fields.
pub fn complaint_state(body: &Value) -> Result<ComplaintStateBody, Problem> {
    let mut errors = Vec::new();
    let mut fields = Fields::of(body, &mut errors);
    fields.only(&["state", "answer"]);
    let states = [State::InReview, State::Answered, State::Refused].map(|state| (state.as_str(), state));
    let state = choice(&mut fields, "state", &states);
    let answer = match state {
        Some(State::Answered | State::Refused) => fields.paragraphs("answer", WRITTEN_MAX),
        Some(_) if fields.raw("answer").is_some() => {
            fields.report("answer", Code::UnknownField);
            None
        }
        _ => None,
    };
    finish(state.map(|state| ComplaintStateBody { state, answer }), errors)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn pointers(errors: &[FieldError]) -> Vec<String> {
        errors.iter().map(|error| format!("{} {}", error.pointer, error.code)).collect()
    }

    #[test]
    fn p18_a_complaint_is_read_whole() {
        let body = json!({"about": "provider", "text": "Бірінші жол.\nЕкінші жол."});
        let read = complaint(&body);
        assert!(read.errors.is_empty(), "{:?}", read.errors);
        assert_eq!((read.about, read.addressee), (Some(About::Provider), Some(Addressee::Provider)));
        assert_eq!(read.text.as_deref(), Some("Бірінші жол.\nЕкінші жол."));
    }

    #[test]
    fn p18_all_bad_fields_are_told_at_once() {
        let check = |body: Value, expected: &[&str]| assert_eq!(pointers(&complaint(&body).errors), expected, "{body}");
        check(json!([]), &[" wrong-type"]);
        check(json!({}), &["/about required", "/text required"]);
        check(json!({"about": "organisation", "text": "а"}), &["/organisation required"]);
        check(
            json!({"about": "god", "organisation": "1", "addressee": 5, "application": "", "settlement": "75", "text": "\u{0}",
                "rank": 1}),
            &[
                "/rank unknown-field",
                "/about unknown-value",
                "/organisation number-shape",
                "/addressee wrong-type",
                "/application wrong-format",
                "/settlement unknown-value",
                "/text wrong-format",
            ],
        );
        check(json!({"about": "provider", "text": "ә".repeat(4_001)}), &["/text too-long"]);
        check(json!({"about": "provider", "text": " \n "}), &["/text wrong-format"]);
    }

    #[test]
    fn p18_who_answers_or_refuses_says_it_in_words() {
        let check = |body: Value, expected: &[&str]| {
            let errors = complaint_state(&body).err().map(|problem| problem.errors).unwrap_or_default();
            assert_eq!(pointers(&errors), expected, "{body}");
        };
        check(json!({"state": "in-review"}), &[]);
        check(json!({"state": "answered", "answer": "Жауап"}), &[]);
        check(json!({"state": "refused"}), &["/answer required"]);
        check(json!({"state": "in-review", "answer": "Жауап"}), &["/answer unknown-field"]);
        check(json!({"state": "registered", "answer": ""}), &["/state unknown-value"]);
        check(json!({}), &["/state required"]);
    }
}
