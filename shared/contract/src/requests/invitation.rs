//! What a state system sends to invite an applicant (`P7`), with or without the wish of a single application (`P8`), and what the
//! applicant answers. Never what the rules think of it, and never whether the two together are enough.

use kezek_rules::invitation::Source;
use kezek_rules::queue::LANGUAGES;
use serde_json::Value;

use super::application::ApplicationRequest;
use super::parts::{PersonId, benefits, documents, not_before, organisations, phone};
use super::{NAME_MAX, names, state_number};
use crate::fields::Fields;

/// The fields of a wish, which are those of an application.
const WISH: [&str; 7] = ["language", "organisations", "benefit", "stream", "notBefore", "relocation", "documents"];

const ADDRESS_MAX: usize = 500;

/// `POST /v1/invitations` as far as it could be read.
#[derive(Default)]
pub struct InvitationRequest {
    /// What it comes from.
    pub source: Option<Source>,
    /// Who is invited, for which child, and what is wished for. A field that couldn't be read is none, and told in `errors`; a wish that
    /// isn't there is none as well.
    pub form: ApplicationRequest,
}

/// `POST /v1/invitations/{id}/answer` as far as it could be read.
#[derive(Default)]
pub struct InvitationAnswerBody {
    /// The consent and the choice; what isn't said is none.
    pub form: ApplicationRequest,
    /// Whether it says from when the place is wanted, be it with null: at once.
    pub names_not_before: bool,
}

/// Reads `POST /v1/invitations`. The applicant and the child are known to the state by their numbers.
#[must_use]
pub fn invitation(body: &Value) -> InvitationRequest {
    let mut read = InvitationRequest::default();
    let (form, mut errors) = (&mut read.form, Vec::new());
    let mut fields = Fields::of(body, &mut errors);
    fields.only(&[&["source", "applicant", "child", "settlement", "consent"], WISH.as_slice()].concat());
    read.source = match fields.raw("source") {
        None => Some(Source::Proactive),
        Some(_) => fields.parsed("source", &names(Source::ALL, Source::as_str)),
    };
    if let Some(mut applicant) = fields.object("applicant") {
        applicant.only(&["iin", "fullName", "address", "phone"]);
        form.applicant = state_number(&mut applicant, "iin").map(PersonId::Iin);
        form.applicant_name = applicant.text("fullName", NAME_MAX);
        form.address = applicant.optional_text("address", ADDRESS_MAX);
        form.phone = phone(&mut applicant);
    }
    if let Some(mut child) = fields.object("child") {
        child.only(&["iin", "fullName", "birthDate"]);
        form.child = state_number(&mut child, "iin").map(PersonId::Iin);
        form.child_name = child.text("fullName", NAME_MAX);
        form.birth_date = child.date("birthDate");
    }
    form.settlement = fields.parsed("settlement", "KATO");
    wish(&mut fields, form);
    form.consent = fields.boolean("consent", false);
    form.errors = errors;
    read
}

/// Reads `POST /v1/invitations/{id}/answer`. Of an answer without consent nothing else is read: nothing else is kept.
#[must_use]
pub fn invitation_answer(body: &Value) -> InvitationAnswerBody {
    let mut read = InvitationAnswerBody::default();
    let (form, mut errors) = (&mut read.form, Vec::new());
    let mut fields = Fields::of(body, &mut errors);
    fields.only(&[&["consent", "address", "phone", "settlement"], WISH.as_slice()].concat());
    form.consent = fields.required_boolean("consent");
    if form.consent != Some(false) {
        form.address = fields.optional_text("address", ADDRESS_MAX);
        form.phone = fields.raw("phone").and_then(|_| phone(&mut fields));
        form.settlement = fields.optional_parsed("settlement", "KATO");
        wish(&mut fields, form);
        read.names_not_before = fields.has("notBefore");
    }
    form.errors = errors;
    read
}

fn wish(fields: &mut Fields<'_>, form: &mut ApplicationRequest) {
    form.language = fields.optional_parsed("language", &LANGUAGES.join(", "));
    form.organisations = fields.raw("organisations").and_then(|_| organisations(fields, true));
    form.benefits = fields.raw("benefit").and_then(|_| benefits(fields));
    form.stream = fields.optional_parsed("stream", "general, special:<kind>, sanatorium:<kind>");
    form.not_before = not_before(fields);
    form.relocation = fields.raw("relocation").and_then(|_| fields.boolean("relocation", false));
    form.documents = fields.raw("documents").and_then(|_| documents(fields));
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::problem::FieldError;

    fn pointers(errors: &[FieldError]) -> Vec<String> {
        errors.iter().map(|error| format!("{} {}", error.pointer, error.code)).collect()
    }

    fn plain() -> Value {
        json!({
            "applicant": {"iin": "000000000101", "fullName": "Сыналушы Ата-ана", "phone": "+77010000000"},
            "child": {"iin": "000000000113", "fullName": "Сыналушы Бала", "birthDate": "2025-12-20"},
            "settlement": "750000000",
        })
    }

    #[test]
    fn p7_an_invitation_needs_no_wish() {
        let InvitationRequest { source, form } = invitation(&plain());
        assert_eq!((source, pointers(&form.errors)), (Some(Source::Proactive), Vec::new()));
        assert_eq!((form.consent, form.language, form.organisations, form.benefits), (Some(false), None, None, None));
        assert_eq!((form.stream, form.documents, form.relocation), (None, None, None));
    }

    #[test]
    fn p8_a_single_application_carries_a_wish() {
        let mut body = plain();
        body["source"] = json!("birth-registration");
        body["organisations"] = json!(["061211600012"]);
        body["notBefore"] = json!({"age": "P3Y"});
        body["consent"] = json!(true);
        let InvitationRequest { source, form } = invitation(&body);
        assert_eq!((source, pointers(&form.errors)), (Some(Source::BirthRegistration), Vec::new()));
        assert_eq!((form.organisations.map(|all| all.len()), form.consent), (Some(1), Some(true)));
        assert!(form.not_before.is_some());
    }

    #[test]
    fn p7_all_that_is_wrong_with_an_invitation_is_told_at_once() {
        let check = |body: Value, expected: &[&str]| {
            assert_eq!(pointers(&invitation(&body).form.errors), expected, "{body}");
        };
        check(json!(5), &[" wrong-type"]);
        check(json!({}), &["/applicant required", "/child required", "/settlement required"]);
        check(
            json!({
                "source": "rumour", "rank": 1,
                "applicant": {"iin": "1", "fullName": "", "phone": "8701"},
                "child": {"document": {"country": "UZ", "number": "1"}, "fullName": 5, "birthDate": "2025"},
                "settlement": "75", "language": "xx", "organisations": ["061211600013"], "benefit": "10", "stream": "odd",
                "notBefore": {}, "relocation": "no", "documents": [{}], "consent": "yes",
            }),
            &[
                "/rank unknown-field",
                "/source unknown-value",
                "/applicant/iin number-shape",
                "/applicant/fullName wrong-format",
                "/applicant/phone phone-shape",
                "/child/document unknown-field",
                "/child/iin required",
                "/child/fullName wrong-type",
                "/child/birthDate wrong-format",
                "/settlement unknown-value",
                "/language unknown-value",
                "/organisations/0 control-digit",
                "/benefit wrong-type",
                "/stream unknown-value",
                "/notBefore unknown-value",
                "/relocation wrong-type",
                "/documents/0/kind required",
                "/documents/0/issuedOn required",
                "/consent wrong-type",
            ],
        );
    }

    #[test]
    fn p7_an_answer_says_whether_it_consents() {
        let check = |body: Value, expected: &[&str]| {
            assert_eq!(pointers(&invitation_answer(&body).form.errors), expected, "{body}");
        };
        check(json!({"consent": true}), &[]);
        check(json!({"consent": true, "language": "kk", "organisations": ["061211600012"], "notBefore": null}), &[]);
        check(json!({}), &["/consent required"]);
        check(json!({"consent": "true"}), &["/consent wrong-type"]);
        check(json!({"consent": true, "child": {}, "phone": "1"}), &["/child unknown-field", "/phone phone-shape"]);
        check(json!({"consent": false, "organisations": 5}), &[]);
        assert_eq!(invitation_answer(&json!({"consent": false, "phone": "+77010000000"})).form.phone, None);
        assert!(invitation_answer(&json!({"consent": true, "notBefore": null})).names_not_before);
    }
}
