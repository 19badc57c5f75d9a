//! What is shown below invoices: untaxed amounts, taxes by group, totals.

use std::collections::HashMap;

use lastmile_orm::compute::Computed;
use lastmile_orm::sql::sql;
use lastmile_orm::{Declarations, Env, Id, Result, Value};

use super::document::Document;
use super::document::MOVE;
use super::drafts;
use super::facts::Facts;
use super::store;
use super::sync_taxes::{self, settings};
use crate::account::taxes::engine::{Taxes, compute_keeping};
use crate::account::taxes::load;
use crate::account::taxes::totals_json::{self, CashRounding};

/// Declares the field.
pub fn declare(all: &mut Declarations) {
    let depends = &[
        "invoice_line_ids.price_subtotal",
        "invoice_line_ids.price_total",
        "line_ids.balance",
        "line_ids.tax_line_id",
        "line_ids.tax_base_amount",
        "invoice_payment_term_id",
        "partner_id",
        "currency_id",
    ];
    all.model(MOVE).compute_sudo(&["tax_totals"], depends, tax_totals);
}

fn tax_totals(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    let facts = Facts::load(env)?;
    let mut documents = store::load(env, &facts, ids)?;
    for id in ids.iter().filter(|id| **id < 0) {
        documents.push(drafts::read(env, &facts, *id)?);
    }
    out.set_all("tax_totals", ids, Value::None);
    for (id, totals) in shown(env, &facts, &documents)? {
        out.set("tax_totals", id, totals);
    }
    Ok(())
}

/// What is shown below each of some documents that is an invoice.
///
/// # Errors
/// What the database answers.
pub fn shown(env: &mut Env, facts: &Facts, documents: &[Document]) -> Result<Vec<(Id, Value)>> {
    let invoices: Vec<&Document> = documents.iter().filter(|document| document.kind.is_invoice()).collect();
    let wanted: Vec<Id> = invoices.iter().flat_map(|document| document.lines.iter()).flat_map(|line| &line.taxes).copied().collect();
    let of_lines = invoices.iter().flat_map(|document| document.lines.iter()).filter_map(|line| line.tax);
    let wanted: Vec<Id> = wanted.into_iter().chain(of_lines).collect();
    let taxes = load::load(env, &wanted)?;
    let coins = cash_roundings(env, &invoices)?;
    let shown = shown_in_own_currency(env, &invoices)?;
    let mut found = Vec::with_capacity(invoices.len());
    for document in invoices {
        let global = facts.companies.get(&document.company).is_some_and(|company| company.global_rounding);
        let coins = document.cash_rounding.and_then(|id| coins.get(&id)).copied();
        let in_own = shown.contains(&document.company);
        found.push((document.id, of(document, &taxes, global, coins, in_own)));
    }
    Ok(found)
}

/// The sums of an invoice as its lines stand.
fn of(document: &Document, taxes: &Taxes, global_rounding: bool, coins: Option<CashRounding>, in_own_currency: bool) -> Value {
    let settings = settings(document, global_rounding);
    let (bases, kept) = sync_taxes::inputs(document, taxes, false);
    let computed = compute_keeping(&settings, taxes, &bases, &kept);
    let totals = totals_json::totals(&totals_json::Document {
        settings: &settings,
        currency: document.currency,
        taxes,
        lines: &bases,
        totals: &computed.lines,
        cash_rounding: coins,
        untaxed: "Untaxed Amount",
    });
    let both = in_own_currency && document.currency != document.own_currency && totals.has_groups && document.kind.is_sale();
    let mut value = totals.to_value();
    if let Value::Map(map) = &mut value {
        map.insert("display_in_company_currency".into(), Value::Bool(both));
    }
    value
}

fn cash_roundings(env: &mut Env, invoices: &[&Document]) -> Result<HashMap<Id, CashRounding>> {
    let ids: Vec<Id> = invoices.iter().filter_map(|document| document.cash_rounding).collect();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let sql = sql!("SELECT id, strategy, rounding::numeric, rounding_method FROM account_cash_rounding WHERE id = ANY({ids})");
    let rows = env.query(sql)?;
    Ok(rows
        .iter()
        .filter_map(|row| {
            let (strategy, method) = (row.text(1).unwrap_or_default(), row.text(3).unwrap_or_default());
            Some((row.int(0)?, CashRounding::parse(&strategy, row.decimal(2).unwrap_or_default(), &method)))
        })
        .collect())
}

/// Companies whose customers see taxes in the company's currency as well.
fn shown_in_own_currency(env: &mut Env, invoices: &[&Document]) -> Result<Vec<Id>> {
    let companies: Vec<Id> = invoices.iter().map(|document| document.company).collect();
    let sql = sql!("SELECT id FROM res_company WHERE display_invoice_tax_company_currency AND id = ANY({companies})");
    env.query_ids(sql)
}
