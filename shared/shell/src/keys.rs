//! Keyed hashes: what stands for a person wherever a person's number must not. The key carries a version, so that it can be
//! replaced: what is new is made with the current one, what is looked for may have been made with another. Ids of applications,
//! complaints and invitations are made here too: from the caller's key or from what makes them unique, never by chance.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use hmac::{Hmac, Mac};
use kezek_rules::ids::{ApplicationId, Bin, ComplaintId, ForeignDocument, InvitationId, PersonKey};
use sha2::{Digest, Sha256};

use crate::versions::{VERSIONS_MAX, Versions};

/// A person as the keys of all versions know it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Person {
    /// The current one first; those after the `count`-th are the current one again.
    keys: [PersonKey; VERSIONS_MAX],
    count: usize,
}

impl Person {
    fn of(keys: &[PersonKey]) -> Self {
        let current = keys.first().copied().unwrap_or(PersonKey::from_bytes([0; 16]));
        let all = std::array::from_fn(|index| keys.get(index).copied().unwrap_or(current));
        Self { keys: all, count: keys.len().clamp(1, VERSIONS_MAX) }
    }

    /// By the current key: what is written anew carries this.
    #[must_use]
    pub const fn current(&self) -> PersonKey {
        self.keys[0]
    }

    /// By all keys, the current first.
    #[must_use]
    pub fn all(&self) -> &[PersonKey] {
        &self.keys[..self.count]
    }

    /// By the other keys: what was written before the current one, or by a function that doesn't use it yet.
    #[must_use]
    pub fn others(&self) -> &[PersonKey] {
        &self.keys[1..self.count]
    }

    /// By all keys but one: that under which something is written.
    #[must_use]
    pub fn except(&self, written: PersonKey) -> Vec<PersonKey> {
        self.all().iter().copied().filter(|key| *key != written).collect()
    }

    /// Whether a stored key stands for this person, whatever version made it.
    #[must_use]
    pub fn is(&self, stored: PersonKey) -> bool {
        self.all().contains(&stored)
    }
}

/// The key of one version.
#[derive(Clone)]
struct Key {
    version: u32,
    secret: Vec<u8>,
}

/// The keys of the keyed hashes.
#[derive(Clone)]
pub struct Keys {
    current: Key,
    others: Arc<[Key]>,
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Keys(version {} of {})", self.current.version, self.others.len() + 1)
    }
}

impl Key {
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

    fn fingerprint(&self, body: &[u8]) -> String {
        data_encoding::HEXLOWER.encode(&self.hash("body", &[&Sha256::digest(body)])[..16])
    }

    fn seal(&self, text: &str) -> [u8; 12] {
        let hash = self.hash("cursor", &[text.as_bytes()]);
        std::array::from_fn(|index| hash[index])
    }
}

impl Keys {
    /// Keys from one secret, with the version of that secret.
    #[must_use]
    pub fn new(secret: Vec<u8>, version: u32) -> Self {
        Self { current: Key { version, secret }, others: Arc::default() }
    }

    /// Keys of several versions.
    #[must_use]
    pub fn of(versions: Versions) -> Self {
        let key = |(version, text): (u32, String)| Key { version, secret: text.into_bytes() };
        Self { current: key(versions.current), others: versions.others.into_iter().map(key).collect() }
    }

    /// The same, knowing another version too.
    #[must_use]
    pub fn and(self, secret: Vec<u8>, version: u32) -> Self {
        let others = self.others.iter().cloned().chain([Key { version, secret }]).collect();
        Self { others, ..self }
    }

    fn each(&self) -> impl Iterator<Item = &Key> {
        std::iter::once(&self.current).chain(self.others.iter())
    }

    fn known(&self, purpose: &str, parts: &[&[u8]]) -> Person {
        let keys: Vec<PersonKey> = self.each().map(|key| PersonKey::from_bytes(key.sixteen(purpose, parts))).collect();
        Person::of(&keys)
    }

    /// A person by its number.
    #[must_use]
    pub fn person(&self, iin: &str) -> Person {
        self.known("person", &[iin.as_bytes()])
    }

    /// A person without a number, by a document (`K1`).
    #[must_use]
    pub fn document(&self, document: &ForeignDocument) -> Person {
        self.known("document", &[document.country().as_bytes(), document.number().as_bytes()])
    }

    /// A non-resident by the subject of its identity.
    #[must_use]
    pub fn subject(&self, subject: &str) -> Person {
        self.known("subject", &[subject.as_bytes()])
    }

    /// What a caller's request with an `Idempotency-Key` is known by: by the current key, and by the others.
    fn by_key(&self, purpose: &str, caller: Person, idempotency_key: &str) -> Vec<[u8; 16]> {
        let of =
            |(key, person): (&Key, &PersonKey)| key.sixteen(purpose, &[person.as_bytes(), idempotency_key.as_bytes()]);
        self.each().zip(caller.all()).map(of).collect()
    }

    /// The applications that a request with an `Idempotency-Key` makes, or has made: the one that it makes now, then those that the keys
    /// of other versions make of it. The same request makes the same ones.
    #[must_use]
    pub fn applications_by_key(&self, applicant: Person, idempotency_key: &str) -> Vec<ApplicationId> {
        self.by_key("application/key", applicant, idempotency_key).into_iter().map(ApplicationId::from_bytes).collect()
    }

    /// The id of the application that a request with an `Idempotency-Key` makes now.
    #[must_use]
    pub fn application_by_key(&self, applicant: Person, idempotency_key: &str) -> ApplicationId {
        let parts = [applicant.keys[0].as_bytes().as_slice(), idempotency_key.as_bytes()];
        ApplicationId::from_bytes(self.current.sixteen("application/key", &parts))
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
        ApplicationId::from_bytes(self.current.sixteen("application", &parts))
    }

    /// The complaints that a request with an `Idempotency-Key` makes, or has made: as [`Self::applications_by_key`].
    #[must_use]
    pub fn complaints_by_key(&self, applicant: Person, idempotency_key: &str) -> Vec<ComplaintId> {
        self.by_key("complaint/key", applicant, idempotency_key).into_iter().map(ComplaintId::from_bytes).collect()
    }

    /// The id of the complaint that a request without one makes: told apart by what it says, and when.
    #[must_use]
    pub fn complaint(&self, applicant: PersonKey, fingerprint: &str, at: DateTime<Utc>) -> ComplaintId {
        let at = at.timestamp_millis().to_be_bytes();
        let parts = [applicant.as_bytes().as_slice(), fingerprint.as_bytes(), &at];
        ComplaintId::from_bytes(self.current.sixteen("complaint", &parts))
    }

    /// The invitations that a state system's request with an `Idempotency-Key` makes, or has made: as [`Self::applications_by_key`].
    #[must_use]
    pub fn invitations_by_key(&self, sender: Person, idempotency_key: &str) -> Vec<InvitationId> {
        self.by_key("invitation/key", sender, idempotency_key).into_iter().map(InvitationId::from_bytes).collect()
    }

    /// The id of the invitation that a request without one makes: the `n`-th of its instant.
    #[must_use]
    pub fn invitation(&self, applicant: PersonKey, child: PersonKey, at: DateTime<Utc>, n: usize) -> InvitationId {
        let (at, n) = (at.timestamp_millis().to_be_bytes(), (n as u64).to_be_bytes());
        let parts = [applicant.as_bytes().as_slice(), child.as_bytes(), &at, &n];
        InvitationId::from_bytes(self.current.sixteen("invitation", &parts))
    }

    /// The pseudonym of an application in one organisation's public queue (`P15.6`): its parent finds it there, no one else. It is made
    /// with the oldest key that is known, so that it stays while others come.
    #[must_use]
    pub fn tag(&self, application: ApplicationId, organisation: Bin) -> String {
        let oldest = self.others.iter().min_by_key(|key| key.version).filter(|key| key.version < self.current.version);
        let hash =
            oldest.unwrap_or(&self.current).hash("tag", &[application.as_bytes(), organisation.as_str().as_bytes()]);
        data_encoding::BASE32_NOPAD.encode(&hash[..5]).to_lowercase()
    }

    /// A fingerprint of a request's body, for `Idempotency-Key`.
    #[must_use]
    pub fn fingerprint(&self, body: &[u8]) -> String {
        self.current.fingerprint(body)
    }

    /// Whether a stored fingerprint is that of a body, by whatever version.
    #[must_use]
    pub fn is_fingerprint(&self, stored: &str, body: &[u8]) -> bool {
        self.each().any(|key| same(stored.as_bytes(), key.fingerprint(body).as_bytes()))
    }

    /// A seal for a cursor.
    #[must_use]
    pub fn seal(&self, text: &str) -> [u8; 12] {
        self.current.seal(text)
    }

    /// Whether a seal is one of ours, by whatever version.
    #[must_use]
    pub fn has_sealed(&self, text: &str, seal: &[u8]) -> bool {
        self.each().any(|key| same(seal, &key.seal(text)))
    }
}

/// Whether two are the same, in a time that doesn't tell how far they are.
fn same(one: &[u8], other: &[u8]) -> bool {
    aws_lc_rs::constant_time::verify_slices_are_equal(one, other).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(current: u32, versions: &[u32]) -> Keys {
        let secret = |version: &u32| format!("\"{version}\":\"{}\"", format!("secret-{version}-").repeat(6));
        let secrets: Vec<String> = versions.iter().map(secret).collect();
        let text = format!("{{\"current\":{current},\"keys\":{{{}}}}}", secrets.join(","));
        Keys::of(Versions::parse(&text).expect("versions"))
    }

    #[test]
    fn a_person_is_known_by_every_version() {
        let (old, both, new) = (keys(1, &[1]), keys(2, &[1, 2]), keys(2, &[2]));
        let stored = old.person("000000000010").current();
        let person = both.person("000000000010");
        assert!(person.is(stored) && person.current() != stored);
        assert_eq!(person.others(), [stored]);
        assert_eq!(new.person("000000000010").current(), person.current(), "what is new is made with the current one");
        assert!(!new.person("000000000010").is(stored), "a version that was taken away knows nobody");
        assert!(!both.person("000000000020").is(stored));
    }

    #[test]
    fn a_repeated_request_is_found_under_every_version() {
        let (old, both) = (keys(1, &[1]), keys(2, &[1, 2]));
        let made = old.applications_by_key(old.person("000000000010"), "key");
        let again = both.applications_by_key(both.person("000000000010"), "key");
        assert_eq!((made.len(), again.len()), (1, 2));
        assert_eq!(again[1], made[0]);
        assert_eq!(again[0], both.application_by_key(both.person("000000000010"), "key"));
        assert_ne!(again[0], made[0]);
        assert!(both.is_fingerprint(&old.fingerprint(b"body"), b"body"));
        assert!(!both.is_fingerprint(&old.fingerprint(b"body"), b"other"));
    }

    #[test]
    fn p15_6_a_tag_stays_while_its_key_is_known() {
        let (application, garden) = (ApplicationId::from_bytes([7; 16]), "990140000007".parse().expect("a number"));
        let tag = |current, versions: &[u32]| keys(current, versions).tag(application, garden);
        assert_eq!(tag(1, &[1]), tag(1, &[1, 2]));
        assert_eq!(tag(1, &[1]), tag(2, &[1, 2]));
        assert_eq!(tag(2, &[2]), tag(3, &[2, 3]));
        assert_ne!(tag(1, &[1]), tag(2, &[2]));
    }

    #[test]
    fn one_secret_is_the_same_alone_and_among_others() {
        let (alone, among) = (Keys::new("secret-1-".repeat(6).into_bytes(), 1), keys(1, &[1, 2]));
        assert_eq!(alone.person("000000000010").current(), among.person("000000000010").current());
        assert_eq!(alone.seal("text"), among.seal("text"));
        assert_eq!(among.person("000000000010").all().len(), 2, "also one that isn't current yet");
    }
}
