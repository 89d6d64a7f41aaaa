//! `PUT /v1/workplace/policies/{id}`: a version of a policy (`K5`). Versions are added and never changed, so nothing is ever
//! replaced and no `If-Match` is needed.
//!
//! An officer may publish for the own territory or a part of it. A version for the whole country any officer may publish:
//! there is no office above the territories.

use kezek_contract::problem::Problem;
use kezek_contract::texts::problems::Code;
use kezek_rules::policy::PolicyVersion;
use kezek_shell::app::App;
use kezek_shell::error::Failure;
use kezek_shell::http::{Request, Response, etag};
use kezek_shell::identity::Caller;
use kezek_store::PolicyPut;
use serde_json::json;

use crate::{POLICIES_MAX, full, invalid, read};

/// Publishes a version; the same one again changes nothing.
pub async fn put(app: &App, request: &Request) -> Result<Response, Failure> {
    let id = request.parameter("id");
    let version: PolicyVersion = read(request.json()?, "id", json!(id))?;
    if !may_publish(&request.caller, &version.territory) {
        return Err(Problem::new(403, Code::Forbidden).into());
    }
    version.validate().map_err(|faults| invalid(Code::PolicyInvalid, faults))?;
    let known = &request.settled.config.policies;
    if known.0.len() >= POLICIES_MAX && known.get(&version.reference()).is_none() {
        return Err(full(POLICIES_MAX).into());
    }
    let answer = |status| Response::with_status(status, &version).header("etag", etag(version.version));
    match app.store.put_policy(&version, request.settled.now).await? {
        PolicyPut::Created => Ok(answer(201).header("location", format!("/v1/workplace/policies/{id}"))),
        PolicyPut::Same => Ok(answer(200)),
        PolicyPut::Different => {
            Err(Problem { rule: Some("K5".to_owned()), ..Problem::new(409, Code::Conflict) }.into())
        }
    }
}

fn may_publish(caller: &Caller, codes: &[String]) -> bool {
    match caller {
        Caller::Officer { territory } => codes.iter().all(|code| code.starts_with(territory.as_str())),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn k5_an_officer_publishes_for_the_own_territory() {
        let officer = Caller::Officer { territory: "75".to_owned() };
        let check = |codes: &[&str], expected| {
            let codes: Vec<String> = codes.iter().map(|code| (*code).to_owned()).collect();
            assert_eq!(may_publish(&officer, &codes), expected, "{codes:?}");
        };
        check(&[], true);
        check(&["75", "751110000"], true);
        check(&["7"], false);
        check(&["75", "71"], false);
        assert!(!may_publish(&Caller::Anyone, &[]));
    }
}
