//! Ids in few bytes, and names that come again and again (organisations, languages, streams, policies) kept once.

use std::collections::HashMap;

/// An id of sixteen bytes, or of fewer; ids compare as their bytes do.
pub type Id = u128;

/// A referral's id.
pub type ReferralId = [u8; 20];

/// A name that is kept once: see [`Names`].
pub type Name = u32;

/// Bytes written as twice as many hexadecimal digits.
#[must_use]
pub fn hex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let digits = text.as_bytes();
    if digits.len() != 2 * N || !digits.iter().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f')) {
        return None;
    }
    let mut bytes = [0; N];
    for (byte, two) in bytes.iter_mut().zip(text.as_bytes().chunks(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(two).ok()?, 16).ok()?;
    }
    Some(bytes)
}

/// An id of an application, a person, a seat, a complaint.
#[must_use]
pub fn id(text: &str) -> Option<Id> {
    hex::<16>(text).map(u128::from_be_bytes)
}

/// An id of an offer.
#[must_use]
pub fn offer(text: &str) -> Option<Id> {
    let mut bytes = [0; 16];
    bytes[4..].copy_from_slice(&hex::<12>(text)?);
    Some(u128::from_be_bytes(bytes))
}

/// An id as it is written.
#[must_use]
pub fn shown(id: Id) -> String {
    format!("{id:032x}")
}

/// A key as reports show it: without a person's hash. The application names the child well enough.
#[must_use]
pub fn shown_key(pk: &str, sk: &str) -> String {
    match (pk.split_once('#'), sk.split_once('#')) {
        (Some(("F", _)), _) => format!("F#…/{sk}"),
        (Some(("P", _)), Some((kind, _))) => format!("P#…/{kind}#…"),
        (Some(("P", _)), None) => format!("P#…/{sk}"),
        _ => format!("{pk}/{sk}"),
    }
}

/// Names, each kept once.
#[derive(Debug, Default)]
pub struct Names {
    all: Vec<Box<str>>,
    known: HashMap<Box<str>, Name>,
}

impl Names {
    /// The name of a text.
    pub fn of(&mut self, text: &str) -> Name {
        if let Some(name) = self.known.get(text) {
            return *name;
        }
        let name = Name::try_from(self.all.len()).unwrap_or(Name::MAX);
        self.all.push(text.into());
        self.known.insert(text.into(), name);
        name
    }

    /// The text of a name.
    #[must_use]
    pub fn text(&self, name: Name) -> &str {
        usize::try_from(name).ok().and_then(|index| self.all.get(index)).map_or("?", |text| text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_persons_hash_is_not_shown() {
        let check = |pk: &str, sk: &str, expected: &str| assert_eq!(shown_key(pk, sk), expected);
        check("A#0a", "E#000001", "A#0a/E#000001");
        check("F#secret", "0a", "F#…/0a");
        check("P#secret", "general", "P#…/general");
        check("P#secret", "I#secret", "P#…/I#…");
    }
}
