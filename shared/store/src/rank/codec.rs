//! The bytes of the rank tree: order keys, children, and the delta encoding their sorted lists share.
//! Nothing here knows which page or item the bytes end up in.

use chrono::DateTime;
use kezek_rules::ids::ApplicationId;
use kezek_rules::queue::{Lane, Place};

/// What a place is ordered by inside its lane (`P10.b`): the instant to the millisecond, then the application id.
/// As a lower bound the id is all zeros unless two neighbouring pages share a millisecond.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct OrderKey {
    pub(super) ms: i64,
    pub(super) id: [u8; 16],
}

impl OrderKey {
    /// Above every place.
    pub(super) const MAX: Self = Self { ms: i64::MAX, id: [0xff; 16] };

    /// The key of a place.
    pub(super) fn of(place: &Place) -> Self {
        Self { ms: place.submitted_at.timestamp_millis(), id: *place.application.as_bytes() }
    }

    /// The lowest key of this key's millisecond: the cheapest lower bound.
    pub(super) const fn floor(self) -> Self {
        Self { ms: self.ms, id: [0; 16] }
    }

    /// The place with this key; none if the instant is outside the calendar.
    pub(super) fn place(self, lane: Lane) -> Option<Place> {
        let submitted_at = DateTime::from_timestamp_millis(self.ms)?;
        Some(Place { lane, submitted_at, application: ApplicationId::from_bytes(self.id) })
    }
}

/// A pointer to a page: what it holds at least, how many places stand under it, and the hash part of its id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Child {
    pub(super) bound: OrderKey,
    pub(super) count: u64,
    pub(super) hash: [u8; HASH_BYTES],
}

/// 48 bits: enough, since they only tell apart pages with one lower bound of one queue (see `PageId`).
pub(super) const HASH_BYTES: usize = 6;

/// Far above any queue, low enough that sums of counts can't overflow.
const COUNT_MAX: u64 = 1 << 40;

/// Instants of the calendar stay below 2^53 ms either side of 1970, so that a flag bit always fits beside them.
const MS_MAX: u64 = 1 << 53;

/// Reads bytes that may be anything.
pub(super) struct Reader<'a>(pub(super) &'a [u8]);

impl Reader<'_> {
    pub(super) fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (head, tail) = self.0.split_first_chunk::<N>()?;
        self.0 = tail;
        Some(*head)
    }

    pub(super) fn byte(&mut self) -> Option<u8> {
        self.array::<1>().map(|[byte]| byte)
    }

    /// A little-endian base-128 number.
    pub(super) fn varint(&mut self) -> Option<u64> {
        let mut value = 0u64;
        for shift in (0..63).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(value);
            }
        }
        None
    }
}

/// Writes a little-endian base-128 number; values here stay below 2^56, so at most 8 bytes.
pub(super) fn put_varint(mut value: u64, out: &mut Vec<u8>) {
    while value >= 0x80 {
        out.push((value & 0x7f) as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

/// The instant as a distance: from the one before, or from 1970 with the sign in the lowest bit.
fn distance(ms: i64, previous: Option<i64>) -> u64 {
    match previous {
        Some(before) => ms.abs_diff(before),
        None => (ms.unsigned_abs() << 1) | u64::from(ms < 0),
    }
}

fn instant_at(distance: u64, previous: Option<i64>) -> Option<i64> {
    let ms = match previous {
        Some(before) => before.checked_add(i64::try_from(distance).ok()?)?,
        None => {
            let size = i64::try_from(distance >> 1).ok()?;
            if distance & 1 == 1 { -size } else { size }
        }
    };
    (ms.unsigned_abs() < MS_MAX && DateTime::from_timestamp_millis(ms).is_some()).then_some(ms)
}

/// An element of a sorted list of a page or top. `level` is that of the list: 0 holds places, n children of level n − 1.
pub(super) trait Entry: Clone {
    /// Its order.
    fn key(&self) -> OrderKey;
    /// How many places it stands for.
    fn weight(&self) -> u64;
    fn put(&self, previous: Option<&Self>, level: u8, out: &mut Vec<u8>);
    fn take(reader: &mut Reader<'_>, previous: Option<&Self>, level: u8) -> Option<Self>;
}

impl Entry for OrderKey {
    fn key(&self) -> OrderKey {
        *self
    }

    fn weight(&self) -> u64 {
        1
    }

    fn put(&self, previous: Option<&Self>, _level: u8, out: &mut Vec<u8>) {
        put_varint(distance(self.ms, previous.map(|key| key.ms)), out);
        out.extend_from_slice(&self.id);
    }

    fn take(reader: &mut Reader<'_>, previous: Option<&Self>, _level: u8) -> Option<Self> {
        let ms = instant_at(reader.varint()?, previous.map(|key| key.ms))?;
        Some(Self { ms, id: reader.array()? })
    }
}

impl Entry for Child {
    fn key(&self) -> OrderKey {
        self.bound
    }

    fn weight(&self) -> u64 {
        self.count
    }

    fn put(&self, previous: Option<&Self>, level: u8, out: &mut Vec<u8>) {
        let tied = self.bound.id != [0; 16];
        put_varint((distance(self.bound.ms, previous.map(|child| child.bound.ms)) << 1) | u64::from(tied), out);
        if tied {
            out.extend_from_slice(&self.bound.id);
        }
        match u8::try_from(self.count) {
            // A leaf holds fewer than 256 places (see `PAGE_BYTES`): one byte, where a base-128 number would need two.
            Ok(count) if level == 1 => out.push(count),
            _ => put_varint(self.count, out),
        }
        out.extend_from_slice(&self.hash);
    }

    fn take(reader: &mut Reader<'_>, previous: Option<&Self>, level: u8) -> Option<Self> {
        let packed = reader.varint()?;
        let ms = instant_at(packed >> 1, previous.map(|child| child.bound.ms))?;
        let id = if packed & 1 == 1 { reader.array()? } else { [0; 16] };
        let count = if level == 1 { u64::from(reader.byte()?) } else { reader.varint()? };
        let hash = reader.array()?;
        (1..=COUNT_MAX).contains(&count).then_some(Self { bound: OrderKey { ms, id }, count, hash })
    }
}

/// Writes a list: its length, then its entries.
pub(super) fn put_list<T: Entry>(entries: &[T], level: u8, out: &mut Vec<u8>) {
    put_varint(entries.len() as u64, out);
    let mut previous = None;
    for entry in entries {
        entry.put(previous, level, out);
        previous = Some(entry);
    }
}

/// Reads a list that is strictly ascending, or none.
pub(super) fn take_list<T: Entry>(reader: &mut Reader<'_>, level: u8) -> Option<Vec<T>> {
    let len = usize::try_from(reader.varint()?).ok()?;
    // Not trusted for the allocation: garbage may claim any length.
    let mut entries: Vec<T> = Vec::with_capacity(len.min(512));
    for _ in 0..len {
        let entry = T::take(reader, entries.last(), level)?;
        if entries.last().is_some_and(|last| last.key() >= entry.key()) {
            return None;
        }
        entries.push(entry);
    }
    Some(entries)
}

/// How many places stand under these entries.
pub(super) fn weight_of<T: Entry>(entries: &[T]) -> u64 {
    entries.iter().map(Entry::weight).sum()
}
