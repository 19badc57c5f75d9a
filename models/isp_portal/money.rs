//! What customers owe and paid: invoices, balance, reported transfers.

use lastmile_orm::sql::row::Row;
use lastmile_orm::sql::{Sql, sql};
use lastmile_orm::{Env, Error, Id, Result, Value, map};
use rust_decimal::Decimal;
use serde::Serialize;

use super::owner::{me, payer};
use crate::isp_billing::transfer;
use crate::mail::formats::Formats;

/// Invoices on a page.
pub const PER_PAGE: i64 = 20;
/// The most files that come with a transfer.
const MAX_FILES: usize = 5;

/// Of a move `m`: a posted document of a customer.
const SHOWN: &str = "m.state = 'posted' AND m.move_type IN ('out_invoice', 'out_refund', 'out_receipt')";
/// Of a move `m`: something of it is to be paid.
const OPEN: &str = "m.move_type IN ('out_invoice', 'out_receipt') AND m.payment_state = ANY('{not_paid,partial}')";

/// An invoice as its payer sees it.
#[derive(Clone, Debug, Serialize)]
pub struct Bill {
    pub id: Id,
    pub name: String,
    pub date: String,
    pub due: String,
    pub total: String,
    pub open: String,
    /// What is open, as a form takes it: `12.50`.
    pub amount: String,
    /// `open`, `late`, `paid`, `on_the_way`, `reversed`, `credit`.
    pub standing: &'static str,
}

/// Which invoices.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Which {
    #[default]
    All,
    Open,
    Paid,
}

impl Which {
    fn sql(self) -> Sql {
        match self {
            Which::All => Sql::lit("TRUE"),
            Which::Open => sql!("{OPEN:sql}"),
            Which::Paid => sql!("NOT ({OPEN:sql})"),
        }
    }
}

fn bills(env: &mut Env, condition: Sql) -> Result<Vec<Bill>> {
    let (formats, today) = (Formats::load(env)?, env.today());
    let sql = sql!(
        "SELECT m.id, m.name::text, m.invoice_date, m.invoice_date_due, m.amount_total, m.amount_residual, m.currency_id,
         m.move_type::text, m.payment_state::text
         FROM account_move m WHERE {SHOWN:sql} AND m.commercial_partner_id = {payer:sql} AND {condition:sql}",
        payer = payer(env)
    );
    let one = |row: &Row| {
        let day = |n: usize| row.date(n).map_or(Ok(String::new()), |day| formats.day(&Value::Date(day), None));
        let money = |n: usize| formats.amount(row.decimal(n).unwrap_or_default(), row.int(6));
        let standing = match (row.text(7).as_deref(), row.text(8).as_deref()) {
            (Some("out_refund"), _) => "credit",
            (_, Some("paid")) => "paid",
            (_, Some("in_payment")) => "on_the_way",
            (_, Some("reversed")) => "reversed",
            _ if row.date(3).is_some_and(|due| due < today) => "late",
            _ => "open",
        };
        Ok(Bill {
            id: row.int(0).unwrap_or(0),
            name: row.text(1).unwrap_or_default(),
            date: day(2)?,
            due: day(3)?,
            total: money(4),
            open: money(5),
            amount: format!("{:.2}", row.decimal(5).unwrap_or_default()),
            standing,
        })
    };
    env.query(sql)?.iter().map(one).collect()
}

/// A page of the acting user's invoices, latest first, and how many there are.
///
/// # Errors
/// What the database answers.
pub fn page(env: &mut Env, which: Which, page: i64) -> Result<(Vec<Bill>, i64)> {
    let count = sql!(
        "SELECT count(*) FROM account_move m WHERE {SHOWN:sql} AND m.commercial_partner_id = {payer:sql} AND {which:sql}",
        payer = payer(env),
        which = which.sql()
    );
    let total = env.query(count)?.first().and_then(|row| row.big(0)).unwrap_or(0);
    let skipped = page.saturating_sub(1).saturating_mul(PER_PAGE).max(0);
    let which = which.sql();
    let found = bills(env, sql!("{which:sql} ORDER BY m.invoice_date DESC, m.id DESC LIMIT {PER_PAGE} OFFSET {skipped}"))?;
    Ok((found, total))
}

/// What the acting user has to pay, the oldest first.
///
/// # Errors
/// What the database answers.
pub fn open(env: &mut Env) -> Result<Vec<Bill>> {
    bills(env, sql!("{OPEN:sql} ORDER BY m.invoice_date_due, m.id LIMIT 100"))
}

/// An own invoice.
///
/// # Errors
/// What the database answers.
pub fn own(env: &mut Env, id: Id) -> Result<Option<Bill>> {
    Ok(bills(env, sql!("m.id = {id}"))?.into_iter().next())
}

/// An invoice for somebody who came with its token.
///
/// # Errors
/// What the database answers.
pub fn shown(env: &mut Env, id: Id) -> Result<bool> {
    let sql = sql!("SELECT 1 FROM account_move m WHERE m.id = {id} AND {SHOWN:sql}");
    Ok(!env.query(sql)?.is_empty())
}

/// How an account stands.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Balance {
    /// What is to be paid, without credits.
    pub open: String,
    /// Nothing is.
    pub even: bool,
    /// What is past its day; empty for none.
    pub late: String,
    /// The day by which the oldest is to be paid.
    pub due: String,
    /// What was paid ahead; empty for nothing.
    pub credit: String,
}

/// The acting user's balance, in the company's currency.
///
/// # Errors
/// What the database answers.
pub fn balance(env: &mut Env) -> Result<Balance> {
    let (formats, today, company) = (Formats::load(env)?, env.today(), env.company_id());
    let sql = sql!(
        "SELECT COALESCE(SUM(l.amount_residual) FILTER (WHERE l.amount_residual > 0), 0),
         COALESCE(SUM(l.amount_residual) FILTER (WHERE l.amount_residual > 0 AND l.date_maturity < {today}), 0),
         COALESCE(-SUM(l.amount_residual) FILTER (WHERE l.amount_residual < 0), 0),
         MIN(l.date_maturity) FILTER (WHERE l.amount_residual > 0), (SELECT c.currency_id FROM res_company c WHERE c.id = {company})
         FROM account_move_line l JOIN account_account a ON a.id = l.account_id JOIN account_move m ON m.id = l.move_id
         WHERE l.parent_state = 'posted' AND a.account_type = 'asset_receivable' AND l.company_id = {company} AND NOT COALESCE(l.reconciled, FALSE)
         AND m.commercial_partner_id = {payer:sql}",
        payer = payer(env)
    );
    let rows = env.query(sql)?;
    let Some(row) = rows.first() else { return Ok(Balance::default()) };
    let currency = row.int(4);
    let some =
        |n: usize| row.decimal(n).filter(|amount| !amount.is_zero()).map_or(String::new(), |amount| formats.amount(amount, currency));
    let open = row.decimal(0).unwrap_or_default();
    Ok(Balance {
        open: formats.amount(open, currency),
        even: open.is_zero(),
        late: some(1),
        due: row.date(3).map_or(Ok(String::new()), |day| formats.day(&Value::Date(day), None))?,
        credit: some(2),
    })
}

/// A transfer as a customer reports it.
#[derive(Clone, Debug, Default)]
pub struct Report {
    pub bank: String,
    pub reference: String,
    pub amount: Decimal,
    pub date: String,
    pub invoices: Vec<Id>,
    /// Names and contents.
    pub files: Vec<(String, Vec<u8>)>,
}

/// Keeps a reported transfer and hands it in. Invoices of others are left out.
///
/// # Errors
/// ValidationError when something is missing.
pub fn report_transfer(env: &mut Env, report: &Report) -> Result<()> {
    let partner = env.user().partner_id;
    let own: Vec<Id> = open(env)?.into_iter().map(|bill| bill.id).filter(|id| report.invoices.contains(id)).collect();
    let date = lastmile_orm::convert::to_date(&Value::from(report.date.as_str())).ok().flatten();
    let Some(moment) = date.and_then(|date| date.and_hms_opt(0, 0, 0)) else { return Err(Error::validation("The date is not one.")) };
    if report.amount <= Decimal::ZERO || report.bank.is_empty() || report.reference.is_empty() || report.files.is_empty() {
        return Err(Error::validation("Bank, reference, amount, date and a proof are needed."));
    }
    if report.files.len() > MAX_FILES {
        return Err(Error::validation(format!("No more than {MAX_FILES} files.")));
    }
    env.sudo(|env| {
        let files = report.files.iter().map(|(name, bytes)| map! { "name" => name.as_str(), "raw" => Value::Bytes(bytes.clone()) }).collect();
        let files = env.create("ir.attachment", files)?;
        let set = |ids: Vec<Id>| Value::List(vec![Value::List(vec![Value::Int(6), Value::Int(0), Value::from(ids)])]);
        let values = map! {
            "partner_id" => partner, "bank_name" => report.bank.as_str(), "reference" => report.reference.as_str(), "amount" => report.amount,
            "transfer_datetime" => moment, "invoice_ids" => set(own), "attachment_ids" => set(files.clone()),
        };
        let transfer = env.create_one("isp.bank.transfer.payment", values)?;
        env.write("ir.attachment", &files, map! { "res_model" => "isp.bank.transfer.payment", "res_id" => transfer })?;
        transfer::submit(env, &[transfer])
    })
}

/// A transfer that was reported.
#[derive(Clone, Debug, Serialize)]
pub struct Transfer {
    pub name: String,
    pub date: String,
    pub bank: String,
    pub reference: String,
    pub amount: String,
    /// `draft`, `in_review`, `approved`, `applied`, `rejected`.
    pub state: String,
    /// Why it was rejected.
    pub reason: String,
}

/// The acting user's transfers, latest first.
///
/// # Errors
/// What the database answers.
pub fn transfers(env: &mut Env) -> Result<Vec<Transfer>> {
    let formats = Formats::load(env)?;
    let sql = sql!(
        "SELECT name::text, transfer_datetime::date, COALESCE(bank_name, '')::text, COALESCE(reference, '')::text, amount, currency_id,
         state::text, COALESCE(rejection_reason, '')::text
         FROM isp_bank_transfer_payment WHERE partner_id = {me} ORDER BY id DESC LIMIT 30",
        me = me(env)
    );
    let one = |row: &Row| {
        let text = |n: usize| row.text(n).unwrap_or_default();
        Ok(Transfer {
            name: text(0),
            date: row.date(1).map_or(Ok(String::new()), |day| formats.day(&Value::Date(day), None))?,
            bank: text(2),
            reference: text(3),
            amount: formats.amount(row.decimal(4).unwrap_or_default(), row.int(5)),
            state: text(6),
            reason: text(7),
        })
    };
    env.query(sql)?.iter().map(one).collect()
}
