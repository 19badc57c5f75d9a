//! What partners owe, are owed and were invoiced.

use std::collections::HashMap;

use lastmile_orm::compute::Computed;
use lastmile_orm::domain::{Op, Operand};
use lastmile_orm::sql::{Bind, Sql, sql};
use lastmile_orm::{Declarations, Domain, Env, Id, Result, Value};
use rust_decimal::Decimal;

use crate::base::rates;

const PARTNER: &str = "res.partner";

/// Declares the fields.
pub fn declare(all: &mut Declarations) {
    all.model(PARTNER)
        .compute_sudo(&["credit", "debit"], &[], owed)
        .search("credit", |env, op, value| search_owed(env, op, value, "asset_receivable"))
        .search("debit", |env, op, value| search_owed(env, op, value, "liability_payable"))
        .compute_sudo(&["total_invoiced"], &[], invoiced)
        .compute_sudo(&["days_sales_outstanding"], &[], days_outstanding)
        .compute_sudo(&["account_move_count"], &[], |env, ids, out| {
            documents(env, ids, out, "account_move_count", "out_invoice", "out_refund")
        })
        .compute_sudo(&["supplier_invoice_count"], &[], |env, ids, out| {
            documents(env, ids, out, "supplier_invoice_count", "in_invoice", "in_refund")
        })
        .compute_sudo(&["currency_id"], &["company_id"], currency)
        .compute_sudo(&["credit_to_invoice"], &[], |_, ids, out| {
            out.set_all("credit_to_invoice", ids, Decimal::ZERO);
            Ok(())
        })
        .compute_sudo(&["show_credit_limit"], &[], |env, ids, out| {
            let company = env.company_id();
            let shown = env.value("res.company", "account_use_credit_limit", company)?;
            out.set_all("show_credit_limit", ids, shown.truthy());
            Ok(())
        });
}

/// The partner of a company is kept in its currency, others in that of the call.
fn currency(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    let own = env.company_id();
    let companies: Vec<Id> = env.values(PARTNER, "company_id", ids)?.iter().map(|company| company.as_id().unwrap_or(own)).collect();
    for (id, currency) in ids.iter().zip(env.values("res.company", "currency_id", &companies)?) {
        out.set("currency_id", *id, currency);
    }
    Ok(())
}

/// What is open on the accounts of partners, in the books of the company at the top and all below. One statement.
fn owed(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    out.set_all("credit", ids, Decimal::ZERO);
    out.set_all("debit", ids, Decimal::ZERO);
    let company = env.company_id();
    let sql = sql!(
        "SELECT l.partner_id, a.account_type = 'asset_receivable', sum(l.amount_residual) FROM account_move_line l
         JOIN account_account a ON a.id = l.account_id AND a.account_type IN ('asset_receivable', 'liability_payable')
         JOIN res_company c ON c.id = l.company_id JOIN res_company o ON o.id = {company}
         WHERE l.partner_id = ANY({ids}) AND l.parent_state = 'posted' AND l.reconciled IS NOT TRUE
         AND split_part(c.parent_path, '/', 1) = split_part(o.parent_path, '/', 1) GROUP BY 1, 2"
    );
    for row in env.query(sql)? {
        let (Some(id), Some(receivable), amount) = (row.int(0), row.bool(1), row.decimal(2).unwrap_or_default()) else { continue };
        if receivable { out.set("credit", id, amount) } else { out.set("debit", id, -amount) }
    }
    Ok(())
}

/// Partners by what is open on their accounts of a type.
fn search_owed(env: &Env, op: &str, value: &Value, kind: &'static str) -> Result<Domain> {
    let operator = match Op::parse(op) {
        Some(Op::Eq) => " = ",
        Some(Op::Lt) => " < ",
        Some(Op::Le) => " <= ",
        Some(Op::Gt) => " > ",
        Some(Op::Ge) => " >= ",
        _ => return Ok(Domain::True),
    };
    let Some(amount) = value.as_decimal() else { return Ok(Domain::True) };
    let sign = if kind == "liability_payable" { Decimal::NEGATIVE_ONE } else { Decimal::ONE };
    let sql = sql!(
        "SELECT l.partner_id FROM account_move_line l JOIN account_move m ON m.id = l.move_id AND m.state = 'posted'
         JOIN account_account a ON a.id = l.account_id AND a.active AND a.account_type = {kind}
         JOIN res_company c ON c.id = l.company_id JOIN res_company o ON o.id = {company}
         WHERE split_part(c.parent_path, '/', 1) = split_part(o.parent_path, '/', 1) AND l.partner_id IS NOT NULL
         GROUP BY 1 HAVING {sign} * COALESCE(sum(l.amount_residual), 0){operator:sql}{amount}",
        company = env.company_id()
    );
    Ok(Domain::with("id", Op::In, Operand::Query(sql)))
}

/// Each of the partners with all below it, as rows `p (top, id)`.
fn with_children(ids: &[Id]) -> Sql {
    sql!(
        "WITH RECURSIVE p AS (SELECT id AS top, id FROM res_partner WHERE id = ANY({ids})
         UNION ALL SELECT p.top, c.id FROM p JOIN res_partner c ON c.parent_id = p.id) "
    )
}

/// What partners and all below them were invoiced without taxes, in the currency of the call's company. Two statements.
fn invoiced(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    out.set_all("total_invoiced", ids, Decimal::ZERO);
    let (companies, own, today) = (env.company_ids(), env.company_id(), env.today());
    let sql = with_children(ids).push_sql(sql!(
        "SELECT p.top, c.currency_id, sum(-l.balance) FROM p JOIN account_move m ON m.partner_id = p.id
         JOIN account_move_line l ON l.move_id = m.id AND l.display_type = 'product' AND l.account_id IS NOT NULL
         JOIN res_company c ON c.id = l.company_id WHERE m.state NOT IN ('draft', 'cancel')
         AND m.move_type IN ('out_invoice', 'out_refund') AND m.company_id = ANY({companies}) GROUP BY 1, 2"
    ));
    let rows = env.query(sql)?;
    let Some(to) = env.value("res.company", "currency_id", own)?.as_id() else { return Ok(()) };
    let exchange = |from: Id| rates::Exchange { from, to, company: own, day: today };
    let asked: Vec<rates::Exchange> = rows.iter().filter_map(|row| row.int(1)).map(exchange).collect();
    let rates = rates::rates(env, &asked)?;
    let mut sums: HashMap<Id, Decimal> = HashMap::new();
    for row in &rows {
        let (Some(id), Some(from), Some(amount)) = (row.int(0), row.int(1), row.decimal(2)) else { continue };
        *sums.entry(id).or_default() += amount * rates.get(&exchange(from)).copied().unwrap_or(Decimal::ONE);
    }
    sums.into_iter().for_each(|(id, sum)| out.set("total_invoiced", id, sum));
    Ok(())
}

/// How many documents of two types partners and all below them have. One statement.
fn documents(env: &mut Env, ids: &[Id], out: &mut Computed, field: &'static str, document: &str, refund: &str) -> Result<()> {
    out.set_all(field, ids, 0_i64);
    let companies = if field == "supplier_invoice_count" { vec![env.company_id()] } else { env.company_ids() };
    let sql = with_children(ids).push_sql(sql!(
        "SELECT p.top, count(*) FROM p JOIN account_move m ON m.partner_id = p.id AND m.move_type IN ({document}, {refund})
         AND m.company_id = ANY({companies}) GROUP BY 1"
    ));
    for row in env.query(sql)? {
        if let (Some(id), Some(count)) = (row.int(0), row.big(1)) {
            out.set(field, id, count);
        }
    }
    Ok(())
}

/// How many days of sales what a partner owes stands for.
fn days_outstanding(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    out.set_all("days_sales_outstanding", ids, 0.0);
    let credits = env.values(PARTNER, "credit", ids)?;
    let tops: Vec<Option<Id>> = env.values(PARTNER, "commercial_partner_id", ids)?.iter().map(Value::as_id).collect();
    let (company, today) = (env.company_id(), env.today());
    let sql = sql!(
        "SELECT m.commercial_partner_id, min(m.invoice_date), sum(m.amount_total_signed) FROM account_move m
         WHERE m.commercial_partner_id = ANY({tops}) AND m.state NOT IN ('draft', 'cancel') AND m.company_id = {company}
         AND m.move_type IN ('out_invoice', 'out_refund', 'out_receipt') GROUP BY 1",
        tops = Bind::Ints(tops.clone())
    );
    let rows = env.query(sql)?;
    for ((id, top), credit) in ids.iter().zip(tops).zip(credits) {
        let Some(row) = rows.iter().find(|row| row.int(0) == top) else { continue };
        let (Some(first), Some(total)) = (row.date(1), row.decimal(2).filter(|total| !total.is_zero())) else { continue };
        let share = credit.as_decimal().unwrap_or_default().checked_div(total).unwrap_or_default();
        out.set("days_sales_outstanding", *id, Value::Decimal(share * Decimal::from((today - first).num_days())));
    }
    Ok(())
}
