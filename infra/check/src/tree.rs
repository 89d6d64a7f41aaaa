//! The tree that a queue's item and its pages hold, read and built anew from the description of its bytes
//! (`infra/decisions/0002-queue-as-counted-tree.md`). A tree built here is a new one: no page of the old one is used again.

use std::collections::{BTreeMap, BTreeSet};

use sha2::{Digest, Sha256};

use crate::ids::Id;
use crate::model::{Lane, Standing};

/// The bytes that a page may have, and the three roots together.
const PAGE: usize = 4_096 - 128;
const TOPS: usize = 240;
/// How full pages are made that are built anew: room is left for arrivals.
const LEAF_ENTRIES: usize = 150;
const NODE_CHILDREN: usize = 200;
/// How many children a root keeps at most: three roots of five fit.
const ROOT_CHILDREN: usize = 5;

type Key = (i64, Id);

#[derive(Debug, Clone, Copy)]
struct Child {
    bound: Key,
    count: u64,
    hash: [u8; 6],
}

impl Child {
    fn page(&self) -> Vec<u8> {
        let mut id = (self.bound.0 ^ i64::MIN).to_be_bytes().to_vec();
        id.extend(self.hash);
        id
    }
}

struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    fn bytes<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (head, tail) = self.0.split_first_chunk::<N>()?;
        self.0 = tail;
        Some(*head)
    }

    fn number(&mut self) -> Option<u64> {
        let mut value = 0_u64;
        for shift in (0..63).step_by(7) {
            let [byte] = self.bytes::<1>()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Some(value);
            }
        }
        None
    }

    fn instant(&mut self, distance: u64, before: Option<i64>) -> Option<i64> {
        match before {
            Some(before) => before.checked_add(i64::try_from(distance).ok()?),
            None => {
                let size = i64::try_from(distance >> 1).ok()?;
                Some(if distance & 1 == 1 { -size } else { size })
            }
        }
    }

    fn places(&mut self) -> Option<Vec<Key>> {
        let mut places: Vec<Key> = Vec::new();
        for _ in 0..self.number()? {
            let distance = self.number()?;
            let at = self.instant(distance, places.last().map(|(at, _)| *at))?;
            places.push((at, Id::from_be_bytes(self.bytes()?)));
        }
        Some(places)
    }

    fn children(&mut self, level: u8) -> Option<Vec<Child>> {
        let mut children: Vec<Child> = Vec::new();
        for _ in 0..self.number()? {
            let packed = self.number()?;
            let at = self.instant(packed >> 1, children.last().map(|child| child.bound.0))?;
            let id = if packed & 1 == 1 { Id::from_be_bytes(self.bytes()?) } else { 0 };
            let count = if level == 1 { u64::from(self.bytes::<1>()?[0]) } else { self.number()? };
            children.push(Child { bound: (at, id), count, hash: self.bytes()? });
        }
        Some(children)
    }
}

/// The places of a queue's tree, and what is wrong with it.
#[derive(Debug, Default)]
pub(crate) struct Walked {
    pub places: BTreeSet<Standing>,
    pub faults: Vec<&'static str>,
    pub reached: BTreeSet<Vec<u8>>,
}

/// Walks a queue's tree.
pub(crate) fn walk(tops: &[u8], pages: Option<&BTreeMap<Vec<u8>, Vec<u8>>>) -> Walked {
    let mut walked = Walked::default();
    if tops.is_empty() {
        return walked;
    }
    let mut reader = Reader(tops);
    if reader.bytes::<1>() != Some([1]) {
        walked.faults.push("roots of an unknown layout");
        return walked;
    }
    for lane in 0..3 {
        let level = reader.bytes::<1>().map(|[level]| level);
        let children = level.and_then(|level| Some((level, reader.children(level)?)));
        let Some((level, children)) = children else {
            walked.faults.push("roots that can't be read");
            return walked;
        };
        for child in children {
            descend(&mut walked, pages, lane, level, child);
        }
    }
    if !reader.0.is_empty() {
        walked.faults.push("more bytes than roots");
    }
    walked
}

fn descend(walked: &mut Walked, pages: Option<&BTreeMap<Vec<u8>, Vec<u8>>>, lane: Lane, level: u8, child: Child) {
    let id = child.page();
    let Some(page) = pages.and_then(|pages| pages.get(&id)) else {
        walked.faults.push("a page that isn't there");
        return;
    };
    walked.reached.insert(id);
    let mut reader = Reader(page);
    let head = reader.bytes::<2>();
    if head != Some([1, ((level.saturating_sub(1)) << 4) | lane]) {
        walked.faults.push("a page of another lane, level or layout");
        return;
    }
    if level == 1 {
        let Some(places) = reader.places().filter(|_| reader.0.is_empty()) else {
            walked.faults.push("a page that can't be read");
            return;
        };
        if places.len() as u64 != child.count {
            walked.faults.push("a page that holds another number of places than counted");
        }
        if places.first().is_some_and(|first| *first < child.bound) || !places.is_sorted() {
            walked.faults.push("a page out of order");
        }
        walked.places.extend(places.into_iter().map(|(at, id)| (lane, at, id)));
        return;
    }
    let Some(children) = reader.children(level - 1).filter(|_| reader.0.is_empty()) else {
        walked.faults.push("a page that can't be read");
        return;
    };
    if children.iter().map(|child| child.count).sum::<u64>() != child.count {
        walked.faults.push("a page over another number of places than counted");
    }
    for child in children {
        descend(walked, pages, lane, level - 1, child);
    }
}

/// A tree built anew.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Built {
    /// The roots, for the queue's item.
    pub tops: Vec<u8>,
    /// The pages, by their ids.
    pub pages: Vec<(Vec<u8>, Vec<u8>)>,
}

/// Builds the tree of some places, as a fold of this number would name its pages.
pub(crate) fn build(places: &BTreeSet<Standing>, fold: i64) -> Option<Built> {
    let mut built = Built { tops: vec![1], pages: Vec::new() };
    for lane in 0..3 {
        let keys: Vec<Key> = places.iter().filter(|place| place.0 == lane).map(|(_, at, id)| (*at, *id)).collect();
        let mut level = 1_u8;
        let mut children: Vec<Child> = Vec::new();
        let mut last: Option<Key> = None;
        for keys in keys.chunks(LEAF_ENTRIES) {
            let mut body = vec![1, lane];
            put_places(keys, &mut body);
            children.push(write(&mut built, body, bound(keys[0], last), keys.len() as u64, fold)?);
            last = keys.last().copied();
        }
        while children.len() > ROOT_CHILDREN {
            let mut above = Vec::new();
            for under in children.chunks(NODE_CHILDREN) {
                let mut body = vec![1, (level << 4) | lane];
                put_children(under, level, &mut body);
                let count = under.iter().map(|child| child.count).sum();
                above.push(write(&mut built, body, under[0].bound, count, fold)?);
            }
            (children, level) = (above, level + 1);
        }
        built.tops.push(level);
        put_children(&children, level, &mut built.tops);
    }
    if places.is_empty() {
        built.tops.clear();
    }
    (built.tops.len() <= TOPS).then_some(built)
}

/// The cheapest bound of a page: the bare instant, unless the place before shares it.
fn bound(first: Key, last: Option<Key>) -> Key {
    if last.is_some_and(|last| last.0 == first.0) { first } else { (first.0, 0) }
}

fn write(built: &mut Built, body: Vec<u8>, bound: Key, count: u64, fold: i64) -> Option<Child> {
    let digest = Sha256::new()
        .chain_update(b"rebuilt")
        .chain_update(fold.to_be_bytes())
        .chain_update(bound.0.to_be_bytes())
        .chain_update(bound.1.to_be_bytes())
        .chain_update(&body)
        .finalize();
    let child = Child { bound, count, hash: digest[..6].try_into().ok()? };
    if body.len() > PAGE {
        return None;
    }
    built.pages.push((child.page(), body));
    Some(child)
}

fn put_number(mut value: u64, out: &mut Vec<u8>) {
    while value >= 0x80 {
        out.push(u8::try_from(value & 0x7f).unwrap_or(0) | 0x80);
        value >>= 7;
    }
    out.push(u8::try_from(value).unwrap_or(0));
}

fn distance(at: i64, before: Option<i64>) -> u64 {
    match before {
        Some(before) => at.abs_diff(before),
        None => (at.unsigned_abs() << 1) | u64::from(at < 0),
    }
}

fn put_places(keys: &[Key], out: &mut Vec<u8>) {
    put_number(keys.len() as u64, out);
    let mut before = None;
    for (at, id) in keys {
        put_number(distance(*at, before), out);
        out.extend(id.to_be_bytes());
        before = Some(*at);
    }
}

fn put_children(children: &[Child], level: u8, out: &mut Vec<u8>) {
    put_number(children.len() as u64, out);
    let mut before = None;
    for child in children {
        let tied = child.bound.1 != 0;
        put_number((distance(child.bound.0, before) << 1) | u64::from(tied), out);
        if tied {
            out.extend(child.bound.1.to_be_bytes());
        }
        match u8::try_from(child.count) {
            Ok(count) if level == 1 => out.push(count),
            _ => put_number(child.count, out),
        }
        out.extend(child.hash);
        before = Some(child.bound.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(count: u64) -> BTreeSet<Standing> {
        let place = |n: u64| {
            (u8::from(n.is_multiple_of(7)), 1_768_000_000_000 + i64::try_from(n / 3).expect("small"), Id::from(n))
        };
        (0..count).map(place).collect()
    }

    #[test]
    fn what_is_built_is_read_again() {
        for count in [0, 1, 150, 151, 5_000, 200_000] {
            let places = places(count);
            let built = build(&places, 7).expect("a tree");
            let pages: BTreeMap<_, _> = built.pages.into_iter().collect();
            let walked = walk(&built.tops, Some(&pages));
            assert_eq!(walked.faults, Vec::<&str>::new(), "{count}");
            assert_eq!((walked.places, walked.reached.len()), (places, pages.len()), "{count}");
        }
    }

    #[test]
    fn a_tree_with_a_page_lost_or_miscounted_is_faulty() {
        let built = build(&places(1_000), 7).expect("a tree");
        let mut pages: BTreeMap<_, _> = built.pages.into_iter().collect();
        pages.pop_first();
        assert!(walk(&built.tops, Some(&pages)).faults.contains(&"a page that isn't there"));
        assert!(walk(&built.tops, None).places.is_empty());
        assert!(!walk(&built.tops[..10], Some(&pages)).faults.is_empty());
    }
}
