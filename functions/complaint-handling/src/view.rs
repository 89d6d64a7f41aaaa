//! How a complaint looks to its applicant and to an officer of its territory. Only reading.

use kezek_contract::answers::{ComplaintAnswer, HistoryAnswer, iso};
use kezek_contract::texts::{Locale, complaints};
use kezek_rules::complaint::{Complaint, Event, Fact, State};
use kezek_rules::queue::Instant;
use kezek_shell::app::App;
use kezek_shell::error::Failure;
use kezek_shell::http::{Request, Response, etag};
use kezek_store::ComplaintText;

/// How many events of a complaint are shown, the latest ones: more than its states can make.
const HISTORY_SHOWN: usize = 20;

/// A complaint with what was written and its history.
///
/// # Errors
/// The table failed.
pub async fn shown(app: &App, request: &Request, complaint: &Complaint) -> Result<Response, Failure> {
    let text = app.store.complaint_text(complaint.id).await?.ok_or_else(Failure::not_found)?;
    let history = app.store.complaint_history(complaint.id, HISTORY_SHOWN).await?;
    let view = answer(complaint, &text, &history, request.settled.now, request.locale);
    Ok(Response::ok(&view).header("etag", etag(complaint.version)))
}

/// A complaint as it was when it was filed, from its first event: what filing is answered with, again and again.
#[must_use]
pub fn filed(complaint: &Complaint, first: &Event, text: &str, locale: Locale) -> Response {
    let due_at = first.facts.iter().find_map(|fact| match fact {
        Fact::Delivered { due_at, .. } | Fact::Registered { due_at, .. } => Some(*due_at),
        _ => None,
    });
    let then = Complaint {
        version: first.seq,
        state: first.facts.iter().rev().find_map(Fact::state).unwrap_or(State::Delivered),
        due_at: due_at.unwrap_or(complaint.due_at),
        overdue: false,
        ..complaint.clone()
    };
    let text = ComplaintText { text: text.to_owned(), answer: None };
    let view = answer(&then, &text, std::slice::from_ref(first), first.at, locale);
    Response::with_status(201, &view)
        .header("location", format!("/v1/complaints/{}", complaint.id))
        .header("etag", etag(then.version))
}

fn answer(
    complaint: &Complaint,
    written: &ComplaintText,
    history: &[Event],
    now: Instant,
    locale: Locale,
) -> ComplaintAnswer {
    ComplaintAnswer {
        id: complaint.id.to_string(),
        state: complaint.state.as_str().to_owned(),
        about: complaint.about.as_str().to_owned(),
        organisation: complaint.organisation.map(|organisation| organisation.to_string()),
        addressee: complaint.addressee.as_str().to_owned(),
        application: complaint.application.map(|application| application.to_string()),
        settlement: complaint.settlement.to_string(),
        submitted_at: iso(complaint.submitted_at),
        registered_at: iso(complaint.registered_at),
        due_at: iso(complaint.due_at),
        overdue: complaint.is_overdue(now),
        text: written.text.clone(),
        answer: written.answer.clone(),
        history: history.iter().flat_map(|event| lines(event, locale)).collect(),
    }
}

fn lines(event: &Event, locale: Locale) -> impl Iterator<Item = HistoryAnswer> + '_ {
    event.facts.iter().map(move |fact| HistoryAnswer {
        at: iso(event.at),
        what: fact.code().to_owned(),
        rule: fact.rule().to_owned(),
        organisation: None,
        missing: Vec::new(),
        expired: Vec::new(),
        text: complaints::line(fact.code(), locale),
    })
}
