//! What happened, as one number: two runs of a seed must come to the same. Never here: keys that are drawn anew for each run, such as
//! an SDK's token for a transaction – lengths stand for texts.

use std::fmt::Write as _;

/// The number, and the last lines of what made it.
#[derive(Debug, Clone)]
pub struct Digest {
    hash: u64,
    lines: Option<Vec<String>>,
}

impl Digest {
    /// Of nothing; `kept`: with all its lines.
    #[must_use]
    pub fn new(kept: bool) -> Self {
        Self { hash: 0xcbf2_9ce4_8422_2325, lines: kept.then(Vec::new) }
    }

    /// Something happened.
    pub fn note(&mut self, what: &str, size: usize) {
        for byte in what.bytes().chain(size.to_le_bytes()) {
            self.hash = (self.hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3);
        }
        if let Some(lines) = &mut self.lines {
            let mut line = what.to_owned();
            let _ = write!(line, " {size}");
            lines.push(line);
        }
    }

    /// The number.
    #[must_use]
    pub const fn value(&self) -> u64 {
        self.hash
    }

    /// The lines, if they were kept.
    #[must_use]
    pub fn lines(&self) -> &[String] {
        self.lines.as_deref().unwrap_or_default()
    }
}
