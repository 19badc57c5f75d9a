//! Reconciles: keeps the partials of all groups of lines at once, and what follows from them.

use std::collections::{HashMap, HashSet};

use lastmile_orm::sql::sql;
use lastmile_orm::{Env, Id, Result, Value};

use super::kinds::{Item, Partial, Rates, Terms};
use super::lines::{Loaded, amounts, check, load, rates};
use super::options::Options;
use super::plan::plan;
use super::{LINE, PARTIAL, cash_basis, exchange, full, matching, residual, settle};

/// Reconciles lines with each other.
pub fn reconcile(env: &mut Env, lines: &[Id]) -> Result<()> {
    let options = Options::of(env);
    reconcile_groups(env, &[lines.to_vec()], options)
}

/// Reconciles groups of lines, each for itself. The number of statements does not depend on how many there are.
pub fn reconcile_groups(env: &mut Env, groups: &[Vec<Id>], options: Options) -> Result<()> {
    let groups: Vec<&[Id]> = groups.iter().map(Vec::as_slice).filter(|group| !group.is_empty()).collect();
    let loaded = load(env, &groups.concat())?;
    let by_id: HashMap<Id, &Loaded> = loaded.iter().map(|line| (line.item.id, line)).collect();
    let mut terms: Option<Terms> = None;
    let mut state: HashMap<Id, Item> = loaded.iter().map(|line| (line.item.id, line.item.clone())).collect();
    let mut partials: Vec<Partial> = Vec::new();
    for group in &groups {
        let lines: Vec<&Loaded> = group.iter().filter_map(|id| by_id.get(id).copied()).collect();
        check(env, &lines)?;
        let Some(first) = lines.first() else { continue };
        let terms = match &mut terms {
            Some(terms) => terms,
            None => terms.insert(terms_of(env, &loaded, first, options)?),
        };
        terms.company = first.company_currency;
        let mut items: Vec<Item> = group.iter().filter_map(|id| state.get(id).cloned()).collect();
        partials.extend(plan(terms, &mut items));
        state.extend(items.into_iter().map(|item| (item.id, item)));
    }
    settle::touch(env, &groups.concat())?;
    let ids = insert(env, &partials)?;
    payments_without_entry(env, &ids, "in_process", "paid")?;
    // Entries of credits come first: so their changes are told.
    let mut touched: Vec<Id> = partials.iter().map(|partial| partial.credit).chain(partials.iter().map(|partial| partial.debit)).collect();
    let mut seen = HashSet::new();
    touched.retain(|line| seen.insert(*line));
    if !ids.is_empty() {
        matching::renumber(env, &touched)?;
        residual::residuals(env, &touched)?;
        env.changed(LINE, &["matched_debit_ids", "matched_credit_ids"], &touched)?;
        exchange::book(env, &ids, &partials, reconcile_groups)?;
        cash_basis::book(env, &ids, reconcile_groups)?;
    }
    full::close(env, &groups)?;
    settle::settle(env, &touched)
}

fn terms_of(env: &mut Env, lines: &[Loaded], first: &Loaded, options: Options) -> Result<Terms> {
    let company = first.company_currency;
    let foreign = lines.iter().any(|line| line.item.currency.id != company.id);
    let rates = if foreign {
        let mut currencies: Vec<Id> = lines.iter().map(|line| line.item.currency.id).chain([company.id]).collect();
        currencies.sort_unstable();
        currencies.dedup();
        rates(env, first.root, &currencies)?
    } else {
        Rates::default()
    };
    let keep_order = env.context_get("reduced_line_sorting").is_some_and(Value::truthy);
    Ok(Terms { company, rates, exchange: !options.no_exchange, forced_rate: options.forced_rate, keep_order })
}

/// Keeps partials, in their order; answers their numbers.
pub(super) fn insert(env: &mut Env, partials: &[Partial]) -> Result<Vec<Id>> {
    if partials.is_empty() {
        return Ok(Vec::new());
    }
    let (debits, credits): (Vec<Id>, Vec<Id>) = partials.iter().map(|partial| (partial.debit, partial.credit)).unzip();
    let sql = sql!(
        "INSERT INTO account_partial_reconcile (debit_move_id, credit_move_id, amount, debit_amount_currency,
         credit_amount_currency, debit_currency_id, credit_currency_id, company_id, max_date, create_uid, create_date,
         write_uid, write_date) SELECT v.debit, v.credit, v.amount, v.debit_amount, v.credit_amount, d.currency_id,
         c.currency_id, CASE WHEN m.move_type <> 'entry' THEN d.company_id ELSE c.company_id END,
         greatest(d.date, c.date), {uid}::int4, {now}::timestamp, {uid2}::int4, {now2}::timestamp
         FROM unnest({debits}::int4[], {credits}::int4[], {amount}::numeric[], {debit_amount}::numeric[],
         {credit_amount}::numeric[]) WITH ORDINALITY AS v (debit, credit, amount, debit_amount, credit_amount, n)
         JOIN account_move_line d ON d.id = v.debit JOIN account_move m ON m.id = d.move_id
         JOIN account_move_line c ON c.id = v.credit ORDER BY v.n RETURNING id",
        uid = env.uid(),
        now = env.now(),
        uid2 = env.uid(),
        now2 = env.now(),
        amount = amounts(partials.iter().map(|partial| partial.amount)),
        debit_amount = amounts(partials.iter().map(|partial| partial.debit_amount_currency)),
        credit_amount = amounts(partials.iter().map(|partial| partial.credit_amount_currency))
    );
    let mut ids: Vec<Id> = env.query_ids(sql)?;
    ids.sort_unstable();
    env.changed(PARTIAL, &["debit_move_id", "credit_move_id", "amount"], &ids)?;
    Ok(ids)
}

/// Payments that keep no entry of their own are paid when an invoice of theirs is matched with exactly their amount.
pub(super) fn payments_without_entry(env: &mut Env, partials: &[Id], from: &str, to: &str) -> Result<()> {
    if partials.is_empty() {
        return Ok(());
    }
    let found = payments_of(env, partials, from)?;
    if found.is_empty() {
        return Ok(());
    }
    env.sudo(|env| env.write("account.payment", &found, lastmile_orm::map! { "state" => to }))
}

/// Payments without an account of outstanding money in a state, whose amount is that of a partial of their invoices.
pub(super) fn payments_of(env: &mut Env, partials: &[Id], state: &str) -> Result<Vec<Id>> {
    let sql = sql!(
        "SELECT DISTINCT p.id FROM account_partial_reconcile r JOIN account_move_line l
         ON l.id IN (r.debit_move_id, r.credit_move_id) JOIN account_move__account_payment x ON x.invoice_id = l.move_id
         JOIN account_payment p ON p.id = x.payment_id AND p.outstanding_account_id IS NULL AND p.state = {state}
         WHERE r.id = ANY({partials}) AND CASE WHEN p.payment_type = 'inbound' THEN r.debit_amount_currency
         ELSE r.credit_amount_currency END = p.amount ORDER BY 1"
    );
    env.query_ids(sql)
}
