//! What may not be done to entries and their lines.

use lastmile_orm::sql::sql;
use lastmile_orm::{Env, Error, Id, Map, Result, Value};
use rust_decimal::Decimal;

use super::document::Document;
use super::document::MOVE;
use super::locks;

/// Fields of a posted entry that stand.
const STANDING: &[&str] = &[
    "invoice_line_ids",
    "line_ids",
    "invoice_date",
    "date",
    "partner_id",
    "invoice_payment_term_id",
    "currency_id",
    "fiscal_position_id",
    "invoice_cash_rounding_id",
];
/// Fields of lines that closed books keep.
const CLOSED: &[&str] = &[
    "balance",
    "debit",
    "credit",
    "tax_line_id",
    "tax_ids",
    "tax_tag_ids",
    "account_id",
    "journal_id",
    "amount_currency",
    "currency_id",
    "partner_id",
];

/// New entries are drafts.
///
/// # Errors
/// UserError for one that is created posted.
pub fn begin_as_drafts(values: &[Map]) -> Result<()> {
    if values.iter().any(|map| map.get("state").and_then(Value::as_str) == Some("posted")) {
        return Err(Error::user("An entry begins as a draft: create it so, and post it then."));
    }
    Ok(())
}

/// What of entries may be written in their state.
///
/// # Errors
/// UserError for what stands.
pub fn may_write(env: &mut Env, ids: &[Id], values: &Map) -> Result<()> {
    let moved = ["journal_id", "name", "date", "state"].iter().any(|name| values.contains_key(name));
    let names: Vec<&str> = values.keys().map(String::as_str).filter(|name| STANDING.contains(name)).collect();
    if names.is_empty() && !moved {
        return Ok(());
    }
    env.flush()?;
    let sql = sql!(
        "SELECT id, state, COALESCE(name, ''), COALESCE(posted_before, FALSE), journal_id, COALESCE(sequence_number, 0), date
         FROM account_move WHERE id = ANY({ids})"
    );
    let unnamed = values.get("name").is_some_and(|name| !name.truthy() || name.as_str() == Some("/"));
    let journal = values.get("journal_id").and_then(Value::as_id);
    let mut closing: Vec<Id> = Vec::new();
    for row in env.query(sql)? {
        let renamed = values.get("name").is_some_and(|name| name.as_str().unwrap_or_default() != row.text(2).unwrap_or_default());
        let redated = values.get("date").is_some_and(|date| super::document::day(date) != row.date(6));
        let leaves_posted = values.get("state").is_some_and(|state| state.as_str() != Some("posted"));
        if row.text(1).as_deref() == Some("posted") && (renamed || redated || leaves_posted) {
            closing.extend(row.int(0));
        }
        let state = values.get("state").and_then(Value::as_str).map_or_else(|| row.text(1).unwrap_or_default(), str::to_owned);
        let skip = env.context_get("skip_readonly_check").is_some_and(Value::truthy);
        if state == "posted" && !names.is_empty() && !skip {
            return Err(Error::user(format!("The entry is posted: reset it to draft before you change {}.", names.join(", "))));
        }
        let named = row.text(2).is_some_and(|name| !name.is_empty() && name != "/");
        let leaves = journal.is_some_and(|journal| Some(journal) != row.int(4)) && named && !unnamed;
        if leaves && (row.bool(3).unwrap_or(false) || row.int(5).unwrap_or(0) > 1) {
            return Err(Error::user("A numbered entry stays in its journal: take its number away first, which may leave a gap."));
        }
    }
    if closing.is_empty() {
        return Ok(());
    }
    locks::check_fiscal(env, &closing)?;
    locks::check_tax_of_moves(env, &closing)
}

/// Lines may only be added to entries that are not posted.
///
/// # Errors
/// UserError when one is.
pub fn may_add(env: &mut Env, moves: &[Id]) -> Result<()> {
    env.flush()?;
    let posted = env.query(sql!("SELECT 1 FROM account_move WHERE state = 'posted' AND id = ANY({moves}) LIMIT 1"))?;
    if posted.is_empty() || env.context_get("skip_readonly_check").is_some_and(Value::truthy) {
        return Ok(());
    }
    Err(Error::user("The entry is posted: reset it to draft before you change line_ids."))
}

/// What of lines may be written in the state of their entries.
///
/// # Errors
/// UserError for taxes of posted lines, and for an archived account.
pub fn may_write_lines(env: &mut Env, ids: &[Id], values: &Map) -> Result<()> {
    if let Some(account) = values.get("account_id").and_then(Value::as_id)
        && !env.sudo(|env| env.value("account.account", "active", account))?.truthy()
    {
        return Err(Error::user("The account is archived: choose another one."));
    }
    if !values.keys().any(|name| CLOSED.contains(&name.as_str())) {
        return Ok(());
    }
    env.flush()?;
    let posted = env.query(sql!("SELECT DISTINCT move_id FROM account_move_line WHERE parent_state = 'posted' AND id = ANY({ids})"))?;
    if posted.is_empty() {
        return Ok(());
    }
    if values.contains_key("tax_ids") || values.contains_key("tax_line_id") {
        return Err(Error::user("Taxes of a posted journal item stand: reset its entry to draft before you change them."));
    }
    let posted: Vec<Id> = posted.iter().filter_map(|row| row.int(0)).collect();
    locks::check_fiscal(env, &posted)?;
    locks::check_tax(env, ids)
}

/// Lines that may be deleted by hand: not those of posted entries, nor those that follow from taxes and terms.
///
/// # Errors
/// UserError for posted ones, ValidationError for lines that follow from others.
pub fn may_delete(env: &Env, document: &Document, ids: &[Id]) -> Result<()> {
    let mine = || document.lines.iter().filter(|line| ids.contains(&line.id));
    if mine().next().is_none() {
        return Ok(());
    }
    let flagged = |key: &str| env.context_get(key).is_some_and(Value::truthy);
    if document.state == "posted" && !flagged("force_delete") {
        return Err(Error::user("Lines of a posted entry cannot be deleted: reset it to draft or reverse it."));
    }
    if flagged("dynamic_unlink") {
        return Ok(());
    }
    let taxed = document.live().any(|line| !line.taxes.is_empty());
    if mine().any(|line| line.display_type == "tax" && taxed) {
        return Err(Error::validation("The line follows from the taxes of the others, and from nothing else: change those."));
    }
    if mine().any(|line| line.display_type == "payment_term") {
        return Err(Error::validation("The line says when the invoice is due: change its terms of payment instead."));
    }
    Ok(())
}

/// Whether entries may be deleted.
///
/// # Errors
/// UserError for posted ones, and for a number that is not the last one of its series where the caller keeps no books.
pub fn may_unlink(env: &mut Env, ids: &[Id]) -> Result<()> {
    env.flush()?;
    let forced = env.context_get("force_delete").is_some_and(Value::truthy);
    let posted = env.query(sql!("SELECT 1 FROM account_move WHERE state = 'posted' AND id = ANY({ids}) LIMIT 1"))?;
    if !posted.is_empty() && !forced {
        return Err(Error::user("A posted entry cannot be deleted: reset it to draft or reverse it."));
    }
    if forced || env.has_group("account.group_account_manager") {
        return Ok(());
    }
    let inside = sql!(
        "SELECT 1 FROM account_move m WHERE m.id = ANY({ids}) AND COALESCE(m.name, '/') <> '/' AND EXISTS (SELECT 1 FROM account_move o
         WHERE o.journal_id = m.journal_id AND o.sequence_prefix = m.sequence_prefix AND o.sequence_number > m.sequence_number
         AND o.id <> ALL({ids})) LIMIT 1"
    );
    if env.query(inside)?.is_empty() {
        return Ok(());
    }
    Err(Error::user("The entry has a number, and there are later ones: reverse it instead."))
}

/// What entries must fulfil once they are written.
///
/// # Errors
/// UserError when one does not balance or has accounts that do not fit, ValidationError for a journal of another kind.
pub fn check(env: &mut Env, documents: &[Document]) -> Result<()> {
    if env.context_get("check_move_validity").is_none_or(Value::truthy) {
        let unbalanced: Vec<Id> = documents
            .iter()
            .filter(|document| !document.own_currency.is_zero(document.live().map(|line| line.balance).sum::<Decimal>()))
            .map(|document| document.id)
            .collect();
        match unbalanced.as_slice() {
            [] => {}
            [_] => return Err(Error::user("The entry does not balance: debits and credits differ.")),
            several => {
                let names: Vec<String> = env.names(MOVE, several)?;
                return Err(Error::user(format!("Debits and credits of these entries differ: {}", names.join(", "))));
            }
        }
    }
    journals_fit(env, documents)?;
    accounts_fit(env, documents)
}

fn journals_fit(env: &mut Env, documents: &[Document]) -> Result<()> {
    for document in documents.iter().filter(|document| document.kind.is_invoice()) {
        let wanted = if document.kind.is_sale() { "sale" } else { "purchase" };
        let kind = env.sudo(|env| env.value("account.journal", "type", document.journal))?;
        if kind.as_str() != Some(wanted) {
            return Err(Error::validation(format!("A document of this kind belongs into a journal of type {wanted}.")));
        }
        if document.currency.id != document.own_currency.id && document.rate <= Decimal::ZERO {
            return Err(Error::validation("The rate of the invoice's currency must be more than nothing."));
        }
    }
    Ok(())
}

/// Accounts of lines that are new or changed fit the kind of line and document.
fn accounts_fit(env: &mut Env, documents: &[Document]) -> Result<()> {
    let mut accounts: Vec<Id> = documents.iter().flat_map(Document::live).filter_map(|line| line.account).collect();
    accounts.sort_unstable();
    accounts.dedup();
    let sql = sql!("SELECT id, account_type, active, currency_id FROM account_account WHERE id = ANY({accounts})");
    let rows = env.query(sql)?;
    for document in documents {
        let off = |line: &super::document::Line| kind_of(&rows, line.account) == "off_balance";
        if document.live().any(off) && document.live().any(|line| !line.is_text() && !off(line)) {
            return Err(Error::user("Accounts off the balance sheet and others do not go into one entry."));
        }
        for line in document.live().filter(|line| !line.is_text()) {
            let changed = line.before.as_deref().is_none_or(|before| before.account != line.account || before.currency != line.currency);
            if !changed {
                continue;
            }
            if off(line) && (!line.taxes.is_empty() || line.repartition.is_some()) {
                return Err(Error::user("Lines on accounts off the balance sheet have no taxes."));
            }
            let row = rows.iter().find(|row| row.int(0) == line.account);
            if row.is_some_and(|row| row.bool(2) == Some(false))
                && !env.context_get("skip_account_deprecation_check").is_some_and(Value::truthy)
            {
                return Err(Error::user("An account of the entry is archived: choose another one."));
            }
            let wanted = row.and_then(|row| row.int(3));
            if wanted.is_some_and(|currency| currency != document.own_currency.id && currency != line.currency.id) {
                return Err(Error::user("An account of the entry is kept in another currency than the line."));
            }
            side_fits(document, line, kind_of(&rows, line.account))?;
        }
    }
    Ok(())
}

fn kind_of(rows: &[lastmile_orm::sql::row::Row], account: Option<Id>) -> String {
    rows.iter().find(|row| row.int(0) == account).and_then(|row| row.text(1)).unwrap_or_default()
}

/// What customers owe stands on lines with a due date, and on no others.
fn side_fits(document: &Document, line: &super::document::Line, kind: String) -> Result<()> {
    let (own, other) = match document.kind {
        kind if kind.is_sale() => ("asset_receivable", "liability_payable"),
        kind if kind.is_purchase() => ("liability_payable", "asset_receivable"),
        _ => return Ok(()),
    };
    if kind == other {
        return Err(Error::user("The account of a line is one for the other side: receivable for sales, payable for purchases."));
    }
    if (line.display_type == "payment_term") != (kind == own) {
        return Err(Error::user("Lines on the partner's account have a due date, and only they."));
    }
    Ok(())
}
