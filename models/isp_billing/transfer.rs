//! isp.bank.transfer.payment: a customer says that he paid by bank transfer, and shows proof.

use lastmile_orm::declare::{CreateHook, Next, Tx, WriteHook};
use lastmile_orm::domain::Op;
use lastmile_orm::record::{Char, Records, X2many};
use lastmile_orm::sql::sql;
use lastmile_orm::{Answer, Declarations, Domain, Env, Error, Id, Invocation, Map, Result, Value, map, model};

use super::invoices;
use crate::isp_core::audit::{self, Entry};
use crate::isp_core::{customers, sequence};

model! {
    /// A file.
    pub Attachment = "ir.attachment" {}
    /// A transfer.
    pub Transfer = "isp.bank.transfer.payment" {
        STATE: "state" Char, REASON: "rejection_reason" Char, ATTACHMENTS: "attachment_ids" X2many<Attachment>,
    }
}

/// The model's name.
pub const NAME: &str = "isp.bank.transfer.payment";
/// What customers say themselves.
const OWN: &[&str] =
    &["subscription_id", "bank_name", "reference", "amount", "currency_id", "transfer_datetime", "invoice_ids", "attachment_ids", "notes"];
/// Declares the model.
pub fn declare(all: &mut Declarations) {
    all.model(NAME)
        .on_create(numbered)
        .on_write(dated_again)
        .constrains(&["state", "attachment_ids"], shows_proof)
        .record_method("action_submit", "", Tx::Write, action_submit)
        .record_method("action_reject", "", Tx::Write, action_reject);
}

fn numbered(env: &mut Env, mut values: Vec<Map>, next: &Next<CreateHook>) -> Result<Vec<Id>> {
    customers::hold(env, &mut values, OWN)?;
    own_invoices(env, &values)?;
    sequence::name_new(env, NAME, &mut values)?;
    let ids = customers::create(env, values, next)?;
    set_deadlines(env, &ids)?;
    Ok(ids)
}

/// A customer pays his own invoices.
fn own_invoices(env: &mut Env, values: &[Map]) -> Result<()> {
    if !customers::is_customer(env) {
        return Ok(());
    }
    let me = env.user().partner_id;
    let mut ids: Vec<Id> = Vec::new();
    for command in values.iter().filter_map(|map| map.get("invoice_ids")?.as_list()).flatten() {
        match command.as_list() {
            Some([_, id, last @ ..]) => {
                ids.extend(id.as_id().filter(|id| *id != 0));
                ids.extend(last.first().map(Value::ids).unwrap_or_default());
            }
            _ => ids.extend(command.as_id()),
        }
    }
    let owners = env.sudo(|env| env.values("account.move", "partner_id", &ids))?;
    if owners.iter().all(|owner| owner.as_id() == Some(me)) { Ok(()) } else { Err(customers::not_yours()) }
}

fn dated_again(env: &mut Env, ids: &[Id], values: Map, next: &Next<WriteHook>) -> Result<()> {
    let moved = values.contains_key("transfer_datetime") && !values.contains_key("review_deadline");
    next.call(env, ids, values)?;
    if moved { set_deadlines(env, ids) } else { Ok(()) }
}

/// Until when somebody should have looked at it, and when it calls for attention; counted from the transfer.
fn set_deadlines(env: &mut Env, ids: &[Id]) -> Result<()> {
    let review = invoices::days(env, "isp_billing.transfer_review_hours", 48)?;
    let attention = invoices::days(env, "isp_billing.transfer_attention_hours", 24)?;
    env.flush()?;
    let sql = sql!(
        "UPDATE isp_bank_transfer_payment
         SET review_deadline = transfer_datetime + make_interval(hours => {review}), attention_deadline =
         transfer_datetime + make_interval(hours => {attention})
         WHERE transfer_datetime IS NOT NULL AND id = ANY({ids})"
    );
    env.execute(&sql)?;
    env.changed(NAME, &["review_deadline", "attention_deadline"], ids)?;
    env.invalidate();
    Ok(())
}

fn shows_proof(env: &mut Env, ids: &[Id]) -> Result<()> {
    let claimed = Records::<Transfer>::new(ids.to_vec()).filter(env, Transfer::STATE, |state| state != "draft")?;
    if claimed.all(env, Transfer::ATTACHMENTS)?.iter().any(Records::is_empty) {
        return Err(Error::validation("A transfer needs its proof attached."));
    }
    Ok(())
}

/// Rows of the audit log on transfers.
pub fn log(env: &mut Env, ids: &[Id], action: &str) -> Result<()> {
    let names = env.sudo(|env| env.names(NAME, ids))?;
    let entries: Vec<Entry> = ids.iter().zip(names).map(|(id, name)| Entry::new(action, NAME, *id, format!("Transfer {name}"))).collect();
    audit::log(env, &entries)
}

fn action_submit(env: &mut Env, call: &Invocation) -> Result<Answer> {
    submit(env, &call.ids)?;
    Ok(Answer::NOTHING)
}

/// Hands transfers in for review.
pub fn submit(env: &mut Env, ids: &[Id]) -> Result<()> {
    env.write(NAME, ids, map! { "state" => "in_review" })?;
    log(env, ids, "transfer_submitted")?;
    crate::mail::template::tell(env, "isp_billing.mail_template_transfer_submitted", NAME, ids)
}

fn action_reject(env: &mut Env, call: &Invocation) -> Result<Answer> {
    let transfers = Records::<Transfer>::new(call.ids.clone());
    if transfers.all(env, Transfer::REASON)?.iter().any(String::is_empty) {
        return Err(Error::validation("A rejection needs its reason."));
    }
    let reviewer = env.uid();
    transfers.write(env, map! { "state" => "rejected", "reviewer_id" => reviewer, "needs_attention" => false })?;
    log(env, &call.ids, "transfer_rejected")?;
    crate::mail::template::tell(env, "isp_billing.mail_template_transfer_rejected", NAME, &call.ids)?;
    Ok(Answer::NOTHING)
}

/// The cron: marks transfers that nobody has looked at in time.
pub fn check_deadlines(env: &mut Env) -> Result<()> {
    env.transaction(|env| {
        env.sudo(|env| {
            let now = env.now();
            let late = Domain::all([
                Domain::eq("state", "in_review"),
                Domain::eq("needs_attention", false),
                Domain::cond("attention_deadline", Op::Le, now),
            ]);
            Records::<Transfer>::search(env, &late)?.write(env, map! { "needs_attention" => true })
        })
    })
}
