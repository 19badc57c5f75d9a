//! Invitations and forgotten passwords: links with signed tokens, in the form of the reference, so that those it sent go on working.
//!
//! A token is `0x01`, the second at which it ends (little endian, 64 bits), an HMAC-SHA256 by `database.secret` and a JSON list of the
//! partner, its users, the last login and what the token is for; in Base64 for addresses. It ends with the first login after it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::Utc;
use hmac::{Hmac, KeyInit, Mac};
use lastmile_orm::declare::Tx;
use lastmile_orm::sql::sql;
use lastmile_orm::{Answer, Declarations, Env, Error, Id, Invocation, Result, Value, map};
use serde_json::{Value as Json, json};
use sha2::Sha256;

use crate::base::users::{give_password, ready_passwords};

/// The longest token that is looked at.
const LONGEST: usize = 2000;

/// Declares what administrators call.
pub fn declare(all: &mut Declarations) {
    all.model("res.users").record_method("action_reset_password", "", Tx::Write, reset_for);
}

/// Whom a token is for.
#[derive(Clone, Debug, PartialEq)]
pub struct Invited {
    pub partner: Id,
    pub name: String,
    /// The login; an invited partner without a user has its address here.
    pub login: String,
    /// The user, when there is one.
    pub user: Option<Id>,
}

/// What is signed besides the expiry.
struct Facts {
    payload: Json,
    invited: Invited,
}

/// What is known of a partner at present: a token holds while this does.
fn facts(env: &mut Env, partner: Id) -> Result<Option<Facts>> {
    let sql = sql!(
        "SELECT p.signup_type::text, COALESCE(p.name, '')::text, COALESCE(p.email, '')::text, u.id, u.login::text,
         extract(epoch FROM date_trunc('second', (SELECT max(l.create_date) FROM res_users_log l JOIN res_users o ON o.id = l.create_uid
          WHERE o.partner_id = p.id AND o.active)))::int8
         FROM res_partner p LEFT JOIN res_users u ON u.partner_id = p.id AND u.active
         LEFT JOIN res_partner n ON n.id = u.partner_id WHERE p.id = {partner} AND p.active ORDER BY n.name, u.login"
    );
    let rows = env.query(sql)?;
    let Some(first) = rows.first() else { return Ok(None) };
    let users: Vec<Id> = rows.iter().filter_map(|row| row.int(3)).collect();
    let kind = first.text(0).filter(|kind| !kind.is_empty());
    let payload = json!([partner, users, first.big(5), kind.map_or(json!(false), Json::from)]);
    let login = first.text(4).unwrap_or_else(|| first.text(2).unwrap_or_default());
    Ok(Some(Facts { payload, invited: Invited { partner, name: first.text(1).unwrap_or_default(), login, user: first.int(3) } }))
}

/// A list as Python writes JSON: with a space after commas.
fn written(payload: &Json) -> String {
    match payload {
        Json::Array(items) => format!("[{}]", items.iter().map(written).collect::<Vec<_>>().join(", ")),
        other => other.to_string(),
    }
}

fn seal(secret: &str, message: &str, until: u64) -> Result<[u8; 32]> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).map_err(|e| Error::internal(e.to_string()))?;
    mac.update(format!("('signup', '1:{message}:{until}')").as_bytes());
    Ok(mac.finalize().into_bytes().into())
}

/// A token over facts, good until a second.
fn token(secret: &str, payload: &Json, until: u64) -> Result<String> {
    let message = written(payload);
    let mut bytes = vec![1];
    bytes.extend(until.to_le_bytes());
    bytes.extend(seal(secret, &message, until)?);
    bytes.extend(message.as_bytes());
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

/// The facts that a token is signed for, unless it is wrong or has ended.
fn opened(secret: &str, given: &str, now: u64) -> Result<Option<Json>> {
    let Some(bytes) =
        Some(given.trim_end_matches('=')).filter(|text| text.len() <= LONGEST).and_then(|text| URL_SAFE_NO_PAD.decode(text).ok())
    else {
        return Ok(None);
    };
    let (Some(1), Some(until), Some(sum), Some(message)) = (bytes.first(), bytes.get(1..9), bytes.get(9..41), bytes.get(41..)) else {
        return Ok(None);
    };
    let until = u64::from_le_bytes(until.try_into().unwrap_or_default());
    let Ok(message) = std::str::from_utf8(message) else { return Ok(None) };
    let right: bool = subtle::ConstantTimeEq::ct_eq(seal(secret, message, until)?.as_slice(), sum).into();
    if !right || (until != 0 && until < now) || message.contains('\'') {
        return Ok(None);
    }
    Ok(serde_json::from_str(message).ok())
}

fn secret(env: &mut Env) -> Result<String> {
    env.sudo(|env| env.parameter("database.secret"))?.ok_or_else(|| Error::internal("parameter database.secret is missing"))
}

/// Whom a token is for, while it is good.
///
/// # Errors
/// What the database answers.
pub fn invited(env: &mut Env, given: &str) -> Result<Option<Invited>> {
    let secret = secret(env)?;
    let now = u64::try_from(Utc::now().timestamp()).unwrap_or(0);
    let Some(signed) = opened(&secret, given, now)? else { return Ok(None) };
    let Some(partner) = signed.get(0).and_then(Json::as_i64).and_then(|id| Id::try_from(id).ok()) else { return Ok(None) };
    Ok(facts(env, partner)?
        .filter(|facts| facts.payload == signed && signed.get(3).is_some_and(Json::is_string))
        .map(|facts| facts.invited))
}

/// A new token for a partner, `signup` or `reset`; earlier ones of another kind end.
///
/// # Errors
/// MissingError for a partner that is not there.
pub fn invite(env: &mut Env, partner: Id, kind: &str) -> Result<String> {
    let (parameter, default) = match kind {
        "reset" => ("auth_signup.reset_password.validity.hours", 4),
        _ => ("auth_signup.signup.validity.hours", 144),
    };
    env.sudo(|env| {
        env.write("res.partner", &[partner], map! { "signup_type" => kind })?;
        env.flush()?;
        let hours: i64 = env.parameter(parameter)?.and_then(|text| text.trim().parse().ok()).filter(|hours| *hours > 0).unwrap_or(default);
        let until = u64::try_from(Utc::now().timestamp() + hours * 3600).unwrap_or(0);
        let uid = env.uid();
        let facts = facts(env, partner)?.ok_or_else(|| Error::missing_record("res.partner", partner, uid))?;
        token(&secret(env)?, &facts.payload, until)
    })
}

/// Gives whoever has a token the password; the token ends.
///
/// # Errors
/// UserError for tokens that are wrong or ended, and for passwords that are none.
pub fn accept(env: &mut Env, given: &str, password: &str) -> Result<Invited> {
    let invited = invited(env, given)?.ok_or_else(|| Error::user("This link is not valid any more. Please ask for another one."))?;
    ready_passwords(env, &[password])?;
    env.sudo(|env| {
        let user = match invited.user {
            Some(user) => user,
            None => portal_user(env, &invited)?,
        };
        give_password(env, user, password)?;
        env.write("res.partner", &[invited.partner], map! { "signup_type" => false })?;
        Ok(Invited { user: Some(user), ..invited })
    })
}

/// A portal user for an invited partner.
fn portal_user(env: &mut Env, invited: &Invited) -> Result<Id> {
    if invited.login.trim().is_empty() {
        return Err(Error::user("There is no e-mail address to log in with."));
    }
    let mut groups = Vec::new();
    for name in ["base.group_portal", "isp_portal.group_isp_portal_customer"] {
        let (module, name) = name.split_once('.').unwrap_or_default();
        let sql = sql!("SELECT res_id FROM ir_model_data WHERE module = {module} AND name = {name} AND model = 'res.groups'");
        groups.extend(env.query(sql)?.first().and_then(|row| row.int(0)));
    }
    let set = Value::List(vec![Value::List(vec![Value::Int(6), Value::Int(0), Value::from(groups)])]);
    let values = map! {
        "name" => invited.name.as_str(), "login" => invited.login.as_str(), "partner_id" => invited.partner, "group_ids" => set,
    };
    env.with_context(map! { "no_reset_password" => true }, |env| env.create_one("res.users", values))
}

/// The active user of a login, or of an address that only one has; with the address.
///
/// # Errors
/// What the database answers.
pub fn known(env: &mut Env, login: &str) -> Result<Option<(Id, Id, String)>> {
    let sql = sql!(
        "SELECT u.id, u.partner_id, COALESCE(p.email, '')::text, u.login = {login} FROM res_users u JOIN res_partner p ON p.id = u.partner_id
         WHERE u.active AND (u.login = {login} OR lower(p.email) = lower({login})) ORDER BY 4 DESC, u.id LIMIT 2"
    );
    let rows = env.query(sql)?;
    let one = |n: usize| rows.get(n).and_then(|row| Some((row.int(0)?, row.int(1)?, row.text(2)?, row.bool(3)?)));
    Ok(match (one(0), one(1)) {
        (Some((user, partner, email, by_login)), other) if by_login || other.is_none() => Some((user, partner, email)),
        _ => None,
    }
    .filter(|(_, _, email)| !email.trim().is_empty()))
}

/// The path of a token's page.
pub fn path(kind: &str, token: &str) -> String {
    format!("/web/{}?token={token}", if kind == "reset" { "reset_password" } else { "signup" })
}

/// Sends each user a link to choose a password. Whether it is an invitation, the context says by `create_user`.
fn reset_for(env: &mut Env, call: &Invocation) -> Result<Answer> {
    env.check_access("res.users", lastmile_orm::access::Operation::Write)?;
    env.check_records("res.users", &call.ids, lastmile_orm::access::Operation::Write)?;
    let kind = if env.context_get("create_user").is_some_and(Value::truthy) { "signup" } else { "reset" };
    if env.sudo(|env| env.values("res.users", "active", &call.ids))?.iter().any(|active| !active.truthy()) {
        return Err(Error::user("Archived users cannot choose a password."));
    }
    for (user, partner) in call.ids.iter().zip(env.sudo(|env| env.values("res.users", "partner_id", &call.ids))?) {
        send_link(env, *user, partner.as_id().unwrap_or(0), kind)?;
    }
    let message = if kind == "reset" { "A link to reset the password was sent by e-mail." } else { "An invitation was sent by e-mail." };
    let params = map! { "title" => "Notification", "message" => message, "sticky" => false };
    Ok(Answer::Value(Value::Map(map! { "type" => "ir.actions.client", "tag" => "display_notification", "params" => params })))
}

/// Puts a mail with a link into the queue and answers its id.
///
/// # Errors
/// UserError for a user without an address.
pub fn send_link(env: &mut Env, user: Id, partner: Id, kind: &str) -> Result<Id> {
    env.sudo(|env| {
        let one = |env: &mut Env, field: &str| -> Result<String> {
            Ok(env.values("res.partner", field, &[partner])?.first().and_then(Value::as_str).unwrap_or_default().to_owned())
        };
        let (email, name, lang) = (one(env, "email")?, one(env, "name")?, one(env, "lang")?);
        if email.trim().is_empty() {
            return Err(Error::user(format!("{name} has no e-mail address.")));
        }
        let company = env.values("res.users", "company_id", &[user])?.first().and_then(Value::as_id).unwrap_or(0);
        let of = |env: &mut Env, field: &str| -> Result<String> {
            Ok(env.values("res.company", field, &[company])?.first().and_then(Value::as_str).unwrap_or_default().to_owned())
        };
        let (provider, from) = (of(env, "name")?, of(env, "email_formatted")?);
        let base = env.parameter("web.base.url")?.unwrap_or_default();
        let link = format!("{}{}", base.trim_end_matches('/'), path(kind, &invite(env, partner, kind)?));
        let spanish = lang.starts_with("es");
        let (subject, lead, button, tail) = match (kind, spanish) {
            ("reset", true) => (
                "Su contraseña",
                "Alguien pidió una contraseña nueva para su cuenta en",
                "Elegir una contraseña",
                "Si no fue usted, no haga nada: su contraseña no cambia.",
            ),
            ("reset", false) => (
                "Your password",
                "Somebody asked for a new password of your account at",
                "Choose a password",
                "If it was not you, do nothing: your password stays as it is.",
            ),
            (_, true) => (
                "Su cuenta",
                "Le damos la bienvenida. Elija una contraseña para su cuenta en",
                "Elegir una contraseña",
                "El enlace vale unos días.",
            ),
            _ => (
                "Your account",
                "Welcome. Please choose a password for your account at",
                "Choose a password",
                "The link is good for some days.",
            ),
        };
        let safe = |text: &str| crate::mail::text::escape(text).replace('"', "&quot;");
        let hello = if spanish { "Hola" } else { "Hello" };
        let body = format!(
            "<p>{hello} {},</p><p>{lead} {}.</p><p><a href=\"{}\">{button}</a></p><p>{tail}</p>",
            safe(&name),
            safe(&provider),
            safe(&link)
        );
        let mut values = map! {
            "subject" => format!("{provider}: {subject}"), "body_html" => body, "email_to" => email.trim(), "auto_delete" => true,
            "message_type" => "user_notification", "state" => "outgoing",
        };
        if !from.is_empty() {
            values.insert("email_from".into(), Value::from(from));
        }
        env.create_one("mail.mail", values)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Made by the reference's own functions with this secret and these facts.
    const REFERENCE: &str = include_str!("../../fixtures/base/signup_token.txt");

    #[test]
    fn tokens_are_those_of_the_reference() {
        let mut lines = REFERENCE.lines();
        let (secret, until, payload, theirs) =
            (lines.next().unwrap(), lines.next().unwrap().parse().unwrap(), lines.next().unwrap(), lines.next().unwrap());
        let payload: Json = serde_json::from_str(payload).unwrap();
        assert_eq!(token(secret, &payload, until).unwrap(), theirs);
        assert_eq!(opened(secret, theirs, until).unwrap(), Some(payload.clone()));
        assert_eq!(opened(secret, theirs, until + 1).unwrap(), None, "ended");
        assert_eq!(opened("another secret", theirs, 0).unwrap(), None);
        for n in 0..theirs.len() {
            let mut changed = theirs.as_bytes().to_vec();
            changed[n] = if changed[n] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(changed).unwrap();
            let found = opened(secret, &changed, 0).unwrap();
            // The last character may hold bits that say nothing.
            assert!(found.is_none() || (n + 1 == theirs.len() && found.as_ref() == Some(&payload)), "{n}");
        }
        for rubbish in ["", "A", "====", "AQ", &"A".repeat(5000), "é"] {
            assert_eq!(opened(secret, rubbish, 0).unwrap(), None, "{rubbish}");
        }
    }
}
