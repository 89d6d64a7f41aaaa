//! Intake (`P5.a`, `P5.b`, `P11.a`, `P15.1`): from a parent's request to an application that is queued, waits for working
//! time, or waits for its benefit to be verified. All reasons of a refusal are given at once.

use std::collections::BTreeSet;

use chrono::{Datelike, NaiveDate};

use super::World;
use super::deferral::{NotBefore, against_rest, resting_until};
use super::draft::Draft;
use super::verify::start_verification;
use crate::application::{Application, Document, Entry, EntryState, Interest, InterestStage, Status, lane_of};
use crate::ids::{ApplicationId, Bin, PersonKey};
use crate::organisation::{Kato, Organisation};
use crate::policy::PolicyVersion;
use crate::queue::{Instant, Lane, Language, Place, QueueKey, Stream};
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
    /// The benefit category, 1 to 13.
    pub benefit: u8,
    /// From when the place is wanted (`P15.2`); at once without it.
    pub not_before: Option<NotBefore>,
    /// The documents handed in.
    pub documents: Vec<Document>,
    /// Whether the applicant consents to access to the data (Annex 5).
    pub consent: bool,
}

/// Registers a request, or refuses it with all reasons. `known` are the organisations of the registry among those named,
/// `queues` the views of their queues, `blocking` the child's live application in this kind of stream, if there is one.
///
/// # Errors
/// All rules that refuse the request.
pub fn register(
    request: Registration,
    known: &[Organisation],
    queues: Vec<QueueView>,
    blocking: Option<ApplicationId>,
    world: World<'_>,
) -> Result<Step, Refusal> {
    let version = world.policy(request.settlement);
    let reasons = reasons_against(&request, known, blocking, world);
    if !reasons.is_empty() {
        return Err(Refusal::rules(reasons));
    }
    let accepted_at = terms::acceptance(world.calendar, &version.policy, world.now);
    let application = new_application(&request, accepted_at, version, world.now);
    let registered = Fact::Registered {
        child: request.child,
        stream: request.stream.to_string(),
        lane: application.lane,
        benefit: request.benefit,
        organisations: request.organisations,
        accepted_at,
    };
    let mut draft = Draft::new(Snapshot { application, seats: Vec::new(), queues }, world);
    draft.take_lock();
    draft.fact(registered);
    if let Some(until) = draft.application.not_before {
        draft.fact(Fact::Deferred { until });
    }
    if accepted_at <= world.now {
        admit(&mut draft);
    }
    Ok(draft.finish())
}

/// From acceptance on: general applications are queued (`P6.c`), the others verified first (`P14`).
pub(super) fn admit(draft: &mut Draft<'_>) {
    if draft.application.lane == Lane::General && draft.application.stream == Stream::General {
        queue_all(draft, "queued", "P10.b");
    } else {
        start_verification(draft);
    }
}

/// Puts all pending entries into their queues (`P10.b`).
pub(super) fn queue_all(draft: &mut Draft<'_>, why: &'static str, rule: &'static str) {
    for organisation in draft.organisations() {
        let number = draft.arrive(organisation, why, rule);
        draft.fact(Fact::Queued { organisation, number });
    }
    draft.application.status = Status::Queued;
}

fn new_application(request: &Registration, accepted_at: Instant, version: &PolicyVersion, now: Instant) -> Application {
    let entry = |bin: &Bin| Entry { organisation: *bin, ordered_at: now, state: EntryState::Pending };
    Application {
        id: request.id,
        version: 0,
        applicant: request.applicant,
        child: request.child,
        birth_date: request.birth_date,
        pmpc: request.documents.iter().any(|document| document.kind == "pmpc-conclusion"),
        settlement: request.settlement,
        language: request.language,
        stream: request.stream.clone(),
        benefit: request.benefit,
        lane: lane_of(request.benefit),
        submitted_at: now,
        accepted_at,
        status: Status::Accepted,
        entries: request.organisations.iter().map(entry).collect(),
        interest: Interest { year: 1, stage: InterestStage::Quiet, policy: version.reference() },
        referral: None,
        not_before: request.not_before.and_then(|wanted| resting_until(wanted, request.birth_date, now)),
        documented: !request.documents.is_empty(),
        non_resident: false,
        relocation: false,
        claim: None,
        contract: None,
        duties: Vec::new(),
        policy: version.reference(),
    }
}

/// All that the rules have against a request; nothing if they would register it.
#[must_use]
pub fn reasons_against(
    request: &Registration,
    known: &[Organisation],
    blocking: Option<ApplicationId>,
    world: World<'_>,
) -> Vec<Reason> {
    let version = world.policy(request.settlement);
    let mut reasons = against_organisations(&request.organisations, known, request.language, &request.stream);
    let pmpc = request.documents.iter().any(|document| document.kind == "pmpc-conclusion");
    let policy = &version.policy;
    if request.birth_date > terms::local_date(world.now) {
        reasons.push(Reason::new("born-in-the-future", "P11.a").at("/child/birthDate"));
    } else if !pmpc && !terms::may_be_queued_by_birth_year(request.birth_date, world.now, policy) {
        let first = terms::local_date(world.now).year() - i32::try_from(policy.age_limit_years).unwrap_or(6);
        reasons.push(Reason::new("born-too-early", "P11.a").at("/child/birthDate").with("year", first));
    } else if !pmpc && terms::age_out(request.birth_date, policy) <= world.now {
        reasons.push(Reason::new("age-reached", "P11.a").at("/child/birthDate").with("years", policy.age_limit_years));
    }
    let rest = request.not_before.and_then(|wanted| resting_until(wanted, request.birth_date, world.now));
    reasons.extend(against_rest(rest, request.birth_date, pmpc, policy));
    if !(1..=13).contains(&request.benefit) {
        reasons.push(Reason::new("benefit-unknown", "P5.a").at("/benefit"));
    }
    if !request.consent {
        reasons.push(Reason::new("no-consent", "P5.e").at("/consent"));
    }
    reasons.extend(against_documents(request, world));
    if let Some(first) = blocking {
        reasons.push(Reason::new("duplicate-application", "K1").at("/child/iin").with("application", first));
    }
    reasons
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

/// `A2.8`, `P5.d`: what can be checked at once of the documents that a category needs.
fn against_documents(request: &Registration, world: World<'_>) -> Vec<Reason> {
    let needed: &[(&str, bool)] = match request.benefit {
        1..=4 => &[("service-certificate", true)],
        11 | 12 => &[("work-certificate", true), ("diploma", false)],
        _ => &[],
    };
    let by_stream: &[(&str, bool)] = match request.stream {
        Stream::General => &[],
        Stream::Special(_) => &[("pmpc-conclusion", false)],
        Stream::Sanatorium(_) => &[("phthisiatrician-conclusion", false)],
    };
    let today = terms::local_date(world.now);
    let mut reasons = Vec::new();
    for (kind, one_month) in needed.iter().chain(by_stream) {
        let expired = |document: &Document| {
            document.issued_on > today || *one_month && terms::add_months(document.issued_on, 1) < today
        };
        let of_kind = || request.documents.iter().enumerate().filter(|(_, document)| document.kind == *kind);
        // A good copy makes up for an expired one.
        match of_kind().find(|(_, document)| !expired(document)).or_else(|| of_kind().next()) {
            None => reasons.push(Reason::new("document-missing", "A2.8").at("/documents").with("document", kind)),
            Some((index, document)) => {
                if expired(document) {
                    let reason = Reason::new("document-expired", "A2.8").at(format!("/documents/{index}/issuedOn"));
                    reasons.push(reason.with("document", kind));
                }
            }
        }
    }
    reasons
}

/// Where a request would stand in an organisation's queue if it were registered now (`P10.b`): what its rank is asked for.
#[must_use]
pub fn place_of(request: &Registration, organisation: Bin, now: Instant) -> (QueueKey, Place) {
    let key = QueueKey {
        organisation,
        language: request.language,
        birth_year: request.birth_date.year(),
        stream: request.stream.clone(),
    };
    (key, Place { lane: lane_of(request.benefit), submitted_at: now, application: request.id })
}
