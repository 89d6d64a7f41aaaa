//! What people read: notices (`N1`), problems and history in Kazakh, Russian and English, in the Order's own terms.
//! Only wording, from typed facts. Never a decision, never a personal number, never the name of a child.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// An enum of codes with one line of text each: code, and the line in Kazakh, Russian and English, side by side for a
/// reader of all three.
macro_rules! coded_lines {
    ($(#[$doc:meta])* $kind:ident, $error:ident = $wrong:literal;
     $($code:ident $name:literal: $kk:literal, $ru:literal, $en:literal;)+) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $kind {
            $(#[doc = $en] $code,)+
        }

        impl $kind {
            /// All codes.
            pub const ALL: &[$kind] = &[$($kind::$code),+];

            /// The stable code.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $($kind::$code => $name,)+
                }
            }

            /// The line to show.
            #[must_use]
            pub const fn text(self, locale: Locale) -> &'static str {
                match (self, locale) {
                    $(
                        ($kind::$code, Locale::Kk) => $kk,
                        ($kind::$code, Locale::Ru) => $ru,
                        ($kind::$code, Locale::En) => $en,
                    )+
                }
            }
        }

        #[doc = concat!("The text is ", $wrong, ".")]
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub struct $error;

        impl std::fmt::Display for $error {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str($wrong)
            }
        }

        impl std::error::Error for $error {}

        impl std::str::FromStr for $kind {
            type Err = $error;
            fn from_str(text: &str) -> Result<Self, $error> {
                Self::ALL.iter().copied().find(|code| code.as_str() == text).ok_or($error)
            }
        }

        impl std::fmt::Display for $kind {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

pub mod bulletins;
pub mod complaints;
pub mod dates;
pub mod documents;
pub mod history;
pub mod notices;
pub mod plurals;
pub mod problems;

/// The language in which a text is shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Locale {
    /// Kazakh, the state language: shown to whoever asks for none of the three.
    #[default]
    Kk,
    /// Russian.
    Ru,
    /// English.
    En,
}

/// The text names no language that this system writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LocaleError;

impl fmt::Display for LocaleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a locale is one of kk, ru, en")
    }
}

impl std::error::Error for LocaleError {}

impl Locale {
    /// All locales, the default first.
    pub const ALL: [Locale; 3] = [Locale::Kk, Locale::Ru, Locale::En];

    /// The language tag.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Locale::Kk => "kk",
            Locale::Ru => "ru",
            Locale::En => "en",
        }
    }

    /// The locale that an `Accept-Language` header prefers: the highest weight, the first of equals; Kazakh if it
    /// names none of the three. A range that can't be read is passed over.
    #[must_use]
    pub fn from_accept_language(header: &str) -> Locale {
        let mut best = (0, Locale::default());
        for range in header.split(',') {
            let mut parts = range.split(';').map(str::trim);
            let tag = parts.next().unwrap_or_default();
            let weight = parts.find_map(|part| part.strip_prefix("q=")).map_or(Some(1000), weight);
            if let (Some(locale), Some(weight)) = (Self::from_range(tag), weight)
                && weight > best.0
            {
                best = (weight, locale);
            }
        }
        best.1
    }

    /// The locale of one language range: its primary subtag decides, `*` takes the default.
    fn from_range(tag: &str) -> Option<Locale> {
        if tag == "*" {
            return Some(Locale::default());
        }
        tag.split('-').next()?.to_ascii_lowercase().parse().ok()
    }
}

/// A quality value in thousandths, so that weights compare exactly.
fn weight(text: &str) -> Option<u16> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    if fraction.len() > 3 || !fraction.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let thousandths: u16 = format!("{fraction:0<3}").parse().ok()?;
    match whole {
        "0" => Some(thousandths),
        "1" if thousandths == 0 => Some(1000),
        _ => None,
    }
}

impl fmt::Display for Locale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Locale {
    type Err = LocaleError;
    fn from_str(text: &str) -> Result<Self, LocaleError> {
        Self::ALL.into_iter().find(|locale| locale.as_str() == text).ok_or(LocaleError)
    }
}

/// The name of an organisation in the two languages of the registry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Names {
    /// In Kazakh.
    pub kk: String,
    /// In Russian.
    pub ru: String,
}

impl Names {
    /// The name to show: the registry has no English ones, so an English text shows the state language's.
    #[must_use]
    pub fn in_locale(&self, locale: Locale) -> &str {
        match locale {
            Locale::Ru => &self.ru,
            Locale::Kk | Locale::En => &self.kk,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accept_language_weighs_its_ranges() {
        let check = |header: &str, expected| assert_eq!(Locale::from_accept_language(header), expected, "{header:?}");
        check("", Locale::Kk);
        check("ru", Locale::Ru);
        check("en-GB,en;q=0.9", Locale::En);
        check("de, fr;q=0.8", Locale::Kk);
        check("ru;q=0.5, en;q=0.7", Locale::En);
        check("ru;q=0.7,en;q=0.7", Locale::Ru);
        check("RU-kz ; q=0.123 , kk;q=0.12", Locale::Ru);
        check("en;q=0, ru;q=0.001", Locale::Ru);
        check("en;q=0", Locale::Kk);
        check("*", Locale::Kk);
        check("*;q=0.1, ru;q=0.2", Locale::Ru);
        check("en;q=2, ru;q=-1, en;q=abc, ru;q=0.12345, ,;;", Locale::Kk);
    }

    #[test]
    fn locales_round_trip() {
        for locale in Locale::ALL {
            assert_eq!(locale.as_str().parse(), Ok(locale));
            assert_eq!(serde_json::to_value(locale).expect("a string"), locale.as_str());
        }
        assert_eq!("KK".parse::<Locale>(), Err(LocaleError));
    }

    #[test]
    fn english_shows_the_kazakh_name() {
        let names = Names {
            kk: "«Айгөлек» балабақшасы".into(), ru: "Детский сад «Айгөлек»".into()
        };
        assert_eq!(names.in_locale(Locale::En), names.kk);
        assert_eq!(names.in_locale(Locale::Kk), names.kk);
        assert_eq!(names.in_locale(Locale::Ru), names.ru);
    }
}
