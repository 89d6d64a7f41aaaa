//! The extension of a referral (`P25.b`): once, on a document, by the document alone or by an officer's decision (**D-extension**).

use chrono::NaiveDate;

use super::World;
use super::draft::Draft;
use super::referral::{follow, lapse_if_over};
use super::verify::OfficerDecision;
use crate::application::{Document, Duty, Referral, Stage};
use crate::policy::{Extension, Policy};
use crate::refusal::{Reason, Refusal};
use crate::step::{Fact, Snapshot, Step};
use crate::terms;

/// What confirms that the applicant is unable to come.
const INABILITY: &str = "inability";

/// The applicant asks for an extension of the referral to a day (`P25.b`).
///
/// # Errors
/// There is no referral that waits for documents inside its validity; it was extended or that was asked for; the document doesn't
/// confirm it; the day is out of bounds.
pub fn extend(snapshot: Snapshot, until: NaiveDate, document: &Document, world: World<'_>) -> Result<Step, Refusal> {
    let Some(referral) = snapshot.application.live_referral() else {
        return Err(Refusal::state("no-referral", "P25.b"));
    };
    if referral.extended || referral.extension_asked.is_some() {
        return Err(Refusal::state("extension-repeated", "P25.b"));
    }
    if referral.stage != Stage::Awaited || referral.valid_until <= world.now {
        return Err(Refusal::state("extension-not-possible", "P25.b"));
    }
    let version = world.pinned(&referral.policy);
    let reasons = against(referral, until, document, &version.policy, terms::local_date(world.now));
    if !reasons.is_empty() {
        return Err(Refusal::rules(reasons));
    }
    let (organisation, id) = (referral.organisation, referral.id);
    let mut draft = Draft::new(snapshot, world);
    draft.under(version.reference());
    match version.policy.extension {
        Extension::OnTheDocument => give(&mut draft, until, &version.policy),
        Extension::ByAnOfficer => {
            if let Some(referral) = draft.application.referral.as_mut() {
                referral.extension_asked = Some(until);
            }
            let today = terms::local_date(world.now);
            let day = terms::working_days(world.calendar, today, version.policy.officer_working_days);
            draft.open_duty(Duty::Extension, world.now, terms::duty_end(day));
            draft.fact(Fact::ExtensionAsked { organisation, referral: id, until });
            follow(&mut draft);
        }
    }
    Ok(draft.finish())
}

fn against(
    referral: &Referral,
    until: NaiveDate,
    document: &Document,
    policy: &Policy,
    today: NaiveDate,
) -> Vec<Reason> {
    let mut reasons = Vec::new();
    let latest = terms::calendar_days(referral.last_day, policy.extension_calendar_days);
    if until <= referral.last_day || until > latest {
        reasons.push(Reason::new("extension-too-far", "P25.b").at("/until").with("until", latest));
    }
    if document.kind != INABILITY {
        reasons.push(Reason::new("inability-document-missing", "P25.b").at("/document/kind"));
    } else if document.issued_on > today {
        reasons.push(Reason::new("inability-document-missing", "P25.b").at("/document/issuedOn"));
    }
    reasons
}

fn give(draft: &mut Draft<'_>, until: NaiveDate, policy: &Policy) {
    let valid_until = terms::end_of(until, policy.term_end);
    let Some(referral) = draft.application.referral.as_mut() else { return };
    referral.extended = true;
    referral.valid_until = valid_until;
    let (organisation, id) = (referral.organisation, referral.id);
    draft.fact(Fact::ReferralExtended { organisation, referral: id, valid_until });
    follow(draft);
}

/// An officer has decided on an extension asked for. While it was undecided the referral didn't lapse; if its validity is over now, it does.
///
/// # Errors
/// No extension was asked for, or the ground isn't one of `P5.e`.
pub fn decide_extension(snapshot: Snapshot, decision: OfficerDecision, world: World<'_>) -> Result<Step, Refusal> {
    let asked = snapshot.application.live_referral().and_then(|referral| Some((referral, referral.extension_asked?)));
    let Some((referral, until)) = asked else {
        return Err(Refusal::state("not-waiting-for-decision", "P25.b"));
    };
    if !matches!(decision, OfficerDecision::Confirm | OfficerDecision::Refuse { ground: 1..=3 }) {
        return Err(Refusal::rules(vec![Reason::new("ground-unknown", "P5.e").at("/ground")]));
    }
    let version = world.pinned(&referral.policy);
    let (organisation, id) = (referral.organisation, referral.id);
    let mut draft = Draft::new(snapshot, world);
    draft.under(version.reference());
    draft.close_duty(Duty::Extension);
    if let Some(referral) = draft.application.referral.as_mut() {
        referral.extension_asked = None;
    }
    match decision {
        OfficerDecision::Confirm => give(&mut draft, until, &version.policy),
        OfficerDecision::Refuse { ground } => {
            draft.fact(Fact::ExtensionRefused { organisation, referral: id, ground });
            follow(&mut draft);
        }
    }
    lapse_if_over(&mut draft);
    Ok(draft.finish())
}
