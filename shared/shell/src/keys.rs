//! Keyed hashes: what stands for a person wherever a person's number must not. The key carries a version, so that it can be
//! replaced. Ids of applications, complaints and invitations are made here too: from the caller's key or from what makes them unique, never by chance.

use chrono::{DateTime, Utc};
use hmac::{Hmac, Mac};
use kezek_rules::ids::{ApplicationId, Bin, ComplaintId, ForeignDocument, InvitationId, PersonKey};
use sha2::{Digest, Sha256};

/// The keys of the keyed hashes.
#[derive(Clone)]
pub struct Keys {
    secret: Vec<u8>,
    version: u32,
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Keys(version {})", self.version)
    }
}

impl Keys {
    /// Keys from a secret, with the version of that secret.
    #[must_use]
    pub const fn new(secret: Vec<u8>, version: u32) -> Self {
        Self { secret, version }
    }

    /// A keyed hash for one purpose; parts are told apart by their lengths.
    fn hash(&self, purpose: &str, parts: &[&[u8]]) -> [u8; 32] {
        // A key of any length is good for HMAC, so this can't fail.
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&self.secret) else { return [0; 32] };
        mac.update(format!("{purpose}/{}", self.version).as_bytes());
        for part in parts {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part);
        }
        mac.finalize().into_bytes().into()
    }

    fn sixteen(&self, purpose: &str, parts: &[&[u8]]) -> [u8; 16] {
        let hash = self.hash(purpose, parts);
        std::array::from_fn(|index| hash[index])
    }

    /// The key of a person by its number.
    #[must_use]
    pub fn person(&self, iin: &str) -> PersonKey {
        PersonKey::from_bytes(self.sixteen("person", &[iin.as_bytes()]))
    }

    /// The key of a person without a number, by a document (`K1`).
    #[must_use]
    pub fn document(&self, document: &ForeignDocument) -> PersonKey {
        let parts = [document.country().as_bytes(), document.number().as_bytes()];
        PersonKey::from_bytes(self.sixteen("document", &parts))
    }

    /// The key of a non-resident by the subject of its identity.
    #[must_use]
    pub fn subject(&self, subject: &str) -> PersonKey {
        PersonKey::from_bytes(self.sixteen("subject", &[subject.as_bytes()]))
    }

    /// The id of the application that a request with an `Idempotency-Key` makes: the same request makes the same one.
    #[must_use]
    pub fn application_by_key(&self, applicant: PersonKey, idempotency_key: &str) -> ApplicationId {
        ApplicationId::from_bytes(self.sixteen("application/key", &[applicant.as_bytes(), idempotency_key.as_bytes()]))
    }

    /// The id of the application that a request without one makes.
    #[must_use]
    pub fn application(
        &self,
        applicant: PersonKey,
        child: PersonKey,
        stream: &str,
        at: DateTime<Utc>,
    ) -> ApplicationId {
        let at = at.timestamp_millis().to_be_bytes();
        let parts = [applicant.as_bytes().as_slice(), child.as_bytes(), stream.as_bytes(), &at];
        ApplicationId::from_bytes(self.sixteen("application", &parts))
    }

    /// The id of the complaint that a request with an `Idempotency-Key` makes: the same request makes the same one.
    #[must_use]
    pub fn complaint_by_key(&self, applicant: PersonKey, idempotency_key: &str) -> ComplaintId {
        ComplaintId::from_bytes(self.sixteen("complaint/key", &[applicant.as_bytes(), idempotency_key.as_bytes()]))
    }

    /// The id of the complaint that a request without one makes: told apart by what it says, and when.
    #[must_use]
    pub fn complaint(&self, applicant: PersonKey, fingerprint: &str, at: DateTime<Utc>) -> ComplaintId {
        let at = at.timestamp_millis().to_be_bytes();
        let parts = [applicant.as_bytes().as_slice(), fingerprint.as_bytes(), &at];
        ComplaintId::from_bytes(self.sixteen("complaint", &parts))
    }

    /// The id of the invitation that a state system's request with an `Idempotency-Key` makes: the same request makes the same one.
    #[must_use]
    pub fn invitation_by_key(&self, sender: PersonKey, idempotency_key: &str) -> InvitationId {
        InvitationId::from_bytes(self.sixteen("invitation/key", &[sender.as_bytes(), idempotency_key.as_bytes()]))
    }

    /// The id of the invitation that a request without one makes: the `n`-th of its instant.
    #[must_use]
    pub fn invitation(&self, applicant: PersonKey, child: PersonKey, at: DateTime<Utc>, n: usize) -> InvitationId {
        let (at, n) = (at.timestamp_millis().to_be_bytes(), (n as u64).to_be_bytes());
        InvitationId::from_bytes(self.sixteen("invitation", &[applicant.as_bytes(), child.as_bytes(), &at, &n]))
    }

    /// The pseudonym of an application in one organisation's public queue (`P15.6`): its parent finds it there, no one else.
    #[must_use]
    pub fn tag(&self, application: ApplicationId, organisation: Bin) -> String {
        let hash = self.hash("tag", &[application.as_bytes(), organisation.as_str().as_bytes()]);
        data_encoding::BASE32_NOPAD.encode(&hash[..5]).to_lowercase()
    }

    /// A fingerprint of a request's body, for `Idempotency-Key`.
    #[must_use]
    pub fn fingerprint(&self, body: &[u8]) -> String {
        data_encoding::HEXLOWER.encode(&self.hash("body", &[&Sha256::digest(body)])[..16])
    }

    /// A seal for a cursor.
    #[must_use]
    pub fn seal(&self, text: &str) -> [u8; 12] {
        let hash = self.hash("cursor", &[text.as_bytes()]);
        std::array::from_fn(|index| hash[index])
    }
}
