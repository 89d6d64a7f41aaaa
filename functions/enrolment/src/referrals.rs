//! `GET /v1/organisations/{bin}/referrals`: the children that an organisation expects (`P22.a`), in the order of its seats.

use kezek_contract::answers::{OrganisationReferralAnswer, Page, iso};
use kezek_rules::ids::{ApplicationId, Bin, ReferralId, SeatId};
use kezek_rules::seat::{Seat, SeatState};
use kezek_shell::app::App;
use kezek_shell::cursor;
use kezek_shell::error::Failure;
use kezek_shell::http::{Request, Response};
use kezek_shell::identity::Caller;
use kezek_store::StoreError;

/// Referrals of a page: each costs two reads more.
const PAGE: usize = 50;
const PAGE_MAX: usize = 100;

/// An organisation sees its own only.
pub async fn referrals(app: &App, request: &Request) -> Result<Response, Failure> {
    let bin: Bin = request.id("bin")?;
    if request.caller != Caller::Organisation(bin) {
        return Err(Failure::not_found());
    }
    let limit = request.limit(PAGE, PAGE_MAX)?;
    let scope = format!("referrals/{bin}");
    let after: Option<SeatId> = match request.query("cursor") {
        Some(given) => Some(cursor::read(&app.keys, &scope, given)?.parse().map_err(|_| Failure::not_found())?),
        None => None,
    };
    let referred = |seat: &Seat| matches!(seat.state, SeatState::Referred { .. });
    let (seats, next) = app.store.seats_where(bin, after, limit, referred).await?;
    let mut items = Vec::with_capacity(seats.len());
    for seat in &seats {
        if let SeatState::Referred { application, referral, .. } = seat.state {
            items.extend(answer(app, seat.id, application, referral).await?);
        }
    }
    let next = next.map(|last| cursor::make(&app.keys, &scope, &last.to_string()));
    Ok(Response::ok(&Page { items, next }))
}

/// A referral as its organisation sees it; none if it has ended since its seat was read.
async fn answer(
    app: &App,
    seat: SeatId,
    holder: ApplicationId,
    id: ReferralId,
) -> Result<Option<OrganisationReferralAnswer>, StoreError> {
    let Some(application) = app.store.application(holder).await? else { return Ok(None) };
    let Some(referral) = application.live_referral().filter(|referral| referral.id == id) else { return Ok(None) };
    let person = app.store.person_file(application.child, application.stream.kind()).await?;
    Ok(Some(OrganisationReferralAnswer {
        id: id.to_string(),
        number: referral.number(),
        vacancy: seat.to_string(),
        issued_at: iso(referral.issued_at),
        valid_until: iso(referral.valid_until),
        child_name: person.map(|person| person.child_name).unwrap_or_default(),
        document: app.signer.as_ref().and_then(|signer| signer.document(referral)),
    }))
}
