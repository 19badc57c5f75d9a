//! Reads taxes for the engine: the statements do not depend on how many there are.

use std::collections::HashMap;

use lastmile_orm::sql::sql;
use lastmile_orm::{Env, Error, Id, Result};

use super::base_line::{Currency, Rounding, Settings};
use super::tax::{AmountType, Repartition, Tax, TaxGroup, Taxes};

/// Reads taxes, the children of those that are groups, their lines of repartition, and their tax groups.
pub fn load(env: &mut Env, ids: &[Id]) -> Result<Taxes> {
    if ids.is_empty() {
        return Ok(Taxes::default());
    }
    env.flush()?;
    let mut repartition = repartition_lines(env, ids)?;
    let lang = env.lang()?.to_owned();
    let sql = sql!(
        "WITH asked AS (SELECT unnest({ids}::int4[]) AS id),
         wanted AS (SELECT id FROM asked UNION SELECT f.child_tax FROM account_tax_filiation_rel f JOIN asked ON asked.id = f.parent_tax)
         SELECT t.id, COALESCE(t.name ->> {lang}, t.name ->> 'en_US'), t.amount_type, t.amount, t.sequence,
         COALESCE(t.price_include_override, c.account_price_include) = 'tax_included', t.include_base_amount, t.is_base_affected,
         t.analytic, t.tax_exigibility = 'on_payment', t.cash_basis_transition_account_id, t.tax_group_id,
         ARRAY(SELECT f.child_tax FROM account_tax_filiation_rel f WHERE f.parent_tax = t.id)::text, t.type_tax_use
         FROM account_tax t JOIN wanted ON wanted.id = t.id JOIN res_company c ON c.id = t.company_id"
    );
    let mut taxes = Vec::new();
    for row in env.query(sql)? {
        let Some(id) = row.int(0) else { continue };
        let flag = |column| row.bool(column).unwrap_or(false);
        taxes.push(Tax {
            id,
            name: row.text(1).unwrap_or_default(),
            used_for: row.text(13).unwrap_or_default(),
            amount_type: AmountType::parse(&row.text(2).unwrap_or_default()),
            amount: row.decimal(3).unwrap_or_default(),
            sequence: row.int(4).unwrap_or(0).into(),
            price_include: flag(5),
            include_base_amount: flag(6),
            is_base_affected: flag(7),
            analytic: flag(8),
            on_payment: flag(9),
            transition_account: row.int(10),
            group: row.int(11).unwrap_or(0),
            children: numbers(row.text(12)),
            repartition: repartition.remove(&id).unwrap_or_default(),
        });
    }
    let groups: Vec<Id> = taxes.iter().map(|tax| tax.group).collect();
    let groups = tax_groups(env, &groups, &lang)?;
    Ok(Taxes::new(taxes, groups))
}

fn repartition_lines(env: &mut Env, ids: &[Id]) -> Result<HashMap<Id, Vec<Repartition>>> {
    let sql = sql!(
        "WITH asked AS (SELECT unnest({ids}::int4[]) AS id),
         wanted AS (SELECT id FROM asked UNION SELECT f.child_tax FROM account_tax_filiation_rel f JOIN asked ON asked.id = f.parent_tax)
         SELECT r.tax_id, r.id, r.document_type = 'refund', r.repartition_type = 'tax', (r.factor_percent / 100)::numeric,
         r.account_id, COALESCE(r.use_in_tax_closing, FALSE), ARRAY(SELECT x.account_account_tag_id
         FROM account_account_tag_account_tax_repartition_line_rel x JOIN account_account_tag g ON g.id = x.account_account_tag_id
         WHERE x.account_tax_repartition_line_id = r.id AND g.active ORDER BY g.id)::text
         FROM account_tax_repartition_line r JOIN wanted ON wanted.id = r.tax_id
         ORDER BY r.document_type, r.repartition_type, r.sequence, r.id"
    );
    let mut out: HashMap<Id, Vec<Repartition>> = HashMap::new();
    for row in env.query(sql)? {
        let (Some(tax), Some(id)) = (row.int(0), row.int(1)) else { continue };
        out.entry(tax).or_default().push(Repartition {
            id,
            refund: row.bool(2).unwrap_or(false),
            of_tax: row.bool(3).unwrap_or(false),
            factor: row.decimal(4).unwrap_or_default(),
            account: row.int(5),
            in_closing: row.bool(6).unwrap_or(false),
            tags: numbers(row.text(7)),
        });
    }
    Ok(out)
}

fn tax_groups(env: &mut Env, ids: &[Id], lang: &str) -> Result<Vec<TaxGroup>> {
    let sql = sql!(
        "SELECT id, sequence, COALESCE(name ->> {lang}, name ->> 'en_US'),
         COALESCE(preceding_subtotal ->> {lang}, preceding_subtotal ->> 'en_US'), pos_receipt_label
         FROM account_tax_group WHERE id = ANY({ids})"
    );
    let rows = env.query(sql)?;
    Ok(rows
        .iter()
        .filter_map(|row| {
            Some(TaxGroup {
                id: row.int(0)?,
                sequence: row.int(1).unwrap_or(0).into(),
                name: row.text(2).unwrap_or_default(),
                preceding_subtotal: row.text(3).filter(|text| !text.is_empty()),
                receipt_label: row.text(4).filter(|text| !text.is_empty()),
            })
        })
        .collect())
}

/// The numbers of an array's text.
pub fn numbers(text: Option<String>) -> Vec<Id> {
    let text = text.unwrap_or_default();
    text.trim_matches(['{', '}']).split(',').filter_map(|id| id.parse().ok()).collect()
}

/// Currencies with the units of their amounts.
pub fn currencies(env: &mut Env, ids: &[Id]) -> Result<HashMap<Id, Currency>> {
    let sql = sql!("SELECT id, rounding FROM res_currency WHERE id = ANY({ids})");
    let rows = env.query(sql)?;
    Ok(rows
        .iter()
        .filter_map(|row| {
            let id = row.int(0)?;
            Some((id, Currency { id, rounding: row.decimal(1).unwrap_or_default() }))
        })
        .collect())
}

/// How companies round.
pub fn settings(env: &mut Env, companies: &[Id]) -> Result<HashMap<Id, Settings>> {
    env.flush()?;
    let sql = sql!(
        "SELECT c.id, c.tax_calculation_rounding_method, u.id, u.rounding FROM res_company c
         JOIN res_currency u ON u.id = c.currency_id WHERE c.id = ANY({companies})"
    );
    let rows = env.query(sql)?;
    Ok(rows
        .iter()
        .filter_map(|row| {
            let company_currency = Currency { id: row.int(2)?, rounding: row.decimal(3).unwrap_or_default() };
            let rounding = Rounding::parse(&row.text(1).unwrap_or_default());
            Some((row.int(0)?, Settings { company_currency, rounding, cash_basis_tags: false }))
        })
        .collect())
}

/// How one company rounds.
pub fn settings_of(env: &mut Env, company: Id) -> Result<Settings> {
    settings(env, &[company])?.remove(&company).ok_or_else(|| Error::missing("There is no such company."))
}
