//! The part of an application's item that tells of its enrolment: the referral, the documents handed in by it, the contract.
//! Only records and their conversions; who may do what is never asked here.

use chrono::NaiveDate;
use kezek_rules::application::{
    Contract, ContractStatus, Document, Referral, ReferralStatus, SecondCheck, SignatureMeans, Stage, Submission,
};
use kezek_rules::terms;
use serde::{Deserialize, Serialize};

use crate::error::{Result, StoreError};
use crate::item::{instant, millis, parsed};

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct ReferralRecord {
    id: String,
    o: String,
    seat: String,
    at: i64,
    until: i64,
    /// The day the validity counts from, where it isn't that of the issue.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    from: Option<NaiveDate>,
    day: NaiveDate,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    ext: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    asked: Option<NaiveDate>,
    s: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sub: Option<SubmissionRecord>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    con: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    rev: Option<u8>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    chk: Option<CheckRecord>,
    pol: String,
    cal: u32,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct SubmissionRecord {
    at: i64,
    reg: i64,
    due: i64,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    late: bool,
    docs: Vec<(String, NaiveDate)>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct CheckRecord {
    due: i64,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    reg: bool,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct ContractRecord {
    o: String,
    seat: String,
    rf: String,
    at: i64,
    by: i64,
    s: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sig: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    how: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    tmp: Option<NaiveDate>,
}

pub(super) fn referral_record(referral: &Referral) -> ReferralRecord {
    let (sub, con, rev) = match &referral.stage {
        Stage::Awaited => (None, false, None),
        Stage::Submitted(submission) => (Some(submission_record(submission)), false, None),
        Stage::Contract => (None, true, None),
        Stage::UnderReview { ground } => (None, false, Some(*ground)),
    };
    ReferralRecord {
        id: referral.id.to_string(),
        o: referral.organisation.to_string(),
        seat: referral.seat.to_string(),
        at: millis(referral.issued_at),
        until: millis(referral.valid_until),
        from: Some(referral.counted_from).filter(|from| *from != terms::local_date(referral.issued_at)),
        day: referral.last_day,
        ext: referral.extended,
        asked: referral.extension_asked,
        s: referral.status.as_str().to_owned(),
        sub,
        con,
        rev,
        chk: referral.second_check.map(|check| CheckRecord { due: millis(check.due_at), reg: check.by_register }),
        pol: referral.policy.to_string(),
        cal: referral.calendar,
    }
}

fn submission_record(submission: &Submission) -> SubmissionRecord {
    SubmissionRecord {
        at: millis(submission.at),
        reg: millis(submission.registered_at),
        due: millis(submission.result_due),
        late: submission.overdue,
        docs: submission.documents.iter().map(|document| (document.kind.clone(), document.issued_on)).collect(),
    }
}

pub(super) fn referral_from(record: ReferralRecord) -> Result<Referral> {
    let status = ReferralStatus::ALL.into_iter().find(|status| status.as_str() == record.s);
    let stage = match (record.sub, record.con, record.rev) {
        (Some(submission), ..) => Stage::Submitted(submission_from(submission)?),
        (None, true, _) => Stage::Contract,
        (None, false, Some(ground)) => Stage::UnderReview { ground },
        (None, false, None) => Stage::Awaited,
    };
    let check = |record: CheckRecord| {
        Ok::<_, StoreError>(SecondCheck { due_at: instant(record.due)?, by_register: record.reg })
    };
    let issued_at = instant(record.at)?;
    Ok(Referral {
        id: parsed(&record.id, "referral")?,
        organisation: parsed(&record.o, "organisation")?,
        seat: parsed(&record.seat, "seat")?,
        issued_at,
        counted_from: record.from.unwrap_or_else(|| terms::local_date(issued_at)),
        valid_until: instant(record.until)?,
        last_day: record.day,
        extended: record.ext,
        extension_asked: record.asked,
        status: status.ok_or_else(|| StoreError::corrupt("referral"))?,
        stage,
        second_check: record.chk.map(check).transpose()?,
        policy: parsed(&record.pol, "policy")?,
        calendar: record.cal,
    })
}

fn submission_from(record: SubmissionRecord) -> Result<Submission> {
    Ok(Submission {
        at: instant(record.at)?,
        registered_at: instant(record.reg)?,
        result_due: instant(record.due)?,
        overdue: record.late,
        documents: record.docs.into_iter().map(|(kind, issued_on)| Document { kind, issued_on }).collect(),
    })
}

pub(super) fn contract_record(contract: &Contract) -> ContractRecord {
    ContractRecord {
        o: contract.organisation.to_string(),
        seat: contract.seat.to_string(),
        rf: contract.referral.to_string(),
        at: millis(contract.formed_at),
        by: millis(contract.sign_by),
        s: contract.status.as_str().to_owned(),
        sig: contract.signed_at.map(millis),
        how: contract.means.map(|means| means.as_str().to_owned()),
        tmp: contract.temporary_until,
    }
}

pub(super) fn contract_from(record: ContractRecord) -> Result<Contract> {
    let status = ContractStatus::ALL.into_iter().find(|status| status.as_str() == record.s);
    let means = |name: String| {
        let means = SignatureMeans::ALL.into_iter().find(|means| means.as_str() == name);
        means.ok_or_else(|| StoreError::corrupt("means of signature"))
    };
    Ok(Contract {
        organisation: parsed(&record.o, "organisation")?,
        seat: parsed(&record.seat, "seat")?,
        referral: parsed(&record.rf, "referral")?,
        formed_at: instant(record.at)?,
        sign_by: instant(record.by)?,
        status: status.ok_or_else(|| StoreError::corrupt("contract"))?,
        signed_at: record.sig.map(instant).transpose()?,
        means: record.how.map(means).transpose()?,
        temporary_until: record.tmp,
    })
}
