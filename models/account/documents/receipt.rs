//! Receipts of payments.

use std::collections::HashMap;

use lastmile_orm::sql::sql;
use lastmile_orm::{Env, Error, Id, Result, Value};
use rust_decimal::Decimal;
use serde_json::{Value as Json, json};

use super::letter::{self, addressee, texts};
use super::{Papers, Report};
use crate::words::Catalogues;

/// A payment.
struct Paid {
    id: Id,
    name: String,
    day: Value,
    amount: Decimal,
    currency: Id,
    partner: Id,
    company: Id,
    memo: String,
    method: String,
    cancelled: bool,
}

/// An invoice that a payment pays.
struct Share {
    day: Value,
    number: String,
    total: Decimal,
    currency: Id,
    amount: Decimal,
}

fn payments(env: &mut Env, ids: &[Id]) -> Result<Vec<Paid>> {
    let sql = sql!(
        "SELECT p.id, COALESCE(p.name, '')::text, p.date, COALESCE(p.amount, 0), p.currency_id, COALESCE(p.partner_id, 0), p.company_id,
         COALESCE(p.memo, '')::text, COALESCE(m.name, '')::text, p.state IN ('canceled', 'rejected')
         FROM account_payment p LEFT JOIN account_payment_method_line m ON m.id = p.payment_method_line_id WHERE p.id = ANY({ids})"
    );
    let mut found: HashMap<Id, Paid> = HashMap::new();
    for row in env.query(sql)? {
        let (id, text) = (|n: usize| row.int(n).unwrap_or(0), |n: usize| row.text(n).unwrap_or_default());
        let paid = Paid {
            id: id(0),
            name: text(1),
            day: row.date(2).map_or(Value::None, Value::Date),
            amount: row.decimal(3).unwrap_or_default(),
            currency: id(4),
            partner: id(5),
            company: id(6),
            memo: text(7),
            method: text(8),
            cancelled: row.bool(9).unwrap_or(false),
        };
        found.insert(paid.id, paid);
    }
    Ok(ids.iter().filter_map(|id| found.remove(id)).collect())
}

/// What of each payment pays which invoice, in the payment's currency.
fn shares(env: &mut Env, ids: &[Id]) -> Result<HashMap<Id, Vec<Share>>> {
    let sql = sql!(
        "SELECT p.id, o.invoice_date, o.name::text, o.amount_total, o.currency_id,
         SUM(CASE WHEN r.credit_move_id = l.id THEN r.credit_amount_currency ELSE r.debit_amount_currency END)
         FROM account_payment p JOIN account_move_line l ON l.move_id = p.move_id
         JOIN account_partial_reconcile r ON l.id IN (r.credit_move_id, r.debit_move_id)
         JOIN account_move_line i ON i.id = CASE WHEN r.credit_move_id = l.id THEN r.debit_move_id ELSE r.credit_move_id END
         JOIN account_move o ON o.id = i.move_id AND o.move_type <> 'entry' WHERE p.id = ANY({ids})
         GROUP BY p.id, o.id ORDER BY o.invoice_date, o.id"
    );
    let mut out: HashMap<Id, Vec<Share>> = HashMap::new();
    for row in env.query(sql)? {
        out.entry(row.int(0).unwrap_or(0)).or_default().push(Share {
            day: row.date(1).map_or(Value::None, Value::Date),
            number: row.text(2).unwrap_or_default(),
            total: row.decimal(3).unwrap_or_default(),
            currency: row.int(4).unwrap_or(0),
            amount: row.decimal(5).unwrap_or_default(),
        });
    }
    Ok(out)
}

/// The papers of payments, in the order of their ids.
pub fn papers(env: &mut Env, words: &Catalogues, ids: &[Id]) -> Result<Papers> {
    let paid = payments(env, ids)?;
    let Some(first) = paid.first() else {
        return Err(Error::missing_record("account.payment", ids.first().copied().unwrap_or(0), env.uid()));
    };
    if paid.iter().any(|one| one.company != first.company) {
        return Err(Error::user("Documents of several companies do not go into one file."));
    }
    let mut shares = shares(env, ids)?;
    let parties = letter::parties(env, &paid.iter().map(|one| one.partner).filter(|id| *id > 0).collect::<Vec<_>>())?;
    let tongues = letter::tongues(env, words, &parties)?;
    let mut documents: Vec<Json> = Vec::with_capacity(paid.len());
    let mut name = String::new();
    for one in &paid {
        let party = parties.get(&one.partner).cloned().unwrap_or_default();
        let Some(tongue) = tongues.get(&party.lang) else { continue };
        let say = |name: &str| tongue.words.get(name).to_owned();
        let title = format!("{} {}", say("receipt"), one.name).trim().to_owned();
        let mut facts =
            vec![(say("date"), tongue.day(&one.day)?), (say("method"), one.method.clone()), (say("reference"), one.memo.clone())];
        facts.retain(|(_, text)| !text.is_empty());
        let mut lines = Vec::new();
        for share in shares.remove(&one.id).unwrap_or_default() {
            lines.push(json!({
                "date": tongue.day(&share.day)?,
                "number": share.number,
                "amount": tongue.formats.amount(share.total, Some(share.currency)),
                "paid": tongue.formats.amount(share.amount, Some(one.currency)),
            }));
        }
        if documents.is_empty() {
            name.clone_from(&title);
        }
        documents.push(json!({
            "lang": tongue.words.lang(), "words": texts(&tongue.words), "title": title,
            "mark": if one.cancelled { say("cancelled") } else { String::new() }, "partner": addressee(&party, tongue), "facts": facts,
            "lines": lines, "totals": [(say("paid"), tongue.formats.amount(one.amount, Some(one.currency)), true)],
        }));
    }
    letter::bound(env, Report::Receipt, first.company, &name, documents, Vec::new())
}
