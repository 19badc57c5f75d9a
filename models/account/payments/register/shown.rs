//! What the wizard shows without keeping it: differences, what else could be paid, what to look out for.

use std::collections::HashMap;

use lastmile_orm::compute::Computed;
use lastmile_orm::declare::ModelDecl;
use lastmile_orm::sql::sql;
use lastmile_orm::{Env, Id, Result, Value, map};
use rust_decimal::Decimal;

use super::WIZARD;
use super::amounts::{Terms, Totals};
use super::fields::{available, banks, journals_of};
use super::lookups::{Wizard, amount, day, link, terms, totals_of, wizards};

/// Declares the fields.
pub fn declare(wizard: &mut ModelDecl) {
    wizard
        .compute_sudo(&["available_journal_ids"], &["payment_type", "company_id", "can_edit_wizard"], |env, ids, out| {
            let wizards = wizards(env, ids)?;
            let all = journals_of(env, &wizards)?;
            for wizard in &wizards {
                out.set("available_journal_ids", wizard.id, available(wizard, &all));
            }
            Ok(())
        })
        .compute_sudo(&["available_partner_bank_ids"], &["can_edit_wizard", "journal_id"], available_banks)
        .compute_sudo(&["available_payment_method_line_ids"], &["payment_type", "journal_id"], methods)
        .compute_sudo(&["early_payment_discount_mode", "hide_writeoff_section"], &["payment_date", "currency_id", "amount"], early)
        .compute_sudo(&["payment_difference"], &["amount", "installments_mode", "payment_date"], |env, ids, out| {
            for (id, difference) in differences(env, ids)? {
                out.set("payment_difference", id, difference);
            }
            Ok(())
        })
        .compute_sudo(
            &["show_payment_difference"],
            &["amount", "group_payment", "payment_method_line_id", "installments_mode"],
            show_difference,
        )
        .compute_sudo(&["installments_switch_amount", "installments_switch_html"], &["installments_mode", "amount"], switch)
        .compute_sudo(&["writeoff_is_exchange_account"], &["can_edit_wizard", "writeoff_account_id", "currency_id"], |env, ids, out| {
            for id in ids {
                let exchange = is_exchange(env, *id)?;
                out.set("writeoff_is_exchange_account", *id, exchange);
            }
            Ok(())
        })
        .compute_sudo(
            &["show_partner_bank_account", "require_partner_bank_account"],
            &["payment_method_line_id", "journal_id"],
            bank_account,
        )
        .compute_sudo(
            &["total_payments_amount", "untrusted_payments_count", "untrusted_bank_ids", "missing_account_partners"],
            &["group_payment", "line_ids"],
            |env, ids, out| {
                for wizard in wizards(env, ids)? {
                    let group = env.value(WIZARD, "group_payment", wizard.id)?.truthy();
                    let count: usize = wizard.batches.iter().map(|batch| if group { 1 } else { batch.items.len() }).sum();
                    out.set("total_payments_amount", wizard.id, i64::try_from(count).unwrap_or(0));
                    out.set("untrusted_payments_count", wizard.id, 0_i64);
                    out.set("untrusted_bank_ids", wizard.id, Vec::<Id>::new());
                    out.set("missing_account_partners", wizard.id, Vec::<Id>::new());
                }
                Ok(())
            },
        )
        .compute_sudo(&["is_register_payment_on_draft"], &["line_ids"], |env, ids, out| {
            for wizard in wizards(env, ids)? {
                out.set("is_register_payment_on_draft", wizard.id, wizard.items.iter().any(|item| item.draft));
            }
            Ok(())
        })
        .compute_sudo(&["duplicate_payment_ids"], &["partner_id", "amount", "payment_date", "payment_type", "line_ids"], duplicates)
        .compute_sudo(&["actionable_errors"], &["line_ids"], under_way);
}

fn available_banks(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    let wizards = wizards(env, ids)?;
    let all = journals_of(env, &wizards)?;
    for wizard in &wizards {
        let found = match wizard.batches.as_slice() {
            [batch] => {
                let journal = link(env, "journal_id", wizard.id)?;
                banks(env, batch, all.iter().find(|known| Some(known.id) == journal))?
            }
            _ => Vec::new(),
        };
        out.set("available_partner_bank_ids", wizard.id, found);
    }
    Ok(())
}

fn methods(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    let wizards = wizards(env, ids)?;
    let all = journals_of(env, &wizards)?;
    for wizard in &wizards {
        let journal = link(env, "journal_id", wizard.id)?;
        let inbound = env.value(WIZARD, "payment_type", wizard.id)?.as_str() == Some("inbound");
        let found = all.iter().find(|known| Some(known.id) == journal).map(|journal| journal.methods(inbound).to_vec());
        out.set("available_payment_method_line_ids", wizard.id, found.unwrap_or_default());
    }
    Ok(())
}

/// Whether the amount is one that the discount for paying early makes.
pub fn is_early(env: &mut Env, terms: &HashMap<Id, Terms>, wizard: &Wizard) -> Result<bool> {
    let id = wizard.id;
    let Some(currency) = terms.get(&id).and_then(|terms| terms.currency) else { return Ok(false) };
    if link(env, "journal_id", id)?.is_none() || day(env, id)?.is_none() {
        return Ok(false);
    }
    let (now, totals) = (amount(env, "amount", id)?, totals_of(terms, wizard));
    Ok(totals.early && [totals.by_default, totals.full].iter().any(|other| currency.compare(now, *other).is_eq()))
}

fn early(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    let wizards = wizards(env, ids)?;
    let terms = terms(env, &wizards)?;
    for wizard in &wizards {
        let early = is_early(env, &terms, wizard)?;
        out.set("early_payment_discount_mode", wizard.id, early);
        out.set("hide_writeoff_section", wizard.id, early);
    }
    Ok(())
}

/// What is left of the amount to pay, before any discount.
pub fn difference(env: &mut Env, totals: &Totals, id: Id) -> Result<Decimal> {
    if day(env, id)?.is_none() {
        return Ok(Decimal::ZERO);
    }
    let whole = env.value(WIZARD, "installments_mode", id)?.as_str() == Some("full");
    Ok(if whole { totals.full_for_difference } else { totals.for_difference } - amount(env, "amount", id)?)
}

fn differences(env: &mut Env, ids: &[Id]) -> Result<Vec<(Id, Decimal)>> {
    let wizards = wizards(env, ids)?;
    let terms = terms(env, &wizards)?;
    let mut found = Vec::with_capacity(ids.len());
    for wizard in &wizards {
        let totals = totals_of(&terms, wizard);
        found.push((wizard.id, difference(env, &totals, wizard.id)?));
    }
    Ok(found)
}

fn show_difference(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    let early = env.values(WIZARD, "early_payment_discount_mode", ids)?;
    for ((id, difference), early) in differences(env, ids)?.into_iter().zip(early) {
        let flag = |env: &mut Env, field: &str| env.value(WIZARD, field, id).map(|value| value.truthy());
        let together = !flag(env, "can_group_payments")? || flag(env, "group_payment")?;
        let method = link(env, "payment_method_line_id", id)?.unwrap_or(0);
        let account = env.value("account.payment.method.line", "payment_account_id", method)?.truthy();
        let shown = !difference.is_zero() && !early.truthy() && flag(env, "can_edit_wizard")? && together && account;
        out.set("show_payment_difference", id, shown);
    }
    Ok(())
}

/// What else could be paid, and how that is told.
fn switch(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    const BEGIN: &str = "<span class=\"installments_switch_button btn btn-link p-0 align-baseline\">";
    let wizards = wizards(env, ids)?;
    let terms = terms(env, &wizards)?;
    for wizard in &wizards {
        let id = wizard.id;
        let (now, totals) = (amount(env, "amount", id)?, totals_of(&terms, wizard));
        let Some(currency) = terms.get(&id).and_then(|terms| terms.currency) else { continue };
        let mode = env.value(WIZARD, "installments_mode", id)?;
        let full = || format!("Consider paying the {BEGIN}full amount</span>.");
        let (other, mut texts) = match mode.as_str() {
            Some("full") => {
                let same = currency.is_zero(totals.full - now) && currency.is_zero(totals.full - totals.by_default);
                let instead = if totals.early { "early payment discount" } else { "installments" };
                let manner = if totals.early { "with" } else { "in" };
                let text =
                    format!("Consider paying {}{manner} {BEGIN}{instead}</span> instead.", if totals.early { "the amount " } else { "" });
                let told = !same && !currency.is_zero(now);
                (
                    if same { Decimal::ZERO } else { totals.by_default },
                    if told { vec!["This is the full amount.".into(), text] } else { Vec::new() },
                )
            }
            Some("overdue") => (totals.full, vec!["This is the overdue amount.".to_owned(), full()]),
            Some("before_date") => {
                let until = terms.get(&id).and_then(|terms| terms.before).unwrap_or_else(|| env.today());
                (totals.full, vec![format!("Total for the installments before {until}."), full()])
            }
            Some("next") => (totals.full, vec!["This is the next unreconciled installment.".to_owned(), full()]),
            _ => (Decimal::ZERO, Vec::new()),
        };
        let by_hand = !amount(env, "custom_user_amount", id)?.is_zero();
        if by_hand {
            texts.clear();
        }
        out.set("installments_switch_amount", id, other);
        out.set(
            "installments_switch_html",
            id,
            if texts.is_empty() { String::new() } else { format!("<span>{}</span>", texts.join("<br>")) },
        );
    }
    Ok(())
}

/// A difference that is put on an account for exchange is one of exchange.
pub fn is_exchange(env: &mut Env, id: Id) -> Result<bool> {
    let Some(account) = link(env, "writeoff_account_id", id)? else { return Ok(false) };
    let other = link(env, "currency_id", id)? != link(env, "source_currency_id", id)?;
    if !other || !env.value(WIZARD, "can_edit_wizard", id)?.truthy() {
        return Ok(false);
    }
    let company = link(env, "company_id", id)?.unwrap_or(0);
    for field in ["expense_currency_exchange_account_id", "income_currency_exchange_account_id"] {
        if env.value("res.company", field, company)?.as_id() == Some(account) {
            return Ok(true);
        }
    }
    Ok(false)
}

fn bank_account(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    for id in ids {
        let method = link(env, "payment_method_line_id", *id)?.unwrap_or(0);
        let journal = link(env, "journal_id", *id)?.unwrap_or(0);
        let manual = env.value("account.payment.method.line", "code", method)?.as_str() == Some("manual");
        let cash = env.value("account.journal", "type", journal)?.as_str() == Some("cash");
        out.set("show_partner_bank_account", *id, manual && !cash);
        out.set("require_partner_bank_account", *id, false);
    }
    Ok(())
}

/// Payments of the same partner, day, direction and amount that are not made yet.
fn duplicates(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    for wizard in wizards(env, ids)? {
        let id = wizard.id;
        let partner = link(env, "partner_id", id)?;
        let now = amount(env, "amount", id)?;
        let mut found = Vec::new();
        if let (Some(partner), Some(company), Some(day), true) = (partner, link(env, "company_id", id)?, day(env, id)?, wizard.editable())
            && !now.is_zero()
        {
            let kind = env.value(WIZARD, "payment_type", id)?.as_str().unwrap_or_default().to_owned();
            let sql = sql!(
                "SELECT id FROM account_payment WHERE partner_id = {partner} AND company_id = {company} AND date = {day}
                 AND payment_type = {kind} AND amount = {now} AND state = 'draft' ORDER BY date DESC, name DESC, id"
            );
            found = env.query(sql)?.iter().filter_map(|row| row.int(0)).collect();
        }
        out.set("duplicate_payment_ids", id, found);
    }
    Ok(())
}

/// Payments of the same entries that are under way: who pays again might pay twice.
fn under_way(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    for wizard in wizards(env, ids)? {
        let entries: Vec<Id> = wizard.items.iter().map(|item| item.entry).collect();
        let sql = sql!(
            "SELECT p.id FROM account_payment p WHERE p.state = 'in_process' AND (EXISTS (SELECT 1
             FROM account_move__account_payment r WHERE r.payment_id = p.id AND r.invoice_id = ANY({entries})) OR EXISTS (SELECT 1
             FROM account_move_line l JOIN account_account a ON a.id = l.account_id
             AND a.account_type IN ('asset_receivable', 'liability_payable') JOIN account_partial_reconcile r
             ON l.id IN (r.debit_move_id, r.credit_move_id) JOIN account_move_line o
             ON o.id IN (r.debit_move_id, r.credit_move_id) AND o.id <> l.id
             WHERE l.move_id = p.move_id AND o.move_id = ANY({entries2}))) ORDER BY p.date DESC, p.name DESC, p.id",
            entries2 = entries.as_slice()
        );
        let found: Vec<Id> = env.query_ids(sql)?;
        let mut errors = Value::None;
        if !found.is_empty() {
            errors = Value::Map(map! { "unpaid_matched_payments" => map! {
                "message" => "There are payments in progress. Make sure you don't pay twice.",
                "action_text" => "Check them", "action" => payments_action(&found), "level" => "danger",
            } });
        }
        out.set("actionable_errors", wizard.id, errors);
    }
    Ok(())
}

/// Opens payments.
fn payments_action(payments: &[Id]) -> lastmile_orm::Map {
    let mut action = map! {
        "type" => "ir.actions.act_window", "res_model" => super::super::PAYMENT, "target" => "current", "context" => lastmile_orm::Map::new(),
        "name" => "Payments",
    };
    let view = |kind: &str| Value::List(vec![Value::Bool(false), kind.into()]);
    if let [only] = payments {
        action.extend(map! { "views" => vec![view("form")], "res_id" => *only });
    } else {
        let domain = Value::List(vec![Value::List(vec!["id".into(), "in".into(), Value::from(payments.to_vec())])]);
        action.extend(map! { "views" => vec![view("list"), view("form")], "domain" => domain });
    }
    action
}
