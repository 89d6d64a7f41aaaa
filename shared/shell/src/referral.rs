//! The referral as an electronic document (`P22.a`): signed with Ed25519, so that the organisation can check it with the public key.

use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use kezek_rules::application::Referral;
use serde::Serialize;

/// Signs referrals.
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
}
