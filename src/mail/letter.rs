//! Letters as mails of the wire, and the way to a server.

use std::time::Duration;

use lastmile_models::mail::queue::Letter;
use lastmile_models::mail::server::Server;
use lastmile_models::mail::{address, text};
use lettre::message::header::{ContentType, References};
use lettre::message::{Attachment, Mailbox, MultiPart, SinglePart};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Identity, Tls, TlsParameters};
use lettre::{Message, SmtpTransport};

/// How long a server may take for an answer.
const TIMEOUT: Duration = Duration::from_secs(20);

/// The way to a server.
pub fn transport(server: &Server) -> Result<SmtpTransport, String> {
    let strict = server.encryption.ends_with("_strict");
    let parameters = || {
        let mut builder = TlsParameters::builder(server.host.clone()).dangerous_accept_invalid_certs(!strict);
        if let Some((certificate, key)) = &server.identity {
            builder =
                builder.identify_with(Identity::from_pem(certificate, key).map_err(|e| format!("the certificate cannot be used: {e}"))?);
        }
        builder.build().map_err(|e| format!("encryption cannot be set up: {e}"))
    };
    let tls = match server.encryption.trim_end_matches("_strict") {
        "ssl" => Tls::Wrapper(parameters()?),
        "starttls" => Tls::Required(parameters()?),
        _ => Tls::None,
    };
    let builder = SmtpTransport::builder_dangerous(server.host.as_str()).port(server.port).tls(tls).timeout(Some(TIMEOUT));
    Ok(if server.user.is_empty() {
        builder.build()
    } else {
        builder.credentials(Credentials::new(server.user.clone(), server.password.clone())).build()
    })
}

/// Why a letter cannot become a mail: kind of failure, and reason.
pub type Flaw = (&'static str, String);

/// A contact that no mail can go to.
pub type Unreached = (i32, Flaw);

/// Whom one mail goes to.
pub struct Copy {
    /// The contact that it is for; the addresses of the letter have none.
    pub partner: Option<i32>,
    pub to: Vec<Mailbox>,
    pub cc: Vec<Mailbox>,
}

fn mailbox(name: &str, address: &str, kind: &'static str) -> Result<Mailbox, Flaw> {
    let parsed = address.trim().parse().map_err(|e| (kind, format!("{address}: {e}")))?;
    Ok(Mailbox::new(Some(name.to_owned()).filter(|n| !n.is_empty()), parsed))
}

fn mailboxes(list: &str) -> Result<Vec<Mailbox>, Flaw> {
    let found = address::split(list);
    if found.is_empty() && !list.trim().is_empty() {
        return Err(("mail_email_invalid", format!("{list}: no address")));
    }
    found.iter().map(|(name, address)| mailbox(name, address, "mail_email_invalid")).collect()
}

/// The mails of a letter: one to its addresses, one to each contact, who learn nothing of each other. Contacts that cannot be reached
/// are told apart.
pub fn copies(letter: &Letter) -> Result<(Vec<Copy>, Vec<Unreached>), Flaw> {
    let (to, cc) = (mailboxes(&letter.to)?, mailboxes(&letter.cc)?);
    let (mut out, mut unreached) = (Vec::new(), Vec::new());
    if !to.is_empty() {
        out.push(Copy { partner: None, to, cc: Vec::new() });
    }
    for (partner, name, email) in &letter.partners {
        let found = address::split(email);
        let to: Result<Vec<_>, Flaw> = found.iter().map(|(_, address)| mailbox(name, address, "mail_email_invalid")).collect();
        match to {
            _ if email.trim().is_empty() => unreached.push((*partner, ("mail_email_missing", format!("{name} has no address.")))),
            Ok(to) if !to.is_empty() => out.push(Copy { partner: Some(*partner), to, cc: Vec::new() }),
            Ok(_) => unreached.push((*partner, ("mail_email_invalid", format!("{email} is no address.")))),
            Err(flaw) => unreached.push((*partner, flaw)),
        }
    }
    match out.first_mut() {
        Some(first) => first.cc = cc,
        None if !cc.is_empty() => out.push(Copy { partner: None, to: Vec::new(), cc }),
        None => {}
    }
    if out.is_empty() {
        let flaw = unreached.first().map(|(_, flaw)| flaw.clone());
        return Err(flaw.unwrap_or(("mail_email_missing", "The mail has no recipient with an address.".into())));
    }
    Ok((out, unreached))
}

/// One mail.
pub fn message(server: &Server, letter: &Letter, copy: &Copy) -> Result<Message, Flaw> {
    let given = if letter.from.trim().is_empty() { server.user.as_str() } else { letter.from.as_str() };
    let (name, from) = address::split(given).into_iter().next().ok_or(("mail_from_missing", "The mail has no sender.".to_owned()))?;
    let mut builder = Message::builder().from(mailbox(&name, &from, "mail_from_invalid")?).subject(letter.subject.as_str());
    if !letter.message_id.is_empty() {
        builder = builder.message_id(Some(letter.message_id.clone()));
    }
    if !letter.references.trim().is_empty() {
        builder = builder.header(References::from(letter.references.trim().to_owned()));
    }
    for (name, address) in address::split(&letter.reply_to) {
        builder = builder.reply_to(mailbox(&name, &address, "mail_email_invalid")?);
    }
    for to in &copy.to {
        builder = builder.to(to.clone());
    }
    for cc in &copy.cc {
        builder = builder.cc(cc.clone());
    }
    let flaw = |e: lettre::error::Error| ("unknown", e.to_string());
    let both = MultiPart::alternative_plain_html(text::plain(&letter.html), letter.html.clone());
    if letter.files.is_empty() {
        return builder.multipart(both).map_err(flaw);
    }
    let mut parts = MultiPart::mixed().multipart(both);
    for (name, kind, bytes) in &letter.files {
        let kind = ContentType::parse(kind).or_else(|_| ContentType::parse("application/octet-stream"));
        let part = match kind {
            Ok(kind) => Attachment::new(name.clone()).body(bytes.clone(), kind),
            Err(_) => SinglePart::plain(name.clone()),
        };
        parts = parts.singlepart(part);
    }
    builder.multipart(parts).map_err(flaw)
}
