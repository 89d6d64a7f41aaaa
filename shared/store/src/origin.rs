//! Whence a write comes: the correlation id and the trace of the request, the message or the schedule that led to it. Kept for the
//! time of an invocation, or of one record of a batch, so that no signature has to carry it; written with each event of the history,
//! and from there handed on to whatever the event leads to. It names no one.

use std::fmt;
use std::future::Future;

use aws_sdk_dynamodb::types::AttributeValue;

use crate::item::{Item, StreamImage, string};

/// A correlation id has at most this many characters: a UUID has 36.
const CORRELATION_MAX: usize = 64;

const CORRELATION: &str = "cid";
const TRACE: &str = "tp";

tokio::task_local! {
    static ORIGIN: Origin;
}

/// Where an invocation belongs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    correlation: String,
    trace: Option<Trace>,
}

impl Origin {
    /// An origin by the id of what woke the function; none if that isn't an id: then it may be anything.
    #[must_use]
    pub fn new(correlation: &str, trace: Option<Trace>) -> Option<Self> {
        let fits = (1..=CORRELATION_MAX).contains(&correlation.len());
        let plain = correlation.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_=+/.:#".contains(&b));
        (fits && plain).then(|| Self { correlation: correlation.to_owned(), trace })
    }

    /// That of the event whose item the stream shows.
    #[must_use]
    pub fn of(image: &StreamImage) -> Option<Self> {
        let trace = image.trace.as_deref().and_then(Trace::from_traceparent);
        Self::new(image.correlation.as_deref()?, trace)
    }

    /// That of the invocation under way.
    #[must_use]
    pub fn current() -> Option<Self> {
        ORIGIN.try_with(Clone::clone).ok()
    }

    /// Lets a future run as part of this.
    pub async fn scope<F: Future>(self, future: F) -> F::Output {
        ORIGIN.scope(self, future).await
    }

    /// The id by which all that belongs together is found.
    #[must_use]
    pub fn correlation(&self) -> &str {
        &self.correlation
    }

    /// Its trace, where one is kept.
    #[must_use]
    pub const fn trace(&self) -> Option<Trace> {
        self.trace
    }
}

/// Writes the current origin into the item of an event.
pub(crate) fn mark(item: &mut Item) {
    let Some(origin) = Origin::current() else { return };
    item.insert(CORRELATION.to_owned(), string(origin.correlation));
    if let Some(trace) = origin.trace {
        item.insert(TRACE.to_owned(), AttributeValue::S(trace.to_string()));
    }
}

/// A place in a distributed trace: X-Ray's and W3C's ways of writing it say the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Trace {
    root: u128,
    parent: u64,
    sampled: bool,
}

/// Hexadecimal digits of exactly so many, and not all zero.
fn hex<T>(text: &str, digits: usize, parse: fn(&str, u32) -> Result<T, std::num::ParseIntError>) -> Option<T> {
    let plain = text.len() == digits && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
    let zero = text.bytes().all(|b| b == b'0');
    if plain && !zero { parse(text, 16).ok() } else { None }
}

impl Trace {
    /// From X-Ray's header: `Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1`.
    #[must_use]
    pub fn from_xray(header: &str) -> Option<Self> {
        let field = |name: &str| header.split(';').find_map(|field| field.trim().strip_prefix(name)?.strip_prefix('='));
        let (time, unique) = field("Root")?.strip_prefix("1-")?.split_once('-')?;
        let root =
            if time.len() == 8 { hex(&format!("{time}{unique}"), 32, u128::from_str_radix)? } else { return None };
        Some(Self {
            root,
            parent: hex(field("Parent")?, 16, u64::from_str_radix)?,
            sampled: field("Sampled") == Some("1"),
        })
    }

    /// From W3C's: `00-<32 digits>-<16 digits>-01`.
    #[must_use]
    pub fn from_traceparent(header: &str) -> Option<Self> {
        let mut parts = header.split('-');
        let (version, root, parent, flags) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        if version != "00" || flags.len() != 2 || parts.next().is_some() {
            return None;
        }
        let (root, parent) = (hex(root, 32, u128::from_str_radix)?, hex(parent, 16, u64::from_str_radix)?);
        Some(Self { root, parent, sampled: u8::from_str_radix(flags, 16).ok()? & 1 == 1 })
    }

    /// As X-Ray writes it.
    #[must_use]
    pub fn xray(&self) -> String {
        let root = format!("{:032x}", self.root);
        let (time, unique) = root.split_at(8);
        format!("Root=1-{time}-{unique};Parent={:016x};Sampled={}", self.parent, u8::from(self.sampled))
    }
}

/// As W3C writes it (`traceparent`).
impl fmt::Display for Trace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "00-{:032x}-{:016x}-{:02x}", self.root, self.parent, u8::from(self.sampled))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const XRAY: &str = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1";
    const W3C: &str = "00-5759e988bd862e3fe1be46a994272793-53995c3f42cd8ad8-01";

    #[test]
    fn both_ways_of_writing_a_trace_say_the_same() {
        let trace = Trace::from_xray(XRAY).expect("a trace");
        assert_eq!(Some(trace), Trace::from_traceparent(W3C));
        assert_eq!((trace.xray().as_str(), trace.to_string().as_str()), (XRAY, W3C));
    }

    #[test]
    fn what_is_no_trace_is_none() {
        for text in [
            "",
            "Root=1-5759e988-bd862e3fe1be46a994272793",
            "Root=1-5759e988-;Parent=53995c3f42cd8ad8",
            "Root=1-Сыналушы;Parent=53995c3f42cd8ad8",
            "Root=1-00000000-000000000000000000000000;Parent=53995c3f42cd8ad8",
        ] {
            assert_eq!(Trace::from_xray(text), None, "{text}");
        }
        for text in [
            "",
            "00-5759e988bd862e3fe1be46a994272793-53995c3f42cd8ad8",
            &format!("{W3C}-more"),
            "00-5759E988BD862E3FE1BE46A994272793-53995c3f42cd8ad8-01",
            "00-+759e988bd862e3fe1be46a994272793-53995c3f42cd8ad8-01",
        ] {
            assert_eq!(Trace::from_traceparent(text), None, "{text}");
        }
    }

    #[test]
    fn a_correlation_is_an_id_and_nothing_else() {
        for good in ["JKJaXmPLvHcESHA=", "c6af9ac6-7b61-11e6-9a41-93e8deadbeef", "sweep-deadlines-1768194000000"] {
            assert!(Origin::new(good, None).is_some(), "{good}");
        }
        for bad in ["", "Сыналушы", "a b", "a\"b", &"x".repeat(65)] {
            assert!(Origin::new(bad, None).is_none(), "{bad}");
        }
    }
}
