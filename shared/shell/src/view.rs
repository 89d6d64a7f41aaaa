//! How an application looks from outside: its state, its numbers at an instant inside the request, its history. Only reading.

use kezek_contract::answers::{
    ApplicationAnswer, ClaimAnswer, EntryAnswer, HistoryAnswer, OfferAnswer, QuestionAnswer, iso,
};
use kezek_contract::texts::{Locale, history};
use kezek_rules::application::{Application, ArchiveReason, EntryState, Status};
use kezek_rules::decide::{World, open_questions};
use kezek_rules::ids::Bin;
use kezek_rules::step::{Event, Fact, Lacking};
use kezek_store::StoreError;

mod enrolment;
mod standing;

use crate::app::{App, Settled};
use crate::error::Failure;
use crate::http::{Request, Response, etag};

pub use enrolment::organisation_referral;
pub use standing::{Reading, has_number, number, rests_otherwise, standing};

/// How many events of an application are shown, the latest ones.
pub const HISTORY_SHOWN: usize = 200;

/// The name of an entry's status.
#[must_use]
pub const fn entry_status(state: &EntryState) -> &'static str {
    match state {
        EntryState::Pending => "pending",
        EntryState::Dormant => "dormant",
        EntryState::Waiting => "waiting",
        EntryState::Offered(_) => "offered",
        EntryState::Suspended(_) => "suspended",
        EntryState::Aside | EntryState::Left => "left",
    }
}

/// The answer that shows an application as its applicant sees it, with its version.
///
/// # Errors
/// The table failed, or the application changed again and again while it was read.
pub async fn shown(app: &App, request: &Request, application: &Application) -> Result<Response, Failure> {
    let mut reading = Reading::of(app, application);
    loop {
        let seen = reading.seen();
        if let Some(view) = self::application(app, &request.settled, seen, request.locale).await? {
            return Ok(Response::ok(&view).header("etag", etag(seen.version)));
        }
        reading.anew().await?;
    }
}

/// An application as its applicant sees it; none if it changed while it was read.
async fn application(
    app: &App,
    settled: &Settled,
    application: &Application,
    locale: Locale,
) -> Result<Option<ApplicationAnswer>, StoreError> {
    let mut entries = Vec::new();
    for entry in &application.entries {
        let number = if has_number(&entry.state) {
            let Some((queue, rank)) = standing(app, application, entry).await? else { return Ok(None) };
            Some(number(&queue, application, rank, settled.world()))
        } else {
            None
        };
        entries.push(entry_answer(app, application, entry.organisation, entry_status(&entry.state), number));
    }
    if rests_otherwise(app, application).await? {
        return Ok(None);
    }
    let events = app.store.history(application.id, HISTORY_SHOWN).await?;
    let mut answer = frame(app, application, entries);
    answer.offers = Some(offers(&events));
    answer.history = Some(events.iter().flat_map(|event| history_of(event, locale)).collect());
    answer.questions = questions(application, settled.world());
    answer.relocation = Some(application.relocation);
    answer.claim = claim(application);
    Ok(Some(answer))
}

fn entry_answer(
    app: &App,
    application: &Application,
    organisation: Bin,
    status: &str,
    number: Option<u64>,
) -> EntryAnswer {
    EntryAnswer {
        organisation: organisation.to_string(),
        status: status.to_owned(),
        number,
        tag: app.keys.tag(application.id, organisation),
    }
}

fn frame(app: &App, application: &Application, entries: Vec<EntryAnswer>) -> ApplicationAnswer {
    ApplicationAnswer {
        id: application.id.to_string(),
        status: application.status.as_str().to_owned(),
        archive_reason: match application.status {
            Status::Archived(reason) => Some(reason.as_str().to_owned()),
            _ => None,
        },
        submitted_at: iso(application.submitted_at),
        accepted_at: iso(application.accepted_at),
        lane: application.lane,
        stream: application.stream.to_string(),
        language: application.language.to_string(),
        benefit: application.benefit,
        relocation: None,
        claim: None,
        not_before: application.not_before.map(|day| day.to_string()),
        entries,
        offers: None,
        referral: application.referral.as_ref().map(|referral| enrolment::referral(app, referral)),
        contract: application.contract.as_ref().map(|contract| enrolment::contract(app, contract)),
        history: None,
        questions: Vec::new(),
    }
}

/// An application as it was when it was registered, from its first event: what a repeated request is answered with.
#[must_use]
pub fn registered(app: &App, application: &Application, first: &Event) -> ApplicationAnswer {
    let numbers: Vec<(Bin, u64)> = first
        .facts
        .iter()
        .filter_map(|fact| match fact {
            Fact::Queued { organisation, number } => Some((*organisation, *number)),
            _ => None,
        })
        .collect();
    let named = first.facts.iter().find_map(|fact| match fact {
        Fact::Registered { organisations, lane, benefit, accepted_at, .. } => {
            Some((organisations.clone(), *lane, *benefit, *accepted_at))
        }
        _ => None,
    });
    let (organisations, lane, benefit, accepted_at) =
        named.unwrap_or((Vec::new(), application.lane, application.benefit, application.accepted_at));
    let until = first.facts.iter().find_map(|fact| match fact {
        Fact::Deferred { until } => Some(*until),
        _ => None,
    });
    let queued = if until.is_some() { EntryState::Dormant } else { EntryState::Waiting };
    let entry = |organisation: &Bin| {
        let number = numbers.iter().find(|(queued, _)| queued == organisation).map(|(_, number)| *number);
        let state = if number.is_some() { &queued } else { &EntryState::Pending };
        entry_answer(app, application, *organisation, entry_status(state), number)
    };
    let mut answer = frame(app, application, organisations.iter().map(entry).collect());
    let verifying = first.facts.iter().any(|fact| matches!(fact, Fact::VerificationStarted { .. }));
    let status = match (numbers.is_empty(), verifying) {
        (false, _) => Status::Queued,
        (true, true) => Status::Verifying,
        (true, false) => Status::Accepted,
    };
    answer.status = status.as_str().to_owned();
    answer.archive_reason = None;
    answer.referral = None;
    answer.contract = None;
    answer.lane = lane;
    answer.benefit = benefit;
    // A patch of the calendar may have moved it since (`C3`).
    answer.accepted_at = iso(accepted_at);
    answer.not_before = until.map(|day| day.to_string());
    answer
}

fn claim(application: &Application) -> Option<ClaimAnswer> {
    let claim = application.claim.as_ref().filter(|_| application.status == Status::Queued)?;
    Some(ClaimAnswer {
        benefit: claim.benefit,
        relocation: claim.relocation,
        lane: claim.lane(),
        since: iso(claim.since),
    })
}

fn questions(application: &Application, world: World<'_>) -> Vec<QuestionAnswer> {
    let open = open_questions(application, world).into_iter();
    open.map(|(organisation, answer_by)| QuestionAnswer {
        kind: "interest",
        organisation: organisation.map(|organisation| organisation.to_string()),
        answer_by: iso(answer_by),
    })
    .collect()
}

/// All offers of a history, with what became of them.
#[must_use]
pub fn offers(events: &[Event]) -> Vec<OfferAnswer> {
    let mut offers: Vec<OfferAnswer> = Vec::new();
    for event in events {
        let given_up = event.facts.iter().any(gives_up);
        for fact in &event.facts {
            let (ended, status) = match fact {
                Fact::Offered { organisation, offer, answer_by, .. } => {
                    offers.push(OfferAnswer {
                        id: offer.to_string(),
                        organisation: organisation.to_string(),
                        status: "open".to_owned(),
                        offered_at: iso(event.at),
                        answer_by: iso(*answer_by),
                    });
                    continue;
                }
                Fact::AcceptedOffer { offer, .. } => (offer, "accepted"),
                Fact::Declined { offer, .. } => (offer, "declined"),
                Fact::PassedOn { offer, .. } => (offer, "lapsed"),
                Fact::Released { offer, .. } => (offer, "released"),
                Fact::OfferWithdrawn { offer, .. } if given_up => (offer, "released"),
                Fact::OfferWithdrawn { offer, .. } => (offer, "withdrawn"),
                _ => continue,
            };
            if let Some(offer) = offers.iter_mut().find(|known| known.id == ended.to_string()) {
                offer.status = status.to_owned();
            }
        }
    }
    offers
}

/// Whether an offer that ends in the same step was let go by its applicant, not taken away: with the withdrawal of the application
/// (`P15.4`), with the interest in it, declined or not said (`P15.a`, `P15.c`), or with the organisation (`P15.5`).
const fn gives_up(fact: &Fact) -> bool {
    use ArchiveReason::{Declined, NoAnswer, NoInterest, Withdrawn};
    matches!(
        fact,
        Fact::Archived { reason: Withdrawn | NoInterest | NoAnswer | Declined } | Fact::OrganisationsChanged { .. }
    )
}

fn history_of(event: &Event, locale: Locale) -> impl Iterator<Item = HistoryAnswer> + '_ {
    event.facts.iter().map(move |fact| {
        let (what, rule) = fact.code_and_rule();
        let Lacking { missing, expired } = match fact {
            Fact::DocumentsLacking(lacking) => lacking.clone(),
            _ => Lacking::default(),
        };
        HistoryAnswer {
            at: iso(event.at),
            what: what.to_owned(),
            rule: rule.to_owned(),
            organisation: fact.organisation().map(|organisation| organisation.to_string()),
            missing,
            expired,
            text: history::text(what, locale).unwrap_or(what).to_owned(),
        }
    })
}
