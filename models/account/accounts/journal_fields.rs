//! What journals show of their entries and payments.

use std::collections::HashMap;

use lastmile_orm::compute::Computed;
use lastmile_orm::sql::{Sql, sql};
use lastmile_orm::{Declarations, Env, Id, Result, Value};

use super::JOURNAL;

/// Declares the fields.
pub fn declare(all: &mut Declarations) {
    all.model(JOURNAL)
        .compute_sudo(&["default_account_type", "name_placeholder"], &["type", "code"], by_type)
        .compute_sudo(&["has_entries", "has_posted_entries", "entries_count"], &[], entries)
        .compute_sudo(&["has_statement_lines", "current_statement_balance", "last_statement_id"], &[], statements)
        .compute_sudo(&["available_payment_method_ids"], &["type"], methods)
        .compute_sudo(
            &["selected_payment_method_codes"],
            &["inbound_payment_method_line_ids", "outbound_payment_method_line_ids"],
            selected,
        )
        .compute_sudo(&["accounting_date"], &[], |env, ids, out| {
            let today = env.today();
            out.set_all("accounting_date", ids, today);
            Ok(())
        })
        .compute_sudo(&["access_warning"], &[], |_, ids, out| {
            out.set_all("access_warning", ids, "");
            Ok(())
        });
    all.model("account.payment.method.line").compute_sudo(&["available_payment_method_ids"], &["journal_id"], |env, ids, out| {
        let journals: Vec<Id> =
            env.values("account.payment.method.line", "journal_id", ids)?.iter().map(|journal| journal.as_id().unwrap_or(0)).collect();
        for (id, methods) in ids.iter().zip(env.values(JOURNAL, "available_payment_method_ids", &journals)?) {
            out.set("available_payment_method_ids", *id, methods);
        }
        Ok(())
    });
}

/// What a journal of a type is called without a name, and which accounts it begins with.
fn by_type(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    let codes = env.values(JOURNAL, "code", ids)?;
    for ((id, kind), code) in ids.iter().zip(env.values(JOURNAL, "type", ids)?).zip(codes) {
        let (name, accounts) = match kind.as_str() {
            Some("sale") => ("Customer Invoices", "income%"),
            Some("purchase") => ("Vendor Bills", "expense%"),
            Some("cash") => ("Cash", "asset_cash"),
            Some("bank") => ("Bank", "asset_cash"),
            Some("credit") => ("Credit Card", "liability_credit_card"),
            Some(_) => ("Miscellaneous Operations", "%"),
            None => ("", "%"),
        };
        let code = code.as_str().unwrap_or_default();
        let digits = code.trim_start_matches(|c: char| !c.is_ascii_digit());
        let number = code.rsplit(|c: char| !c.is_ascii_digit()).next().filter(|n| !n.is_empty() && !digits.is_empty()).unwrap_or("1");
        out.set("name_placeholder", *id, if name.is_empty() { "Select a type".to_owned() } else { format!("{name} ({number})") });
        out.set("default_account_type", *id, accounts);
    }
    Ok(())
}

fn entries(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    let companies = env.company_ids();
    let sql = sql!(
        "SELECT journal_id, count(*), count(*) FILTER (WHERE state = 'posted'), count(*) FILTER (WHERE company_id IS NULL
         OR company_id = ANY({companies})) FROM account_move WHERE journal_id = ANY({ids}) GROUP BY 1"
    );
    let found: HashMap<Id, [i64; 3]> = env
        .query(sql)?
        .iter()
        .filter_map(|row| Some((row.int(0)?, [row.big(1).unwrap_or(0), row.big(2).unwrap_or(0), row.big(3).unwrap_or(0)])))
        .collect();
    for id in ids {
        let [all, posted, own] = found.get(id).copied().unwrap_or_default();
        out.set("has_entries", *id, all > 0);
        out.set("has_posted_entries", *id, posted > 0);
        out.set("entries_count", *id, own);
    }
    Ok(())
}

/// Where the bank stands: the last statement, and the posted lines since it.
fn statements(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    let sql = sql!(
        "SELECT j.id, s.id, EXISTS (SELECT 1 FROM account_bank_statement_line l
         WHERE l.journal_id = j.id), COALESCE(s.balance_end_real, 0) + COALESCE((SELECT sum(l.amount)
         FROM account_bank_statement_line l JOIN account_move m ON m.id = l.move_id WHERE l.journal_id = j.id
         AND m.state = 'posted' AND (s.first_line_index IS NULL OR l.internal_index >= s.first_line_index)
         AND l.statement_id IS DISTINCT FROM s.id), 0) FROM account_journal j
         LEFT JOIN LATERAL (SELECT id, balance_end_real, first_line_index FROM account_bank_statement
         WHERE journal_id = j.id AND first_line_index IS NOT NULL ORDER BY first_line_index DESC
         LIMIT 1) s ON TRUE WHERE j.type IN ('bank', 'cash', 'credit') AND j.id = ANY({ids})"
    );
    for row in env.query(sql)? {
        let Some(id) = row.int(0) else { continue };
        out.set("last_statement_id", id, row.int(1));
        out.set("has_statement_lines", id, row.bool(2).unwrap_or(false));
        out.set("current_statement_balance", id, row.decimal(3).unwrap_or_default());
    }
    Ok(())
}

/// Manual methods are for every journal of money.
fn methods(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    let sql = Sql::lit("SELECT id FROM account_payment_method WHERE code = 'manual' ORDER BY id");
    let manual: Vec<Id> = env.query_ids(sql)?;
    for (id, kind) in ids.iter().zip(env.values(JOURNAL, "type", ids)?) {
        let money = matches!(kind.as_str(), Some("bank" | "cash" | "credit"));
        out.set("available_payment_method_ids", *id, if money { manual.clone() } else { Vec::new() });
    }
    Ok(())
}

fn selected(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    let inbound = env.values(JOURNAL, "inbound_payment_method_line_ids", ids)?;
    let outbound = env.values(JOURNAL, "outbound_payment_method_line_ids", ids)?;
    for ((id, inbound), outbound) in ids.iter().zip(inbound).zip(outbound) {
        let lines: Vec<Id> = inbound.ids().into_iter().chain(outbound.ids()).collect();
        let codes = env.values("account.payment.method.line", "code", &lines)?;
        let codes: Vec<&str> = codes.iter().filter_map(Value::as_str).filter(|code| !code.is_empty()).collect();
        out.set("selected_payment_method_codes", *id, format!(",{},", codes.join(",")));
    }
    Ok(())
}
