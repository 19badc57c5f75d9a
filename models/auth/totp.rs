//! The second factor: codes of an authenticator (RFC 6238: SHA-1, six digits, thirty seconds), stored as the reference does.
//!
//! `res_users.totp_secret` is the key in Base32, `totp_last_counter` the time step of the last code that was taken: none is taken twice.

use chrono::Utc;
use data_encoding::BASE32_NOPAD;
use hmac::{Hmac, KeyInit, Mac};
use lastmile_orm::sql::sql;
use lastmile_orm::{Env, Error, Id, Result};
use sha1::Sha1;

/// Seconds of a time step.
const STEP: i64 = 30;
/// Bytes of a new key (RFC 4226, section 4, R6).
const KEY: usize = 20;

/// The code of a time step.
fn code(key: &[u8], counter: i64) -> Option<u32> {
    let mut mac = Hmac::<Sha1>::new_from_slice(key).ok()?;
    mac.update(&counter.to_be_bytes());
    let sum = mac.finalize().into_bytes();
    let from = usize::from(sum.last()? & 0xf);
    let part: [u8; 4] = sum.get(from..from + 4)?.try_into().ok()?;
    Some((u32::from_be_bytes(part) & 0x7fff_ffff) % 1_000_000)
}

/// The key of a secret as people copy it: spaces and small letters do not matter.
fn key(secret: &str) -> Option<Vec<u8>> {
    let letters: String = secret.chars().filter(|c| !c.is_whitespace() && *c != '=').collect();
    BASE32_NOPAD.decode(letters.to_ascii_uppercase().as_bytes()).ok().filter(|key| !key.is_empty())
}

/// The time step of a code that is right around a moment and later than the last one that was taken.
fn step(secret: &str, given: &str, now: i64, last: i64) -> Option<i64> {
    let digits: String = given.chars().filter(|c| !c.is_whitespace()).collect();
    let given: u32 = Some(digits).filter(|digits| digits.len() == 6 && digits.bytes().all(|b| b.is_ascii_digit()))?.parse().ok()?;
    let key = key(secret)?;
    ((now - STEP) / STEP..=(now + STEP) / STEP).find(|counter| *counter > last && code(&key, *counter) == Some(given))
}

/// Whether a code is a user's, and takes it.
///
/// # Errors
/// What the database answers.
pub fn take(env: &mut Env, uid: Id, given: &str) -> Result<bool> {
    let sql = sql!("SELECT totp_secret::text, COALESCE(totp_last_counter, 0) FROM res_users WHERE id = {uid} AND active FOR UPDATE");
    let rows = env.query(sql)?;
    let Some(secret) = rows.first().and_then(|row| row.text(0)) else { return Ok(false) };
    let last = rows.first().and_then(|row| row.int(1)).unwrap_or(0);
    let Some(counter) = step(&secret, given, Utc::now().timestamp(), last.into()) else { return Ok(false) };
    env.execute(&sql!("UPDATE res_users SET totp_last_counter = {counter} WHERE id = {uid}"))?;
    Ok(true)
}

/// Whether the acting user has a second factor.
///
/// # Errors
/// What the database answers.
pub fn enabled(env: &mut Env) -> Result<bool> {
    let uid = env.uid();
    Ok(!env.query(sql!("SELECT 1 FROM res_users WHERE id = {uid} AND totp_secret IS NOT NULL"))?.is_empty())
}

/// A new secret in Base32.
///
/// # Errors
/// No random bytes.
pub fn new_secret() -> Result<String> {
    let mut bytes = [0_u8; KEY];
    getrandom::fill(&mut bytes).map_err(|e| Error::internal(format!("no random bytes: {e}")))?;
    Ok(BASE32_NOPAD.encode(&bytes))
}

/// What an authenticator reads from a QR code (the Key URI Format).
pub fn address(issuer: &str, login: &str, secret: &str) -> String {
    let encoded = |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>().replace('+', "%20");
    format!(
        "otpauth://totp/{issuer}:{login}?secret={secret}&issuer={issuer}&algorithm=SHA1&digits=6&period={STEP}",
        issuer = encoded(issuer),
        login = encoded(login)
    )
}

/// Gives the acting user a second factor, which a code proves to be at hand.
///
/// # Errors
/// ValidationError for a wrong code, and for users that have one.
pub fn enable(env: &mut Env, secret: &str, given: &str) -> Result<()> {
    let uid = env.uid();
    let wrong = || Error::validation("This code is not that of the key.");
    let counter = step(secret, given, Utc::now().timestamp(), 0).ok_or_else(wrong)?;
    let kept: String = secret.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_ascii_uppercase();
    let sql = sql!(
        "UPDATE res_users SET totp_secret = {kept}, totp_last_counter = {counter} WHERE id = {uid} AND totp_secret IS NULL RETURNING id"
    );
    if env.query(sql)?.is_empty() {
        return Err(wrong());
    }
    env.changed("res.users", &["totp_secret", "totp_last_counter", "totp_enabled"], &[uid])
}

/// Takes the acting user's second factor away.
///
/// # Errors
/// What the database answers.
pub fn disable(env: &mut Env) -> Result<()> {
    let uid = env.uid();
    env.execute(&sql!("UPDATE res_users SET totp_secret = NULL, totp_last_counter = NULL WHERE id = {uid}"))?;
    env.changed("res.users", &["totp_secret", "totp_last_counter", "totp_enabled"], &[uid])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238, appendix B, the last six digits of its codes.
    #[test]
    fn codes_are_those_of_the_standard() {
        let key = b"12345678901234567890";
        for (moment, expected) in
            [(59, 287_082), (1_111_111_109, 81_804), (1_111_111_111, 50_471), (1_234_567_890, 5_924), (20_000_000_000, 353_130)]
        {
            assert_eq!(code(key, moment / STEP), Some(expected), "{moment}");
        }
    }

    #[test]
    fn a_code_is_right_for_a_short_time_and_once() {
        let secret = BASE32_NOPAD.encode(b"12345678901234567890");
        assert_eq!(step(&secret, "287082", 59, 0), Some(1));
        assert_eq!(step(&secret.to_lowercase(), " 287 082 ", 59, 0), Some(1), "as people type");
        assert_eq!(step(&secret, "287082", 59 + 30, 0), Some(1), "clocks differ a little");
        assert_eq!(step(&secret, "287082", 59 + 90, 0), None);
        assert_eq!(step(&secret, "287082", 59, 1), None, "taken before");
        for wrong in ["", "287083", "28708", "0287082", "-87082", "abcdef"] {
            assert_eq!(step(&secret, wrong, 59, 0), None, "{wrong}");
        }
        assert_eq!(step("", "287082", 59, 0), None);
        assert_eq!(step("not base 32!", "287082", 59, 0), None);
    }

    #[test]
    fn addresses_of_keys_take_any_name() {
        assert_eq!(
            address("Mi ISP & Co", "ana@x.example", "ABC"),
            "otpauth://totp/Mi%20ISP%20%26%20Co:ana%40x.example?secret=ABC&issuer=Mi%20ISP%20%26%20Co&algorithm=SHA1&digits=6&period=30"
        );
    }
}
