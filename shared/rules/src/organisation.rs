//! Organisations of the registry (`P2`) and where they are. Nothing here knows queues or vacancies.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::ids::Bin;
use crate::queue::{Language, StreamKind};

/// A settlement's code in the state classifier of administrative units (KATO): nine digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Kato([u8; 9]);

/// The text is no KATO code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a settlement is a KATO code of 9 digits")]
pub struct KatoError;

impl Kato {
    /// The nine digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// The region: the first two digits, by which the officers' work is partitioned.
    #[must_use]
    pub fn region(&self) -> &str {
        &self.as_str()[..2]
    }

    /// Whether the settlement lies in a territory given by a KATO prefix.
    #[must_use]
    pub fn is_in(&self, territory: &str) -> bool {
        self.as_str().starts_with(territory)
    }
}

/// The digits, without a look at whether they are text.
impl AsRef<[u8]> for Kato {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl FromStr for Kato {
    type Err = KatoError;
    fn from_str(text: &str) -> Result<Self, KatoError> {
        let bytes: [u8; 9] = text.as_bytes().try_into().map_err(|_| KatoError)?;
        if bytes.iter().all(u8::is_ascii_digit) { Ok(Self(bytes)) } else { Err(KatoError) }
    }
}

impl TryFrom<String> for Kato {
    type Error = KatoError;
    fn try_from(text: String) -> Result<Self, KatoError> {
        text.parse()
    }
}

impl From<Kato> for String {
    fn from(kato: Kato) -> String {
        kato.as_str().to_owned()
    }
}

impl fmt::Display for Kato {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Kato {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Kato({})", self.as_str())
    }
}

/// The type of a pre-school organisation (`P3.3`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OrganisationType {
    /// бөбекжай.
    Nursery,
    /// балабақша.
    Kindergarten,
    /// санаторийлік бөбекжай.
    SanatoriumNursery,
    /// шағын орталық.
    MiniCentre,
    /// арнайы бөбекжай.
    SpecialNursery,
    /// арнайы балабақша.
    SpecialKindergarten,
}

impl OrganisationType {
    /// All types.
    pub const ALL: [OrganisationType; 6] = [
        OrganisationType::Nursery,
        OrganisationType::Kindergarten,
        OrganisationType::SanatoriumNursery,
        OrganisationType::MiniCentre,
        OrganisationType::SpecialNursery,
        OrganisationType::SpecialKindergarten,
    ];

    /// The name used in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            OrganisationType::Nursery => "nursery",
            OrganisationType::Kindergarten => "kindergarten",
            OrganisationType::SanatoriumNursery => "sanatorium-nursery",
            OrganisationType::MiniCentre => "mini-centre",
            OrganisationType::SpecialNursery => "special-nursery",
            OrganisationType::SpecialKindergarten => "special-kindergarten",
        }
    }
}

impl FromStr for OrganisationType {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text).ok_or(())
    }
}

/// A pre-school organisation that holds a state order (`P2`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Organisation {
    /// Its number.
    pub bin: Bin,
    /// Its version, for `If-Match`.
    pub version: u32,
    /// Its name in Kazakh.
    pub name_kk: String,
    /// Its name in Russian.
    pub name_ru: String,
    /// Its type.
    pub kind: OrganisationType,
    /// Where it is.
    pub settlement: Kato,
    /// The languages of instruction it has.
    pub languages: Vec<Language>,
    /// The kinds of stream it serves.
    pub streams: Vec<StreamKind>,
    /// Whether it takes children: a closed one can't be named in an application (`P15.1`).
    pub open: bool,
}
