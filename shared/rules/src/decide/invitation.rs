//! Invitations (`P7`) and the wish of a single application (`P8`): who may be invited, and how an invitation ends. What the consent
//! leads to is decided where every other application is registered, by the same rules.

use chrono::NaiveDate;

use super::World;
use super::benefit::against_benefits;
use super::deferral::{NotBefore, against_rest, resting_until};
use super::documents::has_pmpc;
use super::register::{Earlier, against_age, against_another, against_organisations};
use crate::application::Document;
use crate::ids::{Bin, InvitationId, PersonKey};
use crate::invitation::{Event, Fact, Invitation, Source, State, Step};
use crate::organisation::{Kato, Organisation};
use crate::queue::{LANGUAGES, Language, Stream};
use crate::refusal::{Reason, Refusal};
use crate::terms;

/// The rule of every refusal to answer.
const RULE: &str = "P7";

/// What is wished for beforehand: a proposal, of which the applicant may change everything. What isn't wished for is none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wish {
    /// In which language.
    pub language: Option<Language>,
    /// For which organisations, in the order wished.
    pub organisations: Option<Vec<Bin>>,
    /// The benefit categories.
    pub benefits: Option<Vec<u8>>,
    /// In which stream.
    pub stream: Option<Stream>,
    /// Whether the family is transferred to a new place of service (`P23.b`).
    pub relocation: Option<bool>,
    /// From when the place is wanted (`P15.2`).
    pub not_before: Option<NotBefore>,
    /// The documents known of.
    pub documents: Option<Vec<Document>>,
}

impl Wish {
    fn has_pmpc(&self) -> bool {
        self.documents.as_deref().is_some_and(has_pmpc)
    }
}

/// What a state system asks for, with the persons already replaced by their keyed hashes.
#[derive(Debug, Clone)]
pub struct Inviting {
    /// The id the invitation will have.
    pub id: InvitationId,
    /// Which state system asks.
    pub sender: PersonKey,
    /// Who is to be invited.
    pub applicant: PersonKey,
    /// For which child.
    pub child: PersonKey,
    /// Born when.
    pub birth_date: NaiveDate,
    /// Where the family lives.
    pub settlement: Kato,
    /// What it comes from.
    pub source: Source,
    /// What is wished for.
    pub wish: Wish,
}

/// All that the rules have against inviting: a child that can't be queued, or is already, and a wish that couldn't be granted.
/// What only the applicant can bring – documents, consent – isn't asked for. `known` are the organisations of the registry among
/// those wished for.
#[must_use]
pub fn reasons_against_inviting(
    inviting: &Inviting,
    known: &[Organisation],
    earlier: Earlier,
    world: World<'_>,
) -> Vec<Reason> {
    let (wish, policy) = (&inviting.wish, &world.policy(inviting.settlement).policy);
    let pmpc = wish.has_pmpc();
    let mut reasons = Vec::new();
    if let Some(organisations) = &wish.organisations {
        let stream = wish.stream.clone().unwrap_or(Stream::General);
        let against = |language| against_organisations(organisations, known, language, &stream);
        // Without a language only what none could mend is told.
        let any = LANGUAGES.iter().filter_map(|code| code.parse().ok());
        let languages = any.filter(|language| wish.language.is_none_or(|wished| wished == *language));
        reasons.extend(languages.map(against).min_by_key(Vec::len).unwrap_or_default());
    }
    reasons.extend(against_age(inviting.birth_date, pmpc, policy, world.now));
    let rest = wish.not_before.and_then(|wanted| resting_until(wanted, inviting.birth_date, world.now));
    reasons.extend(against_rest(rest, inviting.birth_date, pmpc, policy));
    reasons.extend(wish.benefits.as_deref().and_then(|benefits| against_benefits(benefits, policy)));
    reasons.extend(earlier.blocking.map(against_another));
    reasons
}

/// Invites an applicant, or refuses to with all reasons.
///
/// # Errors
/// All that stands against it.
pub fn invite(
    inviting: &Inviting,
    known: &[Organisation],
    earlier: Earlier,
    world: World<'_>,
) -> Result<Step, Refusal> {
    let reasons = reasons_against_inviting(inviting, known, earlier, world);
    if !reasons.is_empty() {
        return Err(Refusal::rules(reasons));
    }
    let organisations = inviting.wish.organisations.clone().unwrap_or_default();
    Ok(step(new(inviting, world), Fact::Sent { organisations }, world))
}

/// A single application that carries the applicant's consent (`P8`): accepted as it comes. Whether the application it becomes can be
/// registered is decided there, in the same step.
#[must_use]
pub fn single_application(inviting: &Inviting, world: World<'_>) -> Step {
    step(new(inviting, world), Fact::Accepted, world)
}

/// The applicant consents (`P7`): the invitation becomes an application, which is registered in the same step.
///
/// # Errors
/// It isn't open any more.
pub fn consent(invitation: Invitation, world: World<'_>) -> Result<Step, Refusal> {
    open(&invitation)?;
    Ok(step(invitation, Fact::Accepted, world))
}

/// The applicant doesn't consent (`P7`).
///
/// # Errors
/// It isn't open any more.
pub fn decline_invitation(invitation: Invitation, world: World<'_>) -> Result<Step, Refusal> {
    open(&invitation)?;
    Ok(step(invitation, Fact::Declined, world))
}

/// The child has reached the age limit, and nobody has answered (`P11.b`).
///
/// # Errors
/// Nothing is due.
pub fn lapse_invitation(invitation: Invitation, world: World<'_>) -> Result<Step, Refusal> {
    if invitation.next_clock().is_none_or(|at| at > world.now) {
        return Err(Refusal::state("nothing-due", "P11.b"));
    }
    Ok(step(invitation, Fact::Lapsed, world))
}

/// Another invitation about the same child takes the place of this one.
///
/// # Errors
/// It isn't open any more.
pub fn replace_invitation(invitation: Invitation, world: World<'_>) -> Result<Step, Refusal> {
    open(&invitation)?;
    Ok(step(invitation, Fact::Replaced, world))
}

fn open(invitation: &Invitation) -> Result<(), Refusal> {
    match invitation.state {
        State::Sent => Ok(()),
        State::Accepted | State::Declined => Err(Refusal::state("invitation-answered", RULE)),
        State::Lapsed | State::Replaced => Err(Refusal::state("invitation-closed", RULE)),
    }
}

fn new(inviting: &Inviting, world: World<'_>) -> Invitation {
    let policy = &world.policy(inviting.settlement).policy;
    Invitation {
        id: inviting.id,
        version: 0,
        sender: inviting.sender,
        applicant: inviting.applicant,
        child: inviting.child,
        settlement: inviting.settlement,
        source: inviting.source,
        state: State::Sent,
        sent_at: world.now,
        answered_at: None,
        lapses_at: (!inviting.wish.has_pmpc()).then(|| terms::age_out(inviting.birth_date, policy)),
    }
}

fn step(mut invitation: Invitation, fact: Fact, world: World<'_>) -> Step {
    invitation.version += 1;
    invitation.state = fact.state();
    if matches!(fact, Fact::Accepted | Fact::Declined) {
        invitation.answered_at = Some(world.now);
    }
    let event = Event {
        invitation: invitation.id,
        seq: invitation.version,
        source: invitation.source,
        settlement: invitation.settlement,
        at: world.now,
        policy: world.policy(invitation.settlement).reference().to_string(),
        calendar: world.calendar.version,
        fact,
    };
    Step { invitation, event }
}
