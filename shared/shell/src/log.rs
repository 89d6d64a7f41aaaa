//! Logging: structured JSON lines on stdout, each with the span it belongs to – the function, the invocation, the correlation id. What
//! is logged names things by their ids; personal data never comes here, nor does what a library says about the data it carries.

use std::io;
use std::panic::PanicHookInfo;

use tracing::Subscriber;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use crate::settings;

/// Our own code. Others are heard from a warning on and no sooner: the SDK and the runtime tell whole requests when they are asked
/// for more, and those hold names and numbers.
const OURS: [&str; 13] = [
    "kezek_rules",
    "kezek_store",
    "kezek_shell",
    "application_intake",
    "document_verification",
    "vacancy_ingestion",
    "allocation",
    "enrolment",
    "expiry_sweep",
    "queue_view",
    "registry",
    "complaint_handling",
    "event_publisher",
];

/// Starts logging, and lets a panic be logged by its place alone: what it says may quote what was being handled.
pub fn init() {
    // A second start, as in tests, changes nothing.
    let _ = subscriber(io::stdout, settings::log_level()).try_init();
    std::panic::set_hook(Box::new(panicked));
}

/// The subscriber of a function, onto a writer.
pub fn subscriber<W>(writer: W, level: LevelFilter) -> impl Subscriber + Send + Sync
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let lines = tracing_subscriber::fmt::layer()
        .json()
        .flatten_event(true)
        .with_current_span(true)
        .with_span_list(false)
        .with_target(false)
        .without_time()
        .with_writer(writer);
    let ours = OURS.map(|name| (name, level));
    let targets = Targets::new().with_default(level.min(LevelFilter::WARN)).with_targets(ours);
    tracing_subscriber::registry().with(targets).with(lines)
}

fn panicked(panic: &PanicHookInfo<'_>) {
    let (file, line) = panic.location().map_or(("?", 0), |place| (place.file(), place.line()));
    tracing::error!(file, line, "panicked");
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    const CANARY: &str = "000000000107";

    /// What a function is like that panics; run by the test below, in a process of its own, for what it sets is the process's.
    #[test]
    #[ignore = "run by `a_panic_is_told_by_its_place_alone`"]
    fn a_function_that_panics() {
        super::init();
        tracing::debug!(target: "aws_smithy_runtime", CANARY, "a whole request");
        tracing::warn!(target: "aws_smithy_runtime", "a warning of a library");
        let span = tracing::info_span!("invocation", correlation = "one");
        let _inside = span.enter();
        tracing::debug!("a detail of ours");
        let caught = std::panic::catch_unwind(|| panic!("a number: {CANARY}"));
        assert!(caught.is_err());
    }

    #[test]
    fn a_panic_is_told_by_its_place_alone() {
        let this = std::env::current_exe().expect("this test");
        let arguments = ["--exact", "log::tests::a_function_that_panics", "--ignored", "--nocapture"];
        let output = Command::new(this).args(arguments).env("RUST_LOG", "trace").output().expect("it runs");
        let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success(), "{out}{err}");
        assert!(!out.contains(CANARY) && !err.contains(CANARY), "{out}{err}");
        let lines: Vec<serde_json::Value> =
            out.lines().filter_map(|line| serde_json::from_str(&line[line.find('{')?..]).ok()).collect();
        let messages: Vec<&str> = lines.iter().filter_map(|line| line["message"].as_str()).collect();
        assert_eq!(messages, ["a warning of a library", "a detail of ours", "panicked"]);
        assert_eq!(lines[2]["span"]["correlation"], "one");
        assert!(lines[2]["file"].as_str().is_some_and(|file| file.ends_with("log.rs")), "{out}");
    }
}
