//! How far a play has come: a bar on a terminal, plain lines elsewhere. Only on the standard error: the report stands alone.

use std::{cell::Cell, io::IsTerminal};

use chrono::{DateTime, Datelike, Utc};
use indicatif::{ProgressBar, ProgressStyle};

/// Shows how far a play has come.
pub struct Progress {
    from: DateTime<Utc>,
    bar: Option<ProgressBar>,
    /// The last month told, where there is no bar.
    month: Cell<Option<u32>>,
}

impl Progress {
    /// Over this time.
    #[must_use]
    pub fn new(from: DateTime<Utc>, until: DateTime<Utc>) -> Self {
        let days = u64::try_from((until - from).num_days()).unwrap_or(0);
        let bar = std::io::stderr().is_terminal().then(|| {
            let style = ProgressStyle::with_template("{msg} [{bar:50}] {percent:>3} %  {elapsed_precise}");
            let style = style.unwrap_or_else(|_| ProgressStyle::default_bar());
            ProgressBar::new(days).with_style(style.progress_chars("=> "))
        });
        Self { from, bar, month: Cell::new(None) }
    }

    /// It is now this time.
    pub fn at(&self, now: DateTime<Utc>) {
        match &self.bar {
            Some(bar) => {
                let day = u64::try_from((now - self.from).num_days()).unwrap_or(0);
                if bar.position() != day || day == 0 {
                    bar.set_message(now.format("%F").to_string());
                    bar.set_position(day);
                }
            }
            None if self.month.get() != Some(now.month()) => {
                self.month.set(Some(now.month()));
                eprintln!("{}", now.format("%Y-%m"));
            }
            None => {}
        }
    }

    /// Something to say by the way.
    pub fn note(&self, text: &str) {
        match &self.bar {
            Some(bar) => bar.println(text),
            None => eprintln!("{text}"),
        }
    }

    /// The play is over; its history is being counted.
    pub fn counting(&self) {
        match &self.bar {
            Some(bar) => bar.set_message("counting  "),
            None => eprintln!("counting"),
        }
    }

    /// It is counted; the base is being checked.
    pub fn checking(&self) {
        match &self.bar {
            Some(bar) => bar.set_message("checking  "),
            None => eprintln!("checking"),
        }
    }

    /// It is over.
    pub fn end(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
