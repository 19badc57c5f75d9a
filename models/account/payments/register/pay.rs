//! Makes the payments of a wizard, posts them, and matches them with what they pay: all of them together.

use std::collections::HashMap;

use lastmile_orm::answer::Answer;
use lastmile_orm::call::Invocation;
use lastmile_orm::declare::Tx;
use lastmile_orm::sql::sql;
use lastmile_orm::{Declarations, Env, Error, Id, Map, Result, Value, map};
use rust_decimal::Decimal;

use super::WIZARD;
use super::amounts::{Mode, Terms, totals};
use super::batches::Batch;
use super::fields::{journals_of, memo};
use super::items::Item;
use super::lookups::{Journal, Wizard, amount, link, terms, totals_of, wizards};
use super::shown::{difference, is_early, is_exchange};
use crate::account::payments::{PAYMENT, payment, roles};
use crate::account::reconcile::entries::MOVE;
use crate::account::reconcile::plan::Rate;
use crate::account::reconcile::{LINE, Options, reconcile_groups};

/// Declares the method.
pub fn declare(all: &mut Declarations) {
    all.model(WIZARD)
        .record_method("action_create_payments", "", Tx::Write, create_payments)
        .record_method("read", "fields=None, load='_classic_read'", Tx::Read, read)
        .unchecked(&["read"], "the statement that reads tells which rows are hidden");
}

/// A wizard that was never made pays nothing: what it would work out is refused.
fn read(env: &mut Env, call: &Invocation) -> Result<Answer> {
    if call.ids.contains(&0) {
        let declared = env.declared();
        let works_out =
            |name: &Value| name.as_str().is_some_and(|name| declared.get(WIZARD).is_some_and(|own| own.compute_of(name).is_some()));
        if call.arg("fields").as_list().is_none_or(|names| names.is_empty() || names.iter().any(works_out)) {
            return Err(Error::user("Payments are registered for entries or for their items: open this from one of them."));
        }
    }
    lastmile_orm::methods::read(env, call)
}

/// A payment to be made, and what it pays.
struct Order {
    values: Map,
    items: Vec<Item>,
    rate: Option<Rate>,
}

fn create_payments(env: &mut Env, call: &Invocation) -> Result<Answer> {
    let id = call.one()?;
    let Some(wizard) = wizards(env, &[id])?.pop() else { return Err(Error::missing("The wizard does not exist.")) };
    if wizard.batches.is_empty() {
        return Err(Error::user("Nothing is left to be paid: open this from entries that are not paid."));
    }
    let terms = terms(env, std::slice::from_ref(&wizard))?;
    let together = env.value(WIZARD, "group_payment", id)?.truthy();
    let single = wizard.batches.first().is_some_and(|batch| batch.items.len() == 1);
    let by_wizard = wizard.editable() && (single || together);
    let orders = if by_wizard { vec![as_said(env, &wizard, &terms)?] } else { by_batch(env, &wizard, &terms, together)? };
    let payments = make(env, orders, by_wizard)?;
    if env.context_get("dont_redirect_to_payments").is_some_and(Value::truthy) {
        return Ok(Answer::from(true));
    }
    let mut action = map! {
        "name" => "Payments", "type" => "ir.actions.act_window", "res_model" => PAYMENT, "context" => map! { "create" => false },
    };
    match payments.as_slice() {
        [only] => action.extend(map! { "view_mode" => "form", "res_id" => *only }),
        several => {
            let domain = Value::List(vec![Value::List(vec!["id".into(), "in".into(), Value::from(several.to_vec())])]);
            action.extend(map! { "view_mode" => "list,form", "domain" => domain });
        }
    }
    Ok(Answer::from(Value::Map(action)))
}

/// The one payment that the wizard describes.
fn as_said(env: &mut Env, wizard: &Wizard, terms: &HashMap<Id, Terms>) -> Result<Order> {
    let id = wizard.id;
    let value = |env: &mut Env, field: &str| env.value(WIZARD, field, id);
    let Some(batch) = wizard.batches.first() else { return Err(Error::user("Nothing is left to be paid.")) };
    let Some(terms_of) = terms.get(&id) else { return Err(Error::internal("a wizard without terms")) };
    let inbound = value(env, "payment_type")?.as_str() == Some("inbound");
    let now = amount(env, "amount", id)?;
    let mut values = map! {
        "date" => value(env, "payment_date")?, "amount" => now, "payment_type" => value(env, "payment_type")?,
        "partner_type" => value(env, "partner_type")?, "memo" => value(env, "communication")?, "journal_id" => value(env, "journal_id")?,
        "company_id" => value(env, "company_id")?, "currency_id" => value(env, "currency_id")?, "partner_id" => value(env, "partner_id")?,
        "partner_bank_id" => value(env, "partner_bank_id")?, "payment_method_line_id" => value(env, "payment_method_line_id")?,
        "destination_account_id" => batch.account,
    };
    let (mut write_off, mut rate) = (Vec::new(), None);
    let left = difference(env, &totals_of(terms, wizard), id)?;
    let on_draft = wizard.items.iter().any(|item| item.draft);
    let handled = !on_draft && value(env, "payment_difference_handling")?.as_str() == Some("reconcile");
    if let Some(currency) = terms_of.currency.filter(|_| handled) {
        let own = wizard.company().map_or(currency, |item| item.company_currency);
        let signed = if inbound { left } else { -left };
        let balance = own.round(terms_of.rates.conversion(currency.id, own.id, terms_of.day).convert(signed));
        if is_early(env, terms, wizard)? {
            write_off = super::discount::lines(env, batch, currency, terms_of.day, balance)?;
        } else if !currency.is_zero(left) {
            let residual = |pick: fn(&Item) -> Decimal| batch.items.iter().map(pick).sum::<Decimal>();
            if is_exchange(env, id)? {
                if currency.id != own.id {
                    values.insert("force_balance".into(), residual(|item| item.residual).into());
                } else {
                    rate = Rate::new(residual(|item| item.residual_currency).abs(), now);
                }
            } else {
                write_off.push(map! {
                    "name" => value(env, "writeoff_label")?, "account_id" => value(env, "writeoff_account_id")?,
                    "partner_id" => value(env, "partner_id")?, "currency_id" => currency.id, "amount_currency" => signed,
                    "balance" => balance,
                });
            }
        }
    }
    values.insert("write_off_line_vals".into(), Value::List(write_off.into_iter().map(Value::Map).collect()));
    Ok(Order { values, items: batch.items.clone(), rate })
}

/// A payment for each batch, or for each entry of one.
fn by_batch(env: &mut Env, wizard: &Wizard, terms: &HashMap<Id, Terms>, together: bool) -> Result<Vec<Order>> {
    let id = wizard.id;
    let Some(terms) = terms.get(&id) else { return Ok(Vec::new()) };
    let mut batches = wizard.batches.clone();
    if !together {
        let kept = env.value(WIZARD, "installments_mode", id)?;
        let part = [Mode::Next, Mode::Overdue, Mode::BeforeDate].iter().any(|mode| kept.as_str() == Some(mode.name()));
        let asked = part.then(|| totals(terms, &wizard.items).items);
        batches = batches.iter().flat_map(|batch| by_entry(batch, asked.as_deref())).collect();
    }
    let journal = link(env, "journal_id", id)?;
    let journals = journals_of(env, std::slice::from_ref(wizard))?;
    let journal = journals.iter().find(|known| Some(known.id) == journal);
    let method = link(env, "payment_method_line_id", id)?;
    let mut orders = Vec::with_capacity(batches.len());
    for batch in batches {
        orders.push(of_batch(env, wizard, terms, batch, journal, method)?);
    }
    Ok(orders)
}

/// A batch for each entry of a batch, with the items that are asked for.
fn by_entry(batch: &Batch, asked: Option<&[Id]>) -> Vec<Batch> {
    let mut found: Vec<Batch> = Vec::new();
    for item in batch.items.iter().filter(|item| asked.is_none_or(|asked| asked.contains(&item.id))) {
        match found.iter_mut().find(|own| own.items.first().is_some_and(|first| first.entry == item.entry)) {
            Some(own) => own.items.push(item.clone()),
            None => found.push(Batch { inbound: item.balance > Decimal::ZERO, items: vec![item.clone()], ..batch.clone() }),
        }
    }
    found
}

fn of_batch(env: &mut Env, wizard: &Wizard, terms: &Terms, batch: Batch, journal: Option<&Journal>, method: Option<Id>) -> Result<Order> {
    let items: Vec<&Item> = batch.items.iter().collect();
    let bank = if batch.inbound { journal.and_then(|journal| journal.bank) } else { batch.bank };
    let offered = journal.map(|journal| journal.methods(batch.inbound)).unwrap_or_default();
    let method = method.filter(|method| offered.contains(method)).or(offered.first().copied());
    let mut values = map! {
        "date" => terms.day, "amount" => batch.residual_currency(), "payment_type" => if batch.inbound { "inbound" } else { "outbound" },
        "partner_type" => if batch.customer { "customer" } else { "supplier" }, "memo" => memo(env, &items)?,
        "journal_id" => journal.map(|journal| journal.id), "company_id" => wizard.company().map(|item| item.company),
        "currency_id" => batch.currency, "partner_id" => batch.partner, "payment_method_line_id" => method,
        "destination_account_id" => batch.account,
    };
    if let Some(bank) = bank {
        values.insert("partner_bank_id".into(), bank.into());
    }
    let mut write_off = Vec::new();
    let totals = totals(terms, &batch.items);
    if let Some(first) = batch.items.first().filter(|_| totals.early) {
        let (own, currency) = (first.company_currency, first.currency);
        let open = (batch.residual_currency() - totals.by_default) * if batch.inbound { Decimal::ONE } else { Decimal::NEGATIVE_ONE };
        let balance = own.round(terms.rates.conversion(currency.id, own.id, terms.day).convert(open));
        values.insert("amount".into(), totals.by_default.into());
        write_off = super::discount::lines(env, &batch, currency, terms.day, balance)?;
    }
    values.insert("write_off_line_vals".into(), Value::List(write_off.into_iter().map(Value::Map).collect()));
    Ok(Order { values, items: batch.items, rate: None })
}

/// Makes, posts and matches payments.
fn make(env: &mut Env, orders: Vec<Order>, by_wizard: bool) -> Result<Vec<Id>> {
    let values = orders.iter().map(|order| order.values.clone()).collect();
    let payments = env.without_defaults(|env| env.create(PAYMENT, values))?;
    if by_wizard && let ([payment], [order]) = (payments.as_slice(), orders.as_slice()) {
        fit_balance(env, *payment, &order.items)?;
    }
    payment::post(env, &payments)?;
    env.flush()?;
    let sql = sql!(
        "SELECT p.id, l.id, l.account_id FROM account_payment p JOIN account_move_line l ON l.move_id = p.move_id
         AND l.parent_state = 'posted' AND NOT l.reconciled JOIN account_account a ON a.id = l.account_id
         AND a.account_type IN ('asset_receivable', 'liability_payable') WHERE p.id = ANY({payments})
         ORDER BY array_position({payments2}::int4[], p.id), l.date DESC, l.move_name DESC, l.id",
        payments = payments.as_slice(),
        payments2 = payments.as_slice()
    );
    let lines: Vec<(Id, Id, Id)> = env.query(sql)?.iter().filter_map(|row| Some((row.int(0)?, row.int(1)?, row.int(2)?))).collect();
    let mut links: Vec<(Id, Id)> = Vec::new();
    let (mut groups, mut forced) = (Vec::new(), None);
    for (payment, order) in payments.iter().zip(&orders) {
        let own: Vec<&(Id, Id, Id)> = lines.iter().filter(|(of, ..)| of == payment).collect();
        let mut accounts: Vec<Id> = own.iter().map(|(.., account)| *account).collect();
        accounts.dedup();
        for account in accounts {
            let mut group: Vec<Id> = own.iter().filter(|(.., on)| *on == account).map(|(_, line, _)| *line).collect();
            group.extend(order.items.iter().filter(|item| item.account == account && !item.reconciled).map(|item| item.id));
            groups.push(group);
        }
        forced = forced.or(order.rate);
        for item in &order.items {
            if !links.contains(&(item.entry, *payment)) {
                links.push((item.entry, *payment));
            }
        }
    }
    let options = Options { forced_rate: forced, ..Options::of(env) };
    reconcile_groups(env, &groups, options)?;
    link_invoices(env, &links)?;
    Ok(payments)
}

/// Payments are linked to the entries that they were made for.
fn link_invoices(env: &mut Env, links: &[(Id, Id)]) -> Result<()> {
    let (entries, payments): (Vec<Id>, Vec<Id>) = links.iter().copied().unzip();
    env.insert_links("account_move__account_payment", "invoice_id", "payment_id", links)?;
    env.changed(MOVE, &["matched_payment_ids"], &entries)?;
    env.changed(PAYMENT, &["invoice_ids"], &payments)?;
    crate::account::moves::payment_state::refresh(env, &entries)?;
    let parts = crate::account::payments::status::Parts { state: true, amount: false };
    crate::account::payments::status::refresh(env, &payments, parts)
}

/// A payment in another currency than what it pays is worth exactly that, when it is so up to rounding.
fn fit_balance(env: &mut Env, payment: Id, items: &[Item]) -> Result<()> {
    let Some(first) = items.first() else { return Ok(()) };
    let currency = env.value(PAYMENT, "currency_id", payment)?.as_id();
    if currency == Some(first.currency.id) {
        return Ok(());
    }
    let Some(found) = roles::load(env, &[payment])?.remove(&payment) else { return Ok(()) };
    let Some(liquidity) = found.liquidity.first() else { return Ok(()) };
    let source = items.iter().map(|item| item.residual).sum::<Decimal>().abs();
    let converted = Rate::new(liquidity.amount_currency, liquidity.balance).map(|rate| rate.convert(source)).unwrap_or_default();
    let sum = |pick: fn(&roles::Line) -> Decimal| found.counterpart.iter().map(pick).sum::<Decimal>().abs();
    let known = crate::account::reconcile::lines::currencies(env, &currency.into_iter().collect::<Vec<Id>>())?;
    let own = currency.and_then(|currency| known.get(&currency)).copied().unwrap_or(first.currency);
    let missing = source - sum(|line| line.balance);
    if !own.is_zero(converted - sum(|line| line.amount_currency)) || first.company_currency.is_zero(missing) {
        return Ok(());
    }
    let both = || found.liquidity.iter().chain(&found.counterpart);
    let debit = both().find(|line| line.balance > Decimal::ZERO);
    let credit = both().find(|line| line.balance < Decimal::ZERO);
    let (Some(debit), Some(credit)) = (debit, credit) else { return Ok(()) };
    let entry: Vec<Id> = env.values(LINE, "move_id", &[debit.id])?.iter().filter_map(Value::as_id).collect();
    let update = |line: Id, side: &str, amount: Decimal| {
        Value::List(vec![Value::Int(1), Value::from(line), Value::Map(Map::from([(side.to_owned(), Value::from(amount))]))])
    };
    let commands = vec![update(debit.id, "debit", debit.balance + missing), update(credit.id, "credit", missing - credit.balance)];
    env.write(MOVE, &entry, map! { "line_ids" => Value::List(commands) })
}
