//! Deferred age (`P15.2`, `P16.6`): until the day from which the place is wanted an application keeps its places beside its
//! queues. Here is how it goes to rest and how it wakes; that an entry which comes to its queue meanwhile rests too is seen to
//! where entries arrive.

use chrono::NaiveDate;

use super::World;
use super::draft::Draft;
use crate::application::EntryState;
use crate::policy::Policy;
use crate::queue::Instant;
use crate::refusal::Reason;
use crate::step::Fact;
use crate::terms;

/// From when a place is wanted, as the applicant says it (`P15.2`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotBefore {
    /// From a day on.
    On(NaiveDate),
    /// From an age on: so long after the birth date, clipped to the month's last day.
    Age {
        /// Whole years.
        years: u32,
        /// And months.
        months: u32,
    },
}

impl NotBefore {
    /// The day that it means for a child.
    #[must_use]
    pub fn day(self, birth_date: NaiveDate) -> NaiveDate {
        match self {
            NotBefore::On(day) => day,
            NotBefore::Age { years, months } => {
                terms::add_months(birth_date, years.saturating_mul(12).saturating_add(months))
            }
        }
    }
}

/// The day until which a child's application rests; none if that day has come already.
pub(super) fn resting_until(wanted: NotBefore, birth_date: NaiveDate, now: Instant) -> Option<NaiveDate> {
    Some(wanted.day(birth_date)).filter(|day| has_to_come(*day, now))
}

/// Whether a day is still to come, by local time.
fn has_to_come(day: NaiveDate, now: Instant) -> bool {
    terms::start_of_day(day) > now
}

/// A place that is wanted only when the child is too old for it can't be kept (`P11.b`).
pub(super) fn against_rest(
    until: Option<NaiveDate>,
    birth_date: NaiveDate,
    pmpc: bool,
    policy: &Policy,
) -> Option<Reason> {
    let too_late = until.is_some_and(|until| terms::start_of_day(until) >= terms::age_out(birth_date, policy));
    (too_late && !pmpc).then(|| Reason::new("deferral-beyond-age", "P11.b").at("/notBefore"))
}

impl Draft<'_> {
    /// Whether an entry that comes to its queue now rests beside it.
    pub fn rests(&self) -> bool {
        self.application.not_before.is_some_and(|day| has_to_come(day, self.world.now))
    }

    /// Whether the day has come and no sweep came by yet: whoever is first to see it wakes the application.
    pub fn is_to_wake(&self) -> bool {
        self.application.sleeps() && !self.rests()
    }

    /// Goes to rest: what waits leaves its queue and keeps its place. What is offered or suspended is left alone.
    pub fn rest(&mut self, until: NaiveDate) {
        self.application.not_before = Some(until);
        self.fact(Fact::Deferred { until });
        for organisation in self.organisations() {
            let state = self.application.entry(organisation).map(|entry| &entry.state);
            if state == Some(&EntryState::Waiting) {
                self.depart(organisation, EntryState::Dormant, "deferred", "P15.2");
            }
        }
    }

    /// Wakes: what rested stands in its queue at its original instant.
    pub fn wake(&mut self, why: Fact) {
        let (code, rule) = why.code_and_rule();
        self.application.not_before = None;
        self.fact(why);
        for organisation in self.organisations() {
            let state = self.application.entry(organisation).map(|entry| &entry.state);
            if state == Some(&EntryState::Dormant) {
                let number = self.arrive(organisation, code, rule);
                self.fact(Fact::Resumed { organisation, number });
            }
        }
    }
}

/// The rest that a change asks for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum RestChange {
    /// As it is.
    #[default]
    Keep,
    /// None: the place is wanted at once.
    Lift,
    /// From then on.
    Until(NotBefore),
}

impl RestChange {
    /// The day to rest until after the change, for an application that rested until `present`.
    pub(super) fn until(
        self,
        present: Option<NaiveDate>,
        birth_date: NaiveDate,
        world: World<'_>,
    ) -> Option<NaiveDate> {
        match self {
            RestChange::Keep => present,
            RestChange::Lift => None,
            RestChange::Until(wanted) => resting_until(wanted, birth_date, world.now),
        }
    }
}
