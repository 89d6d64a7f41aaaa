//! The application's item: `A#<id>` / `A`. It also carries the next of its clocks in the agenda index. Its referral and its
//! contract are written in `enrolment`.

mod enrolment;

use chrono::NaiveDate;
use kezek_rules::application::{
    Application, ArchiveReason, Claim, Duty, Entry, EntryState, Interest, InterestStage, OfferRef, OpenDuty, Status,
    Suspension,
};
use kezek_rules::ids::ApplicationId;
use kezek_rules::queue::Lane;
use serde::{Deserialize, Serialize};

use enrolment::{ContractRecord, ReferralRecord};

use crate::Store;
use crate::agenda::Agenda;
use crate::error::{Result, StoreError};
use crate::item::{Item, Key, from_item, instant, millis, parsed, to_item};

/// Field names are short because every kilobyte of the item costs two write units.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Record {
    kind: String,
    v: u32,
    ap: String,
    ch: String,
    born: NaiveDate,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pm: bool,
    kato: String,
    lang: String,
    st: String,
    ben: u8,
    lane: Lane,
    sub: i64,
    acc: i64,
    stat: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    arch: Option<ArchiveReason>,
    ent: Vec<EntryRecord>,
    iy: u32,
    is: u8,
    ip: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    rf: Option<ReferralRecord>,
    /// The day from which the place is wanted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    nb: Option<NaiveDate>,
    /// Whether it came with documents.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    doc: bool,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    nr: bool,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    rel: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    cl: Option<ClaimRecord>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ct: Option<ContractRecord>,
    /// A temporary place's, while the next is to be signed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    tc: Option<ContractRecord>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    du: Vec<DutyRecord>,
    pol: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    gpk: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    gsk: Option<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct EntryRecord {
    o: String,
    s: String,
    /// The order key, where it isn't the submission instant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    t: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    offer: Option<OfferRecord>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    susp: Option<SuspensionRecord>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct OfferRecord {
    id: String,
    seat: String,
    at: i64,
    by: i64,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct SuspensionRecord {
    from: NaiveDate,
    day: NaiveDate,
    end: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    by: Option<i64>,
    pol: String,
    cal: u32,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct ClaimRecord {
    b: u8,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    rel: bool,
    at: i64,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    reg: bool,
    pol: String,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct DutyRecord {
    d: String,
    at: i64,
    due: i64,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    late: bool,
}

/// The partition of an application: its item, its history, its notices.
pub(crate) fn partition(id: ApplicationId) -> String {
    format!("A#{id}")
}

pub(crate) fn key(id: ApplicationId) -> Key {
    Key::new(partition(id), "A")
}

pub(crate) fn item(application: &Application, agenda: Option<Agenda>) -> Result<Item> {
    let (gpk, gsk) = agenda.map(|agenda| (agenda.gpk, agenda.gsk)).unzip();
    let record = Record {
        kind: "application".to_owned(),
        v: application.version,
        ap: application.applicant.to_string(),
        ch: application.child.to_string(),
        born: application.birth_date,
        pm: application.pmpc,
        kato: application.settlement.to_string(),
        lang: application.language.to_string(),
        st: application.stream.to_string(),
        ben: application.benefit,
        lane: application.lane,
        sub: millis(application.submitted_at),
        acc: millis(application.accepted_at),
        stat: application.status.as_str().to_owned(),
        arch: match application.status {
            Status::Archived(reason) => Some(reason),
            _ => None,
        },
        ent: application.entries.iter().map(|entry| entry_record(entry, application)).collect(),
        iy: application.interest.year,
        is: match application.interest.stage {
            InterestStage::Quiet => 0,
            InterestStage::Asked => 1,
            InterestStage::AskedAgain => 2,
        },
        ip: application.interest.policy.to_string(),
        rf: application.referral.as_ref().map(enrolment::referral_record),
        nb: application.not_before,
        doc: application.documented,
        nr: application.non_resident,
        rel: application.relocation,
        cl: application.claim.as_ref().map(claim_record),
        ct: application.contract.as_ref().map(enrolment::contract_record),
        tc: application.temporary.as_ref().map(enrolment::contract_record),
        du: application.duties.iter().map(duty_record).collect(),
        pol: application.policy.to_string(),
        gpk,
        gsk,
    };
    to_item(&key(application.id), &record)
}

fn entry_record(entry: &Entry, application: &Application) -> EntryRecord {
    let (name, offer, susp) = match &entry.state {
        EntryState::Pending => ("p", None, None),
        EntryState::Dormant => ("d", None, None),
        EntryState::Waiting => ("w", None, None),
        EntryState::Offered(offer) => {
            let record = OfferRecord {
                id: offer.id.to_string(),
                seat: offer.seat.to_string(),
                at: millis(offer.offered_at),
                by: millis(offer.answer_by),
            };
            ("o", Some(record), None)
        }
        EntryState::Suspended(suspension) => {
            let record = SuspensionRecord {
                from: suspension.counted_from,
                day: suspension.last_day,
                end: millis(suspension.ends_at),
                by: suspension.answer_by.map(millis),
                pol: suspension.policy.to_string(),
                cal: suspension.calendar,
            };
            ("s", None, Some(record))
        }
        EntryState::Aside => ("a", None, None),
        EntryState::Left => ("l", None, None),
    };
    let other = entry.ordered_at != application.submitted_at;
    EntryRecord {
        o: entry.organisation.to_string(),
        s: name.to_owned(),
        t: other.then(|| millis(entry.ordered_at)),
        offer,
        susp,
    }
}

fn claim_record(claim: &Claim) -> ClaimRecord {
    ClaimRecord {
        b: claim.benefit,
        rel: claim.relocation,
        at: millis(claim.since),
        reg: claim.by_register,
        pol: claim.policy.to_string(),
    }
}

fn claim_from(record: ClaimRecord) -> Result<Claim> {
    Ok(Claim {
        benefit: record.b,
        relocation: record.rel,
        since: instant(record.at)?,
        by_register: record.reg,
        policy: parsed(&record.pol, "policy")?,
    })
}

fn duty_record(open: &OpenDuty) -> DutyRecord {
    DutyRecord {
        d: open.duty.as_str().to_owned(),
        at: millis(open.since),
        due: millis(open.due_at),
        late: open.overdue,
    }
}

fn duty_from(record: DutyRecord) -> Result<OpenDuty> {
    Ok(OpenDuty {
        duty: duty_named(&record.d)?,
        since: instant(record.at)?,
        due_at: instant(record.due)?,
        overdue: record.late,
    })
}

/// The duty of a name in a key or a record.
pub(crate) fn duty_named(name: &str) -> Result<Duty> {
    Duty::ALL.into_iter().find(|duty| duty.as_str() == name).ok_or_else(|| StoreError::corrupt("duty"))
}

pub(crate) fn from(item: Item, id: ApplicationId) -> Result<Application> {
    let record: Record = from_item(item)?;
    let submitted_at = instant(record.sub)?;
    Ok(Application {
        id,
        version: record.v,
        applicant: parsed(&record.ap, "applicant")?,
        child: parsed(&record.ch, "child")?,
        birth_date: record.born,
        pmpc: record.pm,
        settlement: parsed(&record.kato, "settlement")?,
        language: parsed(&record.lang, "language")?,
        stream: parsed(&record.st, "stream")?,
        benefit: record.ben,
        lane: record.lane,
        submitted_at,
        accepted_at: instant(record.acc)?,
        status: status(&record.stat, record.arch)?,
        entries: record.ent.into_iter().map(|entry| entry_from(entry, submitted_at)).collect::<Result<_>>()?,
        interest: Interest {
            year: record.iy,
            stage: match record.is {
                0 => InterestStage::Quiet,
                1 => InterestStage::Asked,
                2 => InterestStage::AskedAgain,
                _ => return Err(StoreError::corrupt("interest stage")),
            },
            policy: parsed(&record.ip, "policy")?,
        },
        referral: record.rf.map(enrolment::referral_from).transpose()?,
        not_before: record.nb,
        documented: record.doc,
        non_resident: record.nr,
        relocation: record.rel,
        claim: record.cl.map(claim_from).transpose()?,
        contract: record.ct.map(enrolment::contract_from).transpose()?,
        temporary: record.tc.map(enrolment::contract_from).transpose()?,
        duties: record.du.into_iter().map(duty_from).collect::<Result<_>>()?,
        policy: parsed(&record.pol, "policy")?,
    })
}

fn status(name: &str, reason: Option<ArchiveReason>) -> Result<Status> {
    Ok(match (name, reason) {
        ("accepted", _) => Status::Accepted,
        ("verifying", _) => Status::Verifying,
        ("queued", _) => Status::Queued,
        ("refused", _) => Status::Refused,
        ("referred", _) => Status::Referred,
        ("enrolled", _) => Status::Enrolled,
        ("archived", Some(reason)) => Status::Archived(reason),
        _ => return Err(StoreError::corrupt("status")),
    })
}

fn entry_from(record: EntryRecord, submitted_at: chrono::DateTime<chrono::Utc>) -> Result<Entry> {
    let state = match (record.s.as_str(), record.offer, record.susp) {
        ("p", ..) => EntryState::Pending,
        ("d", ..) => EntryState::Dormant,
        ("w", ..) => EntryState::Waiting,
        ("o", Some(offer), _) => EntryState::Offered(OfferRef {
            id: parsed(&offer.id, "offer")?,
            seat: parsed(&offer.seat, "seat")?,
            offered_at: instant(offer.at)?,
            answer_by: instant(offer.by)?,
        }),
        ("s", _, Some(suspension)) => EntryState::Suspended(Suspension {
            counted_from: suspension.from,
            last_day: suspension.day,
            ends_at: instant(suspension.end)?,
            answer_by: suspension.by.map(instant).transpose()?,
            policy: parsed(&suspension.pol, "policy")?,
            calendar: suspension.cal,
        }),
        ("a", ..) => EntryState::Aside,
        ("l", ..) => EntryState::Left,
        _ => return Err(StoreError::corrupt("entry")),
    };
    let ordered_at = record.t.map_or(Ok(submitted_at), instant)?;
    Ok(Entry { organisation: parsed(&record.o, "organisation")?, ordered_at, state })
}

impl Store {
    /// An application, read strongly.
    ///
    /// # Errors
    /// The table failed, or the item is corrupt.
    pub async fn application(&self, id: ApplicationId) -> Result<Option<Application>> {
        self.get(&key(id)).await?.map(|item| from(item, id)).transpose()
    }

    /// An application as it was a moment ago, at half the price: for plans that are checked when they are written.
    ///
    /// # Errors
    /// The table failed, or the item is corrupt.
    pub async fn application_lately(&self, id: ApplicationId) -> Result<Option<Application>> {
        self.get_eventual(&key(id)).await?.map(|item| from(item, id)).transpose()
    }

    /// Those of some applications that are there, at most 100, read strongly, in any order.
    ///
    /// # Errors
    /// The table failed, or an item is corrupt.
    pub async fn applications(&self, ids: &[ApplicationId]) -> Result<Vec<Application>> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let keys: Vec<Key> = ids.iter().map(|id| key(*id)).collect();
        let id = |item: &Item| {
            let pk = item.get("pk").and_then(|pk| pk.as_s().ok()).map(String::as_str).unwrap_or_default();
            parsed(pk.strip_prefix("A#").unwrap_or_default(), "application key")
        };
        let read = |item: Item| id(&item).and_then(|id| from(item, id));
        self.get_all(&keys).await?.into_iter().map(read).collect()
    }
}
