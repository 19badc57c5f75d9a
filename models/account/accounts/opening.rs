//! What accounts begin with: one draft for each company, balanced on the account of undistributed profits.

use chrono::{Datelike, NaiveDate};
use lastmile_orm::compute::Computed;
use lastmile_orm::sql::sql;
use lastmile_orm::{Declarations, Env, Error, Id, Result, Value, map, money};
use rust_decimal::Decimal;

use super::journal_accounts::name_records;
use super::{ACCOUNT, codes};
use crate::base::rates::{self, Exchange};

const COMPANY: &str = "res.company";

/// Declares the fields.
pub fn declare(all: &mut Declarations) {
    all.model(ACCOUNT)
        .compute_sudo(&["opening_debit", "opening_credit", "opening_balance"], &[], balances)
        .compute_sudo(&["related_taxes_amount"], &[], taxes)
        .inverse("opening_debit", |env, ids, value| set(env, ids, Some(amount(value)), None))
        .inverse("opening_credit", |env, ids, value| set(env, ids, None, Some(amount(value))))
        .inverse("opening_balance", |env, ids, value| {
            let balance = amount(value);
            set(env, ids, Some(balance.max(Decimal::ZERO)), Some((-balance).max(Decimal::ZERO)))
        });
}

fn amount(value: &Value) -> Decimal {
    value.as_decimal().unwrap_or_default()
}

fn balances(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    for field in ["opening_debit", "opening_credit", "opening_balance"] {
        out.set_all(field, ids, Decimal::ZERO);
    }
    let company = env.company_id();
    let sql = sql!(
        "SELECT l.account_id, sum(l.debit), sum(l.credit), sum(l.balance) FROM res_company c
         JOIN account_move_line l ON l.move_id = c.account_opening_move_id WHERE c.id = {company} AND l.account_id = ANY({ids}) GROUP BY 1"
    );
    for row in env.query(sql)? {
        let Some(id) = row.int(0) else { continue };
        for (field, column) in [("opening_debit", 1), ("opening_credit", 2), ("opening_balance", 3)] {
            out.set(field, id, row.decimal(column).unwrap_or_default());
        }
    }
    Ok(())
}

/// How many taxes of the company are booked on accounts.
fn taxes(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    out.set_all("related_taxes_amount", ids, 0_i64);
    let company = env.company_id();
    let sql = sql!(
        "SELECT l.account_id, count(DISTINCT t.id) FROM account_tax_repartition_line l JOIN account_tax t ON t.id = l.tax_id AND t.active
         JOIN res_company o ON o.id = t.company_id JOIN res_company c ON c.id = {company} AND starts_with(c.parent_path, o.parent_path)
         WHERE l.account_id = ANY({ids}) GROUP BY 1"
    );
    for row in env.query(sql)? {
        if let (Some(id), Some(count)) = (row.int(0), row.big(1)) {
            out.set("related_taxes_amount", id, count);
        }
    }
    Ok(())
}

/// A line of the opening entry, as it is.
struct Line {
    id: Id,
    account: Id,
    debit: bool,
    balance: Decimal,
}

/// The opening entry of a company on its way.
struct Opening {
    company: Id,
    currency: Id,
    rounding: Decimal,
    entry: Option<Id>,
    date: NaiveDate,
    lines: Vec<Line>,
    commands: Vec<Value>,
    /// What the lines make together, the balancing ones aside.
    open: Decimal,
}

/// Sets what accounts begin with on one side or both; the entry is balanced anew.
fn set(env: &mut Env, ids: &[Id], debit: Option<Decimal>, credit: Option<Decimal>) -> Result<()> {
    let mut opening = Opening::begin(env)?;
    let balancing = unaffected(env, opening.company)?;
    opening.open = -opening.lines.iter().filter(|line| line.account == balancing).map(|line| line.balance).sum::<Decimal>();
    let currencies = env.values(ACCOUNT, "currency_id", ids)?;
    for (id, currency) in ids.iter().zip(currencies) {
        let currency = currency.as_id().unwrap_or(opening.currency);
        if let Some(amount) = debit {
            opening.update(env, *id, currency, true, amount, "Opening balance")?;
        }
        if let Some(amount) = credit {
            opening.update(env, *id, currency, false, -amount, "Opening balance")?;
        }
    }
    let (own, open) = (opening.currency, opening.open);
    opening.update(env, balancing, own, true, (-open).max(Decimal::ZERO), "Automatic Balancing Line")?;
    opening.update(env, balancing, own, false, -open.max(Decimal::ZERO), "Automatic Balancing Line")?;
    opening.save(env)
}

impl Opening {
    fn begin(env: &mut Env) -> Result<Self> {
        env.flush()?;
        let company = env.company_id();
        let sql = sql!(
            "SELECT c.currency_id, u.rounding, m.id, m.state::text, COALESCE(m.date, c.account_opening_date) FROM res_company c
             JOIN res_currency u ON u.id = c.currency_id LEFT JOIN account_move m ON m.id = c.account_opening_move_id WHERE c.id = {company}"
        );
        let rows = env.query(sql)?;
        let row = rows.first().ok_or_else(|| Error::missing("The company is gone."))?;
        let entry = row.int(2);
        if entry.is_some() && row.text(3).as_deref() != Some("draft") {
            return Err(Error::user("The opening entry is posted: reset it to draft before you change what accounts begin with."));
        }
        let first = NaiveDate::from_ymd_opt(env.today().year(), 1, 1).unwrap_or_default();
        let date = match (entry, row.date(4)) {
            (Some(_), Some(date)) => date,
            (_, opened) => opened.unwrap_or(first).pred_opt().unwrap_or(first),
        };
        let sql = sql!(
            "SELECT id, account_id, balance > 0 OR amount_currency > 0, balance FROM account_move_line WHERE move_id = {entry} ORDER BY id",
            entry = entry.unwrap_or(0)
        );
        let line = |row: &lastmile_orm::sql::row::Row| {
            Some(Line {
                id: row.int(0)?,
                account: row.int(1)?,
                debit: row.bool(2).unwrap_or(false),
                balance: row.decimal(3).unwrap_or_default(),
            })
        };
        let lines = env.query(sql)?.iter().filter_map(line).collect();
        Ok(Opening {
            company,
            currency: row.int(0).unwrap_or(0),
            rounding: row.decimal(1).unwrap_or_default(),
            entry,
            date,
            lines,
            commands: Vec::new(),
            open: Decimal::ZERO,
        })
    }

    /// One side of an account: its line is made, changed or taken away.
    fn update(&mut self, env: &mut Env, account: Id, currency: Id, debit: bool, balance: Decimal, name: &str) -> Result<()> {
        let exchange = Exchange { from: self.currency, to: currency, company: self.company, day: self.date };
        let amount_currency = if currency == self.currency { balance } else { rates::convert(env, balance, exchange)? };
        let same = |line: &&Line| line.account == account && line.debit == debit;
        let mut there: Vec<(Id, Decimal)> = self.lines.iter().filter(same).map(|line| (line.id, line.balance)).collect();
        self.open += balance;
        if !money::round_to(balance, self.rounding).is_zero() {
            if there.is_empty() {
                let line = map! {
                    "name" => name, "account_id" => account, "balance" => balance,
                    "amount_currency" => amount_currency, "currency_id" => currency
                };
                self.commands.push(command(0, 0, Value::Map(line)));
            } else {
                let (id, before) = there.remove(0);
                self.open -= before;
                self.commands.push(command(1, id, Value::Map(map! { "balance" => balance, "amount_currency" => amount_currency })));
            }
        }
        for (id, before) in there {
            self.open -= before;
            self.commands.push(command(2, id, Value::Int(0)));
        }
        Ok(())
    }

    fn save(self, env: &mut Env) -> Result<()> {
        if self.commands.is_empty() {
            return Ok(());
        }
        if let Some(entry) = self.entry {
            return env.write("account.move", &[entry], map! { "line_ids" => Value::List(self.commands) });
        }
        let company = self.company;
        let sql = sql!(
            "SELECT j.id FROM account_journal j JOIN res_company o ON o.id = j.company_id
             JOIN res_company c ON c.id = {company} AND starts_with(c.parent_path, o.parent_path)
             WHERE j.type = 'general' AND j.active ORDER BY j.sequence, j.type, j.code LIMIT 1"
        );
        let Some(journal) = env.query(sql)?.first().and_then(|row| row.int(0)) else {
            return Err(Error::user("What accounts begin with needs a journal of miscellaneous operations."));
        };
        let entry = map! {
            "ref" => "Opening Journal Entry", "company_id" => company, "journal_id" => journal, "date" => self.date,
            "line_ids" => Value::List(self.commands)
        };
        let entry = env.create_one("account.move", entry)?;
        env.write(COMPANY, &[company], map! { "account_opening_move_id" => entry })
    }
}

fn command(number: i64, id: Id, value: Value) -> Value {
    Value::List(vec![Value::Int(number), Value::from(id), value])
}

/// The account of undistributed profits, made when there is none.
///
/// # Errors
/// What making it ends in.
pub fn unaffected(env: &mut Env, company: Id) -> Result<Id> {
    env.flush()?;
    let sql = sql!(
        "SELECT a.id FROM account_account a JOIN account_account_res_company_rel r ON r.account_account_id = a.id
         JOIN res_company o ON o.id = r.res_company_id JOIN res_company c ON c.id = {company} AND starts_with(c.parent_path, o.parent_path)
         WHERE a.account_type = 'equity_unaffected' AND a.active
         ORDER BY a.code_store ->> split_part(c.parent_path, '/', 1), a.id LIMIT 1"
    );
    if let Some(account) = env.query(sql)?.first().and_then(|row| row.int(0)) {
        return Ok(account);
    }
    let taken = codes::taken(env, company)?;
    let code = (0..=999_999).rev().map(|code: u32| code.to_string()).find(|code| !taken.contains(code)).unwrap_or_default();
    let of_company = Value::List(vec![Value::List(vec![Value::Int(6), Value::Int(0), Value::from(vec![company])])]);
    let values = map! {
        "code" => code, "name" => "Undistributed Profits/Losses", "account_type" => "equity_unaffected", "company_ids" => of_company
    };
    let id = env.create_one(ACCOUNT, values)?;
    name_records(env, ACCOUNT, &[id], vec![format!("{company}_unaffected_earnings_account")])?;
    Ok(id)
}
