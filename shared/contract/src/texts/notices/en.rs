//! The notices in English, up to the referral. Only wording: facts come from [`Notice`], dates and counted nouns from their own files.

use super::parts::{document_list, ground_list, in_brackets, note_line, numbered, queue_number, queues, sentences};
use super::queueing::{
    Asked, Check, Offer, OfferPassedOn, PassedOn, Question, Refused, Registered, Right, Stakes, Standing, Suspended,
};
use super::{ArchiveReason, Ground, Instant, Notice, State};
use crate::texts::plurals::{Noun, counted};
use crate::texts::{Locale, Names, dates};
use kezek_rules::queue::Lane;

mod enrolment;

const EN: Locale = Locale::En;

/// The text without the contact centre.
pub(super) fn body(notice: &Notice) -> String {
    match notice {
        Notice::Registered(notice) => registered(notice),
        Notice::Refused(notice) => refused(notice),
        Notice::VerificationStarted { check, due } => verification(*check, *due),
        Notice::Invitation { organisations } => invitation(organisations),
        Notice::DeferredAgeReached { places } => {
            sentences([Some(AGE_REACHED.to_owned()), queues("Your place", places, EN)])
        }
        Notice::Offer(notice) => offer("There", notice),
        Notice::OfferReminder(notice) => offer("We remind you that there", notice),
        Notice::OfferPassedOn(notice) => passed_on(notice),
        Notice::Suspended(notice) => suspended(notice),
        Notice::InterestAsked(question) => {
            let silent = question.organisation.is_some();
            interest("Please confirm that you still want a place", question, silent)
        }
        Notice::InterestAskedAgain(question) => {
            interest("We ask again: please confirm that you still want a place", question, true)
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
        Notice::ReferralIssued(notice) => enrolment::issued(notice),
        Notice::ReferralExtended(notice) => enrolment::extended(notice),
        Notice::ReferralCancelled(notice) => enrolment::cancelled(notice),
        Notice::ReferralRevoked(notice) => enrolment::revoked(notice),
        Notice::ReferralLapsed(notice) => enrolment::lapsed(notice),
        Notice::DocumentsRegistered(notice) => enrolment::documents(notice),
        Notice::EnrolmentRefused(notice) => enrolment::refused(notice),
        Notice::ContractReady(notice) => enrolment::contract(notice),
        Notice::Enrolled(notice) => enrolment::enrolled(notice),
        Notice::ComplaintState { state, registered_at, due } => sentences([
            Some(complaint(*state).to_owned()),
            registered_at.map(|at| format!("Registration: {}.", dates::moment(at, EN))),
            due.map(|due| format!("It will be answered {}.", dates::by(due, EN))),
        ]),
    }
}

const AGE_LIMIT: &str =
    "Your child has reached the age limit, so the application has left the queue and is in the archive.";
const AGE_REACHED: &str =
    "The age or day has come from which you want a place: vacancies are offered to you from now on, in your turn.";
const CONFIRMED: &str = "Your new benefit status is confirmed; your application keeps its original date and time.";
/// The law on state services, as Annex 3 cites it.
const LAW: &str = "Law on state services, Article 20, paragraph 2";

fn name(names: &Names) -> &str {
    names.in_locale(EN)
}

fn registered(notice: &Registered) -> String {
    let list = numbered(&notice.places, EN);
    let count = counted(notice.places.len() as u64, Noun::Organisation, EN);
    let at = dates::moment(notice.at, EN);
    let text = match notice.standing {
        Standing::AsApplied => format!("Your child is in the queue for {count}. Date and time: {at}. {list}."),
        Standing::Unconfirmed => format!(
            "The benefit wasn't confirmed, so your child is in the general queue for {count}. Date and time: {at}. {list}."
        ),
        Standing::Changed(lane) => format!(
            "The benefit status has changed: your application {} now, at its original date and time. {list}.",
            stands(lane)
        ),
        Standing::Confirmed => CONFIRMED.to_owned(),
    };
    let later = notice.wanted_from.map(|day| {
        let day = dates::day(day, EN);
        format!("Vacancies are offered from {day} on; the numbers are those you would have today.")
    });
    sentences([Some(text), later])
}

const fn stands(lane: Lane) -> &'static str {
    match lane {
        Lane::OutOfTurn => "is served out of turn",
        Lane::FirstPriority => "has first priority",
        Lane::General => "stands in the general queue",
    }
}

fn refused(notice: &Refused) -> String {
    let text = match &notice.asked {
        Asked::Queueing => "The service of placing in the queue is refused.".to_owned(),
        Asked::Benefit { stays: true } => {
            "The new benefit status wasn't confirmed: your application keeps its place in the queue.".to_owned()
        }
        Asked::Benefit { stays: false } => {
            "The new benefit status wasn't confirmed: your application stands in the general queue now.".to_owned()
        }
        Asked::Extension { number } => {
            format!("The extension of referral No. {number} is refused: its term doesn't change.")
        }
    };
    sentences([
        Some(text),
        ground_list(&format!("Ground ({LAW}; Annex 2 of the Rules, row 9)"), &notice.grounds, ground),
        document_list("The set of documents is incomplete, missing", &notice.missing, EN),
        document_list("Expired documents", &notice.expired, EN),
        note_line("Note", notice.note.as_deref()),
    ])
}

fn verification(check: Check, due: Option<Instant>) -> String {
    let text = match check {
        Check::Registration => "Your documents are being verified.",
        Check::Benefit => "The documents of your new benefit status are being verified.",
        Check::Referral => {
            "After the referral your documents are verified again: if they aren't confirmed, the referral is revoked."
        }
    };
    let due = due.map(|due| match check {
        Check::Registration | Check::Benefit => format!("You will be told the result {}.", dates::by(due, EN)),
        Check::Referral => format!("This is to be done {}.", dates::by(due, EN)),
    });
    sentences([Some(text.to_owned()), due])
}

fn invitation(organisations: &[Names]) -> String {
    let wished: Vec<_> = organisations.iter().map(name).collect();
    sentences([
        Some("A state service is proposed to you: your child can be queued for a place in a kindergarten.".to_owned()),
        (!wished.is_empty()).then(|| format!("The organisations you wished for: {}.", wished.join("; "))),
        Some(
            "Consent in your cabinet and choose the organisations and the language. Without your consent no \
             application is registered."
                .to_owned(),
        ),
    ])
}

fn offer(start: &str, notice: &Offer) -> String {
    let organisation = name(&notice.organisation);
    let text = match notice.temporary_until {
        None => format!("{start} is a vacancy for you: {organisation}."),
        Some(last_day) => {
            let until = dates::through(last_day, EN);
            format!("{start} is a temporary place for you: {organisation}. Your child can stay {until}.")
        }
    };
    let right = notice.right.map(|right| match right {
        Right::Sibling => {
            "Places there are offered to several of your children at once, so the queue number didn't decide."
        }
        Right::MixedAge => "It is in a mixed-age group, offered by the queues of several birth years.",
        Right::AnyBirthYear => "It is offered whatever the child's birth year.",
    });
    let answer = format!("Accept or decline in your cabinet {}.", dates::until(notice.answer_by, EN));
    let stakes = match notice.stakes {
        Stakes::Entry => {
            "If you decline, your place in this organisation's queue is archived. Without an answer it is suspended and \
             the vacancy is offered to the next."
        }
        Stakes::Application => {
            "If you decline, your application is archived. Without an answer your place in the queue is suspended and \
             the vacancy is offered to the next."
        }
        Stakes::Nothing => {
            "If you decline or don't answer, the place is offered to the next and you keep yours in the queue."
        }
    };
    sentences([Some(text), right.map(str::to_owned), Some(answer), Some(stakes.to_owned())])
}

fn passed_on(notice: &OfferPassedOn) -> String {
    let organisation = name(&notice.organisation);
    let text = match notice.because {
        PassedOn::NoAnswer => format!(
            "You didn't answer in time, so the vacancy ({organisation}) will be offered to the next in the queue."
        ),
        PassedOn::Withdrawn => {
            format!("The provider withdrew the vacancy ({organisation}): it isn't offered to you any more.")
        }
    };
    let waits_on = notice.number.map(|number| format!("You keep your place, {}.", queue_number(number, EN)));
    sentences([Some(text), waits_on])
}

fn suspended(notice: &Suspended) -> String {
    let organisation = in_brackets(notice.organisation.as_ref(), EN);
    let until = dates::through(notice.until, EN);
    if notice.recounted {
        return format!(
            "The calendar of working days has changed: your place in the queue{organisation} is suspended {until}."
        );
    }
    let term = counted(u64::from(notice.working_days), Noun::WorkingDay, EN);
    format!(
        "You didn't answer the vacancy notice, so your place in the queue{organisation} is suspended for \
         {term}, {until}. After that you will be asked whether you still want a place."
    )
}

fn interest(head: &str, question: &Question, silent: bool) -> String {
    let until = dates::until(question.answer_by, EN);
    let end = if silent { "Without an answer, or on \"no\"," } else { "On \"no\"" };
    let what =
        if question.organisation.is_some() { "your place in this organisation's queue" } else { "your application" };
    let organisation = in_brackets(question.organisation.as_ref(), EN);
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
