//! Intake (`P5.a`, `P5.b`, `P11.a`, `P15.1`): from a parent's request to an application that is queued, waits for working
//! time, or waits for its benefit to be verified. All reasons of a refusal are given at once.

use std::collections::BTreeSet;

use chrono::{Datelike, NaiveDate};

use super::World;
use super::benefit::{NONE, Right, against_benefits, against_right, strongest};
use super::deferral::{NotBefore, against_rest, resting_until};
use super::documents::{NON_RESIDENT, against_documents, by_stream, has_pmpc};
use super::draft::Draft;
use super::verify::{basis, start_verification, verifier_of};
use crate::application::{Application, Document, Entry, EntryState, Interest, InterestStage, Status};
use crate::ids::{ApplicationId, Bin, PersonKey};
use crate::invitation::Source;
use crate::organisation::{Kato, Organisation};
use crate::policy::{Policy, PolicyVersion};
use crate::queue::{Instant, Language, Place, QueueKey, Stream};
use crate::refusal::{Reason, Refusal};
use crate::step::{Fact, QueueView, Snapshot, Step};
use crate::terms;

/// At most this many organisations in one application (`P15.1`).
pub const MAX_ORGANISATIONS: usize = 4;

/// A request to be queued, with the persons already replaced by their keyed hashes.
#[derive(Debug, Clone)]
pub struct Registration {
    /// The id it will have.
    pub id: ApplicationId,
    /// Who asks.
    pub applicant: PersonKey,
    /// For which child.
    pub child: PersonKey,
    /// Born when.
    pub birth_date: NaiveDate,
    /// Where the family lives.
    pub settlement: Kato,
    /// In which language.
    pub language: Language,
    /// In which stream.
    pub stream: Stream,
    /// For which organisations, in the order given.
    pub organisations: Vec<Bin>,
    /// The benefit categories, each 1 to 13 (**D-benefits**).
    pub benefits: Vec<u8>,
    /// Whether the family is transferred to a new place of service (`P23.b`).
    pub relocation: bool,
    /// Whether the applicant or the child has no number, which makes their documents others (`P5.c`).
    pub non_resident: bool,
    /// From when the place is wanted (`P15.2`); at once without it.
    pub not_before: Option<NotBefore>,
    /// The documents handed in.
    pub documents: Vec<Document>,
    /// Whether the applicant consents to access to the data (Annex 5).
    pub consent: bool,
    /// What it came from, if it has no form of its own (`P7`, `P8`).
    pub came_by: Option<Source>,
}

impl Registration {
    fn right(&self) -> Right {
        Right { benefit: strongest(&self.benefits), relocation: self.relocation }
    }
}

/// What is known of a child from its last application in this kind of stream.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Earlier {
    /// What stands against another one.
    pub blocking: Option<Blocking>,
    /// Whether the child got a permanent place by a benefit (`P23.a`).
    pub benefit_used: bool,
}

/// What stands against another application of a child.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Blocking {
    /// This application is alive (`K1`).
    Live(ApplicationId),
    /// The contract of this application is in force (`P12`).
    Contract(ApplicationId),
}

impl Blocking {
    /// What an application that holds the child's lock is.
    #[must_use]
    pub fn by(holder: &Application) -> Self {
        if holder.status.is_live() { Blocking::Live(holder.id) } else { Blocking::Contract(holder.id) }
    }
}

/// Registers a request, or refuses it with all reasons. `known` are the organisations of the registry among those named,
/// `queues` the views of their queues.
///
/// # Errors
/// All rules that refuse the request.
pub fn register(
    request: Registration,
    known: &[Organisation],
    queues: Vec<QueueView>,
    earlier: Earlier,
    world: World<'_>,
) -> Result<Step, Refusal> {
    let version = world.policy(request.settlement);
    let reasons = reasons_against(&request, known, earlier, world);
    if !reasons.is_empty() {
        return Err(Refusal::rules(reasons));
    }
    let accepted_at = terms::acceptance(world.calendar, &version.policy, world.now);
    let application = new_application(&request, earlier, accepted_at, version, world.now);
    let registered = Fact::Registered {
        child: request.child,
        stream: request.stream.to_string(),
        lane: application.lane,
        benefit: application.benefit,
        organisations: request.organisations.clone(),
        accepted_at,
    };
    let mut draft = Draft::new(Snapshot { application: Box::new(application), seats: Vec::new(), queues }, world);
    draft.take_lock();
    draft.fact(registered);
    if let Some(source) = request.came_by {
        draft.fact(Fact::Invited { source });
    }
    if request.right().is_used_up(earlier.benefit_used) {
        draft.fact(Fact::BenefitUsed);
    }
    if let Some(until) = draft.application.not_before {
        draft.fact(Fact::Deferred { until });
    }
    if accepted_at <= world.now {
        admit(&mut draft);
    }
    Ok(draft.finish())
}

/// From acceptance on: what needs no verification is queued (`P6.c`), the rest verified first (`P14`).
pub(super) fn admit(draft: &mut Draft<'_>) {
    let (_, version) = basis(&draft.application, draft.world);
    match verifier_of(&draft.application, &version.policy) {
        None => queue_all(draft, "queued", "P10.b"),
        Some(by) => start_verification(draft, by),
    }
}

/// Puts all pending entries into their queues (`P10.b`).
pub(super) fn queue_all(draft: &mut Draft<'_>, why: &'static str, rule: &'static str) {
    for organisation in draft.organisations() {
        let number = draft.arrive(organisation, why, rule);
        draft.fact(Fact::Queued { organisation, number });
    }
    draft.application.status = Status::Queued;
    draft.application.claim = None;
}

fn new_application(
    request: &Registration,
    earlier: Earlier,
    accepted_at: Instant,
    version: &PolicyVersion,
    now: Instant,
) -> Application {
    let right = request.right();
    let entry = |bin: &Bin| Entry { organisation: *bin, ordered_at: now, state: EntryState::Pending };
    Application {
        id: request.id,
        version: 0,
        applicant: request.applicant,
        child: request.child,
        birth_date: request.birth_date,
        pmpc: has_pmpc(&request.documents),
        settlement: request.settlement,
        language: request.language,
        stream: request.stream.clone(),
        benefit: right.benefit,
        lane: right.lane(earlier.benefit_used),
        submitted_at: now,
        accepted_at,
        status: Status::Accepted,
        entries: request.organisations.iter().map(entry).collect(),
        interest: Interest { year: 1, stage: InterestStage::Quiet, policy: version.reference() },
        referral: None,
        not_before: request.not_before.and_then(|wanted| resting_until(wanted, request.birth_date, now)),
        documented: !request.documents.is_empty(),
        non_resident: request.non_resident,
        relocation: request.relocation,
        claim: None,
        contract: None,
        temporary: None,
        duties: Vec::new(),
        policy: version.reference(),
    }
}

/// All that the rules have against a request; nothing if they would register it.
#[must_use]
pub fn reasons_against(
    request: &Registration,
    known: &[Organisation],
    earlier: Earlier,
    world: World<'_>,
) -> Vec<Reason> {
    let version = world.policy(request.settlement);
    let mut reasons = against_organisations(&request.organisations, known, request.language, &request.stream);
    let pmpc = has_pmpc(&request.documents);
    let policy = &version.policy;
    reasons.extend(against_age(request.birth_date, pmpc, policy, world.now));
    let rest = request.not_before.and_then(|wanted| resting_until(wanted, request.birth_date, world.now));
    reasons.extend(against_rest(rest, request.birth_date, pmpc, policy));
    reasons.extend(against_benefits(&request.benefits, policy));
    if !request.consent {
        reasons.push(Reason::new("no-consent", "P5.e").at("/consent"));
    }
    let nothing = Right { benefit: NONE, relocation: false };
    reasons.extend(against_right(request.right(), nothing, &request.documents, policy, world.now));
    let needed = by_stream(&request.stream).iter().chain(NON_RESIDENT.iter().filter(|_| request.non_resident));
    reasons.extend(against_documents(needed, &request.documents, terms::local_date(world.now), policy));
    reasons.extend(earlier.blocking.map(against_another));
    reasons
}

/// `P11.a`: born too early, or too old by now; a PMPC conclusion exempts from both.
pub(super) fn against_age(birth_date: NaiveDate, pmpc: bool, policy: &Policy, now: Instant) -> Option<Reason> {
    let reason = if birth_date > terms::local_date(now) {
        Reason::new("born-in-the-future", "P11.a")
    } else if !pmpc && !terms::may_be_queued_by_birth_year(birth_date, now, policy) {
        let first = terms::local_date(now).year() - i32::try_from(policy.age_limit_years).unwrap_or(6);
        Reason::new("born-too-early", "P11.a").with("year", first)
    } else if !pmpc && terms::age_out(birth_date, policy) <= now {
        Reason::new("age-reached", "P11.a").with("years", policy.age_limit_years)
    } else {
        return None;
    };
    Some(reason.at("/child/birthDate"))
}

/// `K1`, `P12`: the child is queued, or has a place.
pub(super) fn against_another(blocking: Blocking) -> Reason {
    match blocking {
        Blocking::Live(first) => Reason::new("duplicate-application", "K1").with("application", first),
        Blocking::Contract(first) => Reason::new("contract-in-force", "P12").with("application", first),
    }
    .at("/child/iin")
}

/// `P15.1`: one to four different open organisations of the registry that teach the language and serve the stream.
pub(super) fn against_organisations(
    named: &[Bin],
    known: &[Organisation],
    language: Language,
    stream: &Stream,
) -> Vec<Reason> {
    let mut reasons = Vec::new();
    if named.is_empty() || named.len() > MAX_ORGANISATIONS {
        let reason = Reason::new("organisations-count", "P15.1").at("/organisations");
        reasons.push(reason.with("count", named.len()).with("max", MAX_ORGANISATIONS));
    }
    let mut seen = BTreeSet::new();
    for (index, bin) in named.iter().enumerate() {
        let at = format!("/organisations/{index}");
        if !seen.insert(bin) {
            reasons.push(Reason::new("organisation-repeated", "P15.1").at(at).with("organisation", bin));
            continue;
        }
        let reason = match known.iter().find(|organisation| organisation.bin == *bin) {
            None => "organisation-unknown",
            Some(organisation) if !organisation.open => "organisation-closed",
            Some(organisation) if !organisation.languages.contains(&language) => "language-not-taught",
            Some(organisation) if !organisation.streams.contains(&stream.kind()) => "stream-not-served",
            Some(_) => continue,
        };
        reasons.push(Reason::new(reason, "P15.1").at(at).with("organisation", bin).with("language", language));
    }
    reasons
}

/// Where a request would stand in an organisation's queue if it were registered now (`P10.b`): what its rank is asked for.
#[must_use]
pub fn place_of(request: &Registration, earlier: Earlier, organisation: Bin, now: Instant) -> (QueueKey, Place) {
    let key = QueueKey {
        organisation,
        language: request.language,
        birth_year: request.birth_date.year(),
        stream: request.stream.clone(),
    };
    let lane = request.right().lane(earlier.benefit_used);
    (key, Place { lane, submitted_at: now, application: request.id })
}
