//! `POST /_local/seed`: a town on a base. On an unused base with a standing clock the years are lived through, and the clock is
//! then where they end; elsewhere everyone applies now, one after the other. Doing it again changes nothing.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use kezek_rules::ids::ApplicationId;
use serde_json::{Value, json};

use super::{Blueprint, City, Family, SETTLEMENT, TOWN, draw};
use crate::{
    demo::{
        play::{self, Error, Play, explained, territory},
        script::Kind,
    },
    gateway::Request,
    keys::TokenRequest,
    world::{Local, text},
};

const FAMILIES: usize = 2_000;
const YEARS: u32 = 2;
const SEED: u64 = 1;

/// Brings a town to a base, and answers what it is.
///
/// # Errors
/// The base failed.
pub async fn seed(local: &Arc<Local>, town: Option<&str>, families: Option<usize>) -> Result<Value, Error> {
    let town = town.unwrap_or(TOWN).to_owned();
    let families = families.unwrap_or(FAMILIES);
    let plan = Blueprint { seed: SEED, town, families, from: local.now(), years: YEARS, towns: 1 };
    let begun = play::begun(local)?.filter(|(known, kind)| known.town == plan.town && *kind == Kind::Queues);
    match begun {
        Some((known, _)) => lived(local, known).await,
        None if local.stands_still() && play::is_unused(local)? => lived(local, plan).await,
        None => at_once(local, plan).await,
    }
}

/// The years are lived through.
async fn lived(local: &Arc<Local>, plan: Blueprint) -> Result<Value, Error> {
    let mut play = Play::open(Arc::clone(local), plan, Kind::Queues).await?;
    play.run(|_| {}).await?;
    let note = "the years were lived through: the clock is where they end";
    summary(local, play.city(), play.ids(), note).await
}

/// Everyone applies now.
async fn at_once(local: &Arc<Local>, plan: Blueprint) -> Result<Value, Error> {
    let city = City::build(plan);
    play::register_organisations(local, &city).await?;
    let keys = &local.app().keys;
    let mut ids = Vec::with_capacity(city.families.len());
    for family in &city.families {
        let key = format!("seed-{}-{:05}", draw(SEED, &city.blueprint.town, "key").below(1 << 32), family.number);
        let id = keys.application_by_key(keys.person(&family.applicant), &key);
        ids.push(id);
        if local.store().application(id).await?.is_none() {
            apply(local, &city, family, &key).await?;
        }
    }
    let note = "the clock of this base isn't moved back and forth: everyone applied now, one after the other";
    summary(local, &city, &ids, note).await
}

async fn apply(local: &Local, city: &City, family: &Family, key: &str) -> Result<(), Error> {
    play::tell_register(local, family)?;
    let asked =
        TokenRequest { scope: "applicant".to_owned(), iin: Some(family.applicant.clone()), ..TokenRequest::default() };
    let request = Request::new("POST", "/v1/applications").header("idempotency-key", key).bearer(&local.token(&asked)?);
    let response = local.request(request.json(&family.body(&city.places, local.now()))).await;
    // A child may be too old by now, or have applied under another key: then it is told so, and the others go on.
    explained(key, &response, &[201, 422])?;
    let answer = response.json();
    let verifying = response.status == 201 && answer["status"] == "verifying";
    let confirmed = draw(city.blueprint.seed, key, "decision").percent(90);
    if let (true, true, 1..=4, Some(id)) = (verifying, confirmed, family.benefit, answer["id"].as_str()) {
        let asked = TokenRequest {
            scope: "officer".to_owned(),
            territory: Some(territory(SETTLEMENT)),
            ..TokenRequest::default()
        };
        let path = format!("/v1/workplace/applications/{id}/decision");
        let request = Request::new("POST", &path).bearer(&local.token(&asked)?).json(&json!({"decision": "confirm"}));
        explained(key, &local.request(request).await, &[200, 201, 409])?;
    }
    Ok(())
}

async fn summary(local: &Local, city: &City, ids: &[ApplicationId], note: &str) -> Result<Value, Error> {
    let (mut statuses, mut lanes) = (serde_json::Map::new(), serde_json::Map::new());
    let count = |map: &mut serde_json::Map<String, Value>, name: &str| {
        let known = map.get(name).and_then(Value::as_u64).unwrap_or(0);
        map.insert(name.to_owned(), json!(known + 1));
    };
    let (mut first, mut last): (Option<DateTime<Utc>>, Option<DateTime<Utc>>) = (None, None);
    let mut example = Value::Null;
    for (family, id) in city.families.iter().zip(ids) {
        let Some(application) = local.store().application(*id).await? else {
            count(&mut statuses, "not-registered");
            continue;
        };
        count(&mut statuses, application.status.as_str());
        count(&mut lanes, application.lane.as_str());
        first = Some(first.map_or(application.submitted_at, |at| at.min(application.submitted_at)));
        last = Some(last.map_or(application.submitted_at, |at| at.max(application.submitted_at)));
        if example.is_null() && application.status.is_live() {
            example = json!({"applicant": family.applicant, "application": id});
        }
    }
    let places = city.places.iter().map(|place| {
        let mut shown = place.body();
        shown["organisation"] = json!(place.bin);
        shown
    });
    Ok(json!({
        "city": city.blueprint.town, "settlement": SETTLEMENT, "territory": territory(SETTLEMENT),
        "organisations": places.collect::<Vec<_>>(), "applications": ids.len(), "byStatus": statuses, "byLane": lanes,
        "firstSubmittedAt": first.map(text), "lastSubmittedAt": last.map(text), "now": text(local.now()),
        "example": example, "note": note,
    }))
}
