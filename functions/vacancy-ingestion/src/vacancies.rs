//! An organisation's vacancies: its list, and the withdrawal of one that no one holds (`K3`).

use kezek_contract::answers::{Page, VacancyAnswer, iso};
use kezek_contract::problem::{FieldError, Problem};
use kezek_contract::requests;
use kezek_contract::texts::problems::Code;
use kezek_rules::decide::withdraw_open_seat;
use kezek_rules::ids::SeatId;
use kezek_rules::seat::{Seat, SeatState};
use kezek_shell::app::App;
use kezek_shell::commit::TRIES;
use kezek_shell::cursor;
use kezek_shell::error::Failure;
use kezek_shell::http::{Request, Response, etag};
use kezek_store::StoreError;

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

/// Withdraws a vacancy that no one holds; one that is withdrawn already stays so. A held one is left to its holder.
pub async fn withdraw(app: &App, request: &Request) -> Result<Response, Failure> {
    let organisation = admitted(app, request).await?;
    let id: SeatId = request.id("id")?;
    let mut found = app.store.seat(organisation.bin, id).await?;
    if found.is_none() {
        return Err(Failure::not_found());
    }
    requests::withdrawal_reason(&request.json()?)?;
    for _ in 0..TRIES {
        let seat = found.ok_or_else(Failure::not_found)?;
        if seat.state == SeatState::Withdrawn {
            return Ok(shown(&seat));
        }
        let withdrawn = withdraw_open_seat(seat)?;
        match app.store.withdraw_seat(&withdrawn, request.settled.now).await {
            Ok(()) => return Ok(shown(&Seat { version: withdrawn.version + 1, ..withdrawn })),
            Err(StoreError::Conflict) => found = app.store.seat(organisation.bin, id).await?,
            Err(error) => return Err(error.into()),
        }
    }
    Err(StoreError::Conflict.into())
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
