//! What is right where something is wrong, if it can be derived from what is there: never a guess, never a change of what was decided.
//! How it is written is in `repair`.

use crate::ids::Id;
use crate::model::Family;
use crate::time::Ms;
use crate::tree::Built;

/// A mend.
#[derive(Debug, Clone, PartialEq)]
pub enum Mend {
    /// An item stands in the agenda at another place than its clock says: there it has to stand, or nowhere.
    Agenda {
        /// Its partition.
        pk: String,
        /// Its sort key.
        sk: String,
        /// Where it has to stand.
        to: To,
        /// The version that it must still have, if it has one.
        version: Option<i64>,
    },
    /// A row is missing.
    Row {
        /// Its partition.
        pk: String,
        /// Its sort key.
        sk: String,
        /// Its other attributes: texts, and numbers.
        attributes: Vec<(&'static str, Attribute)>,
        /// What it was derived from.
        guard: Option<Guard>,
    },
    /// A row stands for nothing.
    Stale {
        /// Its partition.
        pk: String,
        /// Its sort key.
        sk: String,
        /// What that was derived from.
        guard: Option<Guard>,
    },
    /// A queue's counters and tree, counted again from the entries that wait.
    Queue {
        /// Its partition.
        pk: String,
        /// Its sort key.
        sk: String,
        /// The partition of its pages.
        pages: String,
        /// The version that it must still have.
        version: u64,
        /// The fold counter that it must still have.
        fold: i64,
        /// Who waits, by lane.
        totals: [u64; 3],
        /// The tree.
        tree: Built,
    },
    /// An event of the history that wasn't made known.
    Republish {
        /// Its partition.
        pk: String,
        /// Its sort key.
        sk: String,
    },
    /// An organisation with an open vacancy that a child waits for: allocation is to be woken.
    Wake {
        /// The organisation.
        bin: String,
    },
    /// A child's lock that no application holds any more.
    Unlock {
        /// The child's hash.
        child: Id,
        /// The kind of stream.
        kind: String,
        /// The application that held it last.
        app: Id,
        /// What that was derived from.
        guard: Guard,
    },
}

/// What must still be so when a mend is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Guard {
    /// An item has this version.
    Version {
        /// Its partition.
        pk: String,
        /// Its sort key.
        sk: String,
        /// The version.
        version: i64,
    },
    /// An item isn't there.
    Absent {
        /// Its partition.
        pk: String,
        /// Its sort key.
        sk: String,
    },
}

/// An attribute of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Attribute {
    /// Text.
    Text(String),
    /// A number.
    Number(i64),
    /// Yes or no.
    Flag(bool),
}

/// Where in the agenda.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum To {
    /// Nowhere.
    Nowhere,
    /// Among what is due.
    Due(Family, Ms),
    /// Among the open seats.
    Open,
}
