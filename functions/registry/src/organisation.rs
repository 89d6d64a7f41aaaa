//! `PUT /v1/workplace/organisations/{bin}`: an organisation of the registry (`P2`), created or replaced by an officer of its
//! territory.

use kezek_contract::answers::OrganisationAnswer;
use kezek_contract::problem::{FieldError, Problem};
use kezek_contract::requests::{self, OrganisationBody};
use kezek_contract::texts::problems::Code;
use kezek_rules::ids::{Bin, NumberError};
use kezek_rules::organisation::Organisation;
use kezek_shell::app::App;
use kezek_shell::commit::TRIES;
use kezek_shell::error::Failure;
use kezek_shell::http::{Request, Response, etag};
use kezek_store::StoreError;

/// Creates or replaces. A number that isn't a BIN is known to no one, so it is refused by its rule (`K2`), after the body.
pub async fn put(app: &App, request: &Request) -> Result<Response, Failure> {
    let bin = request.parameter("bin").parse::<Bin>();
    let mut known = match bin {
        Ok(bin) => stored(app, request, bin).await?,
        Err(_) => None,
    };
    let body = requests::organisation(&request.json()?)?;
    request.well_formed_if_match()?;
    if !request.caller.is_officer_of(body.settlement) {
        return Err(Problem::new(403, Code::Forbidden).into());
    }
    let bin = bin.map_err(no_bin)?;
    for _ in 0..TRIES {
        let wanted = next(request, bin, &body, known.as_ref())?;
        if known.as_ref() == Some(&wanted) {
            return Ok(answer(200, &wanted));
        }
        match app.store.put_organisation(&wanted, known.as_ref()).await {
            Ok(()) if known.is_some() => return Ok(answer(200, &wanted)),
            Ok(()) => return Ok(answer(201, &wanted).header("location", format!("/v1/workplace/organisations/{bin}"))),
            Err(StoreError::Conflict) => known = stored(app, request, bin).await?,
            Err(error) => return Err(error.into()),
        }
    }
    Err(StoreError::Conflict.into())
}

/// The stored organisation, if there is one; to an officer of another territory there is nothing to know of.
async fn stored(app: &App, request: &Request, bin: Bin) -> Result<Option<Organisation>, Failure> {
    match app.store.organisation(bin).await? {
        Some(known) if !request.caller.is_officer_of(known.settlement) => Err(Failure::not_found()),
        known => Ok(known),
    }
}

/// The organisation after the request: the stored one itself if it says nothing new, as when a request is repeated.
fn next(
    request: &Request,
    bin: Bin,
    body: &OrganisationBody,
    known: Option<&Organisation>,
) -> Result<Organisation, Problem> {
    let Some(known) = known else {
        request.if_match_nothing()?;
        return Ok(organisation(bin, body, 1));
    };
    let same = organisation(bin, body, known.version);
    if same == *known {
        return Ok(same);
    }
    request.if_match(known.version)?;
    Ok(organisation(bin, body, known.version + 1))
}

fn organisation(bin: Bin, body: &OrganisationBody, version: u32) -> Organisation {
    Organisation {
        bin,
        version,
        name_kk: body.name_kk.clone(),
        name_ru: body.name_ru.clone(),
        kind: body.kind,
        settlement: body.settlement,
        languages: body.languages.clone(),
        streams: body.streams.clone(),
        open: body.open,
    }
}

fn answer(status: u16, organisation: &Organisation) -> Response {
    let version = etag(organisation.version);
    Response::with_status(status, &OrganisationAnswer::from(organisation)).header("etag", version)
}

fn no_bin(error: NumberError) -> Problem {
    let code = match error {
        NumberError::Shape => Code::NumberShape,
        NumberError::ControlDigit => Code::ControlDigit,
    };
    Problem::fields(vec![FieldError::new("/bin", code)])
}
