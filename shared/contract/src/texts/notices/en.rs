//! The notices in English. Only wording: facts come from [`Notice`], dates and counted nouns from their own files.

use super::parts::{document_list, ground_list, in_brackets, note_line, numbered, sentences};
use super::{ArchiveReason, Ground, Notice, PassedOn, State};
use crate::texts::plurals::{Noun, counted};
use crate::texts::{Locale, Names, dates};

const EN: Locale = Locale::En;

/// The text without the contact centre.
pub(super) fn body(notice: &Notice) -> String {
    match notice {
        Notice::Registered { at, places } => {
            let count = counted(places.len() as u64, Noun::Organisation, EN);
            let list = numbered(places, "queue number", EN);
            let at = dates::moment(*at, EN);
            format!("Your child is in the queue for {count}. Date and time: {at}. {list}.")
        }
        Notice::Refused { grounds, missing, expired, note } => sentences([
            Some("The service of placing in the queue is refused.".to_owned()),
            ground_list("Ground (Annex 2, row 9)", grounds, ground),
            document_list("Missing documents", missing, EN),
            document_list("Expired documents", expired, EN),
            note_line("Note", note.as_deref()),
        ]),
        Notice::VerificationStarted { due } => sentences([
            Some("Your documents are being verified.".to_owned()),
            due.map(|due| format!("You will be told the result {}.", dates::by(due, EN))),
        ]),
        Notice::Offer { organisation, answer_by } => {
            format!("There is a vacancy for you: {}. {}", name(organisation), answer(dates::until(*answer_by, EN)))
        }
        Notice::OfferReminder { organisation, answer_by } => {
            let text = answer(dates::until(*answer_by, EN));
            format!("We remind you that there is a vacancy for you: {}. {text}", name(organisation))
        }
        Notice::OfferPassedOn { organisation, because } => passed_on(name(organisation), *because),
        Notice::Suspended { organisation, working_days, until } => {
            suspended(organisation.as_ref(), *working_days, dates::through(*until, EN))
        }
        Notice::InterestAsked { organisation, answer_by } => {
            let end = if organisation.is_some() { "Without an answer, or on \"no\"," } else { "On \"no\"" };
            let head = "Please confirm that you still want a place";
            interest(head, organisation.as_ref(), dates::until(*answer_by, EN), end)
        }
        Notice::InterestAskedAgain { organisation, answer_by } => {
            let head = "We ask again: please confirm that you still want a place";
            let end = "Without an answer, or on \"no\",";
            interest(head, organisation.as_ref(), dates::until(*answer_by, EN), end)
        }
        Notice::Archived { organisation: None, reason } => {
            let reason = archive_reason(*reason);
            format!("Your application has left the queue and is in the archive. Reason: {reason}.")
        }
        Notice::Archived { organisation: Some(names), reason } => {
            let reason = archive_reason(*reason);
            format!("Your place in the queue ({}) is in the archive. Reason: {reason}.", name(names))
        }
        Notice::AgeLimitReached => AGE_LIMIT.to_owned(),
        Notice::ReferralIssued { number, organisation, valid_until } => format!(
            "Referral No. {number} has been issued to you: {}. It is valid {}. Submit the documents for enrolment \
             within this time.",
            name(organisation),
            dates::until(*valid_until, EN)
        ),
        Notice::ReferralCancelled { number, organisation } => {
            format!("Referral No. {number} ({}) is cancelled. {NEXT}", name(organisation))
        }
        Notice::ReferralLapsed { number, organisation } => {
            format!("Referral No. {number} ({}) has lapsed: no documents were submitted. {NEXT}", name(organisation))
        }
        Notice::ComplaintState { state, registered_at, due } => sentences([
            Some(complaint(*state).to_owned()),
            registered_at.map(|at| format!("Registration: {}.", dates::moment(at, EN))),
            due.map(|due| format!("It will be answered {}.", dates::by(due, EN))),
        ]),
    }
}

const AGE_LIMIT: &str =
    "Your child has reached the age limit, so the application has left the queue and is in the archive.";
const NEXT: &str =
    "The place will be offered to the next in the queue. See your cabinet for the state of your application.";

fn name(names: &Names) -> &str {
    names.in_locale(EN)
}

fn answer(until: String) -> String {
    format!(
        "Accept or decline in your cabinet {until}. If you decline, your place in this organisation's queue is \
         archived. Without an answer it is suspended and the vacancy is offered to the next."
    )
}

fn passed_on(organisation: &str, because: PassedOn) -> String {
    let because = match because {
        PassedOn::NoAnswer => "You didn't answer in time",
        PassedOn::Declined => "You declined",
        PassedOn::Released => "You accepted a place in another organisation",
    };
    format!("{because}, so the vacancy ({organisation}) will be offered to the next in the queue.")
}

fn suspended(organisation: Option<&Names>, working_days: u32, until: String) -> String {
    let organisation = in_brackets(organisation, EN);
    let term = counted(u64::from(working_days), Noun::WorkingDay, EN);
    format!(
        "You didn't answer the vacancy notice, so your place in the queue{organisation} is suspended for \
         {term}, {until}. After that you will be asked whether you still want a place."
    )
}

fn interest(head: &str, organisation: Option<&Names>, until: String, end: &str) -> String {
    let what = if organisation.is_some() { "your place in this organisation's queue" } else { "your application" };
    let organisation = in_brackets(organisation, EN);
    format!("{head}{organisation}. Answer \"yes\" or \"no\" in your cabinet {until}. {end} {what} is archived.")
}

const fn ground(ground: Ground) -> &'static str {
    match ground {
        Ground::Untrue => "the documents or data given were found untrue",
        Ground::NotConforming => "the documents or data given don't meet the Rules",
        Ground::NoConsent => "there is no consent to access to restricted personal data",
    }
}

const fn complaint(state: State) -> &'static str {
    match state {
        State::Delivered => "Your complaint has been delivered.",
        State::Registered => "Your complaint is registered.",
        State::InReview => "Your complaint is being looked into.",
        State::Answered => "Your complaint has been answered. The answer is in your cabinet.",
        State::Refused => "It was refused to look into your complaint. The reason is in your cabinet.",
    }
}

const fn archive_reason(reason: ArchiveReason) -> &'static str {
    match reason {
        ArchiveReason::Enrolled => "a contract was signed",
        ArchiveReason::Refused => "the enrolment was refused",
        ArchiveReason::Declined => "you declined the vacancy",
        ArchiveReason::NoAnswer => "no answer to the vacancy notice",
        ArchiveReason::NoInterest => "interest in a place was not confirmed",
        ArchiveReason::Withdrawn => "you withdrew the application",
        ArchiveReason::AgeLimit => "the child reached the age limit",
        ArchiveReason::ReferralLapsed => "the referral lapsed",
        ArchiveReason::Cancelled => "you cancelled the referral",
        ArchiveReason::Violation => "a violation by the applicant",
        ArchiveReason::Duplicate => "the application is a duplicate",
    }
}
