//! Password hashes in the form that the tables hold: `$pbkdf2-sha512$<rounds>$<salt>$<sum>`, salt and sum in base64
//! with `.` for `+` and without padding.

use base64::Engine;
use base64::alphabet::Alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use lastmile_orm::{Error, Result};
use subtle::ConstantTimeEq;

/// Rounds of new password hashes.
pub const ROUNDS: u32 = 600_000;
/// Rounds of API keys: they are long and random, so that guessing is hopeless anyway.
pub const KEY_ROUNDS: u32 = 6_000;
/// More rounds than anybody uses: a stored hash must not make a check take minutes.
const MAX_ROUNDS: u32 = 10_000_000;
const SUM: usize = 64;

const ALPHABET: Alphabet = match Alphabet::new("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789./") {
    Ok(alphabet) => alphabet,
    Err(_) => base64::alphabet::STANDARD,
};
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &ALPHABET,
    GeneralPurposeConfig::new().with_encode_padding(false).with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

struct Parts {
    rounds: u32,
    salt: Vec<u8>,
    sum: Vec<u8>,
}

fn parse(hash: &str) -> Option<Parts> {
    let mut parts = hash.strip_prefix("$pbkdf2-sha512$")?.split('$');
    let rounds = parts.next()?.parse().ok().filter(|r| (1..=MAX_ROUNDS).contains(r))?;
    let salt = BASE64.decode(parts.next()?).ok()?;
    let sum = BASE64.decode(parts.next()?).ok()?;
    (parts.next().is_none() && sum.len() == SUM).then_some(Parts { rounds, salt, sum })
}

fn derive(secret: &str, salt: &[u8], rounds: u32) -> [u8; SUM] {
    let mut sum = [0; SUM];
    // Zero rounds are no valid hash and never get here.
    let rounds = std::num::NonZeroU32::new(rounds).unwrap_or(std::num::NonZeroU32::MIN);
    ring::pbkdf2::derive(ring::pbkdf2::PBKDF2_HMAC_SHA512, rounds, salt, secret.as_bytes(), &mut sum);
    sum
}

/// Random bytes of the operating system.
pub fn random<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|e| Error::internal(format!("no random numbers: {e}")))?;
    Ok(bytes)
}

/// A new hash of a secret.
pub fn hash(secret: &str, rounds: u32) -> Result<String> {
    let salt = random::<16>()?;
    Ok(format!("$pbkdf2-sha512${rounds}${}${}", BASE64.encode(salt), BASE64.encode(derive(secret, &salt, rounds))))
}

/// What a check found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Wrong,
    Right,
    /// Right, but kept as plain text or with few rounds: to be hashed anew.
    Outdated,
}

/// Whether a secret belongs to what is stored: a hash of any number of rounds, or plain text of old databases.
pub fn verify(secret: &str, stored: &str, rounds: u32) -> Verdict {
    if stored.is_empty() {
        return Verdict::Wrong;
    }
    if !stored.starts_with('$') {
        return if bool::from(stored.as_bytes().ct_eq(secret.as_bytes())) { Verdict::Outdated } else { Verdict::Wrong };
    }
    match parse(stored) {
        Some(parts) if bool::from(derive(secret, &parts.salt, parts.rounds).ct_eq(parts.sum.as_slice())) => {
            if parts.rounds < rounds {
                Verdict::Outdated
            } else {
                Verdict::Right
            }
        }
        _ => Verdict::Wrong,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Made with Python's `hashlib.pbkdf2_hmac` and passlib's alphabet.
    const VECTORS: &[(&str, &str)] = &[
        (
            "password",
            "$pbkdf2-sha512$1000$MDEyMzQ1Njc4OWFiY2RlZg$38DzhdBT7fPaUGBlsh42VTuuKSFAIYGZJ7l6feCDLIl.K3hdPFgxxu7xuUi4gIuH6cEIoODn18xH9Ig2ryNgUw",
        ),
        (
            "ünïcode ✓",
            "$pbkdf2-sha512$25000$yMnKy8zNzs/Q0dLT1NXW1w$2kkyFqgAJGCZ7xLc5hr.8OUMyylBXFvZKCU1Ga6D2harULTaym0BaD.BCFI2newHC3v1KDHwHC856W4YbTyi9g",
        ),
    ];

    #[test]
    fn known_hashes_verify() {
        for (secret, stored) in VECTORS {
            assert_eq!(verify(secret, stored, 1), Verdict::Right);
            assert_eq!(verify(secret, stored, ROUNDS), Verdict::Outdated);
            assert_eq!(verify("wrong", stored, 1), Verdict::Wrong);
        }
    }

    #[test]
    fn new_hashes_verify_and_differ() {
        let (a, b) = (hash("x", 5).unwrap(), hash("x", 5).unwrap());
        assert_ne!(a, b);
        assert_eq!(verify("x", &a, 5), Verdict::Right);
        assert_eq!(verify("y", &a, 5), Verdict::Wrong);
    }

    #[test]
    fn plain_text_is_outdated_and_garbage_is_wrong() {
        assert_eq!(verify("admin", "admin", 1), Verdict::Outdated);
        assert_eq!(verify("admin", "other", 1), Verdict::Wrong);
        assert_eq!(verify("", "", 1), Verdict::Wrong);
        assert_eq!(verify("x", "$pbkdf2-sha512$0$AA$AA", 1), Verdict::Wrong);
        assert_eq!(verify("$unknown$x", "$unknown$x", 1), Verdict::Wrong);
        assert_eq!(verify("x", "$pbkdf2-sha512$4000000000$AAAA$AAAA", 1), Verdict::Wrong);
    }
}
