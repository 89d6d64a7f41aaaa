//! The referral (`P22.a`) and the signed contract (`P22.d`) as electronic documents: signed with Ed25519, so that whoever is shown one
//! can check it with the public key. Neither names a person.

use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use kezek_rules::application::{Contract, Referral};
use serde::Serialize;

/// What a contract's document says it is, so that it is never taken for a referral.
const CONTRACT_TYPE: &str = "contract+jwt";

/// Signs referrals and contracts.
#[derive(Clone)]
pub struct ReferralSigner {
    key: EncodingKey,
    kid: String,
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
    /// A signer with an Ed25519 key in PKCS#8 DER; `kid` names its public half.
    #[must_use]
    pub fn new(pkcs8: &[u8], kid: String) -> Self {
        Self { key: EncodingKey::from_ed_der(pkcs8), kid }
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

#[cfg(test)]
mod tests {
    use jsonwebtoken::jwk::Jwk;
    use jsonwebtoken::{DecodingKey, Validation, decode, decode_header};
    use kezek_rules::application::{ContractStatus, SignatureMeans};
    use kezek_rules::ids::{ReferralId, SeatId};
    use serde_json::{Value, json};

    use super::*;

    /// The example of RFC 8410: nobody's key.
    const KEY: &str = "MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC";

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

    #[test]
    fn p22_d_a_signed_contract_is_checked_with_the_public_key() {
        let der = data_encoding::BASE64.decode(KEY.as_bytes()).expect("a key");
        let signer = ReferralSigner::new(&der, "referral-1".to_owned());
        let document = signer.contract(&contract()).expect("a document");
        let header = decode_header(&document).expect("a header");
        assert_eq!((header.typ.as_deref(), header.kid.as_deref()), (Some(CONTRACT_TYPE), Some("referral-1")));
        let public = Jwk::from_encoding_key(&EncodingKey::from_ed_der(&der), Algorithm::EdDSA).expect("a public half");
        let public = DecodingKey::from_jwk(&public).expect("a public key");
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
