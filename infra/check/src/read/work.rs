//! Officers' tasks, `T#<region>` / `<due>#<duty>#<application>`; complaints, `K#<complaint>` / …, of which nothing that was written is read;
//! and invitations, `I#<invitation>` / ….

use crate::base::{Base, ComplaintItem, InvitationItem};
use crate::ids::id;
use crate::item::{Item, Unreadable};
use crate::model::Duty;

pub(crate) fn task(base: &mut Base, region: &str, sk: &str, item: &Item) -> Result<(), Unreadable> {
    let mut parts = sk.split('#');
    let mut part = || parts.next().ok_or(Unreadable("key of a task"));
    let due = part()?.parse().map_err(|_| Unreadable("end of a task"))?;
    let (kind, about) = (part()?, id(part()?).ok_or(Unreadable("subject of a task"))?);
    let (late, region) = (item.flag("late"), base.names.of(region));
    if kind == "complaint" {
        base.complaint_tasks.entry(about).or_default().push((due, late, region));
        return Ok(());
    }
    let agenda = super::agenda(item);
    let since = item.int("since").ok_or(Unreadable("since"))?;
    let kind = base.names.of(kind);
    base.tasks.entry((about, kind)).or_default().push((Duty { kind, due, since, late }, region, agenda));
    Ok(())
}

pub(crate) fn complaint(base: &mut Base, complaint: &str, sk: &str, item: &Item) -> Result<(), Unreadable> {
    let id = id(complaint).ok_or(Unreadable("complaint id"))?;
    let number = |name: &'static str| item.int(name).ok_or(Unreadable(name));
    let read = |base: &mut Base| {
        Ok(ComplaintItem {
            version: u32::try_from(number("v")?).map_err(|_| Unreadable("v"))?,
            state: item.text("stat").ok_or(Unreadable("stat"))?.to_owned(),
            settlement: base.names.of(item.text("kato").ok_or(Unreadable("kato"))?),
            registered: number("reg")?,
            due: number("due")?,
            late: item.flag("late"),
            agenda: super::agenda(item),
        })
    };
    let parsed = (sk == "K").then(|| read(base)).transpose()?;
    let kept = base.complaints.entry(id).or_default();
    let seq = |rest: &str| rest.split('#').next().and_then(|seq| seq.parse().ok()).ok_or(Unreadable("sequence"));
    match sk.split_once('#') {
        None if sk == "K" => kept.item = parsed,
        None if sk == "T" => kept.written = true,
        Some(("E", rest)) => {
            kept.events.insert(seq(rest)?, item.text("body").ok_or(Unreadable("body"))?.to_owned());
        }
        Some(("N", rest)) => {
            kept.told.insert(seq(rest)?);
        }
        _ => *base.unknown.entry("K#…".to_owned()).or_default() += 1,
    }
    Ok(())
}

pub(crate) fn invitation(base: &mut Base, invitation: &str, sk: &str, item: &Item) -> Result<(), Unreadable> {
    let number = |name: &'static str| item.int(name).ok_or(Unreadable(name));
    let read = || {
        Ok(InvitationItem {
            version: u32::try_from(number("v")?).map_err(|_| Unreadable("v"))?,
            state: item.text("stat").ok_or(Unreadable("stat"))?.to_owned(),
            applicant: item.text("ap").and_then(id).ok_or(Unreadable("ap"))?,
            child: item.text("ch").and_then(id).ok_or(Unreadable("ch"))?,
            lapses: item.int("lap"),
            agenda: super::agenda(item),
        })
    };
    let kept = base.invitations.entry(id(invitation).ok_or(Unreadable("invitation id"))?).or_default();
    let seq = |rest: &str| rest.split('#').next().and_then(|seq| seq.parse().ok()).ok_or(Unreadable("sequence"));
    match sk.split_once('#') {
        None if sk == "I" => kept.item = Some(read()?),
        Some(("E", rest)) => {
            kept.events.insert(seq(rest)?, item.text("body").ok_or(Unreadable("body"))?.to_owned());
        }
        Some(("N", rest)) => {
            kept.told.insert(seq(rest)?);
        }
        _ => *base.unknown.entry("I#…".to_owned()).or_default() += 1,
    }
    Ok(())
}
