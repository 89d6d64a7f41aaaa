//! What a play came to, counted from the history of every application: never from what the play remembers of itself, so that
//! a play that was broken off and carried on counts the same. Never here: how it is shown.

use std::collections::BTreeMap;

use chrono::{DateTime, Datelike, Utc};
use kezek_rules::application::{ReferralStatus, Status};
use kezek_rules::ids::ApplicationId;
use kezek_rules::policy::PolicyVersion;
use kezek_rules::queue::{Lane, QueueKey, Stream};
use kezek_rules::step::{Event, Fact};
use kezek_store::{Store, StoreError};

use super::replay::{Replay, Served};
use crate::city::{City, Family};

/// More events than any family lives through.
const HISTORY_MAX: usize = 1_000;

/// Offers, by what became of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Offers {
    /// All.
    pub made: u64,
    /// Sent again after 24 hours.
    pub reminded: u64,
    /// Accepted.
    pub accepted: u64,
    /// Declined.
    pub declined: u64,
    /// Passed on in silence.
    pub silent: u64,
    /// Released because another one was accepted.
    pub released: u64,
    /// Withdrawn because the application left.
    pub withdrawn: u64,
}

impl Offers {
    /// Those still open.
    #[must_use]
    pub const fn open(&self) -> u64 {
        self.made - self.accepted - self.declined - self.silent - self.released - self.withdrawn
    }
}

/// Referrals, by what became of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Referrals {
    /// All.
    pub issued: u64,
    /// Cancelled.
    pub cancelled: u64,
    /// Lapsed.
    pub lapsed: u64,
    /// Released because the application ended.
    pub released: u64,
    /// In force.
    pub in_force: u64,
}

/// What officers and registers decided.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Decisions {
    /// Confirmed by a register.
    pub by_register: u64,
    /// Confirmed by an officer.
    pub by_officer: u64,
    /// Refused.
    pub refused: u64,
    /// Handed to an officer because the register didn't answer.
    pub handed_over: u64,
    /// Reported as overdue.
    pub overdue: u64,
}

/// All of it.
#[derive(Debug, Clone, Default)]
pub struct Tally {
    /// Families that could not apply.
    pub not_registered: u64,
    /// Applications accepted later than submitted (`P5.b`).
    pub out_of_hours: u64,
    /// Applications by lane and by how they stand at the end.
    pub standing: BTreeMap<(Lane, &'static str), u64>,
    /// Archived applications by reason.
    pub archived: BTreeMap<&'static str, u64>,
    /// Decisions about benefits.
    pub decisions: Decisions,
    /// Offers.
    pub offers: Offers,
    /// Referrals.
    pub referrals: Referrals,
    /// Days from the submission to the first offer, by lane.
    pub waits: BTreeMap<Lane, Vec<f64>>,
    /// The queues, replayed.
    pub served: Served,
    /// Notices by kind.
    pub notices: BTreeMap<String, u64>,
}

/// Counts the history of a town.
///
/// # Errors
/// The table failed.
pub async fn count(store: &Store, city: &City, ids: &[ApplicationId]) -> Result<Tally, StoreError> {
    let (mut tally, mut replay) = (Tally::default(), Replay::default());
    for (family, id) in city.families.iter().zip(ids) {
        let Some(application) = store.application(*id).await? else {
            tally.not_registered += 1;
            continue;
        };
        *tally.standing.entry((application.lane, application.status.as_str())).or_default() += 1;
        if let Status::Archived(reason) = application.status {
            *tally.archived.entry(reason.as_str()).or_default() += 1;
        }
        tally.out_of_hours += u64::from(application.accepted_at > application.submitted_at);
        let in_force = application.referral.as_ref().is_some_and(|referral| referral.status == ReferralStatus::Issued);
        tally.referrals.in_force += u64::from(in_force);
        let mut first_offer: Option<DateTime<Utc>> = None;
        for event in store.history(*id, HISTORY_MAX).await? {
            replay.add(&event, |trace| key(family, application.birth_date.year(), trace.organisation));
            tally.add(&event, &mut first_offer);
        }
        if let Some(offered) = first_offer {
            let days = (offered - application.submitted_at).num_minutes() as f64 / 1_440.0;
            tally.waits.entry(application.lane).or_default().push(days);
        }
        for notice in store.notices(*id, HISTORY_MAX).await? {
            *tally.notices.entry(notice.kind).or_default() += 1;
        }
    }
    tally.served = replay.run(PolicyVersion::built_in().policy.interleave);
    tally.waits.values_mut().for_each(|days| days.sort_by(f64::total_cmp));
    Ok(tally)
}

fn key(family: &Family, birth_year: i32, organisation: kezek_rules::ids::Bin) -> QueueKey {
    QueueKey {
        organisation,
        language: family.language.parse().unwrap_or_else(|_| unreachable!("a town's languages are languages")),
        birth_year,
        stream: family.stream.parse().unwrap_or(Stream::General),
    }
}

impl Tally {
    fn add(&mut self, event: &Event, first_offer: &mut Option<DateTime<Utc>>) {
        use kezek_rules::step::Verifier::{Officer, Register};
        for fact in &event.facts {
            let counted = match fact {
                Fact::Offered { .. } => {
                    first_offer.get_or_insert(event.at);
                    &mut self.offers.made
                }
                Fact::Reminded { .. } => &mut self.offers.reminded,
                Fact::AcceptedOffer { .. } => &mut self.offers.accepted,
                Fact::Declined { .. } => &mut self.offers.declined,
                Fact::PassedOn { .. } => &mut self.offers.silent,
                Fact::Released { .. } => &mut self.offers.released,
                Fact::OfferWithdrawn { .. } => &mut self.offers.withdrawn,
                Fact::ReferralIssued { .. } => &mut self.referrals.issued,
                Fact::ReferralCancelled { .. } => &mut self.referrals.cancelled,
                Fact::ReferralLapsed { .. } => &mut self.referrals.lapsed,
                Fact::ReferralReleased { .. } => &mut self.referrals.released,
                Fact::Confirmed { by: Register } => &mut self.decisions.by_register,
                Fact::Confirmed { by: Officer } => &mut self.decisions.by_officer,
                Fact::Refused { .. } => &mut self.decisions.refused,
                Fact::HandedToOfficer { .. } => &mut self.decisions.handed_over,
                Fact::Overdue { .. } => &mut self.decisions.overdue,
                _ => continue,
            };
            *counted += 1;
        }
    }
}
