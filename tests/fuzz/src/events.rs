//! Events as their sources send them, bent out of shape: a function must tell what it is woken by, or that it doesn't know.

use std::path::Path;
use std::sync::LazyLock;

use aws_lambda_events::apigw::ApiGatewayV2httpRequest;
use aws_lambda_events::sqs::SqsEvent;
use kezek_shell::lambda::{Trigger, origin_of};
use kezek_store::StreamRecord;
use serde::Deserialize as _;
use serde_json::Value;

use crate::targets::holds;
use crate::{Random, mutate};

/// The examples in `events/`, each with its name.
pub static ALL: LazyLock<Vec<(String, Value)>> = LazyLock::new(|| {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../events");
    let folders = std::fs::read_dir(root).into_iter().flatten().flatten();
    let files = folders.flat_map(|folder| std::fs::read_dir(folder.path()).into_iter().flatten().flatten());
    let mut paths: Vec<_> = files.map(|file| file.path()).collect();
    paths.sort();
    let read = |path: &std::path::PathBuf| {
        let text = std::fs::read_to_string(path).ok()?;
        Some((path.display().to_string(), serde_json::from_str(&text).ok()?))
    };
    paths.iter().filter_map(read).collect()
});

/// An event.
pub fn events(random: &mut Random) -> Result<(), String> {
    let (name, good) = random.pick(&ALL);
    let event = mutate::json(random, good);
    match Trigger::of(&event) {
        Some(Trigger::Http) => drop(ApiGatewayV2httpRequest::deserialize(&event)),
        Some(Trigger::Sqs) => {
            if let Ok(event) = SqsEvent::deserialize(&event) {
                for record in &event.records {
                    let _ = origin_of(record);
                }
            }
        }
        Some(Trigger::Stream) => {
            if let Ok(records) = StreamRecord::all(&event) {
                holds(
                    records.iter().all(|record| {
                        !record.sequence.is_empty() || event.to_string().contains("\"SequenceNumber\":\"\"")
                    }),
                    || format!("{name}: a record that can't be reported"),
                )?;
            }
        }
        Some(Trigger::Schedule) => drop(expiry_sweep::Schedule::deserialize(&event)),
        None => {}
    }
    Ok(())
}
