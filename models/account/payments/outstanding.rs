//! What an invoice could be paid with, and what it was paid with: the two lists below its totals.

use std::collections::{HashMap, HashSet};

use lastmile_orm::compute::Computed;
use lastmile_orm::money::round_to;
use lastmile_orm::sql::row::Row;
use lastmile_orm::sql::sql;
use lastmile_orm::{Declarations, Env, Id, Map, Result, Value, map};
use rust_decimal::Decimal;

use crate::account::reconcile::entries::MOVE;
use crate::base::names::text;
use crate::base::rates;
use crate::mail::formats::Formats;

const CANDIDATES: &str = "invoice_outstanding_credits_debits_widget";
const MADE: &str = "invoice_payments_widget";

/// Declares the fields.
pub fn declare(all: &mut Declarations) {
    all.model(MOVE)
        .compute_sudo(
            &[CANDIDATES, "invoice_has_outstanding"],
            &["state", "payment_state", "commercial_partner_id", "currency_id", "line_ids.amount_residual"],
            candidates,
        )
        .compute_sudo(&[MADE], &["state", "move_type", "line_ids.amount_residual"], made);
}

/// `False` for an empty text or link.
fn or_false(value: impl Into<Value>) -> Value {
    let value = value.into();
    if value.truthy() { value } else { Value::Bool(false) }
}

/// Open items of the partner on the other side of the invoice's account.
fn candidates(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    let companies = env.company_ids();
    let rate = |currency: &'static str| rates::of_company(currency, "l.date");
    let sql = sql!(
        "SELECT m.id, m.move_type IN ('out_invoice', 'in_refund', 'out_receipt'), l.id, l.move_id, l.date, l.ref::text,
         n.name::text, l.payment_id, m.currency_id, t.rounding, CASE
         WHEN l.currency_id = m.currency_id THEN abs(l.amount_residual_currency)
         ELSE abs(l.amount_residual) * {theirs:sql} / {own:sql} END
         FROM account_move m JOIN res_company c ON c.id = m.company_id JOIN res_currency t ON t.id = m.currency_id
         JOIN account_move_line l ON l.parent_state = 'posted' AND NOT l.reconciled AND l.partner_id = m.commercial_partner_id
         AND (l.amount_residual <> 0 OR l.amount_residual_currency <> 0) AND l.company_id = ANY({companies}) AND CASE
         WHEN m.move_type IN ('out_invoice', 'in_refund', 'out_receipt') THEN l.balance < 0 ELSE l.balance > 0 END
         AND l.account_id IN (SELECT x.account_id FROM account_move_line x JOIN account_account a ON a.id = x.account_id
         AND a.account_type IN ('asset_receivable', 'liability_payable') WHERE x.move_id = m.id)
         JOIN account_move n ON n.id = l.move_id
         WHERE m.id = ANY({ids}) AND m.state IN ('draft', 'posted') AND m.payment_state IN ('not_paid', 'partial')
         AND m.move_type <> 'entry' ORDER BY l.date DESC, l.move_name DESC, l.id",
        theirs = rate("m.currency_id"),
        own = rate("c.currency_id")
    );
    let mut found: HashMap<Id, (bool, Vec<Value>)> = HashMap::new();
    for row in env.query(sql)? {
        let Some(id) = row.int(0) else { continue };
        let amount = round_to(row.decimal(10).unwrap_or_default(), row.decimal(9).unwrap_or_default());
        if amount.is_zero() {
            continue;
        }
        let reference = row.text(5).unwrap_or_default();
        let item = map! {
            "journal_name" => or_false(if reference.is_empty() { row.text(6).unwrap_or_default() } else { reference.clone() }),
            "amount" => amount, "currency_id" => row.int(8), "id" => row.int(2), "move_id" => row.int(3), "date" => row.date(4),
            "account_payment_id" => or_false(row.int(7)), "move_ref" => reference,
        };
        let entry = found.entry(id).or_insert_with(|| (row.bool(1).unwrap_or(false), Vec::new()));
        entry.1.push(Value::Map(item));
    }
    for id in ids {
        let shown = found.remove(id);
        out.set("invoice_has_outstanding", *id, shown.is_some());
        let shown = shown.map(|(inbound, content)| {
            let title = if inbound { "Outstanding credits" } else { "Outstanding debits" };
            map! { "outstanding" => true, "content" => Value::List(content), "move_id" => *id, "title" => title }
        });
        out.set(CANDIDATES, *id, shown);
    }
    Ok(())
}

/// What was matched with an invoice: the partial, the invoice's own amount, the item that it met.
struct Met {
    invoice: Id,
    partial: Id,
    amount: Decimal,
    line: Id,
}

/// What invoices were matched with; differences in exchange of what paid them come last.
fn made(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    let sql = sql!(
        "SELECT m.id, p.id, p.amount, p.line, p.exchange_move_id FROM account_move m
         JOIN account_move_line l ON l.move_id = m.id JOIN account_account a ON a.id = l.account_id
         AND a.account_type IN ('asset_receivable', 'liability_payable') CROSS JOIN LATERAL (
         SELECT 0 AS side, id, debit_amount_currency AS amount, credit_move_id AS line, exchange_move_id
         FROM account_partial_reconcile WHERE debit_move_id = l.id UNION ALL
         SELECT 1, id, credit_amount_currency, debit_move_id, exchange_move_id
         FROM account_partial_reconcile WHERE credit_move_id = l.id) p
         WHERE m.id = ANY({ids}) AND m.state IN ('draft', 'posted') AND m.move_type <> 'entry' ORDER BY p.side, p.exchange_move_id IS NOT NULL, p.id"
    );
    let (mut met, mut entries): (Vec<Met>, HashMap<Id, HashSet<Id>>) = (Vec::new(), HashMap::new());
    for row in env.query(sql)? {
        let (Some(invoice), Some(partial), Some(line)) = (row.int(0), row.int(1), row.int(3)) else { continue };
        met.push(Met { invoice, partial, amount: row.decimal(2).unwrap_or_default(), line });
        entries.entry(invoice).or_default().extend(row.int(4));
    }
    differences(env, &mut met, &entries)?;
    let details = details(env, &met)?;
    let formats = if met.is_empty() { Formats::default() } else { Formats::load(env)? };
    let mut content: HashMap<Id, Vec<Value>> = HashMap::new();
    for one in &met {
        let Some(row) = details.get(&(one.invoice, one.line)) else { continue };
        let exchange = row.int(9).is_some_and(|entry| entries.get(&one.invoice).is_some_and(|own| own.contains(&entry)));
        content.entry(one.invoice).or_default().push(Value::Map(shown(one, row, exchange, &formats)));
    }
    for id in ids {
        let widget =
            content.remove(id).map(|content| map! { "title" => "Less Payment", "outstanding" => false, "content" => Value::List(content) });
        out.set(MADE, *id, widget);
    }
    Ok(())
}

/// Adds what entries for differences in exchange took off the items that invoices met.
fn differences(env: &mut Env, met: &mut Vec<Met>, entries: &HashMap<Id, HashSet<Id>>) -> Result<()> {
    let all: Vec<Id> = entries.values().flatten().copied().collect();
    if all.is_empty() {
        return Ok(());
    }
    let lines: Vec<Id> = met.iter().map(|one| one.line).collect();
    let sql = sql!(
        "SELECT p.id, p.other, p.own, o.move_id FROM (SELECT 0 AS side, id, credit_move_id AS other, debit_move_id AS own
         FROM account_partial_reconcile WHERE debit_move_id = ANY({lines}) UNION ALL
         SELECT 1, id, debit_move_id, credit_move_id FROM account_partial_reconcile WHERE credit_move_id = ANY({lines2})) p
         JOIN account_move_line o ON o.id = p.other WHERE o.move_id = ANY({all}) ORDER BY p.side, p.id",
        lines2 = lines.as_slice()
    );
    let rows = env.query(sql)?;
    let mut more = Vec::new();
    for (invoice, own) in entries {
        let items: HashSet<Id> = met.iter().filter(|one| one.invoice == *invoice).map(|one| one.line).collect();
        for row in &rows {
            let (Some(partial), Some(line), Some(item), Some(entry)) = (row.int(0), row.int(1), row.int(2), row.int(3)) else { continue };
            if items.contains(&item) && own.contains(&entry) {
                more.push(Met { invoice: *invoice, partial, amount: Decimal::ZERO, line });
            }
        }
    }
    met.extend(more);
    Ok(())
}

/// What is told of the items, by invoice and item.
fn details(env: &mut Env, met: &[Met]) -> Result<HashMap<(Id, Id), Row>> {
    if met.is_empty() {
        return Ok(HashMap::new());
    }
    let (invoices, lines): (Vec<Id>, Vec<Id>) = met.iter().map(|one| (one.invoice, one.line)).unzip();
    let (reg, lang) = (env.registry(), env.context().lang.clone());
    let sql = sql!(
        "SELECT i.id, l.id, l.name::text, {journal:sql}, CASE WHEN j.company_id <> i.company_id THEN k.name::text END,
         i.currency_id, o.currency_id, l.date, l.payment_id, l.move_id, x.name::text, m.move_type IN ('in_refund', 'out_refund'),
         CASE WHEN m.ref <> '' THEN m.name || ' (' || m.ref || ')' ELSE m.name END::text, abs(l.balance), c.currency_id, CASE
         WHEN l.amount_currency <> 0 AND l.currency_id <> c.currency_id THEN l.currency_id END, abs(l.amount_currency)
         FROM unnest({invoices}::int4[], {lines}::int4[]) AS v (invoice, line)
         JOIN account_move i ON i.id = v.invoice JOIN res_company o ON o.id = i.company_id
         JOIN account_move_line l ON l.id = v.line JOIN account_move m ON m.id = l.move_id
         JOIN account_journal j ON j.id = l.journal_id LEFT JOIN res_company k ON k.id = j.company_id
         JOIN res_company c ON c.id = l.company_id LEFT JOIN account_payment p ON p.id = l.payment_id
         LEFT JOIN account_payment_method_line x ON x.id = p.payment_method_line_id",
        journal = text(&reg, "account.journal", "name", "j", &lang)
    );
    Ok(env.query(sql)?.into_iter().filter_map(|row| Some(((row.int(0)?, row.int(1)?), row))).collect())
}

fn shown(one: &Met, row: &Row, exchange: bool, formats: &Formats) -> Map {
    let text = |n: usize| or_false(row.text(n));
    let balance = row.decimal(13).unwrap_or_default();
    map! {
        "name" => text(2),
        "journal_name" => text(3),
        "company_name" => text(4),
        "amount" => if exchange { balance } else { one.amount },
        "currency_id" => if exchange { row.int(6) } else { row.int(5) },
        "date" => row.date(7),
        "partial_id" => one.partial,
        "account_payment_id" => or_false(row.int(8)),
        "payment_method_name" => text(10),
        "move_id" => row.int(9),
        "is_refund" => row.bool(11).unwrap_or(false),
        "ref" => text(12),
        "is_exchange" => exchange,
        "amount_company_currency" => formats.amount(balance, row.int(14)),
        "amount_foreign_currency" => or_false(row.int(15).map(|currency| formats.amount(row.decimal(16).unwrap_or_default(), Some(currency)))),
    }
}
