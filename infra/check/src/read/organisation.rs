//! What lies under `O#<bin>`: the organisation, its seats with their ends, bulletins, queues, groups and events; and its row in the
//! list of its settlement.

use crate::base::{Base, PmpcRow};
use crate::ids::{Name, hex, id, offer};
use crate::item::{Item, Unreadable, Value};
use crate::model::{Bulletin, Held, QueueKey, Seat};
use crate::time;

pub(crate) fn take(base: &mut Base, bin: &str, sk: &str, item: &Item) -> Result<(), Unreadable> {
    let organisation = base.names.of(bin);
    let (kind, rest) = sk.split_once('#').unwrap_or((sk, ""));
    match kind {
        "O" => {
            let settlement = base.names.of(item.text("kato").ok_or(Unreadable("kato"))?);
            base.organisations.insert(organisation, settlement);
        }
        "S" => {
            let seat = seat(base, item)?;
            base.seats.insert((organisation, id(rest).ok_or(Unreadable("seat id"))?), seat);
        }
        "Z" => {
            let end = super::agenda(item);
            base.seat_ends.insert((organisation, id(rest).ok_or(Unreadable("seat id"))?), end);
        }
        "B" => {
            let name = base.names.of(rest);
            base.bulletins.insert((organisation, name), bulletin(item)?);
        }
        "Q" => super::queue::take(base, organisation, rest, item)?,
        "M" => mixed(base, organisation, rest, item)?,
        "C" => pmpc(base, organisation, sk, rest, item)?,
        "E" => event(base, organisation, rest)?,
        "G" => {}
        other => *base.unknown.entry(format!("O#…/{other}")).or_default() += 1,
    }
    Ok(())
}

/// `L#<settlement>` / `<bin>`.
pub(crate) fn row(base: &mut Base, settlement: &str, bin: &str) -> Result<(), Unreadable> {
    let row = (base.names.of(settlement), base.names.of(bin));
    base.rows.insert(row);
    Ok(())
}

fn seat(base: &mut Base, item: &Item) -> Result<Seat, Unreadable> {
    let need = |name: &'static str| item.text(name).ok_or(Unreadable(name));
    let years = item.list("yrs").iter().map(|year| match year {
        Value::N(year) => year.parse().map_err(|_| Unreadable("birth year")),
        _ => Err(Unreadable("birth year")),
    });
    let declined = item.text("no").unwrap_or_default().as_bytes().chunks(32);
    let declined = declined.map(|digits| std::str::from_utf8(digits).ok().and_then(id).ok_or(Unreadable("no")));
    Ok(Seat {
        version: item.int("v").ok_or(Unreadable("v"))?,
        bulletin: base.names.of(need("bul")?),
        line: item.int("line").ok_or(Unreadable("line"))?,
        settlement: base.names.of(need("kato")?),
        language: base.names.of(need("lang")?),
        stream: base.names.of(need("st")?),
        years: years.collect::<Result<_, _>>()?,
        temporary: item.text("tmp").map(|day| day.parse().map_err(|_| Unreadable("tmp"))).transpose()?,
        declined: declined.collect::<Result<_, _>>()?,
        held: held(item)?,
        agenda: super::agenda(item),
    })
}

fn held(item: &Item) -> Result<Held, Unreadable> {
    let holder = |map: &Item| map.text("app").and_then(id).ok_or(Unreadable("holder"));
    let by_referral = || {
        let map = item.map("rf").ok_or(Unreadable("rf"))?;
        Ok((holder(map)?, map.text("id").and_then(hex).ok_or(Unreadable("referral's id"))?, map.int("due")))
    };
    Ok(match item.text("s") {
        Some("open") => Held::Open,
        Some("offered") => {
            let made = item.map("offer").ok_or(Unreadable("offer"))?;
            let by = made.int("by").ok_or(Unreadable("offer's term"))?;
            let again = made.int("rem").ok_or(Unreadable("offer's reminder"))?;
            Held::Offered {
                offer: made.text("id").and_then(offer).ok_or(Unreadable("offer's id"))?,
                app: holder(made)?,
                by,
                due: if made.flag("done") { by } else { again },
            }
        }
        Some("referred") => {
            let (app, referral, due) = by_referral()?;
            Held::Referred { app, referral, due }
        }
        Some("filled") => {
            let (app, referral, _) = by_referral()?;
            Held::Filled { app, referral }
        }
        Some("withdrawn") => Held::Withdrawn,
        _ => return Err(Unreadable("seat's state")),
    })
}

fn bulletin(item: &Item) -> Result<Bulletin, Unreadable> {
    let line = |value: &Value| match value {
        Value::M(line) => {
            let count = line.int("vacancies").ok_or(Unreadable("line's vacancies"))?;
            Ok((line.int("line").unwrap_or(0), count))
        }
        _ => Err(Unreadable("line")),
    };
    Ok(Bulletin {
        taken: item.text("taken").and_then(time::instant).ok_or(Unreadable("taken"))?,
        done: item.flag("done"),
        lines: item.list("lines").iter().map(line).collect::<Result<_, _>>()?,
    })
}

/// `<language>#<stream>#<birth years>`.
fn mixed(base: &mut Base, organisation: Name, rest: &str, item: &Item) -> Result<(), Unreadable> {
    let mut parts = rest.split('#');
    let mut part = || parts.next().ok_or(Unreadable("key of a mixed-age group"));
    let (language, stream, years) = (base.names.of(part()?), base.names.of(part()?), part()?);
    let years = years.split(',').map(|year| year.parse().map_err(|_| Unreadable("birth year")));
    let key = (organisation, language, stream, years.collect::<Result<Vec<i32>, _>>()?);
    let version = item.int("v").and_then(|version| u64::try_from(version).ok()).ok_or(Unreadable("v"))?;
    let phase = item.int("ph").and_then(|phase| u8::try_from(phase).ok()).ok_or(Unreadable("ph"))?;
    base.mixed.insert(key, (version, phase));
    Ok(())
}

/// `<language>#<stream>#<lane>#<order key>#<application>`.
fn pmpc(base: &mut Base, organisation: Name, sk: &str, rest: &str, item: &Item) -> Result<(), Unreadable> {
    let mut parts = rest.split('#');
    let mut part = || parts.next().ok_or(Unreadable("key of a place"));
    let (language, stream) = (base.names.of(part()?), base.names.of(part()?));
    let lane = part()?.parse().map_err(|_| Unreadable("lane"))?;
    let ordered = part()?.parse().map_err(|_| Unreadable("order key"))?;
    let app = id(part()?).ok_or(Unreadable("application id"))?;
    let year = item.int("yr").and_then(|year| i32::try_from(year).ok()).ok_or(Unreadable("yr"))?;
    let queue = QueueKey { organisation, language, stream, year };
    let row = PmpcRow { queue, lane, ordered, sk: sk.to_owned(), more: Vec::new() };
    match base.pmpc.get_mut(&(organisation, app)) {
        Some(known) => known.more.push(sk.to_owned()),
        None => {
            base.pmpc.insert((organisation, app), row);
        }
    }
    Ok(())
}

/// `bulletin#<id>`, `withdrawn#<seat>`; a look that found vacancies leaves nothing to compare.
fn event(base: &mut Base, organisation: Name, rest: &str) -> Result<(), Unreadable> {
    match rest.split_once('#') {
        Some(("bulletin", name)) => {
            let name = base.names.of(name);
            base.bulletin_events.insert((organisation, name));
        }
        Some(("withdrawn", seat)) => {
            base.withdrawn.insert((organisation, id(seat).ok_or(Unreadable("seat id"))?));
        }
        Some(("found", _)) => {}
        _ => *base.unknown.entry("O#…/E".to_owned()).or_default() += 1,
    }
    Ok(())
}
