//! Versions of policies (`K5`): their names, validity and territory, and the choice of the one in force.
//! What the values mean stands in `policy`.

use std::cmp::Ordering;
use std::fmt;
use std::ops::Deref;
use std::str::FromStr;
use std::sync::{Arc, LazyLock};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::{Policy, PolicyError};
use crate::queue::Instant;
use crate::terms::{local_date, start_of_day};

/// A policy's id, such as `order-133`: shared, for it is copied with each clock and decision.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub struct PolicyId(Arc<str>);

impl Deref for PolicyId {
    type Target = str;
    fn deref(&self) -> &str {
        &self.0
    }
}

impl From<&str> for PolicyId {
    fn from(text: &str) -> Self {
        Self(text.into())
    }
}

impl From<String> for PolicyId {
    fn from(text: String) -> Self {
        Self(text.into())
    }
}

impl From<PolicyId> for String {
    fn from(value: PolicyId) -> String {
        value.0.as_ref().to_owned()
    }
}

impl fmt::Display for PolicyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self)
    }
}

/// Which policy a deadline or a decision was made under (`K5`), written `order-133@1`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PolicyRef {
    /// The policy's id.
    pub id: PolicyId,
    /// Its version, from 1.
    pub version: u32,
}

/// The text names no policy version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a policy version is `<id>@<version>`: 1 to 40 lower-case letters, digits or hyphens, and a number from 1")]
pub struct PolicyRefError;

impl PolicyRef {
    fn checked(self) -> Result<Self, PolicyRefError> {
        let letters = self.id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        if letters && (1..=40).contains(&self.id.len()) && self.version > 0 { Ok(self) } else { Err(PolicyRefError) }
    }
}

impl fmt::Display for PolicyRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.id)?;
        f.write_str("@")?;
        self.version.fmt(f)
    }
}

impl FromStr for PolicyRef {
    type Err = PolicyRefError;
    fn from_str(text: &str) -> Result<Self, PolicyRefError> {
        let (id, number) = text.split_once('@').ok_or(PolicyRefError)?;
        // One spelling each: `+1` and `01` would parse, but records are compared as text.
        let version =
            number.parse().ok().filter(|version: &u32| version.to_string() == number).ok_or(PolicyRefError)?;
        Self { id: id.into(), version }.checked()
    }
}

impl TryFrom<String> for PolicyRef {
    type Error = PolicyRefError;
    fn try_from(text: String) -> Result<Self, PolicyRefError> {
        text.parse()
    }
}

impl From<&PolicyRef> for String {
    fn from(value: &PolicyRef) -> String {
        [&value.id, "@", &value.version.to_string()].concat()
    }
}

impl From<PolicyRef> for String {
    fn from(value: PolicyRef) -> String {
        Self::from(&value)
    }
}

/// One published version of a policy (`K5`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PolicyVersion {
    /// The policy's id.
    pub id: PolicyId,
    /// Its version, from 1.
    pub version: u32,
    /// The first day it is in force, in Asia/Almaty: inclusive.
    pub from: NaiveDate,
    /// The first day it no longer is: exclusive. Open without it.
    #[serde(default)]
    pub until: Option<NaiveDate>,
    /// Beginnings of KATO codes it applies to; empty for the whole country.
    #[serde(default)]
    pub territory: Vec<String>,
    /// The values.
    #[serde(default)]
    pub policy: Policy,
}

/// The defaults: `order-133@1`, everywhere and always.
static BUILT_IN: LazyLock<PolicyVersion> = LazyLock::new(|| PolicyVersion {
    id: "order-133".into(),
    version: 1,
    from: NaiveDate::from_yo_opt(1900, 1).unwrap_or(NaiveDate::MIN),
    until: None,
    territory: Vec::new(),
    policy: Policy::default(),
});

impl PolicyVersion {
    /// The built-in defaults: `order-133@1`, everywhere and always.
    #[must_use]
    pub fn built_in() -> &'static Self {
        &BUILT_IN
    }

    /// How deadlines and decisions name this version.
    #[must_use]
    pub fn reference(&self) -> PolicyRef {
        PolicyRef { id: self.id.clone(), version: self.version }
    }

    /// Checks the version, naming everything that is wrong with it.
    ///
    /// # Errors
    /// All faults found.
    pub fn validate(&self) -> Result<(), Vec<PolicyError>> {
        let mut faults = self.policy.faults();
        match self.reference().checked() {
            Err(fault) => faults.push(fault.into()),
            Ok(name) if name == BUILT_IN.reference() && *self != *BUILT_IN => faults.push(PolicyError::BuiltIn(name)),
            Ok(_) => {}
        }
        if self.until.is_some_and(|until| until <= self.from) {
            faults.push(PolicyError::Validity);
        }
        let kato = |code: &&String| (1..=9).contains(&code.len()) && code.bytes().all(|b| b.is_ascii_digit());
        faults.extend(self.territory.iter().filter(|code| !kato(code)).cloned().map(PolicyError::Territory));
        if faults.is_empty() { Ok(()) } else { Err(faults) }
    }

    fn covers(&self, day: NaiveDate) -> bool {
        self.from <= day && self.until.is_none_or(|until| day < until)
    }

    /// How closely the territory names the settlement: digits of its code; 0 for the whole country, none if elsewhere.
    fn closeness(&self, settlement: &[u8]) -> Option<usize> {
        if self.territory.is_empty() {
            return Some(0);
        }
        self.territory.iter().filter(|code| settlement.starts_with(code.as_bytes())).map(String::len).max()
    }
}

/// All published policy versions.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Policies(pub Vec<PolicyVersion>);

impl Policies {
    /// The version in force for a settlement (KATO code) at an instant (`K5`): the closest territory wins; then within
    /// one id the highest version, and between ids the one that came into force last. Without any, the built-in one.
    #[must_use]
    pub fn in_force(&self, settlement: impl AsRef<[u8]>, at: Instant) -> &PolicyVersion {
        if self.0.is_empty() {
            return PolicyVersion::built_in();
        }
        let day = local_date(at);
        let covering = || {
            let covering = self.0.iter().filter(|version| version.covers(day));
            covering.filter_map(|version| Some((version.closeness(settlement.as_ref())?, version)))
        };
        // Where one stands alone, as nearly everywhere, the rest is not asked.
        let (mut closest, mut alone) = (None, None);
        for (closeness, version) in covering() {
            match Some(closeness).cmp(&closest) {
                Ordering::Greater => (closest, alone) = (Some(closeness), Some(version)),
                Ordering::Equal => alone = None,
                Ordering::Less => {}
            }
        }
        if let Some(alone) = alone {
            return alone;
        }
        let candidates = || covering().filter(|(closeness, _)| Some(*closeness) == closest).map(|(_, version)| version);
        let superseded = |old: &PolicyVersion| candidates().any(|new| new.id == old.id && new.version > old.version);
        candidates()
            .filter(|version| !superseded(version))
            .max_by_key(|version| (version.from, version.version, &version.id))
            .unwrap_or(PolicyVersion::built_in())
    }

    /// The fewest general entries to one first-priority entry that any policy in force for a settlement allowed since an instant and
    /// before the version that is in force now: what that version caps the phase of a queue at beside its own (`P10.d`: each change of
    /// the policy caps it). None if no version began or ended since. The first instant counts too: a version may have been published
    /// after it for the same day.
    #[must_use]
    pub fn fewest_general(&self, settlement: impl AsRef<[u8]>, since: Instant, now: Instant) -> Option<u8> {
        if self.0.is_empty() {
            return None;
        }
        let (first, last) = (local_date(since), local_date(now));
        let days = || self.0.iter().flat_map(|version| [Some(version.from), version.until]).flatten();
        if !days().any(|day| first <= day && day <= last) {
            return None;
        }
        let general = |at| self.in_force(&settlement, at).policy.interleave.general;
        let within = days().filter(|day| first < *day && *day <= last).map(start_of_day);
        Some(within.map(general).fold(general(since.min(now)), u8::min))
    }

    /// The version that a record names, also when it is no longer in force (`K5`: a clock keeps its version).
    #[must_use]
    pub fn get<'a>(&'a self, reference: &PolicyRef) -> Option<&'a PolicyVersion> {
        let named = |version: &&PolicyVersion| version.id == reference.id && version.version == reference.version;
        self.0.iter().find(named).or(Some(PolicyVersion::built_in()).filter(named))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `order-133@2 2024-06-01..2025-01-01 75,71`: name, validity, territory.
    fn version(text: &str) -> PolicyVersion {
        let mut parts = text.split(' ');
        let name: PolicyRef = parts.next().and_then(|part| part.parse().ok()).expect("a name");
        let (from, until) = parts.next().and_then(|part| part.split_once("..")).expect("a validity");
        PolicyVersion {
            id: name.id,
            version: name.version,
            from: from.parse().expect("a date"),
            until: until.parse().ok(),
            territory: parts.next().map(|codes| codes.split(',').map(str::to_owned).collect()).unwrap_or_default(),
            policy: Policy::default(),
        }
    }

    fn check(published: &[&str], settlement: &str, at: &str, expected: &str) {
        let policies = Policies(published.iter().map(|text| version(text)).collect());
        let backwards = Policies(published.iter().rev().map(|text| version(text)).collect());
        let at = at.parse().expect("an instant");
        assert_eq!(policies.in_force(settlement, at).reference().to_string(), expected, "{published:?}");
        assert_eq!(
            backwards.in_force(settlement, at).reference().to_string(),
            expected,
            "the order of files decides nothing"
        );
    }

    #[test]
    fn p10_d_every_policy_that_was_in_force_caps_the_phase() {
        let general = |text: &str, general: u8| {
            let mut version = version(text);
            version.policy.interleave.general = general;
            version
        };
        let policies = Policies(vec![
            general("order-133@2 2025-03-01..2025-05-01", 1),
            general("city@1 2025-06-01..2025-06-02 75", 2),
            general("order-133@3 2025-08-01..", 5),
        ]);
        let check = |settlement: &str, after: &str, until: &str, expected: u8| {
            let instant = |day: &str| format!("{day}T07:00:00Z").parse().expect("an instant");
            let (after, until) = (instant(after), instant(until));
            let last = policies.in_force(settlement, until).policy.interleave.general;
            let found = policies.fewest_general(settlement, after, until).map_or(last, |fewest| fewest.min(last));
            assert_eq!(found, expected, "{settlement}, {after} to {until}");
        };
        check("750000000", "2025-02-01", "2025-02-28", 3);
        check("750000000", "2025-02-01", "2025-03-01", 1);
        check("750000000", "2025-02-01", "2025-05-10", 1); // a fall and a rise between two changes of a queue
        check("750000000", "2025-03-02", "2025-04-01", 1);
        check("750000000", "2025-05-02", "2025-07-01", 2);
        check("710000000", "2025-05-02", "2025-07-01", 3);
        check("750000000", "2025-06-02", "2025-09-01", 3); // what was kept is within the policy of its own time
        check("750000000", "2025-08-02", "2025-09-01", 5);
    }

    #[test]
    fn k5_without_a_version_the_built_in_one() {
        check(&[], "750000000", "2025-06-01T00:00:00Z", "order-133@1");
        check(&["pilot@1 2025-01-01.. 71"], "750000000", "2025-06-01T00:00:00Z", "order-133@1");
        check(&["order-133@2 2026-01-01.."], "750000000", "1900-01-01T00:00:00Z", "order-133@1");
        check(&[], "", "2200-01-01T00:00:00Z", "order-133@1");
    }

    /// Local days: from inclusive, until exclusive.
    #[test]
    fn k5_validity() {
        let published = ["order-133@2 2025-01-01..2025-02-01"];
        check(&published, "75", "2024-12-31T18:59:59.999Z", "order-133@1");
        check(&published, "75", "2024-12-31T19:00:00Z", "order-133@2");
        check(&published, "75", "2025-01-31T18:59:59.999Z", "order-133@2");
        check(&published, "75", "2025-01-31T19:00:00Z", "order-133@1");
    }

    #[test]
    fn k5_the_closest_territory_wins() {
        let published = ["order-133@9 2025-01-01..", "pilot@1 2024-01-01.. 75,71", "district@1 2024-01-01.. 7511"];
        check(&published, "751110000", "2025-06-01T00:00:00Z", "district@1");
        check(&published, "751210000", "2025-06-01T00:00:00Z", "pilot@1");
        check(&published, "710000000", "2025-06-01T00:00:00Z", "pilot@1");
        check(&published, "110000000", "2025-06-01T00:00:00Z", "order-133@9");
    }

    #[test]
    fn k5_the_highest_version_of_an_id_and_the_latest_id() {
        check(&["order-133@2 2025-01-01..", "order-133@3 2024-06-01.."], "75", "2025-06-01T00:00:00Z", "order-133@3");
        check(&["order-133@7 2024-06-01..", "order-200@1 2025-01-01.."], "75", "2025-06-01T00:00:00Z", "order-200@1");
        check(&["order-133@7 2024-06-01..", "order-200@1 2025-01-01.."], "75", "2024-07-01T00:00:00Z", "order-133@7");
        check(&["a@1 2025-01-01..", "b@1 2025-01-01.."], "75", "2025-06-01T00:00:00Z", "b@1");
    }

    /// A clock keeps its version: a record's name still finds a version that is over.
    #[test]
    fn k5_a_record_finds_its_version() {
        let policies = Policies(vec![version("order-133@2 2025-01-01..2025-02-01")]);
        let found =
            |name: &str| policies.get(&name.parse().expect("a name")).map(|version| version.reference().to_string());
        assert_eq!(found("order-133@2").as_deref(), Some("order-133@2"));
        assert_eq!(found("order-133@1").as_deref(), Some("order-133@1"));
        assert_eq!(found("order-133@3"), None);
    }

    #[test]
    fn k5_names_have_one_spelling() {
        let parse = |text: &str| text.parse::<PolicyRef>().map(|name| name.to_string());
        assert_eq!(parse("order-133@1").as_deref(), Ok("order-133@1"));
        for wrong in
            ["order-133", "order-133@0", "order-133@01", "order-133@+1", "@1", "Order@1", "a@b@1", "a@4294967296"]
        {
            assert_eq!(parse(wrong), Err(PolicyRefError), "{wrong}");
        }
    }

    fn check_faults(change: impl FnOnce(&mut PolicyVersion), expected: &[&str]) {
        let mut changed = version("order-133@2 2025-01-01..2026-01-01 75");
        change(&mut changed);
        let faults: Vec<String> =
            changed.validate().err().unwrap_or_default().iter().map(ToString::to_string).collect();
        assert_eq!(faults, expected);
    }

    #[test]
    fn k5_a_version_is_checked_and_all_its_faults_are_named() {
        check_faults(|_| {}, &[]);
        check_faults(
            |version| {
                version.policy.cancel_hours = 10_000;
                version.until = Some(version.from);
                version.territory = vec!["75x".to_owned(), String::new()];
            },
            &[
                "`cancelHours` must be between 0 and 1440",
                "`until` must stand after `from`",
                "`75x` is not a KATO code or its beginning: 1 to 9 digits",
                "`` is not a KATO code or its beginning: 1 to 9 digits",
            ],
        );
        check_faults(|version| version.id = "".into(), &[&PolicyRefError.to_string()]);
        check_faults(
            |version| version.version = 1,
            &["order-133@1 is built in and can't be changed: publish the next version"],
        );
        assert_eq!(PolicyVersion::built_in().validate(), Ok(()));
    }

    #[test]
    fn k5_a_version_survives_json() {
        let built_in = PolicyVersion::built_in();
        let json = serde_json::to_string(built_in).expect("json");
        assert_eq!(serde_json::from_str::<PolicyVersion>(&json).expect("a version"), *built_in);
        let named = serde_json::from_str::<PolicyVersion>(r#"{"id":"pilot","version":1,"from":"2025-01-01"}"#)
            .expect("a version");
        assert_eq!((named.until, named.territory.len(), named.policy), (None, 0, Policy::default()));
    }
}
