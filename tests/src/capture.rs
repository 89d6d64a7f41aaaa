//! What the functions log in tests: the lines of the real subscriber, looked through as they are written. It is one for the whole test
//! process, so that it hears every thread; who looks for something looks for what no other test says.

use std::io;
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};

use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::util::SubscriberInitExt;

#[derive(Default)]
struct Heard {
    /// Words of interest.
    words: Vec<String>,
    /// The lines that hold one of them.
    found: Vec<String>,
    /// How many lines there were.
    lines: usize,
}

static HEARD: LazyLock<Mutex<Heard>> = LazyLock::new(|| {
    let subscriber = kezek_shell::log::subscriber(|| Ear, LevelFilter::TRACE);
    subscriber.try_init().expect("nobody else listens");
    Mutex::default()
});

fn heard() -> MutexGuard<'static, Heard> {
    HEARD.lock().unwrap_or_else(PoisonError::into_inner)
}

/// One line at a time.
struct Ear;

impl io::Write for Ear {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(line);
        let mut heard = heard();
        heard.lines += 1;
        if heard.words.iter().any(|word| text.contains(word)) {
            heard.found.push(text.trim_end().to_owned());
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Listens for words from now on, besides those that others listen for.
pub fn listen(words: &[&str]) {
    heard().words.extend(words.iter().map(|word| (*word).to_owned()));
}

/// The lines heard so far that hold a word which was listened for.
#[must_use]
pub fn lines_with(word: &str) -> Vec<String> {
    heard().found.iter().filter(|line| line.contains(word)).cloned().collect()
}

/// How many lines were heard.
#[must_use]
pub fn count() -> usize {
    heard().lines
}
