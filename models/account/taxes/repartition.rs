//! Lines of repartition as records: which parts of a tax go where.

use lastmile_orm::compute::Computed;
use lastmile_orm::sql::sql;
use lastmile_orm::{Declarations, Env, Error, Id, Result, Value};
use rust_decimal::Decimal;

use super::records::TAX;

const LINE: &str = "account.tax.repartition.line";

/// Declares the lines, and what taxes must have of them.
pub fn declare(all: &mut Declarations) {
    all.model(LINE)
        .compute(&["factor"], &["factor_percent"], |env, ids, out| {
            for (id, percent) in ids.iter().zip(env.values(LINE, "factor_percent", ids)?) {
                out.set("factor", *id, percent.as_decimal().unwrap_or_default() / Decimal::ONE_HUNDRED);
            }
            Ok(())
        })
        .compute(&["use_in_tax_closing"], &["account_id", "repartition_type"], in_closing)
        .compute_sudo(&["tag_ids_domain"], &["company_id"], tag_domain)
        .onchange(&["repartition_type"], |env, id| {
            if env.value(LINE, "repartition_type", id)?.as_str() == Some("base") {
                env.assign(LINE, "account_id", id, false)?;
            }
            Ok(())
        });
    all.model(TAX)
        .constrains(&["invoice_repartition_line_ids", "refund_repartition_line_ids", "repartition_line_ids"], lines_match)
        .compute_sudo(&["has_negative_factor"], &["invoice_repartition_line_ids.factor_percent"], |env, ids, out| {
            let sql = sql!(
                "SELECT DISTINCT tax_id FROM account_tax_repartition_line WHERE tax_id = ANY({ids}) AND document_type = 'invoice'
                 AND repartition_type = 'tax' AND factor_percent < 0"
            );
            let found: Vec<Id> = env.query_ids(sql)?;
            out.set_found("has_negative_factor", ids, &found);
            Ok(())
        });
}

/// What is posted on accounts of the balance is settled with the tax office.
fn in_closing(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    let accounts: Vec<Id> = env.values(LINE, "account_id", ids)?.iter().map(|account| account.as_id().unwrap_or(0)).collect();
    let groups = env.values("account.account", "internal_group", &accounts)?;
    let kinds = env.values(LINE, "repartition_type", ids)?;
    for (((id, account), group), kind) in ids.iter().zip(accounts).zip(groups).zip(kinds) {
        let of_result = matches!(group.as_str(), Some("income" | "expense"));
        out.set("use_in_tax_closing", *id, kind.as_str() == Some("tax") && account > 0 && !of_result);
    }
    Ok(())
}

/// Tags of taxes of the countries where the company pays them.
fn tag_domain(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    let companies: Vec<Id> = env.values(LINE, "company_id", ids)?.iter().map(|company| company.as_id().unwrap_or(0)).collect();
    let own = env.values("res.company", "account_fiscal_country_id", &companies)?;
    let foreign = env.values("res.company", "multi_vat_foreign_country_ids", &companies)?;
    for ((id, own), foreign) in ids.iter().zip(own).zip(foreign) {
        let mut countries = vec![Value::Bool(false), own.as_id().map_or(Value::Bool(false), Value::from)];
        countries.extend(foreign.ids().into_iter().map(Value::from));
        let condition = |field: &str, op: &str, value: Value| Value::List(vec![Value::from(field), Value::from(op), value]);
        let domain = vec![condition("applicability", "=", Value::from("taxes")), condition("country_id", "in", Value::List(countries))];
        out.set("tag_ids_domain", *id, Value::List(domain));
    }
    Ok(())
}

/// A line of repartition as the checks see it.
struct Part {
    tax: Id,
    refund: bool,
    of_tax: bool,
    percent: Decimal,
}

/// Invoices and credit notes are divided alike, with one line for the base and all of the tax given away.
fn lines_match(env: &mut Env, ids: &[Id]) -> Result<()> {
    let sql = sql!(
        "SELECT tax_id, document_type = 'refund', repartition_type = 'tax', factor_percent FROM account_tax_repartition_line
         WHERE tax_id = ANY({ids}) ORDER BY sequence, id"
    );
    let parts: Vec<Part> = env
        .query(sql)?
        .iter()
        .filter_map(|row| {
            let (refund, of_tax) = (row.bool(1).unwrap_or(false), row.bool(2).unwrap_or(false));
            Some(Part { tax: row.int(0)?, refund, of_tax, percent: row.decimal(3).unwrap_or_default() })
        })
        .collect();
    for (id, kind) in ids.iter().zip(env.values(TAX, "amount_type", ids)?) {
        let of = |refund: bool| parts.iter().filter(|part| part.tax == *id && part.refund == refund).collect::<Vec<_>>();
        let (invoice, refund) = (of(false), of(true));
        if kind.as_str() != Some("group") || !invoice.is_empty() || !refund.is_empty() {
            check_parts(&invoice, &refund).map_err(Error::validation)?;
        }
    }
    Ok(())
}

fn check_parts(invoice: &[&Part], refund: &[&Part]) -> std::result::Result<(), &'static str> {
    if [invoice, refund].iter().any(|parts| parts.iter().filter(|part| !part.of_tax).count() != 1) {
        return Err("The distribution has exactly one line for the base, on invoices and on credit notes.");
    }
    if invoice.len() != refund.len() {
        return Err("The distribution has as many lines on invoices as on credit notes.");
    }
    if [invoice, refund].iter().any(|parts| !parts.iter().any(|part| part.of_tax)) {
        return Err("The distribution has at least one line for the tax, on invoices and on credit notes.");
    }
    if invoice.iter().zip(refund).any(|(a, b)| a.of_tax != b.of_tax || a.percent != b.percent) {
        return Err("The distribution is the same on invoices and on credit notes: the same percentages in the same order.");
    }
    let sum = |positive: bool| -> Decimal {
        let of = invoice.iter().filter(|part| part.of_tax && (part.percent > Decimal::ZERO) == positive);
        of.map(|part| part.percent / Decimal::ONE_HUNDRED).sum()
    };
    let whole = |sum: Decimal| sum.is_zero() || lastmile_orm::money::round_digits(sum.abs(), 2) == Decimal::ONE;
    if !whole(sum(true)) || !whole(sum(false)) {
        return Err("What the distribution gives, and what it takes off again, are each all of the tax.");
    }
    Ok(())
}
