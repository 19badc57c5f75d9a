//! What stages look up: journals, companies, currencies and rates. A statement each, whatever the number of documents.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::NaiveDate;
use lastmile_orm::registry::Registry;
use lastmile_orm::sql::sql;
use lastmile_orm::{Env, Error, Id, Result};
use rust_decimal::Decimal;

use super::document::{Currency, Kind};
use crate::base::{self, rates::Exchange};

/// A journal.
#[derive(Clone, Debug)]
pub struct Journal {
    pub id: Id,
    pub kind: String,
    pub company: Id,
    pub currency: Option<Id>,
    pub account: Option<Id>,
    pub active: bool,
}

/// A company: its partner, currency, and the ids from the root of its tree to itself.
#[derive(Clone, Debug)]
pub struct Company {
    pub currency: Id,
    pub partner: Id,
    pub path: Vec<Id>,
    /// Rounds taxes on the whole document, not on each line.
    pub global_rounding: bool,
    pub incoterm: Option<Id>,
    pub storno: bool,
}

/// Journals in their order, companies and currencies.
#[derive(Clone)]
pub struct Facts {
    pub registry: Arc<Registry>,
    pub journals: Vec<Journal>,
    pub companies: HashMap<Id, Company>,
    pub currencies: HashMap<Id, Currency>,
}

impl Facts {
    /// Reads them, once as long as they stay as they are.
    pub fn load(env: &mut Env) -> Result<Arc<Self>> {
        env.known("", &["account.journal", "res.company", "res.currency"], Self::read)
    }

    fn read(env: &mut Env) -> Result<Self> {
        let journals = sql!(
            "SELECT id, type, company_id, currency_id, default_account_id, active FROM account_journal
             ORDER BY sequence, type, code, id"
        );
        let rows = env.query(journals)?;
        let journals = rows.iter().filter_map(|row| {
            Some(Journal {
                id: row.int(0)?,
                kind: row.text(1)?,
                company: row.int(2)?,
                currency: row.int(3),
                account: row.int(4),
                active: row.bool(5).unwrap_or(false),
            })
        });
        let journals = journals.collect();
        let companies = sql!(
            "SELECT id, currency_id, partner_id, parent_path, tax_calculation_rounding_method = 'round_globally', incoterm_id,
             account_storno FROM res_company"
        );
        let rows = env.query(companies)?;
        let companies = rows.iter().filter_map(|row| {
            let company = Company {
                currency: row.int(1)?,
                partner: row.int(2)?,
                path: row.text(3).unwrap_or_default().split('/').filter_map(|part| part.parse().ok()).collect(),
                global_rounding: row.bool(4).unwrap_or(false),
                incoterm: row.int(5),
                storno: row.bool(6).unwrap_or(false),
            };
            Some((row.int(0)?, company))
        });
        let companies = companies.collect();
        let currencies = env.query(sql!("SELECT id, rounding FROM res_currency"))?;
        let currencies = currencies.iter().filter_map(|row| Some((row.int(0)?, Currency { id: row.int(0)?, rounding: row.decimal(1)? })));
        Ok(Facts { registry: env.registry(), journals, companies, currencies: currencies.collect() })
    }

    /// A journal by its id.
    pub fn journal(&self, id: Id) -> Option<&Journal> {
        self.journals.iter().find(|journal| journal.id == id)
    }

    /// A currency by its id; one that is not there does not round.
    pub fn currency(&self, id: Id) -> Currency {
        self.currencies.get(&id).copied().unwrap_or(Currency { id, rounding: Decimal::ZERO })
    }

    /// The currency of a company.
    pub fn own_currency(&self, company: Id) -> Currency {
        self.companies.get(&company).map(|company| self.currency(company.currency)).unwrap_or_default()
    }

    /// The journal that an entry of a kind has when none is given: the first of a fitting type that its company may use,
    /// before all one in its currency, if that is a foreign one.
    ///
    /// # Errors
    /// UserError when there is none.
    pub fn default_journal(&self, types: &[&str], company: Id, currency: Option<Id>) -> Result<&Journal> {
        let known = self.companies.get(&company);
        let fits = |journal: &&Journal| {
            journal.active && types.contains(&journal.kind.as_str()) && known.is_some_and(|company| company.path.contains(&journal.company))
        };
        let foreign = currency.filter(|currency| known.is_some_and(|company| company.currency != *currency));
        let in_currency = foreign.and_then(|currency| self.journals.iter().filter(fits).find(|journal| journal.currency == Some(currency)));
        in_currency
            .or_else(|| self.journals.iter().find(fits))
            .ok_or_else(|| Error::user(format!("The company has no journal of type {}: create one first.", types.join(", "))))
    }
}

/// Types of journals that entries of a kind belong into.
pub fn journal_types(kind: Kind, of_payment: bool) -> &'static [&'static str] {
    match kind {
        _ if kind.is_sale() => &["sale"],
        _ if kind.is_purchase() => &["purchase"],
        _ if of_payment => &["bank", "cash", "credit"],
        _ => &["general"],
    }
}

/// Units of a currency for one of the company's, on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RateKey {
    pub company: Id,
    pub currency: Id,
    pub date: NaiveDate,
}

/// The rates of companies' currencies, in one statement.
///
/// # Errors
/// What the database answers.
pub fn rates(env: &mut Env, facts: &Facts, keys: &[RateKey]) -> Result<HashMap<RateKey, Decimal>> {
    let exchange =
        |key: &RateKey| Exchange { from: facts.own_currency(key.company).id, to: key.currency, company: key.company, day: key.date };
    let asked: Vec<Exchange> = keys.iter().map(exchange).collect();
    let found = base::rates::rates(env, &asked)?;
    Ok(keys.iter().zip(asked).map(|(key, asked)| (*key, found.get(&asked).copied().unwrap_or(Decimal::ONE).normalize())).collect())
}
