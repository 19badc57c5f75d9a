//! What stages look up: journals, companies, currencies and rates. A statement each, whatever the number of documents.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::NaiveDate;
use lastmile_orm::registry::Registry;
use lastmile_orm::sql::{Bind, sql};
use lastmile_orm::{Env, Error, Id, Result, map};
use rust_decimal::Decimal;

use super::document::{Currency, Kind};

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
    /// Reads them.
    pub fn load(env: &mut Env) -> Result<Self> {
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

/// Rates in one statement: the last one of the day or before it, else the first one after it; 1 where there is none.
/// Companies have the rates of the root of their tree, and those of everybody.
pub fn rates(env: &mut Env, facts: &Facts, keys: &[RateKey]) -> Result<HashMap<RateKey, Decimal>> {
    let own = |key: &RateKey| facts.companies.get(&key.company).map_or(0, |company| company.currency);
    let mut found: HashMap<RateKey, Decimal> = keys.iter().filter(|key| own(key) == key.currency).map(|key| (*key, Decimal::ONE)).collect();
    let wanted: Vec<RateKey> = keys.iter().filter(|key| own(key) != key.currency).copied().collect();
    if wanted.is_empty() {
        return Ok(found);
    }
    let roots: Vec<Id> = wanted
        .iter()
        .map(|key| facts.companies.get(&key.company).and_then(|company| company.path.first().copied()).unwrap_or(key.company))
        .collect();
    let own: Vec<Id> = wanted.iter().map(own).collect();
    let currencies: Vec<Id> = wanted.iter().map(|key| key.currency).collect();
    let days = Bind::texts(wanted.iter().map(|key| key.date.to_string()));
    let sql = sql!(
        "SELECT k.n, r.rate / NULLIF(o.rate, 0) FROM unnest({currencies}::int4[], {own}::int4[], {roots}::int4[], {days}::text[])
         WITH ORDINALITY AS k (currency, own, root, day, n)
         CROSS JOIN LATERAL (SELECT COALESCE((SELECT rate FROM res_currency_rate x WHERE x.currency_id = k.currency AND x.name <= k.day::date
         AND (x.company_id IS NULL OR x.company_id = k.root) ORDER BY x.company_id, x.name DESC LIMIT 1),
         (SELECT rate FROM res_currency_rate x WHERE x.currency_id = k.currency AND (x.company_id IS NULL OR x.company_id = k.root)
         ORDER BY x.company_id, x.name LIMIT 1), 1) AS rate) r
         CROSS JOIN LATERAL (SELECT COALESCE((SELECT rate FROM res_currency_rate x WHERE x.currency_id = k.own AND x.name <= k.day::date
         AND (x.company_id IS NULL OR x.company_id = k.root) ORDER BY x.company_id, x.name DESC LIMIT 1),
         (SELECT rate FROM res_currency_rate x WHERE x.currency_id = k.own AND (x.company_id IS NULL OR x.company_id = k.root)
         ORDER BY x.company_id, x.name LIMIT 1), 1) AS rate) o ORDER BY k.n"
    );
    for (key, row) in wanted.iter().zip(env.query(sql)?) {
        found.insert(*key, row.decimal(1).unwrap_or(Decimal::ONE).normalize());
    }
    Ok(found)
}

/// Runs `work` for a company: what depends on companies is read as that one's.
pub fn for_company<T>(env: &mut Env, company: Id, work: impl FnOnce(&mut Env) -> Result<T>) -> Result<T> {
    if env.company_id() == company {
        return work(env);
    }
    env.sudo(|env| env.with_context(map! { "allowed_company_ids" => vec![company] }, work))
}
