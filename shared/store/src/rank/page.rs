//! Pages: the immutable items the rank tree is made of, their ids and their bytes.
//! Where a page is kept, and when it is deleted, is not decided here.

use std::fmt;

use data_encoding::BASE32HEX_NOPAD;
use kezek_rules::queue::Lane;
use sha2::{Digest, Sha256};

use super::codec::{Child, Entry, HASH_BYTES, OrderKey, Reader, put_list, take_list, weight_of};
use super::op::{lane_code, lane_of};
use super::{LEVEL_MAX, Malformed};

/// The first byte of every page, to be raised when the layout changes.
const PAGE_VERSION: u8 = 1;

/// What a page is found by inside its queue: the millisecond of its lower bound and 48 bits of a hash of the fold's counter,
/// the bound and the content.
///
/// The parent keeps the bound anyway, so an id costs it 6 bytes. Equal folds of one counter write equal pages under equal
/// ids. Different pages meet only if they have one bound *and* one hash: a bound has the living page, perhaps a retired one
/// and one of a racing fold, hence 2 in 2^48 per page written, one in about 10^14. Puts should still be conditional on
/// "absent, or the same bytes", which makes even that a conflict instead of damage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PageId {
    ms: i64,
    hash: [u8; HASH_BYTES],
}

impl PageId {
    /// 8 bytes of the bound, 6 of the hash.
    pub const BYTES: usize = 8 + HASH_BYTES;

    /// The bytes, sorted as the bounds are.
    #[must_use]
    pub fn to_bytes(self) -> [u8; Self::BYTES] {
        let mut bytes = [0; Self::BYTES];
        bytes[..8].copy_from_slice(&(self.ms ^ i64::MIN).to_be_bytes());
        bytes[8..].copy_from_slice(&self.hash);
        bytes
    }

    /// Reads the bytes.
    ///
    /// # Errors
    /// [`Malformed`] if their number is another.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Malformed> {
        let (ms, hash) = bytes.split_first_chunk::<8>().ok_or(Malformed("page id"))?;
        let hash = hash.try_into().map_err(|_| Malformed("page id"))?;
        Ok(Self { ms: i64::from_be_bytes(*ms) ^ i64::MIN, hash })
    }
}

/// 23 characters of base 32, for a sort key: they sort as the bounds do.
impl fmt::Display for PageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&BASE32HEX_NOPAD.encode(&self.to_bytes()))
    }
}

impl Child {
    /// The page pointed at.
    pub(super) const fn id(&self) -> PageId {
        PageId { ms: self.bound.ms, hash: self.hash }
    }
}

/// Children of one lane, by ascending bound.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    pub(super) lane: Lane,
    /// 1 over leaves, 2 over nodes of level 1, …
    pub(super) level: u8,
    pub(super) children: Vec<Child>,
}

/// Places of one lane, ascending.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leaf {
    pub(super) lane: Lane,
    pub(super) keys: Vec<OrderKey>,
}

/// One immutable page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Page {
    /// Points at pages and counts what stands under them.
    Node(Node),
    /// Holds the places.
    Leaf(Leaf),
}

#[cfg(test)]
impl Page {
    /// A page without entries: a leaf, or a node of a level.
    pub(crate) const fn empty(level: u8) -> Self {
        match level {
            0 => Page::Leaf(Leaf { lane: Lane::General, keys: Vec::new() }),
            level => Page::Node(Node { lane: Lane::General, level, children: Vec::new() }),
        }
    }
}

impl Page {
    /// The bytes to keep: version, level and lane, then the list.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(super::PAGE_BYTES);
        match self {
            Page::Node(node) => {
                out.extend([PAGE_VERSION, (node.level << 4) | lane_code(node.lane)]);
                put_list(&node.children, node.level, &mut out);
            }
            Page::Leaf(leaf) => {
                out.extend([PAGE_VERSION, lane_code(leaf.lane)]);
                put_list(&leaf.keys, 0, &mut out);
            }
        }
        out
    }

    /// Reads kept bytes.
    ///
    /// # Errors
    /// [`Malformed`] if the bytes are not one page of this version.
    pub fn decode(bytes: &[u8]) -> Result<Self, Malformed> {
        let mut reader = Reader(bytes);
        let mut read = || {
            if reader.byte()? != PAGE_VERSION {
                return None;
            }
            let code = reader.byte()?;
            let (lane, level) = (lane_of(code & 0x0f)?, code >> 4);
            let page = match level {
                0 => Page::Leaf(Leaf { lane, keys: take_list(&mut reader, 0)? }),
                1..=LEVEL_MAX => Page::Node(Node { lane, level, children: take_list(&mut reader, level)? }),
                _ => return None,
            };
            (page.count() > 0 && reader.0.is_empty()).then_some(page)
        };
        read().ok_or(Malformed("page"))
    }

    /// How many places stand in or under it.
    #[must_use]
    pub fn count(&self) -> u64 {
        match self {
            Page::Node(node) => weight_of(&node.children),
            Page::Leaf(leaf) => weight_of(&leaf.keys),
        }
    }

    /// Whether this is the page that `child`, in a list of level `level` of `lane`, points at.
    pub(super) fn fits(&self, child: &Child, lane: Lane, level: u8) -> bool {
        let (own_lane, own_level, first) = match self {
            Page::Node(node) => (node.lane, node.level, node.children.first().map(Entry::key)),
            Page::Leaf(leaf) => (leaf.lane, 0, leaf.keys.first().copied()),
        };
        own_lane == lane && own_level + 1 == level && first >= Some(child.bound) && self.count() == child.count
    }

    /// The pointer to this page as written by the fold numbered `fold`.
    pub(super) fn pointer(&self, bound: OrderKey, fold: u32) -> Child {
        let digest = Sha256::new()
            .chain_update(fold.to_be_bytes())
            .chain_update(bound.ms.to_be_bytes())
            .chain_update(bound.id)
            .chain_update(self.encode())
            .finalize();
        let mut hash = [0; HASH_BYTES];
        hash.copy_from_slice(&digest[..HASH_BYTES]);
        Child { bound, count: self.count(), hash }
    }
}
