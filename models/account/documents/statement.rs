//! Statements of account: what customers were billed and paid within a time, with what was open before and is open after it.

use std::collections::HashMap;

use chrono::{Months, NaiveDate};
use lastmile_orm::sql::sql;
use lastmile_orm::{Env, Error, Id, Result, Value};
use rust_decimal::Decimal;
use serde_json::{Value as Json, json};

use super::letter::{self, addressee, texts};
use super::{Papers, Period, Report};
use crate::words::Catalogues;

/// So many lines a customer; older ones count into the balance before.
const MAX_LINES: i64 = 2000;

/// What was billed or paid on a day.
#[derive(Clone, Debug)]
struct Movement {
    day: NaiveDate,
    number: String,
    name: String,
    /// What is owed more (above zero) or less, in the company's currency.
    amount: Decimal,
}

/// What was owed before the first of these, and these, by commercial partner.
type Accounts = HashMap<Id, (Decimal, Vec<Movement>)>;

fn accounts(env: &mut Env, partners: &[Id], company: Id, from: NaiveDate, to: NaiveDate) -> Result<Accounts> {
    let sql = sql!(
        "SELECT x.partner, x.before, x.day, x.number, x.label, x.amount FROM (SELECT a.*,
         row_number() OVER (PARTITION BY a.partner, a.before ORDER BY a.day DESC, a.entry DESC) AS place FROM (
         SELECT p.commercial_partner_id AS partner, m.date < {from} AS before, CASE WHEN m.date < {from} THEN {from} ELSE m.date END AS day,
         CASE WHEN m.date < {from} THEN 0 ELSE m.id END AS entry, MAX(CASE WHEN m.date < {from} THEN '' ELSE m.name END)::text AS number,
         MAX(CASE WHEN m.date < {from} THEN '' ELSE COALESCE(NULLIF(m.ref, ''), NULLIF(m.payment_reference, ''), '') END)::text AS label,
         SUM(l.balance) AS amount
         FROM account_move_line l JOIN account_move m ON m.id = l.move_id JOIN account_account c ON c.id = l.account_id
         JOIN res_partner p ON p.id = l.partner_id
         WHERE p.commercial_partner_id = ANY({partners}) AND l.parent_state = 'posted' AND c.account_type = 'asset_receivable'
         AND l.company_id = {company} AND m.date <= {to} GROUP BY 1, 2, 3, 4) a) x
         WHERE x.place <= {MAX_LINES} ORDER BY x.partner, x.before DESC, x.day, x.entry"
    );
    let mut out = Accounts::new();
    for row in env.query(sql)? {
        let (before, of) = out.entry(row.int(0).unwrap_or(0)).or_default();
        let amount = row.decimal(5).unwrap_or_default();
        if row.bool(1).unwrap_or(false) {
            *before += amount;
        } else {
            let text = |n: usize| row.text(n).unwrap_or_default();
            of.push(Movement { day: row.date(2).unwrap_or(from), number: text(3), name: text(4), amount });
        }
    }
    Ok(out)
}

/// The papers of customers, in the order of their ids.
pub fn papers(env: &mut Env, words: &Catalogues, ids: &[Id], period: Period) -> Result<Papers> {
    let to = period.to.unwrap_or_else(|| env.today());
    let from = period.from.or_else(|| to.checked_sub_months(Months::new(12))).unwrap_or(to);
    if from > to {
        return Err(Error::user("A statement ends after it begins."));
    }
    let company = env.company_id();
    let money = env.values("res.company", "currency_id", &[company])?.first().and_then(Value::as_id);
    let commercial: Vec<Id> =
        env.values("res.partner", "commercial_partner_id", ids)?.iter().map(|value| value.as_id().unwrap_or(0)).collect();
    let accounts = accounts(env, &commercial, company, from, to)?;
    let parties = letter::parties(env, ids)?;
    let tongues = letter::tongues(env, words, &parties)?;
    let mut documents: Vec<Json> = Vec::with_capacity(ids.len());
    let mut name = String::new();
    for (id, owner) in ids.iter().zip(&commercial) {
        let party = parties.get(id).cloned().unwrap_or_default();
        let Some(tongue) = tongues.get(&party.lang) else { continue };
        let say = |name: &str| tongue.words.get(name).to_owned();
        let written = |amount: Decimal| tongue.formats.amount(amount, money);
        let day = |day: NaiveDate| tongue.day(&Value::Date(day));
        let (before, movements) = accounts.get(owner).cloned().unwrap_or_default();
        let (mut balance, mut billed, mut paid) = (before, Decimal::ZERO, Decimal::ZERO);
        let mut lines = Vec::with_capacity(movements.len());
        for one in movements {
            balance += one.amount;
            let more = one.amount > Decimal::ZERO;
            *if more { &mut billed } else { &mut paid } += one.amount.abs();
            let side = |own: bool| if own { written(one.amount.abs()) } else { String::new() };
            lines.push(json!({
                "date": day(one.day)?, "number": one.number, "name": if one.name == one.number { "" } else { one.name.as_str() }, "billed": side(more), "paid": side(!more),
                "balance": written(balance),
            }));
        }
        let title = say("statement");
        if documents.is_empty() {
            name = format!("{title} {}", party.name);
        }
        documents.push(json!({
            "lang": tongue.words.lang(), "words": texts(&tongue.words), "title": title, "mark": "",
            "partner": addressee(&party, tongue), "facts": [(say("period"), format!("{} – {}", day(from)?, day(to)?))], "lines": lines,
            "totals": [
                (tongue.words.with("opening", &[&day(from)?]), written(before), false), (say("debits"), written(billed), false),
                (say("credits"), written(paid), false), (tongue.words.with("closing", &[&day(to)?]), written(balance), true),
            ],
        }));
    }
    letter::bound(env, Report::Statement, company, &name, documents, Vec::new())
}
