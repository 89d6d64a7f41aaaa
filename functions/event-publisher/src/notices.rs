//! Which notices an event makes (`N1`), and with what in them: pure, so that a replay makes the same ones. How they read is
//! written in the contract's texts; storing and sending them is done elsewhere.

use chrono::{NaiveDate, TimeDelta};
use kezek_contract::texts::Names;
use kezek_contract::texts::notices::{
    Asked, Check, Ground, Notice, Offer, OfferPassedOn, PassedOn, PlaceInQueue, Question, Refused, Registered, Right,
    Standing, Suspended,
};
use kezek_rules::application::ArchiveReason;
use kezek_rules::ids::{Bin, OfferId};
use kezek_rules::queue::{Instant, Lane};
use kezek_rules::step::{Event, Fact, Ground as OfferGround, Lacking, Verifier};
use kezek_rules::terms;

mod enrolment;
mod known;

pub use known::{Held, Known};

/// The notices of an event, in the order of its facts. Their positions are part of their identity: a notice is stored once.
#[must_use]
pub fn of(event: &Event, known: &Known) -> Vec<Notice> {
    let telling = Telling { event, known };
    event.facts.iter().filter_map(|fact| telling.of_fact(fact)).collect()
}

/// An event that is being told.
#[derive(Clone, Copy)]
struct Telling<'a> {
    event: &'a Event,
    known: &'a Known,
}

impl Telling<'_> {
    fn of_fact(&self, fact: &Fact) -> Option<Notice> {
        match fact {
            Fact::Queued { .. } | Fact::Moved { .. } if self.is_first(fact, is_number) => self.registered(),
            // A claim is confirmed (`P13.3`), and all that waits stays where it is.
            Fact::Confirmed { .. } if !self.has(is_number) => Some(self.registered_as(Vec::new(), Standing::Confirmed)),
            Fact::VerificationStarted { .. } | Fact::SecondCheckStarted { .. } => self.verification(fact),
            Fact::Refused { ground, .. } => Some(self.refused(Asked::Queueing, *ground)),
            Fact::ClaimRefused { ground, .. } => {
                let stays = !self.has(|fact| matches!(fact, Fact::LaneChanged { .. }));
                Some(self.refused(Asked::Benefit { stays }, *ground))
            }
            Fact::DeferredAgeReached => Some(Notice::DeferredAgeReached { places: self.returned() }),
            Fact::Offered { .. } | Fact::Reminded { .. } => self.offer(fact),
            Fact::PassedOn { organisation, .. } => Some(self.passed_on(*organisation, PassedOn::NoAnswer)),
            // A withdrawn vacancy lets its child wait again (`K3`); an offer that goes with its application isn't told by itself.
            Fact::OfferWithdrawn { organisation, .. } if self.waits_again(*organisation).is_some() => {
                Some(self.passed_on(*organisation, PassedOn::Withdrawn))
            }
            Fact::Suspended { ends_at, .. } => self.suspended(fact, *ends_at),
            Fact::InterestAsked { organisation, time, answer_by } => {
                let organisation = organisation.map(|organisation| self.known.name(organisation));
                let question = Question { organisation, answer_by: *answer_by };
                Some(match time {
                    0 | 1 => Notice::InterestAsked(question),
                    _ => Notice::InterestAskedAgain(question),
                })
            }
            // The end of the whole application says it all.
            Fact::InterestLost { organisation, silent } if self.archived().is_none() => Some(Notice::Archived {
                organisation: Some(self.known.name(*organisation)),
                reason: if *silent { ArchiveReason::NoAnswer } else { ArchiveReason::NoInterest },
            }),
            Fact::Archived { reason } => self.of_archive(*reason),
            fact => self.enrolment(fact),
        }
    }

    fn has(&self, wanted: fn(&Fact) -> bool) -> bool {
        self.event.facts.iter().any(wanted)
    }

    /// Whether a fact is the first of its sort: several are told by one notice.
    fn is_first(&self, fact: &Fact, sort: fn(&Fact) -> bool) -> bool {
        self.event.facts.iter().find(|other| sort(other)).is_some_and(|first| std::ptr::eq(first, fact))
    }

    fn archived(&self) -> Option<ArchiveReason> {
        self.event.facts.iter().find_map(|fact| match fact {
            Fact::Archived { reason } => Some(*reason),
            _ => None,
        })
    }

    fn places(&self, of: fn(&Fact) -> Option<(Bin, u64)>) -> Vec<PlaceInQueue> {
        let places = self.event.facts.iter().filter_map(of);
        let place =
            |(organisation, number)| PlaceInQueue { organisation: self.known.name(organisation), number: Some(number) };
        places.map(place).collect()
    }

    /// The queues to which the application came back.
    fn returned(&self) -> Vec<PlaceInQueue> {
        self.places(|fact| match fact {
            Fact::Resumed { organisation, number } => Some((*organisation, *number)),
            _ => None,
        })
    }

    /// The queue number with which a child waits again after an offer.
    fn waits_again(&self, there: Bin) -> Option<u64> {
        self.event.facts.iter().find_map(|fact| match fact {
            Fact::Resumed { organisation, number } if *organisation == there => Some(*number),
            _ => None,
        })
    }

    /// `P6.e`, `P13.3`: one notice for all organisations when the application gets into its queues, or moves in them to another lane; not
    /// when it changes or resumes one.
    fn registered(&self) -> Option<Notice> {
        let moved = self.places(|fact| match fact {
            Fact::Moved { organisation, number } => Some((*organisation, *number)),
            _ => None,
        });
        let queued = || {
            self.places(|fact| match fact {
                Fact::Queued { organisation, number } => Some((*organisation, *number)),
                _ => None,
            })
        };
        let (places, standing) = match self.lane() {
            Some(lane) if !moved.is_empty() => (moved, Standing::Changed(lane)),
            _ if self.has(|fact| matches!(fact, Fact::OrganisationsChanged { .. })) => return None,
            _ if self.has(|fact| matches!(fact, Fact::MovedToGeneral)) => (queued(), Standing::Unconfirmed),
            _ => (queued(), Standing::AsApplied),
        };
        (!places.is_empty()).then(|| self.registered_as(places, standing))
    }

    fn registered_as(&self, places: Vec<PlaceInQueue>, standing: Standing) -> Notice {
        let wanted_from = self.wanted_from();
        Notice::Registered(Registered { at: self.event.at, places, standing, wanted_from })
    }

    fn lane(&self) -> Option<Lane> {
        self.event.facts.iter().find_map(|fact| match fact {
            Fact::LaneChanged { lane, .. } => Some(*lane),
            _ => None,
        })
    }

    /// `P15.2`: the day from which the place is wanted, while it is to come.
    fn wanted_from(&self) -> Option<NaiveDate> {
        let told = self.event.facts.iter().find_map(|fact| match fact {
            Fact::Deferred { until } => Some(*until),
            _ => None,
        });
        told.or(self.known.wanted_from).filter(|day| terms::start_of_day(*day) > self.event.at)
    }

    /// `P16.5`: an officer's term is told, a register's isn't: it only says when an officer takes over.
    fn verification(&self, fact: &Fact) -> Option<Notice> {
        let (by, due_at, check) = match fact {
            Fact::VerificationStarted { by, due_at } => {
                let claimed = self.has(|fact| matches!(fact, Fact::BenefitClaimed { .. }));
                (by, due_at, if claimed { Check::Benefit } else { Check::Registration })
            }
            Fact::SecondCheckStarted { by, due_at } => (by, due_at, Check::Referral),
            _ => return None,
        };
        Some(Notice::VerificationStarted { check, due: (*by == Verifier::Officer).then_some(*due_at) })
    }

    fn offer(&self, fact: &Fact) -> Option<Notice> {
        match fact {
            Fact::Offered { organisation, answer_by, ground, temporary_until, .. } => {
                let right = ground.map(|ground| match ground {
                    OfferGround::Sibling => Right::Sibling,
                    OfferGround::MixedAge => Right::MixedAge,
                    OfferGround::Pmpc => Right::AnyBirthYear,
                });
                Some(Notice::Offer(Offer { right, ..self.offer_of(*organisation, *answer_by, *temporary_until) }))
            }
            Fact::Reminded { organisation, offer, answer_by } => {
                Some(Notice::OfferReminder(self.offer_of(*organisation, *answer_by, self.temporary(*offer))))
            }
            _ => None,
        }
    }

    fn temporary(&self, offer: OfferId) -> Option<NaiveDate> {
        self.known.temporary.get(&offer).copied()
    }

    fn offer_of(&self, organisation: Bin, answer_by: Instant, temporary_until: Option<NaiveDate>) -> Offer {
        let known = self.known;
        let stakes = if temporary_until.is_some() { known.temporary_stakes } else { known.stakes };
        Offer { organisation: known.name(organisation), answer_by, stakes, right: None, temporary_until }
    }

    fn passed_on(&self, organisation: Bin, because: PassedOn) -> Notice {
        let number = self.waits_again(organisation);
        Notice::OfferPassedOn(OfferPassedOn { organisation: self.known.name(organisation), because, number })
    }

    /// Silence suspends one queue, or the whole application, which is told once (**D-decline**).
    fn suspended(&self, fact: &Fact, ends_at: Instant) -> Option<Notice> {
        let is_suspended = |fact: &Fact| matches!(fact, Fact::Suspended { .. });
        let whole = self.event.facts.iter().filter(|fact| is_suspended(fact)).count() > 1;
        let organisation = fact.organisation().filter(|_| !whole).map(|organisation| self.known.name(organisation));
        let notice = self.suspension(organisation, ends_at, false);
        self.is_first(fact, is_suspended).then_some(notice)
    }

    fn of_archive(&self, reason: ArchiveReason) -> Option<Notice> {
        match reason {
            // It is told as enrolled.
            ArchiveReason::Enrolled if self.has(|fact| matches!(fact, Fact::ContractSigned { .. })) => None,
            ArchiveReason::AgeLimit => Some(Notice::AgeLimitReached),
            reason => Some(Notice::Archived { organisation: None, reason }),
        }
    }

    /// `P5.d`, `P5.e`: the ground, and the documents that were named with it.
    fn refused(&self, asked: Asked, ground: u8) -> Notice {
        let grounds = Ground::try_from(ground).into_iter().collect();
        let Lacking { missing, expired } = lacking(self.event).cloned().unwrap_or_default();
        Notice::Refused(Refused { asked, grounds, missing, expired, note: None })
    }

    fn suspension(&self, organisation: Option<Names>, ends_at: Instant, recounted: bool) -> Notice {
        Notice::Suspended(Suspended {
            organisation,
            working_days: self.known.suspension_working_days,
            // The end is exclusive where it is midnight, and 18:30 of the last day else (**D-term-end**).
            until: terms::local_date(ends_at - TimeDelta::milliseconds(1)),
            recounted,
        })
    }
}

/// The documents that a refusal of this event names.
pub(crate) fn lacking(event: &Event) -> Option<&Lacking> {
    event.facts.iter().find_map(|fact| match fact {
        Fact::DocumentsLacking(lacking) => Some(lacking),
        _ => None,
    })
}

const fn is_number(fact: &Fact) -> bool {
    matches!(fact, Fact::Queued { .. } | Fact::Moved { .. })
}

#[cfg(test)]
mod tests;
