//! Who does what, and when: the steps planned beforehand, and the steps with which families and officers react to what they
//! are told. Both follow from the town's number and the history alone, so a play that is told again is the same. Never here: doing them.

use chrono::{DateTime, Days, NaiveTime, TimeDelta, Utc};
use kezek_rules::step::{Fact, Verifier};
use kezek_rules::terms::{at_local, local_date};
use serde_json::Value;

use super::bulletins;
use crate::city::{City, draw};

/// When people look at what they were told, local time. Nobody reacts before the next such hour, so that nothing that happens
/// between two of them has to be watched.
const LOOKS: [u32; 4] = [8, 12, 17, 21];

/// What is done.
#[derive(Debug, Clone, PartialEq)]
pub enum Act {
    /// A family applies.
    Apply,
    /// A family withdraws.
    Withdraw,
    /// A family answers an offer.
    Answer {
        /// Which offer.
        offer: String,
        /// `accept` or `decline`.
        answer: &'static str,
    },
    /// A family answers a question of interest.
    Interest {
        /// After the suspension there; none for the yearly question.
        organisation: Option<String>,
        /// `yes` or `no`.
        answer: &'static str,
    },
    /// A family cancels its referral.
    Cancel,
    /// An officer decides about a family's documents.
    Decide {
        /// The ground of a refusal; none confirms.
        ground: Option<u8>,
    },
    /// An organisation publishes a bulletin.
    Publish(Value),
}

/// One step of the play. Steps are done in the order of their instants, then of their names; names are their own.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// When.
    pub at: DateTime<Utc>,
    /// Its name: who, and which of its steps.
    pub name: String,
    /// The family it is about.
    pub family: usize,
    /// What.
    pub act: Act,
}

impl Step {
    /// What steps are ordered by.
    #[must_use]
    pub fn key(&self) -> (DateTime<Utc>, String) {
        (self.at, self.name.clone())
    }
}

/// What kind of play it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Everything happens.
    Whole,
    /// No vacancies come: the queues only grow, and everyone stays interested.
    Queues,
}

/// The first hour after an instant at which people look.
#[must_use]
pub fn next_look(at: DateTime<Utc>) -> DateTime<Utc> {
    let today = local_date(at);
    let days = [Some(today), today.checked_add_days(Days::new(1))];
    let looks = days.into_iter().flatten().flat_map(|day| {
        LOOKS.into_iter().filter_map(move |hour| Some(at_local(day, NaiveTime::from_hms_opt(hour, 0, 0)?)))
    });
    looks.into_iter().find(|look| *look > at).unwrap_or(at + TimeDelta::hours(12))
}

/// The steps planned beforehand, in their order.
#[must_use]
pub fn planned(city: &City, kind: Kind) -> Vec<Step> {
    let seed = city.blueprint.seed;
    let mut steps = Vec::new();
    for family in &city.families {
        let n = family.number;
        steps.push(Step { at: family.at, name: format!("family-{n:05}/apply"), family: n, act: Act::Apply });
        let drawn = draw(seed, &format!("family-{n:05}"), "withdraw");
        if kind == Kind::Whole && drawn.percent(4) {
            let days = TimeDelta::days(i64::try_from(3 + drawn.then("days").below(400)).unwrap_or(3));
            let at = family.at + days + TimeDelta::milliseconds(1 + family.number as i64 % 997);
            steps.push(Step { at, name: format!("family-{n:05}/withdraw"), family: n, act: Act::Withdraw });
        }
    }
    if kind == Kind::Whole {
        steps.extend(bulletins::all(city));
    }
    steps.retain(|step| step.at < city.blueprint.until());
    steps.sort_by_key(Step::key);
    steps
}

/// What somebody does about a fact of a family's history, if they do anything.
#[must_use]
pub fn reaction(city: &City, kind: Kind, family: usize, seq: u32, at: DateTime<Utc>, fact: &Fact) -> Option<Step> {
    let actor = format!("family-{family:05}");
    let told = Told { seed: city.blueprint.seed, name: format!("{actor}/{seq:05}"), at };
    let (when, act) = match fact {
        Fact::Offered { offer, answer_by, .. } => told.offered(&offer.to_string(), *answer_by),
        Fact::InterestAsked { organisation, time, .. } => {
            told.asked(organisation.map(|bin| bin.to_string()), *time, kind)
        }
        Fact::ReferralIssued { .. } => told.referred(),
        Fact::VerificationStarted { by: Verifier::Officer, due_at } | Fact::HandedToOfficer { due_at } => {
            told.to_verify(*due_at)
        }
        _ => None,
    }?;
    let step = Step { at: when, name: told.name, family, act };
    (step.at < city.blueprint.until()).then_some(step)
}

struct Told {
    seed: u64,
    name: String,
    at: DateTime<Utc>,
}

impl Told {
    fn draw(&self, step: &str) -> crate::city::Draw {
        draw(self.seed, &self.name, step)
    }

    /// Up to three hours after people look, and never at a full second, where the planned steps are.
    fn soon_after(&self, at: DateTime<Utc>) -> DateTime<Utc> {
        let millis = 60_000 + self.draw("when").below(3 * 3_600_000);
        next_look(at) + TimeDelta::milliseconds(i64::try_from(millis).unwrap_or(60_000))
    }

    /// `P15.b`: accepts soon, accepts on the second day, after the reminder, declines – or says nothing.
    fn offered(&self, offer: &str, answer_by: DateTime<Utc>) -> Option<(DateTime<Utc>, Act)> {
        let answer = |answer| Act::Answer { offer: offer.to_owned(), answer };
        let second_day = self.soon_after(self.at + TimeDelta::hours(24));
        let (when, act) = match self.draw("offer").below(100) {
            0..45 => (self.soon_after(self.at), answer("accept")),
            45..63 => (second_day, answer("accept")),
            63..73 => (self.soon_after(self.at), answer("decline")),
            73..80 => (second_day, answer("decline")),
            _ => return None,
        };
        Some((when.min(answer_by - TimeDelta::minutes(5)), act))
    }

    /// `P15.a`, `P15.d`: most are still interested; some say so only when asked again, some say no, some nothing.
    fn asked(&self, organisation: Option<String>, time: u8, kind: Kind) -> Option<(DateTime<Utc>, Act)> {
        let drawn = match (kind, organisation.is_some(), time) {
            (Kind::Queues, ..) => 0,
            (Kind::Whole, true, _) => [0, 0, 0, 0, 0, 1, 1, 2, 2, 2][self.tenth()],
            (Kind::Whole, false, 1) => [0, 0, 0, 0, 0, 0, 0, 1, 2, 2][self.tenth()],
            (Kind::Whole, false, _) => [0, 0, 0, 0, 0, 1, 2, 2, 2, 2][self.tenth()],
        };
        let answer = *["yes", "no"].get(drawn)?;
        Some((self.soon_after(self.at), Act::Interest { organisation, answer }))
    }

    fn tenth(&self) -> usize {
        usize::try_from(self.draw("interest").below(10)).unwrap_or(0)
    }

    /// `P25.a`: some cancel their referral, within its first day.
    fn referred(&self) -> Option<(DateTime<Utc>, Act)> {
        self.draw("cancel").percent(12).then(|| (self.soon_after(self.at), Act::Cancel))
    }

    /// `P6.a`: an officer decides, most often in time.
    fn to_verify(&self, due_at: DateTime<Utc>) -> Option<(DateTime<Utc>, Act)> {
        let ground = match self.draw("decision").below(100) {
            0..94 => None,
            94..98 => Some(1),
            _ => Some(2),
        };
        let late = TimeDelta::minutes(i64::try_from(90 + self.draw("late").below(1_800)).unwrap_or(90));
        let in_time = self.soon_after(self.at).min(due_at - TimeDelta::minutes(5));
        let when =
            if self.draw("overdue").percent(12) || in_time <= next_look(self.at) { due_at + late } else { in_time };
        Some((when, Act::Decide { ground }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::city::{Blueprint, TOWN};

    fn city() -> City {
        let from = "2026-01-12T05:00:00Z".parse().expect("an instant");
        City::build(Blueprint { seed: 1, town: TOWN.to_owned(), families: 400, from, years: 2, towns: 1 })
    }

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().expect("an instant")
    }

    #[test]
    fn the_next_look_is_always_later() {
        for (from, to) in [
            ("2026-01-12T02:59:59.999Z", "2026-01-12T03:00:00Z"),
            ("2026-01-12T03:00:00Z", "2026-01-12T07:00:00Z"),
            ("2026-01-12T16:00:00Z", "2026-01-13T03:00:00Z"),
            ("2026-01-12T19:30:00Z", "2026-01-13T03:00:00Z"),
        ] {
            assert_eq!(next_look(at(from)), at(to), "{from}");
        }
    }

    #[test]
    fn the_plan_has_an_order_and_names_of_its_own() {
        let steps = planned(&city(), Kind::Whole);
        for pair in steps.windows(2) {
            assert!(pair[0].key() < pair[1].key());
        }
        let names: std::collections::BTreeSet<_> = steps.iter().map(|step| &step.name).collect();
        assert_eq!(names.len(), steps.len());
        assert!(planned(&city(), Kind::Queues).iter().all(|step| step.act == Act::Apply));
    }

    #[test]
    fn p15_b_reactions_come_after_the_next_look_and_within_the_term() {
        let city = city();
        let offer = kezek_rules::ids::OfferId::from_bytes([7; 12]);
        let (told, answer_by) = (at("2026-03-02T15:30:00Z"), at("2026-03-04T19:00:00Z"));
        let fact = Fact::Offered {
            organisation: city.places[0].bin.parse().expect("a BIN"),
            offer,
            seat: kezek_rules::ids::SeatId::from_bytes([1; 16]),
            lane: kezek_rules::queue::Lane::General,
            answer_by,
            ground: None,
            temporary_until: None,
        };
        let all: Vec<_> = (0..400).map(|n| reaction(&city, Kind::Whole, n, 3, told, &fact)).collect();
        assert_eq!(all[5], reaction(&city, Kind::Whole, 5, 3, told, &fact), "the same again");
        let silent = all.iter().filter(|step| step.is_none()).count();
        assert!((40..=130).contains(&silent), "{silent}");
        for step in all.into_iter().flatten() {
            assert!(step.at > next_look(told) && step.at < answer_by, "{step:?}");
        }
    }
}
