//! What the notices of queueing say, from registration to the archive. Never a wording.

use chrono::NaiveDate;
use kezek_rules::queue::{Instant, Lane};
use serde::{Deserialize, Serialize};

use super::{Ground, PlaceInQueue};
use crate::texts::Names;

/// Registered, with the queue number per organisation (`P6.e`, Annex 4).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Registered {
    /// The date and time of registration.
    pub at: Instant,
    /// One to four organisations; none if nothing moves with a new benefit status.
    pub places: Vec<PlaceInQueue>,
    /// In which lane, if that is news.
    pub standing: Standing,
    /// The day from which the place is wanted (`P15.2`), if it is to come: the numbers are those the child would have now.
    pub wanted_from: Option<NaiveDate>,
}

/// Whether the lane is the one applied for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// It is.
    AsApplied,
    /// It is the general lane, because the benefit wasn't confirmed (**D-unconfirmed-benefit**).
    Unconfirmed,
    /// The benefit status has changed while queued (`P13.3`): this lane from now on, at the original instants.
    Changed(Lane),
    /// A new benefit status is confirmed, and no number changes with it.
    Confirmed,
}

/// Refused after a check that came later (`P5.e`, Annex 3).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Refused {
    /// What was asked for.
    pub asked: Asked,
    /// The grounds of A2.9.
    pub grounds: Vec<Ground>,
    /// The kinds of the documents that are missing (Annex 4).
    pub missing: Vec<String>,
    /// The kinds of the documents that have expired (Annex 4).
    pub expired: Vec<String>,
    /// The officer's explanation: shown shortened, with long numbers hidden.
    pub note: Option<String>,
}

/// What was asked for and refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Asked {
    /// To be queued.
    Queueing,
    /// Another benefit status (`P13.3`).
    Benefit {
        /// Whether the application stays in the lane where it stood; else it is in the general one.
        stays: bool,
    },
    /// An extension of the referral (`P25.b`).
    Extension {
        /// The referral's number.
        number: String,
    },
}

/// Why documents are verified.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Check {
    /// The application is to be queued (`P6.a`, `P6.b`).
    Registration,
    /// Another benefit status is claimed (`P13.3`).
    Benefit,
    /// A referral was issued (`P14`).
    Referral,
}

/// A vacancy is offered (`P16.a`), or the offer is sent again (`P16.3`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Offer {
    /// Where.
    pub organisation: Names,
    /// The end of the term to answer (`P15.b`), exclusive.
    pub answer_by: Instant,
    /// What ends if the applicant doesn't accept.
    pub stakes: Stakes,
    /// By which right, where the queue number alone doesn't say it (`P3.9`).
    pub right: Option<Right>,
    /// The last day of a temporary place (`P23.c`).
    pub temporary_until: Option<NaiveDate>,
}

/// What ends with a decline, and is suspended by silence.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stakes {
    /// The place in that organisation's queue (**D-decline** `entry`).
    #[default]
    Entry,
    /// The application (**D-decline** `application`).
    Application,
    /// Nothing (**D-temporary-decline** `keep`).
    Nothing,
}

/// By which right a vacancy is offered to a child that doesn't stand first in the vacancy's own queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Right {
    /// Together with the applicant's other children (`P26`).
    Sibling,
    /// Among the heads of a mixed-age group's queues (`P24.m`).
    MixedAge,
    /// Whatever the birth year (`P24`).
    AnyBirthYear,
}

/// An offer is over without an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OfferPassedOn {
    /// Where.
    pub organisation: Names,
    /// Why.
    pub because: PassedOn,
    /// The queue number, if the child waits on there.
    pub number: Option<u64>,
}

/// Why an offer is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PassedOn {
    /// No answer within the term: the vacancy goes to the next (`P16.3`).
    NoAnswer,
    /// The provider withdrew the vacancy (`K3`).
    Withdrawn,
}

/// Suspended after silence (`P15.d`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Suspended {
    /// The queue suspended; none: the whole application (**D-decline**).
    pub organisation: Option<Names>,
    /// For how many working days.
    pub working_days: u32,
    /// The last day of the suspension.
    pub until: NaiveDate,
    /// Whether it runs already and was counted again after a patch of the calendar (`C3`).
    pub recounted: bool,
}

/// A question of interest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Question {
    /// The queue asked about, which ends without an answer; none: the yearly question, or the whole application.
    pub organisation: Option<Names>,
    /// The end of the term to answer, exclusive.
    pub answer_by: Instant,
}
