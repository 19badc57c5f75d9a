//! Tickets of customers: what was reported, what was said about it, and files.

use lastmile_orm::sql::row::Row;
use lastmile_orm::sql::sql;
use lastmile_orm::{Env, Error, Id, Result, Value, map};
use serde::Serialize;

use super::owner::{me, owns_subscription};
use crate::mail::formats::Formats;
use crate::mail::post::Post;
use crate::mail::store::{NewMessage, Subtype};
use crate::mail::text;

const TICKET: &str = "isp.fault.ticket";
/// The most files that come at once.
const MAX_FILES: usize = 5;
/// The longest text.
const MAX_TEXT: usize = 20_000;

/// A ticket as its customer sees it.
#[derive(Clone, Debug, Serialize)]
pub struct Fault {
    pub id: Id,
    pub name: String,
    pub kind: String,
    /// `new`, `in_progress`, `waiting_customer`, `resolved`, `closed`.
    pub state: String,
    pub opened: String,
    pub service: String,
    pub description: String,
}

fn tickets(env: &mut Env, only: Option<Id>) -> Result<Vec<Fault>> {
    let (formats, kinds) = (Formats::load(env)?, fault_kinds(env)?);
    let sql = sql!(
        "SELECT t.id, COALESCE(t.name, '')::text, t.fault_type::text, t.state::text, t.opened_at, COALESCE(s.name, '')::text,
         COALESCE(t.description, '')::text
         FROM isp_fault_ticket t LEFT JOIN isp_subscription s ON s.id = t.subscription_id
         WHERE t.partner_id = {me} AND ({only} IS NULL OR t.id = {only}) ORDER BY t.id DESC LIMIT 100",
        me = me(env)
    );
    let one = |row: &Row| {
        let text = |n: usize| row.text(n).unwrap_or_default();
        let kind = text(2);
        Ok(Fault {
            id: row.int(0).unwrap_or(0),
            name: text(1),
            kind: kinds.iter().find(|(value, _)| *value == kind).map_or(kind.clone(), |(_, label)| label.clone()),
            state: text(3),
            opened: row.timestamp(4).map_or(Ok(String::new()), |at| formats.datetime(&Value::DateTime(at)))?,
            service: text(5),
            description: text(6),
        })
    };
    env.query(sql)?.iter().map(one).collect()
}

/// The acting user's tickets, latest first.
///
/// # Errors
/// What the database answers.
pub fn faults(env: &mut Env) -> Result<Vec<Fault>> {
    tickets(env, None)
}

/// An own ticket.
///
/// # Errors
/// What the database answers.
pub fn fault(env: &mut Env, id: Id) -> Result<Option<Fault>> {
    Ok(tickets(env, Some(id))?.into_iter().next())
}

/// A file of a ticket.
#[derive(Clone, Debug, Serialize)]
pub struct File {
    pub id: Id,
    pub name: String,
}

/// What was said.
#[derive(Clone, Debug, Serialize)]
pub struct Said {
    pub author: String,
    /// By the acting user.
    pub mine: bool,
    pub at: String,
    /// Plain text, a paragraph each.
    pub text: Vec<String>,
    pub files: Vec<File>,
}

/// What was said about an own ticket where its customer may read it, the first first. The files that came with the ticket
/// are the first of the two.
///
/// # Errors
/// What the database answers.
pub fn conversation(env: &mut Env, ticket: Id) -> Result<(Vec<File>, Vec<Said>)> {
    let formats = Formats::load(env)?;
    let sql = sql!(
        "SELECT m.id, COALESCE(p.name, m.email_from, '')::text, m.author_id = {me}, m.date, COALESCE(m.body, '')::text,
         COALESCE((SELECT jsonb_agg(jsonb_build_object('id', a.id, 'name', a.name) ORDER BY a.id) FROM message_attachment_rel r
          JOIN ir_attachment a ON a.id = r.attachment_id WHERE r.message_id = m.id), '[]')::text
         FROM mail_message m JOIN isp_fault_ticket t ON t.id = m.res_id AND t.partner_id = {me}
         LEFT JOIN res_partner p ON p.id = m.author_id LEFT JOIN mail_message_subtype y ON y.id = m.subtype_id
         WHERE m.model = {TICKET} AND m.res_id = {ticket} AND m.message_type IN ('comment', 'email', 'email_outgoing')
         AND m.is_internal IS NOT TRUE AND y.internal IS NOT TRUE AND y.id IS NOT NULL ORDER BY m.id LIMIT 200",
        me = me(env)
    );
    let one = |row: &Row| {
        let string = |n: usize| row.text(n).unwrap_or_default();
        let paragraphs = string(4).replace("<br>", "\n").replace("<br/>", "\n").replace("</p>", "\n").replace("</div>", "\n");
        Ok(Said {
            author: string(1),
            mine: row.bool(2).unwrap_or(false),
            at: row.timestamp(3).map_or(Ok(String::new()), |at| formats.datetime(&Value::DateTime(at)))?,
            text: paragraphs.lines().map(text::plain).filter(|line| !line.is_empty()).collect(),
            files: files_of(&string(5)),
        })
    };
    let said = env.query(sql)?.iter().map(one).collect::<Result<_>>()?;
    let sql = sql!(
        "SELECT COALESCE(jsonb_agg(jsonb_build_object('id', a.id, 'name', a.name) ORDER BY a.id), '[]')::text
         FROM ir_attachment a JOIN isp_fault_ticket t ON t.id = {ticket} AND t.partner_id = {me}
         WHERE a.id IN ({own:sql})",
        own = first_files(ticket),
        me = me(env)
    );
    let own = env.query(sql)?.first().and_then(|row| row.text(0)).unwrap_or_default();
    Ok((files_of(&own), said))
}

/// The files that came with a ticket.
fn first_files(ticket: Id) -> lastmile_orm::sql::Sql {
    sql!("SELECT f.ir_attachment_id FROM ir_attachment_isp_fault_ticket_rel f WHERE f.isp_fault_ticket_id = {ticket}")
}

fn files_of(json: &str) -> Vec<File> {
    let values: Vec<serde_json::Value> = serde_json::from_str(json).unwrap_or_default();
    let one = |value: &serde_json::Value| {
        Some(File { id: Id::try_from(value.get("id")?.as_i64()?).ok()?, name: value.get("name")?.as_str()?.to_owned() })
    };
    values.iter().filter_map(one).collect()
}

/// A file of an own ticket: its name and content. Only those of what the customer may read.
///
/// # Errors
/// What the database answers.
pub fn file(env: &mut Env, ticket: Id, file: Id) -> Result<Option<(String, Vec<u8>)>> {
    if fault(env, ticket)?.is_none() {
        return Ok(None);
    }
    let (own, said) = conversation(env, ticket)?;
    let Some(found) = own.iter().chain(said.iter().flat_map(|said| &said.files)).find(|known| known.id == file) else { return Ok(None) };
    let content = env.sudo(|env| env.values("ir.attachment", "raw", &[file]))?.into_iter().next();
    Ok(content.and_then(|value| match value {
        Value::Bytes(bytes) => Some((found.name.clone(), bytes)),
        _ => None,
    }))
}

fn kept(env: &mut Env, ticket: Id, files: &[(String, Vec<u8>)]) -> Result<Vec<Id>> {
    if files.len() > MAX_FILES {
        return Err(Error::validation(format!("No more than {MAX_FILES} files.")));
    }
    let one = |(name, bytes): &(String, Vec<u8>)| {
        map! { "name" => name.as_str(), "raw" => Value::Bytes(bytes.clone()), "res_model" => TICKET, "res_id" => ticket }
    };
    let values: Vec<_> = files.iter().map(one).collect();
    if values.is_empty() { Ok(Vec::new()) } else { env.create("ir.attachment", values) }
}

/// Says something about an own ticket. False: it is not the acting user's.
///
/// # Errors
/// ValidationError for nothing, too much, and tickets that are closed.
pub fn answer(env: &mut Env, ticket: Id, said: &str, files: &[(String, Vec<u8>)]) -> Result<bool> {
    let Some(known) = fault(env, ticket)? else { return Ok(false) };
    if (said.trim().is_empty() && files.is_empty()) || said.len() > MAX_TEXT || known.state == "closed" {
        return Err(Error::validation("A closed ticket takes no answer, and an answer says something."));
    }
    let body: String = said.trim().lines().map(|line| format!("<p>{}</p>", text::escape(line))).collect();
    env.sudo(|env| {
        let mut message = NewMessage::on(env, TICKET, ticket, body);
        message.subtype = Some(Subtype::Named("mail.mt_comment".into()));
        message.kind = "comment".into();
        let mut post = Post::new(message);
        post.files = kept(env, ticket, files)?;
        post.send(env)?;
        // Whoever waited for the customer goes on; what was resolved is not.
        if matches!(known.state.as_str(), "waiting_customer" | "resolved") {
            env.write(TICKET, &[ticket], map! { "state" => "in_progress" })?;
        }
        Ok(true)
    })
}

/// Opens a ticket of the acting user's. A service of somebody else's is left out.
///
/// # Errors
/// ValidationError when nothing is said.
pub fn report_fault(env: &mut Env, service: Option<Id>, kind: &str, description: &str, files: &[(String, Vec<u8>)]) -> Result<Id> {
    let partner = env.user().partner_id;
    if description.is_empty() || description.len() > MAX_TEXT {
        return Err(Error::validation("What is wrong?"));
    }
    let service = match service {
        Some(service) if owns_subscription(env, service)? => Some(service),
        _ => None,
    };
    let mut values = map! { "partner_id" => partner, "subscription_id" => service, "description" => description };
    if !kind.is_empty() {
        values.insert("fault_type".into(), Value::from(kind));
    }
    env.sudo(|env| {
        let ticket = env.create_one(TICKET, values)?;
        let files = kept(env, ticket, files)?;
        if !files.is_empty() {
            let set = Value::List(vec![Value::List(vec![Value::Int(6), Value::Int(0), Value::from(files)])]);
            env.write(TICKET, &[ticket], map! { "attachment_ids" => set })?;
        }
        Ok(ticket)
    })
}

/// What may be wrong: values and labels in the reader's language.
///
/// # Errors
/// A model that is not there.
pub fn fault_kinds(env: &Env) -> Result<Vec<(String, String)>> {
    let reg = env.registry();
    let field = reg.model(TICKET)?.field("fault_type")?;
    let lang = env.context().lang.clone();
    Ok(field.selection.iter().map(|(value, label)| (value.clone(), lastmile_orm::registry::translated(label, &lang).to_owned())).collect())
}
