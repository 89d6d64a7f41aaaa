//! The referral (`P22.a`) and the signed contract (`P22.d`) as electronic documents: signed with Ed25519, so that whoever is shown one
//! can check it with the public key. Neither names a person.

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use data_encoding::{BASE64, BASE64URL_NOPAD};
use jsonwebtoken::jwk::{
    AlgorithmParameters, CommonParameters, EllipticCurve, Jwk, JwkSet, KeyAlgorithm, OctetKeyPairParameters,
    OctetKeyPairType, PublicKeyUse,
};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use kezek_rules::application::{Contract, Referral};
use serde::Serialize;
use thiserror::Error;

use crate::versions::Versions;

/// What a contract's document says it is, so that it is never taken for a referral.
const CONTRACT_TYPE: &str = "contract+jwt";

/// Signs referrals and contracts, with the current key; each names the key that checks it (`kid`).
#[derive(Clone)]
pub struct ReferralSigner {
    key: EncodingKey,
    kid: String,
    public: JwkSet,
}

/// Why keys can't sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum SignerError {
    /// A key isn't base64.
    #[error("the key of version {0} isn't base64")]
    Encoding(u32),
    /// A key isn't an Ed25519 key.
    #[error("the key of version {0} isn't an Ed25519 key in PKCS 8")]
    Key(u32),
}

impl std::fmt::Debug for ReferralSigner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ReferralSigner({})", self.kid)
    }
}

#[derive(Serialize)]
struct Document<'a> {
    number: String,
    organisation: &'a str,
    vacancy: String,
    iat: i64,
    exp: i64,
}

/// A contract that the applicant has signed.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Signed<'a> {
    organisation: &'a str,
    vacancy: String,
    referral: String,
    formed_at: i64,
    iat: i64,
    means: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    temporary_until: Option<String>,
}

impl ReferralSigner {
    /// A signer with Ed25519 keys in PKCS 8, base64. The public halves are named `referral-<version>`.
    ///
    /// # Errors
    /// One of them is none.
    pub fn of(versions: &Versions) -> Result<Self, SignerError> {
        let (key, current) = pair(&versions.current)?;
        let kid = current.common.key_id.clone().unwrap_or_default();
        let others = versions.others.iter().map(|version| pair(version).map(|(_, public)| public));
        let public = std::iter::once(Ok(current)).chain(others).collect::<Result<_, _>>()?;
        Ok(Self { key, kid, public: JwkSet { keys: public } })
    }

    /// The public keys of all versions, by which a document is checked: also one that an earlier version signed.
    #[must_use]
    pub const fn public_keys(&self) -> &JwkSet {
        &self.public
    }

    /// The signed document of a referral; it names no person. None if the key can't sign.
    #[must_use]
    pub fn document(&self, referral: &Referral) -> Option<String> {
        let mut header = Header::new(Algorithm::EdDSA);
        header.kid = Some(self.kid.clone());
        let document = Document {
            number: referral.number(),
            organisation: referral.organisation.as_str(),
            vacancy: referral.seat.to_string(),
            iat: referral.issued_at.timestamp(),
            exp: referral.valid_until.timestamp(),
        };
        encode(&header, &document, &self.key).ok()
    }

    /// The signed document of a contract; none while the applicant hasn't signed it, or if the key can't sign.
    #[must_use]
    pub fn contract(&self, contract: &Contract) -> Option<String> {
        let (signed_at, means) = contract.signed_at.zip(contract.means)?;
        let mut header = Header::new(Algorithm::EdDSA);
        header.kid = Some(self.kid.clone());
        header.typ = Some(CONTRACT_TYPE.to_owned());
        let signed = Signed {
            organisation: contract.organisation.as_str(),
            vacancy: contract.seat.to_string(),
            referral: contract.referral.to_string(),
            formed_at: contract.formed_at.timestamp(),
            iat: signed_at.timestamp(),
            means: means.as_str(),
            temporary_until: contract.temporary_until.map(|day| day.to_string()),
        };
        encode(&header, &signed, &self.key).ok()
    }
}

/// A key with its public half.
fn pair((version, text): &(u32, String)) -> Result<(EncodingKey, Jwk), SignerError> {
    let pkcs8 = BASE64.decode(text.as_bytes()).map_err(|_| SignerError::Encoding(*version))?;
    let pair = Ed25519KeyPair::from_pkcs8(&pkcs8).map_err(|_| SignerError::Key(*version))?;
    let common = CommonParameters {
        key_id: Some(format!("referral-{version}")),
        key_algorithm: Some(KeyAlgorithm::EdDSA),
        public_key_use: Some(PublicKeyUse::Signature),
        ..CommonParameters::default()
    };
    let algorithm = AlgorithmParameters::OctetKeyPair(OctetKeyPairParameters {
        key_type: OctetKeyPairType::OctetKeyPair,
        curve: EllipticCurve::Ed25519,
        x: BASE64URL_NOPAD.encode(pair.public_key().as_ref()),
    });
    Ok((EncodingKey::from_ed_der(&pkcs8), Jwk { common, algorithm }))
}

#[cfg(test)]
mod tests {
    use jsonwebtoken::{DecodingKey, Validation, decode, decode_header};
    use kezek_rules::application::{ContractStatus, SignatureMeans};
    use kezek_rules::ids::{ReferralId, SeatId};
    use serde_json::{Value, json};

    use super::*;

    /// The example of RFC 8410: nobody's key.
    const KEY: &str = "MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC";

    /// Another one: nobody's either.
    const OTHER: &str = "MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g";

    fn contract() -> Contract {
        Contract {
            organisation: "990140000007".parse().expect("a number"),
            seat: SeatId::from_bytes([1; 16]),
            referral: ReferralId::from_bytes([2; 20]),
            formed_at: "2026-01-12T05:00:00Z".parse().expect("an instant"),
            sign_by: "2026-01-19T19:00:00Z".parse().expect("an instant"),
            status: ContractStatus::Signed,
            signed_at: Some("2026-01-13T05:00:00Z".parse().expect("an instant")),
            means: Some(SignatureMeans::Qr),
            temporary_until: None,
        }
    }

    fn signer(current: u32, keys: &[(u32, &str)]) -> ReferralSigner {
        let keys: serde_json::Map<String, Value> =
            keys.iter().map(|(version, key)| (version.to_string(), json!(key))).collect();
        let versions = Versions::parse(&json!({"current": current, "keys": keys}).to_string()).expect("versions");
        ReferralSigner::of(&versions).expect("a signer")
    }

    #[test]
    fn p22_d_what_an_earlier_key_signed_is_still_checked() {
        let document = signer(1, &[(1, KEY)]).contract(&contract()).expect("a document");
        let rotated = signer(2, &[(1, KEY), (2, OTHER)]);
        let newer = rotated.contract(&contract()).expect("a document");
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.validate_exp = false;
        validation.set_required_spec_claims::<&str>(&[]);
        for (document, kid) in [(document, "referral-1"), (newer, "referral-2")] {
            let named = decode_header(&document).expect("a header").kid.expect("a name");
            assert_eq!(named, kid);
            let public = DecodingKey::from_jwk(rotated.public_keys().find(kid).expect("its key")).expect("a key");
            assert!(decode::<Value>(&document, &public, &validation).is_ok(), "{kid}");
        }
        assert!(signer(2, &[(2, OTHER)]).public_keys().find("referral-1").is_none());
    }

    #[test]
    fn a_key_that_is_none_ends_the_start() {
        let versions = |key: &str| Versions::parse(&json!({"current": 1, "keys": {"1": key}}).to_string());
        let none = ReferralSigner::of(&versions(&"AAAA".repeat(12)).expect("versions"));
        assert_eq!(none.map(|_| ()), Err(SignerError::Key(1)));
        let none = ReferralSigner::of(&versions(&"-".repeat(48)).expect("versions"));
        assert_eq!(none.map(|_| ()), Err(SignerError::Encoding(1)));
    }

    #[test]
    fn p22_d_a_signed_contract_is_checked_with_the_public_key() {
        let signer = signer(1, &[(1, KEY)]);
        let document = signer.contract(&contract()).expect("a document");
        let header = decode_header(&document).expect("a header");
        assert_eq!((header.typ.as_deref(), header.kid.as_deref()), (Some(CONTRACT_TYPE), Some("referral-1")));
        let public = DecodingKey::from_jwk(signer.public_keys().find("referral-1").expect("it")).expect("a public key");
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.validate_exp = false;
        validation.set_required_spec_claims::<&str>(&[]);
        let claims = decode::<Value>(&document, &public, &validation).expect("signed by it").claims;
        let expected = json!({
            "organisation": "990140000007", "vacancy": "01".repeat(16), "referral": "02".repeat(20),
            "formedAt": 1_768_194_000, "iat": 1_768_280_400, "means": "qr",
        });
        assert_eq!(claims, expected);
        let (rest, signature) = document.rsplit_once('.').expect("three parts");
        let other = format!("{rest}A.{signature}");
        assert!(decode::<Value>(&other, &public, &validation).is_err(), "and nothing else is");
        let unsigned = Contract { status: ContractStatus::Formed, signed_at: None, means: None, ..contract() };
        assert_eq!(signer.contract(&unsigned), None);
    }
}
