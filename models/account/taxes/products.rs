//! What products say of their taxes.

use std::collections::HashMap;

use lastmile_orm::compute::Computed;
use lastmile_orm::money;
use lastmile_orm::sql::sql;
use lastmile_orm::{Declarations, Env, Id, Result};
use rust_decimal::Decimal;

use super::engine::{BaseLine, Settings, Taxes, compute_raw};
use super::load;
use crate::mail::formats::Formats;

const TEMPLATE: &str = "product.template";
const VARIANT: &str = "product.product";

/// Declares the fields.
pub fn declare(all: &mut Declarations) {
    all.model(TEMPLATE)
        .compute_sudo(&["tax_string"], &["taxes_id", "list_price"], |env, ids, out| tax_strings(env, TEMPLATE, "list_price", ids, out));
    all.model(VARIANT)
        .compute_sudo(&["tax_string"], &["taxes_id", "lst_price"], |env, ids, out| tax_strings(env, VARIANT, "lst_price", ids, out));
}

/// Of taxes, those of the company, or else of the nearest one above it that has any: by company, in one statement.
pub fn taxes_of_companies(env: &mut Env, company: Id, taxes: &[Id]) -> Result<Vec<(Id, i64)>> {
    let sql = sql!(
        "SELECT t.id, length(o.parent_path) FROM account_tax t JOIN res_company o ON o.id = t.company_id
         JOIN res_company c ON starts_with(c.parent_path, o.parent_path)
         WHERE c.id = {company} AND t.id = ANY({taxes}) ORDER BY t.sequence, t.id"
    );
    Ok(env.query(sql)?.iter().filter_map(|row| Some((row.int(0)?, row.int(1)?.into()))).collect())
}

/// Of a product's taxes, those of the nearest company.
pub fn nearest(known: &[(Id, i64)], taxes: &[Id]) -> Vec<Id> {
    let own: Vec<&(Id, i64)> = known.iter().filter(|(id, _)| taxes.contains(id)).collect();
    let depth = own.iter().map(|(_, depth)| *depth).max();
    own.into_iter().filter(|(_, of)| Some(*of) == depth).map(|(id, _)| *id).collect()
}

/// `(= $ 115.00 Incl. Taxes)`: the price with and without taxes, where these are not the price.
fn tax_strings(env: &mut Env, model: &str, price: &'static str, ids: &[Id], out: &mut Computed) -> Result<()> {
    let company = env.company_id();
    let lists = env.values(model, "taxes_id", ids)?;
    let all: Vec<Id> = lists.iter().flat_map(lastmile_orm::Value::ids).collect();
    let known = taxes_of_companies(env, company, &all)?;
    let loaded = load::load(env, &all)?;
    let settings = load::settings_of(env, company)?;
    let currencies: Vec<Id> = env.values(model, "currency_id", ids)?.iter().filter_map(lastmile_orm::Value::as_id).collect();
    let units: HashMap<Id, _> = load::currencies(env, &currencies)?;
    let formats = Formats::load(env)?;
    let own = env.values(model, "currency_id", ids)?;
    for (((id, price), taxes), currency) in ids.iter().zip(env.values(model, price, ids)?).zip(&lists).zip(own) {
        let price = price.as_decimal().unwrap_or_default();
        let (excluded, included) = with_taxes(&settings, &loaded, price, nearest(&known, &taxes.ids()));
        let currency = currency.as_id();
        let unit = currency.and_then(|id| units.get(&id)).map_or(settings.company_currency.rounding, |currency| currency.rounding);
        let mut parts = Vec::new();
        for (amount, words) in [(included, "Incl. Taxes"), (excluded, "Excl. Taxes")] {
            if money::round_to(amount, unit) != money::round_to(price, unit) {
                parts.push(format!("{} {words}", formats.amount(amount, currency)));
            }
        }
        out.set("tax_string", *id, if parts.is_empty() { " ".to_owned() } else { format!("(= {})", parts.join(", ")) });
    }
    Ok(())
}

/// A price without and with taxes, as the company's currency rounds them.
fn with_taxes(settings: &Settings, taxes: &Taxes, price: Decimal, ids: Vec<Id>) -> (Decimal, Decimal) {
    let totals = compute_raw(settings, taxes, &BaseLine::new(0, settings.company_currency, price, ids));
    let round = |amount| money::round_to(amount, settings.company_currency.rounding);
    (round(totals.raw_excluded.currency), round(totals.raw_included.currency))
}
