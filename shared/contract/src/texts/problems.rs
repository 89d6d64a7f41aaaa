//! Problem texts: the codes of errors and refusals, the rule each refusal rests on, and their wording with the facts.
//! Never a status, never a header: the edge knows those. Facts are given by the caller and hold nothing personal.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use super::{Locale, dates, documents};

macro_rules! problem_codes {
    ($($code:ident $name:literal $($rule:literal)? {
        $kk_title:literal $kk:literal
        $ru_title:literal $ru:literal
        $en_title:literal $en:literal
    })+) => {
        /// What is wrong with a request, or why it is refused.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Code {
            $(#[doc = $en_title] $code,)+
        }

        impl Code {
            /// All codes.
            pub const ALL: &[Code] = &[$(Code::$code),+];

            /// The stable name: the end of a problem's `type`, or the `code` of one bad field.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Code::$code => $name,)+
                }
            }

            /// The rule that a refusal rests on; none for what no rule of the queue decides.
            #[must_use]
            pub const fn rule(self) -> Option<&'static str> {
                match self {
                    $(Code::$code => problem_codes!(@rule $($rule)?),)+
                }
            }

            /// Title and detail, the latter with its placeholders.
            pub(super) const fn texts(self, locale: Locale) -> (&'static str, &'static str) {
                match (self, locale) {
                    $(
                        (Code::$code, Locale::Kk) => ($kk_title, $kk),
                        (Code::$code, Locale::Ru) => ($ru_title, $ru),
                        (Code::$code, Locale::En) => ($en_title, $en),
                    )+
                }
            }
        }
    };
    (@rule) => { None };
    (@rule $rule:literal) => { Some($rule) };
}

mod table;

pub use table::Code;

/// The code isn't one of this system's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CodeError;

impl fmt::Display for CodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a problem code")
    }
}

impl std::error::Error for CodeError {}

impl FromStr for Code {
    type Err = CodeError;
    fn from_str(text: &str) -> Result<Self, CodeError> {
        Self::ALL.iter().copied().find(|code| code.as_str() == text).ok_or(CodeError)
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The short title of a problem.
#[must_use]
pub const fn title(code: Code, locale: Locale) -> &'static str {
    code.texts(locale).0
}

/// What is wrong in this case: the `detail` of a problem, or the `message` of one bad field. `facts` fill the text's
/// placeholders by name; one that isn't given is shown as a dash, one that the text doesn't use is left out. The fact
/// `document` is a kind of document and is shown by its name; `until` is a day and is shown as people say it.
#[must_use]
pub fn detail(code: Code, locale: Locale, facts: &[(&str, String)]) -> String {
    fill(code.texts(locale).1, |name| {
        let fact = facts.iter().find(|(known, _)| *known == name).map_or("—", |(_, fact)| fact.as_str());
        match name {
            "document" => documents::name(fact, locale).into(),
            "until" => fact.parse().map_or(fact.into(), |day| dates::day(day, locale).into()),
            _ => fact.into(),
        }
    })
}

/// The names of the facts that the detail of a code shows.
#[must_use]
pub fn placeholders(code: Code) -> Vec<&'static str> {
    let parts = code.texts(Locale::default()).1.split('{').skip(1);
    parts.filter_map(|part| part.split_once('}').map(|(name, _)| name)).collect()
}

/// Fills in one pass, so that a fact with braces of its own stays as it is.
fn fill<'f>(template: &str, fact: impl Fn(&str) -> Cow<'f, str>) -> String {
    let mut parts = template.split('{');
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (name, rest) = part.split_once('}').unwrap_or((part, ""));
        text.push_str(&fact(name));
        text.push_str(rest);
    }
    text
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeSet, HashSet};

    use super::*;

    #[test]
    fn every_code_has_texts_in_every_language() {
        for code in Code::ALL {
            for locale in Locale::ALL {
                let facts: Vec<_> = placeholders(*code).into_iter().map(|name| (name, "fact".to_owned())).collect();
                let (title, detail) = (title(*code, locale), detail(*code, locale, &facts));
                assert!(!title.is_empty() && !title.ends_with('.'), "{code} {locale}: {title}");
                assert!(detail.ends_with('.'), "{code} {locale}: {detail}");
                assert!(!detail.contains(['{', '}', '—']), "{code} {locale}: {detail}");
                assert_eq!(detail.matches("fact").count(), facts.len(), "{code} {locale}: {detail}");
                assert_eq!(title.chars().any(is_cyrillic), locale != Locale::En, "{code} {locale}: {title}");
                assert_eq!(detail.chars().any(is_cyrillic), locale != Locale::En, "{code} {locale}: {detail}");
            }
        }
    }

    fn is_cyrillic(c: char) -> bool {
        ('\u{400}'..='\u{52f}').contains(&c)
    }

    #[test]
    fn the_languages_show_the_same_facts() {
        for code in Code::ALL {
            let names = |locale: Locale| {
                let parts = code.texts(locale).1.split('{').skip(1);
                parts.map(|part| part.split_once('}').expect("closed").0).collect::<BTreeSet<_>>()
            };
            assert_eq!(names(Locale::Kk), names(Locale::Ru), "{code}");
            assert_eq!(names(Locale::Kk), names(Locale::En), "{code}");
        }
    }

    #[test]
    fn codes_are_unique_and_round_trip() {
        let names: HashSet<_> = Code::ALL.iter().map(|code| code.as_str()).collect();
        assert_eq!(names.len(), Code::ALL.len());
        for code in Code::ALL {
            assert_eq!(code.as_str().parse(), Ok(*code));
            assert!(code.as_str().bytes().all(|b| b.is_ascii_lowercase() || b == b'-'));
        }
        assert_eq!("teapot".parse::<Code>(), Err(CodeError));
    }

    #[test]
    fn refusals_name_their_rule() {
        let check = |code: Code, rule| assert_eq!(code.rule(), rule, "{code}");
        check(Code::ControlDigit, Some("K2"));
        check(Code::OrganisationsCount, Some("P15.1"));
        check(Code::BornTooEarly, Some("P11.a"));
        check(Code::DocumentExpired, Some("A2.8"));
        check(Code::DuplicateApplication, Some("K1"));
        check(Code::CancellationTooLate, Some("P25.a"));
        check(Code::ContractInForce, Some("P12"));
        check(Code::CertificateTooOld, Some("P28.1"));
        check(Code::UnvaccinatedShare, Some("P28"));
        check(Code::MalformedJson, None);
        check(Code::Internal, None);
    }

    #[test]
    fn facts_fill_the_texts() {
        let check = |code, facts: &[(&str, &str)], expected: &str| {
            let facts: Vec<_> = facts.iter().map(|(name, fact)| (*name, (*fact).to_owned())).collect();
            assert_eq!(detail(code, Locale::Ru, &facts), expected);
        };
        check(Code::DocumentMissing, &[("document", "diploma")], "Не представлен документ: диплом.");
        check(
            Code::OrganisationsCount,
            &[("max", "4"), ("count", "{max}"), ("unused", "x")],
            "Выберите организации: не менее 1 и не более 4; выбрано: {max}.",
        );
        check(
            Code::ExtensionTooFar,
            &[("until", "2026-12-20")],
            "Новый последний день должен быть позже нынешнего, самое позднее: 20 декабря 2026 года.",
        );
        check(Code::UnknownValue, &[], "Такого значения нет, возможные значения: —.");
    }
}
