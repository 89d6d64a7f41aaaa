//! `PUT /v1/organisations/{bin}/groups/{group}`: the figures of a group, on which a refusal for too many unvaccinated children rests
//! (`P28` (3)). Only the organisation itself tells them.

use kezek_contract::answers::GroupAnswer;
use kezek_contract::problem::{FieldError, Problem};
use kezek_contract::requests::{self, GROUP_MAX, GroupBody};
use kezek_contract::texts::problems::Code;
use kezek_rules::group::Group;
use kezek_rules::ids::Bin;
use kezek_shell::app::App;
use kezek_shell::commit::TRIES;
use kezek_shell::error::Failure;
use kezek_shell::http::{Request, Response, etag};
use kezek_shell::identity::Caller;
use kezek_store::StoreError;

use crate::admitted;

/// More groups than any organisation has.
const GROUPS_MAX: usize = 200;

/// Creates or replaces.
pub async fn put(app: &App, request: &Request) -> Result<Response, Failure> {
    let organisation = admitted(app, request).await?.bin;
    if request.caller != Caller::Organisation(organisation) {
        return Err(Failure::not_found());
    }
    let body = requests::group(&request.json()?)?;
    request.well_formed_if_match()?;
    let name = named(request.parameter("group"))?;
    let mut known = app.store.group(organisation, name).await?;
    for _ in 0..TRIES {
        let wanted = next(request, organisation, name, &body, known.as_ref())?;
        if known.as_ref() == Some(&wanted) {
            return Ok(answer(200, &wanted));
        }
        if known.is_none() && app.store.groups(organisation, GROUPS_MAX).await?.len() >= GROUPS_MAX {
            let mut problem = Problem::new(409, Code::TooManyKept);
            problem.facts.push(("max", GROUPS_MAX.to_string()));
            return Err(problem.into());
        }
        match app.store.put_group(&wanted, known.as_ref()).await {
            Ok(()) if known.is_some() => return Ok(answer(200, &wanted)),
            Ok(()) => {
                let location = format!("/v1/organisations/{organisation}/groups/{name}");
                return Ok(answer(201, &wanted).header("location", location));
            }
            Err(StoreError::Conflict) => known = app.store.group(organisation, name).await?,
            Err(error) => return Err(error.into()),
        }
    }
    Err(StoreError::Conflict.into())
}

/// A group's name: plain characters, as in a bulletin's id.
fn named(name: &str) -> Result<&str, Problem> {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
    if !name.is_empty() && name.len() <= GROUP_MAX && name.bytes().all(plain) {
        return Ok(name);
    }
    let wrong = FieldError::new("/group", Code::WrongFormat).with("expected", "A-Z a-z 0-9 - _ .");
    Err(Problem::fields(vec![wrong]))
}

/// The group after the request: the stored one itself if it says nothing new, as when a request is repeated.
fn next(
    request: &Request,
    organisation: Bin,
    name: &str,
    body: &GroupBody,
    known: Option<&Group>,
) -> Result<Group, Problem> {
    let group = |version| Group {
        organisation,
        name: name.to_owned(),
        version,
        group_type: body.group_type,
        birth_years: body.birth_years.clone(),
        children: body.children,
        unvaccinated: body.unvaccinated,
    };
    let Some(known) = known else {
        request.if_match_nothing()?;
        return Ok(group(1));
    };
    let same = group(known.version);
    if same == *known {
        return Ok(same);
    }
    request.if_match(known.version)?;
    Ok(group(known.version + 1))
}

fn answer(status: u16, group: &Group) -> Response {
    let shown = GroupAnswer {
        group: group.name.clone(),
        organisation: group.organisation.to_string(),
        group_type: group.group_type.to_string(),
        birth_years: group.birth_years.clone(),
        children: group.children,
        unvaccinated: group.unvaccinated,
    };
    Response::with_status(status, &shown).header("etag", etag(group.version))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn p28_a_group_has_a_plain_name() {
        for name in ["1", "Junior-2", "a.b_c", &"g".repeat(GROUP_MAX)] {
            assert_eq!(named(name), Ok(name));
        }
        for name in ["", "a b", "a#b", "%D2%9B", &"g".repeat(GROUP_MAX + 1)] {
            assert!(named(name).is_err(), "{name}");
        }
    }
}
