//! Identifiers: what names a person, an organisation, an application, a seat, an offer.
//! Check digits of IIN and BIN (`K2`) live here; nothing here derives a birth date or a sex from a number.

mod foreign;

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

pub use foreign::{ForeignDocument, ForeignDocumentError};

/// Why a 12-digit number of the state (IIN or BIN) is not one (`K2`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum NumberError {
    /// Not exactly twelve ASCII digits.
    #[error("must have exactly 12 digits")]
    Shape,
    /// The control digit is another, or no control digit exists for these eleven digits.
    #[error("the control digit is wrong")]
    ControlDigit,
}

/// Checks twelve digits with the state's control digit (`K2`): weights 1..11, sum mod 11;
/// if 10, weights 3..11,1,2; if 10 again, the number was never issued.
fn check_twelve(text: &str) -> Result<[u8; 12], NumberError> {
    let bytes: [u8; 12] = text.as_bytes().try_into().map_err(|_| NumberError::Shape)?;
    if !bytes.iter().all(u8::is_ascii_digit) {
        return Err(NumberError::Shape);
    }
    let digit = |i: usize| u32::from(bytes[i] - b'0');
    let sum = |shift: usize| (0..11).map(|i| digit(i) * (((i + shift) % 11) as u32 + 1)).sum::<u32>() % 11;
    let control = match sum(0) {
        10 => sum(2),
        first => first,
    };
    if control == 10 || control != digit(11) { Err(NumberError::ControlDigit) } else { Ok(bytes) }
}

macro_rules! state_number {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name([u8; 12]);

        impl $name {
            /// The twelve digits.
            #[must_use]
            pub fn as_str(&self) -> &str {
                std::str::from_utf8(&self.0).unwrap_or_default()
            }
        }

        impl FromStr for $name {
            type Err = NumberError;
            fn from_str(text: &str) -> Result<Self, NumberError> {
                check_twelve(text).map(Self)
            }
        }

        impl TryFrom<String> for $name {
            type Error = NumberError;
            fn try_from(text: String) -> Result<Self, NumberError> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(value: $name) -> String {
                value.as_str().to_owned()
            }
        }
    };
}

state_number! {
    /// A person's individual identification number. Personal data: it has no `Display`, and its `Debug` hides the digits.
    Iin
}
state_number! {
    /// An organisation's business identification number.
    Bin
}

impl fmt::Debug for Iin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Iin(hidden)")
    }
}

impl fmt::Debug for Bin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Bin({})", self.as_str())
    }
}

impl fmt::Display for Bin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

macro_rules! opaque_id {
    ($(#[$doc:meta])* $name:ident, $len:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name([u8; $len]);

        impl $name {
            /// Makes the id from raw bytes.
            #[must_use]
            pub const fn from_bytes(bytes: [u8; $len]) -> Self {
                Self(bytes)
            }

            /// The raw bytes; their order is the order of ties (`P10.b`).
            #[must_use]
            pub const fn as_bytes(&self) -> &[u8; $len] {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let mut text = [0; $len * 2];
                f.write_str(hex(&self.0, &mut text))
            }
        }

        impl FromStr for $name {
            type Err = IdError;
            fn from_str(text: &str) -> Result<Self, IdError> {
                let mut bytes = [0; $len];
                if text.len() != $len * 2 || !text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')) {
                    return Err(IdError);
                }
                for (i, byte) in bytes.iter_mut().enumerate() {
                    *byte = u8::from_str_radix(&text[i * 2..i * 2 + 2], 16).map_err(|_| IdError)?;
                }
                Ok(Self(bytes))
            }
        }

        impl TryFrom<String> for $name {
            type Error = IdError;
            fn try_from(text: String) -> Result<Self, IdError> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(value: $name) -> String {
                value.to_string()
            }
        }
    };
}

/// Writes bytes as lower-case hexadecimal digits.
pub(crate) fn hex<'a>(bytes: &[u8], text: &'a mut [u8]) -> &'a str {
    for (byte, pair) in bytes.iter().zip(text.chunks_exact_mut(2)) {
        let digit = |half: u8| if half < 10 { b'0' + half } else { b'a' + half - 10 };
        pair.copy_from_slice(&[digit(byte >> 4), digit(byte & 0xf)]);
    }
    std::str::from_utf8(text).unwrap_or_default()
}

/// The text is not an id of this system.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("not an id")]
pub struct IdError;

opaque_id! {
    /// One child's application.
    ApplicationId, 16
}
opaque_id! {
    /// One complaint.
    ComplaintId, 16
}
opaque_id! {
    /// One invitation to be queued (`P7`, `P8`).
    InvitationId, 16
}
opaque_id! {
    /// A keyed hash of a personal number (or of a non-resident's subject): the only link from the queue to a person.
    PersonKey, 16
}
opaque_id! {
    /// One vacancy: a seat, made from (organisation, bulletin, line, n), so that a repeated bulletin makes it once.
    SeatId, 16
}
opaque_id! {
    /// One offer of one seat to one application.
    OfferId, 12
}
opaque_id! {
    /// One referral: it leads back to the application that holds it, see [`ReferralId::application`].
    ReferralId, 20
}

impl InvitationId {
    /// The application that it becomes: answered twice, it can't become two.
    #[must_use]
    pub const fn application(self) -> ApplicationId {
        ApplicationId(self.0)
    }

    /// The invitation that an application came by, if it came by one.
    #[must_use]
    pub const fn of(application: ApplicationId) -> Self {
        Self(application.0)
    }
}

impl ReferralId {
    /// The id of the referral that an application gets in one of its versions.
    #[must_use]
    pub fn of(application: ApplicationId, version: u32) -> Self {
        let mut bytes = [0; 20];
        bytes[..16].copy_from_slice(application.as_bytes());
        bytes[16..].copy_from_slice(&version.to_be_bytes());
        Self(crossed(bytes))
    }

    /// The application that it was issued to: whoever names a referral is led to where it is kept without an index. For an id that was
    /// never issued it is one that has no such referral.
    #[must_use]
    pub fn application(self) -> ApplicationId {
        let bytes = crossed(self.0);
        ApplicationId(std::array::from_fn(|index| bytes[index]))
    }
}

/// Crosses the first eight bytes with all others; done twice it changes nothing. The number printed on a referral is its first eight
/// bytes, so every other bit must show there.
fn crossed(mut bytes: [u8; 20]) -> [u8; 20] {
    let number = |bytes: &[u8]| bytes.iter().fold(0u64, |number, byte| number << 8 | u64::from(*byte));
    let cross = mix(number(&bytes[8..16]) ^ mix(number(&bytes[16..])));
    let head = number(&bytes[..8]) ^ cross;
    bytes[..8].copy_from_slice(&head.to_be_bytes());
    bytes
}

/// The finalizer of SplitMix64: a bijection in which each bit moves every other.
const fn mix(number: u64) -> u64 {
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Result<(), NumberError>) {
        assert_eq!(text.parse::<Iin>().map(|_| ()), expected, "{text}");
        assert_eq!(text.parse::<Bin>().map(|_| ()), expected, "{text}");
    }

    #[test]
    fn k2_control_digit_decides() {
        check("061211600012", Ok(()));
        check("061211600013", Err(NumberError::ControlDigit));
        check("06121160001", Err(NumberError::Shape));
        check("06121160001a", Err(NumberError::Shape));
        check("", Err(NumberError::Shape));
        check("０６１２１１６００", Err(NumberError::Shape));
    }

    /// Every control digit but one is refused, and numbers whose second sum is 10 again have none at all.
    #[test]
    fn k2_at_most_one_control_digit_is_right() {
        let mut never_issued = 0;
        for stem in (0..200_000u64).map(|i| i * 499_979 % 100_000_000_000) {
            let right = (0..10).filter(|d| format!("{stem:011}{d}").parse::<Iin>().is_ok()).count();
            assert!(right <= 1);
            never_issued += usize::from(right == 0);
        }
        assert!(never_issued > 0, "the sample must reach the second sum");
    }

    #[test]
    fn p22_a_a_referral_leads_to_its_application() {
        let application = ApplicationId(std::array::from_fn(|index| u8::try_from(index * 11).expect("a byte")));
        let ids: Vec<ReferralId> = (1..=50).map(|version| ReferralId::of(application, version)).collect();
        assert!(ids.iter().all(|id| id.application() == application));
        let numbers: std::collections::BTreeSet<&[u8]> = ids.iter().map(|id| &id.0[..8]).collect();
        assert_eq!(numbers.len(), ids.len(), "the version shows in the first eight bytes");
    }

    #[test]
    fn personal_numbers_are_hidden_from_debug() {
        let iin: Iin = "061211600012".parse().expect("valid");
        assert!(!format!("{iin:?}").contains("0612"));
    }
}
