//! An application's item: `A#<id>` / `A`.

use crate::ids::{Name, Names, hex, id, offer};
use crate::item::{Item, Unreadable, Value};
use crate::model::{App, Contract, Duty, Entry, Lane, Past, Place, Referral, Status, lane};

pub(crate) fn read(names: &mut Names, item: &Item) -> Result<App, Unreadable> {
    let need = |name: &'static str| item.text(name).ok_or(Unreadable(name));
    let number = |name: &'static str| item.int(name).ok_or(Unreadable(name));
    let submitted = number("sub")?;
    let contract = item.map("ct").map(|map| contract(names, map)).transpose()?;
    let sign_by = item.map("ct").and_then(|map| map.int("by"));
    Ok(App {
        version: u32::try_from(number("v")?).map_err(|_| Unreadable("v"))?,
        applicant: id(need("ap")?).ok_or(Unreadable("ap"))?,
        child: id(need("ch")?).ok_or(Unreadable("ch"))?,
        born: need("born")?.parse().map_err(|_| Unreadable("born"))?,
        pmpc: item.flag("pm"),
        settlement: names.of(need("kato")?),
        language: names.of(need("lang")?),
        stream: names.of(need("st")?),
        lane: lane(need("lane")?).ok_or(Unreadable("lane"))?,
        submitted,
        accepted: number("acc")?,
        status: Status::of(need("stat")?).ok_or(Unreadable("stat"))?,
        reason: item.text("arch").map(|reason| names.of(reason)),
        entries: entries(names, item, submitted)?,
        interest: (
            u32::try_from(number("iy")?).map_err(|_| Unreadable("iy"))?,
            u8::try_from(number("is")?).map_err(|_| Unreadable("is"))?,
            names.of(need("ip")?),
        ),
        referral: item.map("rf").map(|map| referral(names, map, sign_by).map(Box::new)).transpose()?,
        not_before: item.text("nb").map(|day| day.parse().map_err(|_| Unreadable("nb"))).transpose()?,
        claim: item.map("cl").map(claim).transpose()?,
        contract: contract.map(Box::new),
        duties: duties(names, item)?,
        policy: names.of(need("pol")?),
        agenda: super::agenda(item),
        past: Past::default(),
    })
}

fn entries(names: &mut Names, item: &Item, submitted: i64) -> Result<Box<[Entry]>, Unreadable> {
    let read = |value: &Value| {
        let Value::M(entry) = value else { return Err(Unreadable("entry")) };
        let organisation = names.of(entry.text("o").ok_or(Unreadable("entry's organisation"))?);
        let ordered = entry.int("t").unwrap_or(submitted);
        Ok(Entry { organisation, ordered, place: place(entry)? })
    };
    item.list("ent").iter().map(read).collect()
}

fn place(entry: &Item) -> Result<Place, Unreadable> {
    Ok(match entry.text("s") {
        Some("p") => Place::Pending,
        Some("d") => Place::Dormant,
        Some("w") => Place::Waiting,
        Some("o") => {
            let made = entry.map("offer").ok_or(Unreadable("offer"))?;
            Place::Offered {
                offer: made.text("id").and_then(offer).ok_or(Unreadable("offer's id"))?,
                seat: made.text("seat").and_then(id).ok_or(Unreadable("offer's seat"))?,
                by: made.int("by").ok_or(Unreadable("offer's term"))?,
            }
        }
        Some("s") => {
            let suspension = entry.map("susp").ok_or(Unreadable("suspension"))?;
            let end = suspension.int("by").or_else(|| suspension.int("end"));
            Place::Suspended(end.ok_or(Unreadable("suspension's end"))?)
        }
        Some("a") => Place::Aside,
        Some("l") => Place::Left,
        _ => return Err(Unreadable("entry's state")),
    })
}

fn referral(names: &mut Names, map: &Item, sign_by: Option<i64>) -> Result<Referral, Unreadable> {
    let status = map.text("s").ok_or(Unreadable("referral's status"))?;
    let until = map.int("until").ok_or(Unreadable("referral's validity"))?;
    let runs_out = if let Some(submission) = map.map("sub") {
        let due = submission.int("due").ok_or(Unreadable("documents' result"))?;
        (!submission.flag("late")).then_some(due)
    } else if map.flag("con") {
        Some(sign_by.ok_or(Unreadable("contract of a referral"))?)
    } else if map.int("rev").is_some() || map.text("asked").is_some() {
        None
    } else {
        Some(until)
    };
    let check = map.map("chk").filter(|check| check.flag("reg")).and_then(|check| check.int("due"));
    Ok(Referral {
        id: map.text("id").and_then(hex).ok_or(Unreadable("referral's id"))?,
        organisation: names.of(map.text("o").ok_or(Unreadable("referral's organisation"))?),
        seat: map.text("seat").and_then(id).ok_or(Unreadable("referral's seat"))?,
        issued: status == "issued",
        status: names.of(status),
        runs_out,
        check,
    })
}

fn contract(names: &mut Names, map: &Item) -> Result<Contract, Unreadable> {
    let status = map.text("s").ok_or(Unreadable("contract's status"))?;
    Ok(Contract {
        referral: map.text("rf").and_then(hex).ok_or(Unreadable("contract's referral"))?,
        organisation: names.of(map.text("o").ok_or(Unreadable("contract's organisation"))?),
        seat: map.text("seat").and_then(id).ok_or(Unreadable("contract's seat"))?,
        signed: status == "signed",
        was_signed: map.int("sig").is_some(),
        status: names.of(status),
        temporary: map.text("tmp").map(|day| day.parse().map_err(|_| Unreadable("contract's last day"))).transpose()?,
    })
}

fn claim(map: &Item) -> Result<(bool, Lane), Unreadable> {
    let lane = match map.int("b").ok_or(Unreadable("claim's category"))? {
        _ if map.flag("rel") => 0,
        1..=4 => 0,
        5..=12 => 1,
        _ => 2,
    };
    Ok((map.flag("reg"), lane))
}

fn duties(names: &mut Names, item: &Item) -> Result<Box<[Duty]>, Unreadable> {
    let mut kind = |map: &Item| map.text("d").map(|kind| -> Name { names.of(kind) });
    let read = |value: &Value| {
        let Value::M(map) = value else { return Err(Unreadable("duty")) };
        Ok(Duty {
            kind: kind(map).ok_or(Unreadable("duty's kind"))?,
            due: map.int("due").ok_or(Unreadable("duty's end"))?,
            since: map.int("at").ok_or(Unreadable("duty's begin"))?,
            late: map.flag("late"),
        })
    };
    item.list("du").iter().map(read).collect()
}
