//! The child's lock, `P#<keyed hash>` / `<kind of stream>`, and what is kept of an invited family, `P#<child>` / `I#<applicant>`, of both of
//! which nothing personal is read; and the family index, `F#<applicant>` / `<application>`.

use crate::base::{Base, Lock};
use crate::ids::id;
use crate::item::{Item, Unreadable};

pub(crate) fn lock(base: &mut Base, child: &str, kind: &str, item: &Item) -> Result<(), Unreadable> {
    let child = id(child).ok_or(Unreadable("child's hash"))?;
    if let Some(applicant) = kind.strip_prefix("I#") {
        let applicant = id(applicant).ok_or(Unreadable("applicant's hash"))?;
        base.invited.insert((applicant, child), item.text("inv").and_then(id).ok_or(Unreadable("inv"))?);
        return Ok(());
    }
    let kind = base.names.of(kind);
    let app = item.text("app").and_then(id).ok_or(Unreadable("app"))?;
    base.locks.insert((child, kind), Lock { app, live: item.flag("live") });
    Ok(())
}

pub(crate) fn family(base: &mut Base, applicant: &str, application: &str) -> Result<(), Unreadable> {
    let applicant = id(applicant).ok_or(Unreadable("applicant's hash"))?;
    base.family.insert((applicant, id(application).ok_or(Unreadable("application id"))?));
    Ok(())
}
