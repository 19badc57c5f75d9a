//! What lines of entries and taxes show of what they go with.

use lastmile_orm::compute::Computed;
use lastmile_orm::declare::ModelDecl;
use lastmile_orm::sql::sql;
use lastmile_orm::{Declarations, Env, Id, Result, Value};

use crate::base::rates;

const LINE: &str = "account.move.line";
const TAX: &str = "account.tax";

/// Declares the fields.
pub fn declare(all: &mut Declarations) {
    lines(all.model(LINE));
    taxes(all.model(TAX));
}

fn lines(lines: &mut ModelDecl) {
    lines
        .compute_sudo(&["is_same_currency"], &["currency_id", "company_id"], |env, ids, out| {
            let own = env.values(LINE, "company_currency_id", ids)?;
            for ((id, currency), own) in ids.iter().zip(env.values(LINE, "currency_id", ids)?).zip(own) {
                out.set("is_same_currency", *id, currency == own);
            }
            Ok(())
        })
        .compute_sudo(&["no_followup"], &["journal_id"], |env, ids, out| {
            let journals: Vec<Id> = env.values(LINE, "journal_id", ids)?.iter().map(|journal| journal.as_id().unwrap_or(0)).collect();
            for (id, kind) in ids.iter().zip(env.values("account.journal", "type", &journals)?) {
                out.set("no_followup", *id, kind.as_str() == Some("general"));
            }
            Ok(())
        })
        .compute_sudo(&["account_root_id"], &["account_id"], |env, ids, out| {
            let accounts: Vec<Id> = env.values(LINE, "account_id", ids)?.iter().map(|account| account.as_id().unwrap_or(0)).collect();
            for (id, root) in ids.iter().zip(env.values("account.account", "root_id", &accounts)?) {
                out.set("account_root_id", *id, root);
            }
            Ok(())
        })
        .compute_sudo(&["payment_date"], &["discount_date", "date_maturity"], |env, ids, out| {
            let (today, due) = (env.today(), env.values(LINE, "date_maturity", ids)?);
            for ((id, discount), due) in ids.iter().zip(env.values(LINE, "discount_date", ids)?).zip(due) {
                let early = matches!(discount, Value::Date(day) if today <= day);
                out.set("payment_date", *id, if early { discount } else { due });
            }
            Ok(())
        })
        .compute_sudo(
            &["reconciled_lines_ids", "reconciled_lines_excluding_exchange_diff_ids"],
            &["matched_debit_ids", "matched_credit_ids"],
            counterparts,
        )
        .compute_sudo(&["currency_rate"], &["move_id", "currency_id", "company_id"], line_rates)
        .compute_sudo(&["epd_dirty", "discount_allocation_dirty"], &[], |_, ids, out| {
            for id in ids {
                out.set("epd_dirty", *id, true);
                out.set("discount_allocation_dirty", *id, true);
            }
            Ok(())
        })
        .compute_sudo(&["is_refund"], &["move_id", "tax_ids", "tax_repartition_line_id", "debit", "credit"], is_refund);
}

fn taxes(taxes: &mut ModelDecl) {
    taxes
        .compute_sudo(&["price_include"], &["price_include_override", "company_id"], |env, ids, out| {
            let general = env.values(TAX, "company_price_include", ids)?;
            for ((id, own), general) in ids.iter().zip(env.values(TAX, "price_include_override", ids)?).zip(general) {
                let manner = if own.truthy() { own } else { general };
                out.set("price_include", *id, manner.as_str() == Some("tax_included"));
            }
            Ok(())
        })
        .compute_sudo(&["tax_label"], &["invoice_label", "name"], |env, ids, out| {
            let names = env.values(TAX, "name", ids)?;
            for ((id, label), name) in ids.iter().zip(env.values(TAX, "invoice_label", ids)?).zip(names) {
                out.set("tax_label", *id, if label.truthy() { label } else { name });
            }
            Ok(())
        })
        .compute_sudo(&["is_used"], &[], |env, ids, out| {
            let sql = sql!(
                "SELECT t.id FROM account_tax t WHERE (EXISTS (SELECT 1
                 FROM account_move_line_account_tax_rel l WHERE l.account_tax_id = t.id) OR EXISTS (SELECT 1
                 FROM account_reconcile_model_line_account_tax_rel r WHERE r.account_tax_id = t.id))
                 AND t.id = ANY({ids})"
            );
            let used: Vec<Id> = env.query_ids(sql)?;
            out.set_found("is_used", ids, &used);
            Ok(())
        });
}

/// Lines that lines are matched with; without those of differences in exchange.
fn counterparts(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    let sql = sql!(
        "SELECT r.credit_move_id, r.debit_move_id, COALESCE(d.move_id = r.exchange_move_id, FALSE), 0, r.id
         FROM account_partial_reconcile r JOIN account_move_line d ON d.id = r.debit_move_id
         WHERE r.credit_move_id = ANY({ids}) UNION ALL
         SELECT r.debit_move_id, r.credit_move_id, COALESCE(c.move_id = r.exchange_move_id, FALSE), 1, r.id
         FROM account_partial_reconcile r JOIN account_move_line c ON c.id = r.credit_move_id
         WHERE r.debit_move_id = ANY({ids}) ORDER BY 4, 5"
    );
    let rows: Vec<(Id, Id, bool)> =
        env.query(sql)?.iter().filter_map(|row| Some((row.int(0)?, row.int(1)?, row.bool(2).unwrap_or(false)))).collect();
    for id in ids {
        let own =
            |all: bool| rows.iter().filter(|(line, _, exchange)| line == id && (all || !exchange)).map(|(_, other, _)| *other).collect();
        let (every, plain): (Vec<Id>, Vec<Id>) = (own(true), own(false));
        out.set("reconciled_lines_ids", *id, every);
        out.set("reconciled_lines_excluding_exchange_diff_ids", *id, plain);
    }
    Ok(())
}

/// Credit notes are refunds; of other entries the taxes tell.
fn is_refund(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    let sql = sql!(
        "SELECT l.id, m.move_type::text, t.document_type::text, l.credit = 0, l.debit = 0, m.reversed_entry_id IS NOT
         NULL, (SELECT string_agg(x.type_tax_use, ','
         ORDER BY x.sequence, x.id) FROM account_move_line_account_tax_rel r
         JOIN account_tax x ON x.id = r.account_tax_id WHERE r.account_move_line_id = l.id)
         FROM account_move_line l JOIN account_move m ON m.id = l.move_id
         LEFT JOIN account_tax_repartition_line t ON t.id = l.tax_repartition_line_id WHERE l.id = ANY({ids})"
    );
    for row in env.query(sql)? {
        let Some(id) = row.int(0) else { continue };
        let flag = |n: usize| row.bool(n).unwrap_or(false);
        let taxes = row.text(6).unwrap_or_default();
        let refund = match (row.text(1).as_deref(), row.text(2)) {
            (Some("out_refund" | "in_refund"), _) => true,
            (Some("entry"), Some(document)) => document == "refund",
            (Some("entry"), None) => {
                let both = taxes.contains("sale") && taxes.contains("purchase");
                let told =
                    (both && flag(3)) || (!both && ((taxes.starts_with("sale") && flag(3)) || (taxes.starts_with("purchase") && flag(4))));
                told != (!taxes.is_empty() && flag(5))
            }
            _ => false,
        };
        out.set("is_refund", id, refund);
    }
    Ok(())
}

/// Units of the line's currency for one of the company's: as the invoice says, else on its day.
fn line_rates(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    let rate = |currency: &'static str| rates::of_company(currency, "COALESCE(m.invoice_date, m.date)");
    let sql = sql!(
        "SELECT l.id, CASE
         WHEN m.move_type <> 'entry' THEN COALESCE(NULLIF(m.invoice_currency_rate, 0)::float8, 1)
         WHEN l.currency_id IS NULL OR l.currency_id = c.currency_id THEN 1 ELSE ({rate:sql})::float8 / ({rate2:sql})::float8 END
         FROM account_move_line l JOIN account_move m ON m.id = l.move_id
         JOIN res_company c ON c.id = l.company_id WHERE l.id = ANY({ids})",
        rate = rate("l.currency_id"),
        rate2 = rate("c.currency_id")
    );
    for row in env.query(sql)? {
        if let Some(id) = row.int(0) {
            out.set("currency_rate", id, row.float(1).unwrap_or(1.0));
        }
    }
    Ok(())
}
