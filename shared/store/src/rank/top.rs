//! Tops: the part of the rank tree that lives inside the Queue item, one per lane, under one shared limit of bytes.
//! The changes not folded yet stand beside them, in the index.

use kezek_rules::queue::Lane;

use super::codec::{Child, Reader, put_list, take_list, weight_of};
use super::{LEVEL_MAX, Malformed};

/// The first byte of the tops, to be raised when the layout changes.
const TOPS_VERSION: u8 = 1;

/// The root of one lane's tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Top {
    /// How many pages lie between it and a place: 1 if its children are leaves. An empty lane has level 1.
    pub(super) level: u8,
    pub(super) children: Vec<Child>,
}

impl Default for Top {
    fn default() -> Self {
        Self { level: 1, children: Vec::new() }
    }
}

impl Top {
    /// How many places stand under it.
    #[must_use]
    pub fn count(&self) -> u64 {
        weight_of(&self.children)
    }

    /// How many pages a rank in this lane costs to read.
    #[must_use]
    pub const fn pages_to_read(&self) -> u8 {
        if self.children.is_empty() { 0 } else { self.level }
    }

    fn put(&self, out: &mut Vec<u8>) {
        out.push(self.level);
        put_list(&self.children, self.level, out);
    }

    fn take(reader: &mut Reader<'_>) -> Option<Self> {
        let level = reader.byte()?;
        if !(1..=LEVEL_MAX).contains(&level) {
            return None;
        }
        let children: Vec<Child> = take_list(reader, level)?;
        // A lane that emptied starts again from the leaves.
        (level == 1 || !children.is_empty()).then_some(Self { level, children })
    }
}

/// The bytes kept in the Queue item: none at all while nothing was folded.
pub(super) fn tops_to_bytes(tops: &[Top; Lane::ALL.len()]) -> Vec<u8> {
    let mut out = Vec::new();
    if tops.iter().any(|top| !top.children.is_empty()) {
        out.push(TOPS_VERSION);
        tops.iter().for_each(|top| top.put(&mut out));
    }
    out
}

/// Reads the bytes kept in the Queue item.
pub(super) fn tops_from_bytes(bytes: &[u8]) -> Result<[Top; Lane::ALL.len()], Malformed> {
    if bytes.is_empty() {
        return Ok(Default::default());
    }
    let mut reader = Reader(bytes);
    let mut read = || {
        if reader.byte()? != TOPS_VERSION {
            return None;
        }
        let tops = [Top::take(&mut reader)?, Top::take(&mut reader)?, Top::take(&mut reader)?];
        reader.0.is_empty().then_some(tops)
    };
    read().ok_or(Malformed("tops"))
}
