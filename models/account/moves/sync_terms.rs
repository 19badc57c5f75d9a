//! Lines on the partner's account: one for each day on which a part of an invoice is due.

use std::collections::HashMap;

use chrono::NaiveDate;
use lastmile_orm::sql::sql;
use lastmile_orm::{Env, Id, Result, Value};
use rust_decimal::Decimal;

use super::document::{Document, Line};
use super::totals;
use crate::account::taxes::fiscal_position::{Maps, maps};
use crate::account::terms::due_dates::{Cash, Term, Way};
use crate::account::terms::{self, Amounts, due_lines};

/// When a part is due, and until when it may be paid with a discount.
type Key = (Option<NaiveDate>, Option<NaiveDate>);

/// A part that must be there.
#[derive(Clone, Debug, PartialEq)]
struct Part {
    key: Key,
    /// The whole amount, without terms: it is never taken for a line that is there, which follows it even so.
    whole: bool,
    amount_currency: Decimal,
    balance: Decimal,
    discount_amount_currency: Decimal,
    discount_balance: Decimal,
}

impl Part {
    fn is_of(&self, line: &Line) -> bool {
        !self.whole && (line.due, line.discount_date) == self.key
    }
}

/// What invoices are due on: the accounts of partners, and the terms of payment.
#[derive(Debug, Default)]
pub struct Receivables {
    terms: HashMap<Id, Term>,
    /// By company, partner (0: whatever account there is), and whether it is a customer's.
    accounts: HashMap<(Id, Id, bool), Id>,
    mapping: Maps,
    /// Ways of rounding what is paid in coins.
    coins: HashMap<Id, Cash>,
}

impl Receivables {
    /// Reads what documents need.
    ///
    /// # Errors
    /// What the database answers.
    pub fn load(env: &mut Env, documents: &[Document], partners: &HashMap<Id, Id>) -> Result<Self> {
        let invoices: Vec<&Document> = documents.iter().filter(|document| document.kind.is_invoice()).collect();
        if invoices.is_empty() {
            return Ok(Receivables::default());
        }
        let before = invoices.iter().filter_map(|document| document.before.as_deref()?.term);
        let terms: Vec<Id> = invoices.iter().filter_map(|document| document.term).chain(before).collect();
        let positions: Vec<Id> = invoices.iter().filter_map(|document| document.fiscal_position).collect();
        let mut found = Receivables { terms: terms::load(env, &terms)?, mapping: maps(env, &positions)?, ..Receivables::default() };
        found.coins = coins(env, &invoices)?;
        let mut companies: Vec<Id> = invoices.iter().map(|document| document.company).collect();
        companies.sort_unstable();
        companies.dedup();
        for company in companies {
            let own = invoices.iter().filter(|document| document.company == company);
            let mut ids: Vec<Id> = own.filter_map(|document| document.commercial_partner).chain(partners.get(&company).copied()).collect();
            ids.sort_unstable();
            ids.dedup();
            env.sudo(|env| {
                env.for_company(company, |env| {
                    for (field, sale) in [("property_account_receivable_id", true), ("property_account_payable_id", false)] {
                        for (id, account) in ids.iter().zip(env.values("res.partner", field, &ids)?) {
                            if let Some(account) = account.as_id() {
                                found.accounts.insert((company, *id, sale), account);
                            }
                        }
                    }
                    Ok(())
                })
            })?;
            let own_partner = partners.get(&company).copied().unwrap_or(0);
            for sale in [true, false] {
                let fallback = match found.accounts.get(&(company, own_partner, sale)) {
                    Some(account) => Some(*account),
                    None => first_account(env, company, sale)?,
                };
                if let Some(account) = fallback {
                    found.accounts.insert((company, 0, sale), account);
                }
            }
        }
        Ok(found)
    }

    /// The account that a document's partner owes on, or is owed on.
    fn account(&self, document: &Document) -> Option<Id> {
        let sale = document.kind.is_sale();
        let of = |partner: Id| self.accounts.get(&(document.company, partner, sale)).copied();
        let account = document.commercial_partner.and_then(of).or_else(|| of(0))?;
        Some(self.mapping.account(document.fiscal_position, account))
    }

    /// The parts that a document is due in. Sets its due date.
    fn parts(&self, document: &mut Document, today: NaiveDate) -> Vec<Part> {
        let has_lines = document.live().any(|line| line.display_type == "product" || line.is_text());
        if !document.kind.is_invoice() {
            document.due.get_or_insert(today);
            return Vec::new();
        }
        let sums = totals::of(document);
        let sum = |name: &str| sums.get(name).and_then(Value::as_decimal).unwrap_or_default();
        let known = document.term.filter(|_| has_lines).and_then(|term| self.terms.get(&term));
        let Some(term) = known else {
            if !document.has("invoice_date_due") {
                document.due.get_or_insert(today);
            }
            if !has_lines {
                return Vec::new();
            }
            return vec![Part {
                key: (document.due, None),
                whole: true,
                amount_currency: sum("amount_total_in_currency_signed"),
                balance: sum("amount_total_signed"),
                discount_amount_currency: Decimal::ZERO,
                discount_balance: Decimal::ZERO,
            }];
        };
        let direction = if document.kind.is_inbound() { Decimal::ONE } else { Decimal::NEGATIVE_ONE };
        let amounts = Amounts {
            rounding: document.currency.rounding,
            company_rounding: document.own_currency.rounding,
            cash: document.cash_rounding.and_then(|id| self.coins.get(&id)).copied(),
            sign: direction,
            untaxed_currency: direction * sum("amount_untaxed"),
            untaxed: sum("amount_untaxed_signed"),
            tax_currency: direction * sum("amount_tax"),
            tax: sum("amount_tax_signed"),
        };
        let date = document.invoice_date.or(document.date).unwrap_or(today);
        let mut parts: Vec<Part> = Vec::new();
        let same = document.currency.id == document.own_currency.id;
        for due in due_lines(term, date, &amounts) {
            let part = Part {
                key: (Some(due.date), due.discount_date),
                whole: false,
                amount_currency: due.amount_currency,
                // A fixed part of nothing has no rate: in the company's own currency both are the same even then.
                balance: if same { due.amount_currency } else { due.balance },
                discount_amount_currency: due.discount_amount_currency,
                discount_balance: due.discount_balance,
            };
            match parts.iter_mut().find(|other| other.key == part.key) {
                Some(other) => {
                    other.amount_currency += part.amount_currency;
                    other.balance += part.balance;
                }
                None => parts.push(part),
            }
        }
        if !document.has("invoice_date_due") {
            document.due = parts.iter().filter_map(|part| part.key.0).max().or(document.due);
        }
        parts
    }

    /// Brings the lines on the partner's account in step with what is due. What somebody wrote stays while nothing changed.
    pub fn sync(&self, document: &mut Document, today: NaiveDate) {
        // Another way of rounding alone leaves the parts as they are.
        let rounded = |before: &Document| Document { cash_rounding: document.cash_rounding, ..before.clone() };
        let needed_before = document.before.as_deref().map(|before| self.parts(&mut rounded(before), today)).unwrap_or_default();
        let needed = self.parts(document, today);
        let partner_changed = document.before.as_deref().is_some_and(|before| before.commercial_partner != document.commercial_partner);
        // What is posted stays as it was shown, but for a due date that somebody moves.
        let moved = document.has("invoice_date_due") && document.before.as_deref().is_some_and(|before| before.due != document.due);
        if needed != needed_before && (document.state != "posted" || moved) {
            self.reconcile_lines(document, needed, needed_before.is_empty());
        }
        let account = self.account(document);
        let kept = document.of_kind(&["payment_term"]).find_map(|line| line.account.filter(|_| line.id != 0 && !partner_changed));
        let (partner, journal) = (document.commercial_partner, document.journal_account);
        for line in document.lines.iter_mut().filter(|line| !line.deleted && line.display_type == "payment_term") {
            let due = line.account.is_none() || partner_changed;
            if due && !line.has("account_id") {
                line.account = kept.or(account).or(journal);
            }
            if line.id == 0 && !line.has("partner_id") {
                line.partner = partner;
            }
        }
        self.names(document);
    }

    fn reconcile_lines(&self, document: &mut Document, needed: Vec<Part>, nothing_before: bool) {
        let keys = |document: &Document| -> Vec<(Id, Key)> {
            document.of_kind(&["payment_term"]).map(|line| (line.id, (line.due, line.discount_date))).collect()
        };
        let had = document.before.as_deref().map(&keys).unwrap_or_default();
        // What somebody wrote stays; what is only copied follows.
        if nothing_before && !document.copied && keys(document) != had {
            return;
        }
        let is_term = |line: &Line| !line.deleted && line.display_type == "payment_term";
        let mut left: Vec<usize> = Vec::new();
        let mut missing: Vec<Part> = Vec::new();
        for (at, line) in document.lines.iter().enumerate().filter(|(_, line)| is_term(line)) {
            if !needed.iter().any(|part| part.is_of(line)) {
                left.push(at);
            }
        }
        for part in needed {
            let mut there = document.lines.iter_mut().filter(|line| is_term(line) && part.is_of(line)).peekable();
            if there.peek().is_none() {
                missing.push(part);
                continue;
            }
            there.for_each(|line| fill(line, &part));
        }
        // Lines that are no longer wanted become those that are missing, the last ones first.
        for _ in 0..left.len().min(missing.len()) {
            if let (Some(at), Some(part)) = (left.pop(), missing.pop())
                && let Some(line) = document.lines.get_mut(at)
            {
                fill(line, &part);
            }
        }
        left.into_iter().for_each(|at| {
            if let Some(line) = document.lines.get_mut(at) {
                line.deleted = true;
            }
        });
        for part in missing {
            let mut line = Line { display_type: "payment_term".into(), sequence: 12_000, currency: document.currency, ..Line::default() };
            fill(&mut line, &part);
            document.lines.push(line);
        }
    }

    /// The lines are called after the payment's reference; several are counted.
    pub fn names(&self, document: &mut Document) {
        let changed = document
            .before
            .as_deref()
            .is_none_or(|before| (&before.reference, &before.payment_reference) != (&document.reference, &document.payment_reference));
        let base = match (&document.payment_reference, &document.reference) {
            (Some(payment), Some(own)) if payment != own => Some(format!("{own} - {payment}")),
            (Some(payment), _) => Some(payment.clone()),
            (None, Some(own)) if document.kind.is_purchase() && !document.kind.is_receipt() => Some(own.clone()),
            _ => None,
        };
        let several = document.term.and_then(|term| self.terms.get(&term)).is_some_and(|term| term.lines.len() > 1);
        let mut order: Vec<usize> = (0..document.lines.len())
            .filter(|at| document.lines.get(*at).is_some_and(|line| !line.deleted && line.display_type == "payment_term"))
            .collect();
        order.sort_by_key(|at| document.lines.get(*at).map(|line| (line.due.is_none(), line.due)));
        for (n, at) in order.into_iter().enumerate() {
            let Some(line) = document.lines.get_mut(at).filter(|line| (changed || line.id == 0) && !line.has("name")) else { continue };
            let name = if several {
                Some(format!("{} installment #{}", base.as_deref().unwrap_or_default(), n + 1).trim_start().to_owned())
            } else {
                base.clone()
            };
            line.name = name.or_else(|| line.name.take());
        }
    }
}

fn fill(line: &mut Line, part: &Part) {
    (line.due, line.discount_date) = part.key;
    line.amount_currency = part.amount_currency;
    line.balance = part.balance;
    line.discount_amount_currency = part.discount_amount_currency;
    line.discount_balance = part.discount_balance;
}

fn coins(env: &mut Env, invoices: &[&Document]) -> Result<HashMap<Id, Cash>> {
    let ids: Vec<Id> = invoices.iter().filter_map(|document| document.cash_rounding).collect();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = env.query(sql!("SELECT id, rounding::numeric, rounding_method FROM account_cash_rounding WHERE id = ANY({ids})"))?;
    let known = rows
        .iter()
        .filter_map(|row| Some((row.int(0)?, Cash { rounding: row.decimal(1)?, way: Way::parse(&row.text(2).unwrap_or_default()) })));
    Ok(known.collect())
}

/// The first account that partners of a company can owe on, when nothing else says which.
fn first_account(env: &mut Env, company: Id, sale: bool) -> Result<Option<Id>> {
    let kind = if sale { "asset_receivable" } else { "liability_payable" };
    let sql = sql!(
        "SELECT a.id FROM account_account a JOIN account_account_res_company_rel r ON r.account_account_id = a.id
         WHERE r.res_company_id = {company} AND a.account_type = {kind} AND a.active ORDER BY a.id LIMIT 1"
    );
    Ok(env.query(sql)?.first().and_then(|row| row.int(0)))
}
