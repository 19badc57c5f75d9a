//! Posting: entries get their day and number, and stand from then on.

use lastmile_orm::sql::sql;
use lastmile_orm::{Env, Error, Id, Result, map};
use rust_decimal::Decimal;

use super::document::{Document, Kind};
use super::document::{LINE, MOVE};
use super::facts::Facts;
use super::locks::{self, Books};
use super::numbers::{Named, ToNumber};
use super::sync_terms::Receivables;
use super::{edit, header, numbers, payment_state, recurring, references, store};
use crate::mail::tracking;

/// Posts entries. `soft`: those of a later day are not posted now but on their day. Answers those that were posted.
///
/// # Errors
/// AccessError without the right to invoice; UserError naming all that keeps an entry from being posted.
pub fn post(env: &mut Env, ids: &[Id], soft: bool) -> Result<Vec<Id>> {
    if !env.is_su() && !env.has_group("account.group_account_invoice") {
        return Err(Error::access("You do not have the right to post invoices."));
    }
    let facts = Facts::load(env)?;
    let mut documents = store::load(env, &facts, ids)?;
    if documents.len() < ids.len() {
        return Err(Error::user("An entry without lines cannot be posted."));
    }
    let again = check(env, &facts, &documents, soft)?;
    let today = env.today();
    if soft {
        let (later, now): (Vec<Document>, Vec<Document>) =
            documents.into_iter().partition(|document| document.date.is_some_and(|date| date > today));
        let later = later.iter().map(|document| (document.id, map! { "auto_post" => "at_date" })).collect();
        env.update_each(MOVE, later)?;
        documents = now;
    }
    if documents.is_empty() {
        return Ok(Vec::new());
    }
    for document in documents.iter_mut().filter(|document| document.kind.is_sale() && document.invoice_date.is_none()) {
        header::take(document, &facts, &map! { "invoice_date" => today })?;
    }
    for document in documents.iter_mut().filter(|document| document.kind.is_invoice()) {
        let partner = document.commercial_partner;
        document.lines.iter_mut().filter(|line| !line.is_text()).for_each(|line| line.partner = partner);
    }
    open_days(env, &facts, &mut documents)?;
    let receivables = edit::work_out(env, &facts, &mut documents)?;
    let posted: Vec<Id> = documents.iter().map(|document| document.id).collect();
    tracking::trace(env, MOVE, &posted, |env| stand(env, &facts, &mut documents, &receivables))?;
    let again: Vec<Id> = posted.iter().copied().filter(|id| again.contains(id)).collect();
    if !again.is_empty() {
        recurring::come_again(env, &again)?;
    }
    let reversals: Vec<Id> = documents.iter().filter(|document| document.reversed).map(|document| document.id).collect();
    if !reversals.is_empty() {
        crate::account::reconcile::reversed::match_reversed(env, &reversals)?;
    }
    ranks(env, &documents)?;
    payment_state::refresh(env, &posted)?;
    Ok(posted)
}

/// Entries of closed days get the first day that is open.
fn open_days(env: &mut Env, facts: &Facts, documents: &mut [Document]) -> Result<()> {
    let today = env.today();
    let companies: Vec<Id> = documents.iter().map(|document| document.company).collect();
    let journals: Vec<Id> = documents.iter().map(|document| document.journal).collect();
    let books = Books::load(env, &companies, &journals)?;
    let (mut closed, mut places) = (Vec::new(), Vec::new());
    for (at, document) in documents.iter().enumerate() {
        let date = document.date.unwrap_or(today);
        let wanted = header::to_date(document, document.invoice_date.unwrap_or(date), today);
        if !books.violated(document.company, document.journal, date, wanted.has_tax).is_empty() {
            closed.push(wanted);
            places.push(at);
        }
    }
    for (at, date) in places.into_iter().zip(locks::accounting_dates(env, &closed)?) {
        if let Some(document) = documents.get_mut(at) {
            header::take(document, facts, &map! { "date" => date })?;
        }
    }
    Ok(())
}

/// Numbers entries, makes them stand, and writes them as they were worked out.
fn stand(env: &mut Env, facts: &Facts, documents: &mut [Document], receivables: &Receivables) -> Result<()> {
    let today = env.today();
    let unnamed = documents.iter_mut().filter(|document| document.name.is_none());
    let (mut unnamed, to_number): (Vec<&mut Document>, Vec<ToNumber>) = unnamed
        .map(|document| {
            let entry = header::to_date(document, document.date.unwrap_or(today), today).entry;
            (document, entry)
        })
        .unzip();
    for (document, name) in unnamed.iter_mut().zip(numbers::assign(env, &to_number)?) {
        document.name = Some(name);
    }
    let references = references::of(env, documents)?;
    for document in documents.iter_mut() {
        if let Some(reference) = references.get(&document.id) {
            header::take(document, facts, &map! { "payment_reference" => reference.as_str() })?;
        }
        receivables.names(document);
        document.state = "posted".into();
        // Entries that are posted have their checked mark unless somebody takes it.
        document.derived.extend(map! {
            "state" => "posted", "posted_before" => true, "checked" => true, "name" => document.name.clone(),
            "payment_reference" => document.payment_reference.clone(),
        });
    }
    let named = documents.iter_mut().map(|document| Named {
        id: document.id,
        journal: document.journal,
        name: document.name.clone().unwrap_or_default(),
        posted: true,
        columns: &mut document.derived,
    });
    numbers::of_names(env, &mut named.collect::<Vec<Named>>())?;
    store::save(env, documents)?;
    let ids: Vec<Id> = documents.iter().map(|document| document.id).collect();
    locks::check_fiscal(env, &ids)?;
    numbers::fits_day(env, &ids)?;
    numbers::mark_next_posted(env, &ids)
}

/// Looks for all that keeps entries from being posted. Answers those that come again each month, quarter or year.
fn check(env: &mut Env, facts: &Facts, documents: &[Document], soft: bool) -> Result<Vec<Id>> {
    let mut reasons: Vec<String> = Vec::new();
    let mut add = |reason: &str| {
        if !reasons.iter().any(|known| known == reason) {
            reasons.push(reason.to_owned());
        }
    };
    let today = env.today();
    let ids: Vec<Id> = documents.iter().map(|document| document.id).collect();
    let sql = sql!(
        "SELECT m.id, m.auto_post, c.active, COALESCE(b.active, TRUE),
         EXISTS (SELECT 1 FROM account_move_line l JOIN account_account a ON a.id = l.account_id WHERE l.move_id = m.id AND NOT a.active)
         FROM account_move m JOIN res_currency c ON c.id = m.currency_id LEFT JOIN res_partner_bank b ON b.id = m.partner_bank_id
         WHERE m.id = ANY({ids})"
    );
    let rows = env.query(sql)?;
    for document in documents {
        let row = rows.iter().find(|row| row.int(0) == Some(document.id));
        let flag = |column: usize| row.and_then(|row| row.bool(column)).unwrap_or(false);
        let own = document.kind;
        if own.is_invoice() {
            if !flag(3) {
                add("The bank account of the document is archived.");
            }
            let total = super::totals::of(document);
            if total
                .get("amount_total")
                .and_then(lastmile_orm::Value::as_decimal)
                .is_some_and(|total| document.currency.round(total) < Decimal::ZERO)
            {
                add("The total is below zero: make a credit note instead.");
            }
            match document.partner {
                None if matches!(own, Kind::OutInvoice | Kind::OutRefund) => add("The document has no customer."),
                None if matches!(own, Kind::InInvoice | Kind::InRefund) => add("The document has no vendor."),
                _ => {}
            }
            if document.invoice_date.is_none() && own.is_purchase() {
                add("The day of the bill is missing.");
            }
        }
        if document.state != "draft" {
            add(&format!("The entry {} (id {}) is no draft.", document.name.as_deref().unwrap_or("/"), document.id));
        }
        if !document.live().any(|line| !line.is_text()) {
            add("An entry without lines cannot be posted.");
        }
        let later = row.and_then(|row| row.text(1)).is_some_and(|auto| auto != "no") && document.date.is_some_and(|date| date > today);
        if !soft && later {
            add("The entry is to be posted by itself on a later day.");
        }
        if facts.journal(document.journal).is_some_and(|journal| !journal.active) {
            add("The journal is archived.");
        }
        if !flag(2) {
            add("The currency is not active.");
        }
        if flag(4) && !env.context_get("skip_account_deprecation_check").is_some_and(lastmile_orm::Value::truthy) {
            add("A line is on an archived account.");
        }
    }
    let again = rows.iter().filter(|row| matches!(row.text(1).as_deref(), Some("monthly" | "quarterly" | "yearly")));
    let again = again.filter_map(|row| row.int(0)).collect();
    if reasons.is_empty() { Ok(again) } else { Err(Error::user(reasons.join("\n"))) }
}

/// Partners that documents were made for become customers and vendors, one rank for each document.
fn ranks(env: &mut Env, documents: &[Document]) -> Result<()> {
    for (column, of_kind) in [("customer_rank", [Kind::OutInvoice, Kind::OutRefund]), ("supplier_rank", [Kind::InInvoice, Kind::InRefund])]
    {
        let mut partners: Vec<Id> = Vec::new();
        for document in documents.iter().filter(|document| of_kind.contains(&document.kind)) {
            partners.extend(document.partner);
            partners.extend(document.commercial_partner.filter(|partner| Some(*partner) != document.partner));
        }
        if partners.is_empty() {
            continue;
        }
        let sql = sql!(
            "UPDATE res_partner p SET {column:ident} = COALESCE(p.{column:ident}, 0) + x.n
             FROM (SELECT id, count(*) AS n FROM unnest({partners}::int4[]) AS u (id) GROUP BY id) x WHERE p.id = x.id RETURNING p.id"
        );
        let changed: Vec<Id> = env.query_ids(sql)?;
        env.changed("res.partner", &[column], &changed)?;
    }
    Ok(())
}

/// Takes entries back to drafts.
///
/// # Errors
/// UserError for drafts, for entries that other ones made, and for hashed ones.
pub fn to_draft(env: &mut Env, ids: &[Id]) -> Result<()> {
    env.flush()?;
    let sql = sql!(
        "SELECT m.state, COALESCE(m.inalterable_hash, '') <> '', m.tax_cash_basis_rec_id IS NOT NULL OR m.tax_cash_basis_origin_move_id IS NOT NULL,
         EXISTS (SELECT 1 FROM account_partial_reconcile r WHERE r.exchange_move_id = m.id) FROM account_move m WHERE m.id = ANY({ids})"
    );
    let rows = env.query(sql)?;
    if rows.len() < ids.len() {
        return Err(Error::user("Only posted and cancelled entries can be reset to draft."));
    }
    for row in rows {
        let refusal = match row.text(0).as_deref() {
            Some("posted" | "cancel") if row.bool(3) == Some(true) => {
                "An entry of an exchange difference cannot be reset to draft: undo the reconciliation."
            }
            Some("posted" | "cancel") if row.bool(2) == Some(true) => "An entry of taxes that are due when paid cannot be reset to draft.",
            Some("posted" | "cancel") if row.bool(1) == Some(true) => "An entry that is locked by its hash cannot be reset to draft.",
            Some("posted" | "cancel") => continue,
            _ => "Only posted and cancelled entries can be reset to draft.",
        };
        return Err(Error::user(refusal));
    }
    let lines = env.sudo(|env| env.linked(MOVE, "line_ids", ids))?;
    let analytic = env.sudo(|env| env.linked(LINE, "analytic_line_ids", &lines))?;
    env.unlink_complete("account.analytic.line", &analytic)?;
    tracking::trace(env, MOVE, ids, |env| {
        env.write(MOVE, ids, map! { "state" => "draft", "sending_data" => lastmile_orm::Value::None })?;
        uncheck(env, ids)
    })?;
    payment_state::refresh(env, ids)
}

/// Drafts are not checked yet.
fn uncheck(env: &mut Env, ids: &[Id]) -> Result<()> {
    env.update_each(MOVE, ids.iter().map(|id| (*id, map! { "checked" => false })).collect())
}

/// Cancels entries: posted ones become drafts first.
///
/// # Errors
/// As [`to_draft`].
pub fn cancel(env: &mut Env, ids: &[Id]) -> Result<()> {
    // A record without an id is a draft that nobody knows.
    let known: Vec<Id> = ids.iter().copied().filter(|id| *id != 0).collect();
    let ids = known.as_slice();
    let states = env.values(MOVE, "state", ids)?;
    let posted: Vec<Id> = ids.iter().zip(states).filter(|(_, state)| state.as_str() == Some("posted")).map(|(id, _)| *id).collect();
    if !posted.is_empty() {
        to_draft(env, &posted)?;
    }
    let states = env.values(MOVE, "state", ids)?;
    if states.iter().any(|state| state.as_str() != Some("draft")) {
        return Err(Error::user("Only drafts can be cancelled."));
    }
    let lines = env.sudo(|env| env.linked(MOVE, "line_ids", ids))?;
    crate::account::reconcile::undo::remove(env, &lines)?;
    env.write(MOVE, ids, map! { "auto_post" => "no", "state" => "cancel" })?;
    payment_state::refresh(env, ids)
}
