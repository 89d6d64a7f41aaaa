//! The form of an application that nobody filled in (`P7`): made of what an invitation holds and what its answer says. Never what the
//! rules think of it.

use kezek_contract::problem::FieldError;
use kezek_contract::requests::{ApplicationRequest, InvitationAnswerBody, PersonId};
use kezek_contract::texts::problems::Code;
use kezek_rules::decide::{NotBefore, Wish};
use kezek_rules::invitation::Invitation;
use kezek_rules::queue::Stream;
use kezek_store::Invited;

/// What an answer adds to a wish.
#[derive(Debug, Default)]
pub(super) struct Wanted {
    /// What was wished for.
    pub wish: Wish,
    /// From when the place is wanted, where the answer says so itself: none is at once.
    pub not_before: Option<Option<NotBefore>>,
}

/// The form that an answer makes of an invitation: who is asked for is known, and what the answer doesn't say is taken from the wish.
pub(super) fn form(invitation: &Invitation, held: &Invited, read: &InvitationAnswerBody) -> ApplicationRequest {
    let person = |number: Option<&str>| number?.parse().ok().map(PersonId::Iin);
    let (said, file) = (&read.form, &held.file);
    let named = ApplicationRequest {
        applicant: person(file.applicant_iin.as_deref()),
        applicant_name: Some(file.applicant_name.clone()),
        address: said.address.clone().or_else(|| file.address.clone()),
        phone: said.phone.clone().or_else(|| Some(file.phone.clone())),
        child: person(Some(&file.child_iin)),
        child_name: Some(file.child_name.clone()),
        birth_date: Some(held.birth_date),
        settlement: said.settlement.or(Some(invitation.settlement)),
        ..said.clone()
    };
    let not_before = read.names_not_before.then_some(said.not_before);
    whole(&named, Wanted { wish: held.wish.clone(), not_before })
}

/// A form with what was wished for, and with what goes without saying, where it says nothing itself: a language and organisations must
/// come from one of the two.
pub(super) fn whole(said: &ApplicationRequest, wanted: Wanted) -> ApplicationRequest {
    let Wanted { wish, not_before } = wanted;
    let unread = |pointer: &str| said.errors.iter().any(|error| error.pointer.starts_with(pointer));
    let mut form = ApplicationRequest {
        language: said.language.or(wish.language).filter(|_| !unread("/language")),
        organisations: said.organisations.clone().or(wish.organisations).filter(|_| !unread("/organisations")),
        benefits: said.benefits.clone().or(wish.benefits).or_else(|| Some(vec![13])).filter(|_| !unread("/benefit")),
        stream: said.stream.clone().or(wish.stream).or(Some(Stream::General)).filter(|_| !unread("/stream")),
        relocation: said.relocation.or(wish.relocation).or(Some(false)),
        not_before: not_before.unwrap_or(said.not_before.or(wish.not_before)),
        documents: {
            let wished = wish
                .documents
                .map(|documents| documents.into_iter().map(|document| (document.kind, document.issued_on)).collect());
            said.documents.clone().or(wished).or_else(|| Some(Vec::new())).filter(|_| !unread("/documents"))
        },
        ..said.clone()
    };
    let missing = [("/language", form.language.is_none()), ("/organisations", form.organisations.is_none())];
    for (pointer, is_missing) in missing {
        if is_missing && !unread(pointer) {
            form.errors.push(FieldError::new(pointer, Code::Required));
        }
    }
    form
}

#[cfg(test)]
mod tests {
    use kezek_contract::requests;
    use serde_json::{Value, json};

    use super::*;

    fn wish() -> Wish {
        Wish {
            language: "ru".parse().ok(),
            organisations: Some(vec!["061211600012".parse().expect("a number")]),
            not_before: Some(NotBefore::Age { years: 3, months: 0 }),
            ..Wish::default()
        }
    }

    fn check(body: &Value, wish: Wish, language: Option<&str>, wrong: &[&str]) -> ApplicationRequest {
        let read = requests::invitation_answer(body);
        let not_before = read.names_not_before.then_some(read.form.not_before);
        let form = whole(&read.form, Wanted { wish, not_before });
        assert_eq!(form.language.map(|language| language.to_string()).as_deref(), language, "{body}");
        let found: Vec<&str> = form.errors.iter().map(|error| error.pointer.as_str()).collect();
        assert_eq!(found, wrong, "{body}");
        form
    }

    #[test]
    fn p8_what_an_answer_does_not_say_is_taken_from_the_wish() {
        let form = check(&json!({"consent": true}), wish(), Some("ru"), &[]);
        assert_eq!((form.benefits, form.stream, form.documents), (Some(vec![13]), Some(Stream::General), Some(vec![])));
        assert_eq!(form.not_before, Some(NotBefore::Age { years: 3, months: 0 }));
        let form = check(&json!({"consent": true, "language": "kk", "notBefore": null}), wish(), Some("kk"), &[]);
        assert_eq!((form.not_before, form.organisations.map(|all| all.len())), (None, Some(1)), "wanted at once");
    }

    #[test]
    fn p7_a_language_and_organisations_are_chosen() {
        check(&json!({"consent": true}), Wish::default(), None, &["/language", "/organisations"]);
        check(&json!({"consent": true, "language": "xx"}), wish(), None, &["/language"]);
        let form = check(&json!({"consent": true, "organisations": ["1"]}), wish(), Some("ru"), &["/organisations/0"]);
        assert_eq!(form.organisations, None, "what can't be read isn't made up for");
    }
}
