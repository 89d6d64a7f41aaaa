//! Each condition of a write refuses it once another has come first. The table of them (`shared/store/CONDITIONS.md`) names for each a
//! story that meets it; here someone else writes right before, and the write must be refused; with the condition taken away it must not,
//! or the condition would hold nothing. A condition that a story meets and the table doesn't have fails that story. Never here: what a
//! condition is for.

mod between;
#[cfg(test)]
mod missed;

use std::collections::BTreeMap;
use std::io::Write as _;
use std::sync::LazyLock;

pub use between::{Conditions, DONE, FORESTALLED, LOOSENED, MET, REFUSED};

use crate::repository::root;

/// The table of the conditions.
const TABLE: &str = "shared/store/CONDITIONS.md";

/// The table: each condition as [`Conditions`] names it, with the story that meets it.
static KNOWN: LazyLock<BTreeMap<String, String>> = LazyLock::new(|| {
    let text = std::fs::read_to_string(root().join(TABLE)).expect("the table of the conditions");
    let rows = text.lines().filter(|line| line.starts_with("| `"));
    let row = |line: &str| {
        let quoted: Vec<&str> = line.split('`').skip(1).step_by(2).collect();
        let (write, condition, test) = (quoted.first()?, quoted.get(1)?, quoted.last()?);
        Some((format!("{write} if {condition}"), (*test).to_owned()))
    };
    rows.map(|line| row(line).unwrap_or_else(|| panic!("{TABLE}: {line}"))).collect()
});

#[expect(clippy::disallowed_methods, reason = "what a run of the tests is asked for, not a setting of the system")]
fn asked(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

impl Conditions {
    /// As this run of the tests asks.
    #[must_use]
    pub fn as_asked() -> Self {
        Self::new(asked(LOOSENED), asked(FORESTALLED))
    }

    /// Whether every condition that was met stands in the table, and where it is asked for, that this test met it.
    ///
    /// # Panics
    /// One doesn't.
    pub fn check(&self) {
        let seen = self.seen();
        if let Some(path) = asked(MET) {
            let test = std::thread::current().name().unwrap_or_default().to_owned();
            let lines: String = seen.iter().map(|name| format!("{name}\t{test}\n")).collect();
            let file = std::fs::OpenOptions::new().create(true).append(true).open(&path);
            file.and_then(|mut file| file.write_all(lines.as_bytes()))
                .unwrap_or_else(|error| panic!("{path}: {error}"));
            return;
        }
        let unknown: Vec<&String> = seen.iter().filter(|name| !KNOWN.contains_key(*name)).collect();
        assert!(unknown.is_empty(), "{TABLE} lacks, with a story that meets it:\n{unknown:#?}");
    }
}
