//! What notices say that isn't in the event they are made of. How it is found out is written elsewhere.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use kezek_contract::texts::Names;
use kezek_contract::texts::notices::Stakes;
use kezek_rules::ids::{Bin, OfferId, ReferralId};
use kezek_rules::queue::Instant;
use kezek_rules::step::Lacking;

/// What notices say that isn't in the event. Whatever is unknown is shown by its number, or left out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Known {
    /// The names of organisations.
    pub names: BTreeMap<Bin, Names>,
    /// The numbers printed on referrals.
    pub referrals: BTreeMap<ReferralId, String>,
    /// For how many working days an entry is suspended (`P15.d`).
    pub suspension_working_days: u32,
    /// What ends if an offer isn't accepted (**D-decline**).
    pub stakes: Stakes,
    /// The same for an offer of a temporary place (**D-temporary-decline**).
    pub temporary_stakes: Stakes,
    /// The last days of temporary places that were offered before (`P23.c`).
    pub temporary: BTreeMap<OfferId, NaiveDate>,
    /// The grounds on which an organisation refused before (`P28`), by referral.
    pub refused: BTreeMap<ReferralId, u8>,
    /// The documents that such a refusal named, by referral.
    pub lacking: BTreeMap<ReferralId, Lacking>,
    /// The day from which the place is wanted (`P15.2`).
    pub wanted_from: Option<NaiveDate>,
    /// The referral in force.
    pub held: Option<Held>,
    /// The suspensions that run: when each ends, and where.
    pub suspended: Vec<(Instant, Bin)>,
}

/// A referral in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// Its number.
    pub number: String,
    /// Where to.
    pub organisation: Bin,
    /// The end of its validity, exclusive.
    pub valid_until: Instant,
}

impl Known {
    /// The name of an organisation.
    pub(super) fn name(&self, organisation: Bin) -> Names {
        let unknown = || Names { kk: organisation.to_string(), ru: organisation.to_string() };
        self.names.get(&organisation).cloned().unwrap_or_else(unknown)
    }

    /// The number of a referral.
    pub(super) fn referral(&self, id: ReferralId) -> String {
        self.referrals.get(&id).cloned().unwrap_or_else(|| id.to_string())
    }
}
