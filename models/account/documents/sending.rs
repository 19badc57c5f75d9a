//! Sending invoices: the window for one, the window for many, and the mail with the PDF.

use std::collections::HashMap;

use lastmile_orm::access::Operation;
use lastmile_orm::declare::{CreateHook, Next, Tx};
use lastmile_orm::sql::sql;
use lastmile_orm::{Answer, Declarations, Env, Error, Id, Invocation, Map, Result, Value, map};

use super::{Period, Press, Report, links, of_owner, words};
use crate::account::moves::document::MOVE;
use crate::mail::post::Post;
use crate::mail::store::{NewMessage, Subtype};
use crate::mail::text;

const ONE: &str = "account.move.send.wizard";
const MANY: &str = "account.move.send.batch.wizard";
/// The field of an invoice that keeps its PDF: what was sent once is sent again as it was.
const PDF: &str = "invoice_pdf_report_file";

/// Declares the windows and what opens them.
pub fn declare(all: &mut Declarations) {
    all.model(MOVE)
        .record_method("action_send_and_print", "", Tx::Read, open)
        .record_method("action_invoice_sent", "", Tx::Read, |env, call| {
            call.one()?;
            open(env, call)
        })
        .record_method("action_print_pdf", "", Tx::Read, |env, call| {
            let id = call.one()?;
            env.check_records(MOVE, &[id], Operation::Read)?;
            Ok(address(&format!("/report/pdf/account.report_invoice_with_payments/{id}"), "download"))
        })
        .record_method("preview_invoice", "", Tx::Write, |env, call| {
            let id = call.one()?;
            env.check_records(MOVE, &[id], Operation::Read)?;
            let url = links::path(env, id)?;
            Ok(address(&url, "self"))
        });
    all.model(ONE).on_create(filled).record_method("action_send_and_print", "allow_fallback_pdf=False", Tx::Write, send_one);
    all.model(MANY).default_fn("move_ids", |env| Ok(Value::from(chosen(env)))).record_method(
        "action_send_and_print",
        "force_synchronous=False, allow_fallback_pdf=False",
        Tx::Write,
        send_many,
    );
}

fn address(url: &str, target: &str) -> Answer {
    Answer::Value(Value::Map(map! { "type" => "ir.actions.act_url", "url" => url, "target" => target }))
}

/// The invoices that the context names.
fn chosen(env: &Env) -> Vec<Id> {
    match env.context_get("active_model").and_then(Value::as_str) {
        Some(MOVE) => env.context_get("active_ids").map(Value::ids).unwrap_or_default(),
        _ => Vec::new(),
    }
}

/// Refuses what is not sent: drafts, and what is no document for customers.
fn sendable(env: &mut Env, ids: &[Id]) -> Result<()> {
    env.check_records(MOVE, ids, Operation::Read)?;
    let sql = sql!(
        "SELECT 1 FROM account_move WHERE id = ANY({ids}) AND (state <> 'posted' OR move_type NOT IN ('out_invoice', 'out_refund', 'out_receipt')) LIMIT 1"
    );
    if ids.is_empty() || !env.query(sql)?.is_empty() {
        return Err(Error::user("Only posted invoices for customers can be sent."));
    }
    Ok(())
}

fn open(env: &mut Env, call: &Invocation) -> Result<Answer> {
    sendable(env, &call.ids)?;
    let model = if call.ids.len() == 1 { ONE } else { MANY };
    let context = map! { "active_model" => MOVE, "active_ids" => call.ids.clone() };
    Ok(Answer::Value(Value::Map(map! {
        "name" => "Send", "type" => "ir.actions.act_window", "view_mode" => "form", "res_model" => model, "target" => "new", "context" => context,
    })))
}

/// What is written to whom about an invoice.
struct Letter {
    partner: Id,
    email: String,
    subject: String,
    body: String,
}

/// The letters about invoices, in the language of each customer.
fn letters(env: &mut Env, ids: &[Id]) -> Result<HashMap<Id, Letter>> {
    let catalogues = words()?;
    let links = links::links(env, ids)?;
    let sql = sql!(
        "SELECT m.id, m.name::text, p.id, p.name::text, COALESCE(p.lang, '')::text, COALESCE(p.email, '')::text, c.name::text
         FROM account_move m JOIN res_partner p ON p.id = m.partner_id JOIN res_company c ON c.id = m.company_id WHERE m.id = ANY({ids})"
    );
    let one = |row: &lastmile_orm::sql::row::Row| {
        let text = |n: usize| row.text(n).unwrap_or_default();
        let words = catalogues.of(&text(4));
        let id = row.int(0)?;
        let safe = |text: &str| text::escape(text).replace('"', "&quot;");
        let mut body =
            format!("<p>{}</p><p>{}</p>", safe(&words.with("mail_hello", &[&text(3)])), safe(&words.with("mail_text", &[&text(1)])));
        if let Some(link) = links.get(&id) {
            body.push_str(&format!("<p><a href=\"{}\">{}</a></p>", safe(link), safe(words.get("pay_online"))));
        }
        let subject = words.with("mail_subject", &[&text(6), &text(1)]);
        Some((id, Letter { partner: row.int(2)?, email: text(5), subject, body }))
    };
    Ok(env.query(sql)?.iter().filter_map(one).collect())
}

/// Fills in what nobody gave.
fn entry_or(map: &mut Map, name: &str, value: impl FnOnce() -> Value) {
    if !map.get(name).is_some_and(Value::truthy) {
        map.insert(name.to_owned(), value());
    }
}

/// A window begins with the invoice of the context, and with what would be written.
fn filled(env: &mut Env, mut values: Vec<Map>, next: &Next<CreateHook>) -> Result<Vec<Id>> {
    let default = chosen(env).first().copied();
    for map in &mut values {
        let invoice = map.get("move_id").and_then(Value::as_id).filter(|id| *id > 0).or(default);
        let Some(invoice) = invoice else { continue };
        sendable(env, &[invoice])?;
        map.insert("move_id".into(), Value::from(invoice));
        let Some(letter) = env.sudo(|env| letters(env, &[invoice]))?.remove(&invoice) else { continue };
        entry_or(map, "subject", || Value::from(letter.subject));
        entry_or(map, "body", || Value::from(letter.body));
        entry_or(map, "mail_partner_ids", || {
            Value::List(vec![Value::List(vec![Value::Int(6), Value::Int(0), Value::from(vec![letter.partner])])])
        });
    }
    next.call(env, values)
}

/// The PDF of an invoice as an attachment of it: the one that was made first.
fn kept(env: &mut Env, invoice: Id) -> Result<Id> {
    let sql =
        sql!("SELECT id FROM ir_attachment WHERE res_model = {MOVE} AND res_id = {invoice} AND res_field = {PDF} ORDER BY id LIMIT 1");
    if let Some(id) = env.query(sql)?.first().and_then(|row| row.int(0)) {
        return Ok(id);
    }
    let press = env.port::<Press>().ok_or_else(|| Error::user("This server makes no PDF."))?;
    let papers = of_owner(env, Report::Invoice { payments: false }, &[invoice], Period::default())?;
    let bytes = press.0.pdf(&papers)?;
    let values = map! {
        "name" => format!("{}.pdf", papers.name), "raw" => Value::Bytes(bytes), "mimetype" => "application/pdf",
        "res_model" => MOVE, "res_id" => invoice, "res_field" => PDF,
    };
    env.sudo(|env| env.create_one("ir.attachment", values))
}

/// Mails an invoice to partners.
fn mail(env: &mut Env, invoice: Id, partners: Vec<Id>, subject: String, body: String) -> Result<()> {
    let pdf = kept(env, invoice)?;
    let mut message = NewMessage::on(env, MOVE, invoice, body);
    message.subject = Some(subject);
    message.subtype = Some(Subtype::Named("mail.mt_comment".into()));
    message.kind = "comment".into();
    let mut post = Post::new(message);
    post.partners = partners;
    post.files = vec![pdf];
    post.manner.followers = false;
    env.sudo(|env| post.send(env))?;
    Ok(())
}

fn sent(env: &mut Env, ids: &[Id]) -> Result<()> {
    let quiet = map! { "skip_is_manually_modified" => true };
    env.with_context(quiet, |env| env.sudo(|env| env.write(MOVE, ids, map! { "is_move_sent" => true })))
}

fn send_one(env: &mut Env, call: &Invocation) -> Result<Answer> {
    let id = call.one()?;
    let field = |env: &mut Env, name: &str| -> Result<Value> { Ok(env.values(ONE, name, &[id])?.into_iter().next().unwrap_or_default()) };
    let invoice = field(env, "move_id")?.as_id().unwrap_or(0);
    sendable(env, &[invoice])?;
    let partners = env.linked(ONE, "mail_partner_ids", &[id])?;
    let emails = env.sudo(|env| env.values("res.partner", "email", &partners))?;
    if partners.is_empty() || emails.iter().any(|email| !email.truthy()) {
        return Err(Error::user("Whom the invoice is sent to has no e-mail address."));
    }
    let (subject, body) = (field(env, "subject")?, field(env, "body")?);
    let said = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    mail(env, invoice, partners, said(&subject), said(&body))?;
    sent(env, &[invoice])?;
    Ok(Answer::Value(Value::Map(map! { "type" => "ir.actions.act_window_close" })))
}

/// Sends many at once. Those without an address are named, and nothing is sent.
fn send_many(env: &mut Env, call: &Invocation) -> Result<Answer> {
    let invoices = env.linked(MANY, "move_ids", &call.ids)?;
    sendable(env, &invoices)?;
    let letters = env.sudo(|env| letters(env, &invoices))?;
    let mute = letters.values().filter(|letter| letter.email.trim().is_empty()).count();
    if mute > 0 || letters.len() < invoices.len() {
        return Err(Error::user(format!("{} of the customers have no e-mail address.", mute.max(invoices.len() - letters.len()))));
    }
    for (invoice, letter) in letters {
        mail(env, invoice, vec![letter.partner], letter.subject, letter.body)?;
    }
    sent(env, &invoices)?;
    Ok(Answer::Value(Value::None))
}
