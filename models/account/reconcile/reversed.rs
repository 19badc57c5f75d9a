//! Reversals: entries opposite to others, and their matches.

use lastmile_orm::sql::sql;
use lastmile_orm::{Env, Id, Result, Value, map};

use super::entries::{MOVE, create, new_line, post};
use super::options::Options;
use super::partial::reconcile_groups;
use super::{PARTIAL, matching};
use crate::account::taxes::load::numbers;

/// Reverses plain entries on given days, posts the reversals and matches both with each other.
pub fn reverse(env: &mut Env, entries: &[(Id, chrono::NaiveDate)]) -> Result<()> {
    let ids: Vec<Id> = entries.iter().map(|(id, _)| *id).collect();
    let sql = sql!(
        "SELECT m.id, m.name::text, m.journal_id, m.partner_id, m.currency_id, m.company_id, m.always_tax_exigible,
         m.tax_cash_basis_origin_move_id, m.fiscal_position_id FROM account_move m WHERE m.id = ANY({ids})"
    );
    let heads = env.query(sql)?;
    let sql = sql!(
        "SELECT l.id, l.move_id, l.name::text, l.account_id, l.partner_id, l.currency_id, l.balance, l.amount_currency, l.sequence,
         l.display_type::text, l.tax_repartition_line_id, l.tax_base_amount, l.analytic_distribution,
         ARRAY(SELECT x.account_tax_id FROM account_move_line_account_tax_rel x WHERE x.account_move_line_id = l.id)::text,
         ARRAY(SELECT x.account_account_tag_id FROM account_account_tag_account_move_line_rel x
         WHERE x.account_move_line_id = l.id)::text FROM account_move_line l WHERE l.move_id = ANY({ids}) ORDER BY l.move_id, l.sequence, l.id",
        ids = ids.as_slice()
    );
    let rows = env.query(sql)?;
    let all: Vec<Id> = rows.iter().filter_map(|row| row.int(0)).collect();
    let partials = matching::partials_of(env, &all)?;
    if !partials.is_empty() {
        env.unlink(PARTIAL, &partials)?;
    }
    let mut values = Vec::with_capacity(entries.len());
    for (id, day) in entries {
        let Some(head) = heads.iter().find(|row| row.int(0) == Some(*id)) else { continue };
        let lines: Vec<Value> = rows
            .iter()
            .filter(|row| row.int(1) == Some(*id))
            .map(|row| {
                new_line(map! {
                    "name" => row.text(2), "account_id" => row.int(3), "partner_id" => row.int(4), "currency_id" => row.int(5),
                    "balance" => -row.decimal(6).unwrap_or_default(), "amount_currency" => -row.decimal(7).unwrap_or_default(),
                    "sequence" => row.int(8), "display_type" => row.text(9), "tax_repartition_line_id" => row.int(10),
                    "tax_base_amount" => row.decimal(11).unwrap_or_default(),
                    "analytic_distribution" => row.json(12).map_or(Value::None, |json| Value::from(&json)),
                    "tax_ids" => set(row.text(13)), "tax_tag_ids" => set(row.text(14)),
                })
            })
            .collect();
        values.push(map! {
            "move_type" => "entry", "date" => *day, "journal_id" => head.int(2), "partner_id" => head.int(3), "currency_id" => head.int(4),
            "company_id" => head.int(5), "always_tax_exigible" => head.bool(6).unwrap_or(false), "reversed_entry_id" => *id,
            "tax_cash_basis_origin_move_id" => head.int(7), "fiscal_position_id" => head.int(8),
            "ref" => format!("Reversal of: {}", head.text(1).unwrap_or_default()), "line_ids" => Value::List(lines),
        });
    }
    let made = create(env, values)?;
    env.update_each(MOVE, made.iter().map(|id| (*id, map! { "is_manually_modified" => true })).collect())?;
    post(env, &made)?;
    match_reversed(env, &made)
}

/// Links out of an array's text, as a command.
fn set(ids: Option<String>) -> Value {
    Value::List(vec![Value::List(vec![Value::Int(6), Value::Int(0), Value::from(numbers(ids))])])
}

/// Matches entries with those that they reverse: by account and currency, those of partners first.
pub fn match_reversed(env: &mut Env, reversals: &[Id]) -> Result<()> {
    env.flush()?;
    let sql = sql!(
        "SELECT r.id, l.account_id, l.currency_id, l.id FROM account_move r JOIN account_move_line l
         ON l.move_id IN (r.id, r.reversed_entry_id) AND NOT COALESCE(l.reconciled, FALSE) JOIN account_account a
         ON a.id = l.account_id AND (a.reconcile OR a.account_type IN ('asset_cash', 'liability_credit_card'))
         WHERE r.id = ANY({reversals}) AND r.reversed_entry_id IS NOT NULL
         ORDER BY r.id, a.account_type NOT IN ('asset_receivable', 'liability_payable'), l.account_id, l.currency_id, l.move_id, l.id"
    );
    let mut groups: Vec<((Id, Id, Id), Vec<Id>)> = Vec::new();
    for row in env.query(sql)? {
        let (Some(movement), Some(account), Some(currency), Some(line)) = (row.int(0), row.int(1), row.int(2), row.int(3)) else {
            continue;
        };
        let key = (movement, account, currency);
        match groups.last_mut() {
            Some((last, lines)) if *last == key => lines.push(line),
            _ => groups.push((key, vec![line])),
        }
    }
    let groups: Vec<Vec<Id>> = groups.into_iter().map(|(_, lines)| lines).collect();
    let options = Options::of(env);
    env.with_context(map! { "skip_is_manually_modified" => true }, |env| reconcile_groups(env, &groups, options))
}
