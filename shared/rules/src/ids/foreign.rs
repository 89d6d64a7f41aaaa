//! What names a non-resident, who has no number of the state (`P5.c`, `K1`): a document's country and number. Never the document
//! itself, nor whose it is.

use std::fmt;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// A document of another country. Personal data: it has no `Display`, and its `Debug` hides it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ForeignDocument {
    country: String,
    number: String,
}

/// Why a document names no one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ForeignDocumentError {
    /// The country has no such code.
    #[error("a country is a code of ISO 3166: two letters")]
    Country,
    /// The number is empty or too long.
    #[error("a document's number has 1 to 40 letters and digits")]
    Number,
}

/// A document's number has at most so many characters.
const NUMBER_MAX: usize = 40;

impl ForeignDocument {
    /// A document by its country and number. One number is one document, however it is spelt: blanks and hyphens between its
    /// letters and digits, and whether those are capitals, tell no two documents apart.
    ///
    /// # Errors
    /// There is no such country, or the number isn't one.
    pub fn new(country: &str, number: &str) -> Result<Self, ForeignDocumentError> {
        if country.len() != 2 || !Self::countries().any(|code| code == country) {
            return Err(ForeignDocumentError::Country);
        }
        let plain = number.chars().filter(|c| !c.is_whitespace() && *c != '-');
        let number: String = plain.flat_map(char::to_uppercase).collect();
        let good = (1..=NUMBER_MAX).contains(&number.chars().count());
        let good = good && number.chars().all(|c| c.is_alphanumeric() || matches!(c, '/' | '.' | '№'));
        if good { Ok(Self { country: country.to_owned(), number }) } else { Err(ForeignDocumentError::Number) }
    }

    /// The codes of all countries.
    pub fn countries() -> impl Iterator<Item = &'static str> {
        COUNTRIES.split(' ')
    }

    /// The country's code.
    #[must_use]
    pub fn country(&self) -> &str {
        &self.country
    }

    /// The number, in its plain spelling.
    #[must_use]
    pub fn number(&self) -> &str {
        &self.number
    }
}

impl fmt::Debug for ForeignDocument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ForeignDocument(hidden)")
    }
}

/// The codes of ISO 3166-1 alpha-2.
const COUNTRIES: &str = "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY \
    BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD \
    GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN \
    KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE \
    NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM \
    SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT \
    ZA ZM ZW";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn k1_one_document_however_it_is_spelt() {
        let named = |number: &str| ForeignDocument::new("UZ", number).expect("a document");
        assert_eq!(named("ab 12-34567"), named("AB1234567"));
        assert_ne!(named("AB1234567"), named("AB1234568"));
        assert_ne!(named("AB1234567"), ForeignDocument::new("KG", "AB1234567").expect("a document"));
    }

    #[test]
    fn p5_c_what_names_no_document_is_refused() {
        assert_eq!(COUNTRIES.split(' ').count(), 249);
        for country in ["", "U", "uz", "UK", "UZB", "Z "] {
            assert_eq!(ForeignDocument::new(country, "1"), Err(ForeignDocumentError::Country), "{country}");
        }
        for number in ["", " - ", "1;2", &"1".repeat(41)] {
            assert_eq!(ForeignDocument::new("UZ", number), Err(ForeignDocumentError::Number), "{number}");
        }
    }

    #[test]
    fn a_document_is_hidden_from_debug() {
        let document = ForeignDocument::new("UZ", "AB1234567").expect("a document");
        assert!(!format!("{document:?}").contains("AB"));
    }
}
