//! What a queue is made of: lanes, streams, languages, the queue's key and the places in it; in `interleave`, their order.
//! Nothing here knows applications, seats or storage.

mod interleave;

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::ids::{ApplicationId, Bin};

pub use interleave::{Interleave, KeptPhase, Leading, Totals};

/// An instant in UTC, with millisecond precision (`C1`).
pub type Instant = DateTime<Utc>;

/// The priority class inside a queue (`P10.c`, `P10.d`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Lane {
    /// кезектен тыс: categories 1 to 4.
    OutOfTurn,
    /// бірінші кезекте: categories 5 to 12.
    FirstPriority,
    /// жалпы: category 13.
    General,
}

impl Lane {
    /// All lanes, in their order of precedence.
    pub const ALL: [Lane; 3] = [Lane::OutOfTurn, Lane::FirstPriority, Lane::General];

    /// The name used in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Lane::OutOfTurn => "out-of-turn",
            Lane::FirstPriority => "first-priority",
            Lane::General => "general",
        }
    }
}

impl fmt::Display for Lane {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The kind of queue a child stands in: general, special (by kind of disorder, `P10.e`) or sanatorium (by kind of
/// rehabilitation, `P10.f`).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Stream {
    /// The common stream.
    General,
    /// Special organisations and groups, by kind of disorder.
    Special(String),
    /// Sanatorium nurseries, by kind of rehabilitation or prevention.
    Sanatorium(String),
}

/// The kind of stream, which is what a child may have one live application of (`K1`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StreamKind {
    /// The common stream.
    General,
    /// Special organisations and groups.
    Special,
    /// Sanatorium nurseries.
    Sanatorium,
}

/// The text names no kind of stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a kind of stream is general, special or sanatorium")]
pub struct StreamKindError;

impl FromStr for StreamKind {
    type Err = StreamKindError;
    fn from_str(text: &str) -> Result<Self, StreamKindError> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text).ok_or(StreamKindError)
    }
}

impl StreamKind {
    /// All kinds.
    pub const ALL: [StreamKind; 3] = [StreamKind::General, StreamKind::Special, StreamKind::Sanatorium];

    /// The name used in keys and JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            StreamKind::General => "general",
            StreamKind::Special => "special",
            StreamKind::Sanatorium => "sanatorium",
        }
    }
}

impl Stream {
    /// The kind of this stream.
    #[must_use]
    pub const fn kind(&self) -> StreamKind {
        match self {
            Stream::General => StreamKind::General,
            Stream::Special(_) => StreamKind::Special,
            Stream::Sanatorium(_) => StreamKind::Sanatorium,
        }
    }
}

impl fmt::Display for Stream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Stream::General => f.write_str("general"),
            Stream::Special(kind) => write!(f, "special:{kind}"),
            Stream::Sanatorium(kind) => write!(f, "sanatorium:{kind}"),
        }
    }
}

/// The text names no stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "a stream is `general`, `special:<kind>` or `sanatorium:<kind>`; a kind has 1 to 40 letters, digits or hyphens"
)]
pub struct StreamError;

impl FromStr for Stream {
    type Err = StreamError;
    fn from_str(text: &str) -> Result<Self, StreamError> {
        let kind_ok = |kind: &str| {
            (1..=40).contains(&kind.len())
                && kind.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        };
        match text.split_once(':') {
            None if text == "general" => Ok(Stream::General),
            Some(("special", kind)) if kind_ok(kind) => Ok(Stream::Special(kind.to_owned())),
            Some(("sanatorium", kind)) if kind_ok(kind) => Ok(Stream::Sanatorium(kind.to_owned())),
            _ => Err(StreamError),
        }
    }
}

impl TryFrom<String> for Stream {
    type Error = StreamError;
    fn try_from(text: String) -> Result<Self, StreamError> {
        text.parse()
    }
}

impl From<Stream> for String {
    fn from(stream: Stream) -> String {
        stream.to_string()
    }
}

/// A language of instruction: an ISO 639 code such as `kk` or `ru`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Language([u8; 3]);

/// The languages of instruction of Kazakhstan's pre-schools: Kazakh, Russian, Uighur, Uzbek, Tajik, English.
pub const LANGUAGES: [&str; 6] = ["kk", "ru", "ug", "uz", "tg", "en"];

/// The text names no language of instruction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a language of instruction is one of kk, ru, ug, uz, tg, en")]
pub struct LanguageError;

impl Language {
    /// The code.
    #[must_use]
    pub fn as_str(&self) -> &str {
        let len = self.0.iter().position(|b| *b == 0).unwrap_or(3);
        std::str::from_utf8(&self.0[..len]).unwrap_or_default()
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Language {
    type Err = LanguageError;
    fn from_str(text: &str) -> Result<Self, LanguageError> {
        if !LANGUAGES.contains(&text) {
            return Err(LanguageError);
        }
        let mut code = [0; 3];
        code[..text.len()].copy_from_slice(text.as_bytes());
        Ok(Self(code))
    }
}

impl TryFrom<String> for Language {
    type Error = LanguageError;
    fn try_from(text: String) -> Result<Self, LanguageError> {
        text.parse()
    }
}

impl From<Language> for String {
    fn from(language: Language) -> String {
        language.as_str().to_owned()
    }
}

/// What makes one queue (`P10.b`): organisation, language, birth year and stream.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct QueueKey {
    /// Whose queue it is.
    pub organisation: Bin,
    /// The language of instruction.
    pub language: Language,
    /// The year the children were born in.
    pub birth_year: i32,
    /// The stream.
    pub stream: Stream,
}

/// An entry's place: its lane and the key it is ordered by, the submission instant to the millisecond (`P10.b`; ties: application id).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The lane it stands in.
    pub lane: Lane,
    /// The submission instant: the order key.
    pub submitted_at: Instant,
    /// Whose place it is.
    pub application: ApplicationId,
}
