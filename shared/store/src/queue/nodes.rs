//! The inner pages of rank trees, kept as long as the function lives: a page never changes, so one that the queue's item still leads to
//! is as good as read anew. Leaves aren't kept: there are too many, and each is of use to few. Never here: which page is wanted.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use crate::item::Key;
use crate::rank::Page;

/// A node has at most four kilobytes: all of them together two megabytes.
const KEPT_MAX: usize = 512;

/// The kept pages; clones share them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Nodes(Arc<Mutex<HashMap<(String, String), Page>>>);

impl Nodes {
    /// A page, if it is kept.
    pub(crate) fn get(&self, key: &Key) -> Option<Page> {
        self.0.lock().ok()?.get(&(key.pk.clone(), key.sk.clone())).cloned()
    }

    /// Keeps a page, if it is an inner one.
    pub(crate) fn keep(&self, key: &Key, page: &Page) {
        let Page::Node(_) = page else { return };
        let Ok(mut kept) = self.0.lock() else { return };
        // Whatever is still in use comes back at once; that is simpler than knowing which was used last, and costs one read.
        if kept.len() >= KEPT_MAX {
            kept.clear();
        }
        kept.insert((key.pk.clone(), key.sk.clone()), page.clone());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    fn key(n: usize) -> Key {
        Key::new("R#queue".to_owned(), n.to_string())
    }

    #[test]
    fn inner_pages_are_kept_and_not_too_many() {
        let nodes = Nodes::default();
        let node = Page::empty(1);
        nodes.keep(&key(0), &Page::empty(0));
        assert_eq!(nodes.get(&key(0)), None, "a leaf isn't kept");
        for n in 1..=KEPT_MAX + 1 {
            nodes.keep(&key(n), &node);
        }
        assert_eq!((nodes.get(&key(1)), nodes.get(&key(KEPT_MAX + 1))), (None, Some(node)));
    }
}
