//! The notices of referral, enrolment and contract in English. Only wording.

use super::super::enrolment::{
    ContractReady, DocumentsRegistered, Enrolled, EnrolmentGround, EnrolmentRefused, Lapsed, ReferralCancelled,
    ReferralExtended, ReferralIssued, ReferralLapsed, ReferralRevoked, Refusal, Revoked,
};
use super::{EN, LAW, dates, document_list, ground, name, queues, sentences};
use crate::texts::notices::PlaceInQueue;

const NEXT: &str = "The place will be offered to the next in the queue.";
const RECOUNTED: &str = "The calendar of working days has changed";

/// Where the application is now.
fn now(places: &[PlaceInQueue], queue: &str) -> String {
    let head = format!("Your application is back in the {queue} at its original date and time");
    let cabinet = || "See your cabinet for the state of your application.".to_owned();
    queues(&head, places, EN).unwrap_or_else(cabinet)
}

pub(super) fn issued(notice: &ReferralIssued) -> String {
    let (number, organisation) = (&notice.number, name(&notice.organisation));
    let until = dates::until(notice.valid_until, EN);
    let text = if notice.again {
        format!(
            "The organisation's refusal to enrol is overturned: referral No. {number} ({organisation}) is valid {until}."
        )
    } else {
        format!("Referral No. {number} has been issued to you: {organisation}. It is valid {until}.")
    };
    format!("{text} Submit the documents for enrolment within this time.")
}

pub(super) fn extended(notice: &ReferralExtended) -> String {
    let (number, organisation) = (&notice.number, name(&notice.organisation));
    let until = dates::until(notice.valid_until, EN);
    let text = if notice.recounted {
        format!("{RECOUNTED}: referral No. {number} ({organisation}) is now valid {until}.")
    } else {
        format!("Referral No. {number} ({organisation}) is extended {until}.")
    };
    format!("{text} Submit the documents for enrolment within this time.")
}

pub(super) fn cancelled(notice: &ReferralCancelled) -> String {
    let (number, organisation) = (&notice.number, name(&notice.organisation));
    format!("Referral No. {number} ({organisation}) is cancelled. {NEXT} {}", now(&notice.places, "queue"))
}

pub(super) fn revoked(notice: &ReferralRevoked) -> String {
    let (number, organisation) = (&notice.number, name(&notice.organisation));
    match notice.because {
        Revoked::Unconfirmed { general } => {
            let now = now(&notice.places, if general { "general queue" } else { "queue" });
            format!(
                "Your documents weren't confirmed, so referral No. {number} ({organisation}) is revoked. {NEXT} {now}"
            )
        }
        Revoked::VacancyWithdrawn => {
            let now = now(&notice.places, "queue");
            format!("The provider withdrew the vacancy, so referral No. {number} ({organisation}) is revoked. {now}")
        }
    }
}

pub(super) fn lapsed(notice: &ReferralLapsed) -> String {
    let (number, organisation) = (&notice.number, name(&notice.organisation));
    let ended = format!("so referral No. {number} ({organisation}) is no longer valid.");
    let text = match notice.because {
        Lapsed::NoDocuments => {
            format!("Referral No. {number} ({organisation}) has lapsed: no documents were submitted.")
        }
        Lapsed::NotAccepted => format!("Your documents weren't accepted, {ended}"),
        Lapsed::Unsigned => format!("The contract wasn't signed in time, {ended}"),
    };
    format!("{text} {NEXT} {}", now(&notice.places, "queue"))
}

pub(super) fn documents(notice: &DocumentsRegistered) -> String {
    let organisation = name(&notice.organisation);
    let due = dates::moment(notice.result_due, EN);
    let text = match notice.registered_at {
        Some(at) => {
            let at = dates::moment(at, EN);
            format!("Your documents for enrolment are received: {organisation}. Registration: {at}.")
        }
        None => format!("{RECOUNTED}, and so has the term to check your documents for enrolment: {organisation}."),
    };
    format!("{text} The result is due: {due}.")
}

pub(super) fn refused(notice: &EnrolmentRefused) -> String {
    let organisation = name(&notice.organisation);
    let (text, ground, after) = match notice.refusal {
        Refusal::Documents { until } => (
            format!("The organisation ({organisation}) didn't accept your documents: they are incomplete or expired."),
            None,
            until.map(|until| format!("You can hand them in again {}.", dates::until(until, EN))),
        ),
        Refusal::Reviewed { ground } => (
            refused_by(organisation),
            Some(ground),
            Some("The provider considers the refusal; until then the place is kept for you.".to_owned()),
        ),
        Refusal::Final { ground } => (refused_by(organisation), Some(ground), Some(over(notice))),
        Refusal::Upheld { ground } => (
            format!("The provider has considered the organisation's refusal to enrol ({organisation}) and upheld it."),
            ground,
            Some(over(notice)),
        ),
    };
    sentences([
        Some(text),
        ground.map(because),
        document_list("Missing documents", &notice.missing, EN),
        document_list("Expired documents", &notice.expired, EN),
        after,
    ])
}

fn refused_by(organisation: &str) -> String {
    format!("The service of enrolling your child is refused: {organisation}.")
}

fn over(notice: &EnrolmentRefused) -> String {
    format!("{NEXT} {}", now(&notice.places, "queue"))
}

fn because(reason: EnrolmentGround) -> String {
    let number = reason.number();
    let by_p28 = |text| format!("Ground ({LAW}; Rules, paragraph 28, item {number}): {text}.");
    match reason {
        EnrolmentGround::Documents => by_p28("required documents weren't submitted or have expired"),
        EnrolmentGround::Contraindication => {
            by_p28("by the documents submitted there is a medical contraindication to enrolment")
        }
        EnrolmentGround::Unvaccinated => by_p28("the share of unvaccinated children in the group is over the limit"),
        EnrolmentGround::AsForQueueing(reason) => {
            let (number, text) = (reason.number(), ground(reason));
            format!("Ground ({LAW}; Annex 6 of the Rules, row 9, item {number}): {text}.")
        }
    }
}

pub(super) fn contract(notice: &ContractReady) -> String {
    let organisation = name(&notice.organisation);
    let until = dates::until(notice.sign_by, EN);
    if notice.recounted {
        return format!("{RECOUNTED}: the electronic contract ({organisation}) can now be signed {until}.");
    }
    format!(
        "The electronic contract for educational services is ready: {organisation}. Sign it by an available means \
         (message, digital signature, QR) {until}, else the referral ends."
    )
}

pub(super) fn enrolled(notice: &Enrolled) -> String {
    let organisation = name(&notice.organisation);
    let Some(last_day) = notice.temporary_until else {
        return format!("Your child is enrolled: {organisation}. The electronic contract is signed.");
    };
    let text = format!(
        "Your child is enrolled in a temporary place: {organisation}. Your child can stay {}.",
        dates::through(last_day, EN)
    );
    let back = queues("Your application is back in the queue at its original date and time", &notice.places, EN);
    let later = notice
        .returns_after
        .then(|| "After that your application returns to the queue at its original date and time.".to_owned());
    sentences([Some(text), back.or(later)])
}
