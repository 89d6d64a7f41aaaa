//! A set of public keys (RFC 7517), reduced to those that can check a token here: RSA, for signatures, with a name.

use std::collections::BTreeMap;

use jsonwebtoken::DecodingKey;
use jsonwebtoken::jwk::{AlgorithmParameters, Jwk, JwkSet, KeyAlgorithm, PublicKeyUse};
use serde::Deserialize;

/// An issuer shows the key in use, the next, perhaps the last: this many are more than any has.
const KEYS_MAX: usize = 32;

/// Public keys by their names.
#[derive(Clone, Default)]
pub struct KeySet(BTreeMap<String, DecodingKey>);

impl std::fmt::Debug for KeySet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

/// Each key is read by itself: one of a kind that isn't known here spoils none of the others.
#[derive(Deserialize)]
struct Shown {
    keys: Vec<serde_json::Value>,
}

impl KeySet {
    /// The usable keys of a set. Of two with one name the first is taken.
    #[must_use]
    pub fn of(keys: &JwkSet) -> Self {
        let mut set = BTreeMap::new();
        for jwk in keys.keys.iter().take(KEYS_MAX) {
            if let Some((kid, key)) = usable(jwk) {
                set.entry(kid).or_insert(key);
            }
        }
        Self(set)
    }

    /// The usable keys of a set as JSON; none if it is no set, or has no usable key.
    #[must_use]
    pub fn parse(json: &[u8]) -> Option<Self> {
        let shown: Shown = serde_json::from_slice(json).ok()?;
        let keys = shown.keys.into_iter().filter_map(|key| serde_json::from_value(key).ok()).collect();
        let set = Self::of(&JwkSet { keys });
        (!set.0.is_empty()).then_some(set)
    }

    /// The key of a name.
    #[must_use]
    pub fn key(&self, kid: &str) -> Option<&DecodingKey> {
        self.0.get(kid)
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.0.len()
    }
}

fn usable(jwk: &Jwk) -> Option<(String, DecodingKey)> {
    let signs = matches!(jwk.common.public_key_use, None | Some(PublicKeyUse::Signature));
    let ours = matches!(jwk.common.key_algorithm, None | Some(KeyAlgorithm::RS256));
    let AlgorithmParameters::RSA(_) = &jwk.algorithm else { return None };
    let kid = jwk.common.key_id.clone().filter(|_| signs && ours)?;
    Some((kid, DecodingKey::from_jwk(jwk).ok()?))
}
