//! Placeholder.

pub mod texts;
