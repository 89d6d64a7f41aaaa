//! Each condition of the table, forestalled and taken away, in a process of its own.

use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::{DONE, FORESTALLED, KNOWN, LOOSENED, REFUSED};

/// A small machine's cores.
const AT_ONCE: usize = 2;

/// What became of a write in a story, once another had come first.
fn run(story: &str, condition: &str, loosened: bool) -> Option<i32> {
    let mut command = Command::new(std::env::current_exe().expect("this program"));
    command.args(["--exact", story]).env(FORESTALLED, condition).env_remove(LOOSENED);
    if loosened {
        command.env(LOOSENED, condition);
    }
    command.output().expect("it runs").status.code()
}

#[test]
fn every_condition_refuses_what_comes_late_and_is_missed_when_it_is_gone() {
    let rows: Vec<(&String, &String)> = KNOWN.iter().collect();
    assert!(!rows.is_empty(), "a table");
    let (next, wrong) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    let tell = |what: String| wrong.lock().expect("no panic").push(what);
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                while let Some((condition, story)) = rows.get(next.fetch_add(1, Ordering::Relaxed)) {
                    match run(story, condition, false) {
                        Some(REFUSED) => {}
                        Some(DONE) => tell(format!("{condition}: done over another's write")),
                        _ => tell(format!("{condition}: {story} doesn't meet it")),
                    }
                    if run(story, condition, true) != Some(DONE) {
                        tell(format!("{condition}: taken away, nothing changes"));
                    }
                }
            });
        }
    });
    let wrong = wrong.into_inner().expect("no panic");
    assert!(wrong.is_empty(), "of {} conditions:\n{}", rows.len(), wrong.join("\n"));
}
