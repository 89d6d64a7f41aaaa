//! The configuration, `C` / …, and the events of the system as a whole, `X` / ….

use serde_json::Value as Json;

use crate::base::Base;
use crate::item::{Item, Unreadable};
use crate::policy::Policy;
use crate::time;

pub(crate) fn configuration(base: &mut Base, sk: &str, item: &Item) -> Result<(), Unreadable> {
    if sk == "CALENDAR" {
        item.int("patches").ok_or(Unreadable("patches"))?;
    } else if sk.starts_with("POLICY#") {
        let json: Option<Json> = item.text("policy").and_then(|text| serde_json::from_str(text).ok());
        base.policies.add(json.as_ref().and_then(Policy::read).ok_or(Unreadable("policy"))?);
    } else {
        *base.unknown.entry("C/…".to_owned()).or_default() += 1;
    }
    Ok(())
}

pub(crate) fn event(base: &mut Base, sk: &str, item: &Item) -> Result<(), Unreadable> {
    if sk == "RECOUNT" {
        base.recount = item.text("patched_at").and_then(time::instant);
        return base.recount.map(|_| ()).ok_or(Unreadable("patched_at"));
    }
    let body: Json = item.text("body").and_then(|body| serde_json::from_str(body).ok()).ok_or(Unreadable("body"))?;
    if body["what"] == "policy-published" {
        let published = body["policy"].as_str().zip(body["at"].as_str().and_then(time::instant));
        let (name, at) = published.ok_or(Unreadable("published policy"))?;
        base.published.push((name.to_owned(), at));
    }
    if body["what"] == "calendar-patched" {
        base.patched = base.patched.max(body["version"].as_i64().ok_or(Unreadable("version"))?);
    }
    Ok(())
}
