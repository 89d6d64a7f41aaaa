//! A play that is broken off anywhere and carried on ends as one that wasn't; a town is seeded once.

use std::{path::PathBuf, sync::Arc};

use serde_json::Value;

use super::*;
use crate::city::seed::seed;

fn plan(families: usize, years: u32) -> Blueprint {
    Blueprint { seed: 3, town: TOWN.to_owned(), families, from: from(), years, towns: 1 }
}

/// A directory of a test's own, gone with it.
struct Directory(PathBuf);

impl Directory {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("kezek-demo-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        Self(path)
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A number of the report.
fn count(report: &str, name: &str) -> u64 {
    let line = report.lines().find_map(|line| line.trim().strip_prefix(name));
    line.and_then(|number| number.trim().parse().ok()).expect("a line of the report")
}

/// The independent checker finds nothing against the base.
fn holds(local: &Local) {
    let report = local.check().expect("the base can be read");
    assert!(report.is_clean(), "\n{report}");
}

async fn begin(plan: &Blueprint, directory: Option<PathBuf>) -> (Arc<Local>, Play) {
    let local = open(plan, directory).await.expect("a base");
    let play = Play::open(Arc::clone(&local), plan.clone(), Kind::Whole).await.expect("a play");
    (local, play)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_play_broken_off_anywhere_ends_with_the_same_report() {
    let plan = plan(60, 1);
    let (local, mut play) = begin(&plan, None).await;
    play.run(|_| {}).await.expect("it plays");
    let whole = report(&local, &play).await.expect("a report");
    for name in ["takings out of the order of P10.b–P10.d", "changes of queues missing in the history"] {
        assert_eq!(count(&whole, name), 0, "{whole}");
    }
    for name in ["made", "accepted (P15.b)", "lapsed (P22.e)", "silent, passed on (P15.d)"] {
        assert!(count(&whole, name) > 0, "{name} never happens: {whole}");
    }
    holds(&local);
    drop((local, play));

    let directory = Directory::new("broken-off");
    let mut ended = false;
    for part in 0.. {
        let (local, mut play) = begin(&plan, Some(directory.0.clone())).await;
        for _ in 0..250 + 7 * part {
            ended = !play.advance().await.expect("it plays");
            if ended {
                break;
            }
        }
        if ended {
            assert_eq!(report(&local, &play).await.expect("a report"), whole);
            holds(&local);
            return;
        }
        if part % 2 == 1 {
            play.leave_half_done().await.expect("it plays");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_base_keeps_to_its_play() {
    let directory = Directory::new("keeps");
    let (local, play) = begin(&plan(1, 1), Some(directory.0.clone())).await;
    drop((local, play));
    let other = plan(2, 1);
    let local = open(&other, Some(directory.0.clone())).await.expect("a base");
    assert!(matches!(Play::open(local, other, Kind::Whole).await, Err(Error::OtherBase(_))));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_town_is_seeded_once() {
    let begun = from();
    let local = open(&plan(1, 1), None).await.expect("a base");
    let first = seed(&local, None, Some(12)).await.expect("a town");
    assert_eq!((&first["applications"], first["organisations"].as_array().map(Vec::len)), (&Value::from(12), Some(20)));
    assert!((local.now() - begun).num_days() > 700, "{first}");
    let again = seed(&local, None, Some(12)).await.expect("a town");
    assert_eq!(first, again);
    // Elsewhere the clock stays, but for a millisecond a submission.
    let before = local.now();
    let other = seed(&local, Some("Жусанды"), Some(5)).await.expect("a town");
    assert_eq!((local.now() - before).num_milliseconds(), 5, "{other}");
    assert_eq!(other["byStatus"].get("not-registered"), None, "{other}");
    assert_ne!(other["organisations"][0]["organisation"], first["organisations"][0]["organisation"]);
    let again = seed(&local, Some("Жусанды"), Some(5)).await.expect("a town");
    assert_eq!(again, other);
}
