//! The policies of a base (`K5`), as far as an invariant rests on them: read from their JSON, each value with the default that the
//! rules list first. Which of them was in force where and when.

use chrono::{NaiveDate, NaiveTime};
use serde_json::Value as Json;

use crate::time::{self, Ms};

/// For how long a function may go on with the policies it has read: a version published within this time may or may not count.
const SPREAD: Ms = 2 * 60 * 1000;

/// A version of a policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// Its name, such as `order-133@1`.
    pub name: String,
    id: String,
    version: i64,
    from: NaiveDate,
    until: Option<NaiveDate>,
    territory: Vec<String>,
    /// `n` of **D-interleave**.
    pub general: u8,
    /// Whether general leads in a new queue.
    pub general_leads: bool,
    /// **D-simultaneous** `one`.
    pub one_offer: bool,
    /// **D-siblings** `bundle`.
    pub bundles: bool,
    /// **D-sibling-scope** `general-lane`.
    pub bundles_general: bool,
    /// **D-territory** `organisation`.
    pub by_organisation: bool,
    /// Hours until an offer is sent again.
    pub reminder_hours: i64,
    /// The age limit, in years.
    pub age_limit: i32,
    /// **D-age-out** `year-end`.
    pub year_end: bool,
    /// Months from one yearly question to the next.
    pub interest_months: u32,
    /// Months to answer each.
    pub answer_months: u32,
    /// When it is asked.
    pub interest_time: NaiveTime,
}

impl Policy {
    /// A version as it is stored; none if it has no name or validity.
    #[must_use]
    pub fn read(json: &Json) -> Option<Self> {
        let (id, version) = (json["id"].as_str()?.to_owned(), json["version"].as_i64()?);
        let date = |value: &Json| value.as_str().and_then(|text| text.parse().ok());
        let policy = &json["policy"];
        let is = |field: &str, value: &str| policy[field] == value;
        let number = |field: &str, default: i64| policy[field].as_i64().unwrap_or(default);
        let territory = json["territory"].as_array().into_iter().flatten();
        let small = |value: i64| u32::try_from(value).unwrap_or(1);
        Some(Self {
            name: format!("{id}@{version}"),
            from: date(&json["from"])?,
            until: date(&json["until"]),
            territory: territory.filter_map(|code| code.as_str().map(str::to_owned)).collect(),
            general: u8::try_from(policy["interleave"]["general"].as_u64().unwrap_or(3)).unwrap_or(u8::MAX).max(1),
            general_leads: policy["interleave"]["leading"] == "general",
            one_offer: is("simultaneous", "one"),
            bundles: !is("siblings", "off"),
            bundles_general: is("siblingScope", "general-lane"),
            by_organisation: !is("territory", "applicant"),
            reminder_hours: number("reminderHours", 24),
            age_limit: i32::try_from(number("ageLimitYears", 6)).unwrap_or(6),
            year_end: is("ageOut", "year-end"),
            interest_months: small(number("interestMonths", 12)),
            answer_months: small(number("confirmationAnswerMonths", 1)),
            interest_time: policy["interestTime"]
                .as_str()
                .and_then(|text| text.parse().ok())
                .or_else(|| NaiveTime::from_hms_opt(9, 0, 0))
                .unwrap_or_default(),
            id,
            version,
        })
    }

    fn built_in() -> Self {
        let json = serde_json::json!({"id": "order-133", "version": 1, "from": "1900-01-01"});
        Self::read(&json).unwrap_or_else(|| unreachable!("the built-in policy has a name and a validity"))
    }

    /// How closely its territory names a place; none if it is elsewhere.
    fn closeness(&self, kato: &str) -> Option<usize> {
        if self.territory.is_empty() {
            return Some(0);
        }
        self.territory.iter().filter(|code| kato.starts_with(code.as_str())).map(String::len).max()
    }

    /// The instants of the `k`-th yearly question (`P15.a`): asked, asked again, archived.
    #[must_use]
    pub fn interest(&self, submitted: Ms, k: u32) -> [Ms; 3] {
        let again = self.interest_months.saturating_mul(k);
        let months = [again.saturating_sub(self.answer_months), again, again.saturating_add(self.answer_months)];
        months.map(|months| time::months_after(submitted, months, self.interest_time))
    }

    /// The instant from which a child is too old (`P11.b`).
    #[must_use]
    pub fn too_old(&self, born: NaiveDate) -> Ms {
        time::too_old(born, self.age_limit, self.year_end)
    }
}

/// All policies of a base, with the instants at which they were published.
#[derive(Debug)]
pub struct Policies {
    all: Vec<(Policy, Option<Ms>)>,
    built_in: Policy,
}

impl Default for Policies {
    fn default() -> Self {
        Self { all: Vec::new(), built_in: Policy::built_in() }
    }
}

impl Policies {
    /// Adds a version.
    pub fn add(&mut self, policy: Policy) {
        self.all.push((policy, None));
    }

    /// Notes when a version was published.
    pub fn published(&mut self, name: &str, at: Ms) {
        if let Some((_, published)) = self.all.iter_mut().find(|(policy, _)| policy.name == name) {
            *published = Some(at);
        }
    }

    /// The version of a name.
    #[must_use]
    pub fn named(&self, name: &str) -> Option<&Policy> {
        let mut all = self.all.iter().map(|(policy, _)| policy).chain([&self.built_in]);
        all.find(|policy| policy.name == name)
    }

    /// What may have been in force for a settlement at an instant: one version, or two while a new one spread.
    #[must_use]
    pub fn in_force(&self, kato: &str, at: Ms) -> Vec<&Policy> {
        let mut found =
            vec![self.as_of(kato, at, at - SPREAD), self.as_of(kato, at, at), self.as_of(kato, at, at + SPREAD)];
        found.dedup();
        found
    }

    /// The same, each with the fewest general entries to a first-priority one that were in force at some moment since an instant
    /// (`P10.d`), by what was published until then: a version may be published for days that have begun.
    #[must_use]
    pub fn in_force_since(&self, kato: &str, since: Option<Ms>, at: Ms) -> Vec<(&Policy, u8)> {
        let bounds = self.all.iter().flat_map(|(policy, _)| [Some(policy.from), policy.until]).flatten();
        let within = bounds.map(time::start).filter(|day| since.is_some_and(|since| since < *day && *day <= at));
        let moments: Vec<Ms> = since.into_iter().chain(within).collect();
        let fewest = |published: Ms| {
            let now = self.as_of(kato, at, published);
            let before = moments.iter().map(|moment| self.as_of(kato, *moment, published).general).min();
            (now, before.map_or(now.general, |before| before.min(now.general)))
        };
        let mut found = vec![fewest(at - SPREAD), fewest(at), fewest(at + SPREAD)];
        found.dedup();
        found
    }

    fn as_of(&self, kato: &str, at: Ms, published: Ms) -> &Policy {
        let day = time::day(at);
        let covers = |policy: &Policy| policy.from <= day && policy.until.is_none_or(|until| day < until);
        let known = self.all.iter().filter(|(_, at)| at.is_none_or(|at| at <= published)).map(|(policy, _)| policy);
        let near: Vec<_> = known
            .filter(|policy| covers(policy))
            .filter_map(|policy| Some((policy.closeness(kato)?, policy)))
            .collect();
        let closest = near.iter().map(|(closeness, _)| *closeness).max();
        let near: Vec<&Policy> =
            near.into_iter().filter(|(closeness, _)| Some(*closeness) == closest).map(|(_, policy)| policy).collect();
        let newest =
            |policy: &&&Policy| !near.iter().any(|other| other.id == policy.id && other.version > policy.version);
        let last = near.iter().filter(newest).max_by_key(|policy| (policy.from, policy.version, policy.id.clone()));
        last.copied().unwrap_or(&self.built_in)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn k5_the_closest_territory_and_the_newest_version_count_once_published() {
        let mut policies = Policies::default();
        let mut add = |id: &str, version: i64, territory: &[&str], general: u8, published: Ms| {
            let json = json!({"id": id, "version": version, "from": "2026-01-01", "territory": territory,
                "policy": {"interleave": {"general": general, "leading": "general"}}});
            policies.add(Policy::read(&json).expect("a policy"));
            policies.published(&format!("{id}@{version}"), published);
        };
        let base = time::instant("2026-01-12T05:00:00Z").expect("an instant");
        add("country", 2, &[], 4, base);
        add("city", 1, &["75"], 5, base);
        add("city", 2, &["75"], 6, base + DAY_LATER);
        const DAY_LATER: Ms = time::DAY;
        let check = |kato: &str, at: Ms, expected: &[u8]| {
            let found: Vec<u8> = policies.in_force(kato, at).iter().map(|policy| policy.general).collect();
            assert_eq!(found, expected, "{kato} {at}");
        };
        check("750000000", base - DAY_LATER, &[3]);
        check("750000000", base, &[3, 5]);
        check("750000000", base + DAY_LATER / 2, &[5]);
        check("710000000", base + DAY_LATER / 2, &[4]);
        check("750000000", base + 2 * DAY_LATER, &[6]);
        assert_eq!(policies.named("order-133@1").map(|policy| policy.general_leads), Some(false));
    }
}
