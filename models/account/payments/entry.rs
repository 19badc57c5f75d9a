//! The entries of payments: made with them, and kept in step as long as they are drafts.

use std::collections::HashMap;

use lastmile_orm::sql::row::Row;
use lastmile_orm::sql::sql;
use lastmile_orm::{Env, Error, Id, Map, Result, Value, map};
use rust_decimal::Decimal;

use super::{PAYMENT, roles};
use crate::account::reconcile::entries;
use crate::account::reconcile::lines::{ids_or_null, in_company_currency};
use crate::account::reconcile::plan::Currency;

/// What a payment's entry has beside what follows from the payment.
#[derive(Clone, Debug, Default)]
pub struct Extra {
    /// Lines for what is written off, as `account.move.line` values with `amount_currency` and `balance`.
    pub write_off: Vec<Map>,
    /// What the payment is in the company's currency, where its rate shall not say.
    pub balance: Option<Decimal>,
    /// All lines, as commands.
    pub lines: Option<Value>,
}

/// A payment as its entry sees it.
struct Payment {
    id: Id,
    row: Row,
    label: String,
    balance: Decimal,
}

impl Payment {
    fn signed(&self) -> Decimal {
        let amount = self.row.decimal(1).unwrap_or_default();
        if self.row.text(2).as_deref() == Some("outbound") { -amount } else { amount }
    }
}

fn load(env: &mut Env, ids: &[Id]) -> Result<Vec<Payment>> {
    env.flush()?;
    let sql = sql!(
        "SELECT p.id, p.amount, p.payment_type::text, p.memo::text, p.date, p.journal_id, p.company_id, p.partner_id, p.currency_id,
         p.partner_bank_id, p.outstanding_account_id, p.destination_account_id, x.name::text, c.currency_id, o.rounding,
         split_part(c.parent_path, '/', 1)::int4, p.move_id, m.state::text FROM account_payment p
         JOIN res_company c ON c.id = p.company_id JOIN res_currency o ON o.id = c.currency_id
         LEFT JOIN account_payment_method_line x ON x.id = p.payment_method_line_id
         LEFT JOIN account_move m ON m.id = p.move_id WHERE p.id = ANY({ids}) ORDER BY array_position({ids2}::int4[], p.id)",
        ids2 = ids
    );
    let rows = env.query(sql)?;
    let mut payments = Vec::with_capacity(rows.len());
    for row in rows {
        let Some(id) = row.int(0) else { continue };
        let method = row.text(12).unwrap_or_else(|| "No Payment Method".into());
        let label = match row.text(3).filter(|memo| !memo.is_empty()) {
            Some(memo) => format!("{method}: {memo}"),
            None => method,
        };
        payments.push(Payment { id, row, label, balance: Decimal::ZERO });
    }
    // Companies of one root share rates; each group is one statement.
    let mut groups: HashMap<(Id, Id), Vec<usize>> = HashMap::new();
    for (n, payment) in payments.iter().enumerate() {
        let key = (payment.row.int(15).unwrap_or(0), payment.row.int(13).unwrap_or(0));
        groups.entry(key).or_default().push(n);
    }
    let today = env.today();
    for ((root, currency), members) in groups {
        let of = |n: &usize| payments.get(*n);
        let rounding = members.first().and_then(of).and_then(|payment| payment.row.decimal(14)).unwrap_or_default();
        let amounts: Vec<(Decimal, Id, chrono::NaiveDate)> = members
            .iter()
            .filter_map(of)
            .map(|payment| (payment.signed(), payment.row.int(8).unwrap_or(currency), payment.row.date(4).unwrap_or(today)))
            .collect();
        let balances = in_company_currency(env, root, Currency { id: currency, rounding }, &amounts)?;
        for (n, balance) in members.into_iter().zip(balances) {
            if let Some(payment) = payments.get_mut(n) {
                payment.balance = balance;
            }
        }
    }
    Ok(payments)
}

fn amount(values: &Map, name: &str) -> Decimal {
    values.get(name).and_then(Value::as_decimal).unwrap_or_default()
}

/// The two lines of a payment, and those for what is written off.
fn lines(payment: &Payment, extra: &Extra) -> Result<Vec<Map>> {
    let row = &payment.row;
    let Some(outstanding) = row.int(10) else {
        return Err(Error::user("The payment has no account for money on its way: set one on its method of payment."));
    };
    let signed = payment.signed();
    let balance = match extra.balance {
        Some(forced) if extra.write_off.is_empty() => {
            if signed > Decimal::ZERO {
                forced.abs()
            } else {
                -forced.abs()
            }
        }
        _ => payment.balance,
    };
    let (off, off_currency): (Decimal, Decimal) = extra
        .write_off
        .iter()
        .fold(Default::default(), |(own, foreign), line| (own + amount(line, "balance"), foreign + amount(line, "amount_currency")));
    let line = |account: Option<Id>, foreign: Decimal, own: Decimal| {
        map! {
            "name" => payment.label.as_str(), "date_maturity" => row.date(4), "amount_currency" => foreign, "currency_id" => row.int(8),
            "debit" => own.max(Decimal::ZERO), "credit" => (-own).max(Decimal::ZERO), "partner_id" => row.int(7), "account_id" => account,
        }
    };
    let mut made = vec![line(Some(outstanding), signed, balance), line(row.int(11), -signed - off_currency, -balance - off)];
    made.extend(extra.write_off.iter().cloned());
    Ok(made)
}

/// Makes the entries of payments that have an account of outstanding money and no entry yet.
pub fn generate(env: &mut Env, payments: &[Id], extras: &HashMap<Id, Extra>) -> Result<()> {
    let payments: Vec<Payment> =
        load(env, payments)?.into_iter().filter(|payment| payment.row.int(16).is_none() && payment.row.int(10).is_some()).collect();
    if payments.is_empty() {
        return Ok(());
    }
    let none = Extra::default();
    let mut values = Vec::with_capacity(payments.len());
    for payment in &payments {
        let (row, extra) = (&payment.row, extras.get(&payment.id).unwrap_or(&none));
        let commands = match &extra.lines {
            Some(commands) if commands.truthy() => commands.clone(),
            _ => Value::List(lines(payment, extra)?.into_iter().map(entries::new_line).collect()),
        };
        values.push(map! {
            "move_type" => "entry", "ref" => row.text(3), "date" => row.date(4), "journal_id" => row.int(5), "company_id" => row.int(6),
            "partner_id" => row.int(7), "currency_id" => row.int(8), "partner_bank_id" => row.int(9), "line_ids" => commands,
            "origin_payment_id" => payment.id,
        });
    }
    let moves = entries::create(env, values)?;
    let rows = payments.iter().zip(moves).map(|(payment, id)| (payment.id, map! { "move_id" => id, "state" => "in_process" })).collect();
    env.update_each(PAYMENT, rows)
}

/// Fields of a payment that its entry repeats.
pub const REPEATED: [&str; 10] = [
    "date",
    "amount",
    "payment_type",
    "partner_type",
    "payment_reference",
    "currency_id",
    "partner_id",
    "destination_account_id",
    "partner_bank_id",
    "journal_id",
];

/// Brings the draft entries of payments in step with them.
pub fn follow(env: &mut Env, payments: &[Id], journal_changed: bool) -> Result<()> {
    let open: Vec<Payment> = load(env, payments)?
        .into_iter()
        .filter(|payment| payment.row.int(16).is_some() && payment.row.text(17).as_deref() != Some("posted"))
        .collect();
    if open.is_empty() {
        return Ok(());
    }
    let ids: Vec<Id> = open.iter().map(|payment| payment.id).collect();
    let roles = roles::load(env, &ids)?;
    for payment in &open {
        let found = roles.get(&payment.id).cloned().unwrap_or_default();
        let mut extra = Extra::default();
        if let (Some(_), Some(_), Some(first)) = (found.liquidity.first(), found.counterpart.first(), found.write_off.first()) {
            extra.write_off.push(map! {
                "name" => first.name.clone(), "account_id" => first.account, "partner_id" => first.partner, "currency_id" => first.currency,
                "amount_currency" => found.write_off.iter().map(|line| line.amount_currency).sum::<Decimal>(),
                "balance" => found.write_off.iter().map(|line| line.balance).sum::<Decimal>(),
            });
        }
        let mut made = lines(payment, &extra)?.into_iter();
        let mut commands = Vec::new();
        for kept in [found.liquidity.first(), found.counterpart.first()] {
            let Some(values) = made.next() else { continue };
            commands.push(match kept {
                Some(line) => Value::List(vec![Value::Int(1), Value::from(line.id), Value::Map(values)]),
                None => entries::new_line(values),
            });
        }
        commands.extend(found.write_off.iter().map(|line| Value::List(vec![Value::Int(2), Value::from(line.id), Value::Int(0)])));
        commands.extend(made.map(entries::new_line));
        let row = &payment.row;
        let mut values = map! {
            "date" => row.date(4), "partner_id" => row.int(7), "currency_id" => row.int(8), "partner_bank_id" => row.int(9),
            "line_ids" => Value::List(commands),
        };
        if journal_changed {
            values.extend(map! { "name" => "/", "journal_id" => row.int(5) });
        }
        let entry: Vec<Id> = row.int(16).into_iter().collect();
        env.write(entries::MOVE, &entry, values)?;
    }
    Ok(())
}

/// The account for money on its way of payments that have none: the chart's, or the company's for transfers.
pub fn need_outstanding(env: &mut Env, payments: &[Id]) -> Result<()> {
    let sql = sql!(
        "SELECT p.id, COALESCE((SELECT d.res_id FROM ir_model_data d JOIN account_account a ON a.id = d.res_id
         WHERE d.module = 'account' AND d.model = 'account.account' AND d.name = split_part(c.parent_path, '/', 1) || CASE
         WHEN p.payment_type = 'inbound' THEN '_account_journal_payment_debit_account_id'
         ELSE '_account_journal_payment_credit_account_id' END), c.transfer_account_id) FROM account_payment p
         JOIN res_company c ON c.id = p.company_id WHERE p.outstanding_account_id IS NULL AND p.id = ANY({payments})",
        payments = ids_or_null(payments.iter().copied().map(Some))
    );
    env.flush()?;
    let mut found: Vec<(Id, Map)> = Vec::new();
    for row in env.query(sql)? {
        let Some(id) = row.int(0) else { continue };
        let account = row.int(1).ok_or_else(|| Error::user("The company has no account for outstanding payments."))?;
        found.push((id, map! { "outstanding_account_id" => account }));
    }
    env.update_each(PAYMENT, found)
}
