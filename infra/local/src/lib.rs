//! Placeholder.
pub mod aws;
