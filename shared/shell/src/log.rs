//! Logging: structured JSON lines. What is logged names things by their ids; personal data never comes here.

use tracing_subscriber::EnvFilter;

/// Starts logging as JSON, at the level of `RUST_LOG` (default `info`).
pub fn init() {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    // A second start, as in tests, changes nothing.
    let _ = tracing_subscriber::fmt().json().with_env_filter(filter).with_target(false).without_time().try_init();
}
