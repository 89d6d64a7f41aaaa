//! An organisation's vacancies: its list, and the withdrawal of one (`K3`), by itself or by the provider.

use kezek_contract::answers::{Page, VacancyAnswer, iso};
use kezek_contract::problem::{FieldError, Problem};
use kezek_contract::requests;
use kezek_contract::texts::problems::Code;
use kezek_rules::decide::{World, withdraw_held_seat, withdraw_open_seat};
use kezek_rules::ids::{ApplicationId, SeatId};
use kezek_rules::seat::{Offer, Seat, SeatState};
use kezek_shell::app::App;
use kezek_shell::commit::{TRIES, step_with};
use kezek_shell::cursor;
use kezek_shell::error::Failure;
use kezek_shell::http::{Request, Response, etag};
use kezek_store::{Extras, OrganisationEvent, Queues, StoreError};

use crate::admitted;

const PAGE: usize = 100;
const PAGE_MAX: usize = 500;

const STATUSES: [&str; 5] = ["open", "offered", "referred", "filled", "withdrawn"];

/// The vacancies in the order of service (`P17.1`), those of one status if asked.
pub async fn list(app: &App, request: &Request) -> Result<Response, Failure> {
    let organisation = admitted(app, request).await?;
    let limit = request.limit(PAGE, PAGE_MAX)?;
    let status = request.query("status");
    if status.is_some_and(|status| !STATUSES.contains(&status)) {
        let error = FieldError::new("/status", Code::UnknownValue).with("allowed", STATUSES.join(", "));
        return Err(Problem::fields(vec![error]).into());
    }
    let scope = format!("vacancies/{}/{}", organisation.bin, status.unwrap_or("all"));
    let after: Option<SeatId> = match request.query("cursor") {
        Some(given) => Some(cursor::read(&app.keys, &scope, given)?.parse().map_err(|_| Failure::not_found())?),
        None => None,
    };
    let wanted = |seat: &Seat| status.is_none_or(|status| seat.state.as_str() == status);
    let (seats, next) = app.store.seats_where(organisation.bin, after, limit, wanted).await?;
    let next = next.map(|last| cursor::make(&app.keys, &scope, &last.to_string()));
    Ok(Response::ok(&Page { items: seats.iter().map(answer).collect(), next }))
}

/// Withdraws a vacancy (`K3`): an organisation one that no one holds, an officer also a held one. One that is withdrawn already stays
/// so.
pub async fn withdraw(app: &App, request: &Request) -> Result<Response, Failure> {
    let organisation = admitted(app, request).await?;
    let id: SeatId = request.id("id")?;
    let mut found = app.store.seat(organisation.bin, id).await?;
    if found.is_none() {
        return Err(Failure::not_found());
    }
    let reason = requests::withdrawal_reason(&request.json()?)?;
    let by_officer = request.caller.is_officer_of(organisation.settlement);
    for _ in 0..TRIES {
        let seat = found.ok_or_else(Failure::not_found)?;
        let event = OrganisationEvent::withdrawn(&seat, request.settled.now, "K3", Some(reason.clone()));
        let withdrawn = match &seat.state {
            SeatState::Withdrawn => return Ok(shown(&seat)),
            SeatState::Offered(Offer { application: holder, .. }) | SeatState::Referred { application: holder, .. }
                if by_officer =>
            {
                take_back(app, request, &seat, *holder, event).await?
            }
            _ => {
                let withdrawn = withdraw_open_seat(seat.clone())?;
                app.store.withdraw_seat(&withdrawn, &event).await
            }
        };
        match withdrawn {
            Ok(()) | Err(StoreError::Conflict) => found = app.store.seat(organisation.bin, id).await?,
            Err(error) => return Err(error.into()),
        }
    }
    Err(StoreError::Conflict.into())
}

/// The provider takes a vacancy back from the application that holds it. If that doesn't hold it any more, this is a conflict.
async fn take_back(
    app: &App,
    request: &Request,
    seat: &Seat,
    holder: ApplicationId,
    event: OrganisationEvent,
) -> Result<Result<(), StoreError>, Failure> {
    let extras = Extras { organisation_event: Some(event), ..Extras::default() };
    let decide = |snapshot, world: World<'_>| withdraw_held_seat(snapshot, seat.id, world);
    match step_with(app, &request.settled, holder, &Queues::Live, &extras, |_| true, decide).await {
        Ok(_) => Ok(Ok(())),
        Err(Failure::Problem(problem)) if problem.status == 409 => Ok(Err(StoreError::Conflict)),
        Err(Failure::Store(error)) => Ok(Err(error)),
        Err(failure) => Err(failure),
    }
}

fn shown(seat: &Seat) -> Response {
    Response::ok(&answer(seat)).header("etag", etag(seat.version))
}

fn answer(seat: &Seat) -> VacancyAnswer {
    let vacancy = &seat.vacancy;
    let held_until = match &seat.state {
        SeatState::Offered(offer) => Some(offer.answer_by),
        SeatState::Referred { due_at, .. } => *due_at,
        SeatState::Open | SeatState::Filled { .. } | SeatState::Withdrawn => None,
    };
    VacancyAnswer {
        id: seat.id.to_string(),
        status: seat.state.as_str().to_owned(),
        bulletin_id: vacancy.bulletin.clone(),
        line: vacancy.line,
        issued_at: iso(vacancy.issued_at),
        organisation_type: vacancy.organisation_type.as_str().to_owned(),
        group_type: vacancy.group_type.to_string(),
        language: vacancy.language.to_string(),
        regime_hours: f64::from(vacancy.regime_tenths) / 10.0,
        stream: vacancy.stream.to_string(),
        birth_years: vacancy.birth_years.clone(),
        temporary_until: vacancy.temporary_until.map(|day| day.to_string()),
        held_until: held_until.map(iso),
    }
}
