//! `PUT /v1/workplace/calendar/{year}`: a year's table of the calendar (`C3`). The calendar is the country's, and so is the
//! right to patch it: any officer may.
//!
//! A table's version is that of the calendar it brought about. The first table put for a year creates it, whether or not a
//! built-in one stood there; the next ones replace it and need `If-Match`.

use kezek_contract::texts::problems::Code;
use kezek_rules::calendar::{Calendar, YearTable};
use kezek_shell::app::App;
use kezek_shell::commit::TRIES;
use kezek_shell::error::Failure;
use kezek_shell::http::{Request, Response, etag};
use kezek_store::StoreError;
use serde::Serialize;
use serde_json::json;

use crate::{PATCHES_MAX, full, invalid, read};

/// A year's table as it is answered.
#[derive(Serialize)]
struct YearAnswer<'a> {
    #[serde(flatten)]
    table: &'a YearTable,
    version: u32,
}

/// Patches the calendar, if the year's table is still the one that the officer saw.
pub async fn put(app: &App, request: &Request) -> Result<Response, Failure> {
    let year: i32 = request.id("year")?;
    let table: YearTable = read(request.json()?, "year", json!(year))?;
    request.well_formed_if_match()?;
    for _ in 0..TRIES {
        let tables = app.store.year_tables().await?;
        let known = tables.iter().rposition(|known| known.year == year);
        if let Some(known) = known {
            let version = version_after(known + 1);
            if tables.get(known) == Some(&table) {
                return Ok(answer(200, &table, version));
            }
            request.if_match(version)?;
        } else {
            request.if_match_nothing()?;
        }
        table.validate().map_err(|faults| invalid(Code::CalendarInvalid, faults))?;
        if tables.len() >= PATCHES_MAX {
            return Err(full(PATCHES_MAX).into());
        }
        match app.store.put_year(&table, patches(tables.len()), request.settled.now).await {
            Ok(()) if known.is_some() => {
                count_again(app, request).await;
                return Ok(answer(200, &table, version_after(tables.len() + 1)));
            }
            Ok(()) => {
                count_again(app, request).await;
                let created = answer(201, &table, version_after(tables.len() + 1));
                return Ok(created.header("location", format!("/v1/workplace/calendar/{year}")));
            }
            Err(StoreError::Conflict) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(StoreError::Conflict.into())
}

/// The first part of the recount; the sweeps do the rest. It isn't the officer's to wait for: what fails here is done by them too.
async fn count_again(app: &App, request: &Request) {
    let counted = match app.settle_anew(request.settled.now).await {
        Ok(settled) => kezek_shell::recount::run(app, &settled).await,
        Err(error) => Err(error),
    };
    if let Err(error) = counted {
        tracing::error!(error = %kezek_shell::error::chain(&error), "the recount is left to the sweeps");
    }
}

fn patches(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// The calendar's version after so many patches.
fn version_after(count: usize) -> u32 {
    Calendar::built_in().version.saturating_add(patches(count))
}

fn answer(status: u16, table: &YearTable, version: u32) -> Response {
    Response::with_status(status, &YearAnswer { table, version }).header("etag", etag(version))
}
