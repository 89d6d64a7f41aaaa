//! The seats: `O#<bin>` / `S#<seat id>`, in the order of service (`P17.1`). An open one stands in the agenda index under its
//! organisation, a held one under its next deadline.

use aws_sdk_dynamodb::types::{Put, TransactWriteItem};
use chrono::NaiveDate;
use kezek_rules::ids::{ApplicationId, Bin, SeatId};
use kezek_rules::queue::Lane;
use kezek_rules::seat::{Offer, Seat, SeatState, Vacancy};
use serde::{Deserialize, Serialize};

use crate::Store;
use crate::agenda::{Agenda, Family};
use crate::error::{Result, StoreError};
use crate::item::{Item, Key, from_item, instant, millis, number, parsed, to_item};
use crate::organisation;

#[derive(Debug, Serialize, Deserialize)]
struct Record {
    kind: String,
    v: u32,
    bul: String,
    line: u16,
    iss: i64,
    ot: kezek_rules::organisation::OrganisationType,
    kato: String,
    reg: u16,
    lang: String,
    st: String,
    grp: kezek_rules::group::GroupType,
    yrs: Vec<i32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    tmp: Option<NaiveDate>,
    /// Who declined a temporary place and waits on, 32 digits each.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    no: String,
    s: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    offer: Option<OfferRecord>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    rf: Option<ReferredRecord>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    gpk: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    gsk: Option<String>,
}

#[derive(Debug, Serialize, Deserialize)]
struct OfferRecord {
    id: String,
    app: String,
    lane: Lane,
    at: i64,
    rem: i64,
    done: bool,
    day: NaiveDate,
    by: i64,
    pol: String,
    cal: u32,
}

#[derive(Debug, Serialize, Deserialize)]
struct ReferredRecord {
    app: String,
    id: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    due: Option<i64>,
}

pub(crate) const PREFIX: &str = "S#";

/// Seats read in one query while those wanted are looked for, and how many such queries one page may cost.
const READ_AT_ONCE: usize = 200;
const READINGS: usize = 10;

pub(crate) fn key(organisation: Bin, id: SeatId) -> Key {
    Key::new(organisation::partition(organisation), format!("{PREFIX}{id}"))
}

/// The partition of the agenda index where an organisation's open seats stand.
pub(crate) fn open_partition(organisation: Bin) -> String {
    format!("OPEN#{organisation}")
}

/// The seat's item; `version` is the one it gets.
pub(crate) fn item(seat: &Seat, version: u32) -> Result<Item> {
    let key = key(seat.organisation, seat.id);
    let agenda = match (&seat.state, seat.state.due_at()) {
        (SeatState::Open, _) => Some(Agenda { gpk: open_partition(seat.organisation), gsk: seat.id.to_string() }),
        (_, Some(due)) => Some(Agenda::due(Family::Minute, due, &key)),
        (_, None) => None,
    };
    let (gpk, gsk) = agenda.map(|agenda| (agenda.gpk, agenda.gsk)).unzip();
    let (offer, rf) = match &seat.state {
        SeatState::Offered(offer) => (Some(offer_record(offer)), None),
        SeatState::Referred { application, referral, due_at } => {
            let due = due_at.map(millis);
            (None, Some(ReferredRecord { app: application.to_string(), id: referral.to_string(), due }))
        }
        SeatState::Filled { application, referral } => {
            (None, Some(ReferredRecord { app: application.to_string(), id: referral.to_string(), due: None }))
        }
        SeatState::Open | SeatState::Withdrawn => (None, None),
    };
    let vacancy = &seat.vacancy;
    let record = Record {
        kind: "seat".to_owned(),
        v: version,
        bul: vacancy.bulletin.clone(),
        line: vacancy.line,
        iss: millis(vacancy.issued_at),
        ot: vacancy.organisation_type,
        kato: vacancy.settlement.to_string(),
        reg: vacancy.regime_tenths,
        lang: vacancy.language.to_string(),
        st: vacancy.stream.to_string(),
        grp: vacancy.group_type,
        yrs: vacancy.birth_years.clone(),
        tmp: vacancy.temporary_until,
        no: seat.declined_by.iter().map(ToString::to_string).collect(),
        s: seat.state.as_str().to_owned(),
        offer,
        rf,
        gpk,
        gsk,
    };
    to_item(&key, &record)
}

/// The write of a seat that changed, conditional on the version it carries.
pub(crate) fn write(table: &str, seat: &Seat) -> Result<TransactWriteItem> {
    let put = Put::builder()
        .table_name(table)
        .set_item(Some(item(seat, seat.version + 1)?))
        .condition_expression("v = :old")
        .expression_attribute_values(":old", number(seat.version));
    Ok(TransactWriteItem::builder().put(put.build().map_err(StoreError::corrupt)?).build())
}

fn offer_record(offer: &Offer) -> OfferRecord {
    OfferRecord {
        id: offer.id.to_string(),
        app: offer.application.to_string(),
        lane: offer.lane,
        at: millis(offer.offered_at),
        rem: millis(offer.remind_at),
        done: offer.reminded,
        day: offer.last_day,
        by: millis(offer.answer_by),
        pol: offer.policy.to_string(),
        cal: offer.calendar,
    }
}

pub(crate) fn from(item: Item) -> Result<Seat> {
    let text = |name: &str| item.get(name).and_then(|value| value.as_s().ok()).cloned().unwrap_or_default();
    let (pk, sk) = (text("pk"), text("sk"));
    let id = sk.strip_prefix(PREFIX).ok_or_else(|| StoreError::corrupt("seat key"))?;
    let record: Record = from_item(item)?;
    let state = match (record.s.as_str(), record.offer, record.rf) {
        ("open", ..) => SeatState::Open,
        ("offered", Some(offer), _) => SeatState::Offered(Offer {
            id: parsed(&offer.id, "offer")?,
            application: parsed(&offer.app, "application")?,
            lane: offer.lane,
            offered_at: instant(offer.at)?,
            remind_at: instant(offer.rem)?,
            reminded: offer.done,
            last_day: offer.day,
            answer_by: instant(offer.by)?,
            policy: parsed(&offer.pol, "policy")?,
            calendar: offer.cal,
        }),
        ("referred", _, Some(referred)) => SeatState::Referred {
            application: parsed(&referred.app, "application")?,
            referral: parsed(&referred.id, "referral")?,
            due_at: referred.due.map(instant).transpose()?,
        },
        ("filled", _, Some(filled)) => SeatState::Filled {
            application: parsed(&filled.app, "application")?,
            referral: parsed(&filled.id, "referral")?,
        },
        ("withdrawn", ..) => SeatState::Withdrawn,
        _ => return Err(StoreError::corrupt("seat state")),
    };
    Ok(Seat {
        organisation: organisation::of_partition(&pk)?,
        id: parsed(id, "seat")?,
        version: record.v,
        vacancy: Vacancy {
            bulletin: record.bul,
            line: record.line,
            issued_at: instant(record.iss)?,
            organisation_type: record.ot,
            settlement: parsed(&record.kato, "settlement")?,
            regime_tenths: record.reg,
            language: parsed(&record.lang, "language")?,
            stream: parsed(&record.st, "stream")?,
            group_type: record.grp,
            birth_years: record.yrs,
            temporary_until: record.tmp,
        },
        state,
        declined_by: record.no.as_bytes().chunks(32).map(declined_by).collect::<Result<_>>()?,
    })
}

fn declined_by(digits: &[u8]) -> Result<ApplicationId> {
    parsed(std::str::from_utf8(digits).unwrap_or_default(), "application")
}

impl Store {
    /// A seat, read strongly.
    ///
    /// # Errors
    /// The table failed, or the item is corrupt.
    pub async fn seat(&self, organisation: Bin, id: SeatId) -> Result<Option<Seat>> {
        self.get(&key(organisation, id)).await?.map(from).transpose()
    }

    /// Several seats, at most 100, read strongly, in any order.
    ///
    /// # Errors
    /// The table failed, or an item is corrupt.
    pub async fn seats_at(&self, held: &[(Bin, SeatId)]) -> Result<Vec<Seat>> {
        if held.is_empty() {
            return Ok(Vec::new());
        }
        let keys: Vec<Key> = held.iter().map(|(organisation, id)| key(*organisation, *id)).collect();
        self.get_all(&keys).await?.into_iter().map(from).collect()
    }

    /// An organisation's seats in the order of service, after one of them, at most `limit`.
    ///
    /// # Errors
    /// The table failed, or an item is corrupt.
    pub async fn seats(&self, organisation: Bin, after: Option<SeatId>, limit: usize) -> Result<Vec<Seat>> {
        let after = after.map(|id| format!("{PREFIX}{id}"));
        let items = self.list(&organisation::partition(organisation), PREFIX, after.as_deref(), limit, true).await?;
        items.into_iter().map(from).collect()
    }

    /// Those of an organisation's seats that are wanted, in the order of service, after one of them, at most `limit`; and the
    /// seat after which there may be more. Reads a bounded number of seats, so a page can be short and yet not the last.
    ///
    /// # Errors
    /// The table failed, or an item is corrupt.
    pub async fn seats_where(
        &self,
        organisation: Bin,
        mut after: Option<SeatId>,
        limit: usize,
        wanted: impl Fn(&Seat) -> bool,
    ) -> Result<(Vec<Seat>, Option<SeatId>)> {
        let mut found = Vec::new();
        for _ in 0..READINGS {
            let seats = self.seats(organisation, after, READ_AT_ONCE).await?;
            let last = seats.len() < READ_AT_ONCE;
            for seat in seats {
                let id = seat.id;
                if wanted(&seat) {
                    if found.len() == limit {
                        return Ok((found, after));
                    }
                    found.push(seat);
                }
                after = Some(id);
            }
            if last {
                return Ok((found, None));
            }
        }
        Ok((found, after))
    }
}
