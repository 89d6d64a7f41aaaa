//! Secrets with versions, as a setting holds them: `{"current":2,"keys":{"1":"…","2":"…"}}`. What is new is made with the current one;
//! the others are still known. No error shows a part of a secret.

use std::collections::BTreeMap;

use serde::Deserialize;
use thiserror::Error;

/// How many versions there may be at once: each costs a lookup and a condition.
pub const VERSIONS_MAX: usize = 4;

/// A secret has at least this many characters.
const SECRET_MIN: usize = 32;

/// Why a text holds no secrets with versions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum VersionsError {
    /// It isn't JSON of the form.
    #[error("it isn't JSON like {{\"current\":2,\"keys\":{{\"1\":\"…\",\"2\":\"…\"}}}}")]
    Form,
    /// The current version isn't among the keys.
    #[error("there is no key of the current version {0}")]
    NoCurrent(u32),
    /// A secret can be guessed.
    #[error("the key of version {0} is shorter than {SECRET_MIN} characters")]
    Short(u32),
    /// There are too many.
    #[error("there are more than {VERSIONS_MAX} versions: take away those that nothing stored was made with")]
    TooMany,
    /// A version isn't one of its own.
    #[error("the keys of two versions are the same")]
    Same,
}

/// Secrets with versions.
#[derive(Clone, PartialEq, Eq)]
pub struct Versions {
    /// The version that is used for what is new, and its secret.
    pub current: (u32, String),
    /// The others, the highest version first.
    pub others: Vec<(u32, String)>,
}

impl std::fmt::Debug for Versions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let others: Vec<u32> = self.others.iter().map(|(version, _)| *version).collect();
        write!(f, "Versions({}, then {others:?})", self.current.0)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Form {
    current: u32,
    keys: BTreeMap<u32, String>,
}

impl Versions {
    /// Reads them.
    ///
    /// # Errors
    /// The text doesn't hold them.
    pub fn parse(text: &str) -> Result<Self, VersionsError> {
        let Form { current, mut keys } = serde_json::from_str(text).map_err(|_| VersionsError::Form)?;
        if keys.len() > VERSIONS_MAX {
            return Err(VersionsError::TooMany);
        }
        if let Some((version, _)) = keys.iter().find(|(_, secret)| secret.chars().count() < SECRET_MIN) {
            return Err(VersionsError::Short(*version));
        }
        let mut secrets: Vec<&String> = keys.values().collect();
        secrets.sort_unstable();
        secrets.dedup();
        if secrets.len() < keys.len() {
            return Err(VersionsError::Same);
        }
        let secret = keys.remove(&current).ok_or(VersionsError::NoCurrent(current))?;
        Ok(Self { current: (current, secret), others: keys.into_iter().rev().collect() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &str = "one-one-one-one-one-one-one-one-one";
    const TWO: &str = "two-two-two-two-two-two-two-two-two";

    fn check(text: &str, expected: Result<(u32, &[u32]), VersionsError>) {
        let found = Versions::parse(text);
        let found = found.map(|found| (found.current.0, found.others.iter().map(|(n, _)| *n).collect::<Vec<_>>()));
        assert_eq!(found, expected.map(|(current, others)| (current, others.to_vec())), "{text}");
    }

    #[test]
    fn secrets_have_versions_and_one_is_current() {
        check(&format!(r#"{{"current":1,"keys":{{"1":"{ONE}"}}}}"#), Ok((1, &[])));
        check(&format!(r#"{{"current":1,"keys":{{"1":"{ONE}","2":"{TWO}"}}}}"#), Ok((1, &[2])));
        check(&format!(r#"{{"current":2,"keys":{{"1":"{ONE}","2":"{TWO}"}}}}"#), Ok((2, &[1])));
        check(&format!(r#"{{"current":3,"keys":{{"1":"{ONE}"}}}}"#), Err(VersionsError::NoCurrent(3)));
        check(&format!(r#"{{"current":1,"keys":{{"1":"{ONE}","2":"{ONE}"}}}}"#), Err(VersionsError::Same));
        check(r#"{"current":1,"keys":{"1":"short"}}"#, Err(VersionsError::Short(1)));
        for form in ["", ONE, "{}", r#"{"current":"a","keys":{}}"#, r#"{"current":1,"keys":{},"other":1}"#] {
            check(form, Err(VersionsError::Form));
        }
        let many: Vec<String> = (1..=5).map(|n| format!(r#""{n}":"{ONE}{n}""#)).collect();
        check(&format!(r#"{{"current":1,"keys":{{{}}}}}"#, many.join(",")), Err(VersionsError::TooMany));
    }

    #[test]
    fn neither_errors_nor_debug_show_a_secret() {
        let short = Versions::parse(r#"{"current":1,"keys":{"1":"a-secret"}}"#).expect_err("short");
        assert!(!format!("{short} {short:?}").contains("a-secret"));
        let versions = Versions::parse(&format!(r#"{{"current":1,"keys":{{"1":"{ONE}"}}}}"#)).expect("versions");
        assert!(!format!("{versions:?}").contains(ONE));
    }
}
